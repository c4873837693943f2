//! Streams from the mock, item by item, as the document shows them.

use std::path::Path;
use std::sync::Arc;

use lockstep_mock::{Data, MockServer, Service};
use lockstep_runtime::{ItemStream, blocking};

use super::generated::Client;
use super::generated::types::*;

fn mock() -> (MockServer, Client) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/streamed_replies/fixtures");
    let routes = serde_json::from_slice(&std::fs::read(folder.join("routes.json")).unwrap()).unwrap();
    let mut fixtures = Vec::new();
    let mut open = vec![folder.clone()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            fixtures.push((name, std::fs::read(&path).unwrap()));
        }
    }
    let service = Arc::new(Service::new(Data::new(&routes, fixtures).unwrap()));
    let server = MockServer::start_blocking(service).unwrap();
    let client = Client::builder().base_url(server.url()).strict(true).build().unwrap();
    (server, client)
}

/// All items, and the last request: its `Accept`, and its body.
fn all<T: Send + 'static>(server: &MockServer, stream: ItemStream<T>) -> (Vec<T>, String, String) {
    let items = stream.blocking().map(|item| item.unwrap().into_inner()).collect();
    let requests = server.requests();
    let last = requests.last().unwrap();
    let accept = last.headers.get("accept").unwrap().to_str().unwrap().to_owned();
    (items, accept, String::from_utf8_lossy(&last.body).into_owned())
}

#[test]
fn a_request_gives_the_whole_or_its_parts() {
    let (server, client) = mock();
    let answers = client.answers();
    assert_eq!(answers.create("Hello").send_blocking().unwrap().text, "Hi there");
    let stream = blocking::wait(answers.create("Hello").stream()).unwrap().unwrap();
    let (parts, accept, body) = all(&server, stream.into_inner());
    let words: Vec<&str> = parts.iter().map(|part: &Part| &*part.delta).collect();
    assert_eq!(words, ["Hi", " there"]);
    assert_eq!((accept.as_str(), body.as_str()), ("text/event-stream", r#"{"prompt":"Hello","stream":true}"#));
    let requests = server.requests();
    assert_eq!(&requests[0].body[..], br#"{"prompt":"Hello"}"#);
}

#[test]
fn an_event_has_its_name_beside_its_data() {
    let (_server, client) = mock();
    let stream = blocking::wait(client.answers().create("Hello").stream()).unwrap().unwrap();
    let events: Vec<_> = stream.into_inner().blocking().map(Result::unwrap).collect();
    assert_eq!(events[0].event(), Some("part"));
    assert_eq!((events[1].event(), events[1].done), (None, Some(true)));
}

#[test]
fn where_parts_are_the_rule_the_whole_is_asked_for() {
    let (server, client) = mock();
    client.answers().generate(Question::new("Hello")).send_blocking().unwrap();
    assert_eq!(&server.requests()[0].body[..], br#"{"prompt":"Hello","stream":false}"#);
    let stream = blocking::wait(client.answers().generate(Question::new("Hello")).stream());
    let (words, accept, body) = all(&server, stream.unwrap().unwrap().into_inner());
    let words: Vec<_> = words.into_iter().map(|part: GenerateAnswer| part.word.unwrap()).collect();
    assert_eq!(words, ["a", "b"]);
    assert_eq!((accept.as_str(), body.as_str()), ("application/x-ndjson", r#"{"prompt":"Hello","stream":true}"#));
}

#[test]
fn streams_alone_are_the_reply() {
    let (server, client) = mock();
    let news = client.news().watch().stream(Stream::Fast).send_blocking().unwrap();
    assert_eq!(all(&server, news.into_inner()).0[0].delta, "Hi");
    let log = client.news().tail_log().send_blocking().unwrap();
    let (lines, accept, _) = all(&server, log.into_inner());
    assert_eq!((lines[0].line.as_str(), accept.as_str()), ("started", "application/jsonl"));
    let shapes = client.news().tail_shapes().send_blocking().unwrap();
    assert_eq!(all(&server, shapes.into_inner()).0[0].area, Some(1.5));
    let texts = client.news().watch_texts().send_blocking().unwrap();
    assert_eq!(all(&server, texts.into_inner()).0, ["Hello"]);
}

#[test]
fn events_that_are_described_whole() {
    let (server, client) = mock();
    let changes = client.news().watch_changes().send_blocking().unwrap();
    let (events, _, _) = all(&server, changes.into_inner());
    let WatchChangeReply::Added(added) = &events[0] else { panic!("{events:?}") };
    assert_eq!(added.data.name, "Rex");
    let WatchChangeReply::Ticked(ticked) = &events[1] else { panic!("{events:?}") };
    assert_eq!((ticked.data.as_str(), ticked.id.as_deref()), ("7", Some("1")));
}
