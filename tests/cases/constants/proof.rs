//! Constants travel without being asked for, and another value in a reply is drift.

use super::generated::Client;
use super::generated::types::*;
use crate::server::Server;

#[test]
fn the_client_fills_constants_in() {
    let server = Server::answering(r#"{"object":"job","done":true,"title":"t"}"#);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let job = client.jobs().add("t").owner(Owner::new("o")).send_blocking().unwrap();
    assert_eq!(job.title, "t");
    assert!(job.drift().is_empty() && job.unknown_fields().is_empty());
    let request = server.request();
    assert!(request.starts_with("POST /v2/jobs?format=json "), "{request}");
    assert!(request.to_ascii_lowercase().contains("x-level: 3"), "{request}");
    assert_eq!(
        server.body(),
        r#"{"title":"t","object":"job","level":1,"owner":{"object":"owner","name":"o"}}"#
    );
}

#[test]
fn another_value_is_drift_and_costs_nothing_else() {
    let server = Server::answering(r#"{"object":"task","done":true,"title":"t"}"#);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let job = client.jobs().add("t").send_blocking().unwrap();
    assert_eq!(job.title, "t");
    let drift: Vec<String> = job.drift().iter().map(ToString::to_string).collect();
    assert_eq!(
        drift,
        [r#"/object: expected the string "job", found a string of 4 characters (replaced by a stand-in)"#]
    );
}

#[test]
fn a_missing_constant_is_drift_as_well() {
    let server = Server::answering(r#"{"done":true,"title":"t"}"#);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let job = client.jobs().add("t").send_blocking().unwrap();
    assert_eq!((job.title.as_str(), job.drift().len()), ("t", 1));
}
