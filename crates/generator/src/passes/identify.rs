//! Gives every operation an id of its own.

mod spoken;

use std::collections::HashSet;

use indexmap::IndexMap;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::ident;
use crate::model::{Draft, Method, Operation};
use crate::words;

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    for operation in &mut draft.operations {
        if operation.id.split(['/', '\\']).any(|part| part == "..")
            || operation.id.chars().any(char::is_control)
        {
            context.diagnostics.push(
                Diagnostic::error(
                    "hostile-operation-id",
                    format!("`{}` is no name for an operation", operation.id.escape_debug()),
                )
                .at(operation.pointer.child("operationId"))
                .help("give it an operationId of letters and digits"),
            );
        }
        if words::split(&operation.id).is_empty() {
            let made_up = made_up(operation);
            context.diagnostics.push(
                Diagnostic::note(
                    "missing-operation-id",
                    format!("this operation has no operationId; it goes by `{made_up}`"),
                )
                .at(&operation.pointer)
                .help("an overlay action can give it one"),
            );
            operation.id = made_up;
        }
    }
    let mut sharers: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (index, operation) in draft.operations.iter().enumerate() {
        sharers.entry(words::split(&operation.id).concat()).or_default().push(index);
    }
    for sharers in sharers.into_values().filter(|sharers| sharers.len() > 1) {
        tell_apart(draft, &sharers, context);
    }
    // What was made up can be what another is called: then it takes in all of the path.
    let mut sharers: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (index, operation) in draft.operations.iter().enumerate() {
        sharers.entry(words::split(&operation.id).concat()).or_default().push(index);
    }
    for index in sharers.into_values().filter(|sharers| sharers.len() > 1).flatten() {
        draft.operations[index].id = whole(&draft.operations[index]);
    }
    number(draft, context);
    spoken::run(draft);
}

/// Paths such as `/a-b` and `/a_b` are the same words: the last resort is a number.
fn number(draft: &mut Draft, context: &mut Context<'_>) {
    let mut taken: HashSet<String> = HashSet::new();
    for operation in &mut draft.operations {
        if taken.insert(words::split(&operation.id).concat()) {
            continue;
        }
        let numbered = |number: usize| format!("{}{number}", operation.id);
        let free = (2..).map(numbered).find(|id| taken.insert(words::split(id).concat()));
        operation.id = free.unwrap_or_default();
        context.diagnostics.push(
            Diagnostic::note(
                "numbered-name",
                format!("no words tell `{}` apart; it goes by `{}`", operation.key, operation.id),
            )
            .at(&operation.pointer)
            .help("an overlay action can give it an operationId"),
        );
    }
}

/// Every sharer of an id takes method and path into its own, so that none depends on how many came before.
fn tell_apart(draft: &mut Draft, sharers: &[usize], context: &mut Context<'_>) {
    let first = draft.operations[sharers[0]].key.clone();
    for &index in sharers {
        let operation = &mut draft.operations[index];
        let made_up = made_up(operation);
        if index != sharers[0] {
            let message = format!(
                "`{}` is also the operationId of `{first}`; both go by method and path",
                operation.id
            );
            let diagnostic = if context.strict {
                Diagnostic::error("duplicate-operation-id", message)
            } else {
                Diagnostic::warning("duplicate-operation-id", message)
            };
            context.diagnostics.push(
                diagnostic
                    .at(operation.pointer.child("operationId"))
                    .help("an overlay action can give each an operationId of its own"),
            );
        }
        operation.id = made_up;
    }
}

/// An id from method and path: `GET /users/{id}/posts` is `listUsersByIdPosts`, `DELETE /users/{id}` is `deleteUsers`.
fn made_up(operation: &Operation) -> String {
    let segments: Vec<&str> = operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty() && !is_prefix(segment))
        .collect();
    let ends_in_one = segments.last().is_some_and(|segment| segment.contains('{'));
    let verb = match operation.method {
        Method::Get if ends_in_one => "get",
        Method::Get => "list",
        // A post below one thing does something to it; elsewhere it makes one.
        Method::Post if segments.iter().any(|segment| segment.contains('{')) => "post",
        Method::Post => "create",
        Method::Put => "update",
        Method::Delete
        | Method::Options
        | Method::Head
        | Method::Patch
        | Method::Trace
        | Method::Query => "",
    };
    let segments = if ends_in_one { &segments[..segments.len() - 1] } else { &segments[..] };
    let verb = if verb.is_empty() {
        operation.method.as_str().to_ascii_lowercase()
    } else {
        verb.to_owned()
    };
    written(verb, segments)
}

/// An id from all of method and path, with the names of the signs that stand for themselves.
fn whole(operation: &Operation) -> String {
    let path = operation.path.strip_prefix('/').unwrap_or(&operation.path);
    let named: Vec<String> = path
        .split('/')
        .map(|segment| match segment {
            "" if path.is_empty() => String::new(),
            "" => "slash".to_owned(),
            segment if words::split(segment).is_empty() => ident::words_of(segment).join(" "),
            segment => segment.to_owned(),
        })
        .collect();
    let segments: Vec<&str> = named.iter().map(String::as_str).collect();
    written(operation.method.as_str().to_ascii_lowercase(), &segments)
}

/// What stands in front of every path says nothing of any.
fn is_prefix(segment: &str) -> bool {
    let version = segment
        .strip_prefix(['v', 'V'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    segment.eq_ignore_ascii_case("api") || version
}

fn written(verb: String, segments: &[&str]) -> String {
    let mut words = vec![verb];
    for segment in segments {
        let own = words::split(&segment.replace(['{', '}'], " "));
        if segment.contains('{') && !own.is_empty() {
            words.push("by".to_owned());
        }
        words.extend(own);
    }
    let mut id = String::new();
    for (index, word) in words.iter().enumerate() {
        if index == 0 {
            id.push_str(word)
        } else {
            id.push_str(&words::pascal(std::slice::from_ref(word)))
        }
    }
    id
}
