//! One API, written by hand in 2.0 and in 3.0.

use crate::diagnostic::Diagnostics;
use crate::pointer::Pointer;
use crate::read::{Source, prepare};
use crate::{Inputs, Layout, generate};

const OLD: &str = r##"
swagger: '2.0'
info: {title: Shop, version: 1.2.3, description: Sells things}
host: api.shop.example
basePath: /v1/
schemes: [http, https]
consumes: [application/json]
produces: [application/json]
tags: [{name: Orders, description: What was sold}]
securityDefinitions:
  key: {type: apiKey, in: header, name: X-Key}
  login: {type: basic}
  token: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a.example/a', tokenUrl: 'https://a.example/t', scopes: {read: reads}}
security: [{key: []}]
parameters:
  limit: {name: limit, in: query, type: integer, format: int32, minimum: 1, maximum: 100, description: How many}
  order: {name: order, in: body, required: true, description: The order, schema: {$ref: '#/definitions/Order'}}
  note: {name: note, in: formData, type: string}
responses:
  Missing: {description: not there, schema: {$ref: '#/definitions/Problem'}}
paths:
  /orders:
    parameters:
    - {name: X-Trace, in: header, type: string}
    get:
      tags: [Orders]
      operationId: listOrders
      parameters:
      - {$ref: '#/parameters/limit'}
      - {name: states, in: query, type: array, items: {type: string, enum: [open, done]}, collectionFormat: multi}
      - {name: ids, in: query, type: array, items: {type: integer}}
      - {name: piped, in: query, type: array, items: {type: string}, collectionFormat: pipes}
      responses:
        '200':
          description: all
          headers: {X-Total: {type: integer, description: How many there are}}
          schema: {type: array, items: {$ref: '#/definitions/Order'}}
          examples: {application/json: [{id: 1, kind: gift}]}
        '404': {$ref: '#/responses/Missing'}
    post:
      tags: [Orders]
      operationId: createOrder
      parameters: [{$ref: '#/parameters/order'}]
      security: [{login: []}, {token: [read]}]
      responses:
        '201': {description: made, schema: {$ref: '#/definitions/Order'}}
        default: {description: failed, schema: {$ref: '#/definitions/Problem'}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, type: integer, format: int64}]
    put:
      tags: [Orders]
      operationId: replaceOrder
      consumes: [application/merge-patch+json]
      parameters: [{$ref: '#/parameters/order'}]
      responses: {'204': {description: done}}
    delete:
      tags: [Orders]
      operationId: deleteOrder
      schemes: [http]
      responses: {'204': {description: gone}, '404': {$ref: '#/responses/Missing'}}
  /orders/{id}/label:
    parameters: [{name: id, in: path, required: true, type: integer, format: int64}]
    get:
      tags: [Orders]
      operationId: getLabel
      produces: [application/pdf]
      responses: {'200': {description: the label, schema: {type: file}}}
    post:
      tags: [Orders]
      operationId: setLabel
      consumes: [multipart/form-data]
      parameters:
      - {name: picture, in: formData, type: file, required: true, description: The picture}
      - {$ref: '#/parameters/note'}
      responses: {'200': {description: ok, schema: {$ref: '#/paths/~1orders/get/responses/200/schema'}}}
  /login:
    post:
      tags: [Session]
      operationId: login
      consumes: [application/x-www-form-urlencoded]
      parameters:
      - {name: user, in: formData, type: string, required: true}
      - {name: roles, in: formData, type: array, items: {type: string}, collectionFormat: multi}
      responses: {'200': {description: ok}}
definitions:
  Order:
    type: object
    required: [id, kind]
    discriminator: kind
    properties:
      id: {type: integer, format: int64, readOnly: true}
      kind: {type: string}
      note: {type: string, x-nullable: true}
  gift:
    allOf:
    - {$ref: '#/definitions/Order'}
    - {type: object, properties: {card: {type: string}}}
  Problem: {type: object, properties: {code: {type: integer}, message: {type: string}}}
"##;

const NEW: &str = r##"
openapi: 3.0.3
info: {title: Shop, version: 1.2.3, description: Sells things}
servers: [{url: 'https://api.shop.example/v1'}, {url: 'http://api.shop.example/v1'}]
tags: [{name: Orders, description: What was sold}]
security: [{key: []}]
paths:
  /orders:
    parameters:
    - {name: X-Trace, in: header, schema: {type: string}}
    get:
      tags: [Orders]
      operationId: listOrders
      parameters:
      - {$ref: '#/components/parameters/limit'}
      - {name: states, in: query, style: form, explode: true, schema: {type: array, items: {type: string, enum: [open, done]}}}
      - {name: ids, in: query, style: form, explode: false, schema: {type: array, items: {type: integer}}}
      - {name: piped, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}}
      responses:
        '200':
          description: all
          headers: {X-Total: {description: How many there are, schema: {type: integer}}}
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Order'}}
              example: [{id: 1, kind: gift}]
        '404': {$ref: '#/components/responses/Missing'}
    post:
      tags: [Orders]
      operationId: createOrder
      requestBody: {$ref: '#/components/requestBodies/order'}
      security: [{login: []}, {token: [read]}]
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
        default: {description: failed, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, format: int64}}]
    put:
      tags: [Orders]
      operationId: replaceOrder
      requestBody: {description: The order, required: true, content: {application/merge-patch+json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {'204': {description: done}}
    delete:
      tags: [Orders]
      operationId: deleteOrder
      servers: [{url: 'http://api.shop.example/v1'}]
      responses: {'204': {description: gone}, '404': {$ref: '#/components/responses/Missing'}}
  /orders/{id}/label:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, format: int64}}]
    get:
      tags: [Orders]
      operationId: getLabel
      responses: {'200': {description: the label, content: {application/pdf: {schema: {type: string, format: binary}}}}}
    post:
      tags: [Orders]
      operationId: setLabel
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [picture]
              properties:
                picture: {type: string, format: binary, description: The picture}
                note: {type: string}
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/paths/~1orders/get/responses/200/content/application~1json/schema'}}}}}
  /login:
    post:
      tags: [Session]
      operationId: login
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [user]
              properties:
                user: {type: string}
                roles: {type: array, items: {type: string}}
            encoding: {roles: {style: form, explode: true}}
      responses: {'200': {description: ok}}
components:
  schemas:
    Order:
      type: object
      required: [id, kind]
      discriminator: {propertyName: kind}
      properties:
        id: {type: integer, format: int64, readOnly: true}
        kind: {type: string}
        note: {type: string, nullable: true}
    gift:
      allOf:
      - {$ref: '#/components/schemas/Order'}
      - {type: object, properties: {card: {type: string}}}
    Problem: {type: object, properties: {code: {type: integer}, message: {type: string}}}
  responses:
    Missing: {description: not there, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  parameters:
    limit: {name: limit, in: query, description: How many, schema: {type: integer, format: int32, minimum: 1, maximum: 100}}
  requestBodies:
    order: {description: The order, required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    login: {type: http, scheme: basic}
    token: {type: oauth2, flows: {authorizationCode: {authorizationUrl: 'https://a.example/a', tokenUrl: 'https://a.example/t', scopes: {read: reads}}}}
"##;

fn client(text: &str) -> (Vec<(String, String)>, Vec<String>) {
    let layout = Layout::Standalone { name: "shop".into(), runtime: "../runtime".into() };
    let mut diagnostics = Diagnostics::new();
    let output = generate(&Inputs::new(Source { path: "a.yaml", text }, layout), &mut diagnostics);
    let told: Vec<String> =
        diagnostics.iter().map(|it| it.code.to_owned() + ": " + &it.message).collect();
    let output = output.unwrap_or_else(|| panic!("{told:#?}"));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.files.into_iter().map(|file| (file.path, text(file.contents))).collect(), told)
}

#[test]
fn both_versions_give_one_client() {
    let (old, told) = client(OLD);
    let (new, also_told) = client(NEW);
    assert_eq!(told, also_told);
    assert_eq!(old.len(), new.len());
    for (one, other) in old.iter().zip(&new) {
        assert_eq!(one.0, other.0);
        let lines = one.1.lines().zip(other.1.lines()).enumerate();
        let unlike = lines.into_iter().find(|(_, (one, other))| one != other);
        assert_eq!((unlike, one.1.len()), (None, other.1.len()), "{}", one.0);
    }
}

#[test]
fn every_node_knows_where_it_was_written() {
    let mut diagnostics = Diagnostics::new();
    let document =
        prepare(&Source { path: "a.yaml", text: OLD }, None, &mut diagnostics).expect("a document");
    let line = |text: &str, from: usize| {
        let found = OLD.lines().enumerate().skip(from).find(|(_, line)| line.contains(text));
        found.map(|(index, _)| index + 1).expect(text)
    };
    let paths = line("paths:", 0);
    for (pointer, expected) in [
        ("/components/schemas/Order/properties/note", line("      note: {type", 0)),
        ("/components/parameters/limit/schema/maximum", line("  limit:", 0)),
        ("/components/requestBodies/order/content/application~1json/schema", line("  order:", 0)),
        ("/components/responses/Missing/content/application~1json/schema", line("  Missing:", 0)),
        ("/components/securitySchemes/token/flows/authorizationCode/tokenUrl", line("  token:", 0)),
        ("/paths/~1orders/get/parameters/1/schema/items/enum", line("name: states", paths)),
        (
            "/paths/~1orders/get/responses/200/content/application~1json/example/0/kind",
            line("examples:", paths),
        ),
        ("/paths/~1orders/get/responses/200/headers/X-Total/schema", line("X-Total", paths)),
        (
            "/paths/~1orders~1{id}/put/requestBody/content/application~1merge-patch+json/schema",
            line("  order:", 0),
        ),
        (
            "/paths/~1orders~1{id}~1label/post/requestBody/content/multipart~1form-data/schema/properties/picture",
            line("name: picture", paths),
        ),
        (
            "/paths/~1orders~1{id}~1label/post/requestBody/content/multipart~1form-data/schema/properties/note",
            line("  note: {name", 0),
        ),
        ("/servers/0", line("host:", 0)),
    ] {
        let place = document.locate(&Pointer::parse(pointer).expect("a pointer")).to_string();
        assert!(
            place.starts_with(&format!("a.yaml:{expected}:")),
            "{pointer}: {place}, not {expected}"
        );
    }
}

#[test]
fn nothing_of_it_has_to_be_well_formed() {
    for rest in [
        "paths: {/a: {get: {parameters: {x: 1}, responses: 3, consumes: x}}}",
        "paths: {/a: {get: {parameters: [{in: body}, {in: body, schema: 1}, {in: formData}, 7, {$ref: '#/parameters/a'}], responses: {'200': {schema: [], examples: [], headers: 1}}}}}\nparameters: {a: {$ref: '#/parameters/a'}, b: 1}",
        "paths: {}\ndefinitions: []\nresponses: 1\nparameters: x\nsecurityDefinitions: [1]\nhost: 1\nschemes: {}",
        "paths: []\nsecurityDefinitions: {a: {type: oauth2}, b: 1}",
    ] {
        let text = format!("swagger: '2.0'\n{rest}\n");
        prepare(&Source { path: "a.yaml", text: &text }, None, &mut Diagnostics::new());
    }
}

#[test]
fn what_nobody_names_is_meant_as_usual() {
    let text = "swagger: 2.0\nhost: a.example\npaths:\n  /a:\n    post:\n      parameters: [{name: b, in: body, schema: {type: object}}]\n      responses:\n        '200': {description: ok, schema: {type: object}}\n        '201': {description: ok, schema: {type: file}}\n        '202': {description: ok, examples: {application/json: {a: 1}}}\n";
    let document = prepare(&Source { path: "a.yaml", text }, None, &mut Diagnostics::new())
        .expect("a document");
    let post = &document.value["paths"]["/a"]["post"];
    assert_eq!(document.value["servers"][0]["url"], "https://a.example");
    assert!(post["requestBody"]["content"]["application/json"]["schema"].is_object());
    assert!(post["responses"]["200"]["content"]["application/json"]["schema"].is_object());
    assert_eq!(
        post["responses"]["201"]["content"]["application/octet-stream"]["schema"]["format"],
        "binary"
    );
    assert_eq!(post["responses"]["202"]["content"]["application/json"]["example"]["a"], 1);
}
