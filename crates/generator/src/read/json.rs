//! JSON text into a value.

use super::syntax::{Parsed, Problem};
use super::value::{State, ValueSeed};
use serde::de::DeserializeSeed;

/// Reads JSON. A key that stands twice is told about, and its last value counts, as every JSON
/// parser has it.
pub(super) fn parse(text: &str) -> Result<Parsed, Problem> {
    let mut state = State::new(text, false);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = ValueSeed(&mut state)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| problem(&error))?;
    Ok(Parsed { value, met: state.met().collect() })
}

fn problem(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&format!(" at line {line} column {column}"));
    let message = message.map_or_else(|| error.to_string(), str::to_owned);
    if message.starts_with("recursion limit") {
        return Problem::too_deep(Some((line, column)));
    }
    Problem::new("invalid-json", format!("this is not JSON: {message}"), Some((line, column)))
        .help("look for a missing comma, bracket or quotation mark there, or just before")
}
