//! The contract of a document: every operation of its client, sent to its mock, is accepted and comes back without drift.
//!
//! Beside each crate, and never in it, lies a program that holds the client and the mock. What it asks with is known only
//! when it runs (`serve_program.rs` says how), so one build serves any number of rounds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use lockstep_generator::Output;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::calls::{Calls, calls};
use super::compile::{self, text};
use crate::commands::Failure;
use crate::disk::{Guard, Plan};

/// How the client and the mock of a document got on.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Served {
    /// Why the program could not be built or did not end well.
    pub error: Option<String>,
    /// How many requests were sent.
    pub asked: usize,
    /// How many of them were accepted and came back as the document says.
    pub accepted: usize,
    /// How many requests nobody could send, since nothing fits what the document asks for, or tell from others; each is
    /// told in `misfits`.
    pub unsaid: usize,
    /// What went wrong with the others, each with the operation and the request.
    pub findings: Vec<String>,
    /// The schemas that no value fits, and the operations that cannot be reached.
    pub misfits: Vec<String>,
    /// How long building took.
    pub build_seconds: f64,
    /// How long asking took.
    pub seconds: f64,
}

impl Served {
    /// Whether there is nothing to complain of.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.error.is_none() && self.findings.is_empty() && self.asked == self.accepted
    }

    /// Takes a line of the program in.
    fn note(&mut self, line: &str) {
        let Ok(told) = serde_json::from_str::<Value>(line) else { return };
        let said = |name: &str| told[name].as_str().unwrap_or_default();
        let count = |name: &str| usize::try_from(told[name].as_u64().unwrap_or_default());
        let what = format!("{}, {}", said("operation"), said("round"));
        if told.get("finding").is_some() {
            self.findings.push(format!("{what}: {}\n  {}", said("finding"), said("sent")));
        } else if told.get("misfits").is_some() {
            self.misfits.push(format!("{what}: {}", said("misfits")));
        } else {
            self.asked = count("asked").unwrap_or_default();
            self.accepted = count("accepted").unwrap_or_default();
            self.unsaid = count("unsaid").unwrap_or_default();
        }
    }
}

fn folder(out: &Path, name: &str) -> PathBuf {
    out.join("serve").join(name)
}

/// Writes the program that holds a document's client and its mock.
pub(super) fn write(output: &Output, name: &str, out: &Path, root: &Path) -> Result<(), Failure> {
    let Calls { text: functions, missing } = calls(&output.files);
    if let Some(id) = missing.first() {
        let count = missing.len();
        return Err(Failure(format!("{name}: no method was found for {count} operations: {id} …")));
    }
    let client = name.replace('-', "_");
    let calls = format!(
        "//! The calls of the client.\n\nuse {client}::{{Client, types}};\nuse lockstep_runtime as rt;\nuse serde_json::Value;\n\nuse crate::support::*;\n\ntype Operation = crate::support::Operation<Client>;\n\n{functions}"
    );
    let main = format!(
        "#![allow(warnings)]\nmod calls;\nmod support;\n\nfn main() {{\n    support::run(calls::OPERATIONS, calls::SHARED, |set| set({client}::Client::builder()).build().expect(\"a client\"));\n}}\n"
    );
    let files = [
        text("Cargo.toml", manifest(name, root)),
        text("src/main.rs", main),
        text("src/calls.rs", calls),
        text("src/support.rs", include_str!("serve_program.rs").to_owned()),
    ];
    let folder = folder(out, name);
    Plan::compute(&folder, &files, &["src".to_owned()])?.apply(&Guard::take(&folder)?)?;
    let lock = folder.join("Cargo.lock");
    fs::copy(root.join("Cargo.lock"), &lock)
        .map_err(|error| Failure(format!("cannot write {}: {error}", lock.display())))?;
    Ok(())
}

fn manifest(name: &str, root: &Path) -> String {
    let (runtime, mock) = (root.join("crates/runtime"), root.join("crates/mock-runtime"));
    format!(
        "[package]\nname = \"serve-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\n{name} = {{ path = \"../../{name}\" }}\nlockstep-mock = {{ path = {mock:?}, default-features = false }}\nlockstep-runtime = {{ path = {runtime:?} }}\nserde = \"1\"\nserde_json = {{ version = \"1\", features = [\"preserve_order\"] }}\ntokio = {{ version = \"1\", default-features = false, features = [\"rt\"] }}\n"
    )
}

/// Builds the program and lets it ask for everything.
pub(super) fn serve(name: &str, out: &Path, target: &Path) -> Result<Served, Failure> {
    let start = Instant::now();
    let (_, error) = compile::build(&folder(out, name), target)?;
    let mut served = Served { error, ..Served::default() };
    served.build_seconds = start.elapsed().as_secs_f64();
    if served.error.is_some() {
        return Ok(served);
    }
    let start = Instant::now();
    let ran = Command::new(target.join("debug").join(format!("serve-{name}")))
        .arg(out.join(name).join("fixtures"))
        .output()
        .map_err(|error| Failure(format!("cannot start the program of {name}: {error}")))?;
    String::from_utf8_lossy(&ran.stdout).lines().for_each(|line| served.note(line));
    if !ran.status.success() {
        served.error =
            Some(format!("{}: {}", ran.status, String::from_utf8_lossy(&ran.stderr).trim()));
    }
    served.seconds = start.elapsed().as_secs_f64();
    Ok(served)
}
