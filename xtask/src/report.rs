//! What people and scripts get to see of a run.
//!
//! For people: diagnostics on standard error, then one line for each file that changes and a closing
//! line on standard output. For scripts: one JSON object per line on standard output, told apart by
//! `type` (`diagnostic`, `change`, `summary`, `failure`).

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use lockstep_generator::diagnostic::{Diagnostics, Printer, Style};
use lockstep_generator::visible;
use serde_json::{Value, json};
use similar::TextDiff;

use crate::cli::{MessageFormat, Mode};
use crate::commands::{Failure, Outcome};
use crate::disk::{Change, Plan};
use crate::workspace::Input;

mod told;

/// A stale file shows this many lines of its diff, and the whole report that many.
const DIFF_LINES: usize = 12;
const ALL_DIFF_LINES: usize = 200;
/// A longer line (a fixture can be one line) is cut.
const LINE_WIDTH: usize = 160;
/// More files than this are counted, and not listed, unless somebody asks.
const LISTED: usize = 20;
/// Larger files are not compared line by line; that they differ has to do.
const LARGEST_DIFF: usize = 1 << 20;

/// Where the output of a command goes.
pub struct Report<'a> {
    format: MessageFormat,
    style: Style,
    verbose: bool,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    start: Instant,
}

/// The end of a run.
#[derive(Debug)]
pub struct Summary<'a> {
    /// What was, or would be, done.
    pub plan: &'a Plan,
    /// Which of the two.
    pub mode: Mode,
    /// How many files the generator made.
    pub files: usize,
    /// How many operations the client has.
    pub operations: usize,
    /// The command that writes what is stale.
    pub again: &'a str,
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report").field("format", &self.format).finish_non_exhaustive()
    }
}

impl<'a> Report<'a> {
    /// A report that starts now, without colours.
    pub fn new(format: MessageFormat, out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        Self { format, style: Style::Plain, verbose: false, out, err, start: Instant::now() }
    }

    /// Whether diagnostics have the colours of a terminal.
    #[must_use]
    pub fn coloured(mut self, yes: bool) -> Self {
        self.style = if yes { Style::Coloured } else { Style::Plain };
        self
    }

    /// Whether every file that is written is listed.
    #[must_use]
    pub fn verbose(mut self, yes: bool) -> Self {
        self.verbose = yes;
        self
    }

    // A reader that has gone away (`| head`) must not turn a finished run into a failed one, so
    // errors of writing to the terminal are passed over.
    fn say(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.out, "{}", visible::text(&text.to_string()));
    }

    fn json(&mut self, value: &Value) {
        let _ = writeln!(self.out, "{}", visible::json(&value.to_string()));
    }

    /// What was asked for, where that is a text.
    pub fn text(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes());
    }

    /// Shows one thing that a command found or did: a text for people, an object with a `type` for scripts.
    pub fn told(&mut self, text: &str, object: &Value) {
        match self.format {
            MessageFormat::Human => self.say(format_args!("{text}")),
            MessageFormat::Json => self.json(object),
        }
    }

    /// Shows what the generator has to say about its inputs.
    pub fn diagnostics(&mut self, diagnostics: &Diagnostics, sources: &[Input]) {
        match self.format {
            MessageFormat::Human => {
                let texts: Vec<_> = sources
                    .iter()
                    .map(|input| (input.path.as_str(), input.text.as_str()))
                    .collect();
                let printer = Printer::new(&texts, self.style);
                let _ = self.err.write_all(told::told(diagnostics, &printer).as_bytes());
            }
            MessageFormat::Json => {
                for diagnostic in diagnostics.iter() {
                    let mut line = json!({ "type": "diagnostic" });
                    if let (Value::Object(line), Value::Object(more)) =
                        (&mut line, diagnostic.to_json())
                    {
                        line.extend(more);
                    }
                    self.json(&line);
                }
            }
        }
    }

    /// Shows why the generator made nothing of its inputs.
    pub fn refused(&mut self, diagnostics: &Diagnostics, sources: &[Input]) -> Outcome {
        self.diagnostics(diagnostics, sources);
        self.failure(&Failure("nothing was written".to_owned()));
        Outcome::Failed
    }

    /// Shows why a command stopped.
    pub fn failure(&mut self, failure: &Failure) {
        match self.format {
            MessageFormat::Json => self.json(&json!({ "type": "failure", "message": failure.0 })),
            MessageFormat::Human => {
                let _ = writeln!(self.err, "error: {}", visible::text(&failure.0));
            }
        }
    }

    /// Shows what was done, or would be.
    pub fn summary(&mut self, summary: &Summary<'_>) {
        match self.format {
            MessageFormat::Human => self.summary_for_people(summary),
            MessageFormat::Json => self.summary_for_scripts(summary),
        }
    }

    fn summary_for_people(&mut self, summary: &Summary<'_>) {
        let mut lines = ALL_DIFF_LINES;
        let changes = summary.plan.changes().len();
        let listed = self.verbose || summary.mode != Mode::Write || changes <= LISTED;
        if !listed {
            self.counts(summary);
        }
        for (path, change) in summary.plan.changes().iter().filter(|_| listed) {
            let word = word(change, summary.mode);
            self.say(format_args!("{word:>9}  {path}"));
            if let (Mode::Check, Change::Update { old: Some(old), new }) = (summary.mode, change) {
                for line in short_diff(old, new, lines.min(DIFF_LINES)) {
                    lines = lines.saturating_sub(1);
                    self.say(format_args!("           {line}"));
                }
            }
        }
        let changed = summary.plan.changes().len();
        let (files, operations) =
            (count(summary.files, "file"), count(summary.operations, "operation"));
        let seconds = self.start.elapsed().as_secs_f32();
        if changed == 0 {
            self.say(format_args!("everything is fresh: {files}, {operations} ({seconds:.2} s)"));
            return;
        }
        let done = match summary.mode {
            Mode::Write => "changed",
            Mode::DryRun => "would change",
            Mode::Check => "not as generated",
        };
        self.say(format_args!(
            "{} {done}; {files}, {operations} in all ({seconds:.2} s)",
            count(changed, "path")
        ));
        if summary.mode == Mode::Check {
            self.say(format_args!(
                "to bring everything up to date, run\n\n    {}\n",
                summary.again
            ));
        }
    }

    /// How many files were written, by what was done to them.
    fn counts(&mut self, summary: &Summary<'_>) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for change in summary.plan.changes().values() {
            *counts.entry(word(change, summary.mode)).or_default() += 1;
        }
        let counts: Vec<String> =
            counts.iter().map(|(word, times)| format!("{times} {word}")).collect();
        self.say(format_args!("{} (--verbose lists them)", counts.join(", ")));
    }

    fn summary_for_scripts(&mut self, summary: &Summary<'_>) {
        for (path, change) in summary.plan.changes() {
            let kind = match change {
                Change::Create { .. } => "create",
                Change::Update { .. } => "update",
                Change::Delete => "delete",
            };
            self.json(&json!({ "type": "change", "change": kind, "path": path }));
        }
        let mode = match summary.mode {
            Mode::Write => "write",
            Mode::DryRun => "dry-run",
            Mode::Check => "check",
        };
        let milliseconds = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.json(&json!({
            "type": "summary",
            "mode": mode,
            "fresh": summary.plan.is_fresh(),
            "changed": summary.plan.changes().len(),
            "files": summary.files,
            "operations": summary.operations,
            "milliseconds": milliseconds,
        }));
    }
}

fn word(change: &Change, mode: Mode) -> &'static str {
    match (mode, change) {
        (Mode::Check, Change::Create { .. }) => "missing",
        (Mode::Check, Change::Update { .. }) => "stale",
        (Mode::Check, Change::Delete) => "stray",
        (Mode::DryRun, Change::Create { .. }) => "create",
        (Mode::DryRun, Change::Update { .. }) => "update",
        (Mode::DryRun, Change::Delete) => "remove",
        (Mode::Write, Change::Create { .. }) => "created",
        (Mode::Write, Change::Update { .. }) => "updated",
        (Mode::Write, Change::Delete) => "removed",
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The first lines of a unified diff from what is on disk to what should be there.
fn short_diff(old: &[u8], new: &[u8], most: usize) -> Vec<String> {
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else {
        return vec!["(not text)".to_owned()];
    };
    if most == 0 || old.len().max(new.len()) > LARGEST_DIFF {
        return vec!["(diff left out)".to_owned()];
    }
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(1).to_string();
    let mut lines: Vec<_> = text.lines().take(most).map(cut).collect();
    let left = text.lines().count() - lines.len();
    if left > 0 {
        lines.push(format!("… and {left} more lines"));
    }
    lines
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE_WIDTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_short_and_narrow() {
        let old: String = (0..100).map(|n| format!("line {n}\n")).collect();
        let new = old.replace("line 3\n", &"x".repeat(1000)).replace("line", "row");
        let lines = short_diff(old.as_bytes(), new.as_bytes(), DIFF_LINES);
        assert_eq!(lines.len(), DIFF_LINES + 1);
        assert!(lines.iter().all(|line| line.chars().count() <= LINE_WIDTH + 1), "{lines:#?}");
        assert!(lines[DIFF_LINES].starts_with("… and "));
    }

    #[test]
    fn bytes_that_are_no_text_are_not_shown() {
        assert_eq!(short_diff(b"\xff", b"a", 9), ["(not text)"]);
    }
}
