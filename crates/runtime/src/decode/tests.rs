//! The decoder alone, on bodies in memory.

use serde::{Deserialize, Serialize};

use super::*;
use crate::{DateTime, Map, Uuid, null_as_default};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Item {
    id: Option<i64>,
    name: String,
    at: Option<DateTime>,
    uuid: Option<Uuid>,
    price: Option<f64>,
    #[serde(deserialize_with = "null_as_default")]
    tags: Vec<String>,
    #[serde(deserialize_with = "null_as_default")]
    counts: Map<i64>,
    inner: Option<Box<Item>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Strict {
    id: i64,
    key: Uuid,
    at: DateTime,
    items: Vec<Item>,
    owner: Owner,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Owner {
    name: String,
    is_admin: bool,
}

/// What comes out, and the drift, one line each.
fn read<T: DeserializeOwned + Serialize>(body: &str) -> (String, Vec<String>) {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let error = match serde_json::from_slice::<T>(&body) {
        Ok(value) => return (serde_json::to_string(&value).expect("JSON"), Vec::new()),
        Err(error) => error,
    };
    let mut value = None;
    let outcome = loosen(&body, Some(&error), &mut |place| {
        value = Some(T::deserialize(place)?);
        Ok(())
    });
    match outcome {
        Ok(drift) => {
            let text = serde_json::to_string(&value.expect("a value")).expect("JSON");
            (text, drift.iter().map(Drift::to_string).collect())
        }
        Err(problem) => {
            let Problem { pointer, expected, found, .. } = problem;
            ("nothing".to_owned(), vec![format!("{pointer}: {expected}, found {found}")])
        }
    }
}

fn show<T: DeserializeOwned + Serialize>(bodies: &[&str]) -> String {
    let shown = bodies.iter().map(|body| {
        let (value, drift) = read::<T>(body);
        format!(
            "{body}\n  {value}\n{}",
            drift.iter().map(|drift| format!("  · {drift}\n")).collect::<String>()
        )
    });
    shown.collect::<Vec<_>>().join("\n")
}

/// Without the expression, which repeats the bodies less legibly.
fn shown(name: &str, text: String) {
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!(name, text) });
}

#[test]
fn each_remedy() {
    shown(
        "each_remedy",
        show::<Item>(&[
            r#"{"id": 1, "unknown": [1, {"a": 2}]}"#,
            r#"{"id": "12", "price": "9.90", "name": 7, "tags": [1, true]}"#,
            r#"{"id": 12.0, "price": 3, "name": null}"#,
            r#"{"id": 9.99, "at": "2025-01-01 00:00:00"}"#,
            r#"{"id": 99999999999999999999}"#,
            r#"{"at": "yesterday", "uuid": "no", "inner": "nothing"}"#,
            r#"{"at": 5, "tags": {"0": "a", "2": "b"}, "counts": []}"#,
            r#"{"tags": {"a": "b"}, "counts": {"x": 1, "y": "many", "z": "3"}}"#,
            r#"{"tags": "a", "inner": {"tags": [null, "b", {}], "id": true}}"#,
            r#"{"inner": []}"#,
            r#"{"id": 1, "id": 2}"#,
            r#"[1]"#,
            r#"null"#,
            r#""text""#,
            r#"{"id": 1"#,
            r#""#,
        ]),
    );
}

#[test]
fn stand_ins_for_what_must_not_be_missing() {
    shown(
        "stand_ins",
        show::<Strict>(&[
            r#"{}"#,
            r#"{"id": null, "key": "x", "at": "soon", "items": null, "owner": {"name": "a"}}"#,
            r#"{"id": 5, "key": 7, "at": "2025-01-01T00:00:00Z", "items": [{"id": 1}, 7, {"id": "x"}], "owner": [1]}"#,
        ]),
    );
}

#[test]
fn a_thousand_bad_entries_cost_a_few_readings() {
    let entries: Vec<String> = (0..1000)
        .map(|index| format!(r#"{{"id": "no{index}", "at": "never{index}", "uuid": "u{index}", "inner": {index}}}"#))
        .chain((0..1000).map(|index| index.to_string()))
        .collect();
    let body = Bytes::from(format!("[{}]", entries.join(",")));
    let error = serde_json::from_slice::<Vec<Item>>(&body).expect_err("bad");
    let mut readings = 0;
    let mut count = 0;
    let drift = loosen(&body, Some(&error), &mut |place| {
        readings += 1;
        count = Vec::<Item>::deserialize(place)?.len();
        Ok(())
    })
    .expect("readable");
    assert_eq!(count, 1000);
    assert_eq!(drift.len(), 1000, "the list is bounded");
    assert!(readings < 20, "{readings} readings");
}

#[test]
fn maps_by_key_are_learnt_as_one() {
    let entries: Vec<String> = (0..500).map(|index| format!(r#""k{index}": "bad""#)).collect();
    let body = Bytes::from(format!(r#"{{"counts": {{{}, "good": 1}}}}"#, entries.join(",")));
    let error = serde_json::from_slice::<Item>(&body).expect_err("bad");
    let mut readings = 0;
    let mut item = Item::default();
    loosen(&body, Some(&error), &mut |place| {
        readings += 1;
        item = Item::deserialize(place)?;
        Ok(())
    })
    .expect("readable");
    assert_eq!((item.counts.len(), readings), (1, 2));
}

#[test]
fn unknown_fields_are_found_at_any_depth() {
    let body = Bytes::from(
        r#"{"id": "1", "new": {"a": 1}, "inner": {"x/y": 1, "inner": {"z": null}}, "counts": {"k": 1}}"#,
    );
    let found = unknown_fields(&body, &mut |place| Item::deserialize(place).map(drop));
    assert_eq!(found, ["/new", "/inner/x~1y", "/inner/inner/z"]);
}

#[test]
fn text_that_is_not_utf8_costs_only_its_characters() {
    let body = Bytes::from_static(b"{\"name\": \"a\xffb\"}");
    let error = serde_json::from_slice::<Item>(&body).expect_err("not UTF-8");
    let mut item = Item::default();
    let drift = loosen(&body, Some(&error), &mut |place| {
        item = Item::deserialize(place)?;
        Ok(())
    });
    assert_eq!(item.name, "a\u{fffd}b");
    assert_eq!(drift.expect("readable").len(), 1);
}
