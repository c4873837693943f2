//! Fixtures: upstream's example of every operation and status, in its own key order.

use serde_json::Value;

use super::synthesis::Maker;
use super::{Context, File};
use crate::diagnostic::Diagnostics;
use crate::model::{Api, ApiOperation, Reply, ReplyKind, Status};
use crate::read::{Document, Node};
use crate::words;

/// A body that the mock can answer with.
#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    /// Its place below the fixtures' folder.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) contents: Vec<u8>,
    /// The operation's key.
    pub(super) operation: String,
    /// The status as the document writes it.
    pub(super) status: String,
    /// The example's name.
    pub(super) example: String,
    /// Whether the document has no such example.
    pub(super) synthesised: bool,
    /// The media type.
    pub(super) media_type: String,
}

pub(super) fn emit(context: &Context<'_>, diagnostics: &mut Diagnostics) -> Vec<File> {
    let fixtures = all(context.document, context.api, diagnostics);
    let routes = super::routes::routes(
        context.document,
        context.api,
        context.config,
        &fixtures,
        diagnostics,
    );
    let folder = context.layout.fixtures();
    let mut files = vec![File::text(format!("{folder}/routes.json"), pretty(&routes))];
    files.extend(fixtures.into_iter().map(|fixture| File {
        path: format!("{folder}/{}", fixture.path),
        contents: fixture.contents,
    }));
    files
}

/// Every fixture in document order.
pub(crate) fn all(document: &Document, api: &Api, _: &mut Diagnostics) -> Vec<Fixture> {
    let mut fixtures = Vec::new();
    let mut maker = Maker::new(document);
    for resource in &api.resources {
        for operation in &resource.operations {
            let mut has_success = false;
            for reply in &operation.operation.replies {
                has_success |= reply.status.is_success() || reply.status == Status::Default;
                of_reply(document, &mut maker, operation, reply, &mut fixtures);
            }
            // Documents that were recorded often hold failures only; the mock needs something to succeed with.
            if !has_success {
                fixtures.push(fixture(
                    operation,
                    "200",
                    "default",
                    "application/json",
                    true,
                    &Value::Object(serde_json::Map::new()),
                ));
            }
        }
    }
    fixtures
}

fn of_reply<'d>(
    document: &'d Document,
    maker: &mut Maker<'d>,
    operation: &ApiOperation,
    reply: &Reply,
    fixtures: &mut Vec<Fixture>,
) {
    let status = reply.status.to_string();
    if reply.kind == ReplyKind::Empty {
        return;
    }
    if reply.examples.is_empty() {
        let schema = schema_of(document, operation, reply);
        let value = match (&reply.kind, schema) {
            (ReplyKind::Json(_), Some(schema)) => maker.example(&schema),
            (ReplyKind::Json(_), None) => Value::Object(serde_json::Map::new()),
            (ReplyKind::Text | ReplyKind::Binary | ReplyKind::Empty, _) => {
                Value::String("text".to_owned())
            }
        };
        fixtures.push(fixture(operation, &status, "default", &reply.media_type, true, &value));
        return;
    }
    for (name, value) in &reply.examples {
        fixtures.push(fixture(operation, &status, name, &reply.media_type, false, value));
    }
}

fn fixture(
    operation: &ApiOperation,
    status: &str,
    example: &str,
    media_type: &str,
    synthesised: bool,
    value: &Value,
) -> Fixture {
    let is_json =
        crate::lower::reply::is_json(media_type.split(';').next().unwrap_or_default().trim())
            || media_type == "*/*";
    let (extension, contents) = match value {
        Value::String(text) if !is_json => {
            (if media_type.starts_with("text/") { "txt" } else { "bin" }, text.clone().into_bytes())
        }
        value => ("json", pretty(value).into_bytes()),
    };
    let names = &operation.names;
    let file = if example == "default" {
        status.to_owned()
    } else {
        format!("{status}.{}", file_name(example))
    };
    Fixture {
        path: format!("{}/{}/{file}.{extension}", names.resource, names.method),
        contents,
        operation: operation.operation.key.clone(),
        status: status.to_owned(),
        example: example.to_owned(),
        synthesised,
        media_type: media_type.to_owned(),
    }
}

/// An example's name as part of a file name: letters and digits only, so that no name leads anywhere else.
fn file_name(example: &str) -> String {
    let name = words::snake(&crate::ident::words_of(example));
    name.chars().take(60).collect()
}

/// The schema of a reply in the document.
pub(super) fn schema_of<'d>(
    document: &'d Document,
    operation: &ApiOperation,
    reply: &Reply,
) -> Option<Node<'d>> {
    let node = document.node(&operation.operation.pointer)?;
    let responses = node.get("responses")?;
    let (_, response) = responses
        .entries()
        .find(|(name, _)| name.eq_ignore_ascii_case(&reply.status.to_string()))?;
    let response = document.resolve(&response).ok()?;
    response.get("content")?.get(&reply.media_type)?.get("schema")
}

pub(super) fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
