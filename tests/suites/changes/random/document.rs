//! Makes small documents up: a few components, and operations that read, make, change and remove.

use serde_json::{Map, Value, json};

use crate::dice::Random;

/// Names of properties, each with what it usually holds.
const FIELDS: [&str; 10] =
    ["name", "size", "color", "createdAt", "weight", "note", "active", "tags", "owner", "rank"];

/// A document with everything that the edits look for.
pub(crate) fn document(seed: u64) -> Value {
    let mut random = Random::new(seed.wrapping_mul(7919));
    let random = &mut random;
    let mut schemas = Map::new();
    schemas.insert("Color".into(), json!({ "type": "string", "enum": ["red", "green", "blue"] }));
    schemas.insert("Owner".into(), object(random, 2));
    schemas.insert("Pet".into(), pet(random));
    schemas.insert("NewPet".into(), object(random, 3));
    for (name, kind) in [("Cat", "lives"), ("Dog", "tricks")] {
        let mut fields = json!({ "kind": { "type": "string" } });
        fields[kind] = json!({ "type": "integer" });
        schemas.insert(
            name.into(),
            json!({ "type": "object", "required": ["kind", kind], "properties": fields }),
        );
    }
    schemas.insert("Animal".into(), animal(random));
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Pets", "version": "1" },
        "servers": [{ "url": "https://api.example.com/v1" }],
        "security": [{ "key": [] }],
        "paths": paths(random),
        "components": { "schemas": schemas, "securitySchemes": {
            "key": { "type": "http", "scheme": "bearer" },
            "other": { "type": "apiKey", "in": "header", "name": "X-Key" },
        } },
    })
}

fn pet(random: &mut Random) -> Value {
    let mut pet = object(random, 4);
    if random.one_in(2) {
        // What both said of one field would be for the one that reads it to choose.
        for name in FIELDS {
            let renamed = format!("{name}OfPet");
            let fields = pet["properties"].as_object_mut().expect("properties");
            if let Some(field) = fields.shift_remove(name) {
                fields.insert(renamed.clone(), field);
            }
            for known in pet["required"].as_array_mut().into_iter().flatten() {
                if known == name {
                    *known = json!(renamed);
                }
            }
        }
        pet = json!({ "allOf": [{ "$ref": "#/components/schemas/Owner" }, pet] });
    }
    pet
}

fn animal(random: &mut Random) -> Value {
    let arms = json!([
        { "$ref": "#/components/schemas/Cat" },
        { "$ref": "#/components/schemas/Dog" },
    ]);
    let key = *random.pick(&["oneOf", "anyOf"]);
    let mut animal = json!({});
    animal[key] = arms;
    if !random.one_in(3) {
        animal["discriminator"] = json!({ "propertyName": "kind" });
        if random.one_in(2) {
            animal["discriminator"]["mapping"] =
                json!({ "cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog" });
        }
    }
    animal
}

/// An object of some properties, some of them required.
fn object(random: &mut Random, count: usize) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    while properties.len() < count {
        let name = *random.pick(&FIELDS);
        if properties.contains_key(name) {
            continue;
        }
        let mut schema = any(random, 2);
        if random.one_in(6) && schema.get("$ref").is_none() {
            let flag = *random.pick(&["readOnly", "writeOnly", "nullable", "deprecated"]);
            schema[flag] = json!(true);
        }
        properties.insert(name.to_owned(), schema);
        if random.one_in(2) {
            required.push(json!(name));
        }
    }
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = Value::Array(required);
    }
    object
}

/// A schema of any kind, at most so many levels of it.
pub(crate) fn any(random: &mut Random, depth: usize) -> Value {
    let kind = if depth == 0 { 0 } else { *random.pick(&[0, 0, 0, 0, 1, 2, 3, 4]) };
    match kind {
        1 => json!({ "type": "array", "items": any(random, depth - 1) }),
        2 => {
            let count = *random.pick(&[1, 2]);
            let mut inner = object(random, count);
            if let Some(fields) = inner["properties"].as_object_mut() {
                fields.values_mut().for_each(|field| *field = scalar(random));
            }
            inner
        }
        3 => json!({ "type": "object", "additionalProperties": scalar(random) }),
        4 => {
            let name = *random.pick(&["Color", "Animal", "Owner", "Color"]);
            json!({ "$ref": format!("#/components/schemas/{name}") })
        }
        _ => scalar(random),
    }
}

/// A schema of one value.
pub(crate) fn scalar(random: &mut Random) -> Value {
    random
        .pick(&[
            json!({ "type": "string" }),
            json!({ "type": "string", "maxLength": 40 }),
            json!({ "type": "string", "enum": ["new", "old"] }),
            json!({ "type": "string", "format": "date-time" }),
            json!({ "type": "string", "format": "uuid" }),
            json!({ "type": "integer" }),
            json!({ "type": "integer", "minimum": 1, "maximum": 100 }),
            json!({ "type": "integer", "enum": [1, 2, 3] }),
            json!({ "type": "number" }),
            json!({ "type": "boolean" }),
        ])
        .clone()
}

fn paths(random: &mut Random) -> Value {
    let id =
        || json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    let pet = || json!({ "$ref": "#/components/schemas/Pet" });
    let list = match *random.pick(&[0, 1, 2]) {
        0 => json!({ "type": "array", "items": pet() }),
        1 => json!({ "type": "object", "required": ["items"], "properties": {
            "items": { "type": "array", "items": pet() }, "next_cursor": { "type": "string", "nullable": true } } }),
        _ => json!({ "type": "object", "required": ["data"], "properties": {
            "data": { "type": "array", "items": pet() }, "total": { "type": "integer" } } }),
    };
    let body = if random.one_in(2) {
        json!({ "$ref": "#/components/schemas/NewPet" })
    } else {
        object(random, 3)
    };
    json!({
        "/pets": {
            "get": {
                "operationId": "listPets", "tags": ["Pets"], "parameters": filters(random),
                "responses": { "200": reply(list), "400": reply(object(random, 1)) },
            },
            "post": {
                "operationId": "createPet", "tags": ["Pets"],
                "requestBody": { "required": !random.one_in(3), "content": { "application/json": { "schema": body } } },
                "responses": { "201": reply(pet()) },
            },
        },
        "/pets/{id}": {
            "get": {
                "operationId": "getPet", "tags": ["Pets"], "parameters": [id()],
                "responses": { "200": reply(pet()) },
            },
            "delete": {
                "operationId": "deletePet", "tags": ["Pets"], "parameters": [id()], "security": [{ "other": [] }],
                "responses": { "204": { "description": "Gone" } },
            },
        },
        "/animals/{id}": {
            "put": {
                "operationId": "replaceAnimal", "tags": ["Animals"], "parameters": [id()],
                "requestBody": { "required": true, "content": {
                    "application/json": { "schema": { "$ref": "#/components/schemas/Animal" } } } },
                "responses": { "200": reply(json!({ "$ref": "#/components/schemas/Animal" })) },
            },
        },
    })
}

/// Parameters of a query and a header.
fn filters(random: &mut Random) -> Value {
    let mut list = vec![
        json!({ "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } }),
        json!({ "name": "color", "in": "query", "schema": { "$ref": "#/components/schemas/Color" } }),
        json!({ "name": "tags", "in": "query", "schema": { "type": "array", "items": { "type": "string" } } }),
        json!({ "name": "X-Trace", "in": "header", "schema": { "type": "string" } }),
    ];
    list.push(match *random.pick(&[0, 1, 2]) {
        0 => json!({ "name": "cursor", "in": "query", "schema": { "type": "string" } }),
        1 => json!({ "name": "offset", "in": "query", "schema": { "type": "integer" } }),
        _ => json!({ "name": "since", "in": "query", "required": true, "schema": { "type": "string", "format": "date" } }),
    });
    Value::Array(list)
}

/// A reply of JSON.
pub(crate) fn reply(schema: Value) -> Value {
    json!({ "description": "Done", "content": { "application/json": { "schema": schema } } })
}
