//! JSON values one after the other: a line for each, or each behind a record separator (RFC 7464).

use super::frames::{Cut, Frame, Unread};

/// The record separator of RFC 7464.
const SEPARATOR: u8 = 0x1e;

/// A line for each value: `application/x-ndjson`, `application/jsonl`. Empty lines are none.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(super) unread: Unread,
}

impl Lines {
    pub(super) fn next(&mut self, limit: usize) -> Result<Option<Frame>, Cut> {
        loop {
            let (before, unseen) = self.unread.unseen();
            let Some(at) = unseen.iter().position(|byte| *byte == b'\n') else {
                self.unread.look_through();
                return if self.unread.len() > limit { Err(Cut::TooLarge) } else { Ok(None) };
            };
            let length = before + at;
            if length > limit {
                return Err(Cut::TooLarge);
            }
            let line = plain(self.unread.take(length, 1));
            if !line.is_empty() {
                return Ok(Some(Frame::of(line)));
            }
        }
    }

    /// The last line needs no end.
    pub(super) fn finish(&mut self) -> Option<Frame> {
        let line = plain(self.unread.take(self.unread.len(), 0));
        (!line.is_empty()).then(|| Frame::of(line))
    }
}

/// A line without what stands around its value.
fn plain(line: &[u8]) -> &[u8] {
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii()
}

/// Each value behind a separator: `application/json-seq`. It is given as soon as it ends with a line, and need not wait
/// for the next.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    pub(super) unread: Unread,
    /// How many lists and objects are open.
    depth: usize,
    in_text: bool,
    is_escaped: bool,
}

impl Sequence {
    pub(super) fn next(&mut self, limit: usize) -> Result<Option<Frame>, Cut> {
        loop {
            let Some(end) = self.end() else {
                self.unread.look_through();
                return if self.unread.len() > limit { Err(Cut::TooLarge) } else { Ok(None) };
            };
            if end > limit {
                return Err(Cut::TooLarge);
            }
            (self.depth, self.in_text, self.is_escaped) = (0, false, false);
            let value = self.unread.take(end, 1).trim_ascii();
            if !value.is_empty() {
                return Ok(Some(Frame::of(value)));
            }
        }
    }

    /// The last value. A number or a word without anything behind it may be the beginning of another.
    pub(super) fn finish(&mut self) -> Result<Option<Frame>, Cut> {
        let rest = self.unread.take(self.unread.len(), 0);
        let value = rest.trim_ascii();
        match value.last() {
            None => Ok(None),
            Some(b'}' | b']' | b'"') if self.depth == 0 && !self.in_text => {
                Ok(Some(Frame::of(value)))
            }
            Some(_) => Err(Cut::Short),
        }
    }

    /// How long the next value is: up to the next separator, or to a line's end that is in no list, object or text.
    fn end(&mut self) -> Option<usize> {
        let (before, unseen) = self.unread.unseen();
        for (at, byte) in unseen.iter().enumerate() {
            // No text can hold it, so that what is cut off costs no more than itself.
            if *byte == SEPARATOR {
                return Some(before + at);
            }
            if self.in_text {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => self.in_text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                b'\n' if self.depth == 0 => return Some(before + at),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streaming::frames::Framing;

    fn read(mut framing: Framing, text: &str, size: usize) -> (Vec<String>, Result<(), Cut>) {
        let mut found = Vec::new();
        let mut keep = |frame: Frame| found.push(String::from_utf8_lossy(&frame.data).into_owned());
        for piece in text.as_bytes().chunks(size) {
            framing.push(piece);
            while let Some(frame) = framing.next(1 << 20).expect("small") {
                keep(frame);
            }
        }
        let end = framing.finish().map(|last| last.into_iter().for_each(keep));
        (found, end)
    }

    #[test]
    fn lines() {
        for size in [1, 2, 5, 99] {
            let framing = Framing::Lines(Lines::default());
            let text = "\u{feff}{\"a\":1}\r\n\n  \n[2]\n3";
            assert_eq!(
                read(framing, text, size),
                (["{\"a\":1}", "[2]", "3"].map(str::to_owned).to_vec(), Ok(()))
            );
        }
        let mut framing = Framing::Lines(Lines::default());
        framing.push(b"0123456789");
        assert_eq!(framing.next(9), Err(Cut::TooLarge));
    }

    #[test]
    fn sequences() {
        let text = "\u{1e}{\"a\":\n \"}\\\"\\u001e\"}\n\u{1e}[1,\n2]\u{1e}\u{1e}7\n\u{1e}\"x\"";
        for size in [1, 2, 5, 99] {
            let (found, end) = read(Framing::Sequence(Sequence::default()), text, size);
            assert_eq!(found, ["{\"a\":\n \"}\\\"\\u001e\"}", "[1,\n2]", "7", "\"x\""]);
            assert_eq!(end, Ok(()));
        }
        for (cut, expected) in [("\u{1e}12", 0), ("\u{1e}1\n\u{1e}{\"a\":[1]", 1), ("\u{1e}\"a", 0)]
        {
            let (found, end) = read(Framing::Sequence(Sequence::default()), cut, 99);
            assert_eq!((found.len(), end), (expected, Err(Cut::Short)), "{cut:?}");
        }
        // What was cut off in the middle costs itself alone.
        let (found, _) =
            read(Framing::Sequence(Sequence::default()), "\u{1e}{\"a\u{1e}{\"b\":1}\n", 3);
        assert_eq!(found, ["{\"a", "{\"b\":1}"]);
    }

    #[test]
    fn a_value_of_a_sequence_need_not_wait_for_the_next() {
        let mut framing = Framing::Sequence(Sequence::default());
        framing.push(b"\x1e{\"a\":1}\n");
        assert!(framing.next(99).expect("small").is_some());
    }
}
