//! Makes equal shapes one type where they play one role.
//!
//! Equality alone is no reason: two things of the same make that grow apart were never one. What is equal *and* stands
//! for the same thing (see [`super::role`]) is said once. The lock has no say in what is equal; it only keeps apart
//! what was published under two names.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Context;
use super::join::{Likeness, join};
use super::role::{Role, Roles};
use crate::model::{Arm, Draft, EnumShape, Shape, TypeDef, TypeId, TypeRef, Types};

pub(super) fn run(draft: &mut Draft, _: &mut Context<'_>) {
    loop {
        collapse(draft);
        let mut roles = Roles::of(draft);
        // By role and by what can be seen of a shape from outside, so that few have to be looked into.
        let mut known: HashMap<(Role, u64), Vec<TypeId>> = HashMap::new();
        let mut merged = false;
        for id in draft.types.ids().collect::<Vec<_>>() {
            let id = draft.types.find(id);
            let def = draft.types.get(id);
            if def.is_component || is_generic(def) || matches!(def.shape, Shape::Alias(_)) {
                continue;
            }
            let outline = outline(&def.shape);
            let own = roles.shared(&draft.types, id);
            let found = own.iter().any(|role| {
                known.get(&(Role::clone(role), outline)).is_some_and(|alike| {
                    alike.iter().any(|other| {
                        draft.types.find(*other) != draft.types.find(id)
                            && roles.shared(&draft.types, *other).contains(role)
                            && roles.shared(&draft.types, id).contains(role)
                            && join(&mut draft.types, *other, id, Likeness::Equal)
                    })
                })
            });
            merged |= found;
            if !found {
                for role in own.iter() {
                    known.entry((Role::clone(role), outline)).or_default().push(id);
                }
            }
        }
        if !merged {
            return;
        }
    }
}

/// What can be seen of a shape without looking into its parts: equal shapes have equal outlines.
fn outline(shape: &Shape) -> u64 {
    let mut hasher = DefaultHasher::new();
    match shape {
        Shape::Struct(shape) => {
            let mut wires: Vec<&str> = shape.fields.iter().map(|field| &*field.wire).collect();
            wires.sort_unstable();
            (0, wires).hash(&mut hasher);
        }
        Shape::Enum(EnumShape::Strings(values)) => {
            let mut values: Vec<&String> = values.iter().collect();
            values.sort_unstable();
            (1, values).hash(&mut hasher);
        }
        Shape::Enum(EnumShape::Integers(values)) => {
            let mut values = values.clone();
            values.sort_unstable();
            (2, values).hash(&mut hasher);
        }
        Shape::Union(union) => (3, &union.tag, union.arms.len()).hash(&mut hasher),
        Shape::Alias(_) => 4.hash(&mut hasher),
    }
    hasher.finish()
}

fn is_generic(def: &TypeDef) -> bool {
    matches!(&def.shape, Shape::Struct(shape) if shape.fields.iter().any(|field| field.ty == TypeRef::Param))
}

/// A choice between what has become one type is no choice.
pub(super) fn collapse(draft: &mut Draft) {
    loop {
        let mut only: HashMap<TypeId, TypeRef> = HashMap::new();
        for id in draft.types.ids().collect::<Vec<_>>() {
            let Shape::Union(union) = &draft.types.get(id).shape else { continue };
            let mut arms: Vec<&Arm> = Vec::new();
            let mut stand_for: Vec<TypeRef> = Vec::new();
            for arm in &union.arms {
                let ty = standing(&draft.types, &arm.ty);
                if !stand_for.contains(&ty) {
                    stand_for.push(ty);
                    arms.push(arm);
                }
            }
            if arms.len() == union.arms.len() || union.tag.is_some() {
                continue;
            }
            let arms: Vec<Arm> = arms.into_iter().cloned().collect();
            match arms.as_slice() {
                [one] if standing(&draft.types, &one.ty) != TypeRef::Named(id) => {
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

/// A reference by the types that stand for what it names.
fn standing(types: &Types, ty: &TypeRef) -> TypeRef {
    let mut ty = ty.clone();
    ty.rename(&|id| types.find(id));
    ty
}
