//! Learning from traffic as upstream really sends it.

use std::fs;
use std::path::{Path, PathBuf};

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout, Source, normalize};
use serde_json::{Value, json};
use xtask::Outcome;
use xtask::cli::MessageFormat;
use xtask::learn::{Learn, LearnFormat, learn_in};
use xtask::report::Report;

#[allow(dead_code, reason = "each test program uses a part of it")]
mod common;
#[path = "common/traffic.rs"]
mod traffic;

use common::{files, repository, told};
use traffic::{SECRETS, archive, body, entry, exchanges, overview, shuffled};

fn command(file: &Path) -> Learn {
    Learn {
        files: vec![file.to_owned()],
        spec: "spec/openapi.yaml".into(),
        overlay: "spec/overlay.yaml".into(),
        config: "spec/client.yaml".into(),
        ..Learn::default()
    }
}

fn learn(root: &Path, file: &Path, change: impl FnOnce(&mut Learn)) -> (Outcome, String) {
    let mut command = command(file);
    change(&mut command);
    told(|report| learn_in(root, &command, report))
}

/// The findings as scripts get them.
fn findings(root: &Path, file: &Path) -> Vec<Value> {
    let mut command = command(file);
    command.message_format = LearnFormat::Json;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut report = Report::new(MessageFormat::Json, &mut out, &mut err);
    learn_in(root, &command, &mut report).expect("it learns");
    let text = String::from_utf8(out).expect("text");
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    lines.filter(|line: &Value| line["type"] == "finding").collect()
}

fn recording(root: &Path, name: &str, text: &str) -> PathBuf {
    let path = root.join(name);
    fs::write(&path, text).expect("a file");
    path
}

fn without_overlay() -> tempfile::TempDir {
    let repository = repository();
    fs::remove_file(repository.path().join("spec/overlay.yaml")).expect("it goes");
    repository
}

fn overlay(root: &Path) -> String {
    fs::read_to_string(root.join("spec/overlay.yaml")).expect("an overlay")
}

/// The document as the generator understands it.
fn normalised(root: &Path) -> Value {
    let read = |name: &str| fs::read_to_string(root.join("spec").join(name)).expect("text");
    let (document, overlay, config) =
        (read("openapi.yaml"), read("overlay.yaml"), read("client.yaml"));
    let inputs = Inputs {
        overlay: Some(Source { path: "overlay.yaml", text: &overlay }),
        config: Some(Source { path: "client.yaml", text: &config }),
        ..Inputs::new(Source { path: "openapi.yaml", text: &document }, Layout::Workspace)
    };
    let mut diagnostics = Diagnostics::new();
    let document = normalize::document(&inputs, &mut diagnostics)
        .unwrap_or_else(|| panic!("{diagnostics:#?}"));
    serde_json::to_value(document).expect("JSON")
}

#[test]
fn what_upstream_sends_is_found_and_written() {
    let repository = without_overlay();
    let root = repository.path();
    let har = recording(root, "a.har", &archive(&exchanges()));
    let (outcome, text) = learn(root, &har, |_| {});
    assert_eq!(outcome, Outcome::Done, "{text}");
    insta::assert_snapshot!("found", text);
    let (outcome, text) = learn(root, &har, |command| command.write = true);
    assert_eq!(outcome, Outcome::Done, "{text}");
    insta::assert_snapshot!("written", overlay(root));
}

/// A schema of OpenAPI 3.0 as JSON Schema has it: null is a type there, and no keyword.
fn as_json_schema(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(as_json_schema);
            if object.get("nullable") == Some(&json!(true)) {
                object.remove("nullable");
                let rest = Value::Object(std::mem::take(object));
                *value = json!({ "anyOf": [rest, { "type": "null" }] });
            }
        }
        Value::Array(list) => list.iter_mut().for_each(as_json_schema),
        _ => {}
    }
}

/// Whether somebody else's validator finds every reply as the document has it.
fn refused(root: &Path, bodies: impl Iterator<Item = Value>) -> Vec<String> {
    let document = normalised(root);
    let path = "/api/{account}/mass-messaging/overview";
    let content =
        &document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"];
    let mut schema = json!({ "components": document["components"], "allOf": [content["schema"]] });
    as_json_schema(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    bodies
        .flat_map(|body| {
            validator.iter_errors(&body).map(|error| error.to_string()).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn what_was_written_fits_every_reply_and_a_second_look_writes_nothing() {
    let repository = without_overlay();
    let root = repository.path();
    let har = recording(root, "a.har", &archive(&exchanges()));
    learn(root, &har, |command| command.write = true);
    let once = overlay(root);
    let (outcome, text) = learn(root, &har, |command| command.write = true);
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert!(text.contains("nothing to append to spec/overlay.yaml"), "{text}");
    assert_eq!(overlay(root), once);
    assert_eq!(refused(root, (0..30).map(body)), Vec::<String>::new());
    // The validator is one: it refuses what the document does not allow.
    assert!(
        !refused(root, std::iter::once(json!({ "data": { "items": [{ "id": "seven" }] } })))
            .is_empty()
    );
    let (outcome, text) = told(|report| {
        xtask::commands::regenerate_in(root, &xtask::cli::Options::default(), report)
    });
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert!(!text.contains("warning"), "{text}");
}

#[test]
fn an_empty_overlay_gets_back_what_was_written_by_hand() {
    let by_hand = repository();
    let learnt = without_overlay();
    let har = recording(learnt.path(), "a.har", &archive(&exchanges()));
    learn(learnt.path(), &har, |command| command.write = true);
    let [by_hand, learnt] = [by_hand.path(), learnt.path()].map(normalised);
    let schema = |document: &Value, name: &str, field: &str| {
        document["components"]["schemas"][name]["properties"][field].clone()
    };
    for (name, field) in [
        ("RateLimits", "limit_day"),
        ("RateLimits", "remaining_day"),
        ("RateLimits", "notice"),
        ("Cache", "cached_at"),
        ("Pagination", "next_page"),
    ] {
        let expected = schema(&by_hand, name, field);
        assert!(
            expected.is_object(),
            "{name}.{field} is not in the document that was corrected by hand"
        );
        assert_eq!(schema(&learnt, name, field), expected, "{name}.{field}");
    }
}

#[test]
fn what_a_person_decided_is_named_and_not_overruled() {
    let repository = repository();
    let root = repository.path();
    let there = overlay(root);
    let har = recording(root, "a.har", &archive(&exchanges()));
    let refuted: Vec<Value> =
        findings(root, &har).into_iter().filter(|finding| finding["fate"] == "refuted").collect();
    let places: Vec<&str> =
        refuted.iter().filter_map(|finding| finding["place"].as_str()).collect();
    assert!(places.iter().any(|place| place.ends_with("data.items.[].giphyId")), "{refuted:#?}");
    assert!(refuted.iter().all(|finding| finding["actions"] == json!([])), "{refuted:#?}");
    learn(root, &har, |command| command.write = true);
    let after = overlay(root);
    assert!(after.starts_with(&there), "every byte stays");
    assert!(!after[there.len()..].contains("giphyId"), "{after}");
    assert!(!after[there.len()..].contains("notice"), "{after}");

    let config = fs::read_to_string(root.join("spec/client.yaml")).expect("choices");
    let wrong = config.replace("pointer: /_meta/_credits/used", "pointer: /_meta/_credits/spent");
    fs::write(root.join("spec/client.yaml"), wrong).expect("a file");
    let choice = findings(root, &har)
        .into_iter()
        .find(|finding| finding["code"] == "choice")
        .expect("a finding");
    assert_eq!(
        choice["message"],
        "client.yaml, limits: credits_used: a number should be at `/_meta/_credits/spent`, and is in none of 27 replies"
    );
}

#[test]
fn neither_order_nor_repetition_changes_a_byte() {
    let outputs = |files: &[Vec<Value>]| {
        let repository = without_overlay();
        let root = repository.path();
        let files: Vec<PathBuf> = files
            .iter()
            .enumerate()
            .map(|(index, entries)| recording(root, &format!("{index}.har"), &archive(entries)))
            .collect();
        let run = |change: &dyn Fn(&mut Learn)| {
            let mut command = command(&files[0]);
            command.files = files.clone();
            change(&mut command);
            told(|report| learn_in(root, &command, report)).1
        };
        let page = root.join("page.html");
        let text = run(&|command| (command.html, command.write) = (Some(page.clone()), true));
        // What is said of the recordings themselves differs; what is said of the document does not.
        let from = text.find("\n  written").expect("findings");
        let found = text[from..].to_owned();
        let html = fs::read_to_string(&page).expect("a page");
        let html = html[html.find("<h2>Findings").expect("findings")..].to_owned();
        (found, html, overlay(root))
    };
    let all = exchanges();
    let expected = outputs(std::slice::from_ref(&all));
    assert!(outputs(&[shuffled(all.clone(), 1)]) == expected, "another order");
    let (one, other) = all.split_at(13);
    assert!(outputs(&[other.to_vec(), one.to_vec()]) == expected, "two files");
    assert!(
        outputs(&[all.clone(), shuffled(all.clone(), 9), one.to_vec()]) == expected,
        "the same again"
    );
}

#[test]
fn no_secret_gets_out() {
    let repository = without_overlay();
    let root = repository.path();
    let mut entries = exchanges();
    let broken =
        archive(&entries).replacen("\"status\":200", "\"status\":\"sk_live_51SECRETKEY\"", 1);
    entries.push(entry(300, "/api/secretive-name/mass-messaging/overview", 500, "TOPSECRETBODY"));
    let har = recording(root, "a.har", &archive(&entries));
    let page = root.join("page.html");
    let mut said = String::new();
    for format in [LearnFormat::Json, LearnFormat::Github] {
        let mut command = command(&har);
        (command.message_format, command.html) = (format, Some(page.clone()));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let form =
            if format == LearnFormat::Json { MessageFormat::Json } else { MessageFormat::Human };
        learn_in(root, &command, &mut Report::new(form, &mut out, &mut err)).expect("it learns");
        said.push_str(&String::from_utf8_lossy(&[out, err].concat()));
    }
    said.push_str(&learn(root, &recording(root, "b.har", &broken), |_| {}).1);
    said.push_str(&learn(root, &har, |command| command.write = true).1);
    said.push_str(&fs::read_to_string(page).expect("a page"));
    said.push_str(&overlay(root));
    for secret in SECRETS {
        let at = said.find(secret);
        assert_eq!(
            at,
            None,
            "{secret}: {}",
            at.map_or("", |at| &said[at.saturating_sub(90)..(at + 40).min(said.len())])
        );
    }
}

#[test]
fn a_small_recording_takes_nothing_back() {
    let repository = without_overlay();
    let root = repository.path();
    let all = exchanges();
    let large = recording(root, "large.har", &archive(&all));
    learn(root, &large, |command| command.write = true);
    let there = overlay(root);
    let small = recording(root, "small.har", &archive(&all[1..2]));
    let (outcome, text) = learn(root, &small, |command| command.write = true);
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert_eq!(overlay(root), there, "{text}");
    // And from the small one first, the large one adds what is missing and rewrites nothing.
    fs::remove_file(root.join("spec/overlay.yaml")).expect("it goes");
    learn(root, &small, |command| command.write = true);
    let first = overlay(root);
    learn(root, &large, |command| command.write = true);
    assert!(overlay(root).starts_with(&first));
    assert_eq!(refused(root, (0..30).map(body)), Vec::<String>::new());
}

#[test]
fn bad_bodies_are_named_and_counted() {
    let repository = without_overlay();
    let root = repository.path();
    let good = body(1).to_string();
    let mut entries = vec![entry(0, &overview(0), 200, &good[..good.len() / 2])];
    entries.push(entry(1, &overview(0), 200, "<html>TOPSECRETBODY</html>"));
    entries.push(entry(2, &overview(0), 200, ""));
    entries.push(entry(3, &overview(0), 200, &format!("\"{}\"", "x".repeat(5 << 20))));
    entries.push(entry(4, &overview(0), 200, &format!("{}{}", "[".repeat(400), "]".repeat(400))));
    let mut coded =
        entry(5, &overview(0), 200, "eyJkYXRhIjp7Iml0ZW1zIjpbeyJ2aWV3ZWRDb3VudCI6bnVsbH1dfX0=");
    coded["response"]["content"]["encoding"] = json!("base64");
    let mut badly = coded.clone();
    badly["response"]["content"]["text"] = json!("%%%");
    let mut without = entry(7, &overview(0), 200, "");
    without["response"]["content"] = json!({ "size": 77, "mimeType": "application/json" });
    entries.extend([coded, badly, without]);
    entries.push(entry(
        8,
        &overview(0),
        200,
        "{\"data\":{\"items\":[{\"id\":123456789012345678901234567890}]}}",
    ));
    let har = recording(root, "a.har", &archive(&entries));
    let (outcome, text) = learn(root, &har, |_| {});
    assert_eq!(outcome, Outcome::Done, "{text}");
    insta::assert_snapshot!("bad_bodies", text);
}

#[test]
fn a_broken_recording_writes_nothing() {
    let good = archive(&exchanges());
    let broken = [
        good[..good.len() / 2].to_owned(),
        good.replacen("\"status\":200", "\"status\":\"two hundred\"", 1),
        good.replacen("\"response\":{", "\"response\":[", 1),
        "[]".to_owned(),
        "{}".to_owned(),
        String::new(),
        "{\"log\":{\"entries\":null}}".to_owned(),
        "\u{0}\u{1}".to_owned(),
        format!("{good}{good}"),
    ];
    let mut said = String::new();
    for text in &broken {
        let repository = without_overlay();
        let root = repository.path();
        let har = recording(root, "a.har", text);
        let before = files(root);
        let (outcome, text) = learn(root, &har, |command| {
            command.write = true;
            command.html = Some(root.join("page.html"));
        });
        assert_eq!(outcome, Outcome::Failed, "{text}");
        assert_eq!(files(root), before);
        let text = text.replace(&*root.to_string_lossy(), "");
        let (_, error) = text.split_at(text.find("error").expect("an error"));
        said.push_str(error.lines().next().unwrap_or_default());
        said.push_str(error.lines().nth(1).unwrap_or_default());
        said.push('\n');
    }
    insta::assert_snapshot!("broken", said);
}

#[test]
fn a_check_says_on_one_page_what_is_wrong() {
    let repository = without_overlay();
    let root = repository.path();
    let har = recording(root, "a.har", &archive(&exchanges()));
    let (outcome, text) = learn(root, &har, |command| command.check = true);
    assert_eq!(outcome, Outcome::Stale, "{text}");
    assert!(text.lines().count() < 80, "{text}");
    assert!(!root.join("spec/overlay.yaml").exists());
    let (outcome, text) = learn(root, &har, |command| {
        command.check = true;
        command.message_format = LearnFormat::Github;
    });
    assert_eq!(outcome, Outcome::Stale);
    insta::assert_snapshot!("annotations", text);
    let good = recording(
        root,
        "good.har",
        &archive(&[entry(0, &overview(0), 200, "{\"data\":{\"hasMore\":true,\"items\":[]}}")]),
    );
    let (outcome, text) = learn(root, &good, |command| command.check = true);
    assert_eq!(outcome, Outcome::Done, "{text}");
}

#[test]
fn only_exchanges_with_upstream_count() {
    let repository = without_overlay();
    let root = repository.path();
    let one = entry(0, &overview(0), 200, "{\"data\":{\"items\":[{\"viewedCount\":null}]}}");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut entry = one.clone();
        change(&mut entry);
        let har = recording(root, "a.har", &archive(&[entry]));
        findings(root, &har).len()
    };
    let found = with(&|_| {});
    assert!(found > 0);
    let url = |text: &'static str| move |entry: &mut Value| entry["request"]["url"] = json!(text);
    assert_eq!(with(&url("https://evil.example/api/a/mass-messaging/overview")), 0);
    assert_eq!(
        with(&url("https://app.onlyfansapi.com.evil.example/api/a/mass-messaging/overview")),
        0
    );
    assert_eq!(
        with(&url("https://evil.example@app.onlyfansapi.com:444/api/a/mass-messaging/overview")),
        0
    );
    assert_eq!(
        with(&url("HTTPS://APP.onlyfansapi.com:443/api/a%2Fb/mass-messaging/overview/?x=1")),
        found
    );
    assert_eq!(
        with(&|entry| entry["response"]["headers"] =
            json!([{ "name": "Server", "value": "lockstep-mock/0.1" }])),
        0
    );
    let mut proxied = one.clone();
    proxied["request"]["url"] = json!("http://127.0.0.1:4010/up/api/a/mass-messaging/overview");
    let har = recording(root, "a.har", &archive(&[proxied]));
    let (_, text) =
        learn(root, &har, |command| command.server = vec!["http://127.0.0.1:4010/up/".to_owned()]);
    assert!(text.contains("viewedCount"), "{text}");
    let (outcome, text) = learn(root, &har, |command| command.server = vec!["nowhere".to_owned()]);
    assert_eq!(outcome, Outcome::Failed);
    assert!(text.contains("`nowhere` is no address such as"), "{text}");
}

#[test]
fn a_learnt_action_proposes_to_go() {
    let repository = without_overlay();
    let root = repository.path();
    let har = recording(root, "a.har", &archive(&exchanges()));
    learn(root, &har, |command| command.write = true);
    let spec = root.join("spec/openapi.yaml");
    let document = fs::read_to_string(&spec).expect("a document");
    // Upstream renames one property, and follows with another.
    let renamed = document.replace("viewedCount:", "viewCount:").replace(
        "duration:\n                                    type: integer",
        "duration:\n                                    type: number",
    );
    assert_ne!(renamed, document);
    fs::write(&spec, renamed).expect("a file");
    let found = findings(root, &har);
    let withdrawn: Vec<&str> = found
        .iter()
        .filter(|finding| finding["fate"] == "withdrawn")
        .filter_map(|finding| finding["code"].as_str())
        .collect();
    assert_eq!(withdrawn, ["learnt-no-effect", "learnt-no-match"], "{found:#?}");
}
