//! What progenitor takes literally, ignores or refuses, said in a way that it takes.
//!
//! Everything here loses something that our own client has, so each step that a caller would notice leaves a note.

use std::collections::HashSet;

use heck::{ToPascalCase as _, ToSnakeCase as _};
use serde_json::{Map, Value, json};

use crate::commands::Failure;

/// Methods that every client of progenitor has.
const METHODS: [&str; 8] =
    ["new", "new_with_client", "baseurl", "client", "api_version", "inner", "pre", "exec"];

/// The document as progenitor can take it.
pub(super) fn fit(
    document: &openapiv3::OpenAPI,
    notes: &mut Vec<String>,
) -> Result<Value, Failure> {
    let mut document = serde_json::to_value(document)
        .map_err(|error| Failure(format!("the normalised document cannot be written: {error}")))?;
    let mut schemas = match document.pointer_mut("/components/schemas") {
        Some(Value::Object(schemas)) => std::mem::take(schemas),
        _ => Map::new(),
    };
    let mut taken: HashSet<String> = METHODS.iter().map(|name| (*name).to_owned()).collect();
    for (path, item) in
        document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten()
    {
        let Some(item) = item.as_object_mut() else { continue };
        for method in ["options", "trace"] {
            if item.remove(method).is_some() {
                let name = format!("{} {path}", method.to_uppercase());
                notes.push(format!(
                    "`{name}` is left out: progenitor's client cannot send that method"
                ));
            }
        }
        for (method, operation) in item {
            let name = format!("{} {path}", method.to_uppercase());
            identify(operation, method, &mut taken);
            parameters(operation, &name, &schemas, notes);
            body(operation, &mut schemas);
            replies(operation, &name, notes);
        }
    }
    schemas.values_mut().for_each(schema);
    schema(&mut document["paths"]);
    document["components"]["schemas"] = Value::Object(schemas);
    Ok(document)
}

/// Methods stand on one type, in snake case.
fn identify(operation: &mut Value, method: &str, taken: &mut HashSet<String>) {
    let id = operation["operationId"].as_str().unwrap_or(method).to_owned();
    let tag = operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or(method);
    let mut id = if taken.contains(&id.to_snake_case()) {
        format!("{tag} {id}").to_snake_case()
    } else {
        id
    };
    while !taken.insert(id.to_snake_case()) {
        id.push_str(" again");
    }
    operation["operationId"] = json!(id);
}

fn parameters(
    operation: &mut Value,
    name: &str,
    schemas: &Map<String, Value>,
    notes: &mut Vec<String>,
) {
    let Some(Value::Array(list)) = operation.get_mut("parameters") else { return };
    list.retain(|parameter| {
        let refused = parameter["in"] == "cookie"
            || (parameter["in"] == "query" && parameter["style"] == "deepObject");
        let required = parameter["required"] == true;
        if refused && !required {
            notes.push(format!(
                "`{name}` has no parameter `{}`: progenitor has no cookies and no nested objects",
                parameter["name"].as_str().unwrap_or_default()
            ));
        }
        !refused || required
    });
    for parameter in list {
        let Some(object) = parameter.as_object_mut() else { continue };
        let in_query = object.get("in").is_some_and(|place| place == "query");
        let joined = match object.get("style").and_then(Value::as_str) {
            Some("form") if object.get("explode") == Some(&json!(false)) => Some("commas"),
            Some("spaceDelimited") => Some("spaces"),
            Some("pipeDelimited") => Some("bars"),
            _ => None,
        };
        let is_content = object.shift_remove("content").is_some();
        // It writes the values of paths and headers as they show themselves, so those have to be plain.
        let plain = object.get("schema").is_some_and(|schema| is_plain(schema, schemas));
        let told = match (joined, is_content) {
            (Some(by), _) if !plain => Some(format!("Several values, joined by {by}.")),
            (_, true) => Some("A value as JSON text.".to_owned()),
            _ if !in_query && !plain => Some(String::new()),
            _ => None,
        };
        if let Some(told) = told {
            object.insert("schema".to_owned(), json!({ "type": "string" }));
            object.shift_remove("style");
            object.shift_remove("example");
            let before = object.get("description").and_then(Value::as_str).unwrap_or_default();
            let description = format!("{before}\n\n{told}").trim().to_owned();
            object.insert("description".to_owned(), json!(description));
        }
    }
}

/// Whether a value shows itself as it travels.
fn is_plain(schema: &Value, schemas: &Map<String, Value>) -> bool {
    let target = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| schemas.get(target.rsplit('/').next()?));
    let schema = target.unwrap_or(schema);
    let kind = schema.get("type").and_then(Value::as_str);
    matches!(kind, Some("string" | "integer" | "number" | "boolean"))
        && schema.get("nullable") != Some(&json!(true))
        && !(kind == Some("integer") && schema.get("enum").is_some())
}

/// A body that has no name gets one here, since the name that progenitor would make up may be taken.
fn body(operation: &mut Value, schemas: &mut Map<String, Value>) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_pascal_case();
    let Some(Value::Object(content)) = operation.pointer_mut("/requestBody/content") else {
        return;
    };
    for (media_type, media) in
        content.iter_mut().filter(|(media_type, _)| !media_type.starts_with("multipart/"))
    {
        if let Some(media) = media.as_object_mut() {
            media.shift_remove("encoding");
        }
        if media["schema"]["type"] == "object" {
            let mut name = format!("{id}Body");
            while schemas.contains_key(&name) {
                name.push_str("Parts");
            }
            let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
            schemas.insert(name, std::mem::replace(&mut media["schema"], reference));
        } else if media_type.as_str() == "text/plain" {
            media["schema"] = json!({ "type": "string" });
        }
    }
}

/// All successes of an operation have one type, and so do all failures.
fn replies(operation: &mut Value, name: &str, notes: &mut Vec<String>) {
    let Some(Value::Object(replies)) = operation.get_mut("responses") else { return };
    for reply in replies.values_mut() {
        as_json(reply);
    }
    let is_success = |status: &str| status.starts_with('2');
    let successes: Vec<String> =
        replies.keys().filter(|status| is_success(status)).cloned().collect();
    let failures: Vec<String> = replies
        .keys()
        .filter(|status| {
            !is_success(status) && (status.as_str() != "default" || !successes.is_empty())
        })
        .cloned()
        .collect();
    if unify(replies, &successes) {
        notes.push(format!("the successes of `{name}` differ: they are handed over as bytes"));
    }
    unify(replies, &failures);
    // A `default` counts as a success too, unless one range covers all of them.
    if let (Some(first), true) = (successes.first(), replies.contains_key("default"))
        && let Some(reply) = replies.get(first).cloned()
    {
        replies.retain(|status, _| !is_success(status));
        replies.insert("2XX".to_owned(), reply);
    }
}

/// Makes replies of several types one: bytes, which hold any of them. Whether there were several.
fn unify(replies: &mut Map<String, Value>, statuses: &[String]) -> bool {
    let types: HashSet<String> =
        statuses.iter().filter_map(|status| replies.get(status)).map(kind).collect();
    if types.len() < 2 {
        return false;
    }
    for status in statuses {
        if let Some(reply) = replies.get_mut(status) {
            reply["content"] =
                json!({ "*/*": { "schema": { "type": "string", "format": "binary" } } });
        }
    }
    true
}

/// What progenitor tells replies apart by.
fn kind(reply: &Value) -> String {
    let content =
        reply.get("content").and_then(Value::as_object).filter(|content| !content.is_empty());
    match (content, reply.pointer("/content/application~1json/schema")) {
        (None, _) => "nothing".to_owned(),
        (Some(_), Some(schema)) => schema.to_string(),
        (Some(_), None) => "bytes".to_owned(),
    }
}

/// It knows `application/json` and no other name of JSON.
fn as_json(reply: &mut Value) {
    let Some(Value::Object(content)) = reply.get_mut("content") else { return };
    let other = content.keys().find(|name| {
        let essence = name.split(';').next().unwrap_or_default().trim();
        essence.ends_with("+json") || essence == "text/json"
    });
    if let Some(media) = other.cloned().and_then(|name| content.shift_remove(&name)) {
        content.insert("application/json".to_owned(), media);
    }
}

/// In a union that has no tag it wants alternatives, and it believes formats that examples contradict.
fn schema(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.get("anyOf").is_some_and(Value::is_array)
                && let Some(arms) = object.shift_remove("anyOf")
            {
                object.insert("oneOf".to_owned(), arms);
            }
            if contradicted(object) {
                object.shift_remove("format");
            }
            object
                .iter_mut()
                .filter(|(key, _)| !matches!(key.as_str(), "example" | "examples" | "enum"))
                .for_each(|(_, value)| schema(value));
        }
        Value::Array(items) => items.iter_mut().for_each(schema),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn contradicted(object: &Map<String, Value>) -> bool {
    let (Some(format), Some(example)) = (
        object.get("format").and_then(Value::as_str),
        object.get("example").and_then(Value::as_str),
    ) else {
        return false;
    };
    let bytes = example.as_bytes();
    let date = bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-';
    match format {
        "date" => !(date && bytes.len() == 10),
        "date-time" => {
            !(date
                && matches!(bytes.get(10), Some(b'T' | b't'))
                && (example.ends_with(['Z', 'z'])
                    || example.get(19..).is_some_and(|rest| rest.contains(['+', '-']))))
        }
        "uuid" => {
            !(bytes.len() == 36 && example.chars().all(|c| c == '-' || c.is_ascii_hexdigit()))
        }
        _ => false,
    }
}
