//! The kinds of a base: what its discriminator tells apart, found in its mapping and among the components that build on it.
//!
//! Whoever refers to the base can get any of them, though nothing says so at the place itself.

use std::collections::BTreeSet;

use super::{At, Walk, nowhere};
use crate::lower::kinds::{Children, Kind, own_discriminator};
use crate::read::Node;

impl<'d> Walk<'d> {
    /// Compares which kinds there are of a base, by which values they go, and what they hold.
    pub(super) fn kinds(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let (one, two) = (own_discriminator(old), own_discriminator(new));
        let (mut a, mut b) = (Vec::new(), Vec::new());
        if let Some(discriminator) = &one {
            let children = self.old_children.get_or_init(|| Children::of(self.old));
            a = children.kinds(self.old, old, discriminator, &mut nowhere());
        }
        if let Some(discriminator) = &two {
            let children = self.new_children.get_or_init(|| Children::of(self.new));
            b = children.kinds(self.new, new, discriminator, &mut nowhere());
        }
        if a.is_empty() && b.is_empty() {
            return;
        }
        let property = |node: &Option<Node<'d>>| {
            node.as_ref().and_then(|node| node.str("propertyName")).map(str::to_owned)
        };
        self.told_apart((property(&one), property(&two)), (old, new), at);
        if one.is_none() || two.is_none() {
            return;
        }
        let pairs = self.pair_kinds(&a, &b);
        let names = |kinds: &[Kind<'d>], taken: &dyn Fn(usize) -> bool| -> Vec<String> {
            let left = kinds.iter().enumerate().filter(|(index, _)| !taken(*index));
            left.map(|(_, kind)| format!("`{}`", kind.name)).collect()
        };
        let gone = names(&a, &|index| pairs.iter().any(|(known, _)| *known == index));
        let come = names(&b, &|index| pairs.iter().any(|(_, known)| *known == index));
        self.arms_changed(&gone.join(", "), &come.join(", "), (old, new), at);
        for (index, other) in pairs {
            let (one, two) = (&a[index], &b[other]);
            self.tags_changed(&one.name, (&tags(one), &tags(two)), (old, new), at);
            let base = [old, new]
                .iter()
                .any(|base| base.pointer == one.node.pointer || base.pointer == two.node.pointer);
            if !base {
                self.later(&one.node, &two.node, at.arm(index));
            }
        }
    }

    /// Those of one name are each other's, and of the rest those that say the same.
    fn pair_kinds(&mut self, a: &[Kind<'d>], b: &[Kind<'d>]) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (index, one) in a.iter().enumerate() {
            if let Some(other) = b.iter().position(|two| two.name == one.name) {
                pairs.push((index, other));
            }
        }
        for (index, one) in a.iter().enumerate() {
            if pairs.iter().any(|(known, _)| *known == index) {
                continue;
            }
            let print = self.old_prints.of(Some(&one.node));
            let twin = b.iter().enumerate().find(|(other, two)| {
                !pairs.iter().any(|(_, known)| known == other)
                    && self.new_prints.of(Some(&two.node)) == print
            });
            pairs.extend(twin.map(|(other, _)| (index, other)));
        }
        pairs
    }

    /// Compares two components in their turn, unless they were.
    fn later(&mut self, old: &Node<'d>, new: &Node<'d>, at: At) {
        let pair = (std::ptr::from_ref(old.value), std::ptr::from_ref(new.value), at.way);
        let met = self.seen.entry(pair).or_default();
        met.times += 1;
        if met.times == 1 {
            self.queue.push_back((old.clone(), new.clone(), at));
        }
    }
}

fn tags(kind: &Kind<'_>) -> BTreeSet<String> {
    kind.tags.iter().map(|tag| tag.to_string()).collect()
}
