//! The day on which upstream arrives in full, rehearsed: a document of more than 250 operations in upstream's style is
//! imported over the first day's, and a week later the next one. Every step is the command that a person types; none
//! needs an edit by hand.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Map, Value, json};

#[allow(dead_code, reason = "each test program uses a part of it")]
mod common;
#[path = "../../tests/suites/growth/document.rs"]
#[allow(dead_code, reason = "the tests of growth use the rest")]
mod document;
#[path = "../../tests/suites/growth/random.rs"]
mod random;

/// Each finding alone would be more than a thousand actions. Shapes are mixed at random here; a document whose shapes
/// repeat, as upstream's do, needs fewer than 40.
const MOST_ACTIONS: usize = 100;

fn run(root: &Path, program: &str, arguments: &[&str], codes: &[i32]) -> String {
    let Output { status, stdout, stderr } = Command::new(program)
        .current_dir(root)
        .env_remove("CARGO_MANIFEST_DIR")
        .args(arguments)
        .output()
        .expect("it runs");
    let said = [stderr, stdout].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let code = status.code();
    let short: String = said.chars().take(3000).collect();
    assert!(
        code.is_some_and(|code| codes.contains(&code)),
        "{arguments:?} ended with {code:?}:\n{short}"
    );
    said
}

fn xtask(root: &Path, arguments: &[&str], codes: &[i32]) -> String {
    run(root, env!("CARGO_BIN_EXE_xtask"), arguments, codes)
}

fn git(root: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    run(root, "git", &[&who, arguments].concat(), &[0]);
}

/// The first day's operation, word for word, among 300 others and what else upstream's document has.
fn upstream() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let text =
        fs::read_to_string(root.join("tests/frozen/spec/openapi.yaml")).expect("the document");
    let mut whole: Value = serde_yaml::from_str(&text).expect("YAML");
    let mut paths = whole["paths"].take();
    let large = document::large(7);
    let many = large["paths"].as_object().expect("paths").clone();
    paths.as_object_mut().expect("paths").extend(many);
    paths.as_object_mut().expect("paths").extend(oddities());
    whole["paths"] = paths;
    whole
}

/// Uploads, plain text, replies without a body, choices, frozen maps, null examples, and tags with more than words.
fn oddities() -> Map<String, Value> {
    let account = json!({ "name": "account", "in": "path", "required": true, "schema": { "type": "string" } });
    let json_of = |schema: Value| json!({ "200": { "description": "OK", "content": { "application/json": { "schema": schema } } } });
    let operation = |tag: &str, id: &str, rest: Value| {
        let mut own =
            json!({ "tags": [tag], "operationId": id, "summary": id, "parameters": [account] });
        own.as_object_mut()
            .expect("an object")
            .extend(rest.as_object().expect("an object").clone());
        own
    };
    let paths = json!({
        "/api/{account}/analytics/financial": { "get": operation("Analytics - Financial", "getAnalyticsFinancial", json!({
            "responses": json_of(json!({ "type": "object", "properties": { "data": { "type": "object", "properties": {
                "2025-01-01": { "type": "integer", "example": 4 }, "2025-01-02": { "type": "integer", "example": 5 } } } } })) })) },
        "/api/{account}/fans/ai-summary": { "get": operation("Fans - AI Summary", "getFansAiSummary", json!({
            "responses": { "200": { "description": "OK", "content": { "text/plain": { "schema": { "type": "string" } } } } } })) },
        "/api/{account}/saved/messages": { "delete": operation("Saved For Later (Messages)", "deleteSavedMessages", json!({
            "responses": { "204": { "description": "Gone" } } })) },
        "/api/{account}/media/upload": { "post": operation("Media", "uploadMedia", json!({
            "requestBody": { "required": true, "content": { "multipart/form-data": { "schema": { "type": "object", "required": ["file"], "properties": {
                "file": { "type": "string", "format": "binary" }, "note": { "type": "string", "nullable": true, "example": null } } } } } },
            "responses": json_of(json!({ "oneOf": [
                { "type": "object", "properties": { "media": { "type": "object", "properties": { "id": { "type": "integer", "example": 1 } } } } },
                { "type": "object", "properties": { "error": { "type": "string", "example": "too large" } } } ] })) })) },
    });
    paths.as_object().expect("paths").clone()
}

/// The document a week later: operations come, go, move and are renamed, and types change.
fn next_week(mut whole: Value) -> Value {
    let paths = whole["paths"].as_object_mut().expect("paths");
    paths.shift_remove("/api/{account}/fans/{id}/archived");
    paths.shift_remove("/api/{account}/saved/messages");
    let moved = paths.shift_remove("/api/{account}/payouts").expect("payouts");
    paths.insert("/api/{account}/money/payouts".to_owned(), moved);
    paths["/api/{account}/chats"]["get"]["operationId"] = "fetchChats".into();
    let report = json!({ "tags": ["Reports"], "operationId": "getReport", "responses": { "200": { "description": "OK",
        "content": { "application/json": { "schema": { "type": "object", "properties": { "total": { "type": "integer" } } } } } } } });
    paths.insert("/api/{account}/reports".to_owned(), json!({ "get": report }));
    let limit = &mut paths["/api/{account}/posts"]["get"]["parameters"];
    limit.as_array_mut().expect("parameters").push(json!({ "name": "since", "in": "query", "schema": { "type": "string", "example": "2025-01-01T00:00:00Z" } }));
    whole
}

fn a_week(root: &Path, whole: &Value, outside: &Path) {
    let file = outside.join("upstream.json");
    fs::write(&file, whole.to_string()).expect("a file");
    xtask(root, &["import", &file.to_string_lossy()], &[0]);
    let there = actions(root);
    xtask(root, &["lint", "--check"], &[0, 4]);
    xtask(root, &["lint", "--write"], &[0]);
    let written = actions(root) - there;
    let overlay = || fs::read_to_string(root.join("spec/overlay.yaml")).expect("an overlay");
    assert!(written <= MOST_ACTIONS, "{written} actions:\n{}", overlay());
    xtask(root, &["lint", "--check"], &[0]);
    xtask(root, &["diff"], &[0]);
    xtask(root, &["regenerate", "--release-notes"], &[0]);
    let again = xtask(root, &["regenerate", "--check"], &[0]);
    assert!(again.contains("everything is fresh"), "{again}");
    let nothing = xtask(
        root,
        &["diff", "spec/openapi.yaml", "spec/openapi.yaml", "--names-lock", "spec/names.lock"],
        &[0],
    );
    assert!(nothing.contains("Nothing changed."), "{nothing}");
}

fn actions(root: &Path) -> usize {
    let overlay = fs::read_to_string(root.join("spec/overlay.yaml")).expect("an overlay");
    overlay.matches("target:").count()
}

#[test]
fn upstream_arrives_in_full_and_a_week_later_again() {
    let (copy, outside) = (common::repository(), tempfile::tempdir().expect("a folder"));
    let root = copy.path();
    fs::create_dir(root.join("xtask")).expect("a folder");
    fs::write(root.join("xtask/Cargo.toml"), "").expect("a file");
    xtask(root, &["regenerate"], &[0]);
    git(root, &["init", "-q"]);
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "The first day"]);

    let whole = upstream();
    let operations: usize = whole["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|item| {
            item.as_object()
                .map_or(0, |item| item.keys().filter(|key| *key != "parameters").count())
        })
        .sum();
    assert!(operations > 250, "{operations} operations");
    a_week(root, &whole, outside.path());
    let notes = fs::read_to_string(root.join("crates/client/CHANGELOG.md")).expect("a changelog");
    let line = notes.lines().find(|line| line.contains("queued_chats()`, 6 operations: "));
    assert!(line.is_some(), "{}", notes.chars().take(3000).collect::<String>());
    // The public names of the first day are kept.
    let lock = fs::read_to_string(root.join("spec/names.lock")).expect("a lock");
    assert!(lock.contains("mass_messaging get_overview GetOverview"), "{lock:.2000}");
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "All of it"]);
    a_week(root, &next_week(whole), outside.path());
}
