//! Replies that come item by item: server-sent events, JSON lines, JSON sequences.

use serde_json::Value;

use super::Lowering;
use super::body::essence;
use super::reply::{examples_of, is_json};
use super::view::View;
use crate::diagnostic::Diagnostics;
use crate::model::{
    Framing, Location, Param, Place, Reply, ReplyKind, Root, Scalar, Status, Step, StreamChoice,
    Streamed, Travel, TypeRef,
};
use crate::read::{Document, Node};

/// What an event is made of.
const OF_EVENTS: [&str; 5] = ["event", "data", "id", "retry", "comment"];

/// How deep the alternatives of an event may lie within each other.
const DEEPEST: usize = 4;

impl<'d> Lowering<'d, '_> {
    /// A media type as a stream of items; `None` where it is none.
    pub(super) fn streamed(
        &mut self,
        name: &str,
        media: &Node<'d>,
        key: &str,
        status: &str,
    ) -> Option<Streamed> {
        let framing = framing_of(&essence(name))?;
        let schema = media.get("schema");
        let examples = examples_of(self.document, media, schema.as_ref());
        let media_type = name.to_owned();
        let root = Root::Reply { operation: key.to_owned(), status: status.to_owned() };
        let Some(schema) = schema else {
            return Some(Streamed { framing, ty: TypeRef::Any, media_type, examples });
        };
        let (item, is_listed) = item_of(self.document, &schema);
        let place = Place::root(root);
        let place = if is_listed { place.then(Step::Item) } else { place };
        let is_event = framing == Framing::Events
            && is_event_object(self.document, &item, is_listed, &[], DEEPEST);
        let framing = if is_event { Framing::EventObjects } else { framing };
        let ty = match self.schema(&item, &place, Travel::Reply) {
            // JSON values are described as the text that they make together.
            TypeRef::Scalar(Scalar::String | Scalar::Binary) if framing != Framing::Events => {
                TypeRef::Any
            }
            TypeRef::Scalar(Scalar::Binary) => TypeRef::Scalar(Scalar::String),
            ty => ty,
        };
        Some(Streamed { framing, ty, media_type, examples })
    }

    /// The boolean called `stream` by which a request asks for items in place of the whole.
    pub(super) fn stream_choice(
        &mut self,
        operation: &Node<'d>,
        params: &[Param],
        replies: &[Reply],
    ) -> Option<StreamChoice> {
        let is_stream = |reply: &Reply| matches!(reply.kind, ReplyKind::Stream(..));
        let has_whole = |reply: &Reply| {
            matches!(reply.kind, ReplyKind::Json(_) | ReplyKind::Text | ReplyKind::Binary)
        };
        let good = |reply: &&Reply| reply.status.is_success() || reply.status == Status::Default;
        let mut good = replies.iter().filter(good).peekable();
        good.peek()?;
        let (mut streams, mut whole) = (false, false);
        for reply in good {
            streams |= is_stream(reply) || reply.streamed.is_some();
            whole |= has_whole(reply);
        }
        if !streams || !whole {
            return None;
        }
        self.choice_in_body(operation).or_else(|| {
            let is_choice = |param: &&Param| {
                param.location == Location::Query
                    && param.wire == "stream"
                    && param.fill.is_none()
                    && *param.ty.non_null() == TypeRef::Scalar(Scalar::Bool)
            };
            let param = params.iter().find(is_choice)?;
            Some(StreamChoice {
                wire: param.wire.clone(),
                location: Some(param.location),
                is_said: param.required || param.default == Some(Value::Bool(true)),
            })
        })
    }

    fn choice_in_body(&self, operation: &Node<'d>) -> Option<StreamChoice> {
        let body = self.document.resolve(&operation.get("requestBody")?).ok()?;
        let content = body.get("content")?;
        let (_, media) = content.entries().find(|(name, _)| is_json(&essence(name)))?;
        // What is wrong with the schema is told where it is lowered.
        let mut untold = Diagnostics::new();
        let view = View::of(self.document, &media.get("schema")?, &mut untold);
        let property = View::of(self.document, view.properties.get("stream")?, &mut untold);
        let is_choice = property.kind() == Some("boolean")
            && property.values.is_none()
            && property.alternatives.is_empty();
        is_choice.then(|| StreamChoice {
            wire: "stream".to_owned(),
            location: None,
            is_said: view.required.contains("stream")
                || property.default == Some(&Value::Bool(true)),
        })
    }
}

/// How the items of a media type follow each other, by its essence.
pub(crate) fn framing_of(essence: &str) -> Option<Framing> {
    let (_, subtype) = essence.split_once('/')?;
    match subtype {
        "event-stream" if essence.starts_with("text/") => Some(Framing::Events),
        "x-ndjson" | "ndjson" | "jsonl" | "x-jsonl" | "jsonlines" | "x-jsonlines"
        | "json-lines" | "stream+json" => Some(Framing::JsonLines),
        "json-seq" => Some(Framing::JsonSeq),
        _ if subtype.ends_with("+ndjson") || subtype.ends_with("+jsonl") => {
            Some(Framing::JsonLines)
        }
        _ if subtype.ends_with("+json-seq") => Some(Framing::JsonSeq),
        _ => None,
    }
}

/// The schema of an item, and whether the document describes the list of all items: OpenAPI 3.2 reads `schema` so.
pub(crate) fn item_of<'d>(document: &'d Document, schema: &Node<'d>) -> (Node<'d>, bool) {
    let view = View::of(document, schema, &mut Diagnostics::new());
    match view.items.clone().filter(|_| view.kind() == Some("array")) {
        Some(items) => (items, true),
        None => (schema.clone(), false),
    }
}

/// Whether an item is described as a whole event, and not as the data of one: an object of nothing but what an event
/// has. Where the document describes the list of events it need not name more than the data, since items of lists are
/// events (OpenAPI 3.2); elsewhere a name and data have to be there.
fn is_event_object(
    document: &Document,
    item: &Node<'_>,
    is_listed: bool,
    around: &[&str],
    depth: usize,
) -> bool {
    let view = View::of(document, item, &mut Diagnostics::new());
    let names: Vec<&str> = view.properties.keys().copied().chain(around.iter().copied()).collect();
    if !names.iter().all(|name| OF_EVENTS.contains(name)) {
        return false;
    }
    if !view.alternatives.is_empty() {
        let is_one = |own: &Node<'_>| is_event_object(document, own, is_listed, &names, depth - 1);
        return depth > 0 && view.alternatives.iter().all(is_one);
    }
    names.contains(&"data") && (is_listed || names.contains(&"event"))
}

/// The items of an example: the values of a list, or what stands in a text.
pub(crate) fn items_of_example(framing: Framing, example: &Value) -> Vec<Value> {
    let read = |text: &str| serde_json::from_str::<Value>(text.trim()).ok();
    match (example, framing) {
        (Value::Array(items), _) => items.clone(),
        (Value::String(text), Framing::Events) => {
            text.lines().filter_map(|line| read(line.strip_prefix("data:")?)).collect()
        }
        (Value::String(text), Framing::JsonLines) => text.lines().filter_map(read).collect(),
        (Value::String(text), Framing::JsonSeq) => text.split('\u{1e}').filter_map(read).collect(),
        (Value::String(_), Framing::EventObjects) => Vec::new(),
        (value, _) => vec![value.clone()],
    }
}
