//! What an operation takes and replies: bodies and forms were parameters, and media types stood apart.

use serde_json::{Map, Value, json};

use super::super::tree::{Here, Log, METHODS};
use super::{Moves, Shared, parameter, texts};
use crate::pointer::Pointer;

const URL_ENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";
const JSON: &str = "application/json";

/// A parameter that is part of the body, and where it is written.
#[derive(Clone)]
struct Given {
    value: Map<String, Value>,
    at: Pointer,
    /// The name that operations share it by.
    shared: Option<String>,
}

impl Given {
    fn text(&self, key: &str) -> &str {
        self.value.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn is_body(&self) -> bool {
        self.text("in").eq_ignore_ascii_case("body")
    }
}

/// Translates a path with its operations.
pub(super) fn item(
    item: &mut Map<String, Value>,
    here: &Here<'_>,
    shared: &Shared,
    moves: &mut Moves,
    log: &mut Log,
) {
    let (common, gone) = take_bodies(item, here, shared, log);
    for (method, operation) in item.iter_mut().filter(|(key, _)| METHODS.contains(&key.as_str())) {
        let Value::Object(operation) = operation else { continue };
        let here = here.key(method);
        let (mut given, gone) = take_bodies(operation, &here, shared, log);
        for more in &common {
            let known = |own: &Given| {
                own.is_body() == more.is_body()
                    && (more.is_body() || own.text("name") == more.text("name"))
            };
            if !given.iter().any(known) {
                given.push(more.clone());
            }
        }
        let consumes = texts(operation.shift_remove("consumes").as_ref());
        let produces = texts(operation.shift_remove("produces").as_ref());
        let consumes = consumes.unwrap_or_else(|| shared.consumes.clone());
        let produces = produces.unwrap_or_else(|| shared.produces.clone());
        let servers = shared.servers.of_operation(operation.shift_remove("schemes").as_ref());
        if !servers.is_empty() {
            operation.insert("servers".to_owned(), Value::Array(servers));
        }
        if let Some(body) = body(&given, &here, &consumes, shared, moves, log) {
            operation.insert("requestBody".to_owned(), body);
        }
        forget(&gone, &here, log);
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            let place = here.key("responses");
            for (status, reply) in responses.iter_mut().filter(|(key, _)| !key.starts_with("x-")) {
                let Value::Object(reply) = reply else { continue };
                let here = place.key(status);
                own_types(reply, &here, &produces, shared, log);
                response(reply, &here, &produces, moves, log);
            }
        }
    }
    forget(&gone, here, log);
}

/// Notes that parameters are gone, from the last to the first, once what became of them is noted.
fn forget(gone: &[usize], here: &Here<'_>, log: &mut Log) {
    for index in gone.iter().rev() {
        log.edits.removed(here.key("parameters").pointer(), *index);
    }
}

/// Translates the parameters that stay such, and takes out those that are part of the body, with their places.
fn take_bodies(
    owner: &mut Map<String, Value>,
    here: &Here<'_>,
    shared: &Shared,
    log: &mut Log,
) -> (Vec<Given>, Vec<usize>) {
    let Some(Value::Array(list)) = owner.get_mut("parameters") else { return Default::default() };
    let place = here.key("parameters");
    let mut given = Vec::new();
    let mut gone = Vec::new();
    for (index, value) in list.iter_mut().enumerate() {
        let Value::Object(parameter) = value else { continue };
        let here = place.index(index);
        let (own, at, name) = match shared_name(parameter) {
            Some(name) => match behind(&name, shared) {
                Some((name, value)) => {
                    let at = Pointer::root().child("parameters").child(&name);
                    (value, at, Some(name))
                }
                None => continue,
            },
            None => (parameter.clone(), here.pointer(), None),
        };
        let one = Given { value: own, at, shared: name };
        if one.is_body() || one.text("in").eq_ignore_ascii_case("formData") {
            given.push(one);
            gone.push(index);
        } else {
            parameter::plain(parameter, &here, log);
        }
    }
    for index in gone.iter().rev() {
        list.remove(*index);
    }
    if list.is_empty() {
        owner.shift_remove("parameters");
    }
    (given, gone)
}

/// The name of the shared parameter that a reference leads to.
fn shared_name(parameter: &Map<String, Value>) -> Option<String> {
    let pointer = Pointer::from_fragment(parameter.get("$ref")?.as_str()?)?;
    let tokens: Vec<_> = pointer.tokens().collect();
    match tokens.as_slice() {
        [table, name] if table == "parameters" => Some(name.to_string()),
        _ => None,
    }
}

/// A shared parameter, behind references among them.
fn behind(name: &str, shared: &Shared) -> Option<(String, Map<String, Value>)> {
    let mut name = name.to_owned();
    for _ in 0..16 {
        let value = shared.parameters.get(&name)?.as_object()?;
        match shared_name(value) {
            Some(next) => name = next,
            None => return Some((name, value.clone())),
        }
    }
    None
}

/// The body of a request, made of what was given for it.
fn body(
    given: &[Given],
    here: &Here<'_>,
    consumes: &[String],
    shared: &Shared,
    moves: &mut Moves,
    log: &mut Log,
) -> Option<Value> {
    let (bodies, fields): (Vec<&Given>, Vec<&Given>) = given.iter().partition(|one| one.is_body());
    if bodies.len() > 1 || (!bodies.is_empty() && !fields.is_empty()) {
        let message = "the request has several bodies; the first that is a whole one counts";
        log.warn("several-bodies", message, here);
    }
    let place = here.key("requestBody");
    let Some(first) = bodies.first() else {
        return (!fields.is_empty()).then(|| form(&fields, &place, consumes, log));
    };
    match &first.shared {
        Some(name) if consumes == shared.consumes.as_slice() => {
            Some(json!({ "$ref": format!("#/components/requestBodies/{}", token(name)) }))
        }
        _ => Some(whole(first, &place, consumes, moves, log)),
    }
}

/// A name as one token of a reference.
fn token(name: &str) -> String {
    let pointer = Pointer::root().child(name).to_string().replace('%', "%25");
    pointer.trim_start_matches('/').to_owned()
}

/// A body that is described by one schema.
fn whole(
    given: &Given,
    here: &Here<'_>,
    consumes: &[String],
    moves: &mut Moves,
    log: &mut Log,
) -> Value {
    let mut body = Map::new();
    let mut media = Map::new();
    for (key, value) in &given.value {
        match key.as_str() {
            "description" | "required" => {
                body.insert(key.clone(), value.clone());
            }
            "schema" => {
                media.insert(key.clone(), value.clone());
            }
            "x-example" | "example" => {
                media.insert("example".to_owned(), value.clone());
            }
            key if key.starts_with("x-") => {
                body.insert(key.to_owned(), value.clone());
            }
            _ => {}
        }
    }
    log.edits.moved(given.at.clone(), here.pointer());
    let place = here.key("content");
    let content: Map<String, Value> = or(consumes, JSON)
        .into_iter()
        .map(|kind| {
            let to = place.key(&kind).key("schema").pointer();
            moves.within(&given.at.child("schema"), &to);
            log.edits.moved(given.at.child("schema"), to);
            (kind.clone(), Value::Object(media.clone()))
        })
        .collect();
    body.insert("content".to_owned(), Value::Object(content));
    Value::Object(body)
}

/// A body that is described field by field.
fn form(fields: &[&Given], here: &Here<'_>, consumes: &[String], log: &mut Log) -> Value {
    let mut kinds: Vec<String> = consumes
        .iter()
        .filter(|kind| [URL_ENCODED, MULTIPART].contains(&kind.as_str()))
        .cloned()
        .collect();
    let is_file = |given: &&&Given| {
        let of = |value: &Map<String, Value>| value.get("type") == Some(&json!("file"));
        of(&given.value) || given.value.get("items").and_then(Value::as_object).is_some_and(of)
    };
    if fields.iter().any(|field| is_file(&field)) {
        kinds = vec![MULTIPART.to_owned()];
    }
    let (mut properties, mut required, mut encoding) = (Map::new(), Vec::new(), Map::new());
    let kinds = or(&kinds, URL_ENCODED);
    for field in fields {
        let name = field.text("name");
        let (schema, travel) = parameter::field(&field.value, here, log);
        if field.value.get("required") == Some(&json!(true)) {
            required.push(json!(name));
        }
        if let Some((style, explode)) = travel {
            encoding.insert(name.to_owned(), json!({ "style": style, "explode": explode }));
        }
        for kind in &kinds {
            let properties = here.key("content");
            let properties = properties.key(kind);
            let properties = properties.key("schema");
            let to = properties.key("properties").key(name).pointer();
            log.edits.moved(field.at.clone(), to);
        }
        properties.insert(name.to_owned(), schema);
    }
    let mut schema = json!({ "type": "object" });
    let is_required = !required.is_empty();
    if is_required {
        schema["required"] = Value::Array(required);
    }
    schema["properties"] = Value::Object(properties);
    let media = |kind: &String| {
        let mut media = json!({ "schema": schema });
        if kind == URL_ENCODED && !encoding.is_empty() {
            media["encoding"] = Value::Object(encoding.clone());
        }
        (kind.clone(), media)
    };
    let content: Map<String, Value> = kinds.iter().map(media).collect();
    json!({ "content": content, "required": is_required })
}

/// The types that something comes in, or the one that is meant where none is named.
fn or(kinds: &[String], usual: &str) -> Vec<String> {
    if kinds.is_empty() { vec![usual.to_owned()] } else { kinds.to_vec() }
}

/// A shared reply comes in the types of the document; an operation with others has a reply of its own.
fn own_types(
    reply: &mut Map<String, Value>,
    here: &Here<'_>,
    produces: &[String],
    shared: &Shared,
    log: &mut Log,
) {
    if produces == shared.produces.as_slice() {
        return;
    }
    let pointer = reply.get("$ref").and_then(Value::as_str).and_then(Pointer::from_fragment);
    let Some(pointer) = pointer else { return };
    let tokens: Vec<_> = pointer.tokens().collect();
    let [table, name] = tokens.as_slice() else { return };
    let Some(Value::Object(own)) =
        shared.responses.get(name.as_ref()).filter(|_| table == "responses")
    else {
        return;
    };
    if own.contains_key("schema") {
        reply.clone_from(own);
        log.edits.moved(pointer.clone(), here.pointer());
    }
}

/// Translates a reply: its schema and its examples by the types that it comes in, its headers.
pub(super) fn response(
    reply: &mut Map<String, Value>,
    here: &Here<'_>,
    produces: &[String],
    moves: &mut Moves,
    log: &mut Log,
) {
    if reply.contains_key("$ref") {
        return;
    }
    if let Some(Value::Object(headers)) = reply.get_mut("headers") {
        let place = here.key("headers");
        for (name, header) in headers {
            if let Value::Object(header) = header {
                parameter::header(header, &place.key(name), log);
            }
        }
    }
    let schema = reply.shift_remove("schema");
    let examples = match reply.shift_remove("examples") {
        Some(Value::Object(examples)) => examples,
        _ => Map::new(),
    };
    if schema.is_none() && examples.is_empty() {
        return;
    }
    let is_file = schema.as_ref().is_some_and(|schema| schema.get("type") == Some(&json!("file")));
    let named = examples.keys().filter(|kind| kind.contains('/')).cloned().collect::<Vec<_>>();
    let kinds = match (produces.is_empty(), is_file) {
        (false, _) => produces.to_vec(),
        (true, true) => vec!["application/octet-stream".to_owned()],
        (true, false) => or(&named, JSON),
    };
    let place = here.key("content");
    let mut content = Map::new();
    for kind in &kinds {
        let mut media = Map::new();
        if let Some(schema) = &schema {
            media.insert("schema".to_owned(), schema.clone());
            let to = place.key(kind).key("schema").pointer();
            moves.within(&here.key("schema").pointer(), &to);
            log.edits.moved(here.key("schema").pointer(), to);
        }
        if let Some(example) = examples.get(kind) {
            media.insert("example".to_owned(), example.clone());
            let to = place.key(kind).key("example").pointer();
            log.edits.moved(here.key("examples").key(kind).pointer(), to);
        }
        content.insert(kind.clone(), Value::Object(media));
    }
    for kind in examples.keys().filter(|kind| !kinds.contains(kind)) {
        let message = format!(
            "the reply has an example for `{kind}`, and never comes as that; the example is left out"
        );
        log.note("example-without-type", message, &here.key("examples").key(kind));
    }
    reply.insert("content".to_owned(), Value::Object(content));
}

/// The parameters that operations share, and those among them that are bodies; form fields become part of the
/// operations that refer to them.
pub(super) fn shared_parameters(
    table: Option<Value>,
    shared: &Shared,
    moves: &mut Moves,
    log: &mut Log,
) -> (Option<Value>, Option<Value>) {
    let Some(Value::Object(table)) = table else { return (table, None) };
    let place = Here::ROOT.key("parameters");
    let (mut parameters, mut bodies) = (Map::new(), Map::new());
    for (name, value) in table {
        let here = place.key(&name);
        let Value::Object(mut value) = value else { continue };
        let location =
            value.get("in").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        match location.as_str() {
            "body" => {
                let at = here.pointer();
                let given = Given { value, at, shared: None };
                let components = Here::ROOT.key("components");
                let components = components.key("requestBodies");
                bodies.insert(
                    name.clone(),
                    whole(&given, &components.key(&name), &shared.consumes, moves, log),
                );
            }
            "formdata" => {}
            _ => {
                parameter::plain(&mut value, &here, log);
                parameters.insert(name, Value::Object(value));
            }
        }
    }
    (Some(Value::Object(parameters)), Some(Value::Object(bodies)))
}
