//! Types of fields that travel as text of a certain form, and come back exactly as they came.

pub(crate) mod base64;
mod date;
mod decimal;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Visitor};
use serde_json::Value;

pub use self::base64::Base64;
pub use self::date::{Date, DateTime};
pub use self::decimal::Decimal;

/// What the lenient decoder has to know of a scalar: see [`crate::decode`].
#[derive(Debug)]
pub(crate) struct ScalarInfo {
    /// The name that is given to `deserialize_newtype_struct`.
    pub(crate) name: &'static str,
    /// What it is called in messages.
    pub(crate) label: &'static str,
    pub(crate) accepts: fn(&Value) -> bool,
    /// A text that is always accepted.
    pub(crate) stand_in: &'static str,
}

/// The scalar of this name.
pub(crate) fn info(name: &str) -> Option<&'static ScalarInfo> {
    // Most structs with one field are someone else's; their names are told apart at the first bytes.
    [&date::DATE_TIME, &date::DATE, &decimal::DECIMAL, &base64::BASE64]
        .into_iter()
        .find(|scalar| scalar.name == name)
}

/// A type that is read from text, or perhaps from a number.
pub(crate) trait Scalar: Sized {
    const INFO: &'static ScalarInfo;

    fn of_text(text: &str) -> Option<Self>;

    fn of_number(_number: serde_json::Number) -> Option<Self> {
        None
    }
}

pub(crate) fn deserialize<'de, T: Scalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_newtype_struct(T::INFO.name, ScalarVisitor(PhantomData))
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<T: Scalar> ScalarVisitor<T> {
    fn number<E: serde::de::Error>(number: Option<serde_json::Number>) -> Result<T, E> {
        number
            .and_then(T::of_number)
            .ok_or_else(|| E::custom(format_args!("expected {}, found a number", T::INFO.label)))
    }
}

impl<'de, T: Scalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(T::INFO.label)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        T::of_text(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<T, E> {
        Self::number(Some(number.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<T, E> {
        Self::number(Some(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<T, E> {
        Self::number(serde_json::Number::from_f64(number))
    }
}

/// `FromStr`, `Display`, `Serialize` as text and `Deserialize` for a scalar.
macro_rules! scalar_impls {
    ($name:ident) => {
        impl std::str::FromStr for $name {
            type Err = $crate::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let expected = || {
                    $crate::Error::request(format!(
                        "{text:?} is not {}",
                        <Self as $crate::scalar::Scalar>::INFO.label
                    ))
                };
                <Self as $crate::scalar::Scalar>::of_text(text).ok_or_else(expected)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::scalar::deserialize(deserializer)
            }
        }
    };
}
pub(crate) use scalar_impls;

/// Reads null as the default: for lists and maps, which are empty then. Used with `#[serde(deserialize_with)]`.
///
/// # Errors
/// What reading the value gives.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Page {
///     #[serde(default, deserialize_with = "lockstep_runtime::null_as_default")]
///     items: Vec<i64>,
/// }
/// let page: Page = serde_json::from_str(r#"{"items": null}"#)?;
/// assert!(page.items.is_empty());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + serde::Deserialize<'de>,
{
    <Option<T> as serde::Deserialize>::deserialize(deserializer).map(Option::unwrap_or_default)
}
