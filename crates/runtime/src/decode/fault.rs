//! What goes wrong at one place.

use std::fmt;

use super::session::Slot;
use super::want::{Kind, Want};
use super::{Drift, Problem};

/// An error of the lenient deserializer. The innermost place that sees it adds where it is.
#[derive(Debug)]
pub(crate) struct Fault(pub(super) Box<Details>);

#[derive(Debug)]
pub(super) struct Details {
    pub(super) text: String,
    pub(super) missing: Option<&'static str>,
    pub(super) want: Option<Want>,
    pub(super) at: Option<At>,
}

/// Where: the general path, and the very place.
#[derive(Debug)]
pub(super) struct At {
    pub(super) general: u64,
    pub(super) pointer: String,
    pub(super) slot: Slot,
    pub(super) kind: Kind,
    pub(super) found: String,
}

impl Fault {
    pub(super) fn new(want: Want) -> Self {
        Self(Box::new(Details { text: String::new(), missing: None, want: Some(want), at: None }))
    }

    pub(super) fn wants_object(&self) -> bool {
        self.0.want == Some(Want::Object)
    }

    pub(super) fn into_problem(self, drift: Vec<Drift>) -> Problem {
        let Details { text, missing, want, at } = *self.0;
        let (mut pointer, mut found) = at.map(|at| (at.pointer, at.found)).unwrap_or_default();
        let expected = match (missing, want) {
            (Some(field), _) => {
                pointer = format!("{pointer}/{}", super::place::escaped(field));
                found = "missing".to_owned();
                "a value".to_owned()
            }
            (None, Some(want)) => want.to_string(),
            (None, None) => text,
        };
        Problem { pointer, expected, found, is_no_json: false, drift }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.want, self.0.missing) {
            (Some(want), _) => write!(out, "expected {want}"),
            (None, Some(field)) => write!(out, "missing field `{field}`"),
            (None, None) => out.write_str(&self.0.text),
        }
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self(Box::new(Details { text: text.to_string(), missing: None, want: None, at: None }))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(Box::new(Details { text: String::new(), missing: Some(field), want: None, at: None }))
    }
}
