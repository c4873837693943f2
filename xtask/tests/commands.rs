//! The commands as people run them: the real program, exit codes, where it is started from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A copy of what `regenerate` reads, in a folder of its own.
fn repository() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    copy_folder(&root.join("tests/frozen/spec"), &copy.path().join("spec"));
    fs::create_dir(copy.path().join("xtask")).expect("a folder");
    fs::write(copy.path().join("xtask/Cargo.toml"), "").expect("a file");
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// The program, in a given folder, knowing the repository only from where it stands.
fn xtask(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(folder).env_remove("CARGO_MANIFEST_DIR");
    command
}

fn regenerate(folder: &Path, arguments: &[&str]) -> Output {
    xtask(folder).arg("regenerate").args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[track_caller]
fn assert_code(output: &Output, code: i32) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "stdout:\n{out}\nstderr:\n{err}");
}

/// Every file below a folder with its bytes, sorted.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let contents = fs::read(&path).expect("bytes");
                all.push((path.strip_prefix(folder).expect("below").to_owned(), contents));
            }
        }
    }
    all.sort();
    all
}

#[test]
fn regenerate_writes_once_and_then_finds_everything_fresh() {
    let repository = repository();
    assert_code(&regenerate(repository.path(), &["--check"]), 4);
    assert!(!repository.path().join("crates").exists(), "--check wrote something");
    assert_code(&regenerate(repository.path(), &["--dry-run"]), 0);
    assert!(!repository.path().join("crates").exists(), "--dry-run wrote something");

    assert_code(&regenerate(repository.path(), &[]), 0);
    let written = files(repository.path());
    let again = regenerate(repository.path(), &["--check"]);
    assert_code(&again, 0);
    assert!(text(&again.stdout).starts_with("everything is fresh: "), "{}", text(&again.stdout));

    fs::remove_dir_all(repository.path().join("crates")).expect("the outputs go");
    assert_code(&regenerate(repository.path(), &[]), 0);
    assert_eq!(files(repository.path()), written, "the same bytes come back");
}

#[test]
fn check_lists_what_is_stale_missing_and_stray() {
    let repository = repository();
    assert_code(&regenerate(repository.path(), &[]), 0);
    let generated = repository.path().join("crates/client/src/generated");
    let types = fs::read_to_string(generated.join("client.rs")).expect("text");
    fs::write(generated.join("client.rs"), format!("{types}// edited\n")).expect("a file");
    fs::write(generated.join("stray.rs"), "").expect("a file");
    fs::remove_file(generated.join("mod.rs")).expect("it goes");
    let before = files(repository.path());

    let output = regenerate(repository.path(), &["--check"]);

    assert_code(&output, 4);
    let shown = text(&output.stdout);
    for line in [
        "missing  crates/client/src/generated/mod.rs",
        "stale  crates/client/src/generated/client.rs",
        "stray  crates/client/src/generated/stray.rs",
    ] {
        assert!(shown.contains(line), "{line:?} is not in\n{shown}");
    }
    assert!(shown.contains("-// edited"), "the diff is not in\n{shown}");
    assert!(shown.trim_end().ends_with("cargo xtask regenerate"), "{shown}");
    assert_eq!(files(repository.path()), before, "--check changed something");

    let scripted = regenerate(repository.path(), &["--check", "--message-format", "json"]);
    assert_code(&scripted, 4);
    let lines: Vec<serde_json::Value> = text(&scripted.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let changes = |kind: &str| {
        lines.iter().filter(|line| line["type"] == "change" && line["change"] == kind).count()
    };
    assert_eq!((changes("create"), changes("update"), changes("delete")), (1, 1, 1));
    assert_eq!(lines.last().expect("a summary")["fresh"], false);

    assert_code(&regenerate(repository.path(), &[]), 0);
    assert_code(&regenerate(repository.path(), &["--check"]), 0);
}

#[test]
fn the_same_bytes_from_any_folder_in_any_locale_and_time_zone() {
    let first = repository();
    assert_code(&regenerate(first.path(), &[]), 0);

    let second = repository();
    let mut elsewhere = xtask(Path::new("/"));
    elsewhere.env("CARGO_MANIFEST_DIR", second.path().join("xtask"));
    elsewhere.envs([
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LANG", "C"),
        ("TZ", "Pacific/Kiritimati"),
        ("HOME", "/nonexistent"),
    ]);
    let output = elsewhere.arg("regenerate").output().expect("it runs");
    assert_code(&output, 0);

    assert_eq!(files(first.path()), files(second.path()));
    assert_code(&regenerate(&first.path().join("spec/pages"), &["--check"]), 0);
}

const PETS: &str = "\
openapi: 3.0.3
info: { title: Pets, version: '1' }
servers: [{ url: https://pets.example }]
paths:
  /pets/{id}:
    get:
      operationId: getPet
      tags: [Pets]
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        '200':
          description: A pet
          content: { application/json: { schema: { type: object, properties: { name: { type: string, example: Rex } } } } }
";

fn generate(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = xtask(folder);
    command.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    command
        .args(["generate", "--spec", "pets.yaml", "--name", "pets", "--out", "client"])
        .args(arguments)
        .output()
        .expect("it runs")
}

#[test]
fn generate_writes_a_crate_and_leaves_what_people_add_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("pets.yaml"), PETS).expect("a file");
    assert_code(&generate(folder, &[]), 0);
    let manifest = fs::read_to_string(folder.join("client/Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("pets") && manifest.contains("@generated"), "{manifest}");

    fs::write(folder.join("client/README.md"), "mine").expect("a file");
    fs::write(folder.join("client/src/generated/stray.rs"), "").expect("a file");
    let check = generate(folder, &["--check"]);
    assert_code(&check, 4);
    let shown = text(&check.stdout);
    assert!(shown.contains("stray  src/generated/stray.rs"), "{shown}");
    assert!(
        shown
            .trim_end()
            .ends_with("cargo xtask generate --spec pets.yaml --name pets --out client"),
        "{shown}"
    );
    assert_code(&generate(folder, &[]), 0);
    assert!(!folder.join("client/src/generated/stray.rs").exists());
    assert!(folder.join("client/README.md").exists());
}

#[test]
fn generate_does_not_overwrite_a_crate_of_somebody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("pets.yaml"), PETS).expect("a file");
    fs::create_dir_all(folder.join("client/fixtures")).expect("folders");
    fs::write(folder.join("client/Cargo.toml"), "[package]\nname = \"mine\"\n").expect("a file");
    fs::write(folder.join("client/fixtures/data.json"), "{}").expect("a file");
    let before = files(folder);
    let output = generate(folder, &[]);
    assert_code(&output, 1);
    assert!(
        text(&output.stderr).contains("refusing to overwrite Cargo.toml"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(files(folder), before);
}

#[test]
fn input_that_cannot_be_read_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let output = generate(folder, &[]);
    assert_code(&output, 1);
    assert!(
        text(&output.stderr).starts_with("error: cannot read pets.yaml: "),
        "{}",
        text(&output.stderr)
    );

    fs::write(folder.join("pets.yaml"), b"openapi: 3.0.3\ninfo: \xff\n").expect("a file");
    let output = generate(folder, &["--message-format", "json"]);
    assert_code(&output, 1);
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(line["type"], "failure");
    assert!(
        line["message"].as_str().is_some_and(|message| message.starts_with("pets.yaml:2:7: ")),
        "{line}"
    );
    assert!(!folder.join("client").exists());
}

#[test]
fn a_page_that_was_edited_by_hand_is_not_what_came() {
    let root = repository();
    assert_code(&regenerate(root.path(), &[]), 0);
    let before = files(root.path());
    for (path, contents) in before.iter().filter(|(path, _)| path.starts_with("spec/pages")) {
        let page = root.path().join(path);
        fs::write(&page, [contents.as_slice(), b"\n"].concat()).expect("an edit");
        for arguments in [&[][..], &["--check"], &["--dry-run"]] {
            let output = regenerate(root.path(), arguments);
            assert_code(&output, 1);
            let told = text(&output.stderr);
            assert!(told.contains("is not as it came") && told.contains("overlay.yaml"), "{told}");
        }
        fs::write(&page, contents).expect("what came");
    }
    assert_eq!(files(root.path()), before);
    assert_code(&regenerate(root.path(), &["--check"]), 0);
}

#[test]
fn generating_says_once_what_lint_would_mend() {
    let repository = repository();
    let spec = repository.path().join("api.yaml");
    let document = "openapi: 3.0.3\ninfo: { title: Pets, version: '1' }\nservers: [{ url: https://api.example.com }]\npaths:\n  /pets:\n    get:\n      operationId: getPet\n      tags: [Pets]\n      responses:\n        '200': { description: ok, content: { application/json: { schema: { type: object, properties: { born: { type: string, example: '2025-01-01T00:00:00Z' } } } } } }\n        default: { description: failed }\n";
    fs::write(&spec, document).expect("a file");
    let generate = |more: &[&str]| {
        let mut command = xtask(repository.path());
        command.args(["generate", "--spec", "api.yaml", "--name", "pets", "--out", "pets"]);
        command.args(more).output().expect("it runs")
    };
    let output = generate(&[]);
    assert_code(&output, 0);
    let told = text(&output.stdout);
    let hint = "1 place of the document can be corrected (timestamp-without-format 1):\n  cargo xtask lint --spec api.yaml --overlay overlay.yaml --write";
    assert_eq!(told.matches("can be corrected").count(), 1, "{told}");
    assert!(told.contains(hint), "{told}");
    assert!(!text(&generate(&["--check"]).stdout).contains("can be corrected"));
}
