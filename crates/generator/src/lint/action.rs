//! From what has to change to overlay actions that a person would have written.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::path::json_path;
use super::target::{Named, targets};
use super::{Finding, Mend};
use crate::pointer::Pointer;

/// What happens to the nodes that an action targets.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// They are merged with this.
    Update(Value),
    /// They go.
    Remove,
}

/// An action of an overlay.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// A JSONPath (RFC 9535).
    pub target: String,
    /// Why.
    pub description: String,
    /// What happens.
    pub change: Change,
}

impl Action {
    /// As it stands in an overlay.
    ///
    /// ```
    /// use lockstep_generator::lint::{Action, Change};
    ///
    /// let action = Action { target: "$.info.title".into(), description: "Wrong.".into(), change: Change::Remove };
    /// assert_eq!(action.to_value()["remove"], true);
    /// ```
    pub fn to_value(&self) -> Value {
        let mut object = Map::new();
        object.insert("target".to_owned(), self.target.clone().into());
        object.insert("description".to_owned(), self.description.clone().into());
        match &self.change {
            Change::Update(update) => object.insert("update".to_owned(), update.clone()),
            Change::Remove => object.insert("remove".to_owned(), true.into()),
        };
        object.into()
    }
}

/// The action as a hint: one line.
pub(super) fn help(action: &Action) -> String {
    let change = match &action.change {
        Change::Update(update) => format!("update: {update}"),
        Change::Remove => "remove: true".to_owned(),
    };
    format!(
        "overlay action: {{ target: \"{}\", {change} }}; `cargo xtask lint --write` appends it",
        action.target
    )
}

/// One mend as an action.
pub(super) fn single(mend: &Mend, finding: &Finding, document: &Value) -> Action {
    Action {
        target: json_path(&mend.at, document),
        description: reason(finding.diagnostic.code).to_owned(),
        change: mend.change.clone(),
    }
}

/// The actions for all findings. Mends that would get in each other's way wait for the next look.
pub(super) fn actions(findings: &[Finding], document: &Value) -> Vec<Action> {
    let mut taken = Taken::default();
    // What changes alike for the same reason, in the order in which it was first found.
    let mut groups: Vec<(&Finding, Vec<&Mend>)> = Vec::new();
    for finding in findings {
        if finding.mends.is_empty() || !taken.take(finding) {
            continue;
        }
        for mend in &finding.mends {
            let alike = |(known, mends): &&mut (&Finding, Vec<&Mend>)| {
                known.diagnostic.code == finding.diagnostic.code
                    && is_as_sure(known, finding)
                    && mends[0].change == mend.change
            };
            match groups.iter_mut().find(alike) {
                Some((_, mends)) => mends.push(mend),
                None => groups.push((finding, vec![mend])),
            }
        }
    }
    let named = Named::of(document);
    let mut actions = Vec::new();
    for (finding, mends) in groups {
        let places: Vec<&Pointer> = mends.iter().map(|mend| &mend.at).collect();
        for target in targets(&places, &mends[0].change, document, &named) {
            let description = reason(finding.diagnostic.code).to_owned();
            actions.push(Action { target, description, change: mends[0].change.clone() });
        }
    }
    actions
}

/// Whether two findings have equal evidence: what is always so is not joined with what was so once.
fn is_as_sure(one: &Finding, other: &Finding) -> bool {
    let is_always = |finding: &Finding| finding.share.is_none_or(|(misfits, seen)| misfits == seen);
    one.share == other.share || (is_always(one) && is_always(other))
}

/// What the actions of one look write, so that no two write the same.
#[derive(Default)]
struct Taken {
    exact: BTreeSet<String>,
    gone: Vec<String>,
}

impl Taken {
    fn take(&mut self, finding: &Finding) -> bool {
        let mut written = Vec::new();
        for mend in &finding.mends {
            match &mend.change {
                Change::Update(update) => leaves(mend.at.as_str(), update, &mut written),
                Change::Remove => written.push(mend.at.as_str().to_owned()),
            }
        }
        let below = |place: &str, whole: &str| {
            place.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let clash = |place: &String| {
            self.exact.contains(place) || self.gone.iter().any(|gone| below(place, gone))
        };
        if written.iter().any(clash) {
            return false;
        }
        let gone = finding
            .mends
            .iter()
            .filter(|mend| mend.change == Change::Remove)
            .map(|mend| mend.at.as_str().to_owned());
        self.gone.extend(gone);
        self.exact.extend(written);
        true
    }
}

/// The places that an update writes, down to what it does not merge with; two levels do.
fn leaves(at: &str, update: &Value, written: &mut Vec<String>) {
    for (key, value) in update.as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) if key == "properties" => {
                written.extend(inner.keys().map(|name| format!("{at}/properties/{name}")));
            }
            _ => written.push(format!("{at}/{key}")),
        }
    }
}

/// Why an action is there. One action is for many places, and an overlay is published: so it says what kind of thing is
/// wrong, and no value of an example.
fn reason(code: &str) -> &'static str {
    match code {
        "frozen-map" => "The keys of this object are data; it is a map learnt from an example.",
        "timestamp-without-format" => "The examples of these strings are dates or times.",
        "example-mismatch" => "The schema does not allow what its example shows.",
        "example-has-more" => "The example has a property that the schema does not know.",
        "unknown-behind-null" => {
            "Nothing but null was seen here; elsewhere the same name has a type."
        }
        "unknown-items" => "The list does not say what its elements are, and its examples do.",
        "undocumented-errors" => "No failure is described.",
        "near-equal-shapes" => {
            "The same thing has another shape elsewhere, and differs in this alone."
        }
        _ => "The document and its examples disagree.",
    }
}
