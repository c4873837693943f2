//! A value or null, where the two have to be told apart from nothing at all.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value of a request that may be null. Not setting it at all is a third thing.
///
/// ```
/// use lockstep_runtime::OrNull;
///
/// fn note(note: impl Into<OrNull<String>>) -> String {
///     serde_json::to_string(&note.into()).unwrap_or_default()
/// }
/// assert_eq!(note("text"), r#""text""#);
/// assert_eq!(note(None), "null");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrNull<T> {
    /// The value.
    Value(T),
    /// Null.
    Null,
}

impl<T> From<T> for OrNull<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for OrNull<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for OrNull<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<T: Serialize> Serialize for OrNull<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Null => serializer.serialize_unit(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrNull<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}
