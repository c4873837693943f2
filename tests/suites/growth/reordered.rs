//! The order of a document's maps says nothing: the same document with its paths, components and properties the other way
//! round is told as the same.

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::diff::compare;
use lockstep_generator::{Inputs, Layout, Source, read};
use lockstep_tests::cases;
use serde_json::Value;

use super::document;

#[test]
fn order_is_no_change() {
    let mut told = Vec::new();
    for case in cases("cases") {
        let [(path, text), others @ ..] = case.inputs.as_slice() else { continue };
        // Of two paths that are one, the first keeps its place: there order means something.
        if case.name == "repair-paths" {
            continue;
        }
        let source = Source { path, text };
        let Some(document) = read::read(&source, &mut Diagnostics::new()) else { continue };
        told.extend(changes(&case.name, (path, text), others, &document.value));
    }
    for seed in 0..2 {
        let document = document::document(seed);
        told.extend(changes("made up", ("spec.json", &document.to_string()), &[], &document));
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// What is told of a document and its mirror image.
fn changes(
    name: &str,
    (path, text): (&str, &str),
    beside: &[(String, String)],
    document: &Value,
) -> Vec<String> {
    let mut mirrored = document.clone();
    mirror(&mut mirrored, "");
    let mirrored = mirrored.to_string();
    let layout = Layout::Standalone { name: "example".into(), runtime: "../runtime".into() };
    let find = |file: &str| {
        let found = beside.iter().find(|(path, _)| path == file);
        found.map(|(path, text)| Source { path, text })
    };
    let (overlay, config) = (find("overlay.yaml"), find("client.yaml"));
    let inputs = |path, text| Inputs {
        overlay,
        config,
        ..Inputs::new(Source { path, text }, layout.clone())
    };
    let mut told = Diagnostics::new();
    let Some(changes) =
        compare(&inputs(path, text), &inputs("mirrored.json", &mirrored), &mut told)
    else {
        return vec![format!("{name}: {:?}", told.iter().next())];
    };
    changes.list.iter().map(|change| format!("{name}: {change:?}")).collect()
}

/// Turns round the maps whose order nobody means anything by.
fn mirror(value: &mut Value, key: &str) {
    match value {
        Value::Object(object) => {
            if matches!(key, "paths" | "schemas" | "properties" | "parameters" | "responses") {
                *object = std::mem::take(object).into_iter().rev().collect();
            }
            for (key, value) in object.iter_mut() {
                if !matches!(key.as_str(), "example" | "examples" | "default") {
                    mirror(value, key);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mirror(item, "")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
