//! Where the repository is, and reading files from it.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use crate::commands::Failure;

/// No input file may be larger. The largest known document is a tenth of this.
const LARGEST_INPUT: u64 = 64 << 20;

/// The top folder of the repository: found upwards from this package when cargo runs it, else
/// upwards from the current folder.
///
/// # Errors
/// When neither lies in the repository.
pub fn root() -> Result<PathBuf, Failure> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let current = std::env::current_dir().ok();
    [package, current]
        .into_iter()
        .flatten()
        .find_map(|start| start.ancestors().find(|folder| is_root(folder)).map(Path::to_owned))
        .ok_or_else(|| Failure("this is not the lockstep repository: no folder above holds spec/ and xtask/; run it from a clone".to_owned()))
}

fn is_root(folder: &Path) -> bool {
    folder.join("spec").is_dir() && folder.join("xtask/Cargo.toml").is_file()
}

/// An input file: its path as people should see it, and its text.
#[derive(Clone, Debug)]
pub struct Input {
    /// With forward slashes, relative where that is possible.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Input {
    /// The same, as the generator takes it.
    #[must_use]
    pub fn source(&self) -> lockstep_generator::Source<'_> {
        lockstep_generator::Source { path: &self.path, text: &self.text }
    }

    /// Reads a file that has to be there. `shown` is the path for people.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is not UTF-8.
    pub fn read(file: &Path, shown: &str) -> Result<Self, Failure> {
        let bytes = read_bounded(file, shown)?;
        let text = lockstep_generator::read::decode(shown, &bytes).map_err(|error| {
            let help = error.help.unwrap_or_default();
            Failure(format!("{}: {}; {help}", error.place, error.message))
        })?;
        Ok(Self { path: shown.to_owned(), text: text.into_owned() })
    }

    /// Reads a file that may be missing.
    ///
    /// # Errors
    /// As [`Input::read`], except that a missing file is `None`.
    pub fn read_if_there(file: &Path, shown: &str) -> Result<Option<Self>, Failure> {
        if file.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(None);
        }
        Self::read(file, shown).map(Some)
    }

    /// Reads the files of a folder whose names end in `extension`, sorted by name. A folder that
    /// is missing holds none.
    ///
    /// # Errors
    /// When the folder or one of the files cannot be read.
    pub fn read_folder(folder: &Path, shown: &str, extension: &str) -> Result<Vec<Self>, Failure> {
        let cannot = |error: io::Error| Failure(format!("cannot list {shown}: {error}"));
        let mut names = Vec::new();
        match fs::read_dir(folder) {
            Ok(entries) => {
                for entry in entries {
                    names.push(entry.map_err(cannot)?.file_name().to_string_lossy().into_owned());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(cannot(error)),
        }
        names.retain(|name| Path::new(name).extension().is_some_and(|found| found == extension));
        names.sort();
        names
            .iter()
            .map(|name| Self::read(&folder.join(name), &format!("{shown}/{name}")))
            .collect()
    }
}

/// The bytes of a file. `shown` is the path for people.
///
/// # Errors
/// When it cannot be read or is too large.
pub fn read_bounded(file: &Path, shown: &str) -> Result<Vec<u8>, Failure> {
    let cannot = |error: io::Error| Failure(format!("cannot read {shown}: {error}"));
    let mut bytes = Vec::new();
    let file = fs::File::open(file).map_err(cannot)?;
    file.take(LARGEST_INPUT + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > LARGEST_INPUT {
        let most = LARGEST_INPUT >> 20;
        return Err(Failure(format!("cannot read {shown}: it is larger than {most} MiB")));
    }
    Ok(bytes)
}

/// A path as people typed it, with forward slashes.
#[must_use]
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A word of a command line as a shell takes it.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// The folder that a file to write lies in, and the file's name there.
///
/// # Errors
/// When the path names no file.
pub fn parted(out: &Path) -> Result<(&Path, String), Failure> {
    let name = out.file_name().ok_or_else(|| Failure(format!("{} names no file", shown(out))))?;
    let folder =
        out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder, name.to_string_lossy().into_owned()))
}

/// The way from the folder `from` to `to` with forward slashes, for a file that will lie in `from`:
/// relative if `from` is inside `root`, so that the text is the same on every machine.
///
/// # Errors
/// When the current folder is unknown.
pub fn way(root: &Path, from: &Path, to: &Path) -> Result<String, Failure> {
    let from = absolute(from)?;
    let (Ok(down), Ok(up)) = (from.strip_prefix(root), to.strip_prefix(root)) else {
        return Ok(shown(to));
    };
    let shared = down.components().zip(up.components()).take_while(|(a, b)| a == b).count();
    let mut way = PathBuf::new();
    way.extend(down.components().skip(shared).map(|_| Component::ParentDir));
    way.extend(up.components().skip(shared));
    Ok(shown(&way))
}

/// Absolute and without `.` and `..`, whether the folder exists or not.
fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    let path = std::path::absolute(path)
        .map_err(|error| Failure(format!("cannot tell where {} is: {error}", path.display())))?;
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    Ok(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_out_of_a_folder_in_the_repository_is_relative() {
        let root = Path::new("/r");
        let to = Path::new("/r/crates/runtime");
        assert_eq!(
            way(root, Path::new("/r/target/x/../many"), to).expect("a way"),
            "../../crates/runtime"
        );
        assert_eq!(way(root, Path::new("/r/crates/new"), to).expect("a way"), "../runtime");
        assert_eq!(way(root, Path::new("/tmp/many"), to).expect("a way"), "/r/crates/runtime");
    }
}
