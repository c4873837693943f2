//! "None" is sent and read as the empty text.

use lockstep_runtime::{Map, OrEmpty};

use super::generated::Client;
use super::generated::types::{Address, CustomerGender};
use crate::server::Server;

#[test]
fn what_was_set_is_taken_away() {
    let server = Server::answering(
        r#"{"tip":"","address":{"city":"Rome"},"seen":"2026-01-02","gender":"female"}"#,
    );
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let update = client.customers().update("c1").tip(None).labels(Map::new()).address(None);
    let reply = update.send_blocking().unwrap();
    assert!(server.body().contains("tip=&"), "{}", server.body());
    assert!(server.body().contains("address="), "{}", server.body());
    let customer = reply.into_inner();
    assert_eq!(customer.tip, OrEmpty::Empty);
    let address = customer.address.and_then(OrEmpty::value);
    assert_eq!(address, Some(Address { city: Some("Rome".to_owned()), zip: None }));
    assert_eq!(customer.gender, Some(CustomerGender::Female));
    client.customers().update("c1").tip(5).send_blocking().unwrap();
    assert_eq!(server.body(), "tip=5");
}
