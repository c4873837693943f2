//! What is learnt from one reading for the next, and what is noted on the way.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::Value;

use super::fault::Fault;
use super::place::Path;
use super::want::{Kind, Want};
use super::{Drift, Remedy};

/// More drift than this says nothing new, and would only take memory.
const MOST_NOTED: usize = 1_000;

/// After so many single values at one general place, all values of their kind there are given up.
const MOST_SINGLE: usize = 8;

/// How often a stand-in is tried for a type that accepts only certain texts.
const MOST_STAND_INS: usize = 4;

/// What may happen to a value that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// The reply itself: nothing.
    Root,
    /// A property that the type demands: a stand-in.
    Field,
    /// What may be null.
    Optional,
    /// An entry of a list or a map, which may go.
    Entry,
}

/// What is known about one general place: `/items/*/id`.
#[derive(Debug, Default)]
pub(super) struct Rule {
    wants: Vec<Want>,
    kinds: Vec<Kind>,
    /// Single places, and how often each failed.
    single: HashMap<String, usize>,
    missing: Vec<&'static str>,
    slots: Vec<Slot>,
}

/// One decoding of one reply.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) is_lenient: bool,
    // The keys are hashes of paths; nothing is ever iterated in their order.
    rules: HashMap<u64, Rule>,
    drift: RefCell<Vec<Drift>>,
    ignored: RefCell<Vec<String>>,
}

impl Session {
    pub(super) fn lenient() -> Self {
        Self {
            is_lenient: true,
            rules: HashMap::new(),
            drift: RefCell::default(),
            ignored: RefCell::default(),
        }
    }

    pub(super) fn strict() -> Self {
        Self { is_lenient: false, ..Self::lenient() }
    }

    /// Forgets what was noted, and keeps what was learnt.
    pub(super) fn restart(&mut self) {
        self.drift.get_mut().clear();
        self.ignored.get_mut().clear();
    }

    pub(super) fn note(&self, path: &Path<'_>, expected: String, found: String, remedy: Remedy) {
        let mut drift = self.drift.borrow_mut();
        if drift.len() < MOST_NOTED {
            drift.push(Drift { pointer: path.pointer(), expected, found, remedy });
        }
    }

    pub(super) fn note_ignored(&self, path: &Path<'_>) {
        self.ignored.borrow_mut().push(path.pointer());
    }

    pub(super) fn into_drift(self) -> Vec<Drift> {
        self.drift.into_inner()
    }

    pub(super) fn into_ignored(self) -> Vec<String> {
        self.ignored.into_inner()
    }

    /// What the value at `path` is to be rejected for, if it stands in a slot of this kind.
    pub(super) fn rejects(&self, path: &Path<'_>, slot: Slot, value: &Value) -> Option<String> {
        if self.rules.is_empty() {
            return None;
        }
        let rule = self.rules.get(&path.general)?;
        if !rule.slots.contains(&slot) {
            return None;
        }
        if let Some(want) = rule.wants.iter().find(|want| !want.accepts(value)) {
            return Some(want.to_string());
        }
        let is_given_up = rule.kinds.contains(&Kind::of(value))
            || (!rule.single.is_empty() && rule.single.contains_key(&path.pointer()));
        is_given_up.then(|| "a value of its type".to_owned())
    }

    /// How often a value or stand-in has failed at one place of this kind.
    pub(super) fn failures(&self, path: &Path<'_>) -> usize {
        let rule = self.rules.get(&path.general);
        rule.and_then(|rule| rule.single.values().max()).copied().unwrap_or_default()
    }

    /// Properties that objects at `path` turned out to need.
    pub(super) fn missing(&self, path: &Path<'_>) -> Vec<&'static str> {
        let rule = self.rules.get(&path.general);
        rule.map(|rule| rule.missing.clone()).unwrap_or_default()
    }

    /// Takes in what went wrong. False when nothing new was learnt, so that another reading is in vain.
    pub(super) fn learn(&mut self, fault: &Fault) -> bool {
        let Some(at) = &fault.0.at else { return false };
        let rule = self.rules.entry(at.general).or_default();
        if let Some(field) = fault.0.missing {
            let is_new = !rule.missing.contains(&field);
            rule.missing.push(field);
            return is_new;
        }
        if at.slot == Slot::Root {
            return false;
        }
        if !rule.slots.contains(&at.slot) {
            rule.slots.push(at.slot);
        }
        if let Some(want) = fault.0.want {
            let is_new = !rule.wants.contains(&want);
            rule.wants.push(want);
            return is_new;
        }
        let failures = rule.single.entry(at.pointer.clone()).or_default();
        *failures += 1;
        if *failures > 1 {
            return at.slot == Slot::Field && *failures <= MOST_STAND_INS;
        }
        if rule.single.len() > MOST_SINGLE && !rule.kinds.contains(&at.kind) {
            rule.kinds.push(at.kind);
        }
        true
    }
}
