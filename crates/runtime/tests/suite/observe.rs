//! What those who collect spans and events get to see.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::api::Client;
use crate::server::{KEY, Server, json, reply};

/// Writes down every span and event of one thread with its fields. It collects for the whole process: what one
/// test turns on for itself alone, `tracing` may have settled to ignore for another before.
struct Scribe {
    lines: Arc<Mutex<Vec<String>>>,
    thread: ThreadId,
}

/// Fields as text; what depends on the clock or the dice shows only its name.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let shown =
            if field.name().ends_with("_ms") { "…".to_owned() } else { format!("{value:?}") };
        let _ = write!(self.0, " {}={shown}", field.name());
    }
}

impl Scribe {
    fn note(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Line)) {
        if metadata.target().starts_with("lockstep_runtime")
            && thread::current().id() == self.thread
        {
            let kind = if metadata.is_span() { metadata.name() } else { "event" };
            let mut line = Line(format!("{} {kind}", metadata.level()));
            record(&mut line);
            self.lines.lock().expect("no panic").push(line.0);
        }
    }
}

impl Subscriber for Scribe {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(span.metadata(), |line| span.record(line));
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        self.note(event.metadata(), |line| event.record(line));
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_span_for_each_request_and_attempt_and_an_event_for_drift() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let scribe = Scribe { lines: Arc::clone(&log), thread: thread::current().id() };
    tracing::subscriber::set_global_default(scribe).expect("the only one");
    let server = Server::start(|_, count| match count {
        0 => vec![reply(503, &[], format!(r#"{{"message": "not with {KEY}"}}"#))],
        _ => vec![json(r#"{"data": {"items": [{"id": "1"}]}}"#)],
    })
    .await;
    Client::of(&server).overview("acct").limit(5).await.expect("a reply");
    let text = log.lock().expect("no panic").join("\n");
    assert!(!text.contains(KEY));
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!("tracing", text) });
}
