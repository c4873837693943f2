//! Replies and paths without their values: what may be written down of an exchange.
//!
//! What is learnt from are kinds, forms and names. So a recording needs nothing else, and what is not in it can be lost
//! by nobody: a text becomes a mark of the same form, a number one of the same kind, a key that is data another of its
//! class. Equal values get equal marks within one recording, so that what repeats can still be counted; the salt, which
//! is thrown away, keeps anybody from trying names until a mark fits.

use serde_json::{Map, Number, Value};

use super::route::Routes;
use super::shape::class;
use super::witness::hash;
use crate::Source;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read;
use crate::values;

/// The address that paths are looked up under; any does.
const HERE: &str = "http://recorded.invalid";

/// Takes values out.
#[derive(Debug)]
pub struct Scrubber {
    routes: Routes,
    salt: u64,
}

impl Scrubber {
    /// For the operations of a document, which say what of a path is a value. `salt` is random, and kept by nobody.
    /// `None` if the document cannot be read; the reasons are then among the diagnostics.
    ///
    /// ```
    /// use lockstep_generator::learn::Scrubber;
    /// use lockstep_generator::{Source, diagnostic::Diagnostics};
    ///
    /// let text = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths: { '/pets/{id}': { get: { responses: {} } } }";
    /// let source = Source { path: "pets.yaml", text };
    /// let scrubber = Scrubber::new(&source, "", 7, &mut Diagnostics::new()).unwrap();
    /// assert!(!scrubber.path("GET", "/pets/rex").contains("rex"));
    /// let body = scrubber.value(&serde_json::json!({ "name": "Rex", "born": "2020-01-01", "legs": 4, "tail": null }));
    /// assert_eq!(body["tail"], serde_json::Value::Null);
    /// assert!(body["legs"].is_u64() && body["name"] != "Rex");
    /// ```
    pub fn new(
        document: &Source<'_>,
        base_path: &str,
        salt: u64,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let document = read::prepare(document, None, diagnostics)?;
        match Routes::of(&document, &[format!("{HERE}{base_path}"), HERE.to_owned()]) {
            Ok(routes) => Some(Self { routes, salt }),
            Err(why) => {
                diagnostics.push(Diagnostic::error("bad-server", why));
                None
            }
        }
    }

    /// A path in which only words of the document remain; no query.
    pub fn path(&self, method: &str, path: &str) -> String {
        let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
        self.routes.scrubbed(method, &format!("{HERE}{path}"), path, &|text| {
            format!("v{:08x}", self.mark(text) & 0xffff_ffff)
        })
    }

    /// A value of which only kinds, forms and names remain.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) => Value::Number(scrubbed(number)),
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(list) => list.iter().map(|item| self.value(item)).collect(),
            Value::Object(object) => {
                let members = object.iter().map(|(key, value)| (self.key(key), self.value(value)));
                Value::Object(members.collect::<Map<String, Value>>())
            }
        }
    }

    fn mark(&self, text: &str) -> u64 {
        hash((self.salt, text))
    }

    fn text(&self, text: &str) -> String {
        let mark = self.mark(text);
        if text.is_empty() {
            String::new()
        } else if values::is_date(text) {
            day(mark)
        } else if values::is_date_time(text) {
            // What stands behind the date is form, but for the time itself.
            let zone = text[19..]
                .trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
            let zone = if zone.len() > 1 { "+00:00" } else { zone };
            format!("{}{}00:00:00{zone}", day(mark), &text[10..11])
        } else if values::is_uuid(&text.to_ascii_lowercase()) {
            format!("00000000-0000-4000-8000-{:012x}", mark & 0xffff_ffff_ffff)
        } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
            digits(mark, text.len())
        } else {
            format!("x{:08x}", mark & 0xffff_ffff)
        }
    }

    fn key(&self, key: &str) -> String {
        let mark = self.mark(key);
        match class(key) {
            None => key.to_owned(),
            Some("number") => digits(mark, key.len()),
            Some("date") => day(mark),
            Some("uuid") => format!("00000000-0000-4000-8000-{:012x}", mark & 0xffff_ffff_ffff),
            Some("id") => format!("id{:08}", mark % 100_000_000),
            Some(_) => format!("text {:08}", mark % 100_000_000),
        }
    }
}

/// A day that is none of those in the text.
fn day(mark: u64) -> String {
    format!("20{:02}-{:02}-{:02}", mark % 100, mark / 100 % 12 + 1, mark / 1200 % 28 + 1)
}

/// As many digits, of which the first is no zero.
fn digits(mark: u64, length: usize) -> String {
    let text: String =
        format!("{}{mark:020}", mark % 9 + 1).chars().take(length.clamp(1, 20)).collect();
    text
}

/// A number of the same kind, and on the same side of what other languages can hold.
fn scrubbed(number: &Number) -> Number {
    const EXACT: u64 = 1 << 53;
    if number.is_f64() {
        let huge = number.as_f64().is_some_and(|number| number.abs() >= 9.2e18);
        return Number::from_f64(if huge { 1e20 } else { 0.5 }).unwrap_or_else(|| 0.into());
    }
    match number.as_i64().map(i64::unsigned_abs) {
        None => u64::MAX.into(),
        Some(size) if size > EXACT => (EXACT + 1).into(),
        Some(_) => 1.into(),
    }
}
