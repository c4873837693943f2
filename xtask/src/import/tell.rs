//! What an import says: one line for each operation.

use serde_json::json;

use super::merge::Merged;
use crate::cli::Mode;
use crate::disk::Plan;
use crate::report::Report;

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Added,
    Changed,
    Unchanged,
    Removed,
    Refused,
}

impl What {
    const ALL: [Self; 5] =
        [Self::Added, Self::Changed, Self::Unchanged, Self::Removed, Self::Refused];

    fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Removed => "removed",
            Self::Refused => "refused",
        }
    }
}

/// One operation, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) what: What,
    pub(crate) operation: String,
    pub(crate) file: Option<String>,
    pub(crate) reason: Option<String>,
}

/// Tells all of it, and what is to be done next.
pub(crate) fn tell(merged: &Merged, plan: &Plan, mode: Mode, report: &mut Report<'_>) {
    for event in &merged.events {
        let word = event.what.word();
        let more = event
            .reason
            .as_ref()
            .or(event.file.as_ref())
            .map(|more| format!(" ({more})"))
            .unwrap_or_default();
        let text = format!("{word:>9}  {}{more}", event.operation);
        let object = json!({
            "type": "operation",
            "what": word,
            "operation": event.operation,
            "file": event.file,
            "reason": event.reason,
        });
        report.told(&text, &object);
    }
    let count = |what: What| merged.events.iter().filter(|event| event.what == what).count();
    let counts: Vec<String> = What::ALL
        .iter()
        .filter(|what| count(**what) > 0)
        .map(|what| format!("{} {}", count(*what), what.word()))
        .collect();
    let mut text =
        format!("{}; {} in all", counts.join(", "), several(merged.operations, "operation"));
    if merged.guides > 0 {
        let sections = several(merged.guides, "section");
        text.push_str(&format!("; {sections} without an operation passed over"));
    }
    let next = match (plan.is_fresh(), mode) {
        (true, _) => "nothing to write",
        (false, Mode::Write) => "look at `cargo xtask diff`, then run `cargo xtask regenerate`",
        (false, Mode::DryRun | Mode::Check) => "nothing was written",
    };
    let object = json!({
        "type": "summary",
        "added": count(What::Added),
        "changed": count(What::Changed),
        "unchanged": count(What::Unchanged),
        "removed": count(What::Removed),
        "refused": count(What::Refused),
        "guides": merged.guides,
        "operations": merged.operations,
        "files": plan.changes().keys().collect::<Vec<_>>(),
    });
    report.told(&format!("{text}\n{next}"), &object);
}

fn several(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
