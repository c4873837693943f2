//! A text whose lines and letters are found by their number without walking it from the start: it can be
//! megabytes in one line, and have thousands of things said about it.

use std::cell::OnceCell;

/// Every how many letters the index remembers a place.
const STRIDE: usize = 512;

#[derive(Debug)]
pub(super) struct Text<'t> {
    text: &'t str,
    /// Made when the first line is asked for: most texts have nothing said about them.
    index: OnceCell<Index>,
}

#[derive(Debug, Default)]
struct Index {
    /// The number of each line's first letter, counted from the start of the text.
    lines: Vec<usize>,
    /// Where every [`STRIDE`]th letter begins, in bytes.
    marks: Vec<usize>,
    /// How many letters there are.
    letters: usize,
}

/// A line without its end.
pub(super) struct Line<'l> {
    text: &'l str,
    index: &'l Index,
    /// The numbers of its first letter and of the one behind its last.
    first: usize,
    end: usize,
}

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, index: OnceCell::new() }
    }

    /// A line, counted from 1.
    pub(super) fn line(&self, number: usize) -> Option<Line<'_>> {
        let index = self.index.get_or_init(|| Index::new(self.text));
        let first = *index.lines.get(number.checked_sub(1)?)?;
        let next = index.lines.get(number).copied();
        let line = |end| Line { text: self.text, index, first, end };
        let whole = line(next.map_or(index.letters, |next| next - 1));
        let returned = whole.end > first && whole.letters(whole.len() - 1, 1) == ['\r'];
        Some(if returned { line(whole.end - 1) } else { whole })
    }
}

impl Index {
    fn new(text: &str) -> Self {
        let mut index = Self { lines: vec![0], ..Self::default() };
        for (at, letter) in text.char_indices() {
            if index.letters.is_multiple_of(STRIDE) {
                index.marks.push(at);
            }
            index.letters += 1;
            if letter == '\n' {
                index.lines.push(index.letters);
            }
        }
        index
    }
}

impl Line<'_> {
    /// How many letters it has.
    pub(super) fn len(&self) -> usize {
        self.end - self.first
    }

    /// As many letters from `from` on as there are, `most` at most.
    pub(super) fn letters(&self, from: usize, most: usize) -> Vec<char> {
        let first = self.first + from;
        let most = most.min(self.end.saturating_sub(first));
        let begins = self.index.marks.get(first / STRIDE).copied().unwrap_or(self.text.len());
        self.text[begins..].chars().skip(first % STRIDE).take(most).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_a_walk() {
        let long = "é\u{1f600}x".repeat(1000);
        for text in ["", "\n", "a", "a\r\n\r\nb\r", "é\nü\n", &long, &format!("{long}\n{long}\r\n")]
        {
            let index = Text::new(text);
            let mut expected = text.split('\n');
            for number in 1..6 {
                let line = index.line(number).map(|line| line.letters(0, line.len()));
                let whole = expected.next().map(|line| line.strip_suffix('\r').unwrap_or(line));
                assert_eq!(line, whole.map(|line| line.chars().collect::<Vec<_>>()), "{text:?}");
            }
        }
        let text = Text::new(&long);
        let line = text.line(1).expect("a line");
        assert_eq!((line.len(), line.letters(2999, 9).as_slice()), (3000, &['x'][..]));
        assert!(line.letters(3000, 9).is_empty());
    }
}
