//! Each field as it stands in the body.

use super::generated::Client;
use super::generated::types::Card;
use crate::server::Server;

fn card(month: i64) -> Card {
    Card { number: None, month: Some(month) }
}

#[test]
fn each_field_of_a_form_travels_in_its_own_style() {
    let server = Server::answering("");
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let charge = client
        .charges()
        .create()
        .card(card(1))
        .lines([card(2), card(3)])
        .tags(["a", "b"])
        .codes(["c,d", "e"])
        .pipes(["f", "g"])
        .context(card(4))
        .plain(card(5))
        .spread(card(6));
    charge.send_blocking().unwrap();
    let context = "context=%7B%22month%22:4%7D";
    assert_eq!(
        server.body(),
        format!("card[month]=1&lines[0][month]=2&lines[1][month]=3&tags=a&tags=b&codes=c%2Cd,e&pipes=f%7Cg&{context}&plain[month]=5&month=6")
    );
}

#[test]
fn a_body_that_is_required_is_sent_with_nothing_in_it() {
    let server = Server::answering("");
    let client = Client::builder().base_url(server.url()).build().unwrap();
    client.charges().create().send_blocking().unwrap();
    let head = server.request().to_ascii_lowercase();
    assert!(head.contains("content-type: application/x-www-form-urlencoded\r\n"), "{head}");
    client.notes().create().send_blocking().unwrap();
    let head = server.request().to_ascii_lowercase();
    assert!(head.contains("content-type: multipart/form-data; boundary="), "{head}");
}

#[test]
fn each_part_travels_as_its_media_type() {
    let server = Server::answering("");
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let note = client.notes().create().text("a \"b\"").label("c").marks(["d"]).card(card(1));
    note.send_blocking().unwrap();
    let body = server.body();
    assert!(body.contains("Content-Type: application/json\r\n\r\n\"a \\\"b\\\"\"\r\n"), "{body}");
    assert!(body.contains("Content-Type: text/plain\r\n\r\nc\r\n"), "{body}");
    assert!(body.contains("Content-Type: application/json\r\n\r\n[\"d\"]\r\n"), "{body}");
    assert!(body.contains("Content-Type: application/vnd.card+json\r\n\r\n{\"month\":1}\r\n"), "{body}");
}
