//! Exchanges with upstream as it differs from its own document, with secrets in every place where a secret may be.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// What may be in no output.
pub(crate) const SECRETS: &[&str] = &[
    "sk_live_51SECRETKEY",
    "session=COOKIESECRET",
    "peter.pumpernickel@example.org",
    "Pumpernickel",
    "acct_7d3f9a",
    "Signature=SIGNEDSECRET",
    "1000022",
    "2000022",
    "secretive-name",
    "88123456789",
    "TOPSECRETBODY",
];

/// How many accounts the replies are of.
const ACCOUNTS: usize = 3;

/// One message: number `index` of all.
fn message(index: usize) -> Value {
    let mut message = json!({
        "id": 9_007_199_254_740_993_u64 + index as u64,
        "date": format!("2026-11-{:02}T01:01:01+01:01", 1 + index % 27),
        "responseType": "message",
        "text": "<p>Pumpernickel says TOPSECRETBODY</p>",
        "rawText": "Pumpernickel",
        "giphyId": giphy(index),
        "isFree": true,
        "isMediaReady": true,
        "mediaCount": 1,
        "media": [media(index)],
        "previews": if index.is_multiple_of(2) { json!([]) } else { json!([{ "id": index, "kind": "still" }]) },
        "isTip": false,
        "isReportedByMe": false,
        "viewedCount": if index == 17 { Value::Null } else { json!(index) },
        "sentCount": index,
        "isCanceled": false,
        "template": if index == 40 { "carousel" } else { "group" },
        "canUnsend": true,
        "unsendSeconds": 1_000_000,
        "statsByDay": { format!("2026-10-{:02}", 1 + index % 27): { "views": index } },
        "recipients": recipients(index),
    });
    if index.is_multiple_of(3) {
        message["isPinned"] = json!(true);
    }
    message
}

fn giphy(index: usize) -> Value {
    match index % 3 {
        0 => Value::Null,
        1 => json!({ "id": "abc" }),
        _ => json!(12),
    }
}

fn recipients(index: usize) -> Value {
    let person = json!({ "name": "Pumpernickel", "email": "peter.pumpernickel@example.org" });
    json!({ (1_000_022 + index * 1_000_000).to_string(): person })
}

fn media(index: usize) -> Value {
    let file = json!({ "url": "https://cdn.example/a.jpg?Signature=SIGNEDSECRET", "width": 3, "height": 4, "size": 0 });
    let mut full = file.clone();
    full["sources"] = json!([]);
    json!({
        "id": 5, "type": "photo", "convertedToVideo": false, "canView": true, "hasError": false,
        "createdAt": "2026-11-01T01:01:01+01:01", "isReady": true,
        "files": { "full": full, "thumb": file, "preview": file, "squarePreview": file },
        "duration": if index == 5 { json!(9.99) } else { json!(3) },
        "hasCustomPreview": false,
        "videoSources": if index % 4 == 1 { json!({ "240": null, "720": null, "1080": "https://cdn.example/v.mp4" }) } else { json!({ "240": null, "720": null }) },
    })
}

/// The body of reply `index`: two messages, and the envelope.
pub(crate) fn body(index: usize) -> Value {
    let messages: Vec<Value> = (2 * index..2 * index + 2).map(message).collect();
    let mut body = json!({ "data": { "hasMore": index % 7 != 6, "items": messages } });
    if index.is_multiple_of(5) {
        body["_pagination"] = Value::Null;
    } else if index % 5 < 4 {
        body["_pagination"] = json!({ "next_page": if index % 5 == 1 { Value::Null } else { json!("https://app.onlyfansapi.com/api/acct_7d3f9a/x?offset=10") } });
    }
    if index % 10 != 9 {
        body["_meta"] = json!({
            "_credits": { "used": 1, "balance": 4_000 - index, "note": "Always" },
            "_cache": { "is_cached": index.is_multiple_of(2), "cached_at": if index.is_multiple_of(2) { json!("2026-11-02T03:04:05+00:00") } else { Value::Null }, "note": "Pumpernickel" },
            "_rate_limits": { "limit_minute": 1000, "limit_day": null, "remaining_minute": 990, "remaining_day": null, "notice": "Daily limits were removed." },
        });
    }
    body
}

/// An entry of an archive.
pub(crate) fn entry(index: usize, path: &str, status: u16, body: &str) -> Value {
    json!({
        "startedDateTime": format!("2026-11-{:02}T10:{:02}:{:02}.{:03}Z", 1 + index % 20, index / 60 % 60, index % 60, index % 1000),
        "time": 12.5,
        "request": {
            "method": "GET", "url": format!("https://app.onlyfansapi.com{path}"), "httpVersion": "HTTP/2",
            "headers": [{ "name": "Authorization", "value": "Bearer sk_live_51SECRETKEY" }],
            "cookies": [{ "name": "session", "value": "COOKIESECRET" }], "queryString": [], "headersSize": -1, "bodySize": 0,
        },
        "response": {
            "status": status, "statusText": "", "httpVersion": "HTTP/2", "cookies": [], "redirectURL": "", "headersSize": -1, "bodySize": -1,
            "headers": [{ "name": "Set-Cookie", "value": "session=COOKIESECRET" }, { "name": "Content-Type", "value": "application/json" }],
            "content": { "size": body.len(), "mimeType": "application/json; charset=utf-8", "text": body },
        },
        "cache": {}, "timings": { "send": 0, "wait": 12, "receive": 0 },
    })
}

/// The path of the overview for the account of an exchange.
pub(crate) fn overview(index: usize) -> String {
    format!("/api/acct_7d3f9a{}/mass-messaging/overview?limit=10", index % ACCOUNTS)
}

/// Thirty varied replies, four failures, and a few calls of what the document does not have.
pub(crate) fn exchanges() -> Vec<Value> {
    let mut entries: Vec<Value> = (0..30)
        .map(|index| entry(index, &overview(index), 200, &body(index).to_string()))
        .collect();
    let failures = [
        (401, json!({ "error": "Unauthorized. Pumpernickel" })),
        (404, json!({ "message": "Not found", "code": "account_not_found" })),
        (422, json!({ "message": "Invalid", "errors": { "endDate": ["Pumpernickel"] } })),
        (429, json!({ "message": "Too Many Attempts." })),
    ];
    for (index, (status, body)) in failures.into_iter().enumerate() {
        entries.push(entry(100 + index, &overview(0), status, &body.to_string()));
    }
    entries.push(entry(200, "/api/acct_7d3f9a/users/secretive-name", 200, "{}"));
    entries.push(entry(201, "/api/acct_7d3f9a/mass-messaging/88123456789", 200, "{}"));
    entries
}

/// An archive.
pub(crate) fn archive(entries: &[Value]) -> String {
    let mut text = String::from(
        "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"t\",\"version\":\"1\"},\"entries\":[",
    );
    for (index, entry) in entries.iter().enumerate() {
        let _ = write!(text, "{}{entry}", if index > 0 { ",\n" } else { "" });
    }
    text.push_str("]}}");
    text
}

/// Entries in another order, which is the same for the same seed.
pub(crate) fn shuffled(mut entries: Vec<Value>, mut seed: u64) -> Vec<Value> {
    for at in (1..entries.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        entries.swap(at, (seed >> 33) as usize % (at + 1));
    }
    entries
}

/// The members of an object, for comparing without order.
#[allow(dead_code, reason = "each test program uses a part of it")]
pub(crate) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
