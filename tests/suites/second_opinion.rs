//! A second opinion: the client that progenitor makes of our normalised document is sent, operation by operation,
//! against our mock, beside our own client. Both must send the same requests and hand over the same replies.
//!
//! Both clients are modules of one program below `target/`, built in the test run. Its calls are made from what the
//! mock's routes declare and the methods that the clients have, so a new operation is called by both without a word
//! here, or the test fails. What differs by design is in `BY_DESIGN`, each with its reason; what is found today is in
//! the snapshot.

#[path = "second_opinion/differences.rs"]
mod differences;
#[path = "second_opinion/ours.rs"]
mod ours;
#[path = "second_opinion/theirs.rs"]
mod theirs;
#[path = "second_opinion/values.rs"]
mod values;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use differences::Differences;
use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{File, Inputs, Layout, Output, Source, generate, mock_data, normalize};
use lockstep_mock::{Data, MockServer, Service};
use lockstep_tests::{folder, frozen, repository, text};
use serde_json::Value;
use values::operations;
use xtask::disk::{Guard, Plan};

/// The module of the API as it is today.
const TODAY: &str = "today";

/// A document, and what both engines make of it.
struct Api {
    module: &'static str,
    output: Output,
    theirs: xtask::engine::Client,
    routes: Value,
    server: MockServer,
}

/// What one client sent and got beside what the other did.
struct Exchange {
    api: &'static str,
    operation: String,
    prefer: String,
}

#[test]
fn both_clients_send_and_read_the_same() {
    let apis = [
        Api::read("shop", &folder().join("suites/second_opinion"), "shop.yaml"),
        Api::read("first_day", &frozen(), "openapi.yaml"),
        // What upstream publishes today is compared like the others, and pins nothing.
        Api::read(TODAY, &repository().join("spec"), "openapi.yaml"),
    ];
    let (mut told, mut exchanges, mut lines) = (String::new(), Vec::new(), String::new());
    let mut modules = Vec::new();
    for api in &apis {
        let (calls, called) = calls(api);
        modules.push(calls);
        if api.module != TODAY {
            writeln!(told, "{}: {} operations", api.output.title, called.len()).expect("a string");
            for reason in &api.theirs.left_out {
                writeln!(told, "  {reason}").expect("a string");
            }
        }
        for (operation, failures) in called {
            let failures = failures.iter().map(|status| format!("code={status}"));
            for prefer in std::iter::once(String::new()).chain(failures) {
                let url = api.server.url();
                writeln!(lines, "{}\t{url}\t{operation}\t{prefer}", api.module).expect("a string");
                exchanges.push(Exchange { api: api.module, operation: operation.clone(), prefer });
            }
        }
    }
    let answers = run(&program(&apis, &modules), &lines);
    assert_eq!(answers.len(), exchanges.len(), "every line is answered");

    let (mut differences, mut todays) = (Differences::default(), Differences::default());
    for api in &apis {
        let requests = api.server.requests();
        let own = exchanges.iter().zip(&answers).filter(|(exchange, _)| exchange.api == api.module);
        let own: Vec<_> = own.collect();
        assert_eq!(requests.len(), 2 * own.len(), "each client sends one request for each call");
        for ((exchange, answer), sent) in own.into_iter().zip(requests.chunks(2)) {
            assert_eq!(sent[0].operation.as_deref(), Some(exchange.operation.as_str()));
            let failed = exchange.prefer.strip_prefix("code=").map(|code| code.parse::<u16>());
            match failed {
                Some(status) => assert_eq!(sent[0].status, status.expect("a status")),
                None => assert!(sent[0].status < 300, "{}: {:?}", sent[0].line(), answer),
            }
            let own = operations(&api.routes).find(|own| own.text("id") == exchange.operation);
            let sent_to = own.map(|own| format!("`{} {}`", own.text("method"), own.text("path")));
            let left_out = |name: &str| {
                let note =
                    format!("{} has no parameter `{name}`", sent_to.as_deref().unwrap_or("?"));
                api.theirs.left_out.iter().any(|own| own.starts_with(&note))
            };
            let found = if api.module == TODAY { &mut todays } else { &mut differences };
            found.compare(&exchange.operation, sent, answer, left_out);
        }
    }
    let unexpected = [differences.unexpected(), todays.unexpected()].concat();
    assert!(unexpected.is_empty(), "not by design:\n{}", unexpected.join("\n"));
    let stale = differences.stale();
    assert!(stale.is_empty(), "by design, and no longer so: {stale:?}");
    let count = exchanges.iter().filter(|exchange| exchange.api != TODAY).count();
    writeln!(told, "{count} exchanges\n\n{}", differences.shown()).expect("a string");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("second_opinion", told.trim_end()));
}

impl Api {
    fn read(module: &'static str, folder: &Path, document: &str) -> Self {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        let document_text = read(document).expect("the document");
        let beside = ["overlay.yaml", "client.yaml", "names.lock"].map(|name| (name, read(name)));
        let [overlay, config, names_lock] =
            beside.each_ref().map(|(path, text)| text.as_deref().map(|text| Source { path, text }));
        let source = Source { path: document, text: &document_text };
        let layout = Layout::Standalone { name: module.to_owned(), runtime: String::new() };
        let inputs = Inputs { overlay, config, names_lock, ..Inputs::new(source, layout) };
        let mut diagnostics = Diagnostics::new();
        let output = generate(&inputs, &mut diagnostics).expect("our client");
        let data = mock_data(&inputs, &mut diagnostics).expect("the mock's data");
        let document = normalize::document(&inputs, &mut diagnostics).expect("a document");
        let theirs = xtask::engine::client(&document).expect("progenitor's client");
        let served = Data::new(&data.routes, data.fixtures).expect("sound data");
        let server = MockServer::start_blocking(Arc::new(Service::new(served)));
        let server = server.expect("a free port");
        Self { module, output, theirs, routes: data.routes, server }
    }
}

/// The calls of both clients as a module, and the operations that both have with the failures that they describe.
fn calls(api: &Api) -> (String, Vec<(String, Vec<u16>)>) {
    let (ours, theirs) = (ours::Client::read(&api.output), theirs::Client::read(&api.theirs.code));
    let (mut arms, mut called) = (String::new(), Vec::new());
    for operation in operations(&api.routes) {
        let id = operation.text("id");
        let sent = format!("`{} {}`", operation.text("method"), operation.text("path"));
        let Some(theirs) = theirs.call(&operation) else {
            let is_told = api.theirs.left_out.iter().any(|note| note.starts_with(&sent));
            assert!(is_told, "progenitor has no {sent}, and nobody says why");
            continue;
        };
        let ours = ours.call(&operation);
        writeln!(
            arms,
            "        {id:?} => both(async {{ {ours}.await }}, async {{ {theirs}.await }}),"
        )
        .expect("a string");
        called.push((id.to_owned(), operation.failures()));
    }
    assert_eq!(called.len(), api.theirs.operations, "every method of progenitor's is called");
    let text = format!(
        "use super::generated;\nuse crate::support::*;\n\npub(crate) fn call(url: &str, id: &str, prefer: &str) -> serde_json::Value {{\n    let builder = generated::Client::builder().base_url(url).key(\"test\").max_retries(0);\n    let builder = if prefer.is_empty() {{ builder }} else {{ builder.header(\"prefer\", prefer) }};\n    let our_client = builder.build().expect(\"a client\");\n    let their_client = super::theirs::Client::new_with_client(url, http(prefer));\n    match id {{\n{arms}        id => panic!(\"there is no {{id}}\"),\n    }}\n}}\n"
    );
    (text, called)
}

/// Writes the program, and answers its folder.
fn program(apis: &[Api], calls: &[String]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("second-opinion");
    let file = |path: String, contents: String| File { path, contents: contents.into_bytes() };
    let support = include_str!("second_opinion/program.rs").to_owned();
    let mut files =
        vec![file("Cargo.toml".to_owned(), manifest()), file("src/support.rs".to_owned(), support)];
    let mut root = "#![allow(warnings)]\nmod support;\n".to_owned();
    let mut arms = String::new();
    for (api, calls) in apis.iter().zip(calls) {
        let module = api.module;
        writeln!(root, "mod {module} {{ pub mod calls; pub mod generated; pub mod theirs; }}")
            .expect("a string");
        writeln!(arms, "        {module:?} => {module}::calls::call(url, id, prefer),")
            .expect("a string");
        files.push(file(format!("src/{module}/calls.rs"), calls.clone()));
        files.push(file(format!("src/{module}/theirs.rs"), api.theirs.code.clone()));
        let own = api.output.files.iter().filter_map(|file| {
            let below = file.path.strip_prefix("src/generated/")?;
            let path = format!("src/{module}/generated/{below}");
            Some(File { path, contents: file.contents.clone() })
        });
        files.extend(own);
    }
    write!(root, "\nfn main() {{\n    support::run(|document, url, id, prefer| match document {{\n{arms}        other => panic!(\"there is no document {{other}}\"),\n    }});\n}}\n")
        .expect("a string");
    files.push(file("src/main.rs".to_owned(), root));
    Plan::compute(&folder, &files, &["src".to_owned()])
        .and_then(|plan| plan.apply(&Guard::take(&folder)?))
        .expect("it can be written");
    std::fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a copy");
    folder
}

fn manifest() -> String {
    let runtime = repository().join("crates/runtime");
    format!(
        "[package]\nname = \"second-opinion\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\n\
         chrono = {{ version = \"0.4\", default-features = false, features = [\"serde\", \"std\"] }}\nfutures-core = \"0.3\"\n\
         lockstep-runtime = {{ path = {runtime:?} }}\nprogenitor-client = \"0.15\"\n\
         reqwest = {{ version = \"0.13\", default-features = false, features = [\"json\", \"query\", \"stream\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = {{ version = \"1\", features = [\"preserve_order\"] }}\n\
         tokio = {{ version = \"1\", features = [\"rt\"] }}\nuuid = {{ version = \"1\", features = [\"serde\"] }}\n"
    )
}

/// Builds the program into the repository's own target folder, offline, and runs it.
fn run(folder: &Path, lines: &str) -> Vec<Value> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let mut child = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo runs");
    let mut input = child.stdin.take().expect("an input");
    let lines = lines.to_owned();
    let feeder = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", text(&output.stderr));
    feeder.join().expect("no panic").expect("all lines were read");
    let answers = text(&output.stdout).lines();
    answers.map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
