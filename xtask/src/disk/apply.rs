//! Makes the disk equal to a plan, as a whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::journal::{self, Kind, Moments, Step, staged};
use super::plan::{Change, Plan};
use super::{DiskError, Guard, io_error};

impl Plan {
    /// Makes the disk equal to the output: writes new texts aside, moves them over the old ones, removes what is not
    /// wanted any more. Does nothing at all when the plan is empty.
    ///
    /// # Errors
    /// The first step that failed; what had been done by then is taken back.
    ///
    /// # Panics
    /// When the guard is of another folder.
    pub fn apply(&self, guard: &Guard) -> Result<(), DiskError> {
        self.apply_in(guard, &mut Moments::all())
    }

    /// The same, cut off after so many writes, moves and removals as if the process had been killed. For tests.
    ///
    /// # Errors
    /// [`DiskError::Died`] when it came to that.
    #[doc(hidden)]
    pub fn apply_and_die(&self, guard: &Guard, after: usize) -> Result<(), DiskError> {
        self.apply_in(guard, &mut Moments::only(after))
    }

    fn apply_in(&self, guard: &Guard, moments: &mut Moments) -> Result<(), DiskError> {
        let (root, changes, empty) = self.parts();
        assert_eq!(root, guard.root(), "the guard keeps another folder");
        if changes.is_empty() {
            return Ok(());
        }
        let steps: Vec<Step> = changes
            .iter()
            .map(|(path, change)| Step {
                path: path.clone(),
                kind: match change {
                    Change::Create { .. } => Kind::Create,
                    Change::Update { .. } => Kind::Replace,
                    Change::Delete => Kind::Remove,
                },
            })
            .collect();
        let made = new_folders(root, &steps);
        let done = stage(root, changes.values(), &steps, moments)
            .and_then(|()| journal::write(root, &steps, moments))
            .and_then(|()| journal::carry_through(root, &steps, moments));
        match done {
            Ok(()) => {
                journal::clear(root, moments)?;
                // An empty folder harms nobody and git does not see it, so failing to remove one is no failure.
                for folder in empty {
                    let _ = fs::remove_dir(folder);
                }
                Ok(())
            }
            Err(DiskError::Died) => Err(DiskError::Died),
            Err(error) => {
                take_back(root, &steps);
                for folder in made.iter().rev() {
                    let _ = fs::remove_dir(folder);
                }
                Err(error)
            }
        }
    }
}

/// Takes back what a failed run has done. Best effort: the journal stays where it cannot, and the next run goes on.
fn take_back(root: &Path, steps: &[Step]) {
    // Without a journal nothing was moved yet.
    if journal::turn(root).is_err() || journal::take_back(root, steps).is_ok() {
        let _ = journal::clear(root, &mut Moments::all());
    }
}

/// Writes every new text aside, and keeps what it is going to replace.
fn stage<'c>(
    root: &Path,
    changes: impl Iterator<Item = &'c Change>,
    steps: &[Step],
    moments: &mut Moments,
) -> Result<(), DiskError> {
    for (index, (change, step)) in changes.zip(steps).enumerate() {
        let target = root.join(&step.path);
        if step.kind == Kind::Replace {
            let old = staged(root, index, "old");
            moments.pass()?;
            keep(&target, &old).map_err(io_error(&target, "cannot keep"))?;
        }
        if let Change::Create { new } | Change::Update { new, .. } = change {
            let path = staged(root, index, "new");
            moments.pass()?;
            write_new(&path, new).map_err(io_error(&path, "cannot write"))?;
        }
    }
    Ok(())
}

/// Keeps a file under another name while it stays where it is.
fn keep(target: &Path, old: &Path) -> io::Result<()> {
    // Not every file system has links, and a link itself can only be linked.
    match fs::hard_link(target, old) {
        Err(error) if !target.is_symlink() => {
            let _ = error;
            fs::copy(target, old).map(|_| ())
        }
        done => done,
    }
}

fn write_new(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(contents)
}

/// The folders that the steps will make, outermost first.
fn new_folders(root: &Path, steps: &[Step]) -> Vec<PathBuf> {
    let mut made: Vec<PathBuf> = Vec::new();
    for step in steps.iter().filter(|step| step.kind == Kind::Create) {
        let target = root.join(&step.path);
        let folders = target.ancestors().skip(1).take_while(|folder| *folder != root);
        made.extend(folders.filter(|folder| !folder.exists()).map(Path::to_owned));
    }
    made.sort();
    made.dedup();
    made
}
