//! One of the two documents that are compared, from wherever it lies.

use std::path::Path;

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout, read};

use super::Diff;
use super::git::{self, Commit};
use crate::commands::Failure;
use crate::documents::{Access, Whole};
use crate::workspace::{self, Input};
use crate::{import, sync_upstream};

/// A document with what lies beside it.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub(super) document: Option<Whole>,
    pub(super) overlay: Option<Input>,
    pub(super) config: Option<Input>,
    pub(super) names: Option<Input>,
}

impl Side {
    /// What is in `spec/` now.
    pub(super) fn working(root: &Path, access: &Access) -> Result<Self, Failure> {
        let read = |name: &str| {
            Input::read_if_there(&root.join("spec").join(name), &format!("spec/{name}"))
        };
        let file = root.join("spec/openapi.yaml");
        let document = read("openapi.yaml")?;
        Ok(Self {
            document: document
                .map(|document| Whole::beside(document, &file, access))
                .transpose()?,
            overlay: read("overlay.yaml")?,
            config: read("client.yaml")?,
            names: read("names.lock")?,
        })
    }

    /// What was in `spec/` at a revision.
    pub(super) fn at(root: &Path, revision: &str, access: &Access) -> Result<Self, Failure> {
        let commit = Commit::find(root, revision)?;
        let read = |name: &str| commit.file(&format!("./spec/{name}"));
        Ok(Self {
            document: Some(commit.whole("./spec/openapi.yaml", access)?),
            overlay: read("overlay.yaml").ok(),
            config: read("client.yaml").ok(),
            names: read("names.lock").ok(),
        })
    }

    /// A document that somebody named, with what was named to go with it.
    pub(super) fn named(document: &Path, command: &Diff) -> Result<Self, Failure> {
        let read = |path: &Path| Input::read(path, &workspace::shown(path));
        Ok(Self {
            document: Some(find(document, &command.access)?),
            overlay: command.overlay.as_deref().map(read).transpose()?,
            config: command.config.as_deref().map(read).transpose()?,
            names: command.names_lock.as_deref().map(read).transpose()?,
        })
    }

    pub(super) fn inputs(&self) -> Result<Inputs<'_>, Failure> {
        let document = self.document.as_ref();
        let document = document.ok_or_else(|| {
            Failure("there is no spec/openapi.yaml; `cargo xtask import` makes one".to_owned())
        })?;
        Ok(Inputs {
            overlay: self.overlay.as_ref().map(Input::source),
            config: self.config.as_ref().map(Input::source),
            names_lock: self.names.as_ref().map(Input::source),
            parts: &document.parts,
            ..Inputs::new(document.document.source(), Layout::Workspace)
        })
    }

    pub(super) fn sources(&self) -> impl Iterator<Item = Input> {
        let beside = [&self.overlay, &self.config, &self.names];
        self.document.iter().flat_map(Whole::inputs).chain(beside.into_iter().flatten().cloned())
    }

    /// What the document's files hold, by the names that lead to them.
    pub(super) fn texts(&self) -> Vec<(String, String)> {
        let whole = self.document.iter();
        whole
            .flat_map(|whole| {
                let parts = whole
                    .parts
                    .iter()
                    .filter_map(|part| Some((part.name.clone(), part.text.clone().ok()?)));
                std::iter::once((String::new(), whole.document.text.clone())).chain(parts)
            })
            .collect()
    }
}

/// A file or a folder that is there, else an address, else what git has.
fn find(named: &Path, access: &Access) -> Result<Whole, Failure> {
    let shown = workspace::shown(named);
    if named.is_dir() {
        return Ok(Whole { document: pages(named, &shown)?, parts: Vec::new() });
    }
    match named.to_str() {
        Some(address) if import::is_address(address) => {
            let document = sync_upstream::fetch_one(address)?.input();
            Ok(Whole::remote(document, access))
        }
        Some(text) if !named.exists() => match git::split(text) {
            Some((revision, path)) => Commit::find(Path::new("."), revision)?.whole(path, access),
            None => Whole::read(named, &shown, access),
        },
        _ => Whole::read(named, &shown, access),
    }
}

/// The document that the docs pages of a folder make together.
fn pages(folder: &Path, shown: &str) -> Result<Input, Failure> {
    let pages = Input::read_folder(folder, shown, "md")?;
    if pages.is_empty() {
        return Err(Failure(format!(
            "{shown} is a folder without a docs page (`*.md`); name a document or the folder of pages itself"
        )));
    }
    let sources: Vec<_> = pages.iter().map(Input::source).collect();
    let mut diagnostics = Diagnostics::new();
    let text = read::assemble(&sources, &mut diagnostics).ok_or_else(|| {
        let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        Failure(format!("the pages in {shown} make no document: {}", told.join("\n")))
    })?;
    Ok(Input { path: shown.to_owned(), text })
}
