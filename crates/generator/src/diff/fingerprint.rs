//! Whether two schemas say the same, prose and examples aside: for telling what was renamed from what was replaced.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::diagnostic::Diagnostics;
use crate::lower::view::{Additional, View};
use crate::read::{Document, Node};

/// Schemas further down than this are taken to be alike: a cycle has no bottom.
const DEPTH: u8 = 24;

/// The fingerprints of a document's schemas. Each schema is looked at once, and asked once for each depth, whoever
/// refers to it: schemas that all refer to all have more paths through them than anyone can walk.
pub(super) struct Prints<'d> {
    document: &'d Document,
    /// A schema goes by where its value lies in memory: the document does not move while this borrows it.
    known: HashMap<*const Value, usize>,
    schemas: Vec<Schema<'d>>,
    /// By schema and by how much further down is looked.
    prints: HashMap<(usize, u8), u64>,
}

/// What a schema says itself, and where it goes on.
struct Schema<'d> {
    own: u64,
    below: Vec<(u64, Node<'d>)>,
}

impl<'d> Prints<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self { document, known: HashMap::new(), schemas: Vec::new(), prints: HashMap::new() }
    }

    /// A number that two schemas share if they say the same. `None` is the fingerprint of no schema.
    pub(super) fn of(&mut self, node: Option<&Node<'d>>) -> u64 {
        match node {
            Some(node) => self.print(node, DEPTH),
            None => hash("no schema"),
        }
    }

    /// How many times a schema was looked at or put together from what is below it.
    #[cfg(test)]
    pub(super) fn work(&self) -> usize {
        self.schemas.len() + self.prints.len()
    }

    fn print(&mut self, node: &Node<'d>, depth: u8) -> u64 {
        let index = self.index(node);
        if let Some(print) = self.prints.get(&(index, depth)) {
            return *print;
        }
        let mut hasher = DefaultHasher::new();
        self.schemas[index].own.hash(&mut hasher);
        if let Some(depth) = depth.checked_sub(1) {
            for step in 0..self.schemas[index].below.len() {
                let (label, node) = self.schemas[index].below[step].clone();
                (label, self.print(&node, depth)).hash(&mut hasher);
            }
        }
        let print = hasher.finish();
        self.prints.insert((index, depth), print);
        print
    }

    fn index(&mut self, node: &Node<'d>) -> usize {
        // What only refers to a schema is that schema.
        let target = match node.member("$ref") {
            Some(_) => self.document.resolve(node).ok(),
            None => None,
        };
        let node = target.as_ref().unwrap_or(node);
        let (document, schemas) = (self.document, &mut self.schemas);
        *self.known.entry(std::ptr::from_ref(node.value)).or_insert_with(|| {
            schemas.push(Schema::of(document, node));
            schemas.len() - 1
        })
    }
}

impl<'d> Schema<'d> {
    fn of(document: &'d Document, node: &Node<'d>) -> Self {
        let view = View::of(document, node, &mut Diagnostics::new());
        let mut own = DefaultHasher::new();
        (view.kind(), view.format, view.nullable).hash(&mut own);
        for value in view.values.into_iter().flatten() {
            value.to_string().hash(&mut own);
        }
        let mut names: Vec<&&str> = view.properties.keys().collect();
        names.sort_unstable();
        let mut below = Vec::new();
        for name in names {
            let label = hash(("property", name, view.required.contains(*name)));
            below.push((label, view.properties[*name].clone()));
        }
        below.extend(view.items.map(|items| (hash("items"), items)));
        if let Some(Additional::Schema(values)) = view.additional {
            below.push((hash("values"), values));
        }
        below.extend(view.alternatives.into_iter().map(|arm| (hash("arm"), arm)));
        Self { own: own.finish(), below }
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
