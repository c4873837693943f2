//! The words that the names of operations are made of: those of the operationId and the tag, unless a better source says
//! the same.
//!
//! Makers of documents take the spaces out of a summary, or the slashes out of a path, and call it an operationId; and
//! they file everything under one tag. What was lost on the way still stands in the document.

use std::collections::{HashMap, HashSet};

use super::{is_prefix, made_up};
use crate::ident;
use crate::model::{Draft, Operation};
use crate::words;

/// More words than this are a sentence, and no name.
const SENTENCE: usize = 9;

/// Fewer operations than this share the beginning of their names by chance.
const MANY: usize = 4;

/// Fewer operations than this may all stand under one tag.
const CROWD: usize = 20;

pub(super) fn run(draft: &mut Draft) {
    for operation in &mut draft.operations {
        operation.words = words_of(operation);
    }
    cut_shared_beginning(&mut draft.operations);
    let crowded = crowded(&draft.operations);
    for operation in &mut draft.operations {
        operation.group = if crowded.contains(&operation.tag) {
            by_path(operation)
        } else {
            let tag = ident::clean(words::split(&operation.tag));
            if tag.is_empty() { by_path(operation) } else { tag }
        };
    }
}

/// The id's words; those of the summary or of method and path where the id is either without its gaps.
fn words_of(operation: &Operation) -> Vec<String> {
    let own = words::split(&operation.id);
    let squashed = own.concat();
    let said = words::split(&operation.docs.summary);
    let is_summary = !said.is_empty() && said.concat() == squashed;
    let is_request = is_summary && says_request(operation, &said);
    if is_summary && !is_request && said.len() >= own.len() && said.len() <= SENTENCE {
        return said;
    }
    if is_request || is_path(operation, &own, &squashed) {
        return request(operation);
    }
    if is_summary || own.len() > SENTENCE && ident::is_long(&own) {
        let by_path = words::split(&made_up(operation));
        if by_path.len() <= SENTENCE && !ident::is_long(&by_path) {
            return by_path;
        }
    }
    without_prefix(operation, own)
}

/// Method and path in words, without what stands in front of every path.
fn request(operation: &Operation) -> Vec<String> {
    let segments = operation.path.split('/').filter(|segment| !segment.is_empty());
    let path = segments.skip_while(|segment| is_prefix(segment)).flat_map(words::split);
    std::iter::once(operation.method.as_str().to_ascii_lowercase()).chain(path).collect()
}

/// The words of an id that says method and path without what stands in front of every path.
fn without_prefix(operation: &Operation, mut own: Vec<String>) -> Vec<String> {
    let method = operation.method.as_str().to_ascii_lowercase();
    let prefix: Vec<String> = operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .take_while(|segment| is_prefix(segment))
        .flat_map(words::split)
        .collect();
    if own[0] == method && own[1..].starts_with(&prefix) {
        own.drain(1..=prefix.len());
    }
    own
}

/// Whether a summary is the request's first line, with or without what stands in front of every path.
fn says_request(operation: &Operation, said: &[String]) -> bool {
    let method = operation.method.as_str().to_ascii_lowercase();
    let Some(said) = said.strip_prefix(&[method][..]) else { return false };
    let path = words::split(&operation.path);
    said.ends_with(&path) && said[..said.len() - path.len()].iter().all(|word| is_prefix(word))
}

/// Whether an id is method and path run together, the words of the path no longer apart.
fn is_path(operation: &Operation, own: &[String], squashed: &str) -> bool {
    let path = words::split(&operation.path);
    let fixed: Vec<String> = operation
        .path
        .split('/')
        .filter(|segment| !segment.contains('{'))
        .flat_map(words::split)
        .collect();
    let method = operation.method.as_str().to_ascii_lowercase();
    [path, fixed].iter().any(|words| {
        let path = words.concat();
        words.len() > 1
            && (own.len() < words.len() && squashed == path
                || own.len() <= words.len() && squashed == format!("{method}{path}"))
    })
}

/// What every name begins with says nothing of any; verbs do.
fn cut_shared_beginning(operations: &mut [Operation]) {
    let [first, others @ ..] = operations else { return };
    if others.len() + 1 < MANY {
        return;
    }
    let shared = others.iter().fold(first.words.len(), |shared, other| {
        let same = first.words.iter().zip(&other.words).take_while(|(a, b)| a == b).count();
        shared.min(same).min(other.words.len().saturating_sub(1))
    });
    let shared = shared.min(first.words.len().saturating_sub(1));
    let is_said = first.words[..shared].iter().any(|word| words::is_plain_verb(word));
    if shared > 0 && !is_said {
        for operation in operations {
            operation.words.drain(..shared);
        }
    }
}

/// Tags that carry so much that they tell nothing apart, where paths do.
fn crowded(operations: &[Operation]) -> HashSet<String> {
    let mut by_tag: HashMap<&str, Vec<&Operation>> = HashMap::new();
    for operation in operations {
        by_tag.entry(&operation.tag).or_default().push(operation);
    }
    let tells_nothing = |tag: &str| {
        let words = words::split(tag);
        let [word] = words.as_slice() else { return false };
        matches!(
            word.as_str(),
            "endpoints" | "endpoint" | "default" | "api" | "general" | "misc" | "other" | "routes"
        )
    };
    let is_crowded = |(tag, own): &(&str, Vec<&Operation>)| {
        let groups: HashSet<Vec<String>> = own.iter().map(|operation| by_path(operation)).collect();
        let is_all = own.len() >= CROWD && own.len() * 5 >= operations.len() * 4;
        !tag.is_empty() && groups.len() > 2 && (is_all || tells_nothing(tag))
    };
    by_tag.into_iter().filter(is_crowded).map(|(tag, _)| tag.to_owned()).collect()
}

/// The words of the first fixed part of the path.
fn by_path(operation: &Operation) -> Vec<String> {
    let segment = operation.path.split('/').find(|segment| {
        !segment.is_empty()
            && !segment.contains('{')
            && !is_prefix(segment)
            && !words::split(segment).is_empty()
    });
    let words = ident::clean(words::split(segment.unwrap_or("api")));
    if words.is_empty() { vec!["api".to_owned()] } else { words }
}
