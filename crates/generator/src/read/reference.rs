//! Following `$ref` inside one document.

use super::document::{Document, Node};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use serde_json::Value;

/// References that may lie behind one another before it is called a cycle.
const CHAIN: usize = 100;

/// See [`Document::resolve`].
pub(super) fn resolve<'d>(document: &'d Document, node: &Node<'d>) -> Result<Node<'d>, Diagnostic> {
    let mut current = node.clone();
    for _ in 0..CHAIN {
        let Some(reference) = current.str("$ref") else { return Ok(current) };
        if let Some(problem) = document.lost(&current.pointer) {
            return Err(problem.clone().at(current.pointer.child("$ref")));
        }
        let target = target(reference).map_err(|problem| problem.at(&current.pointer))?;
        current = find(document, &target).ok_or_else(|| {
            let problem = Diagnostic::error(
                "ref-unresolved",
                format!("`{reference}` points to nothing in this document"),
            );
            problem.at(current.pointer.child("$ref")).help(advice(document, &target))
        })?;
    }
    let reference = node.str("$ref").unwrap_or_default();
    let message = format!("`{reference}` leads back to itself");
    Err(Diagnostic::error("ref-cycle", message)
        .at(node.pointer.child("$ref"))
        .help("let one of the references in the circle be the thing itself"))
}

fn target(reference: &str) -> Result<Pointer, Diagnostic> {
    if !reference.starts_with('#') {
        let message = format!("`{reference}` points out of this document");
        let help = "bundle the documents into one, or write the part out";
        return Err(Diagnostic::error("ref-external", message).help(help));
    }
    Pointer::from_fragment(reference).ok_or_else(|| {
        let message = format!("`{reference}` is not a JSON pointer");
        let help = "write it like `#/components/schemas/Pet`";
        Diagnostic::error("ref-unresolved", message).help(help)
    })
}

/// The node at a pointer, which may lead through other references on its way.
fn find<'d>(document: &'d Document, target: &Pointer) -> Option<Node<'d>> {
    if let Some(node) = document.node(target) {
        return Some(node);
    }
    let mut node = document.root();
    let mut hops = 0;
    for token in target.tokens() {
        while let Some(reference) = node.str("$ref") {
            hops += 1;
            if hops > CHAIN {
                return None;
            }
            node = document.node(&Pointer::from_fragment(reference)?)?;
        }
        node = match node.value {
            Value::Array(_) => node.index(token.parse().ok()?)?,
            _ => node.get(&token)?,
        };
    }
    Some(node)
}

/// What might have been meant.
fn advice(document: &Document, target: &Pointer) -> String {
    let parent = target.parent().and_then(|parent| document.node(&parent));
    let name = target.last().unwrap_or_default();
    let Some(parent) = parent else {
        return "add what it points to, or correct it in the overlay".to_owned();
    };
    let near = parent.entries().map(|(key, _)| (distance(key, &name), key)).min();
    match near {
        Some((distance, key)) if distance <= 1 + name.len() / 4 => format!("did you mean `{key}`?"),
        _ => "add what it points to, or correct it in the overlay".to_owned(),
    }
}

/// How many letters differ between two names, cases apart (Levenshtein).
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.to_lowercase().chars().take(64).collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (line, letter) in one.to_lowercase().chars().take(64).enumerate() {
        let mut corner = row[0];
        row[0] = line + 1;
        for (at, other) in two.iter().enumerate() {
            let change = corner + usize::from(letter != *other);
            corner = row[at + 1];
            row[at + 1] = change.min(row[at] + 1).min(corner + 1);
        }
    }
    row[two.len()]
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostics;
    use crate::pointer::Pointer;
    use crate::read::{Source, read};

    const TEXT: &str = r##"
openapi: 3.0.3
paths: {}
components:
  schemas:
    Pet: {type: object, properties: {a~b/c: {type: string}}}
    Alias: {$ref: '#/components/schemas/Pet'}
  parameters:
    deep: {$ref: '#/components/schemas/Alias/properties/a~0b%7e1c'}
    typo: {$ref: '#/components/schemas/pets'}
    far: {$ref: 'other.yaml#/Pet'}
    odd: {$ref: '#Pet'}
    ping: {$ref: '#/components/parameters/pong'}
    pong: {$ref: '#/components/parameters/ping'}
"##;

    #[test]
    fn references_are_followed_or_told() {
        let mut diagnostics = Diagnostics::new();
        let source = Source { path: "a.yaml", text: TEXT };
        let document = read(&source, &mut diagnostics).expect("a document");
        let outcome = |name: &str| {
            let pointer = Pointer::root().child("components").child("parameters").child(name);
            let node = document.node(&pointer).expect("a node");
            match document.resolve(&node) {
                Ok(node) => node.pointer.to_string(),
                Err(error) => format!("{} {}", error.code, error.help.unwrap_or_default()),
            }
        };
        assert_eq!(outcome("deep"), "/components/schemas/Pet/properties/a~0b~1c");
        assert_eq!(outcome("typo"), "ref-unresolved did you mean `Pet`?");
        assert!(outcome("far").starts_with("ref-external"));
        assert!(outcome("odd").starts_with("ref-unresolved"));
        assert!(outcome("ping").starts_with("ref-cycle"));
    }
}
