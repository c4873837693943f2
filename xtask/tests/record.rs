//! Recording through the proxy, from a server that plays upstream.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lockstep_generator::diagnostic::Diagnostics;
use serde_json::Value;
use xtask::learn::{Learn, learn_in};
use xtask::record::{Proxy, Record};
use xtask::workspace::Input;

#[allow(dead_code, reason = "each test program uses a part of it")]
mod common;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "common/traffic.rs"]
mod traffic;

use common::{repository, told};
use traffic::{SECRETS, body, overview};

/// What upstream got: the head of each request, and its body.
type Seen = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A server that plays upstream: the overview as it differs from its document, failures, a film and an event stream.
fn upstream() -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let log = Arc::clone(&log);
            std::thread::spawn(move || serve(stream, &log));
        }
    });
    (address, seen)
}

fn serve(mut stream: TcpStream, log: &Seen) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let lower = head.to_ascii_lowercase();
        let length = lower
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let mut sent = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut sent).expect("a body");
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        log.lock().expect("no panic").push((head, sent));
        let index = path.split("n=").nth(1).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        let (status, media, reply) = match path.as_str() {
            "/film" => (200, "video/mp4", vec![7_u8; 3 << 20]),
            "/events" => (200, "text/event-stream", b"data: TOPSECRETBODY\n\n".to_vec()),
            "/huge" => {
                (200, "application/json", format!("\"{}\"", "x".repeat(2 << 20)).into_bytes())
            }
            path if path.contains("denied") => {
                (401, "application/json", br#"{"error":"Unauthorized. Pumpernickel"}"#.to_vec())
            }
            _ => (200, "application/json; charset=utf-8", body(index).to_string().into_bytes()),
        };
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nSet-Cookie: session=COOKIESECRET\r\nX-Token: sk_live_51SECRETKEY\r\nContent-Length: {}\r\n\r\n",
            reply.len()
        );
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&reply)).is_err() {
            return;
        }
    }
}

/// A request as a client in any language sends it; the reply's head and body.
fn call(to: SocketAddr, method: &str, path: &str, sent: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(to).expect("it listens");
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {to}\r\nAuthorization: Bearer sk_live_51SECRETKEY\r\nCookie: session=COOKIESECRET\r\nAccept-Encoding: gzip\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{sent}",
        sent.len()
    )
    .expect("it is sent");
    let mut all = Vec::new();
    stream.read_to_end(&mut all).expect("a reply");
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    (String::from_utf8_lossy(&all[..end]).into_owned(), all.split_off(end))
}

fn start(root: &Path, target: SocketAddr, har: &Path) -> Proxy {
    let command = Record {
        target: format!("http://{target}"),
        har: har.to_owned(),
        port: 0,
        spec: "spec/openapi.yaml".into(),
        largest_body: 1 << 20,
        largest_file: 64 << 20,
    };
    let document =
        Input::read(&root.join("spec/openapi.yaml"), "spec/openapi.yaml").expect("a document");
    let mut proxy = Proxy::start(&command, &document, &mut Diagnostics::new())
        .expect("it starts")
        .expect("a document");
    proxy.spawn();
    proxy
}

fn entries(har: &Path) -> Vec<Value> {
    let text = fs::read_to_string(har).expect("a recording");
    let archive: Value = serde_json::from_str(&text).expect("JSON after every exchange");
    archive["log"]["entries"].as_array().expect("entries").clone()
}

/// Waits until so many exchanges are written down: the last piece of a reply is the client's before it is ours.
fn recorded(har: &Path, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        let entries = entries(har);
        if entries.len() >= count {
            return entries;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    entries(har)
}

#[test]
fn what_is_recorded_teaches_the_same_and_holds_no_secret() {
    let repository = repository();
    let root = repository.path();
    fs::remove_file(root.join("spec/overlay.yaml")).expect("it goes");
    let (target, seen) = upstream();
    let har = root.join("calls.har");
    let proxy = start(root, target, &har);
    for index in 0..30 {
        let (head, reply) =
            call(proxy.address(), "GET", &format!("{}&n={index}", overview(index)), "");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert_eq!(
            serde_json::from_slice::<Value>(&reply).expect("JSON"),
            body(index),
            "as it came"
        );
        assert!(
            head.to_ascii_lowercase().contains("set-cookie"),
            "the client gets everything: {head}"
        );
    }
    call(proxy.address(), "GET", "/api/acct_7d3f9a/mass-messaging/overview?denied", "");
    call(
        proxy.address(),
        "POST",
        "/api/acct_7d3f9a/users/secretive-name?token=sk_live_51SECRETKEY",
        "{\"TOPSECRETBODY\":1}",
    );
    {
        let seen = seen.lock().expect("no panic");
        assert!(
            seen[0].0.contains("Bearer sk_live_51SECRETKEY"),
            "upstream gets the key: {}",
            seen[0].0
        );
        assert!(!seen[0].0.to_ascii_lowercase().contains("accept-encoding"), "{}", seen[0].0);
        assert_eq!(seen[31].1, b"{\"TOPSECRETBODY\":1}");
    }
    assert_eq!(recorded(&har, 32).len(), 32);
    let text = fs::read_to_string(&har).expect("a recording");
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&har).expect("a file").permissions().mode() & 0o777, 0o600);
    }
    let command = Learn {
        files: vec![har],
        server: vec![format!("http://{target}")],
        write: true,
        spec: "spec/openapi.yaml".into(),
        overlay: "spec/overlay.yaml".into(),
        config: "spec/client.yaml".into(),
        ..Learn::default()
    };
    let (_, text) = told(|report| learn_in(root, &command, report));
    let overlay = fs::read_to_string(root.join("spec/overlay.yaml")).expect("an overlay");
    // Days are those of today, and all else is as in a recording that kept its values.
    let bare = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.contains("first: ") && !line.contains("last: "))
            .map(str::to_owned)
            .collect()
    };
    let expected = include_str!("snapshots/learn__written.snap");
    let expected = &expected[expected.find("actions:").expect("actions")..];
    assert_eq!(
        bare(&overlay[overlay.find("actions:").expect("actions")..]),
        bare(expected),
        "{text}"
    );
}

#[test]
fn what_is_no_json_or_too_large_passes_through_and_is_not_kept() {
    let repository = repository();
    let root = repository.path();
    let (target, _) = upstream();
    let har = root.join("calls.har");
    let proxy = start(root, target, &har);
    assert_eq!(call(proxy.address(), "GET", "/film", "").1.len(), 3 << 20);
    assert_eq!(call(proxy.address(), "GET", "/events", "").1, b"data: TOPSECRETBODY\n\n");
    assert_eq!(call(proxy.address(), "GET", "/huge", "").1.len(), (2 << 20) + 2);
    let omitted: Vec<Value> = recorded(&har, 3)
        .iter()
        .map(|entry| entry["response"]["content"]["_omitted"].clone())
        .collect();
    assert_eq!(omitted, ["it is no JSON", "it is no JSON", "it is too large"]);
    assert!(fs::metadata(&har).expect("a file").len() < 4096);
}

#[test]
fn a_recording_that_is_there_stays_and_a_dead_target_is_told() {
    let repository = repository();
    let root = repository.path();
    let har: PathBuf = root.join("calls.har");
    let dead = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port");
    let proxy = start(root, dead, &har);
    let (head, text) = call(proxy.address(), "GET", "/x", "");
    assert!(head.starts_with("HTTP/1.1 502"), "{head}");
    assert_eq!(text, b"the recorder cannot reach the API");
    let document =
        Input::read(&root.join("spec/openapi.yaml"), "spec/openapi.yaml").expect("a document");
    for (target, wanted) in [
        ("http://127.0.0.1:1", "cannot write"),
        ("ftp://x", "no address"),
        ("https://key:secret@x", "no address"),
    ] {
        let command = Record {
            target: target.into(),
            har: har.clone(),
            port: 0,
            spec: "spec/openapi.yaml".into(),
            largest_body: 1,
            largest_file: 9,
        };
        let error =
            Proxy::start(&command, &document, &mut Diagnostics::new()).expect_err("it is refused");
        assert!(error.0.contains(wanted) && !error.0.contains("secret"), "{}", error.0);
    }
    assert!(entries(&har).is_empty());
}
