//! Operations to path items.

use serde_json::map::Entry;
use serde_json::{Map, Value, json};

use super::schema::Schemas;
use super::{put_flag, put_text, security};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lower::reply::is_json;
use crate::model::{
    Api, Body, BodyKind, Framing, Location, Operation, Outcome, Param, Reply, ReplyKind, Scalar,
    Status, Style, TypeRef,
};

/// The paths of an API, in the order of its resources.
pub(super) fn paths(api: &Api, schemas: &mut Schemas<'_>, diagnostics: &mut Diagnostics) -> Value {
    let mut paths = Map::new();
    for operation in api.resources.iter().flat_map(|resource| &resource.operations) {
        let operation = &operation.operation;
        let item = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
        let Some(item) = item.as_object_mut() else { continue };
        let method = operation.method.as_str();
        match item.entry(operation.method.key()) {
            Entry::Vacant(place) => {
                place.insert(of(operation, schemas));
            }
            // Repairs can make two paths one, and a document has one operation for a method and a path.
            Entry::Occupied(_) => {
                let message = format!(
                    "`{}` is left out of the normalised document: another operation is `{method} {}` too",
                    operation.id, operation.path
                );
                diagnostics
                    .push(Diagnostic::warning("normalise", message).at(operation.pointer.clone()));
            }
        }
    }
    Value::Object(paths)
}

fn of(operation: &Operation, schemas: &mut Schemas<'_>) -> Value {
    let mut out = Map::new();
    if !operation.tag.is_empty() {
        out.insert("tags".to_owned(), json!([operation.tag]));
    }
    put_text(&mut out, "summary", &operation.docs.summary);
    put_text(&mut out, "description", &operation.docs.description);
    out.insert("operationId".to_owned(), json!(operation.id));
    let params: Vec<Value> =
        operation.params.iter().map(|param| parameter(param, schemas)).collect();
    if !params.is_empty() {
        out.insert("parameters".to_owned(), Value::Array(params));
    }
    if let Some(body) = &operation.body {
        out.insert("requestBody".to_owned(), request_body(body, schemas));
    }
    out.insert("responses".to_owned(), responses(operation, schemas));
    put_flag(&mut out, "deprecated", operation.deprecated);
    if let Some(own) = &operation.security {
        out.insert("security".to_owned(), security(own));
    }
    if let Some(server) = &operation.server {
        out.insert("servers".to_owned(), json!([{ "url": server }]));
    }
    Value::Object(out)
}

fn parameter(param: &Param, schemas: &mut Schemas<'_>) -> Value {
    let location = match param.location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    };
    let is_list = matches!(param.ty.non_null(), TypeRef::List(_));
    // The specification has no style for `a[]=1`: a list under that name says the same.
    let in_brackets = param.style == Style::Brackets && is_list && !param.wire.ends_with("[]");
    let name = if in_brackets { format!("{}[]", param.wire) } else { param.wire.clone() };
    let mut out = Map::new();
    out.insert("name".to_owned(), json!(name));
    out.insert("in".to_owned(), json!(location));
    put_text(&mut out, "description", &param.description);
    put_flag(&mut out, "required", param.required);
    put_flag(&mut out, "deprecated", param.deprecated);
    let style = match param.style {
        Style::Plain | Style::Json => None,
        Style::Comma => Some(("form", false)),
        Style::Space => Some(("spaceDelimited", false)),
        Style::Pipe => Some(("pipeDelimited", false)),
        Style::DeepObject => Some(("deepObject", true)),
        Style::Brackets if is_list => Some(("form", true)),
        Style::Brackets => Some(("deepObject", true)),
        Style::Exploded => Some(("simple", true)),
        Style::Label => Some(("label", false)),
        Style::LabelExploded => Some(("label", true)),
        Style::Matrix => Some(("matrix", false)),
        Style::MatrixExploded => Some(("matrix", true)),
    };
    if let Some((style, explode)) = style {
        out.insert("style".to_owned(), json!(style));
        out.insert("explode".to_owned(), json!(explode));
    } else if is_list && param.location == Location::Query && param.style == Style::Plain {
        // Said aloud, so that no vendor's habit is read into it.
        out.insert("explode".to_owned(), json!(true));
    }
    let schema = schemas.filled(&param.ty, param.fill.as_ref(), None);
    if param.style == Style::Json {
        out.insert("content".to_owned(), json!({ "application/json": { "schema": schema } }));
    } else {
        out.insert("schema".to_owned(), schema);
        put_example(&mut out, param.example.as_ref());
    }
    Value::Object(out)
}

/// How a field of a form is written.
fn encoding(style: Style) -> Value {
    match style {
        Style::Json => json!({ "contentType": "application/json" }),
        // openapiv3 leaves out what is false, and false is not what the specification has where it is left out.
        Style::Comma => json!({ "style": "form", "x-explode": false }),
        Style::Space => json!({ "style": "spaceDelimited" }),
        Style::Pipe => json!({ "style": "pipeDelimited" }),
        Style::DeepObject | Style::Brackets => json!({ "style": "deepObject", "explode": true }),
        Style::Plain
        | Style::Exploded
        | Style::Label
        | Style::LabelExploded
        | Style::Matrix
        | Style::MatrixExploded => json!({ "style": "form", "explode": true }),
    }
}

fn request_body(body: &Body, schemas: &mut Schemas<'_>) -> Value {
    let media_type = match &body.kind {
        BodyKind::Json(own) => own.as_deref().unwrap_or("application/json"),
        BodyKind::Form => "application/x-www-form-urlencoded",
        BodyKind::Multipart => "multipart/form-data",
        BodyKind::Text(own) | BodyKind::Bytes(own) => own,
    };
    // A body that is given part by part has no name, so it stays where it is.
    let schema = match &body.parts {
        Some(parts) => Value::Object(
            schemas.object(parts.iter().map(|(field, docs)| (field, Some(docs))), None),
        ),
        None => schemas.of(&body.ty),
    };
    let mut media = Map::new();
    media.insert("schema".to_owned(), schema);
    put_example(&mut media, body.example.as_ref());
    let types = body.part_types.iter().map(|(name, own)| (name, json!({ "contentType": own })));
    let styles = body.styles.iter().map(|(name, own)| (name, encoding(*own)));
    let parts: Map<String, Value> =
        types.chain(styles).map(|(name, own)| (name.clone(), own)).collect();
    if !parts.is_empty() {
        media.insert("encoding".to_owned(), Value::Object(parts));
    }
    let mut out = Map::new();
    put_text(&mut out, "description", &body.description);
    put_flag(&mut out, "required", body.required);
    out.insert("content".to_owned(), json!({ media_type: media }));
    Value::Object(out)
}

fn responses(operation: &Operation, schemas: &mut Schemas<'_>) -> Value {
    if operation.replies.is_empty() {
        let anything = json!({ "application/json": { "schema": {} } });
        return json!({ "default": { "description": "The document describes no reply.", "content": anything } });
    }
    let has_success = operation.replies.iter().any(|reply| reply.status.is_success());
    let mut out = Map::new();
    for reply in &operation.replies {
        let is_outcome =
            reply.status.is_success() || (!has_success && reply.status == Status::Default);
        out.insert(
            reply.status.to_string(),
            response(reply, is_outcome.then_some(&operation.outcome), schemas),
        );
    }
    Value::Object(out)
}

/// A reply. Successes say what a caller gets, whichever of them it is.
fn response(reply: &Reply, outcome: Option<&Outcome>, schemas: &mut Schemas<'_>) -> Value {
    let schema = match (&reply.kind, outcome) {
        (ReplyKind::Empty, _) => return json!({ "description": reply.description }),
        (ReplyKind::Json(_), Some(Outcome::Json(ty) | Outcome::OptionalJson(ty))) => schemas.of(ty),
        // Beside text or bytes the body is handed over as it comes.
        (
            ReplyKind::Json(_),
            Some(Outcome::Text | Outcome::Binary | Outcome::Stream(..) | Outcome::Empty),
        ) => json!({}),
        (ReplyKind::Json(ty), None) => schemas.of(ty),
        (ReplyKind::Stream(framing, ty), _) => stream(*framing, ty, schemas),
        (ReplyKind::Text, _) => schemas.of(&TypeRef::Scalar(Scalar::String)),
        (ReplyKind::Binary, _) => schemas.of(&TypeRef::Scalar(Scalar::Binary)),
    };
    let mut content = Map::new();
    content.insert(media_type(reply).to_owned(), shown(schema, &reply.examples));
    if let Some(streamed) = &reply.streamed {
        let schema = stream(streamed.framing, &streamed.ty, schemas);
        content.insert(streamed.media_type.clone(), shown(schema, &streamed.examples));
    }
    json!({ "description": reply.description, "content": content })
}

/// The items of a stream as the list that they make, except for the data of events, which are described each by itself.
fn stream(framing: Framing, ty: &TypeRef, schemas: &mut Schemas<'_>) -> Value {
    match (framing, ty) {
        (Framing::Events, ty) if !matches!(ty, TypeRef::List(_)) => schemas.of(ty),
        (Framing::Events | Framing::EventObjects | Framing::JsonLines | Framing::JsonSeq, ty) => {
            schemas.of(&TypeRef::List(Box::new(ty.clone())))
        }
    }
}

/// A media type with its schema and examples.
fn shown(schema: Value, examples: &[(String, Value)]) -> Value {
    let mut media = Map::new();
    media.insert("schema".to_owned(), schema);
    match examples {
        [(name, example)] if name == "default" => put_example(&mut media, Some(example)),
        [] => {}
        named => {
            let examples: Map<String, Value> = named
                .iter()
                .map(|(name, example)| (name.clone(), json!({ "value": example })))
                .collect();
            media.insert("examples".to_owned(), Value::Object(examples));
        }
    }
    Value::Object(media)
}

fn media_type(reply: &Reply) -> &str {
    let essence =
        reply.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match &reply.kind {
        ReplyKind::Json(_) if !is_json(&essence) => "application/json",
        ReplyKind::Text if essence.is_empty() => "text/plain",
        ReplyKind::Binary if essence.is_empty() => "application/octet-stream",
        ReplyKind::Json(_)
        | ReplyKind::Text
        | ReplyKind::Binary
        | ReplyKind::Stream(..)
        | ReplyKind::Empty => &reply.media_type,
    }
}

fn put_example(object: &mut Map<String, Value>, example: Option<&Value>) {
    // openapiv3 cannot tell a null example from none.
    if let Some(example) = example.filter(|example| !example.is_null()) {
        object.insert("example".to_owned(), example.clone());
    }
}
