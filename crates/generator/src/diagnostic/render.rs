//! Diagnostics as a person sees them in a terminal, with the excerpt and a caret.

use super::text::Text;
use super::{Diagnostic, Place, Severity};
use crate::visible::{self, columns, text};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

/// The widest excerpt shown; a minified document may hold megabytes in one line.
const WINDOW: usize = 140;

/// The longest word that is underlined.
const LONGEST_WORD: usize = 60;

/// How it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Plain text, the same everywhere.
    #[default]
    Plain,
    /// With the colours of a terminal.
    Coloured,
}

/// Writes one diagnostic for people: the sentence, the excerpt with a caret, the help.
///
/// `sources` are the path and the text of each file that a place may name; without the text the
/// place alone is shown. Many diagnostics of one run are cheaper through [`Printer`].
///
/// ```
/// use lockstep_generator::diagnostic::{render, Diagnostic, Place, Style};
///
/// let diagnostic = Diagnostic::warning("empty-enum", "`enum` lists no value")
///     .at(Place::At { file: "a.yaml".into(), line: 2, column: 1 });
/// let text = render(&diagnostic, &[("a.yaml", "type: string\nenum: []\n")], Style::Plain);
/// assert_eq!(text, "\
/// warning[empty-enum]: `enum` lists no value
///  --> a.yaml:2:1
///   |
/// 2 | enum: []
///   | ^^^^");
/// ```
pub fn render(diagnostic: &Diagnostic, sources: &[(&str, &str)], style: Style) -> String {
    Printer::new(sources, style).render(diagnostic)
}

/// Writes diagnostics for people, all those of one run: it looks for the lines of a text only once.
///
/// ```
/// use lockstep_generator::diagnostic::{Diagnostic, Printer, Style};
///
/// let printer = Printer::new(&[("a.yaml", "type: string\n")], Style::Plain);
/// assert_eq!(printer.render(&Diagnostic::note("a-code", "so it is")), "note[a-code]: so it is");
/// ```
#[derive(Debug)]
pub struct Printer<'s> {
    sources: Vec<(&'s str, Text<'s>)>,
    renderer: Renderer,
}

impl<'s> Printer<'s> {
    /// A printer that shows excerpts of these files, each a path and a text.
    pub fn new(sources: &[(&'s str, &'s str)], style: Style) -> Self {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        Self {
            sources: sources.iter().map(|&(path, text)| (path, Text::new(text))).collect(),
            renderer: renderer.decor_style(DecorStyle::Ascii).term_width(WINDOW + 20),
        }
    }

    /// The sentence, the excerpt with a caret, the help.
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(text(&diagnostic.message)).id(diagnostic.code);
        let (excerpt, origin) = self.place(&diagnostic.place);
        let mut group = Group::with_title(title);
        if let Some(excerpt) = &excerpt {
            group = group.element(
                Snippet::source(excerpt.text.as_str())
                    .path(excerpt.file)
                    .line_start(excerpt.line)
                    .annotation(AnnotationKind::Primary.span(excerpt.start..excerpt.end)),
            );
        }
        if let Some(origin) = origin {
            group = group.element(origin);
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(text(help)));
        }
        self.renderer.render(&[group])
    }

    fn place<'a>(&self, place: &'a Place) -> (Option<Excerpt<'a>>, Option<Origin<'a>>) {
        match place {
            Place::Nowhere => (None, None),
            Place::File(file) => (None, Some(Origin::path(visible::line(file)))),
            Place::Pointer(pointer) | Place::Written(_, pointer) => {
                (None, Some(Origin::path(visible::line(&format!("#{pointer}")).into_owned())))
            }
            Place::At { file, line, column } => {
                let text = self.sources.iter().find(|(path, _)| path == file);
                let (line, column) = (*line as usize, *column as usize);
                match text.and_then(|(_, text)| excerpt(file, text, line, column)) {
                    Some(excerpt) => (Some(excerpt), None),
                    None => (
                        None,
                        Some(Origin::path(visible::line(file)).line(line).char_column(column)),
                    ),
                }
            }
        }
    }
}

/// A piece of one line, and what to underline in it (in bytes).
struct Excerpt<'a> {
    file: &'a str,
    line: usize,
    text: String,
    start: usize,
    end: usize,
}

fn excerpt<'a>(file: &'a str, text: &Text<'_>, line: usize, column: usize) -> Option<Excerpt<'a>> {
    let whole = text.line(line)?;
    let caret = column.saturating_sub(1).min(whole.len());
    let length = word(&whole.letters(caret, LONGEST_WORD + 1));
    if whole.len() <= WINDOW {
        let text = columns(&whole.letters(0, WINDOW).iter().collect::<String>());
        return Some(underline(file, line, text, caret, length));
    }
    // Columns would be wrong in a line whose beginning is cut off, so the cut keeps the column by
    // showing the window as a line of its own only where the caret stands beyond it.
    let from = if caret + length.min(WINDOW / 2) < WINDOW { 0 } else { caret - WINDOW / 3 };
    let to = (from + WINDOW).min(whole.len());
    let mut window: String = whole.letters(from, to - from).iter().collect();
    let mut shift = 0;
    if from > 0 {
        window.insert_str(0, "... ");
        shift = 4;
    }
    if to < whole.len() {
        window.push_str(" ...");
    }
    Some(underline(file, line, columns(&window), caret - from + shift, length.min(to - caret)))
}

fn underline(file: &str, line: usize, text: String, caret: usize, length: usize) -> Excerpt<'_> {
    let byte = |letter: usize| text.char_indices().nth(letter).map_or(text.len(), |(at, _)| at);
    let (start, end) = (byte(caret), byte(caret + length));
    Excerpt { file, line, text, start, end }
}

/// How many characters the word has that begins here: a key up to its colon, or what stands
/// between two quotation marks.
fn word(letters: &[char]) -> usize {
    let quote = letters.first().copied().filter(|letter| matches!(letter, '"' | '\''));
    let end = match quote {
        Some(quote) => letters.iter().skip(1).position(|&letter| letter == quote).map(|at| at + 2),
        None => {
            let stop = |at: usize| match letters[at] {
                ',' | '[' | ']' | '{' | '}' => true,
                ':' => letters.get(at + 1).is_none_or(|next| next.is_whitespace()),
                letter => letter.is_whitespace(),
            };
            (0..letters.len()).find(|&at| stop(at))
        }
    };
    end.unwrap_or(letters.len()).clamp(1, LONGEST_WORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Diagnostic {
        Diagnostic::error("some-code", "something is wrong")
            .at(Place::At { file: "a.json".into(), line, column })
            .help("do this")
    }

    #[test]
    fn a_long_line_is_cut_to_a_window() {
        let text = format!("{{\"a\": \"{}\", \"key\": 1}}", "é".repeat(5000));
        let column = text.chars().count() as u32 - 8;
        let shown = render(&at(1, column), &[("a.json", &text)], Style::Plain);
        assert!(shown.lines().all(|line| line.chars().count() < 2 * WINDOW), "{shown}");
        assert!(shown.contains("... é"), "{shown}");
        assert!(shown.contains("^^^^^"), "{shown}");
    }

    #[test]
    fn no_place_is_too_odd() {
        for text in ["", "\n", "é", "\r\n", "\u{1b}[31m\t\u{202e}x", "a\nb"] {
            for line in 0..5 {
                for column in 0..9 {
                    let shown = render(&at(line, column), &[("a.json", text)], Style::Plain);
                    assert!(shown.contains("error[some-code]: something is wrong"));
                    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'));
                }
            }
        }
    }
}
