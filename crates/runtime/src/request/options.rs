//! What one request does differently from its client.

use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::config::Settings;
use crate::encode::params::{QueryStyle, query_pairs};

/// Options of one request. What is not set is as the client has it.
///
/// ```
/// use std::time::Duration;
/// use lockstep_runtime::RequestOptions;
///
/// let patient = RequestOptions::new()
///     .timeout(Duration::from_secs(300))
///     .max_retries(0)
///     .header("X-Trace", "abc")
///     .query("debug", true);
/// # let _ = patient;
/// ```
#[derive(Clone, Default)]
pub struct RequestOptions {
    timeout: Option<Duration>,
    connect_timeout: Option<Duration>,
    deadline: Option<Duration>,
    max_retries: Option<u32>,
    max_reply_bytes: Option<usize>,
    strict: Option<bool>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) fields: Vec<(String, Value)>,
    pub(crate) error: Option<String>,
}

impl RequestOptions {
    /// No options.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How long one attempt may take; see [`ClientBuilder::timeout`](crate::ClientBuilder::timeout).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long a connection may take to come about.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long all attempts and the waits between them may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// How often the request is repeated after its first attempt.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// The most that the reply may weigh, in bytes.
    #[must_use]
    pub fn max_reply_bytes(mut self, bytes: usize) -> Self {
        self.max_reply_bytes = Some(bytes);
        self
    }

    /// Whether drift is an error.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = Some(strict);
        self
    }

    /// The idempotency key, in place of a random one. It travels in the header that the operation names,
    /// or in `Idempotency-Key`, and lets the request be repeated after any failure.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// An extra header; it replaces what stands under its name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.fail(format!("the header `{name}` has a malformed name or value")),
        }
        self
    }

    /// An extra query parameter, beside those that the operation knows.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => {
                let pairs = query_pairs(name, QueryStyle::FormExploded, &value);
                self.query.extend(pairs.into_iter().map(|pair| (pair.name, pair.value)));
            }
            Err(error) => self.fail(format!("{name}: {error}")),
        }
        self
    }

    /// An extra property of an object body, beside those that the operation knows.
    #[must_use]
    pub fn body_field(mut self, name: &str, value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.fields.push((name.to_owned(), value)),
            Err(error) => self.fail(format!("{name}: {error}")),
        }
        self
    }

    fn fail(&mut self, error: String) {
        self.error.get_or_insert(error);
    }

    /// These options, and where `later` sets something, that.
    pub(crate) fn then(mut self, later: Self) -> Self {
        self.headers.extend(later.headers);
        self.query.extend(later.query);
        self.fields.extend(later.fields);
        Self {
            timeout: later.timeout.or(self.timeout),
            connect_timeout: later.connect_timeout.or(self.connect_timeout),
            deadline: later.deadline.or(self.deadline),
            max_retries: later.max_retries.or(self.max_retries),
            max_reply_bytes: later.max_reply_bytes.or(self.max_reply_bytes),
            strict: later.strict.or(self.strict),
            idempotency_key: later.idempotency_key.or(self.idempotency_key),
            headers: self.headers,
            query: self.query,
            fields: self.fields,
            error: self.error.or(later.error),
        }
    }

    /// The client's settings, and where these options set something, that.
    pub(crate) fn over(&self, settings: &Settings) -> Settings {
        Settings {
            timeout: self.timeout.unwrap_or(settings.timeout),
            connect_timeout: self.connect_timeout.unwrap_or(settings.connect_timeout),
            deadline: self.deadline.or(settings.deadline),
            max_retries: self.max_retries.unwrap_or(settings.max_retries),
            max_reply_bytes: self.max_reply_bytes.unwrap_or(settings.max_reply_bytes),
            strict: self.strict.unwrap_or(settings.strict),
            ..settings.clone()
        }
    }
}

impl fmt::Debug for RequestOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values of headers may be secrets.
        out.debug_struct("RequestOptions")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("max_retries", &self.max_retries)
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("query", &self.query)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}
