//! What git has of a file, at any revision. Git is asked as a program, by people who have it.

use std::path::Path;
use std::process::Command;

use crate::commands::Failure;
use crate::documents::{Access, Whole};
use crate::workspace::Input;

const HELP: &str = "name both documents to compare without git: `cargo xtask diff OLD NEW`";

/// `REV:PATH` in its two parts; `None` for what cannot be one. One letter before the colon is a drive of Windows.
pub(super) fn split(named: &str) -> Option<(&str, &str)> {
    let (revision, path) = named.split_once(':')?;
    (revision.len() > 1 && !path.is_empty() && !path.starts_with("//")).then_some((revision, path))
}

/// A commit, by its whole id.
#[derive(Debug)]
pub(super) struct Commit<'r> {
    folder: &'r Path,
    revision: &'r str,
    id: String,
}

impl<'r> Commit<'r> {
    /// Finds the commit that a revision names in the repository around a folder.
    pub(super) fn find(folder: &'r Path, revision: &'r str) -> Result<Self, Failure> {
        let odd = revision.is_empty()
            || revision.starts_with('-')
            || revision.chars().any(|c| c.is_control() || c.is_whitespace());
        if odd {
            return Err(Failure(format!(
                "{revision:?} is no revision; write a branch, a tag, a commit or HEAD~3"
            )));
        }
        let wanted = format!("{revision}^{{commit}}");
        let told = git(folder, &["rev-parse", "--verify", "--end-of-options", &wanted]).map_err(
            |why| {
                Failure(format!(
                    "git does not know the revision {revision}: {why}; look at `git log`, or fetch more of it where the clone is shallow; {HELP}"
                ))
            },
        )?;
        let id = String::from_utf8_lossy(&told);
        let id = id.lines().last().unwrap_or_default().trim().to_owned();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Failure(format!("git names no commit for {revision}; {HELP}")));
        }
        Ok(Self { folder, revision, id })
    }

    /// A file as it was; its path from the top of the repository, or from the folder with `./` before it.
    pub(super) fn file(&self, path: &str) -> Result<Input, Failure> {
        let shown = format!("{}:{}", self.revision, path.strip_prefix("./").unwrap_or(path));
        let object = format!("{}:{path}", self.id);
        let bytes = git(self.folder, &["cat-file", "blob", &object]).map_err(|why| {
            Failure(format!(
                "git has no file {shown}: {why}; paths are from the top of the repository, or from here with `./`; {HELP}"
            ))
        })?;
        let text = lockstep_generator::read::decode(&shown, &bytes)
            .map_err(|error| Failure(format!("{}: {}", error.place, error.message)))?;
        Ok(Input { text: text.into_owned(), path: shown })
    }

    /// A document as it was, with the files below its folder that it refers to as they were.
    pub(super) fn whole(&self, path: &str, access: &Access) -> Result<Whole, Failure> {
        let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
        Ok(Whole::gather(self.file(path)?, |name, _| {
            if name.contains("://") {
                return access.fetch(name);
            }
            if name.starts_with('/') || name.starts_with("../") {
                return Err(format!(
                    "{name} lies outside of the document's folder, and git is asked for no more than that"
                ));
            }
            self.file(&format!("{folder}{name}")).map_err(|failure| failure.0)
        }))
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(told.lines().next().unwrap_or("it does not say why").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_told_from_files_and_addresses() {
        assert_eq!(split("HEAD~3:spec/openapi.yaml"), Some(("HEAD~3", "spec/openapi.yaml")));
        assert_eq!(split("v1:./a.yaml"), Some(("v1", "./a.yaml")));
        for other in ["a.yaml", "https://example.com/a", "C:\\a.yaml", "HEAD:", ":a"] {
            assert_eq!(split(other), None, "{other}");
        }
    }

    #[test]
    fn no_revision_is_an_option_of_git() {
        let folder = Path::new(".");
        for odd in ["--output=/tmp/x", "-h", "", "a b", "a\nb"] {
            let failure = Commit::find(folder, odd).expect_err("a refusal");
            assert!(failure.0.contains("is no revision"), "{failure:?}");
        }
    }
}
