//! A schema as lowering looks at it: its own keywords and those of everything that `allOf` brings in.
//!
//! Keywords are read one by one, so that one that makes no sense costs itself and a diagnostic, never the schema.

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Document, Node};

/// How many schemas `allOf` may bring together. Documents by people stay below fifty.
const MOST_MEMBERS: usize = 1000;

/// What a schema says, gathered from itself and its `allOf`.
#[derive(Clone, Debug, Default)]
pub(crate) struct View<'d> {
    pub(crate) kind: Option<&'d str>,
    pub(crate) format: Option<&'d str>,
    pub(crate) nullable: bool,
    pub(crate) properties: IndexMap<&'d str, Node<'d>>,
    pub(crate) required: IndexSet<&'d str>,
    pub(crate) additional: Option<Additional<'d>>,
    pub(crate) items: Option<Node<'d>>,
    pub(crate) values: Option<&'d Vec<Value>>,
    pub(crate) alternatives: Vec<Node<'d>>,
    pub(crate) discriminator: Option<Node<'d>>,
    pub(crate) title: &'d str,
    pub(crate) description: &'d str,
    pub(crate) example: Option<&'d Value>,
    pub(crate) default: Option<&'d Value>,
    pub(crate) deprecated: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) notes: Vec<String>,
}

/// What a schema says of properties that it does not name.
#[derive(Clone, Debug)]
pub(crate) enum Additional<'d> {
    /// There are none.
    Closed,
    /// They may be anything.
    Open,
    /// They are of a type.
    Schema(Node<'d>),
}

/// Says that `allOf` goes further than anyone follows it, and what becomes of that.
pub(super) fn endless(node: &Node<'_>, so: &str) -> Diagnostic {
    Diagnostic::warning("too-deep", format!("what `allOf` brings in goes on and on here; {so}"))
        .at(&node.pointer)
        .help("refer to schemas with `$ref` instead of building on them level by level")
}

impl<'d> View<'d> {
    /// Gathers what `node` says. References are followed; a cycle of `allOf` ends where it closes.
    pub(crate) fn of(
        document: &'d Document,
        node: &Node<'d>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut view = Self::default();
        let mut seen = Vec::new();
        view.gather(document, node, &mut seen, diagnostics);
        view
    }

    /// The same schema where the properties of another stand beside it, which come first.
    pub(crate) fn beside(mut self, other: &Self) -> Self {
        let own = std::mem::replace(&mut self.properties, other.properties.clone());
        self.properties.extend(own);
        self.required.extend(other.required.iter().copied());
        self.additional = self.additional.or_else(|| other.additional.clone());
        self
    }

    fn gather(
        &mut self,
        document: &'d Document,
        node: &Node<'d>,
        seen: &mut Vec<&'d Value>,
        diagnostics: &mut Diagnostics,
    ) {
        // Most schemas are no reference, and cost no copy.
        let target = node.member("$ref").map(|_| document.resolve(node));
        let node = match &target {
            None => node,
            Some(Ok(target)) => target,
            Some(Err(diagnostic)) => return diagnostics.push(diagnostic.clone()),
        };
        if seen.iter().any(|known| std::ptr::eq(*known, node.value)) {
            return;
        }
        seen.push(node.value);
        if seen.len() > MOST_MEMBERS {
            // Once is enough.
            if seen.len() == MOST_MEMBERS + 1 {
                diagnostics.push(endless(node, "the rest is left out"));
            }
            return;
        }
        // A member's own words come before those of what it builds on, and its properties after them.
        self.take_prose(node);
        if let Some(members) = node.get("allOf") {
            for member in members.items() {
                self.gather(document, &member, seen, diagnostics);
            }
        }
        self.take_type(node);
        self.take_parts(node, diagnostics);
        self.take_notes(node);
    }

    fn take_prose(&mut self, node: &Node<'d>) {
        let text = |key| node.str(key).map(str::trim).unwrap_or_default();
        if self.title.is_empty() {
            self.title = text("title");
        }
        if self.description.is_empty() {
            self.description = text("description");
        }
        self.example = self.example.or_else(|| node.member("example"));
        self.default = self.default.or_else(|| node.member("default"));
        self.deprecated |= node.bool("deprecated").unwrap_or(false);
        self.read_only |= node.bool("readOnly").unwrap_or(false);
        self.write_only |= node.bool("writeOnly").unwrap_or(false);
    }

    fn take_type(&mut self, node: &Node<'d>) {
        self.kind = node.str("type").or(self.kind);
        self.format = node.str("format").or(self.format);
        self.nullable |= node.bool("nullable").unwrap_or(false);
        if let Some(values) = node.member("enum").and_then(Value::as_array) {
            self.values = Some(values);
        }
    }

    fn take_parts(&mut self, node: &Node<'d>, diagnostics: &mut Diagnostics) {
        if let Some(properties) = node.get("properties") {
            for (name, property) in properties.entries() {
                let says_nothing =
                    property.value.as_object().is_some_and(serde_json::Map::is_empty);
                if !(says_nothing && self.properties.contains_key(name)) {
                    self.properties.insert(name, property);
                }
            }
        }
        if let Some(required) = node.member("required").and_then(Value::as_array) {
            self.required.extend(required.iter().filter_map(Value::as_str));
        }
        match node.get("additionalProperties") {
            None => {}
            Some(additional) => match additional.value {
                Value::Bool(true) => self.additional = Some(Additional::Open),
                Value::Bool(false) => self.additional = Some(Additional::Closed),
                Value::Object(schema) if schema.is_empty() => {
                    self.additional = Some(Additional::Open)
                }
                Value::Object(_) => self.additional = Some(Additional::Schema(additional)),
                Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => diagnostics
                    .push(
                    Diagnostic::warning(
                        "not-a-schema",
                        "`additionalProperties` is neither a schema nor a boolean; it is left out",
                    )
                    .at(additional.pointer)
                    .help("write `true`, `false` or a schema"),
                ),
            },
        }
        self.items = node.get("items").or(self.items.take());
        for key in ["oneOf", "anyOf"] {
            if let Some(members) = node.get(key) {
                self.alternatives.extend(members.items());
            }
        }
        self.discriminator = node.get("discriminator").or(self.discriminator.take());
    }

    fn take_notes(&mut self, node: &Node<'d>) {
        const BOUNDS: [(&str, &str); 9] = [
            ("minimum", "At least"),
            ("maximum", "At most"),
            ("minLength", "Characters, at least"),
            ("maxLength", "Characters, at most"),
            ("minItems", "Items, at least"),
            ("maxItems", "Items, at most"),
            ("multipleOf", "A multiple of"),
            ("pattern", "Matches"),
            ("default", "Default"),
        ];
        for (key, words) in BOUNDS {
            match node.member(key) {
                None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => {}
                Some(Value::String(text)) if text.is_empty() || text.contains('`') => {}
                Some(Value::String(text)) => self.notes.push(format!("{words}: `{text}`.")),
                Some(value @ (Value::Bool(_) | Value::Number(_))) => {
                    self.notes.push(format!("{words}: `{value}`."))
                }
            }
        }
    }

    /// The type by name, inferred from the keywords where the schema does not say.
    pub(crate) fn kind(&self) -> Option<&'d str> {
        self.kind.or_else(|| {
            if !self.properties.is_empty() || self.additional.is_some() {
                Some("object")
            } else if self.items.is_some() {
                Some("array")
            } else {
                None
            }
        })
    }

    /// Whether the schema was evidently learnt from a null: nothing is known of its type.
    pub(crate) fn is_learnt_from_null(&self, node: &Node<'_>) -> bool {
        self.nullable
            && self.kind == Some("string")
            && self.example.is_some_and(Value::is_null)
            && node.value.as_object().is_some_and(|schema| {
                schema.iter().all(|(key, value)| {
                    matches!(
                        key.as_str(),
                        "type" | "nullable" | "example" | "description" | "title"
                    ) || key.starts_with("x-")
                        || value.is_null()
                })
            })
    }
}
