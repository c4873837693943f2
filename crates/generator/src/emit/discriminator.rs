//! What a discriminator demands, in the words of JSON Schema: each alternative with the values that name it.
//!
//! Without it a value fits as soon as it fits any of the alternatives, and one that is made may be called by the name of
//! another.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::json_schema::Schema;
use crate::diagnostic::Diagnostics;
use crate::lower::view::View;
use crate::pointer::Pointer;
use crate::read::{Document, Node};

/// A schema that also has to go by one of these names.
pub(super) fn demanding<'d>(
    schema: Schema<'d>,
    property: &'d str,
    names: impl Iterator<Item = String>,
) -> Schema<'d> {
    let word = |text: String| Schema::Word(Cow::Owned(text));
    let named = Schema::Object(IndexMap::from([("enum", Schema::List(names.map(word).collect()))]));
    let demand = Schema::Object(IndexMap::from([
        ("required", Schema::List(vec![word(property.to_owned())])),
        ("properties", Schema::Object(IndexMap::from([(property, named)]))),
    ]));
    Schema::Object(IndexMap::from([("allOf", Schema::List(vec![schema, demand]))]))
}

/// The discriminator of a union.
#[derive(Debug)]
pub(super) struct Discriminator<'d> {
    property: &'d str,
    mapping: Option<&'d Map<String, Value>>,
    alternatives: &'d [Value],
}

impl<'d> Discriminator<'d> {
    /// That of a schema; `None` where it has none, or nothing to tell apart.
    pub(super) fn of(schema: &'d Map<String, Value>) -> Option<Self> {
        let own = schema.get("discriminator")?;
        let union = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
        Some(Self {
            property: own.get("propertyName")?.as_str()?,
            mapping: own.get("mapping").and_then(Value::as_object),
            alternatives: union.as_array()?,
        })
    }

    /// Demands of each alternative the values that name it.
    pub(super) fn narrow(
        &self,
        document: &'d Document,
        schema: &mut IndexMap<&'d str, Schema<'d>>,
    ) {
        let Some(Schema::List(members)) = schema.get_mut("anyOf") else { return };
        for (member, own) in members.iter_mut().zip(self.alternatives) {
            let names = self.names(document, own);
            if names.is_empty() {
                continue;
            }
            *member = demanding(member.clone(), self.property, names.into_iter());
        }
    }

    /// The values that name an alternative; none where nothing does, or where its own schema says otherwise.
    fn names(&self, document: &Document, alternative: &Value) -> Vec<String> {
        let Some(reference) = alternative.get("$ref").and_then(Value::as_str) else {
            return Vec::new();
        };
        let implicit = reference.rsplit('/').next().unwrap_or_default();
        let mapped = self.mapping.into_iter().flatten();
        let means = |target: &Value| target == reference || target == implicit;
        let mut names: Vec<String> =
            mapped.filter(|(_, target)| means(target)).map(|(name, _)| name.clone()).collect();
        if names.is_empty() {
            names.push(implicit.to_owned());
        }
        let node = Node { value: alternative, pointer: Pointer::root() };
        let view = View::of(document, &node, &mut Diagnostics::new());
        let property = view.properties.get(self.property);
        let Some(property) = property else { return Vec::new() };
        let property = View::of(document, property, &mut Diagnostics::new());
        match property.values {
            Some(values) => names.retain(|name| values.iter().any(|value| value == name.as_str())),
            None if property.kind().is_some_and(|kind| kind != "string") => names.clear(),
            None => {}
        }
        names
    }
}
