//! Tests of programs that use a client.
//!
//! # Against a mock
//!
//! The generator writes a mock server beside the client, made of the document's own examples; any other server
//! does as well. A base URL is all it takes. Servers that single operations name in the document do not count
//! then, so a test never reaches the real service by accident.
//!
//! ```
//! # use lockstep_runtime::{Client, Service};
//! # static SERVICE: Service = Service { base_url: "https://api.example.com", ..Service::DEFAULT };
//! let client = Client::builder(&SERVICE).base_url("http://127.0.0.1:4010").strict(true).build()?;
//! assert_eq!(client.base_url().port(), Some(4010));
//! # Ok::<(), lockstep_runtime::Error>(())
//! ```
//!
//! # Strictly
//!
//! [`strict`](crate::ClientBuilder::strict) makes drift an error: the test that should notice when an API and
//! its document part says so, with the place. In production,
//! [`on_drift`](crate::ClientBuilder::on_drift) tells the same without failing anyone's request.
//!
//! # Requests as values
//!
//! Two requests are equal when the same would go over the wire. A test can compare what a function builds
//! without sending it, and what a server received with what should have been sent:
//!
//! ```
//! # use lockstep_runtime::{Client, Service};
//! # static SERVICE: Service = Service { base_url: "https://api.example.com", ..Service::DEFAULT };
//! # let client = Client::builder(&SERVICE).build()?;
//! use lockstep_runtime::{Json, Method, Operation, OperationInfo, Request, Value};
//!
//! #[derive(Debug, PartialEq)]
//! struct GetPet(Request);
//! lockstep_runtime::operation!(GetPet);
//! impl Operation for GetPet {
//!     const INFO: &'static OperationInfo = &OperationInfo::new("getPet", Method::GET, "/pets/{id}");
//!     type Reply = Json<Value>;
//! }
//!
//! let received = Request::received(GetPet::INFO, "/pets/rex?limit=5", &Default::default(), "")?;
//! let expected = client.operation::<GetPet>().path("id", "rex").query("limit", 5);
//! assert_eq!(GetPet::from(received), GetPet::from(expected));
//! # Ok::<(), lockstep_runtime::Error>(())
//! ```
//!
//! Headers of a received request are compared only as far as the other side sets them. The content of a file on
//! disk, or of a reader, is not compared: reading would spend it.
//!
//! # Recording
//!
//! `cargo xtask record --target https://api.example.com --har calls.har` listens on a port of this machine, hands every
//! request on, and writes down what came back with all values taken out; `base_url` of the client is all that changes.
//! `cargo xtask learn calls.har` then says where the API and its document differ. Without a proxy, a
//! [hook](crate::middleware) sees the same bodies in [`Outcome::body`](crate::Outcome::body).
//!
//! # Recorded bodies
//!
//! [`read_json`] reads a body as a client would, without one: for fixtures of one's own tests, and for finding out what
//! a new version of the types makes of bodies that were kept.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::decode::Drift;
use crate::error::{Error, Result};

/// Reads a body as a client reads a reply: strictly, and where that fails leniently, with what departed from the type.
///
/// # Errors
/// When it is no JSON, or nothing like the type; the sentence says where. Always [`Error::Request`].
///
/// ```
/// use lockstep_runtime::{Value, testing::read_json};
///
/// let (list, drift) = read_json::<Vec<i64>>(r#"[1, "2"]"#)?;
/// assert_eq!(list, [1, 2]);
/// assert_eq!(drift[0].pointer(), "/1");
/// # Ok::<(), lockstep_runtime::Error>(())
/// ```
pub fn read_json<T: DeserializeOwned>(body: impl Into<Bytes>) -> Result<(T, Vec<Drift>)> {
    crate::reply::read_json(&body.into()).map_err(Error::request)
}
