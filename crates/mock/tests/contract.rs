//! Document, mock and client agree: the requests that the document describes are accepted, and
//! the replies are what the client expects.

use std::time::Duration;

use bytes::Bytes;
use lockstep_mock::{Engine, Operation, Place, Service, Settings, Style};
use onlyfansapi::mass_messaging::GetOverview;
use onlyfansapi::runtime::Operation as _;
use onlyfansapi_mock::MockServer;
use serde_json::Value;

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The request that the document's own examples make; `None` where it has none of something that a request needs.
fn example(operation: &Operation) -> Option<http::Request<Bytes>> {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    let mut request = http::Request::builder()
        .method(operation.method.as_str())
        .header("Authorization", "Bearer test");
    for parameter in &operation.parameters {
        if let (Some(Value::Array(list)), Place::Query) = (&parameter.example, parameter.place) {
            let values = list.iter().map(|value| encoded(&plain(value)));
            let name = encoded(&parameter.name);
            match (parameter.style, parameter.explode) {
                (Style::Form, true) => query.extend(values.map(|value| format!("{name}={value}"))),
                (Style::Brackets, _) => {
                    query.extend(values.map(|value| format!("{name}[]={value}")))
                }
                _ => query.push(format!("{name}={}", values.collect::<Vec<_>>().join(","))),
            }
            continue;
        }
        let Some(value) = parameter.example.as_ref().map(plain) else {
            if parameter.required {
                return None;
            }
            continue;
        };
        match parameter.place {
            Place::Path => {
                path = path.replace(&format!("{{{}}}", parameter.name), &encoded(&value));
            }
            Place::Query => query.push(format!("{}={}", encoded(&parameter.name), encoded(&value))),
            Place::Header => request = request.header(&parameter.name, value),
            Place::Cookie => {}
        }
    }
    let mut body = Bytes::new();
    if let Some(described) = &operation.body {
        match (described.content.contains_key("application/json"), &described.example) {
            (true, Some(example)) => {
                request = request.header("Content-Type", "application/json");
                body = Bytes::from(example.to_string());
            }
            // Files and forms have tests of their own, in the engine.
            _ if described.required => return None,
            _ => {}
        }
    }
    let target = format!("{path}?{}", query.join("&"));
    Some(request.uri(target).body(body).expect("a request made of the document's examples"))
}

fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes()
        .map(
            |byte| {
                if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}

#[test]
fn the_document_s_own_examples_are_accepted() {
    let service = onlyfansapi_mock::service().expect("well-formed routes");
    assert_eq!(service.notes(), [""; 0]);
    let engine = Engine::new(service.clone(), Settings::default());
    let mut asked = 0;
    for operation in &service.data().routes.operations {
        let Some(request) = example(operation) else { continue };
        asked += 1;
        let answer = engine.answer(request, Duration::ZERO);
        let reason = answer.headers.get("mock-reason").and_then(|reason| reason.to_str().ok());
        if reason.is_some_and(|reason| reason.contains("(document at fault)")) {
            // Its own example is none, and the mock says so.
            continue;
        }
        assert!(
            answer.status.is_success(),
            "{}: {} {:?}",
            operation.id,
            answer.status,
            answer.headers.get("mock-reason")
        );
        let fixture = fixture(&service, operation);
        assert_eq!(answer.body, fixture.unwrap_or_default(), "{}", operation.id);
    }
    assert!(asked > 0, "no operation has all the examples that a request needs");
}

fn fixture(service: &Service, operation: &Operation) -> Option<Bytes> {
    let (_, success) = operation.responses.iter().find(|(status, _)| status.starts_with('2'))?;
    let path = success.content.values().next()?.fixtures.values().next()?;
    service.data().fixtures.get(path.as_str()).cloned()
}

#[tokio::test]
async fn the_client_reads_what_the_mock_replies_without_drift() {
    let server = MockServer::start().await;
    let client = server.client();
    let reply = client
        .mass_messaging()
        .get_overview("acct_1")
        .limit(5)
        .await
        .expect("the document's example");
    assert!(reply.drift().is_empty(), "{:?}", reply.drift());
    let service = onlyfansapi_mock::service().expect("well-formed routes");
    let operation =
        service.data().routes.operations.iter().find(|own| own.id == GetOverview::INFO.id());
    let fixture = operation.and_then(|operation| fixture(&service, operation)).expect("a fixture");
    assert_eq!(reply.raw_body(), &fixture[..]);
}

#[tokio::test]
async fn a_walk_over_pages_meets_every_item_once() {
    let server = MockServer::start().await;
    server.on::<GetOverview>().reply_items(95);
    let client = server.client();
    let mut items =
        std::pin::pin!(client.mass_messaging().get_overview("acct_1").limit(10).items());
    let mut ids = Vec::new();
    while let Some(item) =
        std::future::poll_fn(|cx| futures_core::Stream::poll_next(items.as_mut(), cx)).await
    {
        ids.extend(item.expect("an item").id);
    }
    assert_eq!(ids.len(), 95);
    ids.dedup();
    assert_eq!(ids.len(), 95, "no item twice");
    server.verify();
}

/// The example says for ever that more follows; against the mock as it starts a walk ends all the same.
#[tokio::test]
async fn a_walk_over_the_example_ends() {
    let server = MockServer::start().await;
    let items = server.client().mass_messaging().get_overview("acct_1").items().collect_all().await;
    assert_eq!(items.expect("a walk").len(), 1);
}

/// Routes, server and client were told the same places, so that a client's meters can be tested.
#[tokio::test]
async fn the_client_reads_the_limits_that_the_mock_counts() {
    let server = MockServer::start().await;
    server.configure(|settings| (settings.rate_limit, settings.credits) = (Some(3), Some(2)));
    let client = server.client();
    let send = || async { client.mass_messaging().get_overview("acct_1").await };

    let reply = send().await.expect("the first of three");
    let (rate, credits) = (reply.rate_limit().expect("told"), reply.credits().expect("told"));
    assert_eq!((rate.limit, rate.remaining), (Some(3), Some(2)));
    assert_eq!((credits.used, credits.balance), (Some(1.0), Some(1.0)));
    assert_eq!(reply.headers()["x-rate-limit-remaining-minute"], "2");
    assert_eq!(reply.json()["_meta"]["_credits"]["balance"], 1);

    send().await.expect("the second, with the last credit");
    let status = |error: onlyfansapi::Error| error.status().map(|status| status.as_u16());
    assert_eq!(send().await.map_err(status).err(), Some(Some(402)));
    assert_eq!(send().await.map_err(status).err(), Some(Some(429)));
}
