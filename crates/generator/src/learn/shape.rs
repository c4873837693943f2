//! What was seen at one place, counted: kinds, forms and keys, and never a value.
//!
//! Adding is the only thing that can be done to a tally, and the order of adding changes nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::witness::{Sight, Witness};
use crate::values;

/// From so many texts of recordings on, the form that they share is their format.
pub(super) const FORMED: u64 = 2;
/// With more names than this, an object is a map whatever its keys look like.
const MOST_FIELDS: usize = 200;
/// So many different texts are told apart, by hash.
pub(super) const MOST_WORDS: usize = 16;

/// How often each kind of value was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds {
    pub(super) boolean: u64,
    pub(super) integer: u64,
    pub(super) number: u64,
    pub(super) string: u64,
    pub(super) array: u64,
    pub(super) object: u64,
}

impl Kinds {
    /// Each kind seen, in words of JSON Schema, with how often.
    pub(super) fn each(&self) -> Vec<(&'static str, u64)> {
        let all = [
            ("boolean", self.boolean),
            ("integer", self.integer),
            ("number", self.number),
            ("string", self.string),
            ("array", self.array),
            ("object", self.object),
        ];
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// The one type that all values have; an integer is a number as well.
    pub(crate) fn one(&self) -> Option<&'static str> {
        match self.each().as_slice() {
            [(kind, _)] => Some(kind),
            [("integer", _), ("number", _)] => Some("number"),
            _ => None,
        }
    }
}

/// The forms that texts were seen in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Forms {
    pub(super) date_time: u64,
    pub(super) date: u64,
    pub(super) uuid: u64,
    pub(super) digits: u64,
    pub(super) empty: u64,
}

/// What was seen of values that no schema describes; and of those that one does, what it says nothing about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) seen: u64,
    pub(super) null: u64,
    pub(crate) kinds: Kinds,
    pub(super) forms: Forms,
    /// Whole numbers beyond 63 bits, and beyond 64.
    pub(super) beyond: u64,
    pub(super) huge: u64,
    /// Hashes of short texts, up to a few; more of them say that it is no enumeration.
    pub(super) words: std::collections::BTreeSet<u64>,
    pub(super) fields: BTreeMap<String, Shape>,
    /// What stands behind keys that are data.
    pub(super) entries: Option<Box<Shape>>,
    /// In how many objects there were such keys.
    pub(super) keyed: u64,
    /// How often each class of such keys was met.
    pub(super) keys: BTreeMap<&'static str, u64>,
    pub(super) items: Option<Box<Shape>>,
    pub(super) witness: Witness,
    overfull: bool,
}

impl Shape {
    /// Counts a value itself, and not what is in it.
    pub(super) fn count(&mut self, value: &Value, sight: &Sight) {
        self.seen += 1;
        self.witness.see(sight);
        match value {
            Value::Null => self.null += 1,
            Value::Bool(_) => self.kinds.boolean += 1,
            Value::Number(number) if number.is_f64() => {
                self.kinds.number += 1;
                let huge = |number: f64| number.fract() == 0.0 && number.abs() >= 9.2e18;
                self.huge += u64::from(number.as_f64().is_some_and(huge));
            }
            Value::Number(number) => {
                self.kinds.integer += 1;
                self.beyond += u64::from(!number.is_i64());
            }
            Value::String(text) => self.text(text),
            Value::Array(_) => self.kinds.array += 1,
            Value::Object(_) => self.kinds.object += 1,
        }
    }

    fn text(&mut self, text: &str) {
        self.kinds.string += 1;
        let form = match text {
            "" => Some(&mut self.forms.empty),
            text if values::is_date(text) => Some(&mut self.forms.date),
            text if values::is_date_time(text) => Some(&mut self.forms.date_time),
            text if values::is_uuid(&text.to_ascii_lowercase()) => Some(&mut self.forms.uuid),
            text if text.bytes().all(|byte| byte.is_ascii_digit()) => Some(&mut self.forms.digits),
            _ => None,
        };
        if let Some(form) = form {
            *form += 1;
        }
        if self.words.len() <= MOST_WORDS {
            self.words.insert(super::witness::hash(text));
        }
    }

    /// Counts a value with everything in it.
    pub(crate) fn take(&mut self, value: &Value, sight: &Sight) {
        self.count(value, sight);
        self.inside(value, sight);
    }

    /// Counts what is in a value that was counted itself already.
    pub(super) fn inside(&mut self, value: &Value, sight: &Sight) {
        match value {
            Value::Array(list) => {
                let items = self.items.get_or_insert_default();
                list.iter().for_each(|item| items.take(item, sight));
            }
            Value::Object(object) => {
                let numbers = !object.is_empty() && object.keys().all(|key| is_number(key));
                let members = object.iter();
                let keyed = members.fold(false, |keyed, (key, value)| {
                    self.member(key, value, numbers, sight) | keyed
                });
                self.keyed += u64::from(keyed);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Counts a member of an object that no schema describes; whether its key is data. `numbers`: whether its siblings
    /// are numbers.
    pub(super) fn member(
        &mut self,
        key: &str,
        value: &Value,
        numbers: bool,
        sight: &Sight,
    ) -> bool {
        let class = class(key).or_else(|| (numbers && is_number(key)).then_some("number"));
        if let Some(class) = class {
            *self.keys.entry(class).or_default() += 1;
        } else if !self.overfull {
            self.fields.entry(key.to_owned()).or_default().take(value, sight);
            self.fold();
            return false;
        } else {
            *self.keys.entry("name").or_default() += 1;
        }
        self.entries.get_or_insert_default().take(value, sight);
        true
    }

    /// Makes a map of an object that has more fields than anybody would write.
    fn fold(&mut self) {
        self.overfull |= self.fields.len() > MOST_FIELDS;
        if !self.overfull || self.fields.is_empty() {
            return;
        }
        let count = self.fields.values().map(|field| field.seen).sum::<u64>();
        *self.keys.entry("name").or_default() += count;
        let fields = std::mem::take(&mut self.fields);
        let entries = self.entries.get_or_insert_default();
        fields.into_values().for_each(|field| entries.merge(field));
    }

    /// Adds what was seen elsewhere.
    pub(super) fn merge(&mut self, other: Self) {
        self.seen += other.seen;
        self.null += other.null;
        self.keyed += other.keyed;
        self.beyond += other.beyond;
        self.huge += other.huge;
        let (a, b) = (&mut self.kinds, &other.kinds);
        a.boolean += b.boolean;
        a.integer += b.integer;
        a.number += b.number;
        a.string += b.string;
        a.array += b.array;
        a.object += b.object;
        let (a, b) = (&mut self.forms, &other.forms);
        a.date_time += b.date_time;
        a.date += b.date;
        a.uuid += b.uuid;
        a.digits += b.digits;
        a.empty += b.empty;
        for word in other.words {
            if self.words.len() <= MOST_WORDS {
                self.words.insert(word);
            }
        }
        for (class, count) in other.keys {
            *self.keys.entry(class).or_default() += count;
        }
        for (name, field) in other.fields {
            self.fields.entry(name).or_default().merge(field);
        }
        for (own, other) in [(&mut self.entries, other.entries), (&mut self.items, other.items)] {
            if let Some(other) = other {
                own.get_or_insert_default().merge(*other);
            }
        }
        self.witness.merge(other.witness);
        self.overfull |= other.overfull;
        self.fold();
    }

    /// Whether the names of fields come and go as keys of a map do, and as names of fields do not.
    fn is_scattered(&self) -> bool {
        let names = self.fields.len() as u64;
        let members: u64 = self.fields.values().map(|field| field.seen).sum();
        names >= 8 && self.kinds.object >= 3 && members * 10 < names * self.kinds.object * 3
    }

    /// What stands behind the keys of a map, if this is one and nothing else.
    pub(super) fn map(&self) -> Option<Self> {
        let keyed = self.entries.as_deref();
        if !self.is_scattered() {
            return keyed.filter(|_| self.fields.is_empty()).cloned();
        }
        let mut all = keyed.cloned().unwrap_or_default();
        self.fields.values().for_each(|field| all.merge(field.clone()));
        Some(all)
    }

    /// A schema that allows everything seen, and says no more than was seen. `formed` is from how many texts on the form
    /// that they share is their format.
    pub(crate) fn schema(&self, nulls: Nulls, formed: u64) -> Value {
        let mut schema = Map::new();
        let Some(kind) = self.kinds.one() else { return Value::Object(schema) };
        schema.insert("type".to_owned(), json!(kind));
        match kind {
            "string" => schema
                .extend(self.format(formed).map(|format| ("format".to_owned(), json!(format)))),
            "array" => {
                let items = self
                    .items
                    .as_ref()
                    .map_or_else(|| json!({}), |items| items.schema(nulls, formed));
                schema.insert("items".to_owned(), items);
            }
            "object" => self.members(&mut schema, nulls, formed),
            _ => {}
        }
        if self.null > 0 {
            nulls.allow(&mut schema);
        }
        Value::Object(schema)
    }

    fn members(&self, schema: &mut Map<String, Value>, nulls: Nulls, formed: u64) {
        if let Some(entries) = self.map() {
            schema.insert("additionalProperties".to_owned(), entries.schema(nulls, formed));
            return;
        }
        let properties: Map<String, Value> = self
            .fields
            .iter()
            .map(|(name, field)| (name.clone(), field.schema(nulls, formed)))
            .collect();
        if !properties.is_empty() {
            schema.insert("properties".to_owned(), properties.into());
        }
        if let Some(entries) = &self.entries {
            schema.insert("additionalProperties".to_owned(), entries.schema(nulls, formed));
        }
    }

    /// The one format that all texts have, where there are at least `formed` of them.
    pub(super) fn format(&self, formed: u64) -> Option<&'static str> {
        let all = |count: u64| count >= formed.max(1) && count == self.kinds.string;
        match &self.forms {
            forms if all(forms.date_time) => Some("date-time"),
            forms if all(forms.date) => Some("date"),
            forms if all(forms.uuid) => Some("uuid"),
            _ => None,
        }
    }

    /// What was seen, in words: `null 3, string 27`.
    pub(super) fn words(&self) -> String {
        let null = (self.null > 0).then_some(("null", self.null));
        let parts: Vec<String> = null
            .into_iter()
            .chain(self.kinds.each())
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        parts.join(", ")
    }
}

/// How a document says that null is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// `nullable: true`, as OpenAPI 3.0 has it.
    Keyword,
    /// `null` among the types, as OpenAPI 3.1 has it.
    Type,
}

impl Nulls {
    pub(super) fn allow(self, schema: &mut Map<String, Value>) {
        match self {
            Self::Keyword => {
                schema.insert("nullable".to_owned(), json!(true));
            }
            Self::Type => {
                let kind = schema.get("type").cloned().unwrap_or_default();
                schema.insert("type".to_owned(), json!([kind, "null"]));
            }
        }
    }
}

pub(crate) fn is_number(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a key is, if it is data and no name: an id, a day, a time, something that only a machine writes.
pub(crate) fn class(key: &str) -> Option<&'static str> {
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    let month = key.len() == 7 && values::is_date(&format!("{key}-01"));
    let name =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '$' | ':');
    if key.len() >= 4 && digits == key.len() {
        Some("number")
    } else if values::is_date(key) || values::is_date_time(key) || month {
        Some("date")
    } else if values::is_uuid(&key.to_ascii_lowercase()) {
        Some("uuid")
    } else if key.is_empty() || key.len() > 60 || !key.chars().all(name) {
        Some("text")
    } else if digits >= 4 || (digits >= 2 && key.len() >= 16) {
        Some("id")
    } else {
        None
    }
}
