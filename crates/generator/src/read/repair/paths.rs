//! Paths: how they are written, and whether their parameters are those that are declared.

use super::super::kind;
use super::super::tree::{Here, Log, METHODS};
use super::parameters::is_client_header;
use crate::pointer::Pointer;
use serde_json::{Map, Value, json};

mod template;

use template::{names, tidy};

/// The path that a request goes to, for a key of `paths`. They differ only where a document has
/// several operations of one method at one path, and tells them apart by a fragment that no request
/// carries.
///
/// ```
/// use lockstep_generator::read::request_path;
///
/// assert_eq!(request_path("/files/{id}#copy"), "/files/{id}");
/// ```
pub fn request_path(key: &str) -> String {
    tidy(key)
}

/// `path-form`: a path begins with a slash, balances its braces, and has neither query nor fragment.
/// Where putting it right would make it another path of the document, it is merged with that one
/// unless both have the same method; then it stays.
pub(super) fn keys(root: &mut Map<String, Value>, log: &mut Log) {
    let Some(Value::Object(paths)) = root.get_mut("paths") else { return };
    if paths.keys().all(|path| path.starts_with("x-") || tidy(path) == *path) {
        return;
    }
    let place = Here::ROOT.key("paths");
    let all = std::mem::take(paths);
    let (good, odd): (Vec<_>, Vec<_>) = all
        .into_iter()
        .enumerate()
        .partition(|(_, (path, _))| path.starts_with("x-") || tidy(path) == *path);
    // Paths that are right take their places first, so that the outcome does not hang on the order.
    let mut items: Vec<(usize, String, Value)> =
        good.into_iter().map(|(at, (path, item))| (at, path, item)).collect();
    for (at, (path, item)) in odd {
        let meant = tidy(&path);
        let (from, to) = (place.key(&path).pointer(), place.key(&meant).pointer());
        let told = format!("`{path}` is not how a path is written; taken as `{meant}`");
        match items.iter_mut().find(|(_, known, _)| *known == meant) {
            None => {
                log.warn("path-form", told, &place.key(&path));
                log.edits.moved(from, to);
                items.push((at, meant, item));
            }
            Some((_, _, known)) if apart(known, &item) => {
                log.warn("path-form", told, &place.key(&path));
                merge(known, item, &from, &to, log);
            }
            Some(_) => {
                let message = format!("`{path}` is `{meant}` over again; both are kept");
                log.warn("path-form", message, &place.key(&path));
                items.push((at, path, item));
            }
        }
    }
    items.sort_by_key(|(at, _, _)| *at);
    paths.extend(items.into_iter().map(|(_, path, item)| (path, item)));
}

/// Whether two path items can be one: no member of either is in the other.
fn apart(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            other.keys().all(|key| !one.contains_key(key))
        }
        _ => false,
    }
}

fn merge(known: &mut Value, item: Value, from: &Pointer, to: &Pointer, log: &mut Log) {
    if let (Value::Object(known), Value::Object(item)) = (known, item) {
        for (key, value) in item {
            log.edits.moved(from.child(&key), to.child(&key));
            known.insert(key, value);
        }
    }
}

/// Makes the declared parameters those of the template, operation by operation:
/// `undeclared-path-parameter`, `misspelt-path-parameter`, `superfluous-path-parameter`; and takes
/// references to headers out that are the client's own affair (`client-header`).
pub(super) fn parameters(root: &mut Value, log: &mut Log) {
    let shared = root.pointer("/components/parameters").cloned().unwrap_or_default();
    let Some(Value::Object(paths)) = root.get_mut("paths") else { return };
    let place = Here::ROOT.key("paths");
    for (path, item) in paths.iter_mut() {
        let Value::Object(item) = item else { continue };
        if path.starts_with("x-") {
            continue;
        }
        Matching { names: names(path), shared: &shared, log: &mut *log }
            .path(item, &place.key(path));
    }
}

/// What is needed to match parameters with one template.
struct Matching<'m> {
    names: Vec<String>,
    shared: &'m Value,
    log: &'m mut Log,
}

/// Where a parameter goes, and its name.
type Identity = (String, String);

impl Matching<'_> {
    fn path(&mut self, item: &mut Map<String, Value>, here: &Here<'_>) {
        let common = self.declared(item);
        // A name that the path declares wrongly would be declared anew for every operation.
        self.respell(item, here, &common);
        self.drop_superfluous(item, here);
        let common = self.declared(item);
        for (key, operation) in item.iter_mut() {
            let Value::Object(operation) = operation else { continue };
            if !METHODS.contains(&key.as_str()) {
                continue;
            }
            let here = here.key(key);
            let own: Vec<Identity> = [common.clone(), self.declared(operation)].concat();
            self.respell(operation, &here, &own);
            self.drop_superfluous(operation, &here);
            let own: Vec<Identity> = [common.clone(), self.declared(operation)].concat();
            self.declare(operation, &here, &own);
        }
    }

    /// The parameters that an owner declares, references followed.
    fn declared(&self, owner: &Map<String, Value>) -> Vec<Identity> {
        let list = owner.get("parameters").and_then(Value::as_array);
        list.into_iter().flatten().filter_map(|parameter| self.identity(parameter)).collect()
    }

    fn identity(&self, parameter: &Value) -> Option<Identity> {
        let mut parameter = parameter;
        for _ in 0..16 {
            let Some(reference) = parameter.get("$ref").and_then(Value::as_str) else { break };
            let name = Pointer::from_fragment(reference)?;
            let name = name.as_str().strip_prefix("/components/parameters")?;
            parameter = self.shared.pointer(name)?;
        }
        let text = |key: &str| parameter.get(key).and_then(Value::as_str).map(str::to_owned);
        Some((text("in")?, text("name")?))
    }

    /// A declared name that differs from an undeclared one only in case and separators is the same.
    fn respell(&mut self, owner: &mut Map<String, Value>, here: &Here<'_>, known: &[Identity]) {
        let plain = |name: &str| -> String {
            name.chars()
                .filter(|letter| letter.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect()
        };
        let missing: Vec<String> = self.missing(known);
        let Some(Value::Array(list)) = owner.get_mut("parameters") else { return };
        for (index, parameter) in list.iter_mut().enumerate() {
            let in_path = parameter.get("in").is_some_and(|place| place == "path");
            let Some(name) = parameter.get("name").and_then(Value::as_str).filter(|_| in_path)
            else {
                continue;
            };
            if self.names.iter().any(|known| known == name) {
                continue;
            }
            let mut alike = missing.iter().filter(|missing| plain(missing) == plain(name));
            let (Some(meant), None) = (alike.next(), alike.next()) else { continue };
            let message = format!("the path calls this parameter `{meant}`, not `{name}`");
            let place = here.key("parameters");
            self.log.warn("misspelt-path-parameter", message, &place.index(index));
            parameter["name"] = meant.as_str().into();
        }
    }

    /// The names of the template that nothing declares.
    fn missing(&self, known: &[Identity]) -> Vec<String> {
        let declared =
            |name: &&String| !known.iter().any(|(place, known)| place == "path" && known == *name);
        self.names.iter().filter(declared).cloned().collect()
    }

    fn drop_superfluous(&mut self, owner: &mut Map<String, Value>, here: &Here<'_>) {
        let Some(Value::Array(list)) = owner.get_mut("parameters") else { return };
        let place = here.key("parameters");
        let mut index = 0;
        while index < list.len() {
            let identity = self.identity(&list[index]);
            let (code, message) = match &identity {
                Some((place, name)) if place == "path" && !self.names.contains(name) => (
                    "superfluous-path-parameter",
                    format!("`{name}` does not occur in the path; it is left out"),
                ),
                Some((place, name)) if place == "header" && is_client_header(name) => (
                    "client-header",
                    format!("the header `{name}` is the client's own affair; it is no parameter"),
                ),
                _ => {
                    index += 1;
                    continue;
                }
            };
            let at = place.index(index);
            if code == "client-header" {
                self.log.note(code, message, &at);
            } else {
                self.log.warn(code, message, &at);
            }
            list.remove(index);
            self.log.edits.removed(place.pointer(), index);
        }
    }

    fn declare(&mut self, operation: &mut Map<String, Value>, here: &Here<'_>, known: &[Identity]) {
        for name in self.missing(known) {
            let message = format!("the path parameter `{name}` is not declared; taken as a string");
            self.log.warn("undeclared-path-parameter", message, here);
            let list = operation.entry("parameters").or_insert_with(|| json!([]));
            if !list.is_array() {
                let message = format!("`parameters` should be a list, and is {}", kind(list));
                self.log.warn("parameters-form", message, here);
                *list = json!([]);
            }
            let Value::Array(list) = list else { continue };
            let place = here.key("parameters");
            self.log.edits.moved(here.pointer(), place.index(list.len()).pointer());
            list.push(json!({ "in": "path", "name": name, "required": true, "schema": { "type": "string" } }));
        }
    }
}
