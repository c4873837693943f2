//! Running progenitor, and finding out which operations it cannot express.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator};
use serde_json::{Map, Value};

use crate::commands::Failure;
use crate::workspace::Input;

/// Types that hold each other deeply cost progenitor stack.
const STACK: usize = 256 << 20;
/// Panics print through a hook that all threads share.
static HOOK: Mutex<()> = Mutex::new(());

/// What progenitor made.
pub(super) struct Code {
    /// The text of the crate's root.
    pub(super) text: String,
    /// How many operations the client has.
    pub(super) operations: usize,
}

/// The client of a document as its author published it.
pub(super) fn as_published(document: &Input) -> Result<Code, Failure> {
    let value: Value = match serde_json::from_str(&document.text) {
        Ok(value) => value,
        Err(_) => serde_yaml::from_str(&document.text)
            .map_err(|error| Failure(format!("{}: {error}", document.path)))?,
    };
    run(&value).map_err(|reason| {
        Failure(format!("progenitor makes nothing of {}: {reason}", document.path))
    })
}

/// The client of all that progenitor can express. What it cannot is told in `notes`.
pub(super) fn most(document: Value, notes: &mut Vec<String>) -> Result<Code, Failure> {
    if let Ok(code) = run(&document) {
        return Ok(code);
    }
    let schemas = sound_schemas(&document, notes);
    let document = with_schemas(&document, schemas);
    let mut kept = Vec::new();
    for (path, method) in operations(&document) {
        let place = (path.clone(), method.clone());
        match run(&only(&document, std::slice::from_ref(&place))) {
            Ok(_) => kept.push(place),
            Err(reason) => {
                notes.push(format!("`{} {path}` is left out: {reason}", method.to_uppercase()))
            }
        }
    }
    if let Ok(code) = run(&only(&document, &kept)) {
        return Ok(code);
    }
    // Each works alone and all together do not: names clash. What comes later yields.
    let mut together = Vec::new();
    for place in kept {
        together.push(place);
        if let Err(reason) = run(&only(&document, &together))
            && let Some((path, method)) = together.pop()
        {
            notes.push(format!(
                "`{} {path}` is left out beside the others: {reason}",
                method.to_uppercase()
            ));
        }
    }
    run(&only(&document, &together))
        .map_err(|reason| Failure(format!("progenitor makes nothing of the document: {reason}")))
}

/// The schemas, where those that progenitor makes nothing of accept anything.
fn sound_schemas(document: &Value, notes: &mut Vec<String>) -> Map<String, Value> {
    let mut schemas = schemas_of(document).cloned().unwrap_or_default();
    if run(&only(document, &[])).is_ok() {
        return schemas;
    }
    for name in schemas.keys().cloned().collect::<Vec<_>>() {
        let alone = Map::from_iter(schemas.iter().map(|(other, schema)| {
            let stand_in = Value::Object(Map::new());
            (other.clone(), if *other == name { schema.clone() } else { stand_in })
        }));
        if let Err(reason) = run(&only(&with_schemas(document, alone), &[])) {
            notes.push(format!("`{name}` holds any value: {reason}"));
            schemas.insert(name, Value::Object(Map::new()));
        }
    }
    schemas
}

fn schemas_of(document: &Value) -> Option<&Map<String, Value>> {
    document.pointer("/components/schemas")?.as_object()
}

fn with_schemas(document: &Value, schemas: Map<String, Value>) -> Value {
    let mut document = document.clone();
    if let Some(own) = document.pointer_mut("/components/schemas") {
        *own = Value::Object(schemas);
    }
    document
}

/// Path and method of every operation.
fn operations(document: &Value) -> Vec<(String, String)> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(|(method, _)| (path.clone(), method.clone()))
        })
        .collect()
}

/// The document with these operations, and of the schemas what they lead to if there are any operations.
fn only(document: &Value, places: &[(String, String)]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for (path, method) in places {
        if let Some(operation) =
            document.get("paths").and_then(|paths| paths.get(path)?.get(method))
        {
            let item = paths.entry(path.clone()).or_insert_with(|| Value::Object(Map::new()));
            item[method.as_str()] = operation.clone();
        }
    }
    let paths = Value::Object(paths);
    let mut out = document.clone();
    if !places.is_empty() {
        let all = schemas_of(document).cloned().unwrap_or_default();
        let mut open = Vec::new();
        references(&paths, &mut open);
        let mut reached = Map::new();
        while let Some(name) = open.pop() {
            if let (Some(schema), false) = (all.get(&name), reached.contains_key(&name)) {
                references(schema, &mut open);
                reached.insert(name, schema.clone());
            }
        }
        out = with_schemas(&out, reached);
    }
    out["paths"] = paths;
    out
}

/// The names of the schemas that `value` refers to.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let target = object.get("$ref").and_then(Value::as_str);
            found.extend(
                target
                    .and_then(|target| target.strip_prefix("#/components/schemas/"))
                    .map(str::to_owned),
            );
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// One run, whose panics are reasons like its errors.
fn run(document: &Value) -> Result<Code, String> {
    let operations = operations(document).len();
    let document: OpenAPI = serde_json::from_value(document.clone())
        .map_err(|error| format!("openapiv3 does not read it: {error}"))?;
    let guard = HOOK.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let answer = std::thread::scope(|scope| {
        let work = || panic::catch_unwind(AssertUnwindSafe(|| text(&document)));
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        thread.map_err(|error| error.to_string())?.join().and_then(|answer| answer).unwrap_or_else(
            |panic| {
                let words = panic
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| panic.downcast_ref::<&str>().copied());
                Err(reason(words.unwrap_or("it panicked")))
            },
        )
    });
    panic::set_hook(hook);
    drop(guard);
    Ok(Code { text: answer?, operations })
}

fn text(document: &OpenAPI) -> Result<String, String> {
    let mut generator = Generator::new(&GenerationSettings::default());
    let tokens = generator.generate_tokens(document).map_err(|error| reason(&error.to_string()))?;
    let file = syn::parse2(tokens).map_err(|error| format!("its code is no Rust: {error}"))?;
    Ok(prettyplease::unparse(&file))
}

/// What progenitor says, in words that its user can do something with.
fn reason(words: &str) -> String {
    let known = [
        (
            "response_types.len()",
            "progenitor takes one type for all successes and one for all failures",
        ),
        ("unexpected content type: multipart", "progenitor has no multipart bodies"),
        ("cookie parameters", "progenitor has no cookie parameters"),
        (
            "unsupported style of query parameter",
            "progenitor writes query parameters in the style `form` only",
        ),
        (
            "unsupported style of path parameter",
            "progenitor writes path parameters in the style `simple` only",
        ),
        ("media type encoding", "progenitor has no encodings of parts"),
    ];
    if let Some((_, plain)) = known.iter().find(|(sign, _)| words.contains(sign)) {
        return (*plain).to_owned();
    }
    let line = words.lines().next().unwrap_or_default();
    let short: String = line.chars().take(160).collect();
    format!("progenitor says: {short}")
}
