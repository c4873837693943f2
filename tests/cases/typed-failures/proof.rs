//! A failure is what its status and its body make it, and what it is not stays what it was.

use std::path::Path;
use std::sync::Arc;

use lockstep_mock::{Data, MockServer, Service};
use lockstep_runtime::{Error, RequestOptions};

use super::generated::Client;
use super::generated::orders::CreateFailure;
use super::generated::types::*;

fn mock() -> MockServer {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/typed_failures/fixtures");
    let routes = std::fs::read(folder.join("routes.json")).unwrap();
    let data = Data::new(&serde_json::from_slice(&routes).unwrap(), Vec::new()).unwrap();
    MockServer::start_blocking(Arc::new(Service::new(data))).unwrap()
}

/// The error that the mock gives for a status.
fn failing(server: &MockServer, status: &str) -> Error {
    let client = Client::builder().base_url(server.url()).max_retries(0).build().unwrap();
    let options = RequestOptions::new().header("Prefer", &format!("code={status}"));
    client.orders().create().with(options).send_blocking().unwrap_err()
}

#[test]
fn each_status_is_its_own_variant() {
    let server = mock();
    let of = |status: &str| failing(&server, status).declared::<CreateFailure>();
    assert!(matches!(of("409"), Some(CreateFailure::Conflict(Held { .. }))));
    assert_eq!(of("410"), Some(CreateFailure::Gone));
    assert_eq!(of("418"), Some(CreateFailure::Status418));
    assert!(matches!(of("400"), Some(CreateFailure::ClientError(Problem { .. }))));
    assert!(matches!(of("503"), Some(CreateFailure::Other(Problem { .. }))));
}

#[test]
fn what_came_is_kept() {
    let server = mock();
    let error = failing(&server, "409");
    let Some(CreateFailure::Conflict(held)) = error.declared() else { panic!("{error}") };
    let body = error.as_status().unwrap().json().unwrap();
    assert_eq!(body["by"], held.by.as_str());
}
