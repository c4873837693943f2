//! Settles which way every type travels: what requests hold, what replies hold, and what both do.

use super::Context;
use crate::model::{Draft, Presence, Shape, Travel, TypeDef, TypeId, TypeRef};
use crate::read::UNDECLARED;

pub(super) fn run(draft: &mut Draft, _: &mut Context<'_>) {
    let mut asked = vec![false; draft.types.len()];
    let mut answered = vec![false; draft.types.len()];
    for operation in &draft.operations {
        for param in &operation.params {
            mark(draft, &param.ty, &mut asked);
        }
        if let Some(body) = &operation.body {
            mark(draft, &body.ty, &mut asked);
        }
        for reply in &operation.replies {
            reply.types().for_each(|ty| mark(draft, ty, &mut answered));
        }
        if let Some(ty) = operation.outcome.ty() {
            mark(draft, ty, &mut answered);
        }
    }
    for id in &draft.types.ids().collect::<Vec<_>>() {
        draft.types.get_mut(*id).travel = match (asked[id.0 as usize], answered[id.0 as usize]) {
            (true, true) => Travel::Both,
            (true, false) => Travel::Request,
            (false, _) => Travel::Reply,
        };
        forgive(draft.types.get_mut(*id));
    }
}

/// A reply need not hold what the document forgot to declare: it may as well be a slip.
fn forgive(def: &mut TypeDef) {
    let Shape::Struct(shape) = &mut def.shape else { return };
    if def.travel != Travel::Reply {
        return;
    }
    for (field, docs) in shape.fields.iter_mut().zip(&def.fields) {
        if field.ty == TypeRef::Any && docs.description == UNDECLARED {
            field.presence = Presence::Unstated;
        }
    }
}

fn mark(draft: &Draft, ty: &TypeRef, marks: &mut [bool]) {
    let mut open: Vec<TypeId> = Vec::new();
    ty.each_named(&mut |id| open.push(id));
    while let Some(id) = open.pop() {
        let id = draft.types.find(id);
        if !std::mem::replace(&mut marks[id.0 as usize], true) {
            draft.types.get(id).shape.each_ref(&mut |ty| ty.each_named(&mut |id| open.push(id)));
        }
    }
}
