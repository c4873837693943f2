//! Every kind is read as itself, with what it shares with the others.

use super::generated::Client;
use super::generated::types::*;
use crate::server::Server;

#[test]
fn kinds_are_found_by_mapping_and_by_name() {
    let server = Server::answering(
        r#"[{"kind":"car","maker":"A","doors":4},{"kind":"Tanker","maker":"C","load":1,"litres":9},{"kind":"cart","maker":"D"},{"kind":"sledge","maker":"E"}]"#,
    );
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let vehicles = client.vehicles().list().send_blocking().unwrap();
    let Vehicle::Car(car) = &vehicles[0] else { panic!("{vehicles:?}") };
    assert_eq!((car.maker.as_str(), car.doors), ("A", 4));
    let Vehicle::Tanker(tanker) = &vehicles[1] else { panic!("{vehicles:?}") };
    assert_eq!((tanker.load, tanker.litres), (Some(1), Some(9)));
    assert!(matches!(&vehicles[2], Vehicle::Base(base) if base.maker == "D"), "{vehicles:?}");
    assert!(matches!(&vehicles[3], Vehicle::Unknown(_)), "{vehicles:?}");
}

#[test]
fn nobody_writes_what_a_kind_goes_by() {
    let server = Server::answering("");
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let car = Vehicle::Car(Car::new("A", 4));
    client.vehicles().add(car).send_blocking().unwrap();
    assert_eq!(server.body(), r#"{"kind":"car","maker":"A","doors":4}"#);
    let truck = Vehicle::Truck(Truck::new("B"));
    client.vehicles().add(truck).send_blocking().unwrap();
    assert_eq!(server.body(), r#"{"kind":"truck","maker":"B"}"#);
}

#[test]
fn what_stands_beside_a_choice_stands_in_every_arm() {
    let server = Server::answering(
        r#"[{"id":1,"method":"card","number":"4"},{"id":2,"method":"cash","change":5}]"#,
    );
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let orders = client.orders().list().send_blocking().unwrap();
    assert!(
        matches!(&orders[0], Order::Card(card) if card.id == 1 && card.number == "4"),
        "{orders:?}"
    );
    assert!(
        matches!(&orders[1], Order::Cash(cash) if cash.id == 2 && cash.change == Some(5)),
        "{orders:?}"
    );
    assert!(orders.drift().is_empty() && orders.unknown_fields().is_empty());
}
