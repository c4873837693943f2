//! The files of a document, and what a reference in one of them leads to.
//!
//! A file is read when it is first referred to. `$id` gives a part of a file an address of its own, which references
//! within it are relative to, and `$anchor` a name; both are honoured before the place of the file.

use std::collections::HashMap;

use serde_json::Value;

use super::super::document::Text;
use super::super::{is_data_key, parse};
use super::{Part, search, uri};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer::Pointer;

/// References that may lie behind one another before it is called a cycle.
const CHAIN: usize = 100;

/// A node by the file that it stands in, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub(super) file: usize,
    pub(super) pointer: Pointer,
}

/// A file that was read.
pub(super) struct File {
    /// What references to it are relative to.
    name: String,
    pub(super) text: Text,
    pub(super) value: Value,
    /// Whether some part of it may have an address or a name of its own.
    has_ids: bool,
}

/// Every file that was read so far; the first is the root.
pub(super) struct Files<'p> {
    pub(super) all: Vec<File>,
    parts: HashMap<&'p str, &'p Part>,
    by_name: HashMap<String, Option<usize>>,
    by_path: HashMap<String, usize>,
    /// What `$id` names, by its address.
    ids: HashMap<String, Spot>,
    /// What `$anchor` names: by the file, the resource that it belongs to, and its name.
    anchors: HashMap<(Spot, String), Pointer>,
}

/// Why a reference leads nowhere.
pub(super) enum Lost {
    /// It is the root's own affair: whoever follows references within a document tells it better.
    Own,
    /// To be told at the reference.
    Told(Diagnostic),
    /// The file itself is broken, which was told.
    Silent,
}

impl<'p> Files<'p> {
    pub(super) fn new(root: File, parts: &'p [Part]) -> Self {
        let mut files = Self {
            all: Vec::new(),
            parts: parts.iter().map(|part| (part.name.as_str(), part)).collect(),
            by_name: HashMap::new(),
            by_path: HashMap::new(),
            ids: HashMap::new(),
            anchors: HashMap::new(),
        };
        files.add(root);
        files
    }

    pub(super) fn root(text: Text, value: Value) -> File {
        File { name: uri::of_root(&text.path), text, value, has_ids: false }
    }

    fn add(&mut self, mut file: File) -> usize {
        let index = self.all.len();
        let named = ["$id", "$anchor", "$dynamicAnchor", "$self"];
        file.has_ids = named.iter().any(|word| file.text.text.contains(word));
        if file.has_ids {
            let top = Spot { file: index, pointer: Pointer::root() };
            self.name(&file.value, &file.name, &top, &top, false);
        }
        self.by_name.insert(file.name.clone(), Some(index));
        self.by_path.insert(file.text.path.clone(), index);
        self.all.push(file);
        index
    }

    /// Writes down what `$id` and `$anchor` name below a node.
    fn name(&mut self, value: &Value, base: &str, resource: &Spot, here: &Spot, named: bool) {
        let below = |token: &str| Spot { file: here.file, pointer: here.pointer.child(token) };
        match value {
            Value::Object(object) => {
                let (mut base, mut resource) = (base.to_owned(), resource.clone());
                if let Some(id) = id(value, here).filter(|_| !named) {
                    base = uri::join(&base, id);
                    self.ids.entry(base.clone()).or_insert_with(|| here.clone());
                    resource = here.clone();
                }
                for key in ["$anchor", "$dynamicAnchor", "$id"] {
                    let anchor = object.get(key).and_then(Value::as_str).filter(|_| !named);
                    // Before there were anchors, an id that is only a fragment was one.
                    let anchor = match key {
                        "$id" => anchor.and_then(|id| id.strip_prefix('#')),
                        _ => anchor,
                    };
                    if let Some(anchor) = anchor {
                        let key = (resource.clone(), anchor.to_owned());
                        self.anchors.entry(key).or_insert_with(|| here.pointer.clone());
                    }
                }
                for (key, value) in object {
                    if named || !is_data_key(key) {
                        self.name(value, &base, &resource, &below(key), search::names(key));
                    }
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    self.name(value, base, resource, &below(&index.to_string()), false);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// What references to a file are relative to.
    pub(super) fn name_of(&self, file: usize) -> &str {
        &self.all[file].name
    }

    pub(super) fn value(&self, spot: &Spot) -> Option<&Value> {
        self.all[spot.file].value.pointer(spot.pointer.as_str())
    }

    /// What a reference leads to, behind every reference that is nothing else.
    pub(super) fn target(
        &mut self,
        from: &Spot,
        reference: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Spot, Lost> {
        let mut hops = CHAIN;
        self.follow(from, reference, &mut hops, diagnostics)
    }

    /// Follows a reference, and those behind it that are nothing else.
    fn follow(
        &mut self,
        from: &Spot,
        reference: &str,
        hops: &mut usize,
        diagnostics: &mut Diagnostics,
    ) -> Result<Spot, Lost> {
        let mut spot = self.step(from, reference, hops, diagnostics)?;
        while let Some(next) = self.only_reference(&spot) {
            if *hops == 0 {
                return Err(endless(reference));
            }
            match self.step(&spot, &next, hops, diagnostics) {
                Ok(found) => spot = found,
                // Told where that reference stands, when its own turn comes.
                Err(_) => break,
            }
        }
        Ok(spot)
    }

    /// Follows one reference.
    fn step(
        &mut self,
        from: &Spot,
        reference: &str,
        hops: &mut usize,
        diagnostics: &mut Diagnostics,
    ) -> Result<Spot, Lost> {
        *hops = hops.checked_sub(1).ok_or_else(|| endless(reference))?;
        let (document, fragment) = uri::split(reference);
        let (base, own) = self.base(from);
        let resource = if document.is_empty() {
            own
        } else {
            self.document(from, &base, &document, reference, diagnostics)?
        };
        let mut found = None;
        // An `$id` that stands around a fragment is forgotten easily: the file is the second choice.
        let file = Spot { file: resource.file, pointer: Pointer::root() };
        for start in [resource, file] {
            found = match Pointer::parse(&fragment) {
                Some(pointer) => self.walk(&start, &pointer, hops, diagnostics)?,
                None => self.anchor(&start, &fragment),
            };
            if found.is_some() {
                break;
            }
        }
        match found {
            Some(spot) => Ok(spot),
            None => self
                .local_definition(from, &document, &fragment)
                .ok_or_else(|| self.nothing(from, reference, &document, &fragment)),
        }
    }

    /// The reference that a node consists of, if there is nothing beside it.
    fn only_reference(&self, spot: &Spot) -> Option<String> {
        let only = self.value(spot)?.as_object().filter(|object| object.len() == 1)?;
        only.get("$ref")?.as_str().map(str::to_owned)
    }

    /// Whether a node is part of no resource but its file.
    pub(super) fn is_plain(&self, from: &Spot) -> bool {
        !self.all[from.file].has_ids || self.base(from).1.pointer.as_str().is_empty()
    }

    /// The address that references at a node are relative to, and the resource that it is part of.
    fn base(&self, from: &Spot) -> (String, Spot) {
        let file = &self.all[from.file];
        let mut base = file.name.clone();
        let mut here = Spot { file: from.file, pointer: Pointer::root() };
        let mut resource = here.clone();
        if !file.has_ids {
            return (base, resource);
        }
        let mut value = Some(&file.value);
        let mut tokens = from.pointer.tokens();
        while let Some(node) = value {
            if let Some(id) = id(node, &here) {
                base = uri::join(&base, id);
                resource = here.clone();
            }
            let Some(token) = tokens.next() else { break };
            value = match node {
                Value::Object(object) => object.get(token.as_ref()),
                Value::Array(list) => token.parse::<usize>().ok().and_then(|at| list.get(at)),
                _ => None,
            };
            here.pointer = here.pointer.child(&token);
        }
        (base, resource)
    }

    /// The document that a reference names.
    fn document(
        &mut self,
        from: &Spot,
        base: &str,
        document: &str,
        reference: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Spot, Lost> {
        let by_id = uri::join(base, document);
        let by_place = uri::join(&self.all[from.file].name, document);
        for name in [&by_id, &by_place] {
            if let Some(spot) = self.ids.get(name) {
                return Ok(spot.clone());
            }
        }
        for name in [&by_id, &by_place] {
            if let Some(file) = self.load(name, diagnostics)? {
                // A file that was read just now may have said what its address is.
                let top = Spot { file, pointer: Pointer::root() };
                return Ok(self.ids.get(&by_id).cloned().unwrap_or(top));
            }
        }
        Err(Lost::Told(self.unavailable(&by_place, reference)))
    }

    fn load(&mut self, name: &str, diagnostics: &mut Diagnostics) -> Result<Option<usize>, Lost> {
        if let Some(known) = self.by_name.get(name) {
            return known.map(Some).ok_or(Lost::Silent);
        }
        let Some(part) = self.parts.get(name).copied() else { return Ok(None) };
        let Ok(text) = &part.text else { return Ok(None) };
        if let Some(&index) = self.by_path.get(&part.path) {
            self.by_name.insert(name.to_owned(), Some(index));
            return Ok(Some(index));
        }
        let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
        match parse(&part.path, plain, 0, diagnostics) {
            Some(read) => {
                let file = File {
                    name: name.to_owned(),
                    text: read.main,
                    value: read.value,
                    has_ids: false,
                };
                Ok(Some(self.add(file)))
            }
            None => {
                self.by_name.insert(name.to_owned(), None);
                Err(Lost::Silent)
            }
        }
    }

    fn unavailable(&self, name: &str, reference: &str) -> Diagnostic {
        let why = self.parts.get(name).and_then(|part| part.text.as_ref().err());
        let message = match why {
            Some(why) => format!("`{reference}` cannot be followed: {why}"),
            None => format!("`{reference}` points out of this document"),
        };
        let help = "give the file that it names, or bundle the documents into one";
        Diagnostic::error("ref-external", message).help(help)
    }

    /// The node at a pointer, which may lead through other references on its way.
    fn walk(
        &mut self,
        start: &Spot,
        pointer: &Pointer,
        hops: &mut usize,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Spot>, Lost> {
        let whole = Spot { file: start.file, pointer: start.pointer.join(pointer.as_str()) };
        if self.value(&whole).is_some() {
            return Ok(Some(whole));
        }
        let mut here = start.clone();
        for token in pointer.tokens() {
            loop {
                let below = Spot { file: here.file, pointer: here.pointer.child(&token) };
                if self.value(&below).is_some() {
                    here = below;
                    break;
                }
                let reference = self.value(&here).and_then(|value| value.get("$ref")?.as_str());
                let Some(reference) = reference.map(str::to_owned) else { return Ok(None) };
                here = self.follow(&here, &reference, hops, diagnostics)?;
            }
        }
        Ok(Some(here))
    }

    fn anchor(&self, resource: &Spot, name: &str) -> Option<Spot> {
        let pointer = self.anchors.get(&(resource.clone(), name.to_owned()))?;
        Some(Spot { file: resource.file, pointer: pointer.clone() })
    }

    /// `#/$defs/X` is meant to be found in the schema at hand or in one around it, where the file has none of its own.
    fn local_definition(&self, from: &Spot, document: &str, fragment: &str) -> Option<Spot> {
        let of_schema = document.is_empty() && fragment.starts_with("/$defs/");
        let mut around = Some(from.pointer.clone()).filter(|_| of_schema && from.file > 0);
        while let Some(pointer) = around {
            let spot = Spot { file: from.file, pointer: pointer.join(fragment) };
            if self.value(&spot).is_some() {
                return Some(spot);
            }
            around = pointer.parent();
        }
        None
    }

    fn nothing(&self, from: &Spot, reference: &str, document: &str, fragment: &str) -> Lost {
        if from.file == 0 && document.is_empty() && fragment.starts_with('/') {
            return Lost::Own;
        }
        let place = if document.is_empty() { "this file" } else { "that file" };
        let message = format!("`{reference}` points to nothing in {place}");
        let in_root = self.all[0].value.pointer(fragment).filter(|_| fragment.starts_with('/'));
        let help = match in_root {
            Some(_) if document.is_empty() => format!(
                "the root document has it: name that file before the `#`, as in `{}#{fragment}`",
                back(&self.all[from.file].name, &self.all[0].name)
            ),
            _ => "add what it points to, or correct the reference".to_owned(),
        };
        Lost::Told(Diagnostic::error("ref-unresolved", message).help(help))
    }
}

fn endless(reference: &str) -> Lost {
    let message = format!("`{reference}` leads back to itself");
    let help = "let one of the references in the circle be the thing itself";
    Lost::Told(Diagnostic::error("ref-cycle", message).help(help))
}

/// The address that a node gives itself; at the top of a document of OpenAPI 3.2 it is called `$self`.
fn id<'v>(value: &'v Value, here: &Spot) -> Option<&'v str> {
    let own = value
        .get("$id")
        .or_else(|| value.get("$self").filter(|_| here.pointer.as_str().is_empty()));
    // An id that is only a fragment is what anchors were called before.
    own?.as_str().map(|id| id.split('#').next().unwrap_or_default()).filter(|id| !id.is_empty())
}

/// The way from a file back to the root document, both relative to the same folder.
fn back(from: &str, root: &str) -> String {
    format!("{}{root}", "../".repeat(from.matches('/').count()))
}
