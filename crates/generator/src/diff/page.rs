//! The report as one page for a browser: before and after side by side, filtered by class and resource.
//!
//! All that it shows comes from documents, so all of it is escaped; and the page runs no script and loads nothing, which
//! its policy says to the browser too. It filters by style sheet alone.

use std::fmt::Write as _;

use indexmap::IndexSet;

use super::machines::xml;
use super::render::{CLASSES, label, summary, word};
use super::{Change, Changes, Spot, Version, overview};
use crate::Source;
use crate::diagnostic::Place;
use crate::visible::line;

/// So many places of one change are shown with their lines.
const SPOTS: usize = 4;

/// Lines before and after the place itself.
const BEFORE: usize = 2;
const AFTER: usize = 5;

/// Letters of a line: documents of one line are not shown whole.
const WIDEST: usize = 160;

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --bad: #c62828; --good: #2e7d32; --mend: #b26a00; --quiet: #777; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin: 0; }
form { border-block: 1px solid var(--line); padding: .6rem 0; position: sticky; top: 0; background: Canvas; }
fieldset { border: 0; padding: 0 0 0 6rem; margin: 0 0 .2rem; position: relative; } legend { position: absolute; left: 0; top: 0; padding: 0; color: var(--quiet); }
label { display: inline-block; margin-right: .9rem; }
article { border: 1px solid var(--line); border-left: .35rem solid var(--quiet); border-radius: .3rem; margin: 1rem 0; padding: .7rem 1rem; overflow-wrap: anywhere; }
.breaking { border-left-color: var(--bad); } .addition { border-left-color: var(--good); } .fix { border-left-color: var(--mend); }
dl { display: grid; grid-template-columns: 7rem minmax(0, 1fr); margin: .4rem 0; } dt { color: var(--quiet); } dd { margin: 0; }
p { margin: .6rem 0 0; } .sides { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; } @media (max-width: 50rem) { .sides { grid-template-columns: minmax(0, 1fr); } fieldset { padding-left: 0; } legend { position: static; } }
figure { margin: .3rem 0; min-width: 0; } figcaption { color: var(--quiet); font-size: .85rem; overflow-wrap: anywhere; }
code { font-size: .92em; background: #8882; border-radius: .2rem; padding: 0 .2rem; }
pre { margin: 0; padding: .4rem; overflow: auto; background: #8881; font-size: .8rem; } mark { background: #fd06; color: inherit; display: inline-block; min-width: 100%; }
";

/// The page. `before` and `after` are the texts that the places lie in.
pub(super) fn page(
    changes: &Changes,
    version: Option<Version>,
    before: &[Source<'_>],
    after: &[Source<'_>],
) -> String {
    let resources: IndexSet<&str> =
        changes.list.iter().map(|change| change.resource.as_str()).collect();
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    out.push_str(
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>What changed</title>\n",
    );
    let _ = writeln!(out, "<style>{STYLE}{}</style>", filters(resources.len()));
    let _ = writeln!(out, "<h1>What changed</h1>\n<p>{}</p>", escaped(&summary(changes, version)));
    choices(&mut out, changes, &resources);
    for change in &changes.list {
        let resource = resources.get_index_of(change.resource.as_str()).unwrap_or_default();
        article(&mut out, change, resource, before, after);
    }
    out.push_str("</html>\n");
    out
}

/// The rules that hide what was not chosen.
fn filters(resources: usize) -> String {
    let mut out = String::new();
    let mut hide = |id: &str| {
        let _ = writeln!(out, "body:has(#{id}:checked) article:not(.{id}) {{ display: none; }}");
    };
    CLASSES.iter().for_each(|class| hide(class.as_str()));
    (0..resources).for_each(|index| hide(&format!("r{index}")));
    out
}

fn choices(out: &mut String, changes: &Changes, resources: &IndexSet<&str>) {
    let one = |group: &str, id: &str, text: &str, count: usize| {
        let checked = if id.ends_with("-all") { " checked" } else { "" };
        format!(
            "<label><input type=\"radio\" name=\"{group}\" id=\"{id}\"{checked}> {} ({count})</label>",
            escaped(text)
        )
    };
    let all = changes.list.len();
    let _ = writeln!(
        out,
        "<form>\n<fieldset><legend>Class</legend>{}",
        one("class", "class-all", "all", all)
    );
    for class in CLASSES.into_iter().filter(|class| changes.count(*class) > 0) {
        let _ =
            writeln!(out, "{}", one("class", class.as_str(), label(class), changes.count(class)));
    }
    let _ = writeln!(
        out,
        "</fieldset>\n<fieldset><legend>Resource</legend>{}",
        one("resource", "resource-all", "all", all)
    );
    for (index, resource) in resources.iter().enumerate() {
        let count = changes.list.iter().filter(|change| change.resource == *resource).count();
        let text = if resource.is_empty() { "the whole" } else { resource };
        let _ = writeln!(out, "{}", one("resource", &format!("r{index}"), text, count));
    }
    out.push_str("</fieldset>\n</form>\n");
}

fn article(
    out: &mut String,
    change: &Change,
    resource: usize,
    before: &[Source<'_>],
    after: &[Source<'_>],
) {
    let _ = writeln!(
        out,
        "<article class=\"{} r{resource}\">\n<h2>{}: {}</h2>\n<dl>",
        change.class().as_str(),
        label(change.class()),
        marked(&change.title)
    );
    let rust = overview::reasons(change);
    for (side, class, reasons) in [
        ("On the wire", change.wire.class, &change.wire.reasons),
        ("In Rust", change.rust.class, &rust),
    ] {
        let reasons: Vec<String> = reasons.iter().map(|reason| marked(reason)).collect();
        let _ = writeln!(out, "<dt>{side}<dd><b>{}</b>: {}", word(class), reasons.join("<br>"));
    }
    if let Some(help) = &change.help {
        let _ = writeln!(out, "<dt>What to do<dd>{}", marked(help));
    }
    if let Some(one) = &change.acknowledged {
        let told = format!("until {}: {}", one.until, one.reason.0);
        let _ = writeln!(out, "<dt>Acknowledged<dd>{}", escaped(&told));
    }
    out.push_str("</dl>\n");
    for spot in change.spots.iter().take(SPOTS) {
        sides(out, spot, before, after);
    }
    if change.spots.len() > SPOTS {
        let _ = writeln!(out, "<p>and at {} more places</p>", change.spots.len() - SPOTS);
    }
    out.push_str("</article>\n");
}

fn sides(out: &mut String, spot: &Spot, before: &[Source<'_>], after: &[Source<'_>]) {
    let _ = writeln!(out, "<p>{}</p>\n<div class=\"sides\">", escaped(&spot.at));
    for (place, sources) in [(&spot.before, before), (&spot.after, after)] {
        match place {
            Place::At { file, line, column } => {
                let _ = write!(
                    out,
                    "<figure><figcaption>{}:{line}:{column}</figcaption><pre>",
                    escaped(file)
                );
                let text = sources.iter().find(|source| source.path == file);
                let text = text.map_or("", |source| source.text);
                excerpt(out, text, *line as usize, *column as usize);
                out.push_str("</pre></figure>\n");
            }
            Place::File(file) => {
                let _ =
                    writeln!(out, "<figure><figcaption>{}</figcaption></figure>", escaped(file));
            }
            Place::Pointer(_) | Place::Written(..) | Place::Nowhere => {
                out.push_str("<figure><figcaption>not there</figcaption></figure>\n");
            }
        }
    }
    out.push_str("</div>\n");
}

/// The lines around one, which is marked, and of long ones the part around the place.
fn excerpt(out: &mut String, text: &str, at: usize, column: usize) {
    let first = at.saturating_sub(BEFORE).max(1);
    for (number, own) in text.lines().enumerate().skip(first - 1).take(BEFORE + 1 + AFTER) {
        let from = if number + 1 == at && column > WIDEST / 2 { column - WIDEST / 2 } else { 0 };
        let shown: String = own.chars().skip(from).take(WIDEST).collect();
        let (start, end) = (if from > 0 { "…" } else { "" }, own.chars().nth(from + WIDEST));
        let shown = format!("{start}{}{}", escaped(&shown), if end.is_some() { "…" } else { "" });
        let _ = if number + 1 == at {
            writeln!(out, "<mark>{:>5} {shown}</mark>", number + 1)
        } else {
            writeln!(out, "{:>5} {shown}", number + 1)
        };
    }
}

/// The same with what stands between backticks written as code.
fn marked(text: &str) -> String {
    let text = escaped(text);
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick that nothing closes is only a backtick.
    if parts.len().is_multiple_of(2) {
        return text;
    }
    let parts = parts.iter().enumerate().map(|(index, part)| match index % 2 {
        1 => format!("<code>{part}</code>"),
        _ => (*part).to_owned(),
    });
    parts.collect()
}

/// Text that is nothing but text in a page, on one line.
fn escaped(text: &str) -> String {
    xml(&line(text))
}
