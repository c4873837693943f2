//! `oneOf` and `anyOf`.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::schema::{described, kind};
use super::{At, Turn, Walk, Way, both};
use crate::diff::{Class, Verdict};
use crate::lower::component_name;
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
        for &(index, other) in &pairs {
            used[other] = true;
            self.schema(&one[index], &two[other], &at.arm(index));
        }
        let come: Vec<usize> = (0..two.len()).filter(|index| !used[*index]).collect();
        let alone = one.len() == 1 && two.len() == 1;
        if alone && let ([a], [b]) = (left.as_slice(), come.as_slice()) {
            return self.schema(&one[*a], &two[*b], at);
        }
        let names = |document: &'d Document, list: &[Node<'d>], which: &[usize]| -> String {
            let names = which.iter().map(|index| name(document, &list[*index], at));
            names.collect::<Vec<_>>().join(", ")
        };
        let (gone, new_ones) = (names(self.old, &one, &left), names(self.new, &two, &come));
        self.arms_changed(&gone, &new_ones, (old, new), at);
        self.exclusive((old, a), (new, b), at);
        self.tag(old, new, a, b, at);
        self.mapping((&one, a), (&two, b), &pairs, (old, new), at);
    }

    /// Tells which alternatives are gone and which came; an empty list is none.
    pub(super) fn arms_changed(
        &mut self,
        gone: &str,
        come: &str,
        (old, new): (&Node<'d>, &Node<'d>),
        at: &At,
    ) {
        let subject = &at.subject;
        let (title, turn) = match (gone.is_empty(), come.is_empty()) {
            (true, true) => return,
            (true, false) => (format!("{subject} can be {come} as well"), Turn::Wider),
            (false, true) => (format!("{subject} can no longer be {gone}"), Turn::Narrower),
            (false, false) => (format!("{subject}: {gone} → {come}"), Turn::Other),
        };
        let verdict = turn.verdict(at.way);
        self.tell("alternatives-changed", title, at.places(), both(old, new), verdict);
    }

    /// A value may be several alternatives of `anyOf` at once, and only one of `oneOf`. Where a tag or the type tells them
    /// apart, that is the same.
    fn exclusive(
        &mut self,
        (old, a): (&Node<'d>, &View<'d>),
        (new, b): (&Node<'d>, &View<'d>),
        at: &At,
    ) {
        let is_exclusive = |node: &Node<'d>| match (node.member("oneOf"), node.member("anyOf")) {
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            _ => None,
        };
        let (Some(was), Some(is)) = (is_exclusive(old), is_exclusive(new)) else { return };
        let is_told = a.discriminator.is_some() && b.discriminator.is_some();
        if was == is || is_told || self.differ_by_type(b, at) {
            return;
        }
        let (title, turn) = if is {
            ("has to be exactly one of its alternatives now", Turn::Narrower)
        } else {
            ("can be several of its alternatives at once now", Turn::Wider)
        };
        let verdict = match at.way {
            Way::Request => turn.verdict(Way::Request),
            Way::Reply => Verdict::new(Class::Fix, "readers take what comes"),
        };
        let title = format!("{} {title}", at.subject);
        self.tell("alternatives-changed", title, at.places(), both(old, new), verdict);
    }

    /// Whether no two alternatives are of one type.
    fn differ_by_type(&self, view: &View<'d>, at: &At) -> bool {
        let mut seen = HashSet::new();
        view.alternatives.iter().all(|arm| {
            let own = View::of(self.new, arm, &mut super::nowhere());
            let node = self.new.resolve(arm).unwrap_or_else(|_| arm.clone());
            let kind = kind(&own, &node, at.way).map(|kind| match kind {
                "integer" => "number",
                other => other,
            });
            kind.is_some_and(|kind| seen.insert(kind))
        })
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

    /// The values of the tag that mean an alternative which both sides have.
    fn mapping(
        &mut self,
        (one, a): (&[Node<'d>], &View<'d>),
        (two, b): (&[Node<'d>], &View<'d>),
        pairs: &[(usize, usize)],
        (old, new): (&Node<'d>, &Node<'d>),
        at: &At,
    ) {
        let (Some(a), Some(b)) = (&a.discriminator, &b.discriminator) else { return };
        if a.str("propertyName") != b.str("propertyName") {
            return;
        }
        let (tags_a, tags_b) = (tags(a, one), tags(b, two));
        for &(index, other) in pairs {
            let (Some(before), Some(after)) = (tags_a.get(&index), tags_b.get(&other)) else {
                continue;
            };
            let arm = name(self.new, &two[other], at);
            self.tags_changed(arm.trim_matches('`'), (before, after), (old, new), at);
        }
    }

    /// Tells by which values of the tag an alternative goes, where that changed.
    pub(super) fn tags_changed(
        &mut self,
        arm: &str,
        (before, after): (&BTreeSet<String>, &BTreeSet<String>),
        (old, new): (&Node<'d>, &Node<'d>),
        at: &At,
    ) {
        if before == after {
            return;
        }
        let listed = |tags: &BTreeSet<String>| {
            tags.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(", ")
        };
        let turn = match (before.is_subset(after), after.is_subset(before)) {
            (true, _) => Turn::Wider,
            (_, true) => Turn::Narrower,
            _ => Turn::Other,
        };
        let (after, before) = (listed(after), listed(before));
        let title = format!("{}: `{arm}` is tagged {after}, and was {before}", at.subject);
        let verdict = match (turn, at.way) {
            (Turn::Wider | Turn::Other, Way::Reply) => {
                Verdict::new(Class::Breaking, "readers that know only the old tags refuse it")
            }
            (turn, way) => turn.verdict(way),
        };
        self.tell("mapping-changed", title, at.places(), both(old, new), verdict);
    }

    fn tag(&mut self, old: &Node<'d>, new: &Node<'d>, a: &View<'d>, b: &View<'d>, at: &At) {
        let property = |view: &View<'d>| {
            view.discriminator.as_ref().and_then(|node| node.str("propertyName")).map(str::to_owned)
        };
        if !a.alternatives.is_empty() && !b.alternatives.is_empty() {
            self.told_apart((property(a), property(b)), (old, new), at);
        }
    }

    /// Tells by which property alternatives are told apart, where that changed.
    pub(super) fn told_apart(
        &mut self,
        (one, two): (Option<String>, Option<String>),
        (old, new): (&Node<'d>, &Node<'d>),
        at: &At,
    ) {
        if one != two {
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

/// The values of the tag by alternative. One that no value is given for goes by the name of its component, which the
/// alternative's own name is told by already.
fn tags(discriminator: &Node<'_>, arms: &[Node<'_>]) -> HashMap<usize, BTreeSet<String>> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, arm) in arms.iter().enumerate() {
        let reference = arm.str("$ref").map(component_name);
        by_name.entry(reference.unwrap_or_default()).or_default().push(index);
    }
    let mut tags: HashMap<usize, BTreeSet<String>> = HashMap::new();
    for (tag, target) in discriminator.get("mapping").iter().flat_map(Node::entries) {
        let target = component_name(target.value.as_str().unwrap_or_default());
        for index in by_name.get(&target).into_iter().flatten() {
            tags.entry(*index).or_default().insert(tag.to_owned());
        }
    }
    for (name, arms) in by_name.into_iter().filter(|(name, _)| !name.is_empty()) {
        for index in arms {
            let own = tags.entry(index).or_default();
            if own.is_empty() {
                own.insert(name.clone());
            }
        }
    }
    tags
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
