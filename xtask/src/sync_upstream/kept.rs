//! What arrived in a run that did not end well, for the next one.
//!
//! It lies below `target/`, which nobody commits, and holds for an hour: long enough to come back after a limit, and
//! too short for pages of two days to come together.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::import::{Incoming, sha256};

const HOLDS: Duration = Duration::from_secs(3_600);

/// The folder of one site's pages.
#[derive(Debug)]
pub(super) struct Kept(PathBuf);

#[derive(Serialize, Deserialize)]
struct Page {
    address: String,
    text: String,
    sha256: String,
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Kept {
    /// The folder for what an index lists.
    pub(super) fn of(root: &Path, index: &str) -> Self {
        let name = &sha256(index.as_bytes())[..16];
        Self(root.join("target/xtask-sync").join(name))
    }

    /// A page that arrived less than an hour ago. One that cannot be read, or was changed, is fetched anew.
    pub(super) fn get(&self, address: &str) -> Option<Incoming> {
        let file = self.file(address);
        let age = SystemTime::now().duration_since(fs::metadata(&file).ok()?.modified().ok()?);
        if age.ok()? > HOLDS {
            return None;
        }
        let bytes = crate::workspace::read_bounded(&file, "a kept page").ok()?;
        let page: Page = serde_json::from_slice(&bytes).ok()?;
        let whole = page.address == address && sha256(page.text.as_bytes()) == page.sha256;
        whole.then_some(Incoming {
            shown: page.address,
            text: page.text,
            etag: page.etag,
            last_modified: page.last_modified,
        })
    }

    /// Keeps pages; how many it could. That the disk refuses is no harm: they are fetched anew then.
    pub(super) fn put(&self, pages: &[Incoming]) -> usize {
        if fs::create_dir_all(&self.0).is_err() {
            return 0;
        }
        pages.iter().filter(|page| self.put_one(page).is_some()).count()
    }

    fn put_one(&self, page: &Incoming) -> Option<()> {
        let kept = Page {
            address: page.shown.clone(),
            text: page.text.clone(),
            sha256: sha256(page.text.as_bytes()),
            etag: page.etag.clone(),
            last_modified: page.last_modified.clone(),
        };
        let file = self.file(&page.shown);
        if file.exists() && self.get(&page.shown).is_some() {
            return Some(());
        }
        fs::write(file, serde_json::to_vec(&kept).ok()?).ok()
    }

    /// Everything arrived: there is nothing to come back for.
    pub(super) fn forget(&self) {
        let _ = fs::remove_dir_all(&self.0);
    }

    fn file(&self, address: &str) -> PathBuf {
        self.0.join(format!("{}.json", &sha256(address.as_bytes())[..32]))
    }
}
