//! Every schema of a document once, in order, and every example with the schema that it belongs to.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::pointer::Pointer;
use crate::read::{Document, Node};

/// Which way a schema travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Travel {
    Request,
    Reply,
}

/// A schema, with the name of the property that it stands under.
#[derive(Clone, Debug)]
pub(super) struct Seen<'d> {
    pub(super) node: Node<'d>,
    pub(super) travel: Travel,
    pub(super) role: String,
}

/// What there is to look at.
#[derive(Debug)]
pub(super) struct Survey<'d> {
    pub(super) document: &'d Document,
    pub(super) operations: Vec<(String, Node<'d>)>,
    pub(super) schemas: Vec<Seen<'d>>,
    /// Schema and example.
    pub(super) examples: Vec<(Node<'d>, Node<'d>)>,
    visited: BTreeSet<(Travel, Pointer)>,
}

impl<'d> Survey<'d> {
    pub(super) fn of(document: &'d Document) -> Self {
        let mut survey = Self {
            document,
            operations: Vec::new(),
            schemas: Vec::new(),
            examples: Vec::new(),
            visited: BTreeSet::new(),
        };
        for (path, item) in document.root().get("paths").iter().flat_map(Node::entries) {
            let Some(item) = survey.resolved(&item) else { continue };
            survey.parameters(&item);
            for (method, operation) in item.entries().filter(|(key, _)| is_method(key)) {
                survey
                    .operations
                    .push((format!("{} {path}", method.to_ascii_uppercase()), operation.clone()));
                survey.operation(&operation);
            }
        }
        survey
    }

    pub(super) fn resolved(&self, node: &Node<'d>) -> Option<Node<'d>> {
        self.document.resolve(node).ok()
    }

    fn operation(&mut self, operation: &Node<'d>) {
        self.parameters(operation);
        if let Some(body) = operation.get("requestBody").and_then(|body| self.resolved(&body)) {
            self.content(&body, Travel::Request);
        }
        for (_, reply) in operation.get("responses").iter().flat_map(Node::entries) {
            let Some(reply) = self.resolved(&reply) else { continue };
            self.content(&reply, Travel::Reply);
            for (_, header) in reply.get("headers").iter().flat_map(Node::entries) {
                let Some(header) = self.resolved(&header) else { continue };
                self.holder(&header, Travel::Reply, "");
            }
        }
    }

    fn parameters(&mut self, holder: &Node<'d>) {
        for parameter in holder.get("parameters").iter().flat_map(Node::items) {
            let Some(parameter) = self.resolved(&parameter) else { continue };
            let name = parameter.str("name").unwrap_or_default();
            self.holder(&parameter, Travel::Request, name);
        }
    }

    fn content(&mut self, holder: &Node<'d>, travel: Travel) {
        for (_, media) in holder.get("content").iter().flat_map(Node::entries) {
            self.holder(&media, travel, "");
        }
    }

    /// What holds a schema and examples of it: a parameter, a header or a media type.
    fn holder(&mut self, holder: &Node<'d>, travel: Travel, role: &str) {
        let Some(schema) = holder.get("schema") else { return };
        self.schema(&schema, travel, role);
        self.examples.extend(holder.get("example").map(|example| (schema.clone(), example)));
        for (_, example) in holder.get("examples").iter().flat_map(Node::entries) {
            let value = self.resolved(&example).and_then(|example| example.get("value"));
            self.examples.extend(value.map(|value| (schema.clone(), value)));
        }
    }

    /// A list of what is still to be seen, and no calls in calls: schemas hold each other as deep as a document likes.
    fn schema(&mut self, node: &Node<'d>, travel: Travel, role: &str) {
        let mut open: Vec<(Node<'d>, Cow<'_, str>)> = vec![(node.clone(), Cow::Borrowed(role))];
        while let Some((node, role)) = open.pop() {
            let Some(node) = self.resolved(&node) else { continue };
            if !node.value.is_object() || !self.visited.insert((travel, node.pointer.clone())) {
                continue;
            }
            self.schemas.push(Seen { node: node.clone(), travel, role: role.to_string() });
            self.examples.extend(node.get("example").map(|example| (node.clone(), example)));
            let parts = open.len();
            for (name, property) in node.get("properties").iter().flat_map(Node::entries) {
                open.push((property, Cow::Owned(name.to_owned())));
            }
            for key in ["items", "additionalProperties"] {
                open.extend(node.get(key).map(|inner| (inner, role.clone())));
            }
            for key in ["allOf", "oneOf", "anyOf"] {
                let arms = node.get(key);
                open.extend(arms.iter().flat_map(Node::items).map(|arm| (arm, role.clone())));
            }
            // What stands first is seen first.
            open[parts..].reverse();
        }
    }
}

fn is_method(key: &str) -> bool {
    matches!(key, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace")
}
