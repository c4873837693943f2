//! Text that is nearly JSON, made JSON: one bad letter or number must not cost a whole reply.

use std::borrow::Cow;

use serde_json::Value;

/// The tree of a body, and what had to be replaced for there to be one.
pub(super) fn read(body: &[u8]) -> Result<(Value, Option<String>), serde_json::Error> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let error = match serde_json::from_slice(body) {
        Ok(tree) => return Ok((tree, None)),
        Err(error) => error,
    };
    let text = String::from_utf8_lossy(body);
    let mut repair = Repair::new(&text);
    if matches!(text, Cow::Owned(_)) {
        repair.found.push("text that is not UTF-8");
    }
    repair.run();
    if repair.found.is_empty() {
        return Err(error);
    }
    let tree = serde_json::from_str(&repair.out).map_err(|_| error)?;
    Ok((tree, Some(repair.found.join(", "))))
}

struct Repair<'t> {
    rest: &'t str,
    out: String,
    found: Vec<&'static str>,
}

impl<'t> Repair<'t> {
    fn new(text: &'t str) -> Self {
        Self { rest: text, out: String::with_capacity(text.len()), found: Vec::new() }
    }

    fn run(&mut self) {
        while let Some(first) = self.rest.chars().next() {
            match first {
                '"' => self.string(),
                '-' | '0'..='9' => self.number(),
                other => self.take(other.len_utf8()),
            }
        }
    }

    fn take(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.out.push_str(taken);
        self.rest = rest;
    }

    fn replace(&mut self, bytes: usize, by: &str, what: &'static str) {
        self.rest = &self.rest[bytes..];
        self.out.push_str(by);
        if !self.found.contains(&what) {
            self.found.push(what);
        }
    }

    /// A number that no type holds is no number that can be known: null.
    fn number(&mut self) {
        let digits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let end = self.rest.find(|c| !digits(c)).unwrap_or(self.rest.len());
        if self.rest[..end].parse::<f64>().is_ok_and(f64::is_infinite) {
            self.replace(end, "null", "a number too large for any type");
        } else {
            self.take(end);
        }
    }

    fn string(&mut self) {
        self.take(1);
        while let Some(first) = self.rest.chars().next() {
            match first {
                '"' => return self.take(1),
                '\\' => self.escape(),
                c if c.is_control() && c.is_ascii() && c != '\u{7f}' => {
                    let escape = format!("\\u{:04x}", u32::from(c));
                    self.replace(1, &escape, "control characters in text");
                }
                // Plain text up to the next letter that means something.
                _ => {
                    let means = |c: char| matches!(c, '"' | '\\') || c.is_ascii_control();
                    let end = self.rest.find(means).unwrap_or(self.rest.len());
                    self.take(end.max(first.len_utf8()));
                }
            }
        }
    }

    /// Half of a surrogate pair is no letter: an emoji that was cut in two leaves one.
    fn escape(&mut self) {
        let unit = |text: &str| -> Option<u32> {
            let digits = text.strip_prefix("\\u")?.get(..4)?;
            u32::from_str_radix(digits, 16).ok()
        };
        match unit(self.rest) {
            Some(0xd800..=0xdbff) => {
                let pair = self.rest.get(6..).and_then(unit);
                if pair.is_some_and(|low| (0xdc00..=0xdfff).contains(&low)) {
                    self.take(12);
                } else {
                    self.replace(6, "\\ufffd", "half of a surrogate pair");
                }
            }
            Some(0xdc00..=0xdfff) => self.replace(6, "\\ufffd", "half of a surrogate pair"),
            Some(_) => self.take(6),
            None => {
                let escaped = self.rest.chars().nth(1).map_or(0, char::len_utf8);
                self.take(1 + escaped);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_json_is_read() {
        let cases = [
            (r#"{"a":1e400,"b":[-1E999,2]}"#, r#"{"a":null,"b":[null,2]}"#),
            (
                r#"{"a":"x\ud83d y","b":"\udc00","c":"\ud83d\ude00"}"#,
                "{\"a\":\"x\u{fffd} y\",\"b\":\"\u{fffd}\",\"c\":\"😀\"}",
            ),
            ("{\"a\":\"one\ntwo\"}", r#"{"a":"one\ntwo"}"#),
            (r#"{"a":"\ud83d\u0041"}"#, "{\"a\":\"\u{fffd}A\"}"),
        ];
        for (text, wanted) in cases {
            let (tree, found) = read(text.as_bytes()).expect(text);
            assert!(found.is_some(), "{text}");
            assert_eq!(tree, serde_json::from_str::<Value>(wanted).expect("JSON"), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for text in
            ["", "{", "\"", "\"\\", "\"\\u12", "\"\\ud83d", "<html>", "1e400x", "[1,]", "{'a':1}"]
        {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
