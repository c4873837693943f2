//! Compiles and runs what refutes a verdict: two crates for many pairs, one of the old clients and one of the new ones.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use lockstep_generator::diff::Changes;
use lockstep_generator::{File, Output};
use lockstep_mock::{Data, MockServer, Service};
use lockstep_tests::{repository, text};
use serde_json::Value;

use super::client::Client;
use super::{Made, program};
use crate::compile::{cargo, file, write};

/// What makes values up.
const SAMPLE: &str = include_str!("sample.rs");

/// The verdicts that do not hold, each with what refutes it.
pub(crate) fn refuted(pairs: &[Made]) -> Vec<String> {
    let programs: Vec<Program<'_>> = pairs.iter().map(Program::of).collect();
    let mut found = Vec::new();
    for (made, told) in answered(&programs) {
        found.push(made.shown(&format!("on the wire: {told}")));
    }
    let safe = programs.iter().filter(|one| one.made.is_safe(Changes::rust)).collect();
    let said: Vec<(&Made, String)> = broken(safe);
    found.extend(said.iter().map(|(made, told)| made.shown(&format!("in Rust: {told}"))));
    found
}

/// A pair with its programs.
struct Program<'m> {
    made: &'m Made,
    uses: String,
    runs: String,
}

impl<'m> Program<'m> {
    fn of(made: &'m Made) -> Self {
        let client = Client::of(&made.clients.0);
        let codes = |verb: &str, path: &str| codes(&made.after, verb, path);
        Self { made, uses: program::uses(&client), runs: program::runs(&client, codes) }
    }

    fn module(&self) -> &str {
        &self.made.module
    }
}

/// The successes that the new document describes by number.
fn codes(document: &Value, verb: &str, path: &str) -> Vec<String> {
    let replies = document["paths"][path][verb]["responses"].as_object();
    let names = replies.into_iter().flatten().map(|(status, _)| status.clone());
    names.filter(|status| status.starts_with('2') && status.parse::<u16>().is_ok()).collect()
}

/// Runs the old clients, and gives the pairs whose new server is not what the verdict on the wire promises.
fn answered<'m>(programs: &[Program<'m>]) -> Vec<(&'m Made, String)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("random-old");
    let mut files =
        vec![file("Cargo.toml", manifest("random-old")), file("src/sample.rs", SAMPLE.to_owned())];
    let (mut root, mut body) = (String::new(), String::new());
    let mut servers = Vec::new();
    for one in programs {
        let (name, made) = (one.module(), one.made);
        root.push_str(&format!("mod {name};\n"));
        files.extend(module(name, &made.clients.0, &one.uses, Some(&one.runs)));
        if made.is_safe(Changes::wire) {
            let sides = Servers::of(made);
            let (old, new) = sides.addresses();
            servers.push((sides, format!("{name} {old} {new}\n")));
            body.push_str(&format!("        {name:?} => {name}::runs::run(&sides),\n"));
        }
    }
    files.push(file(
        "src/main.rs",
        format!("{MAIN_HEAD}{root}mod sample;\n{MAIN}{body}{MAIN_TAIL}"),
    ));
    write(&folder, &files);
    let lines: String = servers.iter().map(|(_, line)| line.as_str()).collect();
    let output = run(&folder, &lines);
    let mut found: Vec<(&Made, String)> = Vec::new();
    for line in output.lines() {
        let Some((name, told)) = line.split_once(' ') else { continue };
        match programs.iter().find(|one| one.module() == name) {
            Some(one) => found.push((one.made, told.to_owned())),
            None => eprintln!("{line}"),
        }
    }
    found
}

const MAIN_HEAD: &str =
    "//! The old clients.\n#![allow(warnings)]\n#![recursion_limit = \"512\"]\n";

/// Reads which clients to run, and against what; all at once, since most of it is waiting.
const MAIN: &str = "fn main() {
    let lines: Vec<String> = std::io::stdin().lines().map(|line| line.expect(\"text\")).collect();
    std::thread::scope(|scope| lines.iter().for_each(|line| { scope.spawn(|| one(line)); }));
}

fn one(line: &str) {
    let mut words = line.split(' ').map(str::to_owned);
    let mut next = || words.next().expect(\"a word\");
    let (name, old, new) = (next(), next(), next());
    let sides = sample::Sides { old, new };
    let told: Vec<String> = match name.as_str() {
";
const MAIN_TAIL: &str = "        _ => Vec::new(),
    };
    told.iter().for_each(|told| println!(\"{name} {}\", told.replace('\\n', \" \")));
}
";

/// Builds and runs a program, and gives what it says.
fn run(folder: &Path, lines: &str) -> String {
    let mut child = cargo(folder)
        .args(["run", "--offline", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo runs");
    let mut input = child.stdin.take().expect("an input");
    let lines = lines.to_owned();
    let writing = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("cargo runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    writing.join().expect("a thread").expect("a program that reads");
    text(&output.stdout).to_owned()
}

/// The servers of both documents.
struct Servers {
    old: MockServer,
    new: MockServer,
}

impl Servers {
    fn of(made: &Made) -> Self {
        let start = |output: &Output| {
            let files = output.files.iter().filter_map(|file| {
                Some((file.path.strip_prefix("fixtures/")?.to_owned(), file.contents.clone()))
            });
            let files: Vec<(String, Vec<u8>)> = files.collect();
            let routes = files.iter().find(|(path, _)| path == "routes.json").expect("routes");
            let routes: Value = serde_json::from_slice(&routes.1).expect("JSON");
            let data = Data::new(&routes, files).expect("routes");
            MockServer::start_blocking(Arc::new(Service::new(data))).expect("a server")
        };
        Self { old: start(&made.clients.0), new: start(&made.clients.1) }
    }

    /// Where the old client finds either: it goes on asking below the path that it knows.
    fn addresses(&self) -> (String, String) {
        let old = self.old.url();
        let path = old.trim_start_matches(&format!("http://{}", self.old.address()));
        (old.clone(), format!("http://{}{path}", self.new.address()))
    }
}

/// The pairs whose program does not compile with the new client, each with what the compiler says.
fn broken<'m>(mut programs: Vec<&Program<'m>>) -> Vec<(&'m Made, String)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("random-new");
    let mut found = Vec::new();
    // A name that is not found stops the compiler before it looks at types: those programs are then left out.
    loop {
        let mut files = vec![file("Cargo.toml", manifest("random-new"))];
        let mut root = String::from(
            "//! The new clients.\n#![allow(warnings)]\n#![recursion_limit = \"512\"]\n",
        );
        for one in &programs {
            root.push_str(&format!("pub mod {};\n", one.module()));
            files.extend(module(one.module(), &one.made.clients.1, &one.uses, None));
        }
        files.push(file("src/lib.rs", root));
        write(&folder, &files);
        let mistakes = mistakes(&folder);
        if mistakes.is_empty() {
            return found;
        }
        programs.retain(|one| match mistakes.get(one.module()) {
            Some(told) => {
                found.push((one.made, told.clone()));
                false
            }
            None => true,
        });
    }
}

/// What the compiler refuses, by module.
fn mistakes(folder: &Path) -> BTreeMap<String, String> {
    let output = cargo(folder)
        .args(["check", "--offline", "--message-format", "json"])
        .output()
        .expect("cargo runs");
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(line) = serde_json::from_slice::<Value>(line) else { continue };
        let message = &line["message"];
        if line["reason"] != "compiler-message" || message["level"] != "error" {
            continue;
        }
        let spans = message["spans"].as_array().into_iter().flatten();
        for span in spans.filter(|span| span["is_primary"] == true) {
            let place = PathBuf::from(span["file_name"].as_str().unwrap_or_default());
            let module = place.iter().nth(1).map(|part| part.to_string_lossy().into_owned());
            let told = message["rendered"].as_str().unwrap_or_default();
            found.entry(module.unwrap_or_default()).or_default().push_str(told);
        }
    }
    let is_well = output.status.success();
    assert_eq!(found.is_empty(), is_well, "{}", text(&output.stderr));
    found
}

/// A client with its programs as a module.
fn module(name: &str, output: &Output, uses: &str, runs: Option<&str>) -> Vec<File> {
    let own = output.files.iter().filter_map(|file| {
        let below = file.path.strip_prefix("src/generated/")?;
        Some(File {
            path: format!("src/{name}/generated/{below}"),
            contents: file.contents.clone(),
        })
    });
    let more = if runs.is_some() { "pub mod runs;\n" } else { "" };
    let mut files: Vec<File> = own.collect();
    files.push(file(
        format!("src/{name}/mod.rs"),
        format!("//! A pair.\nmod generated;\npub use generated::*;\npub mod uses;\n{more}"),
    ));
    files.push(file(format!("src/{name}/uses.rs"), uses.to_owned()));
    files.extend(runs.map(|runs| file(format!("src/{name}/runs.rs"), runs.to_owned())));
    files
}

fn manifest(name: &str) -> String {
    let runtime = repository().join("crates/runtime");
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\nlockstep-runtime = {{ path = {runtime:?}, features = [\"blocking\"] }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
    )
}
