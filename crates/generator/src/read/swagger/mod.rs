//! Swagger 2.0 in the words of OpenAPI 3.0, so that nothing behind this has to know it.
//!
//! Everything that 2.0 can say has its equal. What stood in one place stands in another, and every node still knows
//! where it was written.
//!
//! - `operation`: what an operation takes and replies;
//! - `parameter`: parameters, headers and form fields, whose types stood beside their names;
//! - `security`: the ways to show who asks;
//! - `servers`: `host`, `basePath` and `schemes`.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::document::Document;
use super::tree::{Here, Log, Role, walk};
use crate::diagnostic::Diagnostics;
use crate::pointer::Pointer;

mod operation;
mod parameter;
mod security;
mod servers;
#[cfg(test)]
mod tests;

/// Translates a document; one of OpenAPI stays as it is.
///
/// Codes: warnings `several-bodies`, `collection-format`, `oauth-flow`; note `example-without-type`.
pub(super) fn run(document: &mut Document, diagnostics: &mut Diagnostics) {
    if document.value.get("swagger").is_none() {
        return;
    }
    let mut root = std::mem::take(&mut document.value);
    let mut log = Log::open(document);
    if let Value::Object(object) = &mut root {
        let mut moves = Moves::default();
        translate(object, &mut moves, &mut log);
        walk(Role::Document, &mut root, &Here::ROOT, &mut |role, value, _| {
            let Value::Object(node) = value else { return };
            if role == Role::Schema {
                schema(node);
            }
            if let Some(Value::String(reference)) = node.get_mut("$ref") {
                moves.follow(reference);
            }
        });
    }
    document.value = root;
    log.close(document, diagnostics);
}

/// Where nodes went that references may lead to.
#[derive(Default)]
struct Moves {
    /// Within what they were part of.
    inner: HashMap<String, String>,
    /// Whole tables.
    tables: HashMap<String, String>,
}

impl Moves {
    fn within(&mut self, from: &Pointer, to: &Pointer) {
        self.inner.entry(from.to_string()).or_insert_with(|| to.to_string());
    }

    fn follow(&self, reference: &mut String) {
        let Some(pointer) = Pointer::from_fragment(reference) else { return };
        let inner = longest(&self.inner, pointer.as_str());
        let moved = longest(&self.tables, inner.as_deref().unwrap_or(pointer.as_str())).or(inner);
        if let Some(moved) = moved {
            *reference = format!("#{}", moved.replace('%', "%25"));
        }
    }
}

/// The pointer with the longest part of it replaced that was moved.
fn longest(moves: &HashMap<String, String>, pointer: &str) -> Option<String> {
    let mut end = pointer.len();
    while end > 0 {
        if let Some(to) = moves.get(&pointer[..end]) {
            return Some(format!("{to}{}", &pointer[end..]));
        }
        end = pointer[..end].rfind('/')?;
    }
    None
}

/// What the operations of a document have in common.
struct Shared {
    parameters: Map<String, Value>,
    responses: Map<String, Value>,
    consumes: Vec<String>,
    produces: Vec<String>,
    servers: servers::Shared,
}

fn translate(root: &mut Map<String, Value>, moves: &mut Moves, log: &mut Log) {
    let table = |key: &str| root.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
    let shared = Shared {
        parameters: table("parameters"),
        responses: table("responses"),
        consumes: texts(root.get("consumes")).unwrap_or_default(),
        produces: texts(root.get("produces")).unwrap_or_default(),
        servers: servers::Shared::of(root),
    };
    if let Some(Value::Object(paths)) = root.get_mut("paths") {
        let place = Here::ROOT.key("paths");
        for (path, item) in paths.iter_mut().filter(|(path, _)| !path.starts_with("x-")) {
            if let Value::Object(item) = item {
                operation::item(item, &place.key(path), &shared, moves, log);
            }
        }
    }
    let mut components = Map::new();
    let mut keep = |key: &str, value: Option<Value>| match value {
        Some(Value::Object(table)) if table.is_empty() => {}
        Some(value) => {
            components.insert(key.to_owned(), value);
        }
        None => {}
    };
    keep("schemas", root.shift_remove("definitions"));
    keep(
        "responses",
        root.shift_remove("responses").map(|table| responses(table, &shared, moves, log)),
    );
    let (parameters, bodies) =
        operation::shared_parameters(root.shift_remove("parameters"), &shared, moves, log);
    keep("parameters", parameters);
    keep("requestBodies", bodies);
    keep(
        "securitySchemes",
        root.shift_remove("securityDefinitions").map(|table| security::schemes(table, log)),
    );
    for (from, to) in [
        ("definitions", "schemas"),
        ("responses", "responses"),
        ("parameters", "parameters"),
        ("securityDefinitions", "securitySchemes"),
    ] {
        let (from, to) =
            (Pointer::root().child(from), Pointer::root().child("components").child(to));
        moves.tables.insert(from.to_string(), to.to_string());
        log.edits.moved(from, to);
    }
    let servers = shared.servers.all();
    let mut before = std::mem::take(root);
    root.insert("openapi".to_owned(), "3.0.3".into());
    log.edits.moved(Pointer::root().child("swagger"), Pointer::root().child("openapi"));
    for (key, value) in std::mem::take(&mut before) {
        let gone = ["swagger", "host", "basePath", "schemes", "consumes", "produces"];
        if !gone.contains(&key.as_str()) {
            root.insert(key, value);
        }
    }
    if !servers.is_empty() && !root.contains_key("servers") {
        root.insert("servers".to_owned(), Value::Array(servers));
        let from = if shared.servers.has_host() { "host" } else { "basePath" };
        log.edits.moved(Pointer::root().child(from), Pointer::root().child("servers"));
    }
    if !components.is_empty() && !root.contains_key("components") {
        root.insert("components".to_owned(), Value::Object(components));
    }
}

/// Replies that operations share come in the types that most operations reply with.
fn responses(table: Value, shared: &Shared, moves: &mut Moves, log: &mut Log) -> Value {
    let Value::Object(mut table) = table else { return table };
    let place = Here::ROOT.key("responses");
    for (name, response) in &mut table {
        if let Value::Object(response) = response {
            operation::response(response, &place.key(name), &shared.produces, moves, log);
        }
    }
    Value::Object(table)
}

/// A schema has few words of its own in 2.0.
fn schema(node: &mut Map<String, Value>) {
    if let Some(Value::String(name)) = node.get("discriminator") {
        let tag = json!({ "propertyName": name });
        node.insert("discriminator".to_owned(), tag);
    }
    parameter::own_words(node);
}

/// The texts of a list; `None` if there is no list.
fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    let mut texts: Vec<String> = Vec::new();
    for text in value?.as_array()?.iter().filter_map(Value::as_str).map(str::trim) {
        if !text.is_empty() && !texts.iter().any(|known| known == text) {
            texts.push(text.to_owned());
        }
    }
    Some(texts)
}
