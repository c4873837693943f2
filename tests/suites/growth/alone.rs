//! Company changes no request: what an operation sends is what it sends where the document has no other.

use std::collections::HashMap;

use lockstep_tests::Case;
use serde_json::{Value, json};

use super::document;

#[test]
fn a_request_is_the_same_in_company_as_alone() {
    let mut seen = 0;
    for seed in 0..2 {
        let whole = document::document(seed);
        let together = requests(&whole);
        for (path, item) in whole["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("operations") {
                let mut one = whole.clone();
                one["paths"] = json!({ path: { method: operation } });
                for (key, alone) in requests(&one) {
                    assert_eq!(together.get(&key), Some(&alone), "seed {seed}: {key}");
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 120);
}

/// What each operation takes, with every type written out: names say nothing here.
fn requests(document: &Value) -> HashMap<String, String> {
    let surface = Case::made_up("part", document.to_string()).output().surface;
    let types: HashMap<&str, &str> = surface
        .lines()
        .filter_map(|line| {
            let rest = line.strip_prefix("struct ").or_else(|| line.strip_prefix("enum "))?;
            rest.split_once(' ')
        })
        .collect();
    let operation = |line: &str| {
        let (call, rest) = line.split_once(" -> ")?;
        let (_, key) = rest.split_once("  ")?;
        let (_, taken) = call.split_once("().")?;
        let (_, taken) = taken.split_once('(')?;
        Some((key.to_owned(), written_out(taken, &types, 8)))
    };
    surface.lines().filter_map(operation).collect()
}

fn written_out(text: &str, types: &HashMap<&str, &str>, depth: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        match types.get(word) {
            Some(inside) if depth > 0 && inside.contains(':') => {
                out.push_str(&written_out(inside, types, depth - 1));
            }
            Some(inside) => out.push_str(inside),
            None => out.push_str(word),
        }
        rest = after;
    }
    out + rest
}
