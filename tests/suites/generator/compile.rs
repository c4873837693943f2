//! Today's output of every case compiles without a warning, and every fixture goes through its
//! type and back without loss.
//!
//! All cases are modules of one crate below `target/`, a workspace of its own with a copy of the
//! repository's `Cargo.lock`, built offline into the repository's own target folder, so that the
//! dependencies are built once.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use lockstep_generator::{File, Output};
use lockstep_tests::{Case, cases, repository, text};
use serde_json::Value;
use xtask::corpus::requests::{ROUND_TRIP, fixtures, is_json, requests};
use xtask::disk::{Guard, Plan};

use super::{document, instances};

#[test]
fn every_case_compiles_and_its_fixtures_survive() {
    let output = cargo(cases_crate(), "test");
    let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{shown}");
    let tried = shown.matches("_json ... ok").count();
    assert!(tried >= 20, "only {tried} fixtures were tried:\n{shown}");
}

#[test]
fn the_docs_of_every_case_are_sound() {
    let output = cargo(cases_crate(), "doc");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

fn cargo(folder: &Path, what: &str) -> std::process::Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).env("CARGO_TARGET_DIR", target).env("RUSTDOCFLAGS", "-D warnings");
    command.args([what, "--offline", "--manifest-path"]).arg(folder.join("Cargo.toml"));
    if what == "doc" {
        command.arg("--no-deps");
    }
    command.output().expect("cargo runs")
}

/// The crate, written once for all tests of this run; only what changed is written, so that an
/// unchanged case is not compiled anew.
fn cases_crate() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases");
        write_crate(&folder);
        folder
    })
}

fn write_crate(folder: &Path) {
    let mut files =
        vec![file("Cargo.toml", manifest()), file("src/round_trip.rs", ROUND_TRIP.to_owned())];
    files.push(file("src/server.rs", include_str!("server.rs").to_owned()));
    let mut root = "//! Today's output of every case.\n#![deny(warnings)]\n#![deny(unreachable_pub)]\n#![forbid(unsafe_code)]\n\n#[cfg(test)]\nmod round_trip;\n#[cfg(test)]\nmod server;\n\n#[cfg(test)]\nfn allowed<O: lockstep_runtime::Operation>(values: &str)\nwhere\n    <O::Reply as lockstep_runtime::Reply>::Value: serde::de::DeserializeOwned + serde::Serialize,\n{\n    let values: Vec<serde_json::Value> = serde_json::from_str(values).expect(\"values\");\n    for value in values {\n        match round_trip::lost::<O>(&value.to_string()) {\n            Ok(mut lost) => {\n                // The default of a payload stands for its absence.\n                lost.retain(|it| !(it.starts_with(\"/data: \") && it.ends_with(\"made up\")));\n                assert!(lost.is_empty(), \"{value}\\n{}\", lost.join(\"\\n\"));\n            }\n            Err(error) => panic!(\"{value}\\n{error}\"),\n        }\n    }\n}\n".to_owned();
    let made_up = Case::made_up("made-up", document::document(0).to_string());
    for case in cases("cases").into_iter().chain([made_up]) {
        let module = case.module();
        writeln!(root, "pub mod {module};").expect("a string takes everything");
        files.extend(case_module(&case));
    }
    files.push(file("src/lib.rs", root));
    Plan::compute(folder, &files, &["src".to_owned()])
        .and_then(|plan| plan.apply(&Guard::take(folder)?))
        .expect("it can be written");
    std::fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a copy");
}

fn file(path: impl Into<String>, contents: String) -> File {
    File { path: path.into(), contents: contents.into_bytes() }
}

fn manifest() -> String {
    let runtime = repository().join("crates/runtime");
    let mock = repository().join("crates/mock-runtime");
    format!(
        "[package]\nname = \"cases\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\nlockstep-runtime = {{ path = {runtime:?}, features = [\"blocking\"] }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = {{ version = \"1\", features = [\"preserve_order\"] }}\n\n[dev-dependencies]\nlockstep-mock = {{ path = {mock:?} }}\n"
    )
}

fn case_module(case: &Case) -> Vec<File> {
    let output = case.output();
    let module = case.module();
    let mut files: Vec<_> = output
        .files
        .iter()
        .filter(|file| {
            file.path.starts_with("src/generated/") || file.path.starts_with("fixtures/")
        })
        .map(|file| {
            let below = file.path.strip_prefix("src/").unwrap_or(&file.path);
            File { path: format!("src/{module}/{below}"), contents: file.contents.clone() }
        })
        .collect();
    let docs = format!("//! The case `{}`.\n", case.name);
    let mut tests = round_trips(&output);
    let seen_as_null = LEARNT_FROM_NULL.contains(&case.name.as_str());
    let allowed = if seen_as_null { Vec::new() } else { allowed(&output) };
    for (index, (name, values)) in allowed.into_iter().enumerate() {
        let path = format!("allowed/{index}.json");
        writeln!(tests, "    #[test]\n    fn allowed_{index}() {{\n        crate::allowed::<super::generated::{name}>(include_str!(\"{path}\"));\n    }}")
            .expect("a string takes everything");
        files.push(file(format!("src/{module}/{path}"), values.to_string()));
    }
    // A case may prove by a program what comes out of it.
    let proof = std::fs::read_to_string(case.folder.join("proof.rs")).ok();
    let proves = if proof.is_some() { "#[cfg(test)]\nmod proof;\n" } else { "" };
    files.extend(proof.map(|proof| file(format!("src/{module}/proof.rs"), proof)));
    files.push(file(
        format!("src/{module}/mod.rs"),
        format!(
            "{docs}mod generated;\npub use generated::*;\n{proves}#[cfg(test)]\nmod tests {{\n{tests}}}\n"
        ),
    ));
    files
}

/// Cases with a text that was only ever seen as null: by design it is what its kin know of it, and not what its schema says.
const LEARNT_FROM_NULL: [&str; 2] = ["anything-stays-anything", "kin-shapes"];

/// Values that the schemas of an operation's JSON replies allow, by the request's type.
fn allowed(output: &Output) -> Vec<(String, Value)> {
    let routes = output.files.iter().find(|file| file.path == "fixtures/routes.json");
    let routes = routes.and_then(|file| serde_json::from_slice(&file.contents).ok());
    let routes: Value = routes.unwrap_or_default();
    let mut found = Vec::new();
    for request in requests(&output.files).iter().filter(|it| it.reply.ends_with("Json")) {
        let operations = routes["operations"].as_array().into_iter().flatten();
        let operation = operations.into_iter().find(|operation| operation["id"] == request.id);
        let replies = operation.and_then(|operation| operation["responses"].as_object());
        let good = replies.into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
        let contents = good.filter_map(|(_, reply)| reply["content"].as_object()).flatten();
        let schemas = contents.filter(|(media, _)| is_json(media));
        for schema in schemas.filter_map(|(_, content)| content.get("schema")) {
            let values = instances::of(schema, &routes["schemas"]);
            found.push((request.path.clone(), Value::Array(values)));
        }
    }
    found
}

/// One test for each JSON fixture of a success.
fn round_trips(output: &Output) -> String {
    let mut tests = String::new();
    for request in requests(&output.files) {
        for fixture in fixtures(&output.files, &request.id) {
            let (path, fixture) = (&request.path, fixture.path);
            let name: String =
                fixture.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            let name = name.replace("__", "_");
            writeln!(tests, "    #[test]\n    fn {name}() {{\n        crate::round_trip::check::<super::generated::{path}>(include_str!(\"fixtures/{fixture}\"));\n    }}")
                .expect("a string takes everything");
        }
    }
    tests
}
