//! What generated clients send where a document leaves more than one way, found by sending every operation of every
//! document of a corpus to its own mock (`cargo xtask corpus --serve`).

mod common;

use common::{bare, serve};
use lockstep_mock::MockServer;

const DOCUMENT: &str = r##"
openapi: 3.0.3
info: { title: Files, version: '1' }
servers: [{ url: 'https://api.example/v2' }]
paths:
  /upload:
    servers: [{ url: 'https://upload.example/up' }]
    post: { operationId: upload, responses: { '204': { description: Done } } }
  /both:
    get: { operationId: both, security: [{ key: [], bearer: [] }], responses: { '204': { description: Done } } }
  /apart:
    get: { operationId: apart, security: [{ other: [], bearer: [] }], responses: { '204': { description: Done } } }
  /form:
    post:
      operationId: form
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [name, rooms]
              properties:
                name: { type: string }
                rooms: { type: number, nullable: true }
                scan: { type: string, format: byte }
                items: { type: array, items: { type: object, required: [id], properties: { id: { type: integer } } } }
          application/json:
            schema: { type: object, required: [rooms], properties: { rooms: { type: number, nullable: true }, scan: { type: string, format: byte } } }
      responses: { '204': { description: Done } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: Authorization }
    bearer: { type: http, scheme: bearer }
    other: { type: apiKey, in: header, name: X-Key }
"##;

fn status(server: &MockServer, line: &str, head: &str, body: &str) -> u16 {
    bare(server, line, head, body.as_bytes()).status
}

/// A form of parts; each is its head behind the name, and its body.
fn form(server: &MockServer, parts: &[(&str, &str)]) -> u16 {
    let mut body = String::new();
    for (head, text) in parts {
        body.push_str(&format!(
            "--b\r\nContent-Disposition: form-data; name={head}\r\n\r\n{text}\r\n"
        ));
    }
    body.push_str("--b--\r\n");
    status(server, "POST /v2/form", "Content-Type: multipart/form-data; boundary=b", &body)
}

#[test]
fn one_address_is_enough_for_operations_with_servers_of_their_own() {
    let server = serve(DOCUMENT, "");
    for path in ["/v2/upload", "/up/upload", "/upload"] {
        assert_eq!(status(&server, &format!("POST {path}"), "", ""), 204, "{path}");
    }
    // Its own address is not the others'.
    assert_eq!(status(&server, "GET /up/both", "Authorization: Bearer t", ""), 404);
}

#[test]
fn two_credentials_in_one_header_are_one() {
    let server = serve(DOCUMENT, "");
    assert_eq!(status(&server, "GET /v2/both", "Authorization: t", ""), 204);
    assert_eq!(status(&server, "GET /v2/both", "Authorization: Bearer t", ""), 204);
    assert_eq!(status(&server, "GET /v2/both", "", ""), 401);
    assert_eq!(status(&server, "GET /v2/apart", "Authorization: Bearer t", ""), 401);
    assert_eq!(status(&server, "GET /v2/apart", "Authorization: Bearer t\nX-Key: k", ""), 204);
}

#[test]
fn a_form_leaves_out_what_is_null() {
    let server = serve(DOCUMENT, "");
    assert_eq!(form(&server, &[("name", "a")]), 204);
    assert_eq!(form(&server, &[("rooms", "2")]), 422, "a name is not null");
    let json =
        |body: &str| status(&server, "POST /v2/form", "Content-Type: application/json", body);
    assert_eq!((json("{}"), json(r#"{"rooms": null}"#)), (422, 204));
}

#[test]
fn a_list_of_one_object_is_one_part() {
    let server = serve(DOCUMENT, "");
    let item = |text| ("items\r\nContent-Type: application/json", text);
    assert_eq!(form(&server, &[("name", "a"), item(r#"{"id": 1}"#)]), 204);
    assert_eq!(form(&server, &[("name", "a"), item(r#"{"id": 1}"#), item(r#"{"id": 2}"#)]), 204);
    assert_eq!(form(&server, &[("name", "a"), item(r#"[{"id": 1}]"#)]), 204);
    assert_eq!(form(&server, &[("name", "a"), item(r#"{"id": "x"}"#)]), 422);
}

#[test]
fn a_file_need_not_be_base64_where_a_text_does() {
    let server = serve(DOCUMENT, "");
    let file = "scan; filename=\"a.bin\"\r\nContent-Type: application/octet-stream";
    assert_eq!(form(&server, &[("name", "a"), (file, "\u{1}not base64")]), 204);
    let json = |scan: &str| {
        let body = format!(r#"{{"rooms": 1, "scan": "{scan}"}}"#);
        status(&server, "POST /v2/form", "Content-Type: application/json", &body)
    };
    assert_eq!((json("no!"), json("ZmlsZQ==")), (422, 204));
}
