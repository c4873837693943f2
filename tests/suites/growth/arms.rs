//! An arm that is known by what it is made of keeps its name while it grows, and gives it to no other.

use lockstep_tests::{Case, Outcome, text};
use serde_json::{Value, json};

/// A document whose only body is a choice between objects with these properties.
fn document(arms: &[&[&str]]) -> String {
    let object = |names: &&[&str]| {
        let text = || json!({ "type": "string" });
        let properties: serde_json::Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), text())).collect();
        json!({ "type": "object", "required": [names[0]], "properties": properties })
    };
    let arms: Vec<Value> = arms.iter().map(object).collect();
    let body = json!({ "content": { "application/json": { "schema": { "oneOf": arms } } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Shapes", "version": "1" },
        "servers": [{ "url": "https://api.example.com" }],
        "paths": { "/shape": { "put": {
            "operationId": "putShape",
            "tags": ["Shapes"],
            "requestBody": body,
            "responses": { "204": { "description": "Done" } },
        } } },
    })
    .to_string()
}

/// Which properties the struct of each name has, after a run that knew `lock`, and the lock that it wrote.
fn run(arms: &[&[&str]], lock: Option<&str>) -> (Outcome, Vec<String>, String) {
    let mut case = Case::made_up("shapes", document(arms));
    case.inputs.extend(lock.map(|lock| ("names.lock".to_owned(), lock.to_owned())));
    let outcome = case.run();
    let output = outcome.output.as_ref().unwrap_or_else(|| panic!("{}", outcome.told));
    let file = |path: &str| {
        let file = output.files.iter().find(|file| file.path == path).expect("a file");
        text(&file.contents).to_owned()
    };
    let structs = file("surface.txt");
    let structs = structs.lines().filter(|line| line.starts_with("struct "));
    let structs = structs.map(str::to_owned).collect();
    let lock = file("names.lock");
    (outcome, structs, lock)
}

const A: &[&str] = &["width", "unit"];
const ALL: &[&str] = &["width", "unit", "depth"];

#[test]
fn one_that_grows_keeps_its_name() {
    let (_, before, lock) = run(&[A, ALL], None);
    let name = before[0].split(' ').nth(1).expect("a name").to_owned();
    let grown: &[&str] = &["width", "unit", "note"];
    let all: &[&str] = &["width", "unit", "note", "depth"];
    // In front of it stands what is made of less: it is nothing that was known before.
    let (_, after, second) = run(&[&["unit"], grown, all], Some(&lock));
    let bearer = after.iter().find(|line| line.contains(&format!("struct {name} ")));
    assert!(
        bearer.is_some_and(|line| line.contains("note") && !line.contains("depth")),
        "{after:?}"
    );
    // What it was is free now, and not its own any more.
    let (_, later, _) = run(&[A, grown, all], Some(&second));
    let bearer = later.iter().find(|line| line.contains(&format!("struct {name} ")));
    assert!(bearer.is_some_and(|line| line.contains("note")), "{later:?}");
}

#[test]
fn the_order_of_arms_is_nothing_that_a_name_depends_on() {
    let arms: [&[&str]; 3] = [&["unit"], A, ALL];
    let (_, mut before, lock) = run(&arms, None);
    let turned: Vec<&[&str]> = arms.into_iter().rev().collect();
    let (_, mut after, _) = run(&turned, Some(&lock));
    before.sort();
    after.sort();
    assert_eq!(before, after);
}
