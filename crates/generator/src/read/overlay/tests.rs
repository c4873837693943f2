use super::*;
use crate::read::read;

const DOCUMENT: &str = "openapi: 3.0.3
paths:
  /a:
    get:
      parameters:
      - name: one
      - name: two
      - name: three
      responses:
        200: {description: ok}
";

fn run(actions: &str) -> (Document, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let mut document =
        read(&Source { path: "api.yaml", text: DOCUMENT }, &mut diagnostics).expect("a document");
    let text = format!("overlay: 1.0.0\ninfo: {{title: T, version: 1.0.0}}\nactions:\n{actions}");
    apply(&mut document, &Source { path: "overlay.yaml", text: &text }, &mut diagnostics);
    (document, diagnostics.iter().map(ToString::to_string).collect())
}

fn place(document: &Document, pointer: &str) -> String {
    document.locate(&Pointer::parse(pointer).expect("a pointer")).to_string()
}

#[test]
fn nodes_are_placed_where_they_come_from() {
    let (document, told) = run("
- target: $.paths['/a'].get.parameters[0]
  remove: true
- target: $.paths['/a'].get.parameters
  update: {name: four, schema: {type: string}}
- target: $..parameters[?@.name == 'three']
  update: {required: true}
");
    assert!(told.is_empty(), "{told:?}");
    let parameters = &document.value["paths"]["/a"]["get"]["parameters"];
    assert_eq!(
        parameters.to_string(),
        r#"[{"name":"two"},{"name":"three","required":true},{"name":"four","schema":{"type":"string"}}]"#
    );
    let base = "/paths/~1a/get/parameters";
    assert_eq!(place(&document, &format!("{base}/0/name")), "api.yaml:7:9");
    assert_eq!(place(&document, &format!("{base}/1/name")), "api.yaml:8:9");
    assert_eq!(place(&document, &format!("{base}/1/required")), "overlay.yaml:9:3");
    assert_eq!(place(&document, &format!("{base}/2/schema/type")), "overlay.yaml:7:3");
    assert_eq!(place(&document, "/paths/~1a/get/responses/200"), "api.yaml:10:9");
}

#[test]
fn what_does_not_apply_is_told() {
    let (_, told) = run("
- target: $.paths['/b'].get
  update: {summary: x}
- target: $.paths[
  remove: true
- target: $.openapi
  update: {a: 1}
- target: $.paths['/a'].get.responses['200']
  update: {description: ok}
- target: $.paths
  udpate: {}
- target: $.paths
- update: {}
- 7
");
    let told: Vec<&str> =
        told.iter().map(|text| text.split("; ").next().unwrap_or_default()).collect();
    let expected = [
        "error[overlay-invalid]: `udpate` means nothing in an action (overlay.yaml:14:3)",
        "error[overlay-invalid]: the action has neither `update` nor `remove: true` (overlay.yaml:15:3)",
        "error[overlay-invalid]: the action has no `target` (overlay.yaml:16:3)",
        "error[overlay-invalid]: the action has no `target` (overlay.yaml:17:3)",
        "error[overlay-no-match]: `$.paths['/b'].get` matches nothing (overlay.yaml:5:3)",
    ];
    assert_eq!(told[..5], expected);
    assert!(
        told[5].starts_with("error[overlay-target]: `$.paths[` is not a JSONPath"),
        "{}",
        told[5]
    );
    assert!(
        told[6].starts_with("error[overlay-target]: `$.openapi` matches a string"),
        "{}",
        told[6]
    );
    assert!(told[7].starts_with("warning[overlay-no-effect]"), "{}", told[7]);
}

#[test]
fn what_is_no_overlay_is_refused() {
    for text in ["", "a: [", "7", "overlay: 2.0.0", "overlay: 1.0.0\nactions: {}\nx: 1"] {
        let mut diagnostics = Diagnostics::new();
        let source = Source { path: "api.yaml", text: DOCUMENT };
        let mut document = read(&source, &mut diagnostics).expect("a document");
        apply(&mut document, &Source { path: "overlay.yaml", text }, &mut diagnostics);
        assert!(diagnostics.has_errors(), "{text:?}");
    }
}

#[test]
fn actions_cannot_nest_without_end() {
    let update = format!("{}1{}", "{a: ".repeat(90), "}".repeat(90));
    let deeper = vec!["a"; 90].join(".");
    let actions = format!(
        "
- target: $.paths
  update: {update}
- target: $.paths.{deeper}
  update: {update}
"
    );
    let told = run(&actions).1;
    assert!(told[0].starts_with("error[overlay-target]"), "{told:?}");
    let actions = actions
        .replace(&format!("$.paths.{deeper}"), &format!("$.paths.{}", vec!["a"; 89].join(".")));
    let actions = format!(
        "{actions}
- target: $.paths.{}
  update: {update}
",
        vec!["a"; 178].join(".")
    );
    let told = run(&actions).1;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("error[too-deep]"), "{told:?}");
}
