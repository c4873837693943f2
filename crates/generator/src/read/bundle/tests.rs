//! Documents in several files, against the one document that they are.

use super::super::{Part, Search, Source, Sources, prepare};
use crate::diagnostic::Diagnostics;
use crate::pointer::Pointer;
use crate::{Inputs, Layout, generate};

/// Files by name, the root first; what refers to a file that is not there gets none.
struct Tree(Vec<(String, String)>);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    fn root(&self) -> Source<'_> {
        Source { path: &self.0[0].0, text: &self.0[0].1 }
    }

    fn parts(&self) -> Vec<Part> {
        let mut search = Search::of(&self.root());
        let mut parts = Vec::new();
        while let Some(name) = search.next_name() {
            let file = self.0.iter().find(|(path, _)| *path == name);
            let text = file.map(|(_, text)| text.clone()).ok_or("there is no such file".to_owned());
            let part = Part { path: name.clone(), name, text };
            search.found(&part);
            parts.push(part);
        }
        parts
    }

    /// The document as JSON, and what was told.
    fn read(&self) -> (serde_json::Value, Vec<String>) {
        let parts = self.parts();
        let mut diagnostics = Diagnostics::new();
        let sources = Sources { root: self.root(), parts: &parts };
        let document = super::super::read(sources, &mut diagnostics);
        let value = document.map(|document| document.value).unwrap_or_default();
        (value, diagnostics.iter().map(ToString::to_string).collect())
    }

    /// Every file of the client, and what was told.
    fn client(&self) -> (Vec<(String, String)>, Vec<String>) {
        let parts = self.parts();
        let layout = Layout::Standalone { name: "split".into(), runtime: "../runtime".into() };
        let inputs = Inputs { parts: &parts, ..Inputs::new(self.root(), layout) };
        let mut diagnostics = Diagnostics::new();
        let output = generate(&inputs, &mut diagnostics);
        let told = diagnostics.iter().map(ToString::to_string).collect();
        let files = output.into_iter().flat_map(|output| output.files);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (files.map(|file| (file.path, text(file.contents))).collect(), told)
    }
}

const HEAD: &str = "openapi: 3.1.0\ninfo: {title: Split, version: '1'}\n";

fn json_reply(reference: &str) -> String {
    format!(
        "{{responses: {{'200': {{description: ok, content: {{application/json: {{schema: {{$ref: '{reference}'}}}}}}}}}}}}"
    )
}

#[test]
fn what_other_files_hold_becomes_part_of_the_document() {
    let root = format!(
        "{HEAD}paths:\n  /users: {{$ref: './paths/users.yaml'}}\n  /pets: {{get: {}}}\ncomponents:\n  schemas:\n    Pet: {{$ref: parts/pet.json}}\n    Own: {{type: string}}\n",
        json_reply("#/components/schemas/Pet")
    );
    let users = format!(
        "get: {}\nparameters: [{{$ref: '../parts/params.yaml#/Limit'}}]\n",
        json_reply("../parts/schemas.yaml#/User")
    );
    let tree = Tree::new(&[
        ("root.yaml", &root),
        ("paths/users.yaml", &users),
        (
            "parts/schemas.yaml",
            "User: {type: object, properties: {pet: {$ref: pet.json}, boss: {$ref: '#/User'}, own: {$ref: '../root.yaml#/components/schemas/Own'}, city: {$ref: '#/User/properties/home/properties/city'}, home: {type: object, properties: {city: {type: string}}}}}\n",
        ),
        (
            "parts/params.yaml",
            "Limit: {name: limit, in: query, schema: {$ref: ./../parts/limit.yaml}}",
        ),
        ("parts/limit.yaml", "{type: integer}"),
        (
            "parts/pet.json",
            "{\"type\": \"object\", \"properties\": {\"owner\": {\"$ref\": \"schemas.yaml#/User\"}, \"friend\": {\"$ref\": \"#\"}}}",
        ),
    ]);
    let (value, told) = tree.read();
    assert!(told.is_empty(), "{told:#?}");
    let expected = serde_json::json!({
        "User": {"type": "object", "properties": {
            "pet": {"$ref": "#/components/schemas/Pet"},
            "boss": {"$ref": "#/components/schemas/User"},
            "own": {"$ref": "#/components/schemas/Own"},
            "city": {"$ref": "#/components/schemas/User/properties/home/properties/city"},
            "home": {"type": "object", "properties": {"city": {"type": "string"}}},
        }},
        "Pet": {"type": "object", "properties": {
            "owner": {"$ref": "#/components/schemas/User"},
            "friend": {"$ref": "#/components/schemas/Pet"},
        }},
        "Own": {"type": "string"},
        "limit": {"type": "integer"},
    });
    assert_eq!(value["components"]["schemas"], expected);
    assert_eq!(value["paths"]["/users"]["parameters"][0]["$ref"], "#/components/parameters/Limit");
    let parts = tree.parts();
    let sources = Sources { root: tree.root(), parts: &parts };
    let document = prepare(sources, None, &mut Diagnostics::new()).expect("a document");
    for (pointer, place) in [
        ("/components/schemas/User/properties/pet", "parts/schemas.yaml:1:35"),
        ("/components/schemas/Pet/properties/owner", "parts/pet.json:1:35"),
        ("/paths/~1users/get", "paths/users.yaml:1:1"),
        ("/paths/~1users", "paths/users.yaml:1:1"),
        ("/components/schemas/Own", "root.yaml:9:5"),
    ] {
        let pointer = Pointer::parse(pointer).expect("a pointer");
        assert_eq!(document.locate(&pointer).to_string(), place, "{pointer}");
    }
}

#[test]
fn anchors_and_ids_are_followed() {
    let text = format!(
        "{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {{type: object, properties: {{leaf: {{$ref: '#leaf'}}, b: {{$ref: 'https://example.com/b.json'}}, n: {{$ref: 'https://example.com/b.json#/$defs/N'}}, c: {{$ref: 'other.yaml#deep'}}}}}}\n    Leaf: {{$anchor: leaf, type: string}}\n    B: {{$id: 'https://example.com/b.json', $defs: {{N: {{type: integer}}}}, type: object, properties: {{n: {{$ref: '#/$defs/N'}}, a: {{$ref: 'a.json'}}, own: {{$ref: '#'}}}}}}\n    C: {{$id: 'https://example.com/a.json', type: boolean}}\n"
    );
    let tree = Tree::new(&[
        ("root.yaml", &text),
        ("other.yaml", "Outer: {type: object, properties: {in: {$anchor: deep, type: number}}}"),
    ]);
    let (value, told) = tree.read();
    assert!(told.is_empty(), "{told:#?}");
    let schemas = &value["components"]["schemas"];
    let at = |schema: &str, property: &str| schemas[schema]["properties"][property]["$ref"].clone();
    assert_eq!(at("A", "leaf"), "#/components/schemas/Leaf");
    assert_eq!(at("A", "b"), "#/components/schemas/B");
    assert_eq!(at("A", "n"), "#/components/schemas/B/$defs/N");
    assert_eq!(at("A", "c"), "#/components/schemas/Outer_in");
    assert_eq!(at("B", "n"), "#/components/schemas/B/$defs/N");
    assert_eq!(at("B", "a"), "#/components/schemas/C");
    assert_eq!(at("B", "own"), "#/components/schemas/B");
}

#[test]
fn names_that_are_shared_are_told_apart_by_their_own_place() {
    let reply = |reference: &str| format!("get: {}", json_reply(reference));
    let root = format!(
        "{HEAD}paths:\n  /a: {{{}}}\n  /b: {{{}}}\n  /c: {{{}}}\n  /d: {{{}}}\ncomponents: {{schemas: {{Item: {{type: string}}}}}}\n",
        reply("billing/User.yaml"),
        reply("people/User.yaml"),
        reply("people/all.yaml#/Item"),
        reply("people/index.yaml"),
    );
    let object = "{type: object, properties: {a: {type: string}}}";
    let tree = Tree::new(&[
        ("root.yaml", &root),
        ("billing/User.yaml", object),
        ("people/User.yaml", object),
        ("people/all.yaml", &format!("Item: {object}")),
        ("people/index.yaml", object),
    ]);
    let (value, told) = tree.read();
    assert!(told.is_empty(), "{told:#?}");
    let names: Vec<_> =
        value["components"]["schemas"].as_object().expect("schemas").keys().collect();
    assert_eq!(names, ["Item", "billing_User", "people_User", "all_Item", "people"]);
}

#[test]
fn tables_and_operations_may_lie_elsewhere() {
    let tree = Tree::new(&[
        (
            "root.yaml",
            &format!(
                "{HEAD}paths: {{$ref: paths.yaml}}\ncomponents: {{schemas: {{$ref: schemas.yaml}}}}\n"
            ),
        ),
        ("paths.yaml", "/a: {get: {$ref: 'operations.yaml#/getA', summary: A}}\n"),
        ("operations.yaml", &format!("getA: {}", json_reply("schemas.yaml#/A"))),
        ("schemas.yaml", "A: {type: object, properties: {b: {$ref: '#/B'}}}\nB: {type: string}\n"),
    ]);
    let (value, told) = tree.read();
    assert!(told.is_empty(), "{told:#?}");
    assert_eq!(value["paths"]["/a"]["get"]["summary"], "A");
    assert_eq!(
        value["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/A"
    );
    assert_eq!(
        value["components"]["schemas"]["A"]["properties"]["b"]["$ref"],
        "#/components/schemas/B"
    );
}

#[test]
fn what_leads_nowhere_is_told_where_it_stands() {
    let root = format!(
        "{HEAD}paths:\n  /a: {{get: {}}}\n  /b: {{$ref: gone.yaml}}\ncomponents: {{schemas: {{Z: {{}}, Unused: {{$ref: gone.yaml}}}}}}\n",
        json_reply("a.yaml#/A")
    );
    let tree = Tree::new(&[
        ("root.yaml", &root),
        (
            "a.yaml",
            "A:\n  type: object\n  properties:\n    x: {$ref: '#/Missing'}\n    y: {$ref: '#/components/schemas/Z'}\n",
        ),
    ]);
    let (_, told) = tree.client();
    let starts = [
        "error[ref-external]: `gone.yaml` cannot be followed: there is no such file (root.yaml:5:8)",
        "error[ref-unresolved]: `#/Missing` points to nothing in this file (a.yaml:4:9)",
        "error[ref-unresolved]: `#/components/schemas/Z` points to nothing in this file (a.yaml:5:9)",
    ];
    let errors: Vec<_> = told.iter().filter(|text| text.starts_with("error")).collect();
    for start in starts {
        assert!(errors.iter().any(|text| text.starts_with(start)), "{start}: {errors:#?}");
    }
    assert!(
        errors.iter().all(|text| starts.iter().any(|start| text.starts_with(start))),
        "{errors:#?}"
    );
}

#[test]
fn a_broken_file_and_a_lost_table_fail_the_run_at_once() {
    let root = format!(
        "{HEAD}paths: {{$ref: gone.yaml}}\ncomponents: {{schemas: {{A: {{$ref: broken.yaml}}, B: {{$ref: 'broken.yaml#/b'}}}}}}\n"
    );
    let tree = Tree::new(&[("root.yaml", &root), ("broken.yaml", "a: [\n")]);
    let (_, told) = tree.read();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[0].starts_with("error[invalid-yaml]") && told[0].contains("broken.yaml:"),
        "{told:#?}"
    );
    assert!(
        told[1].starts_with("error[ref-external]") && told[1].contains("root.yaml:3:"),
        "{told:#?}"
    );
}

#[test]
fn what_goes_round_ends() {
    for files in [
        vec![
            ("root.yaml", "paths: {/a: {$ref: a.yaml}}"),
            ("a.yaml", "{$ref: b.yaml}"),
            ("b.yaml", "{$ref: a.yaml}"),
        ],
        vec![("root.yaml", "paths: {/a: {$ref: a.yaml}}"), ("a.yaml", "{$ref: a.yaml, get: {}}")],
        vec![
            ("root.yaml", "paths: {/a: {get: {$ref: 'a.yaml#/a'}}}"),
            ("a.yaml", "a: {responses: {$ref: 'a.yaml#/a'}}"),
        ],
        vec![("root.yaml", "paths: {$ref: 'root.yaml#/paths'}")],
        vec![
            ("root.yaml", "paths: {}\ncomponents: {schemas: {A: {$ref: 'a.yaml'}}}"),
            ("a.yaml", "{$ref: 'root.yaml#/components/schemas/A'}"),
        ],
    ] {
        let mut files = files;
        let root = format!("{HEAD}{}", files[0].1);
        files[0].1 = &root;
        let (_, _) = Tree::new(&files).read();
    }
}

/// Forty files: twenty schemas in a circle, with whole files and fragments in turn, and nineteen path items.
fn forty() -> (Tree, Tree) {
    let mut files = vec![("root.yaml".to_owned(), HEAD.to_owned() + "paths:\n")];
    let mut bundle = HEAD.to_owned() + "paths:\n";
    let mut schemas = String::from("components:\n  schemas:\n");
    let own = |index: usize| {
        if index.is_multiple_of(2) { String::new() } else { format!("#/Model{index}") }
    };
    let file = |index: usize| format!("models/group{}/Model{index}.yaml", index % 3);
    for index in 0..20 {
        let next = [(index + 1) % 20, (index + 7) % 20];
        let model = |way: &dyn Fn(usize) -> String| {
            format!(
                "{{type: object, required: [id], properties: {{id: {{type: integer}}, next: {{$ref: '{}'}}, others: {{type: array, items: {{$ref: '{}'}}}}, m{index}: {{type: string}}}}}}",
                way(next[0]),
                way(next[1])
            )
        };
        let split = model(&|to| format!("../../{}{}", file(to), own(to)));
        let split = if index.is_multiple_of(2) { split } else { format!("Model{index}: {split}") };
        files.push((file(index), split));
        let whole = model(&|to| format!("#/components/schemas/Model{to}"));
        schemas.push_str(&format!("    Model{index}: {whole}\n"));
    }
    for index in 0..19 {
        let item = |schema: String, parameter: &str| {
            format!(
                "{{parameters: [{parameter}], get: {{operationId: getModel{index}, tags: [Models], responses: {{'200': {{description: ok, content: {{application/json: {{schema: {{$ref: '{schema}'}}}}}}}}}}}}}}"
            )
        };
        let limit = "{name: limit, in: query, schema: {type: integer}}";
        let split = item(
            format!("../{}{}", file(index), own(index)),
            "{$ref: 'item0.yaml#/x-parameters/Limit'}",
        );
        let extra =
            if index == 0 { format!("\nx-parameters: {{Limit: {limit}}}") } else { String::new() };
        let split = if index == 0 {
            split.trim_start_matches('{').trim_end_matches('}').to_owned()
        } else {
            split
        };
        let split = if index == 0 {
            // Block style, so that a second key can follow.
            format!(
                "parameters: [{{$ref: 'item0.yaml#/x-parameters/Limit'}}]\n{}{extra}\n",
                get_of(&split)
            )
        } else {
            split
        };
        files.push((format!("paths/item{index}.yaml"), split));
        files[0].1.push_str(&format!("  /models/{index}: {{$ref: paths/item{index}.yaml}}\n"));
        let whole = item(
            format!("#/components/schemas/Model{index}"),
            "{$ref: '#/components/parameters/Limit'}",
        );
        bundle.push_str(&format!("  /models/{index}: {whole}\n"));
    }
    schemas
        .push_str("  parameters:\n    Limit: {name: limit, in: query, schema: {type: integer}}\n");
    (Tree(files), Tree(vec![("root.yaml".to_owned(), bundle + &schemas)]))
}

/// The `get` of a flow mapping as a line of its own.
fn get_of(flow: &str) -> String {
    let start = flow.find("get:").unwrap_or_default();
    let body = &flow[start..];
    let open = body.matches('{').count();
    let close = body.matches('}').count();
    format!("{body}{}", "}".repeat(open - close))
}

#[test]
fn forty_files_give_the_client_of_their_bundle() {
    let (split, bundle) = forty();
    assert_eq!(split.0.len(), 40);
    let (files, told) = split.client();
    let (expected, also_told) = bundle.client();
    assert!(!expected.is_empty(), "{also_told:#?}");
    assert_eq!(told.len(), also_told.len(), "{told:#?}\n{also_told:#?}");
    assert_eq!(files.len(), expected.len(), "{told:#?}");
    for (one, other) in files.iter().zip(&expected) {
        assert_eq!(one, other);
    }
}
