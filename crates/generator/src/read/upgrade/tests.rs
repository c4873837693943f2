use super::*;
use crate::pointer::Pointer;
use crate::read::{Source, read};
use serde_json::json;

/// The schema of a component after translation, and what was told, by code.
fn translated(version: &str, schema: Value) -> (Document, Value, Vec<String>) {
    let value =
        json!({ "openapi": version, "paths": {}, "components": { "schemas": { "S": schema } } });
    let text = value.to_string();
    let mut diagnostics = Diagnostics::new();
    let mut document =
        read(&Source { path: "a.json", text: &text }, &mut diagnostics).expect("a document");
    run(&mut document, &mut diagnostics);
    document.settle(&mut diagnostics);
    let schema = document.value["components"]["schemas"]["S"].clone();
    let told = diagnostics.iter().map(|diagnostic| diagnostic.code.to_owned()).collect();
    (document, schema, told)
}

#[test]
fn every_newer_word_has_an_older_one() {
    let reference = json!({ "$ref": "#/components/schemas/S" });
    for (new, old) in [
        (json!({ "type": ["string", "null"] }), json!({ "type": "string", "nullable": true })),
        (json!({ "type": ["integer", "number"] }), json!({ "type": "number" })),
        (json!({ "type": ["null"] }), json!({ "nullable": true })),
        (json!({ "type": "null" }), json!({ "nullable": true })),
        (json!({ "type": ["string", "integer"], "enum": ["a", 1] }), json!({ "enum": ["a", 1] })),
        (
            json!({ "type": ["string", "array"], "items": { "type": ["integer"] }, "minLength": 1 }),
            json!({ "anyOf": [{ "type": "string", "minLength": 1 }, { "type": "array", "items": { "type": "integer" } }] }),
        ),
        (json!({ "const": 1 }), json!({ "type": "integer", "enum": [1] })),
        (json!({ "const": null }), json!({ "nullable": true })),
        (
            json!({ "exclusiveMinimum": 1, "minimum": 0, "exclusiveMaximum": 9, "maximum": 8 }),
            json!({ "exclusiveMinimum": true, "minimum": 1, "maximum": 8 }),
        ),
        (json!({ "examples": [1, 2] }), json!({ "examples": [1, 2], "example": 1 })),
        (
            json!({ "contentEncoding": "base64" }),
            json!({ "contentEncoding": "base64", "type": "string", "format": "byte" }),
        ),
        (
            json!({ "contentMediaType": "image/png" }),
            json!({ "contentMediaType": "image/png", "type": "string", "format": "binary" }),
        ),
        (
            json!({ "anyOf": [reference, { "type": "null" }], "description": "x" }),
            json!({ "description": "x", "nullable": true, "allOf": [reference] }),
        ),
        (
            json!({ "oneOf": [{ "type": "null" }, { "type": "string" }] }),
            json!({ "nullable": true, "type": "string" }),
        ),
        (
            json!({ "oneOf": [{ "type": "null" }, { "type": "string" }, { "type": "integer" }] }),
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }], "nullable": true }),
        ),
        (
            json!({ "$ref": "#/components/schemas/S", "nullable": true }),
            json!({ "nullable": true, "allOf": [reference] }),
        ),
        (
            json!({ "patternProperties": { "^x": { "const": "a" } } }),
            json!({ "additionalProperties": { "type": "string", "enum": ["a"] }, "type": "object" }),
        ),
        (
            json!({ "$defs": { "D": { "const": 1 } }, "properties": { "d": { "$ref": "#/$defs/D" } } }),
            json!({
                "$defs": { "D": { "type": "integer", "enum": [1] } },
                "properties": { "d": { "$ref": "#/components/schemas/S/$defs/D" } },
            }),
        ),
        (
            json!({ "prefixItems": [{ "type": "string" }, { "type": "string" }] }),
            json!({ "items": { "type": "string" }, "type": "array" }),
        ),
    ] {
        let (_, schema, told) = translated("3.1.0", new.clone());
        assert_eq!(schema, old, "{new}");
        assert!(told.is_empty(), "{new}: {told:?}");
    }
}

#[test]
fn what_has_no_equal_is_told() {
    let told = |version, schema| translated(version, schema).2;
    assert_eq!(
        told("3.1.0", json!({ "prefixItems": [{ "type": "string" }, {}] })),
        ["tuple-loosened"]
    );
    assert_eq!(told("3.1.0", json!({ "if": {}, "then": {} })), ["keyword-ignored"]);
    assert_eq!(told("3.0.3", json!({ "const": 1 })), ["newer-keyword"]);
    let data = json!({ "example": { "type": ["a"], "const": 1 }, "default": { "const": 1 } });
    assert_eq!(translated("3.1.0", data.clone()).1, data);
}

#[test]
fn places_are_those_of_the_text() {
    let schema =
        json!({ "anyOf": [{ "type": "null" }, { "type": "object", "properties": { "p": {} } }] });
    let (document, schema, _) = translated("3.1.0", schema);
    assert_eq!(schema["properties"], json!({ "p": {} }));
    let text = &document.main.text;
    let column = text.find("\"p\"").expect("the property") + 1;
    let pointer = Pointer::parse("/components/schemas/S/properties/p").expect("a pointer");
    assert_eq!(document.locate(&pointer).to_string(), format!("a.json:1:{column}"));
}
