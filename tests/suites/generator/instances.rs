//! Values that a schema allows: every alternative, every listed value, every optional property, there and away.
//!
//! It reads the schemas that the mock checks with, and knows nothing of the types that the generator made.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// How many values are made of a schema. Choices are taken in turn, so this many take every one of up to as many.
const MANY: usize = 12;

/// Further in, what need not be there is left out.
const DEEPEST: usize = 5;

/// Values that a schema of `routes.json` allows.
pub(crate) fn of(schema: &Value, schemas: &Value) -> Vec<Value> {
    let mut maker = Maker { schemas, turns: HashMap::new() };
    let mut list: Vec<Value> =
        (0..MANY).filter_map(|_| maker.make(schema, "#".to_owned(), 0)).collect();
    list.dedup();
    list
}

struct Maker<'s> {
    schemas: &'s Value,
    /// Whose turn it is at each place where there is a choice.
    turns: HashMap<String, usize>,
}

impl Maker<'_> {
    fn turn(&mut self, at: &str, choices: usize) -> usize {
        let turn = self.turns.entry(at.to_owned()).or_default();
        *turn += 1;
        (*turn - 1) % choices.max(1)
    }

    /// A value, or nothing where none ends.
    fn make(&mut self, schema: &Value, at: String, depth: usize) -> Option<Value> {
        if depth > DEEPEST * 3 {
            return None;
        }
        let Some(own) = schema.as_object() else { return Some(json!("anything")) };
        if let Some(name) = own.get("$ref").and_then(Value::as_str) {
            let name = name.trim_start_matches("#/schemas/");
            let target = self.schemas.get(name)?.clone();
            return self.make(&target, format!("{at}>{name}"), depth + 1);
        }
        let mut parts: Vec<Value> = Vec::new();
        for (index, member) in list(own, "allOf").iter().enumerate() {
            parts.push(self.make(member, format!("{at}&{index}"), depth + 1)?);
        }
        let choices = list(own, "anyOf");
        if !choices.is_empty() {
            // One that has no end gives way to the next.
            let first = self.turn(&at, choices.len());
            let order = (0..choices.len()).map(|index| (first + index) % choices.len());
            let made = order
                .into_iter()
                .find_map(|index| self.make(&choices[index], format!("{at}|{index}"), depth + 1));
            parts.push(made?);
        }
        if has_more(own) || parts.is_empty() {
            parts.push(self.plain(own, &at, depth)?);
        }
        let mut whole = parts.into_iter().reduce(both).unwrap_or(Value::Null);
        // One part may demand what another declares.
        if let Value::Object(object) = &mut whole {
            for name in self.demanded(schema, 0) {
                if !object.contains_key(&name)
                    && let Some(declared) = self.declared(schema, &name, 0)
                {
                    object.insert(
                        name.clone(),
                        self.make(&declared, format!("{at}!{name}"), depth + 1)?,
                    );
                }
            }
        }
        Some(whole)
    }

    /// What a schema and its parts demand.
    fn demanded(&self, schema: &Value, depth: usize) -> Vec<String> {
        let Some(own) = self.resolved(schema).filter(|_| depth < DEEPEST) else {
            return Vec::new();
        };
        let mut names: Vec<String> =
            list(own, "required").iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
        for part in list(own, "allOf") {
            names.extend(self.demanded(part, depth + 1));
        }
        names
    }

    /// What a schema or one of its parts declares a property to be.
    fn declared(&self, schema: &Value, name: &str, depth: usize) -> Option<Value> {
        let own = self.resolved(schema).filter(|_| depth < DEEPEST)?;
        let here = own.get("properties").and_then(|properties| properties.get(name)).cloned();
        here.or_else(|| {
            list(own, "allOf").iter().find_map(|part| self.declared(part, name, depth + 1))
        })
    }

    fn resolved<'v>(&'v self, schema: &'v Value) -> Option<&'v Map<String, Value>> {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(name) => self.schemas.get(name.trim_start_matches("#/schemas/"))?.as_object(),
            None => schema.as_object(),
        }
    }

    fn plain(&mut self, own: &Map<String, Value>, at: &str, depth: usize) -> Option<Value> {
        let listed = list(own, "enum");
        if !listed.is_empty() {
            return Some(listed[self.turn(at, listed.len())].clone());
        }
        let kinds: Vec<&str> = match own.get("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ if own.contains_key("properties") || own.contains_key("required") => vec!["object"],
            _ => return Some(json!({ "any": ["thing", 1, null] })),
        };
        let kind = kinds[self.turn(&format!("{at}:"), kinds.len())];
        Some(match kind {
            "object" => return self.object(own, at, depth),
            "array" => return self.array(own, at, depth),
            "string" => json!(self.text(own, at)),
            "integer" => self.integer(own, at),
            "number" => json!([0.5, -3.0, 7.25][self.turn(at, 3)]),
            "boolean" => json!(self.turn(at, 2) == 0),
            _ => Value::Null,
        })
    }

    fn object(&mut self, own: &Map<String, Value>, at: &str, depth: usize) -> Option<Value> {
        let required: Vec<&str> = list(own, "required").iter().filter_map(Value::as_str).collect();
        let mut out = Map::new();
        let turn = self.turn(&format!("{at}?"), MANY);
        let properties = own.get("properties").and_then(Value::as_object);
        for (index, (name, schema)) in properties.into_iter().flatten().enumerate() {
            // At first all that there may be, then what has to be, then some of it.
            let wanted = match turn {
                0 => true,
                1 => false,
                turn => (turn + index) % 3 != 0,
            };
            let is_required = required.contains(&name.as_str());
            if !is_required && (!wanted || depth > DEEPEST) {
                continue;
            }
            match self.make(schema, format!("{at}.{name}"), depth + 1) {
                Some(value) => {
                    out.insert(name.clone(), value);
                }
                None if is_required => return None,
                None => {}
            }
        }
        if let Some(rest) = own.get("additionalProperties").filter(|rest| rest.is_object())
            && depth <= DEEPEST
            && let Some(value) = self.make(rest, format!("{at}.*"), depth + 1)
        {
            out.insert("another key".to_owned(), value);
        }
        Some(Value::Object(out))
    }

    fn array(&mut self, own: &Map<String, Value>, at: &str, depth: usize) -> Option<Value> {
        let least = own.get("minItems").and_then(Value::as_u64).unwrap_or(0) as usize;
        let count = if depth > DEEPEST { least } else { [2, 0, 1][self.turn(at, 3)].max(least) };
        let Some(items) = own.get("items") else { return Some(json!([])) };
        let made = (0..count).map(|_| self.make(items, format!("{at}[]"), depth + 1));
        let made: Vec<Value> = made.flatten().collect();
        (made.len() >= least).then_some(Value::Array(made))
    }

    fn text(&mut self, own: &Map<String, Value>, at: &str) -> String {
        match own.get("format").and_then(Value::as_str) {
            Some("date-time") => "2025-01-02T03:04:05Z",
            Some("date") => "2025-01-02",
            Some("uuid") => "7f6b1e52-1f1d-4c7e-8a4e-0d5c4f0a3b1c",
            Some("byte") => "AAEC",
            Some("decimal") => "1.10",
            _ => ["text", "", "1", "2025-01-01"][self.turn(at, 4)],
        }
        .to_owned()
    }

    fn integer(&mut self, own: &Map<String, Value>, at: &str) -> Value {
        let turn = self.turn(at, 3);
        match own.get("format").and_then(Value::as_str) {
            Some("int32") => json!([1, -7, i32::MAX][turn]),
            Some("uint64") => json!([1, 0, u64::MAX][turn]),
            _ => json!([1, -7, i64::MAX][turn]),
        }
    }
}

fn list<'o>(own: &'o Map<String, Value>, key: &str) -> &'o [Value] {
    own.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether a schema says something beside its parts.
fn has_more(own: &Map<String, Value>) -> bool {
    ["type", "enum", "properties", "items"].iter().any(|key| own.contains_key(*key))
}

/// One value of two parts: objects together, else what is more than anything.
fn both(one: Value, two: Value) -> Value {
    match (one, two) {
        (Value::Object(mut one), Value::Object(two)) => {
            for (key, value) in two {
                match one.shift_remove(&key) {
                    Some(known) => one.insert(key, narrower(known, value)),
                    None => one.insert(key, value),
                };
            }
            one.shift_remove("any");
            Value::Object(one)
        }
        (one, two) => narrower(one, two),
    }
}

/// Of two values for one place the later: what is said last narrows what was said before.
fn narrower(one: Value, two: Value) -> Value {
    match (one, two) {
        (one @ Value::Object(_), two @ Value::Object(_)) => both(one, two),
        (_, two) => two,
    }
}
