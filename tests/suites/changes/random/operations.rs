//! Edits of operations, and of what all of them share.

use serde_json::{Value, json};

use super::document::{any, scalar};
use super::edits::{Edit, any_reply};
use super::places::{at, bodies, one, operations, parameters, replies};
use crate::dice::Random;

/// Every edit by name.
pub(crate) fn all() -> Vec<(&'static str, Edit)> {
    vec![
        ("parameter added", parameter_added),
        ("parameter removed", parameter_removed),
        ("parameter required toggled", parameter_required),
        ("parameter renamed", parameter_renamed),
        ("parameter moved", parameter_moved),
        ("parameter retyped", parameter_retyped),
        ("parameter defaulted", parameter_defaulted),
        ("parameter deprecated", parameter_deprecated),
        ("parameter styled", parameter_styled),
        ("parameters reordered", parameters_reordered),
        ("path parameter renamed", path_renamed),
        ("parameter to the path item", parameter_shared),
        ("body added", body_added),
        ("body removed", body_removed),
        ("body required toggled", body_required),
        ("body of another media type", body_media),
        ("reply added", reply_added),
        ("reply removed", reply_removed),
        ("status changed", status_changed),
        ("reply of another media type", reply_media),
        ("reply emptied", reply_emptied),
        ("reply header added", reply_header),
        ("security of an operation", security),
        ("security of all", security_of_all),
        ("scheme added first", scheme_added),
        ("scheme renamed", scheme_renamed),
        ("scheme changed", scheme_changed),
        ("server changed", server),
        ("prefix moved into the server", prefix),
        ("operation added", added),
        ("operation removed", removed),
        ("operationId changed", renamed),
        ("path changed", path_changed),
        ("method changed", method_changed),
        ("tag changed", tag),
        ("operation deprecated", deprecated),
        ("paging fields", paging),
    ]
}

fn operation(document: &Value, random: &mut Random) -> Option<String> {
    one(random, operations(document))
}

/// A parameter that is not in the path.
fn parameter(document: &Value, random: &mut Random) -> Option<String> {
    let free = parameters(document).into_iter().filter(|it| at(document, it)["in"] != "path");
    one(random, free.collect())
}

fn parameter_added(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    let here = document.pointer_mut(&place)?;
    let schema = if random.one_in(3) {
        json!({ "$ref": "#/components/schemas/Color" })
    } else {
        scalar(random)
    };
    let parameter = json!({ "name": "fresh", "in": *random.pick(&["query", "header", "cookie", "query"]),
        "required": random.one_in(3), "schema": schema });
    match here["parameters"].as_array_mut() {
        Some(list) => list.insert(*random.pick(&[0, list.len()]), parameter),
        None => here["parameters"] = json!([parameter]),
    }
    Some(())
}

fn parameter_removed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = parameter(document, random)?;
    let (list, index) = place.rsplit_once('/')?;
    document.pointer_mut(list)?.as_array_mut()?.remove(index.parse().ok()?);
    Some(())
}

fn parameter_required(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = parameter(document, random)?;
    let here = document.pointer_mut(&place)?;
    here["required"] = json!(here["required"] != true);
    Some(())
}

fn parameter_renamed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = parameter(document, random)?;
    let here = document.pointer_mut(&place)?;
    let name = here["name"].as_str()?.to_owned();
    here["name"] =
        json!(*random.pick(&["other", "page", &name.to_uppercase(), &format!("{name}_of")]));
    Some(())
}

fn parameter_moved(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = parameter(document, random)?;
    document.pointer_mut(&place)?["in"] = json!(*random.pick(&["query", "header", "cookie"]));
    Some(())
}

fn parameter_retyped(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, parameters(document))?;
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let is_path = at(document, &place)["in"] == "path";
    let schema = if random.one_in(4) && !is_path { list } else { scalar(random) };
    document.pointer_mut(&place)?["schema"] = schema;
    Some(())
}

fn parameter_defaulted(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = parameter(document, random)?;
    let here = document.pointer_mut(&place)?;
    let schema = here["schema"].as_object_mut()?;
    let value = match schema.get("type").and_then(Value::as_str)? {
        "integer" => json!(2),
        "string" => json!("text"),
        _ => return None,
    };
    schema.insert("default".to_owned(), value);
    Some(())
}

fn parameter_deprecated(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = parameter(document, random)?;
    document.pointer_mut(&place)?["deprecated"] = json!(true);
    Some(())
}

fn parameter_styled(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = parameter(document, random)?;
    let here = document.pointer_mut(&place)?;
    if random.one_in(2) && here["in"] == "query" {
        here["style"] = json!(*random.pick(&["form", "pipeDelimited", "spaceDelimited"]));
    }
    here["explode"] = json!(random.one_in(2));
    Some(())
}

fn parameters_reordered(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    let list = document.pointer_mut(&place)?["parameters"].as_array_mut()?;
    (list.len() > 1).then(|| list.rotate_left(1))
}

fn path_renamed(document: &mut Value, _: &mut Random) -> Option<()> {
    let text = document.to_string();
    let text = text.replace("{id}", "{petId}").replace("\"name\":\"id\"", "\"name\":\"petId\"");
    *document = serde_json::from_str(&text).ok()?;
    Some(())
}

/// What an operation takes becomes what everything at its path takes.
fn parameter_shared(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    let list = document.pointer_mut(&place)?.as_object_mut()?.shift_remove("parameters")?;
    let (item, _) = place.rsplit_once('/')?;
    document.pointer_mut(item)?["parameters"] = list;
    Some(())
}

fn body_added(document: &mut Value, random: &mut Random) -> Option<()> {
    let free = operations(document)
        .into_iter()
        .filter(|it| at(document, it)["requestBody"].is_null() && !it.ends_with("/get"));
    let place = one(random, free.collect())?;
    let schema = any(random, 2);
    document.pointer_mut(&place)?["requestBody"] = json!({ "required": random.one_in(2),
        "content": { "application/json": { "schema": schema } } });
    Some(())
}

fn body_removed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, bodies(document))?;
    let (owner, _) = place.rsplit_once('/')?;
    document.pointer_mut(owner)?.as_object_mut()?.shift_remove("requestBody").map(|_| ())
}

fn body_required(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, bodies(document))?;
    let here = document.pointer_mut(&place)?;
    here["required"] = json!(here["required"] != true);
    Some(())
}

fn media(here: &mut Value, name: &str, keep: bool) -> Option<()> {
    let content = here["content"].as_object_mut()?;
    let (_, first) = content.iter().next()?;
    let media = first.clone();
    if !keep {
        content.clear();
    }
    content.insert(name.to_owned(), media);
    Some(())
}

fn body_media(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, bodies(document))?;
    let name = *random.pick(&[
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-8",
        "application/merge-patch+json",
    ]);
    media(document.pointer_mut(&place)?, name, random.one_in(2))
}

fn reply_added(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    let status = *random.pick(&["202", "404", "default", "203", "4XX", "2XX"]);
    let reply = any_reply(random);
    document.pointer_mut(&place)?["responses"].as_object_mut()?.insert(status.to_owned(), reply);
    Some(())
}

fn reply_removed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, replies(document))?;
    let (owner, status) = place.rsplit_once('/')?;
    let replies = document.pointer_mut(owner)?.as_object_mut()?;
    (replies.len() > 1).then_some(())?;
    replies.shift_remove(status).map(|_| ())
}

fn status_changed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, replies(document))?;
    let (owner, status) = place.rsplit_once('/')?;
    let replies = document.pointer_mut(owner)?.as_object_mut()?;
    let reply = replies.shift_remove(status)?;
    let other = *random.pick(&["200", "201", "404", "default", "2XX"]);
    replies.insert(other.to_owned(), reply);
    Some(())
}

fn reply_media(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, replies(document))?;
    let name = *random.pick(&[
        "text/plain",
        "application/problem+json",
        "application/json; charset=utf-8",
    ]);
    media(document.pointer_mut(&place)?, name, random.one_in(2))
}

fn reply_emptied(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, replies(document))?;
    document.pointer_mut(&place)?.as_object_mut()?.shift_remove("content").map(|_| ())
}

fn reply_header(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = one(random, replies(document))?;
    document.pointer_mut(&place)?["headers"] =
        json!({ "X-Rate": { "schema": { "type": "integer" } } });
    Some(())
}

fn any_security(random: &mut Random) -> Value {
    random
        .pick(&[
            json!([]),
            json!([{ "other": [] }]),
            json!([{ "key": [] }, { "other": [] }]),
            json!([{ "key": [], "other": [] }]),
            json!([{}, { "key": [] }]),
            json!([{ "other": [] }, { "key": [] }]),
        ])
        .clone()
}

fn security(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    document.pointer_mut(&place)?["security"] = any_security(random);
    Some(())
}

fn security_of_all(document: &mut Value, random: &mut Random) -> Option<()> {
    document["security"] = any_security(random);
    Some(())
}

fn scheme_added(document: &mut Value, random: &mut Random) -> Option<()> {
    let schemes = document["components"]["securitySchemes"].as_object_mut()?;
    let kinds = [
        json!({ "type": "http", "scheme": "basic" }),
        json!({ "type": "apiKey", "in": "query", "name": "token" }),
    ];
    schemes.shift_insert(0, "fresh".to_owned(), random.pick(&kinds).clone());
    if random.one_in(2) {
        document["security"].as_array_mut()?.insert(0, json!({ "fresh": [] }));
    }
    Some(())
}

fn scheme_renamed(document: &mut Value, _: &mut Random) -> Option<()> {
    let text = document.to_string().replace("\"other\":", "\"renamed\":");
    *document = serde_json::from_str(&text).ok()?;
    Some(())
}

fn scheme_changed(document: &mut Value, random: &mut Random) -> Option<()> {
    let name = *random.pick(&["key", "other"]);
    let kinds = [
        json!({ "type": "apiKey", "in": "query", "name": "token" }),
        json!({ "type": "apiKey", "in": "header", "name": "X-Other" }),
        json!({ "type": "http", "scheme": "bearer" }),
    ];
    document["components"]["securitySchemes"][name] = random.pick(&kinds).clone();
    Some(())
}

fn server(document: &mut Value, random: &mut Random) -> Option<()> {
    let url = *random.pick(&[
        "https://api.example.com/v2",
        "https://api.example.org/v1",
        "https://api.example.com",
    ]);
    document["servers"] = json!([{ "url": url }]);
    Some(())
}

fn prefix(document: &mut Value, _: &mut Random) -> Option<()> {
    document["servers"] = json!([{ "url": "https://api.example.com" }]);
    let paths = document["paths"].as_object_mut()?;
    let old = std::mem::take(paths);
    paths.extend(old.into_iter().map(|(path, item)| (format!("/v1{path}"), item)));
    Some(())
}

fn added(document: &mut Value, random: &mut Random) -> Option<()> {
    let tag = *random.pick(&["Pets", "Owners"]);
    let path = *random.pick(&["/owners", "/pets/{id}/owner"]);
    let mut operation = json!({ "operationId": "findOwner", "tags": [tag], "responses": { "200": any_reply(random) } });
    if path.contains('{') {
        operation["parameters"] = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }]);
    }
    document["paths"][path] = json!({ "get": operation });
    Some(())
}

fn removed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    let (item, method) = place.rsplit_once('/')?;
    document.pointer_mut(item)?.as_object_mut()?.shift_remove(method).map(|_| ())
}

fn renamed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    let name = *random.pick(&["findPets", "list", "pet_index"]);
    document.pointer_mut(&place)?["operationId"] = json!(name);
    Some(())
}

fn path_changed(document: &mut Value, random: &mut Random) -> Option<()> {
    let paths = document["paths"].as_object_mut()?;
    let names: Vec<String> = paths.keys().cloned().collect();
    let name = random.pick(&names);
    let item = paths.shift_remove(name)?;
    let prefix = *random.pick(&["/all", "/v2"]);
    paths.insert(format!("{prefix}{name}"), item);
    Some(())
}

fn method_changed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    let (item, method) = place.rsplit_once('/')?;
    let item = document.pointer_mut(item)?.as_object_mut()?;
    let other = if method == "get" { "post" } else { "patch" };
    if item.contains_key(other) {
        return None;
    }
    let operation = item.shift_remove(method)?;
    item.insert(other.to_owned(), operation);
    Some(())
}

fn tag(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    document.pointer_mut(&place)?["tags"] = json!([*random.pick(&["Animals", "Pets", "Zoo"])]);
    Some(())
}

fn deprecated(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = operation(document, random)?;
    document.pointer_mut(&place)?["deprecated"] = json!(true);
    Some(())
}

/// The reply of the list gains or loses what says how it goes on.
fn paging(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = "/paths/~1pets/get/responses/200/content/application~1json/schema";
    let fields = document.pointer_mut(place)?["properties"].as_object_mut()?;
    if let Some(known) =
        ["next_cursor", "total"].into_iter().find(|name| fields.contains_key(*name))
    {
        fields.shift_remove(known);
        return Some(());
    }
    fields.insert(
        (*random.pick(&["next_cursor", "has_more"])).to_owned(),
        json!({ "type": "string", "nullable": true }),
    );
    Some(())
}
