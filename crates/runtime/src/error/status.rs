//! A failure that the server tells, with what its body says in the forms that APIs use.

use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use indexmap::IndexMap;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::decode::{DecodeError, excerpt};
use super::{Error, Result};
use crate::decode::{Drift, Problem, Remedy};
use crate::redact::Redactor;
use crate::send::retry_after;
use crate::visible::Visible;

/// A reply with a failure status, or with a failure in the body of a success.
#[derive(Debug)]
pub struct StatusError {
    status: StatusCode,
    method: Method,
    path: String,
    message: Option<String>,
    code: Option<String>,
    field_errors: IndexMap<String, Vec<String>>,
    headers: HeaderMap,
    body: Bytes,
    retry_after: Option<Duration>,
}

impl StatusError {
    pub(crate) fn read(
        method: Method,
        path: String,
        status: StatusCode,
        mut headers: HeaderMap,
        body: Bytes,
        redactor: &Redactor,
    ) -> Self {
        let body = redactor.bytes(body);
        redactor.headers(&mut headers);
        let said = serde_json::from_slice::<Value>(&body).unwrap_or(Value::Null);
        let retry_after = retry_after(&headers, SystemTime::now());
        let message =
            message(&said).or_else(|| html_title(&body)).map(|text| excerpt(text.as_bytes(), 500));
        Self {
            status,
            method,
            path,
            message,
            code: code(&said),
            field_errors: field_errors(&said),
            headers,
            body,
            retry_after,
        }
    }

    /// Where a success holds its failure deeper than the usual names are looked for, the words come from there.
    pub(crate) fn of_success(mut self, pointer: &str) -> Self {
        let whole = self.json().unwrap_or_default();
        let Some(said) = whole.pointer(pointer) else { return self };
        let text = said.as_str().map(str::to_owned).or_else(|| message(said));
        self.message = text.map(|text| excerpt(text.as_bytes(), 500)).or(self.message);
        self.code = self.code.or_else(|| code(said));
        self
    }

    /// Adds why a redirect was not followed, which the server cannot say.
    pub(crate) fn with_reason(mut self, reason: Option<&str>) -> Self {
        if let Some(reason) = reason {
            self.message = Some(reason.to_owned());
        }
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path of the request, without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the server says in words: `message`, `error`, `detail` or `title` of its body, or the title of an HTML page.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What the server says for programs, such as `account_not_found`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What is wrong with which field of the request: a 422 usually says so.
    #[must_use]
    pub fn field_errors(&self) -> &IndexMap<String, Vec<String>> {
        &self.field_errors
    }

    /// The headers of the reply.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as it came, with any echo of the key masked.
    #[must_use]
    pub fn raw_body(&self) -> &Bytes {
        &self.body
    }

    /// The body as JSON, where it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as the type that the document declares for this failure, read as leniently as a reply.
    ///
    /// ```no_run
    /// # #[derive(Debug, Default, lockstep_runtime::Decode)] struct Conflict { held_by: Option<String> }
    /// # async fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
    /// use lockstep_runtime::Error;
    ///
    /// match client.get("/orders/7").await {
    ///     Err(Error::Status(failure)) if failure.status() == 409 => {
    ///         println!("held by {:?}", failure.decode::<Conflict>()?.held_by);
    ///     }
    ///     other => drop(other?),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) when the body is no JSON, nothing like the type, or an object with nothing
    /// of it: many failures come from what stands before the service. [`raw_body`](Self::raw_body) has what came.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        let outcome = crate::reply::read_lenient::<T>(&self.body).and_then(|(value, drift)| {
            let is_another =
                |drift: &Drift| drift.pointer().is_empty() && drift.remedy() == Remedy::Emptied;
            if drift.iter().any(is_another) { Err(Problem::from_drift(drift)) } else { Ok(value) }
        });
        outcome.map_err(|problem| {
            let problem = problem.about(&self.body);
            Error::Decode(Box::new(DecodeError {
                method: self.method.clone(),
                path: self.path.clone(),
                status: self.status,
                pointer: problem.pointer,
                expected: problem.expected,
                found: problem.found,
                body: self.body.clone(),
                drift: problem.drift,
            }))
        })
    }

    /// The server's own number for this request, to be quoted when asking for help.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        crate::response::request_id(&self.headers)
    }

    /// How long the server asks to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let out = &mut Visible(out);
        write!(out, "{} {} answered {}", self.method, self.path, self.status)?;
        if self.status.is_success() {
            out.write_str(" with a failure")?;
        }
        if let Some(message) = &self.message {
            write!(out, ": {message}")?;
        }
        if let Some(code) = &self.code {
            write!(out, " [{}]", one_line(code))?;
        }
        for (index, (field, problems)) in self.field_errors.iter().take(3).enumerate() {
            write!(
                out,
                "{}{field}: {}",
                if index == 0 { " (" } else { "; " },
                one_line(&problems.join(" "))
            )?;
        }
        match self.field_errors.len() {
            0 => {}
            1..=3 => write!(out, ")")?,
            more => write!(out, "; and {} more)", more - 3)?,
        }
        if let Some(id) = self.request_id() {
            write!(out, " (request {id})")?;
        }
        Ok(())
    }
}

/// Text of a server, fit for a line of ours.
fn one_line(text: &str) -> String {
    excerpt(text.as_bytes(), 100)
}

/// The first of `keys` that holds text, in the object itself or in what stands under its `error`.
fn text_at(said: &Value, keys: &[&str]) -> Option<String> {
    let own = |object: &Value| {
        keys.iter().find_map(|key| match object.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let first = said.pointer("/errors/0").filter(|first| first.is_object());
    said.get("error").and_then(own).or_else(|| own(said)).or_else(|| first.and_then(own))
}

fn message(said: &Value) -> Option<String> {
    text_at(said, &["message", "error", "error_description", "detail", "title"])
        .or_else(|| said.as_str().map(str::to_owned))
        .or_else(|| said.pointer("/errors/0").and_then(Value::as_str).map(str::to_owned))
}

fn code(said: &Value) -> Option<String> {
    text_at(said, &["code", "error_code", "errorCode", "type"])
}

/// Laravel's `{"errors": {field: [text]}}`, and lists of objects that name a field and say something.
fn field_errors(said: &Value) -> IndexMap<String, Vec<String>> {
    let mut found: IndexMap<String, Vec<String>> = IndexMap::new();
    match said.get("errors").or_else(|| said.get("detail")) {
        Some(Value::Object(fields)) => {
            for (field, problems) in fields {
                let texts = match problems {
                    Value::Array(list) => list.iter().map(plain).collect(),
                    other => vec![plain(other)],
                };
                found.insert(field.clone(), texts);
            }
        }
        Some(Value::Array(list)) => {
            for entry in list {
                let field = ["field", "path", "param", "loc", "pointer"]
                    .iter()
                    .find_map(|key| entry.get(key));
                let problem = ["message", "msg", "detail"].iter().find_map(|key| entry.get(key));
                if let (Some(field), Some(problem)) = (field, problem) {
                    found.entry(plain(field)).or_default().push(plain(problem));
                }
            }
        }
        _ => {}
    }
    found
}

/// Text as it is, a path as its parts with dots, anything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) if parts.iter().all(|part| part.is_string() || part.is_number()) => {
            parts.iter().map(plain).collect::<Vec<_>>().join(".")
        }
        other => other.to_string(),
    }
}

/// The title of an HTML page, or `an HTML page` where it has none.
pub(crate) fn html_title(body: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let start = head.trim_start();
    if !start.starts_with('<') {
        return None;
    }
    let lower = start.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let open = at + lower[at..].find('>')? + 1;
        let close = open + lower[open..].find("</title")?;
        Some(start[open..close].trim().to_owned())
    });
    Some(match title {
        Some(title) if !title.is_empty() => format!("an HTML page, \"{title}\""),
        _ => "an HTML page".to_owned(),
    })
}
