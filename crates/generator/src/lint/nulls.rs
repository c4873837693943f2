//! Types of which nothing but null was ever seen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::action::Change;
use super::evidence::Evidence;
use super::survey::Survey;
use super::{Finding, Mend, finding};

pub(super) fn run(survey: &Survey<'_>, evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let known = known(survey, evidence);
    for seen in &survey.schemas {
        let values = evidence.at(&seen.node.pointer);
        let Some(ty) = seen.node.str("type") else { continue };
        if values.is_empty()
            || !values.iter().all(|value| value.is_null())
            || seen.node.get("enum").is_some()
        {
            continue;
        }
        // Only its own example can be taken away; where a larger one shows null, null is what there is.
        if seen.node.get("example").is_none_or(|example| !example.value.is_null()) {
            continue;
        }
        let elsewhere = known
            .get(seen.role.as_str())
            .filter(|types| types.len() == 1)
            .and_then(|types| types.first());
        let message = match elsewhere {
            Some(known) => format!(
                "nothing but null was seen here; everywhere else `{}` is {known}",
                seen.role
            ),
            None => format!("nothing but null was seen here, so that the type {ty} is a guess"),
        };
        let mut found = finding("unknown-behind-null", message, &seen.node.pointer, None);
        if let Some(&known) = elsewhere.filter(|known| !matches!(**known, "object" | "array")) {
            let mut update = serde_json::Map::new();
            if known != ty {
                update.insert("type".to_owned(), json!(known));
            }
            if seen.node.bool("nullable") != Some(true) {
                update.insert("nullable".to_owned(), json!(true));
            }
            if !update.is_empty() {
                found.mends.push(Mend {
                    at: seen.node.pointer.clone(),
                    change: Change::Update(update.into()),
                });
            }
            found
                .mends
                .push(Mend { at: seen.node.pointer.child("example"), change: Change::Remove });
        }
        findings.push(found);
    }
}

/// The types that properties of a name were really seen with.
fn known<'s>(
    survey: &'s Survey<'_>,
    evidence: &Evidence<'_>,
) -> BTreeMap<&'s str, BTreeSet<&'s str>> {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for seen in survey.schemas.iter().filter(|seen| !seen.role.is_empty()) {
        let Some(ty) = seen.node.str("type") else { continue };
        if evidence.at(&seen.node.pointer).iter().any(|value| !value.is_null()) {
            known.entry(seen.role.as_str()).or_default().insert(ty);
        }
    }
    known
}
