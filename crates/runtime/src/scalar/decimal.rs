//! Exact decimal numbers, kept as text.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use super::{Scalar, ScalarInfo, scalar_impls};

/// A decimal number such as an amount of money. It keeps its digits, and travels as text or as a number, as it came.
///
/// Equality is that of the digits: `1.0` and `1.00` differ. For arithmetic, hand [`as_str`](Self::as_str) to
/// the decimal type of your choice.
///
/// ```
/// let price: lockstep_runtime::Decimal = "19.90".parse()?;
/// assert_eq!(price.as_str(), "19.90");
/// assert_eq!(price.to_f64(), 19.9);
/// # Ok::<(), lockstep_runtime::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    text: Box<str>,
    is_number: bool,
}

pub(super) static DECIMAL: ScalarInfo = ScalarInfo {
    name: "lockstep::Decimal",
    label: "a decimal number",
    accepts: |value| match value {
        Value::String(text) => is_decimal(text),
        value => value.is_number(),
    },
    stand_in: "0",
};

impl Decimal {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The nearest floating-point number.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.text.parse().unwrap_or(f64::NAN)
    }
}

/// A sign, digits, a fraction, an exponent; no infinity and no NaN.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

impl Scalar for Decimal {
    const INFO: &'static ScalarInfo = &DECIMAL;

    fn of_text(text: &str) -> Option<Self> {
        is_decimal(text).then(|| Self { text: text.into(), is_number: false })
    }

    fn of_number(number: Number) -> Option<Self> {
        Some(Self { text: number.to_string().into(), is_number: true })
    }
}

scalar_impls!(Decimal);

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self { text: number.to_string().into(), is_number: true }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Decimal({})", self.text)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.text.parse::<Number>() {
            Ok(number) if self.is_number => number.serialize(serializer),
            _ => serializer.serialize_str(&self.text),
        }
    }
}
