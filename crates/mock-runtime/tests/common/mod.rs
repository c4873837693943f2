//! A small API, and a client that speaks bare sockets.
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use lockstep_mock::{Data, MockServer, Service};
use serde_json::json;

/// Pets: list, create, read, upload; photos with `…`, a filter object and a form.
pub(crate) fn service() -> Arc<Service> {
    let pet = json!({"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "price": {"type": "number"}}});
    let id = json!({"name": "id", "in": "path", "required": true, "style": "simple", "schema": {"type": "integer"}});
    let json_reply = |fixture: &str, schema: serde_json::Value| json!({"content": {"application/json": {"fixtures": {"default": fixture}, "schema": schema}}});
    let routes = json!({
        "title": "Pets",
        "base_path": "/v1",
        "security_schemes": {"default": {"type": "http", "scheme": "bearer"}},
        "limits": {
            "limit_header": "x-rate-limit-limit-minute", "limit_pointer": "/_meta/_rate_limits/limit_minute",
            "remaining_header": "x-rate-limit-remaining-minute", "remaining_pointer": "/_meta/_rate_limits/remaining_minute",
            "credits_used_header": "", "credits_used_pointer": "/_meta/_credits/used",
            "credits_balance_header": "x-ofapi-credits-balance", "credits_balance_pointer": "/_meta/_credits/balance"
        },
        "operations": [
            {"id": "getPet", "method": "GET", "path": "/pets/{id}", "security": [["default"]], "parameters": [id],
             "responses": {"401": json_reply("401.json", json!({})), "200": {"headers": {"x-made-by": {"example": "hand"}}, "content": {"application/json": {
                "fixtures": {"default": "pet.json", "second": "pet.second.json"}, "schema": {"$ref": "#/schemas/Pet"}}}}}},
            {"id": "listPets", "method": "GET", "path": "/pets", "security": [["default"]],
             "parameters": [
                {"name": "limit", "in": "query", "style": "form", "explode": true, "schema": {"type": "integer", "minimum": 1}},
                {"name": "offset", "in": "query", "style": "form", "explode": true, "schema": {"type": "integer"}},
                {"name": "ids", "in": "query", "style": "comma", "schema": {"type": "array", "items": {"type": "integer"}}},
                {"name": "filter", "in": "query", "style": "brackets", "schema": {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}},
                {"name": "bad", "in": "query", "schema": {"type": "integer"}, "example": "2025-01-01"}
             ],
             "responses": {"200": json_reply("pets.json", json!({}))},
             "paging": {"form": "offset", "param": "offset", "limit_param": "limit", "items": "/data", "next": "/next"}},
            {"id": "createPet", "method": "POST", "path": "/pets", "security": [["default"]],
             "body": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/schemas/NewPet"}}, "application/x-www-form-urlencoded": {"schema": {"$ref": "#/schemas/NewPet"}}}},
             "responses": {"201": json_reply("pet.json", json!({}))}},
            {"id": "uploadPhoto", "method": "POST", "path": "/pets/{id}/photo", "security": [["default"]], "parameters": [id],
             "body": {"required": true, "content": {"multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}, "order": {"type": "integer"}}}}}},
             "responses": {"204": {}}},
            {"id": "newest", "method": "GET", "path": "/pets/newest", "responses": {"200": json_reply("pet.json", json!({}))}},
            {"id": "photo", "method": "GET", "path": "/photo", "responses": {"302": {}}}
        ],
        "schemas": {
            "Pet": pet,
            "NewPet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 20}, "price": {"type": ["number", "null"]}, "tags": {"type": "array", "items": {"$ref": "#/schemas/Tag"}}}},
            "Tag": {"type": "object", "properties": {"id": {"type": "integer"}}}
        }
    });
    let fixtures = [
        (
            "pet.json",
            "{\n  \"720\": 1.10,\n  \"240\": null,\n  \"id\": 9007199254740993,\n  \"name\": \"Rex\"\n}\n",
        ),
        ("pet.second.json", "{\"id\":2,\"name\":\"Mia\"}"),
        (
            "pets.json",
            "{\"data\":[{\"id\":1,\"name\":\"Rex\"}],\"next\":\"https://example.com/pets?offset=1\",\"_meta\":{\"_credits\":{\"used\":1,\"balance\":9},\"_rate_limits\":{\"limit_minute\":1,\"remaining_minute\":1}}}",
        ),
        ("401.json", "{\"recorded\":true}"),
    ];
    let fixtures = fixtures
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .collect();
    Arc::new(Service::new(Data::new(&routes, fixtures).expect("routes")))
}

pub(crate) fn start() -> MockServer {
    MockServer::start_blocking(service()).expect("a free port")
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Sends bytes on a connection of their own and reads until it ends.
pub(crate) fn raw(server: &MockServer, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server.address())?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    // A server that refuses early may close before everything is written.
    let _ = stream.write_all(bytes);
    let mut reply = Vec::new();
    match stream.read_to_end(&mut reply) {
        Err(error) if reply.is_empty() => Err(error),
        _ => Ok(reply),
    }
}

/// Sends a request with a key; `head` holds more headers, one per line.
pub(crate) fn send(
    server: &MockServer,
    method: &str,
    target: &str,
    head: &str,
    body: &[u8],
) -> Reply {
    let length = if body.is_empty() && method == "GET" {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let head: String = head.lines().map(|line| format!("{}\r\n", line.trim())).collect();
    let mut bytes = format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer t\r\n{length}{head}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    let reply = raw(server, &bytes).expect("a reply");
    let text = String::from_utf8_lossy(&reply).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Reply { status, head: head.to_lowercase(), body: body.to_owned() }
}

pub(crate) fn get(server: &MockServer, target: &str, head: &str) -> Reply {
    send(server, "GET", target, head, b"")
}

pub(crate) fn post(server: &MockServer, target: &str, media: &str, body: &str) -> Reply {
    send(server, "POST", target, &format!("Content-Type: {media}"), body.as_bytes())
}

/// A server of a document, as `--spec` serves it; `choices` is its client.yaml.
pub(crate) fn serve(document: &str, choices: &str) -> MockServer {
    let service = Arc::new(Service::new(data(document, choices)));
    MockServer::start_blocking(service).expect("a free port")
}

/// The data of a document.
pub(crate) fn data(document: &str, choices: &str) -> Data {
    use lockstep_generator::{Inputs, Layout, Source, diagnostic::Diagnostics, mock_data};
    let mut inputs = Inputs::new(Source { path: "api.yaml", text: document }, Layout::Workspace);
    inputs.config = Some(Source { path: "client.yaml", text: choices });
    let mut diagnostics = Diagnostics::new();
    let made = mock_data(&inputs, &mut diagnostics);
    let told: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
    let made = made.unwrap_or_else(|| panic!("{}", told.join("\n")));
    Data::new(&made.routes, made.fixtures).expect("routes")
}

/// Sends a request without a key.
pub(crate) fn bare(server: &MockServer, line: &str, head: &str, body: &[u8]) -> Reply {
    let head: String = head.lines().map(|line| format!("{}\r\n", line.trim())).collect();
    let length =
        if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let mut bytes =
        format!("{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{length}{head}\r\n")
            .into_bytes();
    bytes.extend_from_slice(body);
    let reply = raw(server, &bytes).expect("a reply");
    let text = String::from_utf8_lossy(&reply).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}
