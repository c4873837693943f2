//! Types: shapes, and references between them.
//!
//! A [`Shape`] is `Eq + Hash` and holds no prose, so that "the same shape" is a map lookup. Docs, examples and
//! origins lie beside it in the [`TypeDef`].

use std::fmt;

use serde_json::Value;

use super::place::{ArmKey, Place};
use crate::pointer::Pointer;

/// The number of a type in [`Types`](super::Types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// A use of a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// A type of the store.
    Named(TypeId),
    /// A value without parts.
    Scalar(Scalar),
    /// A JSON array.
    List(Box<TypeRef>),
    /// A JSON object whose keys are data.
    Map(Box<TypeRef>),
    /// The value or null.
    Nullable(Box<TypeRef>),
    /// The value, or the empty text, which says that there is none.
    OrEmpty(Box<TypeRef>),
    /// The parameter of the generic type that this stands in.
    Param,
    /// A generic type with its argument.
    Apply(TypeId, Box<TypeRef>),
    /// Nothing is known (a null example, an array without items). Gives way to what a sibling knows.
    Unknown,
    /// Known to be of more than one kind. Never gives way.
    Any,
}

impl TypeRef {
    /// The same type, or null.
    pub fn nullable(self) -> Self {
        match self {
            Self::Nullable(_) | Self::Unknown | Self::Any => self,
            Self::Named(_)
            | Self::Scalar(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::OrEmpty(_)
            | Self::Param
            | Self::Apply(..) => Self::Nullable(Box::new(self)),
        }
    }

    /// The type without its null.
    pub fn non_null(&self) -> &Self {
        match self {
            Self::Nullable(inner) => inner,
            Self::Named(_)
            | Self::Scalar(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::OrEmpty(_)
            | Self::Param
            | Self::Apply(..)
            | Self::Unknown
            | Self::Any => self,
        }
    }

    /// The same type, or the empty text.
    pub fn or_empty(self) -> Self {
        match self {
            Self::Nullable(inner) => inner.or_empty().nullable(),
            Self::Scalar(Scalar::String) | Self::OrEmpty(_) | Self::Unknown | Self::Any => self,
            Self::Named(_)
            | Self::Scalar(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Param
            | Self::Apply(..) => Self::OrEmpty(Box::new(self)),
        }
    }

    /// The type without its null and without its empty text.
    pub fn bare(&self) -> &Self {
        match self.non_null() {
            Self::OrEmpty(inner) => inner.non_null(),
            other => other,
        }
    }

    /// A list of this type.
    pub fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// A map to this type.
    pub fn map(self) -> Self {
        Self::Map(Box::new(self))
    }

    /// Calls `f` on every type of the store that this names.
    pub fn each_named(&self, f: &mut impl FnMut(TypeId)) {
        match self {
            Self::Named(id) => f(*id),
            Self::Apply(id, argument) => {
                f(*id);
                argument.each_named(f);
            }
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::OrEmpty(inner) => {
                inner.each_named(f)
            }
            Self::Scalar(_) | Self::Param | Self::Unknown | Self::Any => {}
        }
    }

    /// Puts `ty` wherever `id` is named.
    pub fn replace(&mut self, id: TypeId, ty: &Self) {
        match self {
            Self::Named(own) if *own == id => *self = ty.clone(),
            Self::List(inner)
            | Self::Map(inner)
            | Self::Nullable(inner)
            | Self::OrEmpty(inner)
            | Self::Apply(_, inner) => inner.replace(id, ty),
            Self::Named(_) | Self::Scalar(_) | Self::Param | Self::Unknown | Self::Any => {}
        }
    }

    /// Replaces every type of the store that this names.
    pub fn rename(&mut self, f: &impl Fn(TypeId) -> TypeId) {
        match self {
            Self::Named(id) => *id = f(*id),
            Self::Apply(id, argument) => {
                *id = f(*id);
                argument.rename(f);
            }
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::OrEmpty(inner) => {
                inner.rename(f)
            }
            Self::Scalar(_) | Self::Param | Self::Unknown | Self::Any => {}
        }
    }
}

/// A value without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// `true` or `false`.
    Bool,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits: what `type: integer` means without a format.
    Int64,
    /// A whole number of 64 bits that is never negative.
    UInt64,
    /// Any number.
    Float,
    /// Text.
    String,
    /// A calendar date.
    Date,
    /// A point in time.
    DateTime,
    /// A UUID.
    Uuid,
    /// Bytes that travel as base64 text.
    Base64,
    /// A decimal that must stay exact.
    Decimal,
    /// Bytes: a file in a form, or a whole body.
    Binary,
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// An object with known properties.
    Struct(StructShape),
    /// A closed list of values in the document, open in the client.
    Enum(EnumShape),
    /// One of several types.
    Union(UnionShape),
    /// Another name for a type. Only lowering makes these, and it resolves all but what refers to itself.
    Alias(TypeRef),
}

/// An object with known properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct StructShape {
    /// The properties in document order.
    pub fields: Vec<Field>,
    /// The type of further properties, where the document speaks of them.
    pub rest: Option<TypeRef>,
}

/// A property.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its name on the wire.
    pub wire: String,
    /// Its type. Null and absent are two facts: null is here.
    pub ty: TypeRef,
    /// Whether it may be absent.
    pub presence: Presence,
    /// Whether only replies or only requests carry it.
    pub only: Option<Travel>,
    /// What a client fills in by itself.
    pub fill: Option<Fill>,
}

impl Field {
    /// Whether a program sees it at all: what is always the same has no field.
    pub fn is_seen(&self) -> bool {
        !matches!(self.fill, Some(Fill::Fixed(_)))
    }
}

/// A value of which the document says, at one place, that it is always the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Bool(bool),
}

impl Constant {
    /// The constant that a JSON value is, if it can be one.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Number(number) => number.as_i64().map(Self::Integer),
            Value::Bool(truth) => Some(Self::Bool(*truth)),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The constant as JSON.
    pub fn value(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Integer(number) => Value::from(*number),
            Self::Bool(truth) => Value::from(*truth),
        }
    }

    /// The type of all values like it.
    pub fn scalar(&self) -> Scalar {
        match self {
            Self::Text(_) => Scalar::String,
            Self::Integer(_) => Scalar::Int64,
            Self::Bool(_) => Scalar::Bool,
        }
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Integer(number) => write!(out, "{number}"),
            Self::Bool(truth) => write!(out, "{truth}"),
        }
    }
}

/// What a client fills in by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fill {
    /// The only value that there is: nobody is asked for it, and nobody needs to see it.
    Fixed(Constant),
    /// What stands there unless a program says otherwise.
    Usual(Constant),
}

impl Fill {
    /// The value.
    pub fn constant(&self) -> &Constant {
        match self {
            Self::Fixed(constant) | Self::Usual(constant) => constant,
        }
    }
}

/// What is known about a property's absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Presence {
    /// The document promises it.
    Required,
    /// The document does not promise it, and nothing shows it absent.
    Unstated,
    /// Known to be absent at times: a kin shape or an example lacks it.
    Optional,
}

/// A closed list of values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EnumShape {
    /// Strings.
    Strings(Vec<String>),
    /// Whole numbers.
    Integers(Vec<i64>),
}

/// One of several types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnionShape {
    /// The property that tells which, where there is one.
    pub tag: Option<Tag>,
    /// The types in document order.
    pub arms: Vec<Arm>,
}

/// The property that tells which arm of a union a value is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    /// The property's name on the wire.
    pub property: String,
    /// Whether the document promises that it is there.
    pub always: bool,
}

/// An arm of a union.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arm {
    /// What it is known by.
    pub key: ArmKey,
    /// Its type.
    pub ty: TypeRef,
    /// The values of the tag that mean this arm.
    pub tags: Vec<Constant>,
}

/// Which way a type travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Travel {
    /// In requests only.
    Request,
    /// In replies only.
    Reply,
    /// Both ways.
    Both,
}

impl Travel {
    /// The way that covers both.
    pub fn with(self, other: Self) -> Self {
        if self == other { self } else { Self::Both }
    }
}

/// A type with what is known about it.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// What it is made of.
    pub shape: Shape,
    /// What the document says of it.
    pub description: String,
    /// What the document says of each field, in the order of the shape's fields, and of the values of an enum, each with
    /// the value as its example. Empty for other shapes.
    pub fields: Vec<FieldDocs>,
    /// Every place that it stands at, first seen first.
    pub places: Vec<Place>,
    /// The name that the document gives it (a component's key, a title), if it does.
    pub given_name: Option<String>,
    /// Whether `given_name` is a component's key: such a type is never merged with another such.
    pub is_component: bool,
    /// The name that `names.lock` has for it.
    pub locked_name: Option<String>,
    /// Which way it travels; settled by the pass of that name.
    pub travel: Travel,
    /// What `new` asks for, in its order; settled by the pass of that name.
    pub arguments: Vec<String>,
    /// Where the document says so.
    pub pointer: Pointer,
}

/// Prose and examples of a property.
#[derive(Clone, Debug, Default)]
pub struct FieldDocs {
    /// What the document says of it.
    pub description: String,
    /// The document's example.
    pub example: Option<Value>,
    /// Whether its use is discouraged.
    pub deprecated: bool,
    /// Facts that the type cannot hold, one sentence each.
    pub notes: Vec<String>,
    /// What the document calls a value of an enum, where it calls it something.
    pub name: Option<String>,
}

impl Shape {
    /// Calls `f` on every reference to a type.
    pub fn each_ref(&self, f: &mut impl FnMut(&TypeRef)) {
        match self {
            Self::Struct(shape) => {
                shape.fields.iter().for_each(|field| f(&field.ty));
                shape.rest.iter().for_each(f);
            }
            Self::Enum(_) => {}
            Self::Union(shape) => shape.arms.iter().for_each(|arm| f(&arm.ty)),
            Self::Alias(ty) => f(ty),
        }
    }

    /// Calls `f` on every reference to a type, to change it.
    pub fn each_ref_mut(&mut self, f: &mut impl FnMut(&mut TypeRef)) {
        match self {
            Self::Struct(shape) => {
                shape.fields.iter_mut().for_each(|field| f(&mut field.ty));
                shape.rest.iter_mut().for_each(f);
            }
            Self::Enum(_) => {}
            Self::Union(shape) => shape.arms.iter_mut().for_each(|arm| f(&mut arm.ty)),
            Self::Alias(ty) => f(ty),
        }
    }
}
