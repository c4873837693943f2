//! `text/event-stream` by the rules of the WHATWG: lines that end in any way, fields, and events at empty lines.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::frames::{Cut, Frame, Unread};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Lines become fields, and fields become events.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub(super) unread: Unread,
    has_begun: bool,
    /// A line ended in a carriage return; a line feed behind it is part of the same end.
    after_return: bool,
    data: Vec<u8>,
    has_data: bool,
    event: Option<String>,
    /// The id of the event that is being read; it counts from its end on.
    id: Option<Arc<str>>,
    last_id: Option<Arc<str>>,
    retry: Option<Duration>,
}

impl Events {
    /// The id of the last event that came whole.
    pub(crate) fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref().filter(|id| !id.is_empty())
    }

    /// How long the server asks to wait before it is asked again.
    pub(crate) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// The same stream after its connection broke: what was begun comes again, and the last id stays.
    pub(crate) fn resume(&self) -> Self {
        let last_id = self.last_id.clone();
        Self { id: last_id.clone(), last_id, retry: self.retry, ..Self::default() }
    }

    pub(super) fn next(&mut self, limit: usize) -> Result<Option<Frame>, Cut> {
        loop {
            let Some(length) = self.line() else {
                let is_over = self.unread.len() + self.data.len() > limit;
                return if is_over { Err(Cut::TooLarge) } else { Ok(None) };
            };
            if length == 0 {
                self.unread.skip(1);
                if let Some(frame) = self.dispatch() {
                    return Ok(Some(frame));
                }
                continue;
            }
            if length + self.data.len() > limit {
                return Err(Cut::TooLarge);
            }
            self.field(length);
        }
    }

    /// An event without the empty line behind it is none; that one was begun is told.
    pub(super) fn finish(&self) -> Result<(), Cut> {
        let is_comment = self.unread.rest().starts_with(b":");
        let is_clean = !self.has_data && (self.unread.len() == 0 || is_comment);
        if is_clean { Ok(()) } else { Err(Cut::Short) }
    }

    /// The length of the next line, if its end has come.
    fn line(&mut self) -> Option<usize> {
        if !self.has_begun {
            let rest = self.unread.rest();
            if rest.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(rest) {
                return None;
            }
            self.has_begun = true;
            if rest.starts_with(BYTE_ORDER_MARK) {
                self.unread.skip(BYTE_ORDER_MARK.len());
            }
        }
        if self.after_return && self.unread.len() > 0 {
            self.after_return = false;
            if self.unread.rest().starts_with(b"\n") {
                self.unread.skip(1);
            }
        }
        let (before, unseen) = self.unread.unseen();
        let Some(at) = unseen.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.unread.look_through();
            return None;
        };
        self.after_return = unseen[at] == b'\r';
        Some(before + at)
    }

    fn field(&mut self, length: usize) {
        let line = self.unread.take(length, 1);
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = match colon {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, &line[line.len()..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            b"event" => self.event = Some(String::from_utf8_lossy(value).into_owned()),
            b"id" if !value.contains(&0) => {
                self.id = Some(String::from_utf8_lossy(value).into());
            }
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                let text = String::from_utf8_lossy(value);
                self.retry = Some(Duration::from_millis(text.parse().unwrap_or(u64::MAX)));
            }
            // Comments, and fields that nobody has defined.
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<Frame> {
        if self.id != self.last_id {
            self.last_id = self.id.clone();
        }
        let event = self.event.take().filter(|event| !event.is_empty());
        if !std::mem::take(&mut self.has_data) {
            return None;
        }
        let data = Bytes::from(std::mem::take(&mut self.data));
        Some(Frame { data, event, id: self.last_id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streaming::frames::Framing;

    /// What comes of a text in pieces of a size: name, data and id of each event.
    fn read(text: &[u8], size: usize) -> Vec<(String, String, String)> {
        let mut framing = Framing::Events(Events::default());
        let mut found = Vec::new();
        for piece in text.chunks(size) {
            framing.push(piece);
            while let Some(frame) = framing.next(1 << 20).expect("no end") {
                let data = String::from_utf8_lossy(&frame.data).into_owned();
                let id = frame.id.as_deref().unwrap_or_default().to_owned();
                found.push((frame.event.unwrap_or_default(), data, id));
            }
        }
        found
    }

    fn data(text: &str) -> Vec<String> {
        let whole = read(text.as_bytes(), text.len().max(1));
        for size in [1, 2, 3, 7] {
            assert_eq!(read(text.as_bytes(), size), whole, "in pieces of {size}: {text:?}");
        }
        whole.into_iter().map(|(_, data, _)| data).collect()
    }

    #[test]
    fn the_examples_of_the_specification() {
        assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
        assert_eq!(
            read(b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n", 99),
            [
                (String::new(), "first event".to_owned(), "1".to_owned()),
                (String::new(), "second event".to_owned(), String::new()),
                (String::new(), " third event".to_owned(), String::new()),
            ]
        );
        assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
        assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
    }

    #[test]
    fn lines_end_in_any_way() {
        for end in ["\n", "\r", "\r\n"] {
            let text = "data: a;data: b;;event: x;data: c;;".replace(';', end);
            assert_eq!(data(&text), ["a\nb", "c"], "{end:?}");
        }
        assert_eq!(data("\u{feff}data: a\r\n\rdata: b\n\r\n"), ["a", "b"]);
        assert_eq!(data("\u{feff}\u{feff}data: a\n\ndata: b\n\n"), ["b"]);
    }

    #[test]
    fn what_is_no_field_is_no_event() {
        assert_eq!(data("event: x\nid: 7\n\n"), [""; 0]);
        assert_eq!(data("Data: a\n data: b\ndata : c\n: d\n\n"), [""; 0]);
        assert_eq!(read(b"id: 7\n\nid: a\0b\ndata: x\n\n", 99)[0].2, "7");
        assert_eq!(read(b"event: a\n\ndata: x\n\n", 99)[0].0, "");
    }

    #[test]
    fn the_time_to_wait_is_digits_alone() {
        for (text, expected) in [
            ("retry: 250\n", Some(250)),
            ("retry: -1\n", None),
            ("retry: 1s\n", None),
            ("retry\n", None),
            ("retry: 99999999999999999999\n", Some(u64::MAX)),
        ] {
            let mut events = Framing::Events(Events::default());
            events.push(text.as_bytes());
            assert_eq!(events.next(99), Ok(None));
            let Framing::Events(events) = events else { unreachable!("it was made so") };
            assert_eq!(events.retry(), expected.map(Duration::from_millis), "{text}");
        }
    }

    #[test]
    fn what_was_begun_is_told_and_what_is_too_large_as_well() {
        for (text, expected) in [
            ("data: a\n\n", Ok(())),
            ("data: a\n\n: bye", Ok(())),
            ("data: a\n", Err(Cut::Short)),
            ("data: a\n\nda", Err(Cut::Short)),
        ] {
            let mut framing = Framing::Events(Events::default());
            framing.push(text.as_bytes());
            while framing.next(99).expect("small").is_some() {}
            assert_eq!(framing.finish().map(drop), expected, "{text:?}");
        }
        let mut framing = Framing::Events(Events::default());
        framing.push(b"data: 0123456789\n");
        assert_eq!(framing.next(20), Ok(None));
        framing.push(b"data: 0123456789\n\n");
        assert_eq!(framing.next(20), Err(Cut::TooLarge));
    }
}
