//! Other people's documents: what they declare is what a caller gets.

mod common;

use common::{Reply, bare, serve};
use lockstep_mock::MockServer;
use serde_json::{Value, json};

fn parsed(reply: &Reply) -> Value {
    serde_json::from_str(&reply.body).unwrap_or_else(|error| panic!("{error}: {reply:?}"))
}

fn has(reply: &Reply, line: &str) -> bool {
    reply.head.lines().any(|own| own.eq_ignore_ascii_case(line))
}

fn post(server: &MockServer, path: &str, media: &str, body: &str) -> Reply {
    bare(server, &format!("POST {path}"), &format!("Content-Type: {media}"), body.as_bytes())
}

const LIBRARY: &str = r##"
openapi: 3.0.3
info: {title: Library, version: "1"}
servers: [{url: "https://library.example/v2"}]
security: []
paths:
  /members:
    post:
      operationId: addMember
      security: [{login: []}]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Member'}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Member'}}}}
        "400": {description: bad, content: {application/problem+json: {schema: {$ref: '#/components/schemas/Fault'}, example: {title: Not so, code: E7}}}}
        "401": {description: who, content: {application/problem+json: {schema: {$ref: '#/components/schemas/Fault'}}}}
  /loans:
    post:
      operationId: addLoan
      requestBody:
        required: true
        content:
          application/json:
            schema:
              allOf:
                - $ref: '#/components/schemas/Stamped'
                - {required: [stamp, book], properties: {book: {type: integer}}}
      responses:
        "200": {description: ok}
        4XX: {description: any, content: {application/vnd.fault+json: {schema: {type: object, required: [message, n], properties: {message: {type: string}, n: {type: integer, minimum: 4}}}}}}
  /plain:
    post:
      operationId: plain
      requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: integer}}}}}}
      responses:
        "200": {description: ok}
  /key:
    get:
      operationId: key
      security: [{key: []}, {digest: []}, {odd: []}]
      responses: {"200": {description: ok}}
components:
  securitySchemes:
    login: {type: http, scheme: basic}
    digest: {type: http, scheme: digest}
    key: {type: apiKey, in: query, name: k}
    odd: {type: telepathy}
  schemas:
    Stamped: {type: object, properties: {stamp: {$ref: '#/components/schemas/Stamp'}}}
    Stamp: {type: string, readOnly: true}
    Fault: {type: object, required: [title, code], properties: {title: {type: string}, code: {type: string, enum: [E1, E7]}, detail: {type: string}}}
    Member:
      type: object
      required: [id, name, secret]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, minLength: 2}
        secret: {type: string, writeOnly: true}
        note: {type: string, nullable: true, writeOnly: true}
"##;

const LOGIN: &str = "Authorization: Basic YTpi\nContent-Type: application/json";

#[test]
fn what_travels_one_way_is_demanded_that_way_only() {
    let server = serve(LIBRARY, "");
    let send = |body: &str| bare(&server, "POST /v2/members", LOGIN, body.as_bytes());
    assert_eq!(send(r#"{"name": "Ada", "secret": "s"}"#).status, 201);
    assert_eq!(send(r#"{"id": 1, "name": "Ada", "secret": "s"}"#).status, 201);
    assert_eq!(send(r#"{"id": 1, "name": "Ada"}"#).status, 400, "a secret is demanded");
    // Demanded in one part, and told of by a reference in another.
    assert_eq!(post(&server, "/v2/loans", "application/json", r#"{"book": 1}"#).status, 200);
    assert_eq!(post(&server, "/v2/loans", "application/json", r#"{"stamp": "x"}"#).status, 422);
    for prefer in ["", "\nPrefer: dynamic=true", "\nPrefer: dynamic=true, seed=3"] {
        let reply = bare(
            &server,
            "POST /v2/members",
            &format!("{LOGIN}{prefer}"),
            br#"{"name": "Ada", "secret": "s"}"#,
        );
        let member = parsed(&reply);
        assert!(member["id"].is_i64() && member["name"].is_string(), "{member}");
        assert!(member.get("secret").is_none() && member.get("note").is_none(), "{member}");
    }
}

#[test]
fn refusals_are_what_the_operation_declares() {
    let server = serve(LIBRARY, "");
    let reply = bare(&server, "POST /v2/members", LOGIN, b"{}");
    assert_eq!((reply.status, parsed(&reply)), (400, json!({"title": "Not so", "code": "E7"})));
    assert!(has(&reply, "content-type: application/problem+json"), "{}", reply.head);
    assert!(reply.head.contains("mock-reason: The name field is required."), "{}", reply.head);
    let reply = bare(&server, "POST /v2/members", "Content-Type: application/json", b"{}");
    assert_eq!(reply.status, 401);
    assert!(has(&reply, "www-authenticate: Basic realm=\"Library\""), "{}", reply.head);
    let body = parsed(&reply);
    assert_eq!(body["title"], "Unauthorized");
    assert!(["E1", "E7"].iter().any(|code| body["code"] == *code), "{body}");
    // A hundred of them, with a schema that has a place for the reason.
    let reply = post(&server, "/v2/loans", "application/json", r#"{"book": "x"}"#);
    let body = parsed(&reply);
    assert_eq!(
        (reply.status, &body["message"]),
        (422, &json!("The book field must be an integer."))
    );
    assert!(body["n"].as_i64().is_some_and(|n| n >= 4), "{body}");
    assert!(has(&reply, "content-type: application/vnd.fault+json"));
}

#[test]
fn where_nothing_is_declared_refusals_are_problem_details() {
    let server = serve(LIBRARY, "");
    let reply = post(&server, "/v2/plain", "application/json", r#"{"a": "x"}"#);
    assert!(has(&reply, "content-type: application/problem+json"), "{}", reply.head);
    let body = parsed(&reply);
    assert_eq!((reply.status, &body["status"]), (422, &json!(422)));
    assert_eq!(
        body["errors"],
        json!([{"field": "a", "detail": "The a field must be an integer."}])
    );
    for (line, status) in [("GET /v2/nowhere", 404), ("DELETE /v2/plain", 405)] {
        let reply = bare(&server, line, "", b"");
        assert_eq!((reply.status, &parsed(&reply)["status"]), (status, &json!(status)), "{line}");
    }
    let reply = bare(&server, "GET /v2/key", "", b"");
    assert_eq!(reply.status, 401);
    assert!(has(&reply, "www-authenticate: ApiKey realm=\"Library\", in=\"query\", name=\"k\""));
    assert!(has(&reply, "www-authenticate: Digest realm=\"Library\""), "{}", reply.head);
    assert_eq!(bare(&server, "GET /v2/key", "Authorization: Bearer x", b"").status, 401);
    assert_eq!(bare(&server, "GET /v2/key?k=x", "", b"").status, 200);
}

#[test]
fn upstream_s_own_form_is_a_choice() {
    let server = serve(LIBRARY, "mock: {refusals: laravel}");
    let reply = bare(&server, "POST /v2/members", LOGIN, br#"{"name": "Ada"}"#);
    assert_eq!(
        (reply.status, parsed(&reply)),
        (
            422,
            json!({"message": "The secret field is required.", "errors": {"secret": ["The secret field is required."]}})
        )
    );
}

const REPORTS: &str = r##"
openapi: 3.0.3
info: {title: Reports, version: "1"}
paths:
  /report:
    get:
      operationId: report
      responses:
        "200":
          description: ok
          headers:
            X-Total: {schema: {type: integer, example: 7}}
            X-Made: {required: true, schema: {type: string, minLength: 3}}
            X-Usual: {schema: {type: string, default: usual}}
            X-Listed: {schema: {type: array, items: {type: string}}, example: [a, b]}
            Content-Length: {schema: {type: integer}, example: 3}
          content:
            text/csv: {schema: {type: string}, examples: {one: {value: "a,b\n1,2\n"}, other: {value: "x\n"}}}
            application/json: {schema: {type: object}, example: {a: 1}}
            application/xml: {schema: {type: object, required: [a], properties: {a: {type: integer, minimum: 3, maximum: 3}}}}
        "404": {description: none, content: {application/json: {examples: {gone: {value: {k: gone}}, never: {value: {k: never}}}}}}
  /picture:
    get:
      operationId: picture
      responses: {"200": {description: ok, content: {image/png: {schema: {type: string, format: binary}}, image/*: {schema: {type: string, format: binary}}}}}
"##;

#[test]
fn the_caller_gets_the_type_that_it_wants_most() {
    let server = serve(REPORTS, "");
    let get = |accept: &str| bare(&server, "GET /report", accept, b"");
    for (accept, media, body) in [
        ("", "application/json", "\"a\": 1"),
        ("Accept: text/csv", "text/csv", "a,b\n1,2\n"),
        ("Accept: application/json;q=0.2, TEXT/*;q=0.4", "text/csv", "a,b"),
        ("Accept: application/json;q=0.2\nAccept: application/xml", "application/xml", "<a>3</a>"),
        ("Accept: text/html, */*;q=0.1", "application/json", "\"a\": 1"),
        ("Accept: image/png\nPrefer: code=404", "application/json", "gone"),
        ("Prefer: example=other", "text/csv", "x\n"),
        ("Accept: text/csv\nPrefer: dynamic=true", "text/csv", ""),
    ] {
        let reply = get(accept);
        assert!(has(&reply, &format!("content-type: {media}")), "{accept}: {}", reply.head);
        assert!(reply.body.contains(body), "{accept}: {}", reply.body);
    }
    let reply = get("Accept: image/png, application/json;q=0");
    assert_eq!(reply.status, 406);
    let detail = parsed(&reply)["detail"].as_str().unwrap_or_default().to_owned();
    for media in ["application/json", "text/csv", "application/xml"] {
        assert!(detail.contains(media), "{detail}");
    }
}

#[test]
fn declared_headers_and_pictures_come() {
    let server = serve(REPORTS, "");
    let reply = bare(&server, "GET /report", "", b"");
    for line in ["x-total: 7", "x-usual: usual", "x-listed: a,b"] {
        assert!(has(&reply, line), "{line}: {}", reply.head);
    }
    assert!(reply.head.to_lowercase().contains("x-made: "), "{}", reply.head);
    assert!(!has(&reply, "content-length: 3"));
    let picture = bare(&server, "GET /picture", "", b"");
    assert!(picture.body.starts_with("\u{fffd}PNG\r\n"), "{:?}", picture.body);
    let other = bare(&server, "GET /picture", "Accept: image/gif", b"");
    assert!(other.body.starts_with("GIF8") && has(&other, "content-type: image/gif"), "{other:?}");
}

#[test]
fn an_example_that_is_not_there_is_not_replaced_by_another() {
    let server = serve(REPORTS, "");
    let get = |prefer: &str| bare(&server, "GET /report", &format!("Prefer: {prefer}"), b"");
    assert!(get("code=404, example=never").body.contains("never"));
    let reply = get("code=404, example=nonesuch");
    assert_eq!(reply.status, 404);
    assert!(!reply.body.contains("\"k\""), "{}", reply.body);
    assert!(reply.body.contains("gone, never"), "{}", reply.body);
}

const FORMS: &str = r##"
openapi: 3.0.3
info: {title: Forms, version: "1"}
paths:
  /patch:
    patch:
      operationId: patch
      requestBody:
        content:
          application/merge-patch+json: {schema: {type: object, properties: {name: {type: string}}}}
          application/json-patch+json: {schema: {type: array, items: {type: object, required: [op]}}}
          application/*: {schema: {type: integer}}
      responses: {"200": {description: ok}}
  /upload:
    post:
      operationId: upload
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [meta, file]
              properties:
                meta: {type: object, required: [n], properties: {n: {type: integer}}}
                file: {type: string, format: binary, maxLength: 4}
                files: {type: array, items: {type: string, format: binary}}
                list: {type: array, items: {type: object, properties: {n: {type: integer}}}}
            encoding: {meta: {contentType: application/json}}
      responses: {"200": {description: ok}}
  /query:
    get:
      operationId: query
      parameters:
        - {name: flag, in: query, allowEmptyValue: true, schema: {type: boolean}}
        - {name: strict, in: query, schema: {type: boolean}}
        - {name: n, in: query, schema: {type: integer, format: int32}}
        - {name: long, in: query, schema: {type: integer, format: int64}}
        - {name: when, in: query, schema: {type: string, format: date-time}}
        - {name: day, in: query, schema: {type: string, format: date}}
        - {name: bytes, in: query, schema: {type: string, format: byte}}
        - {name: text, in: query, schema: {type: string}}
      responses: {"200": {description: ok}}
  /body:
    post:
      operationId: body
      requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: integer}}}}}}
      responses: {"200": {description: ok}}
"##;

#[test]
fn a_body_is_checked_as_what_it_was_sent_as() {
    let server = serve(FORMS, "");
    let patch = |media: &str, body: &str| {
        bare(&server, "PATCH /patch", &format!("Content-Type: {media}"), body.as_bytes()).status
    };
    assert_eq!(patch("application/json-patch+json", r#"[{"op": "add"}]"#), 200);
    assert_eq!(patch("application/json-patch+json", "{}"), 422);
    assert_eq!(patch("application/merge-patch+json; charset=utf-8", r#"{"name": "x"}"#), 200);
    assert_eq!(patch("application/merge-patch+json", "[]"), 422);
    assert_eq!(patch("application/json", "7"), 200);
    assert_eq!(patch("text/plain", "7"), 415);
}

#[test]
fn json_files_are_files_and_json_parts_are_json() {
    let server = serve(FORMS, "");
    let part = |name: &str, more: &str, body: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{body}\r\n")
    };
    let json = "\r\nContent-Type: application/json";
    let file = "; filename=\"x.json\"\r\nContent-Type: application/json";
    let upload = |parts: &[String]| {
        let body = format!("{}--b--\r\n", parts.concat());
        post(&server, "/upload", "multipart/form-data; boundary=b", &body).status
    };
    let meta = part("meta", json, r#"{"n": 1}"#);
    for body in [r#"{"x": 1}"#, "no JSON at all", ""] {
        assert_eq!(upload(&[meta.clone(), part("file", file, body)]), 200, "{body}");
    }
    let own = part("file", file, "{}");
    let files = part("files", file, "{}");
    assert_eq!(upload(&[meta.clone(), own.clone(), files.clone(), files]), 200);
    assert_eq!(upload(&[part("meta", file, r#"{"n": 1}"#), own.clone()]), 200);
    assert_eq!(upload(&[part("meta", file, r#"{"n": "x"}"#), own.clone()]), 422);
    assert_eq!(upload(&[part("meta", "", r#"{"n": 1}"#), own.clone()]), 200);
    assert_eq!(upload(&[part("meta", json, r#"{"n": "x"}"#), own.clone()]), 422);
    assert_eq!(upload(&[part("meta", json, "{"), own.clone()]), 400);
    let list = part("list", json, r#"[{"n": 1}, {"n": 2}]"#);
    assert_eq!(upload(&[meta.clone(), own.clone(), list]), 200);
    assert_eq!(upload(&[meta, own, part("list", "", r#"[{"n": "x"}]"#)]), 422);
}

#[test]
fn formats_are_those_of_the_document() {
    let server = serve(FORMS, "");
    let get = |server: &MockServer, query: &str| {
        bare(server, &format!("GET /query?{query}"), "", b"").status
    };
    for good in [
        "flag=",
        "flag",
        "flag=true",
        "n=2147483647",
        "n=-2147483648",
        "long=9223372036854775807",
        "when=2025-01-31T10:00:00Z",
        "day=2024-02-29",
        "bytes=AAAA",
        "bytes=QQ%3D%3D",
        "unknown=%zz",
        "%ff=1",
        "text=%F0%9F%A6%8A",
    ] {
        assert_eq!(get(&server, good), 200, "{good}");
    }
    for bad in [
        "flag=x",
        "strict=",
        "n=2147483648",
        "n=-2147483649",
        "long=9223372036854775808",
        "when=2025-01-31T10:00:00",
        "when=2025-01-31+10:00:00",
        "when=2025-02-31T10:00:00Z",
        "day=2025-02-31",
        "bytes=AAA",
        "bytes=*",
    ] {
        assert_eq!(get(&server, bad), 422, "{bad}");
    }
    assert_eq!(get(&server, "text=%zz"), 400);
    let spaced = serve(FORMS, "mock: {timestamps: spaced}");
    assert_eq!(get(&spaced, "when=2025-01-31+10:00:00"), 200);
    assert_eq!(get(&spaced, "when=yesterday"), 422);
}

#[test]
fn compressed_bodies_are_read_within_their_limit() {
    use std::io::Write as _;
    let server = serve(FORMS, "");
    let gzip = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    };
    let send = |encoding: &str, body: &[u8]| {
        let head = format!("Content-Type: application/json\nContent-Encoding: {encoding}");
        bare(&server, "POST /body", &head, body)
    };
    assert_eq!(send("gzip", &gzip(br#"{"a": 1}"#)).status, 200);
    assert_eq!(send("GZIP", &gzip(br#"{"a": "x"}"#)).status, 422);
    assert_eq!(send("gzip, gzip", &gzip(&gzip(br#"{"a": 1}"#))).status, 200);
    assert_eq!(send("identity", br#"{"a": 1}"#).status, 200);
    assert_eq!(send("gzip", br#"{"a": 1}"#).status, 400);
    let reply = send("br", b"x");
    assert!(
        reply.status == 415
            && reply.body.contains("br")
            && has(&reply, "accept-encoding: gzip, deflate"),
        "{reply:?}"
    );
    let bomb = gzip(&vec![b' '; 9 << 20]);
    assert!(bomb.len() < 100_000);
    assert_eq!(send("gzip", &bomb).status, 413);
}

#[test]
fn pages_of_other_origins_may_ask_the_api_and_nothing_else() {
    let server = serve(FORMS, "");
    let page = "Origin: http://app.example:3000";
    let ask = format!(
        "{page}\nAccess-Control-Request-Method: PATCH\nAccess-Control-Request-Headers: content-type, x-a"
    );
    for path in ["/patch", "/nowhere"] {
        let reply = bare(&server, &format!("OPTIONS {path}"), &ask, b"");
        assert_eq!(reply.status, 204, "{path}");
        for line in [
            "access-control-allow-origin: http://app.example:3000",
            "access-control-allow-methods: PATCH",
            "access-control-allow-headers: content-type, x-a",
            "access-control-allow-credentials: true",
        ] {
            assert!(has(&reply, line), "{path} {line}: {}", reply.head);
        }
    }
    assert!(server.requests().is_empty(), "a preflight is no request of the test");
    for (line, status) in [("GET /query", 200), ("GET /query?n=x", 422), ("GET /nowhere", 404)] {
        let reply = bare(&server, line, page, b"");
        assert_eq!(reply.status, status);
        assert!(
            has(&reply, "access-control-allow-origin: http://app.example:3000"),
            "{}",
            reply.head
        );
    }
    let reply = bare(&server, "GET /nowhere", page, b"");
    let exposed = reply.head.lines().find(|line| line.starts_with("access-control-expose-headers"));
    assert!(exposed.is_some_and(|line| line.contains("mock-reason")), "{}", reply.head);
    for path in ["/", "/_mock", "/_mock/settings", "/_mock/requests"] {
        for line in ["GET", "OPTIONS"] {
            let reply = bare(&server, &format!("{line} {path}"), &ask, b"");
            assert_eq!(reply.status, 403, "{line} {path}");
            assert!(
                !reply.head.to_lowercase().contains("access-control"),
                "{line} {path}: {}",
                reply.head
            );
        }
    }
    server.configure(|settings| settings.cors = false);
    let reply = bare(&server, "OPTIONS /patch", &ask, b"");
    assert!(
        reply.status == 405 && !reply.head.to_lowercase().contains("access-control"),
        "{}",
        reply.head
    );
}

#[test]
fn requests_can_pass_unjudged() {
    let server = serve(FORMS, "");
    let send = |prefer: &str| {
        bare(&server, "POST /body", &format!("Content-Type: application/json\n{prefer}"), b"{}")
    };
    assert_eq!(send("").status, 422);
    let reply = send("Prefer: validation=log");
    assert!(
        reply.status == 200 && reply.head.contains("mock-reason: The a field is required."),
        "{}",
        reply.head
    );
    let reply = send("Prefer: validation=off");
    assert!(reply.status == 200 && !reply.head.contains("mock-reason"), "{}", reply.head);
    server.configure(|settings| settings.validation = lockstep_mock::Validation::Off);
    assert_eq!(send("").status, 200);
    assert_eq!(send("Prefer: validation=strict").status, 422);
    assert_eq!(send("Prefer: validation=perhaps").status, 400);
}

const PLACES: &str = r##"
openapi: 3.0.3
info: {title: Places, version: "1"}
servers:
  - {url: "https://a.example/v1/"}
  - {url: "/{stage}/api", variables: {stage: {default: live, enum: [live, test]}}}
paths:
  /report: {get: {operationId: report, responses: {"200": {description: ok}}}}
  /slashed/: {get: {operationId: slashed, responses: {"200": {description: ok}}}}
  /files:
    servers: [{url: "https://files.example/store"}]
    get: {operationId: files, responses: {"200": {description: ok}}}
    post:
      operationId: upload
      servers: [{url: "https://upload.example/up/v3"}]
      responses: {"200": {description: ok}}
  /file/{name}.{kind}:
    get:
      operationId: file
      parameters:
        - {name: name, in: path, required: true, schema: {type: string}}
        - {name: kind, in: path, required: true, schema: {type: string, enum: [json, gz]}}
      responses: {"200": {description: ok}}
  /point/{x},{y}:
    get:
      operationId: point
      parameters:
        - {name: x, in: path, required: true, schema: {type: string}}
        - {name: y, in: path, required: true, schema: {type: integer}}
      responses: {"200": {description: ok}}
"##;

#[test]
fn every_server_s_path_leads_to_the_operation() {
    let server = serve(PLACES, "");
    for (line, status) in [
        ("GET /v1/report", 200),
        ("GET /v1/report/", 200),
        ("GET /report/", 200),
        ("GET /live/api/report", 200),
        ("GET /test/api/report/", 200),
        ("GET /other/api/report", 404),
        ("GET /v1/slashed", 200),
        ("GET /store/files", 200),
        ("GET /files", 200),
        ("POST /up/v3/files/", 200),
        ("POST /store/files", 404),
        // A client that was told one address sends everything there.
        ("GET /v1/files", 200),
        ("GET /live/api/files", 404),
        ("DELETE /v1/report", 405),
    ] {
        assert_eq!(bare(&server, line, "", b"").status, status, "{line}");
    }
    let hint = bare(&server, "GET /v1/point", "", b"");
    assert!(hint.body.contains("the nearest is GET /v1/point/{x},{y}"), "{}", hint.body);
}

#[test]
fn segments_with_several_parameters_are_cut_where_they_must_be() {
    let server = serve(PLACES, "");
    for (path, status) in [
        ("/v1/file/a.json", 200),
        ("/v1/file/a.tar.gz", 200),
        ("/v1/file/a.tar.zip", 422),
        ("/v1/point/a%2Cb,7", 200),
        ("/v1/point/7,a%2Cb", 422),
    ] {
        assert_eq!(bare(&server, &format!("GET {path}"), "", b"").status, status, "{path}");
    }
}

#[test]
fn the_page_tries_operations_by_their_own_ways_in() {
    let server = serve(LIBRARY, "");
    let page = bare(&server, "GET /", "", b"").body;
    let credentials = |text: &str| text.replace('"', "&quot;");
    for form in [
        r#"data-credentials="[{"in":"header","name":"Authorization","scheme":"Basic"}]""#,
        r#"data-credentials="[{"in":"query","name":"k","scheme":""}]""#,
    ] {
        let (name, value) = form.split_once('=').expect("an attribute");
        let escaped = format!("{name}=\"{}\"", credentials(&value[1..value.len() - 1]));
        assert!(page.contains(&escaped), "{escaped}");
    }
    assert!(page.contains("curl -X POST -u test:test"), "a command to copy");
    assert!(page.contains("&#39;http://127.0.0.1/v2/key?k=test&#39;"), "a key in the query");
    assert!(page.contains("<option value=\"code=400\">400</option>"), "a declared status");
    let reports = bare(&serve(REPORTS, ""), "GET /", "", b"").body;
    for wish in ["code=404, example=never", "code=200, example=other"] {
        assert!(reports.contains(&format!("<option value=\"{wish}\">")), "{wish}");
    }
}
