//! Which operation of the new document is which of the old one.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::operation::server;
use crate::diff::fingerprint::Prints;
use crate::lower::{operation_key, same_operation, without_version};
use crate::model::Method;
use crate::read::{Document, Node};

/// An operation of a document.
#[derive(Clone, Debug)]
pub(super) struct Op<'d> {
    pub(super) path: &'d str,
    pub(super) method: Method,
    /// The path item that it stands in.
    pub(super) item: Node<'d>,
    pub(super) node: Node<'d>,
}

impl Op<'_> {
    /// Method and path, as people write it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.as_str(), self.path)
    }
}

/// An operation that stands elsewhere now.
#[derive(Clone, Debug)]
pub(in crate::diff) struct Move {
    pub(in crate::diff) from: String,
    pub(in crate::diff) to: String,
    /// Whether nobody has to say so: `client.yaml` does, both places stand, or the lock lets the names move along.
    pub(in crate::diff) sure: bool,
}

/// The operations of both documents by key, and which of them are one though their keys differ.
#[derive(Debug)]
pub(in crate::diff) struct Moves<'d> {
    pub(super) old: IndexMap<String, Op<'d>>,
    pub(super) new: IndexMap<String, Op<'d>>,
    pub(in crate::diff) list: Vec<Move>,
    by_old: HashMap<String, usize>,
    targets: HashSet<String>,
}

impl<'d> Moves<'d> {
    /// Finds them: those that `client.yaml` confirms, then those that look so.
    pub(in crate::diff) fn find(
        old_document: &'d Document,
        new_document: &'d Document,
        confirmed: &IndexMap<String, String>,
    ) -> Self {
        let (old, new) = (operations(old_document), operations(new_document));
        let mut moves =
            Self { old, new, list: Vec::new(), by_old: HashMap::new(), targets: HashSet::new() };
        for (from, to) in confirmed {
            let key = |written: &str, ops: &IndexMap<String, Op<'d>>| {
                ops.keys().find(|key| same_operation(written, key)).cloned()
            };
            if let (Some(from), Some(to)) = (key(from, &moves.old), key(to, &moves.new))
                && !moves.new.contains_key(&from)
                && !moves.is_target(&to)
            {
                moves.push(from, to, true);
            }
        }
        moves.swapped();
        let (old, new) = (old_document.root(), new_document.root());
        moves.by(true, |op, is_old| Some(url(op, if is_old { &old } else { &new })));
        moves.by(true, |op, _| Some(operation_key(op.method, &without_version(op.path))));
        moves.guess(old_document, new_document);
        // What is left may hold other things now: its name has to say so alone.
        moves.by(false, |op, _| {
            op.node.str("operationId").map(|id| format!("{} {id}", op.method.as_str()))
        });
        moves
    }

    /// The key in the new document of an operation of the old one.
    pub(in crate::diff) fn to<'k>(&'k self, key: &'k str) -> Option<&'k str> {
        match self.by_old.get(key) {
            Some(index) => Some(&self.list[*index].to),
            None => self.new.contains_key(key).then_some(key),
        }
    }

    /// Whether an operation of the new document is one that stood elsewhere.
    pub(super) fn is_target(&self, key: &str) -> bool {
        self.targets.contains(key)
    }

    /// Whether every operation of the old document has the URL in the new one that it had, as far as it is there.
    pub(super) fn same_urls(&self, old: &Node<'d>, new: &Node<'d>) -> bool {
        let mut pairs =
            self.old.iter().filter_map(|(key, op)| Some((op, self.new.get(self.to(key)?)?)));
        let mut any = false;
        pairs.all(|(op, other)| {
            any = true;
            url(op, old) == url(other, new)
        }) && any
    }

    /// Operations that changed places: each `operationId` is in both documents, at the other's place.
    fn swapped(&mut self) {
        let ids = |ops: &IndexMap<String, Op<'d>>| -> HashMap<&'d str, String> {
            let named =
                ops.iter().filter_map(|(key, op)| Some((op.node.str("operationId")?, key.clone())));
            named.collect()
        };
        let (olds, news) = (ids(&self.old), ids(&self.new));
        let mut found = Vec::new();
        for (id, from) in &olds {
            let Some(to) = news.get(id).filter(|to| *to != from) else { continue };
            let stays = |key: &String| self.old.contains_key(key) && self.new.contains_key(key);
            let known = |op: Option<&Op<'d>>, ids: &HashMap<&str, String>| {
                op.and_then(|op| op.node.str("operationId")).is_some_and(|id| ids.contains_key(id))
            };
            // Both places stand, and what stands there now stood elsewhere: nothing was only called otherwise.
            if stays(from)
                && stays(to)
                && known(self.new.get(from), &olds)
                && known(self.old.get(to), &news)
            {
                found.push((from.clone(), to.clone()));
            }
        }
        found.sort();
        for (from, to) in found {
            if !self.by_old.contains_key(&from) && !self.is_target(&to) {
                self.push(from, to, true);
            }
        }
    }

    /// Operations that are gone and have come with one and the same mark, which nothing else on either side has.
    fn by(&mut self, sure: bool, mark: impl Fn(&Op<'d>, bool) -> Option<String>) {
        let mut marked: IndexMap<String, (Vec<&String>, Vec<&String>)> = IndexMap::new();
        for (key, op) in self.old.iter().filter(|(key, _)| self.to(key).is_none()) {
            if let Some(mark) = mark(op, true) {
                marked.entry(mark).or_default().0.push(key);
            }
        }
        for (key, op) in &self.new {
            if !self.old.contains_key(key)
                && !self.is_target(key)
                && let Some(mark) = mark(op, false)
            {
                marked.entry(mark).or_default().1.push(key);
            }
        }
        let found: Vec<(String, String)> = marked
            .into_values()
            .filter_map(|(gone, come)| match (gone.as_slice(), come.as_slice()) {
                ([from], [to]) => Some(((*from).clone(), (*to).clone())),
                _ => None,
            })
            .collect();
        found.into_iter().for_each(|(from, to)| self.push(from, to, sure));
    }

    fn push(&mut self, from: String, to: String, sure: bool) {
        self.by_old.entry(from.clone()).or_insert(self.list.len());
        self.targets.insert(to.clone());
        self.list.push(Move { from, to, sure });
    }

    fn guess(&mut self, old_document: &'d Document, new_document: &'d Document) {
        let (mut old_prints, mut new_prints) =
            (Prints::new(old_document), Prints::new(new_document));
        let gone = self.old.iter().filter(|(key, _)| self.to(key).is_none());
        let come = (self.new.iter())
            .filter(|(key, _)| !self.old.contains_key(*key) && !self.is_target(key));
        let mut by_reply: HashMap<(u64, u64), Vec<Come<'_, 'd>>> = HashMap::new();
        for (key, op) in come {
            let print = said(new_document, &mut new_prints, op);
            by_reply.entry(print).or_default().push((key, op, segments(op.path)));
        }
        let mut pairs: Vec<(usize, &String, &String)> = Vec::new();
        for (from, op) in gone {
            let said = said(old_document, &mut old_prints, op);
            let words = segments(op.path);
            for (to, other, other_words) in by_reply.get(&said).into_iter().flatten() {
                let score = likeness((op, &words), (other, other_words));
                pairs.extend(score.map(|score| (score, from, *to)));
            }
        }
        pairs.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
        let (mut left, mut met) = (HashSet::new(), HashSet::new());
        let mut found: Vec<(String, String)> = Vec::new();
        for (_, from, to) in pairs {
            if !left.contains(from) && !met.contains(to) {
                left.insert(from);
                met.insert(to);
                found.push((from.clone(), to.clone()));
            }
        }
        found.into_iter().for_each(|(from, to)| self.push(from, to, false));
    }
}

/// An operation that has come: its key, and the words of its path.
type Come<'m, 'd> = (&'m String, &'m Op<'d>, Vec<String>);

/// Method and whole address of an operation.
pub(super) fn url(op: &Op<'_>, root: &Node<'_>) -> String {
    let server = server(&op.node).or_else(|| server(&op.item)).or_else(|| server(root));
    operation_key(op.method, &format!("{}{}", server.unwrap_or_default(), op.path))
}

fn operations(document: &Document) -> IndexMap<String, Op<'_>> {
    let mut list = IndexMap::new();
    let root = document.root();
    for (path, item) in root.get("paths").iter().flat_map(Node::entries) {
        let Ok(item) = document.resolve(&item) else { continue };
        for (name, node) in item.entries() {
            if let Some(method) = Method::of_key(name) {
                let op = Op { path, method, item: item.clone(), node };
                list.insert(operation_key(method, path), op);
            }
        }
    }
    list
}

/// What the replies and the body say.
fn said<'d>(document: &'d Document, prints: &mut Prints<'d>, op: &Op<'d>) -> (u64, u64) {
    let mut first = |owner: Option<Node<'d>>| -> u64 {
        let media = owner
            .and_then(|owner| document.resolve(&owner).ok())
            .and_then(|owner| owner.get("content")?.entries().next().map(|(_, media)| media));
        let schema = media.as_ref().and_then(|media| media.get("schema"));
        prints.of(schema.as_ref()).wrapping_add(u64::from(media.is_some()))
    };
    let success = op.node.get("responses").and_then(|replies| {
        replies.entries().find(|(status, _)| status.starts_with('2')).map(|(_, reply)| reply)
    });
    (first(success), first(op.node.get("requestBody")))
}

/// How much two operations with the same reply look like one; `None` if they do not.
fn likeness((old, a): (&Op<'_>, &[String]), (new, b): (&Op<'_>, &[String])) -> Option<usize> {
    if old.method != new.method && old.path != new.path {
        return None;
    }
    let id = old.node.str("operationId");
    let same_id = id.is_some() && id == new.node.str("operationId");
    let shared = a.iter().filter(|part| b.contains(part)).count();
    let alike = shared * 2 >= a.len().max(b.len()) && shared > 0;
    (same_id || alike).then_some(shared + if same_id { 100 } else { 0 })
}

/// The words of a path, parameters aside.
fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty() && !part.starts_with('{'))
        .map(str::to_lowercase)
        .collect()
}
