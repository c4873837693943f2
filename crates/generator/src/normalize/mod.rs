//! The document as our model understands it, as a valid OpenAPI 3.0.3 document.
//!
//! What real documents leave to be guessed is decided here once: every shape stands under its name in
//! `components/schemas`, every operation has an operationId of its own, successes of an operation agree, and what
//! was repaired is put right. Other generators, validators and documentation tools then read what our own client is
//! made of. Bounds (`minimum`, `pattern` and their kin) are no part of the model: they go along as sentences of the
//! description. Everything here speaks OpenAPI; nothing here knows Rust.
//!
//! - `schema`: types to schemas;
//! - `operation`: operations to path items.

mod operation;
mod schema;

use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use crate::Inputs;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Api, AuthKind, Security};

/// The document of `inputs` as our model understands it. `None` if there are errors, which are then among the
/// diagnostics.
///
/// Generating from the result gives the same operations, and the same replies decode.
///
/// ```
/// use lockstep_generator::{Inputs, Layout, Source, diagnostic::Diagnostics, normalize};
///
/// let text = "
/// openapi: 3.0.3
/// info: { title: Pets, version: '1' }
/// paths:
///   /pets:
///     get:
///       operationId: listPets
///       responses:
///         '200': { description: '', content: { application/json: { schema: { type: array, items: { type: object, properties: { name: { type: string } } } } } } }
/// ";
/// let inputs = Inputs::new(Source { path: "pets.yaml", text }, Layout::Standalone { name: "pets".into(), runtime: String::new() });
/// let document = normalize::document(&inputs, &mut Diagnostics::new()).unwrap();
/// assert_eq!(document.components.unwrap().schemas.len(), 1);
/// ```
pub fn document(inputs: &Inputs<'_>, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    let (source, api, _) = crate::understand(inputs, diagnostics)?;
    let document = of(&api, diagnostics);
    crate::finish(&source, diagnostics).then_some(document).flatten()
}

/// An API as an OpenAPI document.
pub fn of(api: &Api, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    // openapiv3 has the last word on what a document is, so that what leaves here can be read by what is built on it.
    match serde_json::from_value(value(api, diagnostics)) {
        Ok(document) => Some(document),
        Err(error) => {
            let message = format!("the normalised document is not as openapiv3 has it: {error}");
            diagnostics.push(
                Diagnostic::error("normalise", message)
                    .help("this is a fault of the generator; please report it with the document"),
            );
            None
        }
    }
}

fn value(api: &Api, diagnostics: &mut Diagnostics) -> Value {
    let mut schemas = schema::Schemas::new(api);
    let paths = operation::paths(api, &mut schemas, diagnostics);
    let schemas = schemas.into_components();
    let version = if api.info.version.is_empty() { "0" } else { &api.info.version };
    let mut info = Map::new();
    info.insert("title".to_owned(), json!(api.info.title));
    put_text(&mut info, "description", &api.info.description);
    info.insert("version".to_owned(), json!(version));
    let mut root = Map::new();
    root.insert("openapi".to_owned(), json!("3.0.3"));
    root.insert("info".to_owned(), Value::Object(info));
    if !api.base_url.is_empty() {
        root.insert("servers".to_owned(), json!([{ "url": api.base_url }]));
    }
    if !api.security.is_empty() {
        root.insert("security".to_owned(), security(&api.security));
    }
    root.insert("tags".to_owned(), tags(api));
    root.insert("paths".to_owned(), paths);
    root.insert(
        "components".to_owned(),
        json!({ "schemas": schemas, "securitySchemes": schemes(api) }),
    );
    Value::Object(root)
}

fn tags(api: &Api) -> Value {
    let tagged = api.resources.iter().filter(|resource| !resource.tag.is_empty());
    tagged
        .map(|resource| {
            let mut tag = Map::new();
            tag.insert("name".to_owned(), json!(resource.tag));
            put_text(&mut tag, "description", &resource.description);
            Value::Object(tag)
        })
        .collect()
}

fn schemes(api: &Api) -> Value {
    let schemes = api.auth.iter().map(|scheme| {
        let mut value = match &scheme.kind {
            AuthKind::Bearer => json!({ "type": "http", "scheme": "bearer" }),
            AuthKind::Basic => json!({ "type": "http", "scheme": "basic" }),
            AuthKind::Header(name) => json!({ "type": "apiKey", "in": "header", "name": name }),
            AuthKind::Query(name) => json!({ "type": "apiKey", "in": "query", "name": name }),
            AuthKind::Cookie(name) => json!({ "type": "apiKey", "in": "cookie", "name": name }),
        };
        if let Some(object) = value.as_object_mut() {
            put_text(object, "description", &scheme.description);
        }
        (key(&scheme.name), value)
    });
    Value::Object(schemes.collect())
}

fn security(security: &Security) -> Value {
    let set = |names: &Vec<String>| {
        Value::Object(names.iter().map(|name| (key(name), json!([]))).collect())
    };
    security.iter().map(set).collect()
}

/// A name as components may have it: ASCII letters, digits, `.`, `-` and `_`.
fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') => key.push(c),
            // Letters of other scripts by their numbers, so that different names stay different.
            c if c.is_alphanumeric() => key.push_str(&format!("U{:x}", u32::from(c))),
            _ => key.push('_'),
        }
    }
    key
}

fn put_text(object: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        object.insert(key.to_owned(), json!(text));
    }
}

fn put_flag(object: &mut Map<String, Value>, key: &str, flag: bool) {
    if flag {
        object.insert(key.to_owned(), Value::Bool(true));
    }
}
