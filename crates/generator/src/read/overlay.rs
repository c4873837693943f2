//! OpenAPI Overlay 1.0: corrections of a document that is not ours to edit.
//!
//! An action that no longer applies fails the run: a correction that is silently lost is worse
//! than none.

use super::document::Document;
use super::{Source, kind, parse};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::pointer::Pointer;
use serde_json::Value;
use serde_json_path::JsonPath;

mod hint;
mod merge;

/// Applies an overlay to a document, action by action, in order.
///
/// Codes of errors: those of reading, `overlay-invalid` (it is no overlay), `overlay-target` (not a
/// JSONPath of RFC 9535, or it points to plain values), `overlay-no-match` (an action matches
/// nothing); warnings `overlay-no-effect` (an action changes nothing: upstream may have followed) and
/// `overlay-withdrawn` (an action that was learnt from traffic, as its `x-evidence` says, matches nothing).
///
/// ```
/// use lockstep_generator::diagnostic::Diagnostics;
/// use lockstep_generator::read::{self, Source, overlay};
///
/// let mut diagnostics = Diagnostics::new();
/// let text = "openapi: 3.0.3\npaths: {}\ninfo: {title: Old}\n";
/// let source = Source { path: "openapi.yaml", text };
/// let mut document = read::read(&source, &mut diagnostics).unwrap();
/// let text = "overlay: 1.0.0\ninfo: {title: Ours, version: 1.0.0}\nactions:\n\
///     - target: $.info\n  update: {title: New}\n";
/// overlay::apply(&mut document, &Source { path: "overlay.yaml", text }, &mut diagnostics);
/// assert_eq!(document.value["info"]["title"], "New");
/// assert!(diagnostics.is_empty());
/// ```
pub fn apply(document: &mut Document, overlay: &Source<'_>, diagnostics: &mut Diagnostics) {
    trace(document, overlay, diagnostics);
}

/// What one action did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traced {
    pub(crate) target: String,
    /// Where the action stands in the list of them, from 1 on.
    pub(crate) number: usize,
    /// Whether it was learnt from traffic, and not written by a person.
    pub(crate) is_learnt: bool,
    /// Whether it matched anything.
    pub(crate) has_matched: bool,
    /// What it wrote, and what it took away.
    pub(crate) changed: Vec<Pointer>,
}

/// As [`apply`], and tells what each action did.
pub(crate) fn trace(
    document: &mut Document,
    overlay: &Source<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Traced> {
    let text = overlay.text.strip_prefix('\u{feff}').unwrap_or(overlay.text);
    let Some(source) = parse(overlay.path, text, 0, diagnostics) else { return Vec::new() };
    let mut told = Diagnostics::new();
    let mut traced = Vec::new();
    for (index, action) in actions(&source, &mut told).into_iter().enumerate() {
        let mut one = Traced {
            target: action.target.to_owned(),
            number: index + 1,
            is_learnt: action.is_learnt,
            ..Traced::default()
        };
        if let Err(diagnostic) = action.apply(document, &mut one) {
            told.push(*diagnostic);
        }
        traced.push(one);
    }
    source.settle(&mut told);
    diagnostics.extend(told);
    traced
}

/// The deepest that actions may nest a document, one after the other.
const DEEPEST: usize = 200;

/// How deep a value is nested; an overlay was read, so it is not nested deep.
fn depth(value: &Value) -> usize {
    match value {
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or(0),
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// One action; the place is in the overlay.
struct Action<'o> {
    target: &'o str,
    change: Change<'o>,
    pointer: Pointer,
    place: Place,
    is_learnt: bool,
}

enum Change<'o> {
    Update(&'o Value),
    Remove,
}

/// The well-formed actions; whatever else there is is told.
fn actions<'o>(overlay: &'o Document, told: &mut Diagnostics) -> Vec<Action<'o>> {
    let root = overlay.root();
    let mut refuse = |pointer: &Pointer, message: String| {
        let help = "see the OpenAPI Overlay Specification 1.0.0";
        told.push(Diagnostic::error("overlay-invalid", message).at(pointer).help(help));
    };
    match root.str("overlay") {
        Some(version) if version == "1.0" || version.starts_with("1.0.") => {}
        Some(version) => {
            refuse(
                &root.pointer.child("overlay"),
                format!("`overlay: {version}` is not supported"),
            );
        }
        None => refuse(&root.pointer, "the key `overlay: 1.0.0` is missing".to_owned()),
    }
    for key in ["title", "version"] {
        if root.get("info").is_none_or(|info| info.get(key).is_none()) {
            refuse(&root.pointer.child("info"), format!("`info` has no `{key}`"));
        }
    }
    for (key, node) in root.entries() {
        if !matches!(key, "overlay" | "info" | "extends" | "actions") && !key.starts_with("x-") {
            refuse(&node.pointer, format!("`{key}` means nothing in an overlay"));
        }
    }
    let Some(list) = root.get("actions").filter(|list| list.value.is_array()) else {
        refuse(&root.pointer, "the list `actions` is missing".to_owned());
        return Vec::new();
    };
    let nodes: Vec<_> = list.items().collect();
    let places = overlay.locate_all(nodes.iter().map(|node| node.pointer.clone()).collect());
    let mut actions = Vec::new();
    for (node, place) in nodes.into_iter().zip(places) {
        match action(&node, place) {
            Ok(action) => actions.push(action),
            Err((pointer, message)) => refuse(&pointer, message),
        }
    }
    actions
}

fn action<'o>(node: &super::Node<'o>, place: Place) -> Result<Action<'o>, (Pointer, String)> {
    let known = ["target", "description", "update", "remove"];
    let odd = node.entries().find(|(key, _)| !known.contains(key) && !key.starts_with("x-"));
    if let Some((key, odd)) = odd {
        return Err((odd.pointer, format!("`{key}` means nothing in an action")));
    }
    let Some(target) = node.str("target") else {
        return Err((node.pointer.clone(), "the action has no `target`".to_owned()));
    };
    let change = match (node.bool("remove"), node.get("update")) {
        (Some(true), _) => Change::Remove,
        (_, Some(update)) => Change::Update(update.value),
        _ => {
            let message = "the action has neither `update` nor `remove: true`";
            return Err((node.pointer.clone(), message.to_owned()));
        }
    };
    let is_learnt = node.get("x-evidence").is_some();
    Ok(Action { target, change, pointer: node.pointer.child("target"), place, is_learnt })
}

impl Action<'_> {
    fn apply(&self, document: &mut Document, traced: &mut Traced) -> Result<(), Box<Diagnostic>> {
        let path = JsonPath::parse(self.target).map_err(|error| {
            let message = format!("`{}` is not a JSONPath: {error}", self.target);
            self.told(Diagnostic::error("overlay-target", message).help("see RFC 9535"))
        })?;
        let found: Vec<Pointer> = path
            .query_located(&document.value)
            .dedup()
            .iter()
            .filter_map(|node| Pointer::parse(&node.location().to_json_pointer()))
            .collect();
        traced.has_matched = !found.is_empty();
        if found.is_empty() && self.is_learnt {
            let message = format!(
                "`{}` matches nothing any more, and was learnt from traffic: upstream has followed or renamed it",
                self.target
            );
            let help = "remove the action; `cargo xtask learn` finds what is still to be said";
            return Err(self.told(Diagnostic::warning("overlay-withdrawn", message).help(help)));
        }
        if found.is_empty() {
            let message = format!("`{}` matches nothing", self.target);
            let help = hint::hint(self.target, &document.value);
            return Err(self.told(Diagnostic::error("overlay-no-match", message).help(help)));
        }
        match self.change {
            Change::Remove => {
                self.remove(document, &found);
                traced.changed = found;
                Ok(())
            }
            Change::Update(update) => {
                traced.changed = self.update(document, &found, update)?;
                Ok(())
            }
        }
    }

    /// Takes nodes out, the last first, so that the places of the others stay true.
    fn remove(&self, document: &mut Document, found: &[Pointer]) {
        for pointer in found.iter().rev() {
            document.remove(pointer);
        }
    }

    fn update(
        &self,
        document: &mut Document,
        found: &[Pointer],
        update: &Value,
    ) -> Result<Vec<Pointer>, Box<Diagnostic>> {
        let mut written = Vec::new();
        for pointer in found {
            if pointer.tokens().count() + depth(update) > DEEPEST {
                let message = "the update would nest the document too deep";
                return Err(self.told(Diagnostic::error("too-deep", message).help("nest it less")));
            }
            // An earlier change of this action may have replaced what this one was part of.
            let Some(target) = document.value.pointer_mut(pointer.as_str()) else { continue };
            if !target.is_object() && !target.is_array() {
                let message = format!(
                    "`{}` matches {} (at `#{pointer}`); only objects and lists can be updated",
                    self.target,
                    kind(target)
                );
                let help = "let the target be what holds it";
                return Err(self.told(Diagnostic::error("overlay-target", message).help(help)));
            }
            merge::update(target, update, pointer, &mut written);
        }
        if written.is_empty() {
            let message = "this action changes nothing: the document says the same already";
            let help = "remove the action if upstream has been corrected";
            return Err(self.told(Diagnostic::warning("overlay-no-effect", message).help(help)));
        }
        for pointer in &written {
            document.edits.written(pointer.clone(), self.place.clone());
        }
        Ok(written)
    }

    fn told(&self, diagnostic: Diagnostic) -> Box<Diagnostic> {
        Box::new(diagnostic.at(&self.pointer))
    }
}

#[cfg(test)]
mod tests;
