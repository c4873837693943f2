#![doc = include_str!("../README.md")]

// Upstream does not describe every field; what it says is in the docs, and nothing is made up.
#[allow(missing_docs, reason = "upstream does not describe every field")]
#[rustfmt::skip]
mod generated;

pub use generated::*;
pub use lockstep_runtime as runtime;
pub use lockstep_runtime::{Error, RequestOptions, Response, Result};
