//! Replies.

use serde_json::Value;

use super::Lowering;
use super::body::essence;
use super::stream::framing_of;
use super::view::View;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Place, Reply, ReplyKind, Root, Status, Streamed, Travel, TypeRef};
use crate::read::{Document, Node};

impl<'d> Lowering<'d, '_> {
    /// The replies of an operation, in document order.
    pub(super) fn replies(&mut self, operation: &Node<'d>, key: &str) -> Vec<Reply> {
        let mut replies = Vec::new();
        let Some(responses) = operation.get("responses") else { return replies };
        // Where no success is described, `default` is what comes back.
        let described =
            responses.entries().any(|(name, _)| parse_status(name).is_some_and(Status::is_success));
        for (name, node) in responses.entries() {
            if name.starts_with("x-") {
                continue;
            }
            let Some(status) = parse_status(name) else {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "invalid-status",
                        format!("`{name}` is no status; this reply is left out"),
                    )
                    .at(&node.pointer)
                    .help("write a number from 100 to 599, `4XX` or `default`"),
                );
                continue;
            };
            match self.document.resolve(&node) {
                Ok(node) => {
                    let is_success =
                        status.is_success() || (status == Status::Default && !described);
                    replies.push(self.reply(status, is_success, &node, key));
                }
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
        replies
    }

    fn reply(&mut self, status: Status, is_success: bool, node: &Node<'d>, key: &str) -> Reply {
        let description = node.str("description").unwrap_or_default().trim().to_owned();
        let empty = Reply {
            status,
            kind: ReplyKind::Empty,
            media_type: String::new(),
            description,
            examples: Vec::new(),
            streamed: None,
        };
        let bodiless = matches!(status, Status::Code(204 | 205 | 304 | 100..=199));
        let media: Vec<(&str, Node<'d>)> =
            node.get("content").map(|content| content.entries().collect()).unwrap_or_default();
        let chosen = media
            .iter()
            .find(|(name, _)| is_json(&essence(name)) || *name == "*/*")
            .or(media.first());
        let Some(chosen) = chosen.filter(|_| !bodiless) else { return empty };
        let is_stream = |name: &str| is_success && framing_of(&essence(name)).is_some();
        let place = match is_stream(chosen.0) {
            true => status.to_string(),
            false => stream_status(status),
        };
        let streamed = std::iter::once(chosen)
            .chain(&media)
            .find(|(name, _)| is_stream(name))
            .and_then(|(name, media)| self.streamed(name, media, key, &place));
        let (name, media) = chosen;
        if let Some(Streamed { framing, ty, media_type, examples }) =
            streamed.clone().filter(|own| own.media_type == **name)
        {
            return Reply { kind: ReplyKind::Stream(framing, ty), media_type, examples, ..empty };
        }
        let media_type = (*name).to_owned();
        let name = essence(name);
        let schema = media.get("schema");
        let mut examples = examples_of(self.document, media, schema.as_ref());
        if let (true, Some(schema)) = (is_json(&name), &schema) {
            examples = self.fitting(examples, schema, media);
        }
        let kind = if is_json(&name) || (name == "*/*" && schema.is_some()) {
            match &schema {
                // Failures are read as they come; only named schemas are worth a type.
                Some(schema) if is_success || schema.value.get("$ref").is_some() => {
                    let place = Place::root(Root::Reply {
                        operation: key.to_owned(),
                        status: status.to_string(),
                    });
                    self.covered = !examples.is_empty();
                    let ty = self.schema(schema, &place, Travel::Reply);
                    self.covered = false;
                    ReplyKind::Json(ty)
                }
                Some(_) | None => ReplyKind::Json(TypeRef::Any),
            }
        } else if name.starts_with("text/") || name.ends_with("xml") {
            ReplyKind::Text
        } else {
            ReplyKind::Binary
        };
        Reply { kind, media_type, examples, streamed, ..empty }
    }
}

impl<'d> Lowering<'d, '_> {
    /// The examples that can be of a schema at all: JSON that was put in as text is read, and what is of another
    /// kind than a schema with a name of its own is left out. A schema without a name was learnt from its example,
    /// so there it is the schema that gives way.
    fn fitting(
        &mut self,
        examples: Vec<(String, Value)>,
        schema: &Node<'d>,
        media: &Node<'d>,
    ) -> Vec<(String, Value)> {
        // What is wrong with the schema is told when it is lowered.
        let view = View::of(self.document, schema, &mut Diagnostics::new());
        let is_named = schema.value.get("$ref").is_some();
        let fits = |value: &Value| match (view.alternatives.is_empty(), view.kind()) {
            (true, Some("object")) => value.is_object() || value.is_null(),
            (true, Some("array")) => value.is_array() || value.is_null(),
            (true | false, _) => true,
        };
        let mut kept = Vec::with_capacity(examples.len());
        for (name, value) in examples {
            let read = value
                .as_str()
                .filter(|_| !fits(&value))
                .and_then(|text| serde_json::from_str::<Value>(text).ok());
            let value = read.filter(|read| fits(read)).unwrap_or(value);
            if fits(&value) || !is_named {
                kept.push((name, value));
                continue;
            }
            self.diagnostics.push(
                Diagnostic::note(
                    "example-contradicts-schema",
                    format!(
                        "the example `{name}` is {}, which the schema is not; it is left out",
                        crate::values::kind(&value)
                    ),
                )
                .at(&media.pointer)
                .help("correct the example with an overlay action"),
            );
        }
        kept
    }
}

/// Whether a media type's essence is JSON: one value, and not a stream of them.
pub(crate) fn is_json(essence: &str) -> bool {
    essence == "application/json"
        || essence == "text/json"
        || (essence.ends_with("+json") && framing_of(essence).is_none())
}

/// What stands in a place for the status of a reply that comes item by item beside the whole.
pub(crate) fn stream_status(status: Status) -> String {
    format!("{status} stream")
}

fn parse_status(name: &str) -> Option<Status> {
    if name.eq_ignore_ascii_case("default") {
        return Some(Status::Default);
    }
    if let Some(hundred) = name.strip_suffix("XX").or_else(|| name.strip_suffix("xx")) {
        return hundred.parse().ok().filter(|hundred| (1..=5).contains(hundred)).map(Status::Range);
    }
    name.parse().ok().filter(|code| (100..=599).contains(code)).map(Status::Code)
}

/// The examples of a media type, each with its name: its own, else all of `examples`, else that of its schema,
/// wherever the schema is.
pub(crate) fn examples_of(
    document: &Document,
    media: &Node<'_>,
    schema: Option<&Node<'_>>,
) -> Vec<(String, Value)> {
    if let Some(example) = media.value.get("example") {
        return vec![("default".to_owned(), example.clone())];
    }
    if let Some(examples) = media.value.get("examples").and_then(Value::as_object) {
        let named: Vec<(String, Value)> = examples
            .iter()
            .filter_map(|(name, example)| Some((name.clone(), example.get("value")?.clone())))
            .collect();
        if !named.is_empty() {
            return named;
        }
    }
    // A reference that leads nowhere is told where the schema is lowered.
    let schema = schema.and_then(|schema| document.resolve(schema).ok());
    let example = schema.and_then(|schema| schema.value.get("example").cloned());
    example.map(|example| vec![("default".to_owned(), example)]).unwrap_or_default()
}
