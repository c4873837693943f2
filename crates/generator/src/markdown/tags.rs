//! HTML that only lays out, as Markdown has it.

/// The text with what lays out as Markdown has it, or gone; other tags stay, to be made letters.
pub(super) fn untagged(text: &str) -> String {
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
            _ => out.push_str(&rest[..length]),
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
