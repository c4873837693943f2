//! Keys that stand twice in one object, which neither YAML nor JSON gives a meaning.
//!
//! Where both say the same, or say different things of one path, nothing is lost and both count. Where an example or a
//! sentence is lost, that is told. Whatever else is lost would be missing from the API, so that fails the run.

use serde_json::Value;

use super::document::Document;
use super::{facts, is_data_key};
use crate::diagnostic::{Diagnostic, Place};
use crate::pointer::Pointer;

/// Settles keys that were met twice, each with the value that stood there first, and tells about each.
pub(super) fn settle(document: &mut Document, met: Vec<(Pointer, Value)>) -> Vec<Diagnostic> {
    let pointers: Vec<&Pointer> = met.iter().map(|(pointer, _)| pointer).collect();
    let places = document.main.places_twice(&pointers);
    met.into_iter()
        .zip(places)
        .filter_map(|((pointer, before), (first, last))| {
            let now = document.value.pointer_mut(pointer.as_str())?;
            Some(one(&pointer, before, now, &first, last))
        })
        .collect()
}

fn one(
    pointer: &Pointer,
    before: Value,
    now: &mut Value,
    first: &Place,
    last: Place,
) -> Diagnostic {
    let what = format!("`{}` stands twice, first at {first}", facts::label(pointer, None));
    let warning = |message: String| Diagnostic::warning("duplicate-key", message).at(last.clone());
    if before == *now {
        return warning(format!("{what}, and says the same")).help("remove one of them");
    }
    if is_path(pointer) && join(&before, now) {
        return warning(format!("{what}; the two say different things, and both count"))
            .help("make one of the two");
    }
    if is_words(pointer) {
        return warning(format!("{what}; the last one counts")).help("remove one of them");
    }
    Diagnostic::error("duplicate-key", format!("{what}, and says something else there"))
        .at(last)
        .help("make one of the two, or remove one: a key stands once in an object")
}

/// Adds what a half of a path says to the other half, if they do not contradict each other.
fn join(before: &Value, now: &mut Value) -> bool {
    let (Value::Object(before), Value::Object(now)) = (before, now) else { return false };
    if before.iter().any(|(key, value)| now.get(key).is_some_and(|other| other != value)) {
        return false;
    }
    let later = std::mem::replace(now, before.clone());
    for (key, value) in later {
        now.entry(key).or_insert(value);
    }
    true
}

/// Whether this is one of the paths of the document.
fn is_path(pointer: &Pointer) -> bool {
    let tokens: Vec<_> = pointer.tokens().collect();
    matches!(tokens.as_slice(), [paths, _] if paths == "paths")
}

/// Whether only words or examples are lost with a value.
fn is_words(pointer: &Pointer) -> bool {
    let tokens: Vec<_> = pointer.tokens().collect();
    let named = |index: usize| {
        let table = index.checked_sub(1).and_then(|above| tokens.get(above));
        table.is_some_and(|table| {
            ["properties", "patternProperties", "schemas", "definitions", "$defs"]
                .contains(&table.as_ref())
        })
    };
    tokens.iter().enumerate().any(|(index, token)| {
        let words = matches!(token.as_ref(), "description" | "summary" | "externalDocs" | "title");
        let shown = matches!(token.as_ref(), "example" | "examples") || token.starts_with("x-");
        let data = is_data_key(token) && !matches!(token.as_ref(), "enum" | "const" | "default");
        (words || shown || data) && !named(index)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Source, read};
    use crate::diagnostic::Diagnostics;

    /// The methods of `/a`, and what is told.
    fn methods(path: &str, text: &str) -> (Vec<String>, String) {
        let mut diagnostics = Diagnostics::new();
        let document = read(&Source { path, text }, &mut diagnostics);
        let methods = document.and_then(|document| {
            let item = document.value["paths"]["/a"].as_object()?.clone();
            Some(item.keys().cloned().collect())
        });
        let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        (methods.unwrap_or_default(), told.join("\n"))
    }

    #[test]
    fn yaml_and_json_are_treated_alike() {
        let head = "{\"openapi\": \"3.0.3\",\n\"paths\": {";
        for (paths, methods_expected, start) in [
            (
                "\"/a\": {\"get\": {}},\n\"/a\": {\"post\": {}}",
                vec!["get", "post"],
                "warning[duplicate-key]: `paths[\"/a\"]` stands twice, first at F:2:11; the two say different things, and both count (F:3:1)",
            ),
            (
                "\"/a\": {\"parameters\": [], \"get\": {}},\n\"/a\": {\"parameters\": [], \"post\": {}}",
                vec!["parameters", "get", "post"],
                "warning[duplicate-key]",
            ),
            (
                "\"/a\": {\"get\": {}},\n\"/a\": {\"get\": {}}",
                vec!["get"],
                "warning[duplicate-key]: `paths[\"/a\"]` stands twice, first at F:2:11, and says the same",
            ),
            (
                "\"/a\": {\"get\": {\"tags\": [],\n\"tags\": [1]}}",
                vec![],
                "error[duplicate-key]: `paths[\"/a\"].get.tags` stands twice, first at F:2:26, and says something else there (F:3:1)",
            ),
            (
                "\"/a\": {\"get\": {\"summary\": \"a\", \"summary\": \"b\"}}",
                vec!["get"],
                "warning[duplicate-key]: `paths[\"/a\"].get.summary` stands twice, first at F:2:26; the last one counts",
            ),
            (
                "\"/a\": {\"get\": {\"tags\": [{\"properties\": {\"description\": 1, \"description\": 2}}]}}",
                vec![],
                "error[duplicate-key]",
            ),
        ] {
            let text = format!("{head}{paths}}}}}\n");
            for path in ["F.json", "F.yaml"] {
                // A comment makes YAML of it.
                let text = if path == "F.yaml" {
                    text.replacen(",\n\"paths", ",   \n\"paths", 1) + "# yaml\n"
                } else {
                    text.clone()
                };
                let (methods, told) = methods(path, &text);
                assert_eq!(methods, methods_expected, "{paths}: {told}");
                assert!(
                    told.starts_with(&start.replace("F:", &format!("{path}:"))),
                    "{path} {paths}\n{told}"
                );
            }
        }
    }
}
