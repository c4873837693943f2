//! References that cannot be meant as they are written.

use super::super::tree::{Here, Log};
use serde_json::{Map, Value};

/// `ref-form`: a `$ref` that is no text is left out, and one to `#/definitions/` is one of version 2.
pub(super) fn of_schema(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let Some(reference) = schema.get_mut("$ref") else { return };
    let place = here.key("$ref");
    match reference.as_str().map(str::trim) {
        None | Some("") => {
            schema.shift_remove("$ref");
            log.warn("ref-form", "`$ref` names nothing; it is left out", &place);
        }
        Some(text) => {
            let Some(name) = text.strip_prefix("#/definitions/") else { return };
            let meant = format!("#/components/schemas/{name}");
            let message = format!("`#/definitions/` is of Swagger 2; taken as `{meant}`");
            *reference = meant.into();
            log.warn("ref-form", message, &place);
        }
    }
}
