//! From files in memory to files on disk.
//!
//! A [`Plan`] is the difference between what the generator wants and what is there, computed before anything is
//! touched. It can be shown (check, dry run) or applied (write). Applying is all or nothing, whether a step fails or
//! the run is killed: new texts are written aside, a journal says what is to be done with them, and each file then
//! changes in one move over the old one. What a failed step leaves is taken back at once; what a killed run leaves is
//! carried through by the next run, before it reads anything. A [`Guard`] keeps a second run out meanwhile.
//!
//! This module knows nothing of OpenAPI or Rust; it moves bytes. It never follows a symbolic link out of the tree,
//! never removes anything outside an owned folder, and refuses paths that leave the root.

mod apply;
mod guard;
mod journal;
mod plan;

use std::io;
use std::path::{Path, PathBuf};

pub use guard::Guard;
pub use plan::{Change, Plan};

/// Why a plan could not be made or carried out. The disk is as it was.
#[derive(Debug)]
pub enum DiskError {
    /// An output path is absolute, leaves the root, or clashes with another one.
    BadPath {
        /// The path as the generator gave it.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file that people wrote stands where an output should go.
    HandWritten {
        /// The path, relative to the root.
        path: String,
    },
    /// Another run did not finish writing here.
    Busy {
        /// The folder that both want to write to.
        root: PathBuf,
    },
    /// The run was made to die here, as a test asked.
    Died,
    /// The operating system refused.
    Io {
        /// The path it was about.
        path: PathBuf,
        /// What was being done, as in "cannot read".
        doing: &'static str,
        /// Its answer.
        error: io::Error,
    },
}

impl std::fmt::Display for DiskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BadPath { path, reason } => write!(f, "refusing to write {path:?}: {reason}"),
            Self::HandWritten { path } => write!(
                f,
                "refusing to overwrite {path}: it was not generated (no `@generated` mark); move it away or choose another --out"
            ),
            Self::Busy { root } => write!(
                f,
                "another run is writing to {} and does not end; wait for it, or stop it, and run this again",
                root.display()
            ),
            Self::Died => f.write_str("the run was cut off"),
            Self::Io { path, doing, error } => write!(f, "{doing} {}: {error}", path.display()),
        }
    }
}

impl std::error::Error for DiskError {}

fn io_error(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> DiskError {
    let path = path.to_owned();
    move |error| DiskError::Io { path, doing, error }
}
