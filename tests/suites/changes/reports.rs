//! Verdicts and reports.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::diff::{Changes, Class, Format, Version, compare, notes};

use crate::pairs::{Pair, pairs};

const VERSION: Version = Version { major: 0, minor: 3, patch: 1 };

#[test]
fn every_pair_is_judged_as_by_hand() {
    let pairs = pairs();
    assert!(pairs.len() >= 40, "only {} pairs were found", pairs.len());
    let failed: Vec<String> = pairs.iter().filter_map(misjudged).collect();
    assert!(failed.is_empty(), "{} of {} pairs:\n{}", failed.len(), pairs.len(), failed.join("\n"));
}

fn misjudged(pair: &Pair) -> Option<String> {
    let changes = pair.changes();
    let found = format!("wire: {}\nRust: {}\n", changes.wire().as_str(), changes.rust().as_str());
    let report = changes.render(Format::Text, None);
    (found != pair.verdict).then(|| format!("{}: {found}\n{report}", pair.name))
}

#[test]
fn every_report_is_what_was_accepted() {
    let pairs = pairs();
    // Each pair is tried even when one before it fails, so that one run shows everything.
    let failed: Vec<&str> = pairs
        .iter()
        .filter(|pair| catch_unwind(AssertUnwindSafe(|| check(pair))).is_err())
        .map(|pair| pair.name.as_str())
        .collect();
    assert!(failed.is_empty(), "{} of {} reports differ: {failed:?}", failed.len(), pairs.len());
}

fn check(pair: &Pair) {
    let report = pair.changes().render(Format::Text, Some(VERSION));
    settings(pair).bind(|| insta::assert_snapshot!("report", report));
}

fn settings(pair: &Pair) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&pair.folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(format!("tests/changes/{}", pair.name));
    settings
}

#[test]
fn a_document_differs_in_nothing_from_itself() {
    for pair in pairs() {
        for side in [&pair.before, &pair.after] {
            let inputs = side.inputs(None);
            let changes = compare(&inputs, &inputs, &mut Diagnostics::new()).expect("changes");
            let shown = changes.render(Format::Text, None);
            assert_eq!(changes, Changes::default(), "{}:\n{shown}", pair.name);
        }
    }
}

/// The other two forms of the report, and the changelog, for pairs that show most of what can be in them.
#[test]
fn other_forms_of_the_report() {
    for pair in pairs() {
        if !["one-change-at-many-places", "operation-moved", "operation-deprecated"]
            .contains(&pair.name.as_str())
        {
            continue;
        }
        let changes = pair.changes();
        settings(&pair).bind(|| {
            insta::assert_snapshot!("report.md", changes.render(Format::Markdown, Some(VERSION)));
            insta::assert_snapshot!("report.json", changes.render(Format::Json, Some(VERSION)));
            insta::assert_snapshot!("changelog", notes::write("", &changes));
        });
    }
}

#[test]
fn prose_and_examples_alone_make_no_release() {
    for pair in pairs()
        .iter()
        .filter(|pair| ["examples-only", "descriptions-only"].contains(&pair.name.as_str()))
    {
        let changes = pair.changes();
        assert_eq!(
            changes.list.iter().filter(|change| change.class() == Class::Docs).count(),
            1,
            "{}",
            pair.name
        );
        assert_eq!(changes.release(), Class::None, "{}", pair.name);
        assert_eq!(VERSION.after(changes.release()), VERSION);
    }
}
