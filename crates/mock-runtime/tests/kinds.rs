//! A base that does not list its kinds: a value is checked as the kind that it says it is.

mod common;

use common::{Reply, bare, serve};
use lockstep_mock::MockServer;
use serde_json::Value;

const ANIMALS: &str = r##"
openapi: 3.0.3
info: { title: Animals, version: '1' }
servers: [{ url: 'https://animals.example' }]
security: []
paths:
  /animals:
    get:
      operationId: listAnimals
      responses: { '200': { description: All, content: { application/json: { schema: { type: array, minItems: 1, items: { $ref: '#/components/schemas/Animal' } } } } } }
    post:
      operationId: addAnimal
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Animal' } } } }
      responses: { '204': { description: Done } }
  /owners:
    post:
      operationId: addOwner
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [pet], properties: { pet: { allOf: [{ $ref: '#/components/schemas/Animal' }], description: Any } } } } } }
      responses: { '204': { description: Done } }
components:
  schemas:
    Animal:
      type: object
      required: [kind, name]
      properties: { kind: { type: string }, name: { type: string } }
      discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat', dog: Dog } }
    Cat: { allOf: [{ $ref: '#/components/schemas/Animal' }, { type: object, required: [lives], properties: { lives: { type: integer } } }] }
    Dog: { allOf: [{ $ref: '#/components/schemas/Animal' }] }
    Puppy: { allOf: [{ $ref: '#/components/schemas/Dog' }, { type: object, required: [weeks], properties: { weeks: { type: integer } } }] }
"##;

fn post(server: &MockServer, path: &str, body: &str) -> Reply {
    bare(server, &format!("POST {path}"), "Content-Type: application/json", body.as_bytes())
}

#[test]
fn a_kind_is_checked_as_what_it_says_that_it_is() {
    let server = serve(ANIMALS, "");
    for good in [
        r#"{"kind":"cat","name":"a","lives":9}"#,
        r#"{"kind":"dog","name":"a"}"#,
        r#"{"kind":"Puppy","name":"a","weeks":3}"#,
    ] {
        assert_eq!(post(&server, "/animals", good).status, 204, "{good}");
        let owner = format!(r#"{{"pet":{good}}}"#);
        assert_eq!(post(&server, "/owners", &owner).status, 204, "{owner}");
    }
    for bad in [
        r#"{"kind":"cat","name":"a"}"#,
        r#"{"kind":"cat","name":"a","lives":"many"}"#,
        r#"{"kind":"dog"}"#,
        r#"{"kind":"Puppy","name":"a"}"#,
        r#"{"kind":"cow","name":"a"}"#,
        r#"{"name":"a"}"#,
    ] {
        let reply = post(&server, "/animals", bad);
        assert!((400..500).contains(&reply.status), "{bad}: {reply:?}");
    }
}

#[test]
fn what_is_made_is_one_of_the_kinds() {
    let server = serve(ANIMALS, "");
    for _ in 0..4 {
        let reply = bare(&server, "GET /animals", "Prefer: dynamic=true", b"");
        let animals: Value = serde_json::from_str(&reply.body).expect("JSON");
        for animal in animals.as_array().expect("a list") {
            let kind = animal["kind"].as_str().expect("a kind");
            assert!(["cat", "dog", "Puppy"].contains(&kind), "{animal}");
            assert!(kind != "cat" || animal["lives"].is_i64(), "{animal}");
            assert!(kind != "Puppy" || animal["weeks"].is_i64(), "{animal}");
        }
    }
}
