use super::*;
use crate::diagnostic::{Style, render};

/// A document with one reply, whose schema is given in YAML (indented by nothing).
fn document(schema: &str) -> String {
    let schema: String = schema.lines().map(|line| format!("                {line}\n")).collect();
    format!(
        "openapi: 3.0.3
info: {{ title: T, version: '1' }}
paths:
  /things/{{id}}:
    get:
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema:
{schema}        default: {{ description: failed }}
"
    )
}

fn look_at(text: &str, overlay: Option<&str>) -> Looked {
    let mut diagnostics = Diagnostics::new();
    let overlay = overlay.map(|text| Source { path: "overlay.yaml", text });
    let looked = lint(&Source { path: "a.yaml", text }, overlay.as_ref(), &mut diagnostics);
    looked.unwrap_or_else(|| panic!("{diagnostics:#?}"))
}

/// What is told about a document, and, once all that can be mended is mended, the overlay and what is left.
fn mended(text: &str) -> (Vec<String>, String, Vec<String>) {
    let first = look_at(text, None);
    let told = |looked: &Looked| {
        looked.findings.iter().map(|finding| finding.diagnostic.to_string()).collect::<Vec<_>>()
    };
    let (mut overlay, mut last) = (None, first.clone());
    for _ in 0..8 {
        let actions = last.actions();
        if actions.is_empty() {
            break;
        }
        overlay = Some(append(overlay.as_deref(), &actions).expect("an overlay"));
        last = look_at(text, overlay.as_deref());
    }
    assert!(last.actions().is_empty(), "it does not end: {:#?}", last.findings);
    let overlay = overlay.unwrap_or_default();
    let actions = overlay.split_once("actions:\n").map_or("", |(_, actions)| actions);
    (told(&first), actions.to_owned(), told(&last))
}

/// All of it, for a snapshot.
fn story(text: &str) -> String {
    let (told, actions, left) = mended(text);
    format!("{}\n\nappended\n\n{actions}\nleft\n\n{}\n", short(&told).join("\n"), left.join("\n"))
}

/// The code and the sentence of each, without the hint.
fn short(told: &[String]) -> Vec<&str> {
    told.iter().map(|text| text.split("; overlay action").next().unwrap_or_default()).collect()
}

#[test]
fn timestamps_get_a_format_with_one_action_for_all() {
    let text = document(
        "type: object
properties:
  date: { type: string, example: 2025-01-01T01:01:01+01:01 }
  item:
    type: object
    properties:
      date: { type: string, example: 2025-01-01 00:00:00 }
      day: { type: string, example: 2025-01-01 }
      text: { type: string, example: 2025-01-01 or so }",
    );
    let (told, actions, left) = mended(&text);
    assert_eq!(
        short(&told),
        [
            "warning[timestamp-without-format]: the examples of this string are times, such as \"2025-01-01T01:01:01+01:01\" (a.yaml:14:19)",
            "warning[timestamp-without-format]: the examples of this string are times, such as \"2025-01-01 00:00:00\" (a.yaml:18:23)",
            "warning[timestamp-without-format]: the examples of this string are dates, such as \"2025-01-01\" (a.yaml:19:23)",
        ]
    );
    insta::assert_snapshot!("timestamps", actions);
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn a_request_keeps_the_form_of_its_times() {
    let text = "openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a:
    get:
      parameters:
        - { in: query, name: from, schema: { type: string, example: 2025-01-01 00:00:00 } }
        - { in: query, name: to, schema: { type: string }, example: 2025-01-01T00:00:00Z }
      responses: { '200': { description: ok }, '404': { description: none } }
";
    let (told, _, left) = mended(text);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("a.yaml:8:"), "{told:#?}");
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn examples_are_held_against_their_schema() {
    let text = document(
        "type: object
example: { price: 9.99, note: null, more: 1, state: off, when: soon, list: [ { x: 2025-01-01 } ] }
required: [gone]
properties:
  gone: { type: string }
  price: { type: integer, example: 3 }
  note: { type: string, example: hello }
  state: { type: string, enum: ['on'] }
  when: { type: string, format: date-time }
  list: { type: array }
  count: { type: string, example: 7 }
  mixed: { type: boolean, example: { a: 1 } }",
    );
    insta::assert_snapshot!("examples", story(&text));
}

#[test]
fn what_only_null_was_seen_of_is_known_elsewhere() {
    let text = document(
        "type: object
properties:
  a:
    type: object
    properties:
      giphyId: { type: string, nullable: true, example: null }
      price: { type: string, nullable: true, example: null }
      none: { type: string, nullable: true, example: null }
  b:
    type: object
    properties:
      giphyId: { type: string, example: abc }
      price: { type: number, example: 9.5 }",
    );
    insta::assert_snapshot!("nulls", story(&text));
}

#[test]
fn maps_frozen_from_one_example_thaw() {
    let text = document(
        "type: object
properties:
  byDay:
    type: object
    properties:
      2025-01-01: { type: object, properties: { at: { type: string, example: 2025-01-01 00:00:00 } } }
      2025-01-02: { type: object, properties: { at: { type: string, example: 2025-01-02 00:00:00 } } }
  byId: { type: object, properties: { '1000000': { type: integer }, '1735689661': { type: string } } }
  sizes: { type: object, properties: { '240': { type: string }, '720': { type: string } } }",
    );
    insta::assert_snapshot!("maps", story(&text));
}

#[test]
fn failures_that_are_not_described_are_one_finding() {
    let text = "openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a:
    parameters: []
    get: { responses: { '200': { description: ok } } }
    put: { responses: { '204': { description: ok } } }
";
    insta::assert_snapshot!("failures", story(text));
}

#[test]
fn shapes_that_differ_by_one_field_become_one() {
    let text = document(
        "type: object
properties:
  one: { type: object, properties: { user: { type: object, properties: &a { id: { type: integer }, name: { type: string }, age: { type: integer } } } } }
  two: { type: object, properties: { user: { type: object, properties: *a } } }
  three: { type: object, properties: { user: { type: object, properties: { id: { type: integer }, name: { type: string }, age: { type: number } } } } }
  four: { type: object, properties: { user: { type: object, properties: { id: { type: integer }, name: { type: string }, age: { type: integer }, vip: { type: boolean, example: true } } } } }
  five: { type: object, properties: { user: { type: object, properties: { id: { type: integer }, other: { type: string }, age: { type: integer } } } } }",
    );
    insta::assert_snapshot!("shapes", story(&text));
}

#[test]
fn what_was_found_good_is_not_told_again() {
    let text = document(
        "type: object\nx-lint-allow: [unknown-items]\nproperties: { a: { type: array }, b: { type: string, example: 2025-01-01 } }",
    );
    let codes: Vec<&str> =
        look_at(&text, None).findings.iter().map(|finding| finding.diagnostic.code).collect();
    assert_eq!(codes, ["timestamp-without-format"]);
}

#[test]
fn people_see_the_excerpt_and_the_action() {
    let text = document("type: object\nproperties:\n  born: { type: string, example: 2025-01-01 }");
    let looked = look_at(&text, None);
    insta::assert_snapshot!(
        "rendered",
        render(&looked.findings[0].diagnostic, &[("a.yaml", &text)], Style::Plain)
    );
}

#[test]
fn an_overlay_keeps_every_byte_that_was_there() {
    let there = "# ours\noverlay: 1.0.0\nactions: # in order\n    # first\n    - target: $.info\n      update: { title: 'x' } # why\n\n    # the end\nextends: a.yaml\ninfo: { title: T, version: 1.0.0 }\n";
    let actions = [Action {
        target: "$.paths".into(),
        description: "It's: so.".into(),
        change: Change::Remove,
    }];
    let text = append(Some(there), &actions).expect("an overlay");
    insta::assert_snapshot!("overlay", text);
    assert!(
        append(Some("overlay: 1.0.0\nactions: [{target: $.a, remove: true}]\n"), &actions).is_err()
    );
    assert!(append(Some("just text"), &actions).is_err());
    assert!(
        append(Some("overlay: 1.0.0\nactions:\n  - target: |\n      - x\nb: 1\n"), &actions)
            .is_ok()
    );
}

#[test]
fn a_schema_that_is_part_of_itself_comes_to_an_end() {
    let text = "openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a:
    get:
      responses:
        default:
          description: any
          content:
            application/json:
              example: { a: 1, b: { a: { a: null } } }
              schema: { $ref: '#/components/schemas/A' }
components:
  schemas:
    A: { allOf: [{ $ref: '#/components/schemas/B' }, { $ref: '#/components/schemas/B' }, { type: object, properties: { b: { $ref: '#/components/schemas/A' } } }] }
    B: { oneOf: [{ type: string }, { $ref: '#/components/schemas/A' }], anyOf: [{ type: string }, { $ref: '#/components/schemas/B' }] }
";
    assert!(look_at(text, None).findings.len() < 10);
}
