//! The commands of this repository: the only place that touches the disk.
//!
//! - [`cli`] what can be typed;
//! - [`workspace`] where the repository is, and reading its inputs;
//! - [`documents`] a document with the other files that it refers to;
//! - [`commands`] what each command does: read, call the generator, hand its files to `disk`;
//! - [`disk`] from files in memory to files on disk;
//! - [`import`] and [`sync_upstream`] what upstream publishes, into `spec/`;
//! - [`diff`] what changed, for the wire and for programs;
//! - [`lint`] what is suspicious in it, and how to mend that;
//! - [`record`] and [`learn`] what its API really sends, and what that says of it;
//! - [`corpus`] whether the generator holds on documents that nobody prepared;
//! - [`normalize`] the document as the generator understands it, for other tools, and [`engine`] one of them;
//! - [`report`] what people and scripts get to see.
//!
//! Everything that knows OpenAPI or Rust lives in `lockstep_generator`. The tests call the commands
//! through this library, so what they check is what people run.

pub mod cli;
pub mod commands;
pub mod corpus;
pub mod diff;
pub mod disk;
pub mod documents;
pub mod engine;
pub mod import;
pub mod learn;
pub mod lint;
pub mod normalize;
pub mod record;
pub mod report;
pub mod sync_upstream;
pub mod workspace;

pub use cli::{Cli, run};
pub use commands::{Failure, Outcome};
