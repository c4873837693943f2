//! A walk whose pages begin at 0 leaves none out.

use super::generated::Client;
use crate::server::Server;

#[test]
fn the_second_page_is_number_one() {
    let server = Server::by(|path| {
        let more = !path.contains("=2");
        format!(r#"{{"data":[{{"id":"{path}"}}],"has_more":{more}}}"#)
    });
    let client = Client::builder().base_url(server.url()).build().unwrap();
    assert_eq!(client.monitors().list().items().blocking().count(), 3);
    let numbered = "/monitors?page[number]=";
    assert_eq!(server.asked(), ["/monitors".to_owned(), format!("{numbered}1"), format!("{numbered}2")]);
    assert_eq!(client.alerts().list().items().blocking().count(), 2);
    assert_eq!(server.asked()[3..], ["/alerts", "/alerts?page=2"]);
}
