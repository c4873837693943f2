//! Rate limits, pacing, and what a request cost.
//!
//! Where the service tells, every reply does: [`credits`](crate::Response::credits),
//! [`rate_limit`](crate::Response::rate_limit), [`is_cached`](crate::Response::is_cached). Two ways to go slower
//! on purpose stand beside that, and they combine:
//!
//! - `rate_limit(n)` (feature `pacing`) sends at most `n` requests per minute, evenly, for all tasks that share
//!   the client;
//! - [`auto_pacing`](crate::ClientBuilder::auto_pacing) listens to the service: the last tenth of its limit is
//!   spread over the rest of its window, and a 429 holds every request for as long as it asks.
//!
//! ```no_run
//! # async fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
//! let reply = client.get("/api/accounts").await?;
//! if let Some(credits) = reply.credits() {
//!     println!("used {:?}, left {:?}", credits.used, credits.balance);
//! }
//! # Ok(()) }
//! ```

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::service::LimitRules;

/// What a request cost.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Credits {
    /// Used by this request.
    pub used: Option<f64>,
    /// Left afterwards.
    pub balance: Option<f64>,
}

/// What is left of the rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests allowed per window.
    pub limit: Option<u64>,
    /// Requests left in this window.
    pub remaining: Option<u64>,
}

impl Credits {
    pub(crate) fn read(rules: &LimitRules, headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let mut reader = Reader::new(headers, Some(body));
        let used =
            reader.find(rules.credits_used_header, rules.credits_used_pointer).and_then(number);
        let balance = reader
            .find(rules.credits_balance_header, rules.credits_balance_pointer)
            .and_then(number);
        (used.is_some() || balance.is_some()).then_some(Self { used, balance })
    }
}

impl RateLimit {
    pub(crate) fn read(
        rules: &LimitRules,
        headers: &HeaderMap,
        body: Option<&Bytes>,
    ) -> Option<Self> {
        let mut reader = Reader::new(headers, body);
        let remaining =
            reader.find(rules.remaining_header, rules.remaining_pointer).and_then(whole);
        let limit = reader.find(rules.limit_header, rules.limit_pointer).and_then(whole);
        (limit.is_some() || remaining.is_some()).then_some(Self { limit, remaining })
    }
}

pub(crate) fn is_cached(rules: &LimitRules, headers: &HeaderMap, body: &Bytes) -> Option<bool> {
    match Reader::new(headers, Some(body)).find(rules.cached_header, rules.cached_pointer)? {
        Value::Bool(cached) => Some(cached),
        Value::Number(number) => Some(number.as_f64() != Some(0.0)),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "hit" => Some(true),
            "false" | "0" | "no" | "miss" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Looks into headers first, and reads the body at most once.
struct Reader<'a> {
    headers: &'a HeaderMap,
    body: Option<&'a Bytes>,
    parsed: Option<Value>,
}

impl<'a> Reader<'a> {
    fn new(headers: &'a HeaderMap, body: Option<&'a Bytes>) -> Self {
        Self { headers, body, parsed: None }
    }

    fn find(&mut self, header: &str, pointer: &str) -> Option<Value> {
        if !header.is_empty()
            && let Some(text) = self.headers.get(header).and_then(|value| value.to_str().ok())
        {
            return Some(Value::String(text.trim().to_owned()));
        }
        if pointer.is_empty() {
            return None;
        }
        let body = self.body?;
        let parsed =
            self.parsed.get_or_insert_with(|| serde_json::from_slice(body).unwrap_or(Value::Null));
        parsed.pointer(pointer).filter(|value| !value.is_null()).cloned()
    }
}

fn number(value: Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

fn whole(value: Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
