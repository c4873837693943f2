//! One attempt, and the loop around it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use serde_json::Value;
use tokio::time::{Instant, Sleep};

use super::plan::Plan;
use super::redirect::Arrived;
use super::retry::ends_before;
use super::transport::classify;
use super::{RawBody, RawReply, Reading};
use crate::body::{Body, too_large};
use crate::error::{Asked, DecodeError, Error, Result, StatusError, excerpt, html_title};
use crate::middleware::Outcome;
use crate::observe;

/// Enough for any failure that a person will read; the rest is cut off.
const MOST_OF_A_FAILURE: usize = 1 << 20;

/// What one attempt brings.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: RawBody,
}

impl Plan {
    /// Attempts the request until it succeeds, or fails in a way that must not be repeated.
    #[expect(clippy::manual_async_fn, reason = "an async fn would keep its plan twice")]
    pub(crate) fn run(self) -> impl Future<Output = Result<RawReply>> {
        async move {
            let began = self.is_items.then(Instant::now);
            let got = self.attempts().await?;
            let reading = began.map(|began| {
                let ends = self.settings().deadline.and_then(|allowed| began.checked_add(allowed));
                Box::new(Reading { plan: self.clone(), ends })
            });
            Ok(RawReply {
                strict: self.settings().strict,
                client: self.client,
                call: self.call,
                status: got.status,
                headers: got.headers,
                body: got.body,
                reading,
            })
        }
    }

    async fn attempts(&self) -> Result<Got> {
        let deadline =
            self.settings().deadline.and_then(|allowed| Instant::now().checked_add(allowed));
        let mut made = 0;
        loop {
            made += 1;
            // The outcome ends with its block, so that the wait keeps no room for it.
            let wait = {
                let started = observe::is_watched(&self.client).then(Instant::now);
                let outcome = observe::in_attempt(made, self.attempt(made, deadline)).await;
                let wait = match &outcome {
                    Ok(_) => None,
                    Err(error) => self.wait_before_retry(error, made, deadline),
                };
                if let Some(started) = started {
                    self.tell(made, &outcome, started.elapsed(), wait);
                }
                match wait {
                    Some(wait) => wait,
                    None => return outcome.map_err(|error| error.asked(self.asked(made))),
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(&self, number: u32, deadline: Option<Instant>) -> Result<Got> {
        let mut changed = None;
        for middleware in &self.client.inner().config.middleware {
            let headers = changed.get_or_insert_with(|| Box::new(self.headers.clone()));
            middleware.before(&self.call.info(number), headers)?;
        }
        let headers = changed.as_deref().unwrap_or(&self.headers);
        self.wait_for_turn(deadline).await?;
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = self.settings().timeout;
        let allowed = left.map_or(timeout, |left| left.min(timeout));
        // In one expression: a variable would keep a second place for the work for as long as it takes.
        match tokio::time::timeout(allowed, self.exchange(headers)).await {
            Ok(outcome) => outcome,
            Err(_) if left == Some(allowed) => {
                Err(Error::timeout("the deadline of the request has passed", true))
            }
            Err(_) => Err(Error::timeout(format!("no complete reply within {allowed:?}"), true)),
        }
    }

    /// Waits as the limits of the client ask.
    async fn wait_for_turn(&self, deadline: Option<Instant>) -> Result<()> {
        loop {
            let wait = self.client.inner().pacer.turn();
            if wait.is_zero() {
                return Ok(());
            }
            if !ends_before(wait, deadline) {
                return Err(Error::timeout(
                    "the rate limit leaves no turn before the deadline",
                    false,
                ));
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn exchange(&self, headers: &HeaderMap) -> Result<Got> {
        let Arrived { mut response, refused } = self.follow(headers).await?;
        let (inner, status) = (self.client.inner(), response.status());
        let is_page = status.is_success() && self.is_unexpected_page(response.headers());
        let is_failure = is_page || !status.is_success();
        if !is_failure && let Some(error) = self.foreign_encoding(&response) {
            return Err(error);
        }
        if self.is_stream && !is_failure {
            let headers = std::mem::take(response.headers_mut());
            inner.pacer.observe(status, &headers, None);
            return Ok(Got { status, headers, body: RawBody::Stream(self.stream(response)) });
        }
        // Read in one place: what waits at several keeps room for each.
        let read = self.read(&mut response, is_failure).await;
        let headers = std::mem::take(response.headers_mut());
        if !is_failure {
            let body = read?;
            inner.pacer.observe(status, &headers, Some(&body));
            let pointer = inner.service.failure_pointer;
            if holds_failure(&body, pointer) {
                let failure = self.failure(status, headers, body).of_success(pointer);
                return Err(Error::Failure(Box::new(failure)));
            }
            return Ok(Got { status, headers, body: RawBody::Whole(body) });
        }
        let body = read.unwrap_or_default();
        if is_page {
            return Err(self.page_in_place_of_reply(status, &body));
        }
        inner.pacer.observe(status, &headers, None);
        let failure = self.failure(status, headers, body);
        Err(Error::Status(Box::new(failure.with_reason(refused))))
    }

    pub(crate) fn failure(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
    ) -> StatusError {
        StatusError::read(
            self.call.method.clone(),
            self.call.path.clone(),
            status,
            headers,
            body,
            &self.client.inner().redactor,
        )
    }

    /// Reads a body up to its limit. The rest is cut off from a failure, and an error in a reply.
    async fn read(&self, response: &mut reqwest::Response, is_failure: bool) -> Result<Bytes> {
        let limit = if is_failure { MOST_OF_A_FAILURE } else { self.settings().max_reply_bytes };
        let announced = response
            .content_length()
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or_default();
        if announced > limit && !is_failure {
            return Err(too_large(limit));
        }
        let mut whole: Vec<u8> = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| classify(error, self.settings().connect_timeout))?
        {
            if !chunk.is_empty() && chunk.len() == announced && announced <= limit {
                // All of it at once: most replies are small, and need not be copied.
                return Ok(chunk);
            }
            let room = limit - whole.len();
            if chunk.len() > room {
                if !is_failure {
                    return Err(too_large(limit));
                }
                whole.extend_from_slice(&chunk[..room]);
                break;
            }
            if whole.is_empty() {
                // What is announced may never come, so no more than a little is set aside for it.
                whole.reserve(announced.min(1 << 20));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.into())
    }

    fn stream(&self, response: reqwest::Response) -> Body {
        let length = response.content_length();
        let body: reqwest::Body = response.into();
        let allowed = self.settings().timeout;
        let chunks = ReplyChunks {
            body: Some(body),
            allowed,
            alarm: Box::pin(tokio::time::sleep(allowed)),
            is_armed: false,
            asked: self.asked(0),
        };
        Body::stream(Box::pin(chunks), length, self.settings().max_reply_bytes)
    }

    /// True for an HTML page where none was asked for: a login page, or a page of something in between.
    fn is_unexpected_page(&self, headers: &HeaderMap) -> bool {
        let is_page = |headers: &HeaderMap, name| {
            let text = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            // JSON is what comes nearly always, and is told apart without a copy.
            text != "application/json" && {
                let text = text.to_ascii_lowercase();
                text.contains("text/html") || text.contains("application/xhtml")
            }
        };
        is_page(headers, CONTENT_TYPE) && !is_page(&self.headers, ACCEPT)
    }

    /// A packed reply that this client did not ask for and cannot unpack. What it unpacks has lost the header.
    fn foreign_encoding(&self, response: &reqwest::Response) -> Option<Error> {
        let encoding = response.headers().get(CONTENT_ENCODING)?;
        let encoding = String::from_utf8_lossy(encoding.as_bytes()).trim().to_ascii_lowercase();
        let is_plain = matches!(encoding.as_str(), "" | "identity");
        // Whoever asks for packed bytes by a header of his own gets them.
        let is_asked = self.is_stream && self.headers.contains_key(ACCEPT_ENCODING);
        if is_plain || is_asked || response.content_length() == Some(0) {
            return None;
        }
        let hint = match encoding.as_str() {
            "gzip" | "x-gzip" => "; the feature `gzip` of lockstep-runtime reads it",
            "br" => "; the feature `brotli` of lockstep-runtime reads it",
            "zstd" => "; the feature `zstd` of lockstep-runtime reads it",
            _ => "",
        };
        let encoding = self.client.inner().redactor.text(&excerpt(encoding.as_bytes(), 40));
        Some(Error::Decode(Box::new(DecodeError {
            method: self.call.method.clone(),
            path: self.call.path.clone(),
            status: response.status(),
            pointer: String::new(),
            expected: "unpacked".to_owned(),
            found: format!("in the encoding `{encoding}`, for which nobody asked{hint}"),
            body: Bytes::new(),
            drift: Vec::new(),
        })))
    }

    fn page_in_place_of_reply(&self, status: StatusCode, body: &Bytes) -> Error {
        let body = self.client.inner().redactor.bytes(body.clone());
        let accept =
            self.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let expected = if accept.is_empty() || accept == "*/*" { "no HTML page" } else { accept };
        Error::Decode(Box::new(DecodeError {
            method: self.call.method.clone(),
            path: self.call.path.clone(),
            status,
            pointer: String::new(),
            expected: expected.to_owned(),
            found: html_title(&body).unwrap_or_else(|| "an HTML page".to_owned()),
            body,
            drift: Vec::new(),
        }))
    }

    /// What was asked of whom, for an error after `made` attempts.
    pub(crate) fn asked(&self, made: u32) -> Asked {
        let Plan { call, url, .. } = self;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Asked {
            operation: call.operation,
            request: format!("{} {}", call.method, call.path),
            host: format!("{}{port}", url.host_str().unwrap_or_default()),
            attempts: made,
        }
    }

    fn tell(
        &self,
        number: u32,
        outcome: &Result<Got>,
        elapsed: Duration,
        retry_in: Option<Duration>,
    ) {
        let (status, headers, error) = match outcome {
            Ok(got) => (Some(got.status), Some(&got.headers), None),
            Err(error) => {
                (error.status(), error.as_status().map(StatusError::headers), Some(error))
            }
        };
        let is_seen = !self.client.inner().config.middleware.is_empty();
        let body = match outcome {
            Ok(Got { body: RawBody::Whole(body), .. }) => Some(body),
            Ok(_) => None,
            Err(error) => error.as_status().map(StatusError::raw_body),
        };
        let body = body.filter(|_| is_seen);
        let body = body.map(|body| self.client.inner().redactor.bytes(body.clone()));
        let body = body.as_deref();
        let outcome = Outcome { status, headers, body, error, elapsed, retry_in };
        observe::attempt(&self.client, &self.call.info(number), &outcome);
    }
}

/// Whether something stands where only failures have something.
pub(crate) fn holds_failure(body: &Bytes, pointer: &str) -> bool {
    let Some((_, name)) = pointer.rsplit_once('/') else { return false };
    // Nearly all replies are none, and are not read twice for that.
    let name = name.replace("~1", "/").replace("~0", "~");
    let name = Value::from(name).to_string();
    if !std::str::from_utf8(body).is_ok_and(|text| text.contains(&name)) {
        return false;
    }
    let whole: Value = serde_json::from_slice(body).unwrap_or_default();
    match whole.pointer(pointer) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(fields)) => !fields.is_empty(),
        Some(Value::Bool(true) | Value::Number(_)) => true,
    }
}

/// The pieces of a streamed reply, each of which has to come in time.
struct ReplyChunks {
    body: Option<reqwest::Body>,
    allowed: Duration,
    alarm: Pin<Box<Sleep>>,
    /// The time counts while the server is waited for, not while the caller is busy with a piece.
    is_armed: bool,
    /// Of whom, for errors.
    asked: Asked,
}

impl ReplyChunks {
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.is_armed {
            self.is_armed = true;
            // A time that no clock can tell never comes; the alarm was first set to it, or to as good as it.
            if let Some(end) = Instant::now().checked_add(self.allowed) {
                self.alarm.as_mut().reset(end);
            }
        }
        std::future::Future::poll(self.alarm.as_mut(), context)
    }
}

impl Stream for ReplyChunks {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        let polled = http_body::Body::poll_frame(Pin::new(body), context);
        let item = match polled {
            Poll::Ready(Some(Ok(frame))) => {
                this.is_armed = false;
                // Trailers are no part of the content.
                return Poll::Ready(Some(Ok(frame.into_data().unwrap_or_default())));
            }
            Poll::Ready(Some(Err(error))) => Some(Err(classify(error, this.allowed))),
            Poll::Ready(None) => None,
            Poll::Pending => match this.wait(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => Some(Err(Error::timeout(
                    format!("no further piece of the reply within {:?}", this.allowed),
                    true,
                ))),
            },
        };
        this.body = None;
        Poll::Ready(item.map(|item| item.map_err(|error: Error| error.asked(this.asked.clone()))))
    }
}
