//! OpenAPI 3.1 and 3.2 in the words of 3.0, so that nothing behind this has to know them.
//!
//! Everything that can be said in 3.0 is said so without a word. What has no equal becomes looser,
//! and is told.

use super::document::Document;
use super::tree::{Here, Log, METHODS, Role, walk};
use crate::diagnostic::Diagnostics;
use crate::lower::stream::framing_of;
use serde_json::{Map, Value, json};

mod nulls;
mod schema;
mod types;

/// Translates a document.
///
/// Codes: notes `webhooks-ignored`, `callbacks-ignored`, `newer-keyword` (a 3.0 document uses a keyword of 3.1, and is
/// understood); warnings `tuple-loosened`, `keyword-ignored`, `method-ignored`.
pub(super) fn run(document: &mut Document, diagnostics: &mut Diagnostics) {
    let version = &document.value["openapi"];
    let old =
        version.as_str().map_or_else(|| version.to_string(), str::to_owned).starts_with("3.0");
    let mut root = std::mem::take(&mut document.value);
    let mut log = Log::open(document);
    if root.get("webhooks").is_some_and(|webhooks| !webhooks.is_null()) {
        let message = "webhooks are calls that the API makes; a client does not need them";
        log.note("webhooks-ignored", message, &Here::ROOT.key("webhooks"));
    }
    walk(Role::Document, &mut root, &Here::ROOT, &mut |role, value, here| {
        let Value::Object(node) = value else { return };
        match role {
            Role::Schema => schema(node, here, old, &mut log),
            Role::Media => item_schema(node, here.name()),
            Role::PathItem => odd_methods(node, here, &mut log),
            Role::Operation => callbacks(node, here, &mut log),
            _ => {}
        }
    });
    document.value = root;
    log.close(document, diagnostics);
}

/// One rule for a schema: whether it found something to translate.
type Rule = fn(&mut Map<String, Value>, &Here<'_>, &mut Log) -> bool;

/// In order: what splits a schema comes before what looks at its parts.
const RULES: [Rule; 8] = [
    schema::constant,
    schema::bounds,
    schema::examples,
    schema::content,
    schema::tuple,
    schema::patterns,
    schema::local_reference,
    types::type_list,
];

fn schema(node: &mut Map<String, Value>, here: &Here<'_>, old: bool, log: &mut Log) {
    let mut translated = false;
    for rule in RULES {
        translated |= rule(node, here, log);
    }
    // These are common in documents of 3.0, and no sign of a later version.
    nulls::null_alternative(node, here, log);
    nulls::beside_reference(node, here, log);
    schema::ignored(node, here, log);
    if translated && old {
        let message = "this is a keyword of OpenAPI 3.1 in a document of 3.0; it is understood";
        log.note("newer-keyword", message, here);
    }
}

/// 3.2 describes the items of a stream where earlier versions describe the whole, which is the list of them.
fn item_schema(media: &mut Map<String, Value>, name: &str) {
    let essence = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_stream = framing_of(&essence).is_some();
    // Where both stand, the items are what a client reads.
    if (is_stream || !media.contains_key("schema"))
        && let Some(schema) = media.shift_remove("itemSchema")
    {
        let schema = if is_stream { json!({ "type": "array", "items": schema }) } else { schema };
        media.insert("schema".to_owned(), schema);
    }
    if essence == "text/event-stream"
        && let Some(schema) = media.get_mut("schema")
    {
        data_of_events(schema, DEEPEST_EVENT);
    }
}

/// How deep an event's data may lie below a schema.
const DEEPEST_EVENT: usize = 6;

/// The data of an event is a text that holds JSON. A client reads the JSON.
fn data_of_events(schema: &mut Value, depth: usize) {
    let Some(node) = schema.as_object_mut().filter(|_| depth > 0) else { return };
    if let Some(Value::Object(properties)) = node.get_mut("properties")
        && let Some(data) = properties.get_mut("data")
        && let Some(held) = data.as_object_mut().and_then(|data| data.shift_remove("contentSchema"))
    {
        *data = held;
    }
    if let Some(items) = node.get_mut("items") {
        data_of_events(items, depth - 1);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let members = node.get_mut(key).and_then(Value::as_array_mut);
        members.into_iter().flatten().for_each(|member| data_of_events(member, depth - 1));
    }
}

fn callbacks(operation: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    if operation.get("callbacks").and_then(Value::as_object).is_some_and(|all| !all.is_empty()) {
        let message = "callbacks are calls that the API makes; a client does not need them";
        log.note("callbacks-ignored", message, &here.key("callbacks"));
    }
}

fn odd_methods(item: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    if let Some(Value::Object(more)) = item.get("additionalOperations") {
        let here = here.key("additionalOperations");
        for method in more.keys().filter(|method| !METHODS.contains(&method.as_str())) {
            let message = format!("operations with the method `{method}` cannot be expressed");
            log.warn("method-ignored", message, &here.key(method));
        }
    }
}

#[cfg(test)]
mod tests;
