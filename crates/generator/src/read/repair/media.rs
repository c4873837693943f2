//! Media types that are none.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Value};

/// `not-a-media-type`: short names become the media type that is meant; anything else, such as
/// `examples`, is left out.
pub(super) fn types(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let place = here.key("content");
    match node.get_mut("content") {
        None => {}
        Some(Value::Object(content)) if content.keys().all(|key| is_media_type(key)) => {}
        Some(Value::Object(content)) => rename(content, &place, log),
        Some(other) => {
            let message =
                format!("`content` should be an object, and is {}; it is left out", kind(other));
            log.warn("not-a-media-type", message, &place);
            node.shift_remove("content");
        }
    }
}

fn rename(content: &mut Map<String, Value>, place: &Here<'_>, log: &mut Log) {
    for (key, media) in std::mem::take(content) {
        if is_media_type(&key) {
            content.insert(key, media);
            continue;
        }
        match short_name(&key).filter(|name| !content.contains_key(*name)) {
            Some(name) => {
                let message = format!("`{key}` is no media type; taken as `{name}`");
                log.warn("not-a-media-type", message, &place.key(&key));
                log.edits.moved(place.key(&key).pointer(), place.key(name).pointer());
                content.insert(name.to_owned(), media);
            }
            None => {
                let message = format!("`{key}` is no media type; it is left out");
                log.warn("not-a-media-type", message, &place.key(&key));
            }
        }
    }
}

fn is_media_type(key: &str) -> bool {
    let essence = key.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*'`|~%".contains(&byte))
    };
    essence.split_once('/').is_some_and(|(kind, name)| token(kind) && token(name))
}

fn short_name(key: &str) -> Option<&'static str> {
    Some(match key.trim().to_ascii_lowercase().as_str() {
        "json" => "application/json",
        "xml" => "application/xml",
        "form" => "application/x-www-form-urlencoded",
        "multipart" => "multipart/form-data",
        "text" | "plain" => "text/plain",
        "html" => "text/html",
        "csv" => "text/csv",
        "binary" => "application/octet-stream",
        "pdf" => "application/pdf",
        _ => return None,
    })
}
