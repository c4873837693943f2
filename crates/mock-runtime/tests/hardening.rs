//! What the mock must not do for anybody: serve pages of other sites, show keys, or stop for one request.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{get, post, raw, send, start};
use lockstep_mock::{Data, MockServer, Service};
use serde_json::{Value, json};

fn status(reply: &[u8]) -> String {
    String::from_utf8_lossy(reply).split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn pages_of_others_learn_and_change_nothing() {
    let server = start();
    let foreign = [
        "Host: evil.example",
        "Host: 127.0.0.1.evil.example",
        "Host: 127.0.0.1\r\nOrigin: http://evil.example",
        "Host: 127.0.0.1\r\nOrigin: null",
        "Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site",
    ];
    let asked = [
        ("GET", "/", ""),
        ("GET", "/_mock", ""),
        ("GET", "/_mock/settings", ""),
        ("GET", "/_mock/requests", ""),
        ("PATCH", "/_mock/settings", "{\"latency_ms\":1}"),
        ("PUT", "/_mock/script/getPet", "[]"),
        ("DELETE", "/_mock", ""),
    ];
    for head in foreign {
        for (method, path, body) in asked {
            let request = format!(
                "{method} {path} HTTP/1.1\r\n{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let reply = raw(&server, request.as_bytes()).expect("a reply");
            assert_eq!(status(&reply), "403", "{method} {path} with {head}");
        }
    }
    // The API itself answers under any name, as a server behind a proxy does.
    let request = "GET /v1/pets/7 HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nAuthorization: Bearer t\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&raw(&server, request.as_bytes()).expect("a reply")), "200");
}

#[test]
fn a_request_names_one_host() {
    let server = start();
    let ask = |version: &str, hosts: &str| {
        let request = format!(
            "GET /v1/pets/7 HTTP/{version}\r\n{hosts}Authorization: Bearer t\r\nConnection: close\r\n\r\n"
        );
        status(&raw(&server, request.as_bytes()).expect("a reply"))
    };
    assert_eq!(ask("1.1", "Host: a\r\n"), "200");
    assert_eq!(ask("1.0", ""), "200");
    assert_eq!(ask("1.1", ""), "400");
    assert_eq!(ask("1.1", "Host: a\r\nHost: b\r\n"), "400");
    assert_eq!(ask("1.1", "Host: a\r\nHost: a\r\n"), "400");
    assert_eq!(ask("1.1", "Host: a, b\r\n"), "400");
    assert_eq!(ask("1.1", "Host: a/b\r\n"), "400");
}

#[test]
fn no_secret_is_shown() {
    let server = start();
    let head = "X-Api-Key: s3cr3t1\nX-Auth: s3cr3t2\nX-Secret: s3cr3t3\nX-Session: s3cr3t4\nCookie: sid=s3cr3t5\nX-Password: s3cr3t6\nReferer: http://a/?token=s3cr3t7";
    get(&server, "/v1/pets?api_key=s3cr3t8&token=s3cr3t9&api%5Fkey=s3cr3t10", head);
    post(
        &server,
        "/v1/pets",
        "application/json",
        r#"{"password":"s3cr3t11","a":[{"apiToken":"s3cr3t12"}]}"#,
    );
    post(
        &server,
        "/v1/pets",
        "application/x-www-form-urlencoded",
        "client_secret=s3cr3t13&name=shown",
    );
    post(&server, "/v1/pets", "application/json", r#"{"password":"s3cr3t14""#);
    for path in ["/_mock/requests", "/"] {
        let told = get(&server, path, "").body;
        assert!(!told.contains("s3cr3t"), "{path}: {told}");
    }
    assert!(get(&server, "/_mock/requests", "").body.contains("name=shown"));
}

/// Replies whose schemas demand more than there is memory, and a plain one beside them.
fn greedy() -> MockServer {
    let mut schemas = serde_json::Map::new();
    for index in 0..30 {
        let next = json!({"$ref": format!("#/schemas/S{}", index + 1)});
        schemas.insert(
            format!("S{index}"),
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": next, "b": next}}),
        );
    }
    schemas.insert("S30".to_owned(), json!({"type": "string"}));
    let mut nested = json!({"type": "string"});
    for _ in 0..4 {
        nested = json!({"type": "array", "minItems": 1000, "items": nested});
    }
    let operation = |id: &str, schema: Value, fixtures: Value| json!({"id": id, "method": "GET", "path": format!("/{id}"), "responses": {"200": {"content": {"application/json": {"schema": schema, "fixtures": fixtures}}}}});
    let doubling = json!({"$ref": "#/schemas/S0"});
    let routes = json!({"operations": [
        operation("doubling", doubling.clone(), json!({})),
        operation("nested", nested, json!({})),
        operation("example", doubling, json!({"default": "a.json"})),
        operation("plain", json!({}), json!({"default": "a.json"})),
    ], "schemas": schemas});
    let fixtures = vec![("a.json".to_owned(), b"{\"a\":1}".to_vec())];
    let service = Arc::new(Service::new(Data::new(&routes, fixtures).expect("routes")));
    MockServer::start_blocking(service).expect("a free port")
}

#[test]
fn no_schema_stops_the_server() {
    let server = greedy();
    for id in ["doubling", "nested"] {
        for prefer in ["", "Prefer: dynamic=true"] {
            let reply = get(&server, &format!("/{id}"), prefer);
            assert_eq!(reply.status, 500, "{}", reply.body);
            assert!(
                reply.head.contains("demands more values than a reply may hold"),
                "{}",
                reply.head
            );
        }
    }
    // Where there is an example, it stands in.
    let reply = get(&server, "/example", "Prefer: dynamic=true");
    assert_eq!((reply.status, reply.body.as_str()), (200, "{\"a\":1}"));
}

#[test]
fn others_are_served_meanwhile() {
    let server = greedy();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..2 {
                    assert_eq!(get(&server, "/doubling", "Prefer: dynamic=true").status, 500);
                }
            });
        }
        // No clock is held against a machine: a hundred plain requests get through while the others are at work.
        let start = Instant::now();
        let served = (0..100).filter(|_| get(&server, "/plain", "").status == 200).count();
        assert_eq!(served, 100);
        assert!(start.elapsed() < Duration::from_secs(60));
    });
}

#[test]
fn bodies_have_one_bound_for_depth_and_numbers() {
    let server = start();
    for body in [
        format!("{{\"name\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{{\"name\":{}1{}}}", "{\"a\":".repeat(5_000), "}".repeat(5_000)),
        "{\"name\":1e400}".to_owned(),
    ] {
        assert_eq!(post(&server, "/v1/pets", "application/json", &body).status, 400);
    }
    let huge = format!("{{\"name\":\"a\",\"price\":{}}}", "9".repeat(300));
    assert!([201, 400, 422].contains(&post(&server, "/v1/pets", "application/json", &huge).status));
    let nested = format!("name{}=1", "[a]".repeat(20_000));
    let reply = post(&server, "/v1/pets", "application/x-www-form-urlencoded", &nested);
    assert!([400, 422].contains(&reply.status), "{}", reply.status);
    let query = format!("/v1/pets?filter{}=1", "[a]".repeat(2_000));
    assert!(send(&server, "GET", &query, "", b"").status < 500);
    assert_eq!(get(&server, "/v1/pets/7", "").status, 200, "it goes on");
}
