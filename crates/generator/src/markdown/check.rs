//! The second look: what rustdoc would make of Markdown that was written here.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// All that rustdoc reads.
const RUSTDOC: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_SMART_PUNCTUATION);

/// Whether there is no code but text, no tag, and no link but to the web or a mailbox.
pub(super) fn is_harmless(markdown: &str) -> bool {
    // Brackets that lead nowhere by themselves could lead to an item.
    let to_an_item = |_: pulldown_cmark::BrokenLink<'_>| Some(("item".into(), "".into()));
    Parser::new_with_broken_link_callback(markdown, RUSTDOC, Some(to_an_item)).all(|event| {
        match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) => false,
            Event::Start(Tag::HtmlBlock | Tag::FootnoteDefinition(_) | Tag::Image { .. }) => false,
            Event::Start(Tag::CodeBlock(kind)) => match kind {
                CodeBlockKind::Fenced(language) => &*language == "text",
                CodeBlockKind::Indented => false,
            },
            Event::Start(Tag::Link { dest_url, .. }) => is_allowed(&dest_url),
            _ => true,
        }
    })
}

/// Whether a link may lead there.
pub(super) fn is_allowed(address: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| {
        address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}
