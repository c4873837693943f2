//! `spec/source.lock`: where every input came from.
//!
//! Written by `import` and `sync`, read by them and by `regenerate`, which has to know whether the
//! document is assembled from pages or was published whole. Entries are sorted by path, and one that
//! did not change keeps its date, so that a run without news changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::commands::Failure;
use crate::workspace::{self, Input};

const HEADER: &str = "# Where every input in this folder came from. Written by `cargo xtask import` and `cargo xtask sync`.\n";

/// How upstream's document came to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// As docs pages, each with one operation: `openapi.yaml` is assembled from `pages/`.
    #[default]
    Pages,
    /// As one document: `openapi.yaml` is that document, byte for byte, and `pages/` is not read.
    Document,
}

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceLock {
    /// How the document came to us.
    pub form: Form,
    /// The address of the document that the pages are excerpts of. It tells sibling documents apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The inputs by path, relative to the folder of this file.
    #[serde(default)]
    pub files: BTreeMap<String, Entry>,
}

/// One input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Method and path, for a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The address, or the file that was imported.
    pub origin: String,
    /// Of the bytes that are kept here.
    pub sha256: String,
    /// The day on which these bytes first came in, as `YYYY-MM-DD` in UTC.
    pub date: String,
    /// What the server called this version, for the next time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When the server says it was changed, for the next time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl SourceLock {
    /// Reads `source.lock` of a folder; a missing one is empty.
    ///
    /// # Errors
    /// When it is there and cannot be read, or holds something else.
    pub fn read(folder: &Path, shown: &str) -> Result<Self, Failure> {
        let shown = format!("{shown}/source.lock");
        let Some(input) = Input::read_if_there(&folder.join("source.lock"), &shown)? else {
            return Ok(Self::default());
        };
        serde_yaml::from_str(&input.text)
            .map_err(|error| Failure(format!("cannot read {shown}: {error}")))
    }

    /// Makes sure that every input is as it came. What people correct belongs in the overlay: in an input the next
    /// sync would take it back, and until then nobody could tell it from what upstream says.
    ///
    /// # Errors
    /// When an input has other bytes than it came with, is gone, or cannot be read.
    pub fn verify(&self, folder: &Path, shown: &str) -> Result<(), Failure> {
        for (path, entry) in &self.files {
            let name = format!("{shown}/{path}");
            let inside = !path.split('/').any(|part| part.is_empty() || part == "..");
            let file = folder.join(path);
            if !inside || !file.exists() {
                return Err(Failure(format!(
                    "{name} is in {shown}/source.lock and not on disk; restore it, or run `cargo xtask sync`"
                )));
            }
            if sha256(&workspace::read_bounded(&file, &name)?) != entry.sha256 {
                return Err(Failure(format!(
                    "{name} is not as it came: its SHA-256 differs from {shown}/source.lock; put corrections into {shown}/overlay.yaml and restore it, or take it in anew with `cargo xtask import {name}`"
                )));
            }
        }
        Ok(())
    }

    /// The day on which an input came in; empty where nobody noted it.
    pub(crate) fn day(&self, path: &str) -> &str {
        self.files.get(path).map_or("", |entry| entry.date.as_str())
    }

    /// The text to write.
    ///
    /// # Errors
    /// When it cannot be written as YAML; no such lock is known.
    pub fn to_text(&self) -> Result<String, Failure> {
        let body = serde_yaml::to_string(self)
            .map_err(|error| Failure(format!("cannot write source.lock: {error}")))?;
        Ok(format!("{HEADER}{body}"))
    }

    /// Notes that `path` holds `contents`. Bytes that were here before keep their entry, except for
    /// what the server needs to be asked next time.
    pub fn note(&mut self, path: &str, contents: &[u8], mut entry: Entry) {
        entry.sha256 = sha256(contents);
        match self.files.get_mut(path) {
            Some(known) if known.sha256 == entry.sha256 => {
                if entry.etag.is_some() || entry.last_modified.is_some() {
                    known.etag = entry.etag;
                    known.last_modified = entry.last_modified;
                }
                known.operation = entry.operation;
            }
            _ => {
                self.files.insert(path.to_owned(), entry);
            }
        }
    }
}

/// The SHA-256 of some bytes, in lower-case hexadecimal.
///
/// ```
/// assert!(xtask::import::sha256(b"").starts_with("e3b0c442"));
/// ```
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Today in UTC; `SOURCE_DATE_EPOCH` sets the clock, for builds that have to be repeatable.
pub(crate) fn today() -> String {
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let now = epoch
        .and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0))
        .unwrap_or_else(|| std::time::SystemTime::now().into());
    now.format("%Y-%m-%d").to_string()
}
