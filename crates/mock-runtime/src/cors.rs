//! CORS: pages of any origin may ask for the API, as they would have to ask the real one.
//!
//! The mock's own routes never come here; see `control` and `guard`.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};

use crate::engine::{Answer, Engine};
use crate::router::Found;

const PRIVATE_ASKED: HeaderName = HeaderName::from_static("access-control-request-private-network");
const PRIVATE_ALLOWED: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// A request that a page of some origin makes.
#[derive(Clone, Debug)]
pub(crate) struct Cors {
    origin: HeaderValue,
}

impl Cors {
    /// `None` where no page asks.
    pub(crate) fn of<B>(request: &Request<B>) -> Option<Self> {
        request.headers().get(ORIGIN).map(|origin| Self { origin: origin.clone() })
    }

    /// The answer to a browser that asks whether a page may ask. What the path or method is worth shows in the request
    /// itself, which a page can read.
    pub(crate) fn preflight(&self, engine: &Engine, request: &Request<Bytes>) -> Option<Answer> {
        let asked = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD)?;
        if request.method() != Method::OPTIONS {
            return None;
        }
        let mut answer = Answer::empty(204);
        let headers = &mut answer.headers;
        self.allow(headers);
        headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
        let methods = methods(engine, request.uri().path(), asked);
        headers.extend(methods.map(|methods| (ACCESS_CONTROL_ALLOW_METHODS, methods)));
        if let Some(names) = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        if request.headers().contains_key(PRIVATE_ASKED) {
            headers.insert(PRIVATE_ALLOWED, HeaderValue::from_static("true"));
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        headers.append(VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
        headers.append(VARY, HeaderValue::from_static("Access-Control-Request-Method"));
        Some(answer)
    }

    /// Lets the page read a reply. What the document says about CORS itself stands.
    pub(crate) fn allow(&self, headers: &mut HeaderMap) {
        headers.append(VARY, HeaderValue::from_static("Origin"));
        if headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
            return;
        }
        // A star does not go with credentials, so what may be read is told by name.
        let names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        if let Ok(names) = HeaderValue::from_str(&names.join(", ")) {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, names);
        }
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

/// The methods of a path, and the one that was asked for.
fn methods(engine: &Engine, path: &str, asked: &HeaderValue) -> Option<HeaderValue> {
    let asked = asked.to_str().ok()?;
    // No operation has this method, so that the answer is every method there is.
    let none: Method = "MOCK".parse().ok()?;
    let known = match engine.service.find(&none, path) {
        Found::Methods(methods) => methods,
        Found::Operation { .. } | Found::Nothing | Found::Malformed => Vec::new(),
    };
    let mut names: Vec<_> = known.iter().map(Method::as_str).collect();
    if !names.contains(&asked) {
        names.push(asked);
    }
    HeaderValue::from_str(&names.join(", ")).ok()
}
