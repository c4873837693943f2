//! Operations that describe no failure.

use serde_json::json;

use super::action::Change;
use super::evidence::Evidence;
use super::survey::Survey;
use super::{Finding, Mend, finding};
use crate::read::Node;

pub(super) fn run(survey: &Survey<'_>, _: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let silent: Vec<(&str, Node<'_>)> = survey
        .operations
        .iter()
        .filter_map(|(name, operation)| Some((name.as_str(), operation.get("responses")?)))
        .filter(|(_, replies)| !replies.entries().any(|(status, _)| is_failure(status)))
        .collect();
    let update = || {
        Change::Update(
            json!({ "default": { "description": "A failure that upstream does not describe." } }),
        )
    };
    let mend = |replies: &Node<'_>| Mend { at: replies.pointer.clone(), change: update() };
    // When none does, that is one fact and not three hundred.
    if silent.len() > 1 && silent.len() == survey.operations.len() {
        let message = format!("none of the {} operations describes a failure", silent.len());
        let mut found = finding("undocumented-errors", message, &silent[0].1.pointer, None);
        found.mends = silent.iter().map(|(_, replies)| mend(replies)).collect();
        findings.push(found);
        return;
    }
    for (name, replies) in silent {
        let mut found = finding(
            "undocumented-errors",
            format!("{name} describes no failure"),
            &replies.pointer,
            None,
        );
        found.mends.push(mend(&replies));
        findings.push(found);
    }
}

fn is_failure(status: &str) -> bool {
    status == "default" || status.starts_with(['4', '5'])
}
