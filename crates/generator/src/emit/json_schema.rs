//! OpenAPI 3.0 schemas as JSON Schema 2020-12: what the mock checks requests with and makes data from.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::discriminator::{Discriminator, demanding};
use crate::diagnostic::Diagnostics;
use crate::lower::kinds::{Children, Kind, own_discriminator};
use crate::pointer::Pointer;
use crate::read::{Document, Node};

/// A schema in the words of JSON Schema. What it has in common with the document's is borrowed: most of it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Schema<'d> {
    /// What stands in the document.
    Same(&'d Value),
    /// True or false.
    Bool(bool),
    /// A word of JSON Schema's own.
    Word(Cow<'static, str>),
    /// A list of schemas or values.
    List(Vec<Schema<'d>>),
    /// Keywords, or properties by name.
    Object(IndexMap<&'d str, Schema<'d>>),
}

impl Schema<'_> {
    /// An object that holds nothing.
    pub(super) fn empty() -> Self {
        Self::Object(IndexMap::new())
    }
}

/// What references lead to, still to be translated.
type Waiting<'d> = Vec<(String, Target<'d>)>;

/// What a reference leads to.
enum Target<'d> {
    /// A schema.
    Schema(&'d Value),
    /// A base, which means one of its kinds.
    Kinds(Node<'d>, Vec<Kind<'d>>),
}

/// The schemas that references lead to, by the names that they go by.
#[derive(Debug, Default)]
pub(super) struct Shared<'d> {
    names: HashMap<(Pointer, bool), String>,
    /// What builds on what, found out when first asked for.
    children: Option<Children<'d>>,
    taken: HashSet<String>,
    schemas: IndexMap<String, Schema<'d>>,
}

impl<'d> Shared<'d> {
    /// A schema with its references pointing at `#/schemas/NAME`.
    pub(super) fn translate(&mut self, document: &'d Document, node: &Node<'d>) -> Schema<'d> {
        let mut queue = Vec::new();
        let schema = self.schema(document, node.value, &mut queue);
        // What references lead to waits in a queue, so that chains of any length cost no stack.
        while let Some((name, target)) = queue.pop() {
            let schema = match target {
                Target::Schema(value) => self.schema(document, value, &mut queue),
                Target::Kinds(base, kinds) => self.kinds(document, &base, kinds, &mut queue),
            };
            self.schemas.insert(name, schema);
        }
        schema
    }

    /// Everything that was referred to, by name in the order of the letters.
    pub(super) fn into_schemas(mut self) -> IndexMap<String, Schema<'d>> {
        self.schemas.sort_keys();
        self.schemas
    }

    fn schema(
        &mut self,
        document: &'d Document,
        value: &'d Value,
        queue: &mut Waiting<'d>,
    ) -> Schema<'d> {
        let Some(object) = value.as_object() else { return Schema::Bool(true) };
        if object.contains_key("$ref") {
            // Where the reference stands matters to those who tell what is wrong with it, and they have told.
            return match document.resolve(&Node { value, pointer: Pointer::root() }) {
                Ok(target) => self.reference(document, target, queue),
                Err(_) => Schema::Bool(true),
            };
        }
        let owner = value;
        let mut out = IndexMap::new();
        for (key, value) in object {
            if let Some((key, schema)) = self.keyword(document, owner, (key, value), queue) {
                out.insert(key, schema);
            }
        }
        if let Some(choice) = Discriminator::of(object) {
            choice.narrow(document, &mut out);
        }
        bounds(&mut out);
        if object.get("nullable").and_then(Value::as_bool) == Some(true) {
            nullable(out)
        } else {
            Schema::Object(out)
        }
    }

    /// What becomes of a keyword of the document's schema.
    fn keyword(
        &mut self,
        document: &'d Document,
        owner: &'d Value,
        (key, value): (&'d str, &'d Value),
        queue: &mut Waiting<'d>,
    ) -> Option<(&'d str, Schema<'d>)> {
        Some(match key {
            "properties" | "patternProperties" => {
                let properties = value.as_object().into_iter().flatten();
                let translated = properties
                    .map(|(name, value)| (name.as_str(), self.schema(document, value, queue)));
                (key, Schema::Object(translated.collect()))
            }
            "items" | "not" | "additionalProperties" => {
                let schema = if value.is_boolean() {
                    Schema::Same(value)
                } else {
                    self.schema(document, value, queue)
                };
                (key, schema)
            }
            "allOf" | "oneOf" | "anyOf" => {
                let members = value.as_array().filter(|members| !members.is_empty())?;
                let builds = key == "allOf" && self.children(document).builds(owner);
                let members = members
                    .iter()
                    .map(|member| match brought_in(document, member, builds) {
                        Some(base) => self.plain(base, queue),
                        None => self.schema(document, member, queue),
                    })
                    .collect();
                // Alternatives may overlap in real documents; a caller is not at fault for that.
                (if key == "oneOf" { "anyOf" } else { key }, Schema::List(members))
            }
            "type" | "format" | "enum" | "required" | "minimum" | "maximum"
            | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "minLength"
            | "maxLength" | "pattern" | "minItems" | "maxItems" | "uniqueItems"
            | "minProperties" | "maxProperties" | "default" => (key, Schema::Same(value)),
            // What travels one way only is neither demanded nor made the other way.
            "readOnly" | "writeOnly" if value == &Value::Bool(true) => (key, Schema::Same(value)),
            _ => return None,
        })
    }

    /// A reference: to a schema, or where that is a base to the choice between its kinds.
    fn reference(
        &mut self,
        document: &'d Document,
        target: Node<'d>,
        queue: &mut Waiting<'d>,
    ) -> Schema<'d> {
        let kinds = match discriminator_of(&target) {
            Some(own) => {
                self.children(document).kinds(document, &target, &own, &mut Diagnostics::new())
            }
            None => Vec::new(),
        };
        if kinds.is_empty() {
            return self.plain(target, queue);
        }
        refer(self.name((target.pointer.clone(), true), || Target::Kinds(target, kinds), queue))
    }

    /// A reference to a schema as it stands, whatever builds on it.
    fn plain(&mut self, target: Node<'d>, queue: &mut Waiting<'d>) -> Schema<'d> {
        refer(self.name((target.pointer, false), || Target::Schema(target.value), queue))
    }

    fn children(&mut self, document: &'d Document) -> &Children<'d> {
        self.children.get_or_insert_with(|| Children::of(document))
    }

    /// One of the kinds of a base, by the values that mean it.
    fn kinds(
        &mut self,
        document: &'d Document,
        base: &Node<'d>,
        kinds: Vec<Kind<'d>>,
        queue: &mut Waiting<'d>,
    ) -> Schema<'d> {
        let property = discriminator_of(base).and_then(|own| own.str("propertyName"));
        let Some(property) = property else { return Schema::Bool(true) };
        let arms = kinds.into_iter().map(|kind| {
            let is_self = kind.node.pointer == base.pointer;
            let own = if is_self {
                self.plain(kind.node, queue)
            } else {
                self.reference(document, kind.node, queue)
            };
            demanding(own, property, kind.tags.iter().map(ToString::to_string))
        });
        Schema::Object(IndexMap::from([("anyOf", Schema::List(arms.collect()))]))
    }

    fn name(
        &mut self,
        key: (Pointer, bool),
        target: impl FnOnce() -> Target<'d>,
        queue: &mut Waiting<'d>,
    ) -> &str {
        // A name becomes part of a pointer, and of nothing else: letters and digits will do.
        let plain = |text: &str| -> String {
            text.chars()
                .map(|c| if c.is_alphanumeric() || c == '-' || c == '.' { c } else { '_' })
                .collect()
        };
        let Self { names, taken, .. } = self;
        names.entry(key).or_insert_with_key(|(pointer, is_choice)| {
            let mut own = plain(&pointer.last().unwrap_or_default());
            if *is_choice {
                own.push_str("-kinds");
            }
            let is_free = !own.is_empty() && !taken.contains(&own);
            let mut name = if is_free { own } else { plain(pointer.as_str()) };
            while taken.contains(&name) {
                name.push('_');
            }
            taken.insert(name.clone());
            queue.push((name.clone(), target()));
            name
        })
    }
}

/// The base that a member of `allOf` brings in: what builds on a base is not any of its kinds.
fn brought_in<'d>(document: &'d Document, member: &'d Value, builds: bool) -> Option<Node<'d>> {
    let reference = member.get("$ref").filter(|_| builds);
    let target = reference
        .and_then(|_| document.resolve(&Node { value: member, pointer: Pointer::root() }).ok())?;
    discriminator_of(&target).map(|_| target)
}

fn refer<'d>(name: &str) -> Schema<'d> {
    let name = format!("#/schemas/{name}");
    Schema::Object(IndexMap::from([("$ref", Schema::Word(name.into()))]))
}

/// The discriminator of a base: one that does not list its kinds itself.
fn discriminator_of<'d>(schema: &Node<'d>) -> Option<Node<'d>> {
    let lists = ["oneOf", "anyOf"].iter().any(|key| schema.member(key).is_some());
    own_discriminator(schema).filter(|_| !lists)
}

/// In OpenAPI 3.0 `exclusiveMinimum` is a flag on `minimum`; since then it is a bound of its own.
fn bounds<'d>(schema: &mut IndexMap<&'d str, Schema<'d>>) {
    for (bound, flag) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let Some(Schema::Same(Value::Bool(is_exclusive))) = schema.get(flag) else { continue };
        let value = if *is_exclusive { schema.shift_remove(bound) } else { None };
        match value {
            Some(value) => {
                schema.insert(flag, value);
            }
            None => {
                schema.shift_remove(flag);
            }
        }
    }
}

fn nullable<'d>(mut schema: IndexMap<&'d str, Schema<'d>>) -> Schema<'d> {
    if let Some(values) = schema.get_mut("enum")
        && let Schema::Same(Value::Array(listed)) = values
        && !listed.contains(&Value::Null)
    {
        let listed = listed.iter().chain([&Value::Null]);
        *values = Schema::List(listed.map(Schema::Same).collect());
    }
    let null = || Schema::Word("null".into());
    if let Some(kind) = schema.get_mut("type") {
        if matches!(kind, Schema::Same(Value::String(_))) {
            *kind = Schema::List(vec![kind.clone(), null()]);
        }
        return Schema::Object(schema);
    }
    if schema.is_empty() {
        return Schema::Bool(true);
    }
    // Which way it travels is said of the whole, null included.
    let ways = ["readOnly", "writeOnly"]
        .into_iter()
        .filter_map(|way| schema.shift_remove(way).map(|flag| (way, flag)))
        .collect::<Vec<_>>();
    let null = Schema::Object(IndexMap::from([("type", null())]));
    let either = Schema::List(vec![Schema::Object(schema), null]);
    let mut schema = IndexMap::from([("anyOf", either)]);
    schema.extend(ways);
    Schema::Object(schema)
}
