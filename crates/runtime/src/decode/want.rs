//! What a type asks for at a place, what stands there, and what means the same.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::scalar::{Scalar as _, ScalarInfo};

/// What a type asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Want {
    Bool,
    /// A whole number between two bounds.
    Integer(i128, i128),
    Number,
    Text,
    List,
    Object,
    Nothing,
    /// One of the types of this crate that travel as text of a certain form.
    Scalar(&'static ScalarInfo),
    /// This very value.
    Constant(Fixed),
}

/// A constant as a record marks it: a NUL, the letter of its kind, and itself. No newtype is called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    kind: char,
    text: &'static str,
}

impl Fixed {
    /// Reads a mark; nothing if it is the name of a type.
    pub(super) fn read(mark: &'static str) -> Option<Self> {
        let mark = mark.strip_prefix('\0')?;
        let kind = mark.chars().next()?;
        Some(Self { kind, text: &mark[kind.len_utf8()..] })
    }

    /// Whether a value is the constant.
    pub(super) fn is(self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.kind == 't' && text == self.text,
            Value::Number(_) => {
                let number = as_integer(value);
                self.kind == 'i' && number.is_some() && number == self.text.parse().ok()
            }
            Value::Bool(truth) => {
                self.kind == 'b' && self.text == if *truth { "true" } else { "false" }
            }
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            't' => write!(out, "the string {:?}", self.text),
            'i' => write!(out, "the number {}", self.text),
            _ => out.write_str(self.text),
        }
    }
}

impl PartialEq for Want {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(a, b), Self::Integer(c, d)) => (a, b) == (c, d),
            (Self::Scalar(a), Self::Scalar(b)) => a.name == b.name,
            (Self::Constant(a), Self::Constant(b)) => a == b,
            (mine, others) => std::mem::discriminant(mine) == std::mem::discriminant(others),
        }
    }
}

impl Want {
    /// True when the value is what is asked for, or means it.
    pub(super) fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Bool => as_bool(value).is_some(),
            Self::Integer(least, most) => {
                as_integer(value).is_some_and(|number| (least..=most).contains(&number))
            }
            Self::Number => as_number(value).is_some(),
            Self::Text => as_text(value).is_some(),
            Self::List => value.is_array() || is_numbered(value),
            Self::Object => value.is_object() || is_empty_list(value),
            Self::Nothing => value.is_null(),
            Self::Scalar(scalar) => (scalar.accepts)(value),
            Self::Constant(constant) => constant.is(value),
        }
    }
}

impl fmt::Display for Want {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Bool => "true or false",
            Self::Integer(..) => "an integer",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Nothing => "null",
            Self::Scalar(scalar) => scalar.label,
            Self::Constant(constant) => return constant.fmt(out),
        })
    }
}

/// The kind of a value, as coarse as JSON has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    Text,
    List,
    Object,
}

impl Kind {
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        }
    }
}

/// A value in a few words: its kind, its length and its form, and never itself. Drift goes to logs, and what replies hold
/// is nobody's business there.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(whole) if whole.fract() == 0.0 => {
                "a whole number written as a fraction".to_owned()
            }
            _ => "a fraction".to_owned(),
        },
        Value::Number(_) => "an integer".to_owned(),
        Value::String(text) => describe_text(text),
        Value::Array(list) if list.is_empty() => "an empty list".to_owned(),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(fields) => match fields.len() {
            0 => "an empty object".to_owned(),
            1 => "an object with 1 member".to_owned(),
            many => format!("an object with {many} members"),
        },
    }
}

fn describe_text(text: &str) -> String {
    let length = text.chars().count();
    let all = |is: fn(&u8) -> bool| text.bytes().all(|byte| is(&byte));
    if text.is_empty() {
        return "an empty string".to_owned();
    }
    let form = if all(u8::is_ascii_digit) {
        ", all digits"
    } else if text.parse::<f64>().is_ok_and(f64::is_finite) {
        ", a number"
    } else if matches!(text, "true" | "false") {
        ", true or false"
    } else if crate::Date::of_text(text).is_some() {
        ", a date"
    } else if crate::DateTime::of_text(text).is_some() {
        ", a date and time"
    } else if uuid::Uuid::try_parse(text).is_ok() {
        ", a UUID"
    } else if text.contains("://") {
        ", an address"
    } else {
        ""
    };
    let letters = if length == 1 { "character" } else { "characters" };
    format!("a string of {length} {letters}{form}")
}

pub(super) fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) if number.as_u64() == Some(0) => Some(false),
        Value::Number(number) if number.as_u64() == Some(1) => Some(true),
        Value::String(text) => match text.as_str() {
            "true" | "True" | "1" => Some(true),
            "false" | "False" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn as_integer(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => {
            let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            whole.or_else(|| whole_float(number.as_f64()?))
        }
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| whole_float(text.parse().ok()?))
        }
        _ => None,
    }
}

/// Only what an f64 holds exactly: beyond 2^53 the digits are no longer those that were sent.
fn whole_float(number: f64) -> Option<i128> {
    let is_exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    is_exact.then_some(number as i128)
}

pub(super) fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

pub(super) fn as_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        _ => None,
    }
}

/// PHP writes a list with gaps as an object whose keys are numbers.
pub(super) fn is_numbered(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| {
        fields.keys().all(|key| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// PHP writes an empty object as an empty list.
pub(super) fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}
