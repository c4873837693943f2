//! Replies that are made fit the schema that they are made of: the one that always comes, and those of any seed.

mod common;

use common::{bare, serve};
use serde_json::{Value, json};

/// A schema and whether anything can fit it.
fn schemas() -> Vec<(Value, bool)> {
    let fits = [
        json!({"type": "string", "maxLength": 3}),
        json!({"type": "string", "minLength": 200}),
        json!({"type": "string", "format": "email", "maxLength": 8}),
        json!({"type": "string", "format": "email", "minLength": 60}),
        json!({"type": "string", "format": "uri", "maxLength": 6}),
        json!({"type": "string", "format": "hostname", "minLength": 100}),
        json!({"type": "string", "format": "byte", "minLength": 10}),
        json!({"type": "string", "format": "byte"}),
        json!({"type": "string", "format": "time"}),
        json!({"type": "string", "format": "duration"}),
        json!({"type": "string", "format": "date-time"}),
        json!({"type": "string", "pattern": "^\\d+\\.\\d+\\.\\d+$"}),
        json!({"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"}),
        json!({"type": "string", "pattern": "^[a-z]+$", "minLength": 120}),
        json!({"type": "string", "pattern": "[0-9]", "minLength": 12}),
        json!({"type": "string", "pattern": "^\\p{Lu}\\p{Ll}+$"}),
        json!({"type": "string", "pattern": "^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{8}$"}),
        json!({"type": "string", "not": {"enum": ["string"]}}),
        json!({"type": "number", "minimum": 0.1, "maximum": 0.2}),
        json!({"type": "number", "minimum": 0.001, "maximum": 0.002, "exclusiveMinimum": true}),
        json!({"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 1}),
        json!({"type": "number", "minimum": 1e20}),
        json!({"type": "integer", "format": "int64", "minimum": 9007199254740993_i64, "maximum": 9007199254740993_i64}),
        json!({"type": "integer", "minimum": 18446744073709551615_u64}),
        json!({"type": "integer", "minimum": -10, "maximum": -1}),
        json!({"type": "integer", "format": "int32", "multipleOf": 7, "minimum": 50}),
        json!({"type": "array", "minItems": 4, "items": {"type": "integer", "minimum": 50}}),
        json!({"type": "array", "uniqueItems": true, "minItems": 5, "items": {"type": "string", "enum": ["a", "b", "c", "d", "e"]}}),
        json!({"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "minProperties": 2}),
        json!({"type": "object", "maxProperties": 1, "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}),
        json!({"anyOf": [{"type": "integer", "minimum": 7}, {"type": "string", "minLength": 9}]}),
        json!({"oneOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "minLength": 9}}}, {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}}}]}),
        json!({"allOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}, {"properties": {"a": {"maxLength": 2}}}]}),
    ];
    let contradictions = [
        json!({"type": "string", "minLength": 9, "maxLength": 3}),
        json!({"type": "integer", "minimum": 9, "maximum": 3}),
        json!({"type": "string", "pattern": "^(a)\\1(?!b)c$", "maxLength": 2}),
    ];
    let all = fits.into_iter().map(|schema| (schema, true));
    all.chain(contradictions.into_iter().map(|schema| (schema, false))).collect()
}

fn document(schema: &Value) -> String {
    let whole = json!({"type": "object", "required": ["v", "name"], "properties": {
        "v": schema, "name": {"type": "string", "example": "Ada"}, "n": {"type": "integer", "minimum": 5}}});
    json!({"openapi": "3.0.3", "info": {"title": "Made", "version": "1"}, "paths": {"/v": {"get": {"operationId": "v", "responses": {"200": {
        "description": "ok", "content": {"application/json": {"schema": whole}}}}}}}})
    .to_string()
}

/// The schema in the words of JSON Schema, as far as these differ.
fn plain(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if schema["exclusiveMinimum"] == json!(true) {
        schema["exclusiveMinimum"] = schema["minimum"].clone();
    }
    schema
}

#[test]
fn what_is_made_fits_its_schema() {
    for (schema, can_fit) in schemas() {
        let server = serve(&document(&schema), "");
        let options = jsonschema::options().should_validate_formats(true);
        let validator = options.build(&plain(&schema)).expect("a schema");
        for prefer in ["", "Prefer: dynamic=true, seed=1", "Prefer: dynamic=true, seed=2"] {
            let reply = bare(&server, "GET /v", prefer, b"");
            assert_eq!(reply.status, 200, "{schema}");
            let value: Value = serde_json::from_str(&reply.body).expect("JSON");
            assert_eq!(validator.is_valid(&value["v"]), can_fit, "{schema} {prefer}: {value}");
            // What is impossible in one place leaves the others as they should be.
            assert!(
                value["name"].is_string() && value["n"].as_i64().is_none_or(|n| n >= 5),
                "{value}"
            );
        }
        let first = bare(&server, "GET /v", "", b"");
        assert_eq!(first.body, bare(&server, "GET /v", "", b"").body, "the same every time");
        let note = server.requests().first().and_then(|own| own.note.clone());
        assert_eq!(note.is_some(), !can_fit, "{schema}: {note:?}");
    }
}

const UNION: &str = r##"
openapi: 3.0.3
info: {title: Union, version: "1"}
paths:
  /pet:
    get:
      operationId: pet
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
    post:
      operationId: addPet
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {"200": {description: ok}}
components:
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind, mapping: {tom: '#/components/schemas/Cat', rex: '#/components/schemas/Dog'}}
    Cat: {type: object, required: [kind, lives], properties: {kind: {type: string}, lives: {type: integer, minimum: 1}}}
    Dog: {type: object, required: [kind, tricks], properties: {kind: {type: string}, tricks: {type: array, minItems: 1, items: {type: string}}}}
"##;

#[test]
fn a_member_of_a_union_is_called_what_it_is() {
    let server = serve(UNION, "");
    let seeds = (0..12).map(|seed| format!("Prefer: dynamic=true, seed={seed}"));
    for prefer in std::iter::once(String::new()).chain(seeds) {
        let reply = bare(&server, "GET /pet", &prefer, b"");
        let pet: Value = serde_json::from_str(&reply.body).expect("JSON");
        match pet["kind"].as_str() {
            Some("tom") => assert!(pet["lives"].is_i64(), "{pet}"),
            Some("rex") => assert!(pet["tricks"].is_array(), "{pet}"),
            other => panic!("{other:?}: {pet}"),
        }
    }
    let send = |body: &str| {
        bare(&server, "POST /pet", "Content-Type: application/json", body.as_bytes()).status
    };
    assert_eq!(send(r#"{"kind": "tom", "lives": 9}"#), 200);
    assert_eq!(send(r#"{"kind": "tom", "tricks": ["sit"]}"#), 422);
}
