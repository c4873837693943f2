//! Each list is walked by what its own reply says.

use super::generated::Client;
use crate::server::Server;

#[test]
fn the_last_item_leads_on_and_the_flag_ends_it() {
    let server = Server::by(|path| {
        let page = match path {
            "/coins" => r#"{"data":[{"id":"a"},{"id":"b"}],"has_more":true}"#,
            "/coins?starting_after=b" => r#"{"data":[{"id":"c"}],"has_more":false}"#,
            "/coins/search" => r#"{"data":[{"id":"a"}],"has_more":true,"next_page":"t"}"#,
            "/coins/search?page=t" => r#"{"data":[{"id":"b"}],"has_more":false,"next_page":null}"#,
            "/rings" => r#"{"data":[],"has_more":true}"#,
            other => panic!("{other}"),
        };
        page.to_owned()
    });
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let coins: Vec<String> =
        client.coins().list().items().blocking().map(|coin| coin.unwrap().id).collect();
    assert_eq!(coins, ["a", "b", "c"]);
    assert_eq!(client.coins().search().items().blocking().count(), 2);
    // More is said to follow, and nothing leads there: that is no end.
    let last = client.rings().list().items().blocking().last();
    assert!(last.unwrap().is_err());
}
