//! Prose of a document: nothing of it is a doctest, a tag, or a link to anywhere but the web, as another parser of
//! Markdown reads what was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout, Source, generate};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

fuzz_target!(|data: &[u8]| {
    let Ok(prose) = std::str::from_utf8(data) else { return };
    let document = serde_json::json!({
        "openapi": "3.0.3",
        "info": { "title": "t", "version": "1", "description": prose },
        "paths": { "/a": { "get": {
            "operationId": "getA", "summary": prose, "description": prose,
            "responses": { "200": { "description": prose, "content": { "application/json": { "schema": {
                "type": "object", "description": prose,
                "properties": { "p": { "type": "string", "description": prose, "example": prose } },
            } } } } },
        } } },
    });
    let text = document.to_string();
    let layout = Layout::Standalone { name: "fuzz".into(), runtime: "../runtime".into() };
    let inputs = Inputs::new(Source { path: "fuzz.json", text: &text }, layout);
    let Some(output) = generate(&inputs, &mut Diagnostics::new()) else { return };
    for file in output.files.iter().filter(|file| file.path.ends_with(".rs")) {
        let Ok(code) = std::str::from_utf8(&file.contents) else { continue };
        let mut docs = String::new();
        for line in code.lines().map(str::trim_start) {
            match line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) {
                Some(line) => {
                    docs.push_str(line.strip_prefix(' ').unwrap_or(line));
                    docs.push('\n');
                }
                None => check(&std::mem::take(&mut docs)),
            }
        }
        check(&docs);
    }
});

fn check(docs: &str) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS | Options::ENABLE_SMART_PUNCTUATION;
    for event in Parser::new_ext(docs, options) {
        match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) => {
                panic!("a tag: {docs:?}")
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => panic!("a test: {docs:?}"),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                assert!(&*language == "text", "a test: {docs:?}");
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let is_ours = dest_url.starts_with("crate::") || dest_url.starts_with("super::")
                    || dest_url.starts_with("Self::") || !dest_url.contains(':');
                let url = dest_url.to_lowercase();
                let is_web = ["http://", "https://", "mailto:"].iter().any(|start| url.starts_with(start));
                assert!(is_ours || is_web, "a link: {docs:?}");
            }
            _ => {}
        }
    }
}
