//! Somebody else's prose as Markdown that is only prose.
//!
//! What a document says is parsed as what it is, CommonMark, and its events are written again: headings, lists, tables
//! and links stay, code of any form becomes text of no language, tags become letters, and links lead to the web or to
//! a mailbox. No line of the source reaches the output as it is, so nothing in it can become a doctest, a tag, or a
//! link to an item. The result is then read once more as rustdoc reads it, and what should not pass the second look
//! loses all its markup.

mod blocks;
mod check;
mod inline;
mod tags;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};

use crate::visible::is_visible;

/// Longer prose is cut: nobody reads it in an editor's tooltip, and every run would have to carry it.
const LONGEST: usize = 32 * 1024;

/// What rustdoc understands beyond CommonMark and leaves structure behind.
const UNDERSTOOD: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// Prose in as many blocks as it has.
pub(crate) fn prose(text: &str) -> String {
    let (text, is_cut) = cut(text);
    let text = tags::untagged(&readable(text));
    let mut written = blocks::written(&text);
    if !check::is_harmless(&written) {
        written = inline::plain(&text);
    }
    if is_cut {
        written.push_str("\n\n…");
    }
    written
}

/// Prose in one line, without blocks.
pub(crate) fn line(text: &str) -> String {
    let (text, is_cut) = cut(text);
    let text = tags::untagged(&readable(text));
    let mut out = inline::Inline::default();
    for event in events(&text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) | Event::End(TagEnd::CodeBlock) | Event::Rule => {
                out.space();
            }
            event => {
                out.event(event);
            }
        }
    }
    let mut line = out.in_one_line();
    if !check::is_harmless(&line) {
        line = inline::plain(&text).replace('\n', " ");
    }
    if is_cut {
        line.push('…');
    }
    line
}

/// A code span that nothing in the text can end, in one line.
pub(crate) fn code(text: &str) -> String {
    let (text, is_cut) = cut(text);
    let mut inside = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '`' => inside.push('\''),
            c if is_visible(c) => inside.push(c),
            c => inside.extend(c.escape_default()),
        }
    }
    let rest = if is_cut { "…" } else { "" };
    // A span of spaces alone, or one that begins and ends with them, would lose them.
    let pad = if inside.starts_with(' ') || inside.ends_with(' ') { " " } else { "" };
    match inside.trim() {
        "" => "the empty text".to_owned(),
        _ => format!("`{pad}{inside}{rest}{pad}`"),
    }
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    TextMergeStream::new(Parser::new_ext(text, UNDERSTOOD))
}

fn cut(text: &str) -> (&str, bool) {
    if text.len() <= LONGEST {
        return (text, false);
    }
    let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    (&text[..end], true)
}

/// The text with one kind of line end, and without letters that cannot be seen but change what is read.
fn readable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    text.chars().filter(|c| matches!(c, '\n' | '\t') || is_visible(*c)).collect()
}

#[cfg(test)]
mod tests;
