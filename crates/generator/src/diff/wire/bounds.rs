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

    /// Keywords whose change cannot be weighed. That they changed is told all the same: a verdict that is silent of
    /// what it did not look at is worse than none.
    pub(super) fn others(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let (Some(a), Some(b)) = (old.value.as_object(), new.value.as_object()) else { return };
        let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
        let compared = |key: &str| {
            COMPARED.contains(&key)
                || key.starts_with("x-")
                || BOUNDS.iter().any(|(known, _)| *known == key)
        };
        for key in keys.filter(|key| !compared(key)) {
            let turn = match (a.get(key), b.get(key)) {
                (one, two) if one == two => continue,
                (None, _) => Turn::Narrower,
                (_, None) => Turn::Wider,
                _ => Turn::Other,
            };
            let subject = &at.subject;
            let (code, title) = match (key.as_str(), turn) {
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
