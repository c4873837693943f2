//! The places of what stands at several without being a component: what a shared reply or parameter holds.
//!
//! All of them count, whichever operation comes first in the document: names come from places, and so does what
//! `names.lock` knows a type by.

use std::collections::HashSet;

use super::Lowering;
use crate::model::{Place, Shape, Step, TypeId, TypeRef};

impl Lowering<'_, '_> {
    /// Notes that a type that is made already stands at `place` as well, and its parts below it.
    pub(super) fn stands_also_at(&mut self, ty: &TypeRef, place: &Place) {
        let mut seen: HashSet<TypeId> = HashSet::new();
        let mut open = Vec::new();
        below(ty, place, &mut open);
        while let Some((id, place)) = open.pop() {
            let def = self.types.get_mut(id);
            if def.is_component || !seen.insert(id) || self.places == 0 {
                continue;
            }
            self.places -= 1;
            match &def.shape {
                Shape::Struct(shape) => {
                    for field in &shape.fields {
                        below(&field.ty, &place.field(&field.wire), &mut open);
                    }
                    if let Some(rest) = &shape.rest {
                        below(rest, &place.then(Step::Value), &mut open);
                    }
                }
                Shape::Union(union) => {
                    for arm in &union.arms {
                        below(&arm.ty, &place.then(Step::Arm(arm.key.clone())), &mut open);
                    }
                }
                Shape::Alias(ty) => below(ty, &place, &mut open),
                Shape::Enum(_) => {}
            }
            def.places.push(place);
        }
    }
}

/// The types that a reference names, each with its place.
fn below(ty: &TypeRef, place: &Place, open: &mut Vec<(TypeId, Place)>) {
    match ty {
        TypeRef::Named(id) => open.push((*id, place.clone())),
        TypeRef::Nullable(inner) | TypeRef::OrEmpty(inner) => below(inner, place, open),
        TypeRef::List(inner) => below(inner, &place.then(Step::Item), open),
        TypeRef::Map(inner) => below(inner, &place.then(Step::Value), open),
        TypeRef::Apply(_, inner) => below(inner, place, open),
        TypeRef::Scalar(_) | TypeRef::Param | TypeRef::Unknown | TypeRef::Any => {}
    }
}
