//! `cargo xtask diff`, and the end of `cargo xtask regenerate`.

use std::path::Path;
use std::process::Command;

use lockstep_tests::{folder, text};
use xtask::cli::{self, Cli, MessageFormat, Regenerate};
use xtask::diff::{self, Diff, Format};
use xtask::report::Report;
use xtask::{Outcome, run};

/// Runs `cargo xtask diff` on a pair.
fn compare(pair: &str, format: Format, exit_code: bool) -> (Outcome, String) {
    let file = |name: &str| Some(folder().join("changes").join(pair).join(name));
    let command = Diff {
        old: file("before.yaml"),
        new: file("after.yaml"),
        format,
        exit_code,
        ..Diff::default()
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run(&Cli { command: cli::Command::Diff(command) }, &mut out, &mut err, false);
    (outcome, format!("{}{}", text(&out), text(&err)))
}

#[test]
fn the_exit_code_tells_the_worst_change_if_asked() {
    let outcome = |pair, exit_code| compare(pair, Format::Text, exit_code).0;
    assert_eq!(outcome("operation-removed", false), Outcome::Done);
    assert_eq!(outcome("operation-removed", true), Outcome::Breaking);
    assert_eq!(outcome("operation-added", true), Outcome::Changed);
    assert_eq!(outcome("failure-described", true), Outcome::Changed);
    assert_eq!(outcome("examples-only", true), Outcome::Done);
    assert_eq!(outcome("keys-moved", true), Outcome::Done);
}

#[test]
fn scripts_get_one_object() {
    let (_, shown) = compare("operation-removed", Format::Json, false);
    let report: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(report["changes"][0]["code"], "operation-removed");
    assert_eq!(report["release"], "breaking");
}

#[test]
fn the_page_shows_both_sides_and_runs_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    let hostile = "</h2><script>alert(1)</script><img src=x onerror=alert(2)>";
    let document = |values: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\nservers: [{{ url: https://api.example.com }}]\npaths:\n  /a:\n    get:\n      operationId: getA\n      tags: [Things]\n      parameters:\n        - {{ name: kind, in: query, schema: {{ type: string, enum: {values} }} }}\n      responses: {{ '204': {{ description: Done }} }}\n"
        )
    };
    let write = |name: &str, text: String| {
        let path = root.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let old = write("old.yaml", document("[a, b]"));
    let new = write("new.yaml", document(&format!("[a, b, {hostile:?}]")));
    let html = root.path().join("page.html");
    let command =
        Diff { old: Some(old), new: Some(new), html: Some(html.clone()), ..Diff::default() };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run(&Cli { command: cli::Command::Diff(command) }, &mut out, &mut err, false);
    assert_eq!(outcome, Outcome::Done, "{}", text(&err));
    let page = std::fs::read_to_string(html).expect("a page");
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("default-src 'none'"));
    let (before, after) = (page.find("old.yaml:10:").expect("before"), page.find("new.yaml:10:"));
    assert!(after.expect("after") > before, "{page}");
    assert!(page.contains("id=\"addition\"") && page.contains("> things (1)</label>"), "{page}");
}

#[test]
fn a_document_that_is_not_there_is_told() {
    let (outcome, shown) = compare("no-such-pair", Format::Text, true);
    assert_eq!(outcome, Outcome::Failed);
    assert!(shown.contains("no-such-pair/before.yaml"), "{shown}");
}

#[test]
fn a_run_ends_with_what_changed_since_the_last_commit() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    let put = |name: &str| {
        std::fs::create_dir_all(root.join("spec")).expect("a folder");
        let from = folder().join("changes/operation-added").join(name);
        std::fs::copy(from, root.join("spec/openapi.yaml")).expect("a copy");
    };
    put("before.yaml");
    let (outcome, shown) = summary(root, true);
    assert_eq!(outcome, Err(()), "nothing was committed: {shown}");
    assert_eq!(summary(root, false), (Ok(Outcome::Done), String::new()));
    for arguments in [
        &["init", "-q"][..],
        &["add", "spec"],
        &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first"],
    ] {
        assert!(
            Command::new("git")
                .current_dir(root)
                .args(arguments)
                .status()
                .expect("git runs")
                .success()
        );
    }
    assert_eq!(summary(root, false), (Ok(Outcome::Done), String::new()));
    put("after.yaml");
    let (_, shown) = summary(root, true);
    assert!(shown.contains("Since the last commit: 1 addition"), "{shown}");
    assert!(
        shown.contains("HEAD:spec/openapi.yaml") || shown.contains("(→ spec/openapi.yaml:14:5)"),
        "{shown}"
    );
    assert!(shown.contains("noted in crates/client/CHANGELOG.md; the next version is "), "{shown}");
    let noted =
        std::fs::read_to_string(root.join("crates/client/CHANGELOG.md")).expect("a changelog");
    assert!(
        noted.contains("### Added\n\n- `GET /cats` is new: `cats().list()` is new.\n"),
        "{noted}"
    );
    // Once is enough.
    summary(root, true).0.expect("done");
    assert_eq!(
        std::fs::read_to_string(root.join("crates/client/CHANGELOG.md")).expect("a changelog"),
        noted
    );
}

fn summary(root: &Path, release_notes: bool) -> (Result<Outcome, ()>, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut report = Report::new(MessageFormat::Human, &mut out, &mut err);
    let command = Regenerate { release_notes, ..Regenerate::default() };
    let outcome = diff::summary(root, &command, &mut report).map_err(|_| ());
    (outcome, format!("{}{}", text(&out), text(&err)))
}
