//! What to say when a path matches nothing: how far it still leads.

use serde_json::Value;
use serde_json_path::JsonPath;

/// The longest beginning of the path that still matches something, and what is there.
pub(super) fn hint(path: &str, value: &Value) -> String {
    let matching = cuts(path).into_iter().rev().find_map(|end| {
        let prefix = &path[..end];
        let found = JsonPath::parse(prefix).ok()?.query(value).first()?;
        Some((prefix, found))
    });
    let Some((prefix, found)) = matching else {
        return "correct the target, or remove the action".to_owned();
    };
    match members(found) {
        Some(members) => format!("`{prefix}` still matches; in it there is {members}"),
        None => format!("`{prefix}` still matches; there is nothing in it"),
    }
}

/// The first names in an object, or the length of a list.
fn members(value: &Value) -> Option<String> {
    const SHOWN: usize = 8;
    match value {
        Value::Object(object) if !object.is_empty() => {
            let names: Vec<String> =
                object.keys().take(SHOWN).map(|key| format!("`{key}`")).collect();
            let more = if object.len() > SHOWN { ", …" } else { "" };
            Some(format!("{}{more}", names.join(", ")))
        }
        Value::Array(list) if !list.is_empty() => Some(format!("a list of {}", list.len())),
        Value::Object(_) | Value::Array(_) => None,
        plain => Some(format!("only {}", super::kind(plain))),
    }
}

/// Where a path can be cut: before every segment, outside of brackets and quotation marks.
fn cuts(path: &str) -> Vec<usize> {
    let mut cuts = Vec::new();
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    let mut dots = false;
    for (at, letter) in path.char_indices() {
        let after_dots = std::mem::replace(&mut dots, letter == '.' && quote.is_none());
        if escaped {
            escaped = false;
            continue;
        }
        match (letter, quote) {
            ('\\', Some(_)) => escaped = true,
            (letter, Some(open)) if letter == open => quote = None,
            (_, Some(_)) => {}
            ('\'' | '"', None) => quote = Some(letter),
            ('.' | '[', None) if depth == 0 && at > 0 && !after_dots => cuts.push(at),
            _ => {}
        }
        match (letter, quote) {
            ('[' | '(', None) => depth += 1,
            (']' | ')', None) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_hint_says_how_far_the_path_leads() {
        let value = json!({ "paths": { "/a.b[": { "get": { "tags": [1, 2] } } }, "x": 1 });
        for (path, expected) in [
            ("$.paths['/a.b['].put", "`$.paths['/a.b[']` still matches; in it there is `get`"),
            ("$.paths['/c'].get.tags", "`$.paths` still matches; in it there is `/a.b[`"),
            ("$..tags[7]", "`$..tags` still matches; in it there is a list of 2"),
            ("$..none..[?@.a == ']'].b", "`$` still matches; in it there is `paths`, `x`"),
            ("$.x.y", "`$.x` still matches; in it there is only a number"),
        ] {
            assert_eq!(hint(path, &value), expected);
        }
    }
}
