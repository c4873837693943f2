//! Builds a generated crate and decodes its examples.
//!
//! Beside each crate, and never in it, lies a program that sends every documented example through its type and back.
//! All are built offline into one target folder, with copies of the repository's `Cargo.lock`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lockstep_generator::{File, Output};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::requests::{ROUND_TRIP, fixtures, requests};
use crate::commands::Failure;
use crate::disk::{Guard, Plan};

/// How building and decoding went.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Compiled {
    /// The first error of the compiler, if there was one.
    pub error: Option<String>,
    /// What the compiler warned of in the crate.
    pub warnings: Vec<String>,
    /// How many examples were decoded and encoded again.
    pub decoded: usize,
    /// The examples that do not decode, or come back with less, each with what happened.
    pub lost: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

impl Compiled {
    /// Whether there is nothing to complain of.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.error.is_none() && self.warnings.is_empty() && self.lost.is_empty()
    }
}

fn check_folder(out: &Path, name: &str) -> PathBuf {
    out.join("check").join(name)
}

/// Writes the program that checks a crate's examples.
pub(super) fn write_check(
    output: &Output,
    name: &str,
    out: &Path,
    root: &Path,
) -> Result<(), Failure> {
    let files = [
        text("Cargo.toml", manifest(name, root)),
        text("src/main.rs", program(output, name)),
        text("src/round_trip.rs", ROUND_TRIP.to_owned()),
    ];
    let folder = check_folder(out, name);
    Plan::compute(&folder, &files, &["src".to_owned()])?.apply(&Guard::take(&folder)?)?;
    let lock = folder.join("Cargo.lock");
    fs::copy(root.join("Cargo.lock"), &lock)
        .map_err(|error| Failure(format!("cannot write {}: {error}", lock.display())))?;
    Ok(())
}

pub(super) fn text(path: &str, contents: String) -> File {
    File { path: path.to_owned(), contents: contents.into_bytes() }
}

fn manifest(name: &str, root: &Path) -> String {
    let runtime = root.join("crates/runtime");
    format!(
        "[package]\nname = \"check-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\n{name} = {{ path = \"../../{name}\" }}\nlockstep-runtime = {{ path = {runtime:?} }}\nserde = \"1\"\nserde_json = {{ version = \"1\", features = [\"preserve_order\"] }}\n"
    )
}

/// One table of examples and functions, and a loop over it: far cheaper to build than a test for each.
fn program(output: &Output, name: &str) -> String {
    let client = name.replace('-', "_");
    let mut table = String::new();
    for request in requests(&output.files) {
        if !matches!(request.reply.as_str(), "Json" | "OptionalJson") {
            continue;
        }
        for fixture in
            fixtures(&output.files, &request.id).iter().filter(|fixture| !fixture.synthesised)
        {
            let _ = writeln!(
                table,
                "    ({:?}, round_trip::lost::<{client}::{}>),",
                fixture.path, request.path
            );
        }
    }
    format!(
        "//! Sends every documented example through its type and back; one JSON object per line.\n#![allow(dead_code)]\n\nmod round_trip;\n\ntype Check = fn(&str) -> Result<Vec<String>, String>;\n\nconst EXAMPLES: &[(&str, Check)] = &[\n{table}];\n\nfn main() {{\n    let folder = std::env::args().nth(1).expect(\"the folder of the fixtures\");\n    for (path, check) in EXAMPLES {{\n        let text = std::fs::read_to_string(format!(\"{{folder}}/{{path}}\")).expect(\"a fixture\");\n        let line = match check(&text) {{\n            Ok(lost) => serde_json::json!({{ \"fixture\": path, \"lost\": lost }}),\n            Err(error) => serde_json::json!({{ \"fixture\": path, \"lost\": [error] }}),\n        }};\n        println!(\"{{line}}\");\n    }}\n}}\n"
    )
}

/// Builds the crate and its check, and runs the check.
pub(super) fn compile(name: &str, out: &Path, target: &Path) -> Result<Compiled, Failure> {
    let start = std::time::Instant::now();
    let (messages, error) = build(&check_folder(out, name), target)?;
    let mut compiled = Compiled { error, ..Compiled::default() };
    messages.lines().for_each(|line| note(line, &out.join(name), &mut compiled));
    let cannot = |error: std::io::Error| Failure(format!("cannot start cargo: {error}"));
    if compiled.error.is_none() {
        let program = target.join("debug").join(format!("check-{name}"));
        let ran =
            Command::new(program).arg(out.join(name).join("fixtures")).output().map_err(cannot)?;
        let lines = String::from_utf8_lossy(&ran.stdout);
        lines.lines().for_each(|line| decoded(line, &mut compiled));
        if !ran.status.success() {
            compiled.lost.push(String::from_utf8_lossy(&ran.stderr).trim().to_owned());
        }
    }
    compiled.seconds = start.elapsed().as_secs_f64();
    Ok(compiled)
}

/// Builds a crate offline. Answers the compiler's messages, and its first error if it has one.
pub(super) fn build(folder: &Path, target: &Path) -> Result<(String, Option<String>), Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--offline", "--message-format", "json", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        .envs([("CARGO_INCREMENTAL", "0"), ("CARGO_PROFILE_DEV_DEBUG", "0")])
        .output()
        .map_err(|error| Failure(format!("cannot start cargo: {error}")))?;
    let messages = String::from_utf8_lossy(&built.stdout).into_owned();
    let told = |line: &str| -> Option<String> {
        let message = serde_json::from_str::<Value>(line).ok()?;
        let own = &message["message"];
        (own["level"] == "error")
            .then(|| own["rendered"].as_str().unwrap_or_default().trim().to_owned())
    };
    let error = (!built.status.success()).then(|| {
        let first = messages.lines().find_map(told);
        first.unwrap_or_else(|| String::from_utf8_lossy(&built.stderr).trim().to_owned())
    });
    Ok((messages, error))
}

/// Takes a line of the compiler's messages in.
fn note(line: &str, folder: &Path, compiled: &mut Compiled) {
    let Ok(message) = serde_json::from_str::<Value>(line) else { return };
    let own = message["target"]["src_path"]
        .as_str()
        .is_some_and(|path| Path::new(path).starts_with(folder));
    let text = message["message"]["rendered"].as_str().unwrap_or_default().trim().to_owned();
    match message["message"]["level"].as_str() {
        Some("warning") if own => compiled.warnings.push(text),
        _ => {}
    }
}

/// Takes a line of the check in.
fn decoded(line: &str, compiled: &mut Compiled) {
    let Ok(found) = serde_json::from_str::<Value>(line) else { return };
    compiled.decoded += 1;
    let lost: Vec<&str> =
        found["lost"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !lost.is_empty() {
        let fixture = found["fixture"].as_str().unwrap_or_default();
        compiled.lost.push(format!("{fixture}: {}", lost.join("; ")));
    }
}
