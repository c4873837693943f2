//! What a finding would do to Rust programs: asked of those who compare clients, one operation at a time.

use serde_json::{Value, json};

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

/// The document with the one path that a place is in; for a shared schema, with the first path that uses it.
fn excerpt(raw: &Value, at: &Pointer) -> Option<Value> {
    let mut tokens = at.tokens();
    let (section, name) = (tokens.next()?, tokens.next()?);
    let paths = raw.get("paths")?.as_object()?;
    let (path, item) = match section.as_ref() {
        "paths" => paths.get_key_value(name.as_ref())?,
        _ => {
            let users = users(raw, &format!("{name}/{}", tokens.next()?));
            paths.iter().find(|(_, item)| refers(item, &users))?
        }
    };
    let mut document = raw.as_object()?.clone();
    document.insert("paths".to_owned(), json!({ path: item }));
    Some(document.into())
}

/// Every part of the components that leads to one of them, and that one itself.
fn users(raw: &Value, component: &str) -> Vec<String> {
    let mut users = vec![format!("#/components/{component}")];
    let all = raw.get("components").and_then(Value::as_object);
    let parts: Vec<(String, &Value)> = all
        .into_iter()
        .flatten()
        .flat_map(|(section, parts)| {
            parts
                .as_object()
                .into_iter()
                .flatten()
                .map(move |(name, part)| (format!("#/components/{section}/{name}"), part))
        })
        .collect();
    loop {
        let before = users.len();
        for (name, part) in &parts {
            if !users.contains(name) && refers(part, &users) {
                users.push(name.clone());
            }
        }
        if users.len() == before {
            return users;
        }
    }
}

/// Whether something in a value refers to one of these.
fn refers(value: &Value, to: &[String]) -> bool {
    match value {
        Value::Object(object) => object.iter().any(|(key, value)| match value.as_str() {
            Some(text) if key == "$ref" => to.iter().any(|name| {
                text.strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }),
            _ => refers(value, to),
        }),
        Value::Array(list) => list.iter().any(|value| refers(value, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The action, if there is anything for it in an excerpt.
fn narrowed(correction: &Correction, document: &Value) -> Option<Value> {
    let path = serde_json_path::JsonPath::parse(&correction.action.target).ok()?;
    (!path.query(document).is_empty()).then(|| correction.action.to_value())
}
