//! `routes.json`: what the mock server knows of every operation.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::fixtures::{Fixture, schema_of};
use super::json_schema::Shared;
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::lower::param::schema_of as param_schema;
use crate::model::{
    Api, ApiOperation, AuthKind, Body, BodyKind, Location, Paging, Param, Reply, Style,
};
use crate::read::{Document, Node};

/// The operations with their parameters, bodies, replies and schemas.
pub(super) fn routes(
    document: &Document,
    api: &Api,
    config: &Config,
    fixtures: &[Fixture],
    _: &mut Diagnostics,
) -> Value {
    let mut shared = Shared::default();
    let mut by_operation: IndexMap<&str, Vec<&Fixture>> = IndexMap::new();
    for fixture in fixtures {
        by_operation.entry(&fixture.operation).or_default().push(fixture);
    }
    let mut operations = Vec::new();
    for resource in &api.resources {
        for operation in &resource.operations {
            let own = by_operation
                .get(operation.operation.key.as_str())
                .map(Vec::as_slice)
                .unwrap_or_default();
            operations.push(route(document, api, operation, own, &mut shared));
        }
    }
    let schemes: Map<String, Value> =
        api.auth.iter().map(|scheme| (scheme.name.clone(), auth(&scheme.kind))).collect();
    json!({
        "title": api.info.title,
        "base_path": base_path(&api.base_url),
        "security_schemes": schemes,
        "limits": limits(config),
        "operations": operations,
        "schemas": shared.into_value(),
    })
}

/// Where rate limits and credits stand in replies; empty where client.yaml does not say.
fn limits(config: &Config) -> Value {
    let rules = config.limits.clone().unwrap_or_default();
    let stands = [
        ("limit", rules.limit),
        ("remaining", rules.remaining),
        ("credits_used", rules.credits_used),
        ("credits_balance", rules.credits_balance),
    ];
    let mut out = Map::new();
    for (name, stand) in stands {
        out.insert(format!("{name}_header"), Value::String(stand.header.unwrap_or_default()));
        out.insert(format!("{name}_pointer"), Value::String(stand.pointer.unwrap_or_default()));
    }
    Value::Object(out)
}

/// The path of the server's URL, which stands in front of every operation's.
fn base_path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |slash| rest[slash..].trim_end_matches('/'))
}

fn auth(kind: &AuthKind) -> Value {
    match kind {
        AuthKind::Bearer => json!({ "type": "http", "scheme": "bearer" }),
        AuthKind::Basic => json!({ "type": "http", "scheme": "basic" }),
        AuthKind::Header(name) => json!({ "type": "apiKey", "in": "header", "name": name }),
        AuthKind::Query(name) => json!({ "type": "apiKey", "in": "query", "name": name }),
        AuthKind::Cookie(name) => json!({ "type": "apiKey", "in": "cookie", "name": name }),
    }
}

fn route(
    document: &Document,
    api: &Api,
    operation: &ApiOperation,
    fixtures: &[&Fixture],
    shared: &mut Shared,
) -> Value {
    let (names, operation_) = (&operation.names, &operation.operation);
    let node = document.node(&operation_.pointer);
    let params: Vec<Value> = operation_
        .params
        .iter()
        .map(|param| parameter(document, node.as_ref(), param, shared))
        .collect();
    let mut route = json!({
        "id": operation_.id,
        "resource": names.resource,
        "name": names.method,
        "method": operation_.method.as_str(),
        "path": operation_.path,
        "summary": operation_.docs.summary,
        "security": operation_.security.as_ref().unwrap_or(&api.security),
        "parameters": params,
    });
    let Some(object) = route.as_object_mut() else { return route };
    if let Some(body) = &operation_.body {
        object.insert("body".to_owned(), body_value(document, node.as_ref(), body, shared));
    }
    let mut responses = Map::new();
    for reply in &operation_.replies {
        responses.insert(
            reply.status.to_string(),
            response(document, operation, reply, fixtures, shared),
        );
    }
    for fixture in fixtures.iter().filter(|fixture| {
        !operation_.replies.iter().any(|reply| reply.status.to_string() == fixture.status)
    }) {
        let content = json!({ "application/json": { "fixtures": { "default": fixture.path }, "synthesised": true, "schema": true } });
        responses.insert(fixture.status.clone(), json!({ "description": "Made up: the document describes no success.", "headers": {}, "content": content }));
    }
    object.insert("responses".to_owned(), Value::Object(responses));
    if let Some(paging) = &operation_.paging {
        object.insert("paging".to_owned(), paging_value(paging));
    }
    route
}

fn parameter(
    document: &Document,
    operation: Option<&Node<'_>>,
    param: &Param,
    shared: &mut Shared,
) -> Value {
    let location = match param.location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    };
    let declared =
        operation.and_then(|operation| declaration(document, operation, param, location));
    let schema = declared
        .as_ref()
        .and_then(|node| param_schema(node).0)
        .map_or(Value::Bool(true), |schema| shared.translate(document, &schema));
    let (style, explode) = match (param.style, param.location) {
        (Style::Plain, Location::Query | Location::Cookie) => ("form", true),
        (Style::Plain, Location::Path | Location::Header) => ("simple", false),
        (Style::Comma, _) => ("comma", false),
        (Style::Space, _) => ("spaceDelimited", false),
        (Style::Pipe, _) => ("pipeDelimited", false),
        (Style::DeepObject, _) => ("deepObject", true),
        (Style::Brackets, _) => ("brackets", true),
        (Style::Json, _) => ("json", false),
    };
    let mut value = json!({
        "name": param.wire, "in": location, "required": param.required, "style": style, "explode": explode, "schema": schema,
    });
    if let (Some(example), Some(object)) = (&param.example, value.as_object_mut()) {
        object.insert("example".to_owned(), example.clone());
    }
    value
}

/// Where a parameter is declared: on the operation, else on its path.
fn declaration<'d>(
    document: &'d Document,
    operation: &Node<'d>,
    param: &Param,
    location: &str,
) -> Option<Node<'d>> {
    let item = operation.pointer.parent().and_then(|pointer| document.node(&pointer));
    let owners = std::iter::once(operation.clone()).chain(item);
    owners
        .filter_map(|owner| owner.get("parameters"))
        .flat_map(|list| list.items())
        .filter_map(|node| document.resolve(&node).ok())
        .find(|node| node.str("name") == Some(&param.wire) && node.str("in") == Some(location))
}

fn body_value(
    document: &Document,
    operation: Option<&Node<'_>>,
    body: &Body,
    shared: &mut Shared,
) -> Value {
    let mut content = Map::new();
    let declared = operation
        .and_then(|operation| operation.get("requestBody"))
        .and_then(|node| document.resolve(&node).ok())
        .and_then(|node| node.get("content"));
    for (media_type, media) in declared.iter().flat_map(Node::entries) {
        let schema = media
            .get("schema")
            .map_or(Value::Bool(true), |schema| shared.translate(document, &schema));
        let encoding = media.value.get("encoding").cloned().unwrap_or_else(|| json!({}));
        content.insert(media_type.to_owned(), json!({ "schema": schema, "encoding": encoding }));
    }
    let chosen = match &body.kind {
        BodyKind::Json(media_type) => {
            media_type.clone().unwrap_or_else(|| "application/json".to_owned())
        }
        BodyKind::Form => "application/x-www-form-urlencoded".to_owned(),
        BodyKind::Multipart => "multipart/form-data".to_owned(),
        BodyKind::Text(media_type) | BodyKind::Bytes(media_type) => media_type.clone(),
    };
    let mut value = json!({ "required": body.required, "chosen": chosen, "content": content });
    if let (Some(example), Some(object)) = (&body.example, value.as_object_mut()) {
        object.insert("example".to_owned(), example.clone());
    }
    value
}

fn response(
    document: &Document,
    operation: &ApiOperation,
    reply: &Reply,
    fixtures: &[&Fixture],
    shared: &mut Shared,
) -> Value {
    let own: Vec<&&Fixture> =
        fixtures.iter().filter(|fixture| fixture.status == reply.status.to_string()).collect();
    let mut content = Map::new();
    if let Some(first) = own.first() {
        let schema = schema_of(document, operation, reply)
            .map_or(Value::Bool(true), |schema| shared.translate(document, &schema));
        let paths: Map<String, Value> = own
            .iter()
            .map(|fixture| (fixture.example.clone(), Value::String(fixture.path.clone())))
            .collect();
        let media_type = if first.media_type.is_empty() || first.media_type == "*/*" {
            "application/json"
        } else {
            &first.media_type
        };
        content.insert(
            media_type.to_owned(),
            json!({ "fixtures": paths, "synthesised": first.synthesised, "schema": schema }),
        );
    }
    json!({ "description": reply.description, "headers": headers(document, operation, reply, shared), "content": content })
}

fn headers(
    document: &Document,
    operation: &ApiOperation,
    reply: &Reply,
    shared: &mut Shared,
) -> Value {
    let response = document
        .node(&operation.operation.pointer)
        .and_then(|node| node.get("responses"))
        .and_then(|responses| {
            responses
                .entries()
                .find(|(name, _)| name.eq_ignore_ascii_case(&reply.status.to_string()))
        })
        .and_then(|(_, node)| document.resolve(&node).ok());
    let mut out = Map::new();
    for (name, header) in
        response.and_then(|node| node.get("headers")).iter().flat_map(Node::entries)
    {
        let Ok(header) = document.resolve(&header) else { continue };
        let schema = header
            .get("schema")
            .map_or(Value::Bool(true), |schema| shared.translate(document, &schema));
        let mut value = json!({ "schema": schema });
        let example = header
            .value
            .get("example")
            .or_else(|| header.value.get("schema").and_then(|schema| schema.get("example")));
        if let (Some(example), Some(object)) = (example, value.as_object_mut()) {
            object.insert("example".to_owned(), example.clone());
        }
        out.insert(name.to_owned(), value);
    }
    Value::Object(out)
}

fn paging_value(paging: &Paging) -> Value {
    match paging {
        Paging::Offset { param, limit_param, next, items } => {
            json!({ "form": "offset", "param": param, "limit_param": limit_param, "next": next, "items": items })
        }
        Paging::Page { param, last, next, items } => {
            json!({ "form": "page", "param": param, "last": last, "next": next, "items": items })
        }
        Paging::Cursor { param, next, items } => {
            json!({ "form": "cursor", "param": param, "next": next, "items": items })
        }
        Paging::DateBackwards { param, items, field, more } => {
            json!({ "form": "date_backwards", "param": param, "items": items, "field": field, "more": more })
        }
    }
}
