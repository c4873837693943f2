//! What a finding would do to Rust programs: asked of those who compare clients, one operation at a time.

use serde_json::{Map, Value, json};

use super::correct::Correction;
use super::{Base, Effect, Finding};
use crate::diagnostic::Diagnostics;
use crate::diff::{Class, compare};
use crate::pointer::Pointer;
use crate::{Inputs, Layout, Source};

/// More findings than this are not asked about: each is two small clients made.
const MOST: usize = 400;

/// Adds the effect to every finding that has corrections.
pub(super) fn add(base: &Base, findings: &mut [Finding]) {
    let open = findings.iter_mut().filter(|finding| !finding.corrections.is_empty());
    for finding in open.take(MOST) {
        finding.effect = effect(base, finding);
    }
}

fn effect(base: &Base, finding: &Finding) -> Option<Effect> {
    let first = finding.at.first()?;
    let document = excerpt(&base.raw.value, first)?;
    let text = document.to_string();
    let single: Vec<Value> = finding
        .corrections
        .iter()
        .filter_map(|correction| narrowed(correction, &document))
        .collect();
    let overlay =
        json!({ "overlay": "1.0.0", "info": { "title": "T", "version": "1" }, "actions": single })
            .to_string();
    let before = Inputs::new(Source { path: "before", text: &text }, Layout::Workspace);
    let after =
        Inputs { overlay: Some(Source { path: "overlay", text: &overlay }), ..before.clone() };
    let changes = compare(&before, &after, &mut Diagnostics::new())?;
    let class = changes.rust();
    let mut reasons: Vec<String> = Vec::new();
    for reason in changes
        .list
        .iter()
        .filter(|change| change.rust.class == class)
        .flat_map(|change| &change.rust.reasons)
    {
        if !reasons.contains(reason) {
            reasons.push(reason.clone());
        }
    }
    reasons.truncate(if class == Class::None { 0 } else { 3 });
    Some(Effect { class, reasons })
}

/// The document with the one path that a place is in; for a shared schema, with all that there are.
fn excerpt(raw: &Value, at: &Pointer) -> Option<Value> {
    let mut tokens = at.tokens();
    let (section, path) = (tokens.next()?, tokens.next()?);
    let mut document = Map::new();
    for (key, value) in raw.as_object()? {
        if key != "paths" {
            document.insert(key.clone(), value.clone());
        } else if section == "paths" {
            document.insert(key.clone(), json!({ path.as_ref(): value.get(path.as_ref())? }));
        } else {
            document.insert(key.clone(), value.clone());
        }
    }
    Some(document.into())
}

/// The action, if there is anything for it in an excerpt.
fn narrowed(correction: &Correction, document: &Value) -> Option<Value> {
    let path = serde_json_path::JsonPath::parse(&correction.action.target).ok()?;
    (!path.query(document).is_empty()).then(|| correction.action.to_value())
}
