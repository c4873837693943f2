//! Whether two schemas say the same, prose and examples aside: for telling what was renamed from what was replaced.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use serde_json::Value;

use crate::diagnostic::Diagnostics;
use crate::lower::view::{Additional, View};
use crate::read::{Document, Node};

/// Schemas further down than this are taken to be alike: a cycle has no bottom.
const DEPTH: usize = 24;

/// The fingerprints of one document's schemas. Each schema is looked at once for each level that it can stand on, so the
/// time is linear in the document however its schemas hold each other.
pub(super) struct Prints<'d> {
    document: &'d Document,
    /// A schema goes by where its value lies in memory: the document does not move while this borrows it.
    known: RefCell<HashMap<(*const Value, usize), u64>>,
    views: RefCell<HashMap<*const Value, Rc<View<'d>>>>,
}

impl<'d> Prints<'d> {
    pub(super) fn of(document: &'d Document) -> Self {
        Self { document, known: RefCell::default(), views: RefCell::default() }
    }

    /// A number that two schemas share if they say the same. `None` is the fingerprint of no schema.
    pub(super) fn schema(&self, node: Option<&Node<'d>>) -> u64 {
        node.map_or(0, |node| self.at(node, 0))
    }

    fn at(&self, node: &Node<'d>, depth: usize) -> u64 {
        if depth > DEPTH {
            return 0;
        }
        let target = node.member("$ref").and_then(|_| self.document.resolve(node).ok());
        let node = target.as_ref().unwrap_or(node);
        let key = (std::ptr::from_ref(node.value), depth);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let print = self.made_of(&self.view(node), depth + 1);
        self.known.borrow_mut().insert(key, print);
        print
    }

    fn view(&self, node: &Node<'d>) -> Rc<View<'d>> {
        let mut views = self.views.borrow_mut();
        let view = views
            .entry(std::ptr::from_ref(node.value))
            .or_insert_with(|| Rc::new(View::of(self.document, node, &mut Diagnostics::new())));
        Rc::clone(view)
    }

    fn made_of(&self, view: &View<'d>, depth: usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        (view.kind(), view.format, view.nullable).hash(&mut hasher);
        if let Some(values) = view.values {
            values.hash(&mut hasher);
        }
        let mut names: Vec<&&str> = view.properties.keys().collect();
        names.sort_unstable();
        for name in names {
            (name, view.required.contains(*name)).hash(&mut hasher);
            self.at(&view.properties[*name], depth).hash(&mut hasher);
        }
        if let Some(items) = &view.items {
            ("items", self.at(items, depth)).hash(&mut hasher);
        }
        if let Some(Additional::Schema(values)) = &view.additional {
            ("values", self.at(values, depth)).hash(&mut hasher);
        }
        for arm in &view.alternatives {
            ("arm", self.at(arm, depth)).hash(&mut hasher);
        }
        hasher.finish()
    }
}
