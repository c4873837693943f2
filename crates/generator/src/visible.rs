//! Text from outside as people may see it: nothing in it steers a terminal or turns the direction of writing.
//!
//! Everything that a person gets to read passes here: diagnostics, diffs, reports of commands. What cannot be seen is
//! shown escaped, so that a name that tries something is not only harmless but found out.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a letter shows what it does: control characters and marks that turn the direction of writing do not.
pub(crate) fn is_visible(c: char) -> bool {
    !matches!(
        c,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
            | '\u{2028}' | '\u{2029}'
    ) && !c.is_control()
}

/// Text that may have several lines.
///
/// ```
/// use lockstep_generator::visible;
///
/// assert_eq!(visible::text("one\ntwo \u{1b}[31m"), "one\ntwo \\u{1b}[31m");
/// ```
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    escaped(
        text,
        |c| c == '\n' || is_visible(c),
        |c, out| match c {
            '\t' => out.push(' '),
            c => out.extend(c.escape_unicode()),
        },
    )
}

/// Text that has to stay in one line: line ends and tabs become spaces.
///
/// ```
/// use lockstep_generator::visible;
///
/// assert_eq!(visible::line("one\ntwo\u{202e}"), "one two\\u{202e}");
/// ```
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_visible, |c, out| match c {
        '\t' | '\n' | '\r' => out.push(' '),
        c => out.extend(c.escape_unicode()),
    })
}

/// JSON text, which stays the same JSON.
///
/// ```
/// use lockstep_generator::visible;
///
/// assert_eq!(visible::json("{\"a\":\"\u{202e}\"}"), "{\"a\":\"\\u202e\"}");
/// ```
#[must_use]
pub fn json(text: &str) -> Cow<'_, str> {
    escaped(
        text,
        |c| c == '\n' || is_visible(c),
        |c, out| {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        },
    )
}

/// Text in which every letter keeps its column: what cannot be seen is one stand-in.
pub(crate) fn columns(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            c if c == '\n' || is_visible(c) => c,
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect()
}

fn escaped(
    text: &str,
    stays: impl Fn(char) -> bool,
    write: impl Fn(char, &mut String),
) -> Cow<'_, str> {
    if text.chars().all(&stays) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if stays(c) { out.push(c) } else { write(c, &mut out) }
    }
    Cow::Owned(out)
}
