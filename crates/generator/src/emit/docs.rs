//! Prose from a document as doc comments that rustdoc renders and never runs.
//!
//! The text is somebody else's: tags, brackets and addresses in it are made harmless, code stays code but is
//! marked as text so that it is no doctest.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

const WIDTH: usize = 96;

/// Doc attributes, one per line. Paragraphs that are empty are left out.
pub(super) fn attributes(paragraphs: &[String]) -> TokenStream {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.trim().is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(
            paragraph
                .lines()
                .map(|line| if line.is_empty() { String::new() } else { format!(" {line}") }),
        );
    }
    quote!(#(#[doc = #lines])*)
}

/// Prose made harmless and broken into lines.
pub(super) fn prose(text: &str) -> String {
    let text: String =
        text.replace("\r\n", "\n").replace('\r', "\n").chars().filter_map(visible).collect();
    let mut out: Vec<String> = Vec::new();
    let mut fenced = false;
    let mut blank = false;
    for line in untagged(&text).lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            out.push(if fenced { "```".to_owned() } else { "```text".to_owned() });
            fenced = !fenced;
            blank = false;
        } else if fenced {
            out.push(line.trim_end().to_owned());
        } else if trimmed.is_empty() {
            if !blank && !out.is_empty() {
                out.push(String::new());
            }
            blank = true;
        } else {
            blank = false;
            // Four spaces would be code; a list in a list needs two.
            let indent = " ".repeat((line.len() - line.trim_start().len()).min(2));
            wrap(&format!("{indent}{}", harmless(trimmed)), &mut out);
        }
    }
    if fenced {
        out.push("```".to_owned());
    }
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    out.join("\n")
}

/// The example of a field or parameter as a sentence, if it fits on a line.
pub(super) fn example(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.is_empty() => return String::new(),
        Some(value) => value.to_string(),
    };
    let fits = text.chars().count() <= 72
        && !text.trim().is_empty()
        && !text.chars().any(|c| c == '`' || visible(c) != Some(c) || c == '\n' || c == '\t');
    if fits { format!("Example: `{text}`.") } else { String::new() }
}

/// Letters that cannot be seen but change what is read do not belong in source code.
fn visible(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{feff}' => None,
        '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// HTML that only lays out becomes what Markdown has for it, or goes.
fn untagged(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some((tag, length)) = tag(rest) else {
            out.push('<');
            rest = &rest[1..];
            continue;
        };
        match tag.as_str() {
            "br" | "/p" | "/div" | "/ul" | "/ol" | "/aside" | "/tr" | "/table" | "/h1" | "/h2"
            | "/h3" | "/h4" => out.push('\n'),
            "li" => out.push_str("\n- "),
            "code" | "/code" => out.push('`'),
            "b" | "/b" | "strong" | "/strong" | "i" | "/i" | "em" | "/em" | "u" | "/u"
            | "small" | "/small" | "span" | "/span" | "p" | "div" | "ul" | "ol" | "aside"
            | "/li" | "h1" | "h2" | "h3" | "h4" | "table" | "tr" | "thead" | "/thead" | "tbody"
            | "/tbody" | "a" | "/a" => {}
            "td" | "th" | "/td" | "/th" => out.push(' '),
            _ => {
                out.push_str(&rest[..length]);
            }
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The name of the tag that a text starts with, and the tag's length.
fn tag(text: &str) -> Option<(String, usize)> {
    let end = text.char_indices().take(200).find(|(_, c)| *c == '>').map(|(index, _)| index)?;
    let inside = text.get(1..end)?.trim_end_matches('/').trim();
    let name: String =
        inside.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
    let rest = &inside[name.len()..];
    let is_tag =
        !name.is_empty() && (rest.is_empty() || rest.starts_with(' ')) && !rest.contains('<');
    is_tag.then(|| (name.to_ascii_lowercase(), end + 1))
}

/// A line with everything outside of code made harmless.
fn harmless(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let ticks = line.matches('`').count();
    for (index, part) in line.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        // Between a pair of ticks stands code; a tick without a partner is only a tick.
        let is_code = index % 2 == 1 && index < ticks + ticks % 2;
        if is_code && index < ticks {
            out.push_str(part);
        } else {
            escape(part, &mut out);
        }
    }
    out
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let lower = rest.get(..8.min(rest.len())).unwrap_or_default();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            let end = rest
                .find(|c: char| {
                    c.is_whitespace()
                        || matches!(c, '<' | '>' | '"' | ')' | ']' | '`' | '\'' | '\\')
                })
                .unwrap_or(rest.len());
            let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
            let inside_link = out.ends_with("](");
            if inside_link || address.len() < 9 {
                out.push_str(address);
            } else {
                out.push('<');
                out.push_str(address);
                out.push('>');
            }
            rest = &rest[address.len().max(1)..];
            continue;
        }
        match c {
            '[' => match link(rest) {
                Some(length) => {
                    out.push_str(&rest[..length]);
                    rest = &rest[length..];
                    continue;
                }
                None => out.push_str("\\["),
            },
            ']' => out.push_str("\\]"),
            '<' => out.push_str("\\<"),
            '>' if !out.is_empty() => out.push_str("\\>"),
            '|' | '*' | '_' if out.is_empty() && rest.len() == 1 => out.push('\\'),
            c => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
}

/// The length of a Markdown link to an address, if the text starts with one.
fn link(text: &str) -> Option<usize> {
    let close = text.find("](")?;
    let target = &text[close + 2..];
    let end = target.find(')')?;
    let words = text.get(1..close)?;
    let plain = !words.contains(['[', ']', '<', '>', '`']) && !words.is_empty();
    let address = &target[..end];
    let web = (address.starts_with("https://") || address.starts_with("http://"))
        && !address.contains(['<', '>', ' ', '(']);
    (plain && web).then_some(close + 2 + end + 1)
}

fn wrap(line: &str, out: &mut Vec<String>) {
    if line.chars().count() <= WIDTH || line.trim_start().starts_with('|') {
        out.push(line.trim_end().to_owned());
        return;
    }
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let hanging = if line.trim_start().starts_with("- ") || line.trim_start().starts_with("* ") {
        format!("{indent}  ")
    } else {
        indent.clone()
    };
    let mut current = indent;
    let mut length = current.chars().count();
    let mut first = true;
    for word in line.split_whitespace() {
        let width = word.chars().count();
        // A break before a sign that starts a list or heading would change what is read.
        let would_start = word.starts_with(['#', '-', '+', '*', '>', '=', '|'])
            || word.ends_with(['.', ')']) && word.starts_with(|c: char| c.is_ascii_digit());
        if !first && length + 1 + width > WIDTH && !would_start {
            out.push(std::mem::take(&mut current));
            current.clone_from(&hanging);
            length = hanging.chars().count();
        } else if !first {
            current.push(' ');
            length += 1;
        }
        current.push_str(word);
        length += width;
        first = false;
    }
    out.push(current);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_cannot_leave_its_comment() {
        let cases = [
            ("*/ pub fn evil() {}", "*/ pub fn evil() {}"),
            ("a [link] to [docs](https://a.b/c)", "a \\[link\\] to [docs](https://a.b/c)"),
            ("see https://a.b/c.", "see <https://a.b/c>."),
            ("<p>Text</p>", "Text"),
            ("Vec<String> and `Vec<String>`", "Vec\\<String\\> and `Vec<String>`"),
            ("a\u{202e}b\0c", "abc"),
            ("    let x = 1;", "  let x = 1;"),
            ("```rust\nfn main() {}\n", "```text\nfn main() {}\n```"),
            ("one `tick", "one `tick"),
            ("\r\n\r\n", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(prose(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let text = "word ".repeat(60);
        assert!(prose(&text).lines().all(|line| line.len() <= WIDTH));
        assert_eq!(prose(&text).split_whitespace().count(), 60);
    }
}
