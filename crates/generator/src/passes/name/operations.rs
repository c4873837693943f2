//! Names of resources, methods and requests.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ident;
use crate::lower::same_operation;
use crate::model::{Draft, Operation, OperationNames};
use crate::passes::Context;
use crate::words;

/// Modules that every client has, crates that generated code speaks of, functions that every client has beside its
/// accessors, and keywords that cannot be raw.
const RESERVED_MODULES: [&str; 15] = [
    "types",
    "client",
    "lockstep_runtime",
    "serde",
    "std",
    "core",
    "alloc",
    "generated",
    "runtime",
    "builder",
    "new",
    "from_env",
    "self",
    "super",
    "crate",
];

/// Names that a request's module has already.
const RESERVED_REQUESTS: [&str; 12] = [
    "Self", "Option", "Some", "None", "Result", "Ok", "Err", "Vec", "String", "Box", "Default",
    "Into",
];

pub(super) fn name(draft: &Draft, context: &mut Context<'_>) -> Vec<OperationNames> {
    let mut names: Vec<OperationNames> = Vec::with_capacity(draft.operations.len());
    for operation in &draft.operations {
        let resource = &operation.group;
        let locked = context.lock.operations.get(&operation.key);
        names.push(locked.cloned().unwrap_or_else(|| {
            let method = ident::clean(method_words(operation, resource));
            OperationNames {
                resource: module(resource),
                method: words::snake(&method),
                request: String::new(),
            }
        }));
    }
    let lock = context.lock;
    super::canonical::name(draft, &mut names, &|index| {
        !lock.operations.contains_key(&draft.operations[index].key)
    });
    tell_long(draft, context);
    check_moves(draft, context);
    insist(draft, context, &mut names);
    tell_apart(draft, &mut names, context.diagnostics);
    for (operation, names) in draft.operations.iter().zip(&mut names) {
        if names.request.is_empty() {
            names.request = words::pascal(&ident::clean(words::split(&names.method)));
            if RESERVED_REQUESTS.contains(&names.request.as_str())
                || names.request == resource_type(&names.resource)
            {
                names.request = words::pascal(&ident::clean(operation.words.clone()));
            }
            if RESERVED_REQUESTS.contains(&names.request.as_str())
                || names.request == resource_type(&names.resource)
            {
                names.request.push_str("Request");
            }
        }
    }
    names
}

/// The handle's type: `mass_messaging` is `MassMessaging`.
pub(crate) fn resource_type(module: &str) -> String {
    words::pascal(&words::split(module))
}

fn module(resource: &[String]) -> String {
    let name = words::snake(resource);
    if RESERVED_MODULES.contains(&name.as_str()) { format!("{name}_api") } else { name }
}

/// The operationId's words without those of the resource: on `mass_messaging()`, `getMassMessageOverview` is
/// `get_overview`.
pub(super) fn method_words(operation: &Operation, resource: &[String]) -> Vec<String> {
    let all = operation.words.clone();
    // Of `Chats - Direct (Inbox)` an id may say the first part alone.
    let main = operation.tag.split([':', '/', '(', '|']).next().unwrap_or_default();
    let main = words::split(main.split(" - ").next().unwrap_or_default());
    let is_part = !main.is_empty() && main.len() < resource.len() && resource.starts_with(&main);
    let at = |resource: &[String]| {
        all.windows(resource.len().max(1)).position(|window| {
            window.len() == resource.len()
                && window.iter().zip(resource).all(|(word, own)| words::is_same(word, own))
        })
    };
    let whole = at(resource).map(|at| (at, resource));
    let found = whole.or_else(|| is_part.then(|| at(&main)).flatten().map(|at| (at, &main[..])));
    let Some((at, resource)) = found else { return all };
    let rest: Vec<String> = all[..at].iter().chain(&all[at + resource.len()..]).cloned().collect();
    // What is left has to say something by itself.
    let says = rest.iter().any(|word| !words::is_filler(word));
    let starts_well = rest
        .first()
        .is_some_and(|word| !words::is_filler(word) && !word.starts_with(|c: char| c.is_numeric()));
    let ends_well = rest.last().is_some_and(|word| !words::is_filler(word));
    if says && starts_well && ends_well { rest } else { all }
}

fn insist(draft: &Draft, context: &mut Context<'_>, names: &mut [OperationNames]) {
    for rule in &context.config.names {
        let is_operation = rule.at.split(' ').count() == 2 && rule.at.contains(" /");
        if !is_operation {
            continue;
        }
        match draft.operations.iter().position(|operation| same_operation(&rule.at, &operation.key))
        {
            Some(index) => {
                let method = ident::clean(words::split(&rule.name));
                if names[index].method != words::snake(&method) {
                    names[index].method = words::snake(&method);
                    names[index].request = String::new();
                }
            }
            None => context.diagnostics.push(
                Diagnostic::error(
                    "unused-name",
                    format!("client.yaml names `{}`, and there is no such operation", rule.at),
                )
                .help("correct the method and path, or remove the name"),
            ),
        }
    }
}

/// Says of which names only the beginning is kept.
fn tell_long(draft: &Draft, context: &mut Context<'_>) {
    let mut tags: HashSet<&str> = HashSet::new();
    for operation in &draft.operations {
        let is_named =
            context.config.names.iter().any(|rule| same_operation(&rule.at, &operation.key));
        let own = words::split(&operation.id);
        if !is_named && ident::is_long(&own) {
            let by = if own == operation.words {
                "only its first words make"
            } else {
                "method and path make"
            };
            context.diagnostics.push(
                long("operationId", &operation.id, by).at(&operation.pointer).help(format!(
                    "give it a name: `names: [{{ at: \"{}\", name: … }}]` in client.yaml",
                    operation.key
                )),
            );
        }
        if ident::is_long(&words::split(&operation.tag)) && tags.insert(&operation.tag) {
            context.diagnostics.push(
                long("tag", &operation.tag, "only its first words make")
                    .at(&operation.pointer)
                    .help("an overlay action can give its operations another tag"),
            );
        }
    }
}

fn long(what: &str, name: &str, by: &str) -> Diagnostic {
    let beginning: String = name.chars().take(40).collect();
    let letters = name.chars().count();
    Diagnostic::note(
        "long-name",
        format!("the {what} `{}…` has {letters} letters; {by} the name", beginning.escape_debug()),
    )
}

/// A move that leads to no operation was made for something that is no longer there.
fn check_moves(draft: &Draft, context: &mut Context<'_>) {
    for (from, to) in &context.config.moved {
        if !draft.operations.iter().any(|operation| same_operation(to, &operation.key)) {
            context.diagnostics.push(
                Diagnostic::error(
                    "unused-move",
                    format!("client.yaml moves `{from}` to `{to}`, and there is no such operation"),
                )
                .help("correct the method and path that it moved to, or remove the move"),
            );
        }
    }
}

fn numbered(operation: &Operation, name: &str) -> Diagnostic {
    Diagnostic::note(
        "numbered-name",
        format!("nothing tells `{}` apart from another operation; it is `{name}`", operation.key),
    )
    .at(&operation.pointer)
    .help(format!(
        "give it a better name: `names: [{{ at: \"{}\", name: … }}]` in client.yaml",
        operation.key
    ))
}

/// Of two methods with one name on one resource, both keep the whole operationId; names that were published stay.
fn tell_apart(draft: &Draft, names: &mut [OperationNames], diagnostics: &mut Diagnostics) {
    let mut sharers: IndexMap<(String, String), Vec<usize>> = IndexMap::new();
    for (index, name) in names.iter().enumerate() {
        sharers.entry((name.resource.clone(), name.method.clone())).or_default().push(index);
    }
    let mut taken: HashSet<(String, String)> = sharers.keys().cloned().collect();
    for sharers in sharers.into_values().filter(|sharers| sharers.len() > 1) {
        for index in sharers {
            let published = !names[index].request.is_empty();
            if published {
                continue;
            }
            let whole = words::snake(&ident::clean(draft.operations[index].words.clone()));
            let resource = names[index].resource.clone();
            names[index].method = whole;
            // An id can equal what another's became; method and path then tell them apart, and where even they are
            // the same words (`/jobs` and `/jobs/`), a number does.
            if !taken.insert((resource.clone(), names[index].method.clone())) {
                let operation = &draft.operations[index];
                let by_path = words::snake(&ident::clean(words::split(&operation.key)));
                let mut method = by_path.clone();
                let mut number = 1;
                while !taken.insert((resource.clone(), method.clone())) {
                    number += 1;
                    method = format!("{by_path}_{number}");
                }
                if number > 1 {
                    diagnostics.push(numbered(operation, &method));
                }
                names[index].method = method;
            }
        }
    }
}
