//! Data made from JSON Schema: the same for the same seed, and valid against its schema.
//!
//! Makes a value by the rules of the schema, lets `jsonschema` judge it, and tries again with
//! another branch of the same seed where the schema says more than the rules understand. All tries together have one
//! budget: a schema of a few lines can demand more values than there is memory.

mod budget;
mod numbers;

use serde_json::{Map, Value, json};

use self::budget::Budget;
pub(crate) use self::budget::Spent;
use crate::checks::Checked;
use crate::direction::Way;
use crate::schema::View;
use crate::words;

/// Below this depth only what is required is made.
const DEPTH: usize = 7;
/// Below this depth nothing is made at all: the schema demands an endless value.
const BOTTOM: usize = 40;
/// How often a value is made before the schema is given up.
const TRIES: u64 = 24;
/// Most values in one document, so that nested lists stay small.
const VALUES: usize = 2_000;

/// What came of making a value.
#[derive(Debug, PartialEq)]
pub(crate) enum Tried {
    /// It fits its schema, or the schema cannot be compiled, and so cannot be failed either.
    Fits(Value),
    /// No try was valid; this was the last one.
    Last(Value),
    /// There is no schema.
    Nothing,
}

/// Makes a value; `None` when no try is valid.
///
/// # Errors
/// When the schema demands more than a reply may hold.
pub(crate) fn value(checked: &Checked, seed: u64) -> Result<Option<Value>, Spent> {
    Ok(match tried(checked, seed)? {
        Tried::Fits(value) => Some(value),
        Tried::Last(_) | Tried::Nothing => None,
    })
}

/// The same, with the last try where none is valid.
///
/// # Errors
/// When the schema demands more than a reply may hold.
pub(crate) fn tried(checked: &Checked, seed: u64) -> Result<Tried, Spent> {
    let Some(view) = checked.view() else { return Ok(Tried::Nothing) };
    let mut last = Tried::Nothing;
    let mut budget = Budget::default();
    for attempt in 0..TRIES {
        let random = Random::new(seed.wrapping_add(attempt << 32));
        let lean = attempt > TRIES / 2;
        let mut maker =
            Maker { random, left: VALUES, lean, way: checked.way(), budget: &mut budget };
        let value = maker.make(view, "", 0)?;
        if checked.is_valid(&value) {
            return Ok(Tried::Fits(value));
        }
        last = Tried::Last(value);
    }
    Ok(last)
}

/// Makes a part of a value. Whether it fits shows in the whole.
///
/// # Errors
/// When its schema demands more than a reply may hold.
pub(crate) fn part(
    checked: &Checked,
    view: View<'_>,
    name: &str,
    seed: u64,
) -> Result<Value, Spent> {
    let mut budget = Budget::default();
    let random = Random::new(seed);
    let mut maker =
        Maker { random, left: VALUES, lean: false, way: checked.way(), budget: &mut budget };
    maker.make(view, name, 1)
}

/// A small generator of numbers (SplitMix64); good enough for test data, the same everywhere.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        let index = self.below(from.len() as u64);
        from.get(usize::try_from(index).ok()?)
    }
}

/// Mixes text into a seed, so that every operation has data of its own.
pub(crate) fn seed_for(seed: u64, texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(seed ^ 0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

struct Maker<'b> {
    random: Random,
    left: usize,
    /// Only what is required, for schemas whose optional parts contradict each other.
    lean: bool,
    way: Way,
    budget: &'b mut Budget,
}

impl Maker<'_> {
    fn make(&mut self, view: View<'_>, name: &str, depth: usize) -> Result<Value, Spent> {
        self.left = self.left.saturating_sub(1);
        self.budget.value()?;
        if depth > BOTTOM {
            return Ok(Value::Null);
        }
        let merged = self.flat(view, 12)?;
        if let Some(constant) = merged.get("const") {
            return Ok(constant.clone());
        }
        if let Some(options) = merged.get("enum").and_then(Value::as_array) {
            return Ok(self.random.pick(options).cloned().unwrap_or(Value::Null));
        }
        let own = Value::Object(merged);
        // Children live in the merged schema, references in the document around it.
        let types = kinds(&own);
        let wanted: Vec<_> = types.iter().filter(|kind| **kind != "null").collect();
        let spare = types.contains(&"null")
            && (wanted.is_empty() || depth > DEPTH || self.random.below(10) == 0);
        if spare {
            return Ok(Value::Null);
        }
        Ok(match self.random.pick(&wanted).map(|kind| **kind) {
            Some("object") => self.object(view, &own, depth)?,
            Some("array") => self.array(view, &own, name, depth)?,
            Some("integer") => numbers::integer(&own, name, &mut self.random),
            Some("number") => numbers::number(&own, name, &mut self.random),
            Some("boolean") => json!(self.random.below(2) == 1),
            Some("string") => {
                let text = words::text(&own, name, &mut self.random);
                self.budget.text(text.len())?;
                Value::String(text)
            }
            _ => json!(self.random.below(1000)),
        })
    }

    fn object(&mut self, view: View<'_>, own: &Value, depth: usize) -> Result<Value, Spent> {
        let required: Vec<_> = strings(own.get("required"));
        let none = Map::new();
        let most = number(own, "maxProperties").map_or(usize::MAX, |most| most as usize);
        let properties = own.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let mut map = Map::new();
        for (name, schema) in properties {
            let needed = required.contains(&name.as_str());
            let has_room = !self.lean && depth < DEPTH && self.left > 0 && map.len() < most;
            let wanted = has_room && !self.way.bars(view.at(schema));
            if (needed || wanted) && schema != &Value::Bool(false) {
                map.insert(name.clone(), self.make(view.at(schema), name, depth + 1)?);
            }
        }
        let additional =
            own.get("additionalProperties").filter(|schema| **schema != Value::Bool(false));
        for name in required.iter().filter(|name| !properties.contains_key(**name)) {
            let value = match additional {
                Some(schema) => self.make(view.at(schema), name, depth + 1)?,
                None => json!("text"),
            };
            map.insert((*name).to_owned(), value);
        }
        let least = number(own, "minProperties").unwrap_or(0.0) as usize;
        let some =
            if properties.is_empty() && additional.is_some_and(Value::is_object) && depth < DEPTH {
                2
            } else {
                0
            };
        let is_open = own.get("additionalProperties") != Some(&Value::Bool(false));
        while is_open && map.len() < least.max(some.min(most)) {
            let name = format!("key{}", map.len() + 1);
            let value = match additional {
                Some(schema) => self.make(view.at(schema), &name, depth + 1)?,
                None => {
                    self.budget.value()?;
                    json!("text")
                }
            };
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }

    fn array(
        &mut self,
        view: View<'_>,
        own: &Value,
        name: &str,
        depth: usize,
    ) -> Result<Value, Spent> {
        let least = number(own, "minItems").unwrap_or(0.0) as usize;
        let most = number(own, "maxItems").map_or(usize::MAX, |most| most as usize);
        let usual = if self.lean || depth >= DEPTH || self.left == 0 {
            0
        } else {
            1 + self.random.below(3) as usize
        };
        let count = usual.clamp(least, most.max(least));
        let unique = own.get("uniqueItems") == Some(&Value::Bool(true));
        let prefix =
            own.get("prefixItems").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut items: Vec<Value> = Vec::new();
        for index in 0..count.max(prefix.len().min(most)) {
            let schema = prefix.get(index).or_else(|| own.get("items"));
            for _ in 0..if unique { 64 } else { 1 } {
                let item = match schema {
                    Some(schema) => self.make(view.at(schema), name, depth + 1)?,
                    None => {
                        self.budget.value()?;
                        json!("text")
                    }
                };
                if !(unique && items.contains(&item)) {
                    items.push(item);
                    break;
                }
            }
        }
        Ok(Value::Array(items))
    }

    /// One schema of a reference, `allOf` and one choice of each `anyOf` and `oneOf`.
    fn flat(&mut self, view: View<'_>, depth: usize) -> Result<Map<String, Value>, Spent> {
        self.budget.copy(view.node)?;
        let mut merged = view.node.as_object().cloned().unwrap_or_default();
        for keyword in ["$ref", "allOf", "anyOf", "oneOf", "schemas"] {
            merged.shift_remove(keyword);
        }
        let Some(depth) = depth.checked_sub(1) else { return Ok(merged) };
        if let Some(referred) = view.referred() {
            merge(&mut merged, self.flat(referred, depth)?);
        }
        for part in view.branches("allOf") {
            merge(&mut merged, self.flat(part, depth)?);
        }
        for keyword in ["anyOf", "oneOf"] {
            let branches: Vec<_> = view.branches(keyword).collect();
            if let Some(branch) = self.random.pick(&branches) {
                merge(&mut merged, self.flat(*branch, depth)?);
            }
        }
        Ok(merged)
    }
}

/// Adds what another schema demands. Where both bound the same thing, the narrower bound stays.
fn merge(into: &mut Map<String, Value>, other: Map<String, Value>) {
    for (keyword, value) in other {
        match (keyword.as_str(), into.get_mut(&keyword)) {
            (_, None) => {
                into.insert(keyword, value);
            }
            ("properties", Some(Value::Object(own))) => {
                if let Value::Object(properties) = value {
                    merge_properties(own, properties);
                }
            }
            ("required", Some(Value::Array(own))) => {
                own.extend(value.as_array().cloned().unwrap_or_default())
            }
            ("type" | "enum", Some(own)) => *own = common(own, &value),
            (
                "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties",
                Some(own),
            ) if value.as_f64() > own.as_f64() => *own = value,
            (
                "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties",
                Some(own),
            ) if value.as_f64() < own.as_f64() => *own = value,
            _ => {}
        }
    }
}

fn merge_properties(own: &mut Map<String, Value>, properties: Map<String, Value>) {
    for (name, schema) in properties {
        match own.get_mut(&name) {
            Some(earlier) if *earlier != schema => {
                *earlier = json!({"allOf": [earlier.take(), schema]})
            }
            Some(_) => {}
            None => {
                own.insert(name, schema);
            }
        }
    }
}

/// What two lists (or single values) of types or options have in common; the second one if nothing.
fn common(own: &Value, other: &Value) -> Value {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let both: Vec<_> = list(other).into_iter().filter(|value| list(own).contains(value)).collect();
    if both.is_empty() { other.clone() } else { Value::Array(both) }
}

fn kinds(own: &Value) -> Vec<&str> {
    match own.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(list @ Value::Array(_)) => strings(Some(list)),
        _ if own.get("properties").is_some()
            || own.get("additionalProperties").is_some_and(Value::is_object) =>
        {
            vec!["object"]
        }
        _ if own.get("items").is_some() => vec!["array"],
        _ if own.get("minimum").is_some() || own.get("maximum").is_some() => vec!["number"],
        _ => vec!["string"],
    }
}

fn strings(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn number(own: &Value, keyword: &str) -> Option<f64> {
    own.get(keyword).and_then(Value::as_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(schema: &Value) -> Checked {
        let mut schema = schema.clone();
        Way::Reply.apply(&mut schema);
        Checked::compiled(Some(schema), Way::Reply, crate::data::Timestamps::Rfc3339)
    }

    #[test]
    fn what_is_made_fits() {
        for schema in [
            json!({}),
            json!(true),
            json!({"type": "integer", "minimum": 3, "maximum": 4}),
            json!({"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5}),
            json!({"type": "integer", "maximum": -5}),
            json!({"type": "number", "multipleOf": 0.25, "minimum": 1.1, "maximum": 1.3}),
            json!({"type": "integer", "multipleOf": 7}),
            json!({"type": ["null", "string"], "maxLength": 3}),
            json!({"type": "string", "minLength": 30, "maxLength": 31}),
            json!({"type": "string", "pattern": "^[A-Z]{2}-\\d{3,5}(x|y)?$"}),
            json!({"type": "string", "pattern": "^acct_[a-z0-9]+$", "maxLength": 12}),
            json!({"type": "string", "format": "uuid"}),
            json!({"type": "string", "format": "email"}),
            json!({"type": "string", "format": "date-time"}),
            json!({"type": "string", "format": "date"}),
            json!({"type": "string", "format": "time"}),
            json!({"type": "string", "format": "ipv4"}),
            json!({"type": "string", "format": "ipv6"}),
            json!({"type": "string", "format": "uri"}),
            json!({"type": "string", "format": "hostname"}),
            json!({"type": "array", "items": {"type": "integer"}, "minItems": 5, "uniqueItems": true}),
            json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": false, "maxItems": 2}),
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}}}),
            json!({"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 3}),
            json!({"allOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}, {"properties": {"a": {"minimum": 2000}}}]}),
            json!({"oneOf": [{"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}}}, {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}}}]}),
            json!({"enum": ["x", 1, null]}),
        ] {
            let checked = checked(&schema);
            for seed in 0..20 {
                let made = value(&checked, seed).expect("within the budget");
                assert!(
                    made.as_ref().is_some_and(|made| checked.is_valid(made)),
                    "{schema} seed {seed}: {made:?}"
                );
                assert_eq!(Ok(made), value(&checked, seed));
            }
        }
    }

    #[test]
    fn endless_schemas_end() {
        let tree = json!({"$ref": "#/schemas/T", "schemas": {"T": {"type": "object", "properties": {"left": {"$ref": "#/schemas/T"}, "right": {"$ref": "#/schemas/T"}, "all": {"type": "array", "items": {"$ref": "#/schemas/T"}}}}}});
        assert!(matches!(value(&checked(&tree), 1), Ok(Some(_))));
        let endless = json!({"$ref": "#/schemas/T", "schemas": {"T": {"type": "object", "required": ["t"], "properties": {"t": {"$ref": "#/schemas/T"}}}}});
        assert_eq!(value(&checked(&endless), 1), Ok(None));
    }

    #[test]
    fn what_demands_too_much_is_given_up() {
        let two = |next: &str| json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"$ref": next}, "b": {"$ref": next}}});
        let mut named = Map::new();
        for index in 0..30 {
            named.insert(format!("S{index}"), two(&format!("#/schemas/S{}", index + 1)));
        }
        named.insert("S30".to_owned(), json!({"type": "string"}));
        let doubling = json!({"$ref": "#/schemas/S0", "schemas": named});
        assert_eq!(value(&checked(&doubling), 1), Err(Spent));

        let mut nested = json!({"type": "string"});
        for _ in 0..4 {
            nested = json!({"type": "array", "minItems": 1000, "items": nested});
        }
        assert_eq!(value(&checked(&nested), 1), Err(Spent));
        let wide = json!({"type": "object", "minProperties": 1e12, "additionalProperties": {"type": "string"}});
        assert_eq!(value(&checked(&wide), 1), Err(Spent));
        let plain = json!({"type": "array", "minItems": 1e12});
        assert_eq!(value(&checked(&plain), 1), Err(Spent));
        let long = json!({"type": "string", "minLength": 1e12});
        assert!(value(&checked(&long), 1).is_ok());

        // A schema that is large and part of itself is copied often.
        let values: Vec<_> = (0..50_000).map(|index| json!(index)).collect();
        let large = json!({"$ref": "#/schemas/L", "schemas": {"L": {"type": "object", "required": ["l", "m"], "properties": {"l": {"$ref": "#/schemas/L"}, "m": {"$ref": "#/schemas/L"}}, "x-values": values}}});
        assert_eq!(value(&checked(&large), 1), Err(Spent));
        // What a person may want is made.
        let many = json!({"type": "array", "minItems": 1000, "items": {"type": "integer"}});
        assert!(matches!(value(&checked(&many), 1), Ok(Some(_))));
    }
}
