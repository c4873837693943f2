//! What pages of one document have to agree about, and what they may say in other words.

use serde_json::{Map, Value};

use crate::pointer::Pointer;

/// Keys whose members go by names that people chose: none of them is prose for being called `description`.
const NAMED: [&str; 14] = [
    "$defs",
    "callbacks",
    "content",
    "dependentSchemas",
    "encoding",
    "flows",
    "headers",
    "links",
    "patternProperties",
    "properties",
    "responses",
    "schemas",
    "securitySchemes",
    "variables",
];

/// Keys that hold values of the API and not of the document. Types are learnt from examples, so they are facts.
const VALUES: [&str; 6] = ["const", "default", "enum", "example", "examples", "mapping"];

/// Whether two pages say the same of one thing, prose aside.
pub(super) fn same(place: &Pointer, one: &Value, other: &Value) -> bool {
    let tokens: Vec<_> = place.tokens().collect();
    let tokens: Vec<&str> = tokens.iter().map(AsRef::as_ref).collect();
    match tokens.as_slice() {
        ["info"] => one.get("title") == other.get("title"),
        ["tags", _] => one.get("name") == other.get("name"),
        ["externalDocs"] | ["paths", _, "summary" | "description"] => true,
        // One operation on two pages is two claims about it.
        ["paths", _, key] if super::tree::METHODS.contains(key) => false,
        _ => facts(one) == facts(other),
    }
}

/// A value of the document without its prose.
fn facts(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(facts).collect(),
        Value::Object(members) => {
            let mut kept = Map::new();
            for (key, value) in members {
                let fact = match (key.as_str(), value) {
                    ("description" | "summary" | "externalDocs", _) => continue,
                    // Each scope by its name; what it is for is prose.
                    ("scopes", Value::Object(scopes)) => {
                        scopes.keys().map(String::as_str).collect()
                    }
                    (name, Value::Object(members)) if NAMED.contains(&name) => {
                        members.iter().map(|(name, value)| (name.clone(), facts(value))).collect()
                    }
                    (name, value) if VALUES.contains(&name) => value.clone(),
                    (_, value) => facts(value),
                };
                kept.insert(key.clone(), fact);
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

/// A place as people say it: `components.schemas.Pet`, `paths["/pets"].get`, `tags["Pets"]`.
pub(super) fn label(place: &Pointer, name: Option<&str>) -> String {
    let mut label = String::new();
    for segment in place.tokens() {
        add(&mut label, &segment);
    }
    if let Some(name) = name {
        label.push_str(&format!("[{name:?}]"));
    }
    label
}

fn add(label: &mut String, segment: &str) {
    let plain = !segment.is_empty()
        && segment.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'));
    match plain {
        true if label.is_empty() => label.push_str(segment),
        true => label.push_str(&format!(".{segment}")),
        false => label.push_str(&format!("[{segment:?}]")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn prose_is_what_the_document_says_of_itself_and_not_what_the_api_says() {
        let place = Pointer::root().child("components").child("schemas").child("Pet");
        let base = json!({ "description": "a", "properties": { "description": { "type": "string", "summary": "s" } } });
        let words =
            json!({ "description": "b", "properties": { "description": { "type": "string" } } });
        assert!(same(&place, &base, &words));
        for other in [
            json!({ "properties": { "description": { "type": "integer" } } }),
            json!({ "properties": {} }),
            json!({ "properties": { "description": { "type": "string", "example": { "description": 1 } } } }),
        ] {
            assert!(!same(&place, &base, &other), "{other}");
        }
    }

    #[test]
    fn places_are_named_as_people_say_them() {
        let place = Pointer::root().child("paths").child("/a").child("get");
        assert_eq!(label(&place, None), "paths[\"/a\"].get");
        let tags = Pointer::root().child("tags");
        assert_eq!(label(&tags, Some("Notifications")), "tags[\"Notifications\"]");
    }
}
