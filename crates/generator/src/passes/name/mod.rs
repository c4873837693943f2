//! Gives everything its name: what a careful author would have written.
//!
//! A name comes from `client.yaml`, else from `names.lock`, else from the thing's own place. Names are words here;
//! how Rust wants them escaped is for the emitters.

mod again;
mod canonical;
mod operations;
pub(crate) use operations::resource_type;
pub(super) mod part;
mod place;
mod suggest;
mod truth;
mod types;

use super::Context;
use crate::model::Draft;

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    draft.names.operations = operations::name(draft, context);
    types::name(draft, context);
}
