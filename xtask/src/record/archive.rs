//! The recording on disk: an HTTP archive that is whole after every exchange, for its owner alone to read.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde_json::{Value, json};

const TAIL: &str = "\n]}}\n";

/// A recording that grows.
#[derive(Debug)]
pub(super) struct Archive {
    file: File,
    /// Where the next exchange goes.
    end: u64,
    largest: u64,
    is_empty: bool,
    is_full: bool,
}

impl Archive {
    /// A new one. What is there already stays as it is.
    pub(super) fn create(path: &Path, largest: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let creator = json!({ "name": "lockstep", "version": env!("CARGO_PKG_VERSION") });
        let head = format!("{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":[");
        file.write_all(head.as_bytes())?;
        file.write_all(TAIL.as_bytes())?;
        Ok(Self { file, end: head.len() as u64, largest, is_empty: true, is_full: false })
    }

    /// Adds an exchange; false if there is no room for it any more.
    pub(super) fn add(&mut self, entry: &Value) -> io::Result<bool> {
        let text = format!("{}\n{entry}", if self.is_empty { "" } else { "," });
        if self.end + (text.len() + TAIL.len()) as u64 > self.largest {
            self.is_full = true;
            return Ok(false);
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        // One write, so that what a kill leaves is an exchange too few, and hardly ever half of one.
        self.file.write_all(format!("{text}{TAIL}").as_bytes())?;
        self.end += text.len() as u64;
        self.is_empty = false;
        Ok(true)
    }

    /// Whether something was left out because there was no room for it.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }
}
