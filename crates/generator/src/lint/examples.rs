//! Examples that their schema does not allow, and schemas that say less than their examples.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::action::Change;
use super::evidence::{Evidence, Misfit};
use super::survey::Survey;
use super::{Finding, Mend, finding};
use crate::learn::shape::{Nulls, Shape, class, is_number};
use crate::learn::witness::Sight;
use crate::pointer::Pointer;
use crate::read::Node;
use crate::values;

pub(super) fn run(survey: &Survey<'_>, evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let nullable = is_30(survey);
    let index = Index::of(evidence);
    let mut told: BTreeSet<(&Pointer, String)> = BTreeSet::new();
    for (schema, misfit) in &evidence.misfits {
        let kind = match misfit {
            // The entries of a map are one finding.
            Misfit::Extra(key, _) if class(key).is_some() => "entry".to_owned(),
            Misfit::Extra(key, _) | Misfit::Missing(key) => format!("property {key}"),
            Misfit::Enum(value) => format!("value {value}"),
            Misfit::Null => "null".to_owned(),
            Misfit::Kind(_) | Misfit::Fraction(_) | Misfit::Format(_) | Misfit::Arms(_) => {
                "kind".to_owned()
            }
        };
        if told.insert((&schema.pointer, kind)) {
            let at = &schema.pointer;
            let share = index.share(at, misfit, evidence.at(at).len());
            let found = match misfit {
                Misfit::Extra(name, value) => {
                    Some(extra(schema, name, value, &index, nulls(nullable)))
                }
                misfit => one(schema, misfit, evidence, nullable),
            };
            findings.extend(found.map(|found| Finding { share, ..found }));
        }
    }
}

/// What the examples show at each schema, so that nothing is looked for twice.
struct Index<'e> {
    /// How often null and fractions do not fit.
    nulls: BTreeMap<&'e Pointer, usize>,
    fractions: BTreeMap<&'e Pointer, usize>,
    /// The properties that only examples have.
    extras: BTreeMap<&'e Pointer, Vec<(&'e str, &'e Value)>>,
}

impl<'e> Index<'e> {
    fn of(evidence: &'e Evidence<'_>) -> Self {
        let mut index =
            Self { nulls: BTreeMap::new(), fractions: BTreeMap::new(), extras: BTreeMap::new() };
        for (schema, misfit) in &evidence.misfits {
            let at = &schema.pointer;
            match misfit {
                Misfit::Null => *index.nulls.entry(at).or_default() += 1,
                Misfit::Fraction(_) => *index.fractions.entry(at).or_default() += 1,
                Misfit::Extra(name, value) => {
                    index.extras.entry(at).or_default().push((name, value))
                }
                Misfit::Kind(_)
                | Misfit::Format(_)
                | Misfit::Enum(_)
                | Misfit::Arms(_)
                | Misfit::Missing(_) => {}
            }
        }
        index
    }

    /// How many of the values at a schema do not fit in the same way, of how many.
    fn share(&self, at: &Pointer, misfit: &Misfit<'_>, seen: usize) -> Option<(usize, usize)> {
        let count = match misfit {
            Misfit::Null => self.nulls.get(at),
            Misfit::Fraction(_) => self.fractions.get(at),
            _ => None,
        };
        count.map(|count| (*count, seen))
    }
}

fn one(
    schema: &Node<'_>,
    misfit: &Misfit<'_>,
    evidence: &Evidence<'_>,
    nullable: bool,
) -> Option<Finding> {
    let at = &schema.pointer;
    let seen = evidence.at(at);
    let ty = schema.str("type").unwrap_or("nothing");
    let mismatch = |message: String, update: Option<Value>| {
        Some(finding("example-mismatch", message, at, update))
    };
    match misfit {
        // Where nothing but null was seen, another rule knows better.
        Misfit::Null if seen.iter().all(|value| value.is_null()) => None,
        Misfit::Null => mismatch(
            format!("an example shows null, which this {ty} does not allow"),
            nullable.then(|| json!({ "nullable": true })),
        ),
        Misfit::Fraction(value) => mismatch(
            format!("an example shows {value}, which is no {ty}"),
            schema.get("format").is_none().then(|| json!({ "type": "number" })),
        ),
        Misfit::Kind(value) => {
            let plain = schema.get("format").is_none() && schema.get("enum").is_none();
            let update = common_type(seen).filter(|_| plain).map(|ty| json!({ "type": ty }));
            mismatch(
                format!(
                    "the schema says {ty}, and an example shows {}: {}",
                    values::kind(value),
                    short(value)
                ),
                update,
            )
        }
        Misfit::Enum(value) => mismatch(
            format!("`enum` does not list {}, which an example shows", short(value)),
            Some(json!({ "enum": [value] })),
        ),
        Misfit::Arms(value) => {
            mismatch(format!("an example fits none of the alternatives: {}", short(value)), None)
        }
        Misfit::Missing(name) => {
            mismatch(format!("`{name}` is required, and an example lacks it"), None)
        }
        Misfit::Format(value) => {
            let format = schema.str("format").unwrap_or_default();
            let mut found = finding(
                "example-mismatch",
                format!("an example shows {}, which is no {format}", short(value)),
                at,
                None,
            );
            found.mends.push(Mend { at: at.child("format"), change: Change::Remove });
            Some(found)
        }
        // That is told by who knows all of them.
        Misfit::Extra(..) => None,
    }
}

fn nulls(nullable: bool) -> Nulls {
    if nullable { Nulls::Keyword } else { Nulls::Type }
}

/// A property that only examples have: a field, or an entry where the object is a map.
fn extra(schema: &Node<'_>, name: &str, value: &Value, index: &Index<'_>, nulls: Nulls) -> Finding {
    let at = &schema.pointer;
    let properties = schema.get("properties");
    let mut siblings = properties.iter().flat_map(Node::entries).map(|(sibling, _)| sibling);
    let numbers = is_number(name) && siblings.all(is_number);
    let is_entry = |key: &str| class(key).is_some() || (numbers && is_number(key));
    let alike = |key: &str| if is_entry(name) { is_entry(key) } else { key == name };
    let extras = index.extras.get(at).into_iter().flatten();
    let all = extras.filter(|(key, _)| alike(key)).map(|(_, value)| *value);
    let seen = shape(all).schema(nulls, 1);
    let message =
        format!("`{name}` stands in an example ({}), and not in the schema", short(value));
    let update = if is_entry(name) {
        json!({ "additionalProperties": seen })
    } else {
        json!({ "properties": { name: seen } })
    };
    finding("example-has-more", message, at, Some(update))
}

/// Lists that do not say of what.
pub(super) fn items(survey: &Survey<'_>, evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for seen in survey.schemas.iter().filter(|seen| seen.node.str("type") == Some("array")) {
        if seen
            .node
            .get("items")
            .is_some_and(|items| items.value.as_object().is_none_or(|items| !items.is_empty()))
        {
            continue;
        }
        let items: Vec<&Value> = evidence
            .at(&seen.node.pointer)
            .iter()
            .filter_map(|value| value.as_array())
            .flatten()
            .collect();
        let shape = shape(items.iter().copied());
        let kind = shape.kinds.one();
        let message = match (kind, items.is_empty()) {
            (Some(kind), _) => {
                format!("this list does not say of what; its examples hold {kind} items")
            }
            (None, true) => "this list does not say of what, and no example tells".to_owned(),
            (None, false) if items.iter().all(|item| item.is_null()) => {
                "this list does not say of what, and its examples hold nothing but null".to_owned()
            }
            (None, false) => "this list does not say of what, and its examples disagree".to_owned(),
        };
        let update = kind.map(|_| json!({ "items": shape.schema(nulls(is_30(survey)), 1) }));
        findings.push(finding("unknown-items", message, &seen.node.pointer, update));
    }
}

/// In 3.1 null is a type among others, which is not for an update to add.
fn is_30(survey: &Survey<'_>) -> bool {
    survey.document.root().str("openapi").is_none_or(|version| version.starts_with("3.0"))
}

/// The one plain type that all values have.
fn common_type(seen: &[&Value]) -> Option<&'static str> {
    let mut types = seen.iter().filter(|value| !value.is_null()).map(|value| plain_type(value));
    let first = types.next()??;
    types.all(|ty| ty == Some(first)).then_some(first)
}

fn plain_type(value: &Value) -> Option<&'static str> {
    match value {
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) => Some(if number.is_f64() { "number" } else { "integer" }),
        Value::String(_) => Some("string"),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Everything that examples show at one place, whatever their order.
fn shape<'v>(values: impl IntoIterator<Item = &'v Value>) -> Shape {
    let mut shape = Shape::default();
    values.into_iter().for_each(|value| shape.take(value, &Sight::default()));
    shape
}

/// A value, cut to what fits a sentence.
fn short(value: &Value) -> String {
    const MOST: usize = 40;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
