//! The client of this repository: what a newcomer met on the first day, and that today's loses nothing of a reply of
//! that day.

#[path = "../../xtask/src/corpus/round_trip.rs"]
mod round_trip;

use std::collections::BTreeMap;
use std::fs;

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout, Source, generate};
use lockstep_runtime::{Operation, Reply};
use lockstep_tests::frozen;
use onlyfansapi::mass_messaging::GetOverview;
use serde_json::{Value, json};
use syn::Item;

type Overview = <<GetOverview as Operation>::Reply as Reply>::Value;

const EXAMPLE: &str = include_str!("../frozen/overview.json");

/// The text of every generated file of the client of the first day.
fn generated() -> Vec<String> {
    let read = |name: &str| fs::read_to_string(frozen().join(name)).expect(name);
    let texts = ["openapi.yaml", "overlay.yaml", "client.yaml", "names.lock"].map(read);
    let source = |path, index: usize| Source { path, text: &texts[index] };
    let inputs = Inputs {
        overlay: Some(source("overlay.yaml", 1)),
        config: Some(source("client.yaml", 2)),
        names_lock: Some(source("names.lock", 3)),
        ..Inputs::new(source("openapi.yaml", 0), Layout::Workspace)
    };
    let output = generate(&inputs, &mut Diagnostics::new()).expect("a client");
    let own = |path: &str| path.starts_with("crates/client/") && path.ends_with(".rs");
    let files = output.files.into_iter().filter(|file| own(&file.path));
    files.map(|file| String::from_utf8(file.contents).expect("text")).collect()
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
