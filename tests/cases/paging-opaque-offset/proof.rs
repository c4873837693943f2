//! An offset that is text is sent back as it came.

use super::generated::Client;
use crate::server::Server;

#[test]
fn a_token_is_not_counted_on() {
    let server = Server::by(|path| {
        let page = match path {
            "/tasks?limit=2" => r#"{"data":[{"gid":"1"},{"gid":"2"}],"next_page":{"offset":"eyJ0","uri":"…"}}"#,
            "/tasks?limit=2&offset=eyJ0" => r#"{"data":[{"gid":"3"}],"next_page":null}"#,
            other => panic!("{other}"),
        };
        page.to_owned()
    });
    let client = Client::builder().base_url(server.url()).build().unwrap();
    assert_eq!(client.tasks().list().limit(2).items().blocking().count(), 3);
}
