//! A reply that succeeded by its status and yet is not what was promised.

use std::fmt::{self, Write as _};

use bytes::Bytes;
use reqwest::{Method, StatusCode};

use crate::decode::Drift;
use crate::visible::Visible;

/// Where a reply departs from its type, what stood there, and the reply itself.
#[derive(Debug)]
pub struct DecodeError {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) pointer: String,
    pub(crate) expected: String,
    pub(crate) found: String,
    pub(crate) body: Bytes,
    pub(crate) drift: Vec<Drift>,
}

impl DecodeError {
    /// JSON pointer (RFC 6901) to the place in the reply; empty for the reply as a whole.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What was promised there.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What stood there, in a few words.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// The status of the reply.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body as it came, with any echo of the key masked.
    #[must_use]
    pub fn raw_body(&self) -> &Bytes {
        &self.body
    }

    /// The beginning of the body as text, for a log.
    #[must_use]
    pub fn excerpt(&self) -> String {
        excerpt(&self.body, 200)
    }

    /// Every place that had drifted: more than one only in strict mode, which refuses what it could loosen.
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.drift
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the reply" } else { &self.pointer };
        let Self { method, path, status, expected, found, .. } = self;
        write!(
            Visible(out),
            "{method} {path} answered {}, but {place} should be {expected} and is {found}",
            status.as_u16()
        )
    }
}

/// The first `limit` characters of a body on one line.
pub(crate) fn excerpt(body: &[u8], limit: usize) -> String {
    // Four bytes are the most that a character takes, so no more than that has to be looked at.
    let head = String::from_utf8_lossy(&body[..body.len().min(limit * 4)]);
    let mut text: String = head.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = text.char_indices().nth(limit) {
        text.truncate(end);
        text.push('…');
    }
    text
}
