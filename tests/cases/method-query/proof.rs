//! The method travels as it is, and is repeated as safe methods are.

use super::generated::Client;
use crate::server::Server;

#[test]
fn a_query_has_a_body() {
    let server = Server::answering(r#"{"lines":["a"]}"#);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let found = client.logs().search("a").send_blocking().unwrap();
    assert_eq!(found.lines, ["a"]);
    assert!(server.request().starts_with("QUERY /logs HTTP/1.1\r\n"), "{}", server.request());
    assert_eq!(server.body(), r#"{"text":"a"}"#);
    let asked = "accept: application/vnd.logs.v2+json\r\n";
    assert!(server.request().to_ascii_lowercase().contains(asked), "{}", server.request());
}
