//! Items of lists, and lists of schemas.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

/// `properties-of-list`: a list has no properties; its elements have them.
pub(super) fn properties(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let is_list = schema.get("type").is_some_and(|kind| kind == "array");
    if !is_list
        || schema.contains_key("items")
        || !schema.get("properties").is_some_and(Value::is_object)
    {
        return;
    }
    log.warn(
        "properties-of-list",
        "a list has no properties; taken as those of its elements",
        here,
    );
    let mut element = Map::new();
    element.insert("type".to_owned(), "object".into());
    for key in ["properties", "required"] {
        if let Some(value) = schema.shift_remove(key) {
            log.edits.moved(here.key(key).pointer(), here.key("items").key(key).pointer());
            element.insert(key.to_owned(), value);
        }
    }
    schema.insert("items".to_owned(), Value::Object(element));
}

/// `array-without-items`: the elements of a list may be anything unless it says otherwise;
/// `items-as-list`: a schema for each element becomes one for all of them.
pub(super) fn items(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let is_list = schema.get("type").is_some_and(|kind| kind == "array");
    match schema.get_mut("items") {
        None if is_list => {
            schema.insert("items".to_owned(), json!({}));
            let message = "the list does not say what its elements are; they may be anything";
            log.note("array-without-items", message, here);
        }
        Some(items @ Value::Array(_)) => {
            let Value::Array(mut members) = items.take() else { return };
            members.dedup();
            let place = here.key("items");
            let (taken, words) = match members.pop() {
                Some(one) if members.is_empty() => {
                    log.edits.moved(place.index(0).pointer(), place.pointer());
                    (one, "its only element")
                }
                _ => (json!({}), "anything"),
            };
            let message = format!("`items` should be one schema, and is a list; taken as {words}");
            *items = taken;
            log.warn("items-as-list", message, &place);
        }
        _ => {}
    }
}

/// `composition-form`: `allOf`, `anyOf` and `oneOf` are lists that are not empty.
pub(super) fn compositions(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    for key in ["allOf", "anyOf", "oneOf"] {
        let Some(value) = schema.get_mut(key) else { continue };
        match value {
            Value::Array(list) if !list.is_empty() => {}
            Value::Object(object) if !object.is_empty() => {
                let place = here.key(key);
                let only = value.take();
                *value = Value::Array(vec![only]);
                log.edits.moved(place.pointer(), place.index(0).pointer());
                log.warn(
                    "composition-form",
                    format!("`{key}` should be a list; taken as its only element"),
                    &place,
                );
            }
            other => {
                let message = match other {
                    Value::Array(_) | Value::Object(_) => {
                        format!("`{key}` is empty; it is left out")
                    }
                    other => {
                        format!("`{key}` should be a list, and is {}; it is left out", kind(other))
                    }
                };
                log.warn("composition-form", message, &here.key(key));
                schema.shift_remove(key);
            }
        }
    }
}
