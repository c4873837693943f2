//! An example made from a schema where the document has none: the same on every run.

use serde_json::{Map, Number, Value};

use crate::diagnostic::Diagnostics;
use crate::lower::view::{Additional, View};
use crate::read::{Document, Node};

/// Objects deeper than this are cut off where they may be.
const DEEPEST: usize = 6;

/// The most properties that one example holds: types that hold each other would otherwise fill memory.
const MOST: usize = 20_000;

/// A value that fits a schema: made of its own examples, defaults and enums, else of its types.
pub(super) fn example(document: &Document, schema: &Node<'_>) -> Value {
    let mut maker = Maker { document, open: Vec::new(), made: 0 };
    maker.value(schema, 0)
}

struct Maker<'d> {
    document: &'d Document,
    /// References on the way: a type that holds itself ends where it comes back.
    open: Vec<String>,
    made: usize,
}

impl<'d> Maker<'d> {
    fn value(&mut self, node: &Node<'d>, depth: usize) -> Value {
        let Ok(target) = self.document.resolve(node) else { return Value::Null };
        let key = target.pointer.to_string();
        self.made += 1;
        if self.open.contains(&key) || self.made > MOST {
            return Value::Null;
        }
        self.open.push(key);
        let value = self.of(&target, depth);
        self.open.pop();
        value
    }

    fn of(&mut self, node: &Node<'d>, depth: usize) -> Value {
        let view = View::of(self.document, node, &mut Diagnostics::new());
        if let Some(example) = view.example.or(view.default).filter(|value| !value.is_null()) {
            return example.clone();
        }
        if let Some(first) =
            view.values.and_then(|values| values.iter().find(|value| !value.is_null()))
        {
            return first.clone();
        }
        if view.example.is_some_and(Value::is_null) && view.nullable {
            return Value::Null;
        }
        if view.properties.is_empty()
            && let Some(first) = view.alternatives.first()
        {
            return self.value(first, depth);
        }
        match view.kind() {
            Some("object") => self.object(&view, depth),
            Some("array") => match &view.items {
                Some(items) if depth < DEEPEST => match self.value(items, depth + 1) {
                    Value::Null => Value::Array(Vec::new()),
                    item => Value::Array(vec![item]),
                },
                Some(_) | None => Value::Array(Vec::new()),
            },
            Some("string") => Value::String(text(view.format)),
            Some("integer") => Value::Number(least(node, 1)),
            Some("number") => Value::Number(least(node, 1)),
            Some("boolean") => Value::Bool(true),
            Some(_) | None => Value::Null,
        }
    }

    fn object(&mut self, view: &View<'d>, depth: usize) -> Value {
        let mut object = Map::new();
        for (name, property) in &view.properties {
            let required = view.required.contains(name);
            // What only travels in requests is no part of a reply, required or not.
            if (depth >= DEEPEST && !required) || property.bool("writeOnly").unwrap_or(false) {
                continue;
            }
            let value = self.value(property, depth + 1);
            // A property that ends a circle is left out, unless it has to be there.
            let is_end = value.is_null() && !required;
            if !is_end || is_nullable(property) {
                object.insert((*name).to_owned(), value);
            }
        }
        if let (Some(Additional::Schema(values)), true) =
            (&view.additional, view.properties.is_empty() && depth < DEEPEST)
        {
            let value = self.value(values, depth + 1);
            if !value.is_null() || is_nullable(values) {
                object.insert("key".to_owned(), value);
            }
        }
        Value::Object(object)
    }
}

fn is_nullable(node: &Node<'_>) -> bool {
    node.bool("nullable").unwrap_or(false)
}

fn text(format: Option<&str>) -> String {
    match format {
        Some("date") => "2025-01-01",
        Some("date-time") => "2025-01-01T00:00:00Z",
        Some("time") => "00:00:00",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("email") => "user@example.com",
        Some("uri" | "url") => "https://example.com",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("byte") => "dGV4dA==",
        Some("decimal") => "1.00",
        Some(_) | None => "string",
    }
    .to_owned()
}

/// The smallest number from `wanted` on that the bounds allow.
fn least(node: &Node<'_>, wanted: i64) -> Number {
    let bound =
        |key: &str| node.value.get(key).and_then(Value::as_f64).filter(|bound| bound.abs() < 9e15);
    let mut number = wanted as f64;
    if let Some(minimum) = bound("minimum") {
        number = number.max(minimum.ceil());
    }
    if let Some(maximum) = bound("maximum") {
        number = number.min(maximum.floor());
    }
    Number::from(number as i64)
}
