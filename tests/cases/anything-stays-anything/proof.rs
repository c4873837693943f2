//! Anything is read as it comes.

use super::generated::Client;
use crate::server::Server;

#[test]
fn what_a_place_beside_it_holds_does_not_narrow_it() {
    let server = Server::answering(
        r#"{"outcome":{"code":"a","extra":{"deep":[1,"2"]}},"origin":{"code":"b","extra":["c"]}}"#,
    );
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let import = client.imports().get("1").send_blocking().unwrap();
    assert!(import.drift().is_empty(), "{:?}", import.drift());
    let outcome = import.into_inner().outcome.unwrap();
    assert_eq!(outcome.extra.unwrap()["deep"][1], "2");
}
