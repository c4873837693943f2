//! Every arm is read as what it says that it is, and written with its constant, which nobody was asked for.

use super::generated::types::*;
use super::generated::Client;
use crate::server::Server;

#[test]
fn an_arm_goes_out_with_its_constant_and_comes_back_as_itself() {
    for (figure, body) in [
        (Figure::Circle(FigureCircle::new(2.0)), r#"{"type":"circle","radius":2.0}"#),
        (Figure::Square(FigureSquare::new(3.0)), r#"{"type":"square","side":3.0}"#),
        (Figure::Origin(FigureOrigin::default()), r#"{"type":"origin"}"#),
    ] {
        let server = Server::answering(body);
        let client = Client::builder().base_url(server.url()).build().unwrap();
        let drawn = client.figures().draw(figure.clone()).send_blocking().unwrap();
        assert_eq!(*drawn, figure);
        assert!(drawn.drift().is_empty(), "{:?}", drawn.drift());
        assert_eq!(server.body(), body);
    }
}

#[test]
fn values_that_are_not_shared_tell_the_arms_apart() {
    let server = Server::answering(r#"[{"unit":"ft","value":3},{"unit":"km","value":1}]"#);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let lengths = client.lengths().list().send_blocking().unwrap();
    assert!(matches!(lengths[0], Length::Imperial(_)), "{lengths:?}");
    assert!(matches!(lengths[1], Length::Metric(_)), "{lengths:?}");
}

#[test]
fn a_value_that_no_arm_has_is_kept_as_it_came() {
    let server = Server::answering(r#"{"type":"ellipse","axes":[1,2]}"#);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let figure = Figure::Origin(FigureOrigin::default());
    let drawn = client.figures().draw(figure).send_blocking().unwrap();
    let Figure::Unknown(value) = &*drawn else { panic!("{drawn:?}") };
    assert_eq!(value["axes"][1], 2);
}

#[test]
fn a_tag_that_is_no_text_tells_as_well() {
    let server = Server::answering(r#"{"ok":true,"version":2,"value":"x"}"#);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let result = client.results().get().send_blocking().unwrap();
    let shown = format!("{result:?}");
    assert!(shown.contains("value: \"x\""), "{shown}");
}

#[test]
fn where_the_tag_is_missing_the_rest_decides() {
    let server = Server::answering(r#"[{"picture":"p"},{"text":"t"}]"#);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let notes = client.notes().list().send_blocking().unwrap();
    assert!(matches!(notes[0], NoteReply::Sketch(_)), "{notes:?}");
    assert!(matches!(notes[1], NoteReply::Memo(_)), "{notes:?}");
}
