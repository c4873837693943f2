//! Streams of items from a server that misbehaves: what comes, how it ends, and how often the server was asked.

use std::time::Duration;

use lockstep_runtime::{
    Error, EventObjects, Events, ItemStream, JsonLines, JsonSeq, Method, Reply, Response,
    TextEvents, Value,
};
use serde::Deserialize;

use crate::api::Client;
use crate::server::{Act, Server, head, json, reply};

const EVENTS: (&str, &str) = ("content-type", "text/event-stream; charset=utf-8");

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Tick {
    n: i64,
}

/// The head of a stream in chunks, which tells when it is cut.
fn open() -> Act {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    Act::Send(head.as_bytes().to_vec())
}

fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

fn send(text: &str) -> Act {
    Act::Send(chunk(text))
}

fn end() -> Act {
    Act::Send(b"0\r\n\r\n".to_vec())
}

async fn stream<R, T>(client: &Client) -> Response<ItemStream<T>>
where
    R: Reply<Value = ItemStream<T>>,
    T: Send + 'static,
{
    client.get("/events").reply::<R>().await.expect("a stream")
}

/// The numbers that come, and the error at the end.
async fn ticks(mut stream: Response<ItemStream<Tick>>) -> (Vec<i64>, Option<Error>) {
    let mut numbers = Vec::new();
    while let Some(tick) = stream.next().await {
        match tick {
            Ok(tick) => numbers.push(tick.n),
            Err(error) => {
                let last = stream.next().await.is_none();
                assert!(last || matches!(error, Error::Decode(_)), "more follows {error}");
                return (numbers, Some(error));
            }
        }
    }
    (numbers, None)
}

async fn ticks_of(acts: Vec<Act>) -> (Vec<i64>, Option<Error>, usize) {
    let server = Server::always(acts).await;
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&Client::of(&server)).await).await;
    (numbers, error, server.seen().len())
}

#[tokio::test]
async fn events_come_one_by_one_with_name_and_id() {
    let text = "id: 1\nevent: tick\ndata: {\"n\":1}\n\n: still here\n\ndata: {\"n\":\ndata: 2}\n\nevent: ping\ndata: [DONE]\n\ndata: {\"n\":3}\n\n";
    let server = Server::always(vec![reply(200, &[EVENTS], text)]).await;
    let mut events = stream::<Events<Tick>, _>(&Client::of(&server)).await;
    let first = events.next().await.expect("an event").expect("an item");
    assert_eq!((first.n, first.event(), first.id()), (1, Some("tick"), Some("1")));
    let second = events.next().await.expect("an event").expect("an item");
    assert_eq!((second.n, second.event(), second.id()), (2, None, Some("1")));
    assert_eq!(events.last_event_id(), Some("1"));
    assert!(events.next().await.is_none() && events.next().await.is_none());
    assert_eq!(server.seen()[0].header("accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn each_item_has_its_own_drift_and_a_bad_one_costs_itself() {
    let text = "data: {\"n\":\"1\"}\n\ndata: nonsense\n\ndata: {\"n\":2,\"new\":true}\n\n";
    let server = Server::always(vec![reply(200, &[EVENTS], text)]).await;
    let mut events = stream::<Events<Tick>, _>(&Client::of(&server)).await;
    let first = events.next().await.expect("an event").expect("an item");
    assert_eq!((first.n, first.drift().len(), first.drift()[0].pointer()), (1, 1, "/n"));
    let error = events.next().await.expect("an event").expect_err("no JSON").to_string();
    assert!(error.contains("GET /events answered 200") && error.contains("nonsense"), "{error}");
    let third = events.next().await.expect("an event").expect("an item");
    assert_eq!((third.n, third.unknown_fields()), (2, vec!["/new".to_owned()]));

    let client = Client::tuned(&server, |builder| builder.strict(true));
    let mut events = stream::<Events<Tick>, _>(&client).await;
    let error = events.next().await.expect("an event").expect_err("strict");
    assert!(matches!(error, Error::Decode(_)), "{error}");
}

#[tokio::test]
async fn a_stream_that_is_cut_says_so() {
    let whole = "data: {\"n\":1}\n\n";
    // In the middle of an event, at the end of one, and where HTTP itself has no sign of it.
    let cut = vec![open(), send(whole), send("data: {\"n\"")];
    let between = vec![open(), send(whole)];
    let unsaid =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n{whole}data: {{");
    for acts in [cut, between, vec![Act::Send(unsaid.into_bytes())]] {
        let (numbers, error, asked) = ticks_of(acts).await;
        assert_eq!((numbers.as_slice(), asked), (&[1][..], 1));
        let error = error.expect("it was cut");
        assert!(matches!(error, Error::Transport(_)), "{error}");
        let told = error.to_string();
        assert!(told.contains("GET /events at 127.0.0.1"), "{told}");
    }
    let (numbers, error, _) = ticks_of(vec![open(), send(whole), end()]).await;
    assert_eq!((numbers.as_slice(), error.is_none()), (&[1][..], true));
}

#[tokio::test]
async fn a_stream_with_ids_goes_on_where_it_broke() {
    let server = Server::start(|seen, count| match count {
        0 => vec![open(), send("retry: 20\nid: a\ndata: {\"n\":1}\n\nid: b\ndata: {\"n\"")],
        1 => {
            assert_eq!(seen.header("last-event-id"), Some("a"));
            vec![open(), send("id: b\ndata: {\"n\":2}\n\n")]
        }
        _ => {
            assert_eq!(seen.header("last-event-id"), Some("b"));
            vec![open(), send("data: {\"n\":3}\n\n"), end()]
        }
    })
    .await;
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&Client::of(&server)).await).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((numbers, server.seen().len()), (vec![1, 2, 3], 3));
}

#[tokio::test]
async fn nothing_is_asked_again_where_that_is_not_safe() {
    let acts = || vec![open(), send("id: a\ndata: {\"n\":1}\n\n"), Act::Reset];
    // A request that may do a thing twice.
    let server = Server::always(acts()).await;
    let request = Client::of(&server).request(Method::POST, "/events");
    let (numbers, error) = ticks(request.reply::<Events<Tick>>().await.expect("a stream")).await;
    assert_eq!((numbers.len(), error.is_some(), server.seen().len()), (1, true, 1));
    // Nobody wants it.
    let client = Client::tuned(&server, |builder| builder.max_retries(0));
    let (_, error) = ticks(stream::<Events<Tick>, _>(&client).await).await;
    assert_eq!((error.is_some(), server.seen().len()), (true, 2));
    // The server wants it later than anybody waits.
    let late = vec![open(), send("retry: 999999999\nid: a\ndata: {\"n\":1}\n\n")];
    let (_, error, asked) = ticks_of(late).await;
    assert_eq!((error.is_some(), asked), (true, 1));
}

#[tokio::test]
async fn a_server_that_breaks_again_and_again_is_given_up() {
    let server = Server::start(|_, count| match count {
        0 => vec![open(), send("id: a\ndata: {\"n\":1}\n\n")],
        _ => vec![open(), send(": nothing\n\n")],
    })
    .await;
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&Client::of(&server)).await).await;
    assert_eq!((numbers.len(), error.is_some(), server.seen().len()), (1, true, 3));
}

#[tokio::test]
async fn comments_keep_a_stream_alive_and_make_no_item() {
    // Six times the timeout, with a comment in each third of it.
    let mut acts = vec![open()];
    acts.push(Act::Drip(chunk(": \n\n").repeat(20), 9, Duration::from_millis(100)));
    acts.extend([send("data: {\"n\":1}\n\n"), end()]);
    let server = Server::always(acts).await;
    let client = Client::tuned(&server, |builder| builder.timeout(Duration::from_millis(700)));
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&client).await).await;
    assert_eq!((numbers.len(), error.is_none()), (1, true), "{error:?}");

    let mut events = stream::<Events<Tick>, _>(&client).await;
    events.set_item_timeout(Duration::from_millis(300));
    let error = events.next().await.expect("an end").expect_err("no item came");
    assert!(error.to_string().ends_with("timed out: no further item within 300ms"), "{error}");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn silence_and_deadlines_end_a_stream() {
    let acts = vec![open(), send("data: {\"n\":1}\n\n"), Act::Hang];
    let server = Server::always(acts).await;
    let client = Client::tuned(&server, |builder| builder.timeout(Duration::from_millis(300)));
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&client).await).await;
    let told = error.expect("silence").to_string();
    assert_eq!(numbers.len(), 1);
    assert!(told.ends_with("timed out: no further piece of the reply within 300ms"), "{told}");

    let endless =
        Act::Drip(chunk("data: {\"n\":1}\n\n").repeat(500), 19, Duration::from_millis(20));
    let server = Server::always(vec![open(), endless]).await;
    let client = Client::tuned(&server, |builder| builder.deadline(Duration::from_millis(400)));
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&client).await).await;
    let told = error.expect("the deadline").to_string();
    assert!(told.ends_with("timed out: the deadline of the request has passed"), "{told}");
    assert!((1..400).contains(&numbers.len()), "{}", numbers.len());

    let mut events = stream::<Events<Tick>, _>(&Client::of(&server)).await;
    events.set_deadline(Duration::from_millis(200));
    let (_, error) = ticks(events).await;
    assert!(error.is_some_and(|error| error.is_timeout()));
}

#[tokio::test]
async fn an_event_that_is_too_large_is_refused_by_its_limit() {
    const LARGE: usize = 50 << 20;
    let server = Server::start(|_, _| {
        let mut event =
            format!("data: {{\"n\":1}}\n\ndata: \"{}\"\n\n", "x".repeat(LARGE)).into_bytes();
        event.extend_from_slice(b"data: {\"n\":2}\n\n");
        vec![Act::Send(head(200, &[EVENTS], event.len())), Act::Send(event)]
    })
    .await;
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&Client::of(&server)).await).await;
    let error = error.expect("too large");
    assert_eq!(numbers, [1]);
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
    assert_eq!(server.seen().len(), 1);
    // The limit is each item's, not the stream's.
    let text = "data: {\"n\":1}\n\n".repeat(1000);
    let server = Server::always(vec![reply(200, &[EVENTS], text)]).await;
    let client = Client::tuned(&server, |builder| builder.max_reply_bytes(100));
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&client).await).await;
    assert_eq!((numbers.len(), error.is_none()), (1000, true));
}

#[tokio::test]
async fn a_hundred_thousand_events() {
    let text: String = (0..100_000).map(|n| format!("id: {n}\ndata: {{\"n\":{n}}}\n\n")).collect();
    let server = Server::always(vec![reply(200, &[EVENTS], text)]).await;
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&Client::of(&server)).await).await;
    assert!(error.is_none(), "{error:?}");
    assert!(numbers.iter().copied().eq(0..100_000));
}

#[tokio::test]
async fn what_is_no_stream_of_events_is_no_empty_one() {
    let server = Server::always(vec![json(r#"{"n": 1}"#)]).await;
    let error = Client::of(&server).get("/events").reply::<Events<Tick>>().await;
    let told = error.expect_err("JSON").to_string();
    assert_eq!(
        told,
        "GET /events answered 200, but the reply should be text/event-stream and is application/json"
    );
    // 204 is the end of the matter.
    let server = Server::always(vec![reply(204, &[], "")]).await;
    let (numbers, error) = ticks(stream::<Events<Tick>, _>(&Client::of(&server)).await).await;
    assert_eq!((numbers.len(), error.is_none()), (0, true));
    // Failures are what they always are, and are repeated as always.
    let server = Server::always(vec![reply(503, &[], "")]).await;
    let error = Client::of(&server).get("/events").reply::<Events<Tick>>().await;
    assert_eq!(error.expect_err("503").status().map(|status| status.as_u16()), Some(503));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let (told, hears) = std::sync::mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", server.local_addr().expect("an address"));
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = server.accept().await.expect("a connection");
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"n\":1}\n\n";
        let _ = stream.write_all(head.as_bytes()).await;
        // Nothing more is read until the other side goes.
        let ended = stream.read(&mut buffer).await;
        let _ = told.lock().expect("no panic").send(ended.is_err() || ended.is_ok_and(|n| n == 0));
    });
    let client = Client::builder().key("k").base_url(url).build().expect("a client");
    let mut events = stream::<Events<Tick>, _>(&client).await;
    assert_eq!(events.next().await.expect("an event").expect("an item").n, 1);
    drop(events);
    let closed = tokio::task::spawn_blocking(move || hears.recv_timeout(Duration::from_secs(10)));
    assert_eq!(closed.await.expect("no panic"), Ok(true));
}

#[tokio::test]
async fn text_and_whole_events() {
    let text = "event: a\ndata: 7\n\nevent: b\nid: x\ndata: {\"n\":1}\n\n";
    let server = Server::always(vec![reply(200, &[EVENTS], text)]).await;
    let client = Client::of(&server);
    let mut texts = stream::<TextEvents, _>(&client).await;
    assert_eq!(*texts.next().await.expect("an event").expect("an item"), "7");

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Data {
        Text(String),
        Tick(Tick),
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Change {
        event: String,
        data: Data,
        id: Option<String>,
    }
    let mut changes = stream::<EventObjects<Change>, _>(&client).await;
    let first = changes.next().await.expect("an event").expect("an item").into_inner();
    let expected = Change { event: "a".into(), data: Data::Text("7".into()), id: None };
    assert_eq!(first, expected);
    let second = changes.next().await.expect("an event").expect("an item").into_inner();
    let expected =
        Change { event: "b".into(), data: Data::Tick(Tick { n: 1 }), id: Some("x".into()) };
    assert_eq!(second, expected);
}

#[tokio::test]
async fn lines_and_sequences() {
    let lines = "{\"n\":1}\r\n\n{\"n\":\"2\"}\n{\"n\":3}";
    let server =
        Server::always(vec![reply(200, &[("content-type", "application/x-ndjson")], lines)]).await;
    let (numbers, error) = ticks(stream::<JsonLines<Tick>, _>(&Client::of(&server)).await).await;
    assert_eq!((numbers, error.is_none()), (vec![1, 2, 3], true));

    let cut = reply(200, &[], "{\"n\":1}\n{\"n\"");
    let server = Server::always(vec![cut]).await;
    let (numbers, error) = ticks(stream::<JsonLines<Tick>, _>(&Client::of(&server)).await).await;
    assert!(numbers == [1] && matches!(error, Some(Error::Decode(_))), "{error:?}");

    let server =
        Server::always(vec![reply(200, &[], "\u{1e}{\"n\":1}\n\u{1e}{\"n\":\n2}\n")]).await;
    let (numbers, error) = ticks(stream::<JsonSeq<Tick>, _>(&Client::of(&server)).await).await;
    assert_eq!((numbers, error.is_none()), (vec![1, 2], true));

    let server = Server::always(vec![reply(200, &[], "\u{1e}{\"n\":1}\n\u{1e}{\"n\":")]).await;
    let (numbers, error) = ticks(stream::<JsonSeq<Tick>, _>(&Client::of(&server)).await).await;
    assert!(numbers == [1] && matches!(error, Some(Error::Transport(_))), "{error:?}");
}

#[tokio::test]
async fn invalid_text_is_repaired_with_drift() {
    let mut body = b"data: {\"n\":1,\"text\":\"".to_vec();
    body.extend_from_slice(&[0xff, b'"', b'}', b'\n', b'\n']);
    let server = Server::always(vec![reply(200, &[EVENTS], body)]).await;
    let mut events = stream::<Events<Value>, _>(&Client::of(&server)).await;
    let event = events.next().await.expect("an event").expect("an item");
    assert_eq!((event["text"].as_str(), event.drift().len()), (Some("\u{fffd}"), 1));
}

#[cfg(feature = "blocking")]
#[test]
fn a_stream_is_an_iterator_as_well() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let text = "data: {\"n\":1}\n\ndata: {\"n\":2}\n\n";
    let server = runtime.block_on(Server::always(vec![reply(200, &[EVENTS], text)]));
    let request = Client::of(&server).get("/events").reply::<Events<Tick>>();
    let stream = request.send_blocking().expect("a stream").into_inner();
    let numbers: Vec<i64> = stream.blocking().map(|tick| tick.expect("an item").n).collect();
    assert_eq!(numbers, [1, 2]);
}
