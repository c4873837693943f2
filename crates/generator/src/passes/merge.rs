//! Makes equal shapes one type.
//!
//! Round by round: once the types inside are one, the shapes around them may be equal too.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::Context;
use crate::model::{Arm, Draft, Shape, TypeId, TypeRef};

pub(super) fn run(draft: &mut Draft, _: &mut Context<'_>) {
    loop {
        collapse(draft);
        // By the hash of their shapes, so that no shape has to be copied.
        let mut known: HashMap<u64, Vec<TypeId>> = HashMap::new();
        let hasher = RandomState::new();
        let mut merged = false;
        for id in draft.types.ids().collect::<Vec<_>>() {
            let def = draft.types.get(id);
            if matches!(def.shape, Shape::Alias(_)) {
                continue;
            }
            let alike = known.entry(hasher.hash_one(&def.shape)).or_default();
            let same = |other: &TypeId| {
                draft.types.get(*other).shape == def.shape && may_be_one(draft, *other, id)
            };
            match alike.iter().copied().find(same) {
                Some(other) => {
                    draft.types.merge(other, id);
                    merged = true;
                }
                None => alike.push(id),
            }
        }
        if !merged {
            return;
        }
    }
}

/// A choice between what has become one type is no choice.
fn collapse(draft: &mut Draft) {
    loop {
        draft.settle();
        let mut only: HashMap<TypeId, TypeRef> = HashMap::new();
        for id in draft.types.ids().collect::<Vec<_>>() {
            let Shape::Union(union) = &draft.types.get(id).shape else { continue };
            let mut arms: Vec<&Arm> = Vec::new();
            for arm in &union.arms {
                if !arms.iter().any(|known| known.ty == arm.ty) {
                    arms.push(arm);
                }
            }
            if arms.len() == union.arms.len() || union.tag.is_some() {
                continue;
            }
            let arms: Vec<Arm> = arms.into_iter().cloned().collect();
            match arms.as_slice() {
                [one] if one.ty != TypeRef::Named(id) => {
                    only.insert(id, one.ty.clone());
                }
                _ => {
                    if let Shape::Union(union) = &mut draft.types.get_mut(id).shape {
                        union.arms = arms;
                    }
                }
            }
        }
        if only.is_empty() {
            return;
        }
        for (id, ty) in &only {
            // What it comes down to takes over its place, and with that its name.
            if let TypeRef::Named(target) = ty
                && !draft.types.get(*target).is_component
            {
                draft.types.merge(*target, *id);
                continue;
            }
            draft.replace(*id, ty);
        }
    }
}

/// Two published names stay two, and so do a component and anything else: its name is its author's.
fn may_be_one(draft: &Draft, a: TypeId, b: TypeId) -> bool {
    let (a, b) = (draft.types.get(a), draft.types.get(b));
    let names = match (&a.locked_name, &b.locked_name) {
        (Some(a), Some(b)) => a == b,
        (Some(_) | None, _) => true,
    };
    let generic = |def: &crate::model::TypeDef| matches!(&def.shape, Shape::Struct(shape) if shape.fields.iter().any(|field| field.ty == crate::model::TypeRef::Param));
    names && !a.is_component && !b.is_component && !generic(a)
}
