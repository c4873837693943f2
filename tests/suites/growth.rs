//! A document that grows renames nothing: what was published with half of its operations is there, under the same
//! name and at the same place, when the other half comes.

#[path = "growth/alone.rs"]
mod alone;
#[path = "growth/arms.rs"]
mod arms;
#[path = "growth/document.rs"]
mod document;
#[path = "growth/names.rs"]
mod names;
#[path = "growth/random.rs"]
mod random;
#[path = "growth/reordered.rs"]
mod reordered;
#[path = "growth/second_run.rs"]
mod second_run;

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::lock::Lock;
use lockstep_generator::{Output, Source, read};
use lockstep_tests::{Case, text};
use random::Random;
use serde_json::Value;

#[test]
fn growing_renames_nothing() {
    let mut renamed = Vec::new();
    for seed in 0..8 {
        renamed.extend(grown(&document::document(seed), seed));
    }
    assert!(renamed.is_empty(), "{} names:\n{}", renamed.len(), renamed.join("\n"));
}

/// The same for a document of choice: `GROWTH_DOCUMENT=FILE GROWTH_SEEDS=50 cargo test … -- --ignored`.
#[test]
#[ignore = "it needs a document, which GROWTH_DOCUMENT names"]
fn growing_a_given_document_renames_nothing() {
    let path = std::env::var("GROWTH_DOCUMENT").expect("GROWTH_DOCUMENT");
    let seeds = std::env::var("GROWTH_SEEDS").map_or(50, |seeds| seeds.parse().expect("a number"));
    let file = std::fs::read_to_string(&path).expect("the document");
    let source = Source { path: &path, text: &file };
    let whole = read::read(&source, &mut Diagnostics::new()).expect("a document").value;
    let mut failed = 0;
    for seed in 0..seeds {
        let renamed = grown(&whole, seed);
        failed += usize::from(!renamed.is_empty());
        for name in renamed {
            eprintln!("seed {name}");
        }
    }
    assert_eq!(failed, 0, "of {seeds} seeds");
}

/// What is gone or has another name after the document grew from a half to the whole.
fn grown(whole: &Value, seed: u64) -> Vec<String> {
    let half = half(whole, &mut Random::new(seed));
    let first = Case::made_up("half", half.to_string()).output();
    let mut case = Case::made_up("whole", whole.to_string());
    case.inputs.push(("names.lock".to_owned(), lock_text(&first).to_owned()));
    let second = case.output();

    let after = names::public(&second);
    let gone = names::public(&first).into_iter().filter(|name| !after.contains(name));
    let mut renamed: Vec<String> = gone.map(|name| format!("{seed}: {name} is gone")).collect();
    let (before, after) = (lock(&first), lock(&second));
    for (key, names) in &before.operations {
        if after.operations.get(key) != Some(names) {
            renamed
                .push(format!("{seed}: {key} was {names:?}, is {:?}", after.operations.get(key)));
        }
    }
    for (place, name) in &before.types {
        if after.types.get(place) != Some(name) {
            renamed.push(format!("{seed}: {place} was {name}, is {:?}", after.types.get(place)));
        }
    }
    renamed
}

fn lock_text(output: &Output) -> &str {
    let file = output.files.iter().find(|file| file.path == "names.lock").expect("a lock");
    text(&file.contents)
}

fn lock(output: &Output) -> Lock {
    let source = Source { path: "names.lock", text: lock_text(output) };
    Lock::read(&source, &mut Diagnostics::new()).expect("the lock that was just written")
}

/// The document with about half of its operations.
fn half(whole: &Value, random: &mut Random) -> Value {
    const METHODS: [&str; 8] =
        ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let mut half = whole.clone();
    let paths = half["paths"].as_object_mut().expect("paths");
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        item.retain(|key, _| !METHODS.contains(&key.as_str()) || random.one_in(2));
    }
    paths.retain(|_, item| METHODS.iter().any(|method| item.get(method).is_some()));
    half
}
