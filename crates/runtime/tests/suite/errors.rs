//! What errors say: of whom was asked, how often, and why it failed; and what is refused before anything is asked.

use std::time::Duration;

use lockstep_runtime::{AuthScheme, Binary, Client, ClientBuilder, Error, Service};

use crate::server::{Act, JSON, Server, head, reply};
use crate::story::GOOD;

static SERVICE: Service = Service { base_url: "http://localhost", ..Service::DEFAULT };

fn quick(url: &str) -> Client {
    let builder = Client::builder(&SERVICE).base_url(url).max_retries(1);
    builder.backoff(Duration::ZERO, Duration::ZERO).build().expect("a client")
}

/// The error and its causes, as they are printed one after the other.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(" / {cause}"));
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn an_error_of_the_way_says_what_was_asked_of_whom_how_often_and_why() {
    let refused = {
        let server = Server::always(vec![]).await;
        server.url.clone()
    };
    let host = |url: &str| url.trim_start_matches("http://").to_owned();
    let error = quick("http://no-such-host.invalid").get("/a/b").await.expect_err("no host");
    assert!(matches!(error, Error::Connect(_)), "{error}");
    assert!(
        error.to_string().starts_with(
            "undocumented (GET /a/b at no-such-host.invalid) failed in 2 attempts: no connection: "
        ),
        "{error}"
    );

    // Listeners of other tests may have taken the port, so the first words are what counts.
    let error = quick(&refused).get("/a").await.expect_err("refused");
    let place = format!("undocumented (GET /a at {}) failed in 2 attempts: ", host(&refused));
    assert!(error.to_string().starts_with(&place), "{error}");
    let shown = chain(&error);
    assert!(shown.matches("refused (os error").count() <= 1, "the cause stands once: {shown}");

    let server = Server::always(vec![Act::Hang]).await;
    let client = quick(&server.url);
    let silent = lockstep_runtime::RequestOptions::new().timeout(Duration::from_millis(50));
    let error = client.get("/a").with(silent.max_retries(0)).await.expect_err("silence");
    assert_eq!(
        error.to_string(),
        format!(
            "undocumented (GET /a at {}) failed in 1 attempt: timed out: no complete reply within 50ms",
            host(&server.url)
        )
    );

    let half = vec![Act::Send(head(200, &[], 100)), Act::Send(b"half".to_vec())];
    let server = Server::always(half).await;
    let body = quick(&server.url).get("/film").reply::<Binary>().await.expect("a stream");
    let error = body.bytes().await.expect_err("cut off");
    assert_eq!(
        error.to_string(),
        format!(
            "undocumented (GET /film at {}) failed within the reply: the connection broke: it ended too early",
            host(&server.url)
        )
    );
}

#[tokio::test]
async fn an_encoding_that_nobody_asked_for_is_named() {
    let packed = |encoding: &'static str| {
        vec![reply(200, &[JSON, ("content-encoding", encoding)], [0x28, 0xb5, 0x2f, 0xfd, 0, 1])]
    };
    for encoding in ["compress", "x-own", "exi"] {
        let server = Server::always(packed(encoding)).await;
        let client = quick(&server.url);
        let error = client.get("/x").await.expect_err("packed");
        assert_eq!(
            error.to_string(),
            format!(
                "GET /x answered 200, but the reply should be unpacked and is in the encoding `{encoding}`, for which nobody asked"
            )
        );
        assert!(
            client.get("/x").reply::<Binary>().await.is_err(),
            "nor is it saved as if it were plain"
        );
        assert_eq!(server.seen().len(), 2);
    }
    if !cfg!(feature = "brotli") {
        let server = Server::always(packed("br")).await;
        let error = quick(&server.url).get("/x").await.expect_err("packed").to_string();
        assert!(error.ends_with("the feature `brotli` of lockstep-runtime reads it"), "{error}");
    }
    let server =
        Server::always(vec![reply(200, &[JSON, ("content-encoding", "identity")], GOOD)]).await;
    quick(&server.url).get("/x").await.expect("plain");
}

#[tokio::test]
async fn a_path_of_ones_own_is_checked_as_others_are() {
    let server = Server::always(vec![reply(200, &[JSON], GOOD)]).await;
    let client = quick(&format!("{}/v1/team", server.url));
    for path in [
        "/../x",
        "/a/%2e%2e/x",
        "/a/.%2E/x",
        "/%2e/x",
        "/a/..",
        "/a/%2E%2e?b=1",
        "/a\r\nb",
        "/a\tb",
        "/a\n/../x",
        "/.\t./x",
        "/a\u{85}b",
        "/\u{0}",
    ] {
        let error = client.get(path).await.expect_err(path);
        assert!(matches!(error, Error::Request(_)), "{path:?}: {error}");
    }
    assert!(server.seen().is_empty());
    for path in ["/a..b/..c", "/a%2Fb", "/a%20b", "/...", "/%252e%252e/x"] {
        client.get(path).await.expect(path);
    }
    assert!(server.seen().iter().all(|seen| seen.target.starts_with("/v1/team/")));
}

#[test]
fn without_a_key_that_every_operation_needs_there_is_no_client() {
    const KEYED: Service = Service {
        auth: &[
            AuthScheme::bearer("default", "EXAMPLE_KEY"),
            AuthScheme::basic("login", "EXAMPLE_USER", "EXAMPLE_PASSWORD"),
        ],
        security: &[&["default"], &["login"]],
        base_url: "http://localhost",
        ..Service::DEFAULT
    };
    static ALL: Service = KEYED;
    static SOME: Service = Service { has_public_operations: true, ..KEYED };
    static OPTIONAL: Service = Service { security: &[&["default"], &[]], ..KEYED };
    let empty = |service| -> Result<Client, Error> {
        ClientBuilder::new(service).env_from(|_| None)?.demand_key()?.build()
    };
    assert_eq!(
        empty(&ALL).expect_err("no key").to_string(),
        "the client is not set up: every operation needs a key, and none is set for `default` (environment: EXAMPLE_KEY), or `login` (environment: EXAMPLE_USER and EXAMPLE_PASSWORD)"
    );
    assert!(empty(&SOME).is_ok() && empty(&OPTIONAL).is_ok() && empty(&SERVICE).is_ok());
    let read = |name: &str| (name == "EXAMPLE_USER").then(|| "me".to_owned());
    let builder =
        ClientBuilder::<Client>::new(&ALL).env_from(read).and_then(ClientBuilder::demand_key);
    assert!(builder.is_ok());
}
