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
    Arm, ArmKey, Draft, Envelope, Field, FieldDocs, Presence, ReplyKind, Shape, StructShape,
    Travel, TypeDef, TypeId, TypeRef, Types, UnionShape,
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
    let candidates = candidates(draft, &payload);
    let published = candidates
        .iter()
        .any(|one| draft.types.get(one.root).locked_name.as_deref() == Some(&name));
    if rule.is_none() && candidates.len() < HABIT && !published {
        return;
    }
    let mut shared = shared(draft, &candidates, &payload, rule.as_ref());
    let mut lifted: IndexMap<TypeId, TypeRef> = IndexMap::new();
    let mut common: IndexMap<String, (Field, FieldDocs)> = IndexMap::new();
    for one in &candidates {
        // What was published as the envelope stays one, and what has come to stand beside its payload goes along.
        match draft.types.get(one.root).locked_name.as_deref() {
            Some(locked) if locked == name => {
                one.arms
                    .iter()
                    .for_each(|arm| extend(&mut shared, draft.types.get(*arm), &payload));
            }
            Some(_) => continue,
            None => {}
        }
        if let Some(payloads) = lift(&mut draft.types, one, &payload, &shared, &mut common) {
            let choice = choice(draft, context.lock, one.root, &payloads, &payload);
            lifted.extend(one.arms.iter().copied().zip(payloads));
            lifted.insert(one.root, choice);
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
    let id = generic(draft, &lifted, &payload, &shared, common, name);
    for operation in &mut draft.operations {
        let replies = operation.replies.iter_mut().filter_map(|reply| match &mut reply.kind {
            ReplyKind::Json(ty) => Some(ty),
            ReplyKind::Stream(..) | ReplyKind::Text | ReplyKind::Binary | ReplyKind::Empty => None,
        });
        for ty in replies.chain(operation.outcome.json_mut()) {
            if let TypeRef::Named(root) = ty
                && let Some(payload) = lifted.get(&draft.types.find(*root))
            {
                *ty = TypeRef::Apply(id, Box::new(payload.clone()));
            }
        }
    }
    lifted.keys().for_each(|gone| draft.types.drop(*gone));
    draft.envelope = Some(Envelope { id, payload });
}

/// Every type learns under which name it was published.
fn lock_names(draft: &mut Draft, lock: &Lock) {
    for id in draft.types.ids().collect::<Vec<_>>() {
        let def = draft.types.get_mut(id);
        def.locked_name = published(def, lock);
    }
}

fn published(def: &TypeDef, lock: &Lock) -> Option<String> {
    def.places.iter().find_map(|place| lock.types.get(&place.to_string())).cloned()
}

/// Adds the properties of an envelope that nobody shared so far.
fn extend(shared: &mut Vec<String>, def: &TypeDef, payload: &str) {
    let Shape::Struct(shape) = &def.shape else { return };
    for field in shape.fields.iter().filter(|field| field.wire != payload) {
        if !shared.contains(&field.wire) {
            shared.push(field.wire.clone());
        }
    }
}

/// What stands at the root of a success: an object with a payload, or where an operation has several successes a
/// choice between such objects.
struct Candidate {
    root: TypeId,
    /// The objects: the root itself, or what there is to choose from.
    arms: Vec<TypeId>,
}

/// All that could have the envelope, whatever it was called before.
fn candidates(draft: &Draft, payload: &str) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let roots = draft.operations.iter().filter_map(|operation| match operation.outcome.json() {
        Some(TypeRef::Named(id)) => Some(draft.types.find(*id)),
        Some(_) | None => None,
    });
    for root in roots {
        let Some(arms) = arms(&draft.types, root) else { continue };
        let all = arms.iter().all(|arm| {
            let def = draft.types.get(*arm);
            let Shape::Struct(shape) = &def.shape else { return false };
            !def.is_component
                && shape.rest.is_none()
                && shape.fields.iter().any(|field| field.wire == payload)
        });
        if all && !found.iter().any(|known| known.root == root) {
            found.push(Candidate { root, arms });
        }
    }
    found
}

/// The types that stand at a root: itself, or where an operation has several successes each of them.
fn arms(types: &Types, root: TypeId) -> Option<Vec<TypeId>> {
    match &types.get(root).shape {
        Shape::Union(union) if union.tag.is_none() && !types.get(root).is_component => {
            let ids = union.arms.iter().map(|arm| match arm.ty {
                TypeRef::Named(id) => Some(types.find(id)),
                _ => None,
            });
            ids.collect()
        }
        Shape::Union(_) | Shape::Struct(_) | Shape::Enum(_) | Shape::Alias(_) => Some(vec![root]),
    }
}

/// Where every success of an operation has the envelope, the choice is between payloads.
fn choice(
    draft: &mut Draft,
    lock: &Lock,
    root: TypeId,
    payloads: &[TypeRef],
    payload_name: &str,
) -> TypeRef {
    if let [one] = payloads {
        return one.clone();
    }
    let mut several: Vec<TypeRef> = Vec::new();
    for payload in payloads {
        let payload = payload.non_null();
        if !several.contains(payload) {
            several.push(payload.clone());
        }
    }
    match several.as_slice() {
        [one] => one.clone(),
        several if several.iter().any(|ty| matches!(ty, TypeRef::Unknown | TypeRef::Any)) => {
            TypeRef::Any
        }
        several => {
            // An arm is known by the status that it came with.
            let keys = match &draft.types.get(root).shape {
                Shape::Union(union) => union.arms.iter().map(|arm| arm.key.clone()).collect(),
                Shape::Struct(_) | Shape::Enum(_) | Shape::Alias(_) => Vec::new(),
            };
            let arm = |(at, ty): (usize, &TypeRef)| {
                let from = payloads.iter().position(|payload| payload.non_null() == ty);
                let key = from.and_then(|from| keys.get(from)).cloned();
                Arm { key: key.unwrap_or(ArmKey::At(at)), ty: ty.clone(), tags: Vec::new() }
            };
            let arms = several.iter().enumerate().map(arm).collect();
            let mut def = draft.types.get(root).clone();
            def.places.iter_mut().for_each(|place| *place = place.field(payload_name));
            def.locked_name = published(&def, lock);
            def.shape = Shape::Union(UnionShape { tag: None, arms });
            TypeRef::Named(draft.types.add(def))
        }
    }
}

/// The properties that may stand beside a payload: those that client.yaml lists, else those that more than one has.
fn shared(
    draft: &Draft,
    candidates: &[Candidate],
    payload: &str,
    rule: Option<&EnvelopeRule>,
) -> Vec<String> {
    if let Some(rule) = rule {
        return rule.shared.clone();
    }
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for arm in candidates.iter().flat_map(|one| &one.arms) {
        if let Shape::Struct(shape) = &draft.types.get(*arm).shape {
            for field in shape.fields.iter().filter(|field| field.wire != payload) {
                *counts.entry(&field.wire).or_default() += 1;
            }
        }
    }
    counts.into_iter().filter(|(_, count)| *count >= 2).map(|(name, _)| name.to_owned()).collect()
}

/// The payloads' types, if all that stands beside them can be shared.
fn lift(
    types: &mut Types,
    one: &Candidate,
    payload: &str,
    shared: &[String],
    common: &mut IndexMap<String, (Field, FieldDocs)>,
) -> Option<Vec<TypeRef>> {
    let mut joined = common.clone();
    let mut payloads = Vec::new();
    // Joining what stands beside a payload changes the types there, so whether it may is settled before.
    let may = one.arms.iter().all(|arm| match &types.get(*arm).shape {
        Shape::Struct(shape) => {
            shape.fields.iter().all(|field| field.wire == payload || shared.contains(&field.wire))
        }
        Shape::Union(_) | Shape::Enum(_) | Shape::Alias(_) => false,
    });
    if !may {
        return None;
    }
    for arm in &one.arms {
        let def = types.get(*arm).clone();
        let Shape::Struct(shape) = &def.shape else { return None };
        for (field, docs) in shape.fields.iter().zip(&def.fields) {
            if field.wire == payload {
                payloads.push(field.ty.clone());
            } else {
                let known = joined.get(&field.wire);
                let both = beside(types, known, field, docs)?;
                joined.insert(field.wire.clone(), both);
            }
        }
    }
    *common = joined;
    Some(payloads)
}

/// What stands beside payloads, as one property for all.
fn beside(
    types: &mut Types,
    known: Option<&(Field, FieldDocs)>,
    field: &Field,
    docs: &FieldDocs,
) -> Option<(Field, FieldDocs)> {
    let (mut merged, docs) = match known {
        None => (field.clone(), docs.clone()),
        Some((known, known_docs)) => {
            if known.fill != field.fill {
                return None;
            }
            let ty = join_refs(types, &known.ty, &field.ty, Likeness::Known)?;
            (Field { ty, ..known.clone() }, known_docs.clone())
        }
    };
    merged.presence = if matches!(merged.ty.non_null(), TypeRef::List(_)) {
        Presence::Optional
    } else {
        Presence::Unstated
    };
    Some((merged, docs))
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
        fill: None,
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
        arguments: Vec::new(),
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
