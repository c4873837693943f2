//! What can go wrong, by kind.
//!
//! [`Error`] is one enum, so that a program handles failures in one `match`; each kind with details
//! holds them in a struct of its own. Its `Display` is one line that says what failed and where, and
//! ends with what helps. No text of an error ever holds the key: what a server echoes is masked
//! before it gets here.
//!
//! ```
//! # async fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
//! use lockstep_runtime::Error;
//!
//! match client.get("/api/accounts").await {
//!     Ok(accounts) => println!("{accounts:?}"),
//!     Err(error) if error.is_unauthorized() => println!("check the key"),
//!     Err(error) if error.is_rate_limited() => println!("again in {:?}", error.retry_after()),
//!     Err(Error::Status(failure)) => {
//!         println!("{} {:?}", failure.status(), failure.message());
//!         for (field, problems) in failure.field_errors() {
//!             println!("{field}: {}", problems.join(", "));
//!         }
//!     }
//!     Err(error) => return Err(error),
//! }
//! # Ok(()) }
//! ```

mod decode;
mod status;

use std::fmt::{self, Write as _};
use std::time::Duration;

use reqwest::StatusCode;

use crate::visible::Visible;

pub use self::decode::DecodeError;
pub(crate) use self::decode::excerpt;
pub use self::status::StatusError;
pub(crate) use self::status::html_title;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a request has no reply.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The client is not set up for this: a key or the base URL is missing or malformed. Nothing was sent.
    Configuration(Trouble),
    /// The request itself cannot be put on the wire, such as an empty path parameter. Nothing was sent.
    Request(Trouble),
    /// No connection came about. The server has seen nothing of this request.
    Connect(Trouble),
    /// The time allowed for the request, or for all of its attempts, ran out.
    Timeout(Trouble),
    /// The connection broke after the request was under way: what the server did with it is not known.
    Transport(Trouble),
    /// The server answered with a failure.
    Status(Box<StatusError>),
    /// The server answered with success, and its body says that it failed: see
    /// [`Service::failure_pointer`](crate::Service::failure_pointer).
    Failure(Box<StatusError>),
    /// The server answered with success, but what it sent is not what was promised.
    Decode(Box<DecodeError>),
    /// The reply is larger than the client accepts (see [`max_reply_bytes`](crate::ClientBuilder::max_reply_bytes)).
    TooLarge(Trouble),
    /// A walk over pages cannot go on: a cursor came twice, or the next page lies on another host.
    Paging(Trouble),
    /// A file to send cannot be read, or a reply cannot be written.
    Io(Trouble),
    /// A [`Middleware`](crate::Middleware) refused the request.
    Middleware(Trouble),
}

/// The details of an error that is no reply: a line of text, and what caused it.
#[derive(Debug)]
pub struct Trouble {
    message: String,
    source: Option<Source>,
    sent: bool,
    asked: Option<Box<Asked>>,
}

/// What was asked of whom, and how often.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) operation: &'static str,
    /// Method and path.
    pub(crate) request: String,
    pub(crate) host: String,
    /// 0 where the reply had begun.
    pub(crate) attempts: u32,
}

impl fmt::Display for Asked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, request, host, attempts } = self;
        write!(out, "{operation} ({request} at {host}) failed ")?;
        match attempts {
            0 => out.write_str("within the reply"),
            1 => out.write_str("in 1 attempt"),
            more => write!(out, "in {more} attempts"),
        }
    }
}

impl Trouble {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None, sent: false, asked: None }
    }

    pub(crate) fn because(message: impl Into<String>, source: impl Into<Source>) -> Self {
        Self { source: Some(source.into()), ..Self::new(message) }
    }

    /// What happened, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// The failures that a document declares for an operation, as an enum. [`failures!`](crate::failures) implements it.
pub trait Failures: Sized {
    /// The failure that a reply is, if it is one of these.
    fn read(failure: &StatusError) -> Option<Self>;
}

impl Error {
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::Configuration(Trouble::new(message))
    }

    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::Request(Trouble::new(message))
    }

    pub(crate) fn paging(message: impl Into<String>) -> Self {
        Self::Paging(Trouble::new(message))
    }

    pub(crate) fn io(message: impl Into<String>, source: std::io::Error) -> Self {
        Self::Io(Trouble::because(message, source))
    }

    /// A refusal by a middleware; the text becomes the error's.
    ///
    /// ```
    /// let error = lockstep_runtime::Error::refused("not on Sundays");
    /// assert_eq!(error.to_string(), "refused before it was sent: not on Sundays");
    /// ```
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Middleware(Trouble::new(message))
    }

    pub(crate) fn timeout(message: impl Into<String>, sent: bool) -> Self {
        Self::Timeout(Trouble { sent, ..Trouble::new(message) })
    }

    /// Adds what was asked of whom to an error of the way there and back.
    pub(crate) fn asked(mut self, asked: Asked) -> Self {
        if let Self::Connect(trouble)
        | Self::Timeout(trouble)
        | Self::Transport(trouble)
        | Self::TooLarge(trouble) = &mut self
        {
            trouble.asked.get_or_insert_with(|| Box::new(asked));
        }
        self
    }

    /// True when the server may have seen the request, so that repeating it may do a thing twice.
    pub(crate) fn may_have_been_sent(&self) -> bool {
        match self {
            Self::Timeout(trouble) => trouble.sent,
            Self::Transport(_)
            | Self::Status(_)
            | Self::Failure(_)
            | Self::Decode(_)
            | Self::TooLarge(_) => true,
            _ => false,
        }
    }

    /// The status of the reply, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status(failure) | Self::Failure(failure) => Some(failure.status()),
            Self::Decode(failure) => Some(failure.status()),
            _ => None,
        }
    }

    /// The details of a failure that the server told, by its status or in the body of a success.
    #[must_use]
    pub fn as_status(&self) -> Option<&StatusError> {
        match self {
            Self::Status(failure) | Self::Failure(failure) => Some(failure),
            _ => None,
        }
    }

    /// The failure as one of those that the document declares for the operation. `None` for every other error, and where
    /// the body is not what is declared: failures may come from what stands before the service.
    /// [`as_status`](Self::as_status) has what came, in either case.
    ///
    /// ```
    /// # #[derive(Clone, Debug, Default, PartialEq, lockstep_runtime::Decode)] struct Conflict { held_by: Option<String> }
    /// // The generator writes one for each operation whose failures have a type.
    /// #[derive(Clone, Debug, PartialEq)]
    /// enum CreateFailure {
    ///     Conflict(Conflict),
    ///     Gone,
    /// }
    /// lockstep_runtime::failures!(CreateFailure { 409 => Conflict(Conflict), 410 => Gone });
    ///
    /// # fn f(error: lockstep_runtime::Error) -> lockstep_runtime::Result<()> {
    /// match error.declared() {
    ///     Some(CreateFailure::Conflict(conflict)) => println!("held by {:?}", conflict.held_by),
    ///     Some(CreateFailure::Gone) => println!("too late"),
    ///     None => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn declared<F: Failures>(&self) -> Option<F> {
        match self {
            Self::Status(failure) => F::read(failure),
            _ => None,
        }
    }

    /// True for 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.failed_with(404)
    }

    /// True for 401: the key is missing, wrong or revoked.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.failed_with(401)
    }

    /// True for 429.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.failed_with(429)
    }

    /// True when the time ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// How long the server asks to wait, from `Retry-After` (seconds or a date) or `Retry-After-Ms`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.as_status().and_then(StatusError::retry_after)
    }

    /// True when the same request may succeed later: no connection, a timeout, 408, 429 and most of 5xx.
    ///
    /// It says nothing about safety: whether the request may be *repeated* depends on what it does.
    /// The client's own retries weigh both.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Timeout(_) | Self::Transport(_) => true,
            Self::Status(failure) => {
                matches!(failure.status().as_u16(), 408 | 429 | 500 | 502..=504 | 507 | 520..=599)
            }
            _ => false,
        }
    }

    fn failed_with(&self, code: u16) -> bool {
        self.as_status().is_some_and(|failure| failure.status().as_u16() == code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, trouble) = match self {
            Self::Status(failure) | Self::Failure(failure) => return failure.fmt(out),
            Self::Decode(failure) => return failure.fmt(out),
            Self::Configuration(trouble) => ("the client is not set up", trouble),
            Self::Request(trouble) => ("the request cannot be sent", trouble),
            Self::Connect(trouble) => ("no connection", trouble),
            Self::Timeout(trouble) => ("timed out", trouble),
            Self::Transport(trouble) => ("the connection broke", trouble),
            Self::TooLarge(trouble) => ("the reply is too large", trouble),
            Self::Paging(trouble) => ("the walk over pages stopped", trouble),
            Self::Io(trouble) => ("a file or stream failed", trouble),
            Self::Middleware(trouble) => ("refused before it was sent", trouble),
        };
        let out = &mut Visible(out);
        if let Some(asked) = &trouble.asked {
            write!(out, "{asked}: ")?;
        }
        write!(out, "{kind}: {}", trouble.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Status(_) | Self::Failure(_) | Self::Decode(_) => None,
            Self::Configuration(trouble)
            | Self::Request(trouble)
            | Self::Connect(trouble)
            | Self::Timeout(trouble)
            | Self::Transport(trouble)
            | Self::TooLarge(trouble)
            | Self::Paging(trouble)
            | Self::Io(trouble)
            | Self::Middleware(trouble) => trouble.source.as_deref().map(|source| source as _),
        }
    }
}
