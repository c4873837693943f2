//! The paths of the servers' URLs, which stand in front of every operation's.

use serde_json::Value;

use crate::read::{Document, Node};

/// Most addresses that the variables of one server are spelt out to.
const MOST: usize = 32;

/// The path of a server's URL, without its last slash.
pub(super) fn base_path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |slash| rest[slash..].trim_end_matches('/'))
}

/// The paths of the document's servers beside the first one's.
pub(super) fn others(document: &Document, first: &str) -> Vec<String> {
    let mut paths = of(&document.root());
    paths.retain(|path| path != first);
    paths
}

/// The paths of the servers that an operation has to itself, or shares with its path only; mostly there are none.
pub(super) fn own(document: &Document, operation: &Node<'_>) -> Vec<String> {
    let own = of(operation);
    if !own.is_empty() {
        return own;
    }
    let item = operation.pointer.parent().and_then(|pointer| document.node(&pointer));
    item.map(|item| of(&item)).unwrap_or_default()
}

fn of(owner: &Node<'_>) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    let servers = owner.get("servers");
    for server in servers.iter().flat_map(|servers| servers.items()) {
        for url in addresses(&server) {
            let path = base_path(&url).to_owned();
            if !paths.contains(&path) && paths.len() < MOST {
                paths.push(path);
            }
        }
    }
    paths
}

/// A server's URL with every choice of its variables, the usual ones first.
fn addresses(server: &Node<'_>) -> Vec<String> {
    let Some(url) = server.str("url") else { return Vec::new() };
    let mut urls = vec![url.to_owned()];
    let variables = server.get("variables");
    for (name, variable) in variables.iter().flat_map(Node::entries) {
        let listed = variable.member("enum").and_then(Value::as_array).into_iter().flatten();
        let usual = variable.member("default");
        let values: Vec<&str> = usual.into_iter().chain(listed).filter_map(Value::as_str).collect();
        let place = format!("{{{name}}}");
        let spelt = urls.iter().flat_map(|url| match url.contains(&place) {
            true => values.iter().map(|value| url.replace(&place, value)).collect(),
            false => vec![url.clone()],
        });
        urls = spelt.take(MOST).collect();
    }
    urls
}
