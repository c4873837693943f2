//! Servers that nobody can reach: the author's own machine, templates that were never filled in.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Value, json};

/// The servers of the document, and what else is at the outermost level: `no-info`, `tags-form`.
pub(super) fn of_document(root: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    of_node(root, here, log);
    super::security::requirements(root, here, log);
    if let Some(Value::Array(tags)) = root.get_mut("tags") {
        let place = here.key("tags");
        for (index, tag) in tags.iter_mut().enumerate().filter(|(_, tag)| tag.is_string()) {
            let message = format!("the tag {tag} should be an object; taken as its name");
            log.note("tags-form", message, &place.index(index));
            *tag = json!({ "name": tag.take() });
        }
    }
    if !root.get("info").is_some_and(Value::is_object) {
        root.insert("info".to_owned(), json!({ "title": "", "version": "" }));
        log.warn("no-info", "the document has no `info`, so it has no title", here);
    }
}

/// `local-server`, `unevaluated-server`, `server-without-scheme`, `server-form`: keeps the servers
/// that can be reached. Of one on the author's machine the path is kept, for it is that of the
/// real one.
pub(super) fn of_node(node: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let place = here.key("servers");
    let servers = match node.get_mut("servers") {
        None => return,
        Some(Value::Array(servers)) => servers,
        Some(other) => {
            let message =
                format!("`servers` should be a list, and is {}; it is left out", kind(other));
            log.warn("server-form", message, &place);
            node.shift_remove("servers");
            return;
        }
    };
    let mut index = 0;
    while index < servers.len() {
        if keep(&mut servers[index], &place.index(index), log) {
            index += 1;
        } else {
            servers.remove(index);
            log.edits.removed(place.pointer(), index);
        }
    }
    // A path alone is only the second choice: a whole address further down the list is the better one.
    while servers.first().is_some_and(is_relative)
        && servers.iter().any(|server| !is_relative(server))
    {
        let message = "this is a path only; the whole address further down is taken";
        log.note("relative-server", message, &place.index(0));
        servers.remove(0);
        log.edits.removed(place.pointer(), 0);
    }
    if servers.is_empty() {
        node.shift_remove("servers");
    }
}

fn is_relative(server: &Value) -> bool {
    server["url"].as_str().is_some_and(|url| url.starts_with('/'))
}

/// `server-variable`: variables are texts, and have a default.
fn variables(server: &mut Value, here: &Here<'_>, log: &mut Log) {
    let Some(Value::Object(variables)) = server.get_mut("variables") else { return };
    let place = here.key("variables");
    for (name, variable) in variables.iter_mut() {
        let plain = |value: &Value| match value {
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            Value::String(text) => Some(text.clone()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        let choices: Vec<String> = variable
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(plain)
            .collect();
        let default = variable.get("default").and_then(plain).or(choices.first().cloned());
        let mut meant = json!({ "default": default.unwrap_or_default() });
        if !choices.is_empty() {
            meant["enum"] = json!(choices);
        }
        let same = |key: &str| variable.get(key) == meant.get(key);
        if variable.is_object() && same("default") && same("enum") {
            continue;
        }
        let message = format!("the variable should be a text with a default; taken as `{meant}`");
        log.note("server-variable", message, &place.key(name));
        *variable = meant;
    }
}

fn keep(server: &mut Value, here: &Here<'_>, log: &mut Log) -> bool {
    variables(server, here, log);
    let Some(url) = server.get("url").and_then(Value::as_str).map(|url| url.trim().to_owned())
    else {
        log.warn("server-form", "the server has no `url`; it is left out", here);
        return false;
    };
    if is_unevaluated(&url) {
        let message =
            format!("`{url}` is a template that was never filled in; the server is left out");
        log.warn("unevaluated-server", message, here);
        return false;
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return relative(server, &url, here, log);
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") && !scheme.starts_with('{')
    {
        log.warn(
            "server-form",
            format!("`{url}` is not an address for HTTP; the server is left out"),
            here,
        );
        return false;
    }
    if !is_local(authority) {
        return true;
    }
    let path = path.trim_end_matches('/').to_owned();
    let message =
        format!("`{url}` is somebody's own machine; the client has to be told where the API is");
    log.warn("local-server", message, here);
    if path.is_empty() {
        return false;
    }
    server["url"] = path.into();
    true
}

/// An address without a scheme: a path, or a host whose scheme was forgotten.
fn relative(server: &mut Value, url: &str, here: &Here<'_>, log: &mut Log) -> bool {
    if url.starts_with('/') && !url.starts_with("//") {
        return true;
    }
    let bare = url.trim_start_matches('/');
    let host = bare.split(['/', ':', '?']).next().unwrap_or_default();
    if host.contains('.') && !host.starts_with('.') && !is_local(host) {
        let meant = format!("https://{bare}");
        log.warn(
            "server-without-scheme",
            format!("`{url}` has no scheme; taken as `{meant}`"),
            here,
        );
        server["url"] = meant.into();
        return true;
    }
    if !url.is_empty() && url != "/" {
        log.warn("server-form", format!("`{url}` is not an address; the server is left out"), here);
    }
    false
}

fn is_unevaluated(url: &str) -> bool {
    ["{{", "}}", "{!!", "<?", "<%", "${", "$(", "%%", "config(", "env("]
        .iter()
        .any(|sign| url.contains(sign))
        || url.contains(char::is_whitespace)
}

fn is_local(authority: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let host = match host.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
        Some(address) => return matches!(address, "::1" | "::"),
        None => host.split(':').next().unwrap_or_default(),
    };
    let address: Option<Vec<u8>> = host.split('.').map(|part| part.parse().ok()).collect();
    if let Some([a, b, _, _]) = address.as_deref().filter(|parts| parts.len() == 4) {
        return matches!((a, b), (127 | 10 | 0, _) | (192, 168) | (172, 16..=31) | (169, 254));
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    matches!(last, "localhost" | "test" | "local" | "localdomain" | "invalid") || host.is_empty()
}
