//! Parameters that are incomplete, stand twice, or are the client's own affair.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

/// `parameters-form`, `parameter-incomplete`, `parameter-place`, `client-header`,
/// `repeated-parameter`, `optional-path-parameter`.
pub(super) fn list(owner: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let place = here.key("parameters");
    let list = match owner.get_mut("parameters") {
        None => return,
        Some(Value::Array(list)) => list,
        Some(Value::Object(object)) if object.values().all(Value::is_object) => {
            let object = std::mem::take(object);
            if !object.is_empty() {
                log.warn("parameters-form", "`parameters` should be a list; taken as one", &place);
            }
            let list = object.into_iter().enumerate().map(|(index, (name, mut value))| {
                log.edits.moved(place.key(&name).pointer(), place.index(index).pointer());
                let unnamed = value.get("name").is_none() && value.get("$ref").is_none();
                if let Some(value) = value.as_object_mut().filter(|_| unnamed) {
                    value.insert("name".to_owned(), name.into());
                }
                value
            });
            let list: Vec<Value> = list.collect();
            owner.insert("parameters".to_owned(), Value::Array(list));
            return self::list(owner, here, log);
        }
        Some(other) => {
            if !other.is_null() {
                let message = format!(
                    "`parameters` should be a list, and is {}; it is left out",
                    kind(other)
                );
                log.warn("parameters-form", message, &place);
            }
            owner.shift_remove("parameters");
            return;
        }
    };
    let mut seen = Vec::new();
    let mut index = 0;
    while index < list.len() {
        if keep(&mut list[index], &mut seen, &place.index(index), log) {
            index += 1;
        } else {
            list.remove(index);
            log.edits.removed(place.pointer(), index);
        }
    }
}

fn keep(
    value: &mut Value,
    seen: &mut Vec<(String, String)>,
    here: &Here<'_>,
    log: &mut Log,
) -> bool {
    let Value::Object(parameter) = value else {
        log.warn(
            "parameter-incomplete",
            format!("the parameter is {}; it is left out", kind(value)),
            here,
        );
        return false;
    };
    if parameter.contains_key("$ref") {
        return true;
    }
    let text = |key: &str| parameter.get(key).and_then(Value::as_str).map(str::trim);
    let (Some(name), Some(location)) = (text("name"), text("in")) else {
        let message =
            "the parameter does not say its `name` and where it goes (`in`); it is left out";
        log.warn("parameter-incomplete", message, here);
        return false;
    };
    if name.is_empty() {
        log.warn("parameter-incomplete", "the parameter has no name; it is left out", here);
        return false;
    }
    let key = (location.to_ascii_lowercase(), name.to_owned());
    if !matches!(key.0.as_str(), "path" | "query" | "header" | "cookie") {
        let message = format!("`in: {location}` is no place for a parameter; `{name}` is left out");
        log.tell(
            crate::diagnostic::Diagnostic::warning("parameter-place", message)
                .help("parameters go in path, query, header or cookie; everything else is the request's body"),
            &here.pointer(),
        );
        return false;
    }
    if key.0 == "header" && is_client_header(name) {
        let message = format!("the header `{name}` is the client's own affair; it is no parameter");
        log.note("client-header", message, here);
        return false;
    }
    if seen.contains(&key) {
        log.warn(
            "repeated-parameter",
            format!("the parameter `{name}` stands twice; the first counts"),
            here,
        );
        return false;
    }
    if location != key.0 {
        log.note("parameter-place", format!("`in: {location}` is taken as `{}`", key.0), here);
    }
    if key.0 == "path" && parameter.get("required") != Some(&json!(true)) {
        parameter.insert("required".to_owned(), true.into());
        let message = format!("`{}` is part of the path, so it is required", key.1);
        log.note("optional-path-parameter", message, here);
    }
    parameter.insert("in".to_owned(), key.0.as_str().into());
    parameter.insert("name".to_owned(), key.1.as_str().into());
    seen.push(key);
    true
}

/// The headers that a document has no say in; OpenAPI says so itself.
pub(super) fn is_client_header(name: &str) -> bool {
    ["authorization", "content-type", "accept"]
        .iter()
        .any(|header| name.eq_ignore_ascii_case(header))
}

/// `parameter-style`: a way of writing that does not exist for its place is left out.
pub(super) fn style(parameter: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let Some(style) = parameter.get("style").and_then(Value::as_str) else { return };
    let known: &[&str] = match parameter.get("in").and_then(Value::as_str) {
        Some("path") => &["matrix", "label", "simple"],
        Some("query") => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        Some("header") => &["simple"],
        Some("cookie") => &["form"],
        _ => return,
    };
    if !known.contains(&style) {
        let message = format!(
            "there is no style `{style}` here; taken as `{}`",
            if known.contains(&"form") { "form" } else { "simple" }
        );
        log.warn("parameter-style", message, &here.key("style"));
        parameter.shift_remove("style");
    }
}

/// `parameter-without-schema`: the keywords of a schema that stand beside the name, as in version 2,
/// become its schema; without any it may be any text.
pub(super) fn schema(parameter: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    const KEYWORDS: [&str; 14] = [
        "type",
        "format",
        "enum",
        "items",
        "default",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "nullable",
        "properties",
    ];
    if parameter.contains_key("$ref") {
        return;
    }
    let content = parameter.get("content").and_then(Value::as_object);
    if parameter.contains_key("schema") || content.is_some_and(|content| !content.is_empty()) {
        return;
    }
    parameter.shift_remove("content");
    let mut schema = Map::new();
    for key in KEYWORDS {
        if let Some(value) = parameter.shift_remove(key) {
            log.edits.moved(here.key(key).pointer(), here.key("schema").key(key).pointer());
            schema.insert(key.to_owned(), value);
        }
    }
    if schema.is_empty() {
        schema.insert("type".to_owned(), "string".into());
        log.note("parameter-without-schema", "it does not say its type; taken as a string", here);
    } else {
        log.note("parameter-without-schema", "its type belongs into `schema`; moved there", here);
    }
    parameter.insert("schema".to_owned(), Value::Object(schema));
}
