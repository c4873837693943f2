//! Keywords that have another name, or another form, in 3.0.

use super::super::tree::{Here, Log};
use crate::pointer::Pointer;
use serde_json::{Map, Value, json};

/// `const` is an enum of one.
pub(super) fn constant(node: &mut Map<String, Value>, _: &Here<'_>, _: &mut Log) -> bool {
    let Some(value) = node.shift_remove("const") else { return false };
    if value.is_null() {
        node.insert("nullable".to_owned(), true.into());
        return true;
    }
    let kind = match &value {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    if let (Some(kind), false) = (kind, node.contains_key("type")) {
        node.insert("type".to_owned(), kind.into());
    }
    node.insert("enum".to_owned(), json!([value]));
    true
}

/// An exclusive bound that is a number is a bound, and a word that says that it is exclusive.
pub(super) fn bounds(node: &mut Map<String, Value>, _: &Here<'_>, _: &mut Log) -> bool {
    let mut found = false;
    for (word, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        let Some(number) = node.get(word).filter(|value| value.is_number()).cloned() else {
            continue;
        };
        found = true;
        let other = node.get(bound).and_then(Value::as_f64);
        let this = number.as_f64();
        let tighter = match (this, other) {
            (Some(this), Some(other)) if bound == "minimum" => this >= other,
            (Some(this), Some(other)) => this <= other,
            _ => true,
        };
        if tighter {
            node.insert(bound.to_owned(), number);
            node.insert(word.to_owned(), true.into());
        } else {
            node.shift_remove(word);
        }
    }
    found
}

/// Of a list of examples the first serves as the example; the others stay where they are.
pub(super) fn examples(node: &mut Map<String, Value>, _: &Here<'_>, _: &mut Log) -> bool {
    let Some(Value::Array(examples)) = node.get("examples") else { return false };
    let first = examples.first().cloned();
    match first {
        Some(first) if !node.contains_key("example") => {
            node.insert("example".to_owned(), first);
            true
        }
        _ => false,
    }
}

/// How bytes are said to travel.
pub(super) fn content(node: &mut Map<String, Value>, _: &Here<'_>, _: &mut Log) -> bool {
    let encoding = node.get("contentEncoding").and_then(Value::as_str);
    let media = node.get("contentMediaType").and_then(Value::as_str);
    let format = match (encoding, media) {
        (Some(encoding), _) if encoding.starts_with("base64") => "byte",
        (None | Some("binary"), Some(media)) if is_bytes(media) => "binary",
        (Some("binary"), _) => "binary",
        _ => return false,
    };
    if !node.contains_key("type") {
        node.insert("type".to_owned(), "string".into());
    }
    if !node.contains_key("format") {
        node.insert("format".to_owned(), format.into());
    }
    true
}

fn is_bytes(media: &str) -> bool {
    let text = media.starts_with("text/") || media.contains("json") || media.contains("xml");
    !text
}

/// A list whose elements are told one by one has no equal: its elements may be any of them.
pub(super) fn tuple(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) -> bool {
    let Some(Value::Array(mut members)) = node.shift_remove("prefixItems") else { return false };
    let rest = node.get("items").filter(|items| items.is_object()).cloned();
    let known = members.len();
    members.extend(rest.filter(|rest| rest.as_object().is_some_and(|rest| !rest.is_empty())));
    members.dedup();
    let items = match members.as_slice() {
        [one] => one.clone(),
        _ => json!({}),
    };
    if items == json!({}) {
        let message =
            "a list with a type for each place has no equal; its elements may be anything";
        log.warn("tuple-loosened", message, &here.key("prefixItems"));
    } else if known > 0 {
        log.edits.moved(here.key("prefixItems").index(0).pointer(), here.key("items").pointer());
    }
    node.insert("items".to_owned(), items);
    node.entry("type").or_insert_with(|| "array".into());
    true
}

/// Properties told by a pattern are additional ones.
pub(super) fn patterns(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) -> bool {
    let mut found = false;
    if let Some(Value::Object(patterns)) = node.get("patternProperties") {
        let mut patterns: Vec<(String, Value)> =
            patterns.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        patterns.dedup_by(|one, other| one.1 == other.1);
        let open = node.get("additionalProperties").is_none_or(Value::is_boolean);
        if let ([(pattern, schema)], true) = (patterns.as_slice(), open) {
            let from = here.key("patternProperties");
            let from = from.key(pattern).pointer();
            log.edits.moved(from, here.key("additionalProperties").pointer());
            node.insert("additionalProperties".to_owned(), schema.clone());
        } else if open && !patterns.is_empty() {
            node.insert("additionalProperties".to_owned(), true.into());
        }
        node.entry("type").or_insert_with(|| "object".into());
        node.shift_remove("patternProperties");
        found = true;
    }
    if !node.contains_key("additionalProperties")
        && let Some(schema) = node.shift_remove("unevaluatedProperties")
    {
        let from = here.key("unevaluatedProperties").pointer();
        log.edits.moved(from, here.key("additionalProperties").pointer());
        node.insert("additionalProperties".to_owned(), schema);
        found = true;
    }
    found
}

/// `#/$defs/X` is meant to be found in the schema at hand, or in one around it.
pub(super) fn local_reference(node: &mut Map<String, Value>, here: &Here<'_>, _: &mut Log) -> bool {
    let Some(name) =
        node.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix("#/$defs/"))
    else {
        return false;
    };
    // The outermost schema is the third level of the components: `/components/schemas/Pet`.
    let pointer = here.pointer();
    let outermost: Vec<_> = pointer.tokens().take(3).collect();
    let [components, schemas, owner] = outermost.as_slice() else { return false };
    if components != "components" || schemas != "schemas" {
        return false;
    }
    let owner = Pointer::root().child(components).child(schemas).child(owner);
    let target = format!("#{owner}/$defs/{name}");
    node.insert("$ref".to_owned(), target.into());
    true
}

/// Keywords that choose between shapes and have no equal.
pub(super) fn ignored(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    for key in ["if", "dependentSchemas", "$dynamicRef"] {
        if node.contains_key(key) {
            let message =
                format!("`{key}` cannot be expressed; what it adds is unknown to the types");
            log.warn("keyword-ignored", message, &here.key(key));
        }
    }
}
