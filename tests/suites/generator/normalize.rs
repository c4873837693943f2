//! The normalised document says what our model understood, so understanding it gives the same again: the same
//! document when it is normalised once more, and a client that sends the same and reads the same.
//!
//! What differs is listed in the snapshot, a line of the surface each. By design, it is this: an envelope is lifted by
//! `client.yaml` and no document can say it; two operations on one method and path become one, with a warning; a
//! reply of which nothing is described is any JSON; a name of single letters is read as an acronym.

use std::fmt::Write as _;

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout, Output, normalize};
use lockstep_tests::{Case, cases, folder, frozen};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// The cases, a shop that has a bit of everything, and the API of this repository as it was on its first day.
fn documents() -> Vec<Case> {
    let read = |path: &std::path::Path| std::fs::read_to_string(path).expect("a document");
    let mut shop = Case::made_up("shop", read(&folder().join("suites/second_opinion/shop.yaml")));
    shop.strict = true;
    let spec = frozen();
    let mut own = Case::made_up("this-api", read(&spec.join("openapi.yaml")));
    for file in ["overlay.yaml", "client.yaml"] {
        own.inputs.push((file.to_owned(), read(&spec.join(file))));
    }
    cases("cases").into_iter().chain([shop, own]).collect()
}

/// The normalised document as a case of its own. Overlay and names are in it already; what else
/// `client.yaml` chooses no document can say.
fn normalised(case: &Case) -> Case {
    let source = |name: &str| {
        let (path, text) = case.inputs.iter().find(|(path, _)| path == name)?;
        Some(lockstep_generator::Source { path, text })
    };
    let (path, text) = case.inputs.first().expect("a document");
    let layout = Layout::Standalone { name: "example".to_owned(), runtime: String::new() };
    let inputs = Inputs {
        overlay: source("overlay.yaml"),
        config: source("client.yaml"),
        ..Inputs::new(lockstep_generator::Source { path, text }, layout)
    };
    let mut diagnostics = Diagnostics::new();
    let document = normalize::document(&inputs, &mut diagnostics);
    let document = document.unwrap_or_else(|| panic!("{}: {diagnostics:?}", case.name));
    let mut value = serde_json::to_value(&document).expect("JSON");
    // Which schema is met first depends on the way through the document, and says nothing.
    if let Some(Value::Object(schemas)) = value.pointer_mut("/components/schemas") {
        schemas.sort_keys();
    }
    Case::made_up(&case.name, serde_json::to_string_pretty(&value).expect("JSON"))
}

fn document(case: &Case) -> &str {
    &case.inputs.first().expect("a document").1
}

fn changed(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut out = String::new();
    for change in diff.iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => continue,
        };
        write!(out, "  {sign} {}", change.value()).expect("a string");
    }
    out
}

#[test]
fn normalising_twice_changes_nothing() {
    let mut told = String::new();
    // A name of single letters, `AB` of `a b`, is read as an acronym.
    for case in documents().into_iter().filter(|case| case.name != "hostile-text") {
        let once = normalised(&case);
        let twice = normalised(&once);
        if document(&once) != document(&twice) {
            let changed = changed(document(&once), document(&twice));
            writeln!(told, "{}\n{changed}", case.name).expect("a string");
        }
    }
    assert!(told.is_empty(), "\n{told}");
}

/// Method and path of every operation, with the names and places of its parameters and its kind of body.
fn wire(output: &Output) -> Vec<String> {
    let routes = output.files.iter().find(|file| file.path == "fixtures/routes.json");
    let routes: Value = serde_json::from_slice(&routes.expect("routes").contents).expect("JSON");
    let operations = routes["operations"].as_array().expect("operations").iter();
    let mut wire: Vec<String> = operations
        .map(|operation| {
            let parameters = operation["parameters"].as_array().expect("parameters").iter();
            let parameters: Vec<String> = parameters.map(parameter).collect();
            let (method, path, base) =
                (&operation["method"], &operation["path"], &routes["base_path"]);
            format!("{method} {base}{path} {parameters:?} {}", operation["body"]["chosen"])
        })
        .collect();
    wire.sort();
    // Two paths that a repair made one: a document has one operation for them.
    wire.dedup();
    wire
}

/// The specification has no word for brackets: `a[]` as the name of a list says the same, and so does `deepObject`.
fn parameter(own: &Value) -> String {
    let (mut name, mut style) =
        (own["name"].as_str().expect("a name").to_owned(), own["style"].as_str().expect("a style"));
    if style == "brackets" {
        let is_list = own["schema"]["type"] == "array";
        style = if is_list { "form" } else { "deepObject" };
        name.push_str(if is_list { "[]" } else { "" });
    }
    format!("{} {name} {style} {}", own["in"], own["required"])
}

#[test]
fn the_client_of_a_normalised_document_is_the_same() {
    let mut told = String::new();
    for case in documents() {
        let (before, after) = (case.output(), normalised(&case).output());
        assert_eq!(wire(&before), wire(&after), "{}", case.name);
        let lines = |output: &Output| {
            let mut lines: Vec<String> =
                output.surface.lines().map(|line| format!("{line}\n")).collect();
            lines.sort();
            lines.concat()
        };
        let changed = changed(&lines(&before), &lines(&after));
        if !changed.is_empty() {
            writeln!(told, "{}\n{changed}", case.name).expect("a string");
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("normalised", told.trim_end()));
}
