//! Bounds: how large, how long, how many, of what pattern.

use indexmap::IndexSet;
use serde_json::Value;

use super::{At, Turn, Walk, Way, both};
use crate::diff::{Class, Verdict};
use crate::read::{Document, Node};

/// Whether more of it allows less.
const BOUNDS: [(&str, Option<bool>); 13] = [
    ("minimum", Some(true)),
    ("exclusiveMinimum", None),
    ("minLength", Some(true)),
    ("minItems", Some(true)),
    ("minProperties", Some(true)),
    ("maximum", Some(false)),
    ("exclusiveMaximum", None),
    ("maxLength", Some(false)),
    ("maxItems", Some(false)),
    ("maxProperties", Some(false)),
    ("pattern", None),
    ("multipleOf", None),
    ("uniqueItems", None),
];

impl<'d> Walk<'d> {
    pub(super) fn bounds(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let (a, b) = (members(self.old, old), members(self.new, new));
        for (key, lower) in BOUNDS {
            let (one, two) = (bound(&a, key, lower), bound(&b, key, lower));
            let (one, two) = (one.as_ref(), two.as_ref());
            let turn = match (one, two) {
                (None, None) => continue,
                (None, Some(_)) => Turn::Narrower,
                (Some(_), None) => Turn::Wider,
                (Some(one), Some(two)) if one == two => continue,
                (Some(one), Some(two)) => match (lower, one.as_f64(), two.as_f64()) {
                    (Some(_), Some(one), Some(two)) if one == two => continue,
                    (Some(lower), Some(one), Some(two)) => {
                        if (two > one) == lower {
                            Turn::Narrower
                        } else {
                            Turn::Wider
                        }
                    }
                    _ => Turn::Other,
                },
            };
            let shown = |value: Option<&Value>| {
                value.map_or_else(|| "none".to_owned(), |value| format!("`{value}`"))
            };
            let title = format!("{}: {key} {} → {}", at.subject, shown(one), shown(two));
            let verdict = match at.way {
                Way::Request => turn.verdict(Way::Request),
                Way::Reply => Verdict::new(Class::Fix, "readers take what comes"),
            };
            self.tell("bounds-changed", title, at.places(), both(old, new), verdict);
        }
    }

    /// Keywords whose change cannot be weighed. That they changed is told all the same: a verdict that is silent of
    /// what it did not look at is worse than none.
    pub(super) fn others(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let (a, b) = (members(self.old, old), members(self.new, new));
        let said = |members: &[Node<'d>]| -> IndexSet<&'d str> {
            members.iter().flat_map(Node::entries).map(|(key, _)| key).collect()
        };
        let mut keys = said(&a);
        keys.extend(said(&b));
        let compared = |key: &str| {
            COMPARED.contains(&key)
                || key.starts_with("x-")
                || BOUNDS.iter().any(|(known, _)| *known == key)
        };
        for key in keys.into_iter().filter(|key| !compared(key)) {
            let (one, two) = (all(&a, key), all(&b, key));
            let turn = match (one.is_empty(), two.is_empty()) {
                _ if one == two => continue,
                (true, _) => Turn::Narrower,
                (_, true) => Turn::Wider,
                _ => Turn::Other,
            };
            let subject = &at.subject;
            let (code, title) = match (key, turn) {
                ("not", Turn::Narrower) => {
                    ("not-changed", format!("{subject} may not be everything that it could"))
                }
                ("not", Turn::Wider) => {
                    ("not-changed", format!("{subject} may be what it could not"))
                }
                ("not", Turn::Other) => {
                    ("not-changed", format!("{subject} may not be something else now"))
                }
                _ => ("not-compared", format!("{subject}: `{key}` changed, which is not compared")),
            };
            let verdict = match (code, at.way) {
                ("not-changed", Way::Reply) => Verdict::new(Class::Fix, "readers take what comes"),
                ("not-changed", way) => turn.verdict(way),
                (_, _) if key == "xml" => {
                    Verdict::new(Class::Fix, "bodies in XML are written otherwise")
                }
                // Whether it takes or gives is not known.
                (_, way) => Turn::Other.verdict(way),
            };
            let spot = |node: &Node<'d>| {
                Some(node.get(key).map_or_else(|| node.pointer.clone(), |node| node.pointer))
            };
            self.tell(code, title, at.places(), (spot(old), spot(new)), verdict);
        }
    }
}

/// A schema and all that its `allOf` brings in: whatever one of them demands is demanded.
fn members<'d>(document: &'d Document, node: &Node<'d>) -> Vec<Node<'d>> {
    let mut found = vec![node.clone()];
    let mut next = 0;
    while let Some(node) = found.get(next).filter(|_| next < MOST_MEMBERS).cloned() {
        next += 1;
        for member in node.get("allOf").iter().flat_map(Node::items) {
            let Ok(member) = document.resolve(&member) else { continue };
            if !found.iter().any(|known| std::ptr::eq(known.value, member.value)) {
                found.push(member);
            }
        }
    }
    found
}

/// How many schemas that `allOf` brings in are looked at for what they demand.
const MOST_MEMBERS: usize = 256;

/// What all of them say of a keyword, in no order.
fn all<'d>(members: &[Node<'d>], key: &str) -> Vec<&'d Value> {
    let mut values: Vec<&Value> = members.iter().filter_map(|node| node.value.get(key)).collect();
    values.sort_by_key(|value| value.to_string());
    values.dedup();
    values
}

/// The bound that counts: the tightest one; where none is known to be, all of them.
fn bound(members: &[Node<'_>], key: &str, lower: Option<bool>) -> Option<Value> {
    let mut values = all(members, key);
    values.retain(|value| **value != Value::Bool(false) && !value.is_null());
    let tighter = |one: &&Value, two: &&Value| match (one.as_f64(), two.as_f64()) {
        (Some(one), Some(two)) => one.total_cmp(&two),
        _ => std::cmp::Ordering::Equal,
    };
    match (lower, values.as_slice()) {
        (_, []) => None,
        (_, [only]) => Some((*only).clone()),
        (Some(true), _) => values.into_iter().max_by(tighter).cloned(),
        (Some(false), _) => values.into_iter().min_by(tighter).cloned(),
        (None, _) => Some(values.into_iter().cloned().collect()),
    }
}

/// Keywords of schemas that are looked at elsewhere, or that say nothing of values.
const COMPARED: [&str; 25] = [
    "$ref",
    "title",
    "description",
    "type",
    "format",
    "nullable",
    "enum",
    "default",
    "example",
    "examples",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "discriminator",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "$comment",
    "$schema",
    "$id",
];
