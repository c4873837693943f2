//! A whole document: it becomes `openapi.yaml`, byte for byte.

use std::collections::BTreeMap;

use lockstep_generator::diagnostic::{Diagnostics, Place};
use lockstep_generator::{File, Source, read};
use serde_json::Value;

use super::merge::{Merge, Merged, Removal, few};
use super::sections::is_method;
use super::tell::{Event, What};
use super::{Entry, Form, Incoming, SourceLock, error};
use crate::commands::Failure;
use crate::workspace::Input;

const NAME: &str = "openapi.yaml";

pub(super) fn merge(
    merge: &Merge<'_>,
    incoming: &Incoming,
    mut lock: SourceLock,
    sources: &mut Vec<Input>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Merged>, Failure> {
    let path = merge.target.path(NAME);
    let Some(new) = value(&incoming.shown, &incoming.text, diagnostics) else { return Ok(None) };
    let there = Input::read_if_there(&merge.target.disk(NAME), &path)?;
    let old =
        there.as_ref().and_then(|there| value(&there.path, &there.text, &mut Diagnostics::new()));
    sources.extend(there);
    if let Some(old) = &old {
        let title =
            |document: &Value| document["info"]["title"].as_str().unwrap_or_default().to_owned();
        if title(old) != title(&new) {
            let message =
                format!("this is another API's document: {:?}, not {:?}", title(&new), title(old));
            let help = format!(
                "keep it apart with --into {}/<name>; if upstream was renamed, change the title in {path} first",
                merge.target.folder
            );
            diagnostics.push(error(
                "another-document",
                message,
                Place::File(incoming.shown.clone()),
                &help,
            ));
            return Ok(None);
        }
    }
    let mut merged = Merged::default();
    let before = old.as_ref().map(operations).unwrap_or_default();
    let after = operations(&new);
    merged.operations = after.len();
    events(&before, &after, &mut merged.events);
    let gone = merged.events.iter().filter(|event| event.what == What::Removed).count();
    let checked = !matches!(merge.removal, Removal::Missing { many: true });
    if checked && !few(gone, before.len(), diagnostics) {
        return Ok(None);
    }
    lock.form = Form::Document;
    let entry = Entry {
        origin: incoming.shown.clone(),
        date: super::today(),
        etag: incoming.etag.clone(),
        last_modified: incoming.last_modified.clone(),
        ..Entry::default()
    };
    lock.note(NAME, incoming.text.as_bytes(), entry);
    merged.files.push(File { path, contents: incoming.text.as_bytes().to_vec() });
    let contents = lock.to_text()?.into_bytes();
    merged.files.push(File { path: merge.target.path("source.lock"), contents });
    Ok(Some(merged))
}

fn value(path: &str, text: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    read::read(&Source { path, text }, diagnostics).map(|document| document.value)
}

/// Every operation with what its path says for all of them.
fn operations(document: &Value) -> Operations<'_> {
    let mut all = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if is_method(method) {
                let key = format!("{} {path}", method.to_ascii_uppercase());
                all.insert(key, (operation, item.get("parameters")));
            }
        }
    }
    all
}

type Operations<'d> = BTreeMap<String, (&'d Value, Option<&'d Value>)>;

fn events(before: &Operations<'_>, after: &Operations<'_>, events: &mut Vec<Event>) {
    let mut push = |what, operation: &String| {
        events.push(Event { what, operation: operation.clone(), file: None, reason: None });
    };
    for (operation, new) in after {
        match before.get(operation) {
            None => push(What::Added, operation),
            Some(old) if old == new => push(What::Unchanged, operation),
            Some(_) => push(What::Changed, operation),
        }
    }
    for operation in before.keys().filter(|operation| !after.contains_key(*operation)) {
        push(What::Removed, operation);
    }
}
