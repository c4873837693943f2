//! Twice is once: what a run makes of a document without a lock, it makes of it with the lock that it has written.

use lockstep_tests::{Case, cases, text};
use serde_json::Value;

use super::document;

/// What a run has written and said; the lock apart, which is to grow.
#[derive(Debug, PartialEq)]
struct Run {
    files: Vec<(String, String)>,
    lock: String,
    told: String,
}

fn run(case: &Case, lock: Option<&str>) -> Run {
    let mut case = case.clone();
    case.inputs.extend(lock.map(|lock| ("names.lock".to_owned(), lock.to_owned())));
    let outcome = case.run();
    let output = outcome.output.unwrap_or_else(|| panic!("{}: {}", case.name, outcome.told));
    let written =
        |file: &lockstep_generator::File| (file.path.clone(), text(&file.contents).to_owned());
    let (locks, files): (Vec<_>, Vec<_>) =
        output.files.iter().map(written).partition(|(path, _)| path == "names.lock");
    let [(_, lock)] = locks.try_into().expect("one lock");
    Run { files, lock, told: outcome.told }
}

fn assert_same(name: &str, first: &Run, second: &Run) {
    let paths = |run: &Run| run.files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(first), paths(second), "{name}");
    for ((path, before), (_, after)) in first.files.iter().zip(&second.files) {
        assert_eq!(before, after, "{name}: {path}");
    }
    assert_eq!(first.told, second.told, "{name}");
}

#[test]
fn every_case_is_the_same_when_run_again() {
    let cases = cases("cases");
    let unlocked =
        cases.iter().filter(|case| case.inputs.iter().all(|(file, _)| file != "names.lock"));
    for case in unlocked {
        let first = run(case, None);
        let second = run(case, Some(&first.lock));
        assert_same(&case.name, &first, &second);
        assert_eq!(first.lock, second.lock, "{}", case.name);
    }
}

#[test]
fn a_large_document_is_the_same_when_run_again() {
    for seed in 0..2 {
        let case = Case::made_up("large", document::large(seed).to_string());
        let first = run(&case, None);
        let second = run(&case, Some(&first.lock));
        assert_same(&format!("seed {seed}"), &first, &second);
        assert_eq!(first.lock, second.lock, "seed {seed}");
    }
}

#[test]
fn an_operation_that_comes_and_goes_leaves_nothing_behind() {
    for seed in 0..4 {
        let whole = document::document(seed);
        let name = format!("seed {seed}");
        let full = Case::made_up("whole", whole.to_string());
        let less = Case::made_up("less", without(&whole, seed as usize * 7).to_string());
        let before = run(&less, None);
        let between = run(&full, Some(&before.lock));
        let after = run(&less, Some(&between.lock));
        assert_same(&name, &before, &after);
        assert_eq!(between.lock, after.lock, "{name}: the lock forgets nothing");
    }
}

/// The document without one of its operations.
fn without(whole: &Value, index: usize) -> Value {
    let mut less = whole.clone();
    let paths = less["paths"].as_object_mut().expect("paths");
    let nth = index % paths.len();
    let item = paths.values_mut().nth(nth).and_then(Value::as_object_mut).expect("a path");
    let method = item.keys().next().expect("an operation").clone();
    item.remove(&method);
    paths.retain(|_, item| item.as_object().is_some_and(|item| !item.is_empty()));
    less
}
