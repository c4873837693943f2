//! The values that both clients send: what the mock's routes declare, with the document's examples.

use serde_json::{Map, Value, json};

/// An operation as the mock's routes have it.
pub(crate) struct Operation<'r> {
    routes: &'r Value,
    own: &'r Value,
}

/// Every operation of the mock's routes.
pub(crate) fn operations(routes: &Value) -> impl Iterator<Item = Operation<'_>> {
    let own = routes["operations"].as_array().expect("operations").iter();
    own.map(move |own| Operation { routes, own })
}

impl Operation<'_> {
    /// A fact about it.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.own[name].as_str().unwrap_or_default()
    }

    /// The failures that it describes, and one that no operation does.
    pub(crate) fn failures(&self) -> Vec<u16> {
        let described = self.own["responses"].as_object().into_iter().flatten();
        let failures = described.filter_map(|(status, _)| status.parse().ok());
        failures.filter(|status| *status >= 400).chain([503]).collect()
    }

    /// An example for a parameter.
    pub(crate) fn parameter(&self, place: &str, name: &str) -> Option<Value> {
        let mut parameters = self.own["parameters"].as_array()?.iter();
        let own = parameters.find(|own| own["in"] == place && own["name"] == name)?;
        Some(self.example(own))
    }

    /// An example for the parameter whose name has these words, and what joins several values of it.
    pub(crate) fn parameter_like(&self, words: &str) -> Option<(Value, &'static str)> {
        let mut parameters = self.own["parameters"].as_array()?.iter();
        let own =
            parameters.find(|own| snake(own["name"].as_str().unwrap_or_default()) == words)?;
        let separator = match own["style"].as_str() {
            Some("spaceDelimited") => " ",
            Some("pipeDelimited") => "|",
            _ => ",",
        };
        Some((self.example(own), separator))
    }

    /// An example for the body.
    pub(crate) fn body(&self) -> Option<Value> {
        let body = self.own.get("body")?;
        let chosen = body["chosen"].as_str()?;
        let example = body.get("example").cloned();
        Some(example.unwrap_or_else(|| self.made(&body["content"][chosen]["schema"])))
    }

    fn example(&self, parameter: &Value) -> Value {
        // progenitor writes points in time in UTC, ours as they were given: one that is UTC is the same for both.
        if parameter["schema"]["format"] == "date-time" {
            return self.made(&parameter["schema"]);
        }
        parameter.get("example").cloned().unwrap_or_else(|| self.made(&parameter["schema"]))
    }

    /// A value for a schema where the document has no example.
    fn made(&self, schema: &Value) -> Value {
        if let Some(name) = schema["$ref"].as_str() {
            return self.made(&self.routes["schemas"][name.trim_start_matches("#/schemas/")]);
        }
        if let Some(first) = schema["enum"].get(0) {
            return first.clone();
        }
        let is_null = |own: &Value| own["type"] == "null" || own.get("const") == Some(&Value::Null);
        for key in ["anyOf", "oneOf"] {
            let arms = schema[key].as_array().into_iter().flatten();
            if let Some(arm) = arms.clone().find(|arm| !is_null(arm)) {
                return self.made(arm);
            }
        }
        if let Some(part) = schema["allOf"].get(0) {
            return self.made(part);
        }
        // What may be null has a list of types.
        let mut types = schema["type"].as_array().into_iter().flatten().filter_map(Value::as_str);
        match schema["type"].as_str().or_else(|| types.find(|own| *own != "null")) {
            Some("integer" | "number") => json!(1),
            Some("boolean") => json!(true),
            Some("array") => json!([self.made(&schema["items"])]),
            Some("object") => {
                let properties = schema["properties"].as_object().into_iter().flatten();
                let made = properties.map(|(name, own)| (name.clone(), self.made(own)));
                Value::Object(made.collect::<Map<_, _>>())
            }
            _ => json!(match schema["format"].as_str() {
                Some("date-time") => "2025-01-31T23:59:59Z",
                Some("date") => "2025-01-31",
                Some("uuid") => "7f6b1e52-1f1d-4c7e-8a4e-0d5c4f0a3b1c",
                Some("byte") => "AAEC",
                Some("decimal") => "1.10",
                _ => "text",
            }),
        }
    }
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(if letter.is_alphanumeric() { letter.to_lowercase().next() } else { Some('_') });
    }
    out
}

/// A value as text that is no JSON.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A string as Rust has it.
pub(crate) fn literal(text: &str) -> String {
    format!("{text:?}")
}
