//! What goes over the wire, and requests as values.

use lockstep_runtime::header::HeaderMap;
use lockstep_runtime::{Error, FilePart, Method, Operation, QueryStyle, Request, RequestOptions};
use serde_json::json as value;

use crate::api::{Client, GetOverview, SendMessage, Upload};
use crate::server::{Seen, Server, json};

async fn server() -> Server {
    Server::always(vec![json("{}")]).await
}

fn headers(seen: &Seen) -> HeaderMap {
    let lines = seen.head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines
        .map(|(name, value)| {
            (name.parse().expect("a name"), value.trim().parse().expect("a value"))
        })
        .collect()
}

fn received<O: Operation>(seen: &Seen) -> O {
    O::from(
        Request::received(O::INFO, &seen.target, &headers(seen), seen.body.clone())
            .expect("the operation's path"),
    )
}

#[tokio::test]
async fn what_was_received_equals_what_was_sent() {
    let server = server().await;
    let client = Client::of(&server);
    let get = client
        .overview("a/ä b")
        .limit(5)
        .ids([1, 2])
        .filter(value!({"name": "x y", "deep": {"er": [1, 2]}}));
    let post = client
        .send("a", "hello")
        .price(None)
        .with(RequestOptions::new().body_field("extra", 1).header("x-extra", "1"));
    let upload =
        client.upload(FilePart::bytes("we\"ird\n.png", vec![0, 255, 13, 10])).caption("a\r\nb");
    get.clone().await.expect("a reply");
    post.clone().await.expect("a reply");
    upload.clone().await.expect("a reply");

    let seen = server.seen();
    assert_eq!(received::<GetOverview>(&seen[0]), get);
    assert_eq!(received::<SendMessage>(&seen[1]), post);
    assert_eq!(received::<Upload>(&seen[2]), upload);
    assert_ne!(received::<GetOverview>(&seen[0]), client.overview("a").limit(5));
    assert_ne!(received::<SendMessage>(&seen[1]), client.send("a", "hello"));
    assert_ne!(
        received::<Upload>(&seen[2]),
        client.upload(FilePart::bytes("other.png", vec![0, 255, 13, 10])).caption("a\r\nb")
    );
    assert_eq!(
        seen[0].target,
        "/api/a%2F%C3%A4%20b/overview?limit=5&ids=1,2&filter[name]=x%20y&filter[deep][er]=1,2"
    );
    assert_eq!(
        String::from_utf8_lossy(&seen[1].body),
        r#"{"text":"hello","price":null,"extra":1}"#
    );
    assert_eq!(seen[1].header("content-type"), Some("application/json"));
    assert!(seen[2].header("content-length").is_some(), "parts in memory have a length");
}

#[tokio::test]
async fn setting_again_replaces_and_null_takes_away() {
    let server = server().await;
    let client = Client::of(&server);
    assert_eq!(client.overview("a").limit(1).limit(2), client.overview("a").limit(2));
    let undocumented = client
        .request(Method::PATCH, "/x?a=1")
        .query("b", "2")
        .query("a", None::<i64>)
        .query_as("c", QueryStyle::Json, [1]);
    undocumented.field("n", None::<i64>).header("x-list", ["1", "2"]).await.expect("a reply");
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("PATCH", "/x?b=2&c=[1]"));
    assert_eq!(seen.header("x-list"), Some("1,2"));
    assert_eq!(seen.body, br#"{"n":null}"#);
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error_and_not_a_panic() {
    let server = server().await;
    let client = Client::of(&server);
    let cases = [
        (client.overview("").await, "the path parameter `account` is empty"),
        (client.overview("..").await, "/api/../overview would lead to another path"),
        (
            client.overview("a").with(RequestOptions::new().header("no name", "x")).await,
            "the header `no name` has a malformed name or value",
        ),
        (
            client.send("a", "b").with(RequestOptions::new().idempotency_key("ä")).await,
            "an idempotency key is 1 to 255 printable ASCII characters",
        ),
    ];
    for (outcome, expected) in cases {
        let error = outcome.expect_err(expected);
        assert!(matches!(error, Error::Request(_)));
        assert_eq!(error.to_string(), format!("the request cannot be sent: {expected}"));
    }
    for path in
        ["https://evil.example/x", "//evil.example/x", "x", "/\\evil.example", "@evil.example"]
    {
        assert!(matches!(client.get(path).await, Err(Error::Request(_))), "{path}");
    }
    let unpaired =
        client.request(Method::POST, "/x").body(std::collections::BTreeMap::from([((1, 2), 3)]));
    assert!(matches!(unpaired.await, Err(Error::Request(_))));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_received_request_has_no_client() {
    let request = Request::received(
        GetOverview::INFO,
        "/v1/api/a%20b/overview?limit=5",
        &HeaderMap::new(),
        "",
    )
    .expect("the path");
    assert_eq!(
        (request.path_value("account"), request.query_pairs()),
        (Some("a b"), vec![("limit", "5")])
    );
    assert!(matches!(GetOverview::from(request).await, Err(Error::Request(_))));
    assert!(Request::received(GetOverview::INFO, "/api/overview", &HeaderMap::new(), "").is_err());
}
