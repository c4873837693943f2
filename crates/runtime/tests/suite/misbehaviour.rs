//! Servers that are silent, break off, fail, or succeed only by their status.

use std::time::Duration;

use lockstep_runtime::{Binary, Empty, Error, Method, RequestOptions};

use crate::api::Client;
use crate::server::{Act, JSON, KEY, Seen, Server, head, json, reply};
use crate::story::{GOOD, HTML, Story, case};

#[tokio::test]
async fn silence_and_broken_connections() {
    let mut story = Story::default();
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
    let mut story = Story::default();
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
    let shown = error.to_string();
    assert!(shown.ends_with("timed out: the deadline of the request has passed"), "{shown}");
}

#[tokio::test]
async fn success_that_is_none() {
    let mut story = Story::default();
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

/// What a server says is shown, and nothing of it steers the terminal that shows it.
#[tokio::test]
async fn no_word_of_a_server_steers_a_terminal() {
    let steering = "bad\n\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}";
    let said = |status: u16| {
        let object = serde_json::json!({
            "message": steering, "code": steering, "errors": { steering: [steering] },
        });
        let text = object.to_string();
        vec![
            Act::Send(head(status, &[JSON, ("X-Request-Id", "a\tb")], text.len())),
            Act::Send(text.into_bytes()),
        ]
    };
    let no_json =
        vec![reply(200, &[("Content-Type", "text/html")], format!("<title>{steering}</title>"))];
    for acts in [said(401), said(422), said(500), no_json] {
        let server = Server::always(acts).await;
        let client = Client::of(&server);
        let error = client.send("acct", "hello").await.expect_err("a failure");
        let shown = error.to_string();
        let seen = |c: char| !c.is_control() && c != '\u{202e}';
        assert!(shown.chars().all(seen), "{shown:?}");
    }
}
