//! `--state`: what is created can be fetched, listed, changed and deleted.

mod common;

use common::{bare, serve};
use lockstep_mock::MockServer;
use serde_json::{Value, json};

/// Pets by number at the root of replies; orders of a user by UUID, in an envelope and in pages; and what keeps nothing.
const DOCUMENT: &str = r##"
openapi: 3.0.3
info: { title: Shop, version: '1' }
servers: [{ url: 'https://api.example/v1' }]
paths:
  /pets:
    get: { operationId: listPets, responses: { '200': { description: All, content: { application/json: { example: [{ id: 7, name: Rex }], schema: { type: array, items: { $ref: '#/components/schemas/Pet' } } } } } } }
    post:
      operationId: createPet
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } }, application/x-www-form-urlencoded: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses: { '201': { description: Made, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
  /pets/{petId}:
    parameters: [{ name: petId, in: path, required: true, schema: { type: integer } }]
    get: { operationId: getPet, responses: { '200': { description: One, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }, '404': { description: None, content: { application/json: { example: { error: no such pet } } } } } }
    put: { operationId: putPet, requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }, responses: { '200': { description: One, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } } }
    patch: { operationId: patchPet, requestBody: { required: true, content: { application/merge-patch+json: { schema: { type: object } } } }, responses: { '204': { description: Done } } }
    delete: { operationId: deletePet, responses: { '204': { description: Done } } }
  /users/{user}/orders:
    parameters: [{ name: user, in: path, required: true, schema: { type: string } }]
    get:
      operationId: listOrders
      parameters: [{ name: limit, in: query, schema: { type: integer } }, { name: offset, in: query, schema: { type: integer } }]
      responses: { '200': { description: All, content: { application/json: { example: { data: [{ order_id: 0f8fad5b-d9cb-469f-a165-70867728950e, total: 1 }], hasMore: true }, schema: { type: object, properties: { data: { type: array, items: { type: object, properties: { order_id: { type: string }, total: { type: integer } } } }, hasMore: { type: boolean } } } } } } }
    post: { operationId: createOrder, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { '200': { description: Made, content: { application/json: { example: { data: { order_id: 0f8fad5b-d9cb-469f-a165-70867728950e, total: 1 } } } } } } }
  /users/{user}/orders/{orderId}:
    parameters: [{ name: user, in: path, required: true, schema: { type: string } }, { name: orderId, in: path, required: true, schema: { type: string } }]
    get: { operationId: getOrder, responses: { '200': { description: One, content: { application/json: { example: { data: { order_id: 0f8fad5b-d9cb-469f-a165-70867728950e, total: 1 } } } } } } }
  /news/{id}:
    get: { operationId: news, parameters: [{ name: id, in: path, required: true, schema: { type: string } }], responses: { '200': { description: One, content: { application/json: { example: { id: a } } } } } }
components:
  schemas:
    Pet:
      type: object
      required: [id, name, secret, born]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, maxLength: 9 }
        tag: { type: string }
        secret: { type: string, writeOnly: true }
        born: { type: string, readOnly: true, format: date, example: '2020-02-02' }
"##;

/// How orders are walked.
const CHOICES: &str = "
paging:
- { operation: 'GET /users/{user}/orders', form: offset, param: offset, limit_param: limit, items: /data, more: /hasMore }
";

fn started() -> MockServer {
    let server = serve(DOCUMENT, CHOICES);
    server.configure(|settings| settings.state = true);
    server
}

const JSON: &str = "Content-Type: application/json";

fn ask(server: &MockServer, line: &str, body: &str) -> (u16, Value) {
    let media =
        if line.starts_with("PATCH") { "Content-Type: application/merge-patch+json" } else { JSON };
    let reply = bare(server, line, media, body.as_bytes());
    (reply.status, serde_json::from_str(&reply.body).unwrap_or(Value::Null))
}

#[test]
fn a_pet_lives_and_dies() {
    let server = started();
    let reply =
        bare(&server, "POST /v1/pets", JSON, br#"{"name": "Mia", "secret": "s", "tag": "x"}"#);
    let made: Value = serde_json::from_str(&reply.body).expect("JSON");
    assert_eq!((reply.status, &made["id"], &made["name"]), (201, &json!(8), &json!("Mia")));
    assert!(reply.head.contains("location: /v1/pets/8"), "{}", reply.head);
    assert!(made["born"].is_string() && made.get("secret").is_none(), "{made}");

    assert_eq!(ask(&server, "GET /v1/pets/8", ""), (200, made.clone()));
    let (_, list) = ask(&server, "GET /v1/pets", "");
    assert_eq!(
        (list.as_array().map(Vec::len), &list[0]["name"], &list[1]),
        (Some(2), &json!("Rex"), &made)
    );

    assert_eq!(
        ask(&server, "PATCH /v1/pets/8", r#"{"name": "Mim", "tag": null, "id": 99}"#).0,
        204
    );
    let (_, changed) = ask(&server, "GET /pets/8", "");
    assert_eq!(
        (&changed["name"], changed.get("tag"), &changed["id"]),
        (&json!("Mim"), None, &json!(8))
    );
    let (status, put) = ask(&server, "PUT /v1/pets/8", r#"{"name": "Bo", "secret": "t"}"#);
    assert_eq!((status, &put["name"], &put["id"]), (200, &json!("Bo"), &json!(8)));

    assert_eq!(ask(&server, "DELETE /v1/pets/8", "").0, 204);
    // What is not there is told as the document tells it.
    assert_eq!(ask(&server, "GET /v1/pets/8", ""), (404, json!({"error": "no such pet"})));
    for line in ["DELETE /v1/pets/8", "PATCH /v1/pets/8"] {
        assert_eq!(ask(&server, line, "{}").0, 404, "{line}");
    }
    assert_eq!(ask(&server, "GET /v1/pets", "").1.as_array().map(Vec::len), Some(1));
}

#[test]
fn the_checks_stay_and_refused_requests_leave_nothing() {
    let server = started();
    for body in [r#"{"name": "far too long a name", "secret": "s"}"#, r#"{"name": "a"}"#, "{"] {
        assert!(matches!(ask(&server, "POST /v1/pets", body).0, 400 | 422), "{body}");
    }
    assert_eq!(ask(&server, "GET /v1/pets/8", "").0, 404);
    let form = "Content-Type: application/x-www-form-urlencoded";
    assert_eq!(bare(&server, "POST /v1/pets", form, b"name=Mia&secret=s").status, 201);
    assert_eq!(ask(&server, "GET /v1/pets/8", "").1["name"], "Mia");
    // Whoever asks for a status or an example gets that.
    let reply = bare(&server, "GET /v1/pets/12", "Prefer: code=200", b"");
    assert_eq!(reply.status, 200);
}

#[test]
fn every_user_has_orders_of_their_own_in_pages() {
    let server = started();
    let mut ids = Vec::new();
    for total in 0..5 {
        let (status, made) =
            ask(&server, "POST /v1/users/ada/orders", &json!({"total": total}).to_string());
        let id = made["data"]["order_id"].as_str().expect("an id").to_owned();
        assert_eq!((status, &made["data"]["total"], id.len()), (200, &json!(total), 36));
        ids.push(id);
    }
    let (_, one) = ask(&server, &format!("GET /v1/users/ada/orders/{}", ids[3]), "");
    assert_eq!(one["data"], json!({"order_id": ids[3], "total": 3}));
    assert_eq!(ask(&server, &format!("GET /v1/users/bob/orders/{}", ids[3]), "").0, 404);
    // The document's own order is there from the start.
    let (_, first) = ask(&server, "GET /v1/users/ada/orders?limit=4&offset=0", "");
    let (_, last) = ask(&server, "GET /v1/users/ada/orders?limit=4&offset=4", "");
    let totals = |page: &Value| -> Vec<Value> {
        page["data"].as_array().into_iter().flatten().map(|own| own["total"].clone()).collect()
    };
    assert_eq!(
        (totals(&first), &first["hasMore"]),
        (vec![json!(1), json!(0), json!(1), json!(2)], &json!(true))
    );
    assert_eq!((totals(&last), &last["hasMore"]), (vec![json!(3), json!(4)], &json!(false)));
    assert_eq!(totals(&ask(&server, "GET /v1/users/bob/orders", "").1), [json!(1)]);
}

#[test]
fn it_is_off_unless_asked_for_and_forgets_when_told() {
    let server = serve(DOCUMENT, "");
    let body = r#"{"name": "Mia", "secret": "s"}"#;
    assert_eq!(ask(&server, "POST /v1/pets", body).0, 201);
    assert_eq!(ask(&server, "GET /v1/pets", "").1.as_array().map(Vec::len), Some(1));
    server.configure(|settings| settings.state = true);
    assert_eq!(ask(&server, "POST /v1/pets", body).0, 201);
    assert_eq!(ask(&server, "GET /_mock/state", "").1, json!({"/pets": 2}));
    assert_eq!(ask(&server, "DELETE /_mock/state", "").0, 204);
    assert_eq!(ask(&server, "GET /v1/pets", "").1.as_array().map(Vec::len), Some(1));
    assert_eq!(ask(&server, "GET /v1/news/b", "").1, json!({"id": "a"}), "nothing changes there");
}
