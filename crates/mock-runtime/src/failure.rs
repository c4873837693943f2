//! Why a request is refused, and how upstream would say so. Other documents have forms of their own: see
//! `engine::refused`.
//!
//! Upstream is a Laravel application: most failures are `{"message": …}`, a validation error adds
//! `errors` by field, and a missing key is `{"error": "Unauthorized. …"}`.
//! `routes.json` may know better for an API (`errors`, by status).

use std::fmt;

use http::Method;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::laravel::Problem;

/// Who is likelier at fault when a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The request is not what the document describes.
    Caller,
    /// The document contradicts itself: its own example would be refused as well.
    Document,
    /// Nobody: the failure was asked for.
    Nobody,
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Caller => "caller",
            Self::Document => "document",
            Self::Nobody => "nobody",
        })
    }
}

/// Why a request was refused, and how.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Status of the reply.
    pub status: u16,
    /// One sentence for whoever reads the log.
    pub reason: String,
    /// Who is likelier at fault.
    pub blame: Blame,
    /// What is wrong with the values, for a 422.
    pub problems: Vec<Problem>,
    /// The methods that the path has, for a 405.
    pub allow: Vec<Method>,
    /// Whether the mock speaks for itself, about a wish that it cannot fulfil: no document declares that.
    pub is_own: bool,
}

impl Refusal {
    pub(crate) fn new(status: u16, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            blame: Blame::Caller,
            problems: Vec::new(),
            allow: Vec::new(),
            is_own: false,
        }
    }

    /// A refusal of a wish that only the mock can be asked for.
    pub(crate) fn own(status: u16, reason: impl Into<String>) -> Self {
        Self { is_own: true, ..Self::new(status, reason) }
    }

    pub(crate) fn blaming(self, blame: Blame) -> Self {
        Self { blame, ..self }
    }

    /// A 422 that names every problem.
    pub(crate) fn invalid(problems: Vec<Problem>, blame: Blame) -> Self {
        let told: Vec<_> =
            problems.iter().take(3).map(|problem| problem.message.as_str()).collect();
        let more = problems.len().saturating_sub(told.len());
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        let reason = format!("{}{more}", told.join(" "));
        Self { problems, ..Self::new(422, reason).blaming(blame) }
    }

    /// The body that upstream would send.
    pub(crate) fn body(&self, path: &str, known: &IndexMap<String, Value>) -> Value {
        let route = path.trim_start_matches('/');
        match self.status {
            422 if !self.problems.is_empty() => laravel(&self.problems),
            404 if !known.contains_key("404") => {
                json!({"message": format!("The route {route} could not be found.")})
            }
            405 => {
                let allow: Vec<_> = self.allow.iter().map(Method::as_str).collect();
                json!({"message": format!("The method is not supported for route {route}. Supported methods: {}.", allow.join(", "))})
            }
            400 | 413 | 415 | 431 | 501 => json!({"message": self.reason}),
            status => body(status, known),
        }
    }
}

fn laravel(problems: &[Problem]) -> Value {
    let mut errors: Map<String, Value> = Map::new();
    for problem in problems {
        let told = errors.entry(&problem.field).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(told) = told {
            told.push(problem.message.clone().into());
        }
    }
    let first = problems.first().map(|problem| problem.message.as_str()).unwrap_or_default();
    let message = match problems.len().saturating_sub(1) {
        0 => first.to_owned(),
        1 => format!("{first} (and 1 more error)"),
        more => format!("{first} (and {more} more errors)"),
    };
    json!({"message": message, "errors": errors})
}

/// The body of a failure that nobody caused: it was asked for, or a limit was reached.
pub(crate) fn body(status: u16, known: &IndexMap<String, Value>) -> Value {
    if let Some(body) = known.get(&status.to_string()) {
        return body.clone();
    }
    let message = match status {
        401 => return json!({"error": "Unauthorized. Send your API key as a bearer token."}),
        402 => "You have no credits left.",
        403 => "This action is unauthorized.",
        404 => "Not found.",
        409 => "The request conflicts with another one.",
        419 => "Page expired.",
        422 => {
            return json!({"message": "The given data was invalid.", "errors": {"field": ["The field is invalid."]}});
        }
        429 => "Too Many Attempts.",
        500 => "Server Error",
        503 => "Service Unavailable",
        other => {
            let known =
                http::StatusCode::from_u16(other).ok().and_then(|status| status.canonical_reason());
            known.unwrap_or("The request failed.")
        }
    };
    json!({"message": message})
}
