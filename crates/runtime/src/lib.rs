//! The hand-written half of every client that lockstep-generator writes.

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod body;
mod client;
mod config;
pub mod decode;
mod encode;
pub mod error;
mod limits;
mod macros;
pub mod middleware;
mod observe;
mod operation;
mod or_null;
mod pacing;
pub mod paging;
mod random;
mod redact;
mod reply;
mod request;
mod response;
mod scalar;
mod send;
mod service;

pub use chrono;
pub use indexmap;
pub use reqwest;
pub use reqwest::{Method, StatusCode, Url, header};
pub use serde;
pub use serde_json::{self, Value};
pub use uuid::Uuid;

pub use self::body::{Body, BodyStream, FilePart};
pub use self::client::Client;
pub use self::config::builder::ClientBuilder;
pub use self::decode::{Drift, Remedy};
pub use self::encode::params::QueryStyle;
pub use self::error::{DecodeError, Error, Result, StatusError, Trouble};
pub use self::limits::{Credits, RateLimit};
#[doc(hidden)]
pub use self::macros::union_support;
pub use self::middleware::{CallInfo, Middleware, Outcome};
pub use self::observe::LogLevel;
pub use self::operation::{BodyKind, Operation, OperationInfo, Paged};
pub use self::or_null::OrNull;
pub use self::paging::{Items, Pages, Paging};
pub use self::reply::{Binary, Empty, Json, OptionalJson, Reply, Text};
pub use self::request::{Request, RequestOptions, Undocumented};
pub use self::response::Response;
pub use self::scalar::{Base64, Date, DateTime, Decimal, null_as_default};
pub use self::send::{Pending, RawReply, Want};
pub use self::service::{AuthScheme, LimitRules, Service};

/// An object whose properties are data: entries in the order in which they came.
pub type Map<T> = indexmap::IndexMap<String, T>;
