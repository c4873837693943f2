//! Points in time and days, which keep the text in which they came.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use chrono::{FixedOffset, NaiveDate, NaiveDateTime};
use serde::{Serialize, Serializer};

use super::{Scalar, ScalarInfo, scalar_impls};

/// A point in time. It keeps its offset and its text, so that it travels back exactly as it came; equality
/// and order look at the point in time alone.
///
/// It is read from RFC 3339, and from `2025-01-01 00:00:00`, which is taken as UTC.
///
/// ```
/// use lockstep_runtime::DateTime;
///
/// let at: DateTime = "2025-01-01 00:00:00".parse()?;
/// assert_eq!(at, "2025-01-01T01:00:00+01:00".parse()?);
/// assert_eq!(at.to_string(), "2025-01-01 00:00:00");
/// assert_eq!(at.get().timestamp(), 1_735_689_600);
/// # Ok::<(), lockstep_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct DateTime {
    at: chrono::DateTime<FixedOffset>,
    text: Box<str>,
}

pub(super) static DATE_TIME: ScalarInfo = ScalarInfo {
    name: "lockstep::DateTime",
    label: "a date and time",
    accepts: |value| value.as_str().is_some_and(|text| DateTime::of_text(text).is_some()),
    stand_in: "1970-01-01T00:00:00Z",
};

impl DateTime {
    /// The point in time, with the offset that it came with.
    #[must_use]
    pub fn get(&self) -> chrono::DateTime<FixedOffset> {
        self.at
    }

    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Scalar for DateTime {
    const INFO: &'static ScalarInfo = &DATE_TIME;

    fn of_text(text: &str) -> Option<Self> {
        let given = text.trim();
        let with_offset = || chrono::DateTime::parse_from_rfc3339(given).ok();
        // PHP's own ISO 8601 has no colon in its offset.
        let without_colon =
            || chrono::DateTime::parse_from_str(given, "%Y-%m-%dT%H:%M:%S%.f%z").ok();
        let without_offset = || {
            let naive = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
                .iter()
                .find_map(|form| NaiveDateTime::parse_from_str(given, form).ok());
            naive.map(|naive| naive.and_utc().fixed_offset())
        };
        let at = with_offset().or_else(without_colon).or_else(without_offset)?;
        Some(Self { at, text: text.into() })
    }
}

scalar_impls!(DateTime);

impl<Tz: chrono::TimeZone> From<chrono::DateTime<Tz>> for DateTime {
    fn from(at: chrono::DateTime<Tz>) -> Self {
        let at = at.fixed_offset();
        Self { at, text: at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into() }
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for DateTime {}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "DateTime({})", self.text)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// A day, `2025-01-01`.
///
/// ```
/// let day: lockstep_runtime::Date = "2025-01-31".parse()?;
/// assert_eq!(day.get().to_string(), "2025-01-31");
/// # Ok::<(), lockstep_runtime::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

pub(super) static DATE: ScalarInfo = ScalarInfo {
    name: "lockstep::Date",
    label: "a date",
    accepts: |value| value.as_str().is_some_and(|text| Date::of_text(text).is_some()),
    stand_in: "1970-01-01",
};

impl Date {
    /// The day.
    #[must_use]
    pub fn get(self) -> NaiveDate {
        self.0
    }
}

impl Scalar for Date {
    const INFO: &'static ScalarInfo = &DATE;

    fn of_text(text: &str) -> Option<Self> {
        // Only the padded form: it is the one that is written back.
        let is_padded = text.len() == 10;
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| is_padded).map(Self)
    }
}

scalar_impls!(Date);

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Date({self})")
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
