//! YAML text into a value.
//!
//! Keys are strings as written and timestamps stay strings, because the parser follows YAML 1.2,
//! where neither is special.

use super::syntax::{Parsed, Problem};
use super::value::{State, TOO_LARGE, ValueSeed};
use serde::de::DeserializeSeed;

/// Brackets that may stand open before a text is looked at more closely.
const SUSPICIOUS: usize = 200;

/// Reads YAML: exactly one document.
pub(super) fn parse(text: &str) -> Result<Parsed, Problem> {
    // The parser's cost grows with the square of the depth of `[[[[…`, so such a text must not
    // reach it; the scanner that looks for places gives up early and says where.
    if open_brackets(text) > SUSPICIOUS {
        super::spans::check_depth(text).map_err(|place| Problem::too_deep(Some(place)))?;
    }
    let mut state = State::new(text, true);
    let mut documents = serde_yaml::Deserializer::from_str(text);
    let Some(first) = documents.next() else {
        return Err(Problem::new("empty", "there is nothing in it", None).help(super::GIVE));
    };
    let value = ValueSeed(&mut state).deserialize(first).map_err(|error| problem(&error, text))?;
    if documents.next().is_some() {
        let message = "it holds several YAML documents; only one is expected";
        return Err(
            Problem::new("several-documents", message, separator(text)).help("keep one of them")
        );
    }
    Ok(Parsed { value, met: state.met().collect() })
}

/// How many brackets stand open at most, taking the text for nothing but brackets: too many in a
/// text with smileys, never too few.
fn open_brackets(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => {
                open += 1;
                most = most.max(open);
            }
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// The line of the second `---`.
fn separator(text: &str) -> Option<(usize, usize)> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| line.starts_with("---"));
    let first = lines.next()?;
    let begins =
        text.lines().take(first.0).all(|line| line.trim().is_empty() || line.starts_with('#'));
    let line = if begins { lines.next().unwrap_or(first) } else { first };
    Some((line.0 + 1, 1))
}

fn problem(error: &serde_yaml::Error, text: &str) -> Problem {
    let place = error.location().map(|place| (place.line(), place.column()));
    let whole = error.to_string();
    let message = match place {
        Some((line, column)) => {
            let suffix = format!(" at line {line} column {column}");
            whole.replacen(&suffix, "", 1)
        }
        None => whole.clone(),
    };
    if message.contains("recursion limit") {
        return Problem::too_deep(place);
    }
    if message.contains("repetition limit") || message.contains(TOO_LARGE) {
        let help = "write the repeated parts out, or use $ref";
        return Problem::new("alias-bomb", TOO_LARGE, place).help(help);
    }
    let line = place.and_then(|(line, _)| text.lines().nth(line.checked_sub(1)?));
    if message.contains("cannot start any token") && line.is_some_and(|line| line.contains('\t')) {
        let column = line.and_then(|line| line.chars().position(|letter| letter == '\t'));
        let place = place.map(|(line, _)| (line, column.unwrap_or(0) + 1));
        return Problem::new("yaml-tab", "a tab is used where YAML demands spaces", place)
            .help("indent with spaces");
    }
    let (message, context) = context(&message);
    if let Some(better) = place.and_then(|at| super::broken::yaml(text, &message, at, context)) {
        return better;
    }
    let cut_off = message.contains("end of stream");
    let place = context.filter(|_| cut_off).or(place);
    let mut problem = Problem::new("invalid-yaml", format!("this is not YAML: {message}"), place)
        .help("look for a missing quotation mark or a wrong indentation there, or just before");
    problem.begins = context.filter(|_| !cut_off).map(|(line, _)| line);
    problem
}

/// Takes the place of what was being read out of a message such as `did not find expected key,
/// while parsing a block mapping at line 3 column 5`: lines of an excerpt are not those of its file.
fn context(message: &str) -> (String, Option<(usize, usize)>) {
    let found = message.rsplit_once(" at line ").and_then(|(before, place)| {
        let (line, column) = place.split_once(" column ")?;
        Some((before.to_owned(), Some((line.parse().ok()?, column.parse().ok()?))))
    });
    found.unwrap_or_else(|| (message.to_owned(), None))
}
