//! Whether a value is an OpenAPI document of a version that can be read.

use super::{Document, kind};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer::Pointer;
use serde_json::Value;

/// Tells what is wrong with the outermost level, and whether to go on.
pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics) -> bool {
    let Err(problem) = check_version(&document.value).and_then(|()| check_paths(&document.value))
    else {
        return true;
    };
    let mut problems = Diagnostics::new();
    problems.push(problem);
    document.settle(&mut problems);
    diagnostics.extend(problems);
    false
}

fn check_version(value: &Value) -> Result<(), Diagnostic> {
    let Value::Object(root) = value else {
        let message = format!("an OpenAPI document is an object, and this is {}", kind(value));
        return Err(Diagnostic::error("not-openapi", message)
            .at(Pointer::root())
            .help(super::GIVE));
    };
    if let Some(version) = root.get("swagger") {
        if matches!(plain(version).trim(), "2.0" | "2") {
            return Ok(());
        }
        let message = format!("this is a Swagger {} document", plain(version));
        return Err(Diagnostic::error("unsupported-version", message)
            .at(Pointer::root().child("swagger"))
            .help("give a document of Swagger 2.0, or of OpenAPI 3.0 or later"));
    }
    let Some(version) = root.get("openapi") else {
        let message = "the key `openapi` is missing, so this is no OpenAPI document";
        return Err(Diagnostic::error("not-openapi", message)
            .at(Pointer::root())
            .help("add `openapi: 3.0.3` at the top if it is one"));
    };
    let text = plain(version);
    let supported = ["3.0", "3.1", "3.2"].iter().any(|known| {
        text.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
    });
    if supported {
        return Ok(());
    }
    Err(Diagnostic::error("unsupported-version", format!("`openapi: {text}` is not supported"))
        .at(Pointer::root().child("openapi"))
        .help("give a document of Swagger 2.0, or of OpenAPI 3.0, 3.1 or 3.2"))
}

fn check_paths(value: &Value) -> Result<(), Diagnostic> {
    let (message, place) = match value.get("paths") {
        Some(Value::Object(_)) => return Ok(()),
        // What a PHP program calls an empty object.
        Some(Value::Array(list)) if list.is_empty() => return Ok(()),
        Some(other) => {
            let message = format!("`paths` should be an object, and is {}", kind(other));
            (message, Pointer::root().child("paths"))
        }
        None => ("`paths` is missing: there is no operation to read".to_owned(), Pointer::root()),
    };
    Err(Diagnostic::error("no-paths", message)
        .at(place)
        .help("give the document with its operations"))
}

/// A version number may have been written without quotation marks.
fn plain(version: &Value) -> String {
    version.as_str().map_or_else(|| version.to_string(), str::to_owned)
}
