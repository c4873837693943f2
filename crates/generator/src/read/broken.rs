//! What is wrong with a text that cannot be read, in the words of those who wrote it.
//!
//! Parsers tell where they gave up. People need to know where it went wrong, and what to do there.

use super::syntax::Problem;

/// A merge that was left unfinished, whatever the parser says about it.
pub(super) fn conflict(text: &str) -> Option<Problem> {
    let marker = |line: &str| {
        ["<<<<<<<", "|||||||", ">>>>>>>"].iter().any(|sign| {
            line.strip_prefix(sign).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        }) || line == "======="
    };
    let (line, _) = text.lines().enumerate().find(|(_, line)| marker(line.trim_end()))?;
    let message = "a merge was left unfinished: this is a conflict marker of version control";
    let help = "keep one of the two versions, and remove the lines with the markers";
    Some(Problem::new("conflict-marker", message, Some((line + 1, 1))).help(help))
}

/// Whether a text that was read as YAML all the same is a merge that was left unfinished.
pub(super) fn is_conflict(text: &str) -> bool {
    text.contains("\n<<<<<<< ") && text.contains("\n>>>>>>> ")
}

/// A better word for what the parser of YAML says of a place, if there is one: `context` is where the thing begins that
/// it was reading.
pub(super) fn yaml(
    text: &str,
    said: &str,
    place: (usize, usize),
    context: Option<(usize, usize)>,
) -> Option<Problem> {
    let line = |number: usize| text.lines().nth(number.checked_sub(1)?);
    let here = line(place.0)?;
    if said.contains("mapping values are not allowed") {
        return Some(colon(text, here, place));
    }
    if said.contains("could not find expected ':'") {
        // The parser reads on in hope of the colon: the culprit is the line that it began with.
        return context.and_then(|at| Some(no_key(line(at.0)?, at)));
    }
    let indent = indent(here);
    let at_start = place.1 <= indent + 1;
    let in_block = said.contains("did not find expected key") || said.contains("'-' indicator");
    if in_block && at_start {
        return misfit(text, here, place);
    }
    if in_block && here.contains(['\'', '"']) {
        let message = "something follows the end of a quoted text";
        let help = "a quotation mark within the text has to be written twice (`''`) or stand in the other kind (`\"it's\"`)";
        return Some(Problem::new("invalid-yaml", message, Some(place)).help(help));
    }
    let flow = said.contains("expected ',' or '}'") || said.contains("expected ',' or ']'");
    if let Some(begins) = context.filter(|begins| flow && begins.0 != place.0) {
        let message = format!(
            "this bracket is not closed: what stands on line {} does not go with it",
            place.0
        );
        let help = "look for a missing bracket, comma or quotation mark between here and there";
        return Some(Problem::new("invalid-yaml", message, Some(begins)).help(help));
    }
    None
}

/// `key: some text: more`, or a line that is deeper than the value above it allows.
fn colon(text: &str, here: &str, place: (usize, usize)) -> Problem {
    let start = indent(here);
    let letters: Vec<char> = here.chars().collect();
    let end = place.1.saturating_sub(1).min(letters.len());
    let before: String = letters[start.min(end)..end].iter().collect();
    let dash = before.len() - before.trim_start_matches(['-', ' ']).len();
    if let Some(at) = before[dash..].find(": ") {
        let key = before[dash..dash + at].trim();
        let value = &before[dash + at + 1..];
        let column = start + before[..dash + at + 1].chars().count() + leading(value) + 1;
        let message =
            format!("the value of `{key}` holds a colon, and would be read as another key");
        return Problem::new("yaml-colon", message, Some((place.0, column)))
            .help("quote this value: put it in quotation marks");
    }
    let message = "this line is indented deeper than the key above it, which has a value already";
    let above = text
        .lines()
        .take(place.0 - 1)
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .last();
    let message = match above {
        Some((number, _)) => format!("{message} (line {})", number + 1),
        None => message.to_owned(),
    };
    Problem::new("yaml-indent", message, Some((place.0, start + 1)))
        .help("indent it like the key above; if it goes on with that value, put the whole value in quotation marks")
}

/// A line that should be a key and has no colon.
fn no_key(line: &str, at: (usize, usize)) -> Problem {
    let message = "this line is neither a key nor part of the value above it";
    let column = indent(line) + 1;
    Problem::new("yaml-indent", message, Some((at.0, column))).help(
        "if it goes on with the text above, indent it like that text; else a colon is missing",
    )
}

/// A line whose indentation is none of those that stand open; `None` where that is not the matter.
fn misfit(text: &str, here: &str, place: (usize, usize)) -> Option<Problem> {
    let own = indent(here);
    let mut open: Vec<usize> = Vec::new();
    for line in text.lines().take(place.0 - 1) {
        let words = line.trim_start();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        // Behind the dashes of a list begins a level of its own.
        let mut level = indent(line);
        open.retain(|&known| known <= level);
        let mut rest = words;
        loop {
            if open.last() != Some(&level) {
                open.push(level);
            }
            let Some(inner) = rest.strip_prefix("- ") else { break };
            level += 2 + leading(inner);
            rest = inner.trim_start();
        }
    }
    if open.contains(&own) {
        return None;
    }
    let near = |found: Option<&usize>| found.map(|level| count(*level));
    let around = [
        near(open.iter().filter(|level| **level < own).max()),
        near(open.iter().filter(|level| **level > own).min()),
    ];
    let around: Vec<String> = around.into_iter().flatten().collect();
    let message = format!(
        "this line is indented by {}, which no line above is; {} would fit",
        count(own),
        around.join(" or ")
    );
    let help = "indent it like the lines that it belongs to";
    Some(Problem::new("yaml-indent", message, Some((place.0, own + 1))).help(help))
}

fn count(spaces: usize) -> String {
    match spaces {
        0 => "no space".to_owned(),
        1 => "1 space".to_owned(),
        many => format!("{many} spaces"),
    }
}

fn indent(line: &str) -> usize {
    leading(line)
}

fn leading(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::super::{Source, read};
    use crate::diagnostic::Diagnostics;

    fn told(text: &str) -> String {
        let mut diagnostics = Diagnostics::new();
        read(&Source { path: "a.yaml", text }, &mut diagnostics);
        diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_broken_is_told_where_it_began() {
        let head = "openapi: 3.0.3\ninfo:\n  title: T\n";
        for (rest, expected) in [
            (
                "  description: see: this\n",
                "error[yaml-colon]: the value of `description` holds a colon, and would be read as another key (a.yaml:4:16)",
            ),
            (
                "tags:\n  - name: é: b\n",
                "error[yaml-colon]: the value of `name` holds a colon, and would be read as another key (a.yaml:5:11)",
            ),
            (
                "    version: 1\n",
                "error[yaml-indent]: this line is indented deeper than the key above it, which has a value already (line 3) (a.yaml:4:5)",
            ),
            (
                " version: 1\npaths: {}\n",
                "error[yaml-indent]: this line is indented by 1 space, which no line above is; no space or 2 spaces would fit (a.yaml:4:2)",
            ),
            (
                "paths:\n  /a:\n    get:\n      summary: x\n   post: {}\n",
                "error[yaml-indent]: this line is indented by 3 spaces, which no line above is; 2 spaces or 4 spaces would fit (a.yaml:8:4)",
            ),
            (
                "tags:\n  - name: a\n    x-b: 1\n   - name: b\n",
                "error[yaml-indent]: this line is indented by 3 spaces, which no line above is; 2 spaces or 4 spaces would fit (a.yaml:7:4)",
            ),
            (
                "  description: |\n    Some text\n  that goes on\npaths: {}\n",
                "error[yaml-indent]: this line is neither a key nor part of the value above it (a.yaml:6:3)",
            ),
            (
                "  description: 'it's'\n",
                "error[invalid-yaml]: something follows the end of a quoted text (a.yaml:4:20)",
            ),
            ("paths: {/a: {get: {}\ntags: []\nservers: []\n", "error[invalid-yaml]"),
            (
                "<<<<<<< HEAD\n  version: 1\n=======\n  version: 2\n>>>>>>> other\n",
                "error[conflict-marker]: a merge was left unfinished: this is a conflict marker of version control (a.yaml:4:1)",
            ),
        ] {
            let told = told(&format!("{head}{rest}"));
            assert!(told.starts_with(expected), "{rest}\n{told}");
        }
    }

    #[test]
    fn conflicts_are_told_in_json_and_where_yaml_does_not_mind() {
        let json = "{\"openapi\": \"3.0.3\",\n<<<<<<< HEAD\n\"paths\": {}\n=======\n\"paths\": {}\n>>>>>>> x\n}";
        assert!(
            told(json).starts_with("error[conflict-marker]") && told(json).contains("a.yaml:2:1")
        );
        let lenient =
            "openapi: 3.0.3\npaths: {\n<<<<<<< HEAD\n  : 1,\n=======\n  b: 2,\n>>>>>>> x\n  : 2}\n";
        assert!(told(lenient).starts_with("error[conflict-marker]"), "{}", told(lenient));
    }

    #[test]
    fn no_cut_panics() {
        let text = "a: 'é\n  - b: c: d\n   e: [f\n\tg\n{h: \"i\n";
        for start in 0..text.len() {
            for end in start..=text.len() {
                if let Some(cut) = text.get(start..end) {
                    told(&format!("openapi: 3.0.3\n{cut}"));
                }
            }
        }
    }
}
