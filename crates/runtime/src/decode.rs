//! Reading replies that are not quite as documented.
//!
//! A reply is first decoded as it stands, by serde_json alone; that is all that happens to a good one.
//! Where it fails, the body is read into a tree, and decoded again by a deserializer of our own
//! that knows at every place what the type asks for. In this order it
//!
//! 1. *converts* what means the same: `"12"` and `12`, `12.0` for an integer, `"true"`, PHP's `[]` for an
//!    empty object, an object with numbers for keys for a list;
//! 2. takes *null* where the type allows it;
//! 3. *removes* the entry of a list or a map;
//! 4. puts a *stand-in* (0, an empty text, list or object) where the type allows nothing else.
//!
//! An object that is not empty and has none of its type's fields is read as an empty one, which is drift as well: it is
//! likely a failure that calls itself a success. (It is seen in types that derive [`Decode`](crate::Decode).)
//!
//! Each is listed as [`Drift`]. What can only be found out by failing is learnt for all siblings at once,
//! so that a thousand bad entries cost one more reading, and not a thousand. Nothing is lost: the raw body
//! and `response.json()` hold the reply as it came.
//!
//! ```no_run
//! # async fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
//! let accounts = client.get("/api/accounts").await?;
//! for drift in accounts.drift() {
//!     eprintln!("{drift}");    // /data/0/id: expected an integer, found a string of 2 characters, all digits (converted)
//! }
//! for pointer in accounts.unknown_fields() {
//!     eprintln!("new: {pointer}");
//! }
//! # Ok(()) }
//! ```
//!
//! [`on_drift`](crate::ClientBuilder::on_drift) tells of it in one place for all requests;
//! [`strict`](crate::ClientBuilder::strict) makes it an error. One thing escapes: serde takes a list for a struct
//! if its values fit the fields in order. For the reply as a whole that is checked; deeper down, a list that
//! happens to fit is taken without a word.
//!
//! Drift says what kind of value stood there, how long it was and of which form, and never the value: it goes to logs.
//! [`LogLevel::Debug`](crate::LogLevel::Debug) shows the beginning of it. To turn drift into corrections of the document,
//! record what the API sends (see [Testing](crate::testing)) and let `cargo xtask learn` count it.
//!
//! This module knows nothing about HTTP.

mod access;
mod fault;
mod name;
mod place;
mod repair;
mod session;
mod want;

use std::cell::Cell;
use std::fmt::{self, Write as _};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::fault::Fault;
pub(crate) use self::place::Place;
use self::session::Session;
use crate::error::excerpt;
use crate::redact::Redactor;
use crate::visible::Visible;

/// Each reading learns one thing. An API that drifts in more places than this has become another API.
const MOST_READINGS: usize = 200;

/// And no reply, however large, may keep us busy for longer than it takes to read this much.
const MOST_BYTES_READ: usize = 512 << 20;

/// A place where a reply departed from its document, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    pointer: String,
    expected: String,
    found: String,
    remedy: Remedy,
}

/// How a departure was read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Taken for what it means: the text `"12"` for the number 12.
    Converted,
    /// Taken for null.
    Null,
    /// Left out of its list or map.
    Removed,
    /// Replaced by 0, or an empty text, list or object.
    StandIn,
    /// Taken for an empty object, because it has none of the fields of its type.
    Emptied,
}

impl Drift {
    /// JSON pointer (RFC 6901) to the place in the reply.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What the document promises there.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What stood there, in a few words: its kind, its length and its form, and not the value. The reply itself has that
    /// at [`Drift::pointer`].
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What was done about it.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        self.remedy
    }

    pub(crate) fn masked(mut self, redactor: &Redactor) -> Self {
        self.found = redactor.text(&self.found);
        self
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, expected, found, remedy } = self;
        let remedy = match remedy {
            Remedy::Converted => "converted",
            Remedy::Null => "taken for null",
            Remedy::Removed => "left out",
            Remedy::StandIn => "replaced by a stand-in",
            Remedy::Emptied => "taken for an empty object",
        };
        let pointer = if pointer.is_empty() { "the whole reply" } else { pointer };
        write!(Visible(out), "{pointer}: expected {expected}, found {found} ({remedy})")
    }
}

/// Why a reply could not be read at all.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) pointer: String,
    pub(crate) expected: String,
    pub(crate) found: String,
    pub(crate) is_no_json: bool,
    pub(crate) drift: Vec<Drift>,
}

impl Problem {
    /// The first drift as an error, for strict mode.
    pub(crate) fn from_drift(drift: Vec<Drift>) -> Self {
        let first = drift.first().cloned();
        let (pointer, expected, found) =
            first.map(|first| (first.pointer, first.expected, first.found)).unwrap_or_default();
        Self { pointer, expected, found, is_no_json: false, drift }
    }
}

/// Decodes a place into a type that only the caller knows.
pub(crate) type Decode<'f> = dyn for<'de, 's> FnMut(Place<'de, 's>) -> Result<(), Fault> + 'f;

/// Reads `body` once more and leniently. It failed with `error`, or holds an object without any field of its type.
pub(crate) fn loosen(
    body: &Bytes,
    error: Option<&serde_json::Error>,
    decode: &mut Decode<'_>,
) -> Result<Vec<Drift>, Problem> {
    let (tree, replaced) = parse(body)?;
    let mut session = Session::lenient();
    let readings = MOST_READINGS.min(1 + MOST_BYTES_READ / body.len().max(1));
    let mut last = None;
    for _ in 0..readings {
        session.restart();
        match decode(Place::root(&tree, &session)) {
            Ok(()) => {
                let mut drift = session.into_drift();
                // What the tree no longer shows, such as a property that came twice.
                let unseen = || error.filter(|_| drift.is_empty()).map(ToString::to_string);
                if let Some(found) = replaced.or_else(unseen) {
                    drift.insert(
                        0,
                        Drift {
                            pointer: String::new(),
                            expected: "valid JSON".to_owned(),
                            found,
                            remedy: Remedy::Converted,
                        },
                    );
                }
                return Ok(drift);
            }
            Err(fault) => {
                let has_learnt = session.learn(&fault);
                last = Some(fault);
                if !has_learnt {
                    break;
                }
            }
        }
    }
    let fault = last.unwrap_or_else(|| <Fault as serde::de::Error>::custom("nothing was read"));
    Err(fault.into_problem(session.into_drift()))
}

/// The body as a tree, with what was replaced for that.
fn parse(body: &Bytes) -> Result<(Value, Option<String>), Problem> {
    repair::read(body).map_err(|error| Problem {
        pointer: String::new(),
        expected: "JSON".to_owned(),
        found: excerpt(error.to_string().as_bytes(), 80),
        is_no_json: true,
        drift: Vec::new(),
    })
}

/// True for a type that is read from an object and from nothing else.
pub(crate) fn wants_object(decode: &mut Decode<'_>) -> bool {
    let session = Session::strict();
    decode(Place::root(&Value::Bool(true), &session)).is_err_and(|fault| fault.wants_object())
}

/// Pointers to everything in `body` that the type does not ask for.
pub(crate) fn unknown_fields(body: &Bytes, decode: &mut Decode<'_>) -> Vec<String> {
    let Ok((tree, _)) = parse(body) else { return Vec::new() };
    let mut session = Session::lenient();
    for _ in 0..MOST_READINGS {
        session.restart();
        match decode(Place::root(&tree, &session)) {
            Ok(()) => break,
            Err(fault) if session.learn(&fault) => {}
            Err(_) => break,
        }
    }
    session.into_ignored()
}

/// A value as `T`, strictly, and the number of properties that `T` does not know.
pub(crate) fn arm<T: DeserializeOwned>(value: &Value) -> Option<(T, usize)> {
    let session = Session::strict();
    ARMS.set((true, ARMS.get().1));
    let decoded = crate::hollow::unnoticed(|| T::deserialize(Place::root(value, &session))).ok()?;
    ARMS.set((true, true));
    Some((decoded, session.into_ignored().len()))
}

thread_local! {
    /// Whether an arm of a union was tried, and whether one was taken.
    static ARMS: Cell<(bool, bool)> = const { Cell::new((false, false)) };
}

/// Does `work`, and says whether its unions have no arm for what they read: such a value is kept as it came, without drift.
pub(crate) fn is_unknown_to_unions<T>(work: impl FnOnce() -> T) -> (T, bool) {
    ARMS.set((false, false));
    let outcome = work();
    (outcome, ARMS.get() == (true, false))
}

#[cfg(test)]
mod tests;
