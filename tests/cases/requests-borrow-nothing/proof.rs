//! What is sent is what the operation's own body knows.

use super::generated::Client;
use super::generated::types::*;
use crate::server::Server;

#[test]
fn a_body_holds_its_own_fields() {
    let server = Server::answering("");
    let client = Client::builder().base_url(server.url()).build().unwrap();
    // Written out in full: a field more would not compile.
    let details = CancelOrderDetailsInput { note: Some("late".to_owned()), by: None };
    client.orders().cancel("o1").details(details).send_blocking().unwrap();
    assert_eq!(server.body(), r#"{"details":{"note":"late"}}"#);
    let details = CancelRefundDetailsInput { note: None, by: None, urgent: Some(true) };
    let refund = client.refunds().cancel("r1").reason(Reason::Fraud).details(details);
    refund.send_blocking().unwrap();
    assert_eq!(server.body(), r#"{"reason":"fraud","details":{"urgent":true}}"#);
}

#[test]
fn a_choice_has_the_values_of_its_own_place() {
    let own = |sort: OrderSort| match sort {
        OrderSort::Created | OrderSort::Total | OrderSort::State | OrderSort::Archived => true,
        _ => false,
    };
    assert!(own(OrderSort::Archived));
    assert_eq!(RefundSort::Reason.as_str(), "reason");
}
