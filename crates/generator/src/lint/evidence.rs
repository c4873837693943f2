//! Every example, held against its schema: what was seen where, and what does not fit.

use std::collections::BTreeMap;

use serde_json::Value;

use super::survey::Survey;
use crate::pointer::Pointer;
use crate::read::Node;
use crate::values;

/// How often at most something is held against something. The largest known document takes a tenth of a million.
const BUDGET: usize = 1_000_000;
/// How many alternatives and parts within one another are followed.
const DEEPEST: usize = 24;

/// What the examples show.
#[derive(Debug)]
pub(super) struct Evidence<'d> {
    /// The values seen, by the schema that allows them.
    pub(super) seen: BTreeMap<Pointer, Vec<&'d Value>>,
    /// What does not fit, by schema, in the order found.
    pub(super) misfits: Vec<(Node<'d>, Misfit<'d>)>,
    /// How often something may still be held against something: alternatives within alternatives have no end.
    budget: usize,
    /// The schemas that what is held now is a part or an alternative of, each with the value held against it.
    around: Vec<(Pointer, *const Value)>,
}

/// A value that a schema does not allow.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Misfit<'d> {
    /// Null, and not nullable.
    Null,
    /// Of another kind.
    Kind(&'d Value),
    /// A fraction or a very large number, and integer.
    Fraction(&'d Value),
    /// Text that the format does not allow.
    Format(&'d Value),
    /// Not among the values listed.
    Enum(&'d Value),
    /// None of the alternatives.
    Arms(&'d Value),
    /// A property that the schema does not know.
    Extra(&'d str, &'d Value),
    /// A required property is missing.
    Missing(&'d str),
}

impl<'d> Evidence<'d> {
    pub(super) fn of(survey: &Survey<'d>) -> Self {
        let mut evidence = Self::within(BUDGET, Vec::new());
        for (schema, example) in &survey.examples {
            evidence.hold(survey, schema, example.value);
        }
        evidence
    }

    fn within(budget: usize, around: Vec<(Pointer, *const Value)>) -> Self {
        Self { seen: BTreeMap::new(), misfits: Vec::new(), budget, around }
    }

    /// What holding a value against a part or an alternative shows, by itself.
    fn apart(&mut self, survey: &Survey<'d>, arm: &Node<'d>, value: &'d Value) -> Self {
        let mut own = Self::within(self.budget, std::mem::take(&mut self.around));
        own.hold(survey, arm, value);
        self.budget = own.budget;
        self.around = std::mem::take(&mut own.around);
        own
    }

    /// Whether all examples were held to their end.
    pub(super) fn is_whole(&self) -> bool {
        self.budget > 0
    }

    /// The values seen at a schema.
    pub(super) fn at(&self, schema: &Pointer) -> &[&'d Value] {
        self.seen.get(schema).map_or(&[], Vec::as_slice)
    }

    /// Examples are finite, but a schema may be part of itself, so parts are followed only so far.
    fn hold(&mut self, survey: &Survey<'d>, schema: &Node<'d>, value: &'d Value) {
        if self.budget == 0 || self.around.len() > DEEPEST {
            return;
        }
        self.budget -= 1;
        let Some(schema) = survey.resolved(schema) else { return };
        self.seen.entry(schema.pointer.clone()).or_default().push(value);
        if value.is_null() {
            if schema.bool("nullable") != Some(true) && schema.get("type").is_some() {
                self.misfit(&schema, Misfit::Null);
            }
            return;
        }
        self.arms(survey, &schema, value);
        if let Some(misfit) = plain(&schema, value) {
            self.misfit(&schema, misfit);
            return;
        }
        match value {
            Value::Object(object) => self.object(survey, &schema, object),
            Value::Array(list) => {
                if let Some(items) = schema.get("items") {
                    list.iter().for_each(|item| self.hold(survey, &items, item));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn arms(&mut self, survey: &Survey<'d>, schema: &Node<'d>, value: &'d Value) {
        let here = (schema.pointer.clone(), std::ptr::from_ref(value));
        if self.around.contains(&here) {
            return;
        }
        self.around.push(here);
        for arm in schema.get("allOf").iter().flat_map(Node::items) {
            let mut own = self.apart(survey, &arm, value);
            // Each arm knows some of the properties only.
            own.misfits.retain(|(_, misfit)| !matches!(misfit, Misfit::Extra(..)));
            self.take(own);
        }
        for key in ["oneOf", "anyOf"] {
            let Some(arms) = schema.get(key) else { continue };
            let fitting = arms.items().find_map(|arm| {
                let own = self.apart(survey, &arm, value);
                let fits =
                    own.misfits.iter().all(|(_, misfit)| matches!(misfit, Misfit::Extra(..)));
                fits.then_some(own)
            });
            match fitting {
                Some(own) => self.take(own),
                None => self.misfit(schema, Misfit::Arms(value)),
            }
        }
        self.around.pop();
    }

    fn take(&mut self, other: Self) {
        for (pointer, values) in other.seen {
            self.seen.entry(pointer).or_default().extend(values);
        }
        for (schema, misfit) in other.misfits {
            self.misfit(&schema, misfit);
        }
    }

    fn object(
        &mut self,
        survey: &Survey<'d>,
        schema: &Node<'d>,
        object: &'d serde_json::Map<String, Value>,
    ) {
        let properties = schema.get("properties");
        let more = schema.get("additionalProperties");
        let open = ["allOf", "oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some());
        for (key, value) in object {
            let property = properties.as_ref().and_then(|properties| properties.get(key));
            match (property, &more) {
                (Some(property), _) => self.hold(survey, &property, value),
                (None, Some(more)) if more.value.is_object() => self.hold(survey, more, value),
                (None, None) if properties.is_some() && !open => {
                    self.misfit(schema, Misfit::Extra(key, value))
                }
                (None, _) => {}
            }
        }
        for name in schema
            .get("required")
            .iter()
            .flat_map(Node::items)
            .filter_map(|name| name.value.as_str())
        {
            if !object.contains_key(name) {
                self.misfit(schema, Misfit::Missing(name));
            }
        }
    }

    fn misfit(&mut self, schema: &Node<'d>, misfit: Misfit<'d>) {
        self.misfits.push((schema.clone(), misfit));
    }
}

/// What can be said without looking into a value that holds others.
fn plain<'d>(schema: &Node<'d>, value: &'d Value) -> Option<Misfit<'d>> {
    let fits = match (schema.str("type").unwrap_or_default(), value) {
        ("string", Value::String(_))
        | ("boolean", Value::Bool(_))
        | ("number", Value::Number(_)) => true,
        ("integer", Value::Number(number)) if number.is_f64() => {
            return Some(Misfit::Fraction(value));
        }
        ("integer", Value::Number(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        ("string" | "boolean" | "number" | "integer" | "array" | "object", _) => false,
        _ => true,
    };
    if !fits {
        return Some(Misfit::Kind(value));
    }
    if let Some(list) = schema.get("enum").and_then(|list| list.value.as_array())
        && !list.contains(value)
    {
        return Some(Misfit::Enum(value));
    }
    let text = value.as_str()?;
    let good = match schema.str("format").unwrap_or_default() {
        "date-time" => values::is_date_time(text),
        "date" => values::is_date(text),
        "uuid" => values::is_uuid(&text.to_ascii_lowercase()),
        _ => true,
    };
    (!good).then_some(Misfit::Format(value))
}
