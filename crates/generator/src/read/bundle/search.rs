//! Which other files a document refers to, found without understanding it: whoever has the files reads them and asks
//! again, until nothing is missing.

use std::collections::VecDeque;

use indexmap::IndexSet;
use serde_json::Value;

use super::super::syntax::{self, Parsed};
use super::super::{Source, is_data_key};
use super::{Part, uri};

/// Asks for the files that a document consists of, one name at a time.
///
/// It may ask for more than is needed; what cannot be had is told by [`read`](super::super::read) where it matters.
///
/// ```
/// use lockstep_generator::read::{Part, Search, Source};
///
/// let text = "openapi: 3.0.3\npaths: {/a: {$ref: 'paths/a.yaml'}}\n";
/// let mut search = Search::of(&Source { path: "spec/openapi.yaml", text });
/// assert_eq!(search.next_name().as_deref(), Some("paths/a.yaml"));
/// search.found(&Part {
///     name: "paths/a.yaml".into(),
///     path: "spec/paths/a.yaml".into(),
///     text: Ok("get: {responses: {'404': {$ref: '../errors.yaml#/NotFound'}}}".into()),
/// });
/// assert_eq!(search.next_name().as_deref(), Some("errors.yaml"));
/// assert_eq!(search.next_name(), None);
/// ```
#[derive(Debug)]
pub struct Search {
    asked: IndexSet<String>,
    open: VecDeque<String>,
}

impl Search {
    /// Begins with the root document.
    pub fn of(root: &Source<'_>) -> Self {
        let name = uri::of_root(root.path);
        let mut search = Self { asked: IndexSet::from([name.clone()]), open: VecDeque::new() };
        search.list(&name, root.path, root.text);
        search
    }

    /// The name of a file that is wanted, each once: a path relative to the folder of the root document, with forward
    /// slashes, or an address.
    pub fn next_name(&mut self) -> Option<String> {
        self.open.pop_front()
    }

    /// Looks for references in a file that was asked for.
    pub fn found(&mut self, part: &Part) {
        if let Ok(text) = &part.text {
            self.list(&part.name, &part.path, text);
        }
    }

    fn list(&mut self, name: &str, path: &str, text: &str) {
        if !refers_out(text) {
            return;
        }
        let (_, Ok(Parsed { value, .. })) = syntax::parse(path, text) else { return };
        let mut references = Vec::new();
        gather(&value, false, &mut references);
        for reference in references {
            let (document, _) = uri::split(reference);
            let wanted = uri::join(name, &document);
            if !document.is_empty() && self.asked.insert(wanted.clone()) {
                self.open.push_back(wanted);
            }
        }
    }
}

/// Every reference of a value. Under the names of properties nothing is data, whatever it is called.
fn gather<'v>(value: &'v Value, named: bool, references: &mut Vec<&'v str>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value) {
                    ("$ref", Value::String(reference)) => references.push(reference),
                    ("mapping", Value::Object(mapping)) if !named => references.extend(
                        mapping.values().filter_map(Value::as_str).filter(|it| is_file(it)),
                    ),
                    // An example may be a reference itself; what it holds is none of ours.
                    ("examples", Value::Object(_)) => gather(value, true, references),
                    (key, _) if !named && is_data_key(key) => {}
                    (key, value) => gather(value, names(key), references),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| gather(value, false, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether the members of what stands under `key` go by names that people chose.
pub(super) fn names(key: &str) -> bool {
    matches!(
        key,
        "properties"
            | "patternProperties"
            | "$defs"
            | "definitions"
            | "schemas"
            | "dependentSchemas"
    )
}

/// Whether the value of a mapping is a reference to a file, and not the name of a component.
pub(super) fn is_file(value: &str) -> bool {
    let document = value.split('#').next().unwrap_or_default();
    let end = document.rsplit('.').next().unwrap_or_default();
    document.contains('.') && ["yaml", "yml", "json"].contains(&end)
}

/// Whether a text may refer to anything but pointers into itself, or give names of its own to its parts. It errs only
/// on the side of looking more closely.
pub(in super::super) fn refers_out(text: &str) -> bool {
    // Within a schema with an `$id` a pointer begins at that schema, unless it says by its first token that it does not.
    let has_ids = text.contains("$id");
    let out = text.match_indices("$ref").any(|(at, word)| {
        pointer(&text[at + word.len()..]).is_some_and(|pointer| match pointer {
            Written::Elsewhere => true,
            Written::Pointer { from_top } => has_ids && !from_top,
        })
    });
    let maps = || {
        text.contains("mapping") && [".yaml", ".yml", ".json"].iter().any(|end| text.contains(end))
    };
    out || text.contains("\\u0024") || maps()
}

/// How a reference is written.
enum Written {
    /// As a pointer into the same text; `from_top` where it can only mean the whole document.
    Pointer { from_top: bool },
    /// As anything else.
    Elsewhere,
}

/// What follows the word `$ref`; `None` for the word in somebody's prose.
fn pointer(rest: &str) -> Option<Written> {
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    let Some(value) = rest.strip_prefix(':') else {
        return rest.starts_with([',', '}', ']']).then_some(Written::Elsewhere);
    };
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    // PHP writes a slash with a backslash before it.
    let Some(tokens) = value.strip_prefix("#/").or_else(|| value.strip_prefix("#\\/")) else {
        return Some(Written::Elsewhere);
    };
    let from_top = ["components", "paths"].iter().any(|top| tokens.starts_with(top));
    Some(Written::Pointer { from_top })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_stays_within_itself_is_not_looked_at() {
        for (text, expected) in [
            ("$ref: '#/a'", false),
            ("\"$ref\" : \"#\\/a\"", false),
            ("$ref:\n  \"#/a\"", false),
            ("the `$ref` keyword", false),
            ("$ref: '#a'", true),
            ("$ref: a.yaml", true),
            ("{$ref: >-\n  #/a}", true),
            ("$ref: *alias", true),
            ("$id: a\n$ref: '#/components/schemas/A'", false),
            ("$id: a\n$ref: '#/$defs/A'", true),
            ("$anchor: a\n$ref: '#a'", true),
            ("mapping: {a: a.json}", true),
        ] {
            assert_eq!(refers_out(text), expected, "{text}");
        }
    }
}
