//! Replies that come item by item: server-sent events, JSON lines, JSON sequences.
//!
//! Knows how items are put one after the other; not which there are.

use bytes::Bytes;
use serde_json::Value;

use crate::text::plain;

/// How the items of a stream follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `text/event-stream`, whose items are the data of events.
    Events,
    /// `text/event-stream`, whose items are objects of an event's name, data, id and time to wait.
    EventObjects,
    /// A line for each.
    Lines,
    /// RFC 7464.
    Sequence,
}

impl Framing {
    /// Of a media type with or without parameters; `None` where it is no stream.
    pub(crate) fn of(media: &str, has_event_objects: bool) -> Option<Self> {
        let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (kind, subtype) = essence.split_once('/')?;
        match subtype {
            "event-stream" if kind == "text" && has_event_objects => Some(Self::EventObjects),
            "event-stream" if kind == "text" => Some(Self::Events),
            "x-ndjson" | "ndjson" | "jsonl" | "x-jsonl" | "jsonlines" | "x-jsonlines"
            | "json-lines" | "stream+json" => Some(Self::Lines),
            "json-seq" => Some(Self::Sequence),
            _ if subtype.ends_with("+ndjson") || subtype.ends_with("+jsonl") => Some(Self::Lines),
            _ if subtype.ends_with("+json-seq") => Some(Self::Sequence),
            _ => None,
        }
    }

    /// The body of all items of a list, or of a single one.
    pub(crate) fn body(self, value: &Value) -> Bytes {
        let items = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        let text: String = items.iter().map(|item| self.item(item)).collect();
        Bytes::from(text)
    }

    fn item(self, item: &Value) -> String {
        match (self, item) {
            (Self::Lines, item) => format!("{item}\n"),
            (Self::Sequence, item) => format!("\u{1e}{item}\n"),
            (Self::EventObjects, Value::Object(parts)) => {
                let mut event = String::new();
                for (name, value) in parts.iter().filter(|(_, value)| !value.is_null()) {
                    let name = if name == "comment" { "" } else { name };
                    event.push_str(&field(name, &plain(value)));
                }
                event + "\n"
            }
            (Self::Events | Self::EventObjects, item) => field("data", &plain(item)) + "\n",
        }
    }

    /// An example of the document as it is sent. What is text there is taken for the stream itself if it looks like one.
    pub(crate) fn example(self, fixture: Bytes) -> Bytes {
        let Ok(text) = std::str::from_utf8(&fixture) else { return fixture };
        let is_event = |line: &str| {
            let name = line.split(':').next().unwrap_or_default();
            line.contains(':') && matches!(name, "data" | "event" | "id" | "retry" | "")
        };
        match self {
            Self::Lines | Self::Sequence => fixture,
            Self::Events | Self::EventObjects if text.lines().any(is_event) => {
                // Without an empty line behind it the last event would be none.
                Bytes::from(format!("{}\n\n", text.trim_end_matches(['\n', '\r'])))
            }
            Self::Events | Self::EventObjects => Bytes::from(field("data", text.trim_end()) + "\n"),
        }
    }
}

/// A field of an event, which has a line for each line of its value.
fn field(name: &str, value: &str) -> String {
    let lines: Vec<&str> = value.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    lines.iter().map(|line| format!("{name}: {}\n", line.replace('\r', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(media: &str, objects: bool, value: &Value) -> String {
        let framing = Framing::of(media, objects).expect("a stream");
        String::from_utf8_lossy(&framing.body(value)).into_owned()
    }

    #[test]
    fn items_one_after_the_other() {
        let items = json!([{"a": 1}, "two\nlines", 3]);
        assert_eq!(
            text("text/event-stream; charset=utf-8", false, &items),
            "data: {\"a\":1}\n\ndata: two\ndata: lines\n\ndata: 3\n\n"
        );
        assert_eq!(text("application/jsonl", false, &items), "{\"a\":1}\n\"two\\nlines\"\n3\n");
        assert_eq!(text("application/geo+json-seq", false, &json!({})), "\u{1e}{}\n");
        let event = json!({"event": "add", "data": {"a": 1}, "id": 7, "retry": null});
        assert_eq!(
            text("text/event-stream", true, &event),
            "event: add\ndata: {\"a\":1}\nid: 7\n\n"
        );
        assert_eq!(Framing::of("application/json", false), None);
    }

    #[test]
    fn examples_are_streams_or_become_one() {
        let example = |framing: Framing, text: &'static str| {
            let body = framing.example(Bytes::from_static(text.as_bytes()));
            String::from_utf8_lossy(&body).into_owned()
        };
        assert_eq!(example(Framing::Events, "data: a\n"), "data: a\n\n");
        assert_eq!(example(Framing::Events, ": hi\n\ndata: a\n\n"), ": hi\n\ndata: a\n\n");
        assert_eq!(example(Framing::Events, "hello\n"), "data: hello\n\n");
        assert_eq!(example(Framing::Lines, "{}\n{}"), "{}\n{}");
    }
}
