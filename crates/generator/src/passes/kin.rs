//! Makes kin one type: the same role, compatible types, most fields shared.

use indexmap::IndexMap;

use super::Context;
use super::join::{Likeness, join};
use crate::model::{Draft, Shape, Step, TypeId};
use crate::words;

pub(super) fn run(draft: &mut Draft, _: &mut Context<'_>) {
    // Joining one group can make another's types alike, so the groups are walked until nothing moves.
    loop {
        let mut moved = join_locked(draft);
        for group in groups(draft) {
            moved |= join_group(draft, &group);
        }
        draft.settle();
        if !moved {
            return;
        }
    }
}

/// Types that were published under one name are one, if that is still possible.
fn join_locked(draft: &mut Draft) -> bool {
    let mut by_name: IndexMap<String, Vec<TypeId>> = IndexMap::new();
    for id in draft.types.ids() {
        if let Some(name) = &draft.types.get(id).locked_name {
            by_name.entry(name.clone()).or_default().push(id);
        }
    }
    let mut moved = false;
    for ids in by_name.into_values() {
        for id in &ids[1..] {
            moved |= draft.types.find(ids[0]) != draft.types.find(*id)
                && join(&mut draft.types, ids[0], *id, Likeness::Known);
        }
    }
    moved
}

/// The types of each role: the same property name, or the same owner.
fn groups(draft: &Draft) -> Vec<Vec<TypeId>> {
    let mut by_role: IndexMap<String, Vec<TypeId>> = IndexMap::new();
    let mut by_owner: IndexMap<TypeId, Vec<TypeId>> = IndexMap::new();
    for id in draft.types.ids() {
        let def = draft.types.get(id);
        if !matches!(def.shape, Shape::Struct(_) | Shape::Enum(_)) || def.is_component {
            continue;
        }
        for place in &def.places {
            let role = place.role().map(|role| words::singular_last(words::split(role)).join(" "));
            let role = match role {
                Some(role) if !role.is_empty() && !words::is_generic(&role) => role,
                // What a generic property holds is told by the resource around it.
                Some(_) | None => resource_role(place.operation(), &place.steps),
            };
            let group = by_role.entry(role).or_default();
            if !group.contains(&id) {
                group.push(id);
            }
        }
        if let Shape::Struct(shape) = &def.shape {
            for field in &shape.fields {
                field.ty.each_named(&mut |part| {
                    let group = by_owner.entry(id).or_default();
                    if part != id && !draft.types.get(part).is_component && !group.contains(&part) {
                        group.push(part);
                    }
                });
            }
        }
    }
    by_role.into_values().chain(by_owner.into_values()).filter(|group| group.len() > 1).collect()
}

/// The last fixed word of the path: `GET /api/{}/chats/{}` is about chats.
fn resource_role(operation: Option<&str>, steps: &[Step]) -> String {
    let path =
        operation.and_then(|key| key.split_once(' ')).map(|(_, path)| path).unwrap_or_default();
    let segment = path
        .split('/')
        .rev()
        .find(|segment| !segment.is_empty() && !segment.contains('{'))
        .unwrap_or_default();
    let role = words::singular_last(words::split(segment)).join(" ");
    // A list's items and a lone object may be the same thing; the page around the items is not.
    let is_item = steps.last().is_none_or(|step| !matches!(step, Step::Field(_)));
    if is_item || steps.len() <= 1 {
        format!("of {role}")
    } else {
        format!("of {role} {}", steps.len())
    }
}

fn join_group(draft: &mut Draft, group: &[TypeId]) -> bool {
    let mut moved = false;
    let mut kept: Vec<TypeId> = Vec::new();
    for &id in group {
        let id = draft.types.find(id);
        if kept.iter().any(|other| draft.types.find(*other) == id) {
            continue;
        }
        if kept.iter().any(|other| join(&mut draft.types, *other, id, Likeness::Kin)) {
            moved = true;
        } else {
            kept.push(id);
        }
    }
    moved
}
