//! A successful reply: the value, and everything that came with it.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::path::Path;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::AsyncWrite;

use crate::body::Body;
use crate::decode::{self, Drift};
use crate::error::Result;
use crate::limits::{Credits, RateLimit};
use crate::send::{RawBody, RawReply};
use crate::service::LimitRules;

/// A reply. It derefs to its value, so that fields are read directly.
///
/// ```no_run
/// # async fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
/// let accounts = client.get("/api/accounts").await?;
/// println!("{}", accounts["data"][0]["name"]);          // the value
/// println!("{} {:?}", accounts.status(), accounts.request_id());
/// println!("cost {:?}", accounts.credits());
/// for drift in accounts.drift() {
///     println!("not as documented: {drift}");
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    meta: Meta,
}

/// What comes with every value.
#[derive(Clone)]
pub(crate) struct Meta {
    status: StatusCode,
    headers: HeaderMap,
    raw: Bytes,
    pub(crate) drift: Vec<Drift>,
    rules: Option<&'static LimitRules>,
}

impl Meta {
    pub(crate) fn split(raw: RawReply) -> (Self, RawBody) {
        let whole = match &raw.body {
            RawBody::Whole(bytes) => bytes.clone(),
            RawBody::Stream(_) => Bytes::new(),
        };
        let rules = raw.client.inner().service.limits.as_ref();
        (
            Self { status: raw.status, headers: raw.headers, raw: whole, drift: Vec::new(), rules },
            raw.body,
        )
    }
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, meta: Meta) -> Self {
        Self { value, meta }
    }

    /// The status, always a success.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.meta.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// The body as it came. Empty for a streamed reply.
    #[must_use]
    pub fn raw_body(&self) -> &Bytes {
        &self.meta.raw
    }

    /// The body as JSON, with everything that the type does not know; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.meta.raw).unwrap_or(Value::Null)
    }

    /// The server's own number for this request, to be quoted when asking for help.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.meta.headers)
    }

    /// The value, without what came with it.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Another value made of this one, with what came with it.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: change(self.value), meta: self.meta }
    }

    /// Where the reply departed from its document, and how it was read all the same. Usually empty.
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.meta.drift
    }

    /// What the request cost, where the service tells.
    #[must_use]
    pub fn credits(&self) -> Option<Credits> {
        Credits::read(self.meta.rules?, &self.meta.headers, &self.meta.raw)
    }

    /// What is left of the rate limit, where the service tells.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::read(self.meta.rules?, &self.meta.headers, Some(&self.meta.raw))
    }

    /// Whether the reply came from the service's cache, where the service tells.
    #[must_use]
    pub fn is_cached(&self) -> Option<bool> {
        crate::limits::is_cached(self.meta.rules?, &self.meta.headers, &self.meta.raw)
    }
}

impl<T: DeserializeOwned> Response<T> {
    /// JSON pointers to everything that the type `T` does not know, in the order of the body.
    ///
    /// The body is read once more for this, so that replies cost nothing where nobody asks.
    #[must_use]
    pub fn unknown_fields(&self) -> Vec<String> {
        decode::unknown_fields(&self.meta.raw, &mut |place| T::deserialize(place).map(drop))
    }
}

impl Response<Body> {
    /// The length in bytes, where the server tells.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.value.length()
    }

    /// The whole body in memory, up to `max_reply_bytes`.
    ///
    /// # Errors
    /// As for [`Body::bytes`].
    pub async fn bytes(self) -> Result<Bytes> {
        self.value.bytes().await
    }

    /// Writes the body piece by piece, and gives the number of bytes.
    ///
    /// # Errors
    /// As for [`Body::write_to`].
    pub async fn write_to(self, writer: impl AsyncWrite + Unpin + Send) -> Result<u64> {
        self.value.write_to(writer).await
    }

    /// Writes the body to a file, and gives the number of bytes.
    ///
    /// # Errors
    /// As for [`Body::save`].
    pub async fn save(self, path: impl AsRef<Path>) -> Result<u64> {
        self.value.save(path).await
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Response")
            .field("status", &self.meta.status.as_u16())
            .field("value", &self.value)
            .field("drift", &self.meta.drift)
            .finish_non_exhaustive()
    }
}

/// Servers and what stands before them name it differently; the server's own name comes first.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray"]
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
}
