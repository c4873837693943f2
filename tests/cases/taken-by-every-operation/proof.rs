//! Said once for the client, and otherwise for a single request.

use super::generated::Client;
use crate::server::Server;

#[test]
fn a_setting_of_the_client_goes_with_every_request() {
    let server = Server::answering("");
    let client =
        Client::builder().base_url(server.url()).parameter("api_version", "v7").build().unwrap();
    client.parcels().get("p1").send_blocking().unwrap();
    let request = server.request().to_ascii_lowercase();
    assert!(request.starts_with("get /v7/parcels/p1 "), "{request}");
    assert!(request.contains("revision: 2024-10-15"), "{request}");
    client.parcels().list().api_version("v8").revision("2025-01-01").send_blocking().unwrap();
    let request = server.request().to_ascii_lowercase();
    assert!(request.starts_with("get /v8/parcels ") && request.contains("revision: 2025-01-01"));
}

#[test]
fn what_nobody_said_is_named_with_the_way_to_say_it() {
    let client = Client::builder().base_url("http://127.0.0.1:9").build().unwrap();
    let error = client.depots().list().send_blocking().unwrap_err().to_string();
    assert!(error.contains("`api_version` is missing"), "{error}");
    assert!(error.contains("parameter(\"api_version\", …)"), "{error}");
    let other = Client::builder().parameter("version", "v7").build();
    let error = other.unwrap_err().to_string();
    assert!(error.contains("known: api_version, revision"), "{error}");
}
