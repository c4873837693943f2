//! `oneOf` and `anyOf`.

use std::collections::{HashMap, HashSet, VecDeque};

use super::schema::{described, kind};
use super::{At, Turn, Walk, both};
use crate::diff::fingerprint::Prints;
use crate::lower::view::View;
use crate::read::{Document, Node};

impl<'d> Walk<'d> {
    pub(super) fn alternatives(
        &mut self,
        old: &Node<'d>,
        new: &Node<'d>,
        a: &View<'d>,
        b: &View<'d>,
        at: &At,
    ) {
        let (one, two) = (arms(a, old), arms(b, new));
        let pairs = pair(&self.old_prints, &one, &self.new_prints, &two);
        for (index, other) in pairs.iter().enumerate() {
            if let Some(other) = other {
                self.schema(&one[index], &two[*other], &at.arm(index));
            }
        }
        let left: Vec<usize> = (0..one.len()).filter(|index| pairs[*index].is_none()).collect();
        let used: HashSet<usize> = pairs.into_iter().flatten().collect();
        let come: Vec<usize> = (0..two.len()).filter(|index| !used.contains(index)).collect();
        let alone = one.len() == 1 && two.len() == 1;
        if alone && let ([a], [b]) = (left.as_slice(), come.as_slice()) {
            return self.schema(&one[*a], &two[*b], at);
        }
        let turn = match (left.is_empty(), come.is_empty()) {
            (true, true) => None,
            (true, false) => Some(Turn::Wider),
            (false, true) => Some(Turn::Narrower),
            (false, false) => Some(Turn::Other),
        };
        if let Some(turn) = turn {
            let names = |document: &'d Document, list: &[Node<'d>], which: &[usize]| -> String {
                which
                    .iter()
                    .map(|index| name(document, &list[*index], at))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let (gone, new_ones) = (names(self.old, &one, &left), names(self.new, &two, &come));
            let title = match turn {
                Turn::Wider => format!("{} can be {new_ones} as well", at.subject),
                Turn::Narrower => format!("{} can no longer be {gone}", at.subject),
                Turn::Other => format!("{}: {gone} → {new_ones}", at.subject),
            };
            self.tell(
                "alternatives-changed",
                title,
                at.places(),
                both(old, new),
                turn.verdict(at.way),
            );
        }
        self.tag(old, new, a, b, at);
    }

    fn tag(&mut self, old: &Node<'d>, new: &Node<'d>, a: &View<'d>, b: &View<'d>, at: &At) {
        let property = |view: &View<'d>| {
            view.discriminator.as_ref().and_then(|node| node.str("propertyName")).map(str::to_owned)
        };
        let (one, two) = (property(a), property(b));
        if one != two && !a.alternatives.is_empty() && !b.alternatives.is_empty() {
            let named = |name: &Option<String>| {
                name.as_ref().map_or_else(|| "nothing".to_owned(), |name| format!("`{name}`"))
            };
            let title = format!(
                "{} is told apart by {} now, and was by {}",
                at.subject,
                named(&two),
                named(&one)
            );
            let turn = if one.is_none() { Turn::Narrower } else { Turn::Other };
            self.tell(
                "discriminator-changed",
                title,
                at.places(),
                both(old, new),
                turn.verdict(at.way),
            );
        }
    }
}

/// Which alternative of the new schema is which of the old one: that of one name, else the first that says the same.
fn pair<'d>(
    old: &Prints<'d>,
    one: &[Node<'d>],
    new: &Prints<'d>,
    two: &[Node<'d>],
) -> Vec<Option<usize>> {
    let mut named: HashMap<&str, usize> = HashMap::new();
    for (index, arm) in two.iter().enumerate().rev() {
        named.extend(arm.str("$ref").map(|name| (name, index)));
    }
    let mut used = vec![false; two.len()];
    let mut pairs = vec![None; one.len()];
    for (index, arm) in one.iter().enumerate() {
        let other = arm.str("$ref").and_then(|name| named.get(name).copied());
        if let Some(other) = other.filter(|other| !used[*other]) {
            used[other] = true;
            pairs[index] = Some(other);
        }
    }
    // What says the same is looked for only where names do not tell.
    let mut alike: HashMap<u64, VecDeque<usize>> = HashMap::new();
    if pairs.contains(&None) {
        for index in (0..two.len()).filter(|index| !used[*index]) {
            alike.entry(new.schema(Some(&two[index]))).or_default().push_back(index);
        }
    }
    for (index, arm) in one.iter().enumerate() {
        if pairs[index].is_none() {
            pairs[index] = alike.get_mut(&old.schema(Some(arm))).and_then(VecDeque::pop_front);
        }
    }
    pairs
}

/// The alternatives; a schema without any is its own only one.
fn arms<'d>(view: &View<'d>, node: &Node<'d>) -> Vec<Node<'d>> {
    if view.alternatives.is_empty() {
        vec![node.clone()]
    } else {
        view.alternatives.iter().filter(|arm| arm.str("type") != Some("null")).cloned().collect()
    }
}

fn name<'d>(document: &'d Document, arm: &Node<'d>, at: &At) -> String {
    if let Some(name) = arm.str("$ref").and_then(|reference| reference.rsplit('/').next()) {
        return format!("`{name}`");
    }
    let view = View::of(document, arm, &mut super::nowhere());
    let kind = kind(&view, arm, at.way);
    if view.title.is_empty() { described(&view, kind) } else { format!("`{}`", view.title) }
}
