//! The client of this repository, as it is committed: what a newcomer meets, and that nothing of a
//! reply is lost.

#[path = "../../xtask/src/corpus/round_trip.rs"]
mod round_trip;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use lockstep_runtime::{Operation, Reply};
use lockstep_tests::repository;
use onlyfansapi::mass_messaging::GetOverview;
use serde_json::{Value, json};
use syn::Item;

type Overview = <<GetOverview as Operation>::Reply as Reply>::Value;

const EXAMPLE: &str =
    include_str!("../../crates/mock/fixtures/mass_messaging/get_overview/200.json");

/// The text of every generated file of the client.
fn generated() -> Vec<String> {
    fn read(folder: &Path, texts: &mut Vec<String>) {
        let entries =
            fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        for path in entries {
            if path.is_dir() {
                read(&path, texts);
            } else {
                texts.push(fs::read_to_string(&path).expect("text"));
            }
        }
    }
    let mut texts = Vec::new();
    read(&repository().join("crates/client/src/generated"), &mut texts);
    texts
}

/// The public types that hold data, each with its fields and their types.
fn data_types() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut types = BTreeMap::new();
    for text in generated() {
        for item in syn::parse_file(&text).expect("Rust").items {
            match item {
                Item::Struct(item) if matches!(item.fields, syn::Fields::Named(_)) => {
                    let fields = item.fields.iter().map(|field| {
                        let ty = &field.ty;
                        let name = field.ident.as_ref().expect("a name").to_string();
                        (name, quote_type(ty))
                    });
                    types.insert(item.ident.to_string(), fields.collect());
                }
                Item::Enum(item) => {
                    types.insert(item.ident.to_string(), BTreeMap::new());
                }
                _ => {}
            }
        }
    }
    types
}

fn quote_type(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Path(path) => {
            let last = path.path.segments.last().expect("a name");
            match &last.arguments {
                syn::PathArguments::AngleBracketed(inner) => {
                    let inner: Vec<_> = inner
                        .args
                        .iter()
                        .filter_map(|argument| match argument {
                            syn::GenericArgument::Type(ty) => Some(quote_type(ty)),
                            _ => None,
                        })
                        .collect();
                    format!("{}<{}>", last.ident, inner.join(", "))
                }
                _ => last.ident.to_string(),
            }
        }
        _ => "?".to_owned(),
    }
}

#[test]
fn few_types_with_short_names() {
    let types = data_types();
    let names: Vec<_> = types.keys().collect();
    assert!(names.len() <= 12, "{} types: {names:?}", names.len());
    for name in names {
        assert!(name.len() <= 24, "{name} is too long");
        assert!(!name.ends_with(|c: char| c.is_ascii_digit()), "{name} ends in a digit");
    }
}

#[test]
fn pictures_of_every_size_share_one_type() {
    let types = data_types();
    let (_, files) = types
        .iter()
        .find(|(_, fields)| fields.contains_key("square_preview"))
        .expect("a type with `square_preview`");
    assert_eq!(files["thumb"], files["square_preview"]);
    assert_eq!(files["preview"], files["square_preview"]);
}

#[test]
fn one_operation_takes_less_than_500_lines() {
    let lines: usize = generated().iter().map(|text| text.lines().count()).sum();
    assert!(lines < 500, "{lines} lines");
}

#[test]
fn the_example_of_upstream_survives() {
    round_trip::check::<GetOverview>(EXAMPLE);
}

/// What FACTS.md says about the wire and the document does not.
#[test]
fn a_reply_as_it_travels_today_decodes() {
    let mut reply: Value = serde_json::from_str(EXAMPLE).expect("JSON");
    let limits = &mut reply["_meta"]["_rate_limits"];
    limits["limit_day"] = Value::Null;
    limits["remaining_day"] = Value::Null;
    limits["notice"] = json!("Daily limits are gone");
    reply["_meta"]["_cache"]["cached_at"] = json!("2025-01-01T01:01:01+00:00");
    let typed = reply.to_string();
    round_trip::check::<GetOverview>(&typed);

    reply["data"]["items"][0]["brandNew"] = json!({ "field": [1, 2] });
    reply["_pagination"] = json!({ "next_page": null });
    let decoded: Overview =
        serde_json::from_value(reply).expect("an unknown field is no reason to fail");
    let known: Overview = serde_json::from_str(&typed).expect("it decodes");
    assert_eq!(decoded.data, known.data, "an unknown field changes nothing else");
}

#[test]
fn a_reply_without_meta_and_with_nulls_for_lists_decodes() {
    for reply in [
        json!({ "data": { "items": null, "hasMore": false } }),
        json!({ "data": {} }),
        json!({ "data": null }),
    ] {
        let decoded: Overview = serde_json::from_value(reply.clone())
            .unwrap_or_else(|error| panic!("{reply}: {error}"));
        assert!(decoded.data.items.is_empty(), "{reply}");
    }
}
