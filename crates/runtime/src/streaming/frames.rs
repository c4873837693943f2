//! Bytes that come in pieces of any size, cut into the frames that hold one item each.
//!
//! This module knows nothing of HTTP, and nothing of what a frame holds.

use std::sync::Arc;

use bytes::Bytes;

use super::events::Events;
use super::values::{Lines, Sequence};

/// What one item came in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Frame {
    /// The text of the item.
    pub(crate) data: Bytes,
    /// The name of the event, where it has one.
    pub(crate) event: Option<String>,
    /// The last id that an event had.
    pub(crate) id: Option<Arc<str>>,
}

impl Frame {
    pub(super) fn of(data: &[u8]) -> Self {
        Self { data: Bytes::copy_from_slice(data), ..Self::default() }
    }
}

/// Why no frame can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// An item is larger than is accepted.
    TooLarge,
    /// The stream ended within an item.
    Short,
}

/// One way of putting items one after the other.
#[derive(Debug)]
pub(crate) enum Framing {
    /// `text/event-stream`
    Events(Events),
    /// A line for each.
    Lines(Lines),
    /// RFC 7464.
    Sequence(Sequence),
}

impl Framing {
    /// Takes a piece. Frames are asked for until there is none, before the next is given.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.unread().push(piece);
    }

    /// The next frame that is there whole.
    pub(crate) fn next(&mut self, limit: usize) -> Result<Option<Frame>, Cut> {
        match self {
            Self::Events(events) => events.next(limit),
            Self::Lines(lines) => lines.next(limit),
            Self::Sequence(sequence) => sequence.next(limit),
        }
    }

    /// What is left when no more comes.
    pub(crate) fn finish(&mut self) -> Result<Option<Frame>, Cut> {
        match self {
            Self::Events(events) => events.finish().map(|()| None),
            Self::Lines(lines) => Ok(lines.finish()),
            Self::Sequence(sequence) => sequence.finish(),
        }
    }

    fn unread(&mut self) -> &mut Unread {
        match self {
            Self::Events(events) => &mut events.unread,
            Self::Lines(lines) => &mut lines.unread,
            Self::Sequence(sequence) => &mut sequence.unread,
        }
    }
}

/// What has come and is not read yet. Every byte is looked at once, and moved at most once.
#[derive(Debug, Default)]
pub(super) struct Unread {
    bytes: Vec<u8>,
    /// Where what is not read begins.
    start: usize,
    /// Up to where it was looked through in vain.
    seen: usize,
}

impl Unread {
    fn push(&mut self, piece: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.seen -= self.start;
            self.start = 0;
        }
        self.bytes.extend_from_slice(piece);
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// What has not been looked through yet, and how much stands before it.
    pub(super) fn unseen(&self) -> (usize, &[u8]) {
        (self.seen - self.start, &self.bytes[self.seen..])
    }

    /// Notes that all of it was looked through.
    pub(super) fn look_through(&mut self) {
        self.seen = self.bytes.len();
    }

    /// Takes the first `length` bytes, and drops `more` behind them.
    pub(super) fn take(&mut self, length: usize, more: usize) -> &[u8] {
        let start = self.start;
        self.start = (start + length + more).min(self.bytes.len());
        self.seen = self.start;
        &self.bytes[start..start + length]
    }

    /// Drops what comes first.
    pub(super) fn skip(&mut self, length: usize) {
        self.take(0, length);
    }
}
