//! What fits with what: values, fields and scalars by themselves, without the types around them.

use std::collections::{HashMap, HashSet};

use crate::model::{EnumShape, Field, FieldDocs, Presence, Scalar, Travel};

pub(super) fn positions(fields: &[Field]) -> HashMap<&str, usize> {
    fields.iter().enumerate().map(|(index, field)| (field.wire.as_str(), index)).collect()
}

/// Whether two enums have the same values, in whatever order.
pub(super) fn same_values(a: &EnumShape, b: &EnumShape) -> bool {
    match (a, b) {
        (EnumShape::Strings(a), EnumShape::Strings(b)) => same_set(a, b),
        (EnumShape::Integers(a), EnumShape::Integers(b)) => same_set(a, b),
        (EnumShape::Strings(_), EnumShape::Integers(_))
        | (EnumShape::Integers(_), EnumShape::Strings(_)) => false,
    }
}

fn same_set<T: Eq + std::hash::Hash>(a: &[T], b: &[T]) -> bool {
    a == b
        || a.len() == b.len() && {
            let known: HashSet<&T> = a.iter().collect();
            b.iter().all(|value| known.contains(value))
        }
}

/// Most of the smaller is shared, and the larger is not another thing altogether.
pub(super) fn is_kin(shared: usize, a: usize, b: usize) -> bool {
    let (small, large) = (a.min(b), a.max(b));
    shared * 3 >= small * 2 && shared * 2 >= large && shared > 0
}

/// A field that the other type lacks. What a request has to carry must not become optional.
pub(super) fn alone(field: &Field, travel: Travel) -> Option<Field> {
    // What the document fixes is no other's to lack.
    let is_asked = travel != Travel::Reply && field.presence == Presence::Required;
    if is_asked || field.fill.is_some() {
        return None;
    }
    Some(Field { presence: Presence::Optional, ..field.clone() })
}

pub(super) fn scalars(a: Scalar, b: Scalar) -> Option<Scalar> {
    if a == b {
        return Some(a);
    }
    match (a, b) {
        (Scalar::Int32, Scalar::Int64) | (Scalar::Int64, Scalar::Int32) => Some(Scalar::Int64),
        (Scalar::Float, Scalar::Int32 | Scalar::Int64)
        | (Scalar::Int32 | Scalar::Int64, Scalar::Float) => Some(Scalar::Float),
        (
            Scalar::Bool
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::UInt64
            | Scalar::Float
            | Scalar::String
            | Scalar::Date
            | Scalar::DateTime
            | Scalar::Uuid
            | Scalar::Base64
            | Scalar::Decimal
            | Scalar::Binary,
            _,
        ) => None,
    }
}

pub(super) fn both_docs(mut own: FieldDocs, other: Option<&FieldDocs>) -> FieldDocs {
    let Some(other) = other else { return own };
    if own.description.is_empty() {
        own.description.clone_from(&other.description);
    }
    if own.example.as_ref().is_none_or(serde_json::Value::is_null) {
        own.example.clone_from(&other.example);
    }
    own.deprecated &= other.deprecated;
    own.notes.retain(|note| other.notes.contains(note));
    own
}
