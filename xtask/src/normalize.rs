//! `cargo xtask normalize`: the document as the generator understands it, for other tools to read.

use std::path::{Path, PathBuf};

use clap::Args;
use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{File, Inputs, Layout, normalize, read};

use crate::cli::{Mode, Options};
use crate::commands::{Failure, Outcome};
use crate::disk::{Guard, Plan};
use crate::documents::{Access, Whole};
use crate::report::{Report, Summary};
use crate::workspace::{self, Input};

/// `cargo xtask normalize`
#[derive(Clone, Debug, Args)]
pub struct Normalize {
    /// The OpenAPI document, YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub spec: PathBuf,
    /// Where to write it; JSON if the name ends in .json, YAML otherwise. Standard output if it is not given
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Corrections to the document (OpenAPI Overlay 1.0)
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Choices that no document can hold (like spec/client.yaml)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What else may be read.
    #[command(flatten)]
    pub access: Access,
    /// How to run.
    #[command(flatten)]
    pub options: Options,
}

/// The texts that a run reads.
pub(crate) struct Texts {
    whole: Whole,
    overlay: Option<Input>,
    config: Option<Input>,
}

impl Texts {
    /// Reads them.
    pub(crate) fn read(
        spec: &Path,
        overlay: Option<&Path>,
        config: Option<&Path>,
        access: &Access,
    ) -> Result<Self, Failure> {
        let read = |path: &Path| Input::read(path, &workspace::shown(path));
        Ok(Self {
            whole: Whole::read(spec, &workspace::shown(spec), access)?,
            overlay: overlay.map(read).transpose()?,
            config: config.map(read).transpose()?,
        })
    }

    /// The document's text.
    #[cfg(feature = "progenitor")]
    pub(crate) fn document(&self) -> &Input {
        &self.whole.document
    }

    /// The normalised document; what there is to tell goes to the report.
    pub(crate) fn normalised(&self, report: &mut Report<'_>) -> Option<openapiv3::OpenAPI> {
        let layout = Layout::Standalone { name: "client".to_owned(), runtime: String::new() };
        let inputs = Inputs {
            overlay: self.overlay.as_ref().map(Input::source),
            config: self.config.as_ref().map(Input::source),
            parts: &self.whole.parts,
            ..Inputs::new(self.whole.document.source(), layout)
        };
        let mut diagnostics = Diagnostics::default();
        let document = normalize::document(&inputs, &mut diagnostics);
        let mut sources: Vec<Input> = self.whole.inputs().collect();
        sources.extend([self.overlay.clone(), self.config.clone()].into_iter().flatten());
        match document {
            Some(_) => report.diagnostics(&diagnostics, &sources),
            None => {
                report.refused(&diagnostics, &sources);
            }
        }
        document
    }
}

/// Writes the document as the generator understands it.
///
/// # Errors
/// When an input cannot be read, or the disk refuses.
pub fn normalize(command: &Normalize, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    let texts = Texts::read(
        &command.spec,
        command.overlay.as_deref(),
        command.config.as_deref(),
        &command.access,
    )?;
    let Some(document) = texts.normalised(report) else { return Ok(Outcome::Failed) };
    let as_json = command.out.as_deref().and_then(Path::extension).is_some_and(|end| end == "json");
    let text = text(&document, as_json)?;
    let Some(out) = &command.out else {
        report.text(&text);
        return Ok(Outcome::Done);
    };
    let shown = workspace::shown(out);
    let (folder, name) = workspace::parted(out)?;
    let files = [File { path: name, contents: text.into_bytes() }];
    let guard = Guard::for_mode(command.options.mode(), folder)?;
    let plan = Plan::compute(folder, &files, &[])?;
    let operations = document.operations().count();
    let again = format!(
        "cargo xtask normalize --spec {} --out {shown}{}",
        workspace::shown(&command.spec),
        command.access.again()
    );
    let counts = (files.len(), operations);
    finish(&plan, guard.as_ref(), counts, command.options.mode(), &again, report)
}

fn text(document: &openapiv3::OpenAPI, as_json: bool) -> Result<String, Failure> {
    let cannot = || Failure("the normalised document cannot be written as text".to_owned());
    let value = serde_json::to_value(document).map_err(|_| cannot())?;
    if as_json {
        return serde_json::to_string_pretty(&value).map(|text| text + "\n").map_err(|_| cannot());
    }
    read::to_yaml(&value).ok_or_else(cannot)
}

/// Carries out a plan, and says what was done. `counts` are those of files and operations.
pub(crate) fn finish(
    plan: &Plan,
    guard: Option<&Guard>,
    counts: (usize, usize),
    mode: Mode,
    again: &str,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    if let Some(guard) = guard {
        plan.apply(guard)?;
    }
    report.summary(&Summary { plan, mode, files: counts.0, operations: counts.1, again });
    Ok(if mode == Mode::Check && !plan.is_fresh() { Outcome::Stale } else { Outcome::Done })
}
