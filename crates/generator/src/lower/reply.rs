//! Replies.

use serde_json::Value;

use super::Lowering;
use super::body::essence;
use crate::diagnostic::Diagnostic;
use crate::model::{Place, Reply, ReplyKind, Root, Status, Travel, TypeRef};
use crate::read::Node;

impl<'d> Lowering<'d, '_> {
    /// The replies of an operation, in document order.
    pub(super) fn replies(&mut self, operation: &Node<'d>, key: &str) -> Vec<Reply> {
        let mut replies = Vec::new();
        let Some(responses) = operation.get("responses") else { return replies };
        // Where no success is described, `default` is what comes back.
        let described = responses.entries().any(|(name, _)| parse_status(name).is_some_and(Status::is_success));
        for (name, node) in responses.entries() {
            if name.starts_with("x-") {
                continue;
            }
            let Some(status) = parse_status(name) else {
                self.diagnostics.push(
                    Diagnostic::warning("invalid-status", format!("`{name}` is no status; this reply is left out"))
                        .at(&node.pointer)
                        .help("write a number from 100 to 599, `4XX` or `default`"),
                );
                continue;
            };
            match self.document.resolve(&node) {
                Ok(node) => {
                    let is_success = status.is_success() || (status == Status::Default && !described);
                    replies.push(self.reply(status, is_success, &node, key));
                }
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
        replies
    }

    fn reply(&mut self, status: Status, is_success: bool, node: &Node<'d>, key: &str) -> Reply {
        let description = node.str("description").unwrap_or_default().trim().to_owned();
        let empty = Reply { status, kind: ReplyKind::Empty, media_type: String::new(), description, examples: Vec::new() };
        let bodiless = matches!(status, Status::Code(204 | 205 | 304 | 100..=199));
        let media: Vec<(&str, Node<'d>)> = node.get("content").map(|content| content.entries().collect()).unwrap_or_default();
        let chosen = media.iter().find(|(name, _)| is_json(&essence(name)) || *name == "*/*").or(media.first());
        let Some((name, media)) = chosen.filter(|_| !bodiless) else { return empty };
        let media_type = (*name).to_owned();
        let name = essence(name);
        let schema = media.get("schema");
        let examples = examples_of(media, schema.as_ref());
        let kind = if is_json(&name) || (name == "*/*" && schema.is_some()) {
            match &schema {
                // Failures are read as they come; only named schemas are worth a type.
                Some(schema) if is_success || schema.value.get("$ref").is_some() => {
                    let place = Place::root(Root::Reply { operation: key.to_owned(), status: status.to_string() });
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
        Reply { kind, media_type, examples, ..empty }
    }
}

/// Whether a media type's essence is JSON.
pub(crate) fn is_json(essence: &str) -> bool {
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
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

/// The examples of a media type, each with its name: its own, else the first of `examples`, else its schema's.
pub(crate) fn examples_of(media: &Node<'_>, schema: Option<&Node<'_>>) -> Vec<(String, Value)> {
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
    let example = schema.and_then(|schema| schema.value.get("example"));
    example.map(|example| vec![("default".to_owned(), example.clone())]).unwrap_or_default()
}
