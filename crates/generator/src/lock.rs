//! `names.lock`: every public name that was ever given, and to what.
//!
//! An operation is known by its method and path, a type by the places that it comes from. A name, once
//! published, stays with what it was given to, whatever the document calls it later, and is never given to anything
//! else, even when what bore it is gone.
//!
//! The lock says what things are called, and nothing else: see the passes for the rule and for what follows of it.

mod grown;

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use crate::Source;
use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::lower::{operation_key, same_operation, without_version};
use crate::model::{Constant, Draft, Fill, Method, OperationNames, Place, Root, Shape, Travel};
use crate::passes::scopes::written;

/// The names given before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// By the operation's key.
    pub operations: IndexMap<String, OperationNames>,
    /// The type's name by place.
    pub types: IndexMap<String, String>,
    /// The module that a type is filed under, by the type's name.
    pub homes: IndexMap<String, String>,
    /// The security scheme that `key()` fills.
    pub key: Option<String>,
    /// What requests carry without anyone being asked, by place.
    pub constants: IndexMap<String, Constant>,
    /// The order of arguments, by the operation's key or the type's name.
    pub arguments: IndexMap<String, Vec<String>>,
    /// What was said once for many operations, as paths that end in the parameter.
    pub scopes: IndexSet<String>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct LockFile {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    operations: IndexMap<String, String>,
    types: IndexMap<String, LockedType>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    arguments: IndexMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "IndexSet::is_empty")]
    scopes: IndexSet<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    constants: IndexMap<String, serde_json::Value>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct LockedType {
    home: String,
    places: Vec<String>,
}

const HEADING: &str = "# @generated. It keeps public names stable: commit it, and do not edit it.\n\
# To insist on a name, say so under `names` in client.yaml.\n";

impl Lock {
    /// Reads `names.lock`.
    pub fn read(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        if source.text.trim().is_empty() {
            return Some(Self::default());
        }
        let file: LockFile = match serde_yaml::from_str(source.text) {
            Ok(file) => file,
            Err(error) => {
                let file = source.path.to_owned();
                let place = match error.location() {
                    Some(at) => {
                        let (line, column) = (at.line() as u32, at.column() as u32);
                        diagnostic::Place::At { file, line, column }
                    }
                    None => diagnostic::Place::File(file),
                };
                let help = "restore the committed file; without it, every name is chosen anew";
                diagnostics.push(
                    Diagnostic::error("invalid-lock", error.to_string()).at(place).help(help),
                );
                return None;
            }
        };
        let mut lock = Self { key: file.key, ..Self::default() };
        for (key, names) in file.operations {
            if let [resource, method, request] = names.split(' ').collect::<Vec<_>>().as_slice() {
                let names = OperationNames {
                    resource: (*resource).to_owned(),
                    method: (*method).to_owned(),
                    request: (*request).to_owned(),
                };
                lock.operations.insert(key, names);
            }
        }
        for (name, locked) in file.types {
            for place in locked.places {
                lock.types.insert(place, name.clone());
            }
            lock.homes.insert(name, locked.home);
        }
        lock.arguments = file.arguments;
        lock.scopes = file.scopes;
        lock.constants = (file.constants.into_iter())
            .filter_map(|(place, value)| Some((place, Constant::of(&value)?)))
            .collect();
        Some(lock)
    }

    /// The lock as it is for operations that have moved: what was given to the old key, and to the types at its
    /// places, is given to the new one. `moved` leads from old to new, as people write operations.
    #[must_use]
    pub fn moved(&self, moved: &IndexMap<String, String>) -> Self {
        let mut lock = self.clone();
        for (from, to) in moved {
            let Some(to) = key_of(to) else { continue };
            let Some((from, names)) =
                self.operations.iter().find(|(key, _)| same_operation(from, key))
            else {
                continue;
            };
            lock.operations.entry(to.clone()).or_insert_with(|| names.clone());
            if let Some(arguments) = self.arguments.get(from) {
                lock.arguments.entry(to.clone()).or_insert_with(|| arguments.clone());
            }
            let there = |place: &str| {
                let rest = place.strip_prefix(from.as_str())?;
                rest.starts_with(' ').then(|| format!("{to}{rest}"))
            };
            for (place, name) in &self.types {
                if let Some(place) = there(place) {
                    lock.types.entry(place).or_insert_with(|| name.clone());
                }
            }
            for (place, constant) in &self.constants {
                if let Some(place) = there(place) {
                    lock.constants.entry(place).or_insert_with(|| constant.clone());
                }
            }
        }
        lock
    }

    /// Operations of a draft that the lock knows at another place, as [`Lock::moved`] takes them: those whose whole URL
    /// or whose place under a prefix of all is what it was, and those of another version of the API. What stands where
    /// it stood has not moved, and of several that could have none has.
    pub(crate) fn looks_moved(&self, draft: &Draft) -> IndexMap<String, String> {
        let here: HashSet<&str> = draft.operations.iter().map(|op| op.key.as_str()).collect();
        let mut gone: Vec<&str> = self.operations.keys().map(String::as_str).collect();
        gone.retain(|key| !here.contains(key));
        let mut come: Vec<&str> = draft.operations.iter().map(|op| op.key.as_str()).collect();
        come.retain(|key| !self.operations.contains_key(*key));
        if gone.is_empty() || come.is_empty() {
            return IndexMap::new();
        }
        let base = draft.base_url.split_once("://").map_or("", |(_, rest)| rest);
        let base = base.find('/').map_or("", |slash| base[slash..].trim_end_matches('/'));
        let shared = shared_prefix(draft);
        let under = |prefix: &str, key: &str| match key.split_once(' ') {
            Some((method, path)) => format!("{method} {prefix}{path}"),
            None => key.to_owned(),
        };
        let mut found = IndexMap::new();
        pair(&mut found, &mut gone, &mut come, |key| key.to_owned(), |key| under(base, key));
        pair(&mut found, &mut gone, &mut come, |key| under(&shared, key), |key| key.to_owned());
        pair(&mut found, &mut gone, &mut come, without_version, without_version);
        found
    }

    /// The lock after a run: the names of the draft, and those given before to what is gone. It may come back.
    pub fn after(draft: &Draft, before: &Self) -> Self {
        let mut lock = before.clone();
        for (operation, names) in draft.operations.iter().zip(&draft.names.operations) {
            lock.operations.insert(operation.key.clone(), names.clone());
        }
        for (id, name) in &draft.names.types {
            for place in &draft.types.get(*id).places {
                lock.types.insert(place.to_string(), name.clone());
            }
            let home = draft.names.homes.get(id).cloned().unwrap_or_default();
            lock.homes.insert(name.clone(), home);
        }
        lock.constants.extend(constants(draft));
        lock.arguments.extend(arguments(draft));
        lock.scopes.extend(draft.scopes.iter().map(|scope| written(&scope.prefix, &scope.param)));
        if let Some(scheme) = draft.auth.first() {
            lock.key = Some(scheme.name.clone());
        }
        lock
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut file = LockFile { key: self.key.clone(), ..LockFile::default() };
        for (key, names) in &self.operations {
            file.operations.insert(
                key.clone(),
                format!("{} {} {}", names.resource, names.method, names.request),
            );
        }
        for (place, name) in &self.types {
            let home = self.homes.get(name).cloned().unwrap_or_default();
            let locked = file
                .types
                .entry(name.clone())
                .or_insert_with(|| LockedType { home, places: Vec::new() });
            locked.places.push(place.clone());
        }
        // The order of names and places is that of the letters: a new one is then one line of a diff.
        file.operations.sort_keys();
        file.types.sort_keys();
        file.arguments = self.arguments.clone();
        file.arguments.sort_keys();
        file.scopes = self.scopes.clone();
        file.scopes.sort();
        let constants = self.constants.iter().map(|(place, own)| (place.clone(), own.value()));
        file.constants = constants.collect();
        file.constants.sort_keys();
        file.types.values_mut().for_each(|locked| locked.places.sort());
        let body = serde_yaml::to_string(&file).unwrap_or_default();
        format!("{HEADING}{body}")
    }
}

/// The order of arguments, where there are any.
fn arguments(draft: &Draft) -> impl Iterator<Item = (String, Vec<String>)> {
    let operations = draft.operations.iter().map(|it| (&it.key, &it.arguments));
    let types = draft.names.types.iter().map(|(id, name)| (name, &draft.types.get(*id).arguments));
    let all = operations.chain(types).filter(|(_, arguments)| !arguments.is_empty());
    all.map(|(key, arguments)| (key.clone(), arguments.clone()))
}

/// What the requests of a draft carry without anyone being asked, by place.
fn constants(draft: &Draft) -> IndexMap<String, Constant> {
    let mut found = IndexMap::new();
    let mut note = |place: Place, fill: &Option<Fill>| {
        if let Some(fill) = fill {
            found.insert(place.to_string(), fill.constant().clone());
        }
    };
    for operation in &draft.operations {
        for param in &operation.params {
            note(param.place(&operation.key), &param.fill);
        }
        let body = Place::root(Root::Body { operation: operation.key.clone() });
        for (field, _) in operation.body.iter().filter_map(|body| body.parts.as_ref()).flatten() {
            note(body.field(&field.wire), &field.fill);
        }
    }
    for id in draft.names.types.keys() {
        let def = draft.types.get(*id);
        let Shape::Struct(shape) = &def.shape else { continue };
        if def.travel == Travel::Reply {
            continue;
        }
        for field in &shape.fields {
            def.places.iter().for_each(|place| note(place.field(&field.wire), &field.fill));
        }
    }
    found
}

/// The segments that every path of a draft begins with.
fn shared_prefix(draft: &Draft) -> String {
    let mut paths =
        draft.operations.iter().filter_map(|op| op.key.split_once(' ')).map(|(_, path)| path);
    let mut shared: Vec<&str> = paths.next().unwrap_or_default().split('/').collect();
    for path in paths {
        let same =
            shared.iter().zip(path.split('/')).take_while(|(one, two)| **one == *two).count();
        shared.truncate(same);
    }
    shared.join("/")
}

/// Pairs what is gone with what has come by a mark that one of each has.
fn pair<'k>(
    found: &mut IndexMap<String, String>,
    gone: &mut Vec<&'k str>,
    come: &mut Vec<&'k str>,
    of_gone: impl Fn(&str) -> String,
    of_come: impl Fn(&str) -> String,
) {
    let mut marked: IndexMap<String, (Vec<&'k str>, Vec<&'k str>)> = IndexMap::new();
    for key in gone.iter() {
        marked.entry(of_gone(key)).or_default().0.push(key);
    }
    for key in come.iter() {
        marked.entry(of_come(key)).or_default().1.push(key);
    }
    let mut used: HashSet<&str> = HashSet::new();
    for (from, to) in marked.into_values() {
        if let ([from], [to]) = (from.as_slice(), to.as_slice()) {
            found.insert((*from).to_owned(), (*to).to_owned());
            used.extend([*from, *to]);
        }
    }
    gone.retain(|key| !used.contains(key));
    come.retain(|key| !used.contains(key));
}

/// The key of an operation as a person writes it.
fn key_of(written: &str) -> Option<String> {
    let (method, path) = written.trim().split_once(' ')?;
    let (_, method) =
        Method::ALL.iter().find(|(_, known)| known.as_str().eq_ignore_ascii_case(method))?;
    Some(operation_key(*method, path.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Operation;

    /// What looks moved from the first keys to the second ones.
    fn moved(before: &[&str], after: &[&str], base_url: &str) -> Vec<(String, String)> {
        let mut lock = Lock::default();
        for key in before {
            lock.operations.insert((*key).to_owned(), OperationNames::default());
        }
        let mut draft = Draft { base_url: base_url.to_owned(), ..Draft::default() };
        for key in after {
            draft.operations.push(operation(key));
        }
        lock.looks_moved(&draft).into_iter().collect()
    }

    fn operation(key: &str) -> Operation {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths: {{ {}: {{ get: {{}} }} }}",
            key.split_once(' ').map_or(key, |(_, path)| path)
        );
        let mut told = Diagnostics::new();
        let source = Source { path: "a.yaml", text: &text };
        let document = crate::read::prepare(&source, None, &mut told).expect("a document");
        let config = crate::config::Config::default();
        crate::lower::lower(&document, &config, &mut told).operations.remove(0)
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(one, two)| ((*one).to_owned(), (*two).to_owned())).collect()
    }

    #[test]
    fn operations_of_another_version_or_prefix_are_those_that_were() {
        let found = moved(&["GET /v1/a", "GET /v1/b"], &["GET /v2/a", "GET /v2/b"], "");
        assert_eq!(found, pairs(&[("GET /v1/a", "GET /v2/a"), ("GET /v1/b", "GET /v2/b")]));
        let found =
            moved(&["GET /v1/a", "GET /v1/b"], &["GET /a", "GET /b"], "https://x.example/v1/");
        assert_eq!(found, pairs(&[("GET /v1/a", "GET /a"), ("GET /v1/b", "GET /b")]));
        let found = moved(&["GET /a", "GET /b"], &["GET /api/a", "GET /api/b"], "");
        assert_eq!(found, pairs(&[("GET /a", "GET /api/a"), ("GET /b", "GET /api/b")]));
    }

    #[test]
    fn what_stands_where_it_stood_or_could_be_several_has_not_moved() {
        assert_eq!(moved(&["GET /v1/a"], &["GET /v1/a", "GET /v2/a"], ""), []);
        assert_eq!(moved(&["GET /v1/a"], &["GET /v2/a", "GET /v3/a"], ""), []);
        assert_eq!(moved(&["GET /v1/a", "GET /v2/a"], &["GET /v3/a"], ""), []);
        assert_eq!(moved(&["GET /a"], &["GET /b"], "https://x.example"), []);
    }
}
