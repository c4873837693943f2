//! A place in a reply, as a deserializer: it sees what stands there and what the type asks for.
//!
//! The methods are generic over the visitor and are compiled for every type, so they hold little; what they
//! decide is decided in the plain functions of the first half.

use std::borrow::Cow;

use serde::de::{Deserializer, Visitor, value::StrDeserializer};
use serde_json::Value;

use super::Remedy;
use super::access::{Entries, Items};
use super::fault::{At, Fault};
use super::session::{Session, Slot};
use super::want::{
    Fixed, Kind, Want, as_bool, as_integer, as_number, as_text, describe, is_empty_list,
    is_numbered,
};
use crate::scalar;

pub(super) static NULL: Value = Value::Null;

/// The way from the root to a place, as a list on the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'s> {
    parent: Option<&'s Path<'s>>,
    step: Step<'s>,
    /// A hash of the way with all entries of a list or a map taken for one.
    pub(super) general: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'s> {
    Root,
    Field(&'s str),
    Key(&'s str),
    Index(usize),
}

impl<'s> Path<'s> {
    const ROOT: Self = Self { parent: None, step: Step::Root, general: 0xcbf2_9ce4_8422_2325 };

    pub(super) fn child<'t>(&'t self, step: Step<'t>) -> Path<'t> {
        let name = if let Step::Field(name) = step { name } else { "\u{0}*" };
        // FNV-1a: short, and good enough to tell the paths of one type apart.
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let general = name.bytes().fold(mix(self.general, b'/'), mix);
        Path { parent: Some(self), step, general }
    }

    /// The JSON pointer.
    pub(super) fn pointer(&self) -> String {
        let mut pointer = self.parent.map(Path::pointer).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Field(name) | Step::Key(name) => {
                pointer.push('/');
                pointer.push_str(&escaped(name));
            }
            Step::Index(index) => pointer.push_str(&format!("/{index}")),
        }
        pointer
    }
}

/// A token of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A value, the way to it, and what may happen to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'de, 's> {
    pub(super) value: &'de Value,
    pub(super) path: Path<'s>,
    pub(super) session: &'s Session,
    pub(super) slot: Slot,
    /// True where a value is made up, so that whatever the type asks for is given empty.
    pub(super) is_stand_in: bool,
}

impl<'de, 's> Place<'de, 's> {
    pub(super) fn root(value: &'de Value, session: &'s Session) -> Self {
        Self { value, path: Path::ROOT, session, slot: Slot::Root, is_stand_in: false }
    }

    fn note(&self, want: Want, remedy: Remedy) {
        self.session.note(&self.path, want.to_string(), describe(self.value), remedy);
    }

    /// What is here, what means the same, or `None` for a stand-in.
    fn decide<X>(
        &self,
        want: Want,
        here: Option<X>,
        same: impl FnOnce(&'de Value) -> Option<X>,
    ) -> Result<Option<X>, Fault> {
        if self.is_stand_in || here.is_some() {
            return Ok(here.filter(|_| !self.is_stand_in));
        }
        if self.session.is_lenient {
            if let Some(value) = same(self.value) {
                self.note(want, Remedy::Converted);
                return Ok(Some(value));
            }
            if self.slot == Slot::Field {
                self.note(want, Remedy::StandIn);
                return Ok(None);
            }
        }
        Err(self.locate(Fault::new(want)))
    }

    /// Adds to a fault where it is, unless a place further in has done so.
    fn locate(&self, mut fault: Fault) -> Fault {
        if fault.0.at.is_none() {
            fault.0.at = Some(At {
                general: self.path.general,
                pointer: self.path.pointer(),
                slot: self.slot,
                kind: Kind::of(self.value),
                found: describe(self.value),
            });
        }
        fault
    }

    fn integer(&self, least: i128, most: i128) -> Result<i128, Fault> {
        let in_range = |number: &i128| (least..=most).contains(number);
        let here = match self.value {
            Value::Number(number) if !number.is_f64() => as_integer(self.value).filter(in_range),
            _ => None,
        };
        let integer = self
            .decide(Want::Integer(least, most), here, |value| as_integer(value).filter(in_range))?;
        Ok(integer.unwrap_or_default().clamp(least, most))
    }

    fn number(&self) -> Result<f64, Fault> {
        let here = if self.value.is_number() { as_number(self.value) } else { None };
        self.decide(Want::Number, here, as_number).map(Option::unwrap_or_default)
    }

    fn truth(&self) -> Result<bool, Fault> {
        self.decide(Want::Bool, self.value.as_bool(), as_bool).map(Option::unwrap_or_default)
    }

    fn text(&self) -> Result<Cow<'de, str>, Fault> {
        let here = self.value.as_str().map(Cow::Borrowed);
        let text = self.decide(Want::Text, here, as_text)?;
        Ok(text.unwrap_or_else(|| Cow::Borrowed(self.stand_in_text())))
    }

    /// Types that accept only certain texts are offered one after the other; the nil UUID is one.
    fn stand_in_text(&self) -> &'static str {
        match self.session.failures(&self.path) {
            0 | 1 => "",
            2 => "00000000-0000-0000-0000-000000000000",
            _ => "0",
        }
    }

    fn list(&self) -> Result<Items<'de, 's>, Fault> {
        let here = self.value.as_array().map(|list| Items::of_list(self, list));
        let items = self.decide(Want::List, here, |value| {
            value
                .as_object()
                .filter(|_| is_numbered(value))
                .map(|fields| Items::of_values(self, fields))
        })?;
        Ok(items.unwrap_or_else(|| Items::of_list(self, &[])))
    }

    /// `is_map` tells a map, where one entry is as good as another, from a struct.
    fn object(&self, is_map: bool) -> Result<Entries<'de, 's>, Fault> {
        let here = self.value.as_object().map(|fields| Entries::new(self, Some(fields), is_map));
        let entries = self.decide(Want::Object, here, |value| {
            is_empty_list(value).then(|| Entries::new(self, None, is_map))
        })?;
        Ok(entries.unwrap_or_else(|| Entries::new(self, None, is_map)))
    }

    /// True when null is to be taken, because it stands here or because the value cannot be read.
    fn is_none(&self) -> bool {
        if self.is_stand_in || self.value.is_null() {
            return true;
        }
        match self.session.rejects(&self.path, Slot::Optional, self.value) {
            Some(expected) => {
                self.session.note(&self.path, expected, describe(self.value), Remedy::Null);
                true
            }
            None => false,
        }
    }

    /// An object without a single field of its type is read, and noted.
    fn note_if_hollow(&self, fields: &'static [&'static str]) {
        let Some(object) = self.value.as_object().filter(|object| !object.is_empty()) else {
            return;
        };
        let is_hollow =
            !fields.is_empty() && !fields.iter().any(|field| object.contains_key(*field));
        if is_hollow && self.session.is_lenient && !self.is_stand_in {
            let some: Vec<&str> = fields.iter().take(3).copied().collect();
            let expected = format!("an object with {}", some.join(" or "));
            self.session.note(&self.path, expected, describe(self.value), Remedy::Emptied);
        }
    }

    fn nothing(&self) -> Result<(), Fault> {
        let here = self.value.is_null().then_some(());
        self.decide(Want::Nothing, here, |_| None).map(Option::unwrap_or_default)
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $number:ty,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let integer = self.integer(<$number>::MIN.into(), <$number>::MAX.into())?;
            // `integer` keeps within the bounds.
            visitor.$visit(<$number>::try_from(integer).unwrap_or_default()).map_err(|fault| self.locate(fault))
        })*
    };
}

impl<'de> Deserializer<'de> for Place<'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let outcome = match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(list) => visitor.visit_seq(Items::of_list(&self, list)),
            Value::Object(fields) => visitor.visit_map(Entries::new(&self, Some(fields), true)),
            Value::Number(number) => {
                number.deserialize_any(visitor).map_err(serde::de::Error::custom)
            }
        };
        outcome.map_err(|fault| self.locate(fault))
    }

    integers! {
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_f64(self.number()?).map_err(|fault| self.locate(fault))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_bool(self.truth()?).map_err(|fault| self.locate(fault))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
        .map_err(|fault| self.locate(fault))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_none() {
            return visitor.visit_none();
        }
        visitor.visit_some(Place { slot: Slot::Optional, ..self })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.nothing()?;
        visitor.visit_unit().map_err(|fault| self.locate(fault))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if let Some(constant) = Fixed::read(name) {
            let here = constant.is(self.value).then_some(());
            self.decide(Want::Constant(constant), here, |_| None)?;
            return visitor.visit_none();
        }
        let Some(scalar) = scalar::info(name) else {
            return visitor.visit_newtype_struct(self);
        };
        let here = (scalar.accepts)(self.value).then_some(());
        match self.decide(Want::Scalar(scalar), here, |_| None)? {
            Some(()) => visitor.visit_newtype_struct(self),
            None => visitor.visit_newtype_struct(StrDeserializer::<Fault>::new(scalar.stand_in)),
        }
        .map_err(|fault| self.locate(fault))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(self.list()?).map_err(|fault| self.locate(fault))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(self.object(true)?).map_err(|fault| self.locate(fault))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.note_if_hollow(fields);
        visitor.visit_map(self.object(false)?).map_err(|fault| self.locate(fault))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let outcome = self.value.deserialize_enum(name, variants, visitor);
        outcome.map_err(|error| self.locate(serde::de::Error::custom(error)))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.session.note_ignored(&self.path);
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { u128 bytes byte_buf identifier }
}
