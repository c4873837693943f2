//! Looking at the repository's own document, and at one that has much to mend.

use std::fs;
use std::path::Path;

use xtask::Outcome;
use xtask::lint::{Lint, lint_in};

#[allow(dead_code, reason = "each test program uses a part of it")]
mod common;

use common::{files, repository, told};

fn lint(root: &Path, change: impl FnOnce(&mut Lint)) -> (Outcome, String) {
    let mut command = Lint {
        spec: "spec/openapi.yaml".into(),
        overlay: "spec/overlay.yaml".into(),
        ..Lint::default()
    };
    change(&mut command);
    told(|report| lint_in(root, &command, report))
}

#[test]
fn what_is_appended_makes_the_next_look_silent_and_the_client_still_generates() {
    let repository = repository();
    let root = repository.path();
    let path = root.join("spec/openapi.yaml");
    let document = fs::read_to_string(&path).expect("the document");
    // As it was published, without the corrections that were made by hand.
    fs::remove_file(root.join("spec/overlay.yaml")).expect("it goes");
    fs::write(&path, document.replacen("example: 123", "example: 9.5", 1)).expect("a file");
    let before = files(root);
    let (outcome, text) = lint(root, |_| {});
    assert_eq!(outcome, Outcome::Stale);
    insta::assert_snapshot!(text);
    assert_eq!(files(root), before);

    let (outcome, text) = lint(root, |command| command.write = true);
    assert_eq!(outcome, Outcome::Done, "{text}");
    let overlay = fs::read_to_string(root.join("spec/overlay.yaml")).expect("an overlay");
    insta::assert_snapshot!("appended", overlay);
    let (outcome, text) = lint(root, |_| {});
    assert_eq!(outcome, Outcome::Done, "{text}");
    let (outcome, _) = lint(root, |command| command.write = true);
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(fs::read_to_string(root.join("spec/overlay.yaml")).expect("an overlay"), overlay);
    let (outcome, text) = told(|report| {
        xtask::commands::regenerate_in(root, &xtask::cli::Options::default(), report)
    });
    assert_eq!(outcome, Outcome::Done, "{text}");
}

#[test]
fn only_what_was_asked_for_is_appended() {
    let repository = repository();
    let root = repository.path();
    let there = fs::read_to_string(root.join("spec/overlay.yaml")).expect("an overlay");
    let (_, text) = lint(root, |command| {
        command.write = true;
        command.only = vec!["frozen-map".to_owned()];
    });
    assert!(text.contains("0 actions appended"), "{text}");
    assert_eq!(fs::read_to_string(root.join("spec/overlay.yaml")).expect("an overlay"), there);
    fs::write(root.join("spec/overlay.yaml"), "overlay: 2.0\n").expect("a file");
    let (outcome, text) = lint(root, |_| {});
    assert_eq!(outcome, Outcome::Failed);
    assert!(text.starts_with("error[overlay-invalid]"), "{text}");
}
