//! What the derives [`Encode`](crate::Encode) and [`Decode`](crate::Decode) call: everything about objects that does
//! not depend on the type. Public only because derives are expanded elsewhere.
//!
//! This module knows nothing of JSON: it speaks to serde's traits, to whatever serializer stands behind them.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde::{Deserialize, forward_to_deserialize_any};

use crate::Map;

/// A type that is written as an object.
pub trait Encode {
    /// Hands every field to `out`.
    ///
    /// # Errors
    /// Whatever `out` gives.
    fn fields<O: Out>(&self, out: &mut O) -> Result<(), O::Error>;
}

/// Where fields go.
pub trait Out {
    /// What can go wrong.
    type Error;

    /// A field that is always written.
    ///
    /// # Errors
    /// Whatever the serializer gives.
    fn field<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), Self::Error>;

    /// A field that is left out when it is `None`.
    ///
    /// # Errors
    /// Whatever the serializer gives.
    fn optional<T: Serialize>(&mut self, name: &str, value: &Option<T>) -> Result<(), Self::Error> {
        match value {
            Some(value) => self.field(name, value),
            None => Ok(()),
        }
    }

    /// The entries of a map, beside the fields.
    ///
    /// # Errors
    /// Whatever the serializer gives.
    fn rest<T: Serialize>(&mut self, entries: &Map<T>) -> Result<(), Self::Error> {
        entries.iter().try_for_each(|(name, value)| self.field(name, value))
    }
}

/// Counts the fields that will be written: formats other than JSON want to know before the first.
struct Count(usize);

impl Out for Count {
    type Error = Infallible;

    fn field<T: Serialize>(&mut self, _name: &str, _value: &T) -> Result<(), Infallible> {
        self.0 += 1;
        Ok(())
    }
}

struct Entries<M>(M);

impl<M: SerializeMap> Out for Entries<M> {
    type Error = M::Error;

    fn field<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), M::Error> {
        self.0.serialize_entry(name, value)
    }
}

/// Writes an object.
///
/// # Errors
/// Whatever the serializer gives.
pub fn encode<R: Encode, S: Serializer>(record: &R, to: S) -> Result<S::Ok, S::Error> {
    let mut count = Count(0);
    let Ok(()) = record.fields(&mut count);
    let mut entries = Entries(to.serialize_map(Some(count.0))?);
    record.fields(&mut entries)?;
    entries.0.end()
}

/// A type that is read from an object.
pub trait Decode<'de>: Sized {
    /// The type's name, for messages.
    const NAME: &'static str;
    /// What the fields are called, in order.
    const FIELDS: &'static [&'static str];
    /// Whether it keeps what no field takes.
    const KEEPS_REST: bool;

    /// Reads the fields.
    ///
    /// # Errors
    /// Whatever the deserializer gives, and a field that is missing.
    fn decode<A: MapAccess<'de>>(from: Fields<'de, A>) -> Result<Self, A::Error>;
}

/// Reads an object, and nothing else.
///
/// # Errors
/// Whatever the deserializer gives.
pub fn decode<'de, R: Decode<'de>, D: Deserializer<'de>>(from: D) -> Result<R, D::Error> {
    let visitor = Object(PhantomData);
    if R::KEEPS_REST {
        from.deserialize_map(visitor)
    } else {
        from.deserialize_struct(R::NAME, R::FIELDS, visitor)
    }
}

struct Object<R>(PhantomData<R>);

impl<'de, R: Decode<'de>> Visitor<'de> for Object<R> {
    type Value = R;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "struct {}", R::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
        let other = R::KEEPS_REST.then(String::new);
        let lifetime = PhantomData;
        R::decode(Fields { map, names: R::FIELDS, expected: 0, has_other: false, other, lifetime })
    }
}

/// The properties of an object, one after the other.
pub struct Fields<'de, A> {
    map: A,
    names: &'static [&'static str],
    /// The field after the last one that was found. Servers write properties in one order, mostly the document's, so
    /// the search starts here and is over at once.
    expected: usize,
    /// Whether a property came that no field takes.
    has_other: bool,
    /// The name of the last property that no field takes, where somebody wants to know it.
    other: Option<String>,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> Fields<'de, A> {
    /// The index of the next property's field, beyond the last for one that has none.
    ///
    /// # Errors
    /// Whatever the deserializer gives.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator's `next` cannot be told from the map's errors"
    )]
    pub fn next(&mut self) -> Result<Option<usize>, A::Error> {
        let (names, expected, other) = (self.names, self.expected, self.other.as_mut());
        let index = self.map.next_key_seed(Name { names, expected, other })?;
        match index {
            Some(index) if index < names.len() => self.expected = index + 1,
            Some(_) => self.has_other = true,
            // Nothing was expected after a field, so none was found.
            None if self.has_other && self.expected == 0 => self.is_hollow(),
            None => {}
        }
        Ok(index)
    }

    /// A type without fields, or one that keeps all, is content with anything.
    #[cold]
    fn is_hollow(&self) {
        if !self.names.is_empty() && self.other.is_none() {
            crate::hollow::note();
        }
    }

    /// The value of a field that must be there.
    ///
    /// # Errors
    /// Whatever the deserializer gives.
    pub fn value<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.map.next_value().map(Some)
    }

    /// The value of a field that may be null.
    ///
    /// # Errors
    /// Whatever the deserializer gives.
    pub fn optional<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.map.next_value()
    }

    /// The value of a constant, which has to be that constant.
    ///
    /// # Errors
    /// Whatever the deserializer gives, and another value.
    pub fn constant(
        &mut self,
        mark: &'static str,
        constant: Constant,
    ) -> Result<Option<()>, A::Error> {
        self.map.next_value_seed(Fixed { mark, constant }).map(Some)
    }

    /// Skips a value.
    ///
    /// # Errors
    /// Whatever the deserializer gives.
    pub fn ignore(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// Keeps a value under its name.
    ///
    /// # Errors
    /// Whatever the deserializer gives.
    pub fn keep<T: Deserialize<'de>>(&mut self, rest: &mut Map<T>) -> Result<(), A::Error> {
        let value = self.map.next_value()?;
        rest.insert(self.other.as_mut().map(std::mem::take).unwrap_or_default(), value);
        Ok(())
    }
}

/// A value that the document fixes: it has no field, and is written and checked all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    /// Text.
    Text(&'static str),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Bool(bool),
}

impl Serialize for Constant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => to.serialize_str(text),
            Self::Integer(number) => to.serialize_i64(*number),
            Self::Bool(truth) => to.serialize_bool(*truth),
        }
    }
}

/// Reads a constant: `Ok` if it is what it has to be. `mark` says the same to a deserializer that knows of constants
/// (see [`decode`](crate::decode)), which then decides by itself what becomes of another value.
struct Fixed {
    mark: &'static str,
    constant: Constant,
}

impl<'de> DeserializeSeed<'de> for Fixed {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_newtype_struct(self.mark, self)
    }
}

impl<'de> Visitor<'de> for Fixed {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.constant {
            Constant::Text(text) => write!(out, "the text {text:?}"),
            Constant::Integer(number) => write!(out, "the number {number}"),
            Constant::Bool(truth) => write!(out, "{truth}"),
        }
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Err(E::invalid_type(de::Unexpected::Unit, &self))
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        let is_it = matches!(self.constant, Constant::Text(own) if own == text);
        is_it.then_some(()).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        let is_it = self.constant == Constant::Integer(number);
        is_it.then_some(()).ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        let signed = i64::try_from(number).ok();
        let is_it = signed.is_some_and(|number| self.constant == Constant::Integer(number));
        is_it.then_some(()).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<(), E> {
        let is_it = self.constant == Constant::Bool(truth);
        is_it.then_some(()).ok_or_else(|| E::invalid_value(de::Unexpected::Bool(truth), &self))
    }
}

/// The value of a field that must have been there. Types that can be read from nothing, such as `Option`, are.
///
/// # Errors
/// The field is missing.
pub fn required<'de, T: Deserialize<'de>, E: de::Error>(
    value: Option<T>,
    name: &'static str,
) -> Result<T, E> {
    value.map_or_else(|| T::deserialize(Missing { name, error: PhantomData }), Ok)
}

struct Missing<E> {
    name: &'static str,
    error: PhantomData<E>,
}

impl<'de, E: de::Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.name))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The name of a property, looked up among those of a type.
struct Name<'a> {
    names: &'static [&'static str],
    expected: usize,
    other: Option<&'a mut String>,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<usize, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = usize;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name of a property")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        let (before, after) = self.names.split_at(self.expected);
        let at = |names: &[&str]| names.iter().position(|known| *known == name);
        let index = at(after).map(|index| index + before.len()).or_else(|| at(before));
        if let (None, Some(other)) = (index, self.other) {
            name.clone_into(other);
        }
        Ok(index.unwrap_or(usize::MAX))
    }

    fn visit_bytes<E: de::Error>(self, name: &[u8]) -> Result<usize, E> {
        self.visit_str(&String::from_utf8_lossy(name))
    }
}
