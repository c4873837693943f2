//! Keeps keys out of everything that a person or a log may see.
//!
//! A server may echo the key ("Invalid API key sk_…"), and so may a reply that a log prints. Nothing
//! can be known about where, so every text of an error passes here.

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderValue};

const MASK: &str = "[key]";

/// An address that is still escaped after so many rounds hides something.
const MOST_ESCAPED: usize = 8;

/// Shorter ones are placeholders, and masking them would shred the text around.
const SHORTEST: usize = 6;

/// The secrets of one client.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    secrets: Vec<String>,
}

impl Redactor {
    pub(crate) fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut secrets: Vec<String> =
            secrets.into_iter().filter(|secret| secret.len() >= SHORTEST).collect();
        // Longest first: one secret may contain another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self { secrets }
    }

    pub(crate) fn text(&self, text: &str) -> String {
        self.secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
    }

    /// Whether an address holds a secret, however often its letters were escaped.
    pub(crate) fn is_in(&self, address: &str) -> bool {
        let mut text = address.to_owned();
        for _ in 0..MOST_ESCAPED {
            // A plus sign is a space in a query, and a plus sign elsewhere.
            let spaced = text.replace('+', " ");
            if self.secrets.iter().any(|secret| text.contains(secret) || spaced.contains(secret)) {
                return true;
            }
            let next = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
            if next == text {
                return false;
            }
            text = next;
        }
        // Nobody escapes an address so often for a good reason.
        true
    }

    pub(crate) fn bytes(&self, body: Bytes) -> Bytes {
        let found =
            |secret: &String| body.windows(secret.len()).any(|window| window == secret.as_bytes());
        if !self.secrets.iter().any(found) {
            return body;
        }
        self.text(&String::from_utf8_lossy(&body)).into()
    }

    pub(crate) fn headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut() {
            if let Ok(text) = value.to_str() {
                let masked = self.text(text);
                if masked != text {
                    *value = HeaderValue::from_str(&masked)
                        .unwrap_or_else(|_| HeaderValue::from_static(MASK));
                }
            }
        }
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} secrets", self.secrets.len())
    }
}
