//! Parameters, headers and form fields: the type that stood beside the name becomes a schema.

use serde_json::{Map, Value, json};

use super::super::tree::{Here, Log};

/// What belongs to the thing itself; everything else that is no extension describes its values.
const OWN: [&str; 11] = [
    "name",
    "in",
    "description",
    "required",
    "allowEmptyValue",
    "collectionFormat",
    "schema",
    "deprecated",
    "example",
    "examples",
    "$ref",
];

/// How a list travels: `style` and `explode`.
type Travel = Option<(&'static str, bool)>;

/// Translates a parameter that goes in the path, the query, a header or a cookie.
pub(super) fn plain(parameter: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    if parameter.contains_key("$ref") {
        return;
    }
    let location =
        parameter.get("in").and_then(Value::as_str).unwrap_or_default().trim().to_ascii_lowercase();
    let in_query = location == "query";
    let travel = travel(parameter, in_query, here, log);
    describe(parameter, here, log);
    if let Some((style, explode)) = travel {
        parameter.insert("style".to_owned(), style.into());
        parameter.insert("explode".to_owned(), explode.into());
    }
}

/// Translates a header of a reply.
pub(super) fn header(header: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    if header.contains_key("$ref") || header.contains_key("schema") {
        return;
    }
    header.shift_remove("collectionFormat");
    describe(header, here, log);
}

/// The schema of a form field, and how its list travels.
pub(super) fn field(
    parameter: &Map<String, Value>,
    here: &Here<'_>,
    log: &mut Log,
) -> (Value, Travel) {
    let mut parameter = parameter.clone();
    let is_list = parameter.get("type").and_then(Value::as_str) == Some("array");
    let travel = if is_list { travel(&mut parameter, true, here, log) } else { None };
    let mut schema = match parameter.shift_remove("schema") {
        Some(Value::Object(schema)) => schema,
        _ => take(&mut parameter),
    };
    for key in ["description", "example", "deprecated"] {
        if let (Some(value), false) = (parameter.shift_remove(key), schema.contains_key(key)) {
            schema.insert(key.to_owned(), value);
        }
    }
    own_words(&mut schema);
    (Value::Object(schema), travel)
}

/// Moves what describes the values into a schema.
fn describe(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    if !node.contains_key("schema") {
        let mut schema = take(node);
        own_words(&mut schema);
        if !schema.is_empty() {
            node.insert("schema".to_owned(), Value::Object(schema));
            // Whatever is in the schema stood right here.
            log.edits.moved(here.pointer(), here.key("schema").pointer());
        }
    }
    for key in ["x-example", "x-examples"] {
        let Some(value) = node.get(key).cloned() else { continue };
        if key == "x-example" && !node.contains_key("example") {
            node.insert("example".to_owned(), value);
        }
    }
}

fn take(node: &mut Map<String, Value>) -> Map<String, Value> {
    let describes = |key: &str| {
        let of_values = matches!(key, "x-nullable" | "x-enum-varnames" | "x-enumNames");
        of_values || (!OWN.contains(&key) && !key.starts_with("x-"))
    };
    let keys: Vec<String> = node.keys().filter(|key| describes(key)).cloned().collect();
    let taken = keys.into_iter().filter_map(|key| {
        let value = node.shift_remove(&key)?;
        Some((key, value))
    });
    taken.collect()
}

/// What 2.0 calls otherwise, in a schema and in the lists within the type of a parameter.
pub(super) fn own_words(schema: &mut Map<String, Value>) {
    schema.shift_remove("collectionFormat");
    if let Some(Value::Bool(nullable)) = schema.get("x-nullable") {
        let nullable = *nullable;
        schema.shift_remove("x-nullable");
        if nullable {
            schema.insert("nullable".to_owned(), true.into());
        }
    }
    if schema.get("type") == Some(&json!("file")) {
        schema.insert("type".to_owned(), "string".into());
        schema.insert("format".to_owned(), "binary".into());
    }
}

/// How a list travels. Lists of 2.0 are one text with commas unless they say otherwise.
fn travel(
    node: &mut Map<String, Value>,
    exploding: bool,
    here: &Here<'_>,
    log: &mut Log,
) -> Travel {
    let format = node.shift_remove("collectionFormat");
    if node.get("type").and_then(Value::as_str) != Some("array") {
        return None;
    }
    let format = format.as_ref().and_then(Value::as_str).unwrap_or("csv");
    match (format, exploding) {
        ("multi", true) => Some(("form", true)),
        ("csv", true) => Some(("form", false)),
        ("ssv", true) => Some(("spaceDelimited", false)),
        ("pipes", true) => Some(("pipeDelimited", false)),
        ("csv", false) => Some(("simple", false)),
        (other, _) => {
            let message = format!(
                "lists with `collectionFormat: {other}` cannot be written here; taken as commas"
            );
            log.warn("collection-format", message, &here.key("collectionFormat"));
            Some((if exploding { "form" } else { "simple" }, false))
        }
    }
}
