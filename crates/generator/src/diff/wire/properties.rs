//! The properties of objects: which there are, which are promised, and which were renamed.

use std::collections::HashMap;

use super::{At, Spots, Turn, Walk, Way, both, nowhere};
use crate::diff::{Class, Verdict};
use crate::lower::view::{Additional, View};
use crate::read::{Document, Node};
use crate::words;

impl<'d> Walk<'d> {
    pub(super) fn members(
        &mut self,
        old: &Node<'d>,
        new: &Node<'d>,
        a: &View<'d>,
        b: &View<'d>,
        at: &At,
    ) {
        let form = |view: &View<'d>| match (&view.additional, view.properties.is_empty()) {
            (_, false) => Form::Fields,
            (Some(Additional::Schema(_)), true) => Form::Map,
            (Some(Additional::Open | Additional::Closed) | None, true) => Form::Free,
        };
        let (one, two) = (form(a), form(b));
        if one != two {
            let turn = match (one, two) {
                (Form::Free, _) => Turn::Narrower,
                (_, Form::Free) => Turn::Wider,
                _ => Turn::Other,
            };
            let title = format!("{}: {} → {}", at.subject, one.words(), two.words());
            return self.tell(
                "type-changed",
                title,
                at.places(),
                both(old, new),
                turn.verdict(at.way),
            );
        }
        self.fields(old, new, a, b, at);
    }

    /// Compares what two objects have fields for, and what else they may hold.
    pub(super) fn fields(
        &mut self,
        old: &Node<'d>,
        new: &Node<'d>,
        a: &View<'d>,
        b: &View<'d>,
        at: &At,
    ) {
        self.additional(old, new, a, b, at);
        self.properties(old, new, a, b, at);
        self.undeclared(old, new, a, b, at);
    }

    fn additional(&mut self, old: &Node<'d>, new: &Node<'d>, a: &View<'d>, b: &View<'d>, at: &At) {
        let closed = |view: &View<'d>| matches!(view.additional, Some(Additional::Closed));
        match (&a.additional, &b.additional) {
            (Some(Additional::Schema(a)), Some(Additional::Schema(b))) => {
                self.schema(a, b, &at.value())
            }
            (Some(Additional::Schema(_)), _) => self.tell(
                "type-changed",
                format!("other fields of {} can be anything now", at.subject),
                at.places(),
                both(old, new),
                Turn::Wider.verdict(at.way),
            ),
            (_, Some(Additional::Schema(_))) => self.tell(
                "type-changed",
                format!("other fields of {} have a type now", at.subject),
                at.places(),
                both(old, new),
                Turn::Narrower.verdict(at.way),
            ),
            _ if closed(a) != closed(b) => {
                let (title, verdict) = match (closed(b), at.way) {
                    (true, way) => (
                        format!("{} takes no other fields now", at.subject),
                        Turn::Narrower.verdict(way),
                    ),
                    (false, Way::Request) => (
                        format!("{} takes other fields now", at.subject),
                        Turn::Wider.verdict(Way::Request),
                    ),
                    // Readers have to bear unknown fields anyway.
                    (false, Way::Reply) => (
                        format!("{} can hold other fields now", at.subject),
                        Verdict::new(Class::Addition, "there may be more to read"),
                    ),
                };
                self.tell("other-fields-changed", title, at.places(), both(old, new), verdict);
            }
            _ => {}
        }
    }

    fn properties(&mut self, old: &Node<'d>, new: &Node<'d>, a: &View<'d>, b: &View<'d>, at: &At) {
        let mut gone: Vec<(usize, &str, &Node<'d>)> = Vec::new();
        for (index, (name, node)) in a.properties.iter().enumerate() {
            match b.properties.get(name) {
                Some(other) => {
                    self.property(
                        a.required.contains(name),
                        b.required.contains(name),
                        node,
                        other,
                        &at.field(name),
                    );
                }
                None => gone.push((index, name, node)),
            }
        }
        let come: Vec<(usize, &str, &Node<'d>)> = (b.properties.iter().enumerate())
            .filter(|(_, (name, _))| !a.properties.contains_key(*name))
            .map(|(index, (name, node))| (index, *name, node))
            .collect();
        let mut by_print: HashMap<u64, Vec<usize>> = HashMap::new();
        if !gone.is_empty() {
            for (index, (.., node)) in come.iter().enumerate() {
                by_print.entry(self.new_prints.of(Some(node))).or_default().push(index);
            }
        }
        let mut taken = vec![false; come.len()];
        for one in gone {
            let alike = by_print.get(&self.old_prints.of(Some(one.2)));
            // Of a crowd that looks alike none can be told to be the one.
            let alike = alike.filter(|alike| alike.len() <= MOST_ALIKE).into_iter().flatten();
            let twins: Vec<usize> = alike
                .filter(|index| !taken[**index] && became(one, come[**index]))
                .copied()
                .collect();
            if let [twin] = twins.as_slice() {
                taken[*twin] = true;
                let (_, name, node) = come[*twin];
                let mut both_ways = at.field(name);
                both_ways.places.extend(at.field(one.1).places);
                let title = format!("{} is called `{name}` now", at.field(one.1).subject);
                let verdict = Verdict::new(
                    Class::Breaking,
                    if at.way == Way::Request {
                        "the old name is not heard any more"
                    } else {
                        "readers of the old name find nothing"
                    },
                );
                self.tell("field-renamed", title, both_ways.places(), both(one.2, node), verdict);
                self.property(
                    a.required.contains(one.1),
                    b.required.contains(name),
                    one.2,
                    node,
                    &both_ways,
                );
            } else {
                self.gone(one.1, one.2, old, new, at);
            }
        }
        for ((_, name, node), _) in come.into_iter().zip(taken).filter(|(_, taken)| !taken) {
            let mine = self.is_mine(self.new, node, at.way);
            if mine {
                let verdict = match (at.way, b.required.contains(name)) {
                    (Way::Request, true) => Turn::Narrower.verdict(Way::Request),
                    (Way::Request, false) => Turn::Wider.verdict(Way::Request),
                    (Way::Reply, _) => Verdict::new(Class::Addition, "there is more to read"),
                };
                let required = at.way == Way::Request && b.required.contains(name);
                let title = format!(
                    "{} is new{}",
                    at.field(name).subject,
                    if required { ", and required" } else { "" }
                );
                self.tell(
                    "field-added",
                    title,
                    at.field(name).places(),
                    (Some(old.pointer.clone()), Some(node.pointer.clone())),
                    verdict,
                );
            }
        }
    }

    fn gone(&mut self, name: &str, node: &Node<'d>, _: &Node<'d>, new: &Node<'d>, at: &At) {
        if !self.is_mine(self.old, node, at.way) {
            return;
        }
        let verdict = match at.way {
            Way::Request => {
                Verdict::new(Class::Breaking, "what requests say with it is not heard any more")
            }
            Way::Reply => Verdict::new(Class::Breaking, "readers find nothing"),
        };
        let title = format!("{} is gone", at.field(name).subject);
        self.tell(
            "field-removed",
            title,
            at.field(name).places(),
            (Some(node.pointer.clone()), Some(new.pointer.clone())),
            verdict,
        );
    }

    fn property(&mut self, was: bool, is: bool, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let (mine, still) =
            (self.is_mine(self.old, old, at.way), self.is_mine(self.new, new, at.way));
        if mine != still {
            let (title, verdict) = match (still, at.way) {
                (false, Way::Request) => (
                    format!("{} is read-only now", at.subject),
                    Verdict::new(
                        Class::Breaking,
                        "what requests say with it is not heard any more",
                    ),
                ),
                // Who rightly left it out is refused.
                (true, Way::Request) if is => (
                    format!("{} is to be written now, and required", at.subject),
                    Turn::Narrower.verdict(Way::Request),
                ),
                (true, Way::Request) => (
                    format!("{} can be written now", at.subject),
                    Turn::Wider.verdict(Way::Request),
                ),
                (false, Way::Reply) => (
                    format!("{} is write-only now", at.subject),
                    Verdict::new(Class::Breaking, "readers find nothing"),
                ),
                (true, Way::Reply) => (
                    format!("{} can be read now", at.subject),
                    Verdict::new(Class::Addition, "there is more to read"),
                ),
            };
            return self.tell("access-changed", title, at.places(), both(old, new), verdict);
        }
        if !mine {
            return;
        }
        if was != is {
            self.requiredness(is, at, both(old, new));
        }
        self.schema(old, new, at);
    }

    fn requiredness(&mut self, is: bool, at: &At, spots: Spots) {
        let (how, verdict) = match (is, at.way) {
            (true, Way::Request) => ("is required now", Turn::Narrower.verdict(Way::Request)),
            (false, Way::Request) => ("is optional now", Turn::Wider.verdict(Way::Request)),
            (true, Way::Reply) => {
                ("is promised now", Verdict::new(Class::Fix, "replies hold what they held"))
            }
            (false, Way::Reply) => (
                "may be absent now",
                Verdict::new(Class::Breaking, "readers that count on it may find nothing"),
            ),
        };
        let title = format!("{} {how}", at.subject);
        self.tell("requiredness-changed", title, at.places(), spots, verdict);
    }

    /// What is demanded and not described anywhere.
    fn undeclared(&mut self, old: &Node<'d>, new: &Node<'d>, a: &View<'d>, b: &View<'d>, at: &At) {
        let list = |view: &View<'d>| -> Vec<&'d str> {
            let names = view.required.iter().copied();
            names.filter(|name| !view.properties.contains_key(name)).collect()
        };
        let (one, two) = (list(a), list(b));
        for name in &one {
            if !two.contains(name) && !b.properties.contains_key(name) {
                self.requiredness(false, &at.field(name), both(old, new));
            }
        }
        for name in &two {
            if !one.contains(name) && !a.properties.contains_key(name) {
                self.requiredness(true, &at.field(name), both(old, new));
            }
        }
    }

    /// Whether a property travels this way.
    fn is_mine(&self, document: &'d Document, node: &Node<'d>, way: Way) -> bool {
        let view = View::of(document, node, &mut nowhere());
        match way {
            Way::Request => !view.read_only || view.write_only,
            Way::Reply => !view.write_only || view.read_only,
        }
    }
}

/// How many new properties of one kind are looked through for the one that was renamed.
const MOST_ALIKE: usize = 256;

/// Whether one property became the other, which says the same: something speaks for it, be it a word that both names
/// share, the same example or description, or that a whole object stands in the other's place.
fn became(
    (index, name, node): (usize, &str, &Node<'_>),
    (other_index, other_name, other): (usize, &str, &Node<'_>),
) -> bool {
    let stems = |name: &str| -> Vec<String> {
        words::split(name).iter().map(|word| words::stem(word).into_owned()).collect()
    };
    let (one, two) = (stems(name), stems(other_name));
    let related = one.iter().any(|word| two.contains(word)) || one.concat() == two.concat();
    let same = |key: &str| {
        node.member(key).is_some_and(|value| {
            !value.is_null() && value.as_str() != Some("") && Some(value) == other.member(key)
        })
    };
    let whole = node.member("properties").is_some() || node.member("$ref").is_some();
    related
        || same("description")
        || (same("example") && index == other_index)
        || (whole && index == other_index)
}

/// What an object is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Properties with names.
    Fields,
    /// Keys are data, and values have a type.
    Map,
    /// Nothing is said.
    Free,
}

impl Form {
    fn words(self) -> &'static str {
        match self {
            Self::Fields => "object with named fields",
            Self::Map => "map",
            Self::Free => "any object",
        }
    }
}
