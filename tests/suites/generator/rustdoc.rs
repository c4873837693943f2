//! What rustdoc makes of a document's prose: no doctest, no tag, no link but to the web.
//!
//! The docs of generated code are put on items of their own, so that rustdoc itself can say what it sees in them.

use std::path::Path;
use std::process::Command;

use lockstep_generator::Output;
use lockstep_tests::{Case, text};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::json;

/// Sentences that once ran, or once were live in a browser, and their like.
const HOSTILE: [&str; 18] = [
    "> ```\n> std::process::exit(7);\n> ```",
    ">     std::process::exit(7);",
    "-     std::process::exit(7);",
    "1. a\n\n       std::process::exit(7);",
    "    std::process::exit(7);",
    "~~~\nstd::process::exit(7);\n~~~",
    "```rust\nstd::process::exit(7);\n```",
    "````\n```\nstd::process::exit(7);",
    "text\n\n\n\tstd::process::exit(7);",
    "<pre>\n\n    std::process::exit(7);\n\n</pre>",
    "[^1]\n\n[^1]:\n        std::process::exit(7);",
    "\\`<script>alert(1)</script>\\`",
    "`a\nb` <img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) <javascript:alert(1)> [y]\n\n[y]: javascript:alert(1)",
    "<!-- --><svg onload=alert(1)>",
    "``` <script>alert(1)</script>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "[`std::fs`] [x](std::fs::remove_file) <std::fs>",
];

fn document(prose: &str) -> Case {
    let name = format!("a\n\n{prose}");
    let pet = json!({
        "type": "object", "title": prose, "description": prose,
        "properties": {
            "name": { "type": "string", "description": prose, "example": prose, "pattern": prose },
            name.clone(): { "type": "string", "enum": ["a", prose], "description": prose },
            "inner": { "type": "object", "properties": { name.clone(): { "type": "object", "properties": { "x": { "type": "integer" } } } } },
        },
    });
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": prose, "version": "1", "description": prose },
        "servers": [{ "url": "https://pets.example", "description": prose }],
        "tags": [{ "name": prose, "description": prose }],
        "paths": { "/pets": { "post": {
            "tags": [prose], "operationId": "updatePet", "summary": prose, "description": prose,
            "parameters": [
                { "name": name, "in": "query", "description": prose, "example": prose, "schema": { "type": "string" } },
                { "name": format!("b\n\n{prose}"), "in": "query", "schema": { "type": "string", "default": prose } },
            ],
            "requestBody": { "description": prose, "content": { "application/json": { "schema": {
                "type": "object", "properties": { "name": { "type": "string", "description": prose, "example": prose } },
            } } } },
            "responses": {
                "200": { "description": prose, "content": { "application/json": { "schema": pet } } },
                "400": { "description": prose },
            },
        } } },
    });
    Case::made_up(prose, document.to_string())
}

/// The docs of every item, as rustdoc puts their lines together.
#[derive(Default)]
struct Docs {
    source: String,
    count: usize,
}

impl Docs {
    fn of(&mut self, output: &Output) {
        for file in output.files.iter().filter(|file| file.path.ends_with(".rs")) {
            self.walk(text(&file.contents).parse().expect("Rust"));
        }
    }

    fn walk(&mut self, tokens: TokenStream) {
        let mut docs = String::new();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == '#' || punct.as_char() == '!' => {
                    if let Some(TokenTree::Group(group)) = tokens.peek()
                        && let Some(line) = doc_line(group.stream())
                    {
                        docs.push_str(&format!("#[doc = {line:?}]\n"));
                        tokens.next();
                    }
                    continue;
                }
                TokenTree::Group(group) => self.walk(group.stream()),
                _ => {}
            }
            self.take(&mut docs);
        }
        self.take(&mut docs);
    }

    fn take(&mut self, docs: &mut String) {
        if !docs.is_empty() {
            self.count += 1;
            self.source.push_str(&format!("{docs}pub struct Docs{};\n", self.count));
            docs.clear();
        }
    }
}

fn doc_line(attribute: TokenStream) -> Option<String> {
    let meta: syn::MetaNameValue = syn::parse2(attribute).ok()?;
    match meta.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. })
            if meta.path.is_ident("doc") =>
        {
            Some(line.value())
        }
        _ => None,
    }
}

fn rustdoc(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("rustdoc")
        .current_dir(folder)
        .args(["--edition", "2024", "--crate-name", "docs"])
        .args(arguments)
        .arg("docs.rs")
        .output()
        .expect("rustdoc");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn rustdoc_finds_no_test_and_no_tag_in_what_a_document_says() {
    let mut docs = Docs::default();
    for prose in HOSTILE {
        docs.of(&document(prose).output());
    }
    assert!(docs.count > 100, "{} docs", docs.count);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("docs.rs"), &docs.source).expect("docs.rs");

    let listed = rustdoc(folder.path(), &["--test", "--test-args", "--list"]);
    assert!(listed.contains("0 tests, 0 benchmarks"), "{listed}");

    rustdoc(folder.path(), &["-o", "out"]);
    for number in 1..=docs.count {
        let page = folder.path().join(format!("out/docs/struct.Docs{number}.html"));
        let html = std::fs::read_to_string(&page).expect("a page");
        let (_, body) = html.split_once("<body").expect("a body");
        for live in
            ["<script>alert", "<img src=x", "<svg onload", "href=\"javascript:", "href=\"std::"]
        {
            assert!(!body.contains(live), "{live} in {number}: {body}");
        }
    }
}

#[test]
fn doctests_are_off_where_a_document_speaks() {
    let output = document("plain").output();
    let manifest = output.files.iter().find(|file| file.path == "Cargo.toml").expect("a manifest");
    assert!(text(&manifest.contents).contains("[lib]\n"), "{}", text(&manifest.contents));
    let own = lockstep_tests::repository().join("crates/client/Cargo.toml");
    for manifest in
        [text(&manifest.contents).to_owned(), std::fs::read_to_string(own).expect("ours")]
    {
        assert!(manifest.contains("\ndoctest = false\n"), "{manifest}");
    }
}
