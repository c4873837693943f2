//! JSON as people read it, written value by value, where nobody needs the values themselves.
//!
//! Byte for byte what `serde_json::to_string_pretty` writes of the same value.

use serde_json::Value;

/// JSON on the way. What was written last can be taken back.
#[derive(Debug, Default)]
pub(super) struct JsonText {
    bytes: Vec<u8>,
    depth: usize,
}

/// How far the text had come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(usize);

impl JsonText {
    /// The text with the empty line's end that files have.
    pub(super) fn into_file(mut self) -> Vec<u8> {
        self.bytes.push(b'\n');
        self.bytes
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.bytes.len())
    }

    /// Forgets everything behind a mark that was set at this depth.
    pub(super) fn take_back(&mut self, mark: Mark) {
        self.bytes.truncate(mark.0);
    }

    /// Begins a list or an object.
    pub(super) fn open(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.depth += 1;
    }

    /// Goes to the line of the next member of the list or object that was opened last.
    pub(super) fn next(&mut self) {
        if !self.is_at_opening() {
            self.bytes.push(b',');
        }
        self.line();
    }

    /// The same for an object, with the member's key.
    pub(super) fn key(&mut self, key: &str) {
        self.next();
        self.scalar(key);
        self.bytes.extend_from_slice(b": ");
    }

    /// Ends the list or object that was opened last.
    pub(super) fn close(&mut self, bracket: u8) {
        self.depth -= 1;
        if !self.is_at_opening() {
            self.line();
        }
        self.bytes.push(bracket);
    }

    /// Writes a string, a number, a boolean or null.
    pub(super) fn scalar(&mut self, value: &(impl serde::Serialize + ?Sized)) {
        // Writing to memory does not fail, and neither does a scalar.
        let _ = serde_json::to_writer(&mut self.bytes, value);
    }

    /// Writes a whole value.
    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::Array(items) => {
                self.open(b'[');
                for item in items {
                    self.next();
                    self.value(item);
                }
                self.close(b']');
            }
            Value::Object(members) => {
                self.open(b'{');
                for (key, member) in members {
                    self.key(key);
                    self.value(member);
                }
                self.close(b'}');
            }
            scalar => self.scalar(scalar),
        }
    }

    /// Whether nothing has been written since a list or object was opened: no value ends like that.
    fn is_at_opening(&self) -> bool {
        matches!(self.bytes.last(), Some(b'[' | b'{'))
    }

    fn line(&mut self) {
        self.bytes.push(b'\n');
        self.bytes.resize(self.bytes.len() + 2 * self.depth, b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_serde_writes() {
        let value = serde_json::json!({
            "a": [], "b": {}, "c": [1, [2.5, "[", "{"], { "d\n\"é": null }], "e": { "f": [{}, [], true] },
        });
        let mut text = JsonText::default();
        text.value(&value);
        let expected = serde_json::to_string_pretty(&value).expect("text") + "\n";
        assert_eq!(String::from_utf8(text.into_file()).expect("text"), expected);
    }

    #[test]
    fn what_was_taken_back_leaves_no_trace() {
        let mut text = JsonText::default();
        text.open(b'{');
        let mark = text.mark();
        text.key("a");
        text.value(&serde_json::json!([1, { "b": [] }]));
        text.take_back(mark);
        text.close(b'}');
        assert_eq!(text.into_file(), b"{}\n");
    }
}
