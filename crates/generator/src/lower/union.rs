//! `oneOf` and `anyOf` to types.

use serde_json::Value;

use super::Lowering;
use super::tag::Told;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Arm, ArmKey, Constant, Place, Scalar, Shape, Step, Tag, Travel, TypeId, TypeRef, UnionShape,
};
use crate::read::Node;

/// The most bytes of names and values that a place spells out.
const LONGEST_KEY: usize = 400;

/// The members of a choice, without those that are null or only add constraints.
pub(super) struct Members<'d> {
    /// Each with its place among all.
    pub(super) list: Vec<(usize, Node<'d>)>,
    has_null: bool,
}

impl<'d> Members<'d> {
    fn of(view: &View<'d>) -> Self {
        let list = view.alternatives.iter().enumerate();
        let list = list.filter(|(_, member)| !is_null(member) && !is_constraint(member.value));
        Self {
            list: list.map(|(index, member)| (index, member.clone())).collect(),
            has_null: view.alternatives.iter().any(is_null),
        }
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node<'d>> {
        self.list.iter().map(|(_, node)| node)
    }
}

impl<'d> Lowering<'d, '_> {
    /// The type of a schema with alternatives, or nothing where they only add constraints.
    pub(super) fn alternatives(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> Option<TypeRef> {
        if view.properties.is_empty()
            && let Some(ty) = self.documented_enum(node, view, place, travel, slot)
        {
            return Some(ty);
        }
        if let Some(ty) = self.or_empty(node, view, place, travel) {
            return Some(ty);
        }
        let members = Members::of(view);
        let told = self.told(view, &members);
        if !view.properties.is_empty() {
            return match (members.list.is_empty(), told) {
                (true, _) => None,
                (false, Some(told)) => {
                    Some(self.sharing(node, view, (&members, told), place, travel, slot))
                }
                (false, None) => Some(self.open_object(node, view, place, travel, slot)),
            };
        }
        let keys = self.arm_keys(&members, told.as_ref());
        let mut tags = told.iter().flat_map(|told| told.tags.iter().cloned());
        let mut has_null = members.has_null;
        let mut arms: Vec<Arm> = Vec::new();
        for (member, key) in members.nodes().zip(keys) {
            let ty = self.schema(member, &place.then(Step::Arm(key.clone())), travel);
            has_null |= matches!(ty, TypeRef::Nullable(_));
            let ty = ty.non_null().clone();
            let tags = tags.next().unwrap_or_default();
            match arms.iter_mut().find(|known| known.ty == ty || are_text(&known.ty, &ty)) {
                Some(known) => {
                    if known.ty != ty {
                        known.ty = TypeRef::Scalar(Scalar::String);
                    }
                    known.tags.extend(tags);
                }
                None => arms.push(Arm { key, ty, tags }),
            }
        }
        let wrap = |ty: TypeRef| if has_null { ty.nullable() } else { ty };
        match arms.len() {
            0 if has_null => Some(TypeRef::Unknown),
            0 => None,
            1 if told.is_none() => arms.pop().map(|arm| wrap(arm.ty)),
            _ => {
                let tag = told.map(|told| told.tag);
                Some(wrap(self.union(node, view, UnionShape { tag, arms }, place, travel, slot)))
            }
        }
    }

    /// The type of a choice between the empty text and something else: no alternative of its own, but a way to say
    /// "none". Nothing where no alternative is the empty text alone.
    fn or_empty(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
    ) -> Option<TypeRef> {
        let mut others = Vec::new();
        for member in &view.alternatives {
            if !self.is_empty_text(member) {
                others.push(member.clone());
            }
        }
        let left = others.iter().filter(|member| !is_null(member)).count();
        if !view.properties.is_empty() || others.len() == view.alternatives.len() || left == 0 {
            return None;
        }
        let ty = if let [one] = others.as_slice() {
            self.schema(one, place, travel)
        } else {
            let rest = View { alternatives: others, ..view.clone() };
            // The schema as a whole is not what remains of it, so its own type is another.
            self.alternatives(node, &rest, place, travel, None)?
        };
        Some(if view.nullable { ty.or_empty().nullable() } else { ty.or_empty() })
    }

    fn is_empty_text(&mut self, member: &Node<'d>) -> bool {
        let view = View::of(self.document, member, self.diagnostics);
        let longest = || member.member("maxLength").and_then(Value::as_u64);
        match view.values.map(Vec::as_slice) {
            Some([Value::String(text)]) => text.is_empty(),
            Some(_) => false,
            None => view.kind() == Some("string") && longest() == Some(0),
        }
    }

    /// Takes in a union, and notes what its tag says of its arms.
    pub(super) fn union(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        shape: UnionShape,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> TypeRef {
        if let Some(Tag { property, .. }) = &shape.tag {
            for arm in &shape.arms {
                if let TypeRef::Named(id) = &arm.ty {
                    self.tagged.push((*id, property.clone(), arm.tags.clone()));
                }
            }
        }
        self.define(node, view, Shape::Union(shape), Vec::new(), place, travel, slot)
    }

    /// The choice whose arms all have the properties that stand beside it.
    fn sharing(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        (members, told): (&Members<'d>, Told),
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> TypeRef {
        let keys = self.arm_keys(members, Some(&told));
        let mut arms = Vec::new();
        for ((member, key), tags) in members.nodes().zip(keys).zip(told.tags) {
            let own = View::of(self.document, member, self.diagnostics);
            let has_all = view.properties.iter().all(|(name, property)| {
                own.properties.get(name).is_some_and(|own| std::ptr::eq(own.value, property.value))
            });
            let inside = place.then(Step::Arm(key.clone()));
            let ty = if has_all {
                self.schema(member, &inside, travel).non_null().clone()
            } else {
                self.object(member, &own.beside(view), &inside, travel, None)
            };
            arms.push(Arm { key, ty, tags });
        }
        let shape = UnionShape { tag: Some(told.tag), arms };
        self.union(node, view, shape, place, travel, slot)
    }

    /// The struct of the schema's own properties, open to what its alternatives add.
    fn open_object(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> TypeRef {
        self.diagnostics.push(
            Diagnostic::note(
                "properties-beside-alternatives",
                "properties stand beside `oneOf` or `anyOf`, and nothing tells which alternative a value is; the type has those properties and keeps all others as they come",
            )
            .at(node.pointer.clone())
            .help("give every alternative a property with a value of its own, or name one as `discriminator`"),
        );
        let ty = self.object(node, view, place, travel, slot);
        if let TypeRef::Named(id) = &ty
            && let Shape::Struct(shape) = &mut self.types.get_mut(*id).shape
        {
            shape.rest.get_or_insert(TypeRef::Any);
        }
        ty
    }

    /// What each arm is known by: its tag, the name that the document gives it, a property that no other has, the first of
    /// several tags, or its place.
    fn arm_keys(&mut self, members: &Members<'d>, told: Option<&Told>) -> Vec<ArmKey> {
        let mut keys: Vec<Option<ArmKey>> = Vec::new();
        for (at, member) in members.nodes().enumerate() {
            let tag = match told.and_then(|told| told.tags.get(at)).map(Vec::as_slice) {
                Some([tag]) => Some(tag.to_string()),
                _ => None,
            };
            let named = || member.str("$ref").map(|reference| reference_name(reference).to_owned());
            let title = || member.str("title").map(|title| title.trim().to_owned());
            let said = tag.or_else(named).or_else(title).filter(|said| !said.is_empty());
            keys.push(said.map(ArmKey::Said));
        }
        if keys.iter().any(Option::is_none) {
            self.keys_by_parts(members, &mut keys);
        }
        let keys = keys.into_iter().zip(&members.list).enumerate();
        let mut known: Vec<ArmKey> = Vec::new();
        for (at, (key, (index, member))) in keys {
            let first =
                || told.and_then(|told| told.tags.get(at)?.first()).map(Constant::to_string);
            let key = key.or_else(|| first().map(ArmKey::Said)).or_else(|| self.made_of(member));
            let key = key.filter(|key| !known.contains(key)).unwrap_or(ArmKey::At(*index));
            known.push(key);
        }
        known
    }

    /// What an arm is made of: the names of its properties, its values, or its kind and that of its items. Nothing where
    /// that would be long, or could not be written into a place.
    fn made_of(&mut self, member: &Node<'d>) -> Option<ArmKey> {
        let view = View::of(self.document, member, self.diagnostics);
        let mut parts: Vec<String> = match view.values {
            Some(values) => values.iter().map(Value::to_string).collect(),
            None if view.properties.is_empty() => {
                let items = view.items.as_ref().map(|items| {
                    let items = View::of(self.document, items, self.diagnostics);
                    items.kind().unwrap_or("any").to_owned()
                });
                std::iter::once(view.kind()?.to_owned()).chain(items).collect()
            }
            None => view.properties.keys().map(|name| (*name).to_owned()).collect(),
        };
        parts.sort();
        let is_plain = |part: &String| !part.contains([' ', '.', ',', '{', '}', '|']);
        let length: usize = parts.iter().map(String::len).sum();
        (length <= LONGEST_KEY && parts.iter().all(is_plain)).then_some(ArmKey::Made(parts))
    }

    fn keys_by_parts(&mut self, members: &Members<'d>, keys: &mut [Option<ArmKey>]) {
        let views: Vec<View<'d>> = members
            .nodes()
            .map(|member| View::of(self.document, member, self.diagnostics))
            .collect();
        let mut counts: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
        for name in views.iter().flat_map(|view| view.properties.keys()) {
            *counts.entry(name).or_default() += 1;
        }
        for (key, view) in keys.iter_mut().zip(&views).filter(|(key, _)| key.is_none()) {
            if let Some([serde_json::Value::String(text)]) = view.values.map(Vec::as_slice)
                && text.is_empty()
            {
                *key = Some(ArmKey::Said("empty".to_owned()));
                continue;
            }
            // `{ "circle": { … } }`: the only property of an arm says what it is.
            if let (1, Some((only, _))) = (view.properties.len(), view.properties.first())
                && counts.get(only) == Some(&1)
            {
                *key = Some(ArmKey::Said((*only).to_owned()));
                continue;
            }
            let mut own = view.properties.keys().filter(|name| counts.get(**name) == Some(&1));
            let required = own.clone().find(|name| view.required.contains(**name));
            *key = required.or_else(|| own.next()).map(|name| ArmKey::Holds((*name).to_owned()));
        }
    }
}

/// Whether an alternative says nothing but that the value may be null.
fn is_null(member: &Node<'_>) -> bool {
    member.str("type") == Some("null")
}

/// Whether two alternatives are text, whatever the one or the other is called: no value tells them apart.
fn are_text(a: &TypeRef, b: &TypeRef) -> bool {
    let is_text = |ty: &TypeRef| matches!(ty, TypeRef::Scalar(Scalar::String | Scalar::Binary));
    is_text(a) && is_text(b)
}

/// The last part of a reference: what it leads to is mostly called so.
pub(super) fn reference_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// Whether an alternative only says which properties must be there together.
fn is_constraint(schema: &Value) -> bool {
    schema.as_object().is_some_and(|schema| {
        !schema.is_empty()
            && schema
                .keys()
                .all(|key| matches!(key.as_str(), "required" | "not" | "description" | "title"))
    })
}
