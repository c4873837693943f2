//! Replies: none at all, odd status codes, content where there can be none.

use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

/// An operation that describes no reply still has a place for them; that none is described is told
/// where replies are looked at.
pub(super) fn missing(operation: &mut Map<String, Value>, _: &Here<'_>, _: &mut Log) {
    if !operation.get("responses").is_some_and(Value::is_object) {
        operation.insert("responses".to_owned(), json!({}));
    }
}

/// `response-code`: a key that is no status is put right where it begins with one.
pub(super) fn codes(responses: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    if responses.keys().all(|key| is_code(key)) {
        return;
    }
    for (key, response) in std::mem::take(responses) {
        if is_code(&key) {
            responses.insert(key, response);
            continue;
        }
        let meant = meant(&key).filter(|code| !responses.contains_key(code));
        match meant {
            Some(code) => {
                log.warn(
                    "response-code",
                    format!("`{key}` is no status; taken as `{code}`"),
                    &here.key(&key),
                );
                log.edits.moved(here.key(&key).pointer(), here.key(&code).pointer());
                responses.insert(code, response);
            }
            None => {
                log.warn(
                    "response-code",
                    format!("`{key}` is no status; it is left out"),
                    &here.key(&key),
                );
            }
        }
    }
}

fn is_code(key: &str) -> bool {
    let [first, rest @ ..] = key.as_bytes() else { return false };
    let status = matches!(first, b'1'..=b'5')
        && rest.len() == 2
        && (rest.iter().all(u8::is_ascii_digit) || rest == b"XX");
    status || key == "default" || key.starts_with("x-")
}

fn meant(key: &str) -> Option<String> {
    let start: String = key.trim().chars().take(3).collect::<String>().to_ascii_uppercase();
    let next = key.trim().chars().nth(3);
    let whole = next.is_none_or(|next| !next.is_alphanumeric());
    if whole && is_code(&start) {
        return Some(start);
    }
    key.eq_ignore_ascii_case("default").then(|| "default".to_owned())
}

/// `content-of-no-content`: 204 and 304 have no content, whatever the document says.
pub(super) fn without_content(responses: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    for code in ["204", "205", "304"] {
        let Some(Value::Object(response)) = responses.get_mut(code) else { continue };
        let Some(content) = response.shift_remove("content") else { continue };
        if content.as_object().is_some_and(|content| !content.is_empty()) {
            let message =
                format!("a reply with status {code} has no content; its description is left out");
            log.note("content-of-no-content", message, &here.key(code).key("content"));
        }
    }
}

/// A reply needs a description, if only an empty one. Nothing depends on it, so nothing is told.
pub(super) fn description(response: &mut Map<String, Value>, _: &Here<'_>, _: &mut Log) {
    let described = response.get("description").is_some_and(Value::is_string);
    if !described && !response.contains_key("$ref") {
        response.insert("description".to_owned(), "".into());
    }
}
