//! A document as ordered values, each reachable with its place.

use super::edits::{Edits, Origin};
use super::spans::{self, LineColumn};
use super::syntax::Syntax;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::pointer::Pointer;
use serde_json::Value;
use std::collections::HashMap;

/// An object with more members is asked by hash.
const FEW: usize = 8;

/// An OpenAPI document: its values, and what it takes to say where each of them stands.
///
/// ```
/// use lockstep_generator::diagnostic::Diagnostics;
/// use lockstep_generator::read::{self, Source};
///
/// let text = "openapi: 3.0.3\npaths:\n  /pets:\n    get: {}\n";
/// let mut diagnostics = Diagnostics::new();
/// let source = Source { path: "spec/openapi.yaml", text };
/// let document = read::read(&source, &mut diagnostics).unwrap();
/// let get = document.root().get("paths").unwrap().get("/pets").unwrap().get("get").unwrap();
/// assert_eq!(get.pointer.as_str(), "/paths/~1pets/get");
/// assert_eq!(document.locate(&get.pointer).to_string(), "spec/openapi.yaml:4:5");
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    /// The values, in the author's order.
    pub value: Value,
    /// The text that the values were read from.
    pub(super) main: Text,
    /// The texts of the other files that values were brought in from; the first of them is file number 1.
    pub(super) parts: Vec<Text>,
    /// What there is to tell of references that lead nowhere in other files, by the file and the place of the nodes that they
    /// stand in.
    pub(super) lost: HashMap<(usize, Pointer), Diagnostic>,
    pub(super) edits: Edits,
}

/// A text that values were read from.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The file, as shown to people.
    pub(super) path: String,
    /// The whole file, or the excerpt of a page.
    pub(super) text: String,
    pub(super) syntax: Syntax,
    /// How many lines of the file stand before the text.
    pub(super) offset: usize,
}

impl Text {
    /// A line and column of the text as a place in the file.
    pub(super) fn at(&self, (line, column): LineColumn) -> Place {
        place(&self.path, self.offset, (line, column))
    }

    /// Where each node stands first, and where last: a key may stand twice.
    pub(super) fn places_twice(&self, pointers: &[&Pointer]) -> Vec<(Place, Place)> {
        let found = spans::locate_twice(&self.text, self.syntax, pointers);
        found.into_iter().map(|(first, last)| (self.at(first), self.at(last))).collect()
    }
}

impl Document {
    /// The node that holds everything.
    pub fn root(&self) -> Node<'_> {
        Node { value: &self.value, pointer: Pointer::root() }
    }

    /// The node at a pointer, if it exists.
    pub fn node(&self, pointer: &Pointer) -> Option<Node<'_>> {
        let mut value = &self.value;
        // What serde_json does too, which copies every token.
        for token in pointer.tokens() {
            value = match value {
                Value::Object(object) => object.get(token.as_ref())?,
                Value::Array(list) => list.get(index(&token)?)?,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
            };
        }
        Some(Node { value, pointer: pointer.clone() })
    }

    /// Follows `$ref`, and `$ref` behind `$ref`, until there is something else. A node that is no
    /// reference is handed back as it is.
    ///
    /// # Errors
    /// `ref-unresolved`, `ref-external` and `ref-cycle`, placed at the reference.
    pub fn resolve<'d>(&'d self, node: &Node<'d>) -> Result<Node<'d>, Diagnostic> {
        super::reference::resolve(self, node)
    }

    /// Where a node stands, or its nearest ancestor that can be placed. What an overlay put in is
    /// placed in the overlay.
    ///
    /// The whole text is walked for it: to place many, let [`Document::settle`] do all at once.
    pub fn locate(&self, pointer: &Pointer) -> Place {
        self.locate_all(vec![pointer.clone()]).pop().unwrap_or_default()
    }

    /// Turns every [`Place::Pointer`] and [`Place::Written`] into the file, line and column of the
    /// node, walking the text once.
    pub fn settle(&self, diagnostics: &mut Diagnostics) {
        let mut open = Vec::new();
        let mut wanted = Vec::new();
        for diagnostic in diagnostics.iter_mut() {
            match &mut diagnostic.place {
                Place::Pointer(pointer) => wanted.push(self.edits.origin(pointer)),
                Place::Written(file, pointer) => {
                    wanted.push(Origin::Text(*file, std::mem::take(pointer)));
                }
                Place::Nowhere | Place::File(_) | Place::At { .. } => continue,
            }
            open.push(&mut diagnostic.place);
        }
        for (place, found) in open.into_iter().zip(self.places(wanted)) {
            *place = found;
        }
    }

    /// What there is to tell of a reference, if it is known to lead nowhere.
    pub(super) fn lost(&self, pointer: &Pointer) -> Option<&Diagnostic> {
        if self.lost.is_empty() {
            return None;
        }
        match self.edits.origin(pointer) {
            Origin::Text(file, pointer) => self.lost.get(&(file, pointer)),
            Origin::Elsewhere(_) => None,
        }
    }

    /// Where many nodes stand, walking the text once at most.
    pub(super) fn locate_all(&self, pointers: Vec<Pointer>) -> Vec<Place> {
        self.places(pointers.iter().map(|pointer| self.edits.origin(pointer)).collect())
    }

    /// The same for origins.
    pub(super) fn places(&self, origins: Vec<Origin>) -> Vec<Place> {
        let mut places = vec![Place::Nowhere; origins.len()];
        for (number, file) in std::iter::once(&self.main).chain(&self.parts).enumerate() {
            let (slots, wanted): (Vec<usize>, Vec<&Pointer>) = origins
                .iter()
                .enumerate()
                .filter_map(|(slot, origin)| Some((slot, origin.in_text(number)?)))
                .unzip();
            if wanted.is_empty() {
                continue;
            }
            for (slot, at) in slots.into_iter().zip(spans::locate(&file.text, file.syntax, &wanted))
            {
                places[slot] = file.at(at);
            }
        }
        for (place, origin) in places.iter_mut().zip(origins) {
            if let Origin::Elsewhere(known) = origin {
                *place = known;
            }
        }
        places
    }

    /// Takes a node out of the object or list that holds it.
    pub(super) fn remove(&mut self, pointer: &Pointer) {
        let (Some(parent), Some(token)) = (pointer.parent(), pointer.last()) else { return };
        match self.value.pointer_mut(parent.as_str()) {
            Some(Value::Object(object)) => {
                object.shift_remove(token.as_ref());
            }
            Some(Value::Array(list)) => {
                let Some(index) = token.parse().ok().filter(|&index| index < list.len()) else {
                    return;
                };
                list.remove(index);
                self.edits.removed(parent, index);
            }
            _ => {}
        }
    }
}

/// A line and column of an excerpt that begins behind `offset` lines of a file.
pub(super) fn place(file: &str, offset: usize, (line, column): LineColumn) -> Place {
    let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place::At { file: file.to_owned(), line: clamp(line + offset), column: clamp(column.max(1)) }
}

/// A token as the index of a list, which has one form only.
fn index(token: &str) -> Option<usize> {
    let other = token.starts_with('+') || (token.starts_with('0') && token.len() > 1);
    token.parse().ok().filter(|_| !other)
}

/// A value and where it stands. Cheap to copy around: the value is borrowed.
#[derive(Clone, Debug)]
pub struct Node<'d> {
    /// The value.
    pub value: &'d Value,
    /// Where it stands.
    pub pointer: Pointer,
}

impl<'d> Node<'d> {
    /// The member `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<Self> {
        let value = self.member(key)?;
        Some(Self { value, pointer: self.pointer.child(key) })
    }

    /// The value of the member `key`, for those who need no pointer to it.
    pub fn member(&self, key: &str) -> Option<&'d Value> {
        let object = self.value.as_object()?;
        // Most objects are schemas of a few keywords that are asked for thirty: a look at each is
        // cheaper than a hash.
        if object.len() <= FEW {
            return object.iter().find(|(name, _)| *name == key).map(|(_, value)| value);
        }
        object.get(key)
    }

    /// The element `index`, if this is a list that long.
    pub fn index(&self, index: usize) -> Option<Self> {
        let value = self.value.as_array()?.get(index)?;
        Some(Self { value, pointer: self.pointer.index(index) })
    }

    /// The members in order; none if this is no object.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Self)> + use<'d> {
        let pointer = self.pointer.clone();
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(key, value)| (key.as_str(), Self { value, pointer: pointer.child(key) }))
    }

    /// The elements in order; none if this is no list.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'d> {
        let pointer = self.pointer.clone();
        self.value
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(move |(index, value)| Self { value, pointer: pointer.index(index) })
    }

    /// The member `key`, if it is a string.
    pub fn str(&self, key: &str) -> Option<&'d str> {
        self.member(key)?.as_str()
    }

    /// The member `key`, if it is a boolean.
    pub fn bool(&self, key: &str) -> Option<bool> {
        self.member(key)?.as_bool()
    }
}

/// Whether what stands under `key` of a schema, parameter, header or media type is data: a `$ref`
/// or a wrong `type` in there is somebody's example, not ours to follow or to repair.
///
/// ```
/// use lockstep_generator::read::is_data_key;
///
/// assert!(is_data_key("example"));
/// assert!(!is_data_key("properties"));
/// ```
pub fn is_data_key(key: &str) -> bool {
    matches!(
        key,
        "example" | "examples" | "default" | "enum" | "const" | "x-example" | "x-examples"
    )
}
