//! What tells the arms of a choice apart: the discriminator, or a property that is never the same in two of them.

use std::collections::HashSet;

use super::Lowering;
use super::union::{Members, reference_name};
use super::view::View;
use crate::model::{Constant, Fill, Scalar, Shape, Tag, TypeId, TypeRef};
use crate::read::Node;

/// How many choices may stand within each other before their tags are no longer looked for.
const DEEPEST: usize = 8;

/// Properties that are tags more often than others, where an arm has several constants.
const USUAL: [&str; 4] = ["type", "kind", "object", "event"];

/// A tag, and the values of it that mean each member.
pub(super) struct Told {
    pub(super) tag: Tag,
    pub(super) tags: Vec<Vec<Constant>>,
}

impl<'d> Lowering<'d, '_> {
    /// What tells the members of a choice apart, if something does.
    pub(super) fn told(&mut self, view: &View<'d>, members: &Members<'d>) -> Option<Told> {
        let discriminator = view.discriminator.as_ref();
        let property = discriminator.and_then(|discriminator| discriminator.str("propertyName"));
        if let Some(property) = property {
            let mapping = discriminator.and_then(|discriminator| discriminator.get("mapping"));
            let tags = self.discriminated(members, property, mapping.as_ref());
            // A tag that some arm lacks cannot tell the arms apart. One arm alone is a choice that is going to grow.
            if !tags.is_empty() && tags.iter().all(|tags| !tags.is_empty()) {
                return Some(Told {
                    tag: Tag { property: property.to_owned(), always: true },
                    tags,
                });
            }
        }
        self.constant_tag(members)
    }

    /// The values of the discriminator that mean each member: those of the mapping, else the only values that its own
    /// property may have, else the component's name.
    fn discriminated(
        &mut self,
        members: &Members<'d>,
        property: &str,
        mapping: Option<&Node<'d>>,
    ) -> Vec<Vec<Constant>> {
        let own: Vec<Option<Vec<Constant>>> =
            members.nodes().map(|member| self.values_of(member, property, 0)).collect();
        // A list of all values in every arm is no arm's own.
        let own_ones = are_distinct(own.iter().flatten());
        let list = members.nodes().zip(own);
        list.map(|(member, own)| {
            let reference = member.str("$ref").unwrap_or_default();
            let name = reference_name(reference);
            let entries = mapping.into_iter().filter_map(|mapping| mapping.value.as_object());
            let mapped: Vec<Constant> = entries
                .flatten()
                .filter(|(_, target)| {
                    target.as_str().is_some_and(|target| {
                        !name.is_empty() && (target == reference || target == name)
                    })
                })
                .map(|(tag, _)| Constant::Text(tag.clone()))
                .collect();
            if !mapped.is_empty() {
                return mapped;
            }
            match own.filter(|_| own_ones) {
                Some(own) => own,
                None if name.is_empty() => Vec::new(),
                None => vec![Constant::Text(name.to_owned())],
            }
        })
        .collect()
    }

    /// The property that has values of its own in every member.
    fn constant_tag(&mut self, members: &Members<'d>) -> Option<Told> {
        if members.list.len() < 2 {
            return None;
        }
        let first = members.nodes().next()?;
        let mut best: Option<(Told, (bool, bool, bool))> = None;
        for property in self.listing_values(first, 0) {
            let tags: Option<Vec<Vec<Constant>>> =
                members.nodes().map(|member| self.values_of(member, property, 0)).collect();
            let Some(tags) = tags.filter(|tags| are_distinct(tags.iter())) else { continue };
            let always = members.nodes().all(|member| self.requires(member, property, 0));
            let is_constant = tags.iter().all(|tags| tags.len() == 1);
            let rank = (always, is_constant, USUAL.contains(&property));
            if best.as_ref().is_none_or(|(_, known)| rank > *known) {
                let tag = Tag { property: property.to_owned(), always };
                best = Some((Told { tag, tags }, rank));
            }
        }
        best.map(|(told, _)| told)
    }

    /// The properties of a member that list their values.
    fn listing_values(&mut self, member: &Node<'d>, depth: usize) -> Vec<&'d str> {
        let view = View::of(self.document, member, self.diagnostics);
        if view.properties.is_empty() {
            return match view.alternatives.first() {
                Some(inner) if depth < DEEPEST => self.listing_values(inner, depth + 1),
                _ => Vec::new(),
            };
        }
        let lists = |property: &Node<'d>| {
            let target = self.document.resolve(property);
            target.is_ok_and(|target| {
                target.member("enum").is_some() || target.member("allOf").is_some()
            })
        };
        view.properties.iter().filter(|(_, node)| lists(node)).map(|(name, _)| *name).collect()
    }

    /// The values that a property of a member may have; of a choice within, those of all its members.
    fn values_of(
        &mut self,
        member: &Node<'d>,
        property: &str,
        depth: usize,
    ) -> Option<Vec<Constant>> {
        let view = View::of(self.document, member, self.diagnostics);
        if let Some(property) = view.properties.get(property) {
            let property = View::of(self.document, property, self.diagnostics);
            let values = property.values.filter(|values| !values.is_empty())?;
            return values.iter().map(Constant::of).collect();
        }
        if view.alternatives.is_empty() || depth >= DEEPEST {
            return None;
        }
        let inner: Option<Vec<Vec<Constant>>> = view
            .alternatives
            .iter()
            .map(|member| self.values_of(member, property, depth + 1))
            .collect();
        Some(inner?.concat())
    }

    fn requires(&mut self, member: &Node<'d>, property: &str, depth: usize) -> bool {
        let view = View::of(self.document, member, self.diagnostics);
        if !view.properties.is_empty() || depth >= DEEPEST {
            return view.required.contains(property);
        }
        view.alternatives.iter().all(|member| self.requires(member, property, depth + 1))
    }

    /// The type behind a component that may be null.
    fn without_null(&self, id: TypeId) -> TypeId {
        match &self.types.get(id).shape {
            Shape::Alias(TypeRef::Nullable(inner)) => match &**inner {
                TypeRef::Named(inner) => *inner,
                _ => id,
            },
            _ => id,
        }
    }

    /// What a type goes by in every choice that it stands in, its own property says as well: nobody has to know and write
    /// it. The document does not promise it of the type by itself, so it is no constant.
    pub(super) fn fill_tags(&mut self) {
        let mut told: indexmap::IndexMap<TypeId, Vec<(String, Vec<Constant>)>> =
            indexmap::IndexMap::new();
        for (id, property, tags) in std::mem::take(&mut self.tagged) {
            told.entry(id).or_default().push((property, tags));
        }
        for (id, list) in told {
            let (property, tags) = &list[0];
            let [tag] = tags.as_slice() else { continue };
            if list.iter().any(|other| other != &list[0]) {
                continue;
            }
            let id = self.without_null(id);
            let types = &self.types;
            let is_open = |ty: &TypeRef| match ty {
                TypeRef::Scalar(Scalar::String) => true,
                TypeRef::Named(id) => matches!(types.get(*id).shape, Shape::Enum(_)),
                _ => false,
            };
            let Shape::Struct(shape) = &types.get(id).shape else { continue };
            let Some(at) = shape.fields.iter().position(|field| {
                field.wire == *property
                    && field.fill.is_none()
                    && field.only.is_none()
                    && is_open(&field.ty)
            }) else {
                continue;
            };
            let Shape::Struct(shape) = &mut self.types.get_mut(id).shape else { continue };
            shape.fields[at].fill = Some(Fill::Usual(tag.clone()));
        }
    }
}

/// Whether no value stands in two of the lists, and each has one.
fn are_distinct<'t>(lists: impl Iterator<Item = &'t Vec<Constant>>) -> bool {
    let mut seen = HashSet::new();
    for list in lists {
        let own: HashSet<&Constant> = list.iter().collect();
        if own.is_empty() || own.into_iter().any(|value| !seen.insert(value)) {
            return false;
        }
    }
    true
}
