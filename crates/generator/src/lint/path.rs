//! Pointers in pieces, and as JSONPath (RFC 9535).

use serde_json::Value;

use crate::pointer::Pointer;

/// The first tokens of a pointer, as one.
pub(super) fn cut(place: &str, depth: usize) -> &str {
    let end = place.match_indices('/').nth(depth).map_or(place.len(), |(at, _)| at);
    &place[..end]
}

pub(super) fn below(place: &str, whole: &str) -> bool {
    place.strip_prefix(whole).is_some_and(|rest| rest.starts_with('/') || rest.is_empty())
}

/// A piece of a pointer as a piece of a path. None of its tokens is an index.
pub(super) fn way(pointer: &str) -> String {
    let pointer = Pointer::parse(pointer);
    pointer.iter().flat_map(Pointer::tokens).map(|token| segment(&token, false)).collect()
}

/// The path to a node.
pub(crate) fn json_path(pointer: &Pointer, document: &Value) -> String {
    let mut path = "$".to_owned();
    let mut here = Some(document);
    for token in pointer.tokens() {
        let index = here.is_some_and(Value::is_array);
        path.push_str(&segment(&token, index));
        here = here.and_then(|value| match value {
            Value::Array(list) => token.parse::<usize>().ok().and_then(|index| list.get(index)),
            value => value.get(token.as_ref()),
        });
    }
    path
}

pub(crate) fn segment(token: &str, index: bool) -> String {
    let plain = token.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && token.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    match (index, plain) {
        (true, _) => format!("[{token}]"),
        (false, true) => format!(".{token}"),
        (false, false) => format!("[{}]", quoted(token)),
    }
}

pub(crate) fn quoted(name: &str) -> String {
    let mut text = "'".to_owned();
    for letter in name.chars() {
        match letter {
            '\'' | '\\' => {
                text.push('\\');
                text.push(letter);
            }
            control if control.is_control() => text.push_str(&format!("\\u{:04x}", control as u32)),
            letter => text.push(letter),
        }
    }
    text.push('\'');
    text
}
