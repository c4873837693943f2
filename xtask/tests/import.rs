//! Importing pages and documents into a copy of `spec/`.

use std::fs;
use std::path::Path;

use xtask::Outcome;
use xtask::import::{Form, Import, SourceLock, import_in, sha256};

#[allow(dead_code, reason = "each test program uses a part of it")]
mod common;

use common::{files, page_of, repository, told};

fn import(root: &Path, inputs: &[&Path], change: impl FnOnce(&mut Import)) -> (Outcome, String) {
    let inputs = inputs.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let mut command = Import { inputs, into: "spec".into(), ..Import::default() };
    change(&mut command);
    told(|report| import_in(root, &command, report))
}

/// A file outside of the repository.
fn given(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    path
}

fn lock(root: &Path) -> SourceLock {
    SourceLock::read(&root.join("spec"), "spec").expect("a lock")
}

#[test]
fn the_committed_lock_tells_of_the_committed_pages() {
    let repository = repository();
    let lock = lock(repository.path());
    assert!(!lock.files.is_empty());
    for (path, entry) in lock.files {
        let bytes = fs::read(repository.path().join("spec").join(&path)).expect("the page");
        assert_eq!(entry.sha256, sha256(&bytes), "{path} is not what was imported");
    }
}

#[test]
fn a_page_is_kept_byte_for_byte_and_a_second_time_nothing_happens() {
    let (repository, outside) = (repository(), tempfile::tempdir().expect("a folder"));
    let root = repository.path();
    let page = page_of("chats/{chat}/messages");
    let file = given(outside.path(), "any-slug.md", &page);

    let (outcome, text) = import(root, &[&file], |_| {});
    assert_eq!(outcome, Outcome::Done, "{text}");
    insta::assert_snapshot!(text, @"
        added  GET /api/{account}/chats/{chat}/messages (spec/pages/get.api.{account}.chats.{chat}.messages.md)
    1 added; 2 operations in all
    look at `cargo xtask diff`, then run `cargo xtask regenerate`
    ");
    let kept =
        fs::read_to_string(root.join("spec/pages/get.api.{account}.chats.{chat}.messages.md"))
            .expect("the page");
    assert_eq!(kept, page);
    let entry = lock(root)
        .files
        .remove("pages/get.api.{account}.chats.{chat}.messages.md")
        .expect("an entry");
    assert_eq!((entry.origin.as_str(), entry.sha256), ("any-slug.md", sha256(page.as_bytes())));
    assert_eq!(entry.operation.as_deref(), Some("GET /api/{account}/chats/{chat}/messages"));

    let before = files(root);
    let (outcome, text) = import(root, &[&file], |command| command.options.check = true);
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert!(text.ends_with("1 unchanged; 2 operations in all\nnothing to write\n"), "{text}");
    assert_eq!(files(root), before);
}

#[test]
fn a_full_text_is_taken_apart_and_siblings_are_kept_out() {
    let (repository, outside) = (repository(), tempfile::tempdir().expect("a folder"));
    let root = repository.path();
    let sibling = page_of("fans").replace("scribe-docs/openapi.yaml", "scribe-docs/other.yaml");
    let text = format!(
        "# Docs\n\nprose\n\n{}\n# Guide\n\n```sh\n# no heading\n```\n\n{sibling}\n{}",
        page_of("mass-messaging/overview"),
        page_of("chats").replace("Get an overview", "Get some overview")
    );
    let file = given(outside.path(), "llms-full.txt", &text);

    let (outcome, text) = import(root, &[&file], |_| {});
    assert_eq!(outcome, Outcome::Done, "{text}");
    insta::assert_snapshot!(text);
    // The page that was there is the same but for the note above its heading, so its bytes stay.
    let there =
        fs::read_to_string(root.join("spec/pages/get-mass-message-overview.md")).expect("the page");
    assert!(there.starts_with("> ## Documentation Index"));
    let page =
        fs::read_to_string(root.join("spec/pages/get.api.{account}.chats.md")).expect("the page");
    assert!(
        page.starts_with("# Get Mass Message Overview (") && page.trim_end().ends_with("````"),
        "{page}"
    );

    let (outcome, text) = import(root, &[&file], |command| {
        command.into = "spec/other".into();
        command.document = Some("https://app.onlyfansapi.com/scribe-docs/other.yaml".into());
    });
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert!(
        text.contains(
            "added  GET /api/{account}/fans (spec/other/pages/get.api.{account}.fans.md)"
        ),
        "{text}"
    );
}

#[test]
fn pages_that_disagree_are_told_with_both_places_and_nothing_is_written() {
    let (repository, outside) = (repository(), tempfile::tempdir().expect("a folder"));
    let root = repository.path();
    let before = files(root);
    let twice =
        format!("{}\n{}", page_of("a").replace("example: 123", "example: 124"), page_of("a"));
    let header = format!("\n\n{}", page_of("b").replace("title: OnlyFans API", "title: Other API"));
    let cut = page_of("c");
    let cut = &cut[..cut.len() / 2];
    let mut all = String::new();
    for (name, text) in [
        ("twice.txt", twice.as_str()),
        ("header.md", &header),
        ("cut.md", cut),
        ("guide.md", "# Guide\n\nprose\n"),
        ("page.html", "<!doctype html>"),
    ] {
        let file = given(outside.path(), name, text);
        let (outcome, text) = import(root, &[&file], |_| {});
        assert_eq!(outcome, Outcome::Failed, "{text}");
        all.push_str(&format!("== {name}\n{text}\n"));
        assert_eq!(files(root), before, "{name} changed something");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_whole_document_takes_the_place_of_the_pages() {
    let (repository, outside) = (repository(), tempfile::tempdir().expect("a folder"));
    let root = repository.path();
    let document = fs::read_to_string(root.join("spec/openapi.yaml")).expect("the document");
    let document = format!("# as published\n{document}").replace("example: 123", "example: 124");
    let file = given(outside.path(), "openapi.yaml", &document);

    let (outcome, text) = import(root, &[&file], |_| {});
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert!(text.contains("  changed  GET /api/{account}/mass-messaging/overview\n"), "{text}");
    assert_eq!(fs::read_to_string(root.join("spec/openapi.yaml")).expect("the document"), document);
    assert_eq!(lock(root).form, Form::Document);
    let (outcome, text) = told(|report| {
        xtask::commands::regenerate_in(root, &xtask::cli::Options::default(), report)
    });
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert_eq!(fs::read_to_string(root.join("spec/openapi.yaml")).expect("the document"), document);

    let before = files(root);
    let page = given(outside.path(), "page.md", &page_of("chats"));
    let other = given(
        outside.path(),
        "other.yaml",
        &document.replace("title: OnlyFans API", "title: Other API"),
    );
    for (file, code) in [(&page, "imported-whole"), (&other, "another-document")] {
        let (outcome, text) = import(root, &[file], |_| {});
        assert_eq!(outcome, Outcome::Failed);
        assert!(text.starts_with(&format!("error[{code}]")), "{text}");
    }
    let (outcome, text) = import(root, &[&file, &page], |_| {});
    assert_eq!(outcome, Outcome::Failed);
    assert!(text.starts_with("error[mixed-forms]"), "{text}");
    assert_eq!(files(root), before);
}

#[test]
fn a_page_added_later_changes_no_byte_of_the_first_one_s_code() {
    let (repository, outside) = (repository(), tempfile::tempdir().expect("a folder"));
    let root = repository.path();
    let regenerate = || {
        told(|report| xtask::commands::regenerate_in(root, &xtask::cli::Options::default(), report))
    };
    assert_eq!(regenerate().0, Outcome::Done);
    let generated = |name: &str| {
        fs::read_to_string(root.join("crates/client/src/generated").join(name)).expect("code")
    };
    let before = generated("mass_messaging.rs");
    let page = page_of("chats/{chat}")
        .replace("      tags:\n        - Mass Messaging", "      tags:\n        - Chats");
    assert!(page.contains("        - Chats\n"), "the page's tag stands elsewhere");
    let (outcome, text) = import(root, &[&given(outside.path(), "p.md", &page)], |_| {});
    assert_eq!(outcome, Outcome::Done, "{text}");
    let (outcome, text) = regenerate();
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert_eq!(generated("mass_messaging.rs"), before);
    assert!(root.join("crates/client/src/generated/chats.rs").exists(), "{text}");
}

#[test]
fn four_hundred_pages_are_reported_one_by_one() {
    let (repository, outside) = (repository(), tempfile::tempdir().expect("a folder"));
    let small = |at: usize| {
        format!(
            "# Page {at} (/p/{at})\n\n````yaml https://app.onlyfansapi.com/scribe-docs/openapi.yaml get /p/{at}\nopenapi: 3.0.3\n\
             info: {{ title: P }}\npaths: {{ /p/{at}: {{ get: {{ responses: {{ '200': {{ description: ok }} }} }} }} }}\n````\n\n"
        )
    };
    let text: String = (0..400).map(small).collect();
    let file = given(outside.path(), "llms-full.txt", &text);
    let (outcome, text) =
        import(repository.path(), &[&file], |command| command.into = "spec/small".into());
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("    added  GET /p/")).count(), 400);
    assert!(text.contains("\n400 added; 400 operations in all\n"), "{text}");
}

#[test]
fn words_of_the_header_follow_the_newest_page_and_facts_stay() {
    let (repository, outside) = (repository(), tempfile::tempdir().expect("a folder"));
    let root = repository.path();
    let header = |root: &Path| {
        let text = fs::read_to_string(root.join("spec/openapi.yaml")).expect("the document");
        text.split("\npaths:").next().unwrap_or_default().to_owned()
    };
    let page = page_of("chats");
    let mut newer = page.clone();
    for (old, new) in [
        ("  version: 1.0.0", "  version: 9.0.0"),
        ("Endpoints for managingr account notifications", "Other words of the day."),
        ("description: Get your API Key from", "description: Get your own API Key from"),
    ] {
        assert!(newer.contains(old), "the page lacks {old}");
        newer = newer.replacen(old, new, 1);
    }
    let (outcome, text) = import(root, &[&given(outside.path(), "new.md", &newer)], |_| {});
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert!(
        text.contains("note[pages-differ]: the pages say the same in other words of "),
        "{text}"
    );
    assert!(text.contains("`tags[\"Notifications\"]`"), "{text}");
    assert!(text.contains("`components.securitySchemes.default`, `info`"), "{text}");
    let kept = header(root);
    assert!(kept.contains("Other words of the day.") && kept.contains("version: 9.0.0"), "{kept}");

    // Whoever assembles the pages again gets the same document.
    let document = fs::read_to_string(root.join("spec/openapi.yaml")).expect("the document");
    let (outcome, text) = told(|report| {
        xtask::commands::regenerate_in(root, &xtask::cli::Options::default(), report)
    });
    assert_eq!(outcome, Outcome::Done, "{text}");
    let again = fs::read_to_string(root.join("spec/openapi.yaml")).expect("the document");
    assert_eq!(again, document);
}

#[test]
fn facts_of_the_header_conflict_by_their_names() {
    let (repository, outside) = (repository(), tempfile::tempdir().expect("a folder"));
    let root = repository.path();
    let before = files(root);
    for (old, new, name) in [
        ("url: https://app.onlyfansapi.com\n", "url: https://other.example\n", "`servers`"),
        ("scheme: bearer", "scheme: basic", "`components.securitySchemes."),
    ] {
        let page = page_of("chats");
        assert!(page.contains(old), "the page lacks {old}");
        let file = given(outside.path(), "page.md", &page.replace(old, new));
        let (outcome, text) = import(root, &[&file], |_| {});
        assert_eq!(outcome, Outcome::Failed, "{text}");
        assert!(text.contains(&format!("the pages disagree about {name}")), "{text}");
        assert_eq!(files(root), before);
    }
}
