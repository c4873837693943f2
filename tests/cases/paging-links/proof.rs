//! Walks that links lead come to the end, and not sooner.

use super::generated::Client;
use crate::server::Server;

#[test]
fn a_link_of_hal_leads_on() {
    let server = Server::by(|path| match path {
        "/orders" => r#"{"_embedded":{"orders":[{"id":1},{"id":2}]},"_links":{"self":{"href":"/orders"},"next":{"href":"/orders?page=2"}}}"#,
        "/orders?page=2" => r#"{"_embedded":{"orders":[{"id":3}]},"_links":{"self":{"href":"/orders?page=2"}}}"#,
        other => panic!("{other}"),
    }.to_owned());
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let orders = client.orders().list().items().blocking();
    let ids: Vec<Option<i64>> = orders.map(|order| order.unwrap().id).collect();
    assert_eq!(ids, [Some(1), Some(2), Some(3)]);
    assert_eq!(server.asked(), ["/orders", "/orders?page=2"]);
}

#[test]
fn a_link_of_json_api_leads_on() {
    let server = Server::by(|path| match path {
        "/articles?page[size]=1" => r#"{"data":[{"id":"a"}],"links":{"next":{"href":"?page[after]=x&page[size]=1"}}}"#,
        "/articles?page[size]=1&page[after]=x" => r#"{"data":[{"id":"b"}],"links":{"next":null}}"#,
        other => panic!("{other}"),
    }.to_owned());
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let articles = client.articles().list().page_size(1).items().blocking();
    let ids: Vec<Option<String>> = articles.map(|article| article.unwrap().id).collect();
    assert_eq!(ids, [Some("a".to_owned()), Some("b".to_owned())]);
}

#[test]
fn what_is_older_follows() {
    let server = Server::by(|path| match path {
        "/events" => r#"{"events":[{"id":"c"}],"meta":{"next_before":"c"}}"#,
        "/events?before=c" => r#"{"events":[{"id":"b"}],"meta":{"next_before":null}}"#,
        other => panic!("{other}"),
    }.to_owned());
    let client = Client::builder().base_url(server.url()).build().unwrap();
    assert_eq!(client.events().list().items().blocking().count(), 2);
}
