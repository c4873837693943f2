//! `routes.json`: what the mock server knows of every operation.
//!
//! Nearly all of it stands in the document or the API already, so it is borrowed until it is written.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::fixtures::{Fixture, media_types, response_of};
use super::json_schema::{Schema, Shared};
use super::servers::{self, base_path};
use crate::config::{Config, RefusalForm, Timestamps};
use crate::lower::param::schema_of as param_schema;
use crate::model::{
    Api, ApiOperation, AuthKind, Body, BodyKind, Framing, Location, Paging, PagingForm, Param,
    Reply, Security, Style,
};
use crate::read::{Document, Node};

/// The whole file.
#[derive(Serialize)]
pub(super) struct Routes<'a> {
    title: &'a str,
    base_path: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    base_paths: Vec<String>,
    refusals: RefusalForm,
    timestamps: Timestamps,
    security_schemes: IndexMap<&'a str, Value>,
    limits: Value,
    operations: Vec<Route<'a>>,
    schemas: IndexMap<String, Schema<'a>>,
}

/// An operation.
#[derive(Serialize)]
struct Route<'a> {
    id: &'a str,
    resource: &'a str,
    name: &'a str,
    method: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    base_paths: Vec<String>,
    summary: &'a str,
    security: &'a Security,
    parameters: Vec<Parameter<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<RequestBody<'a>>,
    responses: IndexMap<String, Response<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paging: Option<Value>,
}

#[derive(Serialize)]
struct Parameter<'a> {
    name: &'a str,
    #[serde(rename = "in")]
    location: &'static str,
    required: bool,
    style: &'static str,
    explode: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    allow_empty: bool,
    schema: Schema<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'a Value>,
}

#[derive(Serialize)]
struct RequestBody<'a> {
    required: bool,
    chosen: &'a str,
    content: IndexMap<&'a str, RequestContent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'a Value>,
}

#[derive(Serialize)]
struct RequestContent<'a> {
    schema: Schema<'a>,
    encoding: Schema<'a>,
}

#[derive(Serialize)]
struct Response<'a> {
    description: &'a str,
    headers: IndexMap<&'a str, Header<'a>>,
    content: IndexMap<&'a str, Content<'a>>,
}

#[derive(Serialize)]
struct Header<'a> {
    schema: Schema<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'a Value>,
}

/// The body of a reply: its fixtures by the names of their examples.
#[derive(Serialize)]
struct Content<'a> {
    fixtures: IndexMap<&'a str, &'a str>,
    synthesised: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    event_objects: bool,
    schema: Schema<'a>,
}

/// The operations with their parameters, bodies, replies and schemas.
pub(super) fn routes<'a>(
    document: &'a Document,
    api: &'a Api,
    config: &Config,
    fixtures: &'a [Fixture<'a>],
) -> Routes<'a> {
    let mut shared = Shared::default();
    let mut by_operation: IndexMap<&str, Vec<&Fixture<'_>>> = IndexMap::new();
    for fixture in fixtures {
        by_operation.entry(fixture.operation).or_default().push(fixture);
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
    Routes {
        title: &api.info.title,
        base_path: base_path(&api.base_url),
        base_paths: servers::others(document, base_path(&api.base_url)),
        refusals: config.mock.refusals,
        timestamps: config.mock.timestamps,
        security_schemes: security_schemes(document, api),
        limits: limits(config),
        operations,
        schemas: shared.into_schemas(),
    }
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

/// Every scheme of the document, whether or not a client can be made to speak it: the mock accepts nothing for one that
/// it does not know.
fn security_schemes<'a>(document: &'a Document, api: &'a Api) -> IndexMap<&'a str, Value> {
    let mut schemes = IndexMap::new();
    let declared = document.root().get("components");
    let declared = declared.and_then(|components| components.get("securitySchemes"));
    for (name, node) in declared.iter().flat_map(Node::entries) {
        let Ok(node) = document.resolve(&node) else { continue };
        let word = |key: &str| node.str(key).unwrap_or_default();
        let scheme = match word("type") {
            "http" => json!({ "type": "http", "scheme": word("scheme") }),
            "apiKey" => json!({ "type": "apiKey", "in": word("in"), "name": word("name") }),
            other => json!({ "type": other }),
        };
        schemes.insert(name, scheme);
    }
    for scheme in &api.auth {
        schemes.entry(scheme.name.as_str()).or_insert_with(|| auth(&scheme.kind));
    }
    schemes
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

fn route<'a>(
    document: &'a Document,
    api: &'a Api,
    operation: &'a ApiOperation,
    fixtures: &[&'a Fixture<'a>],
    shared: &mut Shared<'a>,
) -> Route<'a> {
    let (names, operation_) = (&operation.names, &operation.operation);
    let node = document.node(&operation_.pointer);
    let declared = node.as_ref().map(|node| declarations(document, node)).unwrap_or_default();
    let parameters = operation_
        .params
        .iter()
        .map(|param| parameter(document, &declared, param, shared))
        .collect();
    let body =
        operation_.body.as_ref().map(|body| request_body(document, node.as_ref(), body, shared));
    let mut responses = IndexMap::new();
    for reply in &operation_.replies {
        let described = response(document, operation, reply, fixtures, shared);
        responses.insert(reply.status.to_string(), described);
    }
    let described: Vec<String> =
        operation_.replies.iter().map(|reply| reply.status.to_string()).collect();
    for fixture in fixtures.iter().filter(|fixture| !described.contains(&fixture.status)) {
        responses.insert(fixture.status.clone(), made_up(fixture));
    }
    Route {
        id: &operation_.id,
        resource: &names.resource,
        name: &names.method,
        method: operation_.method.as_str(),
        path: &operation_.path,
        base_paths: node.as_ref().map(|node| servers::own(document, node)).unwrap_or_default(),
        summary: &operation_.docs.summary,
        security: operation_.security.as_ref().unwrap_or(&api.security),
        parameters,
        body,
        responses,
        paging: operation_.paging.as_ref().map(paging_value),
    }
}

/// The success of an operation whose document describes none.
fn made_up<'a>(fixture: &'a Fixture<'a>) -> Response<'a> {
    let content = Content {
        fixtures: IndexMap::from([("default", fixture.path.as_str())]),
        synthesised: true,
        event_objects: false,
        schema: Schema::Bool(true),
    };
    Response {
        description: "Made up: the document describes no success.",
        headers: IndexMap::new(),
        content: IndexMap::from([("application/json", content)]),
    }
}

fn parameter<'a>(
    document: &'a Document,
    declared: &[Node<'a>],
    param: &'a Param,
    shared: &mut Shared<'a>,
) -> Parameter<'a> {
    let location = match param.location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    };
    let own = declared
        .iter()
        .find(|node| node.str("name") == Some(&param.wire) && node.str("in") == Some(location));
    let schema = own
        .and_then(|node| param_schema(node).0)
        .map_or(Schema::Bool(true), |schema| shared.translate(document, &schema));
    let (style, explode) = match (param.style, param.location) {
        (Style::Plain, Location::Query | Location::Cookie) => ("form", true),
        (Style::Plain, Location::Path | Location::Header) => ("simple", false),
        (Style::Comma, _) => ("comma", false),
        (Style::Space, _) => ("spaceDelimited", false),
        (Style::Pipe, _) => ("pipeDelimited", false),
        (Style::DeepObject, _) => ("deepObject", true),
        (Style::Brackets, _) => ("brackets", true),
        (Style::Json, _) => ("json", false),
        (Style::Exploded, _) => ("simple", true),
        (Style::Label, _) => ("label", false),
        (Style::LabelExploded, _) => ("label", true),
        (Style::Matrix, _) => ("matrix", false),
        (Style::MatrixExploded, _) => ("matrix", true),
    };
    Parameter {
        name: &param.wire,
        location,
        required: param.required,
        style,
        explode,
        allow_empty: own.and_then(|node| node.bool("allowEmptyValue")).unwrap_or(false),
        schema,
        example: param.example.as_ref(),
    }
}

/// The parameters that are declared on an operation, then those on its path.
fn declarations<'d>(document: &'d Document, operation: &Node<'d>) -> Vec<Node<'d>> {
    let item = operation.pointer.parent().and_then(|pointer| document.node(&pointer));
    let owners = std::iter::once(operation.clone()).chain(item);
    owners
        .filter_map(|owner| owner.get("parameters"))
        .flat_map(|list| list.items())
        .filter_map(|node| document.resolve(&node).ok())
        .collect()
}

fn request_body<'a>(
    document: &'a Document,
    operation: Option<&Node<'a>>,
    body: &'a Body,
    shared: &mut Shared<'a>,
) -> RequestBody<'a> {
    let mut content = IndexMap::new();
    let declared = operation
        .and_then(|operation| operation.get("requestBody"))
        .and_then(|node| document.resolve(&node).ok())
        .and_then(|node| node.get("content"));
    for (media_type, media) in declared.iter().flat_map(Node::entries) {
        let schema = media
            .get("schema")
            .map_or(Schema::Bool(true), |schema| shared.translate(document, &schema));
        let encoding = media.member("encoding").map_or_else(Schema::empty, Schema::Same);
        content.insert(media_type, RequestContent { schema, encoding });
    }
    let chosen = match &body.kind {
        BodyKind::Json(media_type) => media_type.as_deref().unwrap_or("application/json"),
        BodyKind::Form => "application/x-www-form-urlencoded",
        BodyKind::Multipart => "multipart/form-data",
        BodyKind::Text(media_type) | BodyKind::Bytes(media_type) => media_type,
    };
    RequestBody { required: body.required, chosen, content, example: body.example.as_ref() }
}

fn response<'a>(
    document: &'a Document,
    operation: &ApiOperation,
    reply: &'a Reply,
    fixtures: &[&'a Fixture<'a>],
    shared: &mut Shared<'a>,
) -> Response<'a> {
    let status = reply.status.to_string();
    let own = |media_type: &str| {
        let own = fixtures.iter().filter(|own| own.status == status);
        own.filter(|own| own.media_type == media_type).copied().collect::<Vec<_>>()
    };
    let mut content = IndexMap::new();
    for (media_type, media) in media_types(document, operation, reply) {
        let own = own(media_type);
        let schema = media
            .and_then(|media| media.get("schema"))
            .map_or(Schema::Bool(true), |schema| shared.translate(document, &schema));
        let described = Content {
            synthesised: own.first().is_some_and(|first| first.synthesised),
            event_objects: reply.framing_of(media_type) == Some(Framing::EventObjects),
            fixtures: own.iter().map(|own| (&*own.example, own.path.as_str())).collect(),
            schema,
        };
        // A range is no type that a reply can have, and the widest of all is mostly meant as JSON.
        let media_type = if media_type.is_empty() || media_type == "*/*" {
            "application/json"
        } else {
            media_type
        };
        content.entry(media_type).or_insert(described);
    }
    Response {
        description: &reply.description,
        headers: headers(document, operation, reply, shared),
        content,
    }
}

fn headers<'a>(
    document: &'a Document,
    operation: &ApiOperation,
    reply: &Reply,
    shared: &mut Shared<'a>,
) -> IndexMap<&'a str, Header<'a>> {
    let response = response_of(document, operation, reply);
    let mut out = IndexMap::new();
    for (name, header) in
        response.and_then(|node| node.get("headers")).iter().flat_map(Node::entries)
    {
        let Ok(header) = document.resolve(&header) else { continue };
        let schema = header
            .get("schema")
            .map_or(Schema::Bool(true), |schema| shared.translate(document, &schema));
        let named = header.get("examples");
        let named = named.iter().flat_map(Node::entries).find_map(|(_, own)| own.member("value"));
        let described = header.get("schema").and_then(|schema| document.resolve(&schema).ok());
        let of_schema = |key: &str| described.as_ref().and_then(|schema| schema.member(key));
        let example = header
            .member("example")
            .or(named)
            .or_else(|| of_schema("example"))
            .or_else(|| of_schema("default"));
        out.insert(name, Header { schema, example });
    }
    out
}

fn paging_value(paging: &Paging) -> Value {
    let Paging { param, items, more, form } = paging;
    let mut value = match form {
        PagingForm::Offset { limit_param, next } => {
            json!({ "form": "offset", "param": param, "limit_param": limit_param, "next": next, "items": items })
        }
        PagingForm::Page { first, last, next } => {
            let mut value = json!({ "form": "page", "param": param, "last": last, "next": next, "items": items });
            if *first != 1 {
                value["first"] = json!(first);
            }
            value
        }
        PagingForm::Cursor { next } => {
            json!({ "form": "cursor", "param": param, "next": next, "items": items })
        }
        PagingForm::LastItem { field } => {
            json!({ "form": "last_item", "param": param, "items": items, "field": field })
        }
        PagingForm::DateBackwards { field } => {
            json!({ "form": "date_backwards", "param": param, "items": items, "field": field, "more": more })
        }
    };
    if let Some(more) = more {
        value["more"] = json!(more);
    }
    value
}
