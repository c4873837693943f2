//! Ordered values out of a serde deserializer, YAML's or JSON's, with every oddity remembered.

use crate::pointer::Pointer;
use serde::de::{self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};
use std::fmt;

/// What was met on the way and is told with a place afterwards.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Oddity {
    /// One object holds this key twice; this is the value that was there before.
    Duplicate(Value),
    /// A YAML tag that means nothing here; the value is kept without it.
    Tag(String),
    /// An integer beyond 64 bits, or a float that JSON cannot hold.
    Number(String),
    /// `<<` whose value is neither an object nor a list of objects.
    Merge,
}

/// What reading has cost so far, and what it has met.
pub(super) struct State {
    /// Values that may still be made; aliases could otherwise multiply a short text.
    nodes: usize,
    /// Bytes of text that may still be made.
    bytes: usize,
    /// Whether `<<` merges, as in YAML.
    merges: bool,
    /// Oddities, each with its tokens from the inside out.
    met: Vec<(Vec<String>, Oddity)>,
}

impl State {
    /// A document has at most about one value and one letter of text per byte; the allowance on
    /// top is for honest use of aliases.
    pub(super) fn new(text: &str, merges: bool) -> Self {
        Self {
            nodes: text.len() + 500_000,
            bytes: text.len().saturating_mul(2) + 32_000_000,
            merges,
            met: Vec::new(),
        }
    }

    /// What was met, each with its place.
    pub(super) fn met(self) -> impl Iterator<Item = (Pointer, Oddity)> {
        self.met.into_iter().map(|(tokens, oddity)| {
            let root = Pointer::root();
            (tokens.iter().rev().fold(root, |pointer, token| pointer.child(token)), oddity)
        })
    }

    fn note(&mut self, tokens: Vec<String>, oddity: Oddity) {
        self.met.push((tokens, oddity));
    }

    fn spend<E: de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        match (self.nodes.checked_sub(1), self.bytes.checked_sub(bytes)) {
            (Some(nodes), Some(bytes)) => {
                (self.nodes, self.bytes) = (nodes, bytes);
                Ok(())
            }
            _ => Err(E::custom(TOO_LARGE)),
        }
    }
}

/// The message of the error when aliases make a document much larger than its text.
pub(super) const TOO_LARGE: &str = "its aliases expand to far more than its text";

/// Reads one value.
pub(super) struct ValueSeed<'s>(pub(super) &'s mut State);

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(value.into())
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        self.0.note(Vec::new(), Oddity::Number(value.to_string()));
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        self.0.note(Vec::new(), Oddity::Number(value.to_string()));
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        self.0.spend(0)?;
        if let Some(number) = Number::from_f64(value) {
            return Ok(Value::Number(number));
        }
        let text = if value.is_nan() {
            ".nan"
        } else if value > 0.0 {
            ".inf"
        } else {
            "-.inf"
        };
        self.0.note(Vec::new(), Oddity::Number(text.to_owned()));
        Ok(text.into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.0.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let state = self.0;
        state.spend(0)?;
        let mut values = Vec::new();
        loop {
            let before = state.met.len();
            let Some(value) = list.next_element_seed(ValueSeed(state))? else { break };
            for (tokens, _) in &mut state.met[before..] {
                tokens.push(values.len().to_string());
            }
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let state = self.0;
        state.spend(0)?;
        let mut object = Map::new();
        let mut merged = Vec::new();
        while let Some(key) = entries.next_key_seed(KeySeed)? {
            state.spend::<A::Error>(key.len())?;
            let before = state.met.len();
            let value = entries.next_value_seed(ValueSeed(state))?;
            for (tokens, _) in &mut state.met[before..] {
                tokens.push(key.clone());
            }
            if state.merges && key == "<<" && mergeable(&value) {
                merged.push(value);
            } else {
                if state.merges && key == "<<" {
                    state.note(vec![key.clone()], Oddity::Merge);
                }
                match object.entry(key) {
                    Entry::Vacant(place) => {
                        place.insert(value);
                    }
                    Entry::Occupied(mut place) => {
                        let before = place.insert(value);
                        state.note(vec![place.key().clone()], Oddity::Duplicate(before));
                    }
                }
            }
        }
        for value in merged {
            merge(&mut object, value);
        }
        Ok(Value::Object(object))
    }

    /// A value with a tag of the document's own, such as `!ruby/object`: the tag goes, the value stays.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (tag, content) = tagged.variant_seed(KeySeed)?;
        self.0.note(Vec::new(), Oddity::Tag(tag));
        content.newtype_variant_seed(self)
    }
}

/// Reads a key as it is written: `200` and `1.0` and `null` are keys like any other.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = String;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = String;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a plain key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<String, E> {
        Ok(key.to_owned())
    }
}

fn mergeable(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(list) => list.iter().all(Value::is_object),
        _ => false,
    }
}

/// Adds what `value` holds and `object` does not: what stands in the object itself wins, then the
/// earlier of several.
fn merge(object: &mut Map<String, Value>, value: Value) {
    match value {
        Value::Object(more) => {
            for (key, value) in more {
                object.entry(key).or_insert(value);
            }
        }
        Value::Array(list) => list.into_iter().for_each(|value| merge(object, value)),
        _ => {}
    }
}
