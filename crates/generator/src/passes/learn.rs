//! Learns from examples: what an example shows and the schema denies loosens the type.
//!
//! Only ever looser: null, a number for an integer, text for a date, a property that the schema does not know.
//! What would make a type tighter is for an overlay to say.

mod arms;

use serde_json::Value;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::lower::stream::items_of_example;
use crate::model::{
    Draft, EnumShape, Field, FieldDocs, Framing, Presence, Reply, ReplyKind, Scalar, Shape, Travel,
    TypeId, TypeRef, Types,
};
use crate::pointer::Pointer;
use crate::values;

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let mut types = std::mem::take(&mut draft.types);
    let mut learner = Learner { types: &mut types, contradictions: Vec::new(), quoted: Vec::new() };
    for operation in &mut draft.operations {
        for reply in &mut operation.replies {
            let status = reply.status;
            for (ty, examples) in shown(reply) {
                for example in examples {
                    learner.contradictions.clear();
                    learner.fit(ty, &example);
                    for (path, what) in learner.contradictions.drain(..) {
                        context.diagnostics.push(
                            Diagnostic::note(
                                "example-contradicts-schema",
                                format!("at {path}, the example of the reply {status} is {what}; the type is loosened"),
                            )
                            .at(&operation.pointer)
                            .help("correct the schema or the example with an overlay action"),
                        );
                    }
                }
            }
        }
    }
    learner.fields();
    for (pointer, message) in learner.quoted {
        context.diagnostics.push(
            Diagnostic::note("quoted-example", message)
                .at(pointer)
                .help("write the example without quotation marks, with an overlay action"),
        );
    }
    draft.types = types;
}

/// The types of a reply, each with the values that its examples show.
fn shown(reply: &mut Reply) -> Vec<(&mut TypeRef, Vec<Value>)> {
    let items = |framing: Framing, examples: &[(String, Value)]| -> Vec<Value> {
        examples.iter().flat_map(|(_, example)| items_of_example(framing, example)).collect()
    };
    let mut shown = Vec::new();
    match &mut reply.kind {
        ReplyKind::Json(ty) => {
            shown.push((ty, reply.examples.iter().map(|(_, example)| example.clone()).collect()));
        }
        ReplyKind::Stream(framing, ty) => {
            let values = items(*framing, &reply.examples);
            shown.push((ty, values));
        }
        ReplyKind::Text | ReplyKind::Binary | ReplyKind::Empty => {}
    }
    if let Some(streamed) = &mut reply.streamed {
        let values = items(streamed.framing, &streamed.examples);
        shown.push((&mut streamed.ty, values));
    }
    shown
}

struct Learner<'t> {
    types: &'t mut Types,
    contradictions: Vec<(String, String)>,
    /// Examples that are right but for the quotation marks around them.
    quoted: Vec<(Pointer, String)>,
}

impl Learner<'_> {
    /// Every property's own example.
    fn fields(&mut self) {
        for id in self.types.ids().collect::<Vec<_>>() {
            let def = self.types.get_mut(id);
            if def.travel == Travel::Request {
                continue;
            }
            let examples: Vec<Option<Value>> =
                def.fields.iter().map(|docs| docs.example.clone()).collect();
            for (index, example) in examples.into_iter().enumerate() {
                let Some(example) = example else { continue };
                let Some(mut ty) = self.field(id, index) else { continue };
                if self.is_quoted(id, index, &ty, &example) {
                    continue;
                }
                self.fit(&mut ty, &example);
                self.set_field(id, index, ty);
            }
        }
    }

    fn is_quoted(&mut self, id: TypeId, index: usize, ty: &TypeRef, example: &Value) -> bool {
        let TypeRef::Scalar(scalar) = ty.non_null() else { return false };
        if !values::is_quoted(*scalar, example) {
            return false;
        }
        let def = self.types.get(id);
        let wire = match &def.shape {
            Shape::Struct(shape) => shape.fields.get(index).map_or("", |field| &field.wire),
            Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => "",
        };
        let message = format!(
            "the example of `{wire}` is text, and its type is {}; the type stands",
            describe(ty)
        );
        self.quoted.push((def.pointer.child("properties").child(wire), message));
        true
    }

    fn field(&self, id: TypeId, index: usize) -> Option<TypeRef> {
        match &self.types.get(id).shape {
            Shape::Struct(shape) => shape.fields.get(index).map(|field| field.ty.clone()),
            Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => None,
        }
    }

    fn set_field(&mut self, id: TypeId, index: usize, ty: TypeRef) {
        if let Shape::Struct(shape) = &mut self.types.get_mut(id).shape
            && let Some(field) = shape.fields.get_mut(index)
        {
            field.ty = ty;
        }
    }

    /// Loosens `ty` until `value` fits.
    fn fit(&mut self, ty: &mut TypeRef, value: &Value) {
        if value.is_null() {
            *ty = std::mem::replace(ty, TypeRef::Unknown).nullable();
            return;
        }
        match ty {
            TypeRef::Unknown | TypeRef::Any | TypeRef::Param | TypeRef::Apply(..) => {}
            TypeRef::Nullable(inner) => {
                self.fit(inner, value);
                if matches!(**inner, TypeRef::Any) {
                    *ty = TypeRef::Any;
                }
            }
            TypeRef::OrEmpty(inner) => {
                if value.as_str() != Some("") {
                    self.fit(inner, value);
                }
                if matches!(**inner, TypeRef::Any) {
                    *ty = TypeRef::Any;
                }
            }
            TypeRef::Scalar(scalar) => match values::loosened(*scalar, value) {
                Some(looser) => *scalar = looser,
                None => self.contradicted(ty, value),
            },
            TypeRef::List(inner) => match value {
                Value::Array(items) => items.iter().for_each(|item| self.fit(inner, item)),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Object(_) => self.contradicted(ty, value),
            },
            TypeRef::Map(inner) => match value {
                Value::Object(entries) => entries.values().for_each(|entry| self.fit(inner, entry)),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_) => self.contradicted(ty, value),
            },
            TypeRef::Named(id) => {
                let id = *id;
                if !self.fit_named(id, value) {
                    self.contradicted(ty, value);
                }
            }
        }
    }

    fn contradicted(&mut self, ty: &mut TypeRef, value: &Value) {
        self.contradictions.push((describe(ty), values::kind(value).to_owned()));
        *ty = TypeRef::Any;
    }

    fn fit_named(&mut self, id: TypeId, value: &Value) -> bool {
        match (&self.types.get(id).shape, value) {
            (Shape::Struct(_), Value::Object(object)) => {
                self.fit_struct(id, object);
                true
            }
            (Shape::Enum(EnumShape::Strings(_)), Value::String(_)) => true,
            (Shape::Enum(EnumShape::Integers(_)), Value::Number(number)) => number.is_i64(),
            (Shape::Union(union), _) => {
                let union = union.clone();
                self.fit_union(&union, value);
                true
            }
            (Shape::Alias(_), _) => true,
            (Shape::Struct(_) | Shape::Enum(_), _) => false,
        }
    }

    fn fit_struct(&mut self, id: TypeId, object: &serde_json::Map<String, Value>) {
        let Shape::Struct(shape) = &self.types.get(id).shape else { return };
        let mut shape = shape.clone();
        let mut added = Vec::new();
        for (key, value) in object {
            if let Some(index) = shape.fields.iter().position(|field| field.wire == *key) {
                let field = &mut shape.fields[index];
                // An example that shows another value shows that it is not always the same.
                field.fill = field.fill.take().filter(|fill| fill.constant().value() == *value);
                self.fit(&mut field.ty, value);
            } else if let Some(rest) = &mut shape.rest {
                self.fit(rest, value);
            } else {
                added.push(Field {
                    wire: key.clone(),
                    ty: if value.is_null() { TypeRef::Unknown } else { TypeRef::Any },
                    presence: Presence::Optional,
                    only: None,
                    fill: None,
                });
            }
        }
        for field in &mut shape.fields {
            let matters =
                matches!(field.ty, TypeRef::List(_)) || field.presence == Presence::Required;
            if matters && !object.contains_key(&field.wire) {
                field.presence = Presence::Optional;
                field.fill = None;
            }
        }
        let def = self.types.get_mut(id);
        for field in &added {
            let example = object
                .get(&field.wire)
                .filter(|value| !value.is_object() && !value.is_array())
                .cloned();
            def.fields.push(FieldDocs {
                example,
                notes: vec!["Only the example has this; the schema does not.".to_owned()],
                ..FieldDocs::default()
            });
        }
        // A type that holds itself may have learnt deeper down meanwhile; what both learnt is kept.
        if let Shape::Struct(now) = &def.shape {
            for field in now.fields.iter().skip(shape.fields.len()) {
                added.retain(|known| known.wire != field.wire);
            }
        }
        shape.fields.extend(added);
        def.shape = Shape::Struct(shape);
    }
}

fn describe(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Scalar(Scalar::Bool) => "a boolean".to_owned(),
        TypeRef::Scalar(Scalar::Int32 | Scalar::Int64 | Scalar::UInt64) => "an integer".to_owned(),
        TypeRef::Scalar(Scalar::Float | Scalar::Decimal) => "a number".to_owned(),
        TypeRef::Scalar(
            Scalar::String
            | Scalar::Date
            | Scalar::DateTime
            | Scalar::Uuid
            | Scalar::Base64
            | Scalar::Binary,
        ) => "a string".to_owned(),
        TypeRef::List(_) => "a list".to_owned(),
        TypeRef::Map(_) | TypeRef::Named(_) => "an object".to_owned(),
        TypeRef::Nullable(inner) | TypeRef::OrEmpty(inner) => describe(inner),
        TypeRef::Param | TypeRef::Apply(..) | TypeRef::Unknown | TypeRef::Any => {
            "any value".to_owned()
        }
    }
}
