//! An example made from a schema where the document has none: the same on every run.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Number, Value};

use super::json_text::JsonText;
use crate::diagnostic::Diagnostics;
use crate::lower::view::{Additional, View};
use crate::model::Scalar;
use crate::read::{Document, Node};
use crate::values::is_quoted;

/// Objects deeper than this are cut off where they may be.
const DEEPEST: usize = 6;

/// The most properties that one example holds: types that hold each other would otherwise fill memory.
const MOST: usize = 20_000;

/// The most schemas that may be looked through on the way to a value.
const MOST_OPEN: usize = 128;

/// Writes values that fit schemas: of their own examples, defaults and enums, else of their types.
///
/// The values are many and large, and nobody looks into them, so they are made as text.
///
/// One maker serves all replies of a document: types stand in many replies, and what a schema says is read once.
pub(super) struct Maker<'d> {
    document: &'d Document,
    plans: Vec<Rc<Plan<'d>>>,
    /// The plan of each schema met so far, by where its value lies in memory: the document does not move while a maker
    /// borrows it. None where a reference leads nowhere.
    known: HashMap<*const Value, Option<usize>>,
    /// Plans on the way: a type that holds itself ends where it comes back.
    open: Vec<usize>,
    made: usize,
}

/// What is made of a schema.
enum Plan<'d> {
    /// This value.
    Value(Cow<'d, Value>),
    /// This string.
    Text(&'static str),
    /// This number.
    Number(Number),
    /// `true`.
    True,
    /// Nothing, since nothing is known.
    Null,
    /// What its first alternative makes.
    First(Node<'d>),
    /// A list of one.
    List(Option<Node<'d>>),
    /// An object of these properties, or of one with any key.
    Object(Vec<Property<'d>>, Option<Node<'d>>),
}

struct Property<'d> {
    name: &'d str,
    schema: Node<'d>,
    required: bool,
}

impl<'d> Maker<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self { document, plans: Vec::new(), known: HashMap::new(), open: Vec::new(), made: 0 }
    }

    /// A value that fits a schema, as the text of a file.
    pub(super) fn example(&mut self, schema: &Node<'d>) -> Vec<u8> {
        self.made = 0;
        let mut text = JsonText::default();
        self.value(schema, 0, &mut text);
        text.into_file()
    }

    /// Writes a value, and says whether it is more than null.
    fn value(&mut self, node: &Node<'d>, depth: usize, text: &mut JsonText) -> bool {
        if let Some(index) = self.plan(node) {
            self.made += 1;
            let goes_on = self.made <= MOST && self.open.len() <= MOST_OPEN;
            if goes_on && !self.open.contains(&index) {
                self.open.push(index);
                let plan = Rc::clone(&self.plans[index]);
                let is_more = self.follow(&plan, depth, text);
                self.open.pop();
                return is_more;
            }
        }
        text.scalar(&());
        false
    }

    fn plan(&mut self, node: &Node<'d>) -> Option<usize> {
        if let Some(known) = self.known.get(&std::ptr::from_ref(node.value)) {
            return *known;
        }
        let plan = self.document.resolve(node).ok().map(|target| {
            let address = std::ptr::from_ref(target.value);
            if let Some(Some(known)) = self.known.get(&address) {
                return *known;
            }
            let index = self.plans.len();
            self.plans.push(Rc::new(Plan::of(self.document, &target)));
            self.known.insert(address, Some(index));
            index
        });
        self.known.insert(std::ptr::from_ref(node.value), plan);
        plan
    }

    fn follow(&mut self, plan: &Plan<'d>, depth: usize, text: &mut JsonText) -> bool {
        match plan {
            Plan::Value(value) => text.value(value),
            Plan::Text(string) => text.scalar(string),
            Plan::Number(number) => text.scalar(number),
            Plan::True => text.scalar(&true),
            Plan::Null => text.scalar(&()),
            Plan::First(first) => return self.value(first, depth, text),
            Plan::List(items) => self.list(items.as_ref(), depth, text),
            Plan::Object(properties, others) => {
                self.object(properties, others.as_ref(), depth, text);
            }
        }
        !matches!(plan, Plan::Null) && !matches!(plan, Plan::Value(value) if value.is_null())
    }

    fn list(&mut self, items: Option<&Node<'d>>, depth: usize, text: &mut JsonText) {
        text.open(b'[');
        if let (Some(items), true) = (items, depth < DEEPEST) {
            let mark = text.mark();
            text.next();
            if !self.value(items, depth + 1, text) {
                text.take_back(mark);
            }
        }
        text.close(b']');
    }

    fn object(
        &mut self,
        properties: &[Property<'d>],
        others: Option<&Node<'d>>,
        depth: usize,
        text: &mut JsonText,
    ) {
        text.open(b'{');
        for Property { name, schema, required } in properties {
            if depth < DEEPEST || *required {
                self.member(name, schema, *required, depth, text);
            }
        }
        if let (Some(values), true) = (others, depth < DEEPEST) {
            self.member("key", values, false, depth, text);
        }
        text.close(b'}');
    }

    fn member(
        &mut self,
        name: &str,
        schema: &Node<'d>,
        required: bool,
        depth: usize,
        text: &mut JsonText,
    ) {
        let mark = text.mark();
        text.key(name);
        let is_more = self.value(schema, depth + 1, text);
        // A property that ends a circle is left out, unless it has to be there.
        if !is_more && !required && !is_nullable(schema) {
            text.take_back(mark);
        }
    }
}

/// An example without the quotation marks that somebody put around a number or a boolean.
fn unquoted<'d>(example: &'d Value, kind: Option<&str>) -> Cow<'d, Value> {
    let scalar = match kind {
        Some("boolean") => Scalar::Bool,
        Some("integer") => Scalar::Int64,
        Some("number") => Scalar::Float,
        _ => return Cow::Borrowed(example),
    };
    let plain = example.as_str().filter(|_| is_quoted(scalar, example));
    plain
        .and_then(|text| serde_json::from_str(text.trim()).ok())
        .map_or(Cow::Borrowed(example), Cow::Owned)
}

impl<'d> Plan<'d> {
    fn of(document: &'d Document, node: &Node<'d>) -> Self {
        let view = View::of(document, node, &mut Diagnostics::new());
        if let Some(example) = view.example.or(view.default).filter(|value| !value.is_null()) {
            return Self::Value(unquoted(example, view.kind()));
        }
        if let Some(first) =
            view.values.and_then(|values| values.iter().find(|value| !value.is_null()))
        {
            return Self::Value(Cow::Borrowed(first));
        }
        if view.example.is_some_and(Value::is_null) && view.nullable {
            return Self::Null;
        }
        if view.properties.is_empty()
            && let Some(first) = view.alternatives.first()
        {
            return Self::First(first.clone());
        }
        match view.kind() {
            Some("object") => Self::object(document, view),
            Some("array") => Self::List(view.items),
            Some("string") => Self::Text(text(view.format)),
            Some("integer" | "number") => Self::Number(least(node, 1)),
            Some("boolean") => Self::True,
            Some(_) | None => Self::Null,
        }
    }

    fn object(document: &'d Document, view: View<'d>) -> Self {
        let others = match view.additional {
            Some(Additional::Schema(values)) if view.properties.is_empty() => Some(values),
            Some(Additional::Schema(_) | Additional::Open | Additional::Closed) | None => None,
        };
        // What only travels in requests is no part of a reply, required or not.
        let read =
            view.properties.into_iter().filter(|(_, schema)| !is_write_only(document, schema));
        let property =
            |(name, schema)| Property { name, schema, required: view.required.contains(name) };
        Self::Object(read.map(property).collect(), others)
    }
}

/// Whether a property never comes in a reply, as it says itself or as what it refers to does.
fn is_write_only(document: &Document, schema: &Node<'_>) -> bool {
    let says = |node: &Node<'_>| node.bool("writeOnly").unwrap_or(false);
    says(schema) || document.resolve(schema).is_ok_and(|target| says(&target))
}

fn is_nullable(node: &Node<'_>) -> bool {
    node.bool("nullable").unwrap_or(false)
}

fn text(format: Option<&str>) -> &'static str {
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
