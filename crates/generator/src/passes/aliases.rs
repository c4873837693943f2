//! Looks through names for scalars, lists and maps, so that only structs, enums and unions are types of their own.

use std::collections::HashSet;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Shape, TypeId, TypeRef, Types};
use crate::pointer::Pointer;

/// How many aliases may lead to each other. Documents by people stay below ten.
const LONGEST: usize = 64;

/// How many lists and maps may hold each other, since whoever reads the type goes down all of them.
const DEEPEST: usize = 16;

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let mut circular = HashSet::new();
    let ids: Vec<TypeId> = draft.types.ids().collect();
    for id in ids {
        if matches!(draft.types.get(id).shape, Shape::Alias(_)) {
            continue;
        }
        let mut too_deep = false;
        if needs_nothing(&draft.types, &draft.types.get(id).shape) {
            continue;
        }
        let mut shape = draft.types.get(id).shape.clone();
        shape.each_ref_mut(&mut |ty| {
            let full = resolved(&draft.types, ty, &mut Vec::new(), &mut circular);
            *ty = shallow(full, 0, &mut too_deep);
        });
        draft.types.get_mut(id).shape = flattened(&draft.types, shape);
        if too_deep {
            tell_depth(&draft.types.get(id).pointer, context);
        }
    }
    let mut too_deep = false;
    let types = std::mem::take(&mut draft.types);
    draft.each_root_mut(&mut |ty| {
        let full = resolved(&types, ty, &mut Vec::new(), &mut circular);
        *ty = shallow(full, 0, &mut too_deep);
    });
    draft.types = types;
    if too_deep {
        tell_depth(&Pointer::root(), context);
    }
    let mut circular: Vec<TypeId> = circular.into_iter().collect();
    circular.sort();
    for id in circular {
        context.diagnostics.push(
            Diagnostic::warning("circular-alias", "this schema leads to nothing but itself, or through too many others; any value is accepted where that ends")
                .at(&draft.types.get(id).pointer)
                .help("give it properties, or break the circle with an overlay action"),
        );
    }
}

/// Whether no name has to be looked through, as with most types.
fn needs_nothing(types: &Types, shape: &Shape) -> bool {
    let mut plain = !matches!(shape, Shape::Union(_));
    shape.each_ref(&mut |ty| plain &= is_plain(types, ty, 0));
    plain
}

/// The same for a reference below `depth` lists and maps.
fn is_plain(types: &Types, ty: &TypeRef, depth: usize) -> bool {
    match ty {
        TypeRef::Named(id) => !matches!(types.get(*id).shape, Shape::Alias(_)),
        TypeRef::List(inner) | TypeRef::Map(inner) => {
            depth < DEEPEST && is_plain(types, inner, depth + 1)
        }
        TypeRef::Nullable(inner) => {
            let is_one = !matches!(**inner, TypeRef::Nullable(_) | TypeRef::Unknown | TypeRef::Any);
            is_one && is_plain(types, inner, depth)
        }
        TypeRef::OrEmpty(inner) => is_plain(types, inner, depth),
        TypeRef::Scalar(_) | TypeRef::Param | TypeRef::Unknown | TypeRef::Any => true,
        TypeRef::Apply(..) => false,
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
            if path.len() >= LONGEST || path.contains(id) {
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
        TypeRef::OrEmpty(inner) => resolved(types, inner, path, circular).or_empty(),
        TypeRef::Apply(id, argument) => {
            TypeRef::Apply(*id, Box::new(resolved(types, argument, path, circular)))
        }
        TypeRef::Scalar(_) | TypeRef::Param | TypeRef::Unknown | TypeRef::Any => ty.clone(),
    }
}

fn tell_depth(at: &Pointer, context: &mut Context<'_>) {
    context.diagnostics.push(
        Diagnostic::warning(
            "too-deep",
            format!("more than {DEEPEST} lists and maps hold each other here; any value is accepted further in"),
        )
        .at(at)
        .help("no type is read more easily for that; an overlay action can give it another"),
    );
}

/// The type with any value in place of what lies too deep.
fn shallow(ty: TypeRef, depth: usize, too_deep: &mut bool) -> TypeRef {
    match ty {
        TypeRef::List(_) | TypeRef::Map(_) if depth >= DEEPEST => {
            *too_deep = true;
            TypeRef::Any
        }
        TypeRef::List(inner) => shallow(*inner, depth + 1, too_deep).list(),
        TypeRef::Map(inner) => shallow(*inner, depth + 1, too_deep).map(),
        TypeRef::Nullable(inner) => shallow(*inner, depth, too_deep).nullable(),
        TypeRef::OrEmpty(inner) => shallow(*inner, depth, too_deep).or_empty(),
        other => other,
    }
}

/// A union inside a union without a tag is the same choice; arms that turn out to be alike are one.
fn flattened(types: &Types, shape: Shape) -> Shape {
    let Shape::Union(mut union) = shape else { return shape };
    // Of nothing no tag tells: null is the choice's own to be.
    for arm in union.arms.iter_mut().filter(|_| union.tag.is_some()) {
        arm.ty = arm.ty.non_null().clone();
    }
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
