//! Successes that hold a failure, or nothing of what was promised.

use lockstep_runtime::{
    Client, Decode, Encode, Error, Json, Operation, OptionalJson, Paged, Paging, Remedy, Request,
    RequestOptions, Service,
};

use crate::server::{Server, json, reply};

const CUT_OFF: &str = r#"{"error": "Something failed", "code": 13}"#;

static PLAIN: Service = Service { base_url: "http://localhost", ..Service::DEFAULT };
static TELLING: Service = Service { failure_pointer: "/error", ..PLAIN };

#[derive(Clone, Debug, Default, PartialEq, Decode, Encode)]
struct Page {
    data: Option<Data>,
    next: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Decode, Encode)]
struct Data {
    items: Option<Vec<Entry>>,
}

#[derive(Clone, Debug, Default, PartialEq, Decode, Encode)]
struct Entry {
    id: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Operation)]
#[operation("list", get = "/list")]
#[reply(Json<Page>)]
struct List(Request);

impl Paged for List {
    type Item = Entry;
    const PAGING: Paging = Paging::cursor("cursor", "/next", "/data/items");

    fn items(reply: Page) -> Vec<Entry> {
        reply.data.and_then(|data| data.items).unwrap_or_default()
    }
}

lockstep_runtime::paged!(List);

fn client(service: &'static Service, server: &Server) -> Client {
    Client::builder(service).base_url(&server.url).build().expect("a client")
}

async fn always(body: &str) -> Server {
    Server::always(vec![json(body)]).await
}

#[tokio::test]
async fn an_object_with_nothing_of_its_type_is_drift() {
    let cases = [
        (CUT_OFF, vec![""]),
        (r#"{"data": {"message": "no"}, "next": null}"#, vec!["/data"]),
        (
            r#"{"data": {"items": [{"id": 1}, {"x": 1}, {"id": 3}, {"y": 1}]}}"#,
            vec!["/data/items/1", "/data/items/3"],
        ),
        // These are as promised.
        ("{}", vec![]),
        (r#"{"data": {}}"#, vec![]),
        (r#"{"data": null, "error": "x"}"#, vec![]),
    ];
    for (body, expected) in cases {
        let server = always(body).await;
        let client = client(&PLAIN, &server);
        let list = || List(client.operation::<List>());
        let reply = list().await.expect("a reply");
        let pointers: Vec<&str> = reply.drift().iter().map(|drift| drift.pointer()).collect();
        assert_eq!(pointers, expected, "{body}");
        assert!(reply.drift().iter().all(|drift| drift.remedy() == Remedy::Emptied), "{body}");
        let strict = list().with(RequestOptions::new().strict(true)).await;
        assert_eq!(matches!(strict, Err(Error::Decode(_))), !expected.is_empty(), "{body}");
        assert_eq!(server.seen().len(), 2);
    }
    let server = always(CUT_OFF).await;
    let reply = client(&PLAIN, &server).get("/x").reply::<OptionalJson<Page>>().await.expect("one");
    assert_eq!(
        reply.drift()[0].to_string(),
        "the whole reply: expected an object with data or next, found an object with 2 members (taken for an empty object)"
    );
}

#[tokio::test]
async fn a_failure_within_a_success_is_an_error_of_its_own_and_is_not_repeated() {
    for (body, told) in [
        (CUT_OFF, Some("Something failed")),
        (r#"{"data": {"items": []}, "error": {"message": "gone", "code": "x"}}"#, Some("gone")),
        (r#"{"error": true}"#, None),
    ] {
        let server = always(body).await;
        let error = List(client(&TELLING, &server).operation::<List>()).await.expect_err(body);
        let Error::Failure(failure) = &error else { panic!("{error:?}") };
        assert_eq!(failure.message(), told);
        assert_eq!(failure.raw_body(), body.as_bytes());
        assert!(error.as_status().is_some() && !error.is_retryable());
        assert_eq!(server.seen().len(), 1);
    }
    let server = always(CUT_OFF).await;
    let error = client(&TELLING, &server).get("/list").await.expect_err("a failure");
    assert_eq!(
        error.to_string(),
        "GET /list answered 200 OK with a failure: Something failed [13]"
    );
    for body in [r#"{"error": null}"#, r#"{"error": ""}"#, r#"{"data": {"error": "mine"}}"#, "[]"] {
        client(&TELLING, &always(body).await).get("/list").await.expect(body);
    }
}

#[tokio::test]
async fn a_walk_does_not_end_quietly_at_a_failure() {
    let answer = |_: &crate::server::Seen, count: usize| match count {
        0 => vec![json(r#"{"data": {"items": [{"id": 1}]}, "next": "b"}"#)],
        _ => vec![json(CUT_OFF)],
    };
    for service in [&PLAIN, &TELLING] {
        let server = Server::start(answer).await;
        let mut items = List(client(service, &server).operation::<List>()).items();
        assert_eq!(items.next().await.expect("one").expect("one").id, Some(1));
        let error = items.next().await.expect("no end").expect_err("a failure");
        assert!(matches!(error, Error::Failure(_) | Error::Paging(_)), "{error}");
        assert!(items.next().await.is_none());
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_failure_is_read_as_the_type_that_the_document_declares() {
    #[derive(Debug, Default, PartialEq, Decode, Encode)]
    struct Conflict {
        held_by: Option<String>,
        since: Option<i64>,
    }
    let failing = |body: &'static str| async move {
        let server = Server::always(vec![reply(409, &[], body)]).await;
        let error = client(&PLAIN, &server).get("/orders/7").await.expect_err("a conflict");
        let Error::Status(failure) = error else { panic!("{error}") };
        failure
    };
    let failure = failing(r#"{"held_by": "ann", "since": "7"}"#).await;
    let conflict: Conflict = failure.decode().expect("as declared, nearly");
    assert_eq!(conflict, Conflict { held_by: Some("ann".to_owned()), since: Some(7) });
    for other in [r#"{"message": "another"}"#, "<html>", "", "[1]", "7"] {
        let failure = failing(other).await;
        let error = failure.decode::<Conflict>().expect_err(other);
        assert!(matches!(error, Error::Decode(_)), "{other}: {error}");
        assert_eq!(failure.raw_body(), other.as_bytes());
    }
    let error = failing("<html>").await.decode::<Conflict>().expect_err("a page");
    assert!(
        error
            .to_string()
            .ends_with("should be JSON and is no JSON (expected value at line 1 column 1): <html>"),
        "{error}"
    );
}
