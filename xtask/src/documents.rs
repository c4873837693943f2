//! A document with the other files that it refers to: from the disk, from what git has, or from the network, each only
//! as far as the person at the keyboard allows.
//!
//! What a file may not be read for is written down in its place: the generator tells it at the reference, and only if
//! something comes of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use lockstep_generator::read::{Part, Search, Sources};

use crate::commands::Failure;
use crate::workspace::{self, Input};
use crate::{import, sync_upstream};

/// So many files a document may consist of.
const MOST_FILES: usize = 10_000;
/// So many bytes they may hold together.
const MOST_BYTES: usize = 256 << 20;

/// What may be read where a document refers to other files.
#[derive(Clone, Debug, Default, Args)]
pub struct Access {
    /// Also read files below this folder where the document refers to them; the document's own folder always is one
    #[arg(long, value_name = "DIR")]
    pub allow_dir: Vec<PathBuf>,
    /// Also fetch what the document refers to from this host, over https
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
}

impl Access {
    /// Whether this build can do what is allowed, or has to be started again with the network.
    #[must_use]
    pub fn lacks_net(&self) -> bool {
        !self.allow_host.is_empty() && cfg!(not(feature = "net"))
    }

    /// The arguments that say the same again.
    pub fn arguments(&self) -> impl Iterator<Item = String> {
        let folders = self.allow_dir.iter().map(|folder| ("dir", workspace::shown(folder)));
        let hosts = self.allow_host.iter().map(|host| ("host", host.clone()));
        folders.chain(hosts).flat_map(|(option, value)| [format!("--allow-{option}"), value])
    }

    /// The same as they are typed, each with a space before it.
    #[must_use]
    pub fn again(&self) -> String {
        self.arguments().map(|argument| format!(" {}", workspace::quoted(&argument))).collect()
    }

    /// The text at an address.
    pub(crate) fn fetch(&self, address: &str) -> Result<Input, String> {
        self.allows(address)?;
        let (incoming, found) = sync_upstream::fetch_found(address).map_err(|failure| failure.0)?;
        // A redirect may lead where nobody allowed it to.
        self.allows(&found)?;
        Ok(Input { path: address.to_owned(), text: incoming.input().text })
    }

    fn allows(&self, address: &str) -> Result<(), String> {
        if !import::is_address(address) {
            return Err(format!("{address} is no address that is read"));
        }
        let host = address.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        if self.allow_host.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
            return Ok(());
        }
        Err(format!("it lies elsewhere; allow it with `--allow-host {host}` if you trust that"))
    }
}

/// A document with all its files.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The document itself.
    pub document: Input,
    /// What it refers to.
    pub parts: Vec<Part>,
}

impl Whole {
    /// Reads a document from the disk; `shown` is its path for people.
    ///
    /// # Errors
    /// When the document itself cannot be read, or a folder that was allowed is none.
    pub fn read(file: &Path, shown: &str, access: &Access) -> Result<Self, Failure> {
        let document = Input::read(file, shown)?;
        Self::beside(document, file, access)
    }

    /// A document that stands in a file on the disk, whatever its text is now, with its files.
    ///
    /// # Errors
    /// When a folder that was allowed is none.
    pub fn beside(document: Input, file: &Path, access: &Access) -> Result<Self, Failure> {
        let mut disk: Option<Disk<'_>> = None;
        let mut failure = None;
        let whole = Self::gather(document, |name, document| {
            if disk.is_none() {
                disk =
                    Disk::of(file, &document.path, access).map_err(|why| failure = Some(why)).ok();
            }
            match &mut disk {
                Some(disk) => disk.read(name),
                None => Err("its folder cannot be read".to_owned()),
            }
        });
        match failure {
            Some(failure) => Err(failure),
            None => Ok(whole),
        }
    }

    /// A document from the network, with the files that it refers to there.
    #[must_use]
    pub fn remote(document: Input, access: &Access) -> Self {
        Self::gather(document, |name, _| access.fetch(name))
    }

    /// Asks `reader` for every file that is wanted, by its name relative to the document.
    pub fn gather(
        document: Input,
        mut reader: impl FnMut(&str, &Input) -> Result<Input, String>,
    ) -> Self {
        let mut search = Search::of(&document.source());
        let mut parts = Vec::new();
        let mut left = MOST_BYTES;
        while let Some(name) = search.next_name() {
            let found = if parts.len() >= MOST_FILES {
                Err(format!("a document has {MOST_FILES} files at most, and this is one more"))
            } else {
                reader(&name, &document).and_then(|input| {
                    left = left.checked_sub(input.text.len()).ok_or_else(|| {
                        format!("the files of a document hold {} MiB at most", MOST_BYTES >> 20)
                    })?;
                    Ok(input)
                })
            };
            let part = match found {
                Ok(Input { path, text }) => Part { name, path, text: Ok(text) },
                Err(why) => Part { path: name.clone(), name, text: Err(why) },
            };
            search.found(&part);
            parts.push(part);
            if parts.len() > MOST_FILES {
                break;
            }
        }
        Self { document, parts }
    }

    /// The same, as the generator takes it.
    #[must_use]
    pub fn sources(&self) -> Sources<'_> {
        Sources { root: self.document.source(), parts: &self.parts }
    }

    /// Every file that was read, for showing excerpts.
    pub fn inputs(&self) -> impl Iterator<Item = Input> {
        let parts = self.parts.iter().filter_map(|part| {
            let text = part.text.as_ref().ok()?;
            Some(Input { path: part.path.clone(), text: text.clone() })
        });
        std::iter::once(self.document.clone()).chain(parts)
    }
}

/// The disk, as far as it may be read.
struct Disk<'a> {
    access: &'a Access,
    folder: PathBuf,
    /// The folder of the document as people see it, with a slash behind it; empty for the current one.
    shown: String,
    /// Folders without links and `..`.
    allowed: Vec<PathBuf>,
    /// What people call a file that was read, by its path without links and `..`.
    known: BTreeMap<PathBuf, String>,
}

impl<'a> Disk<'a> {
    fn of(file: &Path, shown: &str, access: &'a Access) -> Result<Self, Failure> {
        let parent = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = parent.unwrap_or(Path::new(".")).to_owned();
        let real = |path: &Path| {
            let cannot =
                |error| Failure(format!("cannot read {}: {error}", workspace::shown(path)));
            path.canonicalize().map_err(cannot)
        };
        let mut allowed = vec![real(&folder)?];
        for more in &access.allow_dir {
            allowed.push(real(more)?);
        }
        let above = shown.rfind('/').map_or("", |slash| &shown[..=slash]).to_owned();
        let known = file.canonicalize().map(|file| (file, shown.to_owned())).into_iter().collect();
        Ok(Self { access, folder, shown: above, allowed, known })
    }

    fn read(&mut self, name: &str) -> Result<Input, String> {
        if name.contains("://") {
            return self.access.fetch(name);
        }
        let shown = self.shown_as(name);
        let real = self.folder.join(name).canonicalize().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("there is no file {shown}"),
            _ => format!("cannot read {shown}: {error}"),
        })?;
        if !self.allowed.iter().any(|folder| real.starts_with(folder)) {
            let folder = real.parent().map(workspace::shown).unwrap_or_default();
            return Err(format!(
                "{shown} lies outside of the document's folder; allow it with `--allow-dir {folder}` if you trust that"
            ));
        }
        if !real.is_file() {
            return Err(format!("{shown} is no file"));
        }
        let path = self.known.entry(real.clone()).or_insert(shown).clone();
        Input::read(&real, &path).map_err(|failure| failure.0)
    }

    /// A name below the folder of the document as people see it: `spec/` and `../a.yaml` are `a.yaml`.
    fn shown_as(&self, name: &str) -> String {
        if name.starts_with('/') {
            return name.to_owned();
        }
        let (mut above, mut name) = (self.shown.as_str(), name);
        while let Some(rest) = name.strip_prefix("../") {
            let plain = above.trim_end_matches('/');
            let last = plain.rsplit('/').next().unwrap_or_default();
            if matches!(last, "" | "." | "..") {
                break;
            }
            (above, name) = (&plain[..plain.len() - last.len()], rest);
        }
        format!("{above}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        };
        write(
            "api/root.yaml",
            "a: {$ref: b.yaml}\nc: {$ref: ../outside.yaml}\nd: {$ref: x/../b.yaml}",
        );
        write(
            "api/b.yaml",
            "{$ref: 'root.yaml#/a', x: {$ref: missing.yaml}, y: {$ref: 'https://a.example/z'}}",
        );
        write("outside.yaml", "{}");
        folder
    }

    fn read(folder: &Path, access: &Access) -> Vec<String> {
        let whole = Whole::read(&folder.join("api/root.yaml"), "api/root.yaml", access);
        let tell = |part: Part| match part.text {
            Ok(_) => format!("{}: {}", part.name, part.path),
            Err(why) => format!("{}: {why}", part.name).replace(&workspace::shown(folder), "F"),
        };
        whole.expect("a document").parts.into_iter().map(tell).collect()
    }

    #[test]
    fn only_what_is_allowed_is_read() {
        let folder = folder();
        let told = read(folder.path(), &Access::default());
        assert_eq!(told[0], "b.yaml: api/b.yaml");
        assert!(told[1].starts_with("../outside.yaml: outside.yaml lies outside"), "{told:?}");
        assert_eq!(told[2], "missing.yaml: there is no file api/missing.yaml");
        assert!(told[3].contains("--allow-host a.example"), "{told:?}");
        let access = Access { allow_dir: vec![folder.path().to_owned()], ..Access::default() };
        assert_eq!(read(folder.path(), &access)[1], "../outside.yaml: outside.yaml");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_judged_by_where_it_leads() {
        let folder = folder();
        let api = folder.path().join("api");
        std::fs::remove_file(api.join("b.yaml")).expect("a file");
        std::os::unix::fs::symlink("../outside.yaml", api.join("b.yaml")).expect("a link");
        assert!(read(folder.path(), &Access::default())[0].contains("lies outside"));
    }

    #[test]
    fn a_file_goes_by_one_path_whichever_way_leads_to_it() {
        let folder = folder();
        let disk = |shown: &str, name: &str| {
            let access = Access::default();
            let disk = Disk::of(&folder.path().join("api/root.yaml"), shown, &access);
            disk.expect("a folder").shown_as(name)
        };
        assert_eq!(disk("spec/openapi.yaml", "../a.yaml"), "a.yaml");
        assert_eq!(disk("spec/openapi.yaml", "x/a.yaml"), "spec/x/a.yaml");
        assert_eq!(disk("openapi.yaml", "../a.yaml"), "../a.yaml");
        assert_eq!(disk("../o/openapi.yaml", "../../a.yaml"), "../../a.yaml");
    }
}
