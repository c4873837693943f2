//! What comes back over a socket.

mod common;

use common::{get, post, raw, send, start};
use serde_json::{Value, json};

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

#[test]
fn fixtures_come_byte_for_byte() {
    let server = start();
    let reply = get(&server, "/v1/pets/7", "");
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (
            200,
            "{\n  \"720\": 1.10,\n  \"240\": null,\n  \"id\": 9007199254740993,\n  \"name\": \"Rex\"\n}\n"
        )
    );
    assert!(
        reply.head.contains("x-made-by: hand")
            && reply.head.contains("content-type: application/json")
    );
    assert_eq!(get(&server, "/pets/7", "").status, 200, "the base path may be left out");
    assert_eq!(get(&server, "/v1/pets/newest", "").status, 200);
    let head = send(&server, "HEAD", "/v1/pets/7", "", b"");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(head.head.contains("content-length: 76"), "{}", head.head);
}

#[test]
fn refuses_as_upstream_does() {
    let server = start();
    let reply = raw(&server, b"GET /v1/pets HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .expect("a reply");
    let text = String::from_utf8_lossy(&reply);
    assert!(
        text.starts_with("HTTP/1.1 401") && text.contains("{\"error\":\"Unauthorized."),
        "{text}"
    );
    assert!(
        text.contains("mock-reason: no valid credential for default (caller at fault)"),
        "{text}"
    );
    assert_eq!(get(&server, "/v1/dogs", "").status, 404);
    let reply = send(&server, "DELETE", "/v1/pets", "", b"");
    assert_eq!(reply.status, 405);
    assert!(reply.head.contains("allow: get, post, head"), "{}", reply.head);
    let reply = get(&server, "/v1/pets?limit=x&unknown=1", "");
    assert_eq!(
        (reply.status, parsed(&reply.body)),
        (
            422,
            json!({
                "message": "The limit field must be an integer.", "errors": {"limit": ["The limit field must be an integer."]}
            })
        )
    );
    assert_eq!(get(&server, "/v1/pets/seven", "").status, 422);
    assert!(get(&server, "/v1/pets?bad=x", "").head.contains("(document at fault)"));
    assert_eq!(post(&server, "/v1/pets", "text/plain", "x").status, 415);
    assert_eq!(post(&server, "/v1/pets", "application/json", "{").status, 400);
    let reply = post(
        &server,
        "/v1/pets",
        "application/json",
        r#"{"price": "x", "tags": [{"id": 1}, {"id": "y"}]}"#,
    );
    assert_eq!(
        parsed(&reply.body)["errors"],
        json!({
            "name": ["The name field is required."], "price": ["The price field must be a number."], "tags.1.id": ["The tags.1.id field must be an integer."]
        })
    );
    assert_eq!(
        send(&server, "POST", "/v1/pets", "", b"").status,
        422,
        "a missing body misses its fields"
    );
    assert_eq!(get(&server, "/v1/pets?a=%zz", "").status, 400);
    assert_eq!(get(&server, "/v1/pets/%ff", "").status, 400);
}

#[test]
fn clients_of_every_make_are_understood() {
    let server = start();
    for query in [
        "ids=1,2",
        "ids=1%2C2",
        "ids[]=1&ids[]=2",
        "ids=1&ids=2",
        "filter[name]=x&filter[age]=3",
        "filter%5Bage%5D=3",
    ] {
        assert_eq!(get(&server, &format!("/v1/pets?{query}"), "").status, 200, "{query}");
    }
    for query in ["ids=1,x", "filter[age]=x", "filter.name=x"] {
        assert_eq!(get(&server, &format!("/v1/pets?{query}"), "").status, 422, "{query}");
    }
    assert_eq!(
        post(
            &server,
            "/v1/pets",
            "application/x-www-form-urlencoded",
            "name=Rex&price=1.5&tags[0][id]=1"
        )
        .status,
        201
    );
    assert_eq!(
        post(&server, "/v1/pets", "application/x-www-form-urlencoded", "name=Rex&tags[0][id]=x")
            .status,
        422
    );
    assert_eq!(
        post(&server, "/v1/pets", "Application/JSON; charset=utf-8", "{\"name\": \"Rex\"}").status,
        201
    );
    let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\u{1}\r\n--b\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\n";
    let upload = |order: &str| {
        post(
            &server,
            "/v1/pets/1/photo",
            "multipart/form-data; boundary=b",
            &format!("{part}{order}\r\n--b--\r\n"),
        )
        .status
    };
    assert_eq!((upload("5"), upload("x")), (204, 422));
}

#[test]
fn prefer_chooses() {
    let server = start();
    let prefer = |text: &str| get(&server, "/v1/pets/7", &format!("Prefer: {text}"));
    assert_eq!(prefer("example=second").body, "{\"id\":2,\"name\":\"Mia\"}");
    assert_eq!(prefer("example=third").status, 404);
    assert_eq!(
        (prefer("code=401").status, prefer("code=401").body.as_str()),
        (401, "{\"recorded\":true}")
    );
    let limited = prefer("code=429");
    assert_eq!(
        (limited.status, limited.body.as_str()),
        (429, "{\"message\":\"Too Many Attempts.\"}")
    );
    assert!(limited.head.contains("retry-after: 1"));
    assert_eq!((prefer("code=204").status, prefer("code=204").body.as_str()), (204, ""));
    assert_eq!(prefer("code=418").status, 418);
    assert_eq!(prefer("code=1000").status, 400);
    let (one, two) = (prefer("dynamic=true, seed=1"), prefer("dynamic=true, seed=2"));
    assert!(
        parsed(&one.body)["id"].is_i64()
            && one.body != two.body
            && one.body == prefer("dynamic=true, seed=1").body
    );
    let redirect = get(&server, "/v1/photo", "");
    assert!(redirect.status == 302 && redirect.head.contains("location: "), "{redirect:?}");
}

#[test]
fn faults_and_waits() {
    let server = start();
    let fault = |kind: &str| {
        raw(&server, format!("GET /v1/pets/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer t\r\nPrefer: fault={kind}\r\n\r\n").as_bytes())
    };
    assert_eq!(fault("drop").expect("an orderly end"), b"");
    assert_eq!(fault("reset").expect_err("a reset").kind(), std::io::ErrorKind::ConnectionReset);
    let half = String::from_utf8(fault("half").expect("half")).expect("text");
    assert!(
        half.contains("content-length: 76")
            && half.split_once("\r\n\r\n").expect("a head").1.len() == 38,
        "{half}"
    );
    let start = std::time::Instant::now();
    let dripped = String::from_utf8(fault("drip").expect("whole")).expect("text");
    assert!(dripped.ends_with("\"Rex\"\n}\n") && start.elapsed().as_millis() > 500);
    let start = std::time::Instant::now();
    assert_eq!(get(&server, "/v1/pets/7", "Prefer: wait=0.2").status, 200);
    assert!(start.elapsed().as_millis() >= 200);
}

#[test]
fn limits_count_down_in_headers_and_body() {
    let server = start();
    server.configure(|settings| (settings.rate_limit, settings.credits) = (Some(3), Some(1)));
    let first = get(&server, "/v1/pets", "");
    assert!(
        first.head.contains("x-rate-limit-limit-minute: 3")
            && first.head.contains("x-rate-limit-remaining-minute: 2"),
        "{first:?}"
    );
    assert_eq!(
        parsed(&first.body)["_meta"],
        json!({"_credits": {"used": 1, "balance": 0}, "_rate_limits": {"limit_minute": 3, "remaining_minute": 2}})
    );
    let second = get(&server, "/v1/pets", "");
    assert!(
        second.status == 402 && second.head.contains("x-ofapi-credits-balance: 0"),
        "{second:?}"
    );
    assert_eq!(get(&server, "/v1/pets", "").status, 402);
    let last = get(&server, "/v1/pets", "");
    assert!(last.status == 429 && last.head.contains("retry-after: "), "{last:?}");
}

#[test]
fn items_are_walked_by_the_url_of_the_next_page() {
    let server = start();
    server.configure(|settings| settings.items = Some(5));
    let mut target = "/v1/pets?limit=2".to_owned();
    let mut ids = Vec::new();
    loop {
        let page = parsed(&get(&server, &target, "").body);
        ids.extend(
            page["data"].as_array().into_iter().flatten().filter_map(|pet| pet["id"].as_u64()),
        );
        let Some(next) = page["next"].as_str() else { break };
        target = next.strip_prefix("http://127.0.0.1").expect("this host").to_owned();
    }
    assert_eq!(ids, [1, 2, 3, 4, 5]);
}

#[test]
fn people_have_a_page() {
    let server = start();
    let page = get(&server, "/", "");
    assert!(
        page.status == 200
            && page.head.contains("content-type: text/html")
            && page.head.contains("content-security-policy: default-src 'none'")
    );
    assert!(
        page.body.contains("/v1/pets/{id}") && page.body.contains("9007199254740993"),
        "operations and examples are there without JavaScript"
    );
    assert_eq!(get(&server, "/_mock", "").body, page.body);
}

#[test]
fn programs_script_and_watch() {
    let server = start();
    let script = r#"[{"status": 500, "times": 2}, {"body": {"id": 3}, "headers": {"x-a": "b"}}, {"fault": "drop"}]"#;
    assert_eq!(send(&server, "PUT", "/_mock/script/getPet", "", script.as_bytes()).status, 204);
    let statuses: Vec<_> = (0..2).map(|_| get(&server, "/v1/pets/7", "").status).collect();
    assert_eq!(statuses, [500, 500]);
    let third = get(&server, "/v1/pets/7", "");
    assert!(third.body == "{\"id\":3}" && third.head.contains("x-a: b"));
    assert_eq!(
        raw(&server, b"GET /v1/pets/7 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n\r\n")
            .expect("an end"),
        b""
    );
    assert!(get(&server, "/v1/pets/7", "").body.contains("Rex"), "the script is over");
    let listed = parsed(&get(&server, "/_mock/requests?after=3", "").body);
    assert_eq!(
        (listed["total"].as_u64(), listed["requests"].as_array().map(Vec::len)),
        (Some(5), Some(2))
    );
    assert!(!listed.to_string().contains("Bearer"), "keys stay hidden");
    assert_eq!(
        send(&server, "PATCH", "/_mock/settings", "", b"{\"latency_ms\": 0, \"odd\": 1}").status,
        400
    );
    assert_eq!(
        send(&server, "PATCH", "/_mock/settings", "", b"{\"check_key\": false}").status,
        200
    );
    assert!(
        raw(&server, b"GET /v1/pets HTTP/1.0\r\n\r\n")
            .expect("a reply")
            .starts_with(b"HTTP/1.0 200")
    );
    assert_eq!(send(&server, "PUT", "/_mock/script/nobody", "", b"[]").status, 404);
    assert_eq!(send(&server, "DELETE", "/_mock", "", b"").status, 204);
    assert!(server.requests().is_empty());
}

/// Nobody said how many items there are: as many as in the example, and the walk ends behind them.
#[test]
fn a_walk_ends_behind_the_example() {
    let server = start();
    let first = get(&server, "/v1/pets?offset=0", "");
    assert!(first.body.contains("https://example.com/pets?offset=1"), "the example, byte for byte");
    let second = parsed(&get(&server, "/v1/pets?offset=1", "").body);
    assert_eq!((&second["data"], &second["next"]), (&json!([]), &Value::Null));
}
