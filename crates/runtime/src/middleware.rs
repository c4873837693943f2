//! Hooks of one's own around every attempt.
//!
//! ```
//! use lockstep_runtime::{CallInfo, Middleware, Outcome, Result};
//! use lockstep_runtime::header::{HeaderMap, HeaderValue};
//!
//! struct Trace;
//!
//! impl Middleware for Trace {
//!     fn before(&self, _call: &CallInfo<'_>, headers: &mut HeaderMap) -> Result<()> {
//!         headers.insert("x-trace", HeaderValue::from_static("42"));
//!         Ok(())
//!     }
//!
//!     fn after(&self, call: &CallInfo<'_>, outcome: &Outcome<'_>) {
//!         println!("{} attempt {}: {:?} after {:?}", call.operation, call.attempt, outcome.status, outcome.elapsed);
//!     }
//! }
//! ```
//!
//! A hook sees bodies as well ([`Outcome::body`]), so that a program may keep what an API really sends. Nothing is kept
//! unless a hook does it, and what it keeps is its own to protect: bodies hold names and addresses of people.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use crate::decode::Drift;
use crate::error::{Error, Result};

/// A hook around every attempt. Every method has a default that does nothing.
pub trait Middleware: Send + Sync + 'static {
    /// Runs before an attempt, and may change its headers. The key is not among them: it is added later.
    ///
    /// # Errors
    /// An error, such as [`Error::refused`], ends the request unsent.
    fn before(&self, call: &CallInfo<'_>, headers: &mut HeaderMap) -> Result<()> {
        let _ = (call, headers);
        Ok(())
    }

    /// Runs after an attempt.
    fn after(&self, call: &CallInfo<'_>, outcome: &Outcome<'_>) {
        let _ = (call, outcome);
    }

    /// Runs when a reply departed from its document.
    fn drift(&self, call: &CallInfo<'_>, drift: &[Drift]) {
        let _ = (call, drift);
    }
}

/// Which attempt of which request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallInfo<'a> {
    /// The operation's id in the document.
    pub operation: &'a str,
    /// The method.
    pub method: &'a Method,
    /// The path with its values, without the query.
    pub path: &'a str,
    /// 1 for the first attempt.
    pub attempt: u32,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Outcome<'a> {
    /// The status, where there was a reply.
    pub status: Option<StatusCode>,
    /// The headers, where there was a reply.
    pub headers: Option<&'a HeaderMap>,
    /// The body, where there was a reply and it was read whole: not for streamed replies. Keys are masked in it.
    pub body: Option<&'a [u8]>,
    /// The failure, where it was one.
    pub error: Option<&'a Error>,
    /// How long the attempt took.
    pub elapsed: Duration,
    /// The wait before the next attempt, if one follows.
    pub retry_in: Option<Duration>,
}

/// A closure as a hook for drift.
pub(crate) struct OnDrift<F>(pub(crate) F);

impl<F: Fn(&CallInfo<'_>, &[Drift]) + Send + Sync + 'static> Middleware for OnDrift<F> {
    fn drift(&self, call: &CallInfo<'_>, drift: &[Drift]) {
        (self.0)(call, drift);
    }
}
