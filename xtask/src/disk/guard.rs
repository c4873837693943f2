//! One run at a time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs4::fs_std::FileExt as _;

use crate::cli::Mode;

use super::journal::{self, FOLDER};
use super::{DiskError, io_error};

/// A run takes seconds; one that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// The right to write below a folder. While it is held, no other run changes anything there. Take it before reading
/// what the output depends on: taking it brings to an end what a killed run has begun.
///
/// ```
/// use lockstep_generator::File;
/// use xtask::disk::{Guard, Plan};
///
/// let root = std::env::temp_dir().join(format!("lockstep-guard-example-{}", std::process::id()));
/// let guard = Guard::take(&root).unwrap();
/// let file = File { path: "a.txt".into(), contents: b"a".to_vec() };
/// Plan::compute(&root, &[file], &[]).unwrap().apply(&guard).unwrap();
/// assert_eq!(std::fs::read(root.join("a.txt")).unwrap(), b"a");
/// # drop(guard);
/// # std::fs::remove_dir_all(&root).unwrap();
/// ```
#[derive(Debug)]
pub struct Guard {
    root: PathBuf,
    _lock: fs::File,
    /// The folders that were not there before, outermost first.
    made: Vec<PathBuf>,
}

impl Guard {
    /// Waits until no other run writes below `root`, and finishes what one that was killed has begun.
    ///
    /// # Errors
    /// When another run does not end, or the disk refuses.
    pub fn take(root: &Path) -> Result<Self, DiskError> {
        let start = Instant::now();
        loop {
            let made = folders(&root.join(FOLDER))?;
            let path = root.join(FOLDER).join("lock");
            let opened =
                fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
            let lock = match opened {
                Ok(lock) => lock,
                // The run before has just removed the folder.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(io_error(&path, "cannot write")(error)),
            };
            let free = lock.try_lock_exclusive().map_err(io_error(&path, "cannot lock"))?;
            // The run before removes the file that it has locked, and a lock on that keeps nobody out.
            if free && is_there(&lock, &path) {
                let guard = Self { root: root.to_owned(), _lock: lock, made };
                journal::recover(root)?;
                return Ok(guard);
            }
            if start.elapsed() > PATIENCE {
                return Err(DiskError::Busy { root: root.to_owned() });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The right to write, for a run that is to write.
    ///
    /// # Errors
    /// As [`Guard::take`].
    pub fn for_mode(mode: Mode, root: &Path) -> Result<Option<Self>, DiskError> {
        match mode {
            Mode::Write => Self::take(root).map(Some),
            Mode::Check | Mode::DryRun => Ok(None),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let folder = self.root.join(FOLDER);
        // What a run that is to be carried through has left keeps the folder.
        let _ = fs::remove_file(folder.join("lock"));
        let _ = fs::remove_dir(&folder);
        for made in self.made.iter().rev() {
            let _ = fs::remove_dir(made);
        }
    }
}

/// Creates a folder and its parents; those that were not there.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, DiskError> {
    let missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.exists())
        .map(Path::to_owned)
        .collect();
    let mut made = Vec::new();
    for ancestor in missing.into_iter().rev() {
        match fs::create_dir(&ancestor) {
            Ok(()) => made.push(ancestor),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            // Somebody else has just removed what it lies in; the next attempt makes it again.
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(io_error(&ancestor, "cannot create the folder")(error)),
        }
    }
    Ok(made)
}

/// Whether the open file is still the one at its path.
#[cfg(unix)]
fn is_there(lock: &fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (lock.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(found)) => open.dev() == found.dev() && open.ino() == found.ino(),
        _ => false,
    }
}

/// Elsewhere a file that is open can at most be on its way out.
#[cfg(not(unix))]
fn is_there(_: &fs::File, path: &Path) -> bool {
    path.exists()
}
