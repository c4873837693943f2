//! Examples that their schema does not allow, and schemas that say less than their examples.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::action::Change;
use super::evidence::{Evidence, Misfit};
use super::survey::Survey;
use super::{Finding, Mend, finding};
use crate::pointer::Pointer;
use crate::read::Node;
use crate::values;

pub(super) fn run(survey: &Survey<'_>, evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    // In 3.1 null is a type among others, which is not for an update to add.
    let nullable =
        survey.document.root().str("openapi").is_none_or(|version| version.starts_with("3.0"));
    let mut told: BTreeSet<(&Pointer, String)> = BTreeSet::new();
    for (schema, misfit) in &evidence.misfits {
        let kind = match misfit {
            Misfit::Extra(key, _) | Misfit::Missing(key) => format!("property {key}"),
            Misfit::Enum(value) => format!("value {value}"),
            Misfit::Null => "null".to_owned(),
            Misfit::Kind(_) | Misfit::Fraction(_) | Misfit::Format(_) | Misfit::Arms(_) => {
                "kind".to_owned()
            }
        };
        if told.insert((&schema.pointer, kind)) {
            findings.extend(one(schema, misfit, evidence, nullable));
        }
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
        Misfit::Extra(name, value) => {
            let message =
                format!("`{name}` stands in an example ({}), and not in the schema", short(value));
            let update = json!({ "properties": { *name: infer(value) } });
            Some(finding("example-has-more", message, at, Some(update)))
        }
    }
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
        let ty = items
            .first()
            .map(|first| infer(first))
            .filter(|ty| items.iter().all(|item| infer(item)["type"] == ty["type"]));
        let message = match &ty {
            Some(ty) => format!(
                "this list does not say of what; its examples hold {} items",
                ty["type"].as_str().unwrap_or("null")
            ),
            None => "this list does not say of what, and no example tells".to_owned(),
        };
        findings.push(finding(
            "unknown-items",
            message,
            &seen.node.pointer,
            ty.map(|ty| json!({ "items": ty })),
        ));
    }
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

/// A schema for what an example shows.
fn infer(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "nullable": true }),
        Value::Array(list) => match list.first() {
            Some(first) => json!({ "type": "array", "items": infer(first) }),
            None => json!({ "type": "array", "items": {} }),
        },
        Value::Object(object) => {
            let properties: Map<String, Value> =
                object.iter().map(|(key, value)| (key.clone(), infer(value))).collect();
            json!({ "type": "object", "properties": properties })
        }
        Value::String(text) if values::is_date_time(text) => {
            json!({ "type": "string", "format": "date-time" })
        }
        Value::String(text) if values::is_date(text) => {
            json!({ "type": "string", "format": "date" })
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            json!({ "type": plain_type(value) })
        }
    }
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
