//! Decoding a reply with this crate's types, with types written by hand, and with none: how long each takes.
//!
//! `cargo bench -p onlyfansapi --bench decode`. See `README.md` beside this file.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::{ByHand, EXAMPLE, Generated, in_turn};
use serde::de::DeserializeOwned;
use serde_json::Value;

fn main() {
    println!("µs for one decoding (median of 41 turns); ratios to types written by hand");
    for (name, items, times) in [("overview", 1, 2_000), ("1,000 items", 1_000, 3)] {
        let body = page(items);
        let [[generated], [by_hand], [value]] = in_turn(
            41,
            [
                &mut || decode::<Generated>(&body, times),
                &mut || decode::<ByHand>(&body, times),
                &mut || decode::<Value>(&body, times),
            ],
        );
        let bytes = body.len();
        println!(
            "{name} ({bytes} bytes): generated {generated:.2} ({:.3}), by hand {by_hand:.2}, Value {value:.2} ({:.3})",
            generated / by_hand,
            value / by_hand
        );
    }
}

/// The example with so many items.
fn page(items: usize) -> Vec<u8> {
    let mut reply: Value = serde_json::from_str(EXAMPLE).expect("JSON");
    let list = reply["data"]["items"].as_array_mut().expect("items");
    let item = list.first().expect("an item").clone();
    list.resize(items, item);
    serde_json::to_vec_pretty(&reply).expect("JSON")
}

/// µs for one decoding, the value's end included.
fn decode<T: DeserializeOwned>(body: &[u8], times: u32) -> [f64; 1] {
    let start = Instant::now();
    for _ in 0..times {
        black_box(serde_json::from_slice::<T>(black_box(body)).expect("it decodes"));
    }
    [start.elapsed().as_secs_f64() * 1e6 / f64::from(times)]
}
