//! Documents by chance: a verdict below breaking is refuted by a program that does not compile any more, by a request that
//! the new server refuses, and by a reply that the old client does not expect.
//!
//! `RANDOM_PAIRS=2000 cargo test -p lockstep-tests --test changes random -- --nocapture` tries that many pairs in place of
//! a few, and `RANDOM_FROM=40` begins with another one.

#[path = "random/client.rs"]
mod client;
#[path = "random/document.rs"]
mod document;
#[path = "random/edits.rs"]
mod edits;
#[path = "random/operations.rs"]
mod operations;
#[path = "random/places.rs"]
mod places;
#[path = "random/program.rs"]
mod program;
#[path = "random/proof.rs"]
mod proof;

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::diff::{Changes, Class, Format, compare};
use lockstep_generator::{Inputs, Layout, Output, Source, generate};
use serde_json::Value;

use crate::dice::Random;

/// How many pairs one crate has, so that the compiler does not take all memory.
const BATCH: u64 = 60;

/// A document before and after an edit by chance.
struct Made {
    module: String,
    edit: String,
    before: Value,
    after: Value,
    changes: Changes,
    clients: (Output, Output),
}

#[test]
fn verdicts_hold_for_documents_by_chance() {
    let number = |name: &str, usual: u64| {
        std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
    };
    let (from, many) = (number("RANDOM_FROM", 0), number("RANDOM_PAIRS", 24));
    let mut refuted = Vec::new();
    let mut start = from;
    while start < from + many {
        let end = (start + BATCH).min(from + many);
        let pairs: Vec<Made> = (start..end).filter_map(Made::of).collect();
        refuted.extend(proof::refuted(&pairs));
        start = end;
    }
    assert!(
        refuted.is_empty(),
        "{} verdicts are refuted:\n\n{}",
        refuted.len(),
        refuted.join("\n\n")
    );
}

impl Made {
    /// The pair of a seed; `None` where the edit finds nothing to do, or the generator refuses what comes of it.
    fn of(seed: u64) -> Option<Self> {
        let mut random = Random::new(seed);
        let edits = edits::all();
        let mut before = document::document(seed);
        let mut after = before.clone();
        let (mut name, first) = edits[usize::try_from(seed).ok()? % edits.len()];
        let mut told = name.to_owned();
        first(&mut after, &mut random)?;
        while random.one_in(4) {
            let second;
            (name, second) = *random.pick(&edits);
            if second(&mut after, &mut random).is_some() {
                told = format!("{told}, {name}");
            }
        }
        if random.one_in(2) {
            std::mem::swap(&mut before, &mut after);
            told = format!("{told}, reversed");
        }
        let (old, new) = (before.to_string(), after.to_string());
        let (old, new) = (inputs(&old, None), inputs(&new, None));
        let changes = compare(&old, &new, &mut Diagnostics::new())?;
        let first = generate(&old, &mut Diagnostics::new())?;
        let lock = first.files.iter().find(|file| file.path == "names.lock")?;
        let lock = lockstep_tests::text(&lock.contents);
        let text = after.to_string();
        let second = generate(&inputs(&text, Some(lock)), &mut Diagnostics::new())?;
        let clients = (first.clone(), second);
        Some(Self { module: format!("p{seed}"), edit: told, before, after, changes, clients })
    }

    /// The pair and what was said of it, for whoever has to find the mistake.
    fn shown(&self, why: &str) -> String {
        let lines = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
        let (before, after) = (lines(&self.before), lines(&self.after));
        let text = similar::TextDiff::from_lines(&before, &after);
        let text = text.unified_diff().context_radius(4).to_string();
        let report = self.changes.render(Format::Text, None);
        format!("{} ({})\n{why}\n{report}\n{text}", self.module, self.edit)
    }

    fn is_safe(&self, side: fn(&Changes) -> Class) -> bool {
        side(&self.changes) < Class::Breaking
    }
}

fn inputs<'a>(text: &'a str, lock: Option<&'a str>) -> Inputs<'a> {
    let layout = Layout::Standalone { name: "example".into(), runtime: "../runtime".into() };
    let names_lock = lock.map(|text| Source { path: "names.lock", text });
    Inputs { names_lock, ..Inputs::new(Source { path: "made.json", text }, layout) }
}
