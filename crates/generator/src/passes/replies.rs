//! Settles what a caller gets on success when the document describes several replies, one, or none.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Arm, ArmKey, Draft, Framing, Operation, Outcome, Place, ReplyKind, Root, Shape, Status, Step,
    Travel, TypeDef, TypeRef, Types, UnionShape,
};

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    for operation in &mut draft.operations {
        operation.outcome = outcome(operation, &mut draft.types, context);
    }
}

fn outcome(operation: &Operation, types: &mut Types, context: &mut Context<'_>) -> Outcome {
    let successes: Vec<_> = operation.successes().collect();
    if successes.is_empty() {
        context.diagnostics.push(
            Diagnostic::note("no-success", "no success is described; the reply is whatever comes")
                .at(operation.pointer.child("responses"))
                .help("an overlay action can add a reply `200`"),
        );
        return Outcome::OptionalJson(TypeRef::Any);
    }
    let mut json: Vec<(Status, TypeRef)> = Vec::new();
    let (mut text, mut binary, mut empty) = (false, false, false);
    let mut streams: Vec<(Framing, &TypeRef)> = Vec::new();
    for reply in &successes {
        match &reply.kind {
            ReplyKind::Json(ty) if json.iter().any(|(_, known)| known == ty) => {}
            ReplyKind::Json(ty) => json.push((reply.status, ty.clone())),
            ReplyKind::Text => text = true,
            ReplyKind::Binary => binary = true,
            ReplyKind::Empty => empty = true,
            ReplyKind::Stream(framing, ty) => streams.push((*framing, ty)),
        }
    }
    // Bytes can carry everything else, and text all but bytes.
    if (binary && (text || !json.is_empty())) || (text && !json.is_empty()) {
        context.diagnostics.push(
            Diagnostic::note("mixed-replies", "the successes of this operation are of several kinds; the reply is handed over as it comes")
                .at(operation.pointer.child("responses"))
                .help("an overlay action can remove the ones that you do not ask for"),
        );
    }
    // Beside anything else a stream has a method of its own.
    if let (Some((framing, ty)), true, false, false) =
        (streams.first(), json.is_empty(), text, binary)
    {
        if streams.iter().any(|other| other != &(*framing, *ty)) {
            context.diagnostics.push(
                Diagnostic::note("mixed-replies", "the successes of this operation are streams of several kinds; items are read as those of the first")
                    .at(operation.pointer.child("responses"))
                    .help("an overlay action can remove the ones that you do not ask for"),
            );
        }
        return Outcome::Stream(*framing, (*ty).clone());
    }
    if binary {
        return Outcome::Binary;
    }
    if text {
        return Outcome::Text;
    }
    match json.len() {
        0 => Outcome::Empty,
        1 => {
            let (_, ty) = json.remove(0);
            if empty { Outcome::OptionalJson(ty) } else { Outcome::Json(ty) }
        }
        _ => {
            let ty = union(operation, json, types);
            if empty { Outcome::OptionalJson(ty) } else { Outcome::Json(ty) }
        }
    }
}

/// Several successes with a body of their own: which one it is shows in the body.
fn union(operation: &Operation, json: Vec<(Status, TypeRef)>, types: &mut Types) -> TypeRef {
    if json.iter().any(|(_, ty)| matches!(ty, TypeRef::Any | TypeRef::Unknown)) {
        return TypeRef::Any;
    }
    let place =
        Place::root(Root::Reply { operation: operation.key.clone(), status: "2XX".to_owned() });
    let key = |status: &Status| ArmKey::Said(status.to_string());
    for (status, ty) in &json {
        if let TypeRef::Named(id) = ty {
            let def = types.get_mut(*id);
            if !def.is_component {
                def.places.push(place.then(Step::Arm(key(status))));
            }
        }
    }
    TypeRef::Named(
        types.add(TypeDef {
            shape: Shape::Union(UnionShape {
                tag: None,
                arms: json
                    .into_iter()
                    .map(|(status, ty)| Arm { key: key(&status), ty, tags: Vec::new() })
                    .collect(),
            }),
            description: String::new(),
            fields: Vec::new(),
            places: vec![place],
            given_name: None,
            is_component: false,
            locked_name: None,
            arguments: Vec::new(),
            travel: Travel::Reply,
            pointer: operation.pointer.child("responses"),
        }),
    )
}
