//! The ways to show who asks.

use serde_json::{Map, Value, json};

use super::super::tree::{Here, Log};

/// Translates `securityDefinitions`.
pub(super) fn schemes(table: Value, log: &mut Log) -> Value {
    let Value::Object(mut table) = table else { return table };
    let place = Here::ROOT.key("securityDefinitions");
    for (name, scheme) in &mut table {
        if let Value::Object(scheme) = scheme {
            translate(scheme, &place.key(name), log);
        }
    }
    Value::Object(table)
}

fn translate(scheme: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    match scheme.get("type").and_then(Value::as_str) {
        Some("basic") => {
            scheme.insert("type".to_owned(), "http".into());
            scheme.insert("scheme".to_owned(), "basic".into());
        }
        Some("oauth2") => {
            let written = scheme.shift_remove("flow");
            let name = match written.as_ref().and_then(Value::as_str) {
                Some("implicit") => "implicit",
                Some("password") => "password",
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                _ => {
                    let message = "this way to get a token has no known `flow`; the token itself is asked for";
                    log.warn("oauth-flow", message, here);
                    "clientCredentials"
                }
            };
            let mut flow = Map::new();
            for key in ["authorizationUrl", "tokenUrl", "refreshUrl", "scopes"] {
                if let Some(value) = scheme.shift_remove(key) {
                    log.edits.moved(
                        here.key(key).pointer(),
                        here.key("flows").key(name).key(key).pointer(),
                    );
                    flow.insert(key.to_owned(), value);
                }
            }
            flow.entry("scopes").or_insert_with(|| json!({}));
            scheme.insert("flows".to_owned(), json!({ name: flow }));
        }
        _ => {}
    }
}
