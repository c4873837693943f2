//! The kinds of replies: how each is fetched and decoded.

use bytes::Bytes;
use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::client::Client;
use crate::decode::{self, Drift, Problem};
use crate::error::{DecodeError, Error, Result, excerpt};
use crate::hollow;
use crate::response::{Meta, Response};
use crate::send::{Call, RawBody, RawReply, Want};

/// A kind of reply. The kinds of this crate are all there are.
pub trait Reply: sealed::Sealed + Sized + 'static {
    /// What a [`Response`] of this kind holds.
    type Value: Send + 'static;

    #[doc(hidden)]
    const WANT: Want;

    #[doc(hidden)]
    fn decode(raw: RawReply) -> Result<Response<Self::Value>>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A reply of JSON.
#[derive(Debug)]
pub struct Json<T>(std::marker::PhantomData<fn() -> T>);

/// A reply of JSON that may be empty: 204, or 200 without a body.
#[derive(Debug)]
pub struct OptionalJson<T>(std::marker::PhantomData<fn() -> T>);

/// A reply of text.
#[derive(Debug)]
pub struct Text;

/// A reply whose body says nothing.
#[derive(Debug)]
pub struct Empty;

/// A reply that is streamed: a file, a picture, a film.
#[derive(Debug)]
pub struct Binary;

const JSON: Want = Want { accept: "application/json", stream: false, items: false };

impl<T> sealed::Sealed for Json<T> {}
impl<T> sealed::Sealed for OptionalJson<T> {}
impl sealed::Sealed for Text {}
impl sealed::Sealed for Empty {}
impl sealed::Sealed for Binary {}

impl<T: DeserializeOwned + Send + 'static> Reply for Json<T> {
    type Value = T;
    const WANT: Want = JSON;

    fn decode(raw: RawReply) -> Result<Response<T>> {
        let (value, meta) = decode_json::<T>(raw)?;
        Ok(Response::new(value, meta))
    }
}

impl<T: DeserializeOwned + Send + 'static> Reply for OptionalJson<T> {
    type Value = Option<T>;
    const WANT: Want = JSON;

    fn decode(raw: RawReply) -> Result<Response<Option<T>>> {
        if is_empty(&raw) {
            let (meta, _) = Meta::split(raw);
            return Ok(Response::new(None, meta));
        }
        let (value, meta) = decode_json::<T>(raw)?;
        Ok(Response::new(Some(value), meta))
    }
}

impl Reply for Text {
    type Value = String;
    const WANT: Want = Want { accept: "text/plain, */*;q=0.8", stream: false, items: false };

    fn decode(raw: RawReply) -> Result<Response<String>> {
        let (meta, body) = Meta::split(raw);
        let text = match body {
            RawBody::Whole(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            RawBody::Stream(_) => String::new(),
        };
        Ok(Response::new(text, meta))
    }
}

impl Reply for Empty {
    type Value = ();
    const WANT: Want = Want { accept: "*/*", stream: false, items: false };

    fn decode(raw: RawReply) -> Result<Response<()>> {
        let (meta, _) = Meta::split(raw);
        Ok(Response::new((), meta))
    }
}

impl Reply for Binary {
    type Value = Body;
    const WANT: Want = Want { accept: "*/*", stream: true, items: false };

    fn decode(raw: RawReply) -> Result<Response<Body>> {
        let (meta, body) = Meta::split(raw);
        let body = match body {
            RawBody::Whole(bytes) => Body::from(bytes),
            RawBody::Stream(body) => body,
        };
        Ok(Response::new(body, meta))
    }
}

fn is_empty(raw: &RawReply) -> bool {
    match &raw.body {
        RawBody::Whole(bytes) => bytes.trim_ascii().is_empty(),
        RawBody::Stream(_) => false,
    }
}

/// Why a body is looked at again.
enum Misfit {
    /// It is not what the type asks for.
    Wrong(serde_json::Error),
    /// It has an object without any field of its type.
    Hollow,
}

/// What serde_json makes of the body. A list is checked first, because serde takes a list of values for a
/// struct, one by one in the order of its fields, and would make an object of any list at all.
fn strictly<T: DeserializeOwned>(body: &Bytes) -> Result<T, Misfit> {
    if body.trim_ascii_start().first() == Some(&b'[')
        && decode::wants_object(&mut |place| T::deserialize(place).map(drop))
    {
        return Err(Misfit::Wrong(serde::de::Error::custom("a list in place of an object")));
    }
    hollow::take();
    let value = serde_json::from_slice(body).map_err(Misfit::Wrong)?;
    if hollow::take() { Err(Misfit::Hollow) } else { Ok(value) }
}

/// Strict first. Only what fails is looked at again; see [`crate::decode`].
fn decode_json<T: DeserializeOwned>(raw: RawReply) -> Result<(T, Meta)> {
    let body = match &raw.body {
        RawBody::Whole(bytes) => bytes.clone(),
        RawBody::Stream(_) => Bytes::new(),
    };
    match strictly::<T>(&body) {
        Ok(value) => Ok((value, Meta::split(raw).0)),
        Err(misfit) => {
            let (value, outcome) = loosely::<T>(&body, &misfit);
            let meta = settle(raw, &body, outcome)?;
            // What succeeded has a value.
            value.map(|value| (value, meta)).ok_or_else(|| Error::request("the reply has no value"))
        }
    }
}

fn loosely<T: DeserializeOwned>(
    body: &Bytes,
    misfit: &Misfit,
) -> (Option<T>, Result<Vec<Drift>, Problem>) {
    let mut value = None;
    let error = match misfit {
        Misfit::Wrong(error) => Some(error),
        Misfit::Hollow => None,
    };
    let outcome = decode::loosen(body, error, &mut |place| {
        value = Some(T::deserialize(place)?);
        Ok(())
    });
    (value, outcome)
}

/// A body as a client reads it, without one; an error says in one sentence what is wrong where.
pub(crate) fn read_json<T: DeserializeOwned>(body: &Bytes) -> Result<(T, Vec<Drift>), String> {
    read_lenient(body).map_err(|problem| {
        let place = if problem.pointer.is_empty() { "the body" } else { &problem.pointer };
        format!("{place} should be {} and is {}", problem.expected, problem.found)
    })
}

/// A body as a client reads it, without one.
pub(crate) fn read_lenient<T: DeserializeOwned>(body: &Bytes) -> Result<(T, Vec<Drift>), Problem> {
    let misfit = match strictly::<T>(body) {
        Ok(value) => return Ok((value, Vec::new())),
        Err(misfit) => misfit,
    };
    let (value, outcome) = loosely::<T>(body, &misfit);
    let drift = outcome?;
    // What succeeded has a value.
    value.map(|value| (value, drift)).ok_or_else(|| Problem::from_drift(Vec::new()))
}

impl Problem {
    /// Shows the beginning of a body that is no JSON.
    pub(crate) fn about(mut self, body: &Bytes) -> Self {
        if self.is_no_json {
            self.found = if body.is_empty() {
                "empty".to_owned()
            } else {
                format!("no JSON ({}): {}", self.found, excerpt(body, 80))
            };
        }
        self
    }
}

/// Reports the drift, or turns what is wrong into an error.
fn settle(raw: RawReply, body: &Bytes, outcome: Result<Vec<Drift>, Problem>) -> Result<Meta> {
    let told = outcome.and_then(|drift| tell(&raw.client, &raw.call, raw.strict, drift, body));
    match told {
        Ok(drift) => {
            let mut meta = Meta::split(raw).0;
            meta.drift = drift;
            Ok(meta)
        }
        Err(problem) => Err(refused(&raw.client, raw.call, raw.status, problem, body)),
    }
}

/// Tells everyone of the drift, which in strict mode is a problem.
pub(crate) fn tell(
    client: &Client,
    call: &Call,
    strict: bool,
    drift: Vec<Drift>,
    body: &Bytes,
) -> Result<Vec<Drift>, Problem> {
    if drift.is_empty() {
        return Ok(drift);
    }
    let redactor = &client.inner().redactor;
    let drift: Vec<_> = drift.into_iter().map(|drift| drift.masked(redactor)).collect();
    crate::observe::drift(client, call, &drift, body);
    if strict { Err(Problem::from_drift(drift)) } else { Ok(drift) }
}

/// What is wrong with a body as an error, without the key.
pub(crate) fn refused(
    client: &Client,
    call: Call,
    status: StatusCode,
    mut problem: Problem,
    body: &Bytes,
) -> Error {
    let redactor = &client.inner().redactor;
    problem.found = redactor.text(&problem.found);
    let body = redactor.bytes(body.clone());
    let problem = problem.about(&body);
    Error::Decode(Box::new(DecodeError {
        method: call.method,
        path: call.path,
        status,
        pointer: problem.pointer,
        expected: problem.expected,
        found: problem.found,
        body,
        drift: problem.drift,
    }))
}
