//! What changed for Rust programs: two clients side by side, by what a program can name.

mod credentials;
mod methods;
mod replies;
mod scopes;
mod types;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::{Class, wire::Moves};
use crate::emit::face::{Face, TypeFace};
use crate::pointer::Pointer;

/// What a change does to programs.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub(super) class: Class,
    /// A sentence without a full stop.
    pub(super) text: String,
    /// The places whose change may be the reason.
    pub(super) anchors: Vec<String>,
    /// The operations whose change may be, where no place is.
    pub(super) users: Vec<String>,
    pub(super) before: Option<Pointer>,
    pub(super) after: Option<Pointer>,
}

/// Every effect: on methods, then on types.
pub(super) fn compare(old: &Face, new: &Face, moves: &Moves<'_>) -> Vec<Effect> {
    let renames = types::pair(old, new);
    let mut comparison = Comparison { old, new, names: Names::new(&renames), effects: Vec::new() };
    comparison.credentials();
    comparison.methods(moves);
    comparison.scopes();
    comparison.types(&renames);
    comparison.effects
}

struct Comparison<'f> {
    old: &'f Face,
    new: &'f Face,
    names: Names<'f>,
    effects: Vec<Effect>,
}

/// Types that have another name now. Whatever is written with the old name is the same written with the new one.
struct Names<'f>(HashMap<&'f str, &'f str>);

impl<'f> Names<'f> {
    fn new(pairs: &[(&'f TypeFace, &'f TypeFace)]) -> Self {
        let renamed = pairs.iter().filter(|(old, new)| old.name != new.name);
        Self(renamed.map(|(old, new)| (old.name.as_str(), new.name.as_str())).collect())
    }

    /// Whether a type of the old client is that of the new one.
    fn same(&self, old: &str, new: &str) -> bool {
        if self.0.is_empty() {
            return old == new;
        }
        let words = |text: &'_ str| -> Vec<String> {
            let mut list = vec![String::new()];
            for c in text.chars() {
                let inside = list
                    .last()
                    .is_some_and(|word| word.chars().all(|c| c.is_alphanumeric() || c == '_'));
                let joins = (c.is_alphanumeric() || c == '_') && inside;
                match list.last_mut() {
                    Some(word) if joins => word.push(c),
                    _ => list.push(c.to_string()),
                }
            }
            list
        };
        let (old, new) = (words(old), words(new));
        old.len() == new.len()
            && old.iter().zip(&new).all(|(old, new)| {
                old == new || self.0.get(old.as_str()).is_some_and(|renamed| renamed == new)
            })
    }
}

/// What stands in one list and not in the other.
fn missing<'a, T, K: Eq + Hash>(
    from: &'a [T],
    other: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<&'a T> {
    let known: HashSet<K> = other.iter().map(&key).collect();
    from.iter().filter(|item| !known.contains(&key(item))).collect()
}
