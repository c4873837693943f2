//! A value or null, where the two have to be told apart from nothing at all.

use serde::{Deserialize, Serialize};

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
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
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
