//! Rules, the severities and acknowledgements of a project, and what makes `cargo xtask diff` fail.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Parser as _;
use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::diff::{Changes, Class, Day, Format, compare, rules};
use lockstep_generator::{Inputs, Layout, Source};
use lockstep_tests::{folder, text};
use xtask::cli::Cli;
use xtask::{Outcome, run};

use crate::pairs::{Pair, pairs};

#[test]
fn every_change_has_a_rule_and_every_rule_a_pair_that_shows_it() {
    let pairs = pairs();
    let mut wrong: BTreeSet<String> = BTreeSet::new();
    for pair in &pairs {
        for change in pair.changes().list.iter().filter(|change| rules::find(change.code).is_none())
        {
            wrong.insert(format!("{}: `{}` is no rule", pair.name, change.code));
        }
    }
    for rule in rules::RULES {
        let pair = pairs.iter().find(|pair| pair.name == rule.example);
        let shows = pair
            .is_some_and(|pair| pair.changes().list.iter().any(|change| change.code == rule.id));
        if !shows {
            wrong.insert(format!("`{}`: `{}` does not show it", rule.id, rule.example));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The exit code of a comparison, and what was told.
fn exit(pair: &str, arguments: &[&str]) -> (Outcome, String) {
    let file = |name: &str| folder().join("changes").join(pair).join(name);
    let files = [file("before.yaml"), file("after.yaml")].map(PathBuf::into_os_string);
    let start = ["cargo xtask", "diff"].map(Into::into).into_iter();
    let all = start.chain(files).chain(arguments.iter().map(Into::into));
    let cli = Cli::try_parse_from(all).expect("a command");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run(&cli, &mut out, &mut err, false);
    (outcome, format!("{}{}", text(&out), text(&err)))
}

fn code(pair: &str, gates: &str) -> u8 {
    match exit(pair, &["--fail-on", gates]).0 {
        Outcome::Gated(reached) => reached.exit_code(),
        Outcome::Done => 0,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_exit_code_tells_the_side_and_the_class() {
    // Breaking on the wire, nothing for Rust: `--exit-code` calls it a fix.
    assert_eq!(code("query-default-changed", "breaking"), 34);
    assert_eq!(code("query-default-changed", "rust:docs"), 0);
    assert_eq!(code("query-default-changed", "both:docs"), 0);
    assert_eq!(code("query-default-changed", "rust:breaking,wire:addition"), 34);
    // Nothing on the wire, breaking for Rust.
    assert_eq!(code("scheme-renamed", "breaking"), 44);
    assert_eq!(code("scheme-renamed", "wire:breaking"), 0);
    assert_eq!(code("operation-removed", "both:breaking"), 54);
    assert_eq!(code("operation-removed", "wire:breaking"), 34);
    assert_eq!(code("operation-added", "breaking"), 0);
    assert_eq!(code("operation-added", "addition"), 53);
    assert_eq!(code("failure-described", "wire:fix"), 32);
    assert_eq!(code("descriptions-only", "docs"), 51);
    assert_eq!(code("descriptions-only", "fix"), 0);
}

#[test]
fn a_gate_that_is_none_is_refused() {
    for gate in ["server:breaking", "worse", "wire:", ""] {
        let told = Cli::try_parse_from(["cargo xtask", "diff", "--fail-on", gate]).expect_err(gate);
        assert_eq!(told.exit_code(), 2, "{gate}: {told}");
    }
}

#[test]
fn the_rules_are_listed_with_their_pairs() {
    let list = |arguments: &[&str]| {
        let start = ["cargo xtask", "diff", "--rules"].iter().chain(arguments);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let cli = Cli::try_parse_from(start).expect("a command");
        assert_eq!(run(&cli, &mut out, &mut err, false), Outcome::Done);
        text(&out).to_owned()
    };
    assert!(list(&[]).contains("scheme-renamed\n"), "{}", list(&[]));
    let rules: serde_json::Value =
        serde_json::from_str(&list(&["--format", "json"])).expect("JSON");
    assert_eq!(rules.as_array().map(Vec::len), Some(rules::RULES.len()));
}

/// The changes of a pair under settings of the project, on a day.
fn changes(pair: &str, settings: &str, today: &str) -> Result<Changes, String> {
    let pair = pairs().into_iter().find(|known| known.name == pair).expect("a pair");
    let Pair { folder, .. } = &pair;
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a document");
    let (before, after) = (read("before.yaml"), read("after.yaml"));
    let inputs = |text, config| Inputs {
        config,
        ..Inputs::new(Source { path: "a.yaml", text }, Layout::Workspace)
    };
    let after = inputs(&after, Some(Source { path: "client.yaml", text: settings }));
    let mut told = Diagnostics::new();
    let Some(mut changes) = compare(&inputs(&before, None), &after, &mut told) else {
        return Err(told.iter().map(ToString::to_string).collect());
    };
    changes.acknowledge(&after, &Day::parse(today).expect("a day"));
    Ok(changes)
}

const REMOVED: &str = "changes: { acknowledged: [{ rule: operation-removed, reason: nobody called it, until: 2026-06-30 }] }";

#[test]
fn a_project_calls_changes_what_it_likes() {
    let settings = "changes: { severities: { operation-removed: { wire: docs }, unseen: fix } }";
    let changed = changes("operation-removed", settings, "2026-01-01").expect("changes");
    assert_eq!((changed.wire(), changed.rust()), (Class::Docs, Class::Breaking));
    let shown = changed.render(Format::Text, None);
    assert!(
        shown.contains(
            "wire docs: `operation-removed` is docs by client.yaml, and would be breaking"
        ),
        "{shown}"
    );
    let settings = "changes: { severities: { operation-removed: fix } }";
    let changed = changes("operation-removed", settings, "2026-01-01").expect("changes");
    assert_eq!(changed.release(), Class::Fix);
}

#[test]
fn what_is_acknowledged_holds_nobody_up_until_its_day_is_over() {
    let changed = changes("operation-removed", REMOVED, "2026-06-30").expect("changes");
    assert_eq!(changed.open(), (Class::None, Class::None));
    assert_eq!(changed.release(), Class::Breaking, "the release is what it is");
    let shown = changed.render(Format::Text, None);
    assert!(shown.contains("acknowledged until 2026-06-30: nobody called it"), "{shown}");
    assert_eq!(changed.notes, [""; 0]);

    let changed = changes("operation-removed", REMOVED, "2026-07-01").expect("changes");
    assert_eq!(changed.open(), (Class::Breaking, Class::Breaking));
    assert_eq!(
        changed.notes,
        ["`operation-removed` was acknowledged until 2026-06-30, which is over"]
    );
}

#[test]
fn an_acknowledged_change_that_is_gone_is_told() {
    let changed = changes("operation-added", REMOVED, "2026-01-01").expect("changes");
    let gone =
        "`operation-removed` is acknowledged and is no longer there: take it out of client.yaml";
    assert_eq!(changed.notes, [gone]);
    assert!(changed.render(Format::Text, None).contains(gone));
    assert!(changed.render(Format::Json, None).contains(gone));
}

#[test]
fn an_acknowledgement_covers_the_places_that_it_names() {
    let places = |list: &[&str]| {
        let list: Vec<String> = list
            .iter()
            .map(|at| {
                format!("{{ rule: operation-removed, at: '{at}', reason: r, until: 2026-06-30 }}")
            })
            .collect();
        let settings = format!("changes: {{ acknowledged: [{}] }}", list.join(", "));
        changes("operation-removed", &settings, "2026-01-01").expect("changes")
    };
    let at = places(&[]).list[0].spots[0].at.clone();
    assert_eq!(places(&[&at]).open().0, Class::None);
    let elsewhere = places(&["GET /nowhere"]);
    assert_eq!(elsewhere.open().0, Class::Breaking);
    assert_eq!(elsewhere.notes.len(), 1);
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let wrong = [
        ("severities: { operation-vanished: fix }", "there is no rule `operation-vanished`"),
        ("severities: { operation-removed: { server: fix } }", "severities"),
        ("acknowledged: [{ rule: unseen, reason: ' ', until: 2026-06-30 }]", "for a reason"),
        ("acknowledged: [{ rule: unseen, reason: r, until: 2026-02-30 }]", "is no day"),
        ("acknowledged: [{ rule: unseen, reason: r }]", "until"),
    ];
    for (settings, told) in wrong {
        let settings = format!("changes: {{ {settings} }}");
        let found = changes("operation-removed", &settings, "2026-01-01").expect_err("it is wrong");
        assert!(found.contains(told), "{settings}: {found}");
    }
}
