//! What is sent, and how it is put together.
//!
//! Knows status, headers and body; not how a request was judged or which reply was chosen.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

use crate::failure::Refusal;
use crate::service::{Chosen, Service};
use crate::settings::Fault;

/// What to send.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers, without those of the connection.
    pub headers: HeaderMap,
    /// The whole body. A `HEAD` request gets its head only.
    pub body: Bytes,
    /// How long to hold it back.
    pub wait: Duration,
    /// What should go wrong on its way.
    pub fault: Option<Fault>,
}

/// A reply of a status with a body.
pub(super) fn answer(status: u16, media: Option<&str>, body: Bytes) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    // These two never have a body, whatever the document says.
    let bodiless = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    let body = if bodiless { Bytes::new() } else { body };
    if let Some(media) =
        media.filter(|_| !bodiless).and_then(|media| HeaderValue::from_str(media).ok())
    {
        headers.insert(CONTENT_TYPE, media);
    }
    Answer { status, headers, body, wait: Duration::ZERO, fault: None }
}

/// A reply of a status with a JSON body.
pub(super) fn json(status: u16, body: &Value) -> Answer {
    answer(status, Some("application/json"), Bytes::from(body.to_string()))
}

/// A refusal in upstream's words, with the reason beside it.
pub(super) fn refused(refusal: &Refusal, path: &str, service: &Service) -> Answer {
    let mut answer = json(refusal.status, &refusal.body(path, &service.data().routes.errors));
    if refusal.status == 405 {
        let mut allow: Vec<_> = refusal.allow.iter().map(Method::as_str).collect();
        if allow.contains(&"GET") && !allow.contains(&"HEAD") {
            allow.push("HEAD");
        }
        if let Ok(value) = HeaderValue::from_str(&allow.join(", ")) {
            answer.headers.insert(ALLOW, value);
        }
    }
    if refusal.status == 401 {
        answer.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let reason: String = refusal
        .reason
        .chars()
        .take(500)
        .map(|own| if (' '..='~').contains(&own) { own } else { '?' })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("{reason} ({} at fault)", refusal.blame)) {
        answer.headers.insert(HeaderName::from_static("mock-reason"), value);
    }
    answer
}

/// Declared headers that have an example; a redirect always says where.
pub(super) fn declared_headers(chosen: &Chosen<'_>, headers: &mut HeaderMap) {
    for (name, header) in chosen.response.iter().flat_map(|response| &response.headers) {
        let text = match &header.example {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => continue,
        };
        let framing = ["content-length", "transfer-encoding", "connection", "content-type"];
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&text))
            && !framing.contains(&name.as_str())
        {
            headers.insert(name, value);
        }
    }
    if matches!(chosen.status, 301..=303 | 307 | 308) && !headers.contains_key(LOCATION) {
        headers.insert(LOCATION, HeaderValue::from_static("https://example.com/elsewhere"));
    }
}
