//! From what has to change at many places to overlay actions as a person would have written them: one for all places
//! with equal evidence, and none that joins what is always so with what was so once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::claims::{self, About};
use super::{Base, Evidence, Fate, Finding};
use crate::lint::path::{json_path, quoted};
use crate::lint::target::{Named, targets};
use crate::lint::{Action, Change};
use crate::pointer::Pointer;

/// An overlay action with what it was learnt from.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// The action.
    pub action: Action,
    /// What it was learnt from.
    pub evidence: Evidence,
}

impl Correction {
    /// As it stands in an overlay.
    pub fn to_value(&self) -> Value {
        let mut object = Map::new();
        for (key, value) in self.action.to_value().as_object().into_iter().flatten() {
            object.insert(key.clone(), value.clone());
            if key == "description" {
                object.insert("x-evidence".to_owned(), self.evidence.to_value());
            }
        }
        object.into()
    }
}

/// One change of a schema.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// It is merged with this.
    Update(Value),
    /// It loses these keywords.
    Remove(Vec<&'static str>),
    /// It no longer requires this property.
    NotRequired(String),
}

/// Something found at one place.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) code: &'static str,
    pub(super) fate: Fate,
    pub(super) at: Pointer,
    pub(super) steps: Vec<Step>,
    pub(super) evidence: Evidence,
    /// What was seen: `null`, say, as in "null in 27 of 30 values".
    pub(super) what: String,
    /// What the values are called: `values`, `objects`.
    pub(super) of: &'static str,
    /// What the document says instead.
    pub(super) tail: String,
    pub(super) about: About,
}

/// What drafts have in common that become one finding.
struct Group<'d> {
    drafts: Vec<&'d Draft>,
    claim: Option<usize>,
}

/// The findings, in the order of their first place.
pub(super) fn findings(base: &Base, mut drafts: Vec<Draft>) -> Vec<Finding> {
    drafts.iter_mut().for_each(|draft| fit(base, draft));
    let mut groups: Vec<Group<'_>> = Vec::new();
    for draft in &drafts {
        let claim = claims::claim(base, &draft.at, draft.about).map(|action| action.number);
        let alike = |group: &&mut Group<'_>| group.claim == claim && alike(group.drafts[0], draft);
        match groups.iter_mut().find(alike) {
            Some(group) => group.drafts.push(draft),
            None => groups.push(Group { drafts: vec![draft], claim }),
        }
    }
    let named = Named::of(&base.raw.value);
    groups.iter().map(|group| finding(base, group, &named)).collect()
}

/// An action has to fit the document itself, not what the repairs made of it.
fn fit(base: &Base, draft: &mut Draft) {
    let Some(node) = base.raw.value.pointer(draft.at.as_str()) else {
        draft.steps.clear();
        draft.fate = Fate::Proposed;
        return;
    };
    for step in &mut draft.steps {
        if let Step::Remove(keys) = step {
            keys.retain(|key| node.get(*key).is_some());
        }
    }
    draft.steps.retain(|step| *step != Step::Remove(Vec::new()));
}

fn is_always(draft: &Draft) -> bool {
    draft.evidence.seen == draft.evidence.misfits
}

fn alike(one: &Draft, other: &Draft) -> bool {
    let same =
        one.evidence.seen == other.evidence.seen && one.evidence.misfits == other.evidence.misfits;
    one.code == other.code
        && one.fate == other.fate
        && one.steps == other.steps
        && one.what == other.what
        && one.tail == other.tail
        && (same || (is_always(one) && is_always(other)))
}

fn finding(base: &Base, group: &Group<'_>, named: &Named) -> Finding {
    let first = group.drafts[0];
    let at: Vec<Pointer> = group.drafts.iter().map(|draft| draft.at.clone()).collect();
    let whole = summed(&group.drafts);
    let mut message = sentence(first, &whole);
    let (mut fate, mut corrections) = (first.fate, Vec::new());
    match group.claim.and_then(|number| base.traced.iter().find(|action| action.number == number)) {
        Some(claim) if first.fate == Fate::Written => {
            fate = Fate::Refuted;
            let target = crate::visible::line(&claim.target);
            message.push_str(&format!(
                "; action {} of the overlay says otherwise (`{target}`)",
                claim.number
            ));
        }
        _ => corrections = steps(base, group, named),
    }
    Finding {
        code: first.code,
        fate,
        message,
        at,
        evidence: whole,
        corrections,
        effect: None,
        place: Default::default(),
    }
}

/// `null in 27 of 30 values, which this integer does not allow`.
fn sentence(draft: &Draft, evidence: &Evidence) -> String {
    let Draft { what, of, tail, .. } = draft;
    format!("{what} in {} of {} {of}{tail}", evidence.misfits, evidence.seen)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The evidence of several places: as it is where it is equal, else one operation after another.
fn summed(drafts: &[&Draft]) -> Evidence {
    let mut whole = drafts[0].evidence.clone();
    if drafts.iter().all(|draft| draft.evidence == whole) {
        return whole;
    }
    let mut parts: BTreeMap<String, Evidence> = BTreeMap::new();
    for draft in drafts {
        let part: Vec<_> = draft.at.as_str().split('/').take(4).collect();
        let known = parts.entry(part.join("/")).or_default();
        if draft.evidence.seen > known.seen {
            *known = draft.evidence.clone();
        }
    }
    let sum = |count: fn(&Evidence) -> u64| parts.values().map(count).sum();
    whole.replies = sum(|part| part.replies);
    whole.distinct = sum(|part| part.distinct);
    whole.seen = sum(|part| part.seen);
    whole.misfits = sum(|part| part.misfits);
    whole.accounts = parts.values().map(|part| part.accounts).max().unwrap_or_default();
    whole.first = parts.values().filter_map(|part| part.first.clone()).min();
    whole.last = parts.values().filter_map(|part| part.last.clone()).max();
    whole
}

/// The actions for all places of a group, one step after the other.
fn steps(base: &Base, group: &Group<'_>, named: &Named) -> Vec<Correction> {
    let document = &base.raw.value;
    let first = group.drafts[0];
    let mut corrections = Vec::new();
    for step in &first.steps {
        let found = match step {
            Step::Update(update) => {
                let places: Vec<&Pointer> = group.drafts.iter().map(|draft| &draft.at).collect();
                targets(&places, &Change::Update(update.clone()), document, named)
            }
            Step::Remove(keys) => removals(group, keys, document, named),
            Step::NotRequired(name) => {
                let path = |draft: &&Draft| {
                    format!("{}.required[?@ == {}]", json_path(&draft.at, document), quoted(name))
                };
                group.drafts.iter().map(path).collect()
            }
        };
        let change = match step {
            Step::Update(update) => Change::Update(update.clone()),
            Step::Remove(_) | Step::NotRequired(_) => Change::Remove,
        };
        let several = found.len() > 1;
        for target in found {
            let evidence = if several {
                summed(&under(group, &target, document))
            } else {
                summed(&group.drafts)
            };
            let description = capital(&format!("{}.", sentence(first, &evidence)));
            corrections.push(Correction {
                action: Action { target, description, change: change.clone() },
                evidence,
            });
        }
    }
    corrections
}

/// The drafts that a target matches.
fn under<'d>(group: &Group<'d>, target: &str, document: &Value) -> Vec<&'d Draft> {
    let Ok(path) = JsonPath::parse(target) else { return group.drafts.clone() };
    let found: BTreeSet<String> =
        path.query_located(document).iter().map(|node| node.location().to_json_pointer()).collect();
    let matched = |draft: &&&Draft| found.iter().any(|place| place.starts_with(draft.at.as_str()));
    let drafts: Vec<&Draft> = group.drafts.iter().filter(matched).copied().collect();
    if drafts.is_empty() { group.drafts.clone() } else { drafts }
}

/// Targets that take several keywords away at once: those for the first of them, and the others beside it.
fn removals(
    group: &Group<'_>,
    keys: &[&'static str],
    document: &Value,
    named: &Named,
) -> Vec<String> {
    let Some(key) = keys.first() else { return Vec::new() };
    let places: Vec<Pointer> = group.drafts.iter().map(|draft| draft.at.child(key)).collect();
    let places: Vec<&Pointer> = places.iter().collect();
    let end = format!(".{key}");
    let all: Vec<String> = keys.iter().map(|key| quoted(key)).collect();
    let widened = |target: String| match target.strip_suffix(&end) {
        Some(start) if keys.len() > 1 => format!("{start}[{}]", all.join(", ")),
        _ => target,
    };
    targets(&places, &Change::Remove, document, named).into_iter().map(widened).collect()
}
