//! Schemas that lead to each other thousands of times over, as no person writes them: they may cost answers, and
//! never the process.

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::diff::compare;
use lockstep_generator::{Inputs, Layout, Source};
use lockstep_tests::Case;
use serde_json::{Value, json};

/// Deep enough to overflow the stack of a test where anything follows it by recursion.
const LENGTH: usize = 1000;

fn next(index: usize) -> Value {
    json!({ "$ref": format!("#/components/schemas/A{}", index + 1) })
}

/// A document whose schema `A0` leads to `A1`, and so on.
fn chain(link: fn(usize) -> Value) -> Value {
    let mut schemas: serde_json::Map<String, Value> =
        (0..LENGTH).map(|index| (format!("A{index}"), link(index))).collect();
    let end = json!({ "type": "object", "properties": { "end": { "type": "string" } } });
    schemas.insert(format!("A{LENGTH}"), end);
    let content =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/A0" } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Chains", "version": "1" },
        "servers": [{ "url": "https://chains.example" }],
        "paths": { "/chain": {
            "get": { "operationId": "getChain", "responses": { "200": { "description": "Ok", "content": content.clone() } } },
            "put": { "operationId": "putChain", "requestBody": { "content": content }, "responses": { "204": { "description": "Ok" } } },
        } },
        "components": { "schemas": schemas },
    })
}

/// Generates, and says how many operations came of it and which kinds of diagnostics.
fn generated(document: &Value) -> (usize, Vec<&'static str>) {
    let outcome = Case::made_up("depth", document.to_string()).run();
    let output = outcome.output.unwrap_or_else(|| panic!("{}", outcome.told));
    let codes = ["too-deep", "circular-alias"];
    (output.operations, codes.into_iter().filter(|code| outcome.told.contains(code)).collect())
}

#[test]
fn components_may_refer_to_each_other_without_end() {
    let property =
        chain(|index| json!({ "type": "object", "properties": { "next": next(index) } }));
    assert_eq!(generated(&property), (2, vec![]));
    let alternatives = chain(
        |index| json!({ "oneOf": [next(index), { "type": "object", "required": ["k"], "properties": { "k": { "type": "string" } } }] }),
    );
    assert_eq!(generated(&alternatives).0, 2);
}

#[test]
fn what_all_of_brings_in_ends_somewhere() {
    let inlined = chain(
        |index| json!({ "properties": { "next": { "allOf": [next(index), { "properties": { "more": { "type": "integer" } } }] } } }),
    );
    assert_eq!(generated(&inlined), (2, vec!["too-deep"]));
    let bases = chain(|index| json!({ "allOf": [next(index), { "required": ["x"] }] }));
    assert_eq!(generated(&bases), (2, vec!["too-deep"]));
}

#[test]
fn names_for_the_same_thing_end_somewhere() {
    let links: [fn(usize) -> Value; 3] = [
        |index| json!({ "type": "array", "items": next(index) }),
        |index| json!({ "type": "object", "additionalProperties": next(index) }),
        |index| json!({ "allOf": [next(index)] }),
    ];
    for link in links {
        let (operations, told) = generated(&chain(link));
        assert_eq!((operations, told.last()), (2, Some(&"circular-alias")));
    }
}

#[test]
fn a_document_as_deep_is_compared() {
    let before = chain(|index| json!({ "type": "object", "properties": { "next": next(index) } }));
    let after = chain(
        |index| json!({ "properties": { "next": { "allOf": [next(index), { "properties": { "more": { "type": "integer" } } }] } } }),
    );
    let (before, after) = (before.to_string(), after.to_string());
    let inputs = |text| {
        let layout = Layout::Standalone { name: "chains".to_owned(), runtime: String::new() };
        Inputs::new(Source { path: "chains.json", text }, layout)
    };
    let changes = compare(&inputs(&before), &inputs(&after), &mut Diagnostics::new());
    assert!(changes.is_some_and(|changes| !changes.list.is_empty()));
}
