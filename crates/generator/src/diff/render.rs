//! The report: for people at a terminal, for a pull request, and for scripts.
//!
//! Names in it come from documents, so they are data: a line break in one makes no line, and a bracket in one makes no
//! link.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Change, Changes, Class, Verdict, Version, machines, overview};
use crate::diagnostic::Place;
use crate::visible::{json as json_text, line};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// For the body of a pull request.
    Markdown,
    /// For scripts: one object.
    Json,
    /// For GitHub: one annotation of a workflow for each change.
    Github,
    /// For build servers: a test suite in the form of JUnit, in which each breaking change is a failure.
    Junit,
}

/// So many places, and so many effects, are shown of one change.
const SPOTS: usize = 3;
const REASONS: usize = 8;
/// The body of a pull request may not be longer than 65,536 characters.
const LONGEST: usize = 60_000;

pub(super) fn render(changes: &Changes, format: Format, version: Option<Version>) -> String {
    match format {
        Format::Text => text(changes, version),
        Format::Markdown => markdown(changes, version),
        Format::Github => machines::github(changes),
        Format::Junit => machines::junit(changes),
        Format::Json => json_text(&format!("{:#}\n", value(changes, version))).into_owned(),
    }
}

/// The classes, the worst first.
pub(super) const CLASSES: [Class; 5] =
    [Class::Breaking, Class::Addition, Class::Fix, Class::Docs, Class::None];

/// The verdicts in one line.
pub(super) fn summary(changes: &Changes, version: Option<Version>) -> String {
    if changes.list.is_empty() {
        return "Nothing changed.".to_owned();
    }
    let counts: Vec<String> = CLASSES
        .into_iter()
        .map(|class| (class, changes.count(class)))
        .filter(|(_, count)| *count > 0)
        .map(|(class, count)| format!("{count} {}", label(class)))
        .collect();
    let next = match (version, changes.release()) {
        (_, Class::None | Class::Docs) => "no release is due".to_owned(),
        (None, class) => format!("the next release is {}", article(class)),
        (Some(version), class) => format!(
            "the next release is {}: {} after {version}",
            article(class),
            version.after(class)
        ),
    };
    format!(
        "{} ({} on the wire, {} in Rust); {next}",
        counts.join(", "),
        word(changes.wire()),
        word(changes.rust())
    )
}

pub(super) fn label(class: Class) -> &'static str {
    match class {
        Class::None => "without effect",
        other => other.as_str(),
    }
}

pub(super) fn word(class: Class) -> &'static str {
    match class {
        Class::None => "nothing",
        other => other.as_str(),
    }
}

fn article(class: Class) -> &'static str {
    match class {
        Class::Breaking => "a breaking one",
        Class::Addition => "an addition",
        Class::Fix | Class::Docs | Class::None => "a fix",
    }
}

fn text(changes: &Changes, version: Option<Version>) -> String {
    let mut out = summary(changes, version);
    out.push('\n');
    for (index, (resource, words)) in overview::lines(changes).into_iter().enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        let _ = writeln!(out, "{gap}  {}: {words}", line(&resource));
    }
    for change in &changes.list {
        let _ = writeln!(out, "\n{}: {}", label(change.class()), line(&change.title));
        for spot in change.spots.iter().take(SPOTS) {
            let _ = writeln!(
                out,
                "  at {}{}",
                line(&spot.at),
                line(&between(&spot.before, &spot.after, "  "))
            );
        }
        if change.spots.len() > SPOTS {
            let _ = writeln!(out, "  and at {} more places", change.spots.len() - SPOTS);
        }
        if change.wire.class != Class::Docs || change.rust.class != Class::Docs {
            verdict(&mut out, "wire", change.wire.class, &change.wire.reasons);
            verdict(&mut out, "Rust", change.rust.class, &overview::reasons(change));
        }
        if let Some(help) = &change.help {
            let _ = writeln!(out, "  help: {}", line(help));
        }
        if let Some(told) = acknowledged(change) {
            let _ = writeln!(out, "  {}", line(&told));
        }
    }
    for note in &changes.notes {
        let _ = writeln!(out, "\nnote: {}", line(note));
    }
    out
}

fn acknowledged(change: &Change) -> Option<String> {
    let one = change.acknowledged.as_ref()?;
    Some(format!("acknowledged until {}: {}", one.until, one.reason.0))
}

fn verdict(out: &mut String, side: &str, class: Class, reasons: &[String]) {
    let reasons = shown(reasons);
    let class = word(class);
    let mut reasons = reasons.iter();
    let first = reasons.next().map(|reason| format!(": {}", line(reason))).unwrap_or_default();
    let _ = writeln!(out, "  {side} {class}{first}");
    for reason in reasons {
        let _ =
            writeln!(out, "  {:width$}{}", "", line(reason), width = side.len() + class.len() + 3);
    }
}

fn shown(reasons: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = reasons.iter().take(REASONS).cloned().collect();
    if reasons.len() > REASONS {
        shown.push(format!("and {} more", reasons.len() - REASONS));
    }
    shown
}

/// `  (a.yaml:1:2 → b.yaml:3:4)`; a side that there is not is left out.
fn between(before: &Place, after: &Place, gap: &str) -> String {
    match (before, after) {
        (Place::Nowhere, Place::Nowhere) => String::new(),
        (Place::Nowhere, after) => format!("{gap}(→ {after})"),
        (before, Place::Nowhere) => format!("{gap}({before} →)"),
        (before, after) => format!("{gap}({before} → {after})"),
    }
}

fn markdown(changes: &Changes, version: Option<Version>) -> String {
    let mut out = format!("{}\n", escaped(&summary(changes, version)));
    for (index, (resource, words)) in overview::lines(changes).into_iter().enumerate() {
        let head = if index == 0 { "\n| resource | changes |\n|---|---|\n" } else { "" };
        let _ = writeln!(out, "{head}| {} | {words} |", escaped(&resource));
    }
    let mut last = None;
    for (index, change) in changes.list.iter().enumerate() {
        let mut part = String::new();
        let class = change.class();
        if last.replace(class) != Some(class) {
            let _ = writeln!(part, "\n### {}\n", heading(class));
        }
        item(&mut part, change);
        if out.len() + part.len() > LONGEST {
            let _ = writeln!(
                out,
                "\nand {} more; `cargo xtask diff` lists them all",
                changes.list.len() - index
            );
            break;
        }
        out.push_str(&part);
    }
    for note in &changes.notes {
        let _ = writeln!(out, "\n{}", escaped(note));
    }
    out
}

fn heading(class: Class) -> &'static str {
    match class {
        Class::Breaking => "Breaking",
        Class::Addition => "Additions",
        Class::Fix => "Fixes",
        Class::Docs => "Docs",
        Class::None => "Without effect",
    }
}

fn item(out: &mut String, change: &Change) {
    let _ = writeln!(out, "- **{}**", escaped(&change.title));
    if change.wire.class != Class::Docs || change.rust.class != Class::Docs {
        let rust = overview::reasons(change);
        for (side, class, reasons) in
            [("wire", change.wire.class, &change.wire.reasons), ("Rust", change.rust.class, &rust)]
        {
            let reasons: Vec<String> =
                shown(reasons).iter().map(|reason| escaped(reason)).collect();
            let _ = writeln!(out, "  - {side} **{}**: {}", word(class), reasons.join("; "));
        }
    }
    for spot in change.spots.iter().take(SPOTS) {
        let _ = writeln!(
            out,
            "  - at {}{}",
            code(&spot.at),
            escaped(&between(&spot.before, &spot.after, " "))
        );
    }
    if change.spots.len() > SPOTS {
        let _ = writeln!(out, "  - and at {} more places", change.spots.len() - SPOTS);
    }
    if let Some(help) = &change.help {
        let _ = writeln!(out, "  - {}", escaped(help));
    }
    if let Some(told) = acknowledged(change) {
        let _ = writeln!(out, "  - {}", escaped(&told));
    }
}

/// A code span that nothing in the text can end.
fn code(text: &str) -> String {
    format!("`{}`", line(text).replace('`', "'"))
}

/// Text with code spans in backticks, for Markdown: what is outside of them is no markup.
pub(super) fn escaped(text: &str) -> String {
    let text = line(text);
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len() + 16);
    for (index, part) in parts.iter().enumerate() {
        let is_code = index % 2 == 1 && index + 1 < parts.len();
        if is_code {
            // Two spans side by side would make one fence of two backticks.
            if out.ends_with('`') {
                out.push(' ');
            }
            if !part.is_empty() {
                let _ = write!(out, "`{part}`");
            }
            continue;
        }
        for c in part.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '\\' | '*' | '_' | '[' | ']' | '!' | '#' | '|' | '~' => {
                    out.push('\\');
                    out.push(c);
                }
                // Nobody is to be called by a document.
                '@' => out.push_str("&#64;"),
                c => out.push(c),
            }
        }
    }
    out
}

fn value(changes: &Changes, version: Option<Version>) -> Value {
    let place = |place: &Place| match place {
        Place::Nowhere => Value::Null,
        Place::File(file) => json!({ "file": file }),
        Place::At { file, line, column } => json!({ "file": file, "line": line, "column": column }),
        Place::Pointer(pointer) | Place::Written(_, pointer) => {
            json!({ "pointer": pointer.as_str() })
        }
    };
    let verdict =
        |verdict: &Verdict| json!({ "class": verdict.class.as_str(), "reasons": verdict.reasons });
    let list: Vec<Value> = changes
        .list
        .iter()
        .map(|change| {
            let spots: Vec<Value> =
                change.spots.iter().map(|spot| json!({ "at": spot.at, "before": place(&spot.before), "after": place(&spot.after) })).collect();
            let mut object = json!({
                "code": change.code,
                "title": change.title,
                "class": change.class().as_str(),
                "wire": verdict(&change.wire),
                "rust": verdict(&change.rust),
                "spots": spots,
            });
            if let Some(help) = &change.help {
                object["help"] = help.clone().into();
            }
            if let Some(one) = &change.acknowledged {
                object["acknowledged"] = json!({ "reason": one.reason.0, "until": one.until.to_string() });
            }
            object
        })
        .collect();
    let mut report = json!({
        "wire": changes.wire().as_str(),
        "rust": changes.rust().as_str(),
        "release": changes.release().as_str(),
    });
    if let Some(version) = version {
        report["version"] = version.to_string().into();
        report["next_version"] = version.after(changes.release()).to_string().into();
    }
    report["changes"] = list.into();
    if !changes.notes.is_empty() {
        report["notes"] = changes.notes.clone().into();
    }
    report
}
