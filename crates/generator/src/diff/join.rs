//! Puts together what changed on the wire and what that does to Rust programs: one line for each thing that somebody
//! did to the document, wherever it shows.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::overview::is_new_type;
use super::rust::Effect;
use super::wire::{Fact, Moves};
use super::{Class, Verdict};
use crate::pointer::Pointer;

/// A change whose places are not lines yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) code: &'static str,
    pub(super) title: String,
    pub(super) spots: Vec<(String, Option<Pointer>, Option<Pointer>)>,
    pub(super) wire: Verdict,
    pub(super) rust: Verdict,
    pub(super) help: Option<String>,
}

/// One change for each title, with every effect where it belongs.
pub(super) fn join(facts: Vec<Fact>, effects: Vec<Effect>, moves: &Moves<'_>) -> Vec<Draft> {
    let mut index = Index::default();
    let mut drafts: IndexMap<(&'static str, String, Class), Draft> = IndexMap::new();
    for fact in facts {
        let key = (fact.code, fact.title.clone(), fact.wire.class);
        let entry = drafts.entry(key);
        let number = entry.index();
        if !is_quiet(fact.code) {
            fact.places.iter().for_each(|place| index.add(place, number));
        }
        let draft = entry.or_insert_with(|| Draft {
            code: fact.code,
            title: fact.title,
            spots: Vec::new(),
            wire: fact.wire,
            rust: Verdict::default(),
            help: fact.help,
        });
        let place = fact.places.into_iter().next().unwrap_or_default();
        draft.spots.push((place, fact.before, fact.after));
    }
    let mut drafts: Vec<Draft> = drafts.into_values().collect();
    let mut left: IndexMap<String, Draft> = IndexMap::new();
    for effect in effects {
        let targets = index.find(&effect, &drafts);
        if targets.is_empty() {
            let draft = left.entry(effect.text.clone()).or_insert_with(|| alone(&effect));
            let place = effect.anchors.first().cloned().unwrap_or_default();
            draft.spots.push((place, effect.before, effect.after));
            continue;
        }
        // A type that is new is told once, with the first that brings it.
        let told = if is_new_type(&effect.text) { 1 } else { targets.len() };
        for target in targets.into_iter().take(told) {
            let verdict = &mut drafts[target].rust;
            verdict.class = verdict.class.max(effect.class);
            if !verdict.reasons.contains(&effect.text) {
                verdict.reasons.push(effect.text.clone());
            }
        }
    }
    drafts.extend(left.into_values());
    drafts.iter_mut().for_each(|draft| finish(draft, moves));
    drafts
}

/// Prose and examples, of which there can be thousands.
pub(super) fn is_quiet(code: &str) -> bool {
    matches!(code, "descriptions" | "examples")
}

/// An effect that no difference on the wire explains.
fn alone(effect: &Effect) -> Draft {
    Draft {
        code: "client-only",
        title: effect.text.clone(),
        spots: Vec::new(),
        wire: Verdict::new(Class::None, "the same travels"),
        rust: Verdict::new(effect.class, effect.text.clone()),
        help: None,
    }
}

/// The documents differ, and nobody can tell.
pub(super) fn unseen() -> Draft {
    let root = || Some(Pointer::root());
    Draft {
        code: "unseen",
        title: "what no operation uses, or only how things are written, was edited".to_owned(),
        spots: vec![("document".to_owned(), root(), root())],
        wire: Verdict::new(Class::None, "the same travels"),
        rust: Verdict::new(Class::None, "the same code"),
        help: None,
    }
}

fn finish(draft: &mut Draft, moves: &Moves<'_>) {
    let count = draft.spots.len();
    let many =
        |one: &str| if count == 1 { format!("one {one}") } else { format!("{count} {one}s") };
    match draft.code {
        "descriptions" => draft.title = format!("{} edited", many("description")),
        "examples" => draft.title = format!("{} edited", many("example")),
        "operation-moved" => {
            let places = &draft.spots;
            let found =
                moves.list.iter().find(|moved| places.iter().any(|(place, ..)| *place == moved.to));
            if let Some(moved) = found.filter(|moved| !moved.sure) {
                draft.help = Some(format!(
                    "if they are one, let it keep its names: add `{}: {}` under `moved` in client.yaml",
                    moved.from, moved.to
                ));
            }
        }
        _ => {}
    }
    if draft.rust.reasons.is_empty() {
        draft.rust = if is_quiet(draft.code) {
            Verdict::new(Class::Docs, "comments only")
        } else {
            Verdict::new(Class::None, "the same code")
        };
    }
}

/// Which change stands at which place.
#[derive(Default)]
struct Index {
    exact: HashMap<String, Vec<usize>>,
    /// What stands at a place or below it.
    below: HashMap<String, Vec<usize>>,
}

impl Index {
    /// More changes below one place than this are not told apart.
    const MOST: usize = 32;

    fn add(&mut self, place: &str, number: usize) {
        push(self.exact.entry(place.to_owned()).or_default(), number, usize::MAX);
        let mut up = Some(place);
        while let Some(place) = up {
            push(self.below.entry(place.to_owned()).or_default(), number, Self::MOST);
            up = above(place);
        }
    }

    /// The changes that explain an effect: those at its places or nearest above them; else those below them; else
    /// those of the whole operation; else what happened in the operations that use it.
    fn find(&self, effect: &Effect, drafts: &[Draft]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut best = 0;
        for anchor in &effect.anchors {
            let (rank, numbers) = self.at(anchor);
            if rank > best {
                best = rank;
                found.clear();
            }
            if rank == best && rank > 0 {
                numbers.iter().for_each(|number| push(&mut found, *number, usize::MAX));
            }
        }
        if best > 0 {
            // An edited operationId is not the reason where something was done that counts.
            if found.iter().any(|number| drafts[*number].wire.class > Class::Docs) {
                found.retain(|number| drafts[*number].wire.class > Class::None);
            }
            return found;
        }
        let wanted = match effect.class {
            Class::Addition => "added",
            _ => "removed",
        };
        let mut near: Vec<usize> =
            effect.users.iter().filter_map(|key| self.below.get(key)).flatten().copied().collect();
        near.sort_by_key(|number| !drafts[*number].code.ends_with(wanted));
        near.truncate(1);
        near
    }

    fn at(&self, anchor: &str) -> (u8, &[usize]) {
        if let Some(numbers) = self.exact.get(anchor) {
            return (4, numbers);
        }
        let mut up = above(anchor);
        let mut whole: &[usize] = &[];
        while let Some(place) = up {
            if let Some(numbers) = self.exact.get(place) {
                // An operation's key is two words; what is above says nothing of this place in particular.
                if place.split(' ').count() > 2 {
                    return (3, numbers);
                }
                whole = numbers;
                break;
            }
            up = above(place);
        }
        match self.below.get(anchor) {
            Some(numbers) => (2, numbers),
            None if !whole.is_empty() => (1, whole),
            None => (0, &[]),
        }
    }
}

fn push(list: &mut Vec<usize>, number: usize, most: usize) {
    if list.len() < most && !list.contains(&number) {
        list.push(number);
    }
}

/// The place one step up. Names that hold dots or blanks only make more of them.
fn above(place: &str) -> Option<&str> {
    place.rfind(['.', ' ']).map(|at| &place[..at])
}
