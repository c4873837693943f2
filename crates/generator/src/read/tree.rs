//! Walking and changing a document by the roles of its nodes, with a log of what was done.

use super::document::Document;
use super::edits::{Edits, Origin};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::pointer::Pointer;
use serde_json::Value;

/// What a node is in an OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Document,
    Components,
    PathItem,
    Operation,
    Parameter,
    Header,
    Body,
    Responses,
    Response,
    Media,
    Schema,
    SecurityScheme,
    Example,
}

/// The members of a node that are nodes themselves.
pub(super) enum Members {
    One(Role),
    /// An object by name.
    Named(Role),
    /// A list.
    Listed(Role),
}

/// The members of a path item that are operations.
pub(super) const METHODS: [&str; 10] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query", "x-query"];

impl Role {
    pub(super) fn members(self, key: &str, value: &Value) -> Option<Members> {
        use Members::{Listed, Named, One};
        Some(match (self, key) {
            (Self::Document, "paths") => Named(Self::PathItem),
            (Self::Document, "components") => One(Self::Components),
            (Self::Components, "schemas") => Named(Self::Schema),
            (Self::Components, "responses") => Named(Self::Response),
            (Self::Components, "parameters") => Named(Self::Parameter),
            (Self::Components, "headers") | (Self::Response, "headers") => Named(Self::Header),
            (Self::Components, "requestBodies") => Named(Self::Body),
            (Self::Components, "securitySchemes") => Named(Self::SecurityScheme),
            (Self::Components, "pathItems") => Named(Self::PathItem),
            (Self::PathItem | Self::Operation, "parameters") => Listed(Self::Parameter),
            (Self::PathItem, method) if METHODS.contains(&method) => One(Self::Operation),
            (Self::Operation, "requestBody") => One(Self::Body),
            (Self::Operation, "responses") => One(Self::Responses),
            (Self::Responses, code) if !code.starts_with("x-") => One(Self::Response),
            (Self::Parameter | Self::Header | Self::Body | Self::Response, "content") => {
                Named(Self::Media)
            }
            (Self::Parameter | Self::Header | Self::Media, "schema") => One(Self::Schema),
            (Self::Schema, "properties" | "patternProperties" | "$defs" | "definitions") => {
                Named(Self::Schema)
            }
            (Self::Schema, "allOf" | "anyOf" | "oneOf" | "prefixItems") => Listed(Self::Schema),
            (Self::Schema, "items" | "not" | "contains") => One(Self::Schema),
            (Self::Schema, "additionalProperties" | "unevaluatedProperties")
                if !value.is_boolean() =>
            {
                One(Self::Schema)
            }
            _ => return None,
        })
    }
}

/// Where a walk stands; a pointer is made of it only when one is needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here<'h> {
    parent: Option<&'h Here<'h>>,
    token: Token<'h>,
}

#[derive(Clone, Copy, Debug)]
enum Token<'h> {
    Root,
    Key(&'h str),
    Index(usize),
}

impl<'h> Here<'h> {
    pub(super) const ROOT: Here<'static> = Here { parent: None, token: Token::Root };

    pub(super) fn key<'c>(&'c self, key: &'c str) -> Here<'c> {
        Here { parent: Some(self), token: Token::Key(key) }
    }

    pub(super) fn index<'c>(&'c self, index: usize) -> Here<'c> {
        Here { parent: Some(self), token: Token::Index(index) }
    }

    /// The key under which this node stands; empty in a list and at the root.
    pub(super) fn name(&self) -> &'h str {
        match self.token {
            Token::Key(key) => key,
            Token::Root | Token::Index(_) => "",
        }
    }

    /// The node that holds this one.
    pub(super) fn parent(&self) -> Option<&'h Here<'h>> {
        self.parent
    }

    pub(super) fn pointer(&self) -> Pointer {
        let parent = self.parent.map(Here::pointer).unwrap_or_default();
        match self.token {
            Token::Root => parent,
            Token::Key(key) => parent.child(key),
            Token::Index(index) => parent.index(index),
        }
    }
}

/// Calls `visit` for a node, then for the nodes in what `visit` left of it.
pub(super) fn walk(
    role: Role,
    value: &mut Value,
    here: &Here<'_>,
    visit: &mut dyn FnMut(Role, &mut Value, &Here<'_>),
) {
    visit(role, value, here);
    let Value::Object(object) = value else { return };
    for (key, child) in object.iter_mut() {
        let Some(members) = role.members(key, child) else { continue };
        let here = here.key(key);
        match (members, child) {
            (Members::One(role), child) => walk(role, child, &here, visit),
            (Members::Named(role), Value::Object(children)) => {
                for (key, child) in children.iter_mut() {
                    let extension = role == Role::PathItem && key.starts_with("x-");
                    if !extension {
                        walk(role, child, &here.key(key), visit);
                    }
                }
            }
            (Members::Listed(role), Value::Array(children)) => {
                for (index, child) in children.iter_mut().enumerate() {
                    walk(role, child, &here.index(index), visit);
                }
            }
            _ => {}
        }
    }
}

/// What was done to a document, and what is to be told about it.
pub(super) struct Log {
    pub(super) edits: Edits,
    told: Diagnostics,
}

impl Log {
    /// Takes the edits of a document over; [`Log::close`] gives them back.
    pub(super) fn open(document: &mut Document) -> Self {
        Self { edits: std::mem::take(&mut document.edits), told: Diagnostics::new() }
    }

    /// Tells something about a node as it stands now; later changes do not disturb its place.
    pub(super) fn tell(&mut self, diagnostic: Diagnostic, pointer: &Pointer) {
        self.told.push(diagnostic.at(match self.edits.origin(pointer) {
            Origin::Text(file, pointer) => Place::Written(file, pointer),
            Origin::Elsewhere(place) => place,
        }));
    }

    /// Something was repaired by guessing, or left out.
    pub(super) fn warn(&mut self, code: &'static str, message: impl Into<String>, here: &Here<'_>) {
        let help = "if something else is meant, say so with an overlay action";
        self.tell(Diagnostic::warning(code, message).help(help), &here.pointer());
    }

    /// Something was put in order; nothing is lost.
    pub(super) fn note(&mut self, code: &'static str, message: impl Into<String>, here: &Here<'_>) {
        self.tell(Diagnostic::note(code, message), &here.pointer());
    }

    /// Gives the edits back and tells everything. Looking up where it stands costs a walk over the
    /// text, so that is left to [`Document::settle`], once for all that is told in a run.
    pub(super) fn close(self, document: &mut Document, diagnostics: &mut Diagnostics) {
        document.edits = self.edits;
        diagnostics.extend(self.told);
    }
}
