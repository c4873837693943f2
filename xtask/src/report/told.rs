//! Diagnostics as people read them: what is said many times is said once, with how often.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use lockstep_generator::diagnostic::{Diagnostic, Diagnostics, Place, Printer, Severity};
use lockstep_generator::visible;

/// So many other places of one message are named.
const PLACES: usize = 5;
/// Notes of one code beyond this are the norm in a document, and worth a line.
const NORM: usize = 3;

/// One message, and everywhere it is said.
struct Said<'d> {
    first: &'d Diagnostic,
    again: Vec<&'d Place>,
}

/// The text for all of them.
pub(super) fn told(diagnostics: &Diagnostics, printer: &Printer<'_>) -> String {
    let mut text = String::new();
    let mut counts: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    for diagnostic in diagnostics.iter() {
        *counts.entry((diagnostic.severity, diagnostic.code)).or_default() += 1;
    }
    let is_norm =
        |of: &Diagnostic| of.severity == Severity::Note && counts[&(of.severity, of.code)] > NORM;
    let mut shown: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    for said in grouped(diagnostics) {
        let key = (said.first.severity, said.first.code);
        let times = shown.entry(key).or_default();
        *times += 1;
        if is_norm(said.first) {
            if *times == 1 {
                let _ = writeln!(text, "{}\n", norm(said.first, counts[&key]));
            }
        } else if *times <= most(said.first.severity) {
            let _ = writeln!(text, "{}{}\n", printer.render(said.first), elsewhere(&said.again));
        }
    }
    let mut cut = false;
    for ((severity, code), times) in shown {
        let left = times.saturating_sub(most(severity));
        if left > 0 && severity != Severity::Note {
            let _ = writeln!(text, "{left} more of {code}");
            cut = true;
        }
    }
    if cut
        || counts.iter().any(|((severity, _), times)| *severity == Severity::Note && *times > NORM)
    {
        text.push_str("(`--message-format json` tells all of them)\n\n");
    }
    text
}

/// Messages in the order in which they are first said.
fn grouped(diagnostics: &Diagnostics) -> Vec<Said<'_>> {
    let mut list: Vec<Said<'_>> = Vec::new();
    let mut known: HashMap<(Severity, &str, &str), usize> = HashMap::new();
    for diagnostic in diagnostics.iter() {
        let key = (diagnostic.severity, diagnostic.code, diagnostic.message.as_str());
        match known.get(&key) {
            Some(&index) => list[index].again.push(&diagnostic.place),
            None => {
                known.insert(key, list.len());
                list.push(Said { first: diagnostic, again: Vec::new() });
            }
        }
    }
    list
}

fn norm(first: &Diagnostic, times: usize) -> String {
    let place = match &first.place {
        Place::Nowhere => String::new(),
        place => format!(", first at {place}"),
    };
    let line = format!("note[{}]: {} ({times} times{place})", first.code, first.message);
    visible::text(&line).to_string()
}

fn elsewhere(places: &[&Place]) -> String {
    if places.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = places.iter().take(PLACES).map(ToString::to_string).collect();
    if places.len() > PLACES {
        names.push(format!("{} more places", places.len() - PLACES));
    }
    visible::text(&format!("\n  = the same at {}", names.join(", "))).to_string()
}

/// How many messages of one code people are shown: a few say it all.
fn most(severity: Severity) -> usize {
    match severity {
        Severity::Error => 50,
        Severity::Warning => 10,
        Severity::Note => NORM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_generator::diagnostic::Style;

    #[test]
    fn what_is_said_often_is_said_once() {
        let at = |line| Place::At { file: "a.yaml".into(), line, column: 1 };
        let mut diagnostics = Diagnostics::new();
        for line in 1..=10 {
            diagnostics
                .push(Diagnostic::warning("unknown-type", "`numeric` is no type").at(at(line)));
            diagnostics.push(Diagnostic::note("no-success", format!("reply {line}")).at(at(line)));
        }
        diagnostics.push(Diagnostic::note("rare", "once"));
        let text = told(&diagnostics, &Printer::new(&[], Style::Plain));
        assert_eq!(
            text,
            "warning[unknown-type]: `numeric` is no type\n--> a.yaml:1:1\n  = the same at a.yaml:2:1, a.yaml:3:1, a.yaml:4:1, \
             a.yaml:5:1, a.yaml:6:1, 4 more places\n\nnote[no-success]: reply 1 (10 times, first at a.yaml:1:1)\n\n\
             note[rare]: once\n\n(`--message-format json` tells all of them)\n\n"
        );
    }
}
