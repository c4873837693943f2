//! A fixture goes through its type and back without loss.
//!
//! This file is not a module of `xtask`: it is copied into the crates that check generated clients, and the tests
//! of the committed client hold it by its path. It knows the runtime's traits and nothing of the generator.

use lockstep_runtime::{Operation, Reply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Decodes a fixture strictly and encodes it again.
pub(crate) fn check<O: Operation>(fixture: &str)
where
    <O::Reply as Reply>::Value: DeserializeOwned + Serialize,
{
    let lost = lost::<O>(fixture).expect("it decodes");
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// What is lost of a fixture on the way through its type and back; an error if it does not decode strictly.
pub(crate) fn lost<O: Operation>(fixture: &str) -> Result<Vec<String>, String>
where
    <O::Reply as Reply>::Value: DeserializeOwned + Serialize,
{
    let before: Value = serde_json::from_str(fixture).map_err(|error| error.to_string())?;
    let value: <O::Reply as Reply>::Value =
        serde_json::from_str(fixture).map_err(|error| error.to_string())?;
    let after = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let mut lost = Vec::new();
    compare(&before, &after, "", &mut lost);
    Ok(lost)
}

/// By design, a null property may vanish (an optional field), a null list becomes an empty one, and
/// what was absent may come back empty. Everything else has to be equal.
fn compare(before: &Value, after: &Value, place: &str, lost: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                compare(value, b.get(key).unwrap_or(&Value::Null), &format!("{place}/{key}"), lost);
            }
            for (key, value) in
                b.iter().filter(|(key, value)| !a.contains_key(*key) && !is_empty(value))
            {
                lost.push(format!("{place}/{key}: {value} was made up"));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(a, b, &format!("{place}/{index}"), lost);
            }
        }
        (Value::Number(a), Value::Number(b))
            if a.as_f64() == b.as_f64() && a.as_i64() == b.as_i64() => {}
        (Value::Number(a), Value::Number(b))
            if a.as_f64() == b.as_f64() && (a.is_f64() != b.is_f64()) => {}
        (Value::Null, after) if is_empty(after) => {}
        (before, after) if before == after => {}
        _ => lost.push(format!("{place}: {before} became {after}")),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.values().all(is_empty),
        _ => false,
    }
}
