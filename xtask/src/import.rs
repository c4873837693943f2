//! `cargo xtask import`: what upstream publishes, into `spec/`.
//!
//! Pages are kept byte for byte under `pages/`, one file for each operation, and merged into
//! `openapi.yaml`; a whole document becomes `openapi.yaml` itself. `source.lock` says which of the
//! two it is, and where every file came from. Everything is read, compared and merged in memory
//! first: when anything is wrong, all of it is told and nothing is written.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use lockstep_generator::diagnostic::{Diagnostic, Diagnostics, Place};
use lockstep_generator::read;

use crate::cli::{Mode, Options};
use crate::commands::{Failure, Outcome};
use crate::disk::{Guard, Plan};
use crate::report::Report;
use crate::workspace::{self, Input};

mod lock;
mod merge;
mod name;
mod sections;
mod tell;
mod whole;

pub(crate) use lock::today;
pub use lock::{Entry, Form, SourceLock, sha256};
pub(crate) use merge::{Merge, Merged, Removal};

/// `cargo xtask import`
#[derive(Clone, Debug, Default, Args)]
pub struct Import {
    /// Docs pages, full texts or whole documents: files, https addresses, or `-` for standard input
    #[arg(required = true, value_name = "FILE|URL|-")]
    pub inputs: Vec<String>,
    /// The folder that they go into; give siblings of the document folders of their own
    #[arg(long, value_name = "DIR", default_value = "spec")]
    pub into: PathBuf,
    /// The address of the document whose pages are wanted, as the pages name it
    #[arg(long, value_name = "URL")]
    pub document: Option<String>,
    /// How to run
    #[command(flatten)]
    pub options: Options,
}

/// Something that came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incoming {
    /// What people call it: the file or the address.
    pub(crate) shown: String,
    /// The text.
    pub(crate) text: String,
    /// What the server called this version.
    pub(crate) etag: Option<String>,
    /// When the server says it was changed.
    pub(crate) last_modified: Option<String>,
}

impl Incoming {
    pub(crate) fn input(&self) -> Input {
        Input { path: self.shown.clone(), text: self.text.clone() }
    }
}

/// The folder that is imported into.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The top of the repository; paths are relative to it.
    pub(crate) root: PathBuf,
    /// The folder, relative to the root, with forward slashes.
    pub(crate) folder: String,
}

impl Target {
    /// A path in the folder, relative to the root.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    pub(crate) fn disk(&self, name: &str) -> PathBuf {
        self.root.join(&self.folder).join(name)
    }

    pub(crate) fn lock(&self) -> Result<SourceLock, Failure> {
        SourceLock::read(&self.root.join(&self.folder), &self.folder)
    }
}

/// Brings docs pages or a whole document into `spec/`.
///
/// # Errors
/// When the repository or an input cannot be read, or the disk refuses. What is wrong *inside* an
/// input goes to the report as diagnostics, with [`Outcome::Failed`].
pub fn import(command: &Import, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    if command.inputs.iter().any(|input| is_address(input)) && cfg!(not(feature = "net")) {
        return crate::sync_upstream::again_with_net();
    }
    import_in(&workspace::root()?, command, report)
}

/// The same for a repository at a known place.
///
/// # Errors
/// As [`import`].
pub fn import_in(
    root: &Path,
    command: &Import,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    let guard = Guard::for_mode(command.options.mode(), root)?;
    let mut incoming = Vec::new();
    for input in &command.inputs {
        incoming.push(read_one(root, input)?);
    }
    let folder = folder(root, &command.into)?;
    let target = Target { root: root.to_owned(), folder };
    let mut diagnostics = Diagnostics::new();
    let merge =
        Merge { target: &target, document: command.document.as_deref(), removal: Removal::Never };
    let mut sources = Vec::new();
    let merged = merge.run(&incoming, &mut sources, &mut diagnostics)?;
    let Some(merged) = merged else {
        return Ok(report.refused(&diagnostics, &sources));
    };
    report.diagnostics(&diagnostics, &sources);
    carry_out(root, guard.as_ref(), &merged, command.options.mode(), report)
}

/// Writes what was merged, or shows it.
pub(crate) fn carry_out(
    root: &Path,
    guard: Option<&Guard>,
    merged: &Merged,
    mode: Mode,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    let plan = Plan::compute(root, &merged.files, &merged.owned)?;
    if let Some(guard) = guard {
        plan.apply(guard)?;
    }
    tell::tell(merged, &plan, mode, report);
    Ok(if mode == Mode::Check && !plan.is_fresh() { Outcome::Stale } else { Outcome::Done })
}

pub(crate) fn is_address(input: &str) -> bool {
    input.starts_with("https://") || input.starts_with("http://")
}

fn read_one(root: &Path, input: &str) -> Result<Incoming, Failure> {
    if is_address(input) {
        return crate::sync_upstream::fetch_one(input);
    }
    if input == "-" {
        let mut bytes = Vec::new();
        let most = read::LARGEST as u64 + 1;
        std::io::stdin()
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure(format!("cannot read standard input: {error}")))?;
        let text = read::decode("(standard input)", &bytes)
            .map_err(|error| Failure(error.to_string()))?
            .into_owned();
        return Ok(Incoming { shown: "(standard input)".into(), text, ..Incoming::default() });
    }
    let path = Path::new(input);
    // Where somebody keeps downloads is nobody's business: outside the repository the name has to do.
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let shown = match absolute.strip_prefix(root) {
        Ok(inside) => workspace::shown(inside),
        Err(_) if path.is_relative() && !input.contains("..") => workspace::shown(path),
        Err(_) => path
            .file_name()
            .map_or_else(|| input.to_owned(), |name| name.to_string_lossy().into_owned()),
    };
    let Input { text, .. } = Input::read(path, &shown)?;
    Ok(Incoming { shown, text, ..Incoming::default() })
}

/// The folder to import into, relative to the root.
pub(crate) fn folder(root: &Path, into: &Path) -> Result<String, Failure> {
    let inside = if into.is_absolute() { into.strip_prefix(root).ok() } else { Some(into) };
    inside
        .map(workspace::shown)
        .map(|folder| folder.trim_end_matches('/').to_owned())
        .filter(|folder| !folder.is_empty() && !folder.split('/').any(|part| part == ".."))
        .ok_or_else(|| Failure(format!("{} is not in the repository", into.display())))
}

pub(crate) fn error(code: &'static str, message: String, place: Place, help: &str) -> Diagnostic {
    Diagnostic::error(code, message).at(place).help(help)
}
