use super::required::UNDECLARED;
use super::*;
use crate::pointer::Pointer;
use crate::read::{Source, read};
use serde_json::json;

/// The document after repair, and what was told: code and place.
fn repaired(text: &str) -> (Document, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let mut document =
        read(&Source { path: "a.yaml", text }, &mut diagnostics).expect("a document");
    run(&mut document, &mut diagnostics);
    document.settle(&mut diagnostics);
    let told = diagnostics.iter().map(|told| format!("{} {}", told.code, told.place)).collect();
    (document, told)
}

fn schema(schema: Value) -> (Value, Vec<String>) {
    let head = json!({ "openapi": "3.0.3", "info": {}, "paths": {} });
    let mut document = head;
    document["components"] = json!({ "schemas": { "S": schema } });
    let (document, told) = repaired(&document.to_string());
    let codes = told.iter().map(|told| told.split(' ').next().unwrap_or_default().to_owned());
    (document.value["components"]["schemas"]["S"].clone(), codes.collect())
}

#[test]
fn schemas_are_repaired() {
    for (wrong, right, code) in [
        (json!([]), json!({}), "not-an-object"),
        (json!("int"), json!({ "type": "integer" }), "not-an-object unknown-type"),
        (json!({ "type": "numeric" }), json!({ "type": "number" }), "unknown-type"),
        (json!({ "type": "uuid" }), json!({ "type": "string", "format": "uuid" }), "unknown-type"),
        (
            json!({ "type": "file" }),
            json!({ "type": "string", "format": "binary" }),
            "unknown-type",
        ),
        (json!({ "type": "the" }), json!({}), "unknown-type"),
        (json!({ "type": ["a"] }), json!({}), "unknown-type"),
        (json!({ "type": "?Int" }), json!({ "nullable": true, "type": "integer" }), "unknown-type"),
        (
            json!({ "type": "string|null" }),
            json!({ "nullable": true, "type": "string" }),
            "unknown-type",
        ),
        (
            json!({ "type": "array<int[]>" }),
            json!({ "type": "array", "items": { "type": "array", "items": { "type": "integer" } } }),
            "unknown-type",
        ),
        (
            json!({ "type": "array" }),
            json!({ "type": "array", "items": {} }),
            "array-without-items",
        ),
        (
            json!({ "type": "array", "items": [{ "type": "string" }] }),
            json!({ "type": "array", "items": { "type": "string" } }),
            "items-as-list",
        ),
        (
            json!({ "type": "array", "items": [] }),
            json!({ "type": "array", "items": {} }),
            "items-as-list",
        ),
        (
            json!({ "type": "array", "properties": { "a": {} } }),
            json!({ "type": "array", "items": { "type": "object", "properties": { "a": {} } } }),
            "properties-of-list",
        ),
        (
            json!({ "type": "object", "properties": [] }),
            json!({ "type": "object" }),
            "empty-properties",
        ),
        (
            json!({ "type": "object", "properties": {} }),
            json!({ "type": "object" }),
            "empty-properties",
        ),
        (
            json!({ "type": "object", "properties": 7 }),
            json!({ "type": "object" }),
            "properties-form",
        ),
        (
            json!({ "type": "object", "properties": [{ "a": { "type": "string" } }, { "name": "b", "type": "string" }, "c", 7] }),
            json!({ "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "string" }, "c": {} } }),
            "properties-as-list properties-as-list",
        ),
        (
            json!({ "properties": { "a": { "required": true, "type": "string" }, "b": { "required": false } } }),
            json!({ "properties": { "a": { "type": "string" }, "b": {} }, "required": ["a"], "type": "object" }),
            "required-as-boolean required-as-boolean missing-type",
        ),
        (json!({ "required": true }), json!({}), "required-form"),
        (json!({ "required": "a" }), json!({ "required": ["a"] }), "required-form"),
        (
            json!({ "type": "object", "properties": { "a": {} }, "required": ["a", "b"] }),
            json!({ "type": "object", "properties": { "a": {}, "b": { "description": UNDECLARED } }, "required": ["a", "b"] }),
            "required-undeclared",
        ),
        (json!({ "enum": [] }), json!({}), "empty-enum"),
        (
            json!({ "enum": ["a", "a", null] }),
            json!({ "enum": ["a", null] }),
            "repeated-enum-value",
        ),
        (json!({ "enum": "a" }), json!({ "enum": ["a"] }), "enum-form"),
        (
            json!({ "nullable": "true", "minLength": "3" }),
            json!({ "nullable": true, "minLength": 3 }),
            "mistyped-keyword mistyped-keyword",
        ),
        (json!({ "nullable": null, "maximum": [] }), json!({}), "mistyped-keyword"),
        (
            json!({ "additionalProperties": [] }),
            json!({ "additionalProperties": true }),
            "mistyped-keyword",
        ),
        (json!({ "allOf": [] }), json!({}), "composition-form"),
        (
            json!({ "oneOf": { "type": "string" } }),
            json!({ "oneOf": [{ "type": "string" }] }),
            "composition-form",
        ),
        (
            json!({ "discriminator": "kind" }),
            json!({ "discriminator": { "propertyName": "kind" } }),
            "discriminator-form",
        ),
        (
            json!({ "$ref": "#/definitions/A" }),
            json!({ "$ref": "#/components/schemas/A" }),
            "ref-form",
        ),
    ] {
        let (schema, codes) = schema(wrong.clone());
        assert_eq!(schema, right, "{wrong}");
        assert_eq!(codes.join(" "), code, "{wrong}");
    }
}

#[test]
fn data_is_left_alone() {
    for data in [
        json!({ "example": { "type": "numeric", "$ref": "#/none", "enum": [] } }),
        json!({ "default": { "properties": [] }, "examples": [{ "$ref": 7 }] }),
        json!({ "enum": [{ "type": "numeric" }, { "$ref": "" }] }),
        json!({ "allOf": [{ "required": ["a"] }, { "properties": { "type": { "type": "string" } }, "type": "object" }] }),
    ] {
        assert_eq!(schema(data.clone()), (data, Vec::new()));
    }
}

const PATHS: &str = "openapi: 3.0.3
info: {}
paths:
  users/{userId}:
    parameters:
    - {name: user_id, in: path, required: true, schema: {type: string}}
    - {name: gone, in: path, required: true, schema: {type: string}}
    get:
      parameters:
      - {name: Accept, in: header, schema: {type: string}}
      - $ref: '#/components/parameters/auth'
      - {name: q, in: QUERY, type: numeric}
      - {name: q, in: query}
      - {in: query}
      - {name: f, in: formData}
      responses: {}
  /files/{id?}/{part:
    get: {responses: {200: {}}}
  /files/{id}#copy:
    post: {responses: {'200 OK': {description: x}, 2xx: {}, none: {}}}
  /files/{id}#move:
    post: {responses: {204: {content: {a/b: {}}}}}
  /a:
    get: []
    put:
      tags: One
      deprecated: 'yes'
      requestBody: []
      responses:
        '200': {content: {json: {schema: []}, examples: {a: 1}}}
components:
  parameters:
    auth: {name: authorization, in: header, schema: {type: string}}
";

#[test]
fn operations_are_repaired() {
    let (document, told) = repaired(PATHS);
    let paths = &document.value["paths"];
    let keys: Vec<&str> = paths.as_object().expect("paths").keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["/users/{userId}", "/files/{id}/{part}", "/files/{id}", "/files/{id}#move", "/a"]
    );
    let get = &paths["/users/{userId}"];
    assert_eq!(
        get["parameters"],
        json!([{ "name": "userId", "in": "path", "required": true, "schema": { "type": "string" } }])
    );
    assert_eq!(
        get["get"]["parameters"],
        json!([{ "name": "q", "in": "query", "schema": { "type": "number" } }])
    );
    assert_eq!(paths["/files/{id}/{part}"]["get"]["parameters"][1]["name"], "part");
    assert_eq!(
        paths["/files/{id}"]["post"]["responses"],
        json!({ "200": { "description": "x" }, "2XX": { "description": "" } })
    );
    assert_eq!(
        paths["/files/{id}#move"]["post"]["responses"],
        json!({ "204": { "description": "" } })
    );
    let put = json!({
        "tags": ["One"],
        "deprecated": true,
        "responses": { "200": { "content": { "application/json": { "schema": {} } }, "description": "" } },
    });
    assert_eq!(paths["/a"], json!({ "put": put }));
    for expected in [
        "path-form a.yaml:4:3",
        "misspelt-path-parameter a.yaml:6:7",
        "superfluous-path-parameter a.yaml:7:7",
        "client-header a.yaml:10:9",
        "client-header a.yaml:11:9",
        "parameter-place a.yaml:12:9",
        "parameter-without-schema a.yaml:12:9",
        "unknown-type a.yaml:12:30",
        "repeated-parameter a.yaml:13:9",
        "parameter-incomplete a.yaml:14:9",
        "parameter-place a.yaml:15:9",
        "undeclared-path-parameter a.yaml:18:5",
        "path-form a.yaml:19:3",
        "response-code a.yaml:20:24",
        "response-code a.yaml:20:61",
        "path-form a.yaml:21:3",
        "content-of-no-content a.yaml:22:30",
        "not-an-operation a.yaml:24:5",
        "mistyped-keyword a.yaml:26:7",
        "body-without-content a.yaml:28:7",
        "not-a-media-type a.yaml:30:27",
        "not-an-object a.yaml:30:34",
    ] {
        assert!(told.iter().any(|told| told == expected), "{expected} is not in {told:#?}");
    }
    let place =
        |pointer: &str| document.locate(&Pointer::parse(pointer).expect("a pointer")).to_string();
    assert_eq!(place("/paths/~1users~1{userId}/get/parameters/0/schema/type"), "a.yaml:12:30");
    assert_eq!(place("/paths/~1files~1{id}/post"), "a.yaml:20:5");
}

#[test]
fn servers_are_repaired() {
    for (url, kept) in [
        ("https://api.example.com/v1", Some("https://api.example.com/v1")),
        ("http://localhost", None),
        ("http://localhost:8000/api/", Some("/api")),
        ("http://127.0.0.1:80", None),
        ("http://[::1]:80/x", Some("/x")),
        ("http://192.168.1.7", None),
        ("http://my.app.test/api", Some("/api")),
        ("{{ config(\"app.url\") }}", None),
        ("parking.enten.dev", Some("https://parking.enten.dev")),
        ("//a.example.com/x", Some("https://a.example.com/x")),
        ("https://{region}.example.com", Some("https://{region}.example.com")),
        ("/v1", Some("/v1")),
        ("", None),
        ("ftp://example.com", None),
        ("nonsense", None),
    ] {
        let document =
            json!({ "openapi": "3.0.3", "info": {}, "paths": {}, "servers": [{ "url": url }] });
        let (document, _) = repaired(&document.to_string());
        assert_eq!(document.value.pointer("/servers/0/url").and_then(Value::as_str), kept, "{url}");
    }
}

#[test]
fn what_openapi_is_strict_about_is_repaired() {
    let document = json!({
        "openapi": "3.0.3",
        "info": {},
        "tags": ["A", { "name": "B" }],
        "security": { "a": [] },
        "servers": [
            { "url": "/v1" },
            { "url": "https://{host}.example.com:{port}", "variables": { "port": { "default": 443 }, "host": { "enum": ["a", 2] } } },
        ],
        "paths": { "/a": { "get": {
            "parameters": [{ "name": "q", "in": "query", "style": "comma", "schema": {} }],
            "responses": { "200": { "description": "" } },
        } } },
        "components": { "securitySchemes": {
            "a": { "type": "basic" },
            "b": { "type": "apiKey", "in": "Header", "name": "X-Key" },
            "c": { "type": "http" },
            "d": { "type": "oauth2", "flows": {} },
            "e": { "type": "http", "scheme": "bearer" },
        } },
    });
    let (document, told) = repaired(&document.to_string());
    let codes: Vec<&str> = told.iter().filter_map(|told| told.split(' ').next()).collect();
    let expected = [
        "server-variable",
        "server-variable",
        "relative-server",
        "security-form",
        "tags-form",
        "parameter-style",
        "security-scheme-form",
        "security-scheme-form",
        "security-scheme-form",
    ];
    assert_eq!(codes, expected);
    let value = &document.value;
    assert_eq!(
        value["servers"][0]["variables"],
        json!({ "port": { "default": "443" }, "host": { "default": "a", "enum": ["a", "2"] } })
    );
    assert_eq!(value["tags"][0], json!({ "name": "A" }));
    let schemes = &value["components"]["securitySchemes"];
    assert_eq!(schemes["a"], json!({ "type": "http", "scheme": "basic" }));
    assert_eq!(schemes["b"]["in"], "header");
    assert_eq!(schemes["c"]["scheme"], "bearer");
}
