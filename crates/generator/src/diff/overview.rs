//! What a person wants to know of a large change before reading it: what happened to which resource of the client.

use indexmap::IndexMap;

use super::{Change, Changes, Class};

/// From so many changes on nobody reads a list without knowing what is in it.
const MANY: usize = 12;

/// What happened to one resource.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    breaking: usize,
    added: usize,
    removed: usize,
    changed: usize,
}

/// A line for each resource, breaking ones first, then by how much happened. Empty where the list itself is short.
pub(super) fn lines(changes: &Changes) -> Vec<(String, String)> {
    if changes.list.len() < MANY {
        return Vec::new();
    }
    let mut counts: IndexMap<&str, Count> = IndexMap::new();
    for change in changes.list.iter().filter(|change| change.class() > Class::Docs) {
        let count = counts.entry(&change.resource).or_default();
        count.breaking += usize::from(change.class() == Class::Breaking);
        match change.code {
            "operation-added" => count.added += 1,
            "operation-removed" => count.removed += 1,
            _ => count.changed += 1,
        }
    }
    let mut counts: Vec<(&str, Count)> = counts.into_iter().collect();
    let size = |count: &Count| count.added + count.removed + count.changed;
    counts.sort_by_key(|(_, count)| std::cmp::Reverse((count.breaking, size(count))));
    let name = |resource: &str| {
        if resource.is_empty() { "no resource".to_owned() } else { format!("`{resource}()`") }
    };
    counts.into_iter().map(|(resource, count)| (name(resource), count.words())).collect()
}

impl Count {
    fn words(self) -> String {
        let parts = [
            (self.breaking, "breaking"),
            (self.added, "added"),
            (self.changed, "changed"),
            (self.removed, "removed"),
        ];
        let told = parts.iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> = told.map(|(count, what)| format!("{count} {what}")).collect();
        told.join(", ")
    }
}

/// What a change means to Rust programs, as far as people read it: the types of a new operation are in the JSON.
pub(super) fn reasons(change: &Change) -> Vec<String> {
    let is_told = |reason: &&String| change.code != "operation-added" || !is_new_type(reason);
    change.rust.reasons.iter().filter(is_told).cloned().collect()
}

/// Whether an effect is that a type is new.
pub(super) fn is_new_type(effect: &str) -> bool {
    effect.starts_with("the type `") && effect.ends_with("` is new")
}
