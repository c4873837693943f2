//! `oneOf` and `anyOf`.

use super::schema::{described, kind};
use super::{At, Turn, Walk, both};
use crate::diff::fingerprint;
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
        let prints = |document: &'d Document, list: &[Node<'d>]| -> Vec<u64> {
            list.iter().map(|arm| fingerprint::schema(document, Some(arm))).collect()
        };
        let (prints_a, prints_b) = (prints(self.old, &one), prints(self.new, &two));
        let mut left: Vec<usize> = Vec::new();
        let mut used = vec![false; two.len()];
        // Those of one name, else those that say the same, are each other's.
        for (index, arm) in one.iter().enumerate() {
            let reference = arm.str("$ref");
            let named = reference
                .and_then(|name| two.iter().position(|other| other.str("$ref") == Some(name)));
            let same =
                (0..two.len()).find(|other| !used[*other] && prints_a[index] == prints_b[*other]);
            match named.filter(|other| !used[*other]).or(same) {
                Some(other) => {
                    used[other] = true;
                    self.schema(arm, &two[other], &at.arm(index));
                }
                None => left.push(index),
            }
        }
        let come: Vec<usize> = (0..two.len()).filter(|index| !used[*index]).collect();
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
