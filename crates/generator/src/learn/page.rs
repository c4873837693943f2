//! What was learnt as one page for a browser: for each operation a table of its fields, with a bar for how often each was
//! there, null, or absent, and the findings beside it. It needs nothing else, and runs no script.

use std::fmt::Write as _;

use super::exchange::Book;
use super::find::place_name;
use super::forms::{Forms, Id, More};
use super::{Base, Finding, Learnt};
use crate::pointer::Pointer;

/// More rows than this nobody reads; they are counted.
const MOST_ROWS: usize = 5_000;
/// How deep fields are shown.
const DEEPEST: usize = 24;

/// The fields of one reply.
#[derive(Clone, Debug)]
pub(super) struct Section {
    title: String,
    rows: Vec<Row>,
}

/// A field.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    at: Pointer,
    seen: u64,
    null: u64,
    /// In how many objects it could have been.
    of: u64,
    kinds: String,
}

/// Everything that was counted at places of the document, by operation and status.
pub(super) fn sections(_: &Base, book: &Book) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut left = MOST_ROWS;
    for ((path, method), operation) in &book.operations {
        for (status, id) in operation.schemas() {
            let count = operation.statuses.get(&status).copied().unwrap_or_default();
            let title =
                format!("{} {path} — {status}, {count} replies", method.to_ascii_uppercase());
            let mut walk = Walk { book, rows: Vec::new(), around: Vec::new(), left };
            walk.rows(&book.forms, id, "", None);
            left = walk.left;
            sections.push(Section { title, rows: walk.rows });
        }
    }
    sections
}

struct Walk<'b> {
    book: &'b Book,
    rows: Vec<Row>,
    around: Vec<Id>,
    left: usize,
}

impl Walk<'_> {
    fn rows(&mut self, forms: &Forms, id: Id, name: &str, had: Option<(u64, u64)>) {
        let Some(tally) = self.book.tallies.list.get(id) else { return };
        if self.left == 0 || self.around.contains(&id) || self.around.len() > DEEPEST {
            return;
        }
        let (form, shape) = (&forms.list[id], &tally.shape);
        if !name.is_empty() {
            self.left -= 1;
            let (seen, of) = had.unwrap_or((shape.seen, shape.seen));
            let null = if had.is_some_and(|(seen, _)| seen != shape.seen) { 0 } else { shape.null };
            self.rows.push(Row {
                name: name.to_owned(),
                at: form.at.clone(),
                seen,
                null,
                of,
                kinds: shape.words(),
            });
        }
        self.around.push(id);
        let below =
            |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
        for (property, inner) in &form.properties {
            let had = tally.had.get(property).copied().unwrap_or_default();
            self.rows(forms, *inner, &below(property), Some((had, shape.kinds.object)));
        }
        if let Some(items) = form.items {
            self.rows(forms, items, &below("[]"), None);
        }
        if let More::Schema(more) = form.more {
            self.rows(forms, more, &below("{}"), None);
        }
        for part in form.all.iter().chain(&form.any) {
            self.rows(forms, *part, name, had);
        }
        self.around.pop();
    }
}

const STYLE: &str = "
:root{color-scheme:light dark;--ok:#2e7d4f;--null:#c98a1b;--gone:#8888;--line:#8884}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.05rem;margin-top:2.5rem;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
td:first-child{overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:.85rem}
.bar{display:flex;width:9rem;height:.8rem;background:var(--gone);border-radius:2px;overflow:hidden}
.bar i{background:var(--ok)}.bar b{background:var(--null)}
.fate{font-size:.75rem;text-transform:uppercase;letter-spacing:.05em;border:1px solid;border-radius:3px;padding:0 .3rem}
pre{background:#8881;padding:.7rem;overflow:auto;font-size:.8rem}
@media(max-width:40rem){.bar{width:4rem}}
";

/// The page.
pub(super) fn page(learnt: &Learnt) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width\">");
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    let _ =
        write!(out, "<title>What traffic says</title><style>{STYLE}</style></head><body><main>");
    let counts = &learnt.counts;
    let _ = write!(
        out,
        "<h1>What traffic says of the document</h1><p>{} exchanges in {} recordings, of which {} replies were held against the document.</p>",
        counts.exchanges, counts.files, counts.replies
    );
    let left: Vec<String> = counts
        .left_out()
        .iter()
        .map(|(count, why)| format!("<li>{count} {}</li>", text(why)))
        .collect();
    if !left.is_empty() {
        let _ = write!(out, "<ul>{}</ul>", left.concat());
    }
    out.push_str("<h2>Findings</h2>");
    if learnt.findings.is_empty() {
        out.push_str("<p>Nothing: the document says what the wire sends.</p>");
    } else {
        out.push_str("<table><thead><tr><th>Where</th><th>What</th><th>For Rust programs</th></tr></thead><tbody>");
        learnt.findings.iter().for_each(|finding| row(&mut out, finding));
        out.push_str("</tbody></table>");
    }
    actions(&mut out, learnt);
    for section in &learnt.rows {
        fields(&mut out, section, &learnt.findings);
    }
    out.push_str("</main></body></html>\n");
    out
}

fn row(out: &mut String, finding: &Finding) {
    let places = match finding.at.as_slice() {
        [] => "—".to_owned(),
        [one] => text(&place_name(one)),
        [first, rest @ ..] => format!("{} and {} more", text(&place_name(first)), rest.len()),
    };
    let effect = finding.effect.as_ref().map_or_else(String::new, |effect| {
        let reasons: Vec<String> = effect.reasons.iter().map(|reason| text(reason)).collect();
        format!("<b>{}</b> {}", effect.class.as_str(), reasons.join("; "))
    });
    let _ = write!(
        out,
        "<tr><td>{places}</td><td><span class=\"fate\">{}</span> {} <small>({})</small></td><td>{effect}</td></tr>",
        finding.fate.as_str(),
        text(&finding.message),
        finding.code
    );
}

/// The actions to copy.
fn actions(out: &mut String, learnt: &Learnt) {
    for (title, fate) in [
        ("Actions that --write appends", super::Fate::Written),
        ("Actions that a person may append", super::Fate::Proposed),
    ] {
        let list: Vec<_> = learnt
            .findings
            .iter()
            .filter(|finding| finding.fate == fate)
            .flat_map(|finding| &finding.corrections)
            .map(super::Correction::to_value)
            .collect();
        if let Some(yaml) = crate::read::to_yaml(&list.clone().into()).filter(|_| !list.is_empty())
        {
            let _ = write!(out, "<h2>{title}</h2><pre>{}</pre>", text(&yaml));
        }
    }
}

fn fields(out: &mut String, section: &Section, findings: &[Finding]) {
    let _ = write!(out, "<h2>{}</h2>", text(&section.title));
    out.push_str("<table><thead><tr><th>Field</th><th>There, null, absent</th><th>Kinds</th><th>Finding</th></tr></thead><tbody>");
    for row in &section.rows {
        let share = |count: u64| {
            if row.of == 0 { 0.0 } else { 100.0 * count as f64 / row.of.max(1) as f64 }
        };
        let found: Vec<String> = findings
            .iter()
            .filter(|finding| finding.at.contains(&row.at))
            .map(|finding| {
                format!(
                    "<span class=\"fate\">{}</span> {}",
                    finding.fate.as_str(),
                    text(&finding.message)
                )
            })
            .collect();
        let there = row.seen.saturating_sub(row.null);
        let _ = write!(
            out,
            "<tr><td>{}</td><td><div class=\"bar\" role=\"img\" aria-label=\"there {there}, null {}, absent {}\"><i style=\"width:{:.1}%\"></i><b style=\"width:{:.1}%\"></b></div>{there} / {} / {}</td><td>{}</td><td>{}</td></tr>",
            text(&row.name),
            row.null,
            row.of.saturating_sub(row.seen),
            share(there),
            share(row.null),
            row.null,
            row.of.saturating_sub(row.seen),
            text(&row.kinds),
            found.join("<br>")
        );
    }
    out.push_str("</tbody></table>");
}

/// Text that is nothing but text.
fn text(text: &str) -> String {
    let visible = crate::visible::text(text);
    let mut out = String::with_capacity(visible.len());
    for letter in visible.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}
