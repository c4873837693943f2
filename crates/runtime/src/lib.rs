//! The half of a client that does not vary with the API: sending, retrying, reading, walking over pages.
//!
//! [lockstep-generator](https://crates.io/crates/lockstep-generator) reads an OpenAPI document and writes the
//! other half, thin and readable: one type per request, one per object. This crate is what they stand on, and
//! it can be used alone.
//!
//! # Quick start
//!
//! With a generated client there is a constructor per operation, a setter per optional parameter, and
//! `.await`. What stands below between the lines is what the generator writes.
//!
//! ```no_run
//! use lockstep_runtime::{AuthScheme, Decode, Encode, Json, Operation, Request, Service};
//!
//! // ── generated ──────────────────────────────────────────────────────────────────────────────
//! static SERVICE: Service = Service {
//!     user_agent: "pets/1.0",
//!     base_url: "https://api.example.com",
//!     auth: &[AuthScheme::bearer("default", "PETS_API_KEY")],
//!     security: &[&["default"]],
//!     ..Service::DEFAULT
//! };
//!
//! #[derive(Clone, Debug)]
//! pub struct Client(lockstep_runtime::Client);
//! lockstep_runtime::client!(Client, SERVICE);
//!
//! impl Client {
//!     pub fn get_pet(&self, id: impl Into<String>) -> GetPet {
//!         self.0.operation::<GetPet>().path("id", id.into()).into()
//!     }
//! }
//!
//! #[derive(Clone, Debug, PartialEq, Operation)]
//! #[operation("getPet", get = "/pets/{id}")]
//! #[reply(Json<Pet>)]
//! pub struct GetPet(Request);
//!
//! impl GetPet {
//!     pub fn verbose(self, value: bool) -> Self { Self(self.0.query("verbose", value)) }
//! }
//!
//! #[derive(Clone, Debug, Default, PartialEq, Decode, Encode)]
//! pub struct Pet { pub name: Option<String> }
//! // ───────────────────────────────────────────────────────────────────────────────────────────
//!
//! # async fn f() -> lockstep_runtime::Result<()> {
//! let client = Client::from_env()?;                       // reads PETS_API_KEY
//! let pet = client.get_pet("rex").verbose(true).await?;
//! println!("{:?} {}", pet.name, pet.status());
//! # Ok(()) }
//! ```
//!
//! # Chapters
//!
//! | | |
//! |---|---|
//! | [Errors](error) | what can go wrong, by kind, and what each tells |
//! | [Retries](retries) | what is repeated, what never is, and how long everything may take |
//! | [Pages](paging) | lists that come in pieces, as streams |
//! | [Streams](streaming) | server-sent events, JSON lines and sequences, item by item |
//! | [Uploads and downloads](body) | bodies that need not fit into memory |
//! | [Drift](decode) | replies that are not quite as documented |
//! | [Limits](limits) | rate limits, pacing, and what a request cost |
//! | [Hooks and logs](middleware) | seeing every attempt |
//! | [Testing](testing) | against a mock, strictly, with requests as values |
#![cfg_attr(
    feature = "blocking",
    doc = "| [Without async](crate::blocking) | the same surface, waiting |"
)]
#![cfg_attr(
    not(feature = "blocking"),
    doc = "| Without async | the same surface, waiting: feature `blocking` |"
)]
//!
//! # Endpoints that no document describes
//!
//! [`Client::request`] has everything that typed requests have, and [`RequestOptions`] adds headers, query
//! parameters and fields to any request.
//!
//! # Features
//!
//! | feature | on by default | gives |
//! |---|---|---|
//! | `tls` | yes | `https://`, by rustls and ring, with the roots of the operating system |
//! | `gzip` | yes | compressed replies |
//! | `brotli`, `zstd` | | replies packed in these ways |
//! | `http2` | | HTTP/2 |
//! | `blocking` | | `send_blocking()` and walks as iterators |
//! | `pacing` | | [`ClientBuilder`]`::rate_limit` |
//! | `tracing` | | spans per request and attempt, events for drift |
//!
//! They combine freely: `cargo hack check --feature-powerset --no-dev-deps -p lockstep-runtime` passes.
//!
//! With `tls` the first client of a process installs ring as rustls' provider of cryptography, unless the
//! program has chosen one before.

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod body;
mod client;
mod config;
pub mod decode;
mod encode;
pub mod error;
mod hollow;
pub mod limits;
mod macros;
pub mod middleware;
mod observe;
mod operation;
mod or_empty;
mod or_null;
mod pacing;
pub mod paging;
mod random;
#[doc(hidden)]
pub mod record;
mod redact;
mod reply;
mod request;
mod response;
pub mod retries;
mod scalar;
mod send;
mod service;
pub mod streaming;
pub mod testing;
mod visible;

pub use chrono;
pub use indexmap;
pub use lockstep_derive::{Decode, Encode, OpenEnum, Operation};
pub use reqwest;
pub use reqwest::{Method, StatusCode, Url, header};
pub use serde;
pub use serde_json::{self, Value};
pub use uuid::Uuid;

pub use self::body::{Body, BodyStream, FilePart};
pub use self::client::Client;
pub use self::config::builder::ClientBuilder;
pub use self::decode::{Drift, Remedy};
pub use self::encode::json_text::JsonText;
pub use self::encode::params::QueryStyle;
pub use self::encode::path::PathStyle;
pub use self::error::{DecodeError, Error, Failures, Result, StatusError, Trouble};
pub use self::limits::{Credits, RateLimit};
#[doc(hidden)]
pub use self::macros::union_support;
pub use self::middleware::{CallInfo, Middleware, Outcome};
pub use self::observe::LogLevel;
pub use self::operation::{BodyKind, Operation, OperationInfo, Paged, Streamed};
#[doc(hidden)]
pub use self::operation::{list, request, texts};
pub use self::or_empty::OrEmpty;
pub use self::or_null::OrNull;
pub use self::paging::{Items, Pages, Paging};
pub use self::reply::{Binary, Empty, Json, OptionalJson, Reply, Text};
pub use self::request::{Request, RequestOptions, Undocumented};
pub use self::response::Response;
pub use self::scalar::{Base64, Date, DateTime, Decimal, null_as_default};
pub use self::send::{Pending, RawReply, Want};
pub use self::service::{AuthScheme, LimitRules, Service};
pub use self::streaming::{
    EventObjects, Events, ItemStream, JsonLines, JsonSeq, StreamItem, TextEvents,
};

/// An object whose properties are data: entries in the order in which they came.
pub type Map<T> = indexmap::IndexMap<String, T>;
