//! Stubs and recordings through a client, as a test would use them.

#![cfg(feature = "typed")]

mod common;

use lockstep_mock::{Fault, MockServer};
use lockstep_runtime::{
    AuthScheme, Client, ClientBuilder, Json, Method, Operation, OperationInfo, QueryStyle, Request,
    Service, Value,
};
use serde_json::json;

static SERVICE: Service = Service {
    auth: &[AuthScheme::bearer("default", "K")],
    security: &[&["default"]],
    ..Service::DEFAULT
};

/// `GET /pets`
#[derive(Clone, Debug, PartialEq)]
struct ListPets(Request);

impl Operation for ListPets {
    const INFO: &'static OperationInfo = &OperationInfo::new("listPets", Method::GET, "/pets");
    type Reply = Json<Value>;
}

impl ListPets {
    fn limit(self, limit: i64) -> Self {
        Self(self.0.query("limit", limit))
    }

    fn ids(self, ids: &[i64]) -> Self {
        Self(self.0.query_as("ids", QueryStyle::Comma, ids))
    }
}

lockstep_runtime::operation!(ListPets);

/// `POST /pets`
#[derive(Clone, Debug, PartialEq)]
struct CreatePet(Request);

impl Operation for CreatePet {
    const INFO: &'static OperationInfo =
        &OperationInfo::new("createPet", Method::POST, "/pets").json();
    type Reply = Json<Value>;
}

lockstep_runtime::operation!(CreatePet);

async fn start() -> (MockServer, Client) {
    let server = MockServer::start(common::service()).await.expect("a free port");
    let client = ClientBuilder::<Client>::new(&SERVICE)
        .base_url(server.url())
        .key("test")
        .max_retries(0)
        .build()
        .expect("a client");
    (server, client)
}

fn list(client: &Client) -> ListPets {
    ListPets(client.operation::<ListPets>())
}

fn create(client: &Client, name: &str) -> CreatePet {
    CreatePet(client.operation::<CreatePet>().field("name", name))
}

#[tokio::test]
async fn stubs_answer_in_turn_and_requests_come_back_typed() {
    let (server, client) = start().await;
    server
        .on::<ListPets>()
        .query("limit", 5)
        .times(3)
        .reply(json!({"data": [1]}))
        .reply_status(500)
        .fault(Fault::Reset);
    assert_eq!(*list(&client).limit(5).await.expect("the first reply"), json!({"data": [1]}));
    assert_eq!(
        list(&client)
            .limit(5)
            .await
            .expect_err("the second")
            .status()
            .map(|status| status.as_u16()),
        Some(500)
    );
    assert!(list(&client).limit(5).await.is_err());
    assert_eq!(server.received::<ListPets>(), vec![list(&client).limit(5); 3]);
    assert!(server.received::<CreatePet>().is_empty());
    server.verify();
}

#[tokio::test]
async fn whole_requests_match() {
    let (server, client) = start().await;
    server.on::<ListPets>().matching(list(&client).limit(5).ids(&[1, 2])).reply(json!({}));
    server.on::<CreatePet>().matching(create(&client, "Rex"));
    list(&client).ids(&[1, 2]).limit(5).await.expect("an equal request");
    create(&client, "Rex").await.expect("an equal request");
    server.verify();
    let error = list(&client).limit(5).await.expect_err("one that differs");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(501));
    assert!(server.check().is_err());
}

#[tokio::test]
async fn a_failure_shows_the_nearest_request_and_what_differs() {
    let (server, client) = start().await;
    server.on::<ListPets>().query("limit", 5).times(1).reply(json!({}));
    server.on::<CreatePet>().body_at("/name", "Rex").times(1);
    let _ = list(&client).limit(6).await;
    let _ = create(&client, "Mia").await;
    let report = server.check().expect_err("nothing fits");
    let report = report.replace(
        &report
            [report.find("(stub at").expect("a place")..report.find(") once").expect("times") + 1],
        "(here)",
    );
    let wanted = "expected listPets (GET /pets) with query `limit` = 5 (here) once, got 0
  nearest request: #1 GET    /v1/pets?limit=6 listPets 501 · no stub means this request; nearest: query parameter `limit`: expected 5, got 6 · caller at fault
    query parameter `limit`: expected 5, got 6
";
    assert!(report.starts_with(wanted), "{report}");
    assert!(report.contains("    body /name: expected \"Rex\", got \"Mia\"\n"), "{report}");
    assert!(report.contains("unexpected request #2: POST "), "{report}");
}

#[tokio::test]
async fn servers_do_not_see_each_other() {
    let ((one, client_one), (two, _)) = (start().await, start().await);
    list(&client_one).await.expect("the usual reply");
    assert_eq!((one.requests().len(), two.requests().len()), (1, 0));
    let address = one.address();
    drop(one);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(std::net::TcpStream::connect(address).is_err(), "a dropped server has stopped");
}
