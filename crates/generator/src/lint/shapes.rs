//! Objects of one role that differ by one field.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Value, json};

use super::action::Change;
use super::evidence::Evidence;
use super::survey::Survey;
use super::{Finding, Mend};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use crate::read::{Node, is_data_key};

/// With fewer fields, one that differs is no small difference.
const FEWEST: usize = 3;
/// Roles with more shapes than this are no roles, but words like `data`.
const MOST_SHAPES: usize = 40;

/// A shape and everywhere it stands.
struct Shape<'d> {
    fields: BTreeMap<&'d str, Field<'d>>,
    places: Vec<Pointer>,
}

struct Field<'d> {
    node: Node<'d>,
    signature: u64,
}

pub(super) fn run(survey: &Survey<'_>, _: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut roles: BTreeMap<&str, Vec<Shape<'_>>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    let mut done = BTreeSet::new();
    for seen in &survey.schemas {
        let Some(properties) = seen.node.get("properties") else { continue };
        if seen.role.is_empty()
            || !done.insert(&seen.node.pointer)
            || properties.entries().count() < FEWEST
        {
            continue;
        }
        let fields: BTreeMap<&str, Field<'_>> = properties
            .entries()
            .map(|(name, node)| (name, Field { signature: signature(&node), node }))
            .collect();
        let shapes = roles.entry(seen.role.as_str()).or_insert_with(|| {
            order.push(seen.role.as_str());
            Vec::new()
        });
        let same = |shape: &&mut Shape<'_>| {
            shape.fields.len() == fields.len()
                && shape
                    .fields
                    .iter()
                    .zip(&fields)
                    .all(|(a, b)| a.0 == b.0 && a.1.signature == b.1.signature)
        };
        match shapes.iter_mut().find(same) {
            Some(shape) => shape.places.push(seen.node.pointer.clone()),
            None => shapes.push(Shape { fields, places: vec![seen.node.pointer.clone()] }),
        }
    }
    for role in order {
        let Some(shapes) = roles.get(role).filter(|shapes| shapes.len() <= MOST_SHAPES) else {
            continue;
        };
        for (index, one) in shapes.iter().enumerate() {
            for other in &shapes[index + 1..] {
                findings.extend(compare(role, one, other));
            }
        }
    }
}

fn compare(role: &str, one: &Shape<'_>, other: &Shape<'_>) -> Option<Finding> {
    let (small, large) =
        if one.fields.len() <= other.fields.len() { (one, other) } else { (other, one) };
    let shared_differ: Vec<&str> = small
        .fields
        .iter()
        .filter(|(name, field)| {
            large.fields.get(*name).is_none_or(|other| other.signature != field.signature)
        })
        .map(|(name, _)| *name)
        .collect();
    match (large.fields.len() - small.fields.len(), shared_differ.as_slice()) {
        (1, []) => {
            let (name, field) =
                large.fields.iter().find(|(name, _)| !small.fields.contains_key(*name))?;
            let message = format!(
                "`{role}` lacks `{name}` {}, and has it {}, all else being equal",
                times(small.places.len()),
                times(large.places.len())
            );
            let mut schema = field.node.value.clone();
            schema.as_object_mut()?.retain(|key, _| !is_data_key(key) || key == "enum");
            let update = json!({ "properties": { *name: schema } });
            Some(told(message, small, |place| Mend {
                at: place.clone(),
                change: Change::Update(update.clone()),
            }))
        }
        (0, [name]) => {
            let (a, b) = (small.fields.get(name)?, large.fields.get(name)?);
            let (tight, update, words) = looser(a, b)?;
            let tight = if tight { small } else { large };
            let message = format!("`{name}` of `{role}` is {words}, all else being equal");
            let update = json!({ "properties": { *name: update } });
            Some(told(message, tight, |place| Mend {
                at: place.clone(),
                change: Change::Update(update.clone()),
            }))
        }
        _ => None,
    }
}

fn told(message: String, shape: &Shape<'_>, mend: impl Fn(&Pointer) -> Mend) -> Finding {
    Finding {
        diagnostic: Diagnostic::warning("near-equal-shapes", message).at(&shape.places[0]),
        mends: shape.places.iter().map(mend).collect(),
        share: None,
    }
}

/// Whether the first of two plain schemas is the tighter one, what loosens the tighter, and a description of both.
fn looser(a: &Field<'_>, b: &Field<'_>) -> Option<(bool, Value, String)> {
    let ty = |field: &Field<'_>| field.node.str("type").unwrap_or("anything").to_owned();
    let null = |field: &Field<'_>| field.node.bool("nullable") == Some(true);
    let format = |field: &Field<'_>| field.node.str("format").map(str::to_owned);
    match ((ty(a), null(a)), (ty(b), null(b))) {
        ((one, x), (two, y)) if one == two && x != y => {
            Some((y, json!({ "nullable": true }), "nullable here and not there".to_owned()))
        }
        ((one, x), (two, y)) if x == y && format(a).is_none() && format(b).is_none() => {
            match (one.as_str(), two.as_str()) {
                ("integer", "number") => Some((
                    true,
                    json!({ "type": "number" }),
                    "an integer here and a number there".to_owned(),
                )),
                ("number", "integer") => Some((
                    false,
                    json!({ "type": "number" }),
                    "an integer here and a number there".to_owned(),
                )),
                _ => None,
            }
        }
        _ => None,
    }
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// What a schema allows, as one number: examples and prose do not count. Only ever compared within one run.
pub(super) fn signature(node: &Node<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash(node.value, false, &mut hasher);
    hasher.finish()
}

/// `named`: whether the keys are names of properties, none of which is prose.
fn hash(value: &Value, named: bool, hasher: &mut DefaultHasher) {
    match value {
        Value::Object(object) => {
            let prose = |key: &str| {
                !named
                    && (matches!(key, "description" | "title" | "deprecated" | "externalDocs")
                        || (is_data_key(key) && key != "enum"))
            };
            let mut keys: Vec<&String> = object.keys().filter(|key| !prose(key)).collect();
            keys.sort_unstable();
            (0_u8, keys.len()).hash(hasher);
            for key in keys {
                key.hash(hasher);
                hash(
                    &object[key],
                    !named && matches!(key.as_str(), "properties" | "patternProperties"),
                    hasher,
                );
            }
        }
        Value::Array(list) => {
            (1_u8, list.len()).hash(hasher);
            list.iter().for_each(|item| hash(item, false, hasher));
        }
        plain => plain.to_string().hash(hasher),
    }
}
