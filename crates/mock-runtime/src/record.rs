//! What was received: bounded in number and in bytes.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};

use crate::failure::Blame;
use crate::mask::Mask;

/// A request that came in, and what became of it.
#[derive(Clone, Debug)]
pub struct Received {
    /// Counts from 1.
    pub number: u64,
    /// Time since the server started.
    pub at: Duration,
    /// The method.
    pub method: Method,
    /// Path and query as they stood in the request line.
    pub uri: Uri,
    /// The headers. Credentials are kept as they came: this never leaves the test.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The operation that it meant, by its id.
    pub operation: Option<String>,
    /// Status of the reply.
    pub status: u16,
    /// Why it was refused, or anything else worth saying.
    pub note: Option<String>,
    /// Who is likelier at fault, when it was refused.
    pub blame: Option<Blame>,
    /// Whether nothing was there for it: no such path, no such method, or no stub that fits.
    pub unmatched: bool,
    /// What was not as the document says, where the real API answered.
    #[cfg(feature = "proxy")]
    pub findings: Vec<crate::engine::Finding>,
}

impl Received {
    pub(crate) fn of(request: Request<Bytes>, at: Duration) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            number: 0,
            at,
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body,
            operation: None,
            status: 0,
            note: None,
            blame: None,
            unmatched: false,
            #[cfg(feature = "proxy")]
            findings: Vec::new(),
        }
    }

    /// One line: method, path, operation, status, and why it was refused.
    pub fn line(&self) -> String {
        self.line_with(&Mask::default())
    }

    /// The same, with what is secret in an API.
    pub(crate) fn line_with(&self, mask: &Mask) -> String {
        let target: String = mask.target(&self.uri).chars().take(300).collect();
        let operation = self.operation.as_deref().unwrap_or("-");
        let mut line = format!("{:<6} {target} {operation} {}", self.method.as_str(), self.status);
        if let Some(note) = &self.note {
            line.push_str(" · ");
            line.push_str(note);
        }
        if let Some(blame) = self.blame.filter(|blame| *blame != Blame::Nobody) {
            line.push_str(&format!(" · {blame} at fault"));
        }
        // Nothing that came over the wire may end a line or steer a terminal.
        let steers = |own: char| {
            own.is_control()
                || matches!(own, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        line.chars().map(|own| if steers(own) { '\u{FFFD}' } else { own }).collect()
    }

    fn size(&self) -> usize {
        let headers: usize =
            self.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        512 + headers
            + self.body.len()
            + self.uri.path().len()
            + self.uri.query().map_or(0, str::len)
    }
}

/// The last requests, as many as fit.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<(usize, Received)>,
    bytes: usize,
    total: u64,
}

impl Log {
    /// Keeps a request and forgets the oldest beyond the bounds.
    pub(crate) fn push(&mut self, mut received: Received, most: usize, most_bytes: usize) {
        self.total += 1;
        received.number = self.total;
        let size = received.size();
        if most == 0 || size > most_bytes {
            return;
        }
        self.entries.push_back((size, received));
        self.bytes += size;
        while self.entries.len() > most || self.bytes > most_bytes {
            let Some((size, _)) = self.entries.pop_front() else { break };
            self.bytes -= size;
        }
    }

    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Received> {
        self.entries.iter().map(|(_, received)| received)
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(body: usize) -> Received {
        let request = Request::builder()
            .uri("/a\u{7f}".replace('\u{7f}', ""))
            .body(Bytes::from(vec![0; body]))
            .expect("a request");
        Received::of(request, Duration::ZERO)
    }

    #[test]
    fn keeps_the_last_that_fit() {
        let mut log = Log::default();
        for _ in 0..10 {
            log.push(received(1000), 4, 1 << 20);
        }
        assert_eq!(log.entries().map(|own| own.number).collect::<Vec<_>>(), [7, 8, 9, 10]);
        log.push(received(5000), 4, 6_000);
        assert_eq!(log.entries().map(|own| own.number).collect::<Vec<_>>(), [11]);
        log.push(received(50_000), 4, 6_000);
        assert_eq!((log.total(), log.entries().count()), (12, 1));
    }

    #[test]
    fn a_line_cannot_be_forged() {
        let mut received = received(0);
        received.note = Some("a\nGET /evil\u{1b}[31m".to_owned());
        assert!(!received.line().contains(['\n', '\u{1b}']));
    }
}
