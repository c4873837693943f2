//! Where `cargo xtask diff` takes its documents from: git, folders of pages, addresses.

use std::fs;
use std::path::Path;
use std::process::Command;

#[allow(dead_code, reason = "each test program uses a part of it")]
mod common;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "common/server.rs"]
mod server;

use common::page_of;
use server::{Server, reply};

fn git(folder: &Path, arguments: &[&str]) {
    let run = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .output()
        .expect("git");
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// The program itself, in a folder.
fn diff(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(folder)
        .arg("diff")
        .args(arguments)
        .output()
        .expect("the program");
    let text =
        format!("{}{}", String::from_utf8_lossy(&run.stderr), String::from_utf8_lossy(&run.stdout));
    (run.status.success(), text)
}

fn document(paths: &[&str]) -> String {
    let paths: String = paths
        .iter()
        .map(|path| format!("  {path}: {{ get: {{ tags: [P], responses: {{ '200': {{ description: ok }} }} }} }}\n"))
        .collect();
    format!("openapi: 3.0.3\ninfo: {{ title: P, version: '1' }}\npaths:\n{paths}")
}

#[test]
fn any_revision_of_git_is_a_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    fs::create_dir_all(root.join("spec")).expect("a folder");
    git(root, &["init", "-q"]);
    for paths in [&["/a"][..], &["/a", "/b"], &["/a", "/b", "/c"]] {
        fs::write(root.join("spec/openapi.yaml"), document(paths)).expect("a file");
        git(root, &["add", "-A"]);
        git(root, &["commit", "-q", "-m", "x"]);
    }
    let (fine, text) = diff(root, &["HEAD~2:spec/openapi.yaml", "spec/openapi.yaml"]);
    assert!(fine && text.contains("`GET /b` is new") && text.contains("`GET /c` is new"), "{text}");
    let (fine, text) = diff(root, &["HEAD~1:spec/openapi.yaml", "HEAD:spec/openapi.yaml"]);
    assert!(fine && !text.contains("/b` is new") && text.contains("`GET /c` is new"), "{text}");
    let (fine, text) = diff(&root.join("spec"), &["HEAD~2:./openapi.yaml", "openapi.yaml"]);
    assert!(fine && text.contains("(→ openapi.yaml:"), "{text}");
    for (old, told) in [
        ("HEAD~9:spec/openapi.yaml", "git does not know the revision HEAD~9"),
        ("HEAD:spec/other.yaml", "git has no file HEAD:spec/other.yaml"),
        ("HEAD:spec", "git has no file HEAD:spec"),
        ("HEAD --output=x:spec/openapi.yaml", "is no revision"),
        ("no-such-file.yaml", "no-such-file.yaml"),
    ] {
        let (fine, text) = diff(root, &[old, "spec/openapi.yaml"]);
        assert!(!fine && text.contains(told), "{old}: {text}");
    }
}

#[test]
fn folders_of_pages_and_addresses_are_documents() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for (name, pages) in [("old", &["chats"][..]), ("new", &["chats", "fans"]), ("empty", &[])] {
        fs::create_dir_all(root.join(name)).expect("a folder");
        for page in pages {
            fs::write(root.join(name).join(format!("{page}.md")), page_of(page)).expect("a page");
        }
    }
    let (fine, text) = diff(root, &["old", "new"]);
    assert!(fine && text.contains("`GET /api/{account}/fans` is new"), "{text}");
    let (fine, text) = diff(root, &["empty", "new"]);
    assert!(!fine && text.contains("empty is a folder without a docs page"), "{text}");

    fs::write(root.join("old.yaml"), document(&["/a"])).expect("a file");
    let server = Server::start(|path, _, stream| match path {
        "/new.yaml" => reply(stream, "200 OK", "", &document(&["/a", "/b"])),
        _ => reply(stream, "404 Not Found", "", ""),
    });
    let (fine, text) = diff(root, &["old.yaml", &format!("{}/new.yaml", server.address)]);
    assert!(fine && text.contains("`GET /b` is new"), "{text}");
    let (fine, text) = diff(root, &["old.yaml", &format!("{}/none", server.address)]);
    assert!(!fine && text.contains("/none: the server says 404 Not Found"), "{text}");
}

#[test]
fn a_report_for_machines_goes_to_a_file_and_the_text_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    fs::write(root.join("old.yaml"), document(&["/a", "/b"])).expect("a file");
    fs::write(root.join("new.yaml"), document(&["/a"])).expect("a file");
    let ask = |more: &[&str]| diff(root, &[&["old.yaml", "new.yaml"][..], more].concat());
    let (fine, text) = ask(&["--format", "junit", "--out", "found.xml", "--html", "found.html"]);
    assert!(fine && text.starts_with("1 breaking"), "{text}");
    assert!(text.contains("written as a report: found.xml"), "{text}");
    assert!(text.contains("written as a page: found.html"), "{text}");
    let found = fs::read_to_string(root.join("found.xml")).expect("a file");
    let (_, whole) = ask(&["--format", "junit"]);
    assert_eq!(found.trim_end(), whole.trim_end());
    assert!(found.starts_with("<?xml") && found.contains("failures=\"1\""), "{found}");
    assert!(root.join("found.html").exists());

    // What cannot be written is told, and nothing else is written either.
    for out in [&["--out", "old.yaml/found.xml"][..], &["--out", "other.html"]] {
        let (fine, text) = ask(&[out, &["--html", "other.html"]].concat());
        assert!(!fine, "{text}");
        assert!(text.contains("found.xml") || text.contains("the same file"), "{text}");
        assert!(!root.join("other.html").exists(), "{text}");
    }
    let mut left: Vec<_> = fs::read_dir(root)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    left.sort();
    assert_eq!(left, ["found.html", "found.xml", "new.yaml", "old.yaml"]);
}
