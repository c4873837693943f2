//! A base whose kinds are told by a discriminator, and which are found elsewhere: in its mapping, and among the
//! components that bring it in by `allOf`.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::Lowering;
use super::union::reference_name;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::model::{Arm, ArmKey, Constant, Place, Step, Tag, Travel, TypeId, TypeRef, UnionShape};
use crate::pointer::Pointer;
use crate::read::{Document, Node};

/// The components that bring each schema in by `allOf`, by the pointer of that schema.
#[derive(Debug, Default)]
pub(super) struct Children<'d>(HashMap<Pointer, Vec<(&'d str, Node<'d>)>>);

impl<'d> Children<'d> {
    pub(super) fn of(document: &'d Document) -> Self {
        let mut children = Self::default();
        let schemas = document.root().get("components").and_then(|it| it.get("schemas"));
        for (name, schema) in schemas.iter().flat_map(Node::entries) {
            // Members that are written out may bring in others.
            let mut open = vec![schema.clone()];
            while let Some(node) = open.pop() {
                for member in node.get("allOf").iter().flat_map(Node::items) {
                    if member.member("$ref").is_none() {
                        open.push(member);
                    } else if let Ok(base) = document.resolve(&member) {
                        let list = children.0.entry(base.pointer).or_default();
                        if !list.iter().any(|(known, _)| *known == name) {
                            list.push((name, schema.clone()));
                        }
                    }
                }
            }
        }
        children
    }

    fn at(&self, base: &Pointer) -> &[(&'d str, Node<'d>)] {
        self.0.get(base).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A kind of a base, and the values of the tag that mean it.
struct Kind<'d> {
    node: Node<'d>,
    name: String,
    tags: Vec<Constant>,
}

/// The discriminator that a schema has itself, and not from what it builds on.
pub(super) fn own_discriminator<'d>(node: &Node<'d>) -> Option<Node<'d>> {
    let of = |node: &Node<'d>| {
        node.get("discriminator").filter(|found| found.str("propertyName").is_some())
    };
    of(node).or_else(|| {
        let members = node.get("allOf")?;
        members.items().filter(|member| member.member("$ref").is_none()).find_map(|it| of(&it))
    })
}

impl<'d> Lowering<'d, '_> {
    /// The choice between the kinds of a base; nothing where it has none.
    pub(super) fn base(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> Option<TypeRef> {
        let discriminator = own_discriminator(node)?;
        let property = discriminator.str("propertyName")?;
        let kinds = self.kinds(node, &discriminator, &mut Vec::new());
        if kinds.is_empty() {
            self.diagnostics.push(
                Diagnostic::note(
                    "discriminator-without-kinds",
                    format!("`{property}` tells what a value is, and no schema says what there is; the type keeps what it does not know"),
                )
                .at(discriminator.pointer)
                .help("list the schemas in `mapping`, or let them bring this one in by `allOf`"),
            );
            return None;
        }
        let mut arms: Vec<Arm> = Vec::new();
        for kind in kinds {
            let is_self = kind.node.pointer == node.pointer;
            let key = ArmKey::Said(if is_self { "base".to_owned() } else { kind.name });
            let ty = if is_self {
                self.object(node, view, &place.then(Step::Arm(key.clone())), travel, None)
            } else {
                self.referred(kind.node, travel)
            };
            arms.push(Arm { key, ty, tags: kind.tags });
        }
        let tag = Some(Tag { property: property.to_owned(), always: true });
        Some(self.union(node, view, UnionShape { tag, arms }, place, travel, slot))
    }

    /// The kinds of a base in the order of its mapping, then of the document. What is itself a base stands for its own
    /// kinds. `open` are the bases further out.
    fn kinds(
        &mut self,
        base: &Node<'d>,
        discriminator: &Node<'d>,
        open: &mut Vec<Pointer>,
    ) -> Vec<Kind<'d>> {
        open.push(base.pointer.clone());
        let mut found: IndexMap<Pointer, Kind<'d>> = IndexMap::new();
        for (tag, target) in discriminator.get("mapping").iter().flat_map(Node::entries) {
            let Some(target) = target.value.as_str() else { continue };
            let Some((name, node)) = self.named(target) else {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "mapping-unresolved",
                        format!("`{target}` is no schema of this document; what goes by `{tag}` is kept as it comes"),
                    )
                    .at(discriminator.pointer.child("mapping").child(tag))
                    .help("write a reference, or the name of a component"),
                );
                continue;
            };
            let kind = found.entry(node.pointer.clone());
            let kind = kind.or_insert_with(|| Kind { node, name, tags: Vec::new() });
            kind.tags.push(Constant::Text(tag.to_owned()));
        }
        let mut bases = vec![base.pointer.clone()];
        let mut seen = bases.clone();
        while let Some(at) = bases.pop() {
            for (name, node) in self.children().at(&at).to_vec() {
                if seen.contains(&node.pointer) {
                    continue;
                }
                seen.push(node.pointer.clone());
                // A base of its own answers for what builds on it.
                if own_discriminator(&node).is_none() {
                    bases.insert(0, node.pointer.clone());
                }
                found.entry(node.pointer.clone()).or_insert_with(|| Kind {
                    node,
                    name: name.to_owned(),
                    tags: vec![Constant::Text(name.to_owned())],
                });
            }
        }
        let mut kinds: Vec<Kind<'d>> = found.into_values().collect();
        for kind in &mut kinds {
            let Some(inner) = own_discriminator(&kind.node) else { continue };
            if open.contains(&kind.node.pointer) {
                continue;
            }
            let node = kind.node.clone();
            for further in self.kinds(&node, &inner, open) {
                kind.tags.extend(further.tags);
            }
            let mut seen = std::collections::HashSet::new();
            kind.tags.retain(|tag| seen.insert(tag.clone()));
        }
        open.pop();
        kinds
    }

    /// The schema that a mapping names: by a reference, or by a component's name.
    fn named(&mut self, target: &str) -> Option<(String, Node<'d>)> {
        let pointer = if target.starts_with('#') {
            Pointer::from_fragment(target)?
        } else {
            Pointer::root().child("components").child("schemas").child(target)
        };
        let node = self.document.node(&pointer)?;
        let node = self.document.resolve(&node).ok()?;
        Some((reference_name(target).to_owned(), node))
    }

    fn children(&mut self) -> &Children<'d> {
        let document = self.document;
        self.children.get_or_insert_with(|| Children::of(document))
    }

    /// Whether a component brings in a base as one of its kinds.
    pub(super) fn is_kind_of(&mut self, component: &Node<'d>, base: &Node<'d>) -> bool {
        let Ok(base) = self.document.resolve(base) else { return false };
        own_discriminator(&base).is_some()
            && self
                .children()
                .at(&base.pointer)
                .iter()
                .any(|(_, it)| it.pointer == component.pointer)
    }
}
