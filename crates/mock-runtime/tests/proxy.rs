//! A mock that stands before the real API, which is another mock here: of a document that says something else.
#![cfg(feature = "proxy")]

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use common::{bare, serve};
use lockstep_mock::{Engine, MockServer, Proxy, Service, Settings};
use serde_json::Value;

/// What is published.
const PUBLISHED: &str = "
openapi: 3.0.3
info: {title: Pets, version: '1'}
servers: [{url: https://api.example.com/v1}]
security: [{key: []}]
components: {securitySchemes: {key: {type: http, scheme: bearer}}}
paths:
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}, {name: limit, in: query, schema: {type: integer}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object, required: [name, age], properties: {name: {type: string}, age: {type: integer}}}}}}}
  /moved:
    get: {operationId: moved, responses: {'200': {description: ok}}}
";

/// What is true: an age is a text, things moved, and nobody is asked for a key.
const TRUE: &str = "
openapi: 3.0.3
info: {title: Pets, version: '1'}
servers: [{url: https://api.example.com/real}]
paths:
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok, content: {application/json: {example: {name: Rex, age: 'three, secretly'}}}}}
  /moved:
    get: {operationId: moved, responses: {'200': {description: ok}, '302': {description: elsewhere, headers: {Location: {example: /real/pets/1, schema: {type: string}}}}}}
";

struct Both {
    real: MockServer,
    proxy: MockServer,
    lines: Arc<Mutex<Vec<String>>>,
}

fn both(is_strict: bool) -> Both {
    let real = serve(TRUE, "");
    let url = format!("http://{}/real", real.address());
    let (proxy, lines) = before(&url, is_strict);
    Both { real, proxy, lines }
}

fn before(url: &str, is_strict: bool) -> (MockServer, Arc<Mutex<Vec<String>>>) {
    let service = Arc::new(Service::new(common::data(PUBLISHED, "")));
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let proxy = Proxy::new(url).expect("an address").strict(is_strict);
    let engine = Engine::new(service, Settings::default())
        .logging_to(move |line| log.lock().expect("a log").push(line))
        .proxying(Some(proxy));
    (MockServer::with_engine(engine).expect("a port"), lines)
}

const KEY: &str = "Authorization: Bearer s3cr3t";

fn listed(server: &MockServer) -> Value {
    let reply = bare(server, "GET /_mock/requests", "", b"");
    serde_json::from_str(&reply.body).expect("JSON")
}

#[test]
fn the_real_reply_comes_back_and_what_is_wrong_with_it_is_listed() {
    let both = both(false);
    let reply = bare(&both.proxy, "GET /v1/pets/1?limit=x", KEY, b"");
    assert_eq!(reply.status, 200);
    let real = bare(&both.real, "GET /real/pets/1", "", b"");
    assert_eq!((reply.body.as_str(), real.status), (real.body.as_str(), 200), "byte for byte");
    assert!(reply.head.contains("mock-reason: "), "{}", reply.head);

    let seen = both.real.requests().into_iter().next().expect("it came through");
    assert_eq!(seen.uri.to_string(), "/real/pets/1?limit=x", "the path of the address is its own");
    assert_eq!(seen.headers["authorization"], "Bearer s3cr3t");

    let told = listed(&both.proxy);
    let findings = told["requests"][0]["findings"].as_array().expect("findings").clone();
    let halves: Vec<_> = findings.iter().map(|own| own["half"].as_str().expect("a half")).collect();
    assert_eq!(halves, ["request", "reply"]);
    let text = findings[1]["text"].as_str().expect("a text");
    assert!(text.starts_with("/age: ") && text.contains("integer"), "{text}");
    let shown = format!("{told}{}{:?}", bare(&both.proxy, "GET /_mock", "", b"").body, both.lines);
    assert!(!shown.contains("s3cr3t") && !shown.contains("secretly"), "{shown}");
    let line = both.lines.lock().expect("a log").join("\n");
    assert!(line.contains("request: The limit field") && line.contains("reply: /age"), "{line}");
}

#[test]
fn what_is_not_declared_is_passed_on_and_told() {
    let both = both(false);
    // No path of the document, and no key either; the real API may know better.
    let reply = bare(&both.proxy, "GET /v1/nothing", "", b"");
    assert_eq!(reply.status, 404);
    // Redirects are the caller's: a key that followed one would go where nobody said.
    let reply = bare(&both.proxy, "GET /v1/moved", &format!("{KEY}\nPrefer: code=302"), b"");
    assert_eq!(reply.status, 302);
    assert!(reply.head.contains("location: /real/pets/1"), "{}", reply.head);
    assert_eq!(both.real.requests().len(), 2);
    let told = listed(&both.proxy).to_string();
    assert!(told.contains("no operation has this path"), "{told}");
    assert!(told.contains("the status 302 is not declared; 200 are"), "{told}");
}

#[test]
fn findings_are_failures_where_that_is_asked_for() {
    let both = both(true);
    assert_eq!(bare(&both.proxy, "GET /v1/pets/1", "", b"").status, 401);
    assert_eq!(bare(&both.proxy, "GET /v1/pets/x", KEY, b"").status, 422);
    assert_eq!(both.real.requests().len(), 0, "a request that is refused goes nowhere");
    let reply = bare(&both.proxy, "GET /v1/pets/1", KEY, b"");
    assert_eq!(reply.status, 502);
    assert!(reply.body.contains("/age: ") && !reply.body.contains("secretly"), "{}", reply.body);
}

#[test]
fn a_real_api_that_is_not_there_is_a_502_without_the_key() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let (proxy, lines) = before(&format!("http://{free}"), false);
    let reply = bare(&proxy, "GET /v1/pets/1?token=s3cr3t", KEY, b"");
    assert_eq!(reply.status, 502);
    let shown = format!("{} {} {:?}", reply.head, reply.body, lines.lock());
    assert!(shown.contains("does not answer") && !shown.contains("s3cr3t"), "{shown}");
}

#[test]
fn packed_replies_are_checked_and_stay_packed() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(br#"{"name": 7, "age": 3}"#).expect("memory");
    let packed = packed.finish().expect("memory");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let sent = packed.clone();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut asked = [0; 4096];
        let length = stream.read(&mut asked).expect("a request");
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n",
            sent.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&sent)).expect("a reply");
        String::from_utf8_lossy(&asked[..length]).to_lowercase()
    });
    let (proxy, _) = before(&format!("http://{address}"), false);
    let head = format!("{KEY}\nAccept-Encoding: br, gzip");
    let reply = bare(&proxy, "GET /v1/pets/1", &head, b"");
    assert!(reply.head.contains("content-encoding: gzip") && !reply.head.contains("x-hop"));
    let asked = server.join().expect("no panic");
    assert!(asked.starts_with("get /v1/pets/1 ") && asked.contains("accept-encoding: gzip\r\n"));
    let told = listed(&proxy).to_string();
    assert!(told.contains("/name: "), "{told}");
}

#[test]
fn addresses_that_are_none_are_told() {
    for bad in ["", "api.example.com", "ftp://a", "https://u:p@a", "https://a?key=1", "https://a#b"]
    {
        assert!(Proxy::new(bad).is_err(), "{bad}");
    }
}
