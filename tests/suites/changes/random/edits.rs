//! What people do to documents: one edit each, at a place by chance.
//!
//! An edit that finds nothing to do gives `None`. A pair is taken in either direction, so that each of these stands for
//! its reverse as well.

use serde_json::{Value, json};

use super::document::{any, reply, scalar};
use super::operations;
use super::places::{at, property, schema, schemas};
use crate::dice::Random;

/// An edit: changes the document, or finds nothing to change.
pub(crate) type Edit = fn(&mut Value, &mut Random) -> Option<()>;

/// Every edit by name.
pub(crate) fn all() -> Vec<(&'static str, Edit)> {
    let mut all: Vec<(&'static str, Edit)> = vec![
        ("property added", property_added),
        ("property added, required", property_required),
        ("property removed", property_removed),
        ("property retyped", property_retyped),
        ("property renamed", property_renamed),
        ("properties reordered", properties_reordered),
        ("required toggled", required_toggled),
        ("nullable toggled", |d, r| toggle(d, r, "nullable")),
        ("readOnly toggled", |d, r| toggle(d, r, "readOnly")),
        ("writeOnly toggled", |d, r| toggle(d, r, "writeOnly")),
        ("deprecated toggled", |d, r| toggle(d, r, "deprecated")),
        ("enum value added", enum_added),
        ("enum values reordered", enum_reordered),
        ("enum put on", enum_put_on),
        ("constant", constant),
        ("bound put on", bound),
        ("format changed", format),
        ("default changed", default),
        ("example added", example),
        ("title added", title),
        ("other fields toggled", additional),
        ("wrapped in allOf", wrapped),
        ("split into allOf", split),
        ("moved to a component", to_component),
        ("component renamed", component_renamed),
        ("reference written out", written_out),
        ("arm added", arm_added),
        ("arms reordered", arms_reordered),
        ("mapping changed", mapping),
        ("discriminator toggled", discriminator),
        ("oneOf to anyOf", other_alternatives),
        ("list of it", listed),
        ("made a union", made_union),
        ("not put on", not),
    ];
    all.extend(operations::all());
    all
}

fn is_object(schema: &Value) -> bool {
    schema["properties"].is_object()
}

fn property_added(document: &mut Value, random: &mut Random) -> Option<()> {
    let owner = schema(document, random, is_object)?;
    let name = *random.pick(&["extra", "more", "size", "kind", "type", "id"]);
    let fields = document.pointer_mut(&owner)?["properties"].as_object_mut()?;
    if fields.contains_key(name) {
        return None;
    }
    let value = any(random, 2);
    if random.one_in(2) {
        fields.insert(name.to_owned(), value);
    } else {
        fields.shift_insert(0, name.to_owned(), value);
    }
    Some(())
}

fn property_required(document: &mut Value, random: &mut Random) -> Option<()> {
    let owner = schema(document, random, is_object)?;
    let owner = document.pointer_mut(&owner)?;
    owner["properties"].as_object_mut()?.insert("needed".to_owned(), any(random, 1));
    require(owner, "needed");
    Some(())
}

fn require(owner: &mut Value, name: &str) {
    match owner["required"].as_array_mut() {
        Some(list) => list.push(json!(name)),
        None => owner["required"] = json!([name]),
    }
}

fn forget(owner: &mut Value, name: &str) -> bool {
    let Some(list) = owner["required"].as_array_mut() else { return false };
    let before = list.len();
    list.retain(|known| known != name);
    let is_less = list.len() < before;
    if list.is_empty() {
        owner.as_object_mut().map(|owner| owner.shift_remove("required"));
    }
    is_less
}

fn property_removed(document: &mut Value, random: &mut Random) -> Option<()> {
    let (owner, name) = property(document, random)?;
    let owner = document.pointer_mut(&owner)?;
    owner["properties"].as_object_mut()?.shift_remove(&name)?;
    forget(owner, &name);
    Some(())
}

fn property_retyped(document: &mut Value, random: &mut Random) -> Option<()> {
    let (owner, name) = property(document, random)?;
    *document.pointer_mut(&format!("{owner}/properties/{name}"))? = any(random, 2);
    Some(())
}

fn property_renamed(document: &mut Value, random: &mut Random) -> Option<()> {
    let (owner, name) = property(document, random)?;
    let owner = document.pointer_mut(&owner)?;
    let other = format!("{name}{}", random.pick(&["2", "_value", "Of"]));
    let fields = owner["properties"].as_object_mut()?;
    let at = fields.keys().position(|known| *known == name)?;
    let value = fields.shift_remove(&name)?;
    fields.shift_insert(at, other.clone(), value);
    if forget(owner, &name) {
        require(owner, &other);
    }
    Some(())
}

fn properties_reordered(document: &mut Value, random: &mut Random) -> Option<()> {
    let owner = schema(document, random, is_object)?;
    let fields = document.pointer_mut(&owner)?["properties"].as_object_mut()?;
    let first = fields.keys().next().filter(|_| fields.len() > 1)?.clone();
    let value = fields.shift_remove(&first)?;
    fields.insert(first, value);
    Some(())
}

fn required_toggled(document: &mut Value, random: &mut Random) -> Option<()> {
    let (owner, name) = property(document, random)?;
    let owner = document.pointer_mut(&owner)?;
    if !forget(owner, &name) {
        require(owner, &name);
    }
    Some(())
}

fn toggle(document: &mut Value, random: &mut Random, flag: &str) -> Option<()> {
    let place = schema(document, random, |schema| schema.get("$ref").is_none())?;
    let here = document.pointer_mut(&place)?.as_object_mut()?;
    if here.shift_remove(flag).is_none() {
        here.insert(flag.to_owned(), json!(true));
    }
    Some(())
}

fn enum_added(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| schema["enum"].is_array())?;
    let list = document.pointer_mut(&place)?["enum"].as_array_mut()?;
    let value = if list[0].is_string() { json!("violet") } else { json!(9) };
    let at = *random.pick(&[0, list.len()]);
    list.insert(at, value);
    Some(())
}

fn enum_reordered(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| schema["enum"].is_array())?;
    document.pointer_mut(&place)?["enum"].as_array_mut()?.rotate_left(1);
    Some(())
}

fn enum_put_on(document: &mut Value, random: &mut Random) -> Option<()> {
    let is_plain = |schema: &Value| {
        schema["enum"].is_null() && matches!(schema["type"].as_str(), Some("string" | "integer"))
    };
    let place = schema(document, random, is_plain)?;
    let here = document.pointer_mut(&place)?;
    here["enum"] = if here["type"] == "string" { json!(["text", "1"]) } else { json!([1, 5]) };
    Some(())
}

fn constant(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| schema["type"] == "string")?;
    document.pointer_mut(&place)?["enum"] = json!(["text"]);
    Some(())
}

fn bound(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| schema["type"].is_string())?;
    let here = document.pointer_mut(&place)?;
    let (key, value) = match here["type"].as_str()? {
        "string" => *random.pick(&[("maxLength", 5), ("minLength", 2), ("maxLength", 400)]),
        "integer" | "number" => *random.pick(&[("maximum", 5), ("minimum", 2), ("multipleOf", 5)]),
        "array" => *random.pick(&[("maxItems", 1), ("minItems", 1)]),
        "object" => *random.pick(&[("maxProperties", 2), ("minProperties", 1)]),
        _ => return None,
    };
    here[key] = json!(value);
    Some(())
}

fn format(document: &mut Value, random: &mut Random) -> Option<()> {
    let holds = |schema: &Value| {
        schema["enum"].is_null()
            && matches!(schema["type"].as_str(), Some("string" | "integer" | "number"))
    };
    let place = schema(document, random, holds)?;
    let here = document.pointer_mut(&place)?.as_object_mut()?;
    let format = match here["type"].as_str()? {
        "string" => *random.pick(&["date", "date-time", "uuid", "byte", "email", "decimal", "uri"]),
        "integer" => *random.pick(&["int32", "int64", "uint64"]),
        _ => *random.pick(&["float", "double", "decimal"]),
    };
    if random.one_in(4) && here.shift_remove("format").is_some() {
        return Some(());
    }
    here.insert("format".to_owned(), json!(format));
    Some(())
}

fn default(document: &mut Value, random: &mut Random) -> Option<()> {
    let holds = |schema: &Value| {
        schema["enum"].is_null() && matches!(schema["type"].as_str(), Some("integer" | "boolean"))
    };
    let place = schema(document, random, holds)?;
    let here = document.pointer_mut(&place)?;
    here["default"] = if here["type"] == "integer" { json!(2) } else { json!(true) };
    Some(())
}

fn example(document: &mut Value, random: &mut Random) -> Option<()> {
    let (owner, name) = property(document, random)?;
    let here = document.pointer_mut(&format!("{owner}/properties/{name}"))?;
    // One that its schema does not allow is learnt from: that is for the tests of the generator.
    here["example"] = match here["type"].as_str()? {
        "string" if here["enum"].is_null() && here["format"].is_null() => json!("text"),
        "integer" if here["enum"].is_null() => json!(7),
        "number" => json!(*random.pick(&[0.5, 7.0])),
        "boolean" => json!(true),
        _ => return None,
    };
    Some(())
}

fn title(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| schema.get("$ref").is_none())?;
    document.pointer_mut(&place)?["title"] = json!(*random.pick(&["Thing", "Pet", "An Item"]));
    Some(())
}

fn additional(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| schema["type"] == "object")?;
    let values = [json!(true), json!(false), json!({ "type": "string" }), json!({})];
    document.pointer_mut(&place)?["additionalProperties"] = random.pick(&values).clone();
    Some(())
}

fn wrapped(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, Value::is_object)?;
    let here = document.pointer_mut(&place)?;
    *here = json!({ "allOf": [here.take()] });
    Some(())
}

/// The first property goes into a part of its own.
fn split(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, is_object)?;
    let here = document.pointer_mut(&place)?;
    let fields = here["properties"].as_object_mut()?;
    let first = fields.keys().next().filter(|_| fields.len() > 1)?.clone();
    let value = fields.shift_remove(&first)?;
    let mut part = json!({ "type": "object", "properties": { first.clone(): value } });
    if forget(here, &first) {
        require(&mut part, &first);
    }
    *here = json!({ "allOf": [part, here.take()] });
    Some(())
}

fn to_component(document: &mut Value, random: &mut Random) -> Option<()> {
    let all = schemas(document).into_iter().filter(|pointer| {
        !pointer.starts_with("/components/") && at(document, pointer).get("$ref").is_none()
    });
    let place = super::places::one(random, all.collect())?;
    let here = document.pointer_mut(&place)?.take();
    document["components"]["schemas"]["Moved"] = here;
    *document.pointer_mut(&place)? = json!({ "$ref": "#/components/schemas/Moved" });
    Some(())
}

fn component_renamed(document: &mut Value, random: &mut Random) -> Option<()> {
    let name = *random.pick(&["Color", "Owner", "Pet", "NewPet", "Animal", "Cat"]);
    let other = *random.pick(&["Renamed", "Thing", "PetThing"]);
    let text = document.to_string();
    let text = text
        .replace(&format!("schemas/{name}\""), &format!("schemas/{other}\""))
        .replace(&format!("\"{name}\":"), &format!("\"{other}\":"));
    *document = serde_json::from_str(&text).ok()?;
    Some(())
}

fn written_out(document: &mut Value, random: &mut Random) -> Option<()> {
    // Alternatives are named by what they refer to, which is for other edits.
    let all = schemas(document)
        .into_iter()
        .filter(|pointer| !pointer.contains("Of/") && at(document, pointer).get("$ref").is_some());
    let place = super::places::one(random, all.collect())?;
    let target =
        at(document, &format!("{place}/$ref")).as_str()?.trim_start_matches('#').to_owned();
    *document.pointer_mut(&place)? = at(document, &target).clone();
    Some(())
}

fn has_arms(schema: &Value) -> bool {
    arms(schema).is_some()
}

fn arms(schema: &Value) -> Option<&'static str> {
    ["oneOf", "anyOf"].into_iter().find(|key| schema[*key].is_array())
}

fn arm_added(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, has_arms)?;
    document["components"]["schemas"]["Bird"] = json!({ "type": "object", "required": ["kind", "song"],
        "properties": { "kind": { "type": "string" }, "song": { "type": "string" } } });
    let here = document.pointer_mut(&place)?;
    let key = arms(here)?;
    let list = here[key].as_array_mut()?;
    let arm = match *random.pick(&[0, 0, 1]) {
        0 => json!({ "$ref": "#/components/schemas/Bird" }),
        _ => scalar(random),
    };
    list.insert(*random.pick(&[0, list.len()]), arm);
    Some(())
}

fn arms_reordered(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, has_arms)?;
    let here = document.pointer_mut(&place)?;
    let key = arms(here)?;
    here[key].as_array_mut()?.rotate_left(1);
    Some(())
}

fn mapping(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| schema["discriminator"].is_object())?;
    let maps = [
        json!({ "cat": "#/components/schemas/Dog", "dog": "#/components/schemas/Cat" }),
        json!({ "cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog" }),
        json!({ "cat": "#/components/schemas/Cat", "lion": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog" }),
        json!({ "feline": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog" }),
    ];
    document.pointer_mut(&place)?["discriminator"]["mapping"] = random.pick(&maps).clone();
    Some(())
}

fn discriminator(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, has_arms)?;
    let here = document.pointer_mut(&place)?.as_object_mut()?;
    if here.shift_remove("discriminator").is_none() {
        here.insert("discriminator".to_owned(), json!({ "propertyName": "kind" }));
    }
    Some(())
}

fn other_alternatives(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, has_arms)?;
    let here = document.pointer_mut(&place)?;
    let key = arms(here)?;
    let list = here.as_object_mut()?.shift_remove(key)?;
    here[if key == "oneOf" { "anyOf" } else { "oneOf" }] = list;
    Some(())
}

fn listed(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, Value::is_object)?;
    if place.contains("Of/") {
        return None;
    }
    let here = document.pointer_mut(&place)?;
    *here = json!({ "type": "array", "items": here.take() });
    Some(())
}

fn made_union(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| arms(schema).is_none())?;
    if place.contains("Of/") {
        return None;
    }
    let here = document.pointer_mut(&place)?;
    let other = scalar(random);
    *here = json!({ "oneOf": [here.take(), other] });
    Some(())
}

fn not(document: &mut Value, random: &mut Random) -> Option<()> {
    let place = schema(document, random, |schema| schema["type"] == "string")?;
    document.pointer_mut(&place)?["not"] = json!({ "enum": ["text"] });
    Some(())
}

/// A reply of any kind, for the edits of operations.
pub(crate) fn any_reply(random: &mut Random) -> Value {
    match *random.pick(&[0, 0, 1, 2]) {
        0 => reply(any(random, 2)),
        1 => json!({ "description": "Nothing" }),
        _ => {
            json!({ "description": "Text", "content": { "text/plain": { "schema": { "type": "string" } } } })
        }
    }
}
