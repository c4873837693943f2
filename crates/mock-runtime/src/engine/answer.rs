//! What is sent, and how it is put together.
//!
//! Knows status, headers and body; not how a request was judged or which reply was chosen.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

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

impl Answer {
    /// A reply of a status without a body.
    pub(crate) fn empty(status: u16) -> Self {
        answer(status, None, Bytes::new())
    }

    /// Says beside the reply what is worth knowing about the exchange.
    #[cfg(feature = "proxy")]
    pub(crate) fn tell(&mut self, reason: &str) {
        let reason: String = reason.chars().take(500).collect();
        self.headers.extend(super::refused::mock_reason(&reason));
    }
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

/// Declared headers; a redirect always says where.
pub(super) fn declared_headers(service: &Service, chosen: &Chosen<'_>, headers: &mut HeaderMap) {
    if let Some(declared) = service.headers(chosen) {
        headers.extend(declared.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    if matches!(chosen.status, 301..=303 | 307 | 308) && !headers.contains_key(LOCATION) {
        headers.insert(LOCATION, HeaderValue::from_static("https://example.com/elsewhere"));
    }
}
