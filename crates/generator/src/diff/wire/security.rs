//! Who may ask, and how they show it.

use serde_json::Value;

use super::{Walk, both};
use crate::diff::{Class, Verdict};
use crate::read::Node;

impl<'d> Walk<'d> {
    /// Compares who may use an operation.
    pub(super) fn security(&mut self, old: &Node<'d>, new: &Node<'d>, places: &[String]) {
        let (a, b) = (alternatives(&self.old.root(), old), alternatives(&self.new.root(), new));
        if a == b {
            return;
        }
        let open = |list: &[String]| list.is_empty() || list.iter().any(|set| set == NOBODY);
        let shown =
            |list: &[String]| if list.is_empty() { NOBODY.to_owned() } else { list.join(" or ") };
        let kept = a.iter().all(|set| b.contains(set));
        let verdict = if open(&b) || (kept && !a.is_empty()) {
            Verdict::new(Class::Addition, "whoever could ask still can")
        } else {
            Verdict::new(Class::Breaking, "requests that were fine may be refused")
        };
        self.tell(
            "security-changed",
            format!("credentials: {} → {}", shown(&a), shown(&b)),
            places.to_vec(),
            both(old, new),
            verdict,
        );
    }

    /// Compares how credentials travel.
    pub(super) fn schemes(&mut self) {
        let list = |root: Node<'d>| -> Vec<(&'d str, Node<'d>)> {
            root.get("components")
                .and_then(|parts| parts.get("securitySchemes"))
                .iter()
                .flat_map(Node::entries)
                .collect()
        };
        let (a, b) = (list(self.old.root()), list(self.new.root()));
        for (name, node) in &a {
            let Some((_, other)) = b.iter().find(|(other, _)| other == name) else { continue };
            let (Ok(node), Ok(other)) = (self.old.resolve(node), self.new.resolve(other)) else {
                continue;
            };
            let places = ["document".to_owned()];
            self.prose(&node, &other, &["description", "bearerFormat"], &places);
            let how = |node: &Node<'d>| {
                let parts = ["type", "scheme", "in", "name"].iter().filter_map(|key| node.str(key));
                parts.collect::<Vec<_>>().join(" ").to_lowercase()
            };
            if how(&node) != how(&other) {
                let title = format!("credentials `{name}`: {} → {}", how(&node), how(&other));
                let verdict = Verdict::new(
                    Class::Breaking,
                    "credentials that are shown the old way are not seen",
                );
                self.tell("scheme-changed", title, places.to_vec(), both(&node, &other), verdict);
            }
        }
    }
}

const NOBODY: &str = "none";

/// The alternatives that an operation accepts, each as text.
fn alternatives(root: &Node<'_>, operation: &Node<'_>) -> Vec<String> {
    let Some(security) = operation.get("security").or_else(|| root.get("security")) else {
        return Vec::new();
    };
    let set = |value: &Value| {
        let mut names: Vec<String> =
            value.as_object().into_iter().flatten().map(|(name, _)| format!("`{name}`")).collect();
        names.sort();
        if names.is_empty() { NOBODY.to_owned() } else { names.join(" with ") }
    };
    let mut list: Vec<String> = security.items().map(|item| set(item.value)).collect();
    list.sort();
    list.dedup();
    list
}
