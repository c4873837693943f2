//! A reply: whatever a server sends is a value with what departed from its type, or an error that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockstep_runtime::indexmap::IndexMap;
use lockstep_runtime::testing::read_json;
use lockstep_runtime::{Date, DateTime, Decimal, Decode, OrNull, Uuid, Value};

/// What generated types are made of.
#[derive(Clone, Debug, Default, PartialEq, Decode)]
struct Item {
    id: i64,
    name: String,
    price: Option<f64>,
    made: Option<DateTime>,
    day: Option<Date>,
    sum: Option<Decimal>,
    uuid: Option<Uuid>,
    tags: Option<Vec<String>>,
    note: Option<OrNull<String>>,
    inner: Option<Box<Item>>,
    any: Option<Value>,
}

fuzz_target!(|data: &[u8]| {
    check(read_json::<Item>(data.to_vec()));
    check(read_json::<Vec<Item>>(data.to_vec()));
    check(read_json::<IndexMap<String, Item>>(data.to_vec()));
});

fn check<T>(outcome: lockstep_runtime::Result<(T, Vec<lockstep_runtime::Drift>)>) {
    let shown = match outcome {
        Ok((_, drift)) => drift.iter().map(ToString::to_string).collect(),
        Err(error) => error.to_string(),
    };
    assert!(!shown.contains(|c: char| c.is_control() || c == '\u{202e}'), "{shown:?}");
}
