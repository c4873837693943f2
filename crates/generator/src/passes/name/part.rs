//! Takes apart what no one name fits.
//!
//! Equal shapes that play one role may still stand where nobody would call them the same. A type is then divided along
//! the lines that a reader knows: by what an author named, by resource, by operation. Members stay together that
//! have to: the same field of what is itself one type.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::truth::Truth;
use super::types::plan;
use crate::ident;
use crate::model::{Draft, Place, Root, Shape, TypeId, TypeRef, Types};
use crate::passes::Context;
use crate::passes::join::cover;
use crate::passes::merge::collapse;
use crate::words;

/// Types that lie deeper in each other than this stay together; a number then tells them apart.
const ROUNDS: usize = 16;

pub(in crate::passes) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    // Taking a type apart can free its parts to go too.
    for _ in 0..ROUNDS {
        let divisions = divisions(draft, context);
        if divisions.is_empty() {
            break;
        }
        for (id, groups) in &divisions {
            draft.types.split(*id, groups);
        }
        cover(&mut draft.types);
        collapse(draft);
    }
}

type Division = (TypeId, Vec<Vec<TypeId>>);

/// The types that have no name to themselves, each with the groups that it comes apart into.
fn divisions(draft: &Draft, context: &Context<'_>) -> Vec<Division> {
    let types = &draft.types;
    let truth = Truth::of(draft);
    let resources = resources(draft);
    let parents = parents(draft);
    let plan = plan(draft, context);
    let mut divisions = Vec::new();
    for (id, name) in plan.names.iter().filter(|(id, _)| types.size(**id) > 1) {
        let units = units(types, *id, &parents);
        let def = types.get(*id);
        let by: &[&dyn Fn(&Place) -> String] = if let Some(locked) = &def.locked_name {
            // What has come to a published type since has to be of its name.
            let words = ident::clean(words::split(locked));
            let fits = |place: &Place| {
                let known = context.lock.types.get(&place.to_string());
                (known == Some(locked) || truth.holds_at(&words, place)).to_string()
            };
            let groups = grouped(types, &units, &fits);
            if name == locked && groups.len() > 1 {
                divisions.push((*id, groups));
            }
            continue;
        } else if plan.nameless.contains(id) {
            &[
                &|place| owner(&resources, place),
                &|place| place.operation().unwrap_or_default().to_owned(),
                &|place| place.to_string(),
            ]
        } else {
            continue;
        };
        let groups = by.iter().map(|key| grouped(types, &units, key));
        if let Some(groups) = groups.into_iter().find(|groups| groups.len() > 1) {
            divisions.push((*id, groups));
        }
    }
    divisions
}

/// What a place belongs to for a reader: an author's component, else a resource.
fn owner(resources: &HashMap<&str, String>, place: &Place) -> String {
    match (&place.root, place.operation()) {
        (Root::Component(name), _) => format!("schema {name}"),
        (_, Some(operation)) => resources.get(operation).cloned().unwrap_or_default(),
        (_, None) => String::new(),
    }
}

fn resources(draft: &Draft) -> HashMap<&str, String> {
    let named = |operation: &crate::model::Operation| words::snake(&operation.group);
    draft.operations.iter().map(|operation| (operation.key.as_str(), named(operation))).collect()
}

/// A part of a type: what it is a part of, and the way to it.
type Part = (TypeId, String);

/// What each type as it was read is a part of. Schemas that `allOf` brings in can be a part of several.
fn parents(draft: &Draft) -> Vec<Vec<Part>> {
    let types = &draft.types;
    let mut parents: Vec<Vec<Part>> = vec![Vec::new(); types.len()];
    for id in (0..types.len()).map(|index| TypeId(index as u32)) {
        let mut hold = |ty: &TypeRef, way: &str| {
            let parent = match &draft.envelope {
                // The payload of an envelope stands by itself; what stood beside it stands in the one that all share.
                Some(envelope) if types.is_dropped(id) && way == envelope.payload => return,
                Some(envelope) if types.is_dropped(id) => envelope.id,
                Some(_) | None => id,
            };
            ty.each_named(&mut |part| {
                parents[part.0 as usize].push((parent, way.to_owned()));
            });
        };
        match &types.own(id).shape {
            Shape::Struct(shape) => {
                shape.fields.iter().for_each(|field| hold(&field.ty, &field.wire));
                shape.rest.iter().for_each(|rest| hold(rest, "{}"));
            }
            Shape::Union(union) => {
                union.arms.iter().enumerate().for_each(|(index, arm)| {
                    hold(&arm.ty, &format!("|{index}"));
                });
            }
            Shape::Alias(ty) => hold(ty, "="),
            Shape::Enum(_) => {}
        }
    }
    parents
}

/// The members of a type, those together that dividing it cannot tell apart: the same part of what is one type, and a
/// choice with what it has come down to.
fn units(types: &Types, id: TypeId, parents: &[Vec<Part>]) -> Vec<Vec<TypeId>> {
    let mut units: Vec<Vec<TypeId>> = Vec::new();
    let mut known: HashMap<(TypeId, &str), usize> = HashMap::new();
    for member in types.members(id) {
        let mut keys = vec![(member, "")];
        for (parent, way) in &parents[member.0 as usize] {
            if types.find(*parent) != id {
                keys.push((types.find(*parent), way));
            } else if matches!(types.own(*parent).shape, Shape::Union(_)) {
                keys.push((*parent, ""));
            }
        }
        let mut at: Vec<usize> = keys.iter().filter_map(|key| known.get(key).copied()).collect();
        at.sort_unstable();
        at.dedup();
        let own = at.first().copied().unwrap_or_else(|| {
            units.push(Vec::new());
            units.len() - 1
        });
        units[own].push(member);
        for also in at.into_iter().skip(1) {
            let joined = std::mem::take(&mut units[also]);
            units[own].extend(joined);
            known.values_mut().filter(|unit| **unit == also).for_each(|unit| *unit = own);
        }
        known.extend(keys.into_iter().map(|key| (key, own)));
    }
    units.retain(|unit| !unit.is_empty());
    units.iter_mut().for_each(|unit| unit.sort());
    units.sort();
    units
}

/// The units by what a key says of them. One whose members are not of one mind is a group of its own.
fn grouped(
    types: &Types,
    units: &[Vec<TypeId>],
    key: &dyn Fn(&Place) -> String,
) -> Vec<Vec<TypeId>> {
    let mut groups: IndexMap<Vec<String>, Vec<TypeId>> = IndexMap::new();
    for unit in units {
        let places = unit.iter().flat_map(|member| &types.own(*member).places);
        let mut said: Vec<String> = places.map(key).collect();
        said.sort();
        said.dedup();
        groups.entry(said).or_default().extend(unit);
    }
    groups.into_values().collect()
}
