//! A base whose kinds are told by a discriminator, and which are found elsewhere: in its mapping, and among the
//! components that bring it in by `allOf`.

use std::collections::{HashMap, HashSet, VecDeque};

use indexmap::IndexMap;
use serde_json::Value;

use super::Lowering;
use super::union::reference_name;
use super::view::View;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Arm, ArmKey, Constant, Place, Step, Tag, Travel, TypeId, TypeRef, UnionShape};
use crate::pointer::Pointer;
use crate::read::{Document, Node};

/// The components that bring each schema in by `allOf`, by the pointer of that schema.
#[derive(Debug, Default)]
pub(crate) struct Children<'d> {
    by_base: HashMap<Pointer, Vec<(&'d str, Node<'d>)>>,
    /// The schemas whose `allOf` brings them in, by where they lie in memory: the document does not move meanwhile.
    builders: HashSet<*const Value>,
}

impl<'d> Children<'d> {
    pub(crate) fn of(document: &'d Document) -> Self {
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
                        children.builders.insert(std::ptr::from_ref(node.value));
                        let list = children.by_base.entry(base.pointer).or_default();
                        if !list.iter().any(|(known, _)| *known == name) {
                            list.push((name, schema.clone()));
                        }
                    }
                }
            }
        }
        children
    }

    /// The kinds of a base in the order of its mapping, then of the document. What is itself a base stands for its own
    /// kinds.
    pub(crate) fn kinds(
        &self,
        document: &'d Document,
        base: &Node<'d>,
        discriminator: &Node<'d>,
        told: &mut Diagnostics,
    ) -> Vec<Kind<'d>> {
        self.kinds_below(document, base, discriminator, told, &mut Vec::new())
    }

    /// The same; `open` are the bases further out.
    fn kinds_below(
        &self,
        document: &'d Document,
        base: &Node<'d>,
        discriminator: &Node<'d>,
        told: &mut Diagnostics,
        open: &mut Vec<Pointer>,
    ) -> Vec<Kind<'d>> {
        open.push(base.pointer.clone());
        let mut found = mapped(document, discriminator, told);
        self.add_children(base, &mut found);
        let mut kinds: Vec<Kind<'d>> = found.into_values().collect();
        for kind in &mut kinds {
            let Some(inner) = own_discriminator(&kind.node) else { continue };
            if open.contains(&kind.node.pointer) {
                continue;
            }
            for further in self.kinds_below(document, &kind.node, &inner, told, open) {
                kind.tags.extend(further.tags);
            }
            let mut seen = HashSet::new();
            kind.tags.retain(|tag| seen.insert(tag.clone()));
        }
        open.pop();
        kinds
    }

    /// Adds what brings a base in, however far down, and goes by its own name.
    fn add_children(&self, base: &Node<'d>, found: &mut IndexMap<Pointer, Kind<'d>>) {
        let mut bases = VecDeque::from([base.pointer.clone()]);
        let mut seen = HashSet::from([base.pointer.clone()]);
        while let Some(at) = bases.pop_front() {
            for (name, node) in self.at(&at) {
                if !seen.insert(node.pointer.clone()) {
                    continue;
                }
                // A base of its own answers for what builds on it.
                if own_discriminator(node).is_none() {
                    bases.push_back(node.pointer.clone());
                }
                found.entry(node.pointer.clone()).or_insert_with(|| Kind {
                    node: node.clone(),
                    name: (*name).to_owned(),
                    tags: vec![Constant::Text((*name).to_owned())],
                });
            }
        }
    }

    /// Whether a schema brings others in as a component does that builds on them: it is one, or stands in its `allOf`.
    pub(crate) fn builds(&self, schema: &Value) -> bool {
        self.builders.contains(&std::ptr::from_ref(schema))
    }

    fn at(&self, base: &Pointer) -> &[(&'d str, Node<'d>)] {
        self.by_base.get(base).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A kind of a base, and the values of the tag that mean it.
pub(crate) struct Kind<'d> {
    pub(crate) node: Node<'d>,
    pub(crate) name: String,
    pub(crate) tags: Vec<Constant>,
}

/// The discriminator that a schema has itself, and not from what it builds on.
pub(crate) fn own_discriminator<'d>(node: &Node<'d>) -> Option<Node<'d>> {
    let of = |node: &Node<'d>| {
        node.get("discriminator").filter(|found| found.str("propertyName").is_some())
    };
    of(node).or_else(|| {
        let members = node.get("allOf")?;
        members.items().filter(|member| member.member("$ref").is_none()).find_map(|it| of(&it))
    })
}

/// The kinds that a mapping names, each by the values that lead to it.
fn mapped<'d>(
    document: &'d Document,
    discriminator: &Node<'d>,
    told: &mut Diagnostics,
) -> IndexMap<Pointer, Kind<'d>> {
    let mut found: IndexMap<Pointer, Kind<'d>> = IndexMap::new();
    for (tag, target) in discriminator.get("mapping").iter().flat_map(Node::entries) {
        let Some(target) = target.value.as_str() else { continue };
        let Some((name, node)) = named(document, target) else {
            told.push(
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
    found
}

/// The schema that a mapping names: by a reference, or by a component's name.
fn named<'d>(document: &'d Document, target: &str) -> Option<(String, Node<'d>)> {
    let pointer = if target.starts_with('#') {
        Pointer::from_fragment(target)?
    } else {
        Pointer::root().child("components").child("schemas").child(target)
    };
    let node = document.node(&pointer)?;
    let node = document.resolve(&node).ok()?;
    Some((reference_name(target).to_owned(), node))
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
        let document = self.document;
        let children = self.children.get_or_insert_with(|| Children::of(document));
        let kinds = children.kinds(document, node, &discriminator, self.diagnostics);
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
