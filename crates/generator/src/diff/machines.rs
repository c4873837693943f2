//! The report for machines that show it at their own places: annotations of GitHub, and test results.
//!
//! Titles come from documents: nothing in one ends an annotation or a tag.

use std::fmt::Write as _;

use super::render::word;
use super::{Change, Changes, Class, overview};
use crate::diagnostic::Place;
use crate::visible::line;

/// One workflow command for each change that somebody notices, at its first place.
pub(super) fn github(changes: &Changes) -> String {
    let mut out = String::new();
    for change in changes.list.iter().filter(|change| change.class() > Class::Docs) {
        let level = match change.class() {
            _ if change.acknowledged.is_some() => "notice",
            Class::Breaking => "error",
            Class::Fix | Class::Addition | Class::Docs | Class::None => "notice",
        };
        let at = change.spots.first().map(place).unwrap_or_default();
        let title = property(&line(&change.title));
        let _ = writeln!(out, "::{level} {at}title={title}::{}", data(&effects(change)));
    }
    out
}

fn place(spot: &super::Spot) -> String {
    // What is gone is shown where it was.
    let place = if spot.after == Place::Nowhere { &spot.before } else { &spot.after };
    match place {
        Place::At { file, line, column } => {
            format!("file={},line={line},col={column},", property(file))
        }
        Place::File(file) => format!("file={},", property(file)),
        Place::Pointer(_) | Place::Written(..) | Place::Nowhere => String::new(),
    }
}

/// Both verdicts with their reasons, a line each.
fn effects(change: &Change) -> String {
    let rust = overview::reasons(change);
    let wire = (change.wire.class, &change.wire.reasons);
    let sides = [("wire", wire.0, wire.1), ("Rust", change.rust.class, &rust)];
    let mut lines: Vec<String> = sides
        .iter()
        .map(|(side, class, reasons)| {
            let reasons: Vec<_> = reasons.iter().map(|reason| line(reason)).collect();
            format!("{side} {}: {}", word(*class), reasons.join("; "))
        })
        .collect();
    if let Some(one) = &change.acknowledged {
        lines.push(
            line(&format!("acknowledged until {}: {}", one.until, one.reason.0)).into_owned(),
        );
    }
    lines.join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A test suite: every change is a test, and one that breaks somebody who has not accepted it fails.
pub(super) fn junit(changes: &Changes) -> String {
    let fails =
        |change: &Change| change.class() == Class::Breaking && change.acknowledged.is_none();
    let failures = changes.list.iter().filter(|change| fails(change)).count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"diff\" tests=\"{}\" failures=\"{failures}\">\n",
        changes.list.len()
    );
    for change in &changes.list {
        let (rule, name) = (xml(change.code), xml(&line(&change.title)));
        let _ = write!(out, "    <testcase classname=\"{rule}\" name=\"{name}\"");
        let body = xml(&effects(change));
        let _ = if fails(change) {
            writeln!(
                out,
                "><failure type=\"breaking\" message=\"{name}\">{body}</failure></testcase>"
            )
        } else {
            writeln!(out, "><system-out>{body}</system-out></testcase>")
        };
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// Text in XML and HTML, in attributes too; characters that XML has no way to write are left out.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Spot, Verdict};
    use super::*;

    fn hostile() -> Changes {
        let change = Change {
            code: "operation-removed",
            title: "`GET /a` ::error::x, <script>\"&'\n::warning::y % is gone".into(),
            resource: "a".into(),
            spots: vec![Spot {
                at: "GET /a".into(),
                before: Place::At { file: "a,b:c.yaml".into(), line: 3, column: 5 },
                after: Place::Nowhere,
            }],
            wire: Verdict::new(Class::Breaking, "gone\n]]></failure>"),
            rust: Verdict::new(Class::Breaking, "`a().get()` is gone"),
            help: None,
            acknowledged: None,
        };
        Changes { list: vec![change], ..Changes::default() }
    }

    #[test]
    fn no_title_ends_an_annotation() {
        let text = github(&hostile());
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with("::error file=a%2Cb%3Ac.yaml,line=3,col=5,title="), "{text}");
        assert!(text.contains(" %25 is gone::wire breaking: gone"), "{text}");
        // The command ends at its first `::`, which is ours.
        let properties = text[2..].split("::").next().expect("properties");
        assert!(properties.contains("%3A%3Aerror%3A%3Ax%2C <script>"), "{properties}");
    }

    #[test]
    fn no_title_ends_a_tag() {
        let text = junit(&hostile());
        assert!(text.contains("tests=\"1\" failures=\"1\""), "{text}");
        assert_eq!(text.matches("</failure>").count(), 1, "{text}");
        assert!(text.contains("&lt;script&gt;&quot;&amp;&apos;"), "{text}");
    }

    #[test]
    fn what_is_accepted_fails_nothing() {
        let mut changes = hostile();
        let accepted = serde_json::json!({ "rule": "operation-removed", "reason": "agreed", "until": "2026-12-31" });
        changes.list[0].acknowledged = Some(serde_json::from_value(accepted).expect("one"));
        assert!(github(&changes).starts_with("::notice "));
        assert!(junit(&changes).contains("failures=\"0\""));
    }
}
