//! Operations: which there are, and what each takes and answers.

use serde_json::Value;

use super::moves::{Op, url};
use super::{At, Moves, Spots, Turn, Walk, Way, both};
use crate::diff::{Class, Verdict};
use crate::read::Node;

impl<'d> Walk<'d> {
    pub(super) fn operations(&mut self, moves: &Moves<'d>) {
        for (key, op) in &moves.old {
            match moves.to(key).and_then(|to| moves.new.get_key_value(to)) {
                Some((to, other)) => {
                    let keys =
                        if key == to { vec![to.clone()] } else { vec![to.clone(), key.clone()] };
                    if key != to {
                        self.moved(op, other, moves.new.contains_key(key), keys.clone());
                    }
                    self.operation(op, other, &keys);
                }
                None => {
                    let verdict = Verdict::new(Class::Breaking, "requests to it find nothing");
                    self.tell(
                        "operation-removed",
                        format!("`{}` is gone", op.name()),
                        vec![key.clone()],
                        (Some(op.node.pointer.clone()), None),
                        verdict,
                    );
                }
            }
        }
        for (key, op) in &moves.new {
            let stays = moves.old.contains_key(key) && moves.to(key) == Some(key.as_str());
            let known = stays || moves.is_target(key);
            if !known {
                let verdict = Verdict::new(Class::Addition, "there is more to ask for");
                self.tell(
                    "operation-added",
                    format!("`{}` is new", op.name()),
                    vec![key.clone()],
                    (None, Some(op.node.pointer.clone())),
                    verdict,
                );
            }
        }
    }

    fn moved(&mut self, old: &Op<'d>, new: &Op<'d>, taken: bool, keys: Vec<String>) {
        let (one, two) = (self.old.root(), self.new.root());
        let verdict = if url(old, &one) == url(new, &two) {
            Verdict::new(Class::None, "the whole URL is the same")
        } else if taken {
            Verdict::new(Class::Breaking, "requests to the old place find another operation")
        } else {
            Verdict::new(Class::Breaking, "requests to the old place find nothing")
        };
        let title = format!("`{}` moved to `{}`", old.name(), new.name());
        self.tell("operation-moved", title, keys, both(&old.node, &new.node), verdict);
    }

    fn operation(&mut self, old: &Op<'d>, new: &Op<'d>, keys: &[String]) {
        let (a, b) = (&old.node, &new.node);
        if self.same_surroundings(old, new) && same(a.value, b.value) {
            return;
        }
        self.prose(a, b, &["summary", "description"], keys);
        self.prose(&old.item, &new.item, &["summary", "description"], keys);
        self.labels(a, b, keys);
        self.params(old, new, keys);
        self.body(a, b, keys);
        self.replies(a, b, keys);
        self.security(a, b, keys);
        let own = |op: &Op<'d>| server(&op.node).or_else(|| server(&op.item));
        if let (one, two) = (own(old), own(new))
            && one != two
            && url(old, &self.old.root()) != url(new, &self.new.root())
        {
            let general = |root: Node<'d>| server(&root).unwrap_or_default();
            let (one, two) = (
                one.unwrap_or_else(|| general(self.old.root())),
                two.unwrap_or_else(|| general(self.new.root())),
            );
            self.servers(&one, &two, false, keys, both(a, b));
        }
    }

    /// Whether all is equal that an operation takes over from its path and from the document.
    fn same_surroundings(&self, old: &Op<'d>, new: &Op<'d>) -> bool {
        let equal = |keys: &[&str], a: &Value, b: &Value| {
            keys.iter().all(|key| match (a.get(key), b.get(key)) {
                (Some(a), Some(b)) => same(a, b),
                (a, b) => a.is_none() && b.is_none(),
            })
        };
        old.path == new.path
            && self.schemes.is_empty()
            && equal(
                &["parameters", "servers", "summary", "description"],
                old.item.value,
                new.item.value,
            )
            && equal(&["security", "servers"], &self.old.value, &self.new.value)
    }

    /// What an operation goes by, which nobody sends.
    fn labels(&mut self, old: &Node<'d>, new: &Node<'d>, keys: &[String]) {
        let nothing = |why: &str| Verdict::new(Class::None, why);
        if old.str("operationId") != new.str("operationId") {
            let named = |node: &Node<'d>| {
                node.str("operationId").map_or_else(|| "none".to_owned(), |id| format!("`{id}`"))
            };
            let title = format!("operationId: {} → {}", named(old), named(new));
            self.tell(
                "operation-id-changed",
                title,
                keys.to_vec(),
                both(old, new),
                nothing("operationIds do not travel"),
            );
        }
        let tag = |node: &Node<'d>| {
            node.get("tags")
                .and_then(|tags| tags.index(0))
                .and_then(|tag| tag.value.as_str())
                .map(str::to_owned)
        };
        if tag(old) != tag(new) {
            let named = |node: &Node<'d>| {
                tag(node).map_or_else(|| "none".to_owned(), |tag| format!("`{tag}`"))
            };
            let title = format!("tag: {} → {}", named(old), named(new));
            self.tell(
                "tag-changed",
                title,
                keys.to_vec(),
                both(old, new),
                nothing("tags do not travel"),
            );
        }
        self.deprecated("the operation", old, new, keys);
    }

    pub(super) fn deprecated(
        &mut self,
        subject: &str,
        old: &Node<'d>,
        new: &Node<'d>,
        places: &[String],
    ) {
        let flag = |node: &Node<'d>| node.bool("deprecated").unwrap_or(false);
        self.deprecation(subject, (flag(old), flag(new)), both(old, new), places);
    }

    pub(super) fn deprecation(
        &mut self,
        subject: &str,
        (was, is): (bool, bool),
        spots: Spots,
        places: &[String],
    ) {
        if was != is {
            let (title, why) = if is {
                (format!("{subject} is deprecated now"), "it still works")
            } else {
                (format!("{subject} is no longer deprecated"), "it worked all the time")
            };
            let verdict = Verdict::new(Class::Docs, why);
            self.tell("deprecation", title, places.to_vec(), spots, verdict);
        }
    }

    fn body(&mut self, old: &Node<'d>, new: &Node<'d>, keys: &[String]) {
        let places: Vec<String> = keys.iter().map(|key| format!("{key} body")).collect();
        let find = |document: &'d crate::read::Document, node: &Node<'d>| {
            node.get("requestBody").and_then(|body| document.resolve(&body).ok())
        };
        match (find(self.old, old), find(self.new, new)) {
            (None, None) => {}
            (Some(a), None) => {
                let verdict =
                    Verdict::new(Class::Breaking, "what requests carry is not read any more");
                self.tell(
                    "body-removed",
                    "the request body is gone".to_owned(),
                    places,
                    (Some(a.pointer), None),
                    verdict,
                );
            }
            (None, Some(b)) => {
                let needed = b.bool("required").unwrap_or(false);
                let (title, turn) = if needed {
                    ("requests need a body now", Turn::Narrower)
                } else {
                    ("requests can carry a body now", Turn::Wider)
                };
                self.tell(
                    "body-added",
                    title.to_owned(),
                    places,
                    (None, Some(b.pointer)),
                    turn.verdict(Way::Request),
                );
            }
            (Some(a), Some(b)) => {
                self.prose(&a, &b, &["description"], &places);
                let required = |node: &Node<'d>| node.bool("required").unwrap_or(false);
                if required(&a) != required(&b) {
                    let (title, turn) = if required(&b) {
                        ("the request body is required now", Turn::Narrower)
                    } else {
                        ("the request body is optional now", Turn::Wider)
                    };
                    self.tell(
                        "requiredness-changed",
                        title.to_owned(),
                        places.clone(),
                        both(&a, &b),
                        turn.verdict(Way::Request),
                    );
                }
                self.content(&a, &b, &At::new(places, "the request body", Way::Request));
            }
        }
    }
}

/// Whether two values are equal and lead nowhere else, so that there is nothing to look for in them. Most of two
/// documents is: this makes comparing them cheap.
fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Object(a), Value::Object(b)) => {
            let mut others = b.iter();
            a.len() == b.len()
                && a.iter().all(|(key, value)| {
                    // As a rule the order is the same, and nothing has to be searched for.
                    let other = others
                        .next()
                        .filter(|(other, _)| *other == key)
                        .map(|(_, value)| value)
                        .or_else(|| b.get(key));
                    key != "$ref" && other.is_some_and(|other| same(value, other))
                })
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (a, b) => a == b,
    }
}

/// The address of the first server that a node names.
pub(super) fn server(node: &Node<'_>) -> Option<String> {
    let server = node.get("servers")?.index(0)?;
    let mut url = server.str("url")?.to_owned();
    for (name, variable) in server.get("variables").iter().flat_map(Node::entries) {
        url = url.replace(&format!("{{{name}}}"), variable.str("default").unwrap_or_default());
    }
    Some(url.trim_end_matches('/').to_owned())
}
