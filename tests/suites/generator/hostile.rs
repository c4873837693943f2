//! Text from a document is data: whatever it says, it reaches doc comments, literals and fixtures,
//! and never changes a token of the code or leaves the output folder.

use lockstep_generator::Output;
use lockstep_tests::{Case, cases, text};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::{Value, json};

/// Prose that tries to be something else.
const HOSTILE: [&str; 14] = [
    "*/ pub fn injected() {} /*",
    "\" pub fn injected() {} \"",
    "\"# pub fn injected() {} r#\"",
    "]\npub fn injected() {}\n#[doc = \"",
    "#![allow(warnings)]",
    "line\npub fn injected() {}",
    "line\r\npub fn injected() {}\rmore",
    "line\u{2028}pub fn injected() {}\u{2029}\u{85}\u{b}\u{c}",
    "`unbalanced ``` and ~~~",
    "\\\" \\u{22} \\",
    "{0} {} ${x} $crate #x",
    "\u{202e}\u{2066}reversed\u{2069}",
    "\u{0}\u{1b}[31m\u{7f}\u{feff}",
    "/// //! /** ..\n    indented",
];

/// A document with prose in every place that has some.
fn document(prose: &str) -> Case {
    let pet = json!({
        "type": "object",
        "description": prose,
        "properties": {
            "name": { "type": "string", "description": prose, "example": prose },
            "kind": { "type": "string", "enum": ["dog"], "description": prose },
            "other": { "oneOf": [{ "type": "string", "description": prose }, { "type": "integer" }] },
        },
    });
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Pets", "version": prose, "description": prose },
        "servers": [{ "url": "https://pets.example", "description": prose }],
        "tags": [{ "name": "Pets", "description": prose }],
        "security": [{ "key": [] }],
        "paths": { "/pets/{id}": { "post": {
            "tags": ["Pets"],
            "operationId": "updatePet",
            "summary": prose,
            "description": prose,
            "parameters": [
                { "name": "id", "in": "path", "required": true, "description": prose, "example": prose, "schema": { "type": "string" } },
                { "name": "note", "in": "query", "description": prose, "schema": { "type": "string", "default": prose } },
            ],
            "requestBody": { "required": true, "description": prose, "content": { "application/json": { "schema": {
                "type": "object", "properties": { "name": { "type": "string", "description": prose, "example": prose } },
            } } } },
            "responses": { "200": { "description": prose, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } } } } },
        } } },
        "components": {
            "schemas": { "Pet": pet },
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": prose } },
        },
    });
    Case::made_up(prose, document.to_string())
}

#[test]
fn prose_never_changes_the_code() {
    let plain = code(&document("plain").output());
    for prose in HOSTILE {
        assert_eq!(code(&document(prose).output()), plain, "{prose:?}");
    }
}

#[test]
fn examples_reach_the_fixtures_as_they_are() {
    for prose in HOSTILE {
        let output = document(prose).output();
        let fixture =
            output.files.iter().find(|file| file.path.ends_with("/200.json")).expect("a fixture");
        let value: Value = serde_json::from_slice(&fixture.contents).expect("JSON");
        assert_eq!(value["name"], prose);
    }
}

#[test]
fn no_path_leaves_the_output() {
    for case in cases("cases").into_iter().chain(HOSTILE.map(document)) {
        for file in case.output().files {
            let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
            assert!(file.path.chars().all(plain), "{}: {:?}", case.name, file.path);
            assert!(
                !file.path.split('/').any(|part| part.is_empty() || part.starts_with("..")),
                "{}",
                file.path
            );
        }
    }
}

/// The paths of the Rust files and their tokens, without docs and with every string emptied.
fn code(output: &Output) -> Vec<String> {
    let rust = output.files.iter().filter(|file| file.path.ends_with(".rs"));
    rust.map(|file| {
        let tokens: TokenStream = text(&file.contents).parse().expect("Rust");
        format!("{}: {}", file.path, bare(tokens))
    })
    .collect()
}

fn bare(tokens: TokenStream) -> String {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let mut marks = "#".to_owned();
                if tokens
                    .next_if(|next| matches!(next, TokenTree::Punct(bang) if bang.as_char() == '!'))
                    .is_some()
                {
                    marks.push('!');
                }
                let doc = |next: &TokenTree| matches!(next, TokenTree::Group(group) if group.to_string().starts_with("[doc"));
                if tokens.next_if(doc).is_none() {
                    kept.push(marks);
                }
            }
            TokenTree::Group(group) => {
                kept.push(format!("{:?}<{}>", group.delimiter(), bare(group.stream())));
            }
            TokenTree::Literal(literal) if literal.to_string().contains('"') => {
                kept.push("\"\"".to_owned())
            }
            other => kept.push(other.to_string()),
        }
    }
    kept.join(" ")
}
