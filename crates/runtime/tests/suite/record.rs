//! The derives beside serde's own: the same types twice, the same texts to both.

use std::fmt::Debug;

use lockstep_runtime::{Map, OpenEnum, OrNull, Value, null_as_default};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Written by us.
mod ours {
    use super::*;
    use lockstep_runtime::{Decode, Encode};

    #[derive(Debug, Decode, Encode)]
    #[wire(camel)]
    pub(super) struct Order {
        pub(super) id: i64,
        pub(super) pet_name: Option<String>,
        pub(super) line_items: Vec<Item>,
        #[wire(required)]
        pub(super) tags: Vec<String>,
        #[wire("closed_at", required)]
        pub(super) closed_at: Option<String>,
        pub(super) note: Option<OrNull<String>>,
        pub(super) parent: Option<Box<Order>>,
    }

    #[derive(Debug, Default, Decode, Encode)]
    pub(super) struct Item {
        pub(super) r#type: Option<String>,
        #[wire(default)]
        pub(super) amount: f64,
        #[wire(rest)]
        pub(super) rest: Map<Value>,
    }

    #[derive(Debug, Default, Decode, Encode)]
    pub(super) struct Envelope<T> {
        #[wire(default)]
        pub(super) data: T,
        #[wire("_meta")]
        pub(super) meta: Option<Value>,
    }

    #[derive(Debug, Decode)]
    pub(super) struct Pair {
        pub(super) left: i64,
        pub(super) right: i64,
    }
}

/// Written by serde.
mod theirs {
    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub(super) struct Order {
        pub(super) id: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) pet_name: Option<String>,
        #[serde(default, deserialize_with = "null_as_default")]
        pub(super) line_items: Vec<Item>,
        pub(super) tags: Vec<String>,
        #[serde(rename = "closed_at")]
        pub(super) closed_at: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) note: Option<OrNull<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) parent: Option<Box<Order>>,
    }

    #[derive(Debug, Default, Serialize, Deserialize)]
    pub(super) struct Item {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) r#type: Option<String>,
        #[serde(default, deserialize_with = "null_as_default")]
        pub(super) amount: f64,
        #[serde(flatten)]
        pub(super) rest: Map<Value>,
    }

    #[derive(Debug, Default, Serialize, Deserialize)]
    #[serde(bound(deserialize = "T: Deserialize<'de> + Default"))]
    pub(super) struct Envelope<T> {
        #[serde(default, deserialize_with = "null_as_default")]
        pub(super) data: T,
        #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
        pub(super) meta: Option<Value>,
    }

    #[derive(Debug, Deserialize)]
    pub(super) struct Pair {
        pub(super) left: i64,
        pub(super) right: i64,
    }
}

/// Whether both read the text alike, and write what they read alike.
fn compare<A, B>(text: &str)
where
    A: Debug + Serialize + DeserializeOwned,
    B: Debug + Serialize + DeserializeOwned,
{
    match (serde_json::from_str::<A>(text), serde_json::from_str::<B>(text)) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{text}");
            let (ours_text, theirs_text) = (
                serde_json::to_string(&ours).expect("JSON"),
                serde_json::to_string(&theirs).expect("JSON"),
            );
            assert_eq!(ours_text, theirs_text, "{text}");
        }
        // Where the error is and what it says: the lenient reading and people rely on both.
        (Err(ours), Err(theirs)) => assert_eq!(ours.to_string(), theirs.to_string(), "{text}"),
        (ours, theirs) => panic!("{text}: {ours:?} is not {theirs:?}"),
    }
}

#[test]
fn what_serde_reads_and_writes_they_do() {
    let full = r#"{"id":1,"petName":"Rex","lineItems":[{"type":"a","amount":1.5,"new":[1],"":null}],"tags":["x"],
        "closed_at":"now","note":"n","parent":{"id":2,"tags":[]}}"#;
    let shuffled =
        r#"{"tags":[],"note":null,"unknown":{"deep":[1,2]},"id":7,"other":"x","closed_at":null}"#;
    for text in [
        full,
        shuffled,
        r#"{"id":1,"tags":[],"lineItems":null}"#,
        r#"{"id":1,"tags":[],"petName":null,"lineItems":[]}"#,
        // What is missing, and what has the wrong type.
        "{}",
        r#"{"id":1}"#,
        r#"{"tags":[]}"#,
        r#"{"id":"1","tags":[]}"#,
        r#"{"id":1,"tags":null}"#,
        r#"{"id":1,"tags":[],"lineItems":[1]}"#,
        r#"{"id":1,"tags":[],"lineItems":{}}"#,
        r#"{"id":1,"tags":[],"parent":{"id":2}}"#,
        "1",
        "null",
        "\"text\"",
        // What is cut off.
        r#"{"id":1,"tags":["#,
        r#"{"id":1"#,
    ] {
        compare::<ours::Order, theirs::Order>(text);
    }
    for text in [
        "{}",
        r#"{"amount":null}"#,
        r#"{"amount":2,"b":1,"a":{"type":1}}"#,
        r#"{"b":1,"type":"x","b":2}"#,
        r#"{"amount":"2"}"#,
    ] {
        compare::<ours::Item, theirs::Item>(text);
    }
    for text in ["{}", r#"{"data":null}"#, r#"{"data":[1,2],"_meta":{}}"#, r#"{"data":["x"]}"#] {
        compare::<ours::Envelope<Vec<i64>>, theirs::Envelope<Vec<i64>>>(text);
    }
}

#[test]
fn a_list_is_no_object() {
    // serde reads a list as a struct if its values fit the fields in order; that hides drift.
    let pair: theirs::Pair = serde_json::from_str("[1, 2]").expect("serde does");
    assert_eq!((pair.left, pair.right), (1, 2));
    let pair: ours::Pair = serde_json::from_str(r#"{"right":2,"left":1}"#).expect("JSON");
    assert_eq!((pair.left, pair.right), (1, 2));
    let error = serde_json::from_str::<ours::Pair>("[1, 2]").expect_err("no object");
    assert_eq!(
        error.to_string(),
        "invalid type: sequence, expected struct Pair at line 1 column 1"
    );
}

#[test]
fn of_a_property_that_comes_twice_the_last_counts() {
    assert!(serde_json::from_str::<theirs::Envelope<i64>>(r#"{"data":1,"data":2}"#).is_err());
    let twice: ours::Envelope<i64> = serde_json::from_str(r#"{"data":1,"data":2}"#).expect("JSON");
    assert_eq!(twice.data, 2);
}

#[test]
fn properties_are_found_in_any_order() {
    let pairs = [r#""id":1"#, r#""petName":"p""#, r#""tags":["t"]"#, r#""note":"n""#, r#""x":0"#];
    for start in 0..pairs.len() {
        for backwards in [false, true] {
            let mut order: Vec<&str> =
                pairs[start..].iter().chain(&pairs[..start]).copied().collect();
            if backwards {
                order.reverse();
            }
            let text = format!("{{{}}}", order.join(","));
            compare::<ours::Order, theirs::Order>(&text);
            let order: ours::Order = serde_json::from_str(&text).expect("JSON");
            assert_eq!((order.id, order.pet_name.as_deref()), (1, Some("p")), "{text}");
        }
    }
}

#[test]
fn values_and_bytes_can_be_read_too() {
    let value = serde_json::json!({"data": 3, "_meta": {"a": 1}});
    let envelope: ours::Envelope<i64> = serde_json::from_value(value.clone()).expect("JSON");
    assert_eq!(envelope.data, 3);
    assert_eq!(serde_json::to_value(&envelope).expect("JSON"), value);
    let envelope: ours::Envelope<i64> =
        serde_json::from_reader(&b"{\"data\":4}"[..]).expect("JSON");
    assert_eq!(envelope.data, 4);
}

#[derive(Clone, Debug, PartialEq, OpenEnum)]
enum Status {
    Active,
    OnHold,
    #[wire("gone-away")]
    GoneAway,
    Other(String),
}

#[derive(Clone, Copy, Debug, PartialEq, OpenEnum)]
enum Level {
    #[wire(-1)]
    Low,
    #[wire(1)]
    High,
    Other(i64),
}

#[test]
fn enums_keep_what_they_do_not_know() {
    for (text, status) in [
        ("active", Status::Active),
        ("on_hold", Status::OnHold),
        ("gone-away", Status::GoneAway),
        ("GoneAway", Status::Other("GoneAway".to_owned())),
    ] {
        assert_eq!(Status::from(text), status);
        assert_eq!(status.as_str(), text);
    }
    let levels: Vec<Level> = serde_json::from_str("[-1, 1, 5]").expect("JSON");
    assert_eq!(levels, [Level::Low, Level::High, Level::Other(5)]);
    assert_eq!(serde_json::to_string(&levels).expect("JSON"), "[-1,1,5]");
}

mod constants {
    use lockstep_runtime::{Decode, Encode, Value, tagged_union, untagged_union};

    #[derive(Clone, Debug, PartialEq, Decode, Encode)]
    #[constant("kind" = "cat")]
    #[constant("version" = 2)]
    #[constant("tame" = true)]
    struct Cat {
        lives: Option<i64>,
    }

    #[derive(Clone, Debug, PartialEq, Decode, Encode)]
    #[constant("kind" = "dog")]
    struct Dog {
        lives: Option<i64>,
    }

    #[derive(Debug, PartialEq)]
    enum Pet {
        Cat(Cat),
        Dog(Dog),
        Unknown(Value),
    }
    untagged_union!(Pet { Cat(Cat), Dog(Dog) });

    /// Told by a number, which the arms do not hold themselves.
    #[derive(Debug, PartialEq)]
    enum Numbered {
        One(Dog),
        More(Cat),
        Unknown(Value),
    }
    tagged_union!(Numbered, "number" { 1 => One(Dog), 2 | 3 => More(Cat) });

    const CAT: &str = r#"{"kind":"cat","version":2,"tame":true,"lives":1}"#;

    #[test]
    fn another_value_is_no_value_of_the_type() {
        assert_eq!(serde_json::from_str::<Cat>(CAT).expect("a cat"), Cat { lives: Some(1) });
        for (was, is, told) in [
            ("\"cat\"", "\"dog\"", "expected the text \"cat\""),
            ("2", "3", "expected the number 2"),
            ("2", "2.5", "expected the number 2"),
            ("true", "null", "expected true"),
            (",\"version\":2", "", "missing field `version`"),
        ] {
            let error = serde_json::from_str::<Cat>(&CAT.replacen(was, is, 1)).expect_err(is);
            assert!(error.to_string().contains(told), "{error}");
        }
    }

    #[test]
    fn constants_tell_the_arms_of_a_union_apart() {
        let read = |text: &str| serde_json::from_str::<Pet>(text).expect("a pet");
        assert_eq!(read(r#"{"kind":"dog","lives":1}"#), Pet::Dog(Dog { lives: Some(1) }));
        assert_eq!(read(CAT), Pet::Cat(Cat { lives: Some(1) }));
        assert_eq!(serde_json::to_string(&read(CAT)).expect("JSON"), CAT);
        assert!(matches!(read(r#"{"kind":"cow"}"#), Pet::Unknown(_)));
    }

    #[test]
    fn a_tag_can_be_a_number() {
        let read = |text: &str| serde_json::from_str::<Numbered>(text).expect("a value");
        let dog = r#"{"kind":"dog","lives":1,"number":1}"#;
        assert_eq!(read(dog), Numbered::One(Dog { lives: Some(1) }));
        assert_eq!(serde_json::to_string(&read(dog)).expect("JSON"), dog);
        assert!(matches!(read(r#"{"number":4,"kind":"dog"}"#), Numbered::Unknown(_)));
        assert!(matches!(read(r#"{"number":"1","kind":"dog"}"#), Numbered::Unknown(_)));
    }
}
