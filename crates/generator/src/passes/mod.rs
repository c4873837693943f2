//! The passes: each takes the draft one step closer to what a careful author would have written.
//!
//! [`PASSES`] is the table of contents. The order matters and is explained beside each.

mod aliases;
mod audit;
mod cycles;
mod envelope;
mod flatten;
mod identify;
mod join;
mod kin;
mod learn;
mod merge;
pub(crate) mod name;
pub(crate) mod paging;
mod replies;
mod travel;

use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::lock::Lock;
use crate::model::Draft;

/// What passes know beside the draft.
pub struct Context<'a> {
    /// The choices of `client.yaml`.
    pub config: &'a Config,
    /// The names that were given before.
    pub lock: &'a Lock,
    /// Whether what could be repaired is an error all the same.
    pub strict: bool,
    /// What there is to tell.
    pub diagnostics: &'a mut Diagnostics,
}

/// A step.
pub type Pass = fn(&mut Draft, &mut Context<'_>);

/// The steps in order.
pub const PASSES: &[(&str, Pass)] = &[
    // Operations get ids first: everything after may speak of them.
    ("identify operations", identify::run),
    // Names for scalars and lists are looked through, so that the passes after see what there is.
    ("resolve aliases", aliases::run),
    // Types still stand at one place each, so that what one example shows loosens that place alone.
    ("learn from examples", learn::run),
    ("unify replies", replies::run),
    // The envelope goes before merging: what it holds in common is then one type.
    ("lift the envelope", envelope::run),
    ("merge equal shapes", merge::run),
    ("merge kin", kin::run),
    // Kin that became one can make the shapes around them equal.
    ("merge equal shapes again", merge::run),
    // Which way a type travels decides what it needs, and names may speak of it.
    ("settle travel", travel::run),
    // A body that is set part by part needs no type, and so no name.
    ("flatten bodies", flatten::run),
    ("name", name::run),
    ("find paging", paging::run),
    ("break cycles", cycles::run),
    ("audit", audit::run),
];

/// Takes every step.
pub fn refine(draft: &mut Draft, context: &mut Context<'_>) {
    for (_, pass) in PASSES {
        pass(draft, context);
    }
}
