//! The difference between what the generator wants and what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lockstep_generator::File;

use super::journal;
use super::{DiskError, io_error};

/// What is different about one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The generator wants a file that is not there.
    Create {
        /// What it will hold.
        new: Vec<u8>,
    },
    /// The file is there with other contents.
    Update {
        /// What it holds today; `None` when a symbolic link stands in its place.
        old: Option<Vec<u8>>,
        /// What it will hold.
        new: Vec<u8>,
    },
    /// The file lies in an owned folder and the generator does not want it.
    Delete,
}

/// Everything that has to happen for the disk to equal the generator's output.
///
/// ```
/// use lockstep_generator::File;
/// use xtask::disk::{Change, Plan};
///
/// let root = std::env::temp_dir().join("lockstep-plan-example");
/// let file = File { path: "out/a.txt".into(), contents: b"a".to_vec() };
/// let plan = Plan::compute(&root, &[file], &["out".to_owned()]).unwrap();
/// assert_eq!(plan.changes()["out/a.txt"], Change::Create { new: b"a".to_vec() });
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    root: PathBuf,
    changes: BTreeMap<String, Change>,
    empty_folders: Vec<PathBuf>,
}

impl Plan {
    /// Compares `files` with what is below `root`. Whatever else lies in the folders `owned` will
    /// be removed. Reads the disk, changes nothing.
    ///
    /// # Errors
    /// A path that is not a plain relative one, two paths that differ only in case, a folder or a
    /// link in the way, a file that cannot be read.
    pub fn compute(root: &Path, files: &[File], owned: &[String]) -> Result<Self, DiskError> {
        let mut wanted = BTreeSet::new();
        let mut folded = BTreeSet::new();
        let mut changes = BTreeMap::new();
        for file in files {
            check_path(&file.path)?;
            if !folded.insert(file.path.to_lowercase()) {
                let reason = "another output has the same path (letter case does not count)";
                return Err(bad_path(&file.path, reason));
            }
            wanted.insert(file.path.as_str());
            refuse_links_on_the_way(root, &file.path)?;
            if let Some(change) = compare(&root.join(&file.path), &file.contents)? {
                changes.insert(file.path.clone(), change);
            }
        }
        let mut empty_folders = Vec::new();
        for folder in owned {
            check_path(folder)?;
            refuse_links_on_the_way(root, &format!("{folder}/x"))?;
            let mut walk =
                Walk { wanted: &wanted, changes: &mut changes, empty: &mut empty_folders };
            walk.folder(&root.join(folder), folder)?;
        }
        // What a run that was cut off has left behind is no part of the output, wherever it lies.
        for stray in journal::strays(root)? {
            changes.insert(stray, Change::Delete);
        }
        Ok(Self { root: root.to_owned(), changes, empty_folders })
    }

    /// The changes by path (relative to the root, forward slashes), sorted.
    #[must_use]
    pub fn changes(&self) -> &BTreeMap<String, Change> {
        &self.changes
    }

    /// Whether the disk already equals the output.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.changes.is_empty()
    }

    /// Refuses to touch what people may have written, in a folder that need not be the generator's
    /// own. `marker` (a path such as `Cargo.toml`) shows by its `@generated` mark that an earlier run
    /// made the folder; without it nothing there is replaced or removed. With it, Rust and TOML files
    /// outside the `owned` folders still have to bear the mark themselves: somebody may have taken
    /// one over.
    ///
    /// # Errors
    /// [`DiskError::HandWritten`] with the first file that would be lost.
    pub fn refuse_hand_written(&self, owned: &[String], marker: &str) -> Result<(), DiskError> {
        let ours = fs::read(self.root.join(marker)).is_ok_and(|contents| has_mark(&contents));
        for (path, change) in &self.changes {
            let owned = owned.iter().any(|folder| is_below(path, folder));
            let holds_mark = path.ends_with(".rs") || path.ends_with(".toml");
            let generated = match change {
                Change::Create { .. } => true,
                Change::Update { old, .. } if !owned && holds_mark => {
                    old.as_deref().is_some_and(has_mark)
                }
                Change::Update { .. } | Change::Delete => ours,
            };
            if !generated {
                return Err(DiskError::HandWritten { path: path.clone() });
            }
        }
        Ok(())
    }

    /// The root and the changes, for who carries them out.
    pub(super) fn parts(&self) -> (&Path, &BTreeMap<String, Change>, &[PathBuf]) {
        (&self.root, &self.changes, &self.empty_folders)
    }
}

/// The walk through one owned folder that finds strays.
struct Walk<'a> {
    wanted: &'a BTreeSet<&'a str>,
    changes: &'a mut BTreeMap<String, Change>,
    empty: &'a mut Vec<PathBuf>,
}

impl Walk<'_> {
    /// Returns whether anything in the folder stays.
    fn folder(&mut self, folder: &Path, relative: &str) -> Result<bool, DiskError> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(io_error(folder, "cannot list")(error)),
        };
        let mut stays = false;
        for entry in entries {
            let entry = entry.map_err(io_error(folder, "cannot list"))?;
            let kind = entry.file_type().map_err(io_error(&entry.path(), "cannot read"))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return Err(bad_path(
                    &entry.path().to_string_lossy(),
                    "its name is not Unicode; remove it by hand",
                ));
            };
            let path = format!("{relative}/{name}");
            // `file_type` does not follow links, so a link to a folder is a stray, not a way out.
            if kind.is_dir() {
                stays |= self.folder(&entry.path(), &path)?;
            } else if self.wanted.contains(path.as_str()) {
                stays = true;
            } else {
                self.changes.insert(path, Change::Delete);
            }
        }
        stays |= self.wanted.iter().any(|path| is_below(path, relative));
        if !stays {
            self.empty.push(folder.to_owned());
        }
        Ok(stays)
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn has_mark(contents: &[u8]) -> bool {
    let head = &contents[..contents.len().min(1024)];
    String::from_utf8_lossy(head).contains("@generated")
}

pub(super) fn bad_path(path: &str, reason: &'static str) -> DiskError {
    DiskError::BadPath { path: path.to_owned(), reason }
}

/// The generator promises clean paths; this is where the promise is kept.
pub(super) fn check_path(path: &str) -> Result<(), DiskError> {
    if path.is_empty() || path.len() > 512 {
        return Err(bad_path(path, "the path is empty or too long"));
    }
    for part in path.split('/') {
        if part.is_empty() || part == "." || part == ".." {
            return Err(bad_path(path, "it leaves the output folder"));
        }
        let odd =
            |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
        if part.contains(odd) || part.ends_with(['.', ' ']) {
            return Err(bad_path(path, "it holds characters that not every file system takes"));
        }
    }
    Ok(())
}

/// Refuses a path one of whose folders is a symbolic link: writing there would leave the tree.
pub(super) fn refuse_links_on_the_way(root: &Path, path: &str) -> Result<(), DiskError> {
    let mut folder = root.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            break;
        }
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(found) if found.is_symlink() => {
                return Err(bad_path(path, "a folder on its way is a symbolic link"));
            }
            Ok(found) if !found.is_dir() => {
                return Err(bad_path(path, "a file stands where a folder is needed"));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(io_error(&folder, "cannot read")(error)),
        }
    }
    Ok(())
}

fn compare(target: &Path, new: &[u8]) -> Result<Option<Change>, DiskError> {
    let found = match fs::symlink_metadata(target) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Some(Change::Create { new: new.to_vec() }));
        }
        Err(error) => return Err(io_error(target, "cannot read")(error)),
    };
    if found.is_dir() {
        return Err(bad_path(&target.to_string_lossy(), "a folder stands where a file should go"));
    }
    // A link, a pipe or a device is replaced without reading it.
    let old = if found.is_file() {
        Some(fs::read(target).map_err(io_error(target, "cannot read"))?)
    } else {
        None
    };
    if old.as_deref() == Some(new) {
        return Ok(None);
    }
    Ok(Some(Change::Update { old, new: new.to_vec() }))
}
