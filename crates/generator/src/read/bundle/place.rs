//! Where the pieces of a document go in the one document that is made of them, and what they are called there.
//!
//! A name is what the fragment says, else the file. Where several pieces would have one name, each says more of its own
//! place, whatever came before it.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::super::edits::Edits;
use super::super::tree::Role;
use super::expand::{Expanded, Key, Piece};
use super::files::Files;
use crate::pointer::Pointer;

/// What a marked reference begins with, until it is known where its target goes: no document refers to that.
pub(super) const MARK: &str = "\u{0}piece ";

/// Where components of a kind are kept; `None` for what cannot be referred to in one document.
pub(super) fn section(role: Role, swagger: bool) -> Option<&'static str> {
    Some(match (role, swagger) {
        (Role::Schema, false) => "/components/schemas",
        (Role::Response, false) => "/components/responses",
        (Role::Parameter, false) => "/components/parameters",
        (Role::Header, false) => "/components/headers",
        (Role::Body, false) => "/components/requestBodies",
        (Role::SecurityScheme, false) => "/components/securitySchemes",
        (Role::Example, false) => "/components/examples",
        (Role::Schema, true) => "/definitions",
        (Role::Response, true) => "/responses",
        (Role::Parameter, true) => "/parameters",
        _ => return None,
    })
}

/// Brings the pieces together.
pub(super) fn assemble(expanded: Expanded, files: &Files<'_>, swagger: bool) -> (Value, Edits) {
    let homes = Homes::of(&expanded, files, swagger);
    let links: Vec<String> = expanded
        .links
        .keys()
        .map(|key| format!("#{}", homes.pointer(key, &expanded).as_str().replace('%', "%25")))
        .collect();
    let mut edits = Edits::default();
    let mut value = Value::Null;
    for (index, piece) in expanded.pieces.into_iter().enumerate() {
        let Some(home) = homes.own.get(&index) else { continue };
        if index == 0 {
            value = piece.value;
        } else {
            edits.grafted(home.clone(), piece.origin.file, piece.origin.pointer);
            insert(&mut value, home, piece.value);
        }
        for (at, from) in piece.grafts {
            edits.grafted(home.join(at.as_str()), from.file, from.pointer);
        }
    }
    resolve(&mut value, &links);
    (value, edits)
}

/// Puts a value where a pointer leads, through objects that are made if need be.
fn insert(root: &mut Value, at: &Pointer, value: Value) {
    let mut here = root;
    for token in at.tokens() {
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        let Value::Object(object) = here else { return };
        here = object.entry(token.into_owned()).or_insert(Value::Null);
    }
    *here = value;
}

/// Replaces every mark.
fn resolve(value: &mut Value, links: &[String]) {
    match value {
        Value::String(text) => {
            let number = text.strip_prefix(MARK).and_then(|number| number.parse::<usize>().ok());
            if let Some(link) = number.and_then(|number| links.get(number)) {
                text.clone_from(link);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| resolve(value, links)),
        Value::Object(object) => object.values_mut().for_each(|value| resolve(value, links)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Where every piece goes.
struct Homes {
    /// Those that go there by themselves; the root is at home at the top.
    own: HashMap<usize, Pointer>,
    /// Those that stand within another one: in which, and where.
    within: HashMap<usize, (usize, Pointer)>,
}

impl Homes {
    fn of(expanded: &Expanded, files: &Files<'_>, swagger: bool) -> Self {
        let own = HashMap::from([(0, Pointer::root())]);
        let mut homes = Self { own, within: HashMap::new() };
        for (key, &piece) in &expanded.made {
            if let Some((outer, at)) = expanded.met.get(key) {
                homes.within.insert(piece, (*outer, at.clone()));
            }
        }
        // Two that stand within each other: the first of them goes by itself.
        for piece in 1..expanded.pieces.len() {
            if homes.goes_round(piece) {
                homes.within.remove(&piece);
            }
        }
        let alone: Vec<usize> =
            (1..expanded.pieces.len()).filter(|piece| !homes.within.contains_key(piece)).collect();
        homes.name(&alone, expanded, files, swagger);
        homes
    }

    fn goes_round(&self, piece: usize) -> bool {
        let mut seen = HashSet::new();
        let mut here = piece;
        while let Some((outer, _)) = self.within.get(&here) {
            if *outer == piece {
                return true;
            }
            if !seen.insert(*outer) {
                return false;
            }
            here = *outer;
        }
        false
    }

    /// Where a piece goes.
    fn home(&self, piece: usize) -> Pointer {
        let mut rest = String::new();
        let mut here = piece;
        // Nothing goes round any more.
        while let Some((outer, at)) = self.within.get(&here) {
            rest.insert_str(0, at.as_str());
            here = *outer;
        }
        self.own.get(&here).cloned().unwrap_or_default().join(&rest)
    }

    fn pointer(&self, key: &Key, expanded: &Expanded) -> Pointer {
        match (expanded.made.get(key), expanded.met.get(key)) {
            (Some(&piece), _) => self.home(piece),
            (None, Some((piece, at))) => self.home(*piece).join(at.as_str()),
            (None, None) => key.0.pointer.clone(),
        }
    }

    /// Gives names to pieces, saying more of each that shares its name until it does not.
    fn name(&mut self, alone: &[usize], expanded: &Expanded, files: &Files<'_>, swagger: bool) {
        let root = &expanded.pieces[0].value;
        let mut names: Vec<Name> = alone
            .iter()
            .filter_map(|&piece| Name::of(piece, &expanded.pieces[piece], files, swagger))
            .collect();
        let taken = |name: &Name| {
            let pointer = Pointer::root().join(name.section).child(&name.text());
            root.pointer(pointer.as_str()).is_some()
        };
        loop {
            let mut count: HashMap<(&str, String), usize> = HashMap::new();
            for name in &names {
                *count.entry((name.section, name.text())).or_default() += 1;
            }
            let shared: Vec<bool> = names
                .iter()
                .map(|name| count[&(name.section, name.text())] > 1 || taken(name))
                .collect();
            let mut more = false;
            for (name, _) in names.iter_mut().zip(&shared).filter(|(_, shared)| **shared) {
                more |= name.say_more();
            }
            if !more {
                break;
            }
        }
        let mut given: HashSet<(&str, String)> = HashSet::new();
        for name in &names {
            let mut text = name.text();
            let mut number = 2;
            while taken(&Name { words: vec![text.clone()], said: 1, ..name.clone() })
                || !given.insert((name.section, text.clone()))
            {
                text = format!("{}_{number}", name.text());
                number += 1;
            }
            self.own.insert(name.piece, Pointer::root().join(name.section).child(&text));
        }
    }
}

/// What a piece may be called.
#[derive(Clone)]
struct Name {
    piece: usize,
    section: &'static str,
    /// From the nearest to the farthest.
    words: Vec<String>,
    /// How many of them are said.
    said: usize,
}

impl Name {
    fn of(index: usize, piece: &Piece, files: &Files<'_>, swagger: bool) -> Option<Self> {
        let section = section(piece.role, swagger)?;
        let mut words = Vec::new();
        words.extend(of_pointer(&piece.origin.pointer));
        words.extend(of_file(files.name_of(piece.origin.file)));
        if words.is_empty() {
            words.push("part".to_owned());
        }
        Some(Self { piece: index, section, words, said: 1 })
    }

    fn text(&self) -> String {
        let said: Vec<&str> = self.words[..self.said].iter().rev().map(String::as_str).collect();
        said.join("_")
    }

    fn say_more(&mut self) -> bool {
        let more = self.said < self.words.len();
        self.said += usize::from(more);
        more
    }
}

/// What a fragment calls its target: its last word, with those of what it is a part of.
fn of_pointer(pointer: &Pointer) -> Option<String> {
    const BETWEEN: [&str; 4] = ["properties", "items", "schema", "content"];
    const TABLES: [&str; 3] = ["definitions", "$defs", "schemas"];
    let tokens: Vec<String> = pointer.tokens().map(|token| token.into_owned()).collect();
    let start = match tokens.as_slice() {
        [components, _, ..] if components == "components" => 2,
        [paths, ..] if paths == "paths" => tokens.len().saturating_sub(1),
        [..] => {
            tokens.iter().rposition(|token| TABLES.contains(&token.as_str())).map_or(0, |at| at + 1)
        }
    };
    let words: Vec<&str> = tokens[start..]
        .iter()
        .map(String::as_str)
        .filter(|token| !BETWEEN.contains(token) && !token.is_empty())
        .collect();
    if words.is_empty() { tokens.last().cloned() } else { Some(words.join("_")) }
}

/// What a file and its folders are called, from the inside out. A file that says nothing of itself is called like its
/// folder.
fn of_file(name: &str) -> Vec<String> {
    const GENERIC: [&str; 7] =
        ["index", "_index", "schema", "main", "openapi", "swagger", "definition"];
    let path = name.split_once("://").map_or(name, |(_, path)| path);
    let mut parts: Vec<&str> =
        path.split('/').filter(|part| !part.is_empty() && *part != "..").collect();
    let mut words = Vec::new();
    if let Some(file) = parts.pop() {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let stem = [".schema", ".schemas", ".model", ".json", ".yaml"]
            .iter()
            .find_map(|end| stem.strip_suffix(end))
            .unwrap_or(stem);
        if !stem.is_empty() && (!GENERIC.contains(&stem) || parts.is_empty()) {
            words.push(stem.to_owned());
        }
    }
    words.extend(parts.iter().rev().map(|part| (*part).to_owned()));
    words
}
