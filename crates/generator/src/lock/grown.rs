//! Arms of unions that are known by what they are made of, and have come to be made of more.
//!
//! An arm that nothing else tells from the others is locked by its properties or values. When those become more it is
//! the same arm; which one it is has to be beyond doubt, because a published name never goes to another thing.

use std::collections::HashSet;

use super::Lock;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{ArmKey, Draft, Place, Step, TypeDef};
use crate::pointer::Pointer;

/// A place that the lock doesn't know, below an arm that is known by what it is made of.
struct New<'a> {
    def: &'a TypeDef,
    place: String,
    /// What stands before, between and after the arms' keys.
    around: Vec<String>,
    /// What each of those arms is made of.
    made: Vec<HashSet<&'a str>>,
}

impl Lock {
    /// The lock as it is for arms that have grown: the names given to what they were are given to what they are.
    #[must_use]
    pub(crate) fn grown(
        &self,
        draft: &Draft,
        config: &Config,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut lock = self.clone();
        let (here, new) = self.unknown(draft);
        if new.is_empty() {
            return lock;
        }
        let gone: Vec<(&str, &str)> = self
            .types
            .iter()
            .map(|(place, name)| (place.as_str(), name.as_str()))
            .filter(|(place, _)| place.contains(MADE) && !here.contains(*place))
            .collect();
        let insisted = |name: &str| config.names.iter().any(|rule| rule.name == name);
        for (old, name) in &gone {
            match nearest(&new, |new| new.more_than(old)).as_slice() {
                [] => {}
                // The other way round as well: of several that it could have been, one has to be the nearest.
                [new] => match nearest(&gone, |(gone, _)| new.more_than(gone)).as_slice() {
                    [(nearest, _)] if nearest == old => {
                        lock.types.shift_remove(*old);
                        lock.types.insert(new.place.clone(), (*name).to_owned());
                    }
                    [_] | [] => {}
                    several if insisted(name) || same_name(several) => {}
                    _ => diagnostics.push(undecided(name, old, &[new])),
                },
                _ if insisted(name) => {}
                several => diagnostics.push(undecided(name, old, several)),
            }
        }
        lock
    }

    /// The places of a draft, and those below arms that the lock does not know.
    fn unknown<'a>(&self, draft: &'a Draft) -> (HashSet<String>, Vec<New<'a>>) {
        let (mut here, mut new) = (HashSet::new(), Vec::new());
        for id in draft.types.ids() {
            let def = draft.types.get(id);
            for place in def.places.iter().filter(|place| place.steps.iter().any(is_made)) {
                let text = place.to_string();
                if !self.types.contains_key(&text) {
                    new.push(New::of(def, place, text.clone()));
                }
                here.insert(text);
            }
        }
        (here, new)
    }
}

/// How the key of an arm begins that is known by what it is made of.
const MADE: &str = "|{";

fn is_made(step: &Step) -> bool {
    matches!(step, Step::Arm(ArmKey::Made(_)))
}

impl<'a> New<'a> {
    fn of(def: &'a TypeDef, place: &'a Place, text: String) -> Self {
        let keys = place.steps.iter().filter_map(|step| match step {
            Step::Arm(key @ ArmKey::Made(parts)) => Some((key.to_string(), parts)),
            _ => None,
        });
        let (mut around, mut made, mut rest) = (Vec::new(), Vec::new(), text.as_str());
        for (key, parts) in keys {
            let (before, after) = rest.split_once(key.as_str()).unwrap_or((rest, ""));
            around.push(before.to_owned());
            made.push(parts.iter().map(String::as_str).collect());
            rest = after;
        }
        around.push(rest.to_owned());
        Self { def, place: text, around, made }
    }

    /// How much more the arms here are made of than those at a place in the lock, if they are all that those were.
    fn more_than(&self, old: &str) -> Option<usize> {
        let mut rest = old;
        let mut more = 0;
        for (before, made) in self.around.iter().zip(&self.made) {
            rest = rest.strip_prefix(before.as_str())?.strip_prefix(MADE)?;
            let (parts, after) = rest.split_once('}')?;
            let was: HashSet<&str> = parts.split(',').collect();
            more += made.len().checked_sub(was.len()).filter(|_| was.is_subset(made))?;
            rest = after;
        }
        (Some(rest) == self.around.last().map(String::as_str)).then_some(more)
    }
}

/// Those with the least distance, if any has one.
fn nearest<T>(all: &[T], distance: impl Fn(&T) -> Option<usize>) -> Vec<&T> {
    let least = all.iter().filter_map(&distance).min();
    all.iter().filter(|one| least.is_some() && distance(one) == least).collect()
}

fn same_name(places: &[&(&str, &str)]) -> bool {
    places.windows(2).all(|two| two[0].1 == two[1].1)
}

fn undecided(name: &str, old: &str, new: &[&New<'_>]) -> Diagnostic {
    let places: Vec<String> = new.iter().map(|new| format!("`{}`", new.place)).collect();
    let message = format!(
        "`{name}` was published for what stood at `{old}`, and what that has become is not clear: it may stand at {}",
        places.join(" or at ")
    );
    let at = new.first().map_or_else(Pointer::root, |new| new.def.pointer.clone());
    Diagnostic::error("undecided-name", message).at(&at).help(format!(
        "decide under `names` in client.yaml: `- {{ at: \"{}\", name: {name} }}`, or give the name to another place",
        new.first().map_or("…", |new| new.place.as_str())
    ))
}
