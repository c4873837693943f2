//! Replies that are not as documented, through the whole client.

use std::sync::{Arc, Mutex};

use lockstep_runtime::{Error, RequestOptions};

use crate::api::Client;
use crate::server::{KEY, Server, json};

const DRIFTED: &str = r#"{
  "data": {
    "items": {
      "0": {"id": "1234", "date": "2025-01-01 00:00:00", "rawText": "hello", "mood": "new"},
      "1": {"id": 9007199254740993, "date": "someday", "rawText": null}
    },
    "hasMore": 0,
    "cursor": null
  },
  "_meta": {"_rate_limits": {"limit_minute": 1000, "limit_day": null, "notice": "new"}},
  "trace": {"id": 1}
}"#;

#[tokio::test]
async fn the_overview_is_usable_and_the_drift_is_listed() {
    let server = Server::always(vec![json(DRIFTED)]).await;
    let reported = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&reported);
    let client = Client::tuned(&server, |builder| {
        builder.on_drift(move |call, drift| {
            log.lock().expect("no panic").push(format!(
                "{}: {} places",
                call.operation,
                drift.len()
            ))
        })
    });
    let reply = client.overview("acct").await.expect("a usable reply");

    assert_eq!(reply.data.items[0].id, Some(1234));
    assert_eq!(reply.data.items[1].id, Some(9_007_199_254_740_993));
    assert_eq!(reply.json()["data"]["items"]["1"]["date"], "someday", "nothing is lost");
    assert_eq!(*reported.lock().expect("no panic"), ["getOverview: 5 places"]);
    assert_eq!(server.seen().len(), 1);
    let drift: Vec<String> = reply.drift().iter().map(ToString::to_string).collect();
    let unknown = reply.unknown_fields().join("\n");
    let text = format!("{}\n\nunknown fields:\n{unknown}\n\n{:#?}", drift.join("\n"), *reply);
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!("overview", text) });
}

#[tokio::test]
async fn strict_mode_makes_drift_an_error() {
    let server = Server::always(vec![json(DRIFTED)]).await;
    let client = Client::tuned(&server, |builder| builder.strict(true));
    let error = client.overview("acct").await.expect_err("drift");
    assert_eq!(
        error.to_string(),
        "GET /api/acct/overview answered 200, but /data/items should be a list and is an object with 2 members"
    );
    let Error::Decode(details) = error else { panic!("{error}") };
    assert_eq!((details.drift().len(), details.raw_body().len()), (5, DRIFTED.len()));
    client
        .overview("acct")
        .with(RequestOptions::new().strict(false))
        .await
        .expect("lenient for this one");
}

#[tokio::test]
async fn drift_that_holds_the_key_does_not_show_it() {
    let server =
        Server::always(vec![json(format!(r#"{{"data": {{"items": [{{"id": "{KEY}"}}]}}}}"#))])
            .await;
    let reply = Client::of(&server).overview("acct").await.expect("a usable reply");
    assert_eq!(
        reply.drift()[0].to_string(),
        "/data/items/0/id: expected an integer, found a string of 18 characters (taken for null)"
    );
}

#[tokio::test]
async fn limits_and_credits_are_read_from_headers_and_bodies() {
    let body = r#"{"data": {}, "_meta": {"_credits": {"balance": 41.5}, "_cache": {"is_cached": true}, "_rate_limits": {"limit_minute": 1000, "limit_day": 1}}}"#;
    let headers = [("x-rate-limit-remaining-minute", "998"), ("x-credits-used", "1")];
    let server = Server::always(vec![crate::server::reply(200, &headers, body)]).await;
    let reply = Client::of(&server).overview("acct").await.expect("a reply");
    let credits = reply.credits().expect("told");
    assert_eq!((credits.used, credits.balance), (Some(1.0), Some(41.5)));
    let limit = reply.rate_limit().expect("told");
    assert_eq!((limit.limit, limit.remaining), (Some(1000), Some(998)));
    assert_eq!(reply.is_cached(), Some(true));
}

/// Keeps what hooks see of bodies.
struct Bodies(Arc<Mutex<Vec<String>>>);

impl lockstep_runtime::Middleware for Bodies {
    fn after(&self, _: &lockstep_runtime::CallInfo<'_>, outcome: &lockstep_runtime::Outcome<'_>) {
        let body = String::from_utf8_lossy(outcome.body.unwrap_or_default()).into_owned();
        self.0.lock().expect("no panic").push(body);
    }
}

#[tokio::test]
async fn a_hook_sees_bodies_without_keys() {
    let body = format!(r#"{{"data": {{"items": []}}, "echo": "{KEY}"}}"#);
    let server = Server::start(move |_, number| match number {
        0 => vec![json(&body)],
        _ => vec![crate::server::reply(401, &[], r#"{"error": "Unauthorized"}"#)],
    })
    .await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let client = Client::tuned(&server, |builder| builder.middleware(Bodies(kept)));
    client.overview("acct").await.expect("a reply");
    client.overview("acct").await.expect_err("a refusal");
    assert_eq!(
        *seen.lock().expect("no panic"),
        [r#"{"data": {"items": []}, "echo": "[key]"}"#, r#"{"error": "Unauthorized"}"#]
    );
}
