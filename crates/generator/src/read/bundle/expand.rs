//! Following every reference out of the root document: what is referred to becomes a piece of its own, or, where
//! OpenAPI has no place for a reference, stands where the reference stood.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::super::tree::{Members, Role};
use super::files::{Files, Lost, Spot};
use super::{place, search};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer::Pointer;

/// How deep nodes may stand within each other once all is brought together.
const DEEPEST: usize = 200;
/// What is brought in counts for so many levels, since it can come round to itself.
const BROUGHT_IN: usize = 10;
/// How many values may be brought in to stand where a reference stood.
const MOST: usize = 2_000_000;

/// A node that others refer to, with everything in it that stands in its place.
pub(super) struct Piece {
    pub(super) origin: Spot,
    pub(super) role: Role,
    pub(super) value: Value,
    /// What was brought into it: where it stands in the piece, and where it comes from.
    pub(super) grafts: Vec<(Pointer, Spot)>,
}

/// What a piece, or a part of one, is known by: a node may serve as several things.
pub(super) type Key = (Spot, Role);

/// The pieces of a document, and how they hang together.
pub(super) struct Expanded {
    /// The first is the root.
    pub(super) pieces: Vec<Piece>,
    /// Which piece was made of what.
    pub(super) made: HashMap<Key, usize>,
    /// Where a node was met within a piece that it is not the top of.
    pub(super) met: HashMap<Key, (usize, Pointer)>,
    /// What the marked references lead to, by number.
    pub(super) links: IndexMap<Key, ()>,
    /// References that lead nowhere, by the nodes that they stand in; to be told where somebody follows them.
    pub(super) lost: HashMap<(usize, Pointer), Diagnostic>,
    /// What fails the run.
    pub(super) told: Vec<(Spot, Diagnostic)>,
}

/// A node on the way: in which piece and where in that, and where it comes from.
#[derive(Clone)]
struct Here {
    piece: usize,
    at: Pointer,
    from: Spot,
    depth: usize,
}

impl Here {
    fn key(&self, token: &str) -> Self {
        Self {
            piece: self.piece,
            at: self.at.child(token),
            from: Spot { file: self.from.file, pointer: self.from.pointer.child(token) },
            depth: self.depth + 1,
        }
    }
}

struct Expander<'f, 'p, 'd> {
    files: &'f mut Files<'p>,
    diagnostics: &'d mut Diagnostics,
    swagger: bool,
    out: Expanded,
    /// What stands in its place as a component of the root.
    claimed: HashSet<Key>,
    left: usize,
}

/// Follows everything that the root refers to.
pub(super) fn expand(
    files: &mut Files<'_>,
    swagger: bool,
    diagnostics: &mut Diagnostics,
) -> Expanded {
    let root = Spot { file: 0, pointer: Pointer::root() };
    let value = files.all[0].value.clone();
    let mut expander = Expander {
        files,
        diagnostics,
        swagger,
        out: Expanded {
            pieces: vec![Piece { origin: root, role: Role::Document, value, grafts: Vec::new() }],
            made: HashMap::new(),
            met: HashMap::new(),
            links: IndexMap::new(),
            lost: HashMap::new(),
            told: Vec::new(),
        },
        claimed: HashSet::new(),
        left: MOST,
    };
    let mut next = 0;
    while let Some(piece) = expander.out.pieces.get_mut(next) {
        let mut value = std::mem::take(&mut piece.value);
        let (role, from) = (piece.role, piece.origin.clone());
        let here = Here { piece: next, at: Pointer::root(), from, depth: 0 };
        expander.node(role, &mut value, &here);
        expander.out.pieces[next].value = value;
        next += 1;
    }
    expander.out
}

/// The reference that a node is, or has beside other things.
fn reference(value: &Value) -> Option<String> {
    value.get("$ref")?.as_str().map(|text| text.trim().to_owned())
}

impl Expander<'_, '_, '_> {
    fn node(&mut self, role: Role, value: &mut Value, here: &Here) {
        if here.depth > DEEPEST {
            let message = "what references bring in stands deeper and deeper within itself";
            let help = "let a component be referred to where it comes round to itself";
            self.tell(here, Diagnostic::error("too-deep", message).help(help));
            return;
        }
        if let Some(text) = reference(value) {
            if place::section(role, self.swagger).is_some() && !self.is_component(role, value, here)
            {
                self.link(role, value, &text, here);
            } else if self.inline(Some(role), value, &text, here, |expander, value, here| {
                expander.node(role, value, here);
            }) {
                return;
            }
        }
        if here.from.file > 0 && !here.at.as_str().is_empty() {
            let key = (here.from.clone(), role);
            self.out.met.entry(key).or_insert_with(|| (here.piece, here.at.clone()));
        }
        if role == Role::Schema {
            self.mapping(value, here);
        }
        let Value::Object(object) = value else { return };
        for (key, child) in object.iter_mut() {
            let Some(members) = members(role, key, child) else { continue };
            self.members(&members, child, &here.key(key));
        }
    }

    fn members(&mut self, members: &Members, value: &mut Value, here: &Here) {
        if let Members::One(role) = members {
            return self.node(*role, value, here);
        }
        // A whole table of members may lie in a file of its own.
        if let Some(text) = reference(value).filter(|text| !is_own(text, here)) {
            let whole = self.inline(None, value, &text, here, |expander, value, here| {
                expander.members(members, value, here);
            });
            if whole {
                return;
            }
        }
        match (members, value) {
            (Members::Named(role), Value::Object(children)) => {
                for (key, child) in children.iter_mut() {
                    if *role != Role::PathItem || !key.starts_with("x-") {
                        self.node(*role, child, &here.key(key));
                    }
                }
            }
            (Members::Listed(role), Value::Array(children)) => {
                for (index, child) in children.iter_mut().enumerate() {
                    self.node(*role, child, &here.key(&index.to_string()));
                }
            }
            _ => {}
        }
    }

    /// Whether a node is a component of the root that is nothing but a reference to what nobody else stands for: then
    /// the component is the thing itself.
    fn is_component(&mut self, role: Role, value: &Value, here: &Here) -> bool {
        let Some(section) = place::section(role, self.swagger) else { return false };
        let alone = value.as_object().is_some_and(|object| object.len() == 1);
        let holder = here.at.parent();
        let text = reference(value).unwrap_or_default();
        if here.piece != 0 || !alone || holder.is_none_or(|holder| holder.as_str() != section) {
            return false;
        }
        if is_own(&text, here) {
            return false;
        }
        match self.files.target(&here.from, &text, self.diagnostics) {
            Ok(target) => target.file > 0 && self.claimed.insert((target, role)),
            Err(_) => false,
        }
    }

    /// Marks a reference with what it leads to.
    fn link(&mut self, role: Role, value: &mut Value, text: &str, here: &Here) {
        if is_own(text, here) && self.files.is_plain(&here.from) {
            return;
        }
        let target = match self.files.target(&here.from, text, self.diagnostics) {
            Ok(target) => target,
            Err(lost) => return self.lost(Some(role), lost, here),
        };
        if let Some(object) = value.as_object_mut() {
            object.insert("$ref".to_owned(), self.mark(target, role));
        }
    }

    /// The mark for a target, which becomes a piece if it is none yet.
    fn mark(&mut self, target: Spot, role: Role) -> Value {
        let key = (target.clone(), role);
        let is_new = target.file > 0 && !self.out.made.contains_key(&key);
        if let Some(value) = self.files.value(&target).filter(|_| is_new).cloned() {
            self.out.made.insert(key.clone(), self.out.pieces.len());
            self.out.pieces.push(Piece { origin: target, role, value, grafts: Vec::new() });
        }
        let (number, _) = self.out.links.insert_full(key, ());
        Value::String(format!("{}{number}", place::MARK))
    }

    /// Puts what a reference leads to in its place, beside its own members, which count before those of the target.
    /// Whether it did; `go_on` looks at what is there then.
    fn inline(
        &mut self,
        role: Option<Role>,
        value: &mut Value,
        text: &str,
        here: &Here,
        go_on: impl Fn(&mut Self, &mut Value, &Here),
    ) -> bool {
        if is_own(text, here) {
            return false;
        }
        let target = match self.files.target(&here.from, text, self.diagnostics) {
            Ok(target) => target,
            Err(lost) => {
                self.lost(role, lost, here);
                return false;
            }
        };
        let Some(mut there) = self.files.value(&target).cloned() else { return false };
        if !self.spend(&there) {
            let message = "references bring in far more than the files hold";
            let help = "make the parts that stand often components of their own";
            self.tell(here, Diagnostic::error("too-large", message).help(help));
            return false;
        }
        let mut own = std::mem::take(value);
        let mut own = own.as_object_mut().map(std::mem::take).unwrap_or_default();
        own.shift_remove("$ref");
        let grafts = &mut self.out.pieces[here.piece].grafts;
        grafts.push((here.at.clone(), target.clone()));
        for key in own.keys() {
            let own = here.key(key);
            grafts.push((own.at, own.from));
        }
        if !own.is_empty() {
            let mut beside = Value::Object(own);
            go_on(self, &mut beside, here);
            own = beside.as_object_mut().map(std::mem::take).unwrap_or_default();
        }
        // What stands here already is not looked at twice.
        if let Value::Object(there) = &mut there {
            there.retain(|key, _| !own.contains_key(key));
        }
        let within = Here { from: target, depth: here.depth + BROUGHT_IN, ..here.clone() };
        go_on(self, &mut there, &within);
        *value = beside(there, own);
        true
    }

    fn spend(&mut self, value: &Value) -> bool {
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            let Some(left) = self.left.checked_sub(1) else { return false };
            self.left = left;
            match value {
                Value::Object(object) => open.extend(object.values()),
                Value::Array(list) => open.extend(list),
                _ => {}
            }
        }
        true
    }

    /// The values of a discriminator's mapping may be references to files.
    fn mapping(&mut self, schema: &mut Value, here: &Here) {
        let mapping = schema.get_mut("discriminator").and_then(|tag| tag.get_mut("mapping"));
        let Some(Value::Object(mapping)) = mapping else { return };
        for value in mapping.values_mut() {
            let Some(text) = value.as_str() else { continue };
            let elsewhere = here.from.file > 0 && text.starts_with('#');
            if !search::is_file(text) && !elsewhere {
                continue;
            }
            if let Ok(target) = self.files.target(&here.from, text, self.diagnostics) {
                *value = self.mark(target, Role::Schema);
            }
        }
    }

    /// Of what nobody follows nothing is told, so that a broken reference costs no more than what needs it. What stands
    /// where no reference belongs would be lost without a word.
    fn lost(&mut self, role: Option<Role>, lost: Lost, here: &Here) {
        let Lost::Told(diagnostic) = lost else { return };
        let followed =
            |role| role == Role::PathItem || place::section(role, self.swagger).is_some();
        if role.is_some_and(followed) {
            let Spot { file, pointer } = here.from.clone();
            self.out.lost.insert((file, pointer), diagnostic);
        } else {
            self.tell(&here.key("$ref"), diagnostic);
        }
    }

    fn tell(&mut self, here: &Here, diagnostic: Diagnostic) {
        self.out.told.push((here.from.clone(), diagnostic));
    }
}

/// Whether a reference stays within the root document, and is left as it is.
fn is_own(text: &str, here: &Here) -> bool {
    here.from.file == 0 && text.starts_with("#/")
}

fn beside(there: Value, own: Map<String, Value>) -> Value {
    match there {
        Value::Object(mut there) => {
            there.extend(own);
            Value::Object(there)
        }
        other => other,
    }
}

/// What walking the document knows, and what only matters where references may lead.
fn members(role: Role, key: &str, value: &Value) -> Option<Members> {
    use Members::{Listed, Named, One};
    role.members(key, value).or(match (role, key) {
        (Role::Document, "definitions") => Some(Named(Role::Schema)),
        (Role::Document, "parameters") => Some(Named(Role::Parameter)),
        (Role::Document, "responses") => Some(Named(Role::Response)),
        (Role::Response, "schema") => Some(One(Role::Schema)),
        (Role::PathItem, "additionalOperations") => Some(Named(Role::Operation)),
        (Role::Media, "itemSchema") => Some(One(Role::Schema)),
        (Role::Components | Role::Media | Role::Parameter | Role::Header, "examples") => {
            Some(Named(Role::Example))
        }
        (Role::Schema, "dependentSchemas") => Some(Named(Role::Schema)),
        (Role::Schema, "items") => Some(Listed(Role::Schema)),
        (
            Role::Schema,
            "if" | "then" | "else" | "propertyNames" | "contentSchema" | "unevaluatedItems"
            | "additionalItems",
        ) => Some(One(Role::Schema)),
        _ => None,
    })
}
