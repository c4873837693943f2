//! `cargo xtask diff`: what changed between two documents, for the wire and for Rust programs.
//!
//! Without arguments the committed document is compared with the working one; what was committed is
//! asked of `git`, which has to be there for that alone.

pub mod gate;
mod git;
mod side;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use lockstep_generator::File;
use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::diff::{self, Changes, Class, Version, notes};
use serde_json::json;

use crate::cli::Regenerate;
use crate::commands::{Failure, Outcome};
use crate::disk::{Guard, Plan};
use crate::documents::Access;
use crate::report::Report;
use crate::workspace::{self, Input};
use crate::{import, sync_upstream};
use gate::{Gate, Reached};
use side::Side;

/// The changelog of the client crate.
const CHANGELOG: &str = "crates/client/CHANGELOG.md";

/// `cargo xtask diff`
///
/// Compares two documents, on the wire and for Rust programs. --rules lists every kind of change; client.yaml may call
/// them otherwise, and acknowledge single ones, under `changes`.
#[derive(Clone, Debug, Default, Args)]
#[command(after_long_help = gate::EXIT_CODES)]
pub struct Diff {
    /// The document before: a file, a folder of docs pages, REV:PATH as git has it, or an https address; the committed
    /// spec/openapi.yaml if none is named
    pub old: Option<PathBuf>,
    /// The document after, named like the one before; the working spec/openapi.yaml if none is named
    pub new: Option<PathBuf>,
    /// Compare with spec/ as it was at this revision instead of the last commit
    #[arg(long, value_name = "REV", conflicts_with_all = ["old", "new"])]
    pub from: Option<String>,
    /// Corrections to the documents that are named (OpenAPI Overlay 1.0)
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Choices for the documents that are named (like spec/client.yaml)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The names that the client of the document before has
    #[arg(long, value_name = "FILE")]
    pub names_lock: Option<PathBuf>,
    /// What else may be read
    #[command(flatten)]
    pub access: Access,
    /// How the report is written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write the report of --format to this file; what is shown is the text
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Also write the report as a page for a browser, before and after side by side
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Tell the worst change by the exit code: 0, 10 or 20
    #[arg(long)]
    pub exit_code: bool,
    /// Fail where a change is of this class or worse: breaking, addition, fix or docs, for a side as in wire:breaking
    #[arg(long, value_name = "[SIDE:]CLASS", value_delimiter = ',', conflicts_with = "exit_code")]
    pub fail_on: Vec<Gate>,
    /// List the rules instead: every kind of change by its id, with a pair of documents that shows it
    #[arg(long, conflicts_with_all = ["old", "new", "from", "exit_code", "fail_on", "html", "out"])]
    pub rules: bool,
}

/// How the report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    #[default]
    Text,
    /// For the body of a pull request
    Markdown,
    /// For scripts: one object
    Json,
    /// For GitHub: an annotation for each change
    Github,
    /// For build servers: JUnit, each breaking change a failure
    Junit,
}

impl From<Format> for diff::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Markdown => Self::Markdown,
            Format::Json => Self::Json,
            Format::Github => Self::Github,
            Format::Junit => Self::Junit,
        }
    }
}

/// Compares two documents and shows what changed.
///
/// # Errors
/// When a document cannot be read, or git cannot say what was committed. What is wrong *inside* a
/// document goes to the report as diagnostics, with [`Outcome::Failed`].
pub fn diff(command: &Diff, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    if command.rules {
        list_rules(command.format, report);
        return Ok(Outcome::Done);
    }
    let named = [&command.old, &command.new].into_iter().flatten();
    if named.filter_map(|path| path.to_str()).any(import::is_address) && cfg!(not(feature = "net"))
    {
        return sync_upstream::again_with_net();
    }
    let old = match (&command.old, &command.from) {
        (Some(path), _) => Side::named(path, command)?,
        (None, revision) => {
            Side::at(&workspace::root()?, revision.as_deref().unwrap_or("HEAD"), &command.access)?
        }
    };
    let new = match &command.new {
        Some(path) => Side::named(path, command)?,
        None => Side::working(&workspace::root()?, &command.access)?,
    };
    let own = command.old.is_none() && command.new.is_none();
    let Some(changes) = compare(&old, &new, report)? else {
        return Ok(Outcome::Failed);
    };
    let version = own.then(version).flatten();
    let shown = if command.out.is_some() { Format::Text } else { command.format };
    let text = changes.render(shown.into(), version);
    report.told(text.trim_end(), &json!({ "type": "diff", "report": text }));
    let mut written = Vec::new();
    if let Some(out) = &command.out {
        written.push((out, "report", changes.render(command.format.into(), version)));
    }
    if let Some(out) = &command.html {
        written.push((out, "page", page(&changes, (&old, &new), version)));
    }
    save(&written)?;
    for (out, what, _) in written.iter().filter(|_| shown == Format::Text) {
        let path = workspace::shown(out);
        let told = json!({ "type": what, "path": path });
        report.told(&format!("\nwritten as a {what}: {path}"), &told);
    }
    if let Some(reached) = Reached::of(&command.fail_on, &changes) {
        return Ok(Outcome::Gated(reached));
    }
    Ok(match (command.exit_code, changes.release()) {
        (false, _) | (true, Class::None | Class::Docs) => Outcome::Done,
        (true, Class::Fix | Class::Addition) => Outcome::Changed,
        (true, Class::Breaking) => Outcome::Breaking,
    })
}

/// The page with the lines of both documents.
fn page(changes: &Changes, (old, new): (&Side, &Side), version: Option<Version>) -> String {
    let (before, after): (Vec<Input>, Vec<Input>) =
        (old.sources().collect(), new.sources().collect());
    let (before, after): (Vec<_>, Vec<_>) =
        (before.iter().map(Input::source).collect(), after.iter().map(Input::source).collect());
    changes.page(version, &before, &after)
}

/// Writes files, none of them before it is known that each can be.
fn save(files: &[(&PathBuf, &str, String)]) -> Result<(), Failure> {
    let mut plans = Vec::new();
    for (index, (out, _, text)) in files.iter().enumerate() {
        if files[..index].iter().any(|(other, ..)| other == out) {
            let path = workspace::shown(out);
            return Err(Failure(format!("{path}: --out and --html cannot write the same file")));
        }
        let (folder, name) = workspace::parted(out)?;
        let files = [File { path: name, contents: text.clone().into_bytes() }];
        plans.push((Plan::compute(folder, &files, &[])?, folder));
    }
    for (plan, folder) in plans {
        plan.apply(&Guard::take(folder)?)?;
    }
    Ok(())
}

/// The end of `cargo xtask regenerate`: what changed since the last commit, if anything did. With
/// `--release-notes` it goes into the changelog too.
///
/// # Errors
/// When the changelog was asked for, and git cannot say what was committed.
pub fn summary(
    root: &Path,
    command: &Regenerate,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    let release_notes = command.release_notes;
    let old = match Side::at(root, "HEAD", &command.access) {
        Ok(old) => old,
        Err(failure) if release_notes => return Err(failure),
        // Where nothing was committed, or without git, there is nothing to compare with.
        Err(_) => return Ok(Outcome::Done),
    };
    let new = Side::working(root, &command.access)?;
    let text = |input: &Option<Input>| input.as_ref().map(|input| input.text.clone());
    let same = [(&old.overlay, &new.overlay), (&old.config, &new.config)];
    if old.texts() == new.texts() && same.iter().all(|(old, new)| text(old) == text(new)) {
        if release_notes {
            let told = "nothing changed since the last commit: there is nothing to note";
            report.told(told, &json!({ "type": "release", "class": "none" }));
        }
        return Ok(Outcome::Done);
    }
    let Some(changes) = compare(&old, &new, report)? else {
        return Ok(Outcome::Failed);
    };
    let version = version();
    let shown = changes.render(diff::Format::Text, version);
    report.told(
        &format!("\nSince the last commit: {}", shown.trim_end()),
        &json!({ "type": "diff", "report": shown }),
    );
    if release_notes {
        note(root, &changes, version, report)?;
    }
    Ok(Outcome::Done)
}

/// Writes the changelog's entry and proposes a version.
fn note(
    root: &Path,
    changes: &Changes,
    version: Option<Version>,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let guard = Guard::take(root)?;
    let file = root.join(CHANGELOG);
    let before =
        Input::read_if_there(&file, CHANGELOG)?.map(|input| input.text).unwrap_or_default();
    let after = notes::write(&before, changes);
    let files = [File { path: CHANGELOG.to_owned(), contents: after.into_bytes() }];
    Plan::compute(root, &files, &[])?.apply(&guard)?;
    let next = version.map(|version| version.after(changes.release()));
    let told = match next {
        Some(next) if Some(next) != version => {
            format!("\nnoted in {CHANGELOG}; the next version is {next}")
        }
        _ => "\nnothing of this makes a release".to_owned(),
    };
    let next = next.map(|next| next.to_string());
    report.told(
        &told,
        &json!({ "type": "release", "class": changes.release().as_str(), "version": next }),
    );
    Ok(())
}

fn compare(old: &Side, new: &Side, report: &mut Report<'_>) -> Result<Option<Changes>, Failure> {
    let mut diagnostics = Diagnostics::default();
    let (before, after) = (old.inputs()?, new.inputs()?);
    let mut changes = diff::compare(&before, &after, &mut diagnostics);
    if let Some(changes) = &mut changes {
        let today = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now())
            .date_naive()
            .to_string();
        if let Some(today) = diff::Day::parse(&today) {
            changes.acknowledge(&after, &today);
        }
    }
    if changes.is_none() {
        let sources: Vec<Input> = old.sources().chain(new.sources()).collect();
        report.diagnostics(&diagnostics, &sources);
        report.failure(&Failure("the documents could not be compared".to_owned()));
    }
    Ok(changes)
}

/// Every rule, for people or for scripts.
fn list_rules(format: Format, report: &mut Report<'_>) {
    let rules = diff::rules::RULES;
    let text = match format {
        Format::Json => {
            let list = rules.iter().map(|rule| {
                json!({ "id": rule.id, "what": rule.what, "example": format!("tests/changes/{}", rule.example) })
            });
            format!("{:#}", serde_json::Value::Array(list.collect()))
        }
        Format::Text | Format::Markdown | Format::Github | Format::Junit => {
            let list = rules.iter().map(|rule| {
                format!(
                    "{}\n  {}\n  for example tests/changes/{}",
                    rule.id, rule.what, rule.example
                )
            });
            list.collect::<Vec<_>>().join("\n")
        }
    };
    report.told(&text, &json!({ "type": "rules", "rules": text }));
}

/// All crates of the workspace have one version, so the client's is ours.
fn version() -> Option<Version> {
    Version::parse(env!("CARGO_PKG_VERSION"))
}
