//! Reading JSON Schema: what types a schema accepts, its items and its properties.
//!
//! Used to give text its type before validation and to make data. Judging values is the
//! business of `jsonschema` (see [`crate::checks`]).

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::data::Schema;

/// How many references and combinations are followed before giving up.
const DEPTH: usize = 12;

/// Parses a schema and puts beside it every named schema that it can reach, so that it stands alone.
pub(crate) fn standalone(schema: &Schema, named: &IndexMap<String, Schema>) -> Value {
    let mut root = schema.value();
    let mut wanted = BTreeSet::new();
    references(&root, &mut wanted);
    if let Value::Object(map) = &mut root
        && !wanted.is_empty()
    {
        map.insert("schemas".to_owned(), Value::Object(reachable(wanted, named)));
    }
    root
}

fn reachable(mut wanted: BTreeSet<String>, named: &IndexMap<String, Schema>) -> Map<String, Value> {
    let mut found = Map::new();
    while let Some(name) = wanted.pop_first() {
        if let Some(schema) = named.get(&name)
            && !found.contains_key(&name)
        {
            let value = schema.value();
            references(&value, &mut wanted);
            found.insert(name, value);
        }
    }
    found
}

fn references(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|text| text.strip_prefix("#/schemas/"))
            {
                let name = name.split('/').next().unwrap_or(name);
                names.insert(name.replace("~1", "/").replace("~0", "~"));
            }
            map.values().for_each(|value| references(value, names));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, names)),
        _ => {}
    }
}

/// The JSON types that a schema lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "one flag per JSON type")]
pub(crate) struct Types {
    pub(crate) string: bool,
    pub(crate) integer: bool,
    pub(crate) number: bool,
    pub(crate) boolean: bool,
    pub(crate) array: bool,
    pub(crate) object: bool,
    pub(crate) null: bool,
}

impl Types {
    fn named(name: &str) -> Self {
        let none = Self::default();
        match name {
            "string" => Self { string: true, ..none },
            "integer" => Self { integer: true, ..none },
            "number" => Self { number: true, ..none },
            "boolean" => Self { boolean: true, ..none },
            "array" => Self { array: true, ..none },
            "object" => Self { object: true, ..none },
            "null" => Self { null: true, ..none },
            _ => none,
        }
    }

    fn of(value: &Value) -> Self {
        Self::named(match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            string: self.string || other.string,
            integer: self.integer || other.integer,
            number: self.number || other.number,
            boolean: self.boolean || other.boolean,
            array: self.array || other.array,
            object: self.object || other.object,
            null: self.null || other.null,
        }
    }

    /// Whether the schema says nothing about types.
    pub(crate) fn unknown(self) -> bool {
        self == Self::default()
    }
}

/// A schema inside the document that its references point into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'s> {
    root: &'s Value,
    pub(crate) node: &'s Value,
}

impl<'s> View<'s> {
    /// The schema that [`standalone`] made.
    pub(crate) fn root(root: &'s Value) -> Self {
        Self { root, node: root }
    }

    pub(crate) fn at(self, node: &'s Value) -> Self {
        Self { root: self.root, node }
    }

    /// Follows `$ref`, if the schema is one.
    pub(crate) fn referred(self) -> Option<Self> {
        let pointer = self.node.get("$ref")?.as_str()?.strip_prefix('#')?;
        self.root.pointer(pointer).map(|node| self.at(node))
    }

    /// The schemas of `allOf`, `anyOf` or `oneOf`.
    pub(crate) fn branches(self, keyword: &str) -> impl Iterator<Item = Self> {
        let list = self.node.get(keyword).and_then(Value::as_array);
        list.into_iter().flatten().map(move |node| self.at(node))
    }

    /// Every type that some branch lets through.
    pub(crate) fn types(self) -> Types {
        self.types_within(DEPTH)
    }

    fn types_within(self, depth: usize) -> Types {
        let mut types = match self.node.get("type") {
            Some(Value::String(name)) => Types::named(name),
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(Value::as_str)
                .fold(Types::default(), |all, name| all.or(Types::named(name))),
            _ => Types::default(),
        };
        if types.unknown() {
            types = self.types_of_values();
        }
        if types.unknown() && depth > 0 {
            types = self.inner().fold(types, |all, view| all.or(view.types_within(depth - 1)));
        }
        types
    }

    fn types_of_values(self) -> Types {
        let node = self.node;
        let values = node
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .chain(node.get("const"));
        let types = values.fold(Types::default(), |all, value| all.or(Types::of(value)));
        let shape = if node.get("properties").is_some() {
            "object"
        } else if node.get("items").is_some() {
            "array"
        } else {
            ""
        };
        types.or(Types::named(shape))
    }

    /// The schemas that this one is made of: its reference and its branches.
    pub(crate) fn inner(self) -> impl Iterator<Item = Self> {
        let branches =
            ["allOf", "anyOf", "oneOf"].into_iter().flat_map(move |keyword| self.branches(keyword));
        self.referred().into_iter().chain(branches)
    }

    /// The schema of the items of a list.
    pub(crate) fn items(self) -> Option<Self> {
        self.search(DEPTH, &|view| view.node.get("items").map(|node| view.at(node)))
    }

    /// The schema of one property, or of all that have no schema of their own.
    pub(crate) fn property(self, name: &str) -> Option<Self> {
        let own = |view: Self| {
            view.node.get("properties").and_then(|map| map.get(name)).map(|node| view.at(node))
        };
        let others = |view: Self| view.node.get("additionalProperties").map(|node| view.at(node));
        self.search(DEPTH, &own).or_else(|| self.search(DEPTH, &others))
    }

    /// The names of all known properties, in order.
    pub(crate) fn property_names(self) -> Vec<&'s str> {
        let mut names = Vec::new();
        self.collect_names(DEPTH, &mut names);
        names
    }

    fn collect_names(self, depth: usize, names: &mut Vec<&'s str>) {
        for name in
            self.node.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys)
        {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        if depth > 0 {
            self.inner().for_each(|view| view.collect_names(depth - 1, names));
        }
    }

    fn search(self, depth: usize, find: &dyn Fn(Self) -> Option<Self>) -> Option<Self> {
        find(self).or_else(|| {
            let depth = depth.checked_sub(1)?;
            self.inner().find_map(|view| view.search(depth, find))
        })
    }
}

/// Gives text its type: `"5"` becomes 5 where the schema wants an integer.
///
/// What does not fit stays text, so that validation can name it. Lists written as
/// `{"0": …, "1": …}` by bracket forms become lists where the schema wants one.
pub(crate) fn coerce(value: Value, view: Option<View<'_>>) -> Value {
    let Some(view) = view else { return value };
    let types = view.types();
    match value {
        Value::String(text) => coerce_text(text, view, types),
        Value::Array(items) => items.into_iter().map(|item| coerce(item, view.items())).collect(),
        Value::Object(map) if types.array && !types.object && numbered(&map) => {
            map.into_iter().map(|(_, item)| coerce(item, view.items())).collect()
        }
        Value::Object(map) => {
            let typed = map.into_iter().map(|(name, value)| {
                let value = coerce(value, view.property(&name));
                (name, value)
            });
            Value::Object(typed.collect())
        }
        other => other,
    }
}

fn numbered(map: &Map<String, Value>) -> bool {
    map.keys().enumerate().all(|(index, key)| key.parse() == Ok(index))
}

fn coerce_text(text: String, view: View<'_>, types: Types) -> Value {
    if types.integer || types.number {
        // Only what JSON calls a number: no spaces, no plus, no leading zeros.
        if text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            && text.ends_with(|last: char| last.is_ascii_digit())
            && let Ok(number) = serde_json::from_str(&text)
        {
            return Value::Number(number);
        }
    }
    if types.boolean {
        match text.as_str() {
            "true" | "1" => return Value::Bool(true),
            "false" | "0" => return Value::Bool(false),
            _ => {}
        }
    }
    if types.string || types.unknown() {
        return Value::String(text);
    }
    if types.null && (text.is_empty() || text == "null") {
        return Value::Null;
    }
    if types.object
        && text.starts_with('{')
        && let Ok(object) = serde_json::from_str(&text)
    {
        return object;
    }
    if types.array {
        return Value::Array(vec![coerce(Value::String(text), view.items())]);
    }
    Value::String(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn typed(text: &str, schema: Value) -> Value {
        coerce(json!(text), Some(View::root(&schema)))
    }

    #[test]
    fn text_takes_the_type_that_the_schema_wants() {
        assert_eq!(typed("5", json!({"type": "integer"})), json!(5));
        assert_eq!(
            typed("9007199254740993", json!({"type": "integer"})),
            json!(9007199254740993_u64)
        );
        assert_eq!(typed("05", json!({"type": "integer"})), json!("05"));
        assert_eq!(typed(" 5", json!({"type": "integer"})), json!(" 5"));
        assert_eq!(typed("5", json!({"type": "string"})), json!("5"));
        assert_eq!(typed("5", json!({})), json!("5"));
        assert_eq!(typed("5", json!({"type": ["integer", "null"]})), json!(5));
        assert_eq!(typed("", json!({"type": ["integer", "null"]})), json!(null));
        assert_eq!(typed("1", json!({"type": "boolean"})), json!(true));
        assert_eq!(typed("2", json!({"enum": [1, 2]})), json!(2));
        assert_eq!(typed("7", json!({"type": "array", "items": {"type": "integer"}})), json!([7]));
        let referred = json!({"$ref": "#/schemas/Id", "schemas": {"Id": {"anyOf": [{"type": "integer"}, {"type": "string"}]}}});
        assert_eq!(typed("7", referred.clone()), json!(7));
        assert_eq!(typed("x", referred), json!("x"));
    }

    #[test]
    fn numbered_objects_become_lists() {
        let schema = json!({"type": "object", "properties": {"ids": {"type": "array", "items": {"type": "integer"}}}});
        let value = json!({"ids": {"0": "4", "1": "5"}, "other": "x"});
        assert_eq!(coerce(value, Some(View::root(&schema))), json!({"ids": [4, 5], "other": "x"}));
    }

    #[test]
    fn endless_references_end() {
        let schema = json!({"$ref": "#/schemas/A", "schemas": {"A": {"$ref": "#/schemas/A"}}});
        assert!(View::root(&schema).types().unknown());
        assert_eq!(typed("5", schema), json!("5"));
        let twice = json!({"$ref": "#/schemas/A", "schemas": {"A": {"allOf": [{"$ref": "#/schemas/A"}, {"$ref": "#/schemas/A"}]}}});
        assert!(View::root(&twice).types().unknown());
    }
}
