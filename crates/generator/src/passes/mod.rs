//! The passes: each takes the draft one step closer to what a careful author would have written.
//!
//! [`PASSES`] is the table of contents. The order matters and is explained beside each.
//!
//! # Twice is once
//! What a run makes of a document without a lock, it makes of the same document with the lock that it has written: every
//! byte, every name, every note. So no pass may let the lock decide anything but these six:
//!
//! - what a thing is called, and that no other thing is called so;
//! - that two types which were published under two names stay two;
//! - that two types which were published under one name are one, as far as one type can hold both;
//! - that the key goes on belonging to the scheme that it belonged to;
//! - in which order arguments stand that were published in one;
//! - that a client which filled in a constant goes on filling it in when it has become one of several values.
//!
//! Which types are one, the order of their fields, what is lifted into the envelope and what is paged follow from the
//! document alone. After the run that wrote the lock, the second and third say nothing new: what bears two names was
//! two, and what bears one was one. What a type of several comes to is worked out of its members in the order of the
//! document (see `join`), never in the order in which they came to be one.
//!
//! # Whose a fact is
//! Two types are one where they are equal and play one role (see `role`), or where replies hold kin in one role. A request
//! never gains a field or a value, an enum never gains a value, and *anything* never becomes something. A type whose
//! name would be false at one of its places comes apart (see `name`).

mod aliases;
mod arguments;
mod audit;
mod constants;
mod credentials;
mod cycles;
mod envelope;
pub(crate) mod flatten;
mod identify;
mod join;
mod kin;
mod learn;
mod merge;
pub(crate) mod name;
mod paging;
mod replies;
pub(crate) mod role;
pub(crate) mod scopes;
mod shared;
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
    ("settle whose the key is", credentials::run),
    // Names for scalars and lists are looked through, so that the passes after see what there is.
    ("resolve aliases", aliases::run),
    // Types still stand at one place each, so that what one example shows loosens that place alone.
    ("learn from examples", learn::run),
    ("unify replies", replies::run),
    // Only what replies alone hold may have kin.
    ("settle travel", travel::run),
    // What programs were never asked for they are not asked for now.
    ("keep constants", constants::run),
    // Replies are still each operation's own.
    ("find paging", paging::run),
    // The envelope goes before merging: what it holds in common is then one type.
    ("lift the envelope", envelope::run),
    ("merge equal shapes", merge::run),
    ("merge kin", kin::run),
    // Kin that became one can make the shapes around them equal.
    ("merge equal shapes again", merge::run),
    // A body that is set part by part needs no type, and so no name.
    ("flatten bodies", flatten::run),
    // A name has to be true of everything that it is given to, so what no name fits is not one type.
    ("part what no name fits", name::part::run),
    // What has become one type travels every way that its parts do.
    ("settle travel again", travel::run),
    ("name", name::run),
    // What every operation takes is no argument, and no scope.
    ("share what every operation takes", shared::run),
    // Scopes have names beside those of the resources.
    ("find scopes", scopes::run),
    // What is asked for is settled now, and so are the names that the lock knows types by.
    ("settle the order of arguments", arguments::run),
    ("break cycles", cycles::run),
    ("audit", audit::run),
];

/// Takes every step.
pub fn refine(draft: &mut Draft, context: &mut Context<'_>) {
    for (_, pass) in PASSES {
        pass(draft, context);
    }
}
