//! The headers that a reply declares: the document's example or default, or a value made of the schema.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::checks::{Checked, Terms};
use crate::data::{Response, ResponseHeader, Routes};
use crate::direction::Way;
use crate::dynamic::{self, seed_for};
use crate::text;

/// What belongs to the connection and to the form of the body, whatever a document says.
const OWN: [&str; 9] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "keep-alive",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The declared headers with their values.
pub(crate) fn of(response: &Response, routes: &Routes) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, header) in &response.headers {
        let Ok(known) = name.parse::<HeaderName>() else { continue };
        if OWN.contains(&known.as_str()) {
            continue;
        }
        let value = header.example.clone().or_else(|| made(name, header, routes));
        let value = value.and_then(|value| HeaderValue::from_str(&written(&value)).ok());
        headers.extend(value.map(|value| (known, value)));
    }
    headers
}

fn made(name: &str, header: &ResponseHeader, routes: &Routes) -> Option<Value> {
    let schema = header.schema.as_ref()?;
    let checked = Checked::new(Some(schema), Terms::of(routes, Way::Reply));
    // A schema that says nothing does not say what the header holds.
    if checked.view()?.types().unknown() {
        return None;
    }
    dynamic::value(&checked, seed_for(0, &[name])).ok().flatten()
}

/// A value in the style of headers: lists and objects with commas between their parts.
fn written(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(text::plain).collect::<Vec<_>>().join(","),
        Value::Object(map) => {
            let pairs = map.iter().map(|(name, value)| format!("{name},{}", text::plain(value)));
            pairs.collect::<Vec<_>>().join(",")
        }
        plain => text::plain(plain),
    }
}
