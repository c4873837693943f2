//! Requests to endpoints that the document does not know.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;

use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use super::{Request, RequestOptions};
use crate::body::Body;
use crate::client::Client;
use crate::encode::params::QueryStyle;
use crate::operation::OperationInfo;
use crate::reply::{Json, Reply};
use crate::send::Pending;

static UNDOCUMENTED: OperationInfo = OperationInfo::new("undocumented", Method::GET, "");

/// A request to an endpoint that the document does not know. It has everything that other requests have:
/// key, retries, timeouts, and a typed reply if one is named.
///
/// ```no_run
/// # async fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
/// use lockstep_runtime::{Method, Text};
///
/// let balance = client.request(Method::GET, "/api/new-thing").query("limit", 5).await?;
/// println!("{}", balance["data"]);
/// let csv = client.request(Method::POST, "/api/export").field("from", "2025-01-01").reply::<Text>().await?;
/// # let _ = csv; Ok(()) }
/// ```
#[must_use = "a request does nothing until it is awaited or sent"]
#[derive(Clone, Debug)]
pub struct Undocumented<R = Json<Value>> {
    request: Request,
    reply: PhantomData<fn() -> R>,
}

impl Undocumented {
    pub(crate) fn new(client: Client, method: Method, path: &str) -> Self {
        let mut request = Request::new(Some(client), &UNDOCUMENTED);
        if !path.starts_with('/') || path.starts_with("//") || path.contains(['#', '\\']) {
            request.fail(path, "the path has to start with one slash; the key travels to the service's own host only");
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        for (name, value) in crate::encode::percent::parse_pairs(query) {
            request.query.add(name, value);
        }
        request.target = Some(Arc::new((method, path.to_owned())));
        Self { request, reply: PhantomData }
    }
}

impl<R: Reply> Undocumented<R> {
    /// Expects another kind of reply than a JSON value: `Json<MyType>`, `Text`, `Empty` or `Binary`.
    pub fn reply<S: Reply>(self) -> Undocumented<S> {
        Undocumented { request: self.request, reply: PhantomData }
    }

    /// Sets a query parameter.
    pub fn query(self, name: &str, value: impl Serialize) -> Self {
        self.map(|request| request.query(name, value))
    }

    /// Sets a query parameter in a style of its own.
    pub fn query_as(self, name: &str, style: QueryStyle, value: impl Serialize) -> Self {
        self.map(|request| request.query_as(name, style, value))
    }

    /// Sets a header.
    pub fn header(self, name: &str, value: impl Serialize) -> Self {
        self.map(|request| request.header(name, value))
    }

    /// Sets one property of a JSON body.
    pub fn field(self, name: &str, value: impl Serialize) -> Self {
        self.map(|request| request.field(name, value))
    }

    /// Sets the whole body as JSON.
    pub fn body(self, value: impl Serialize) -> Self {
        self.map(|request| request.body(value))
    }

    /// Sets the whole body as bytes, a file, or a stream.
    pub fn bytes_body(self, body: impl Into<Body>) -> Self {
        self.map(|request| request.bytes_body(body))
    }

    /// Sets options of this request.
    pub fn with(self, options: RequestOptions) -> Self {
        self.map(|request| request.with(options))
    }

    fn map(self, change: impl FnOnce(Request) -> Request) -> Self {
        Self { request: change(self.request), reply: PhantomData }
    }

    /// Sends the request. Awaiting it does the same.
    pub fn send(self) -> Pending<R> {
        Pending::new(self.request)
    }

    /// Sends the request and waits.
    ///
    /// # Errors
    /// Whatever [`send`](Self::send) gives.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> crate::error::Result<crate::response::Response<R::Value>> {
        crate::blocking::send::<R>(self.request)
    }
}

impl<R: Reply> IntoFuture for Undocumented<R> {
    type Output = crate::error::Result<crate::response::Response<R::Value>>;
    type IntoFuture = Pending<R>;

    fn into_future(self) -> Pending<R> {
        self.send()
    }
}
