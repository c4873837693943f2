//! Every misbehaviour of a server that is known, and what the person who runs `cargo xtask sync` reads of it.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use xtask::Outcome;

#[allow(dead_code, reason = "each test program uses a part of it")]
mod common;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "common/server.rs"]
mod server;

use common::{files, page_of, repository};
use server::{Server, reply, sync};

const INDEX: &str = "# Docs\n\n- [A](/a.md)\n- [Overview](/overview.md)\n";

/// A server whose index and pages are fine but for what `answer` takes on.
fn site(answer: impl Fn(&str, &str, &mut TcpStream) -> bool + Send + Sync + 'static) -> Server {
    Server::start(move |path, head, stream| {
        if answer(path, head, stream) {
            return;
        }
        match path {
            "/llms.txt" => reply(stream, "200 OK", "", INDEX),
            "/a.md" => reply(stream, "200 OK", "", &page_of("chats")),
            "/overview.md" => reply(stream, "200 OK", "", &page_of("mass-messaging/overview")),
            _ => reply(stream, "404 Not Found", "", ""),
        }
    })
}

fn raw(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

/// What the server does, by the name of the case.
fn misbehave(case: &str, stream: &mut TcpStream) {
    let html = "<!doctype html><title>Just a moment...</title><p>Enable JavaScript and cookies to continue";
    let later = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(86_400));
    match case {
        "400" => reply(stream, "400 Bad Request", "", ""),
        "401" => reply(stream, "401 Unauthorized", "WWW-Authenticate: Basic\r\n", ""),
        "403" => reply(stream, "403 Forbidden", "", "no"),
        "403-challenge-header" => reply(stream, "403 Forbidden", "cf-mitigated: challenge\r\n", html),
        "403-challenge-body" => reply(stream, "403 Forbidden", "", html),
        "403-captcha" => reply(stream, "403 Forbidden", "", "<html>please solve the CAPTCHA</html>"),
        "503-challenge" => reply(stream, "503 Service Unavailable", "cf-mitigated: challenge\r\n", ""),
        "200-challenge" => reply(stream, "200 OK", "Content-Type: text/html\r\n", html),
        "405-waf" => reply(stream, "405 Not Allowed", "x-amzn-waf-action: captcha\r\n", ""),
        "404" => reply(stream, "404 Not Found", "", ""),
        "407" => reply(stream, "407 Proxy Authentication Required", "", ""),
        "408" => reply(stream, "408 Request Timeout", "", ""),
        "410" => reply(stream, "410 Gone", "", ""),
        "429-plain" => reply(stream, "429 Too Many Requests", "", ""),
        "429-garbage" => reply(stream, "429 Too Many Requests", "Retry-After: soon\r\n", ""),
        "429-negative" => reply(stream, "429 Too Many Requests", "Retry-After: -5\r\n", ""),
        "429-zero" => reply(stream, "429 Too Many Requests", "Retry-After: 0\r\n", ""),
        "429-long" => reply(stream, "429 Too Many Requests", "Retry-After: 3600\r\n", ""),
        "429-huge" => reply(stream, "429 Too Many Requests", "Retry-After: 99999999999999999999999\r\n", ""),
        "429-date" => reply(stream, "429 Too Many Requests", &format!("Retry-After: {later}\r\n"), ""),
        "429-past" => reply(stream, "429 Too Many Requests", "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n", ""),
        "503-long" => reply(stream, "503 Service Unavailable", "Retry-After: 600\r\n", ""),
        "500" => reply(stream, "500 Internal Server Error", "", ""),
        "502" => reply(stream, "502 Bad Gateway", "", ""),
        "204" => raw(stream, b"HTTP/1.1 204 No Content\r\n\r\n"),
        "205" => reply(stream, "205 Reset Content", "", ""),
        "206" => reply(stream, "206 Partial Content", "Content-Range: bytes 0-3/100\r\n", "open"),
        "304" => reply(stream, "304 Not Modified", "", ""),
        "300" => reply(stream, "300 Multiple Choices", "", ""),
        "brotli" => reply(stream, "200 OK", "Content-Encoding: br\r\n", "x"),
        "zstd" => reply(stream, "200 OK", "Content-Encoding: zstd\r\n", "x"),
        "deflate" => reply(stream, "200 OK", "Content-Encoding: deflate\r\n", "x"),
        "gzip-twice" => reply(stream, "200 OK", "Content-Encoding: gzip, gzip\r\n", "x"),
        "gzip-not" => reply(stream, "200 OK", "Content-Encoding: gzip\r\n", "this is no gzip at all"),
        "charset" => raw(stream, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=ISO-8859-1\r\nContent-Length: 2\r\n\r\n\xe9\xe9"),
        "image" => reply(stream, "200 OK", "Content-Type: image/png\r\n", "PNG"),
        "pdf" => reply(stream, "200 OK", "Content-Type: application/pdf\r\n", "%PDF-1.4"),
        "cut" => raw(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nopenapi"),
        "cut-chunk" => raw(stream, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nopenapi"),
        "bad-chunk" => raw(stream, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nopenapi\r\n0\r\n\r\n"),
        "promised-large" => raw(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx"),
        "not-http" => raw(stream, b"220 mail.example ESMTP\r\n"),
        "silent" => std::thread::sleep(Duration::from_secs(3)),
        "slow-head" => {
            for byte in b"HTTP/1.1 200 OK\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy" {
                raw(stream, &[*byte]);
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        "no-location" => reply(stream, "302 Found", "", ""),
        "bad-location" => reply(stream, "302 Found", "Location: http://[::\r\n", ""),
        "to-itself" => reply(stream, "301 Moved", "Location: /to-itself\r\n", ""),
        "circle" => reply(stream, "302 Found", "Location: /circle-2\r\n", ""),
        "circle-2" => reply(stream, "307 Temporary Redirect", "Location: /circle\r\n", ""),
        "to-plain" => reply(stream, "302 Found", "Location: http://192.0.2.1/openapi.yaml\r\n", ""),
        "to-metadata" => reply(stream, "302 Found", "Location: http://169.254.169.254/latest\r\n", ""),
        "to-file" => reply(stream, "302 Found", "Location: file:///etc/passwd\r\n", ""),
        "to-credentials" => reply(stream, "302 Found", "Location: https://a:b@example.com/\r\n", ""),
        hop if hop.starts_with("hop") => {
            let next = hop[3..].parse::<u32>().unwrap_or(0) + 1;
            reply(stream, "302 Found", &format!("Location: /hop{next}\r\n"), "");
        }
        "empty" => reply(stream, "200 OK", "", ""),
        "blank" => reply(stream, "200 OK", "", " \n\t\n"),
        "html" => reply(stream, "200 OK", "Content-Type: text/markdown\r\n", "<html><body>Sign in</body></html>"),
        "json-error" => reply(stream, "200 OK", "Content-Type: application/json\r\n", "{\"error\":\"rate limited\"}"),
        "twice" => reply(stream, "200 OK", "", "openapi: 3.0.3\nopenapi: 3.1.0\npaths: {}\n"),
        _ => {}
    }
}

/// Each misbehaviour, and what is read of it.
const CASES: [(&str, &str); 59] = [
    ("400", "the server says 400 Bad Request"),
    ("401", "401 Unauthorized: it wants credentials, and none are sent from here"),
    ("403", "403 Forbidden: it does not let this program in"),
    ("403-challenge-header", "wants to see a browser (a challenge page)"),
    ("403-challenge-body", "wants to see a browser (a challenge page)"),
    ("403-captcha", "wants to see a browser (a challenge page)"),
    ("503-challenge", "503 Service Unavailable and wants to see a browser"),
    ("200-challenge", "200 OK and wants to see a browser"),
    ("405-waf", "wants to see a browser (a challenge page)"),
    ("404", "the server says 404 Not Found"),
    ("407", "it wants credentials"),
    ("408", "408 Request Timeout (2 tries)"),
    ("410", "it is not published there any more"),
    ("429-plain", "429 Too Many Requests (2 tries)"),
    ("429-garbage", "429 Too Many Requests (2 tries)"),
    ("429-negative", "429 Too Many Requests (2 tries)"),
    ("429-zero", "429 Too Many Requests (2 tries)"),
    ("429-long", "429 Too Many Requests and not to come back for 60 min; run it again then"),
    ("429-huge", "not to come back for 213503982334602 days; run it again then"),
    ("429-date", "and not to come back for 24 h; run it again then"),
    ("429-past", "429 Too Many Requests (2 tries)"),
    ("503-long", "503 Service Unavailable and not to come back for 10 min"),
    ("500", "500 Internal Server Error (2 tries)"),
    ("502", "502 Bad Gateway (2 tries)"),
    ("204", "204 No Content: there is nothing in it"),
    ("205", "205 Reset Content: there is nothing in it"),
    ("206", "206 Partial Content: a part of what was asked for as a whole (2 tries)"),
    ("304", "304 to a question that knew of no earlier answer"),
    ("300", "the server says 300 Multiple Choices"),
    ("brotli", "the answer is packed as `br`, which was not asked for"),
    ("zstd", "the answer is packed as `zstd`, which was not asked for"),
    ("deflate", "the answer is packed as `deflate`, which was not asked for"),
    ("gzip-twice", "the answer is packed as `gzip, gzip`, which was not asked for"),
    ("gzip-not", "the answer broke off after 0 bytes: gzip decompression failed"),
    ("charset", "not UTF-8 text: the server says it is iso-8859-1"),
    ("image", "the answer is no text: the server says it is image/png"),
    ("pdf", "the answer is no text: the server says it is application/pdf"),
    ("cut", "the answer broke off after 7 bytes"),
    ("cut-chunk", "the answer broke off after 7 bytes"),
    ("bad-chunk", "the answer broke off after 0 bytes"),
    ("promised-large", "the answer is larger than 200000 bytes"),
    ("not-http", "what 127.0.0.1 answers is not HTTP"),
    ("silent", "the answer took more than 1.5 s"),
    ("slow-head", "the answer took more than 1.5 s"),
    ("no-location", "the server says 302 Found and not where to"),
    ("bad-location", "it redirects to \"http://[::\", which is no address"),
    ("to-itself", "it redirects in a circle, by way of http://HOST/to-itself"),
    ("circle", "it redirects in a circle, by way of http://HOST/circle"),
    (
        "to-plain",
        "it redirects to http://192.0.2.1/openapi.yaml: plain http is not safe to import from",
    ),
    ("to-metadata", "it redirects to http://169.254.169.254/latest: plain http is not safe"),
    ("to-file", "it redirects to file:///etc/passwd: this is no https address"),
    ("to-credentials", "an address with credentials in it would show them in logs"),
    ("hop0", "it redirects more than 3 times, last to http://HOST/hop4"),
    ("empty", "there is nothing in it"),
    ("blank", "there is nothing in it"),
    ("html", "this is an HTML page: it holds no schema"),
    ("json-error", "error["),
    ("twice", "error[duplicate-key]"),
    ("hang-up", "Peer disconnected (2 tries)"),
];

#[test]
fn each_misbehaviour_has_its_sentence_and_changes_nothing() {
    let repository = repository();
    let root = repository.path();
    let server = Server::start(|path, _, stream| misbehave(&path[1..], stream));
    let before = files(root);
    let mut wrong = String::new();
    for (case, sentence) in CASES {
        let (outcome, text) = sync(root, &format!("{}/{case}", server.address));
        let text = text.replace(&server.address, "http://HOST");
        if outcome != Outcome::Failed || !text.contains(sentence) {
            wrong.push_str(&format!("== {case}: not {sentence:?} but\n{text}\n"));
        }
        assert_eq!(files(root), before, "{case} changed something");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a packed answer looks like, as one block that is stored as it is.
fn gzip(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    let mut crc = u32::MAX;
    for byte in text.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(text.bytes());
    out.extend((!crc).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

#[test]
fn a_packed_answer_is_unpacked_and_its_end_is_looked_for() {
    let repository = repository();
    let root = repository.path();
    let packed = gzip(&page_of("mass-messaging/overview"));
    let server = Server::start(move |path, head, stream| {
        assert!(head.contains("accept-encoding: gzip\r\n"), "{head}");
        let bytes = if path == "/cut" { &packed[..packed.len() - 100] } else { &packed };
        let length = bytes.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n"
        );
        raw(stream, head.as_bytes());
        raw(stream, bytes);
    });
    let (outcome, text) = sync(root, &format!("{}/whole", server.address));
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert!(text.contains("1 unchanged"), "{text}");
    let (outcome, text) = sync(root, &format!("{}/cut", server.address));
    assert_eq!(outcome, Outcome::Failed);
    assert!(text.contains("/cut: the answer broke off after"), "{text}");
}

#[test]
fn a_page_that_misbehaves_is_named_and_what_arrived_is_kept() {
    for (case, sentence) in [
        (
            "429-long",
            "/a.md: the server says 429 Too Many Requests and not to come back for 60 min",
        ),
        ("403-challenge-body", "/a.md: the server says 403 Forbidden and wants to see a browser"),
        ("brotli", "/a.md: the answer is packed as `br`"),
        ("empty", "/a.md is an empty page"),
        ("html", "/a.md is an HTML page, not the text of a docs page"),
        ("no-location", "/a.md: the server says 302 Found and not where to"),
    ] {
        let repository = repository();
        let root = repository.path();
        let before = files(root);
        let server = site(move |path, _, stream| {
            let mine = path == "/a.md";
            if mine {
                // The other page arrives first.
                std::thread::sleep(Duration::from_millis(100));
                misbehave(case, stream);
            }
            mine
        });
        let (outcome, text) = sync(root, &format!("{}/llms.txt", server.address));
        assert_eq!(outcome, Outcome::Failed, "{case}: {text}");
        assert!(text.contains(sentence), "{case}: {text}");
        let kept = text.contains("1 of 2 pages arrived and are kept for an hour");
        assert_eq!(kept, !matches!(case, "empty" | "html"), "{case}: {text}");
        assert_eq!(files(root), before, "{case} changed something");
    }
}

#[test]
fn the_next_run_asks_for_the_rest_only() {
    let repository = repository();
    let root = repository.path();
    let tries = AtomicUsize::new(0);
    let server = site(move |path, _, stream| {
        let refused = path == "/a.md" && {
            std::thread::sleep(Duration::from_millis(100));
            tries.fetch_add(1, Ordering::Relaxed) == 0
        };
        if refused {
            misbehave("429-long", stream);
        }
        refused
    });
    let index = format!("{}/llms.txt", server.address);
    assert_eq!(sync(root, &index).0, Outcome::Failed);
    let (outcome, text) = sync(root, &index);
    assert_eq!(outcome, Outcome::Done, "{text}");
    let asked = server.asked.lock().expect("the log").clone();
    let times = |path: &str| asked.iter().filter(|asked| *asked == path).count();
    assert_eq!((times("/overview.md"), times("/a.md"), times("/llms.txt")), (1, 2, 2), "{asked:?}");
    // What was kept was used, so nothing of it is left.
    assert!(files(&root.join("target/xtask-sync")).is_empty());
}

#[test]
fn what_was_kept_is_not_believed_once_somebody_changed_it() {
    let repository = repository();
    let root = repository.path();
    let server = site(|path, _, stream| {
        let refused = path == "/a.md";
        if refused {
            std::thread::sleep(Duration::from_millis(100));
            misbehave("500", stream);
        }
        refused
    });
    let index = format!("{}/llms.txt", server.address);
    assert_eq!(sync(root, &index).0, Outcome::Failed);
    let folder = root.join("target/xtask-sync");
    for (path, bytes) in files(&folder) {
        let text = String::from_utf8(bytes).expect("text").replace("Mass", "Less");
        fs::write(folder.join(path), text).expect("a file");
    }
    assert_eq!(sync(root, &index).0, Outcome::Failed);
    let asked = server.asked.lock().expect("the log").clone();
    assert_eq!(asked.iter().filter(|path| *path == "/overview.md").count(), 2);
}

#[test]
fn a_server_that_asks_for_a_moment_gets_it() {
    for header in ["Retry-After: 1\r\n", "Retry-After: 01\r\n"] {
        let repository = repository();
        let root = repository.path();
        let first = AtomicUsize::new(0);
        let server = site(move |path, _, stream| {
            let refused = path == "/a.md" && first.fetch_add(1, Ordering::Relaxed) == 0;
            if refused {
                reply(stream, "429 Too Many Requests", header, "");
            }
            refused
        });
        let start = Instant::now();
        let (outcome, text) = sync(root, &format!("{}/llms.txt", server.address));
        assert_eq!(outcome, Outcome::Done, "{text}");
        assert!(start.elapsed() >= Duration::from_secs(1));
    }
}

#[test]
fn no_operation_vanishes_with_a_link_or_a_page() {
    let relative = "# Docs\n\n- [Overview](page/overview.md): x\n- [B](./page/two.md?v=1#top)\n- [C][c]\n\n[c]: ../c.md\n";
    let server = Server::start(move |path, _, stream| match path {
        "/docs/llms.txt" => reply(stream, "200 OK", "", relative),
        "/docs/page/overview.md" => {
            reply(stream, "200 OK", "", &page_of("mass-messaging/overview"))
        }
        "/docs/page/two.md?v=1" => reply(stream, "200 OK", "", &page_of("chats")),
        "/c.md" => reply(stream, "200 OK", "", &page_of("fans")),
        "/moved.txt" => reply(stream, "302 Found", "Location: /docs/llms.txt\r\n", ""),
        "/less.txt" => reply(stream, "200 OK", "", "- [B](/docs/page/two.md?v=1)\n"),
        "/elsewhere.txt" => reply(
            stream,
            "200 OK",
            "",
            "- [Overview](/docs/page/overview.md)\n- [X](https://other.example/x.md)\n- [Y](https://other.example/y.md)\n",
        ),
        _ => reply(stream, "404 Not Found", "", ""),
    });
    for index in ["docs/llms.txt", "moved.txt"] {
        let repository = repository();
        let (outcome, text) = sync(repository.path(), &format!("{}/{index}", server.address));
        assert_eq!(outcome, Outcome::Done, "{text}");
        assert!(text.contains("2 added, 1 unchanged; 3 operations in all"), "{text}");
    }
    let repository = repository();
    let root = repository.path();
    let before = files(root);
    let (outcome, text) = sync(root, &format!("{}/less.txt", server.address));
    assert_eq!(outcome, Outcome::Failed);
    assert!(text.contains("1 of 1 operations are missing in what upstream sent"), "{text}");
    assert_eq!(files(root), before);

    let (outcome, text) = sync(root, &format!("{}/elsewhere.txt", server.address));
    assert_eq!(outcome, Outcome::Done, "{text}");
    let told = "not every page that the index links to is followed: https://other.example/x.md is on another site, and 1 more";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_page_that_lost_its_operation_is_told() {
    let repository = repository();
    let root = repository.path();
    let whole = std::sync::Arc::new(AtomicUsize::new(1));
    let state = whole.clone();
    let server = site(move |path, _, stream| {
        let lost = path == "/a.md" && state.load(Ordering::Relaxed) == 0;
        if lost {
            reply(stream, "200 OK", "", "# Not found\n\nThis page does not exist.\n");
        }
        lost
    });
    let index = format!("{}/llms.txt", server.address);
    assert_eq!(sync(root, &index).0, Outcome::Done);
    whole.store(0, Ordering::Relaxed);
    let before = files(root);
    let (outcome, text) = sync(root, &index);
    assert_eq!(outcome, Outcome::Failed);
    let told = "/a.md held GET /api/{account}/chats and holds no operation now";
    assert!(text.contains(told), "{text}");
    assert_eq!(files(root), before);
}

#[test]
fn a_small_document_does_not_lose_operations_unasked_either() {
    let operations = |count: usize| -> String {
        let paths: String = (0..count)
            .map(|at| {
                format!(
                    "  /p/{at}: {{ get: {{ responses: {{ '200': {{ description: ok }} }} }} }}\n"
                )
            })
            .collect();
        format!("openapi: 3.0.3\ninfo: {{ title: OnlyFans API, version: '1' }}\npaths:\n{paths}")
    };
    for (before, after, fine) in
        [(2, 1, false), (3, 2, false), (4, 3, true), (7, 5, false), (7, 6, true), (1, 0, false)]
    {
        let repository = repository();
        let root = repository.path();
        fs::write(root.join("spec/openapi.yaml"), operations(before)).expect("a file");
        let sent = if after == 0 {
            operations(0).replace("paths:\n", "paths: {}\n")
        } else {
            operations(after)
        };
        let server = Server::start(move |_, _, stream| reply(stream, "200 OK", "", &sent));
        let (outcome, text) = sync(root, &server.address);
        assert_eq!(outcome == Outcome::Done, fine, "{before} to {after}: {text}");
    }
}

#[test]
fn the_other_source_is_named_where_one_fails() {
    let repository = repository();
    let root = repository.path();
    let server = Server::start(|_, _, stream| misbehave("403-challenge-body", stream));
    let config =
        format!("source:\n  document: {0}/openapi.yaml\n  index: {0}/llms.txt\n", server.address);
    fs::write(root.join("spec/client.yaml"), config).expect("a file");
    for (asked, other) in [
        ("openapi.yaml", "`index`: try `cargo xtask sync --source {}/llms.txt`"),
        ("llms.txt", "`document`: try `cargo xtask sync --source {}/openapi.yaml`"),
    ] {
        let (outcome, text) = sync(root, &format!("{}/{asked}", server.address));
        assert_eq!(outcome, Outcome::Failed);
        let other =
            format!("client.yaml names another source, {}", other.replace("{}", &server.address));
        assert!(text.contains(&other), "{text}");
    }
}

#[test]
fn addresses_that_lead_nowhere_have_their_sentence() {
    let repository = repository();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    for (address, sentence) in [
        (
            "https://docs.does-not-exist.invalid/llms.txt",
            "the name docs.does-not-exist.invalid does not resolve; look for a typing error",
        ),
        (&format!("http://127.0.0.1:{nobody}/"), "nothing answers at 127.0.0.1, port"),
        (
            "https://me:secret@example.com/",
            "an address with credentials in it would show them in logs",
        ),
        ("openapi.yaml", "this is no address"),
        ("https://", "this is no address"),
        ("gopher://example.com/", "this is no https address"),
        ("http://[::1", "this is no address"),
    ] {
        let (outcome, text) = sync(repository.path(), address);
        assert_eq!(outcome, Outcome::Failed);
        assert!(text.contains(sentence), "{address}: {text}");
    }
}
