//! Every folder of `tests/cases`: what comes out is what somebody has read and accepted.
//!
//! `out.snap` holds the surface, then the Rust, then the fixtures, then what the generator had to
//! say. To accept a change: `cargo insta review`, or `INSTA_UPDATE=always cargo test -p lockstep-tests`
//! and read the diff.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lockstep_generator::Output;
use lockstep_tests::{Case, cases, text};

#[test]
fn what_comes_out_is_what_was_accepted() {
    let cases = cases("cases");
    assert!(cases.len() >= 15, "only {} cases were found", cases.len());
    // Each case is tried even when one before it fails, so that one run shows everything.
    let failed: Vec<_> = cases
        .iter()
        .filter(|case| catch_unwind(AssertUnwindSafe(|| check(case))).is_err())
        .map(|case| case.name.as_str())
        .collect();
    assert!(failed.is_empty(), "{} of {} cases differ: {failed:?}", failed.len(), cases.len());
}

fn check(case: &Case) {
    let outcome = case.run();
    let output =
        outcome.output.as_ref().unwrap_or_else(|| panic!("{}: {}", case.name, outcome.told));
    let shown = show(output, &outcome.told);
    settings(case).bind(|| insta::assert_snapshot!("out", shown));
}

#[test]
fn names_that_were_published_stay() {
    for mut case in cases("cases")
        .into_iter()
        .filter(|case| case.inputs.iter().all(|(file, _)| file != "names.lock"))
    {
        let first = case.output();
        let lock = first.files.iter().find(|file| file.path == "names.lock").expect("a lock");
        case.inputs.push(("names.lock".to_owned(), text(&lock.contents).to_owned()));
        let second = case.output();
        assert_eq!(first.surface, second.surface, "{}", case.name);
        assert_eq!(first.files.len(), second.files.len(), "{}", case.name);
        for (before, after) in first.files.iter().zip(&second.files) {
            assert_eq!(
                text(&before.contents),
                text(&after.contents),
                "{}: {}",
                case.name,
                before.path
            );
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let bytes = |output: Output| -> Vec<_> {
        output.files.into_iter().map(|file| (file.path, file.contents)).collect()
    };
    for case in cases("cases") {
        assert_eq!(bytes(case.output()), bytes(case.output()), "{}", case.name);
    }
}

/// Snapshots lie in the folder of their case.
pub(crate) fn settings(case: &Case) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&case.folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(format!(
        "tests/{}",
        case.folder.strip_prefix(lockstep_tests::folder()).unwrap_or(&case.folder).display()
    ));
    settings
}

/// The surface, the Rust and the fixtures. What is the same for every document (the manifest, the
/// crate's root) and what restates the document (`routes.json`, `names.lock`) is left out.
fn show(output: &Output, told: &str) -> String {
    let mut shown = format!("## surface\n{}\n", output.surface.trim_end());
    let of = |prefix: &'static str| {
        output.files.iter().filter(move |file| file.path.starts_with(prefix))
    };
    for file in of("src/generated/").chain(of("fixtures/")) {
        if file.path != "fixtures/routes.json" {
            shown.push_str(&format!("\n## {}\n{}\n", file.path, text(&file.contents).trim_end()));
        }
    }
    if !told.is_empty() {
        shown.push_str(&format!("\n## diagnostics\n{}\n", told.trim_end()));
    }
    shown
}
