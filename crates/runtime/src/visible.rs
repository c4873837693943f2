//! Text of a server as people may see it: nothing in it steers a terminal or turns the direction of writing.
//!
//! Every `Display` of this crate writes through [`Visible`]; values that a caller asks for stay as they came.

use std::fmt::{self, Write};

/// Writes escaped what cannot be seen. Everything comes out in one line: a log line cannot be forged.
pub(crate) struct Visible<'w, W>(pub(crate) &'w mut W);

impl<W: Write> Write for Visible<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(|c| !is_visible(c)) {
            self.0.write_str(&rest[..at])?;
            let mut letters = rest[at..].chars();
            if let Some(c) = letters.next() {
                write!(self.0, "{}", c.escape_default())?;
            }
            rest = letters.as_str();
        }
        self.0.write_str(rest)
    }
}

fn is_visible(c: char) -> bool {
    !matches!(
        c,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
            | '\u{2028}' | '\u{2029}'
    ) && !c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_shown() {
        let mut out = String::new();
        write!(Visible(&mut out), "é {}", String::from("a\u{1b}[31m\n\u{9b}\u{202e}b"))
            .expect("written");
        assert_eq!(out, "é a\\u{1b}[31m\\n\\u{9b}\\u{202e}b");
    }
}
