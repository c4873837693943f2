//! What `update` does to a value.

use crate::pointer::Pointer;
use serde_json::Value;

/// Merges an update into the target of an action: objects member by member, lists by appending,
/// everything else by replacing. A list that is itself the target gets the update as an element.
/// The places that changed are added to `written`.
pub(super) fn update(
    target: &mut Value,
    update: &Value,
    pointer: &Pointer,
    written: &mut Vec<Pointer>,
) {
    match (target, update) {
        (Value::Array(list), element) if !element.is_array() => {
            written.push(pointer.index(list.len()));
            list.push(element.clone());
        }
        (target, update) => merge(target, update, pointer, written),
    }
}

fn merge(target: &mut Value, update: &Value, pointer: &Pointer, written: &mut Vec<Pointer>) {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                let pointer = pointer.child(key);
                match target.get_mut(key) {
                    Some(target) => merge(target, value, &pointer, written),
                    None => {
                        target.insert(key.clone(), value.clone());
                        written.push(pointer);
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => {
            for value in update {
                written.push(pointer.index(target.len()));
                target.push(value.clone());
            }
        }
        (target, update) if target != update => {
            *target = update.clone();
            written.push(pointer.clone());
        }
        _ => {}
    }
}
