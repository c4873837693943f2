//! Every way to misbehave that has a name.

use std::fmt::Debug;
use std::io::Write;
use std::time::Duration;

use lockstep_runtime::{Binary, Empty, Error, Method, RequestOptions, Response};

use crate::api::{Client, Envelope};
use crate::server::{Act, JSON, KEY, Seen, Server, head, json, reply};

const GOOD: &str = r#"{"data": {"items": [{"id": 1}]}}"#;
const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

/// The story of one case, in a few lines.
struct Story(Vec<String>);

impl Story {
    fn tell<T: Debug>(
        &mut self,
        title: &str,
        outcome: Result<T, Error>,
        servers: &[(&str, &Server)],
    ) {
        let (shown, debug) = match &outcome {
            Ok(value) => (format!("Ok {value:?}"), format!("{value:?}")),
            Err(error) => (format!("{}: {error}", kind(error)), format!("{error:?} {error}")),
        };
        assert!(!debug.contains(KEY) && !shown.contains(KEY), "the key is shown: {debug}");
        let mut lines = vec![format!("{title}\n  {shown}")];
        for (name, server) in servers {
            let seen = server.seen();
            let shown: Vec<String> = seen
                .iter()
                .map(|seen| {
                    format!(
                        "{} {}",
                        seen.method,
                        if seen.has_key() { "with key" } else { "no key" }
                    )
                })
                .collect();
            lines.push(format!("  {name}: {} requests [{}]", seen.len(), shown.join(", ")));
        }
        let mut text = lines.join("\n");
        for (name, server) in servers {
            text = text
                .replace(&server.url, &format!("<{name}>"))
                .replace(server.url.trim_start_matches("http://"), &format!("<{name}>"));
        }
        self.0.push(text);
    }

    fn end(self, name: &str) {
        // Each operating system has its own words for a reset.
        let filters =
            vec![(r"the connection broke: .*os error.*", "the connection broke: [reset]")];
        insta::with_settings!({omit_expression => true, filters => filters}, { insta::assert_snapshot!(name, self.0.join("\n\n")) });
    }
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Connect(_) => "Connect",
        Error::Timeout(_) => "Timeout",
        Error::Transport(_) => "Transport",
        Error::Status(_) => "Status",
        Error::Decode(_) => "Decode",
        Error::TooLarge(_) => "TooLarge",
        _ => "Other",
    }
}

fn ids(reply: Response<Envelope>) -> Vec<i64> {
    reply.data.items.iter().filter_map(|item| item.id).collect()
}

/// One case: a GET, a POST, or a POST with an idempotency key, against a server that always does the same.
async fn case(story: &mut Story, title: &str, request: &str, server: Server) {
    // Only those who wait in vain may not wait for long.
    let is_silent = title.starts_with("hangs") || title.starts_with("drips");
    let timeout = if is_silent { Duration::from_millis(250) } else { Duration::from_secs(20) };
    let client = Client::tuned(&server, |builder| builder.timeout(timeout));
    let outcome = match request {
        "GET" => client.overview("acct").await.map(ids),
        "POST" => client.send("acct", "hello").await.map(ids),
        _ => client.send_keyed().await.map(ids),
    };
    story.tell(&format!("{request}: {title}"), outcome, &[("home", &server)]);
}

#[tokio::test]
async fn silence_and_broken_connections() {
    let mut story = Story(Vec::new());
    let headers_only = vec![Act::Send(head(200, &[JSON], 100)), Act::Hang];
    let half = vec![Act::Send(head(200, &[JSON], 100)), Act::Send(b"{\"data\": ".to_vec())];
    for request in ["GET", "POST", "keyed POST"] {
        case(
            &mut story,
            "hangs before the headers",
            request,
            Server::always(vec![Act::Hang]).await,
        )
        .await;
        case(&mut story, "resets the connection", request, Server::always(vec![Act::Reset]).await)
            .await;
    }
    case(&mut story, "hangs after the headers", "GET", Server::always(headers_only).await).await;
    case(&mut story, "sends half a body", "GET", Server::always(half.clone()).await).await;
    let mend =
        move |_: &Seen, count: usize| if count == 0 { half.clone() } else { vec![json(GOOD)] };
    case(&mut story, "sends half a body, then a whole one", "GET", Server::start(mend).await).await;
    case(
        &mut story,
        "speaks no HTTP",
        "GET",
        Server::always(vec![Act::Send(b"SSH-2.0-OpenSSH\r\n".to_vec())]).await,
    )
    .await;
    let drip = || Act::Drip(head(200, &[JSON], 100), 1, Duration::from_millis(20));
    case(&mut story, "drips slower than the timeout", "GET", Server::always(vec![drip()]).await)
        .await;

    let server = Server::always(vec![json(GOOD)]).await;
    let address = server.url.clone();
    drop(server);
    let client = Client::builder()
        .key(KEY)
        .base_url(&address)
        .max_retries(1)
        .backoff(Duration::ZERO, Duration::ZERO)
        .build()
        .expect("a client");
    // The port may be taken by now, so only the kind is told.
    let outcome = client.send("acct", "hello").await;
    assert!(matches!(outcome, Err(Error::Connect(_) | Error::Transport(_))), "{outcome:?}");
    story.end("silence");
}

#[tokio::test]
async fn an_idempotency_key_is_kept_across_attempts() {
    let server = Server::always(vec![Act::Reset]).await;
    let client = Client::of(&server);
    let request = client.send_keyed();
    request.clone().await.expect_err("reset");
    request
        .with(RequestOptions::new().idempotency_key("mine").max_retries(0))
        .await
        .expect_err("reset");
    let seen = server.seen();
    let keys: Vec<&str> = seen.iter().filter_map(|seen| seen.header("idempotency-key")).collect();
    assert_eq!(keys.len(), 4);
    assert_eq!((keys[0], keys[1]), (keys[1], keys[2]));
    assert_eq!(keys[0].len(), 36);
    assert_eq!(keys[3], "mine");
}

#[tokio::test]
async fn failures_by_status() {
    let mut story = Story(Vec::new());
    let page = "<html><head><title>Bad gateway</title></head></html>";
    for request in ["GET", "POST", "keyed POST"] {
        case(
            &mut story,
            "503",
            request,
            Server::always(vec![reply(503, &[JSON], r#"{"message": "busy"}"#)]).await,
        )
        .await;
        case(
            &mut story,
            "429 without Retry-After",
            request,
            Server::always(vec![reply(429, &[JSON], "{}")]).await,
        )
        .await;
        case(
            &mut story,
            "409",
            request,
            Server::always(vec![reply(409, &[JSON], r#"{"code": "IDEMPOTENCY_CONFLICT"}"#)]).await,
        )
        .await;
    }
    let once = |seen: &Seen, count: usize| match count {
        0 => vec![reply(429, &[JSON, ("retry-after", "0")], "{}")],
        _ if seen.method == "POST" => vec![json(GOOD)],
        _ => vec![json(GOOD)],
    };
    case(&mut story, "429 with Retry-After, then well", "POST", Server::start(once).await).await;
    case(
        &mut story,
        "429 with Retry-After of an hour",
        "GET",
        Server::always(vec![reply(429, &[("retry-after", "3600")], "")]).await,
    )
    .await;
    case(&mut story, "500 in HTML", "GET", Server::always(vec![reply(500, &[HTML], page)]).await)
        .await;
    case(&mut story, "501", "GET", Server::always(vec![reply(501, &[], "")]).await).await;
    let echo = format!(r#"{{"error": "Unauthorized. The key {KEY} is unknown."}}"#);
    case(
        &mut story,
        "401 that repeats the key",
        "GET",
        Server::always(vec![reply(401, &[JSON, ("x-echo", KEY)], echo)]).await,
    )
    .await;
    let laravel = r#"{"message": "The given data was invalid.", "errors": {"text": ["Too long.", "Too dull."], "price": ["Too low."]}}"#;
    case(&mut story, "422", "POST", Server::always(vec![reply(422, &[JSON], laravel)]).await).await;
    let lost = r#"{"message": "No such account", "code": "account_not_found"}"#;
    case(
        &mut story,
        "404",
        "GET",
        Server::always(vec![reply(404, &[JSON, ("x-request-id", "r-17")], lost)]).await,
    )
    .await;
    case(&mut story, "304", "GET", Server::always(vec![reply(304, &[], "")]).await).await;

    let server = Server::always(vec![reply(429, &[("retry-after", "3600")], "")]).await;
    let error = Client::of(&server).overview("a").await.expect_err("429");
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    story.end("statuses");
}

#[tokio::test]
async fn a_deadline_includes_the_waits() {
    let server = Server::always(vec![reply(503, &[("retry-after", "30")], "")]).await;
    let client = Client::tuned(&server, |builder| builder.deadline(Duration::from_secs(5)));
    let error = client.overview("a").await.expect_err("503");
    assert_eq!((error.status().map(|status| status.as_u16()), server.seen().len()), (Some(503), 1));

    let server = Server::always(vec![Act::Hang]).await;
    let client = Client::tuned(&server, |builder| {
        builder.deadline(Duration::from_millis(80)).max_retries(9)
    });
    let error = client.overview("a").await.expect_err("silence");
    assert_eq!(error.to_string(), "timed out: the deadline of the request has passed");
}

#[tokio::test]
async fn success_that_is_none() {
    let mut story = Story(Vec::new());
    let login = "<!doctype html>\n<title>Log in</title><form></form>";
    case(&mut story, "a login page", "GET", Server::always(vec![reply(200, &[HTML], login)]).await)
        .await;
    case(
        &mut story,
        "a login page that calls itself JSON",
        "GET",
        Server::always(vec![json(login)]).await,
    )
    .await;
    case(
        &mut story,
        "JSON that calls itself text",
        "GET",
        Server::always(vec![reply(200, &[("content-type", "text/plain")], GOOD)]).await,
    )
    .await;
    case(&mut story, "no content type", "GET", Server::always(vec![reply(200, &[], GOOD)]).await)
        .await;
    case(
        &mut story,
        "text in place of JSON",
        "GET",
        Server::always(vec![reply(200, &[("content-type", "text/plain")], "OK")]).await,
    )
    .await;
    case(&mut story, "nothing at all", "GET", Server::always(vec![reply(200, &[JSON], "")]).await)
        .await;
    case(&mut story, "204", "GET", Server::always(vec![reply(204, &[], "")]).await).await;
    case(&mut story, "another document", "GET", Server::always(vec![json("[[]]")]).await).await;

    let server = Server::always(vec![reply(200, &[JSON], "")]).await;
    let client = Client::of(&server);
    story.tell(
        "a reply that may be empty, and is",
        client.maybe().await.map(|reply| reply.is_none()),
        &[("home", &server)],
    );
    let nothing = client.request(Method::DELETE, "/api/thing").reply::<Empty>().await;
    story.tell(
        "a reply that says nothing",
        nothing.map(|reply| reply.status().as_u16()),
        &[("home", &server)],
    );
    let server = Server::always(vec![reply(200, &[HTML], login)]).await;
    let picture = Client::of(&server).get("/picture").reply::<Binary>().await;
    story.tell("a login page in place of a picture", picture, &[("home", &server)]);
    story.end("success_that_is_none");
}

#[tokio::test]
async fn redirects() {
    let mut story = Story(Vec::new());
    let to = |url: String, status: u16| {
        move |_: &Seen, _: usize| vec![reply(status, &[("location", &url)], "")]
    };
    for (request, status) in
        [("GET", 302), ("GET", 307), ("POST", 303), ("POST", 302), ("POST", 307)]
    {
        let other = Server::always(vec![json(GOOD)]).await;
        let home = Server::start(to(format!("{}/elsewhere", other.url), status)).await;
        let client = Client::of(&home);
        let outcome = match request {
            "GET" => client
                .overview("acct")
                .with(RequestOptions::new().header("x-secret", KEY))
                .await
                .map(ids),
            _ => client.send("acct", "hello").await.map(ids),
        };
        story.tell(
            &format!("{request}: {status} to another host"),
            outcome,
            &[("home", &home), ("other", &other)],
        );
    }
    for (request, status) in [("GET", 301), ("POST", 307), ("POST", 303)] {
        let hop = move |_: &Seen, count: usize| match count {
            0 => vec![reply(status, &[("location", "/api/moved")], "")],
            _ => vec![json(GOOD)],
        };
        case(&mut story, &format!("{status} to the same host"), request, Server::start(hop).await)
            .await;
    }
    case(&mut story, "a circle", "GET", Server::start(to("/again".to_owned(), 302)).await).await;
    case(
        &mut story,
        "302 to a file",
        "GET",
        Server::start(to("file:///etc/passwd".to_owned(), 302)).await,
    )
    .await;
    case(&mut story, "302 to nowhere", "GET", Server::always(vec![reply(302, &[], "")]).await)
        .await;

    let back = Server::start(|seen, _| match seen.target.as_str() {
        "/home" => vec![json(GOOD)],
        _ => vec![json("{}")],
    });
    let home = back.await;
    let other = Server::start(to(format!("{}/home", home.url), 302)).await;
    let start = Server::start(to(format!("{}/x", other.url), 302)).await;
    let outcome = Client::of(&start).overview("acct").await.map(ids);
    story.tell(
        "GET: over another host to a third",
        outcome,
        &[("home", &start), ("other", &other), ("third", &home)],
    );
    story.end("redirects");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn size_and_compression() {
    let mut story = Story(Vec::new());
    let big = vec![b' '; 50 << 20];
    if cfg!(feature = "gzip") {
        let packed = ("content-encoding", "gzip");
        case(
            &mut story,
            "gzip",
            "GET",
            Server::always(vec![reply(200, &[JSON, packed], gzip(GOOD.as_bytes()))]).await,
        )
        .await;
        case(
            &mut story,
            "gzip cut short",
            "GET",
            Server::always(vec![reply(200, &[JSON, packed], &gzip(GOOD.as_bytes())[..20])]).await,
        )
        .await;
        let server = Server::always(vec![reply(200, &[JSON, packed], gzip(&big))]).await;
        let client = Client::of(&server);
        story.tell(
            "GET: 50 MB in a small gzip",
            client.overview("acct").await.map(ids),
            &[("home", &server)],
        );
    }
    let server = Server::always(vec![reply(200, &[JSON], &big)]).await;
    let client = Client::of(&server);
    story.tell(
        "GET: 50 MB, announced",
        client.overview("acct").await.map(ids),
        &[("home", &server)],
    );
    let unannounced = Act::Send(
        [b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec(), big].concat(),
    );
    let server = Server::always(vec![unannounced]).await;
    let client = Client::of(&server);
    story.tell(
        "GET: 50 MB, not announced",
        client.overview("acct").await.map(ids),
        &[("home", &server)],
    );
    let streamed =
        async { client.get("/film").reply::<Binary>().await?.write_to(tokio::io::sink()).await };
    story.tell("GET: 50 MB, streamed", streamed.await, &[("home", &server)]);
    let held = async { client.get("/film").reply::<Binary>().await?.bytes().await };
    story.tell("GET: 50 MB, streamed into memory", held.await, &[("home", &server)]);
    story.end("sizes");
}
