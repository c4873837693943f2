//! Lifts the object that stands around payloads into one generic type.
//!
//! With `data`, `_meta` and `_pagination` around every reply, a type for each operation would say the same thing
//! a hundred times. The payload becomes a parameter, and what stands beside it is shared.

use indexmap::IndexMap;

use super::Context;
use super::join::{Likeness, join_refs};
use crate::config::EnvelopeRule;
use crate::diagnostic::Diagnostic;
use crate::lock::Lock;
use crate::model::{
    Draft, Envelope, Field, FieldDocs, Presence, ReplyKind, Shape, StructShape, Travel, TypeDef,
    TypeId, TypeRef, Types,
};

/// Fewer replies than this with a payload are no habit.
const HABIT: usize = 3;

/// The property that holds payloads where nobody says otherwise.
const PAYLOAD: &str = "data";

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    lock_names(draft, context.lock);
    let rule = context.config.envelope.clone();
    let payload = rule.as_ref().map_or(PAYLOAD, |rule| rule.payload.as_str()).to_owned();
    let name =
        rule.as_ref().and_then(|rule| rule.name.clone()).unwrap_or_else(|| "Envelope".to_owned());
    let candidates = candidates(draft, &payload, &name);
    let published =
        candidates.iter().any(|id| draft.types.get(*id).locked_name.as_deref() == Some(&name));
    if rule.is_none() && candidates.len() < HABIT && !published {
        return;
    }
    let shared = shared(draft, &candidates, &payload, rule.as_ref());
    let mut lifted: IndexMap<TypeId, TypeRef> = IndexMap::new();
    let mut common: IndexMap<String, (Field, FieldDocs)> = IndexMap::new();
    for id in candidates {
        if let Some(payload) = lift(&mut draft.types, id, &payload, &shared, &mut common) {
            lifted.insert(id, payload);
        }
    }
    if lifted.is_empty() {
        if rule.is_some() {
            context.diagnostics.push(
                Diagnostic::warning(
                    "unused-envelope",
                    "no reply has the shape that `envelope` in client.yaml describes",
                )
                .help("correct the names of its properties, or remove it"),
            );
        }
        return;
    }
    lift_unions(draft, &mut lifted);
    let id = generic(draft, &lifted, &payload, &shared, common, name);
    let types = std::mem::take(&mut draft.types);
    for operation in &mut draft.operations {
        let replies = operation.replies.iter_mut().filter_map(|reply| match &mut reply.kind {
            ReplyKind::Json(ty) => Some(ty),
            ReplyKind::Text | ReplyKind::Binary | ReplyKind::Empty => None,
        });
        for ty in replies.chain(operation.outcome.json_mut()) {
            if let TypeRef::Named(root) = ty
                && let Some(payload) = lifted.get(&types.find(*root))
            {
                *ty = TypeRef::Apply(id, Box::new(payload.clone()));
            }
        }
    }
    draft.types = types;
    draft.envelope = Some(Envelope { id, payload });
}

/// Every type learns under which name it was published.
fn lock_names(draft: &mut Draft, lock: &Lock) {
    for id in draft.types.ids().collect::<Vec<_>>() {
        let def = draft.types.get_mut(id);
        def.locked_name =
            def.places.iter().find_map(|place| lock.types.get(&place.to_string())).cloned();
    }
}

/// The objects at the root of successes that hold a payload.
fn candidates(draft: &Draft, payload: &str, name: &str) -> Vec<TypeId> {
    let mut found = Vec::new();
    let roots = draft.operations.iter().filter_map(|operation| match operation.outcome.json() {
        Some(TypeRef::Named(id)) => Some(draft.types.find(*id)),
        Some(_) | None => None,
    });
    for id in roots.flat_map(|root| arms(&draft.types, root)) {
        let def = draft.types.get(id);
        let elsewhere = def.locked_name.as_deref().is_some_and(|locked| locked != name);
        let Shape::Struct(shape) = &def.shape else { continue };
        if !def.is_component
            && !elsewhere
            && shape.rest.is_none()
            && shape.fields.iter().any(|field| field.wire == payload)
            && !found.contains(&id)
        {
            found.push(id);
        }
    }
    found
}

/// The types that stand at a root: itself, or where an operation has several successes each of them.
fn arms(types: &Types, root: TypeId) -> Vec<TypeId> {
    match &types.get(root).shape {
        Shape::Union(union) if union.tag.is_none() && !types.get(root).is_component => {
            let ids = union.arms.iter().filter_map(|arm| match arm.ty {
                TypeRef::Named(id) => Some(types.find(id)),
                _ => None,
            });
            ids.collect()
        }
        Shape::Union(_) | Shape::Struct(_) | Shape::Enum(_) | Shape::Alias(_) => vec![root],
    }
}

/// Where every success of an operation has the envelope, the choice is between payloads.
fn lift_unions(draft: &mut Draft, lifted: &mut IndexMap<TypeId, TypeRef>) {
    for index in 0..draft.operations.len() {
        let Some(TypeRef::Named(root)) = draft.operations[index].outcome.json() else { continue };
        let root = draft.types.find(*root);
        let arms = arms(&draft.types, root);
        let Shape::Union(union) = &draft.types.get(root).shape else { continue };
        let all = arms.len() == union.arms.len() && arms.iter().all(|arm| lifted.contains_key(arm));
        if !all || lifted.contains_key(&root) {
            continue;
        }
        let mut payloads: Vec<TypeRef> = Vec::new();
        for arm in &arms {
            let payload = lifted[arm].non_null().clone();
            let joined = payloads.iter().position(|known| *known == payload);
            if joined.is_none() {
                payloads.push(payload);
            }
        }
        let payload = match payloads.as_slice() {
            [one] => one.clone(),
            several if several.iter().any(|ty| matches!(ty, TypeRef::Unknown | TypeRef::Any)) => {
                TypeRef::Any
            }
            several => {
                let arms = several
                    .iter()
                    .map(|ty| crate::model::Arm { ty: ty.clone(), tags: Vec::new() })
                    .collect();
                let mut def = draft.types.get(root).clone();
                def.shape = Shape::Union(crate::model::UnionShape { tag: None, arms });
                TypeRef::Named(draft.types.add(def))
            }
        };
        lifted.insert(root, payload);
    }
}

/// The properties that may stand beside a payload: those that client.yaml lists, else those that more than one has.
fn shared(
    draft: &Draft,
    candidates: &[TypeId],
    payload: &str,
    rule: Option<&EnvelopeRule>,
) -> Vec<String> {
    if let Some(rule) = rule {
        return rule.shared.clone();
    }
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for id in candidates {
        if let Shape::Struct(shape) = &draft.types.get(*id).shape {
            for field in shape.fields.iter().filter(|field| field.wire != payload) {
                *counts.entry(&field.wire).or_default() += 1;
            }
        }
    }
    counts.into_iter().filter(|(_, count)| *count >= 2).map(|(name, _)| name.to_owned()).collect()
}

/// The payload's type, if all that stands beside it can be shared.
fn lift(
    types: &mut Types,
    id: TypeId,
    payload: &str,
    shared: &[String],
    common: &mut IndexMap<String, (Field, FieldDocs)>,
) -> Option<TypeRef> {
    let def = types.get(id).clone();
    let Shape::Struct(shape) = &def.shape else { return None };
    let mut joined = common.clone();
    let mut content = None;
    for (field, docs) in shape.fields.iter().zip(&def.fields) {
        if field.wire == payload {
            content = Some(field.ty.clone());
            continue;
        }
        if !shared.contains(&field.wire) {
            return None;
        }
        let known = joined.get(&field.wire).cloned();
        let (mut merged, docs) = match known {
            None => (field.clone(), docs.clone()),
            Some((known, known_docs)) => {
                let ty = join_refs(types, &known.ty, &field.ty, Likeness::Known)?;
                (Field { ty, ..known }, known_docs)
            }
        };
        merged.presence = if matches!(merged.ty.non_null(), TypeRef::List(_)) {
            Presence::Optional
        } else {
            Presence::Unstated
        };
        joined.insert(field.wire.clone(), (merged, docs));
    }
    *common = joined;
    content
}

fn generic(
    draft: &mut Draft,
    lifted: &IndexMap<TypeId, TypeRef>,
    payload: &str,
    shared: &[String],
    mut common: IndexMap<String, (Field, FieldDocs)>,
    name: String,
) -> TypeId {
    let mut fields = vec![Field {
        wire: payload.to_owned(),
        ty: TypeRef::Param,
        presence: Presence::Unstated,
        only: None,
    }];
    let mut docs =
        vec![FieldDocs { description: "What was asked for.".to_owned(), ..FieldDocs::default() }];
    for name in shared {
        if let Some((field, field_docs)) = common.shift_remove(name) {
            fields.push(field);
            docs.push(FieldDocs { example: None, ..field_docs });
        }
    }
    let places = lifted.keys().flat_map(|id| draft.types.get(*id).places.clone()).collect();
    draft.types.add(TypeDef {
        shape: Shape::Struct(StructShape { fields, rest: None }),
        description: "What stands around the payload of a reply.".to_owned(),
        fields: docs,
        places,
        given_name: Some(name.clone()),
        is_component: true,
        locked_name: Some(name),
        travel: Travel::Reply,
        pointer: crate::pointer::Pointer::root(),
    })
}
