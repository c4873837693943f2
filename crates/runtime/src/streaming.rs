//! Replies that are streams of typed items: server-sent events, JSON lines, JSON sequences.
//!
//! Where a document declares `text/event-stream`, `application/x-ndjson`, `application/jsonl` or `application/json-seq`,
//! the reply is an [`ItemStream`]. Where it declares JSON beside it, the request itself gives the JSON, and its method
//! `stream()` the stream.
//!
//! ```no_run
//! # use lockstep_runtime::Value;
//! # async fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
//! use std::time::Duration;
//! use lockstep_runtime::Events;
//!
//! let mut events = client.get("/events").reply::<Events<Value>>().await?;
//! events.set_item_timeout(Duration::from_secs(30));
//! while let Some(event) = events.next().await {
//!     let event = event?;
//!     println!("{} {:?}", event["delta"], event.id());
//! }
//! # Ok(()) }
//! ```
//!
//! - Each item is read as a reply is: strictly, and where that fails leniently, with its [`drift`](StreamItem::drift). An
//!   item that cannot be read at all is an error in its place, and the next one follows. Every other error is the last
//!   thing that comes.
//! - Dropping the stream closes the connection. What comes faster than it is read waits at the server.
//! - `max_reply_bytes` bounds each item; the stream as a whole may be of any length.
//! - `timeout` bounds the wait for the next piece of the reply, for which a comment that keeps the connection
//!   alive is enough. [`set_item_timeout`](ItemStream::set_item_timeout) bounds the wait for the next *item*, and
//!   `deadline` all of it, from the request to the last item; [`set_deadline`](ItemStream::set_deadline) does so from the
//!   moment that it is called.
//! - A stream of events whose connection breaks or falls silent goes on where it was: the server is asked again with
//!   `Last-Event-ID`, after as long as it asked to wait. Only where that is safe: the request is a GET, the server has
//!   given an id, and retries are allowed. What was half sent is dropped, since it comes again. A stream that the server
//!   ends is over.
//! - A stream that ends in the middle of an item says so, and is not just over.

mod events;
mod frames;
mod item;
mod kinds;
mod values;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::time::{Instant, Sleep};

use self::frames::{Cut, Framing};
pub use self::item::StreamItem;
use self::kinds::Read;
pub use self::kinds::{EventObjects, Events, JsonLines, JsonSeq, TextEvents};
use crate::body::{Body, Chunks, too_large};
use crate::decode::{Drift, Problem};
use crate::error::{DecodeError, Error, Result, Trouble, excerpt};
use crate::reply::{refused, tell};
use crate::response::{Meta, Response};
use crate::send::plan::Plan;
use crate::send::{RawBody, RawReply, Reading, holds_failure};

/// Items that come one after the other, as a stream. Dropping it closes the connection.
#[must_use = "a stream does nothing until it is polled"]
pub struct ItemStream<T> {
    state: State,
    framing: Framing,
    read: Read<T>,
    status: StatusCode,
    strict: bool,
    /// The request, to be made again, and for what its errors say.
    plan: Plan,
    deadline: Option<Pin<Box<Sleep>>>,
    item_timeout: Option<Duration>,
    /// Set while an item is waited for, and not while the caller is busy with one.
    item_alarm: Option<Pin<Box<Sleep>>>,
    /// How often the server was asked again since the last item.
    resumed: u32,
}

enum State {
    Open(Chunks),
    Pause(Pin<Box<Sleep>>),
    Again(Pin<Box<dyn Future<Output = Result<RawReply>> + Send>>),
    Over,
}

// Nothing in it is ever pinned in place: whatever has to be lies in a box of its own.
impl<T> Unpin for ItemStream<T> {}

impl<T> ItemStream<T> {
    /// A stream of what comes of a request.
    fn open(mut raw: RawReply, framing: Framing, read: Read<T>) -> Result<Response<Self>> {
        let Some(reading) = raw.reading.take() else {
            return Err(Error::request("this reply was not asked for as a stream"));
        };
        let Reading { plan, ends } = *reading;
        let (status, strict) = (raw.status, raw.strict);
        let found = raw.headers.get(CONTENT_TYPE).cloned();
        let (meta, body) = Meta::split(raw);
        let mut stream = Self {
            state: State::Over,
            framing,
            read,
            status,
            strict,
            plan,
            deadline: ends.map(|ends| Box::pin(tokio::time::sleep_until(ends))),
            item_timeout: None,
            item_alarm: None,
            resumed: 0,
        };
        stream.check(found.as_ref())?;
        stream.state = State::Open(pieces(body)?);
        Ok(Response::new(stream, meta))
    }

    /// How long the next item may take, whatever else comes meanwhile. Without it only silence ends the wait.
    pub fn set_item_timeout(&mut self, timeout: Duration) {
        self.item_timeout = Some(timeout);
        self.item_alarm = None;
    }

    /// How long all items together may take, from now on.
    pub fn set_deadline(&mut self, deadline: Duration) {
        let ends = Instant::now().checked_add(deadline);
        self.deadline = ends.map(|ends| Box::pin(tokio::time::sleep_until(ends)));
    }

    /// The id of the last event, to go on from there another time. It stays as it is where events have none.
    #[must_use]
    pub fn last_event_id(&self) -> Option<&str> {
        match &self.framing {
            Framing::Events(events) => events.last_id(),
            Framing::Lines(_) | Framing::Sequence(_) => None,
        }
    }

    /// The next item, and `None` after the last.
    pub async fn next(&mut self) -> Option<Result<StreamItem<T>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The items as an iterator that waits for each.
    #[cfg(feature = "blocking")]
    pub fn blocking(self) -> crate::paging::Blocking<Self> {
        crate::paging::Blocking::new(self)
    }

    /// What says that it is something else than a stream of events is none, and would be one without any event.
    fn check(&self, content_type: Option<&HeaderValue>) -> Result<()> {
        let (Framing::Events(_), Some(found)) = (&self.framing, content_type) else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(found.as_bytes());
        let essence = text.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("text/event-stream") {
            return Ok(());
        }
        let found = self.plan.client.inner().redactor.text(&excerpt(essence.as_bytes(), 80));
        Err(Error::Decode(Box::new(DecodeError {
            method: self.plan.call.method.clone(),
            path: self.plan.call.path.clone(),
            status: self.status,
            pointer: String::new(),
            expected: "text/event-stream".to_owned(),
            found,
            body: Bytes::new(),
            drift: Vec::new(),
        })))
    }

    fn cut(&self, cut: Cut) -> Error {
        let error = match cut {
            Cut::TooLarge => too_large(self.plan.settings().max_reply_bytes),
            Cut::Short => Error::Transport(Trouble::new("it ended in the middle of an item")),
        };
        error.asked(self.plan.asked(0))
    }

    /// The next frame that is there, as an item.
    fn item(&mut self) -> Option<Result<StreamItem<T>>> {
        let frame = match self.framing.next(self.plan.settings().max_reply_bytes) {
            Ok(frame) => frame?,
            Err(cut) => return Some(self.fail(cut)),
        };
        self.read_frame(frame)
    }

    fn fail(&mut self, cut: Cut) -> Result<StreamItem<T>> {
        self.state = State::Over;
        Err(self.cut(cut))
    }

    fn read_frame(&mut self, frame: frames::Frame) -> Option<Result<StreamItem<T>>> {
        (self.resumed, self.item_alarm) = (0, None);
        let Some(outcome) = (self.read)(&frame).transpose() else {
            self.state = State::Over;
            return None;
        };
        let settled = self.settle(outcome, &frame.data);
        Some(settled.map(|(value, drift)| StreamItem {
            value,
            drift,
            event: frame.event,
            id: frame.id,
            raw: frame.data,
        }))
    }

    fn settle(
        &self,
        outcome: Result<(T, Vec<Drift>), Problem>,
        data: &Bytes,
    ) -> Result<(T, Vec<Drift>)> {
        let Plan { client, call, .. } = &self.plan;
        let pointer = client.inner().service.failure_pointer;
        if holds_failure(data, pointer) {
            let failure = self.plan.failure(self.status, HeaderMap::new(), data.clone());
            return Err(Error::Failure(Box::new(failure.of_success(pointer))));
        }
        let told = outcome
            .and_then(|(value, drift)| Ok((value, tell(client, call, self.strict, drift, data)?)));
        told.map_err(|problem| refused(client, call.clone(), self.status, problem, data))
    }

    /// Whether, and after what wait, the server is asked to go on where it was.
    fn wait_to_resume(&self, error: &Error) -> Option<Duration> {
        let Framing::Events(events) = &self.framing else { return None };
        let is_safe = self.plan.call.method.is_safe() && events.last_id().is_some();
        let is_lost = matches!(error, Error::Transport(_) | Error::Timeout(_));
        let asked = events.retry().unwrap_or_default();
        if !is_safe || !is_lost || asked > self.plan.settings().retry_after_cap {
            return None;
        }
        self.plan.wait_before_resumption(self.resumed + 1, asked)
    }

    /// The request for what follows the last event.
    fn again(&mut self) -> Option<State> {
        let Framing::Events(events) = &mut self.framing else { return None };
        let id = HeaderValue::from_bytes(events.last_id()?.as_bytes()).ok()?;
        *events = events.resume();
        let mut plan = self.plan.clone();
        plan.headers.insert("last-event-id", id);
        Some(State::Again(Box::pin(crate::observe::in_request(plan))))
    }

    /// The stream after its connection broke: goes on, or is over with the error.
    fn lost(&mut self, error: Error) -> Option<Error> {
        self.state = State::Over;
        let Some(wait) = self.wait_to_resume(&error) else { return Some(error) };
        self.resumed += 1;
        self.state = State::Pause(Box::pin(tokio::time::sleep(wait)));
        None
    }

    /// Whether a bound of time is over.
    fn late(&mut self, context: &mut Context<'_>) -> Option<Error> {
        let is_over = |alarm: &mut Option<Pin<Box<Sleep>>>, context: &mut Context<'_>| {
            alarm.as_mut().is_some_and(|alarm| alarm.as_mut().poll(context).is_ready())
        };
        if is_over(&mut self.deadline, context) {
            let error = Error::timeout("the deadline of the request has passed", true);
            return Some(error.asked(self.plan.asked(0)));
        }
        let allowed = self.item_timeout?;
        if self.item_alarm.is_none() {
            let ends = Instant::now().checked_add(allowed);
            self.item_alarm = ends.map(|ends| Box::pin(tokio::time::sleep_until(ends)));
        }
        is_over(&mut self.item_alarm, context).then(|| {
            let error = Error::timeout(format!("no further item within {allowed:?}"), true);
            error.asked(self.plan.asked(0))
        })
    }

    /// What the connection brings next, up to the end of the stream.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            match &mut self.state {
                State::Over => return Poll::Ready(None),
                State::Open(chunks) => match ready!(chunks.as_mut().poll_next(context)) {
                    Some(Err(error)) => {
                        if let Some(error) = self.lost(error) {
                            return Poll::Ready(Some(Err(error)));
                        }
                    }
                    other => return Poll::Ready(other),
                },
                State::Pause(sleep) => {
                    ready!(sleep.as_mut().poll(context));
                    self.state = self.again().unwrap_or(State::Over);
                }
                State::Again(work) => {
                    let outcome = ready!(work.as_mut().poll(context));
                    self.state = State::Over;
                    match outcome.and_then(|raw| {
                        self.check(raw.headers.get(CONTENT_TYPE))?;
                        pieces(raw.body)
                    }) {
                        Ok(chunks) => self.state = State::Open(chunks),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
            }
        }
    }
}

/// The pieces of a body, whichever way it came.
fn pieces(body: RawBody) -> Result<Chunks> {
    match body {
        RawBody::Stream(body) => body.into_chunks(),
        RawBody::Whole(bytes) => Body::from(bytes).into_chunks(),
    }
}

impl<T> Stream for ItemStream<T> {
    type Item = Result<StreamItem<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if matches!(this.state, State::Over) {
                return Poll::Ready(None);
            }
            if let Some(item) = this.item() {
                return Poll::Ready(Some(item));
            }
            if matches!(this.state, State::Over) {
                return Poll::Ready(None);
            }
            if let Some(error) = this.late(context) {
                this.state = State::Over;
                return Poll::Ready(Some(Err(error)));
            }
            match ready!(this.poll_piece(context)) {
                Some(Ok(piece)) => this.framing.push(&piece),
                Some(Err(error)) => {
                    this.state = State::Over;
                    return Poll::Ready(Some(Err(error)));
                }
                None => match this.framing.finish() {
                    Ok(frame) => {
                        this.state = State::Over;
                        return Poll::Ready(frame.and_then(|frame| this.read_frame(frame)));
                    }
                    // A connection that says nothing of its end may have broken as well.
                    Err(cut) => {
                        if let Some(error) = this.lost(this.cut(cut)) {
                            return Poll::Ready(Some(Err(error)));
                        }
                    }
                },
            }
        }
    }
}

impl<T> Stream for Response<ItemStream<T>> {
    type Item = Result<StreamItem<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut **self).poll_next(context)
    }
}

impl<T> fmt::Debug for ItemStream<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ItemStream")
    }
}
