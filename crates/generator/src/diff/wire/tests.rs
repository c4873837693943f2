//! The work that comparing takes, by documents whose schemas refer to each other.

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::*;
use crate::Source;

/// A document with one reply, which is the schema `S0`.
fn document(schemas: &str) -> Document {
    let text = format!(
        "{{openapi: 3.0.3, info: {{title: T, version: '1'}}, paths: {{/a: {{get: {{responses: {{'200': \
         {{description: ok, content: {{application/json: {{schema: {{$ref: '#/components/schemas/S0'}}}}}}}}}}}}}}}}, \
         components: {{schemas: {{{schemas}}}}}}}"
    );
    let mut diagnostics = Diagnostics::new();
    let source = Source { path: "a.yaml", text: &text };
    crate::read::prepare(&source, None, &mut diagnostics)
        .unwrap_or_else(|| panic!("{diagnostics:#?}"))
}

fn reference(name: usize) -> String {
    format!("{{$ref: '#/components/schemas/S{name}'}}")
}

/// How many pairs were compared and how often a schema was looked at for what it says, and what was told.
fn work(old: &Document, new: &Document) -> (usize, usize, Vec<String>) {
    let moves = Moves::find(old, new, &IndexMap::new());
    let walk = Walk::through(old, new, &moves);
    (
        walk.seen.values().map(|met| met.times).sum(),
        walk.old_prints.work() + walk.new_prints.work(),
        walk.facts.into_iter().map(|fact| fact.title).collect(),
    )
}

/// `count` unions of each other, each with an object of its own, which has a field of that name in the one at `odd`.
fn unions(count: usize, odd: usize, field: &str) -> Document {
    let mut schemas = String::new();
    for name in 0..count {
        let arms: Vec<String> = (0..count).filter(|other| *other != name).map(reference).collect();
        let field = if name == odd { field } else { "kind" };
        let _ = write!(
            schemas,
            "S{name}: {{oneOf: [{}, {{type: object, properties: {{{field}{name}: {{type: string}}}}}}]}}, ",
            arms.join(", ")
        );
    }
    document(&schemas)
}

/// `count` objects that each hold all, and a number that is text in the one at `odd`.
fn objects(count: usize, odd: usize) -> Document {
    let mut schemas = String::new();
    for name in 0..count {
        let fields: Vec<String> =
            (0..count).map(|other| format!("f{other}: {}", reference(other))).collect();
        let size = if name == odd { "string" } else { "integer" };
        let _ = write!(
            schemas,
            "S{name}: {{type: object, properties: {{{}, size{name}: {{type: {size}}}}}}}, ",
            fields.join(", ")
        );
    }
    document(&schemas)
}

#[test]
fn unions_of_each_other_are_compared_pair_by_pair() {
    const COUNT: usize = 60;
    let (old, same) = (unions(COUNT, 0, "kind"), unions(COUNT, 0, "kind"));
    let (pairs, looks, told) = work(&old, &same);
    // One for the reply, for each union one by each arm, and one for the field.
    assert_eq!(pairs, 1 + COUNT * COUNT + COUNT);
    assert_eq!(looks, 0, "what refers to the same name needs no look at what it says");
    assert_eq!(told, [""; 0]);
}

#[test]
fn a_difference_among_unions_of_each_other_costs_a_look_at_each_schema() {
    const COUNT: usize = 60;
    let (old, new) = (unions(COUNT, 0, "kind"), unions(COUNT, 7, "sort"));
    let (pairs, looks, told) = work(&old, &new);
    assert!(pairs <= 1 + COUNT * COUNT + COUNT, "{pairs} pairs");
    // Each schema of both documents, once for each depth.
    assert!(looks <= 2 * 26 * 3 * COUNT, "{looks} looks");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("→"), "{told:?}");
}

#[test]
fn renamed_schemas_that_refer_to_each_other_are_found_by_what_they_say() {
    const COUNT: usize = 40;
    let old = unions(COUNT, 0, "kind");
    let text = old.value.to_string().replace("schemas/S", "schemas/T").replace("\"S", "\"T");
    let mut diagnostics = Diagnostics::new();
    let source = Source { path: "b.yaml", text: &text };
    let new = crate::read::prepare(&source, None, &mut diagnostics).expect("a document");
    let (pairs, looks, told) = work(&old, &new);
    assert!(pairs <= 1 + COUNT * COUNT + COUNT, "{pairs} pairs");
    assert!(looks <= 2 * 26 * 3 * COUNT, "{looks} looks");
    assert_eq!(told, [""; 0]);
}

#[test]
fn objects_that_all_hold_all_are_compared_once() {
    const COUNT: usize = 60;
    let (pairs, looks, told) = work(&objects(COUNT, 0), &objects(COUNT, 9));
    assert_eq!(pairs, 1 + COUNT * COUNT + COUNT);
    assert_eq!(looks, 0);
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_thousand_fields_with_other_names_are_looked_at_once() {
    const COUNT: usize = 1_000;
    let fields = |prefix: &str| -> Document {
        let fields: Vec<String> =
            (0..COUNT).map(|n| format!("{prefix}{n}: {{type: string}}")).collect();
        document(&format!("S0: {{type: object, properties: {{{}}}}}", fields.join(", ")))
    };
    let (pairs, looks, told) = work(&fields("a"), &fields("b"));
    assert_eq!(pairs, 1);
    assert!(looks <= 4 * COUNT, "{looks} looks");
    assert_eq!(told.len(), 2 * COUNT);
}
