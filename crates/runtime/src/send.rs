//! The way of a request: planned once, attempted until it succeeds or may not be repeated.

mod attempt;
pub(crate) mod plan;
mod redirect;
mod retry;
pub(crate) mod transport;

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

pub(crate) use self::attempt::holds_failure;
pub(crate) use self::retry::retry_after;
use crate::body::Body;
use crate::client::Client;
use crate::error::Result;
use crate::middleware::CallInfo;
use crate::reply::Reply;
use crate::request::Request;
use crate::response::Response;

/// What a kind of reply asks of the way it is fetched.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Want {
    pub(crate) accept: &'static str,
    pub(crate) stream: bool,
    /// Whether the stream is read item by item, and goes on with another request where it breaks.
    pub(crate) items: bool,
}

/// The identity of a request, for errors, hooks and logs.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: String,
}

impl Call {
    pub(crate) fn info(&self, attempt: u32) -> CallInfo<'_> {
        CallInfo { operation: self.operation, method: &self.method, path: &self.path, attempt }
    }
}

/// A successful reply before it is decoded.
#[doc(hidden)]
#[derive(Debug)]
pub struct RawReply {
    pub(crate) client: Client,
    pub(crate) call: Call,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: RawBody,
    pub(crate) strict: bool,
    /// Only for what is read item by item.
    pub(crate) reading: Option<Box<Reading>>,
}

/// What reading item by item needs beside the reply.
pub(crate) struct Reading {
    /// The request, to be made again.
    pub(crate) plan: plan::Plan,
    /// When all of it has to be over.
    pub(crate) ends: Option<tokio::time::Instant>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Reading")
    }
}

#[derive(Debug)]
pub(crate) enum RawBody {
    Whole(Bytes),
    Stream(Body),
}

/// A request under way. It does nothing until it is polled.
#[must_use = "a request does nothing until it is awaited"]
pub struct Pending<R> {
    work: Pin<Box<dyn Future<Output = Result<RawReply>> + Send>>,
    reply: PhantomData<fn() -> R>,
}

impl<R: Reply> Pending<R> {
    /// Sends `request` and reads what comes as `R`. Generated code calls this.
    pub fn new(request: Request) -> Self {
        Self { work: execute(request, R::WANT), reply: PhantomData }
    }
}

/// Everything up to decoding, compiled once for all operations.
fn execute(request: Request, want: Want) -> Pin<Box<dyn Future<Output = Result<RawReply>> + Send>> {
    // Planning sends nothing. What is boxed is the way of the request alone, which a wrapper would make twice as large.
    match plan::Plan::new(request, want) {
        Ok(plan) => Box::pin(crate::observe::in_request(plan)),
        Err(error) => Box::pin(std::future::ready(Err(error))),
    }
}

impl<R: Reply> Future for Pending<R> {
    type Output = Result<Response<R::Value>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.work.as_mut().poll(context).map(|raw| raw.and_then(R::decode))
    }
}

impl<R> std::fmt::Debug for Pending<R> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Pending")
    }
}
