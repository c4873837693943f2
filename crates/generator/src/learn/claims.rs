//! What a person has decided about a place, in the overlay or in `client.yaml`: named where traffic contradicts it, and
//! never overruled.

use super::exchange::{Probe, Wants};
use super::find::{evidence, times};
use super::{Base, Fate, Finding};
use crate::pointer::Pointer;
use crate::read::overlay::Traced;

/// What of a schema a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct About {
    /// The keywords.
    pub(super) keys: &'static [&'static str],
    /// Whether whoever wrote the schema as a whole has said something about it.
    pub(super) whole: bool,
}

/// The action of a person that says what traffic contradicts.
pub(super) fn claim<'b>(base: &'b Base, at: &Pointer, about: About) -> Option<&'b Traced> {
    let says = |changed: &Pointer| {
        (about.whole && at.below(changed).is_some())
            || about.keys.iter().any(|key| at.child(key) == *changed)
    };
    base.traced
        .iter()
        .filter(|action| !action.is_learnt)
        .find(|action| action.changed.iter().any(says))
}

/// Learnt actions that have nothing to do any more.
pub(super) fn withdrawn(base: &Base) -> impl Iterator<Item = Finding> + '_ {
    base.traced.iter().filter(|action| action.is_learnt && action.changed.is_empty()).map(
        |action| {
            let why = if action.has_matched {
                "changes nothing any more: upstream says the same now"
            } else {
                "matches nothing any more: upstream has renamed it or taken it away"
            };
            Finding {
                code: if action.has_matched { "learnt-no-effect" } else { "learnt-no-match" },
                fate: Fate::Withdrawn,
                message: format!(
                    "action {} of the overlay was learnt, and {why}; remove it (`{}`)",
                    action.number,
                    crate::visible::line(&action.target)
                ),
                at: Vec::new(),
                evidence: Default::default(),
                corrections: Vec::new(),
                effect: None,
                place: Default::default(),
            }
        },
    )
}

/// Choices that no reply keeps.
pub(super) fn choices(probes: &[Probe]) -> impl Iterator<Item = Finding> + '_ {
    probes.iter().filter(|probe| probe.asked > 0 && probe.kept == 0).map(|probe| {
        let wanted = match probe.wants {
            Wants::List => "a list",
            Wants::Boolean => "true or false",
            Wants::Number => "a number",
        };
        Finding {
            code: "choice",
            fate: Fate::Refuted,
            message: format!(
                "client.yaml, {}: {wanted} should be at `{}`, and is in none of {}",
                probe.what,
                probe.pointer,
                times(probe.asked, "reply", "replies")
            ),
            at: Vec::new(),
            evidence: evidence(&probe.witness, probe.asked, probe.asked),
            corrections: Vec::new(),
            effect: None,
            place: Default::default(),
        }
    })
}
