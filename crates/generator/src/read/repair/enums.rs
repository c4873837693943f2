//! Enums that list nothing, or the same twice.

use super::super::tree::{Here, Log};
use serde_json::{Map, Value};

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
            let mut once = Vec::with_capacity(list.len());
            // Long lists are cheap to check for order of text first, but none is long in practice.
            for value in list.drain(..) {
                if !once.contains(&value) {
                    once.push(value);
                } else {
                    let message = format!("`enum` lists {value} twice");
                    log.note("repeated-enum-value", message, &place);
                }
            }
            *list = once;
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
