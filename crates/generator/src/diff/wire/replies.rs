//! Replies, and what bodies hold.

use super::{At, Turn, Walk, Way, both};
use crate::diff::{Class, Verdict};
use crate::lower::reply::is_json;
use crate::read::Node;

impl<'d> Walk<'d> {
    pub(super) fn replies(&mut self, old: &Node<'d>, new: &Node<'d>, keys: &[String]) {
        let list = |node: &Node<'d>| -> Vec<(&'d str, Node<'d>)> {
            node.get("responses")
                .iter()
                .flat_map(Node::entries)
                .filter(|(status, _)| !status.starts_with("x-"))
                .collect()
        };
        let (a, b) = (list(old), list(new));
        let find = |list: &[(&'d str, Node<'d>)], status: &str| {
            list.iter()
                .find(|(other, _)| other.eq_ignore_ascii_case(status))
                .map(|(_, node)| node.clone())
        };
        let mut gone: Vec<&(&str, Node<'d>)> =
            a.iter().filter(|(status, _)| find(&b, status).is_none()).collect();
        let mut come: Vec<&(&str, Node<'d>)> =
            b.iter().filter(|(status, _)| find(&a, status).is_none()).collect();
        // Where no success is described, whatever comes is what `default` says.
        let described =
            |list: &[(&str, Node<'d>)]| list.iter().any(|(status, _)| is_success(status));
        let (told, tells) = (described(&a), described(&b));
        let was_success = |status: &str| is_success(status) || (!told && status == "default");
        let success = |status: &str| is_success(status) || (!tells && status == "default");
        // A success in place of a success is the same reply with another status.
        let renamed = match (
            gone.iter().position(|(status, _)| was_success(status)),
            come.iter().position(|(status, _)| success(status)),
        ) {
            (Some(from), Some(to)) => Some((gone.remove(from), come.remove(to))),
            _ => None,
        };
        for (status, node) in &a {
            if let Some(other) = find(&b, status) {
                self.reply(status, status, node, &other, keys);
            }
        }
        if let Some(((from, node), (to, other))) = renamed {
            let places = keys
                .iter()
                .flat_map(|key| [format!("{key} reply {to}"), format!("{key} reply {from}")])
                .collect();
            let verdict = Verdict::new(
                Class::Breaking,
                "readers that wait for the old status take it for a failure",
            );
            self.tell(
                "status-changed",
                format!("the reply `{from}` is `{to}` now"),
                places,
                both(node, other),
                verdict,
            );
            self.reply(from, to, node, other, keys);
        }
        for (status, node) in gone {
            let verdict = if was_success(status) {
                Verdict::new(Class::Breaking, "a success that callers wait for does not come")
            } else {
                Verdict::new(
                    Class::Fix,
                    "a failure is no longer described; it may come all the same",
                )
            };
            let places = keys.iter().map(|key| format!("{key} reply {status}")).collect();
            self.tell(
                "reply-removed",
                format!("the reply `{status}` is gone"),
                places,
                (Some(node.pointer.clone()), None),
                verdict,
            );
        }
        for (status, node) in come {
            let verdict = if !success(status) {
                Verdict::new(Class::Fix, "a failure is described that was not")
            } else if a.iter().any(|(known, _)| was_success(known))
                && !a
                    .iter()
                    .any(|(known, other)| was_success(known) && self.answers_alike(other, node))
            {
                Verdict::new(
                    Class::Breaking,
                    "readers that know only the old success cannot read it",
                )
            } else {
                Verdict::new(Class::Addition, "another success can come")
            };
            let places = keys.iter().map(|key| format!("{key} reply {status}")).collect();
            self.tell(
                "reply-added",
                format!("the reply `{status}` is described now"),
                places,
                (None, Some(node.pointer.clone())),
                verdict,
            );
        }
    }

    /// Whether two replies hold the same.
    fn answers_alike(&mut self, old: &Node<'d>, new: &Node<'d>) -> bool {
        let (Ok(a), Ok(b)) = (self.old.resolve(old), self.new.resolve(new)) else { return false };
        let list = |node: &Node<'d>| -> Vec<(String, Option<Node<'d>>)> {
            let content = node.get("content");
            let entries = content.iter().flat_map(Node::entries);
            entries.map(|(name, media)| (essence(name), media.get("schema"))).collect()
        };
        let (a, b) = (list(&a), list(&b));
        a.len() == b.len()
            && a.iter().zip(&b).all(|((one, a), (two, b))| {
                one == two && self.old_prints.of(a.as_ref()) == self.new_prints.of(b.as_ref())
            })
    }

    fn reply(&mut self, from: &str, to: &str, old: &Node<'d>, new: &Node<'d>, keys: &[String]) {
        let (Ok(a), Ok(b)) = (self.old.resolve(old), self.new.resolve(new)) else { return };
        let mut places: Vec<String> = keys.iter().map(|key| format!("{key} reply {to}")).collect();
        if from != to {
            places.extend(keys.iter().map(|key| format!("{key} reply {from}")));
        }
        self.prose(&a, &b, &["description"], &places);
        self.headers(&a, &b, &places);
        self.content(&a, &b, &At::new(places, "the reply", Way::Reply));
    }

    fn headers(&mut self, old: &Node<'d>, new: &Node<'d>, places: &[String]) {
        let list = |node: &Node<'d>| -> Vec<(String, Node<'d>)> {
            node.get("headers")
                .iter()
                .flat_map(Node::entries)
                .map(|(name, node)| (name.to_ascii_lowercase(), node))
                .collect()
        };
        let (a, b) = (list(old), list(new));
        for (name, node) in &a {
            match b.iter().find(|(other, _)| other == name) {
                Some((_, other)) => {
                    let (Ok(node), Ok(other)) = (self.old.resolve(node), self.new.resolve(other))
                    else {
                        continue;
                    };
                    self.prose(&node, &other, &["description"], places);
                    self.examples(&node, &other, places);
                    if let (Some(a), Some(b)) = (node.get("schema"), other.get("schema")) {
                        let mut at =
                            At::new(places.to_vec(), format!("reply header `{name}`"), Way::Reply);
                        at.text = true;
                        self.schema(&a, &b, &at);
                    }
                }
                None => {
                    let verdict =
                        Verdict::new(Class::Breaking, "readers of the header find nothing");
                    self.tell(
                        "header-removed",
                        format!("reply header `{name}` is gone"),
                        places.to_vec(),
                        (Some(node.pointer.clone()), None),
                        verdict,
                    );
                }
            }
        }
        for (name, node) in &b {
            if !a.iter().any(|(other, _)| other == name) {
                let verdict = Verdict::new(Class::Addition, "there is more to read");
                self.tell(
                    "header-added",
                    format!("reply header `{name}` is new"),
                    places.to_vec(),
                    (None, Some(node.pointer.clone())),
                    verdict,
                );
            }
        }
    }

    /// Compares what two bodies hold, by media type.
    pub(super) fn content(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let list = |node: &Node<'d>| -> Vec<(String, Node<'d>)> {
            let content = node.get("content");
            let entries = content.iter().flat_map(Node::entries);
            entries.map(|(name, media)| (essence(name), media)).collect()
        };
        let (a, b) = (list(old), list(new));
        let pairs: Vec<(Node<'d>, Node<'d>)> = a
            .iter()
            .filter_map(|(name, node)| {
                Some((node.clone(), b.iter().find(|(other, _)| other == name)?.1.clone()))
            })
            .collect();
        let names = |list: &[(String, Node<'d>)], others: &[(String, Node<'d>)]| -> Vec<String> {
            list.iter()
                .filter(|(name, _)| !others.iter().any(|(other, _)| other == name))
                .map(|(name, _)| format!("`{name}`"))
                .collect()
        };
        let (gone, come) = (names(&a, &b).join(", "), names(&b, &a).join(", "));
        let subject = &at.subject;
        let (title, turn) = match (gone.is_empty(), come.is_empty(), a.is_empty(), b.is_empty()) {
            (true, true, ..) => (String::new(), Turn::Other),
            (_, _, true, _) => (format!("{subject} holds {come} now, and was empty"), Turn::Other),
            (_, _, _, true) => (format!("{subject} is empty now, and held {gone}"), Turn::Other),
            (false, false, ..) => (format!("{subject}: {gone} → {come}"), Turn::Other),
            (true, false, ..) => (format!("{subject} can be {come} as well"), Turn::Wider),
            (false, true, ..) => (format!("{subject} can no longer be {gone}"), Turn::Narrower),
        };
        if !title.is_empty() {
            // Which of several forms comes is for the reader to ask for.
            let turn = match (turn, at.way) {
                (Turn::Wider, Way::Reply) => {
                    Verdict::new(Class::Addition, "readers can ask for it")
                }
                (Turn::Narrower, Way::Reply) => {
                    Verdict::new(Class::Breaking, "readers that ask for it are refused")
                }
                (turn, way) => turn.verdict(way),
            };
            self.tell("media-type-changed", title, at.places(), both(old, new), turn);
        }
        let written = |node: &Node<'d>| node.pointer.last().map(std::borrow::Cow::into_owned);
        for (a, b) in pairs.iter().filter(|(a, b)| written(a) != written(b)) {
            let named = |node: &Node<'d>| written(node).unwrap_or_default();
            let title = format!("{subject}: `{}` is written `{}` now", named(a), named(b));
            let verdict = Verdict::new(Class::None, "it is the same form");
            self.tell("media-type-written", title, at.places(), both(a, b), verdict);
        }
        // Forms that hold the same values are compared further; of text in place of values there is nothing to say.
        if pairs.is_empty()
            && let (Some((one, a)), Some((two, b))) = (a.first(), b.first())
            && holds_values(one) == holds_values(two)
        {
            self.media(a, b, at);
        }
        for (a, b) in pairs {
            self.media(&a, &b, at);
        }
    }

    fn media(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        self.examples(old, new, &at.places());
        match (old.get("schema"), new.get("schema")) {
            (Some(a), Some(b)) => self.schema(&a, &b, at),
            // Text is text, whether somebody says so or not.
            (a, b) if new.pointer.last().is_some_and(|name| holds_values(&name)) => {
                self.said(a.as_ref(), b.as_ref(), both(old, new), at);
            }
            _ => {}
        }
        if old.value.get("encoding") != new.value.get("encoding") {
            let verdict = Turn::Other.verdict(at.way);
            self.tell(
                "encoding-changed",
                format!("{}: the encoding of its parts changed", at.subject),
                at.places(),
                both(old, new),
                verdict,
            );
        }
    }
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// A media type without what says nothing of its form: JSON is UTF-8 whatever its `charset` says, and case and blanks
/// do not count.
fn essence(media_type: &str) -> String {
    let mut parts = media_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let name = parts.next().unwrap_or_default();
    let mut params: Vec<String> = parts
        .filter(|part| !part.is_empty())
        .filter(|part| !part.starts_with("charset=") || !holds_values(&name))
        .collect();
    params.sort();
    params.insert(0, name.clone());
    params.join("; ")
}

fn holds_values(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    is_json(&name) || name == "multipart/form-data" || name == "application/x-www-form-urlencoded"
}
