//! The tokens of JSON, without recursion and without values.

use super::{LineColumn, Walk};

/// Walks a text that was read as JSON before; stops at the first thing that is none.
pub(super) fn walk(text: &str, walk: &mut Walk) {
    let mut cursor = Cursor { text, at: 0, line: 1, begins: 0 };
    let mut counted = Counted::default();
    while let Some(&byte) = text.as_bytes().get(cursor.at) {
        let place = || counted.place(cursor);
        match byte {
            b'\n' => {
                cursor.at += 1;
                cursor.line += 1;
                cursor.begins = cursor.at;
            }
            b'{' | b'[' => {
                walk.open(byte == b'{', place);
                cursor.at += 1;
            }
            b'}' | b']' => {
                walk.close();
                cursor.at += 1;
            }
            b'"' => {
                let Some(end) = cursor.string() else { return };
                let written = &text[cursor.at..end];
                if written.contains('\\') && walk.awaits_key() {
                    let key: String = serde_json::from_str(written).unwrap_or_default();
                    walk.scalar(&key, place);
                } else {
                    walk.scalar(&written[1..written.len() - 1], place);
                }
                cursor.at = end;
            }
            b',' | b':' | b' ' | b'\t' | b'\r' => cursor.at += 1,
            _ => {
                walk.scalar("", place);
                let rest = &text.as_bytes()[cursor.at..];
                let end = rest.iter().position(|byte| b",]}\r\n\t ".contains(byte));
                cursor.at += end.unwrap_or(rest.len());
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    /// Where the line begins, in bytes.
    begins: usize,
}

/// The letters counted so far: all of a document can stand in one line.
#[derive(Default)]
struct Counted {
    /// Up to where, in bytes.
    at: usize,
    /// How many of the line that it is in.
    letters: usize,
}

impl Counted {
    fn place(&mut self, cursor: Cursor<'_>) -> LineColumn {
        if self.at < cursor.begins {
            *self = Self { at: cursor.begins, letters: 0 };
        }
        self.letters += cursor.text[self.at..cursor.at].chars().count();
        self.at = cursor.at;
        (cursor.line, self.letters + 1)
    }
}

impl Cursor<'_> {
    /// The end of the string that begins here, after its closing quotation mark.
    fn string(self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        loop {
            match bytes.get(at)? {
                b'"' => return Some(at + 1),
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }
}
