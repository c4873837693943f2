//! Schemas: types, null, values, and the way down.

use std::collections::HashSet;

use serde_json::Value;

use super::{At, Spots, Turn, Walk, Way, both, nowhere};
use crate::diff::{Class, Verdict};
use crate::lower::view::View;
use crate::read::Node;

impl<'d> Walk<'d> {
    /// Compares what two schemas say, references of their own followed already.
    pub(super) fn visit(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let (a, b) =
            (View::of(self.old, old, &mut nowhere()), View::of(self.new, new, &mut nowhere()));
        self.words(old, new, &a, &b, at);
        if !a.alternatives.is_empty() || !b.alternatives.is_empty() {
            self.null(old, new, &a, &b, at);
            self.bounds(old, new, at);
            self.others(old, new, at);
            // What stands beside the alternatives holds for each of them.
            if !a.alternatives.is_empty() && !b.alternatives.is_empty() {
                self.fields(old, new, &a, &b, at);
            }
            return self.alternatives(old, new, &a, &b, at);
        }
        let (one, two) = (kind(&a, old, at.way), kind(&b, new, at.way));
        if let Some(turn) = turn(one, two, at.text) {
            let title = format!("{}: {} → {}", at.subject, described(&a, one), described(&b, two));
            let verdict = match (turn, at.text, one, two) {
                (Turn::Wider, true, Some(_), Some("string")) => {
                    Verdict::new(Class::Addition, "what was fine travels as the same text")
                }
                (turn, ..) => turn.verdict(at.way),
            };
            return self.tell("type-changed", title, at.places(), both(old, new), verdict);
        }
        self.null(old, new, &a, &b, at);
        self.format(old, new, &a, &b, one, at);
        self.values(old, new, &a, &b, at);
        self.bounds(old, new, at);
        self.others(old, new, at);
        match one {
            Some("object") => {
                self.kinds(old, new, at);
                self.members(old, new, &a, &b, at);
            }
            Some("array") => match (&a.items, &b.items) {
                (Some(a), Some(b)) => self.schema(a, b, &at.item()),
                (None, None) => {}
                (Some(_), None) => self.tell(
                    "type-changed",
                    format!("{} can be anything now", at.item().subject),
                    at.item().places(),
                    both(old, new),
                    Turn::Wider.verdict(at.way),
                ),
                (None, Some(_)) => self.tell(
                    "type-changed",
                    format!("{} have a type now", at.item().subject),
                    at.item().places(),
                    both(old, new),
                    Turn::Narrower.verdict(at.way),
                ),
            },
            _ => {}
        }
    }

    /// Compares two schemas where there may be none, which allows anything.
    pub(super) fn said(
        &mut self,
        old: Option<&Node<'d>>,
        new: Option<&Node<'d>>,
        spots: Spots,
        at: &At,
    ) {
        let (how, turn) = match (old, new) {
            (Some(old), Some(new)) => return self.schema(old, new, at),
            (None, None) => return,
            (Some(_), None) => ("can be anything now", Turn::Wider),
            (None, Some(_)) => ("has a type now", Turn::Narrower),
        };
        let (title, verdict) = (format!("{} {how}", at.subject), turn.verdict(at.way));
        self.tell("type-changed", title, at.places(), spots, verdict);
    }

    /// What people read, and what a server fills in.
    fn words(&mut self, old: &Node<'d>, new: &Node<'d>, a: &View<'d>, b: &View<'d>, at: &At) {
        let spots = |key: &str| {
            let spot = |node: &Node<'d>| {
                Some(node.get(key).map_or_else(|| node.pointer.clone(), |node| node.pointer))
            };
            (spot(old), spot(new))
        };
        if a.description != b.description || a.title != b.title {
            self.description(at.places(), spots("description"));
        }
        if a.example != b.example {
            self.example(at.places(), spots("example"));
        }
        if a.default != b.default {
            let shown = |value: Option<&Value>| {
                value.map_or_else(|| "none".to_owned(), |value| format!("`{value}`"))
            };
            let title =
                format!("{}: default {} → {}", at.subject, shown(a.default), shown(b.default));
            let verdict = match (at.way, a.default) {
                // What was filled in is not known to have been anything else.
                (Way::Request, None) => {
                    Verdict::new(Class::Fix, "it is said what stands for what is left out")
                }
                (Way::Request, Some(_)) => Verdict::new(
                    Class::Breaking,
                    "requests that leave it out mean something else, and nothing tells their senders",
                ),
                (Way::Reply, _) => Verdict::new(Class::Docs, "replies say what it is"),
            };
            self.tell("default-changed", title, at.places(), spots("default"), verdict);
        }
        // Parameters tell it of themselves.
        if !at.text {
            self.deprecation(
                &at.subject,
                (a.deprecated, b.deprecated),
                both(old, new),
                &at.places(),
            );
        }
    }

    fn null(&mut self, old: &Node<'d>, new: &Node<'d>, a: &View<'d>, b: &View<'d>, at: &At) {
        // What is learnt from a null may be anything, and null too.
        let unknown = |view: &View<'d>, node: &Node<'d>| {
            at.way == Way::Reply && view.is_learnt_from_null(node)
        };
        if a.nullable != b.nullable && !unknown(a, old) && !unknown(b, new) {
            let (title, turn) = if b.nullable {
                (format!("{} may be null now", at.subject), Turn::Wider)
            } else {
                (format!("{} is never null now", at.subject), Turn::Narrower)
            };
            self.tell(
                "nullability-changed",
                title,
                at.places(),
                both(old, new),
                turn.verdict(at.way),
            );
        }
    }

    fn format(
        &mut self,
        old: &Node<'d>,
        new: &Node<'d>,
        a: &View<'d>,
        b: &View<'d>,
        kind: Option<&str>,
        at: &At,
    ) {
        let format = |view: &View<'d>| match (kind, view.format) {
            // These say what is so without them.
            (Some("integer"), Some("int64")) | (Some("number"), Some("double" | "float")) => None,
            (_, format) => format,
        };
        let (one, two) = (format(a), format(b));
        if one == two {
            return;
        }
        let turn = match (one, two) {
            (None, Some(_)) | (Some("int64"), Some("int32")) => Turn::Narrower,
            (Some(_), None) | (Some("int32"), Some("int64")) => Turn::Wider,
            (Some(_), Some(_)) | (None, None) => Turn::Other,
        };
        let title = format!("{}: {} → {}", at.subject, described(a, kind), described(b, kind));
        self.tell("format-changed", title, at.places(), both(old, new), turn.verdict(at.way));
    }

    fn values(&mut self, old: &Node<'d>, new: &Node<'d>, a: &View<'d>, b: &View<'d>, at: &At) {
        let subject = &at.subject;
        let (one, two) = match (a.values, b.values) {
            (None, None) => return,
            (Some(_), None) => {
                let title = format!("{subject} is no longer one of a list");
                return self.tell(
                    "enum-removed",
                    title,
                    at.places(),
                    both(old, new),
                    Turn::Wider.verdict(at.way),
                );
            }
            (None, Some(values)) => {
                let title = format!(
                    "{subject} is one of {} now",
                    listed(&values.iter().collect::<Vec<_>>())
                );
                return self.tell(
                    "enum-added",
                    title,
                    at.places(),
                    both(old, new),
                    Turn::Narrower.verdict(at.way),
                );
            }
            (Some(one), Some(two)) => (one, two),
        };
        let missing = |from: &'d [Value], other: &[Value]| -> Vec<&'d Value> {
            let known: HashSet<String> = other.iter().map(ToString::to_string).collect();
            from.iter()
                .filter(|value| !value.is_null() && !known.contains(&value.to_string()))
                .collect()
        };
        let (gone, come) = (missing(one, two), missing(two, one));
        if !come.is_empty() {
            let verb = if come.len() == 1 { "can be" } else { "can be one of" };
            let verdict = match at.way {
                Way::Request => Turn::Wider.verdict(at.way),
                Way::Reply => {
                    Verdict::new(Class::Breaking, "readers that know only the old values refuse it")
                }
            };
            self.tell(
                "enum-values-added",
                format!("{subject} {verb} {} now", listed(&come)),
                at.places(),
                both(old, new),
                verdict,
            );
        }
        if !gone.is_empty() {
            let title = format!("{subject} can no longer be {}", listed(&gone));
            self.tell(
                "enum-values-removed",
                title,
                at.places(),
                both(old, new),
                Turn::Narrower.verdict(at.way),
            );
        }
    }
}

/// The type by name; `None` where it can be anything.
pub(super) fn kind<'d>(view: &View<'d>, node: &Node<'d>, way: Way) -> Option<&'d str> {
    if way == Way::Reply && view.is_learnt_from_null(node) {
        return None;
    }
    view.kind().or_else(|| {
        let first = view.values?.iter().find(|value| !value.is_null())?;
        Some(match first {
            Value::String(_) => "string",
            Value::Number(_) => "number",
            Value::Bool(_) => "boolean",
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        })
    })
}

/// What a change of type does; `None` if there is none.
fn turn(old: Option<&str>, new: Option<&str>, text: bool) -> Option<Turn> {
    let scalar = |kind: &str| matches!(kind, "integer" | "number" | "boolean");
    match (old, new) {
        (old, new) if old == new => None,
        (None, Some(_)) => Some(Turn::Narrower),
        (Some(_), None) => Some(Turn::Wider),
        (Some("integer"), Some("number")) => Some(Turn::Wider),
        (Some("number"), Some("integer")) => Some(Turn::Narrower),
        (Some(one), Some("string")) if text && scalar(one) => Some(Turn::Wider),
        (Some("string"), Some(two)) if text && scalar(two) => Some(Turn::Narrower),
        (Some(_), Some(_)) => Some(Turn::Other),
        (None, None) => None,
    }
}

/// The type in words.
pub(super) fn described(view: &View<'_>, kind: Option<&str>) -> String {
    let name = match kind {
        None => "anything",
        Some("array") => "list",
        Some(other) => other,
    };
    match view.format.filter(|_| kind.is_some()) {
        Some(format) => format!("{name} ({format})"),
        None => name.to_owned(),
    }
}

/// Values, the first few of them.
fn listed(values: &[&Value]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = values
        .iter()
        .take(SHOWN)
        .map(|value| {
            format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect();
    if values.len() > SHOWN {
        shown.push(format!("and {} more", values.len() - SHOWN));
    }
    shown.join(", ")
}
