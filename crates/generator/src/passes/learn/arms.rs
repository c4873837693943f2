//! Unions learn through one of their arms: the one that an example means, where it fits none as they are.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::Learner;
use crate::model::{Arm, Constant, EnumShape, Presence, Shape, StructShape, TypeRef, UnionShape};
use crate::values;

/// How many types are looked through before a value counts as one that fits: unions may hold themselves.
const DEEPEST: usize = 64;

impl Learner<'_> {
    /// Loosens the arm that `value` means. Where it is not clear which that is, nothing is learnt.
    pub(super) fn fit_union(&mut self, union: &UnionShape, value: &Value) {
        let tag = union.tag.as_ref().map(|tag| tag.property.as_str());
        let holds = |arm: &Arm| self.holds(&arm.ty, &self.inside(arm, tag, value), 0);
        if union.arms.iter().any(holds) {
            return;
        }
        let Value::Object(object) = value else { return };
        let meant = match tag.and_then(|tag| Constant::of(object.get(tag)?)) {
            Some(tag) => union.arms.iter().find(|arm| arm.tags.contains(&tag)),
            None => self.likeliest(union, object),
        };
        if let Some(arm) = meant {
            let inside = self.inside(arm, tag, value).into_owned();
            // What even loosening does not make fit stays as it was: the union keeps such a value as it came.
            self.fit(&mut arm.ty.clone(), &inside);
        }
    }

    /// What is left of a value for an arm that does not list the tag: the union reads that.
    fn inside<'v>(&self, arm: &Arm, tag: Option<&str>, value: &'v Value) -> Cow<'v, Value> {
        let (Some(tag), TypeRef::Named(id), Value::Object(object)) = (tag, &arm.ty, value) else {
            return Cow::Borrowed(value);
        };
        match &self.types.get(*id).shape {
            Shape::Struct(shape) if shape.fields.iter().all(|field| field.wire != tag) => {
                let rest = object.iter().filter(|(key, _)| *key != tag);
                Cow::Owned(rest.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            Shape::Struct(_) | Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => {
                Cow::Borrowed(value)
            }
        }
    }

    /// The arm that knows the most properties of an object, if one knows more than the others.
    fn likeliest<'u>(&self, union: &'u UnionShape, object: &Map<String, Value>) -> Option<&'u Arm> {
        let known = |ty: &TypeRef| match ty.non_null() {
            TypeRef::Named(id) => match &self.types.get(*id).shape {
                Shape::Struct(shape) => {
                    shape.fields.iter().filter(|field| object.contains_key(&field.wire)).count()
                }
                Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => 0,
            },
            _ => 0,
        };
        let most = union.arms.iter().map(|arm| known(&arm.ty)).max().filter(|most| *most > 0)?;
        let mut likely = union.arms.iter().filter(|arm| known(&arm.ty) == most);
        likely.next().filter(|_| likely.next().is_none())
    }

    /// Whether a value goes through a type without loss.
    fn holds(&self, ty: &TypeRef, value: &Value, depth: usize) -> bool {
        if depth > DEEPEST {
            return true;
        }
        let depth = depth + 1;
        match (ty, value) {
            (TypeRef::Unknown | TypeRef::Any | TypeRef::Param | TypeRef::Apply(..), _) => true,
            (TypeRef::Nullable(_), Value::Null) => true,
            (TypeRef::Nullable(inner), _) => self.holds(inner, value, depth),
            (TypeRef::OrEmpty(_), Value::String(text)) if text.is_empty() => true,
            (TypeRef::OrEmpty(inner), _) => self.holds(inner, value, depth),
            (TypeRef::Scalar(scalar), _) => values::loosened(*scalar, value) == Some(*scalar),
            (TypeRef::List(inner), Value::Array(items)) => {
                items.iter().all(|item| self.holds(inner, item, depth))
            }
            (TypeRef::Map(inner), Value::Object(entries)) => {
                entries.values().all(|entry| self.holds(inner, entry, depth))
            }
            (TypeRef::List(_) | TypeRef::Map(_), _) => false,
            (TypeRef::Named(id), _) => match (&self.types.get(*id).shape, value) {
                (Shape::Struct(shape), Value::Object(object)) => {
                    self.struct_holds(shape, object, depth)
                }
                (Shape::Enum(EnumShape::Strings(_)), Value::String(_)) => true,
                (Shape::Enum(EnumShape::Integers(_)), Value::Number(number)) => number.is_i64(),
                (Shape::Union(union), _) => {
                    let tag = union.tag.as_ref().map(|tag| tag.property.as_str());
                    union
                        .arms
                        .iter()
                        .any(|arm| self.holds(&arm.ty, &self.inside(arm, tag, value), depth))
                }
                (Shape::Alias(target), _) => self.holds(target, value, depth),
                (Shape::Struct(_) | Shape::Enum(_), _) => false,
            },
        }
    }

    fn struct_holds(&self, shape: &StructShape, object: &Map<String, Value>, depth: usize) -> bool {
        let known = |key: &String| shape.fields.iter().find(|field| field.wire == *key);
        shape
            .fields
            .iter()
            .all(|field| field.presence != Presence::Required || object.contains_key(&field.wire))
            && object.iter().all(|(key, value)| match (known(key), &shape.rest) {
                // A null is as good as nothing where a property need not be there.
                (Some(field), _) => {
                    (value.is_null() && field.presence != Presence::Required)
                        || self.holds(&field.ty, value, depth)
                }
                (None, Some(rest)) => self.holds(rest, value, depth),
                (None, None) => false,
            })
    }
}
