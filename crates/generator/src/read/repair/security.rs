//! Who may ask: requirements and schemes.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

/// `security-form`: requirements are a list of objects.
pub(super) fn requirements(operation: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let Some(security) = operation.get_mut("security") else { return };
    match security {
        Value::Array(list) if list.iter().all(Value::is_object) => {}
        Value::Object(_) => {
            let one = security.take();
            *security = Value::Array(vec![one]);
            log.note(
                "security-form",
                "`security` should be a list; taken as its only element",
                &here.key("security"),
            );
        }
        other => {
            let message = format!(
                "`security` should be a list of objects, and is {}; it is left out",
                kind(other)
            );
            log.warn("security-form", message, &here.key("security"));
            operation.shift_remove("security");
        }
    }
}

/// `security-scheme-form`: the types of version 2, words that are no type, keys without a place.
pub(super) fn scheme(scheme: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    if scheme.contains_key("$ref") {
        return;
    }
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (written, location) = (text("type"), text("in"));
    let plain: String = written.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let mut meant = Map::new();
    let mut mean = |key: &str, value: &str| meant.insert(key.to_owned(), value.into());
    match plain.to_ascii_lowercase().as_str() {
        "http" => {
            mean("type", "http");
            mean(
                "scheme",
                Some(text("scheme")).filter(|name| !name.is_empty()).as_deref().unwrap_or("bearer"),
            );
        }
        "bearer" | "jwt" | "token" => {
            mean("type", "http");
            mean("scheme", "bearer");
        }
        "basic" => {
            mean("type", "http");
            mean("scheme", "basic");
        }
        "apikey" => {
            mean("type", "apiKey");
            let place = location.to_ascii_lowercase();
            let known = matches!(place.as_str(), "query" | "header" | "cookie");
            mean("in", if known { &place } else { "header" });
            mean(
                "name",
                Some(text("name"))
                    .filter(|name| !name.is_empty())
                    .as_deref()
                    .unwrap_or("Authorization"),
            );
        }
        "oauth2" | "oauth" => {
            mean("type", "oauth2");
        }
        "openidconnect" => {
            mean("type", "openIdConnect");
            mean("openIdConnectUrl", &text("openIdConnectUrl"));
        }
        _ => return,
    }
    if meant.iter().all(|(key, value)| scheme.get(key) == Some(value)) {
        return;
    }
    let message = format!("this way to show who asks is incomplete; taken as `{}`", json!(meant));
    log.warn("security-scheme-form", message, here);
    scheme.extend(meant);
}
