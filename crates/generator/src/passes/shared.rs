//! Finds the parameters that every operation takes: a version in the path, a header with a default. They become settings of the
//! client, which a single request may override.
//!
//! What was published as an argument stays one.

use indexmap::IndexMap;
use serde_json::Value;

use super::Context;
use crate::model::{Constant, Draft, Location, Param, Scalar, SharedParam, TypeRef};
use crate::words;

/// Fewer operations than this share a parameter by chance.
const HABIT: usize = 5;

/// What a parameter has to be alike in, to be one for all.
type Key = (Location, String, TypeRef);

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let mut found: IndexMap<Key, Vec<(usize, usize)>> = IndexMap::new();
    for (index, operation) in draft.operations.iter().enumerate() {
        let header = operation.idempotency_header.as_ref();
        for (at, param) in operation.params.iter().enumerate() {
            if can_be_shared(param) && header != Some(&param.wire) {
                let key = (param.location, param.wire.clone(), param.ty.clone());
                found.entry(key).or_default().push((index, at));
            }
        }
    }
    let total = draft.operations.len();
    for ((_, wire, _), places) in found {
        // One that a few operations go without is still everybody's.
        if places.len() < HABIT || places.len() * 10 < total * 9 {
            continue;
        }
        let defaults = places.iter().filter_map(|(index, at)| {
            let param = &draft.operations[*index].params[*at];
            param.default.as_ref().and_then(Constant::of).map(|value| value.to_string())
        });
        let defaults: indexmap::IndexSet<String> = defaults.collect();
        // Several defaults are several operations' own.
        if defaults.len() > 1 {
            continue;
        }
        let mut is_used = false;
        for (index, at) in places {
            let operation = &mut draft.operations[index];
            let published = context.lock.arguments.get(&operation.key);
            let param = &mut operation.params[at];
            let is_argument = published.is_some_and(|known| known.contains(&param.argument()));
            if !is_argument {
                param.shared = true;
                is_used = true;
            }
        }
        if is_used {
            let default = defaults.into_iter().next().unwrap_or_default();
            draft.shared.push(SharedParam { wire, default });
        }
    }
}

/// Whether a parameter may be said once for a client: plain text or a number that a request needs, or has a default for.
fn can_be_shared(param: &Param) -> bool {
    let is_plain = matches!(
        param.ty,
        TypeRef::Scalar(
            Scalar::String | Scalar::Int32 | Scalar::Int64 | Scalar::Date | Scalar::Bool
        )
    );
    let matters = match param.location {
        // What tells one thing of many in a path is for a scope.
        Location::Path => param.default.is_some() || is_version(&param.wire),
        Location::Query => param.required,
        Location::Header => param.required || param.default.as_ref().is_some_and(is_said),
        Location::Cookie => false,
    };
    is_plain && matters && param.fill.is_none()
}

fn is_version(wire: &str) -> bool {
    words::split(wire).iter().any(|word| word == "version" || word == "revision")
}

fn is_said(default: &Value) -> bool {
    Constant::of(default).is_some()
}
