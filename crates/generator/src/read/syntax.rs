//! Which notation a text is in, and what reading it as such gives.

use super::value::Oddity;
use super::{broken, json, yaml};
use crate::pointer::Pointer;
use serde_json::Value;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Json,
    Yaml,
}

/// A value, and what was odd about its text.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) value: Value,
    pub(super) met: Vec<(Pointer, Oddity)>,
}

/// Why a text could not be read; the place is a line and a column, both counted from 1.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) place: Option<(usize, usize)>,
    /// The line on which the thing begins whose end is missing or wrong.
    pub(super) begins: Option<usize>,
}

impl Problem {
    pub(super) fn new(
        code: &'static str,
        message: impl Into<String>,
        place: Option<(usize, usize)>,
    ) -> Self {
        Self { code, message: message.into(), help: None, place, begins: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn too_deep(place: Option<(usize, usize)>) -> Self {
        Self::new("too-deep", "it is nested more than 128 levels deep", place)
            .help("name the inner parts under `components` and refer to them with $ref")
    }
}

/// Reads a text as JSON if it looks like it, else as YAML.
pub(super) fn parse(path: &str, text: &str) -> (Syntax, Result<Parsed, Problem>) {
    match by_notation(path, text) {
        (syntax, Ok(parsed)) if syntax == Syntax::Json || !broken::is_conflict(text) => {
            (syntax, Ok(parsed))
        }
        (syntax, result) => match broken::conflict(text) {
            Some(problem) => (syntax, Err(problem)),
            None => (syntax, result),
        },
    }
}

fn by_notation(path: &str, text: &str) -> (Syntax, Result<Parsed, Problem>) {
    if !text.trim_start().starts_with(['{', '[']) {
        return (Syntax::Yaml, yaml::parse(text));
    }
    match json::parse(text) {
        // YAML may begin with a brace too, and a file called YAML deserves to be read as such.
        Err(problem) if is_yaml(path) && problem.code == "invalid-json" => {
            (Syntax::Yaml, yaml::parse(text))
        }
        result => (Syntax::Json, result),
    }
}

fn is_yaml(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml")
}
