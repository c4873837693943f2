//! `cargo xtask lint`: what is suspicious in upstream's document, and the overlay actions that mend it.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use clap::Args;
use lockstep_generator::diagnostic::{Diagnostics, Severity};
use lockstep_generator::lint::{self, Action, Finding, Looked};
use lockstep_generator::{File, Source};
use serde_json::json;

use crate::cli::{MessageFormat, Mode, Options};
use crate::commands::{Failure, Outcome};
use crate::disk::{Guard, Plan};
use crate::documents::{Access, Whole};
use crate::report::Report;
use crate::workspace::{self, Input};

/// Mending one thing may show another; more often than this it would be a mistake of ours.
const ROUNDS: usize = 12;

/// `cargo xtask lint`
#[derive(Clone, Debug, Default, Args)]
pub struct Lint {
    /// Append the actions for everything that can be mended to the overlay
    #[arg(long)]
    pub write: bool,
    /// Look for this only; may be given several times
    #[arg(long, value_name = "CODE", value_parser = clap::builder::PossibleValuesParser::new(lint::CODES))]
    pub only: Vec<String>,
    /// Tell what is worth knowing, too, and not only what is wrong or can be mended
    #[arg(long)]
    pub notes: bool,
    /// The document
    #[arg(long, value_name = "FILE", default_value = "spec/openapi.yaml")]
    pub spec: PathBuf,
    /// The overlay that corrects it; made if need be
    #[arg(long, value_name = "FILE", default_value = "spec/overlay.yaml")]
    pub overlay: PathBuf,
    /// What else may be read
    #[command(flatten)]
    pub access: Access,
    /// How to run
    #[command(flatten)]
    pub options: Options,
}

/// Looks at the document of this repository.
///
/// # Errors
/// When a file cannot be read or written, or the overlay cannot be added to.
pub fn lint(command: &Lint, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    lint_in(&workspace::root()?, command, report)
}

/// The same for a repository at a known place.
///
/// # Errors
/// As [`lint()`].
pub fn lint_in(root: &Path, command: &Lint, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    let mode = if command.write { command.options.mode() } else { Mode::DryRun };
    // The overlay may lie elsewhere; whether it can be written is found out before anything is said.
    let folder = overlay_folder(root, &command.overlay)?;
    let guard = Guard::for_mode(mode, &folder.0)?;
    let spec = workspace::shown(&command.spec);
    let document = Whole::read(&root.join(&command.spec), &spec, &command.access)?;
    let shown = workspace::shown(&command.overlay);
    let overlay = Input::read_if_there(&root.join(&command.overlay), &shown)?;
    let mut diagnostics = Diagnostics::new();
    let mut sources: Vec<Input> = document.inputs().collect();
    sources.extend(overlay.clone());
    let Some(looked) = look(command, &document, overlay.as_ref(), &mut diagnostics) else {
        return Ok(report.refused(&diagnostics, &sources));
    };
    let wrong = |finding: &&Finding| command.notes || finding.diagnostic.severity != Severity::Note;
    diagnostics
        .extend(looked.findings.iter().filter(wrong).map(|finding| finding.diagnostic.clone()));
    report.diagnostics(&diagnostics, &sources);
    if command.options.message_format == MessageFormat::Json {
        for action in looked.actions() {
            report.told("", &json!({ "type": "action", "action": action.to_value() }));
        }
    }
    if !looked.is_whole {
        report.told(
            "the document has more than a million example values; those beyond were not held against their schemas",
            &json!({ "type": "limit", "what": "examples" }),
        );
    }
    summary(&looked, command, report);
    let warnings =
        looked.findings.iter().any(|finding| finding.diagnostic.severity != Severity::Note);
    if !command.write {
        return Ok(if warnings { Outcome::Stale } else { Outcome::Done });
    }
    write((&folder, guard.as_ref()), command, &document, overlay, looked, report)
}

/// The folder that writing an overlay is up to, and its name there: the repository, unless it lies elsewhere.
pub(crate) fn overlay_folder(root: &Path, overlay: &Path) -> Result<(PathBuf, String), Failure> {
    if overlay.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Ok((root.to_owned(), workspace::shown(overlay)));
    }
    let path = root.join(overlay);
    let (folder, name) = workspace::parted(&path)?;
    Ok((folder.to_owned(), name))
}

fn look(
    command: &Lint,
    document: &Whole,
    overlay: Option<&Input>,
    diagnostics: &mut Diagnostics,
) -> Option<Looked> {
    let overlay: Option<Source<'_>> = overlay.map(Input::source);
    let mut looked = lint::lint(document.sources(), overlay.as_ref(), diagnostics)?;
    if !command.only.is_empty() {
        looked
            .findings
            .retain(|finding| command.only.iter().any(|code| code == finding.diagnostic.code));
    }
    Some(looked)
}

/// Appends until there is nothing more to mend, then writes the overlay once.
fn write(
    (folder, guard): (&(PathBuf, String), Option<&Guard>),
    command: &Lint,
    document: &Whole,
    mut overlay: Option<Input>,
    mut looked: Looked,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    let path = workspace::shown(&command.overlay);
    let mut appended: Vec<Action> = Vec::new();
    for _ in 0..ROUNDS {
        let actions = looked.actions();
        if actions.is_empty() {
            break;
        }
        let text = lint::append(overlay.as_ref().map(|overlay| overlay.text.as_str()), &actions)
            .map_err(|why| Failure(format!("cannot append to {path}: {why}")))?;
        let next = Input { path: path.clone(), text };
        let mut diagnostics = Diagnostics::new();
        let Some(after) = look(command, document, Some(&next), &mut diagnostics) else {
            let sources: Vec<Input> = document.inputs().chain([next]).collect();
            return Ok(report.refused(&diagnostics, &sources));
        };
        appended.extend(actions);
        overlay = Some(next);
        looked = after;
    }
    let files = match overlay {
        Some(overlay) if !appended.is_empty() => {
            vec![File { path: folder.1.clone(), contents: overlay.text.into_bytes() }]
        }
        _ => Vec::new(),
    };
    let plan = Plan::compute(&folder.0, &files, &[])?;
    if let Some(guard) = guard {
        plan.apply(guard)?;
    }
    let left = looked
        .findings
        .iter()
        .filter(|finding| finding.diagnostic.severity != Severity::Note)
        .count();
    let object = json!({ "type": "written", "actions": appended.len(), "left": left });
    let shown = workspace::shown(&command.overlay);
    report.told(
        &format!("{} actions appended to {shown}; {left} findings left", appended.len()),
        &object,
    );
    Ok(if left > 0 { Outcome::Stale } else { Outcome::Done })
}

/// How often each code was met.
fn summary(looked: &Looked, command: &Lint, report: &mut Report<'_>) {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for finding in &looked.findings {
        let (warnings, notes) = counts.entry(finding.diagnostic.code).or_default();
        *(if finding.diagnostic.severity == Severity::Note { notes } else { warnings }) += 1;
    }
    for code in lint::CODES {
        let Some((warnings, notes)) = counts.get(code) else { continue };
        let object = json!({ "type": "count", "code": code, "warnings": warnings, "notes": notes });
        report.told(&format!("{warnings:>6} {notes:>6}  {code}"), &object);
    }
    let mendable = looked.findings.iter().filter(|finding| !finding.mends.is_empty()).count();
    let notes: usize = counts.values().map(|(_, notes)| notes).sum();
    let all = looked.findings.len();
    let mut text = match all {
        0 => "nothing suspicious".to_owned(),
        all => format!(
            "{} warnings and {notes} notes; {mendable} can be mended by an overlay action",
            all - notes
        ),
    };
    if mendable > 0 && !command.write {
        text.push_str(
            "\nto append the actions to the overlay, run\n\n    cargo xtask lint --write\n",
        );
    } else if notes > 0 && !command.notes {
        text.push_str(" (--notes shows the notes)");
    }
    report.told(
        &text,
        &json!({ "type": "summary", "findings": all, "notes": notes, "mendable": mendable }),
    );
}
