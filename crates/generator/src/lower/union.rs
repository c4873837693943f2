//! `oneOf` and `anyOf` to types.

use serde_json::Value;

use super::Lowering;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::model::{Arm, Place, Shape, Step, Tag, Travel, TypeId, TypeRef, UnionShape};
use crate::read::Node;

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
        let mut has_null = false;
        let mut arms: Vec<(Node<'d>, TypeRef)> = Vec::new();
        for (index, member) in view.alternatives.iter().enumerate() {
            if member.str("type") == Some("null") {
                has_null = true;
                continue;
            }
            if is_constraint(member.value) {
                continue;
            }
            let ty = self.schema(member, &place.then(Step::Arm(index)), travel);
            has_null |= matches!(ty, TypeRef::Nullable(_));
            let ty = ty.non_null().clone();
            if !arms.iter().any(|(_, known)| *known == ty) {
                arms.push((member.clone(), ty));
            }
        }
        if !view.properties.is_empty() {
            self.diagnostics.push(
                Diagnostic::note(
                    "properties-beside-alternatives",
                    "properties stand beside `oneOf` or `anyOf`; the type has those properties and keeps all others as they come",
                )
                .at(node.pointer.clone())
                .help("move the shared properties into every alternative to get a type for each"),
            );
            return if arms.is_empty() {
                None
            } else {
                Some(self.open_object(node, view, place, travel, slot))
            };
        }
        let wrap = |ty: TypeRef| if has_null { ty.nullable() } else { ty };
        match arms.len() {
            0 if has_null => Some(TypeRef::Unknown),
            0 => None,
            1 => arms.pop().map(|(_, ty)| wrap(ty)),
            _ => {
                let shape = self.union(view, arms);
                Some(wrap(self.define(
                    node,
                    view,
                    Shape::Union(shape),
                    Vec::new(),
                    place,
                    travel,
                    slot,
                )))
            }
        }
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
        let ty = self.object(node, view, place, travel, slot);
        if let TypeRef::Named(id) = &ty
            && let Shape::Struct(shape) = &mut self.types.get_mut(*id).shape
        {
            shape.rest.get_or_insert(TypeRef::Any);
        }
        ty
    }

    fn union(&mut self, view: &View<'d>, arms: Vec<(Node<'d>, TypeRef)>) -> UnionShape {
        let property =
            view.discriminator.as_ref().and_then(|discriminator| discriminator.str("propertyName"));
        let mapping =
            view.discriminator.as_ref().and_then(|discriminator| discriminator.get("mapping"));
        let arms: Vec<Arm> = arms
            .into_iter()
            .map(|(member, ty)| {
                let tags = match property {
                    Some(property) => self.arm_tags(&member, property, mapping.as_ref()),
                    None => Vec::new(),
                };
                Arm { ty, tags }
            })
            .collect();
        // A tag that some arm lacks cannot tell the arms apart.
        let tag = property
            .filter(|_| arms.iter().all(|arm| !arm.tags.is_empty()))
            .map(|property| Tag { property: property.to_owned() });
        UnionShape { tag, arms }
    }

    /// The values of the tag that mean this alternative: those of the mapping, else the only values that its own
    /// property may have, else the component's name.
    fn arm_tags(
        &self,
        member: &Node<'d>,
        property: &str,
        mapping: Option<&Node<'d>>,
    ) -> Vec<String> {
        let reference = member.str("$ref").unwrap_or_default();
        let name = reference.rsplit('/').next().unwrap_or_default();
        let mapped: Vec<String> = mapping
            .into_iter()
            .flat_map(|mapping| mapping.value.as_object().into_iter().flatten())
            .filter(|(_, target)| {
                target.as_str().is_some_and(|target| {
                    target == reference || (!name.is_empty() && target == name)
                })
            })
            .map(|(tag, _)| tag.clone())
            .collect();
        if !mapped.is_empty() {
            return mapped;
        }
        let target = self.document.resolve(member).ok();
        let own: Vec<String> = target
            .and_then(|target| target.get("properties")?.get(property))
            .and_then(|property| self.document.resolve(&property).ok())
            .and_then(|property| property.value.get("enum").and_then(Value::as_array))
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect();
        if !own.is_empty() {
            return own;
        }
        if name.is_empty() { Vec::new() } else { vec![name.to_owned()] }
    }
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
