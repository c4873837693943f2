//! `host`, `basePath` and `schemes`, which are servers.

use serde_json::{Map, Value, json};

use super::texts;

/// What a document says of where the API is.
pub(super) struct Shared {
    host: String,
    path: String,
    schemes: Vec<String>,
}

impl Shared {
    pub(super) fn of(root: &Map<String, Value>) -> Self {
        let text = |key: &str| root.get(key).and_then(Value::as_str).unwrap_or_default().trim();
        let path = text("basePath").trim_matches('/');
        Self {
            host: text("host").trim_end_matches('/').to_owned(),
            path: if path.is_empty() { String::new() } else { format!("/{path}") },
            schemes: texts(root.get("schemes")).unwrap_or_default(),
        }
    }

    pub(super) fn has_host(&self) -> bool {
        !self.host.is_empty()
    }

    /// The servers of the document.
    pub(super) fn all(&self) -> Vec<Value> {
        self.by(&self.schemes)
    }

    /// The servers of an operation with schemes of its own; none where they are the document's.
    pub(super) fn of_operation(&self, own: Option<&Value>) -> Vec<Value> {
        let Some(own) = texts(own).filter(|own| !own.is_empty()) else { return Vec::new() };
        let servers = self.by(&own);
        if !self.has_host() || servers.first() == self.all().first() { Vec::new() } else { servers }
    }

    fn by(&self, schemes: &[String]) -> Vec<Value> {
        let server = |url: String| json!({ "url": url });
        if self.host.is_empty() {
            return if self.path.is_empty() { Vec::new() } else { vec![server(self.path.clone())] };
        }
        if self.host.contains("://") {
            return vec![server(format!("{}{}", self.host, self.path))];
        }
        let mut known: Vec<&str> = schemes
            .iter()
            .map(String::as_str)
            .filter(|scheme| ["http", "https"].contains(scheme))
            .collect();
        // The order of schemes means nothing, so the safe one goes first; it is the one to try where none is named.
        known.sort_by_key(|scheme| *scheme != "https");
        if known.is_empty() {
            known.push("https");
        }
        known
            .into_iter()
            .map(|scheme| server(format!("{scheme}://{}{}", self.host, self.path)))
            .collect()
    }
}
