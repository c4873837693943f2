//! Looks through names for scalars, lists and maps, so that only structs, enums and unions are types of their own.

use std::collections::HashSet;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Shape, TypeId, TypeRef, Types};

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let mut circular = HashSet::new();
    let ids: Vec<TypeId> = draft.types.ids().collect();
    for id in ids {
        if matches!(draft.types.get(id).shape, Shape::Alias(_)) {
            continue;
        }
        let mut shape = draft.types.get(id).shape.clone();
        shape.each_ref_mut(&mut |ty| {
            *ty = resolved(&draft.types, ty, &mut Vec::new(), &mut circular)
        });
        draft.types.get_mut(id).shape = flattened(&draft.types, shape);
    }
    let types = std::mem::take(&mut draft.types);
    draft.each_root_mut(&mut |ty| *ty = resolved(&types, ty, &mut Vec::new(), &mut circular));
    draft.types = types;
    let mut circular: Vec<TypeId> = circular.into_iter().collect();
    circular.sort();
    for id in circular {
        context.diagnostics.push(
            Diagnostic::warning("circular-alias", "this schema is nothing but itself; any value is accepted where it closes the circle")
                .at(&draft.types.get(id).pointer)
                .help("give it properties, or break the circle with an overlay action"),
        );
    }
}

/// What a reference means once every alias on the way is looked through.
fn resolved(
    types: &Types,
    ty: &TypeRef,
    path: &mut Vec<TypeId>,
    circular: &mut HashSet<TypeId>,
) -> TypeRef {
    match ty {
        TypeRef::Named(id) => {
            let Shape::Alias(target) = &types.get(*id).shape else { return ty.clone() };
            if path.contains(id) {
                circular.insert(*id);
                return TypeRef::Any;
            }
            path.push(*id);
            let target = resolved(types, target, path, circular);
            path.pop();
            target
        }
        TypeRef::List(inner) => resolved(types, inner, path, circular).list(),
        TypeRef::Map(inner) => resolved(types, inner, path, circular).map(),
        TypeRef::Nullable(inner) => resolved(types, inner, path, circular).nullable(),
        TypeRef::Apply(id, argument) => {
            TypeRef::Apply(*id, Box::new(resolved(types, argument, path, circular)))
        }
        TypeRef::Scalar(_) | TypeRef::Param | TypeRef::Unknown | TypeRef::Any => ty.clone(),
    }
}

/// A union inside a union without a tag is the same choice; arms that turn out to be alike are one.
fn flattened(types: &Types, shape: Shape) -> Shape {
    let Shape::Union(mut union) = shape else { return shape };
    if union.tag.is_none() {
        let mut arms: Vec<crate::model::Arm> = Vec::new();
        for arm in union.arms {
            let inner = match &arm.ty {
                TypeRef::Named(id) => match &types.get(*id).shape {
                    Shape::Union(inner) if inner.tag.is_none() => inner.arms.clone(),
                    Shape::Union(_) | Shape::Struct(_) | Shape::Enum(_) | Shape::Alias(_) => {
                        vec![arm]
                    }
                },
                _ => vec![arm],
            };
            for mut arm in inner {
                arm.ty = arm.ty.non_null().clone();
                if !arms.iter().any(|known| known.ty == arm.ty) {
                    arms.push(arm);
                }
            }
        }
        union.arms = arms;
    }
    Shape::Union(union)
}
