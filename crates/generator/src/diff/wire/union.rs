//! `oneOf` and `anyOf`.

use std::collections::{HashMap, HashSet, VecDeque};

use super::schema::{described, kind};
use super::{At, Turn, Walk, both};
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
        let (pairs, left) = self.pair_arms(&one, &two);
        let mut used = vec![false; two.len()];
        for (index, other) in pairs {
            used[other] = true;
            self.schema(&one[index], &two[other], &at.arm(index));
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

    /// Which alternative became which, and those that became none: those of one name are each other's, then those that
    /// stand at the same place and are written the same, and of the rest those that say the same. What the rest says is
    /// only looked at where both sides have one.
    fn pair_arms(
        &mut self,
        one: &[Node<'d>],
        two: &[Node<'d>],
    ) -> (Vec<(usize, usize)>, Vec<usize>) {
        let mut by_name: HashMap<&str, VecDeque<usize>> = HashMap::new();
        for (index, name) in
            two.iter().enumerate().filter_map(|(i, arm)| Some((i, arm.str("$ref")?)))
        {
            by_name.entry(name).or_default().push_back(index);
        }
        let mut pairs: Vec<Option<usize>> =
            one.iter().map(|arm| by_name.get_mut(arm.str("$ref")?)?.pop_front()).collect();
        let mut used: HashSet<usize> = pairs.iter().flatten().copied().collect();
        for (index, (arm, pair)) in one.iter().zip(&mut pairs).enumerate() {
            let written_alike = two.get(index).is_some_and(|other| other.value == arm.value);
            if pair.is_none() && written_alike && used.insert(index) {
                *pair = Some(index);
            }
        }
        if pairs.iter().any(Option::is_none) && used.len() < two.len() {
            let mut by_print: HashMap<u64, VecDeque<usize>> = HashMap::new();
            for index in (0..two.len()).filter(|index| !used.contains(index)) {
                by_print.entry(self.new_prints.of(Some(&two[index]))).or_default().push_back(index);
            }
            for (arm, pair) in one.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
                *pair =
                    by_print.get_mut(&self.old_prints.of(Some(arm))).and_then(VecDeque::pop_front);
            }
        }
        let left = (0..one.len()).filter(|index| pairs[*index].is_none()).collect();
        let pairs =
            pairs.into_iter().enumerate().filter_map(|(index, other)| Some((index, other?)));
        (pairs.collect(), left)
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
