//! Each parameter as it stands on the wire.

use super::generated::Client;
use super::generated::types::Shade;
use crate::server::Server;

#[test]
fn each_parameter_travels_in_its_own_style() {
    let server = Server::answering("");
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let shade = || Shade { red: Some(7), name: Some("é,x".to_owned()) };
    let plain = Shade { red: Some(7), name: Some("x".to_owned()) };
    let request = client
        .paints()
        .get(["red", "blue"], 3, plain.clone())
        .x_shade(plain.clone())
        .x_plain(plain)
        .x_json(shade())
        .seen([1, 2])
        .r#where(shade())
        .word("blue")
        .since("now")
        .names(["a,b", "c"]);
    request.send_blocking().unwrap();
    let request = server.request();
    let head = request.to_ascii_lowercase();
    let (path, query) = server.asked()[0].split_once('?').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(path, "/paints/;colors=red;colors=blue/.3/red=7,name=x");
    assert!(head.contains("x-shade: red=7,name=x\r\n"), "{request}");
    assert!(head.contains("x-plain: red,7,name,x\r\n"), "{request}");
    assert!(head.contains(r#"x-json: {"red":7,"name":"\u00e9,x"}"#), "{request}");
    assert!(head.contains("cookie: seen=%5b1,2%5d\r\n"), "{request}");
    assert!(query.contains("word=%22blue%22&since=now&names=a%2Cb,c"), "{query}");
    assert!(query.starts_with("where=%7B%22red%22:7"), "{query}");
}
