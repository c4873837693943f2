//! Where things stand in a document that was made up, as JSON pointers.

use serde_json::Value;

use crate::dice::Random;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Every operation.
pub(crate) fn operations(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
        found.extend(methods.map(|method| format!("/paths/{}/{method}", escaped(path))));
    }
    found
}

/// Every parameter of every operation.
pub(crate) fn parameters(document: &Value) -> Vec<String> {
    let all = operations(document).into_iter().flat_map(|operation| {
        let count = at(document, &format!("{operation}/parameters")).as_array().map_or(0, Vec::len);
        (0..count).map(move |index| format!("{operation}/parameters/{index}"))
    });
    all.collect()
}

/// Every reply of every operation.
pub(crate) fn replies(document: &Value) -> Vec<String> {
    let all = operations(document).into_iter().flat_map(|operation| {
        let replies = at(document, &format!("{operation}/responses")).as_object();
        let names: Vec<String> =
            replies.into_iter().flatten().map(|(name, _)| name.clone()).collect();
        names.into_iter().map(move |name| format!("{operation}/responses/{name}"))
    });
    all.collect()
}

/// Every request body.
pub(crate) fn bodies(document: &Value) -> Vec<String> {
    let all = operations(document).into_iter().map(|operation| format!("{operation}/requestBody"));
    all.filter(|pointer| !at(document, pointer).is_null()).collect()
}

/// Every schema, references included.
pub(crate) fn schemas(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, _) in document["components"]["schemas"].as_object().into_iter().flatten() {
        below(document, format!("/components/schemas/{name}"), &mut found);
    }
    for parameter in parameters(document) {
        below(document, format!("{parameter}/schema"), &mut found);
    }
    for owner in bodies(document).into_iter().chain(replies(document)) {
        let content = at(document, &format!("{owner}/content")).as_object();
        for (media, _) in content.into_iter().flatten() {
            below(document, format!("{owner}/content/{}/schema", escaped(media)), &mut found);
        }
    }
    found
}

fn below(document: &Value, pointer: String, found: &mut Vec<String>) {
    let schema = at(document, &pointer);
    if !schema.is_object() {
        return;
    }
    for (name, _) in schema["properties"].as_object().into_iter().flatten() {
        below(document, format!("{pointer}/properties/{name}"), found);
    }
    for key in ["items", "additionalProperties"] {
        below(document, format!("{pointer}/{key}"), found);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for index in 0..schema[key].as_array().map_or(0, Vec::len) {
            below(document, format!("{pointer}/{key}/{index}"), found);
        }
    }
    found.push(pointer);
}

/// A schema of those that a condition holds for.
pub(crate) fn schema(
    document: &Value,
    random: &mut Random,
    holds: impl Fn(&Value) -> bool,
) -> Option<String> {
    let all = schemas(document).into_iter().filter(|pointer| holds(at(document, pointer)));
    one(random, all.collect())
}

/// One of a list that may be empty.
pub(crate) fn one(random: &mut Random, list: Vec<String>) -> Option<String> {
    if list.is_empty() { None } else { Some(random.pick(&list).clone()) }
}

/// What stands at a place; null if nothing does.
pub(crate) fn at<'v>(document: &'v Value, pointer: &str) -> &'v Value {
    document.pointer(pointer).unwrap_or(&Value::Null)
}

/// A property's object and name.
pub(crate) fn property(document: &Value, random: &mut Random) -> Option<(String, String)> {
    let all = schemas(document).into_iter().filter(|pointer| pointer.contains("/properties/"));
    let pointer = one(random, all.collect())?;
    let (owner, name) = pointer.rsplit_once("/properties/")?;
    Some((owner.to_owned(), name.to_owned()))
}

pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
