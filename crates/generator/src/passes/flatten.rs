//! Decides which bodies are given part by part, as setters of the request, and which as one value.

use super::Context;
use crate::model::{BodyKind, Draft, Field, Presence, Shape, TypeRef};

/// More required parts than this make a constructor that nobody can read.
pub(crate) const MOST_ARGUMENTS: usize = 6;

pub(super) fn run(draft: &mut Draft, _: &mut Context<'_>) {
    for operation in &mut draft.operations {
        let params = operation.params.iter().filter(|param| param.required).count();
        let Some(body) = &mut operation.body else { continue };
        let TypeRef::Named(id) = body.ty.non_null() else { continue };
        // What other bodies of the same make say is theirs.
        let def = match draft.types.own(*id) {
            own if matches!(own.shape, Shape::Struct(_)) => own,
            _ => draft.types.get(*id),
        };
        let Shape::Struct(shape) = &def.shape else { continue };
        let is_asked =
            |field: &&Field| field.presence == Presence::Required && field.fill.is_none();
        let required = shape.fields.iter().filter(is_asked).count();
        let is_few = params + required <= MOST_ARGUMENTS;
        let fits = match body.kind {
            // A file is no value, so its form is always given part by part.
            BodyKind::Multipart => true,
            BodyKind::Form => is_few,
            // Properties that nobody knows have to travel too, so an open object stays one value.
            BodyKind::Json(_) | BodyKind::Text(_) | BodyKind::Bytes(_) => {
                is_few && shape.rest.is_none()
            }
        };
        if body.flat && fits {
            body.parts =
                Some(shape.fields.iter().cloned().zip(def.fields.iter().cloned()).collect());
        }
    }
}
