//! Null as an alternative, and whatever stands beside a reference.

use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

/// `anyOf: [X, {type: null}]` is a nullable X. Documents of 3.0 say the same with
/// `{nullable: true}`, so this is no sign of a later version.
pub(super) fn null_alternative(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(arms)) = node.get_mut(key) else { continue };
        let list = here.key(key).pointer();
        let before = arms.len();
        for index in (0..arms.len()).rev() {
            if is_null(&arms[index]) {
                arms.remove(index);
                log.edits.removed(list.clone(), index);
            }
        }
        if arms.len() == before {
            continue;
        }
        let only = if arms.len() == 1 { arms.pop() } else { None };
        let empty = arms.is_empty();
        node.insert("nullable".to_owned(), true.into());
        if empty {
            node.shift_remove(key);
        }
        if let Some(only) = only {
            unwrap(node, only, key, here, log);
        }
    }
}

fn is_null(arm: &Value) -> bool {
    let Value::Object(arm) = arm else { return false };
    let typed = arm.get("type").is_some_and(|kind| kind == "null" || *kind == json!(["null"]));
    let listed = arm.get("enum").is_some_and(|values| *values == json!([null]));
    let constant = arm.get("const").is_some_and(Value::is_null);
    // Where 3.0 has no word for it, people write an object that has nothing but null.
    let only_nullable = arm.len() == 1 && arm.get("nullable") == Some(&json!(true));
    typed || listed || constant || only_nullable
}

/// Takes the only alternative for the schema itself: its members where none is in the way, else as
/// the only part of `allOf`.
fn unwrap(node: &mut Map<String, Value>, only: Value, key: &str, here: &Here<'_>, log: &mut Log) {
    let from = here.key(key);
    let from = from.index(0);
    match only {
        Value::Object(arm)
            if !arm.contains_key("$ref") && arm.keys().all(|key| !node.contains_key(key)) =>
        {
            for (key, value) in arm {
                log.edits.moved(from.key(&key).pointer(), here.key(&key).pointer());
                node.insert(key, value);
            }
        }
        only => push_part(node, only, &from, here, log),
    }
}

fn push_part(
    node: &mut Map<String, Value>,
    part: Value,
    from: &Here<'_>,
    here: &Here<'_>,
    log: &mut Log,
) {
    let parts = node.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(parts) = parts {
        let to = here.key("allOf");
        log.edits.moved(from.pointer(), to.index(parts.len()).pointer());
        parts.push(part);
    }
}

/// `$ref` with something beside it: in 3.0 a reference stands alone, so that what is meant has to be
/// said with `allOf`.
pub(super) fn beside_reference(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let alone =
        |key: &String| matches!(key.as_str(), "$ref" | "$defs" | "$id" | "$comment" | "summary");
    if node.keys().all(|key| alone(key) || key.starts_with("x-")) {
        return;
    }
    if let Some(reference) = node.shift_remove("$ref") {
        let from = *here;
        push_part(node, json!({ "$ref": reference }), &from, here, log);
    }
}
