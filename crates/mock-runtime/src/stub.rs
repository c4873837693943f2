//! Stubs: what a test wants answered, and how often.
//!
//! Untyped; the typed face is in `typed.rs`. Which requests a stub means is the business of `matcher`.

mod matcher;

use std::fmt;
use std::ops::{RangeFrom, RangeInclusive};

use bytes::Bytes;
use http::HeaderMap;

#[cfg(feature = "typed")]
pub(crate) use self::matcher::Judge;
pub(crate) use self::matcher::{Matcher, Seen};
use crate::data::Operation;
use crate::settings::Fault;

/// How often a stub is expected to be met.
///
/// ```
/// use lockstep_mock::Times;
/// assert_eq!(Times::from(2).to_string(), "2 times");
/// assert_eq!(Times::from(0..=3).to_string(), "3 times at most");
/// assert_eq!(Times::from(1..).to_string(), "at least once");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub(crate) least: u64,
    pub(crate) most: Option<u64>,
}

impl From<u64> for Times {
    fn from(times: u64) -> Self {
        Self { least: times, most: Some(times) }
    }
}

impl From<RangeInclusive<u64>> for Times {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self { least: *range.start(), most: Some(*range.end()) }
    }
}

impl From<RangeFrom<u64>> for Times {
    fn from(range: RangeFrom<u64>) -> Self {
        Self { least: range.start, most: None }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |count| if count == 1 { "once".to_owned() } else { format!("{count} times") };
        match (self.least, self.most) {
            (least, Some(most)) if least == most => f.write_str(&times(most)),
            (0, Some(most)) => write!(f, "{} at most", times(most)),
            (least, Some(most)) => write!(f, "{least} to {most} times"),
            (least, None) => write!(f, "at least {}", times(least)),
        }
    }
}

/// One reply of a stub.
#[derive(Clone, Debug, Default)]
pub(crate) struct StubReply {
    /// `None`: the usual one.
    pub(crate) status: Option<u16>,
    pub(crate) headers: HeaderMap,
    /// `None`: the fixture, or what upstream sends for the status.
    pub(crate) body: Option<(Bytes, &'static str)>,
    pub(crate) example: Option<String>,
    pub(crate) wait_ms: u64,
    pub(crate) fault: Option<Fault>,
    pub(crate) items: Option<u64>,
}

/// An expectation.
#[derive(Clone, Debug)]
pub(crate) struct Stub {
    /// Unique within a server.
    #[cfg_attr(
        not(feature = "typed"),
        allow(dead_code, reason = "only typed stubs are found again")
    )]
    pub(crate) id: u64,
    pub(crate) operation: usize,
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) times: Times,
    pub(crate) replies: Vec<StubReply>,
    pub(crate) hits: u64,
    /// Where in the test it stands; empty when it came over HTTP.
    pub(crate) place: String,
}

impl Stub {
    pub(crate) fn is_used_up(&self) -> bool {
        self.times.most.is_some_and(|most| self.hits >= most)
    }

    /// Everything in which a request differs; empty when it is meant.
    pub(crate) fn differences(&self, seen: &Seen<'_>) -> Vec<String> {
        let (wholes, parts): (Vec<_>, Vec<_>) =
            self.matchers.iter().partition(|matcher| matches!(matcher, Matcher::Same(_)));
        let told: Vec<_> =
            parts.into_iter().filter_map(|matcher| matcher.difference(seen)).collect();
        if told.is_empty() {
            wholes.into_iter().filter_map(|matcher| matcher.difference(seen)).collect()
        } else {
            told
        }
    }

    /// Counts a hit and answers the reply that is due: one after the other, the last for good.
    pub(crate) fn hit(&mut self) -> StubReply {
        let index = usize::try_from(self.hits)
            .unwrap_or(usize::MAX)
            .min(self.replies.len().saturating_sub(1));
        self.hits += 1;
        self.replies.get(index).cloned().unwrap_or_default()
    }

    /// What is expected, for a failed test.
    pub(crate) fn describe(&self, operation: &Operation) -> String {
        let conditions: Vec<_> = self.matchers.iter().map(Matcher::to_string).collect();
        let conditions = if conditions.is_empty() {
            String::new()
        } else {
            format!(" with {}", conditions.join(", "))
        };
        let place = if self.place.is_empty() {
            String::new()
        } else {
            format!(" (stub at {})", self.place)
        };
        format!("{} ({} {}){conditions}{place}", operation.id, operation.method, operation.path)
    }
}
