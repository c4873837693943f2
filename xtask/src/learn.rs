//! `cargo xtask learn`: what recorded traffic says of the document, and the overlay actions that put it right.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use lockstep_generator::diagnostic::{Diagnostics, Place};
use lockstep_generator::diff::Class;
use lockstep_generator::learn::{Correction, Fate, Finding, Learner, Learnt};
use lockstep_generator::{File, visible};
use serde_json::{Value, json};

use crate::cli::Mode;
use crate::commands::{Failure, Outcome};
use crate::disk::{Guard, Plan};
use crate::report::Report;
use crate::workspace::{self, Input};

/// More proposals than this are counted, and shown by `--message-format json` and `--html`.
const PROPOSALS: usize = 25;
/// A report for those on call has to fit a page.
const PAGE: usize = 40;

/// `cargo xtask learn`
#[derive(Clone, Debug, Default, Args)]
pub struct Learn {
    /// Recordings: HTTP archives (HAR 1.2), as `cargo xtask record`, browsers and proxies write them
    #[arg(value_name = "FILE.har", required = true)]
    pub files: Vec<PathBuf>,
    /// An address under which the API was recorded beside those of the document: that of a proxy
    #[arg(long, value_name = "URL")]
    pub server: Vec<String>,
    /// Append the actions for everything that only loosens the document to the overlay
    #[arg(long)]
    pub write: bool,
    /// Write nothing; exit with 4 if traffic contradicts the document, and say so on one page
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Write all of it as one page for a browser
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// The document
    #[arg(long, value_name = "FILE", default_value = "spec/openapi.yaml")]
    pub spec: PathBuf,
    /// The overlay that corrects it; made if need be
    #[arg(long, value_name = "FILE", default_value = "spec/overlay.yaml")]
    pub overlay: PathBuf,
    /// Choices that no document can hold
    #[arg(long, value_name = "FILE", default_value = "spec/client.yaml")]
    pub config: PathBuf,
    /// Text for people, one JSON object per line for scripts, or annotations for GitHub's actions
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub message_format: LearnFormat,
}

/// Whom the output is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LearnFormat {
    /// People.
    #[default]
    Human,
    /// Scripts.
    Json,
    /// GitHub: one annotation for each contradiction.
    Github,
}

/// Learns from recordings for the document of this repository.
///
/// # Errors
/// When a file cannot be read or written, or the overlay cannot be added to.
pub fn learn(command: &Learn, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    learn_in(&workspace::root()?, command, report)
}

/// The same for a repository at a known place. Recordings and the page are where the caller is, not in the repository.
///
/// # Errors
/// As [`learn()`].
pub fn learn_in(root: &Path, command: &Learn, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    let folder = crate::lint::overlay_folder(root, &command.overlay)?;
    let mode = if command.write { Mode::Write } else { Mode::DryRun };
    let guard = Guard::for_mode(mode, &folder.0)?;
    let document = Input::read(&root.join(&command.spec), &workspace::shown(&command.spec))?;
    let there = |path: &Path| Input::read_if_there(&root.join(path), &workspace::shown(path));
    let (overlay, config) = (there(&command.overlay)?, there(&command.config)?);
    let mut sources = vec![document.clone()];
    sources.extend(overlay.iter().chain(&config).cloned());
    let mut diagnostics = Diagnostics::new();
    let made = Learner::new(
        &document.source(),
        overlay.as_ref().map(Input::source).as_ref(),
        config.as_ref().map(Input::source).as_ref(),
        &command.server,
        &mut diagnostics,
    );
    let Some(mut learner) = made else { return Ok(report.refused(&diagnostics, &sources)) };
    for path in &command.files {
        let shown = workspace::shown(path);
        let file = fs::File::open(path)
            .map_err(|error| Failure(format!("cannot read {shown}: {error}")))?;
        learner.take(&shown, file);
    }
    let learnt = learner.finish();
    tell(&learnt, command, report);
    if !learnt.broken.is_empty() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.extend(learnt.broken.iter().cloned());
        return Ok(report.refused(&diagnostics, &[]));
    }
    if let Some(html) = &command.html {
        fs::write(html, learnt.page()).map_err(|error| {
            Failure(format!("cannot write {}: {error}", workspace::shown(html)))
        })?;
    }
    if command.write {
        write(
            (&folder, guard.as_ref()),
            command,
            (&document, overlay, config.as_ref()),
            &learnt,
            report,
        )?;
    }
    Ok(if command.check && learnt.contradicts() { Outcome::Stale } else { Outcome::Done })
}

/// Appends what was learnt to the overlay, once what comes of it has been read again.
fn write(
    (folder, guard): (&(PathBuf, String), Option<&Guard>),
    command: &Learn,
    (document, overlay, config): (&Input, Option<Input>, Option<&Input>),
    learnt: &Learnt,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let shown = workspace::shown(&command.overlay);
    let count = learnt.written().count();
    if count > 0 {
        let cannot = |why: String| Failure(format!("cannot append to {shown}: {why}"));
        let text = learnt
            .overlay(overlay.as_ref().map(|overlay| overlay.text.as_str()))
            .map_err(cannot)?;
        let next = Input { path: shown.clone(), text };
        let mut diagnostics = Diagnostics::new();
        let again = Learner::new(
            &document.source(),
            Some(&next.source()),
            config.map(Input::source).as_ref(),
            &command.server,
            &mut diagnostics,
        );
        if again.is_none() {
            let first = diagnostics.iter().next().map(ToString::to_string).unwrap_or_default();
            return Err(Failure(format!(
                "cannot append to {shown}: the document would not be read any more: {first}"
            )));
        }
        let files = [File { path: folder.1.clone(), contents: next.text.into_bytes() }];
        let plan = Plan::compute(&folder.0, &files, &[])?;
        if let Some(guard) = guard {
            plan.apply(guard)?;
        }
    }
    let text = match count {
        0 => format!("nothing to append to {shown}"),
        1 => format!("1 action appended to {shown}"),
        count => format!("{count} actions appended to {shown}"),
    };
    say(command, report, &text, &json!({ "type": "written", "actions": count }));
    Ok(())
}

fn say(command: &Learn, report: &mut Report<'_>, text: &str, object: &Value) {
    if command.message_format != LearnFormat::Github {
        report.told(text, object);
    }
}

fn tell(learnt: &Learnt, command: &Learn, report: &mut Report<'_>) {
    if command.message_format == LearnFormat::Github {
        let wrong = learnt.findings.iter().filter(|finding| finding.contradicts());
        wrong.for_each(|finding| report.told(&annotation(finding), &Value::Null));
        return;
    }
    let counts = &learnt.counts;
    let mut text = format!(
        "{} exchanges in {} recordings: {} replies held against the document",
        counts.exchanges, counts.files, counts.replies
    );
    for (count, why) in counts.left_out() {
        text.push_str(&format!("\n{count:>8} {why}"));
    }
    if counts.large_numbers > 0 {
        text.push_str(&format!(
            "\n{:>8} numbers beyond 2^53, which JavaScript and f64 round",
            counts.large_numbers
        ));
    }
    let mut object = json!({ "type": "counts" });
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), counts.to_value()) {
        object.extend(more);
    }
    say(command, report, &text, &object);
    let is_people = command.message_format == LearnFormat::Human;
    let most = if command.check { PAGE } else { PROPOSALS };
    let (mut shown, mut left) = (0, 0);
    for finding in &learnt.findings {
        let is_page = command.check && !finding.contradicts();
        let is_many = (finding.fate == Fate::Proposed || command.check) && shown >= most;
        if is_people && (is_page || is_many) {
            left += 1;
            continue;
        }
        shown += usize::from(finding.fate == Fate::Proposed || command.check);
        report.told(&paragraph(finding), &to_json(finding));
    }
    summary(learnt, left, command, report);
}

fn summary(learnt: &Learnt, left: usize, command: &Learn, report: &mut Report<'_>) {
    let count = |fate: Fate| learnt.findings.iter().filter(|finding| finding.fate == fate).count();
    let (written, refuted, withdrawn, proposed) =
        (count(Fate::Written), count(Fate::Refuted), count(Fate::Withdrawn), count(Fate::Proposed));
    let mut text = if learnt.findings.is_empty() {
        "the document says what the wire sends".to_owned()
    } else {
        format!(
            "{written} to write, {refuted} refuted, {withdrawn} to withdraw, {proposed} proposed"
        )
    };
    if left > 0 {
        text.push_str(&format!(
            " ({left} not shown; --html FILE and --message-format json show all)"
        ));
    }
    if written > 0 && !command.write {
        text.push_str("\nto append the actions to the overlay, add --write");
    }
    let object = json!({
        "type": "summary", "written": written, "refuted": refuted, "withdrawn": withdrawn, "proposed": proposed,
        "contradicts": learnt.contradicts(),
    });
    say(command, report, &text, &object);
}

/// A finding in a few lines.
fn paragraph(finding: &Finding) -> String {
    let place = Learnt::place_name(finding);
    let more = match finding.at.len() {
        0 | 1 => String::new(),
        places => format!(" and {} more", places - 1),
    };
    let evidence = &finding.evidence;
    let mut text = format!(
        "\n{:>9}  {}  {place}{more}\n           {}",
        finding.fate.as_str(),
        finding.code,
        finding.message
    );
    let days = match (&evidence.first, &evidence.last) {
        (Some(first), Some(last)) if first == last => format!(", {first}"),
        (Some(first), Some(last)) => format!(", {first} to {last}"),
        _ => String::new(),
    };
    if evidence.replies > 0 {
        let word = if evidence.replies == 1 { "reply" } else { "replies" };
        text.push_str(&format!(" ({} {word}{days})", evidence.replies));
    }
    if let Some(effect) = &finding.effect {
        let reason = effect.reasons.first().map(|reason| format!(": {reason}")).unwrap_or_default();
        let what = if effect.class == Class::None {
            "a note: nothing changes for Rust programs"
        } else {
            effect.class.as_str()
        };
        text.push_str(&format!("\n           {what}{reason}"));
    }
    text
}

fn to_json(finding: &Finding) -> Value {
    let evidence = &finding.evidence;
    let mut counted = evidence.to_value();
    if let Some(counted) = counted.as_object_mut() {
        counted.insert("distinct".to_owned(), evidence.distinct.into());
    }
    let actions: Vec<Value> = finding.corrections.iter().map(Correction::to_value).collect();
    let effect = finding
        .effect
        .as_ref()
        .map(|effect| json!({ "class": effect.class.as_str(), "reasons": effect.reasons }));
    json!({
        "type": "finding", "code": finding.code, "fate": finding.fate.as_str(), "message": finding.message,
        "at": finding.at.iter().map(|at| at.as_str()).collect::<Vec<_>>(), "place": Learnt::place_name(finding),
        "contradicts": finding.contradicts(), "evidence": counted, "rust": effect, "actions": actions,
    })
}

/// One annotation, as GitHub's actions read it from the output.
fn annotation(finding: &Finding) -> String {
    let data = |text: &str| visible::line(text).replace('%', "%25");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let place = match &finding.place {
        Place::At { file, line, column } => {
            format!("file={},line={line},col={column},", property(file))
        }
        Place::File(file) => format!("file={},", property(file)),
        Place::Nowhere | Place::Pointer(_) | Place::Written(..) => String::new(),
    };
    let level = if finding.fate == Fate::Refuted { "error" } else { "warning" };
    let name = Learnt::place_name(finding);
    let text = if name.is_empty() {
        finding.message.clone()
    } else {
        format!("{name}: {}", finding.message)
    };
    format!("::{level} {place}title={}::{}", property(finding.code), data(&text))
}
