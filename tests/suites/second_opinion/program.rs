//! What the program that speaks for both clients has beside the calls.
//!
//! This file is not a module of the tests: it is copied into the program that they build. The program reads lines
//! `document, URL, operation, preference` from its input, sends the operation with our client and then with
//! progenitor's, and writes what each of them hands to its caller, one JSON object per line.

use std::fmt::Debug;
use std::io::BufRead as _;

use futures_core::Stream;
use lockstep_runtime as rt;
use progenitor_client::{ByteStream, Error, ResponseValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The calls of all documents.
pub(crate) type Call = fn(&str, &str, &str, &str) -> Value;

/// Answers every line of the input.
pub(crate) fn run(call: Call) {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let mut parts = line.split('\t');
        let mut next = || parts.next().expect("a part");
        println!("{}", call(next(), next(), next(), next()));
    }
}

/// Runs both calls, ours first.
pub(crate) fn both(
    ours: impl Future<Output = Value>,
    theirs: impl Future<Output = Value>,
) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let ours = ours.await;
        json!({ "ours": ours, "theirs": theirs.await })
    })
}

/// A value of whatever type is asked for.
pub(crate) fn value<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What progenitor leaves to its caller: credentials, and anything else that every request has.
pub(crate) fn http(prefer: &str) -> reqwest::Client {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("authorization", "Bearer test".parse().expect("a value"));
    if !prefer.is_empty() {
        headers.insert("prefer", prefer.parse().expect("a value"));
    }
    reqwest::Client::builder().default_headers(headers).build().expect("a client")
}

/// What a caller gets, as JSON.
pub(crate) trait Shown {
    fn shown(self) -> impl Future<Output = Value>;
}

/// A value of a type.
pub(crate) struct Typed<T>(pub(crate) T);

impl<T: Serialize> Shown for Typed<T> {
    async fn shown(self) -> Value {
        serde_json::to_value(self.0).expect("JSON")
    }
}

impl Shown for rt::Body {
    async fn shown(self) -> Value {
        json!(self.bytes().await.expect("a body").to_vec())
    }
}

impl Shown for ByteStream {
    async fn shown(self) -> Value {
        let mut stream = self.into_inner();
        let mut body = Vec::new();
        while let Some(piece) =
            std::future::poll_fn(|context| Stream::poll_next(stream.as_mut(), context)).await
        {
            body.extend(piece.expect("a piece"));
        }
        json!(body)
    }
}

/// What our client hands over.
pub(crate) async fn ours<T, S: Shown>(
    reply: Result<rt::Response<T>, rt::Error>,
    show: impl Fn(T) -> S,
) -> Value {
    match reply {
        Ok(reply) => {
            assert!(reply.drift().is_empty(), "{:?}", reply.drift());
            let status = reply.status().as_u16();
            json!({ "status": status, "body": show(reply.into_inner()).shown().await })
        }
        Err(error) => match error.as_status() {
            Some(refused) => json!({ "status": refused.status().as_u16(), "body": refused.json() }),
            None => json!({ "error": error.to_string() }),
        },
    }
}

/// What progenitor's client hands over.
pub(crate) async fn theirs<T, E: Debug, S: Shown, F: Shown>(
    reply: Result<ResponseValue<T>, Error<E>>,
    show: impl Fn(T) -> S,
    show_failure: impl Fn(E) -> F,
) -> Value {
    match reply {
        Ok(reply) => {
            let status = reply.status().as_u16();
            json!({ "status": status, "body": show(reply.into_inner()).shown().await })
        }
        Err(Error::ErrorResponse(reply)) => {
            let status = reply.status().as_u16();
            json!({ "status": status, "body": show_failure(reply.into_inner()).shown().await })
        }
        Err(Error::UnexpectedResponse(reply)) => {
            let status = reply.status().as_u16();
            json!({ "status": status, "body": reply.json::<Value>().await.ok() })
        }
        Err(error) => json!({ "error": error.to_string() }),
    }
}
