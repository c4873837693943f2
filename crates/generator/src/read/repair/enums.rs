//! Enums that list nothing, or the same twice.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::tree::{Here, Log};

/// `empty-enum`: no value at all would be allowed, which nobody means; `enum-form`: one value
/// without a list around it; `repeated-enum-value`: the same value twice.
pub(super) fn values(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let Some(values) = schema.get_mut("enum") else { return };
    let place = here.key("enum");
    match values {
        Value::Array(list) if list.is_empty() => {
            schema.shift_remove("enum");
            log.warn("empty-enum", "`enum` lists no value; it is left out", &place);
        }
        Value::Array(list) => {
            let mut once = HashSet::with_capacity(list.len());
            list.retain(|value| {
                let is_new = once.insert(value.clone());
                if !is_new {
                    let message = format!("`enum` lists {value} twice");
                    log.note("repeated-enum-value", message, &place);
                }
                is_new
            });
        }
        Value::Null | Value::Object(_) => {
            schema.shift_remove("enum");
            log.warn("enum-form", "`enum` should be a list; it is left out", &place);
        }
        one => {
            let only = one.take();
            *one = Value::Array(vec![only]);
            log.warn("enum-form", "`enum` should be a list; taken as its only value", &place);
        }
    }
}
