//! `list`, `get`, `create`, `update`, `delete`: what method and path of an operation say, where its id says no more.
//!
//! Ids such as `GetCustomers` and `PostCustomersCustomer` are method and path once again. On `customers()` they are what
//! everybody calls them. An id with words of its own keeps them.

use std::collections::{HashMap, HashSet};

use crate::model::{Draft, Method, Operation, OperationNames};
use crate::words;

/// Gives such operations their usual names, where no other method of the resource has or wants that name.
pub(super) fn name(draft: &Draft, names: &mut [OperationNames], is_free: &dyn Fn(usize) -> bool) {
    let mut wanted: HashMap<(String, &'static str), Vec<usize>> = HashMap::new();
    let collections = collections(draft, names);
    for (index, operation) in draft.operations.iter().enumerate() {
        let is_of_one = collections.contains(names[index].resource.as_str());
        if let Some((usual, _)) = usual(operation).filter(|_| is_of_one && is_free(index)) {
            wanted.entry((names[index].resource.clone(), usual)).or_default().push(index);
        }
    }
    let mut given: HashMap<usize, &'static str> = wanted
        .into_iter()
        .filter_map(|((_, usual), indices)| match indices.as_slice() {
            [index] => Some((*index, usual)),
            _ => None,
        })
        .collect();
    // One that has to keep its name may keep another from getting it.
    loop {
        let kept: HashSet<(&str, &str)> = (names.iter().enumerate())
            .filter(|(index, _)| !given.contains_key(index))
            .map(|(_, own)| (own.resource.as_str(), own.method.as_str()))
            .collect();
        let count = given.len();
        given.retain(|index, usual| !kept.contains(&(names[*index].resource.as_str(), *usual)));
        if given.len() == count {
            break;
        }
    }
    for (index, usual) in given {
        if names[index].method != usual {
            usual.clone_into(&mut names[index].method);
            names[index].request = String::new();
        }
    }
}

/// The resources where method and path were written as ids for the collection and for one of its things: what stands alone
/// may be something else, such as settings.
fn collections<'n>(draft: &Draft, names: &'n [OperationNames]) -> HashSet<&'n str> {
    let mut whole: HashSet<&str> = HashSet::new();
    let mut single: HashSet<&str> = HashSet::new();
    for (operation, own) in draft.operations.iter().zip(names) {
        match usual(operation) {
            Some((_, true)) => single.insert(own.resource.as_str()),
            Some((_, false)) => whole.insert(own.resource.as_str()),
            None => false,
        };
    }
    whole.intersection(&single).copied().collect()
}

/// The usual name of an operation on a collection or on one of its things, and whether it is on one.
fn usual(operation: &Operation) -> Option<(&'static str, bool)> {
    let segments: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty()).collect();
    let (collection, is_one) = match segments.as_slice() {
        [.., collection, last] if last.starts_with('{') && last.ends_with('}') => {
            (collection, true)
        }
        [.., collection] => (collection, false),
        [] => return None,
    };
    let collection = words::split(collection);
    let is_collection = !collection.is_empty()
        && collection.len() == operation.group.len()
        && collection.iter().zip(&operation.group).all(|(a, b)| words::is_same(a, b));
    if !is_collection || !repeats_path(operation, &collection) {
        return None;
    }
    let name = match (operation.method, is_one) {
        (Method::Get, false) => "list",
        (Method::Get, true) => "get",
        (Method::Post, false) => "create",
        (Method::Put | Method::Patch | Method::Post, true) => "update",
        (Method::Delete, true) => "delete",
        _ => return None,
    };
    Some((name, is_one))
}

/// Whether the id says only the method and what the path says.
fn repeats_path(operation: &Operation, collection: &[String]) -> bool {
    let method = operation.method.as_str().to_ascii_lowercase();
    let Some((verb, rest)) = operation.words.split_first() else { return false };
    let in_path = words::split(&operation.path);
    let is_said = |word: &String| {
        words::is_filler(word)
            || in_path.iter().chain(collection).any(|known| words::is_same(known, word))
    };
    *verb == method && rest.iter().all(is_said)
}
