//! Types to schemas.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{key, put_flag, put_text};
use crate::model::{
    Api, ApiType, Constant, EnumShape, Field, FieldDocs, Fill, Presence, Scalar, Shape,
    StructShape, Travel, TypeId, TypeRef, UnionShape,
};

/// The schemas of an API, each under its name.
pub(super) struct Schemas<'a> {
    api: &'a Api,
    names: IndexMap<TypeId, String>,
    taken: HashSet<String>,
    /// The generic type by its argument.
    applied: IndexMap<(TypeId, TypeRef), String>,
}

impl<'a> Schemas<'a> {
    /// Gives every type its name.
    pub(super) fn new(api: &'a Api) -> Self {
        let mut schemas =
            Self { api, names: IndexMap::new(), taken: HashSet::new(), applied: IndexMap::new() };
        for (id, def) in &api.types {
            let name = schemas.claim(&def.name);
            schemas.names.insert(*id, name);
        }
        schemas
    }

    /// A name that nothing else has. Names of types differ already; only letters that components may not have, and
    /// what the generic type becomes, can make two the same.
    fn claim(&mut self, name: &str) -> String {
        let mut name = key(name);
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }

    /// Everything that `components/schemas` holds, in the order of the document; payloads in their envelope last.
    pub(super) fn into_components(mut self) -> Value {
        let mut out = Map::new();
        for (id, def) in self.api.types.iter().filter(|(_, def)| !def.generic) {
            let schema = self.definition(def, None);
            out.insert(self.names[id].clone(), schema);
        }
        // A payload may itself hold an envelope, so the list can grow on the way.
        let mut next = 0;
        while let Some((id, argument, name)) =
            self.applied.get_index(next).map(|((id, ty), name)| (*id, ty.clone(), name.clone()))
        {
            if let Some(def) = self.api.types.get(&id) {
                let schema = self.definition(def, Some(&argument));
                out.insert(name, schema);
            }
            next += 1;
        }
        Value::Object(out)
    }

    /// The schema of a use of a type.
    pub(super) fn of(&mut self, ty: &TypeRef) -> Value {
        self.with(ty, None)
    }

    /// The same, where `argument` stands for the generic type's parameter.
    fn with(&mut self, ty: &TypeRef, argument: Option<&TypeRef>) -> Value {
        match ty {
            TypeRef::Named(id) => self.reference(*id),
            TypeRef::Scalar(scalar) => of_scalar(*scalar),
            TypeRef::List(items) => json!({ "type": "array", "items": self.with(items, argument) }),
            TypeRef::Map(values) => {
                json!({ "type": "object", "additionalProperties": self.open(values, argument) })
            }
            TypeRef::Nullable(inner) => nullable(self.with(inner, argument)),
            TypeRef::OrEmpty(inner) => {
                let empty = json!({ "type": "string", "enum": [""] });
                json!({ "anyOf": [self.with(inner, argument), empty] })
            }
            TypeRef::Param => {
                argument.map_or_else(|| json!({}), |argument| self.with(argument, None))
            }
            TypeRef::Apply(id, payload) => {
                let payload = match (payload.as_ref(), argument) {
                    (TypeRef::Param, Some(argument)) => argument,
                    (payload, _) => payload,
                };
                refer(&self.apply(*id, payload))
            }
            TypeRef::Unknown | TypeRef::Any => json!({}),
        }
    }

    fn reference(&self, id: TypeId) -> Value {
        self.names.get(&id).map_or_else(|| json!({}), |name| refer(name))
    }

    /// A schema for values of a map: `true` where they may be anything.
    fn open(&mut self, ty: &TypeRef, argument: Option<&TypeRef>) -> Value {
        match self.with(ty, argument) {
            Value::Object(schema) if schema.is_empty() => Value::Bool(true),
            schema => schema,
        }
    }

    /// The name of the generic type with a payload.
    fn apply(&mut self, id: TypeId, payload: &TypeRef) -> String {
        if let Some(name) = self.applied.get(&(id, payload.clone())) {
            return name.clone();
        }
        let envelope = self.names.get(&id).cloned().unwrap_or_default();
        let name = format!("{}{envelope}", self.words(payload));
        let name = self.claim(&name);
        self.applied.insert((id, payload.clone()), name.clone());
        name
    }

    /// What a payload is called in front of its envelope's name.
    fn words(&self, ty: &TypeRef) -> String {
        match ty {
            TypeRef::Named(id) | TypeRef::Apply(id, _) => {
                self.names.get(id).cloned().unwrap_or_default()
            }
            TypeRef::Scalar(scalar) => format!("{scalar:?}"),
            TypeRef::List(items) => format!("{}List", self.words(items)),
            TypeRef::Map(values) => format!("{}Map", self.words(values)),
            TypeRef::Nullable(inner) | TypeRef::OrEmpty(inner) => self.words(inner),
            TypeRef::Param | TypeRef::Unknown | TypeRef::Any => "Value".to_owned(),
        }
    }

    fn definition(&mut self, def: &ApiType, argument: Option<&TypeRef>) -> Value {
        let mut schema = match def.shape() {
            Shape::Struct(shape) => self.structure(shape, &def.def.fields, argument),
            Shape::Enum(shape) => listed(shape, &def.def.fields),
            Shape::Union(shape) => self.union(shape, argument),
            Shape::Alias(ty) => self.with(ty, argument),
        };
        if let Some(object) = schema.as_object_mut().filter(|object| !object.contains_key("$ref")) {
            put_text(object, "description", &def.def.description);
        }
        schema
    }

    fn structure(
        &mut self,
        shape: &StructShape,
        docs: &[FieldDocs],
        argument: Option<&TypeRef>,
    ) -> Value {
        let mut schema = self.object(
            shape.fields.iter().zip(docs.iter().map(Some).chain(std::iter::repeat(None))),
            argument,
        );
        if let Some(rest) = &shape.rest {
            let rest = self.open(rest, argument);
            schema.insert("additionalProperties".to_owned(), rest);
        }
        Value::Object(schema)
    }

    /// An object of these properties.
    pub(super) fn object<'f>(
        &mut self,
        fields: impl Iterator<Item = (&'f Field, Option<&'f FieldDocs>)>,
        argument: Option<&TypeRef>,
    ) -> Map<String, Value> {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for (field, docs) in fields {
            if field.presence == Presence::Required {
                required.push(field.wire.clone());
            }
            properties.insert(field.wire.clone(), self.property(field, docs, argument));
        }
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        if !properties.is_empty() {
            schema.insert("properties".to_owned(), Value::Object(properties));
        }
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    }

    fn property(
        &mut self,
        field: &Field,
        docs: Option<&FieldDocs>,
        argument: Option<&TypeRef>,
    ) -> Value {
        let mut beside = Map::new();
        if let Some(docs) = docs {
            put_text(&mut beside, "description", &described(docs));
            if let Some(example) = docs.example.as_ref().filter(|example| !example.is_null()) {
                beside.insert("example".to_owned(), example.clone());
            }
            put_flag(&mut beside, "deprecated", docs.deprecated);
        }
        put_flag(&mut beside, "readOnly", field.only == Some(Travel::Reply));
        put_flag(&mut beside, "writeOnly", field.only == Some(Travel::Request));
        beside_of(self.filled(&field.ty, field.fill.as_ref(), argument), beside)
    }

    /// The schema of what a client may fill in by itself.
    pub(super) fn filled(
        &mut self,
        ty: &TypeRef,
        fill: Option<&Fill>,
        argument: Option<&TypeRef>,
    ) -> Value {
        match fill {
            Some(Fill::Fixed(constant)) => fixed(constant),
            Some(Fill::Usual(_)) | None => self.with(ty, argument),
        }
    }

    fn union(&mut self, shape: &UnionShape, argument: Option<&TypeRef>) -> Value {
        let arms: Vec<Value> = shape.arms.iter().map(|arm| self.with(&arm.ty, argument)).collect();
        // A discriminator leads to components only.
        let mapping: Option<Map<String, Value>> = shape
            .arms
            .iter()
            .zip(&arms)
            .flat_map(|(arm, schema)| {
                arm.tags.iter().map(move |tag| Some((tag.to_string(), schema.get("$ref")?.clone())))
            })
            .collect();
        match (&shape.tag, mapping) {
            (Some(tag), Some(mapping)) => {
                json!({ "oneOf": arms, "discriminator": { "propertyName": tag.property, "mapping": mapping } })
            }
            // Without a tag a value may be of several of these types at once.
            _ => json!({ "anyOf": arms }),
        }
    }
}

/// The only value that there is.
fn fixed(constant: &Constant) -> Value {
    let kind = match constant {
        Constant::Text(_) => "string",
        Constant::Integer(_) => "integer",
        Constant::Bool(_) => "boolean",
    };
    json!({ "type": kind, "enum": [constant.value()] })
}

/// An enum: a list of values, or, where the document speaks of them one by one, a choice between them.
fn listed(shape: &EnumShape, docs: &[FieldDocs]) -> Value {
    let (kind, values) = match shape {
        EnumShape::Strings(values) => ("string", json!(values)),
        EnumShape::Integers(values) => ("integer", json!(values)),
    };
    if docs.iter().all(|own| own.description.is_empty()) {
        return json!({ "type": kind, "enum": values });
    }
    let one = |own: &FieldDocs| {
        let mut schema = Map::from_iter([("type".to_owned(), json!(kind))]);
        schema.insert("enum".to_owned(), json!([own.example]));
        put_text(&mut schema, "description", &own.description);
        Value::Object(schema)
    };
    json!({ "oneOf": docs.iter().map(one).collect::<Vec<_>>() })
}

/// What the document says of a property, and the facts that a type cannot hold.
fn described(docs: &FieldDocs) -> String {
    let mut text = docs.description.clone();
    for note in &docs.notes {
        if !text.contains(note.as_str()) {
            text.push_str(if text.is_empty() { "" } else { "\n\n" });
            text.push_str(note);
        }
    }
    text
}

fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Puts keywords beside a schema. Nothing may stand beside a `$ref`, so that one moves into an `allOf`.
fn beside_of(schema: Value, beside: Map<String, Value>) -> Value {
    if beside.is_empty() {
        return schema;
    }
    let mut out = match schema {
        Value::Object(object) if !object.contains_key("$ref") => object,
        reference => Map::from_iter([("allOf".to_owned(), json!([reference]))]),
    };
    out.extend(beside);
    Value::Object(out)
}

fn nullable(schema: Value) -> Value {
    let anything = schema.as_object().is_some_and(Map::is_empty);
    if anything {
        schema
    } else {
        beside_of(schema, Map::from_iter([("nullable".to_owned(), Value::Bool(true))]))
    }
}

fn of_scalar(scalar: Scalar) -> Value {
    let (kind, format) = match scalar {
        Scalar::Bool => ("boolean", None),
        Scalar::Int32 => ("integer", Some("int32")),
        Scalar::Int64 => ("integer", Some("int64")),
        Scalar::UInt64 => return json!({ "type": "integer", "format": "uint64", "minimum": 0 }),
        Scalar::Float => ("number", None),
        Scalar::String => ("string", None),
        Scalar::Date => ("string", Some("date")),
        Scalar::DateTime => ("string", Some("date-time")),
        Scalar::Uuid => ("string", Some("uuid")),
        Scalar::Base64 => ("string", Some("byte")),
        Scalar::Binary => ("string", Some("binary")),
        Scalar::Decimal => ("string", Some("decimal")),
    };
    match format {
        Some(format) => json!({ "type": kind, "format": format }),
        None => json!({ "type": kind }),
    }
}
