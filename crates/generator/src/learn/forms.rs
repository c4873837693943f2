//! The schemas of a document, as far as replies are held against them: each once, with numbers for references.
//!
//! Holding a reply against a document is done a thousand times over, and following pointers through its text is not for
//! that. It must not know what was seen.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;

use crate::pointer::Pointer;
use crate::read::{Document, Node};

/// The number of a schema.
pub(super) type Id = usize;

/// What `additionalProperties` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum More {
    /// Nothing.
    Unsaid,
    /// That there is nothing else.
    No,
    /// That there may be anything.
    Any,
    /// What else there is.
    Schema(Id),
}

/// A schema.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) at: Pointer,
    pub(super) kind: Option<String>,
    pub(super) nullable: bool,
    pub(super) format: Option<String>,
    pub(super) values: Option<Vec<Value>>,
    pub(super) required: Vec<String>,
    pub(super) properties: IndexMap<String, Id>,
    pub(super) has_properties: bool,
    pub(super) more: More,
    pub(super) items: Option<Id>,
    pub(super) is_open_list: bool,
    pub(super) all: Vec<Id>,
    pub(super) any: Vec<Id>,
}

/// The schemas met so far.
#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) list: Vec<Form>,
    known: HashMap<Pointer, Id>,
}

impl Forms {
    /// The schema at a node, with everything in it. A list of what is still to be read, and no calls in calls: schemas
    /// hold each other as deep as a document likes.
    pub(super) fn of(&mut self, document: &Document, node: &Node<'_>) -> Option<Id> {
        let mut open = Vec::new();
        let id = self.entry(document, node, &mut open);
        while let Some((id, node)) = open.pop() {
            let form = self.read(document, &node, &mut open);
            self.list[id] = form;
        }
        id
    }

    fn entry<'d>(
        &mut self,
        document: &'d Document,
        node: &Node<'d>,
        open: &mut Vec<(Id, Node<'d>)>,
    ) -> Option<Id> {
        let node = document.resolve(node).ok()?;
        if !node.value.is_object() {
            return None;
        }
        if let Some(id) = self.known.get(&node.pointer) {
            return Some(*id);
        }
        let id = self.list.len();
        self.known.insert(node.pointer.clone(), id);
        self.list.push(blank(&node));
        open.push((id, node));
        Some(id)
    }

    fn read<'d>(
        &mut self,
        document: &'d Document,
        node: &Node<'d>,
        open: &mut Vec<(Id, Node<'d>)>,
    ) -> Form {
        let mut form = blank(node);
        for (name, property) in node.get("properties").iter().flat_map(Node::entries) {
            if let Some(id) = self.entry(document, &property, open) {
                form.properties.insert(name.to_owned(), id);
            }
        }
        form.more = match node.get("additionalProperties") {
            None => More::Unsaid,
            Some(more) => match more.value {
                Value::Bool(false) => More::No,
                Value::Object(inner) if !inner.is_empty() => {
                    self.entry(document, &more, open).map_or(More::Any, More::Schema)
                }
                _ => More::Any,
            },
        };
        let items = node.get("items");
        form.is_open_list = items
            .as_ref()
            .is_none_or(|items| items.value.as_object().is_none_or(serde_json::Map::is_empty));
        form.items = items
            .filter(|_| !form.is_open_list)
            .and_then(|items| self.entry(document, &items, open));
        for arm in node.get("allOf").iter().flat_map(Node::items) {
            form.all.extend(self.entry(document, &arm, open));
        }
        for arm in ["oneOf", "anyOf"]
            .iter()
            .filter_map(|key| node.get(key))
            .flat_map(|arms| arms.items().collect::<Vec<_>>())
        {
            form.any.extend(self.entry(document, &arm, open));
        }
        form
    }
}

fn blank(node: &Node<'_>) -> Form {
    let names = |key: &str| {
        node.get(key)
            .iter()
            .flat_map(Node::items)
            .filter_map(|name| name.value.as_str().map(str::to_owned))
            .collect()
    };
    let has_properties = node.get("properties").is_some();
    let implied = has_properties.then_some("object").or_else(|| node.get("items").map(|_| "array"));
    Form {
        at: node.pointer.clone(),
        kind: node.str("type").or(implied).map(str::to_owned),
        nullable: node.bool("nullable") == Some(true),
        format: node.str("format").map(str::to_owned),
        values: node.get("enum").and_then(|list| list.value.as_array().cloned()),
        required: names("required"),
        properties: IndexMap::new(),
        has_properties,
        more: More::Unsaid,
        items: None,
        is_open_list: false,
        all: Vec::new(),
        any: Vec::new(),
    }
}
