//! What a run is about to do, on disk, so that the next run can finish it.
//!
//! The folder [`FOLDER`] in the root holds the new texts (`0.new`), what they replace (`0.old`) and, once both are
//! complete, the journal. A run that dies before the journal stands has changed nothing; one that dies after is
//! carried through. A run that fails by itself turns its journal into one of taking back, which is carried through
//! just so.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::plan::{bad_path, check_path, refuse_links_on_the_way};
use super::{DiskError, io_error};

/// Where all of it lies while a run writes.
pub(super) const FOLDER: &str = ".lockstep";

const JOURNAL: &str = "journal";
const UNDO: &str = "undo";

/// What happens to one path.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub(super) struct Step {
    /// Relative to the root.
    pub(super) path: String,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Create,
    Replace,
    Remove,
}

/// Everything that can go wrong between two steps of a run.
pub(super) struct Moments(Option<usize>);

impl Moments {
    /// A run that nobody kills.
    pub(super) fn all() -> Self {
        Self(None)
    }

    /// A run that is killed after so many steps.
    pub(super) fn only(count: usize) -> Self {
        Self(Some(count))
    }

    pub(super) fn pass(&mut self) -> Result<(), DiskError> {
        match &mut self.0 {
            Some(0) => Err(DiskError::Died),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

pub(super) fn staged(root: &Path, index: usize, what: &str) -> PathBuf {
    root.join(FOLDER).join(format!("{index}.{what}"))
}

/// Writes the journal down whole: it is there or it is not.
pub(super) fn write(root: &Path, steps: &[Step], moments: &mut Moments) -> Result<(), DiskError> {
    let folder = root.join(FOLDER);
    let (partial, whole) = (folder.join("journal.part"), folder.join(JOURNAL));
    let text = serde_json::to_vec(steps).unwrap_or_default();
    moments.pass()?;
    let mut file = fs::File::create(&partial).map_err(io_error(&partial, "cannot write"))?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .map_err(io_error(&partial, "cannot write"))?;
    moments.pass()?;
    fs::rename(&partial, &whole).map_err(io_error(&whole, "cannot write"))
}

/// Says that what was begun is to be taken back.
pub(super) fn turn(root: &Path) -> Result<(), DiskError> {
    let folder = root.join(FOLDER);
    fs::rename(folder.join(JOURNAL), folder.join(UNDO))
        .map_err(io_error(&folder, "cannot take back what was written in"))
}

/// What lies in the folder and is not the lock of a run: a run was cut off, and the next one carries it through.
pub(super) fn strays(root: &Path) -> Result<Vec<String>, DiskError> {
    let folder = root.join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_error(&folder, "cannot list")(error)),
    };
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
    let names = names.filter(|name| name != "lock");
    Ok(names.map(|name| format!("{FOLDER}/{}", name.to_string_lossy())).collect())
}

/// Brings to an end what an earlier run has begun, and clears away what it has left. Only who holds the lock may.
pub(super) fn recover(root: &Path) -> Result<(), DiskError> {
    if let Some(steps) = read(root, UNDO)? {
        take_back(root, &steps)?;
    } else if let Some(steps) = read(root, JOURNAL)? {
        carry_through(root, &steps, &mut Moments::all())?;
    }
    clear(root, &mut Moments::all())
}

fn read(root: &Path, name: &str) -> Result<Option<Vec<Step>>, DiskError> {
    let path = root.join(FOLDER).join(name);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(&path, "cannot read")(error)),
    };
    let steps: Vec<Step> = serde_json::from_slice(&text).map_err(|error| {
        let error = io::Error::new(io::ErrorKind::InvalidData, error);
        io_error(&path, "remove the folder that holds it, since this is no journal:")(error)
    })?;
    // A journal is a file like any other, and may have come from elsewhere.
    for step in &steps {
        check_path(&step.path)?;
        refuse_links_on_the_way(root, &step.path)?;
        if step.path.starts_with(".git/") {
            return Err(bad_path(&step.path, "it is none of the generator's"));
        }
    }
    Ok(Some(steps))
}

/// Does every step that is not done. Each changes its path in one move.
pub(super) fn carry_through(
    root: &Path,
    steps: &[Step],
    moments: &mut Moments,
) -> Result<(), DiskError> {
    for (index, step) in steps.iter().enumerate() {
        let target = root.join(&step.path);
        let refused = io_error(&target, "cannot write");
        let (from, to) = match step.kind {
            Kind::Create | Kind::Replace => (staged(root, index, "new"), target.clone()),
            Kind::Remove if is_there(&staged(root, index, "old")) => continue,
            Kind::Remove => (target.clone(), staged(root, index, "old")),
        };
        if !is_there(&from) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(io_error(folder, "cannot create the folder"))?;
        }
        moments.pass()?;
        fs::rename(&from, &to).map_err(refused)?;
    }
    Ok(())
}

/// Takes back every step that is done, the last one first.
pub(super) fn take_back(root: &Path, steps: &[Step]) -> Result<(), DiskError> {
    for (index, step) in steps.iter().enumerate().rev() {
        let target = root.join(&step.path);
        let old = staged(root, index, "old");
        let is_undone = step.kind != Kind::Remove && is_there(&staged(root, index, "new"));
        if is_undone {
            continue;
        }
        if is_there(&old) {
            fs::rename(&old, &target).map_err(io_error(&target, "cannot restore"))?;
        } else if step.kind == Kind::Create && is_there(&target) {
            fs::remove_file(&target).map_err(io_error(&target, "cannot take back"))?;
        }
    }
    Ok(())
}

/// Removes all that a run needed; the journal first, for without it the rest means nothing.
pub(super) fn clear(root: &Path, moments: &mut Moments) -> Result<(), DiskError> {
    let folder = root.join(FOLDER);
    for name in [JOURNAL, UNDO] {
        moments.pass()?;
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_error(&path, "cannot remove")(error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    for stray in strays(root)? {
        moments.pass()?;
        let path = root.join(stray);
        fs::remove_file(&path).map_err(io_error(&path, "cannot remove"))?;
    }
    Ok(())
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
