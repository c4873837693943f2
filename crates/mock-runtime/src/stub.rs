//! Stubs: what a test wants answered, and which requests it means.
//!
//! Untyped; the typed face is in `typed.rs`. Also finds the words for what differs between a
//! request and a stub that it nearly met.

use std::fmt;
use std::ops::{RangeFrom, RangeInclusive};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::Value;

use crate::checks::{Input, cookie};
use crate::data::{Operation, Place};
use crate::settings::Fault;
use crate::text::Pair;

/// How often a stub is expected to be met.
///
/// ```
/// use lockstep_mock::Times;
/// assert_eq!(Times::from(2).to_string(), "2 times");
/// assert_eq!(Times::from(0..=3).to_string(), "3 times at most");
/// assert_eq!(Times::from(1..).to_string(), "at least once");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub(crate) least: u64,
    pub(crate) most: Option<u64>,
}

impl From<u64> for Times {
    fn from(times: u64) -> Self {
        Self { least: times, most: Some(times) }
    }
}

impl From<RangeInclusive<u64>> for Times {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self { least: *range.start(), most: Some(*range.end()) }
    }
}

impl From<RangeFrom<u64>> for Times {
    fn from(range: RangeFrom<u64>) -> Self {
        Self { least: range.start, most: None }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |count| if count == 1 { "once".to_owned() } else { format!("{count} times") };
        match (self.least, self.most) {
            (least, Some(most)) if least == most => f.write_str(&times(most)),
            (0, Some(most)) => write!(f, "{} at most", times(most)),
            (least, Some(most)) => write!(f, "{least} to {most} times"),
            (least, None) => write!(f, "at least {}", times(least)),
        }
    }
}

/// One reply of a stub.
#[derive(Clone, Debug, Default)]
pub(crate) struct StubReply {
    /// `None`: the usual one.
    pub(crate) status: Option<u16>,
    pub(crate) headers: HeaderMap,
    /// `None`: the fixture, or what upstream sends for the status.
    pub(crate) body: Option<(Bytes, &'static str)>,
    pub(crate) example: Option<String>,
    pub(crate) wait_ms: u64,
    pub(crate) fault: Option<Fault>,
    pub(crate) items: Option<u64>,
}

/// Whether a request is another one, judged by the client's own types.
pub(crate) type Judge = Arc<dyn Fn(&Uri, &HeaderMap, &Bytes) -> bool + Send + Sync>;

/// A condition on a request.
#[derive(Clone)]
#[cfg_attr(not(feature = "typed"), allow(dead_code, reason = "only typed stubs have conditions"))]
pub(crate) enum Matcher {
    Parameter(Place, String, Value),
    /// The texts of a query parameter, in order.
    QueryTexts(String, Vec<String>),
    /// No query parameters but these.
    OnlyQuery(Vec<String>),
    /// The value at a pointer into the body; `""` is the whole body.
    Body(String, Value),
    /// Equal as a whole; told last, because it cannot say where it differs.
    Same(Judge),
}

/// An expectation.
#[derive(Clone, Debug)]
pub(crate) struct Stub {
    /// Unique within a server.
    #[cfg_attr(
        not(feature = "typed"),
        allow(dead_code, reason = "only typed stubs are found again")
    )]
    pub(crate) id: u64,
    pub(crate) operation: usize,
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) times: Times,
    pub(crate) replies: Vec<StubReply>,
    pub(crate) hits: u64,
    /// Where in the test it stands; empty when it came over HTTP.
    pub(crate) place: String,
}

/// A request as stubs see it.
pub(crate) struct Seen<'r> {
    pub(crate) operation: &'r Operation,
    pub(crate) uri: &'r Uri,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) bytes: &'r Bytes,
    pub(crate) path: &'r [(String, String)],
    pub(crate) query: &'r [Pair<'r>],
    pub(crate) input: &'r Input,
}

impl Stub {
    pub(crate) fn is_used_up(&self) -> bool {
        self.times.most.is_some_and(|most| self.hits >= most)
    }

    /// Everything in which a request differs; empty when it is meant.
    pub(crate) fn differences(&self, seen: &Seen<'_>) -> Vec<String> {
        let (wholes, parts): (Vec<_>, Vec<_>) =
            self.matchers.iter().partition(|matcher| matches!(matcher, Matcher::Same(_)));
        let told: Vec<_> =
            parts.into_iter().filter_map(|matcher| matcher.difference(seen)).collect();
        if told.is_empty() {
            wholes.into_iter().filter_map(|matcher| matcher.difference(seen)).collect()
        } else {
            told
        }
    }

    /// Counts a hit and answers the reply that is due: one after the other, the last for good.
    pub(crate) fn hit(&mut self) -> StubReply {
        let index = usize::try_from(self.hits)
            .unwrap_or(usize::MAX)
            .min(self.replies.len().saturating_sub(1));
        self.hits += 1;
        self.replies.get(index).cloned().unwrap_or_default()
    }

    /// What is expected, for a failed test.
    pub(crate) fn describe(&self, operation: &Operation) -> String {
        let conditions: Vec<_> = self.matchers.iter().map(Matcher::to_string).collect();
        let conditions = if conditions.is_empty() {
            String::new()
        } else {
            format!(" with {}", conditions.join(", "))
        };
        let place = if self.place.is_empty() {
            String::new()
        } else {
            format!(" (stub at {})", self.place)
        };
        format!("{} ({} {}){conditions}{place}", operation.id, operation.method, operation.path)
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(place, name, value) => {
                write!(f, "{} `{name}` = {}", word(*place), short(value))
            }
            Self::OnlyQuery(names) if names.is_empty() => f.write_str("no query"),
            Self::OnlyQuery(names) => write!(f, "no query parameters but {}", names.join(", ")),
            Self::Body(pointer, value) if pointer.is_empty() => write!(f, "body {}", short(value)),
            Self::Body(pointer, value) => write!(f, "body {pointer} = {}", short(value)),
            Self::QueryTexts(name, texts) => write!(f, "query `{name}` = {}", texts.join(", ")),
            Self::Same(_) => f.write_str("nothing else"),
        }
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Matcher {
    fn difference(&self, seen: &Seen<'_>) -> Option<String> {
        match self {
            Self::Parameter(place, name, wanted) => {
                let found = seen.parameter(*place, name);
                if found.as_ref().is_some_and(|found| same(wanted, found)) {
                    return None;
                }
                Some(differing(
                    &format!("{} parameter `{name}`", word(*place)),
                    wanted,
                    found.as_ref(),
                ))
            }
            Self::OnlyQuery(names) => {
                let base = |name: &str| name.split('[').next().unwrap_or_default().to_owned();
                let extra = seen
                    .query
                    .iter()
                    .map(|pair| base(&pair.name))
                    .find(|name| !names.contains(name))?;
                Some(format!("query parameter `{extra}`: expected none"))
            }
            Self::Body(pointer, wanted) => {
                match seen.input.body.as_ref().map(|body| (body, body.pointer(pointer))) {
                    Some((_, Some(found))) => first_difference(pointer, wanted, found),
                    Some((_, None)) => Some(differing(&format!("body {pointer}"), wanted, None)),
                    None => Some(differing("body", wanted, None)),
                }
            }
            Self::QueryTexts(name, wanted) => {
                let found: Vec<_> = seen
                    .query
                    .iter()
                    .filter(|pair| pair.name == name.as_str())
                    .map(|pair| pair.value.as_ref())
                    .collect();
                let shown = || {
                    if found.is_empty() {
                        "nothing".to_owned()
                    } else {
                        format!("{:?}", found.join(", "))
                    }
                };
                (found != *wanted).then(|| {
                    format!(
                        "query parameter `{name}`: expected {:?}, got {}",
                        wanted.join(", "),
                        shown()
                    )
                })
            }
            Self::Same(judge) => (!judge(seen.uri, seen.headers, seen.bytes)).then(|| {
                "headers, cookies or an encoded body differ from the expected request".to_owned()
            }),
        }
    }
}

impl Seen<'_> {
    /// The typed value of a declared parameter, or the text of any other.
    fn parameter(&self, place: Place, name: &str) -> Option<Value> {
        let declared = self.input.parameters.iter().find(|(index, _)| {
            self.operation
                .parameters
                .get(*index)
                .is_some_and(|own| own.place == place && own.name == name)
        });
        if let Some((_, value)) = declared {
            return Some(value.clone());
        }
        let text = match place {
            Place::Path => {
                self.path.iter().find(|(own, _)| own == name).map(|(_, text)| text.clone())
            }
            Place::Header => {
                let value = self.headers.get(name)?;
                Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
            }
            Place::Cookie => cookie(self.headers, name),
            Place::Query => {
                let mut values: Vec<_> = self
                    .query
                    .iter()
                    .filter(|pair| pair.name == name)
                    .map(|pair| pair.value.to_string())
                    .collect();
                if values.len() > 1 {
                    return Some(values.into());
                }
                values.pop()
            }
        };
        text.map(Value::String)
    }
}

/// Equal, or a number and the text of the same number, as in an undeclared query parameter.
fn same(wanted: &Value, found: &Value) -> bool {
    let number = || {
        wanted.as_f64().is_some()
            && wanted.as_f64() == found.as_f64()
            && !(wanted.is_i64() && found.is_i64())
    };
    match (wanted, found) {
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len()
                && wanted.iter().zip(found).all(|(wanted, found)| same(wanted, found))
        }
        (Value::String(text), other) | (other, Value::String(text)) => match other {
            Value::String(other) => text == other,
            Value::Number(number) => *text == number.to_string(),
            Value::Bool(truth) => *text == truth.to_string(),
            _ => false,
        },
        _ => wanted == found || number(),
    }
}

/// The first place in which two bodies differ, by pointer.
fn first_difference(pointer: &str, wanted: &Value, found: &Value) -> Option<String> {
    let inner = |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
    let absent =
        |pointer: String, wanted: &Value| differing(&format!("body {pointer}"), wanted, None);
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let extra = || {
                let name = found.keys().find(|name| !wanted.contains_key(*name))?;
                Some(format!(
                    "body {}: expected nothing, got {}",
                    inner(name),
                    found.get(name).map(short)?
                ))
            };
            let differ = wanted.iter().find_map(|(name, value)| match found.get(name) {
                Some(found) => first_difference(&inner(name), value, found),
                None => Some(absent(inner(name), value)),
            });
            differ.or_else(extra)
        }
        (Value::Array(wanted), Value::Array(found)) => {
            let pairs = wanted.iter().zip(found).enumerate();
            let mut differ = pairs.filter_map(|(index, (wanted, found))| {
                first_difference(&inner(&index.to_string()), wanted, found)
            });
            let length = || {
                Some(format!(
                    "body {pointer}: expected {} items, got {}",
                    wanted.len(),
                    found.len()
                ))
            };
            differ.next().or_else(|| if wanted.len() == found.len() { None } else { length() })
        }
        _ if same(wanted, found) => None,
        _ => Some(differing(
            &if pointer.is_empty() { "body".to_owned() } else { format!("body {pointer}") },
            wanted,
            Some(found),
        )),
    }
}

fn differing(place: &str, wanted: &Value, found: Option<&Value>) -> String {
    let found = found.map_or("nothing".to_owned(), short);
    format!("{place}: expected {}, got {found}", short(wanted))
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 120 {
        text
    } else {
        format!("{}…", text.chars().take(120).collect::<String>())
    }
}

fn word(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bodies_differ_at_a_pointer() {
        let wanted = json!({"a": [1, {"b/c": 2}], "d": "x"});
        let difference = |found: Value| first_difference("", &wanted, &found);
        assert_eq!(difference(wanted.clone()), None);
        assert_eq!(
            difference(json!({"a": [1, {"b/c": 3}], "d": "x"})).as_deref(),
            Some("body /a/1/b~1c: expected 2, got 3")
        );
        assert_eq!(
            difference(json!({"a": [1], "d": "x"})).as_deref(),
            Some("body /a: expected 2 items, got 1")
        );
        assert_eq!(
            difference(json!({"a": [1, {"b/c": 2}]})).as_deref(),
            Some("body /d: expected \"x\", got nothing")
        );
        assert_eq!(
            difference(json!({"a": [1, {"b/c": 2}], "d": "x", "e": 1})).as_deref(),
            Some("body /e: expected nothing, got 1")
        );
        assert_eq!(
            difference(json!(5)).as_deref(),
            Some("body: expected {\"a\":[1,{\"b/c\":2}],\"d\":\"x\"}, got 5")
        );
    }

    #[test]
    fn numbers_and_their_text_are_the_same() {
        assert!(
            same(&json!(5), &json!("5"))
                && same(&json!(["5"]), &json!([5]))
                && same(&json!(5), &json!(5.0))
        );
        assert!(
            !same(&json!(5), &json!("05"))
                && !same(&json!(9007199254740993_i64), &json!(9007199254740992_i64))
        );
    }
}
