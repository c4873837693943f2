//! Looks for what is suspicious in a document, and says how to put it right.
//!
//! What examples show may only ever loosen a type by itself; what would make one tighter or richer (a date format, a
//! map, a property) is for a person to decide. Here it is prepared: every [`Finding`] has a place and a sentence, and,
//! where it can be mended, what an overlay action has to change. [`Looked::actions`] makes the actions, [`append`] writes them into
//! `overlay.yaml`.
//!
//! | code | what is suspicious |
//! |---|---|
//! | `timestamp-without-format` | a string whose examples are all dates or times |
//! | `example-mismatch` | an example that its schema does not allow |
//! | `example-has-more` | a property that only an example has |
//! | `unknown-behind-null` | a type of which nothing but null was ever seen |
//! | `unknown-items` | a list that does not say of what |
//! | `frozen-map` | an object whose keys are ids or dates: a map, learnt from one example |
//! | `undocumented-errors` | an operation that describes no failure |
//! | `near-equal-shapes` | objects of one role that differ by one field |
//!
//! A schema, or anything above it, that says `x-lint-allow: [code]` is looked at and found good; put it there with an
//! overlay action.
//!
//! This knows OpenAPI and overlays; it must not know what the generator makes of either.

use serde_json::Value;

use crate::Source;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::pointer::Pointer;
use crate::read::{self, Document};

mod action;
mod append;
mod errors;
mod evidence;
mod examples;
mod maps;
mod nulls;
pub(crate) mod path;
mod shapes;
mod survey;
pub(crate) mod target;
mod timestamps;

pub use action::{Action, Change};
pub use append::append;
pub(crate) use append::append_values;

/// Every code that [`lint`] knows, in the order in which it looks.
pub const CODES: &[&str] = &[
    "frozen-map",
    "timestamp-without-format",
    "example-mismatch",
    "example-has-more",
    "unknown-behind-null",
    "unknown-items",
    "undocumented-errors",
    "near-equal-shapes",
];

/// Something suspicious.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What, where, and what to do about it. A warning can be mended or is plainly wrong; a note is for somebody who
    /// knows the API.
    pub diagnostic: Diagnostic,
    /// What would put it right; empty if only a person can know.
    pub mends: Vec<Mend>,
    /// Where it is about values of examples: how many do not fit, of how many.
    pub share: Option<(usize, usize)>,
}

/// A change of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Mend {
    /// The node, in the document as the overlay leaves it.
    pub at: Pointer,
    /// What happens to it.
    pub change: Change,
}

/// A document that was looked at.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What is suspicious, in the order of [`CODES`], then of the document.
    pub findings: Vec<Finding>,
    /// Whether all examples were held against their schemas; of more than a million values the rest is not.
    pub is_whole: bool,
    raw: Value,
}

impl Looked {
    /// The overlay actions that mend what can be mended. Those that would get in each other's way are left for the next
    /// look: append these, look again, until there are none.
    pub fn actions(&self) -> Vec<Action> {
        action::actions(&self.findings, &self.raw)
    }
}

/// Looks at a document as an overlay leaves it. `None` if it cannot be read, or the overlay does not fit; the reasons are
/// then among the diagnostics.
///
/// ```
/// use lockstep_generator::{Source, diagnostic::Diagnostics, lint};
///
/// let text = "
/// openapi: 3.0.3
/// info: { title: Pets, version: '1' }
/// paths:
///   /pets:
///     get:
///       responses:
///         '200':
///           description: ok
///           content:
///             application/json:
///               schema: { type: object, properties: { born: { type: string, example: 2025-01-01 00:00:00 } } }
///         default: { description: failed }
/// ";
/// let source = Source { path: "pets.yaml", text };
/// let looked = lint::lint(&source, None, &mut Diagnostics::new()).unwrap();
/// assert_eq!(looked.findings[0].diagnostic.code, "timestamp-without-format");
/// let overlay = lint::append(None, &looked.actions()).unwrap();
/// let overlay = Source { path: "overlay.yaml", text: &overlay };
/// let looked = lint::lint(&source, Some(&overlay), &mut Diagnostics::new()).unwrap();
/// assert!(looked.findings.is_empty());
/// ```
pub fn lint<'a>(
    sources: impl Into<read::Sources<'a>>,
    overlay: Option<&Source<'_>>,
    diagnostics: &mut Diagnostics,
) -> Option<Looked> {
    let mut own = Diagnostics::new();
    let looked = read::read(sources, &mut own).and_then(|mut raw| {
        if let Some(overlay) = overlay {
            read::overlay::apply(&mut raw, overlay, &mut own);
        }
        (!own.has_errors()).then(|| look(raw))
    });
    let failed = own.has_errors();
    // An action that upstream has followed is told as well: nobody else looks at the overlay for its own sake.
    diagnostics.extend(own.into_iter().filter(|diagnostic| {
        diagnostic.severity == Severity::Error || diagnostic.code.starts_with("overlay-")
    }));
    looked.filter(|_| !failed)
}

fn look(raw: Document) -> Looked {
    // What is repaired on every run is none of our business: that has diagnostics of its own.
    let mut document = raw.clone();
    read::refine(&mut document, None, &mut Diagnostics::new());
    let survey = survey::Survey::of(&document);
    let evidence = evidence::Evidence::of(&survey);
    let is_whole = evidence.is_whole();
    let mut findings = Vec::new();
    for rule in RULES {
        rule(&survey, &evidence, &mut findings);
    }
    // A shared schema is met once on its way there and once on its way back.
    let mut met = std::collections::BTreeSet::new();
    findings.retain(|finding| {
        let key = (
            finding.diagnostic.code,
            finding.diagnostic.place.clone(),
            finding.diagnostic.message.clone(),
        );
        met.insert(key) && !allowed(&document.value, finding)
    });
    for finding in &mut findings {
        // An action has to fit the document itself, not what the repairs made of it.
        if !finding.mends.iter().all(|mend| raw.value.pointer(mend.at.as_str()).is_some()) {
            finding.mends.clear();
        }
        if finding.mends.is_empty() && finding.diagnostic.code != "example-mismatch" {
            finding.diagnostic.severity = Severity::Note;
        }
    }
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(findings.iter().map(|finding| finding.diagnostic.clone()));
    document.settle(&mut diagnostics);
    for (finding, diagnostic) in findings.iter_mut().zip(diagnostics) {
        finding.diagnostic = diagnostic;
    }
    for finding in &mut findings {
        if let Some(mend) = finding.mends.first() {
            finding.diagnostic.help =
                Some(action::help(&action::single(mend, finding, &raw.value)));
        }
    }
    Looked { findings, is_whole, raw: raw.value }
}

type Rule = fn(&survey::Survey<'_>, &evidence::Evidence<'_>, &mut Vec<Finding>);

const RULES: &[Rule] = &[
    maps::run,
    timestamps::run,
    examples::run,
    examples::items,
    nulls::run,
    errors::run,
    shapes::run,
];

/// Whether somebody has looked at it and found it good.
fn allowed(document: &Value, finding: &Finding) -> bool {
    let crate::diagnostic::Place::Pointer(pointer) = &finding.diagnostic.place else {
        return false;
    };
    let mut pointer = Some(pointer.clone());
    while let Some(here) = pointer {
        let allow = document.pointer(here.as_str()).and_then(|node| node.get("x-lint-allow"));
        let mut codes = allow.and_then(Value::as_array).into_iter().flatten();
        if codes.any(|code| code.as_str() == Some(finding.diagnostic.code)) {
            return true;
        }
        pointer = here.parent();
    }
    false
}

/// A finding that an update of one node mends.
fn finding(code: &'static str, message: String, at: &Pointer, update: Option<Value>) -> Finding {
    let mends = update.map(|update| Mend { at: at.clone(), change: Change::Update(update) });
    Finding {
        diagnostic: Diagnostic::warning(code, message).at(at),
        mends: mends.into_iter().collect(),
        share: None,
    }
}

#[cfg(test)]
mod tests;
