use serde_json::{Value, json};

use super::*;

/// A document with one reply, whose schema is given as JSON.
fn document(version: &str, schema: &Value, more: &Value) -> String {
    let mut document = json!({
        "openapi": version,
        "info": { "title": "T", "version": "1" },
        "servers": [{ "url": "https://{place}.example/v1", "variables": { "place": { "default": "api" } } }],
        "paths": { "/things/{id}": { "get": { "responses": { "200": {
            "description": "ok", "content": { "application/json": { "schema": schema } },
        } } } } },
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        document[key] = value.clone();
    }
    document.to_string()
}

fn entry(index: usize, path: &str, status: u16, body: &str) -> Value {
    json!({
        "startedDateTime": format!("2026-11-01T00:00:00.{index:06}Z"),
        "request": { "method": "GET", "url": format!("https://api.example/v1{path}") },
        "response": { "status": status, "content": { "mimeType": "application/json", "text": body } },
    })
}

fn archive(entries: &[Value]) -> String {
    json!({ "log": { "entries": entries } }).to_string()
}

fn replies(bodies: &[Value]) -> String {
    let one = |(index, body): (usize, &Value)| entry(index, "/things/7", 200, &body.to_string());
    archive(&bodies.iter().enumerate().map(one).collect::<Vec<_>>())
}

fn learn_with(document: &str, overlay: Option<&str>, archive: &str) -> Learnt {
    let mut diagnostics = Diagnostics::new();
    let overlay = overlay.map(|text| Source { path: "overlay.yaml", text });
    let source = Source { path: "a.json", text: document };
    let learner = Learner::new(&source, overlay.as_ref(), None, &[], &mut diagnostics);
    let mut learner = learner.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    learner.take("a.har", archive.as_bytes());
    learner.finish()
}

/// What is found, one line each; and what is found once all that is written is: nothing that would be written.
fn found(document: &str, archive: &str) -> Vec<String> {
    let learnt = learn_with(document, None, archive);
    assert!(learnt.broken.is_empty(), "{:?}", learnt.broken);
    let lines = learnt
        .findings
        .iter()
        .map(|finding| format!("{} {}: {}", finding.fate.as_str(), finding.code, finding.message))
        .collect();
    if learnt.written().next().is_some() {
        let overlay = learnt.overlay(None).expect("an overlay");
        let again = learn_with(document, Some(&overlay), archive);
        let left: Vec<_> = again
            .findings
            .iter()
            .filter(|finding| matches!(finding.fate, Fate::Written | Fate::Withdrawn))
            .collect();
        assert!(left.is_empty(), "{overlay}\n{left:#?}");
    }
    lines
}

#[test]
fn each_way_to_differ_has_a_finding_of_its_own_and_ends_with_it() {
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    let cases = [
        (
            object(json!({ "a": { "type": "integer", "format": "int32" } })),
            vec![json!({ "a": 1 }), json!({ "a": 1.5 })],
        ),
        (
            object(json!({ "a": { "type": "string", "enum": ["x"] } })),
            vec![json!({ "a": null }), json!({ "a": "y" })],
        ),
        (
            object(json!({ "a": { "type": "string", "format": "date-time" } })),
            vec![json!({ "a": "soon" })],
        ),
        (
            object(json!({ "a": { "type": "string" } })),
            vec![json!({ "a": 7 }), json!({ "a": null })],
        ),
        (
            object(json!({ "a": object(json!({ "b": { "type": "integer" } })) })),
            vec![json!({ "a": [] }), json!({ "a": { "b": null } })],
        ),
        (
            object(json!({ "a": object(json!({ "b": { "type": "integer" } })) })),
            vec![json!({ "a": "gone" }), json!({ "a": { "b": null } })],
        ),
        (
            object(json!({ "a": { "type": "integer" } })),
            vec![json!({ "a": "12" }), json!({ "a": 3 })],
        ),
        (
            object(json!({ "1000000": object(json!({ "n": { "type": "integer" } })) })),
            vec![json!({ "1000000": { "n": 1 }, "2000000": { "n": 2.5, "m": null } })],
        ),
        (
            json!({ "type": "array" }),
            vec![json!([{ "x": 1 }, { "x": null, "y": "2026-01-01" }]), json!([])],
        ),
        (json!({ "type": "array" }), vec![json!([1, "a"])]),
        (
            json!({ "type": "object", "required": ["a", "b"], "properties": { "a": {}, "b": {} } }),
            vec![json!({ "a": 1 }), json!({ "b": 1 })],
        ),
        (
            json!({ "type": "object", "additionalProperties": false, "properties": { "a": {} } }),
            vec![json!({ "b": { "c": [] } })],
        ),
        (json!({ "type": "object" }), vec![json!({ "b": 1 })]),
        (
            json!({ "oneOf": [object(json!({ "a": { "type": "integer" } })), { "type": "string" }] }),
            vec![json!({ "a": 1, "z": 2 }), json!(true), json!("x"), json!(null)],
        ),
        (
            json!({ "allOf": [object(json!({ "a": { "type": "integer" } })), object(json!({ "b": { "type": "integer" } }))] }),
            vec![json!({ "a": null, "b": 2, "c": 3 })],
        ),
        (
            object(json!({ "n": { "type": "integer" } })),
            vec![json!({ "n": 18_446_744_073_709_551_615_u64 })],
        ),
    ];
    let mut said = String::new();
    for (schema, bodies) in &cases {
        said.push_str(&format!("{schema}\n"));
        for line in found(&document("3.0.3", schema, &json!({})), &replies(bodies)) {
            said.push_str(&format!("  {line}\n"));
        }
    }
    insta::assert_snapshot!("ways", said);
}

#[test]
fn null_is_a_type_in_newer_documents() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" }, "b": { "type": ["string", "null"] } } });
    let text = document("3.1.0", &schema, &json!({}));
    let archive = replies(&[json!({ "a": null, "b": null, "c": null }), json!({ "a": 1, "c": 2 })]);
    assert_eq!(found(&text, &archive).len(), 2);
    let overlay = learn_with(&text, None, &archive).overlay(None).expect("an overlay");
    assert!(!overlay.contains("nullable"), "{overlay}");
}

#[test]
fn a_shared_schema_is_corrected_where_it_stands() {
    let parts = json!({ "components": { "schemas": { "A": { "type": "object", "properties": { "next": { "$ref": "#/components/schemas/A" }, "n": { "type": "integer" } } } } } });
    let text = document("3.0.3", &json!({ "$ref": "#/components/schemas/A" }), &parts);
    let learnt = learn_with(&text, None, &replies(&[json!({ "n": 1, "next": { "n": null } })]));
    let action = &learnt.findings[0].corrections[0].action;
    assert_eq!(action.target, "$.components.schemas.A.properties.n");
    assert_eq!(learnt.findings[0].evidence.seen, 2);
}

#[test]
fn what_is_always_so_is_not_joined_with_what_was_so_once() {
    let integer = json!({ "type": "integer" });
    let schema =
        json!({ "type": "object", "properties": { "a": integer, "b": integer, "c": integer } });
    let mut bodies = vec![json!({ "a": null, "b": null, "c": 1 }); 27];
    bodies[3]["c"] = Value::Null;
    let learnt = learn_with(&document("3.0.3", &schema, &json!({})), None, &replies(&bodies));
    let targets: Vec<&str> = learnt.written().map(|one| one.action.target.as_str()).collect();
    assert_eq!(targets.len(), 2, "{targets:?}");
    assert!(targets[0].ends_with("['a', 'b']") && targets[1].ends_with(".c"), "{targets:?}");
    assert_eq!(
        learnt.findings[1].message,
        "null in 1 of 27 values, which this integer does not allow"
    );
}

#[test]
fn text_wins_over_values_and_servers_may_have_paths() {
    let reply = |name: &str| json!({ "get": { "responses": { "200": { "description": name, "content": { "application/json": { "schema": { "type": "object", "properties": {} } } } } } } });
    let paths = json!({ "paths": { "/a/{id}": reply("value"), "/a/list": reply("text"), "/a/{id}.json": reply("both"), "/{any}/{thing}/x": reply("deep") } });
    let text = document("3.0.3", &json!({}), &paths);
    let place = |path: &str| {
        let learnt = learn_with(&text, None, &archive(&[entry(0, path, 200, "{\"z\":1}")]));
        let shown = |finding: &Finding| {
            format!(
                "{} {}",
                finding.code,
                if finding.at.is_empty() {
                    finding.message.clone()
                } else {
                    Learnt::place_name(finding)
                }
            )
        };
        learnt.findings.iter().map(shown).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(place("/a/list"), "unknown-field GET /a/list reply 200");
    assert_eq!(place("/a/list/"), "unknown-field GET /a/list reply 200");
    assert_eq!(place("/a/17"), "unknown-field GET /a/{id} reply 200");
    assert_eq!(place("/a/17.json?x=/a/list"), "unknown-field GET /a/{id}.json reply 200");
    assert_eq!(place("/a/17/x"), "unknown-field GET /{any}/{thing}/x reply 200");
    assert_eq!(
        place("/a/peter/list/y"),
        "undocumented-operation GET /a/{…}/list/{…} was called 1 time, and is not in the document"
    );
}

#[test]
fn new_forms_of_success_are_written_and_failures_are_proposed() {
    let text =
        document("3.0.3", &json!({ "type": "object", "properties": { "a": {} } }), &json!({}));
    let entries = [
        entry(0, "/things/1", 201, "{\"id\": 1}"),
        entry(1, "/things/1", 204, ""),
        entry(2, "/things/1", 404, "{\"message\": \"gone\"}"),
        entry(3, "/things/1", 302, ""),
    ];
    insta::assert_snapshot!("statuses", found(&text, &archive(&entries)).join("\n"));
}

#[test]
fn keys_that_come_and_go_make_a_map() {
    let names = ["ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jon"];
    let bodies: Vec<Value> = names.iter().map(|name| json!({ "scores": { *name: 1 } })).collect();
    let text =
        document("3.0.3", &json!({ "type": "object", "properties": { "a": {} } }), &json!({}));
    let overlay = learn_with(&text, None, &replies(&bodies)).overlay(None).expect("an overlay");
    assert!(overlay.contains("additionalProperties") && !overlay.contains("ann"), "{overlay}");
}

#[test]
fn more_fields_than_anybody_writes_are_a_map_in_any_order() {
    let text =
        document("3.0.3", &json!({ "type": "object", "properties": { "a": {} } }), &json!({}));
    let name = |index: usize| {
        format!("k{}{}", (b'a' + (index % 26) as u8) as char, "x".repeat(index / 26))
    };
    let bodies: Vec<Value> =
        (0..300).map(|index| json!({ name(index): { "n": index, "m": index % 2 == 0 } })).collect();
    let mut reversed = bodies.clone();
    reversed.reverse();
    let [one, other] = [&bodies, &reversed]
        .map(|bodies| learn_with(&text, None, &replies(bodies)).overlay(None).expect("an overlay"));
    assert!(one.contains("additionalProperties") && !one.contains("kax"), "{one}");
    let bare = |text: &str| {
        text.lines()
            .filter(|line| !line.contains("first:") && !line.contains("last:"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(bare(&one), bare(&other));
}

#[test]
fn a_learnt_action_goes_when_upstream_follows_or_renames() {
    let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } } });
    let text = document("3.0.3", &schema, &json!({}));
    let bodies = replies(&[json!({ "n": 1.5 })]);
    let overlay = learn_with(&text, None, &bodies).overlay(None).expect("an overlay");
    let codes = |text: &str| -> Vec<&str> {
        let learnt = learn_with(text, Some(&overlay), &archive(&[]));
        learnt.findings.iter().map(|finding| finding.code).collect()
    };
    assert!(codes(&text).is_empty());
    let followed = text.replace("integer", "number");
    let renamed = text.replace("\"n\"", "\"m\"");
    assert_eq!(codes(&followed), ["learnt-no-effect"]);
    assert_eq!(codes(&renamed), ["learnt-no-match"]);
    // The build goes on, and says it; what a person wrote has to match.
    let build = |overlay: &str| {
        let mut diagnostics = Diagnostics::new();
        let overlay = Source { path: "overlay.yaml", text: overlay };
        let made =
            read::prepare(&Source { path: "a.json", text: &renamed }, [&overlay], &mut diagnostics);
        (
            made.is_some(),
            diagnostics
                .iter()
                .map(|diagnostic| diagnostic.code)
                .filter(|code| code.starts_with("overlay-"))
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(build(&overlay), (true, vec!["overlay-withdrawn"]));
    let lines = overlay.lines().filter(|line| !line.starts_with("      ") || line.contains("type"));
    let by_hand: String =
        lines.filter(|line| !line.contains("x-evidence")).map(|line| format!("{line}\n")).collect();
    assert_eq!(build(&by_hand), (false, vec!["overlay-no-match"]), "{by_hand}");
    let mut diagnostics = Diagnostics::new();
    let source = Source { path: "overlay.yaml", text: &overlay };
    crate::lint::lint(&Source { path: "a.json", text: &followed }, Some(&source), &mut diagnostics)
        .expect("it is read");
    assert!(
        diagnostics.iter().any(|diagnostic| diagnostic.code == "overlay-no-effect"),
        "lint shows it"
    );
}

#[test]
fn strings_without_end_are_cut_on_their_way_in() {
    for filler in ["x", "\\n", "\\u00e9", "\\ud83d\\ude00", "é", "\\\""] {
        let text =
            document("3.0.3", &json!({ "type": "object", "properties": { "a": {} } }), &json!({}));
        let long = filler.repeat((har::LONGEST * 3) / filler.len());
        let good = entry(1, "/things/1", 200, "{\"z\":1}").to_string();
        let long = entry(0, "/things/1", 200, "@").to_string().replace('@', &long);
        let learnt =
            learn_with(&text, None, &format!("{{\"log\":{{\"entries\":[{long},{good}]}}}}"));
        assert!(learnt.broken.is_empty(), "{filler}: {:?}", learnt.broken);
        assert_eq!((learnt.counts.too_large, learnt.findings.len()), (1, 1), "{filler}");
    }
}

#[test]
fn schemas_that_hold_themselves_come_to_an_end() {
    let parts = json!({ "components": { "schemas": {
        "A": { "allOf": [{ "$ref": "#/components/schemas/B" }, { "$ref": "#/components/schemas/B" }, { "type": "object", "properties": { "b": { "$ref": "#/components/schemas/A" } } }] },
        "B": { "oneOf": [{ "type": "string" }, { "$ref": "#/components/schemas/A" }], "anyOf": [{ "type": "string" }, { "$ref": "#/components/schemas/B" }] },
    } } });
    let text = document("3.0.3", &json!({ "$ref": "#/components/schemas/A" }), &parts);
    let learnt = learn_with(&text, None, &replies(&[json!({ "b": { "b": { "b": null } } })]));
    assert_eq!(learnt.counts.replies, 1);
}

#[test]
fn what_is_scrubbed_counts_the_same() {
    let text =
        document("3.0.3", &json!({ "type": "object", "properties": { "a": {} } }), &json!({}));
    let scrubber =
        Scrubber::new(&Source { path: "a.json", text: &text }, "/v1", 42, &mut Diagnostics::new())
            .expect("a document");
    let body = json!({
        "day": "2026-01-31", "at": "2026-01-31T10:11:12.5+02:00", "spaced": "2026-01-31 10:11:12", "zulu": "2026-01-31T10:11:12Z",
        "id": "6f1c2a9e-0000-4000-8000-000000000001", "code": "0123", "name": "Peter", "none": "", "n": 7, "f": 9.99,
        "big": 9_007_199_254_740_993_u64, "huge": u64::MAX, "yes": true, "null": null, "list": ["Peter", "Paul"],
        "byId": { "1000022": 1 }, "byDay": { "2026-01-31": 1, "2026-02": 2 }, "byMail": { "peter@example.org": 1 }, "byAccount": { "acct_8f3k2901": 1 },
    });
    let scrubbed = scrubber.value(&body);
    for secret in
        ["Peter", "Paul", "1000022", "2026", "peter@", "8f3k2901", "0123", "9.99", "6f1c2a9e"]
    {
        assert!(!scrubbed.to_string().contains(secret), "{secret}: {scrubbed}");
    }
    let schema = |body: &Value| {
        let mut shape = shape::Shape::default();
        shape.take(body, &witness::Sight::default());
        (shape.schema(shape::Nulls::Keyword, 1), shape.keys.clone())
    };
    assert_eq!(schema(&body), schema(&scrubbed));
    assert_eq!(scrubber.path("GET", "/v1/things/peter?key=secret").matches('/').count(), 3);
    assert!(scrubber.path("GET", "/v1/things/peter").starts_with("/v1/things/v"));
    assert!(!scrubber.path("GET", "/v1/people/peter").contains("pe"));
}
