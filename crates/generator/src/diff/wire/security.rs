//! Who may ask, and how they show it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Turn, Walk, Way, both};
use crate::diff::{Class, Verdict};
use crate::read::Node;

/// What one who asks has to show: schemes, each with the scopes that it has to hold.
type Set<'d> = BTreeMap<&'d str, BTreeSet<&'d str>>;

impl<'d> Walk<'d> {
    /// Compares who may use an operation.
    pub(super) fn security(&mut self, old: &Node<'d>, new: &Node<'d>, places: &[String]) {
        let renamed = |name: &'d str| self.schemes.get(name).copied().unwrap_or(name);
        let (a, b) = (
            alternatives(&self.old.root(), old, renamed),
            alternatives(&self.new.root(), new, |name| name),
        );
        if a == b {
            return;
        }
        // Whoever shows a set shows every part of it.
        let holds = |has: &Set<'d>, needs: &Set<'d>| {
            needs
                .iter()
                .all(|(name, scopes)| has.get(name).is_some_and(|own| scopes.is_subset(own)))
        };
        let kept = a.iter().all(|has| b.iter().any(|needs| holds(has, needs)));
        let verdict = if kept {
            Verdict::new(Class::Addition, "whoever could ask still can")
        } else {
            Verdict::new(Class::Breaking, "requests that were fine may be refused")
        };
        let shown =
            |list: &BTreeSet<Set<'d>>| list.iter().map(shown).collect::<Vec<_>>().join(" or ");
        let title = format!("credentials: {} → {}", shown(&a), shown(&b));
        self.tell("security-changed", title, places.to_vec(), both(old, new), verdict);
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
        let find = |list: &[(&'d str, Node<'d>)], name: &str| {
            list.iter().find(|(other, _)| *other == name).map(|(_, node)| node.clone())
        };
        let mut come: Vec<(&str, Node<'d>)> = Vec::new();
        for (name, node) in b.iter().filter(|(name, _)| find(&a, name).is_none()) {
            come.push((name, self.new.resolve(node).unwrap_or_else(|_| node.clone())));
        }
        for (name, node) in &a {
            let node = self.old.resolve(node).unwrap_or_else(|_| node.clone());
            if let Some(other) = find(&b, name) {
                let other = self.new.resolve(&other).unwrap_or(other);
                self.scheme(name, &node, &other);
                continue;
            }
            let alike: Vec<usize> = (0..come.len())
                .filter(|index| travels(&come[*index].1) == travels(&node))
                .collect();
            let (code, title, new, why) = if let [index] = alike.as_slice() {
                let (other, new) = come.remove(*index);
                self.schemes.insert(name, other);
                let title = format!("credentials `{name}` are called `{other}` now");
                let places = [format!("credentials {name}"), format!("credentials {other}")];
                self.prose(&node, &new, &["description", "bearerFormat"], &places);
                self.flows(name, &node, &new);
                ("scheme-renamed", title, Some(new), "names of schemes do not travel")
            } else {
                let title = format!("credentials `{name}` are gone");
                ("scheme-removed", title, None, "who may ask is told where it changes")
            };
            let mut places = vec![format!("credentials {name}")];
            places.extend(self.schemes.get(name).map(|other| format!("credentials {other}")));
            let spots = (Some(node.pointer), new.map(|node| node.pointer));
            self.tell(code, title, places, spots, Verdict::new(Class::None, why));
        }
        for (name, node) in come {
            let title = format!("credentials `{name}` are new ({})", travels(&node));
            let verdict = Verdict::new(Class::None, "who may ask is told where it changes");
            let places = vec![format!("credentials {name}")];
            self.tell("scheme-added", title, places, (None, Some(node.pointer)), verdict);
        }
    }

    fn scheme(&mut self, name: &str, old: &Node<'d>, new: &Node<'d>) {
        let places = [format!("credentials {name}")];
        self.prose(old, new, &["description", "bearerFormat"], &places);
        let (one, two) = (travels(old), travels(new));
        if one != two {
            let title = format!("credentials `{name}`: {one} → {two}");
            let verdict = Verdict::new(
                Class::Breaking,
                "credentials that are shown the old way are not seen",
            );
            self.tell("scheme-changed", title, places.to_vec(), both(old, new), verdict);
        }
        self.flows(name, old, new);
    }

    /// Where tokens come from, and which scopes can be asked for there.
    fn flows(&mut self, name: &str, old: &Node<'d>, new: &Node<'d>) {
        let (a, b) = (sources(old), sources(new));
        if a == b {
            return;
        }
        let turn = if a.is_subset(&b) { Turn::Wider } else { Turn::Narrower };
        let (verdict, listed) = match turn {
            Turn::Wider => {
                let verdict = Verdict::new(Class::Addition, "there is more to ask for");
                (verdict, b.difference(&a).cloned().collect::<Vec<_>>())
            }
            turn => (turn.verdict(Way::Request), a.difference(&b).cloned().collect::<Vec<_>>()),
        };
        let word = if turn == Turn::Wider { "new" } else { "gone" };
        let title =
            format!("credentials `{name}`: {word} where tokens come from: {}", listed.join(", "));
        let places = vec![format!("credentials {name}")];
        self.tell("flows-changed", title, places, both(old, new), verdict);
    }
}

/// How a credential travels, in words.
fn travels(node: &Node<'_>) -> String {
    let parts = ["type", "scheme", "in", "name"].iter().filter_map(|key| node.str(key));
    parts.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The addresses that tokens come from and the scopes that can be asked for.
fn sources(node: &Node<'_>) -> BTreeSet<String> {
    let mut list = BTreeSet::new();
    list.extend(node.str("openIdConnectUrl").map(|url| format!("`{url}`")));
    let flows = node.member("flows").and_then(Value::as_object);
    for (flow, what) in flows.into_iter().flatten() {
        for key in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
            let url = what.get(key).and_then(Value::as_str);
            list.extend(url.map(|url| format!("{flow} `{url}`")));
        }
        let scopes = what.get("scopes").and_then(Value::as_object).map(Map::keys);
        list.extend(scopes.into_iter().flatten().map(|scope| format!("{flow} scope `{scope}`")));
    }
    list
}

const NOBODY: &str = "none";

fn shown(set: &Set<'_>) -> String {
    if set.is_empty() {
        return NOBODY.to_owned();
    }
    let parts = set.iter().map(|(name, scopes)| {
        let scopes: Vec<&str> = scopes.iter().copied().collect();
        let scopes =
            if scopes.is_empty() { String::new() } else { format!(" ({})", scopes.join(", ")) };
        format!("`{name}`{scopes}")
    });
    parts.collect::<Vec<_>>().join(" with ")
}

/// The alternatives that an operation accepts; the empty one where anybody may ask.
fn alternatives<'d>(
    root: &Node<'d>,
    operation: &Node<'d>,
    name_of: impl Fn(&'d str) -> &'d str,
) -> BTreeSet<Set<'d>> {
    let security = operation.get("security").or_else(|| root.get("security"));
    let mut list: BTreeSet<Set<'d>> = BTreeSet::new();
    for item in security.iter().flat_map(Node::items) {
        let set = item.entries().map(|(name, scopes)| {
            let scopes = scopes.value.as_array().into_iter().flatten().filter_map(Value::as_str);
            (name_of(name), scopes.collect())
        });
        list.insert(set.collect());
    }
    if list.is_empty() {
        list.insert(Set::new());
    }
    list
}
