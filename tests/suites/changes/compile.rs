//! The proof of the verdicts for Rust: a program that was written for the client before compiles with the client after
//! unless the change is called breaking, and does not if it is. Where a change breaks programs that compile, the program
//! has a function `works` and is run.
//!
//! All clients of one side are modules of one crate below `target/`, each with its program, built offline into the
//! repository's own target folder, so that the dependencies are built once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use lockstep_generator::diff::Class;
use lockstep_generator::{File, Output};
use lockstep_tests::repository;
use serde_json::Value;
use xtask::disk::{Guard, Plan};

use crate::pairs::{Pair, pairs};

/// A mistake of types, which the compiler comes to once every name is resolved. It tells that all programs were checked,
/// and it saves making machine code of clients that nobody runs.
const STOP: &str = "fn stop() -> u8 {\n    \"every type has been checked\"\n}\n";

/// What a program sends.
const ASKED: &str = include_str!("asked.rs");

#[test]
fn programs_break_where_the_verdict_says_so_and_nowhere_else() {
    let pairs = pairs();
    let clients: Vec<(Output, Output)> = pairs.iter().map(Pair::clients).collect();
    let before = broken("before", pairs.iter().zip(clients.iter().map(|(before, _)| before)));
    assert!(
        before.is_empty(),
        "programs that do not fit the client they were written for: {before:?}"
    );
    let mut after = broken("after", pairs.iter().zip(clients.iter().map(|(_, after)| after)));
    after.extend(failing(&pairs, &clients));
    let wrong: Vec<String> = pairs
        .iter()
        .filter_map(|pair| {
            let (said, breaks) =
                (pair.changes().rust() == Class::Breaking, after.contains(&pair.module()));
            let found = if breaks { "does not compile" } else { "compiles" };
            (said != breaks).then(|| format!("{}: the program {found}", pair.name))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} verdicts are wrong:\n{}",
        wrong.len(),
        pairs.len(),
        wrong.join("\n")
    );
}

/// The pairs, by module, whose program compiles with either client and works with the first one alone. Those are the
/// programs that have a function `works`.
fn failing(pairs: &[Pair], clients: &[(Output, Output)]) -> BTreeSet<String> {
    let (mut all, mut modules) = (Vec::new(), [Vec::new(), Vec::new()]);
    for (pair, (before, after)) in pairs.iter().zip(clients) {
        if pair.caller.contains("pub fn works()") {
            all.push(pair.module());
            modules[0].push((pair.module(), module(pair, before)));
            modules[1].push((pair.module(), module(pair, after)));
        }
    }
    let [before, after] = modules;
    let (before, after) = (working("runs-before", &before), working("runs-after", &after));
    let wrong: Vec<&String> = all.iter().filter(|name| !before.contains(*name)).collect();
    assert!(wrong.is_empty(), "programs that do not work with their own client: {wrong:?}");
    all.into_iter().filter(|name| !after.contains(name)).collect()
}

/// Runs the programs, and gives those that work.
fn working(side: &str, modules: &[(String, Vec<File>)]) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("changes-{side}"));
    let mut root = String::from("//! The programs that are run.\n#![allow(dead_code)]\n");
    let mut body = String::new();
    let mut files = vec![file("Cargo.toml", manifest(side))];
    for (name, own) in modules {
        root.push_str(&format!("mod {name};\n"));
        body.push_str(&format!("    if {name}::caller::works() {{ println!(\"{name}\"); }}\n"));
        files.extend(own.iter().cloned());
    }
    files.push(file("src/asked.rs", ASKED.to_owned()));
    files.push(file("src/main.rs", format!("{root}mod asked;\nfn main() {{\n{body}}}\n")));
    write(&folder, &files);
    let output = cargo(&folder).args(["run", "--offline", "--quiet"]).output().expect("cargo runs");
    assert!(output.status.success(), "{side}:\n{}", lockstep_tests::text(&output.stderr));
    lockstep_tests::text(&output.stdout).lines().map(str::to_owned).collect()
}

/// The pairs, by module, whose program does not compile with these clients.
fn broken<'a>(
    side: &str,
    clients: impl Iterator<Item = (&'a Pair, &'a Output)>,
) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("changes-{side}"));
    let modules: Vec<(String, Vec<File>)> =
        clients.map(|(pair, output)| (pair.module(), module(pair, output))).collect();
    let mut broken = BTreeSet::new();
    // A name that is not found stops the compiler before it looks at types: those programs are then left out.
    for _ in 0..3 {
        write_crate(&folder, side, modules.iter().filter(|(name, _)| !broken.contains(name)));
        let errors = errors(&folder);
        let (stop, others): (Vec<PathBuf>, Vec<PathBuf>) =
            errors.into_iter().partition(|file| file.ends_with("stop.rs"));
        for file in others {
            assert!(
                file.ends_with("caller.rs"),
                "{side}: the client itself does not compile: {}",
                file.display()
            );
            let module = file.parent().and_then(Path::file_name).expect("a module");
            broken.insert(module.to_string_lossy().into_owned());
        }
        if !stop.is_empty() {
            return broken;
        }
    }
    panic!("{side}: the compiler did not come to the types; broken so far: {broken:?}");
}

/// The files that errors stand in.
fn errors(folder: &Path) -> Vec<PathBuf> {
    let output = cargo(folder)
        .args(["build", "--offline", "--message-format", "json"])
        .output()
        .expect("cargo runs");
    let mut files = Vec::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(line) = serde_json::from_slice::<Value>(line) else { continue };
        let message = &line["message"];
        if line["reason"] != "compiler-message" || message["level"] != "error" {
            continue;
        }
        let spans = message["spans"].as_array().into_iter().flatten();
        let primary = spans.filter(|span| span["is_primary"] == true);
        files.extend(primary.filter_map(|span| span["file_name"].as_str()).map(PathBuf::from));
    }
    let told = lockstep_tests::text(&output.stderr);
    assert!(!files.is_empty(), "there is at least the error that was put there:\n{told}");
    files
}

/// A command that builds into the repository's own target folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).env("CARGO_TARGET_DIR", target);
    command
}

pub(crate) fn write(folder: &Path, files: &[File]) {
    let plan = Plan::compute(folder, files, &["src".to_owned()]);
    plan.and_then(|plan| plan.apply(&Guard::take(folder)?)).expect("it can be written");
    std::fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a copy");
}

fn write_crate<'a>(
    folder: &Path,
    side: &str,
    modules: impl Iterator<Item = &'a (String, Vec<File>)>,
) {
    let mut root = format!("//! The clients {side} the changes.\nmod stop;\nmod asked;\n");
    let mut files = vec![
        file("Cargo.toml", manifest(side)),
        file("src/stop.rs", STOP.to_owned()),
        file("src/asked.rs", ASKED.to_owned()),
    ];
    for (name, own) in modules {
        root.push_str(&format!("pub mod {name};\n"));
        files.extend(own.iter().cloned());
    }
    files.push(file("src/lib.rs", root));
    write(folder, &files);
}

fn module(pair: &Pair, output: &Output) -> Vec<File> {
    let name = pair.module();
    let own = output.files.iter().filter_map(|file| {
        let below = file.path.strip_prefix("src/generated/")?;
        Some(File {
            path: format!("src/{name}/generated/{below}"),
            contents: file.contents.clone(),
        })
    });
    let root = format!(
        "//! `{}`.\nmod generated;\npub use generated::*;\n#[allow(unused_imports)]\nuse crate::asked::asked;\npub mod caller;\n",
        pair.name
    );
    own.chain([
        file(format!("src/{name}/mod.rs"), root),
        file(format!("src/{name}/caller.rs"), pair.caller.clone()),
    ])
    .collect()
}

pub(crate) fn file(path: impl Into<String>, contents: String) -> File {
    File { path: path.into(), contents: contents.into_bytes() }
}

fn manifest(side: &str) -> String {
    let runtime = repository().join("crates/runtime");
    format!(
        "[package]\nname = \"changes-{side}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\nlockstep-runtime = {{ path = {runtime:?}, features = [\"blocking\"] }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
    )
}
