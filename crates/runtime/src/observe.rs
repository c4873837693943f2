//! What is told about requests: lines on the standard error, `tracing` spans and events, and hooks.
//!
//! Nothing here sees a key, a query or the value of a header, and of a body only what drifted, and that at
//! [`LogLevel::Debug`] alone.

use std::future::Future;
use std::str::FromStr;

use crate::client::Client;
use crate::decode::Drift;
use crate::error::{Error, Result};
use crate::middleware::{CallInfo, Outcome};
use crate::send::plan::Plan;
use crate::send::{Call, RawReply};

/// How much the client writes to the standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Nothing.
    #[default]
    Off,
    /// A line for each request's end, and for drift.
    Info,
    /// A line for each attempt as well, and the beginning of each value that departed from its document.
    Debug,
}

impl FromStr for LogLevel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_lowercase().as_str() {
            "off" | "none" | "0" | "false" => Ok(Self::Off),
            "info" => Ok(Self::Info),
            "debug" => Ok(Self::Debug),
            _ => Err(Error::configuration("the log level is one of off, info, debug")),
        }
    }
}

/// Whether anybody wants to be told of attempts.
pub(crate) fn is_watched(client: &Client) -> bool {
    let config = &client.inner().config;
    cfg!(feature = "tracing") || config.log != LogLevel::Off || !config.middleware.is_empty()
}

/// Tells everyone how an attempt ended.
pub(crate) fn attempt(client: &Client, call: &CallInfo<'_>, outcome: &Outcome<'_>) {
    let config = &client.inner().config;
    for middleware in &config.middleware {
        middleware.after(call, outcome);
    }
    let is_last = outcome.retry_in.is_none();
    let wanted = if is_last { LogLevel::Info } else { LogLevel::Debug };
    if config.log >= wanted {
        eprintln!("{}", line(call, outcome));
    }
    #[cfg(feature = "tracing")]
    tracing::debug!(
        attempt = call.attempt,
        status = outcome.status.map(|status| status.as_u16()),
        elapsed_ms = u64::try_from(outcome.elapsed.as_millis()).unwrap_or(u64::MAX),
        error = outcome.error.map(tracing::field::display),
        retry_in_ms =
            outcome.retry_in.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        "attempt ended"
    );
}

fn line(call: &CallInfo<'_>, outcome: &Outcome<'_>) -> String {
    let ended = match (outcome.error, outcome.status) {
        (Some(error), _) => error.to_string(),
        (None, Some(status)) => {
            format!("{} {} answered {}", call.method, call.path, status.as_u16())
        }
        (None, None) => format!("{} {} ended", call.method, call.path),
    };
    let next = outcome
        .retry_in
        .map_or_else(String::new, |wait| format!(", again in {} ms", wait.as_millis()));
    format!(
        "{}: {ended} (attempt {}, {} ms{next})",
        call.operation,
        call.attempt,
        outcome.elapsed.as_millis()
    )
}

/// Tells everyone that a reply departed from its document. What stood there is shown at [`LogLevel::Debug`] alone.
pub(crate) fn drift(client: &Client, call: &Call, drift: &[Drift], body: &[u8]) {
    let config = &client.inner().config;
    let info = call.info(1);
    for middleware in &config.middleware {
        middleware.drift(&info, drift);
    }
    if config.log >= LogLevel::Info {
        let tree: Option<serde_json::Value> =
            (config.log >= LogLevel::Debug).then(|| serde_json::from_slice(body).ok()).flatten();
        for drift in drift {
            let value = tree.as_ref().and_then(|tree| tree.pointer(drift.pointer()));
            let shown = value.map(|value| client.inner().redactor.text(&value.to_string()));
            let shown = shown.map_or_else(String::new, |text| {
                format!(": {}", crate::error::excerpt(text.as_bytes(), 80))
            });
            eprintln!("{}: drift at {drift}{shown}", call.operation);
        }
    }
    #[cfg(feature = "tracing")]
    for drift in drift {
        tracing::warn!(
            operation = call.operation,
            pointer = drift.pointer(),
            expected = drift.expected(),
            found = drift.found(),
            "drift"
        );
    }
}

/// Runs a request within a span of its own.
#[cfg(feature = "tracing")]
pub(crate) fn in_request(plan: Plan) -> impl Future<Output = Result<RawReply>> {
    use tracing::Instrument;
    let Call { operation, method, path } = &plan.call;
    let span = tracing::info_span!("request", operation, %method, %path);
    plan.run().instrument(span)
}

/// Runs an attempt within a span of its own.
#[cfg(feature = "tracing")]
pub(crate) fn in_attempt<F: Future>(
    attempt: u32,
    work: F,
) -> impl Future<Output = F::Output> + use<F> {
    use tracing::Instrument;
    Instrument::instrument(work, tracing::debug_span!("attempt", number = attempt))
}

/// Without `tracing` there are no spans.
#[cfg(not(feature = "tracing"))]
pub(crate) fn in_request(plan: Plan) -> impl Future<Output = Result<RawReply>> {
    plan.run()
}

/// Without `tracing` there are no spans.
#[cfg(not(feature = "tracing"))]
pub(crate) fn in_attempt<F: Future>(_attempt: u32, work: F) -> F {
    work
}
