//! Parameters: in paths by their position, elsewhere by their names.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;

use super::moves::Op;
use super::{At, Turn, Walk, Way, both};
use crate::diff::{Class, Verdict};
use crate::lower::param::schema_of as param_schema;
use crate::read::{Document, Node};

type Params<'d> = IndexMap<(&'d str, String), (&'d str, Node<'d>)>;

impl<'d> Walk<'d> {
    pub(super) fn params(&mut self, old: &Op<'d>, new: &Op<'d>, keys: &[String]) {
        let (a, b) = (params(self.old, old), params(self.new, new));
        self.swapped(&a, &b, keys);
        let mut gone = Vec::new();
        for (id, (name, node)) in &a {
            match b.get(id) {
                Some((other_name, other)) => {
                    let swaps = b.values().any(|(twin, _)| twin == name);
                    self.param(id.0, (name, node), (other_name, other), swaps, keys)
                }
                None => gone.push((id, name, node)),
            }
        }
        let come: Vec<_> = (b.iter())
            .filter(|(id, _)| !a.contains_key(*id))
            .map(|(id, (name, node))| (id, name, node))
            .collect();
        let mut by_print: HashMap<(&str, (bool, u64)), Vec<usize>> = HashMap::new();
        for (index, ((location, _), _, node)) in
            come.iter().enumerate().filter(|_| !gone.is_empty())
        {
            by_print.entry((*location, self.new_print(node))).or_default().push(index);
        }
        let mut taken = vec![false; come.len()];
        for ((location, _), name, node) in gone {
            let alike =
                by_print.get(&(*location, self.old_print(node))).map_or(&[][..], Vec::as_slice);
            let free =
                alike.iter().copied().filter(|index| !taken[*index]).take(2).collect::<Vec<_>>();
            // Of several that look alike none can be told to be the one.
            let twin = if let [index] = free.as_slice() { Some(*index) } else { None };
            match twin {
                Some(index) => {
                    taken[index] = true;
                    let (_, other_name, other) = come[index];
                    self.renamed(location, (name, node), (other_name, other), keys);
                }
                None => {
                    let verdict = Verdict::new(
                        Class::Breaking,
                        "what requests say with it is not heard any more",
                    );
                    let title = format!("{location} parameter `{name}` is gone");
                    self.tell(
                        "parameter-removed",
                        title,
                        places(keys, name),
                        (Some(node.pointer.clone()), None),
                        verdict,
                    );
                }
            }
        }
        for (((location, _), name, node), _) in
            come.into_iter().zip(taken).filter(|(_, taken)| !taken)
        {
            let (code, turn) = if required(location, node) {
                ("is new, and required", Turn::Narrower)
            } else {
                ("is new", Turn::Wider)
            };
            let title = format!("{location} parameter `{name}` {code}");
            self.tell(
                "parameter-added",
                title,
                places(keys, name),
                (None, Some(node.pointer.clone())),
                turn.verdict(Way::Request),
            );
        }
    }

    /// Parameters of the path that change places: what was given for the one is taken for the other.
    fn swapped(&mut self, a: &Params<'d>, b: &Params<'d>, keys: &[String]) {
        let names = |list: &Params<'d>| -> BTreeMap<&'d str, String> {
            let path = list.iter().filter(|((location, _), _)| *location == "path");
            path.map(|((_, position), (name, _))| (*name, position.clone())).collect()
        };
        let (one, two) = (names(a), names(b));
        let moved: Vec<&str> = (one.iter())
            .filter(|(name, at)| two.get(**name).is_some_and(|other| other != *at))
            .map(|(name, _)| *name)
            .collect();
        if moved.len() < 2 {
            return;
        }
        let find = |list: &Params<'d>| {
            let mut nodes = list.values().filter(|(name, _)| moved.contains(name));
            nodes.next().map(|(_, node)| node.pointer.clone())
        };
        let listed: Vec<String> = moved.iter().map(|name| format!("`{name}`")).collect();
        let title = format!("path parameters {} change places", listed.join(" and "));
        let all = moved.iter().flat_map(|name| places(keys, name)).collect();
        let verdict =
            Verdict::new(Class::Breaking, "what is given for the one is taken for the other");
        self.tell("parameters-swapped", title, all, (find(a), find(b)), verdict);
    }

    /// A number that two parameters share if they say the same, names aside.
    fn old_print(&mut self, node: &Node<'d>) -> (bool, u64) {
        (required("", node), self.old_prints.of(param_schema(node).0.as_ref()))
    }

    fn new_print(&mut self, node: &Node<'d>) -> (bool, u64) {
        (required("", node), self.new_prints.of(param_schema(node).0.as_ref()))
    }

    fn renamed(
        &mut self,
        location: &str,
        (name, old): (&str, &Node<'d>),
        (other_name, new): (&str, &Node<'d>),
        keys: &[String],
    ) {
        let title = format!("{location} parameter `{name}` is called `{other_name}` now");
        let verdict = Verdict::new(Class::Breaking, "the old name is not heard any more");
        let mut all = places(keys, other_name);
        all.extend(places(keys, name));
        self.tell("parameter-renamed", title, all, both(old, new), verdict);
        self.prose(old, new, &["description"], &places(keys, other_name));
    }

    fn param(
        &mut self,
        location: &str,
        (name, old): (&str, &Node<'d>),
        (other_name, new): (&str, &Node<'d>),
        swaps: bool,
        keys: &[String],
    ) {
        let mut all = places(keys, other_name);
        if name != other_name {
            all.extend(places(keys, name));
            if location == "path" && !swaps {
                let title = format!("path parameter `{name}` is called `{other_name}` now");
                let verdict = Verdict::new(Class::None, "names of path parameters do not travel");
                self.tell("parameter-renamed", title, all.clone(), both(old, new), verdict);
            }
        }
        let subject = format!("{location} parameter `{other_name}`");
        self.prose(old, new, &["description"], &all);
        self.examples(old, new, &all);
        self.deprecated(&subject, old, new, &all);
        if required(location, old) != required(location, new) {
            let (how, turn) = if required(location, new) {
                ("required", Turn::Narrower)
            } else {
                ("optional", Turn::Wider)
            };
            self.tell(
                "requiredness-changed",
                format!("{subject} is {how} now"),
                all.clone(),
                both(old, new),
                turn.verdict(Way::Request),
            );
        }
        let ((schema, media_type), (other_schema, other_media_type)) =
            (param_schema(old), param_schema(new));
        let written = |media_type: Option<&str>, node: &Node<'d>| match media_type {
            Some(media_type) => format!("`{}`", media_type.trim().to_ascii_lowercase()),
            None => style(location, node),
        };
        let (was, is) = (written(media_type, old), written(other_media_type, new));
        if was != is {
            let title = format!("{subject} is written as {is} now, and was as {was}");
            self.tell(
                "style-changed",
                title,
                all.clone(),
                both(old, new),
                Turn::Other.verdict(Way::Request),
            );
        }
        let mut at = At::new(all, subject, Way::Request);
        at.text = media_type.is_none();
        self.emptiness(old, new, &at);
        self.said(schema.as_ref(), other_schema.as_ref(), both(old, new), &at);
    }

    /// Whether a parameter may be there without a value.
    fn emptiness(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let may = |node: &Node<'d>| node.bool("allowEmptyValue").unwrap_or(false);
        let (how, turn) = match (may(old), may(new)) {
            (true, false) => ("may no longer be empty", Turn::Narrower),
            (false, true) => ("may be empty now", Turn::Wider),
            (true, true) | (false, false) => return,
        };
        let (title, verdict) = (format!("{} {how}", at.subject), turn.verdict(Way::Request));
        self.tell("style-changed", title, at.places(), both(old, new), verdict);
    }
}

fn places(keys: &[String], name: &str) -> Vec<String> {
    keys.iter().map(|key| format!("{key} param {name}")).collect()
}

fn required(location: &str, node: &Node<'_>) -> bool {
    location == "path" || node.bool("required").unwrap_or(false)
}

/// How a list or an object is written, the location's habit where the document does not say.
fn style(location: &str, node: &Node<'_>) -> String {
    let usual = if matches!(location, "query" | "cookie") { "form" } else { "simple" };
    let style = node.str("style").unwrap_or(usual);
    let spread = node.bool("explode").unwrap_or(style == "form");
    format!("`{style}`{}", if spread { ", exploded" } else { "" })
}

/// The parameters of an operation: those of its path, then its own, which replace the path's. In the path it is the
/// position that counts, elsewhere the name.
fn params<'d>(document: &'d Document, op: &Op<'d>) -> Params<'d> {
    let mut list = Params::new();
    for owner in [&op.item, &op.node] {
        for node in owner.get("parameters").iter().flat_map(Node::items) {
            let Ok(node) = document.resolve(&node) else { continue };
            let (Some(name), Some(location)) = (node.str("name"), node.str("in")) else { continue };
            let id = match location {
                "path" => position(op.path, name),
                // Header names know no case.
                "header" => name.to_ascii_lowercase(),
                _ => name.to_owned(),
            };
            list.insert((location, id), (name, node));
        }
    }
    list
}

fn position(path: &str, name: &str) -> String {
    match path.find(&format!("{{{name}}}")) {
        Some(at) => format!("#{}", path[..at].matches('{').count()),
        None => name.to_owned(),
    }
}
