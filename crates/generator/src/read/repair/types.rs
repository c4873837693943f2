//! Types that do not exist, and types that go without saying.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

/// `unknown-type`: a word that is no type becomes the type that is meant, or none at all.
pub(super) fn unknown(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let written = match schema.get("type") {
        None => return,
        Some(Value::String(name)) if TYPES.contains(&name.as_str()) => return,
        Some(Value::String(name)) => name.clone(),
        Some(other) => {
            let message =
                format!("`type` should be a name, and is {}; it is left out", kind(other));
            log.warn("unknown-type", message, &here.key("type"));
            schema.shift_remove("type");
            return;
        }
    };
    let meant = meaning(&written);
    let message = match &meant.schema {
        Some(schema) => format!("there is no type `{written}`; taken as `{}`", described(schema)),
        None => format!("there is no type `{written}`; it may be anything"),
    };
    log.warn("unknown-type", message, &here.key("type"));
    schema.shift_remove("type");
    if meant.nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
    for (key, value) in meant.schema.into_iter().flatten() {
        schema.entry(key).or_insert(value);
    }
}

struct Meaning {
    schema: Option<Map<String, Value>>,
    nullable: bool,
}

/// What a word for a type means: `?int`, `string|null`, `string[]`, `array<int>`, `numeric`.
fn meaning(written: &str) -> Meaning {
    let text = written.trim();
    let (optional, text) = match text.strip_prefix('?') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts: Vec<&str> = text.split(['|', ',']).map(str::trim).collect();
    let all = parts.len();
    parts.retain(|part| !part.eq_ignore_ascii_case("null"));
    let nullable = optional || parts.len() < all;
    let schema = match parts.as_slice() {
        [one] => single(one, 4),
        _ => None,
    };
    Meaning { schema, nullable }
}

fn single(word: &str, depth: usize) -> Option<Map<String, Value>> {
    let word = word.trim().to_ascii_lowercase();
    let element = word.strip_suffix("[]").or_else(|| {
        let rest =
            ["array", "list", "collection"].iter().find_map(|name| word.strip_prefix(name))?;
        rest.strip_prefix(['<', '['])?.strip_suffix(['>', ']'])
    });
    if let Some(element) = element {
        let items = depth.checked_sub(1).and_then(|depth| single(element, depth));
        return object(json!({ "type": "array", "items": items.unwrap_or_default() }));
    }
    let schema = match word.as_str() {
        "string" | "str" | "text" | "char" | "varchar" | "slug" | "json_string" => {
            json!({ "type": "string" })
        }
        "integer" | "int" | "bigint" | "smallint" | "tinyint" | "timestamp" => {
            json!({ "type": "integer" })
        }
        "int32" => json!({ "type": "integer", "format": "int32" }),
        "long" | "int64" => json!({ "type": "integer", "format": "int64" }),
        "number" | "numeric" | "decimal" => json!({ "type": "number" }),
        "float" => json!({ "type": "number", "format": "float" }),
        "double" | "real" => json!({ "type": "number", "format": "double" }),
        "boolean" | "bool" => json!({ "type": "boolean" }),
        "array" | "list" | "collection" => json!({ "type": "array" }),
        "object" | "dict" | "dictionary" | "hash" | "map" | "hashmap" => {
            json!({ "type": "object" })
        }
        "uuid" | "guid" => json!({ "type": "string", "format": "uuid" }),
        "date" => json!({ "type": "string", "format": "date" }),
        "datetime" | "date-time" => json!({ "type": "string", "format": "date-time" }),
        "time" => json!({ "type": "string", "format": "time" }),
        "file" | "binary" | "image" | "blob" => json!({ "type": "string", "format": "binary" }),
        "email" => json!({ "type": "string", "format": "email" }),
        "url" | "uri" => json!({ "type": "string", "format": "uri" }),
        "password" => json!({ "type": "string", "format": "password" }),
        _ => return None,
    };
    object(schema)
}

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn described(schema: &Map<String, Value>) -> String {
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("format") {
        "" => text("type").to_owned(),
        format => format!("{}, format {format}", text("type")),
    }
}

/// `missing-type`: what has properties is an object, what has items is a list.
pub(super) fn missing(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    if schema.contains_key("type") {
        return;
    }
    let composed = ["$ref", "allOf", "anyOf", "oneOf"].iter().any(|key| schema.contains_key(*key));
    let meant = if composed {
        return;
    } else if schema.get("properties").is_some_and(Value::is_object) {
        "object"
    } else if schema.get("items").is_some_and(Value::is_object) {
        "array"
    } else {
        return;
    };
    schema.insert("type".to_owned(), meant.into());
    log.note("missing-type", format!("it has no `type`; taken as `{meant}`"), here);
}
