//! Lists of types.

use super::super::tree::{Here, Log};
use serde_json::{Map, Value};

/// `type: [string, null]` is a nullable string; several other types are alternatives.
pub(super) fn type_list(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) -> bool {
    match node.get("type") {
        Some(Value::Array(types)) => {
            let types: Vec<String> =
                types.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            set(node, types, here, log);
            true
        }
        Some(Value::String(kind)) if kind == "null" => {
            node.shift_remove("type");
            node.insert("nullable".to_owned(), true.into());
            true
        }
        _ => false,
    }
}

fn set(node: &mut Map<String, Value>, mut types: Vec<String>, here: &Here<'_>, log: &mut Log) {
    let all = types.len();
    types.retain(|kind| kind != "null");
    if types.len() < all {
        node.insert("nullable".to_owned(), true.into());
    }
    if types.iter().any(|kind| kind == "number") {
        types.retain(|kind| kind != "integer");
    }
    types.dedup();
    match types.as_slice() {
        [] => {
            node.shift_remove("type");
        }
        [kind] => {
            node.insert("type".to_owned(), kind.as_str().into());
        }
        // The values of an enum say themselves what they are.
        _ if node.contains_key("enum") => {
            node.shift_remove("type");
        }
        _ => alternatives(node, &types, here, log),
    }
}

/// Gives every type an alternative of its own, with the keywords that concern it.
fn alternatives(node: &mut Map<String, Value>, types: &[String], here: &Here<'_>, log: &mut Log) {
    if node.contains_key("anyOf") || node.contains_key("oneOf") {
        // The alternatives given say more than the list of their types.
        node.shift_remove("type");
        return;
    }
    let mut arms = Vec::new();
    for (index, kind) in types.iter().enumerate() {
        let mut arm = Map::new();
        arm.insert("type".to_owned(), kind.as_str().into());
        for keyword in keywords(kind) {
            if let Some(value) = node.shift_remove(*keyword) {
                let to = here.key("anyOf");
                let to = to.index(index);
                log.edits.moved(here.key(keyword).pointer(), to.key(keyword).pointer());
                arm.insert((*keyword).to_owned(), value);
            }
        }
        arms.push(Value::Object(arm));
    }
    let arms_at = here.key("anyOf").pointer();
    for (index, arm) in arms.iter().enumerate() {
        // The alternatives themselves stand where the list of types stands.
        if arm.as_object().is_some_and(|arm| arm.len() == 1) {
            log.edits.moved(here.key("type").pointer(), arms_at.index(index));
        }
    }
    node.shift_remove("type");
    node.insert("anyOf".to_owned(), Value::Array(arms));
}

/// The keywords that concern one type only.
fn keywords(kind: &str) -> &'static [&'static str] {
    match kind {
        "array" => &["items", "minItems", "maxItems", "uniqueItems"],
        "object" => &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "discriminator",
        ],
        "string" => &["format", "pattern", "minLength", "maxLength"],
        "number" | "integer" => {
            &["format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
        }
        _ => &[],
    }
}
