//! What a project says of changes: severities of its own, and changes that it has accepted. They stand in `client.yaml`.

use std::fmt;

use indexmap::IndexMap;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::Inputs;
use crate::diagnostic::Diagnostics;

use super::{Change, Changes, Class, Verdict, rules};

/// `changes` in `client.yaml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// By rule, what such changes are called instead.
    pub severities: IndexMap<RuleId, Severity>,
    /// Changes that somebody has looked at, so that they hold nobody up.
    pub acknowledged: Vec<Acknowledgement>,
}

/// The id of a rule that there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RuleId(pub String);

/// What changes of a rule are called: one word for both sides, or one for each.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub enum Severity {
    /// Both sides.
    Both(Class),
    /// Each side that is named.
    Sides(Sides),
}

/// A word for each side.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    /// On the wire.
    #[serde(default)]
    pub wire: Option<Class>,
    /// For Rust programs.
    #[serde(default)]
    pub rust: Option<Class>,
}

/// A change that somebody has accepted for a while.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// Which kind of change.
    pub rule: RuleId,
    /// Where, as the report writes it: `GET /pets param limit`. Everywhere if it is left out.
    #[serde(default)]
    pub at: Option<String>,
    /// Why it may be.
    pub reason: Reason,
    /// The last day on which it may be, `2026-12-31`.
    pub until: Day,
}

/// A reason, which is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(pub String);

/// A day of the calendar, `2026-12-31`; the order of the text is that of time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

impl Day {
    /// Reads `2026-12-31`; `None` if there is no such day.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |part: &str, digits: usize| -> Option<u32> {
            let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| plain)
        };
        let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
        let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=last).contains(&day).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let id = String::deserialize(from)?;
        if rules::find(&id).is_none() {
            let told = format!("there is no rule `{id}`; `cargo xtask diff --rules` lists them");
            return Err(D::Error::custom(told));
        }
        Ok(Self(id))
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text.trim().is_empty() {
            return Err(D::Error::custom("a change is acknowledged for a reason: write it down"));
        }
        Ok(Self(text.trim().to_owned()))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no day; write it as 2026-12-31")))
    }
}

impl Settings {
    /// Calls changes what the project calls them.
    pub(super) fn judge(&self, change: &mut Change) {
        let Some((_, severity)) = self.severities.iter().find(|(id, _)| id.0 == change.code) else {
            return;
        };
        let (wire, rust) = match *severity {
            Severity::Both(class) => (Some(class), Some(class)),
            Severity::Sides(Sides { wire, rust }) => (wire, rust),
        };
        let set = |verdict: &mut Verdict, class: Option<Class>| {
            if let Some(class) = class.filter(|class| *class != verdict.class) {
                let reason = format!(
                    "`{}` is {} by client.yaml, and would be {}",
                    change.code,
                    class.as_str(),
                    verdict.class.as_str()
                );
                verdict.class = class;
                verdict.reasons.insert(0, reason);
            }
        };
        set(&mut change.wire, wire);
        set(&mut change.rust, rust);
    }
}

impl Changes {
    /// Marks what somebody has accepted in the settings of the document after, up to `today` or later, and notes which acknowledgements are of no use any more:
    /// those that ran out, and those of changes that are gone.
    pub fn acknowledge(&mut self, after: &Inputs<'_>, today: &Day) {
        let Some(config) = crate::config(after, &mut Diagnostics::new()) else { return };
        let list = &config.changes.acknowledged;
        let fits = |one: &Acknowledgement, change: &Change, at: &str| {
            one.rule.0 == change.code && one.at.as_deref().is_none_or(|own| own == at)
        };
        for change in &mut self.list {
            let covers: Vec<Option<&Acknowledgement>> = (change.spots.iter())
                .map(|spot| {
                    list.iter().find(|one| one.until >= *today && fits(one, change, &spot.at))
                })
                .collect();
            // A change at two places is accepted where both are.
            if let Some(covers) = covers.into_iter().collect::<Option<Vec<_>>>()
                && let Some(first) = covers.into_iter().min_by_key(|one| &one.until)
            {
                change.acknowledged = Some(first.clone());
            }
        }
        for one in list {
            let mut changes = self.list.iter();
            let met =
                changes.any(|change| change.spots.iter().any(|spot| fits(one, change, &spot.at)));
            let what = match &one.at {
                Some(at) => format!("`{}` at `{at}`", one.rule.0),
                None => format!("`{}`", one.rule.0),
            };
            if !met {
                self.notes.push(format!(
                    "{what} is acknowledged and is no longer there: take it out of client.yaml"
                ));
            } else if one.until < *today {
                self.notes
                    .push(format!("{what} was acknowledged until {}, which is over", one.until));
            }
        }
    }

    /// The worst verdict of either side, what is acknowledged aside.
    pub fn open(&self) -> (Class, Class) {
        let open = || self.list.iter().filter(|change| change.acknowledged.is_none());
        (
            open().map(|change| change.wire.class).max().unwrap_or_default(),
            open().map(|change| change.rust.class).max().unwrap_or_default(),
        )
    }
}
