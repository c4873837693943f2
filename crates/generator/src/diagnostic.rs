//! What the generator has to say about its input: a code, a sentence, a place and what to do.
//!
//! Everything here is data. It must not know what the rules are that complain, nor where the
//! messages go: the same list is shown to a person ([`render`]) and to a program
//! ([`Diagnostic::to_json`]).

use crate::pointer::Pointer;
use std::fmt;

mod render;
mod text;

pub use render::{Printer, Style, render};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The run fails and writes nothing.
    Error,
    /// Something was repaired or could not be expressed; the run goes on.
    Warning,
    /// Worth knowing; nothing is wrong.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// Where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// It concerns no place in particular.
    #[default]
    Nowhere,
    /// A whole file.
    File(String),
    /// A letter of a file.
    At {
        /// The file, as it is shown to people.
        file: String,
        /// The line, counted from 1.
        line: u32,
        /// The column in characters, counted from 1.
        column: u32,
    },
    /// A node of the document; [`Document::settle`](crate::read::Document::settle) turns it into
    /// [`Place::At`].
    Pointer(Pointer),
    /// A node as it was written, before any correction, in the file with this number among those that the document was
    /// read from; settled like [`Place::Pointer`].
    Written(usize, Pointer),
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => Ok(()),
            Self::File(file) => out.write_str(file),
            Self::At { file, line, column } => write!(out, "{file}:{line}:{column}"),
            Self::Pointer(pointer) | Self::Written(_, pointer) => write!(out, "#{pointer}"),
        }
    }
}

/// One thing to tell.
///
/// ```
/// use lockstep_generator::diagnostic::{Diagnostic, Place};
///
/// let diagnostic = Diagnostic::warning("empty-enum", "`enum` lists no value")
///     .at(Place::File("spec/openapi.yaml".into()))
///     .help("remove it");
/// assert_eq!(
///     diagnostic.to_string(),
///     "warning[empty-enum]: `enum` lists no value (spec/openapi.yaml); remove it",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing it is, in kebab-case; stable, so that tools may count and filter by it.
    pub code: &'static str,
    /// What is the matter, in one sentence that begins in lower case and has no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where it is.
    pub place: Place,
}

impl Diagnostic {
    /// A diagnostic that fails the run.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A diagnostic about something that was repaired or left out.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    /// A diagnostic about something worth knowing.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message.into())
    }

    fn new(severity: Severity, code: &'static str, message: String) -> Self {
        Self { severity, code, message, help: None, place: Place::Nowhere }
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, place: impl Into<Place>) -> Self {
        self.place = place.into();
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The form for programs: one object with `severity`, `code`, `message`, `help`, `file`,
    /// `line`, `column` and `pointer`; what is not known is left out.
    ///
    /// ```
    /// use lockstep_generator::diagnostic::Diagnostic;
    ///
    /// let json = Diagnostic::note("large-number", "rounded").to_json();
    /// assert_eq!(json.to_string(), r#"{"severity":"note","code":"large-number","message":"rounded"}"#);
    /// ```
    pub fn to_json(&self) -> serde_json::Value {
        let mut object = serde_json::Map::new();
        let mut put = |key: &str, value: serde_json::Value| object.insert(key.to_owned(), value);
        put("severity", self.severity.to_string().into());
        put("code", self.code.into());
        put("message", self.message.clone().into());
        if let Some(help) = &self.help {
            put("help", help.clone().into());
        }
        match &self.place {
            Place::Nowhere => {}
            Place::File(file) => {
                put("file", file.clone().into());
            }
            Place::At { file, line, column } => {
                put("file", file.clone().into());
                put("line", (*line).into());
                put("column", (*column).into());
            }
            Place::Pointer(pointer) | Place::Written(_, pointer) => {
                put("pointer", pointer.as_str().into());
            }
        }
        serde_json::Value::Object(object)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}[{}]: {}", self.severity, self.code, self.message)?;
        if self.place != Place::Nowhere {
            write!(out, " ({})", self.place)?;
        }
        self.help.as_ref().map_or(Ok(()), |help| write!(out, "; {help}"))
    }
}

impl From<Pointer> for Place {
    fn from(pointer: Pointer) -> Self {
        Self::Pointer(pointer)
    }
}

impl From<&Pointer> for Place {
    fn from(pointer: &Pointer) -> Self {
        Self::Pointer(pointer.clone())
    }
}

/// Everything there is to tell, in the order in which it was found.
///
/// ```
/// use lockstep_generator::diagnostic::{Diagnostic, Diagnostics};
///
/// let mut diagnostics = Diagnostics::default();
/// diagnostics.push(Diagnostic::warning("empty-enum", "`enum` lists no value"));
/// assert!(!diagnostics.has_errors());
/// assert_eq!(diagnostics.into_vec().len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Nothing to tell yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether the run fails.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// All of them, to be changed in place; places are settled this way.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.0.iter_mut()
    }

    /// All of them, handed over.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, more: I) {
        self.0.extend(more);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
