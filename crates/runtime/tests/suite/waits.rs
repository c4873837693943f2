//! How long is waited between attempts, and how long anything may take.

use std::time::{Duration, Instant};

use lockstep_runtime::{Binary, Client, Error, Method, RequestOptions, Service};

use crate::server::{Act, Server, json, reply};

static SERVICE: Service =
    Service { base_url: "http://localhost", retry_header: "x-should-retry", ..Service::DEFAULT };

/// The least wait, half of the backoff, is longer than any test takes by itself, and no test's limit.
const BACKOFF: Duration = Duration::from_millis(200);

fn client(server: &Server) -> Client {
    let builder = Client::builder(&SERVICE).base_url(&server.url).max_retries(1);
    builder.backoff(BACKOFF, BACKOFF).build().expect("a client")
}

#[tokio::test]
async fn retry_after_is_never_sooner_than_the_backoff() {
    for after in ["0", "0.001", "Fri, 21 Oct 2005 07:28:00 GMT", "Friday, 21-Oct-05 07:28:00 GMT"] {
        let server = Server::start(move |_, count| match count {
            0 => vec![reply(429, &[("retry-after", after)], "")],
            _ => vec![json("{}")],
        })
        .await;
        let start = Instant::now();
        client(&server).get("/x").await.expect(after);
        assert!(start.elapsed() >= BACKOFF / 2, "{after}: {:?}", start.elapsed());
        assert_eq!(server.seen().len(), 2, "{after}");
    }
}

#[tokio::test]
async fn a_failure_says_itself_whether_to_ask_again() {
    let post = Method::POST;
    let cases = [
        (Method::GET, 503, "false", 1),
        (Method::GET, 503, "true", 2),
        (Method::GET, 400, "true", 2),
        (Method::GET, 400, "perhaps", 1),
        (Method::GET, 503, "perhaps", 2),
        (post.clone(), 503, "true", 2),
        (post.clone(), 503, "perhaps", 1),
        (post, 429, "FALSE", 1),
    ];
    for (method, status, said, requests) in cases {
        let server = Server::always(vec![reply(status, &[("x-should-retry", said)], "")]).await;
        client(&server).request(method.clone(), "/x").await.expect_err("a failure");
        assert_eq!(server.seen().len(), requests, "{method} {status} {said}");
    }
}

#[tokio::test]
async fn no_duration_is_too_long() {
    let forever = Duration::MAX;
    let server = Server::start(|_, count| match count {
        0 => vec![reply(503, &[("retry-after", "0")], "")],
        _ => vec![json("{}")],
    })
    .await;
    let options =
        || RequestOptions::new().deadline(forever).timeout(forever).connect_timeout(forever);
    let client = client(&server);
    client.get("/x").with(options()).await.expect("a reply");
    let body = client.get("/x").with(options()).reply::<Binary>().await.expect("a stream");
    assert_eq!(body.bytes().await.expect("all"), "{}");

    // A wait beyond all clocks does not fit before any deadline, and is no reason to panic.
    let server =
        Server::always(vec![reply(503, &[("retry-after", "18446744073709551615")], "")]).await;
    let client = Client::builder(&SERVICE)
        .base_url(&server.url)
        .retry_after_cap(forever)
        .deadline(Duration::from_secs(1000))
        .build()
        .expect("a client");
    let error = client.get("/x").await.expect_err("busy");
    assert_eq!((error.status().map(|status| status.as_u16()), server.seen().len()), (Some(503), 1));

    let server = Server::always(vec![Act::Hang]).await;
    let client = Client::builder(&SERVICE)
        .base_url(&server.url)
        .backoff(forever, forever)
        .timeout(Duration::from_millis(50))
        .deadline(Duration::from_secs(1000))
        .build()
        .expect("a client");
    assert!(matches!(client.get("/x").await, Err(Error::Timeout(_))));
    assert_eq!(server.seen().len(), 1);
}
