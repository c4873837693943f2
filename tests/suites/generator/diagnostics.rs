//! Every folder of `tests/diagnostics`: bad input, and the message as the user sees it.
//!
//! A folder is named by the code of its diagnostic; what follows `--` tells several of one code
//! apart.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lockstep_generator::diagnostic::Severity;
use lockstep_tests::{Case, Outcome, cases};
use xtask::cli::{Generate, MessageFormat, Options};
use xtask::report::Report;

use crate::cases::settings;

#[test]
fn bad_input_gets_one_clear_message() {
    let cases = cases("diagnostics");
    let failed: Vec<_> = cases
        .iter()
        .filter(|case| catch_unwind(AssertUnwindSafe(|| check(case))).is_err())
        .map(|case| case.name.as_str())
        .collect();
    assert!(failed.is_empty(), "{} of {} differ: {failed:?}", failed.len(), cases.len());
}

fn check(case: &Case) {
    let outcome = Case { strict: true, ..case.clone() }.run();
    let code = case.name.split("--").next().unwrap_or_default();
    assert_refused(&case.name, &outcome, code);
    settings(case).bind(|| insta::assert_snapshot!("message", outcome.told.trim_end()));
}

/// One error of that code, no output.
#[track_caller]
fn assert_refused(name: &str, outcome: &Outcome, code: &str) {
    let errors: Vec<_> = outcome
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert_eq!(errors, [code], "{name}:\n{}", outcome.told);
    assert!(outcome.output.is_none(), "{name}: there was an output all the same");
}

#[test]
fn a_document_may_be_nested_only_so_deep() {
    let opening = "openapi: 3.0.3\ninfo: { title: Deep, version: '1' }\npaths: {}\nx-deep: ";
    for (kind, open, close) in [("lists", "[", "]"), ("objects", "{a: ", "}")] {
        let deep = format!("{opening}{}{}\n", open.repeat(10_000), close.repeat(10_000));
        assert_refused(kind, &Case::made_up(kind, deep).run(), "too-deep");
    }
    let json =
        format!("{{\"openapi\": \"3.0.3\", \"x\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_refused("JSON", &Case::made_up("JSON", json).run(), "too-deep");
}

#[test]
fn the_command_fails_and_writes_nothing() {
    for case in cases("diagnostics") {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out");
        let beside = |name: &str| {
            let path = case.folder.join(name);
            path.exists().then_some(path)
        };
        // The names of an earlier run lie where that run has written.
        let lock = beside("names.lock").map(|lock| std::fs::read(lock).expect("the lock"));
        if let Some(lock) = &lock {
            std::fs::create_dir(&out).expect("a folder");
            std::fs::write(out.join("names.lock"), lock).expect("the lock");
        }
        let command = Generate {
            spec: case.folder.join(&case.inputs[0].0),
            name: "bad".to_owned(),
            out: out.clone(),
            overlay: beside("overlay.yaml"),
            config: beside("client.yaml"),
            strict: true,
            engine: xtask::engine::Engine::default(),
            access: xtask::documents::Access::default(),
            options: Options { message_format: MessageFormat::Json, ..Options::default() },
        };
        let (mut shown, mut failed) = (Vec::new(), Vec::new());
        let mut report = Report::new(MessageFormat::Json, &mut shown, &mut failed);
        let outcome =
            xtask::commands::generate(&command, &mut report).expect("the input is readable");
        assert_eq!(outcome, xtask::Outcome::Failed, "{}", case.name);
        let left: Vec<_> = std::fs::read_dir(&out).into_iter().flatten().flatten().collect();
        assert_eq!(left.len(), usize::from(lock.is_some()), "{}: something was written", case.name);
        assert_eq!(lock, std::fs::read(Path::new(&out).join("names.lock")).ok(), "{}", case.name);
        let code = case.name.split("--").next().unwrap_or_default();
        let shown = String::from_utf8(shown).expect("text");
        assert!(shown.contains(&format!("\"code\":\"{code}\"")), "{}: {shown}", case.name);
    }
}
