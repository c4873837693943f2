//! Bounds: how large, how long, how many, of what pattern.

use serde_json::Value;

use super::{At, Turn, Walk, Way, both};
use crate::diff::{Class, Verdict};
use crate::read::Node;

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
        for (key, lower) in BOUNDS {
            let read = |node: &Node<'d>| {
                node.value
                    .get(key)
                    .filter(|value| **value != Value::Bool(false) && !value.is_null())
            };
            let (one, two) = (read(old), read(new));
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
}
