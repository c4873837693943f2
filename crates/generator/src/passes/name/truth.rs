//! Whether a name is true of everything that it is given to.
//!
//! One type may stand at many places. Its name has to make sense at each of them, so every word of it has to be said
//! there: by a property on the way, by what the way starts at, or by the operation. A `Firewall.status` is no
//! `Encryption`, however alike the values are.

use std::collections::{HashMap, HashSet};

use crate::ident;
use crate::model::{ArmKey, Draft, Operation, Place, Root, Step, Travel, TypeDef};
use crate::words;

/// Words that say what part a type plays in a client and nothing of what it is.
const PARTS: [&str; 12] = [
    "input", "reply", "page", "item", "variant", "entry", "value", "list", "map", "envelope",
    "type", "by",
];

/// The words that are said at the places of a draft.
pub(super) struct Truth<'d> {
    operations: HashMap<&'d str, Vec<String>>,
    /// Titles that several types have which travel one way: `Paginated` is what each of them is, and none's name.
    kinds: HashSet<(&'d str, Travel)>,
}

impl<'d> Truth<'d> {
    pub(super) fn of(draft: &'d Draft) -> Self {
        Self {
            operations: draft
                .operations
                .iter()
                .map(|operation| (operation.key.as_str(), said_by(operation)))
                .collect(),
            kinds: kinds(draft),
        }
    }

    /// The name that the document gives to a type and to no other.
    pub(super) fn given<'t>(&self, def: &'t TypeDef) -> Option<&'t str> {
        let given = def.given_name.as_deref()?;
        let is_own = def.is_component || !self.kinds.contains(&(given, def.travel));
        is_own.then_some(given)
    }

    /// Whether a name, as words, is true wherever the type stands. One that stands at one place alone is called what
    /// it is called there.
    pub(super) fn holds(&self, name: &[String], def: &TypeDef) -> bool {
        def.places.len() < 2 || def.places.iter().all(|place| self.holds_at(name, place))
    }

    /// Whether every word of a name is said at a place.
    pub(super) fn holds_at(&self, name: &[String], place: &Place) -> bool {
        let own = said_on_the_way(place);
        let none = Vec::new();
        let around = place.operation().and_then(|key| self.operations.get(key)).unwrap_or(&none);
        name.iter().all(|word| {
            let is_said = |said: &String| words::is_same(said, word);
            is_part(word)
                || word.bytes().all(|byte| byte.is_ascii_digit())
                || own.iter().any(is_said)
                || around.iter().any(is_said)
        })
    }
}

fn kinds(draft: &Draft) -> HashSet<(&str, Travel)> {
    let mut seen = HashSet::new();
    let types = draft.types.ids().map(|id| draft.types.get(id)).filter(|def| !def.is_component);
    let titles = types.filter_map(|def| Some((def.given_name.as_deref()?, def.travel)));
    titles.filter(|title| !seen.insert(*title)).collect()
}

/// Whether a word says what part a type plays.
pub(super) fn is_part(word: &str) -> bool {
    PARTS.contains(&word)
}

fn said_by(operation: &Operation) -> Vec<String> {
    let mut said = words::split(&operation.key);
    said.extend(words::split(&operation.path));
    said.extend(operation.words.iter().cloned());
    said.extend(words::split(&operation.id));
    said.extend(operation.group.iter().cloned());
    said.extend(words::split(&operation.tag));
    ident::clean(said)
}

fn said_on_the_way(place: &Place) -> Vec<String> {
    let mut said = match &place.root {
        Root::Component(name) | Root::Param { name, .. } => words::split(name),
        Root::Reply { .. } | Root::Body { .. } | Root::Envelope => Vec::new(),
    };
    for step in &place.steps {
        match step {
            Step::Field(name) => said.extend(words::split(name)),
            Step::Arm(ArmKey::Said(name)) => said.extend(words::split(name)),
            Step::Arm(ArmKey::Holds(name)) => {
                said.push("with".to_owned());
                said.extend(words::split(name));
            }
            Step::Item | Step::Value | Step::Arm(ArmKey::Made(_) | ArmKey::At(_)) => {}
        }
    }
    ident::clean(said)
}
