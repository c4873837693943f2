//! `required` as a boolean, and names that no property has.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

/// `required-as-boolean`: a property that calls itself required is required by its object.
pub(super) fn as_boolean(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let mut names = own_list(schema, here, log);
    let before = names.len();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let place = here.key("properties");
        for (name, property) in properties.iter_mut() {
            let Value::Object(property) = property else { continue };
            let Some(required) = property.get("required").and_then(Value::as_bool) else {
                continue;
            };
            property.shift_remove("required");
            let place = place.key(name);
            let message = "`required` belongs to the object, as a list of names; moved there";
            log.note("required-as-boolean", message, &place);
            if required && !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    if names.len() > before {
        schema.insert("required".to_owned(), json!(names));
    }
}

/// The names that are required so far; anything else under `required` is put right or left out.
fn own_list(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) -> Vec<String> {
    let place = here.key("required");
    match schema.get("required") {
        None => Vec::new(),
        Some(Value::Array(list)) => {
            let names: Vec<String> =
                list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            if names.len() < list.len() {
                log.warn(
                    "required-form",
                    "`required` lists something that is no name; it is left out",
                    &place,
                );
                schema.insert("required".to_owned(), json!(names));
            }
            names
        }
        Some(Value::String(name)) => {
            let names = vec![name.clone()];
            log.warn(
                "required-form",
                "`required` should be a list; taken as its only name",
                &place,
            );
            schema.insert("required".to_owned(), json!(names));
            names
        }
        Some(other) => {
            if !other.is_boolean()
                || here.parent().is_none_or(|parent| parent.name() != "properties")
            {
                let message = format!(
                    "`required` should be a list of names, and is {}; it is left out",
                    kind(other)
                );
                log.warn("required-form", message, &place);
            }
            schema.shift_remove("required");
            Vec::new()
        }
    }
}

/// What is said of a property that is required and not declared.
pub(crate) const UNDECLARED: &str = "Required, though the document does not say what it is.";

/// `required-undeclared`: a required name that no property has becomes a property that may be anything, or nobody could
/// send it. Parts of a composition are left alone: the property may be declared by another part.
pub(super) fn undeclared(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let composed = ["$ref", "allOf", "anyOf", "oneOf"].iter().any(|key| schema.contains_key(*key));
    let part =
        here.parent().is_some_and(|parent| matches!(parent.name(), "allOf" | "anyOf" | "oneOf"));
    if composed || part {
        return;
    }
    let Some(Value::Array(required)) = schema.get("required") else { return };
    let required: Vec<String> =
        required.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for name in required {
        if properties.contains_key(&name) {
            continue;
        }
        let message =
            format!("`{name}` is required, but no property is called so; it may be anything");
        log.warn("required-undeclared", message, &here.key("required"));
        properties.insert(name, json!({ "description": UNDECLARED }));
    }
}
