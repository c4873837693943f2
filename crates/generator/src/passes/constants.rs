//! Keeps filling in what the client filled in before: a constant that has become one of several values.
//!
//! Nobody was ever asked for it, so programs that were written then do not give it. They go on sending what they sent.

use super::Context;
use crate::model::{Constant, Draft, EnumShape, Fill, Presence, Shape, Travel, TypeRef, Types};

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let lock = context.lock;
    if lock.constants.is_empty() {
        return;
    }
    for id in draft.types.ids().collect::<Vec<_>>() {
        let def = draft.types.get(id);
        let Shape::Struct(shape) = &def.shape else { continue };
        if def.travel == Travel::Reply {
            continue;
        }
        let mut usual = Vec::new();
        for (index, field) in shape.fields.iter().enumerate() {
            let is_asked = field.presence == Presence::Required && field.only.is_none();
            if !is_asked || field.fill.is_some() {
                continue;
            }
            let places = def.places.iter().map(|place| place.field(&field.wire).to_string());
            let known = places.filter_map(|place| lock.constants.get(&place)).next();
            if let Some(known) = known.filter(|known| takes(&draft.types, &field.ty, known)) {
                usual.push((index, known.clone()));
            }
        }
        let Shape::Struct(shape) = &mut draft.types.get_mut(id).shape else { continue };
        for (index, constant) in usual {
            shape.fields[index].fill = Some(Fill::Usual(constant));
        }
    }
    let types = &draft.types;
    for operation in &mut draft.operations {
        for param in &mut operation.params {
            let place = param.place(&operation.key).to_string();
            if let Some(known) = lock.constants.get(&place)
                && param.required
                && param.fill.is_none()
                && takes(types, &param.ty, known)
            {
                param.fill = Some(Fill::Usual(known.clone()));
            }
        }
    }
}

/// Whether a constant is still among what a type takes.
fn takes(types: &Types, ty: &TypeRef, constant: &Constant) -> bool {
    match ty {
        TypeRef::Scalar(scalar) => *scalar == constant.scalar(),
        TypeRef::Named(id) => match (&types.get(*id).shape, constant) {
            (Shape::Enum(EnumShape::Strings(values)), Constant::Text(text)) => {
                values.contains(text)
            }
            (Shape::Enum(EnumShape::Integers(values)), Constant::Integer(number)) => {
                values.contains(number)
            }
            _ => false,
        },
        _ => false,
    }
}
