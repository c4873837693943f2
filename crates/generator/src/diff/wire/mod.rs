//! What changed on the wire: two documents side by side, by what stands where and not by how it is written.
//!
//! References are followed, `allOf` is gathered, orders do not matter. Each difference is a [`Fact`], with its places
//! as `names.lock` writes them, so that what it does to the client can be found.

mod bounds;
mod kinds;
mod moves;
mod operation;
mod params;
mod properties;
mod replies;
mod schema;
mod security;
mod union;

#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::fingerprint::Prints;
use super::{Class, Verdict};
use crate::diagnostic::Diagnostics;
use crate::lower::kinds::Children;
use crate::lower::{component_name, lone_reference};
use crate::pointer::Pointer;
use crate::read::{Document, Node};

pub(super) use moves::Moves;

/// A difference.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) code: &'static str,
    /// Says nothing of the operation: the same difference at many places has one title.
    pub(super) title: String,
    /// The ways to write the place; the first one is shown.
    pub(super) places: Vec<String>,
    pub(super) before: Option<Pointer>,
    pub(super) after: Option<Pointer>,
    pub(super) wire: Verdict,
    pub(super) help: Option<String>,
}

/// Which way it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Way {
    Request,
    Reply,
}

/// What a difference between two sets of values does to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// All that was allowed is, and more.
    Wider,
    /// Some of what was allowed is not.
    Narrower,
    /// Neither holds the other.
    Other,
}

impl Turn {
    fn verdict(self, way: Way) -> Verdict {
        match (self, way) {
            (Self::Wider, Way::Request) => {
                Verdict::new(Class::Addition, "the server takes more than it did")
            }
            (Self::Narrower | Self::Other, Way::Request) => {
                Verdict::new(Class::Breaking, "requests that were fine may be refused")
            }
            (Self::Wider, Way::Reply) => {
                Verdict::new(Class::Breaking, "replies can hold what strict readers refuse")
            }
            (Self::Narrower, Way::Reply) => {
                Verdict::new(Class::Fix, "replies hold nothing that they could not hold before")
            }
            (Self::Other, Way::Reply) => {
                Verdict::new(Class::Breaking, "readers that go by the old type cannot read it")
            }
        }
    }
}

/// Where the walk is.
#[derive(Clone, Debug)]
struct At {
    /// The ways to write the place, each with whether it has steps already.
    places: Vec<(String, bool)>,
    /// What it is, for the title of a difference.
    subject: String,
    way: Way,
    /// Whether values travel as text: in paths, queries, headers and cookies.
    text: bool,
}

impl At {
    fn new(places: Vec<String>, subject: impl Into<String>, way: Way) -> Self {
        Self {
            places: places.into_iter().map(|place| (place, false)).collect(),
            subject: subject.into(),
            way,
            text: false,
        }
    }

    fn step(&self, step: &str, subject: String) -> Self {
        let places = self
            .places
            .iter()
            .map(|(place, deep)| (format!("{place}{}{step}", if *deep { '.' } else { ' ' }), true))
            .collect();
        Self { places, subject, way: self.way, text: false }
    }

    fn field(&self, name: &str) -> Self {
        let what = match self.way {
            Way::Request => "request field",
            Way::Reply => "reply field",
        };
        self.step(name, format!("{what} `{name}`"))
    }

    fn item(&self) -> Self {
        let mut at =
            self.step("[]", format!("items of {}", self.subject.trim_start_matches("items of ")));
        at.text = self.text;
        at
    }

    fn value(&self) -> Self {
        self.step("{}", format!("values of {}", self.subject))
    }

    fn arm(&self, index: usize) -> Self {
        self.step(&format!("|{index}"), format!("an alternative of {}", self.subject))
    }

    /// Also at a component.
    fn component(mut self, name: Option<String>) -> Self {
        if let Some(place) = name.map(|name| format!("schema {name}"))
            && !self.places.iter().any(|(known, _)| *known == place)
        {
            // The outermost is shown, the innermost ones are looked up; what is between only grows.
            if self.places.len() > MOST_PLACES {
                self.places.remove(1);
            }
            self.places.push((place, false));
        }
        self
    }

    fn places(&self) -> Vec<String> {
        self.places.iter().map(|(place, _)| place.clone()).collect()
    }
}

/// Every difference, in the order of the walk.
pub(super) fn compare<'d>(old: &'d Document, new: &'d Document, moves: &Moves<'d>) -> Vec<Fact> {
    Walk::through(old, new, moves).facts
}

/// How a pair of schemas was met.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    times: usize,
    /// Whether there was nothing to tell.
    is_quiet: bool,
}

struct Walk<'d> {
    old: &'d Document,
    new: &'d Document,
    old_prints: Prints<'d>,
    new_prints: Prints<'d>,
    /// What builds on what, where somebody asked for it.
    old_children: OnceCell<Children<'d>>,
    new_children: OnceCell<Children<'d>>,
    facts: Vec<Fact>,
    /// The security schemes that have another name now.
    schemes: HashMap<&'d str, &'d str>,
    /// How pairs of schemas were met, by way. A schema goes by where its value lies in memory: the documents do not move
    /// while this borrows them.
    seen: HashMap<(*const Value, *const Value, Way), Met>,
    /// Pairs of components to compare: chains of references of any length cost no stack.
    queue: VecDeque<(Node<'d>, Node<'d>, At)>,
    /// How many schemas are being compared within each other.
    depth: usize,
}

/// How many schemas are compared within each other before the rest waits in the queue.
const DEEPEST: usize = 32;

/// How many ways to write a place are kept.
const MOST_PLACES: usize = 16;

/// How many times a pair is compared: `allOf` brings in the same schemas again and again, twice as often at each level.
const MOST_TIMES: usize = 64;

type Spots = (Option<Pointer>, Option<Pointer>);

fn both(old: &Node<'_>, new: &Node<'_>) -> Spots {
    (Some(old.pointer.clone()), Some(new.pointer.clone()))
}

impl<'d> Walk<'d> {
    /// Goes through all of two documents.
    fn through(old: &'d Document, new: &'d Document, moves: &Moves<'d>) -> Self {
        let mut walk = Self {
            old,
            new,
            old_prints: Prints::new(old),
            new_prints: Prints::new(new),
            old_children: OnceCell::new(),
            new_children: OnceCell::new(),
            facts: Vec::new(),
            schemes: HashMap::new(),
            seen: HashMap::new(),
            queue: VecDeque::new(),
            depth: 0,
        };
        walk.document(moves);
        walk.operations(moves);
        while let Some((a, b, at)) = walk.queue.pop_front() {
            walk.visit(&a, &b, &at);
        }
        walk
    }

    fn tell(
        &mut self,
        code: &'static str,
        title: String,
        places: Vec<String>,
        (before, after): Spots,
        wire: Verdict,
    ) {
        self.facts.push(Fact { code, title, places, before, after, wire, help: None });
    }

    fn description(&mut self, places: Vec<String>, spots: Spots) {
        self.tell(
            "descriptions",
            String::new(),
            places,
            spots,
            Verdict::new(Class::Docs, "prose only"),
        );
    }

    fn example(&mut self, places: Vec<String>, spots: Spots) {
        self.tell(
            "examples",
            String::new(),
            places,
            spots,
            Verdict::new(Class::Docs, "examples only"),
        );
    }

    /// Compares the text that people read at two nodes.
    fn prose(&mut self, old: &Node<'d>, new: &Node<'d>, keys: &[&str], places: &[String]) {
        for key in keys {
            let text =
                |node: &Node<'d>| node.str(key).map(str::trim).filter(|text| !text.is_empty());
            if text(old) != text(new) {
                let spot = |node: &Node<'d>| {
                    Some(node.get(key).map_or_else(|| node.pointer.clone(), |node| node.pointer))
                };
                self.description(places.to_vec(), (spot(old), spot(new)));
            }
        }
    }

    /// Compares the examples that stand at two nodes.
    fn examples(&mut self, old: &Node<'d>, new: &Node<'d>, places: &[String]) {
        for key in ["example", "examples"] {
            if old.member(key) != new.member(key) {
                let spot = |node: &Node<'d>| {
                    Some(node.get(key).map_or_else(|| node.pointer.clone(), |node| node.pointer))
                };
                self.example(places.to_vec(), (spot(old), spot(new)));
            }
        }
    }

    /// The document's own words.
    fn document(&mut self, moves: &Moves<'d>) {
        let (old, new) = (self.old.root(), self.new.root());
        let places = ["document".to_owned()];
        if let (Some(old), Some(new)) = (old.get("info"), new.get("info")) {
            self.prose(&old, &new, &["title", "version", "description", "termsOfService"], &places);
        }
        let tags = |node: &Node<'d>| -> Vec<(&'d str, Node<'d>)> {
            node.get("tags")
                .iter()
                .flat_map(Node::items)
                .filter_map(|tag| Some((tag.str("name")?, tag)))
                .collect()
        };
        let new_tags = tags(&new);
        for (name, tag) in tags(&old) {
            if let Some((_, other)) = new_tags.iter().find(|(other, _)| *other == name) {
                self.prose(&tag, other, &["description"], &places);
            }
        }
        let server = |root: &Node<'d>| operation::server(root).unwrap_or_default();
        let same = moves.same_urls(&old, &new);
        self.servers(&server(&old), &server(&new), same, &places, both(&old, &new));
        self.schemes();
    }

    fn servers(&mut self, old: &str, new: &str, same_urls: bool, places: &[String], spots: Spots) {
        if old != new {
            let named =
                |url: &str| if url.is_empty() { "none".to_owned() } else { format!("`{url}`") };
            let title = format!("server: {} → {}", named(old), named(new));
            let verdict = if same_urls {
                Verdict::new(Class::None, "the whole URL of every operation is the same")
            } else {
                Verdict::new(
                    Class::Breaking,
                    "releases of the client that are out go on asking the old server",
                )
            };
            self.tell("server-changed", title, places.to_vec(), spots, verdict);
        }
    }

    /// Compares two schemas, wherever their references lead.
    fn schema(&mut self, old: &Node<'d>, new: &Node<'d>, at: &At) {
        let (Some((a, name_a)), Some((b, name_b))) = (follow(self.old, old), follow(self.new, new))
        else {
            return;
        };
        let crossing = name_a.is_some() && name_b.is_some();
        let at = at.clone().component(name_b).component(name_a);
        let pair = (std::ptr::from_ref(a.value), std::ptr::from_ref(b.value), at.way);
        let met = self.seen.entry(pair).or_default();
        met.times += 1;
        if crossing || self.depth >= DEEPEST {
            // Components are compared once, wherever they stand.
            if met.times == 1 {
                self.queue.push_back((a, b, at));
            }
        } else if met.times <= MOST_TIMES && !met.is_quiet {
            let told = self.facts.len();
            self.depth += 1;
            self.visit(&a, &b, &at);
            self.depth -= 1;
            // Where there was nothing to tell at one place, there is nothing at the next; less is told of text.
            if self.facts.len() == told && !at.text {
                self.seen.entry(pair).or_default().is_quiet = true;
            }
        }
    }
}

/// Where a schema's reference leads, and the component's name where it has one. `None` if it leads nowhere.
fn follow<'d>(document: &'d Document, node: &Node<'d>) -> Option<(Node<'d>, Option<String>)> {
    if node.member("$ref").is_some() {
        let target = document.resolve(node).ok()?;
        let name = component_name(target.pointer.as_str());
        return Some((target, Some(name)));
    }
    let name = lone_reference(node)
        .and_then(|inner| document.resolve(&inner).ok())
        .map(|target| component_name(target.pointer.as_str()));
    Some((node.clone(), name))
}

/// A place for what is only thrown away: generating tells it.
fn nowhere() -> Diagnostics {
    Diagnostics::new()
}
