use super::*;
use crate::diagnostic::{Severity, Style, render};
use serde_json::json;

fn run(path: &str, text: &str) -> (Option<Document>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new();
    let document = prepare(&Source { path, text }, None, &mut diagnostics);
    if let Some(document) = &document {
        document.settle(&mut diagnostics);
    }
    (document, diagnostics.into_vec())
}

/// The value of `x` in a document.
fn value(x: &str) -> (Value, Vec<String>) {
    let text = format!("openapi: 3.0.3\ninfo: {{}}\npaths: {{}}\nx:{x}\n");
    let (document, told) = run("a.yaml", &text);
    let told = told.iter().map(|told| format!("{} {}", told.code, told.place)).collect();
    (document.map_or(Value::Null, |document| document.value["x"].clone()), told)
}

#[test]
fn yaml_values_are_read_as_written() {
    for (text, expected) in [
        (
            " {200: a, 2.50: b, true: c, null: d, 2025-01-01: e}",
            json!({"200": "a", "2.50": "b", "true": "c", "null": "d", "2025-01-01": "e"}),
        ),
        (
            " [2025-01-01, 2025-01-01 00:00:00, 2025-01-01T01:01:01+01:01]",
            json!(["2025-01-01", "2025-01-01 00:00:00", "2025-01-01T01:01:01+01:01"]),
        ),
        (
            " [yes, no, on, 012, 1_000, 0x10, ~, '', 9007199254740993, 1.50]",
            json!([
                "yes",
                "no",
                "on",
                "012",
                "1_000",
                16,
                null,
                "",
                9_007_199_254_740_993_u64,
                1.5
            ]),
        ),
        (
            "\n  a: &a {k: 1, l: 2}\n  b: {<<: *a, l: 3}\n  c: {<<: [*a, {m: 4}]}",
            json!({"a": {"k": 1, "l": 2}, "b": {"l": 3, "k": 1}, "c": {"k": 1, "l": 2, "m": 4}}),
        ),
        (" [!!str 1, !!int '2', !local 3]", json!(["1", 2, 3])),
        (" |\n  a\n  b\n", json!("a\nb\n")),
        ("\r\n  a: 1\r\n  b: 'c'\r\n", json!({"a": 1, "b": "c"})),
    ] {
        assert_eq!(value(text).0, expected, "{text}");
    }
}

#[test]
fn oddities_are_told_with_their_place() {
    for (text, told) in [
        ("\n  b: !local 1", "yaml-tag a.yaml:5:3"),
        (" [.nan]", "inexact-number a.yaml:4:5"),
        ("\n  big: 123456789012345678901234567890", "inexact-number a.yaml:5:3"),
        ("\n  a: 1\n  b: {<<: 7}", "yaml-merge a.yaml:6:7"),
        ("\n  a: !!binary aGk=", "yaml-binary a.yaml:5:6"),
        ("\n  a: 1\n  b: {c: 1}\n  a: 1", "duplicate-key a.yaml:7:3"),
    ] {
        assert_eq!(value(text).1, [told], "{text}");
    }
    let (document, told) =
        run("a.json", r#"{"openapi": "3.0.3", "info": {}, "paths": {}, "x-y": 1, "x-y": 2}"#);
    assert_eq!(document.expect("a document").value["x-y"], 2);
    assert_eq!(
        told[0].to_string(),
        "warning[duplicate-key]: `x-y` stands twice, first at a.json:1:47; the last one counts (a.json:1:57); remove one of them"
    );
}

#[test]
fn bad_input_gets_one_clear_error() {
    let head = "openapi: 3.0.3\ninfo: {}\npaths: {}\n";
    let bomb: String = std::iter::once("x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n".to_owned())
        .chain((1..12).map(|at| {
            format!("x{at}: &x{at} [{}]\n", vec![format!("*x{}", at - 1); 10].join(", "))
        }))
        .collect();
    let long =
        format!("{head}x: &x {}\ny: [{}]\n", "z".repeat(1_000_000), vec!["*x"; 2000].join(", "));
    for (path, text, code, place) in [
        ("a.yaml", String::new(), "empty", "a.yaml"),
        ("a.yaml", " \n\t\n".to_owned(), "empty", "a.yaml"),
        ("a.yaml", format!("{head}x: [1, 2"), "invalid-yaml", "a.yaml:5:1"),
        ("a.yaml", format!("{head}x:\n\ty: 1\n"), "yaml-tab", "a.yaml:5:1"),
        ("a.yaml", format!("{head}{bomb}"), "alias-bomb", "a.yaml"),
        ("a.yaml", long, "alias-bomb", "a.yaml"),
        ("a.yaml", format!("{head}x: &x [*x]\n"), "too-deep", "a.yaml:4"),
        ("a.yaml", format!("{head}x: {}", "[".repeat(10_000)), "too-deep", "a.yaml:4"),
        (
            "a.yaml",
            format!("{head}x: {}{}", "[".repeat(10_000), "]".repeat(10_000)),
            "too-deep",
            "a.yaml:4",
        ),
        ("a.yaml", format!("{head}x: {}1", "{a: ".repeat(10_000)), "too-deep", "a.yaml:4"),
        ("a.yaml", format!("{head}x:\n{}1", "- ".repeat(10_000)), "too-deep", "a.yaml:5"),
        (
            "a.json",
            format!("{{\"openapi\": \"3.0.3\", \"x\": {}", "[".repeat(10_000)),
            "too-deep",
            "a.json:1",
        ),
        ("a.json", "{\"openapi\": ".to_owned(), "invalid-json", "a.json:1:12"),
        ("a.yaml", "{openapi: 3.0.3, ".to_owned(), "invalid-yaml", "a.yaml"),
        ("a.yaml", format!("{head}---\n{head}"), "several-documents", "a.yaml:4:1"),
        ("a.yaml", format!("{head}? [a]\n: 1\n"), "invalid-yaml", "a.yaml:4"),
        ("a.yaml", "swagger: '1.2'\n".to_owned(), "unsupported-version", "a.yaml:1:1"),
        ("a.yaml", "openapi: 2.0\npaths: {}\n".to_owned(), "unsupported-version", "a.yaml:1:1"),
        ("a.yaml", "openapi: 4.0.0\n".to_owned(), "unsupported-version", "a.yaml:1:1"),
        ("a.yaml", "info: {}\n".to_owned(), "not-openapi", "a.yaml:1:1"),
        ("a.yaml", "just text\n".to_owned(), "not-openapi", "a.yaml:1:1"),
        ("a.json", "[1]".to_owned(), "not-openapi", "a.json:1:1"),
        ("a.yaml", "openapi: 3.0.3\n".to_owned(), "no-paths", "a.yaml:1:1"),
        ("a.yaml", "openapi: 3.0.3\npaths: 7\n".to_owned(), "no-paths", "a.yaml:2:1"),
        ("a.md", "# A\n\n## OpenAPI\n".to_owned(), "no-schema", "a.md"),
        ("a.md", format!("# A\n\n````yaml u get /a\n{head}"), "truncated-page", "a.md:3:1"),
        (
            "a.md",
            format!("# A\n\n````yaml u get /a\n{head}x: 'y\n````\n"),
            "invalid-yaml",
            "a.md:7:4",
        ),
        ("a.md", format!("# A\n\n````yaml u get /a\n{head}\tx: 1\n````\n"), "yaml-tab", "a.md:7:1"),
    ] {
        let (document, told) = run(path, &text);
        assert!(document.is_none(), "{code}");
        let errors: Vec<_> = told.iter().filter(|told| told.severity == Severity::Error).collect();
        assert_eq!(errors.len(), 1, "{code}: {told:?}");
        assert_eq!(errors[0].code, code, "{told:?}");
        assert!(errors[0].place.to_string().starts_with(place), "{code}: {}", errors[0].place);
        assert!(errors[0].help.is_some(), "{code}");
    }
}

const PAGE: &str = include_str!("../../../../spec/pages/get-mass-message-overview.md");

#[test]
fn a_page_is_read_and_placed_in_the_page() {
    let (document, told) = run("page.md", PAGE);
    let document = document.expect("a document");
    let notes: Vec<_> = told.iter().map(|told| told.code).collect();
    assert_eq!(notes, ["array-without-items", "array-without-items"]);
    let paths = document.root().get("paths").expect("paths");
    let (path, item) = paths.entries().next().expect("a path");
    assert_eq!(path, "/api/{account}/mass-messaging/overview");
    let line = PAGE.lines().position(|line| line.starts_with("  /api/")).expect("the line") + 1;
    assert_eq!(document.locate(&item.pointer).to_string(), format!("page.md:{line}:3"));
    let reply = document
        .value
        .pointer("/paths/~1api~1{account}~1mass-messaging~1overview/get/responses/200");
    let example = &reply.expect("the reply")["content"]["application~1json"];
    assert!(example.is_null());
}

#[test]
fn what_is_nested_deep_but_not_too_deep_is_read() {
    let schema =
        format!("{}{{type: [string, integer]}}{}", "{anyOf: [".repeat(58), "]}".repeat(58));
    let text = format!(
        "openapi: 3.1.0\ninfo: {{}}\npaths: {{}}\ncomponents: {{schemas: {{S: {schema}}}}}\n"
    );
    let (document, told) = run("a.yaml", &text);
    assert!(document.is_some(), "{told:?}");
}

/// A small document with a bit of everything.
const SMALL: &str = "openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: 'http://localhost/api'}]
paths:
  /a/{id}/{x:
    parameters:
    - {name: id, in: path, schema: {type: [string, 'null']}}
    post:
      requestBody: {content: {json: {schema: {$ref: '#/components/schemas/A'}}}}
      responses:
        200: {content: {application/json: {schema: {anyOf: [{type: the}, {type: 'null'}]}}}}
        204: &no {content: {a/b: {}}}
        4xx: *no
components:
  schemas:
    A: {properties: [{a: {required: true}}], required: [b], enum: [], example: 2025-01-01}
";

/// Reads a text in every way, and shows what there is to say.
fn survive(text: &str) {
    for path in ["a.yaml", "a.json"] {
        let (document, told) = run(path, text);
        for told in &told {
            render(told, &[(path, text)], Style::Plain);
        }
        if let Some(document) = document {
            to_yaml(&document.value);
        }
    }
    assemble(
        &[Source { path: "a", text }, Source { path: "b", text: SMALL }],
        &mut Diagnostics::new(),
    );
    let (document, _) = run("a.yaml", SMALL);
    if let Some(mut document) = document {
        overlay::apply(&mut document, &Source { path: "o.yaml", text }, &mut Diagnostics::new());
    }
}

/// A small generator of numbers, the same on every run.
fn numbers() -> impl FnMut(usize) -> usize {
    let mut state = 0x2545_f491_u32;
    move |below| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below.max(1)
    }
}

#[test]
fn no_prefix_panics() {
    for text in [
        SMALL,
        &serde_json::to_string(&run("a.yaml", SMALL).0.expect("a document").value).expect("JSON"),
    ] {
        for end in (0..text.len()).step_by(7).filter(|&end| text.is_char_boundary(end)) {
            survive(&text[..end]);
        }
    }
    for end in (0..PAGE.len()).step_by(3001) {
        survive(&PAGE[..end]);
    }
}

#[test]
fn no_flipped_bit_panics() {
    let mut number = numbers();
    for text in [SMALL, PAGE] {
        for _ in 0..if text.len() > 5000 { 6 } else { 150 } {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=number(3) {
                let at = number(bytes.len());
                bytes[at] ^= 1 << number(7);
            }
            if let Ok(text) = decode("a.yaml", &bytes) {
                survive(&text);
            }
        }
    }
}

#[test]
fn no_shuffled_line_panics() {
    let mut number = numbers();
    for text in [SMALL, PAGE] {
        for _ in 0..if text.len() > 5000 { 6 } else { 150 } {
            let mut lines: Vec<&str> = text.lines().collect();
            for _ in 0..=number(4) {
                let (one, other) = (number(lines.len()), number(lines.len()));
                lines.swap(one, other);
            }
            survive(&lines.join("\n"));
        }
    }
}
