//! Keys, environment, and everything that must never show a key.

use std::sync::{Arc, Mutex};

use lockstep_runtime::header::{HeaderMap, HeaderValue};
use lockstep_runtime::{
    AuthScheme, CallInfo, Error, LogLevel, Middleware, Outcome, Result, Service,
};

use crate::api::Client;
use crate::server::{KEY, Server, json};

#[tokio::test]
async fn the_key_travels_where_the_operation_says() {
    let server = Server::always(vec![json("{}")]).await;
    let client = Client::tuned(&server, |builder| builder.credential("url", "sk/url&key"));
    client.overview("acct").await.expect("a reply");
    client.by_url_key().await.expect("a reply");
    let seen = server.seen();
    assert_eq!(seen[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(seen[0].header("user-agent"), Some("example/1.0"));
    assert_eq!(seen[0].header("accept"), Some("application/json"));
    assert_eq!(seen[1].header("authorization"), None);
    assert_eq!(seen[1].target, "/api/by-url-key?api_key=sk%2Furl%26key");
}

#[tokio::test]
async fn a_missing_key_is_found_before_anything_is_sent() {
    let server = Server::always(vec![json("{}")]).await;
    let client =
        Client::builder().base_url(&server.url).build().expect("public operations need no key");
    let error = client.overview("acct").await.expect_err("no key");
    assert_eq!(
        error.to_string(),
        "the client is not set up: getOverview needs a key for `default` (environment: EXAMPLE_API_KEY)"
    );
    assert!(server.seen().is_empty());
    for (key, message) in [
        (
            "",
            "the client is not set up: the key for `default` is empty (environment: EXAMPLE_API_KEY)",
        ),
        (
            "a\nb",
            "the client is not set up: the key for `default` holds characters that cannot travel in a header",
        ),
    ] {
        assert_eq!(Client::new(key).expect_err("malformed").to_string(), message);
    }
}

#[test]
fn base_urls_are_checked() {
    let build = |url: &str| {
        Client::builder().base_url(url).build().map(|client| client.base_url().to_string())
    };
    assert_eq!(build("http://localhost:4010/v1").expect("valid"), "http://localhost:4010/v1");
    for bad in ["", "localhost", "ftp://x", "https://user:secret@x", "https://x?y", "file:///etc"] {
        let error = build(bad).expect_err(bad);
        assert!(
            matches!(error, Error::Configuration(_)) && !error.to_string().contains("secret"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn everything_can_come_from_the_environment() {
    let server = Server::always(vec![json("{}")]).await;
    let url = server.url.clone();
    let read = move |name: &str| match name {
        "EXAMPLE_API_KEY" => Some(KEY.to_owned()),
        "EXAMPLE_BASE_URL" => Some(url.clone()),
        "EXAMPLE_HEADERS" => Some("X-Team: blue\nX-Two: 2".to_owned()),
        "EXAMPLE_LOG" => Some("off".to_owned()),
        _ => None,
    };
    let client = Client::builder()
        .env_from(read)
        .and_then(lockstep_runtime::ClientBuilder::build)
        .expect("a client");
    client.overview("acct").await.expect("a reply");
    let seen = &server.seen()[0];
    assert!(seen.has_key());
    assert_eq!((seen.header("x-team"), seen.header("x-two")), (Some("blue"), Some("2")));
    let error = Client::builder()
        .env_from(|name| (name == "EXAMPLE_LOG").then(|| "loud".to_owned()))
        .expect_err("malformed");
    assert_eq!(
        error.to_string(),
        "the client is not set up: the log level is one of off, info, debug"
    );
}

#[tokio::test]
async fn nothing_that_is_printed_holds_the_key() {
    let server = Server::always(vec![json("{}")]).await;
    let builder = Client::builder()
        .key(KEY)
        .base_url(&server.url)
        .header("x-other-key", KEY)
        .log(LogLevel::Off);
    let with_password = Client::builder().base_url(format!("https://me:{KEY}@api.example.com"));
    let mut printed = format!("{builder:?} {with_password:?}");
    let client = builder.build().expect("a client");
    let request = client
        .overview("acct")
        .with(lockstep_runtime::RequestOptions::new().header("x-third", KEY));
    printed.push_str(&format!("{client:?} {request:?} {:?}", request.clone().send()));
    printed.push_str(&format!("{:?}", request.await.expect("a reply")));
    assert!(!printed.contains(KEY), "{printed}");
}

/// Notes what it sees, and adds a header.
struct Witness(Arc<Mutex<Vec<String>>>);

impl Middleware for Witness {
    fn before(&self, call: &CallInfo<'_>, headers: &mut HeaderMap) -> Result<()> {
        if call.path.contains("forbidden") {
            return Err(Error::refused("not this one"));
        }
        assert!(!headers.contains_key("authorization"), "the key is no business of a hook");
        headers.insert("x-attempt", HeaderValue::from(call.attempt));
        Ok(())
    }

    fn after(&self, call: &CallInfo<'_>, outcome: &Outcome<'_>) {
        let line = format!(
            "{} {} #{} {:?} again: {}",
            call.method,
            call.path,
            call.attempt,
            outcome.status,
            outcome.retry_in.is_some()
        );
        self.0.lock().expect("no panic").push(line);
    }
}

#[tokio::test]
async fn a_hook_sees_every_attempt() {
    let server = Server::start(|_, count| match count {
        0 => vec![crate::server::reply(503, &[], "")],
        _ => vec![json("{}")],
    })
    .await;
    let log = Arc::new(Mutex::new(Vec::new()));
    let witness = Witness(Arc::clone(&log));
    let client = Client::tuned(&server, |builder| builder.middleware(witness));
    client.overview("acct").await.expect("a reply");
    let refused = client.overview("forbidden").await.expect_err("refused");
    assert_eq!(refused.to_string(), "refused before it was sent: not this one");
    let attempts: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| seen.header("x-attempt").unwrap_or("none").to_owned())
        .collect();
    assert_eq!(attempts, ["1", "2"]);
    assert_eq!(
        log.lock().expect("no panic")[..2],
        [
            "GET /api/acct/overview #1 Some(503) again: true",
            "GET /api/acct/overview #2 Some(200) again: false",
        ]
    );
}

#[tokio::test]
async fn a_post_is_repeated_when_no_connection_came_about() {
    let server = Server::always(vec![json("{}")]).await;
    let log = Arc::new(Mutex::new(Vec::new()));
    // Nothing listens on port 1, and one has to be the administrator to change that.
    let witness = Witness(Arc::clone(&log));
    let client = Client::tuned(&server, |builder| {
        builder.base_url("http://127.0.0.1:1").middleware(witness)
    });
    let error = client.send("acct", "hello").await.expect_err("no connection");
    assert!(matches!(error, Error::Connect(_)), "{error}");
    assert!(error.is_retryable());
    assert_eq!(log.lock().expect("no panic").len(), 3);
}

#[tokio::test]
async fn each_kind_of_credential_travels_in_its_own_way() {
    static SERVICE: Service = Service {
        auth: &[
            AuthScheme::basic("basic", "USER", "PASSWORD"),
            AuthScheme::header("header", "X-Api-Key", "KEY"),
            AuthScheme::cookie("cookie", "sid", "SID"),
        ],
        security: &[&["basic", "header", "cookie"], &["header"]],
        ..Service::DEFAULT
    };
    #[derive(Debug)]
    struct Other(lockstep_runtime::Client);
    lockstep_runtime::client!(Other, SERVICE);

    let server = Server::always(vec![json("{}")]).await;
    let builder = || Other::builder().base_url(&server.url);
    let all = builder()
        .basic("basic", "me", "secret")
        .credential("header", "k1")
        .credential("cookie", "c1");
    let one = builder().credential("header", "k2");
    for client in [all, one] {
        client.build().expect("a client").get("/x").await.expect("a reply");
    }
    let seen = server.seen();
    let shown = |index: usize| {
        ["authorization", "x-api-key", "cookie"]
            .map(|name| seen[index].header(name).unwrap_or("-").to_owned())
    };
    assert_eq!(shown(0), ["Basic bWU6c2VjcmV0", "k1", "sid=c1"]);
    assert_eq!(shown(1), ["-", "k2", "-"]);
    let unknown = builder().credential("nonsense", "x").build().expect_err("unknown");
    assert_eq!(
        unknown.to_string(),
        "the client is not set up: there is no way to sign in called `nonsense`; known: basic, header, cookie"
    );
}

#[test]
fn no_part_of_a_base_url_that_may_be_secret_is_shown() {
    for url in [
        "https://user:hidden@api.example.com/v1",
        "https://api.example.com/v1?key=hidden",
        "https://api.example.com/v1#hidden",
        "hidden",
        "https://api.example.com:hidden/v1",
    ] {
        let shown = format!("{:?}", crate::api::Client::builder().base_url(url));
        assert!(!shown.contains("hidden"), "{shown}");
    }
    let shown = format!("{:?}", crate::api::Client::builder().base_url("http://127.0.0.1:9/v1"));
    assert!(shown.contains("http://127.0.0.1:9/v1"), "{shown}");
}
