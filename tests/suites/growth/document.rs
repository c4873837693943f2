//! Makes documents up that are hard on names: an envelope, shapes that stand everywhere, equal here, nearly equal
//! there, under many names, and enums that share most values.

use serde_json::{Map, Value, json};

use super::random::Random;

const RESOURCES: [&str; 10] = [
    "Fans",
    "Chats",
    "Mass Messaging",
    "Media Vault",
    "Payouts",
    "Stories",
    "Tracking Links",
    "Posts",
    "Subscriptions",
    "Notifications",
];
/// What is done, how, where below the resource, and whether it answers with many.
const ACTIONS: [(&str, &str, &str, bool); 6] = [
    ("list", "get", "", true),
    ("get", "get", "/{id}", false),
    ("create", "post", "", false),
    ("update", "put", "/{id}", false),
    ("list", "get", "/{id}/archived", true),
    ("delete", "delete", "/{id}", false),
];
const ROLES: [&str; 8] =
    ["user", "author", "fromUser", "fan", "subscriber", "owner", "lastSender", "recipient"];
const SIZES: [&str; 5] = ["full", "thumb", "preview", "squarePreview", "source"];

/// The kinds that a resource comes in where there are to be many.
const KINDS: [&str; 5] = ["", "Old ", "Shared ", "Stored ", "Queued "];

/// A document of 60 operations.
pub(crate) fn document(seed: u64) -> Value {
    of_kinds(seed, &KINDS[..1])
}

/// A document of 300 operations.
pub(crate) fn large(seed: u64) -> Value {
    of_kinds(seed, &KINDS)
}

fn of_kinds(seed: u64, kinds: &[&str]) -> Value {
    let mut random = Random::new(seed);
    let mut paths = Map::new();
    let resources = kinds.iter().flat_map(|kind| RESOURCES.map(|name| format!("{kind}{name}")));
    for resource in resources {
        let slug = resource.to_lowercase().replace(' ', "-");
        let id: String = resource.split(' ').collect();
        for (verb, method, below, many) in ACTIONS {
            let path = format!("/api/{{account}}/{slug}{below}");
            let archived = if below.ends_with("archived") { "Archived" } else { "" };
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[method] =
                operation(&mut random, &resource, &format!("{verb}{archived}{id}"), method, many);
        }
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Growing", "version": "1" },
        "servers": [{ "url": "https://growing.example" }],
        "paths": paths,
    })
}

fn operation(random: &mut Random, tag: &str, id: &str, method: &str, many: bool) -> Value {
    let thing = thing(random);
    let data = match (many, random.one_in(3)) {
        (true, true) => json!({ "type": "array", "items": thing }),
        (true, false) => object([
            (*random.pick(&["items", "list", "users"]), json!({ "type": "array", "items": thing })),
            ("hasMore", json!({ "type": "boolean" })),
        ]),
        (false, _) => thing,
    };
    let reply = if random.one_in(6) { data } else { envelope(random, data, many) };
    let mut parameters = vec![
        json!({ "name": "limit", "in": "query", "schema": { "type": "integer" } }),
        status(random),
    ];
    parameters.extend(many.then(|| page(random)));
    let mut operation = json!({
        "tags": [tag],
        "operationId": id,
        "parameters": parameters,
        "responses": { "200": { "description": "", "content": { "application/json": { "schema": reply } } } },
    });
    if method == "post" || method == "put" {
        let body = object([
            ("text", json!({ "type": "string" })),
            ("media", media(random)),
            ("price", price(random)),
        ]);
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": body } } });
    }
    operation
}

fn status(random: &mut Random) -> Value {
    let mut values = vec!["active", "expired", "all"];
    values.extend(random.one_in(2).then_some("recent"));
    let name = *random.pick(&["status", "filter", "sort"]);
    json!({ "name": name, "in": "query", "schema": { "type": "string", "enum": values } })
}

/// What leads on to the next page.
fn page(random: &mut Random) -> Value {
    let (name, kind) = *random.pick(&[
        ("offset", "integer"),
        ("page", "integer"),
        ("cursor", "string"),
        ("marker", "string"),
    ]);
    json!({ "name": name, "in": "query", "schema": { "type": kind } })
}

fn object<'k>(properties: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let properties: Map<String, Value> =
        properties.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    json!({ "type": "object", "properties": properties })
}

/// What stands around most replies, in a few variants.
fn envelope(random: &mut Random, data: Value, many: bool) -> Value {
    let number = || json!({ "type": "integer" });
    let text = || json!({ "type": "string", "nullable": true, "example": null });
    let credits = object([("used", number()), ("balance", number()), ("note", text())]);
    let cache = object([("is_cached", json!({ "type": "boolean" })), ("note", text())]);
    let mut limits =
        vec![("limit_minute", number()), ("limit_day", number()), ("remaining_minute", number())];
    limits.extend(random.one_in(3).then(|| ("notice", text())));
    let meta = object([("_credits", credits), ("_cache", cache), ("_rate_limits", object(limits))]);
    let mut around = vec![("data", data)];
    around.extend(
        (many && random.one_in(2)).then(|| ("_pagination", object([("next_page", text())]))),
    );
    around.extend((!random.one_in(8)).then_some(("_meta", meta)));
    object(around)
}

/// What an operation answers with: one of a few things, never quite the same.
fn thing(random: &mut Random) -> Value {
    match random.pick(&[0, 1, 2, 3, 4]) {
        0 => user(random),
        1 => media(random),
        2 => {
            let mut message =
                vec![("id", json!({ "type": "integer" })), ("text", json!({ "type": "string" }))];
            message.push((*random.pick(&ROLES), user(random)));
            message.push(("media", json!({ "type": "array", "items": media(random) })));
            message.extend(random.one_in(2).then(|| ("price", price(random))));
            message.extend(random.one_in(2).then(|| ("queue", unknown())));
            object(message)
        }
        3 => {
            let point = object([
                ("count", json!({ "type": "integer" })),
                ("date", json!({ "type": "string" })),
            ]);
            let series = |random: &mut Random| {
                *random.pick(&["views", "sales", "chart", "earnings", "likes"])
            };
            let (a, b) = (series(random), series(random));
            object([
                (a, json!({ "type": "array", "items": point })),
                (b, point),
                ("total", price(random)),
            ])
        }
        _ => object([
            ("success", json!({ "type": "boolean" })),
            ("state", json!({ "type": "string", "enum": ["done", "pending"] })),
            (*random.pick(&ROLES), user(random)),
        ]),
    }
}

fn user(random: &mut Random) -> Value {
    let text = || json!({ "type": "string" });
    let mut fields = vec![
        ("id", json!({ "type": "integer" })),
        ("name", text()),
        ("username", text()),
        ("avatar", text()),
    ];
    for (name, value) in [
        ("avatarThumbs", object([("c50", text()), ("c144", text())])),
        ("headerThumbs", object([("w480", text()), ("w760", text())])),
        ("isVerified", json!({ "type": "boolean" })),
        ("subscribePrice", price(random)),
        ("lastSeen", text()),
        ("listsStates", unknown()),
        ("type", json!({ "type": "string", "enum": ["fan", "creator"] })),
    ] {
        fields.extend((!random.one_in(4)).then_some((name, value)));
    }
    object(fields)
}

fn media(random: &mut Random) -> Value {
    let mut kinds = vec!["photo", "video", "gif"];
    kinds.extend(random.one_in(2).then_some("audio"));
    let number = || json!({ "type": "integer" });
    let mut files = Map::new();
    for size in SIZES {
        let image = object([
            ("url", json!({ "type": "string" })),
            ("width", number()),
            ("height", number()),
            ("size", price(random)),
        ]);
        if !random.one_in(4) {
            files.insert(size.to_owned(), image);
        }
    }
    object([
        ("id", number()),
        ("type", json!({ "type": "string", "enum": kinds })),
        ("canView", json!({ "type": "boolean" })),
        ("files", json!({ "type": "object", "properties": files })),
    ])
}

/// Learnt from one example: an integer here, a number there.
fn price(random: &mut Random) -> Value {
    json!({ "type": if random.one_in(3) { "number" } else { "integer" } })
}

/// Learnt from a null.
fn unknown() -> Value {
    json!({ "type": "string", "nullable": true, "example": null })
}
