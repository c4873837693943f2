//! Who saw something, and when: counts and days, and never who.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};

/// So many accounts are told apart; with more, it is as many and more.
const MOST_ACCOUNTS: usize = 1_000;

/// One reply, as whoever counts needs to know it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sight {
    /// Its number.
    pub(super) reply: u64,
    /// Whether the same body was seen before.
    pub(super) repeated: bool,
    /// The hash of the account, where the path names one.
    pub(super) account: Option<u64>,
    /// The day, as 2025-01-31.
    pub(super) day: Option<String>,
}

/// Everyone who saw something.
#[derive(Clone, Debug, Default)]
pub(super) struct Witness {
    pub(super) replies: u64,
    pub(super) distinct: u64,
    accounts: BTreeSet<u64>,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    latest: u64,
}

impl Witness {
    pub(super) fn see(&mut self, sight: &Sight) {
        if self.latest == sight.reply {
            return;
        }
        self.latest = sight.reply;
        self.replies += 1;
        self.distinct += u64::from(!sight.repeated);
        if self.accounts.len() < MOST_ACCOUNTS {
            self.accounts.extend(sight.account);
        }
        self.days(sight.day.as_ref(), sight.day.as_ref());
    }

    fn days(&mut self, first: Option<&String>, last: Option<&String>) {
        if let Some(first) =
            first.filter(|day| self.first.as_ref().is_none_or(|known| *day < known))
        {
            self.first = Some(first.clone());
        }
        if let Some(last) = last.filter(|day| self.last.as_ref().is_none_or(|known| *day > known)) {
            self.last = Some(last.clone());
        }
    }

    /// How many accounts there were.
    pub(super) fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// Adds others. A reply that both saw counts twice, which only makes the evidence of maps larger.
    pub(super) fn merge(&mut self, other: Self) {
        self.replies += other.replies;
        self.distinct += other.distinct;
        for account in other.accounts {
            if self.accounts.len() < MOST_ACCOUNTS {
                self.accounts.insert(account);
            }
        }
        self.days(other.first.as_ref(), other.last.as_ref());
    }
}

/// A value as a number. Only ever compared within one run, and never shown.
pub(super) fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
