//! The kinds of replies that are streams: how each is framed, and how an item of each is read.

use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;

use super::ItemStream;
use super::events::Events as EventFraming;
use super::frames::{Frame, Framing};
use super::values::{Lines, Sequence};
use crate::decode::{Drift, Problem, is_unknown_to_unions};
use crate::error::Result;
use crate::reply::{Reply, read_lenient, sealed};
use crate::response::Response;
use crate::send::{RawReply, Want};

/// What a frame is read as; `None` where it says that the stream is over.
pub(super) type Read<T> = fn(&Frame) -> Result<Option<(T, Vec<Drift>)>, Problem>;

/// A reply of server-sent events, each with JSON as its data. Data that is no JSON is taken as text where the type takes
/// text, and `[DONE]`, by which many services say so, ends the stream. An event without any data is no item.
#[derive(Debug)]
pub struct Events<T>(PhantomData<fn() -> T>);

/// A reply of server-sent events whose data is text.
#[derive(Debug)]
pub struct TextEvents;

/// A reply of server-sent events that are described whole: an item is an object of `event`, `data`, `id` and `retry`,
/// and its data JSON or text, as the type has it.
#[derive(Debug)]
pub struct EventObjects<T>(PhantomData<fn() -> T>);

/// A reply of JSON values, a line for each: `application/x-ndjson`, `application/jsonl`.
#[derive(Debug)]
pub struct JsonLines<T>(PhantomData<fn() -> T>);

/// A reply of JSON values as RFC 7464 has them: `application/json-seq`.
#[derive(Debug)]
pub struct JsonSeq<T>(PhantomData<fn() -> T>);

macro_rules! kinds {
    ($($kind:ident $(<$T:ident>)?: $value:ty, $accept:literal, $framing:expr, $read:expr;)*) => {
        $(
            impl $(<$T>)? sealed::Sealed for $kind $(<$T>)? {}

            impl $(<$T: DeserializeOwned + Send + 'static>)? Reply for $kind $(<$T>)? {
                type Value = ItemStream<$value>;
                const WANT: Want = Want { accept: $accept, stream: true, items: true };

                fn decode(raw: RawReply) -> Result<Response<ItemStream<$value>>> {
                    ItemStream::open(raw, $framing, $read)
                }
            }
        )*
    };
}

kinds! {
    Events<T>: T, "text/event-stream", Framing::Events(EventFraming::default()), event::<T>;
    TextEvents: String, "text/event-stream", Framing::Events(EventFraming::default()), text;
    EventObjects<T>: T, "text/event-stream", Framing::Events(EventFraming::default()), object::<T>;
    JsonLines<T>: T, "application/x-ndjson, application/jsonl;q=0.9, application/json;q=0.5",
        Framing::Lines(Lines::default()), value::<T>;
    JsonSeq<T>: T, "application/json-seq", Framing::Sequence(Sequence::default()), value::<T>;
}

fn value<T: DeserializeOwned>(frame: &Frame) -> Result<Option<(T, Vec<Drift>)>, Problem> {
    read_lenient(&frame.data).map(Some)
}

fn text(frame: &Frame) -> Result<Option<(String, Vec<Drift>)>, Problem> {
    Ok(Some((String::from_utf8_lossy(&frame.data).into_owned(), Vec::new())))
}

fn event<T: DeserializeOwned>(frame: &Frame) -> Result<Option<(T, Vec<Drift>)>, Problem> {
    if *frame.data == *b"[DONE]" {
        return Ok(None);
    }
    read_lenient(&frame.data).map(Some).or_else(|problem| {
        let text = String::from_utf8_lossy(&frame.data);
        let text: StrDeserializer<'_, serde::de::value::Error> = (&*text).into_deserializer();
        match T::deserialize(text) {
            Ok(value) if problem.is_no_json => Ok(Some((value, Vec::new()))),
            _ => Err(problem),
        }
    })
}

/// Whether the data is JSON or text is not said on the wire: what fits without drift is what was meant. Text in
/// quotation marks is text first.
fn object<T: DeserializeOwned>(frame: &Frame) -> Result<Option<(T, Vec<Drift>)>, Problem> {
    let text = Value::from(String::from_utf8_lossy(&frame.data));
    let json = serde_json::from_slice::<Value>(&frame.data).ok();
    let candidates = match json {
        None => vec![text],
        Some(json @ Value::String(_)) => vec![text, json],
        Some(json) => vec![json, text],
    };
    let mut first = None;
    for data in candidates {
        let body = written(frame, data);
        match is_unknown_to_unions(|| read_lenient::<T>(&body)) {
            (Ok((value, drift)), false) if drift.is_empty() => return Ok(Some((value, drift))),
            (other, _) => {
                first.get_or_insert(other);
            }
        }
    }
    first.unwrap_or_else(|| read_lenient(&Bytes::new())).map(Some)
}

/// The event as the object that documents describe.
fn written(frame: &Frame, data: Value) -> Bytes {
    let mut object = serde_json::Map::new();
    if let Some(event) = &frame.event {
        object.insert("event".to_owned(), Value::from(event.as_str()));
    }
    object.insert("data".to_owned(), data);
    if let Some(id) = &frame.id {
        object.insert("id".to_owned(), Value::from(&**id));
    }
    Bytes::from(Value::Object(object).to_string())
}
