//! Nodes that are not what their place asks for: an empty list for an empty object, as PHP writes
//! it, a name instead of a schema, null.

use super::super::kind;
use super::super::tree::{Here, Log, METHODS, Role};
use serde_json::{Map, Value, json};

/// `not-an-object`: makes an object of a node that has to be one.
pub(super) fn node(role: Role, value: &mut Value, here: &Here<'_>, log: &mut Log) {
    if value.is_object() {
        return;
    }
    let replacement = match (&*value, role) {
        // A schema that is a boolean is one of 3.1: anything goes, or nothing.
        (Value::Bool(_), Role::Schema) => Some(json!({})),
        (Value::String(name), Role::Schema) => Some(match name.strip_prefix("#/") {
            Some(_) => json!({ "$ref": name }),
            None => json!({ "type": name }),
        }),
        (Value::String(text), Role::Response) => Some(json!({ "description": text })),
        (_, Role::Schema | Role::Response | Role::Media | Role::Header | Role::PathItem) => {
            Some(json!({}))
        }
        _ => None,
    };
    let Some(replacement) = replacement else { return };
    let empty =
        value.as_array().is_some_and(Vec::is_empty) || value.is_null() || value.is_boolean();
    let message =
        format!("this should be an object, and is {}; taken as `{replacement}`", kind(value));
    *value = replacement;
    if empty {
        log.note("not-an-object", message, here);
    } else {
        log.warn("not-an-object", message, here);
    }
}

/// `empty-list`: an empty list where an object belongs is an empty object.
pub(super) fn empty_lists(
    role: Role,
    node: &mut Map<String, Value>,
    here: &Here<'_>,
    log: &mut Log,
) {
    let keys: &[&str] = match role {
        Role::Document => &["paths", "components", "info"],
        Role::Components => &[
            "schemas",
            "responses",
            "parameters",
            "headers",
            "requestBodies",
            "securitySchemes",
            "examples",
        ],
        Role::Operation => &["responses"],
        Role::Response => &["content", "headers", "links"],
        Role::Body | Role::Parameter | Role::Header => &["content", "examples"],
        Role::Media => &["examples", "encoding"],
        Role::PathItem | Role::Responses | Role::Schema | Role::SecurityScheme | Role::Example => {
            &[]
        }
    };
    for key in keys {
        if let Some(value) =
            node.get_mut(*key).filter(|value| **value == json!([]) || value.is_null())
        {
            let message = format!("`{key}` should be an object; taken as an empty one");
            *value = json!({});
            log.note("empty-list", message, &here.key(key));
        }
    }
}

/// `not-an-operation`: what stands under a method has to be an operation.
pub(super) fn operations(item: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    item.retain(|key, value| {
        if !METHODS.contains(&key.as_str()) || value.is_object() {
            return true;
        }
        let message =
            format!("this should be an operation, and is {}; it is left out", kind(value));
        log.warn("not-an-operation", message, &here.key(key));
        false
    });
}

/// `body-without-content`: a body that describes nothing is none.
pub(super) fn body(operation: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let Some(body) = operation.get("requestBody") else { return };
    let content = body.get("content").and_then(Value::as_object);
    if body.get("$ref").is_some() || content.is_some_and(|content| !content.is_empty()) {
        return;
    }
    operation.shift_remove("requestBody");
    let message = "the body of the request describes no content; it is left out";
    log.note("body-without-content", message, &here.key("requestBody"));
}
