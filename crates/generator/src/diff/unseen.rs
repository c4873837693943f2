//! The last look: what the comparison is silent of may not show in what is generated.
//!
//! Two documents that differ in nothing that was compared can still make other code, or another mock. So where nothing
//! was found, both are made and laid side by side: what differs there is told as not compared, and never as nothing.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::join::{Draft, is_quiet};
use super::wire::Moves;
use super::{Class, Verdict};
use crate::Layout;
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::emit;
use crate::lock::Lock;
use crate::lower::operation_key;
use crate::model::{Api, Method};
use crate::pointer::Pointer;
use crate::read::Document;

/// Everything that one of the two clients is made of.
pub(super) struct Side<'a> {
    pub(super) document: &'a Document,
    pub(super) api: &'a Api,
    pub(super) config: &'a Config,
    pub(super) lock: &'a Lock,
    pub(super) layout: &'a Layout,
}

/// Adds what nothing that was found explains.
pub(super) fn look(drafts: &mut Vec<Draft>, old: &Side<'_>, new: &Side<'_>, moves: &Moves<'_>) {
    let told: HashSet<String> = drafts
        .iter()
        .filter(|draft| !is_quiet(draft.code))
        .flat_map(|draft| draft.spots.iter())
        .map(|(place, ..)| place.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let before = drafts.len();
    checks(drafts, &told, old, new, moves);
    // What was told of one operation may show in the code of every other.
    if told.is_empty() && before == drafts.len() {
        code(drafts, old, new);
    }
    if drafts.is_empty() {
        drafts.push(super::join::unseen());
    }
}

/// What the mock holds against requests.
fn checks(
    drafts: &mut Vec<Draft>,
    told: &HashSet<String>,
    old: &Side<'_>,
    new: &Side<'_>,
    moves: &Moves<'_>,
) {
    let (a, b) = (Checks::of(old), Checks::of(new));
    for (key, (one, pointer)) in &a.operations {
        let to = moves.to(key).unwrap_or(key);
        let Some((two, other)) = b.operations.get(to) else { continue };
        if told.contains(key) || told.contains(to) {
            continue;
        }
        // A shared schema is told where it was met first: what it does here is no news.
        if agree((one, &a.schemas), (two, &b.schemas), !told.is_empty()) {
            continue;
        }
        drafts.push(unknown(
            "what the mock checks changed in a way that is not compared".to_owned(),
            (to.to_owned(), pointer.clone(), other.clone()),
            Class::Breaking,
            Class::None,
        ));
    }
}

/// Whether two checks are the same, through references. Each pair of values is looked at once; with `by_name`, what
/// refers to schemas of one name agrees.
fn agree((one, a): (&Value, &Value), (two, b): (&Value, &Value), by_name: bool) -> bool {
    let mut seen: HashSet<(*const Value, *const Value)> = HashSet::new();
    let mut open = vec![(one, two)];
    while let Some((one, two)) = open.pop() {
        let names = (reference(one), reference(two));
        if by_name && names.0.is_some() && names.0 == names.1 {
            continue;
        }
        let (one, two) = (follow(one, a), follow(two, b));
        if !seen.insert((std::ptr::from_ref(one), std::ptr::from_ref(two))) {
            continue;
        }
        match (one, two) {
            (Value::Object(one), Value::Object(two)) if one.len() == two.len() => {
                for (key, value) in one {
                    let Some(other) = two.get(key) else { return false };
                    open.push((value, other));
                }
            }
            (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
                open.extend(one.iter().zip(two));
            }
            (one, two) if one == two && !one.is_object() && !one.is_array() => {}
            _ => return false,
        }
    }
    true
}

/// The shared schema that a value refers to, by name.
fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.rsplit('/').next()
}

/// Where references lead; a circle of nothing else is left where it is met.
fn follow<'a>(value: &'a Value, schemas: &'a Value) -> &'a Value {
    let mut current = value;
    for _ in 0..64 {
        match reference(current).and_then(|name| schemas.get(name)) {
            Some(target) => current = target,
            None => break,
        }
    }
    current
}

/// What programs are compiled with, comments aside.
fn code(drafts: &mut Vec<Draft>, old: &Side<'_>, new: &Side<'_>) {
    let (a, b) = (sources(old), sources(new));
    let differs = |path: &&String| a.get(*path) != b.get(*path);
    let Some(path) = a.keys().chain(b.keys()).find(differs) else { return };
    let place = ("document".to_owned(), Some(Pointer::root()), Some(Pointer::root()));
    let title = format!("the generated code changed in a way that is not compared, in `{path}`");
    drafts.push(unknown(title, place, Class::None, Class::Fix));
}

fn unknown(
    title: String,
    place: (String, Option<Pointer>, Option<Pointer>),
    wire: Class,
    rust: Class,
) -> Draft {
    let why = |class: Class, nothing: &str| match class {
        Class::None => Verdict::new(class, nothing),
        _ => Verdict::new(class, "it was not compared: take it for that until somebody has looked"),
    };
    Draft {
        code: "not-compared",
        title,
        spots: vec![place],
        wire: why(wire, "the same is checked"),
        rust: why(rust, "the same can be named"),
        help: None,
    }
}

struct Checks {
    operations: BTreeMap<String, (Value, Option<Pointer>)>,
    schemas: Value,
}

impl Checks {
    fn of(side: &Side<'_>) -> Self {
        let data = emit::mock_data(side.document, side.api, side.config, &mut Diagnostics::new());
        let pointers: BTreeMap<&str, &Pointer> = (side.api.resources.iter())
            .flat_map(|resource| &resource.operations)
            .map(|own| (own.operation.key.as_str(), &own.operation.pointer))
            .collect();
        let mut operations = BTreeMap::new();
        for route in data.routes["operations"].as_array().into_iter().flatten() {
            let text = |key: &str| route[key].as_str().unwrap_or_default();
            let method = Method::ALL.iter().find(|(_, known)| known.as_str() == text("method"));
            let Some((_, method)) = method else { continue };
            let key = operation_key(*method, text("path"));
            let mut checks = route.clone();
            // Replies are not checked, and who may ask has been compared whole.
            if let Some(checks) = checks.as_object_mut() {
                checks.retain(|key, _| matches!(key.as_str(), "parameters" | "body"));
            }
            strip(&mut checks);
            // The order of parameters is nobody's business.
            if let Some(list) = checks.get_mut("parameters").and_then(Value::as_array_mut) {
                list.sort_by_cached_key(Value::to_string);
            }
            let pointer = pointers.get(key.as_str()).map(|pointer| (*pointer).clone());
            operations.insert(key, (checks, pointer));
        }
        let mut schemas = data.routes["schemas"].clone();
        schemas.as_object_mut().into_iter().flat_map(|list| list.values_mut()).for_each(strip);
        Self { operations, schemas }
    }
}

/// Takes out what is only read by people, and what a reply holds besides its type. Where a property is called like one
/// of those keywords, it stays.
fn strip(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let is_text = |key: &str, value: &Value| match key {
                "description" | "title" | "summary" | "$comment" => value.is_string(),
                "example" | "examples" | "fixtures" | "synthesised" | "default" | "deprecated" => {
                    !value.get("type").is_some_and(Value::is_string)
                }
                _ => false,
            };
            object.retain(|key, value| !is_text(key, value));
            object.values_mut().for_each(strip);
            object.sort_keys();
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The modules of the client, comments aside.
fn sources(side: &Side<'_>) -> BTreeMap<String, String> {
    let names_lock = side.lock.to_text();
    let context = emit::Context {
        api: side.api,
        document: side.document,
        config: side.config,
        layout: side.layout,
        names_lock: &names_lock,
    };
    let output = emit::emit(&context, &mut Diagnostics::new());
    let modules = output.files.into_iter().filter(|file| file.path.ends_with(".rs"));
    let modules = modules.map(|file| {
        let text = String::from_utf8_lossy(&file.contents);
        let code = text.lines().filter(|line| {
            let line = line.trim_start();
            !line.starts_with("//") && !line.starts_with("#[doc") && !line.starts_with("#![doc")
        });
        (file.path, code.collect::<Vec<_>>().join("\n"))
    });
    modules.collect()
}
