//! Properties that are a list.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

/// `properties-as-list`: `['name': {…}]` and `[{name: …, type: …}]` become an object by name; what
/// has no name is left out. `properties-form`: anything else that is no object is left out.
pub(super) fn listed(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let place = here.key("properties");
    match schema.get("properties") {
        None => {}
        Some(empty) if empty.is_null() || *empty == json!({}) || *empty == json!([]) => {
            schema.shift_remove("properties");
            let message = "the object lists no property; it may hold any";
            log.note("empty-properties", message, &place);
        }
        Some(Value::Object(_)) => {}
        Some(Value::Array(_)) => {
            let message = "`properties` should be an object by name, and is a list";
            log.warn("properties-as-list", message, &place);
            if let Some(Value::Array(list)) = schema.shift_remove("properties") {
                let named = by_name(list, &place, log);
                schema.insert("properties".to_owned(), Value::Object(named));
            }
        }
        Some(other) => {
            let message =
                format!("`properties` should be an object, and is {}; it is left out", kind(other));
            log.warn("properties-form", message, &place);
            schema.shift_remove("properties");
        }
    }
}

fn by_name(list: Vec<Value>, place: &Here<'_>, log: &mut Log) -> Map<String, Value> {
    let mut named = Map::new();
    for (index, element) in list.into_iter().enumerate() {
        let here = place.index(index);
        match element {
            Value::String(name) => {
                named.entry(name).or_insert_with(|| json!({}));
            }
            Value::Object(mut element) if element.get("name").is_some_and(Value::is_string) => {
                let Some(Value::String(name)) = element.shift_remove("name") else { continue };
                log.edits.moved(here.pointer(), place.key(&name).pointer());
                let schema = element.shift_remove("schema").filter(Value::is_object);
                named.insert(name, schema.unwrap_or(Value::Object(element)));
            }
            Value::Object(element) if element.values().all(Value::is_object) => {
                for (name, schema) in element {
                    log.edits.moved(here.key(&name).pointer(), place.key(&name).pointer());
                    named.insert(name, schema);
                }
            }
            other => {
                let message =
                    format!("this property is {} without a name; it is left out", kind(&other));
                log.warn("properties-as-list", message, &here);
            }
        }
    }
    named
}
