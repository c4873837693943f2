//! Release notes: the entry of a changelog in the form of [Keep a Changelog](https://keepachangelog.com).

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::overview::reasons;
use super::render::escaped;
use super::{Change, Changes, Class};

/// The sections of an entry, in their order.
const SECTIONS: [&str; 5] = ["Added", "Changed", "Deprecated", "Removed", "Fixed"];

const HEADING: &str = "## [Unreleased]";

/// What a changelog begins with.
const PREAMBLE: &str = "# Changelog\n\nEverything that users of this crate notice. The form is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/);\nversions follow [Semantic Versioning](https://semver.org/spec/v2.0.0.html) as cargo reads it.\n";

/// The changelog with the changes under *Unreleased*. What stands there already stands there once. An empty text
/// becomes a changelog.
///
/// ```
/// use lockstep_generator::diff::{Change, Changes, Class, Spot, Verdict, notes};
///
/// let verdict = |class, reason: &str| Verdict { class, reasons: vec![reason.to_owned()] };
/// let change = Change {
///     code: "operation-added",
///     title: "`GET /cats` is new".into(),
///     resource: "cats".into(),
///     spots: vec![Spot { at: "GET /cats".into(), ..Spot::default() }],
///     wire: verdict(Class::Addition, "there is more to ask for"),
///     rust: verdict(Class::Addition, "`cats().list()` is new"),
///     help: None,
///     acknowledged: None,
/// };
/// let once = notes::write("", &Changes { list: vec![change.clone()], ..Changes::default() });
/// assert!(once.contains("## [Unreleased]\n\n### Added\n\n- `GET /cats` is new: `cats().list()` is new.\n"));
/// assert_eq!(notes::write(&once, &Changes { list: vec![change], ..Changes::default() }), once);
/// ```
pub fn write(changelog: &str, changes: &Changes) -> String {
    let text = if changelog.trim().is_empty() { PREAMBLE } else { changelog };
    let (head, entry, tail) = split(text);
    let mut sections = parse(&entry);
    for (section, line) in lines(changes) {
        let position = sections.iter().position(|(name, _)| name == section);
        let index = position.unwrap_or_else(|| {
            sections.push((section.to_owned(), Vec::new()));
            sections.len() - 1
        });
        let lines = &mut sections[index].1;
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    sections.sort_by_key(|(name, _)| {
        SECTIONS
            .iter()
            .position(|known| known == name)
            .map_or(usize::from(!name.is_empty()) * 9, |at| at + 1)
    });
    let mut out = format!("{}\n\n{HEADING}\n", head.trim_end());
    for (name, lines) in sections {
        let body = lines.join("\n");
        let body = body.trim();
        if !name.is_empty() {
            let _ = write!(out, "\n### {name}\n");
        }
        if !body.is_empty() {
            let _ = write!(out, "\n{body}\n");
        }
    }
    if !tail.is_empty() {
        let _ = write!(out, "\n{tail}");
    }
    out
}

/// What stands before *Unreleased*, below it, and from the next heading of its kind on.
fn split(text: &str) -> (String, String, String) {
    let lines: Vec<&str> = text.lines().collect();
    let is_release = |line: &&str| line.starts_with("## ");
    let unreleased = lines
        .iter()
        .position(|line| is_release(line) && line.to_ascii_lowercase().contains("unreleased"));
    let start = unreleased.or_else(|| lines.iter().position(&is_release)).unwrap_or(lines.len());
    let own = if unreleased.is_some() { start + 1 } else { start };
    // Where there are no releases yet, links to them end the text.
    let end = (own..lines.len())
        .find(|index| is_release(&lines[*index]) || is_link(lines[*index]))
        .unwrap_or(lines.len());
    let join = |part: &[&str]| part.iter().map(|line| format!("{line}\n")).collect::<String>();
    (join(&lines[..start]), join(&lines[own..end]), join(&lines[end..]))
}

fn is_link(line: &str) -> bool {
    line.starts_with('[') && line.contains("]: ")
}

/// The sections of an entry by name; what stands before the first one has none.
fn parse(entry: &str) -> Vec<(String, Vec<String>)> {
    let mut sections = vec![(String::new(), Vec::new())];
    for line in entry.lines() {
        match line.strip_prefix("### ") {
            Some(name) => sections.push((name.trim().to_owned(), Vec::new())),
            None => {
                if let Some((_, lines)) = sections.last_mut() {
                    lines.push(line.to_owned());
                }
            }
        }
    }
    // A blank line between heading and list is put there anew.
    for (_, lines) in &mut sections {
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
    }
    sections
}

/// From so many new operations on, they are told by resource.
const MANY: usize = 20;

/// The lines of an entry with their sections. Many new operations are one line for each resource.
fn lines(changes: &Changes) -> Vec<(&'static str, String)> {
    let added: Vec<&Change> =
        changes.list.iter().filter(|change| change.code == "operation-added").collect();
    if added.len() < MANY {
        return changes.list.iter().filter_map(line).collect();
    }
    let mut resources: IndexMap<&str, Vec<&Change>> = IndexMap::new();
    for change in added {
        resources.entry(&change.resource).or_default().push(change);
    }
    let by_resource = resources.into_iter().map(|(resource, added)| {
        let titles: Vec<String> =
            added.iter().map(|change| escaped(change.title.trim_end_matches(" is new"))).collect();
        let count = added.len();
        let operations =
            if count == 1 { "operation".to_owned() } else { format!("{count} operations") };
        ("Added", format!("- `{resource}()`, {operations}: {}.", titles.join(", ")))
    });
    let others = changes.list.iter().filter(|change| change.code != "operation-added");
    others.filter_map(line).chain(by_resource).collect()
}

/// The section and the line of a change; nothing for what users do not notice.
fn line(change: &Change) -> Option<(&'static str, String)> {
    let rust = change.rust.class;
    let section = match (rust, change.wire.class) {
        (Class::Breaking, _) if change.code.ends_with("-removed") => "Removed",
        _ if change.code == "deprecation" => "Deprecated",
        (Class::Breaking, _) => "Changed",
        (Class::Addition, _) => "Added",
        (Class::Fix, _) | (_, Class::Fix) => "Fixed",
        (_, Class::Breaking | Class::Addition) => "Changed",
        (Class::None | Class::Docs, Class::None | Class::Docs) => return None,
    };
    let mark = if rust == Class::Breaking { "**Breaking:** " } else { "" };
    let mut text = format!("{mark}{}", escaped(&change.title));
    let place = change.spots.first().map(|spot| operation(&spot.at)).unwrap_or_default();
    if !place.is_empty() && !change.title.contains(&place) {
        let more = change.spots.len() - 1;
        let _ = write!(text, " (`{}`", place.replace('`', "'"));
        text.push_str(&if more > 0 { format!(" and {more} more)") } else { ")".to_owned() });
    }
    if rust >= Class::Fix {
        let reasons: Vec<String> = reasons(change).iter().map(|reason| escaped(reason)).collect();
        let _ = write!(text, ": {}", reasons.join("; "));
    }
    Some((section, format!("- {text}.")))
}

/// The operation, or the schema, of a place.
fn operation(at: &str) -> String {
    at.split(' ').take(2).collect::<Vec<_>>().join(" ")
}
