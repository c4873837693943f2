//! Placeholder.

pub mod diagnostic;
pub mod pointer;
pub mod read;
