//! What each command does: read the inputs, call the generator, hand its files to `disk`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout, Output, lint};
use serde_json::json;

use crate::cli::{Generate, Mode, Options, Regenerate};
use crate::diff;
use crate::diff::gate::Reached;
use crate::disk::{Guard, Plan};
use crate::documents::{Access, Whole};
use crate::engine::Engine;
use crate::import::{Form, SourceLock};
use crate::report::{Report, Summary};
use crate::workspace::{self, Input};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is as it should be, or is now. Exit code 0.
    Done,
    /// Something was wrong with the input or the disk; nothing was written. Exit code 1.
    Failed,
    /// Asked to check: files are not what the generator writes. Exit code 4.
    Stale,
    /// Asked for the worst change: a fix or an addition. Exit code 10.
    Changed,
    /// Asked for the worst change: a breaking one. Exit code 20.
    Breaking,
    /// Asked to fail on changes, and there are some. The exit codes are in the table of [`crate::diff::gate`].
    Gated(Reached),
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::Stale => 4,
            Outcome::Changed => 10,
            Outcome::Breaking => 20,
            Outcome::Gated(reached) => reached.exit_code(),
        })
    }
}

/// Why a command stopped before or beside the generator, in a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

/// Writes the client and the mock's data of this repository anew from `spec/`; the surface's snapshot is a person's to accept.
///
/// # Errors
/// When the repository or an input cannot be read, or the disk refuses. What is wrong *inside* an
/// input goes to the report as diagnostics, with [`Outcome::Failed`].
pub fn regenerate(command: &Regenerate, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    let root = workspace::root()?;
    let outcome = regenerate_from(&root, &command.options, &command.access, report)?;
    if outcome == Outcome::Done && command.options.mode() == Mode::Write {
        return diff::summary(&root, command, report);
    }
    Ok(outcome)
}

/// The same for a repository at a known place.
///
/// # Errors
/// As [`regenerate`].
pub fn regenerate_in(
    root: &Path,
    options: &Options,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    regenerate_from(root, options, &Access::default(), report)
}

fn regenerate_from(
    root: &Path,
    options: &Options,
    access: &Access,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    let guard = Guard::for_mode(options.mode(), root)?;
    let spec = root.join("spec");
    let read = |name: &str| Input::read_if_there(&spec.join(name), &format!("spec/{name}"));
    let lock = SourceLock::read(&spec, "spec")?;
    lock.verify(&spec, "spec")?;
    let pages = match lock.form {
        Form::Pages => Input::read_folder(&spec.join("pages"), "spec/pages", "md")?,
        Form::Document => Vec::new(),
    };
    let mut diagnostics = Diagnostics::default();

    let file = spec.join("openapi.yaml");
    let document = if pages.is_empty() {
        Input::read(&file, "spec/openapi.yaml")?
    } else {
        let day = |page: &Input| lock.day(page.path.strip_prefix("spec/").unwrap_or_default());
        let sources: Vec<_> = pages.iter().map(|page| (page.source(), day(page))).collect();
        match lockstep_generator::read::assemble_dated(&sources, &mut diagnostics) {
            Some(text) => Input { path: "spec/openapi.yaml".to_owned(), text },
            None => return Ok(report.refused(&diagnostics, &pages)),
        }
    };
    let whole = Whole::beside(document, &file, access)?;
    let (overlay, config, names) =
        (read("overlay.yaml")?, read("client.yaml")?, read("names.lock")?);
    let inputs = Inputs {
        document: whole.document.source(),
        parts: &whole.parts,
        overlay: overlay.as_ref().map(Input::source),
        config: config.as_ref().map(Input::source),
        names_lock: names.as_ref().map(Input::source),
        layout: Layout::Workspace,
        strict: true,
    };
    let output = lockstep_generator::generate(&inputs, &mut diagnostics);
    let mut sources = pages;
    let assembled = !sources.is_empty();
    sources.extend(whole.inputs());
    sources.extend([overlay, config, names].into_iter().flatten());
    let Some(mut output) = output else {
        return Ok(report.refused(&diagnostics, &sources));
    };
    report.diagnostics(&diagnostics, &sources);
    if assembled {
        output.files.push(lockstep_generator::File {
            path: whole.document.path,
            contents: whole.document.text.into_bytes(),
        });
    }
    let plan = Plan::compute(root, &output.files, &output.owned)?;
    finish(&plan, guard.as_ref(), &output, options.mode(), "cargo xtask regenerate", report)
}

/// Writes a client crate and fixtures for any document.
///
/// # Errors
/// As [`regenerate`]; also when the folder holds files that people wrote where outputs should go.
pub fn generate(command: &Generate, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    if command.engine != Engine::Lockstep {
        return crate::engine::generate(command, report);
    }
    let root = workspace::root()?;
    let guard = Guard::for_mode(command.options.mode(), &command.out)?;
    let read = |path: &Path| Input::read(path, &workspace::shown(path));
    let whole = Whole::read(&command.spec, &workspace::shown(&command.spec), &command.access)?;
    let overlay = command.overlay.as_deref().map(read).transpose()?;
    let config = command.config.as_deref().map(read).transpose()?;
    let names = command.out.join("names.lock");
    let names = Input::read_if_there(&names, &workspace::shown(&names))?;
    let runtime = workspace::way(&root, &command.out, &root.join("crates/runtime"))?;
    let inputs = Inputs {
        document: whole.document.source(),
        parts: &whole.parts,
        overlay: overlay.as_ref().map(Input::source),
        config: config.as_ref().map(Input::source),
        names_lock: names.as_ref().map(Input::source),
        layout: Layout::Standalone { name: command.name.clone(), runtime },
        strict: command.strict,
    };
    let mut diagnostics = Diagnostics::default();
    let output = lockstep_generator::generate(&inputs, &mut diagnostics);
    let mut sources: Vec<Input> = whole.inputs().collect();
    sources.extend([overlay.clone(), config.clone(), names.clone()].into_iter().flatten());
    let Some(output) = output else {
        return Ok(report.refused(&diagnostics, &sources));
    };
    report.diagnostics(&diagnostics, &sources);
    let plan = Plan::compute(&command.out, &output.files, &output.owned)?;
    plan.refuse_hand_written(&output.owned, "Cargo.toml")?;
    let mode = command.options.mode();
    let outcome = finish(&plan, guard.as_ref(), &output, mode, &again(command), report)?;
    if mode == Mode::Write {
        tell_mendable(command, &whole, overlay.as_ref(), report);
    }
    Ok(outcome)
}

/// Says once what `lint` knows of the document better than the document itself: with its corrections, types are what a
/// person would have written.
fn tell_mendable(
    command: &Generate,
    whole: &Whole,
    overlay: Option<&Input>,
    report: &mut Report<'_>,
) {
    let overlay_source = overlay.map(Input::source);
    let mut diagnostics = Diagnostics::default();
    let looked = lint::lint(whole.sources(), overlay_source.as_ref(), &mut diagnostics);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in looked.iter().flat_map(|looked| &looked.findings) {
        if !finding.mends.is_empty() {
            *counts.entry(finding.diagnostic.code).or_default() += 1;
        }
    }
    if counts.is_empty() {
        return;
    }
    let total: usize = counts.values().sum();
    let kinds: Vec<String> = counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let spec = workspace::shown(&command.spec);
    let out = command.overlay.as_deref().map_or("overlay.yaml".to_owned(), workspace::shown);
    let text = format!(
        "\n{total} {} of the document can be corrected ({}):\n  cargo xtask lint --spec {spec} --overlay {out} --write",
        if total == 1 { "place" } else { "places" },
        kinds.join(", ")
    );
    report.told(&text, &json!({ "type": "mendable", "places": total, "kinds": counts }));
}

fn finish(
    plan: &Plan,
    guard: Option<&Guard>,
    output: &Output,
    mode: Mode,
    again: &str,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    if let Some(guard) = guard {
        plan.apply(guard)?;
    }
    report.summary(&Summary {
        plan,
        mode,
        files: output.files.len(),
        operations: output.operations,
        again,
    });
    Ok(if mode == Mode::Check && !plan.is_fresh() { Outcome::Stale } else { Outcome::Done })
}

/// The command line that writes what `--check` found stale.
pub(crate) fn again(command: &Generate) -> String {
    let mut line = "cargo xtask generate".to_owned();
    let options = [
        ("spec", Some(workspace::shown(&command.spec))),
        ("name", Some(command.name.clone())),
        ("out", Some(workspace::shown(&command.out))),
        ("overlay", command.overlay.as_deref().map(workspace::shown)),
        ("config", command.config.as_deref().map(workspace::shown)),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            line.push_str(&format!(" --{name} {}", workspace::quoted(&value)));
        }
    }
    if command.strict {
        line.push_str(" --strict");
    }
    line.push_str(&command.access.again());
    line
}
