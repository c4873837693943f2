//! Conditions on a request, and the words for what differs between it and a stub that it nearly met.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::Value;

use crate::checks::{Input, cookie};
use crate::data::{Operation, Place};
use crate::text::Pair;

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
    /// What differs, in words; `None` when the condition is met.
    pub(super) fn difference(&self, seen: &Seen<'_>) -> Option<String> {
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
