//! The body of a request, as it is collected and as it travels.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::multipart::{self, Part};
use super::params::{Pair, QueryStyle, query_pairs};
use super::{essence, is_json, percent};
use crate::body::wire::{Segment, WireBody};
use crate::body::{Body, Source};
use crate::error::{Error, Result};
use crate::operation::BodyKind;

/// What a request carries.
#[derive(Clone, Debug, Default)]
pub(crate) enum Content {
    #[default]
    None,
    /// JSON, or the fields of a form.
    Value(Value),
    /// The pairs of a form that came over the wire.
    Pairs(Vec<(String, String)>),
    Parts(Vec<Part>),
    Text(String),
    Bytes(Body),
}

/// A body ready to be sent once.
pub(crate) struct Prepared {
    pub(crate) media_type: Option<String>,
    pub(crate) body: Option<WireBody>,
}

impl Content {
    /// Sets one property of an object body, in the place where it stood or at the end.
    pub(crate) fn set_field(&mut self, name: &str, value: Value) -> Result<(), &'static str> {
        if matches!(self, Self::None) {
            *self = Self::Value(Value::Object(Map::new()));
        }
        match self {
            Self::Value(Value::Object(fields)) => {
                fields.insert(name.to_owned(), value);
                Ok(())
            }
            _ => Err("the body is no object, so it has no fields"),
        }
    }

    /// Sets all parts of one name.
    pub(crate) fn set_parts(&mut self, name: &str, new: Vec<Part>) -> Result<(), &'static str> {
        if matches!(self, Self::None) {
            *self = Self::Parts(Vec::new());
        }
        match self {
            Self::Parts(parts) => {
                parts.retain(|part| part.name != name);
                parts.extend(new);
                Ok(())
            }
            _ => Err("the body is not made of parts"),
        }
    }

    /// False when a reader that can be read once has been read, so that nothing is left to send.
    pub(crate) fn can_be_sent_again(&self) -> bool {
        let fresh = |body: &Body| !body.is_spent();
        match self {
            Self::Bytes(body) => fresh(body),
            Self::Parts(parts) => parts.iter().all(|part| fresh(&part.body)),
            _ => true,
        }
    }

    /// Encodes the body and opens its files.
    pub(crate) async fn prepare(&self, kind: BodyKind) -> Result<Prepared> {
        let (media_type, segments) = match self {
            Self::None => return Ok(Prepared { media_type: None, body: None }),
            Self::Value(value) if let Some(styles) = kind.form() => {
                form(form_pairs(value, styles).iter().map(Pair::parts))
            }
            Self::Pairs(pairs) => {
                form(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str(), None)))
            }
            Self::Value(value) => {
                let json = serde_json::to_vec(value)
                    .map_err(|error| Error::request(format!("the body is no JSON: {error}")))?;
                let media_type = if let BodyKind::JsonAs(media_type) = kind {
                    media_type
                } else {
                    "application/json"
                };
                (media_type.to_owned(), VecDeque::from([Segment::Bytes(json.into())]))
            }
            Self::Text(text) => {
                let media_type = if let BodyKind::Text(media_type) = kind {
                    media_type
                } else {
                    "text/plain; charset=utf-8"
                };
                (media_type.to_owned(), VecDeque::from([Segment::Bytes(text.clone().into())]))
            }
            Self::Bytes(body) => {
                let media_type = if let BodyKind::Bytes(media_type) = kind {
                    media_type
                } else {
                    "application/octet-stream"
                };
                (media_type.to_owned(), VecDeque::from([Segment::open(body).await?]))
            }
            Self::Parts(parts) => multipart::segments(parts).await?,
        };
        Ok(Prepared { media_type: Some(media_type), body: Some(WireBody::new(segments)) })
    }

    /// The body in the form in which two requests are compared: what a server would make of it.
    pub(crate) fn comparable(&self, kind: BodyKind) -> Comparable<'_> {
        match self {
            Self::None => Comparable::None,
            Self::Value(value) if let Some(styles) = kind.form() => {
                let pairs = form_pairs(value, styles).into_iter();
                Comparable::pairs(pairs.map(|pair| (pair.name, pair.value)).collect())
            }
            Self::Pairs(pairs) => Comparable::pairs(pairs.clone()),
            Self::Value(value) => Comparable::Json(value),
            Self::Text(text) => Comparable::Bytes(Some(text.as_bytes())),
            Self::Bytes(body) => Comparable::Bytes(body.in_memory()),
            Self::Parts(parts) => Comparable::Parts(parts),
        }
    }
}

fn form<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>)> + Clone,
) -> (String, VecDeque<Segment>) {
    let text = percent::pairs(pairs);
    ("application/x-www-form-urlencoded".to_owned(), VecDeque::from([Segment::Bytes(text.into())]))
}

/// The fields of a form, each in the style that it has of its own, else as most services read them: a list repeats its
/// name, and an object has a pair for each field.
pub(crate) fn form_pairs(value: &Value, styles: &[(&str, QueryStyle)]) -> Vec<Pair> {
    let Value::Object(fields) = value else { return Vec::new() };
    let pairs = fields.iter().flat_map(|(name, value)| {
        let own = styles.iter().find(|(known, _)| known == name).map(|(_, style)| *style);
        let usual =
            if value.is_object() { QueryStyle::DeepObject } else { QueryStyle::FormExploded };
        query_pairs(name, own.unwrap_or(usual), value)
    });
    pairs.collect()
}

/// See [`Content::comparable`]. A file on disk or a reader compares equal to any content: reading it would spend it.
pub(crate) enum Comparable<'a> {
    None,
    Json(&'a Value),
    Pairs(Vec<(String, String)>),
    Parts(&'a [Part]),
    Bytes(Option<&'a [u8]>),
}

impl Comparable<'_> {
    fn pairs(mut pairs: Vec<(String, String)>) -> Self {
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        Self::Pairs(pairs)
    }
}

impl PartialEq for Comparable<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Json(a), Self::Json(b)) => a == b,
            (Self::Pairs(a), Self::Pairs(b)) => a == b,
            (Self::Parts(a), Self::Parts(b)) => {
                // Parts of different names may come in any order; those of one name may not.
                let sorted = |parts: &[Part]| {
                    let mut sorted: Vec<Part> = parts.to_vec();
                    sorted.sort_by(|a, b| a.name.cmp(&b.name));
                    sorted
                };
                let (a, b) = (sorted(a), sorted(b));
                a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a.same(b))
            }
            (Self::Bytes(a), Self::Bytes(b)) => a.is_none() || b.is_none() || a == b,
            _ => false,
        }
    }
}

/// The body of a request that came over the wire, by its media type.
pub(crate) fn read(media_type: &str, body: Bytes) -> Content {
    let essence = essence(media_type);
    if body.is_empty() && essence.is_empty() {
        return Content::None;
    }
    let raw = |body: Bytes| Content::Bytes(Body::from_source(Source::Bytes(body)));
    match essence.as_str() {
        "application/x-www-form-urlencoded" => {
            Content::Pairs(percent::parse_pairs(&String::from_utf8_lossy(&body)))
        }
        "multipart/form-data" => {
            multipart::parse(media_type, &body).map_or_else(|| raw(body), Content::Parts)
        }
        json if is_json(json) => {
            serde_json::from_slice(&body).map_or_else(|_| raw(body), Content::Value)
        }
        text if text.starts_with("text/") => {
            String::from_utf8(body.to_vec()).map_or_else(|_| raw(body), Content::Text)
        }
        _ => raw(body),
    }
}
