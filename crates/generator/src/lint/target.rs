//! The fewest paths that match the nodes which have to change alike, and nothing that would change otherwise.
//!
//! A person writes one action for a name that means the same everywhere. So places are told apart by what repeats: the
//! name of a property or a parameter, and the path or schema that it stands in. Names and items that go together make a
//! rectangle, `$.paths['/a', '/b']..properties['date', 'createdAt']`; what is left is matched by its exact way. Every
//! path is run before it is believed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serde_json_path::JsonPath;

use super::action::Change;
use super::path::{below, cut, json_path, quoted, segment, way};
use crate::pointer::Pointer;

/// From how many paths or schemas on a name is the same thing everywhere.
const EVERYWHERE: usize = 3;

/// The parts of a document that hold schemas, each with how many tokens lead to one of its items.
const SECTIONS: [(&str, usize); 2] = [("/paths", 2), ("/components/schemas", 3)];

/// What repeats in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Property,
    Parameter,
}

/// Every property and parameter of a document by its name, so that a path can be tried without walking it again.
pub(crate) struct Named(BTreeMap<(Kind, String), Vec<String>>);

impl Named {
    pub(crate) fn of(document: &Value) -> Self {
        let mut named = Self(BTreeMap::new());
        let mut open = vec![(Pointer::root(), document)];
        while let Some((at, value)) = open.pop() {
            match value {
                Value::Object(object) => {
                    for (key, value) in object {
                        let at = at.child(key);
                        named.take(key, &at, value);
                        open.push((at, value));
                    }
                }
                Value::Array(list) => {
                    open.extend(list.iter().enumerate().map(|(index, one)| (at.index(index), one)));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        named
    }

    fn take(&mut self, key: &str, at: &Pointer, value: &Value) {
        let mut add = |kind: Kind, name: &str, at: Pointer| {
            self.0.entry((kind, name.to_owned())).or_default().push(at.as_str().to_owned());
        };
        match (key, value) {
            ("properties", Value::Object(object)) => {
                object.keys().for_each(|name| add(Kind::Property, name, at.child(name)));
            }
            ("parameters", Value::Array(list)) => {
                for (index, one) in list.iter().enumerate() {
                    if let Some(name) = one.get("name").and_then(Value::as_str) {
                        add(Kind::Parameter, name, at.index(index));
                    }
                }
            }
            _ => {}
        }
    }
}

/// A place as what repeats in it.
#[derive(Clone, Debug)]
struct Spot<'p> {
    place: &'p str,
    kind: Kind,
    name: String,
    /// What stands behind the name.
    suffix: &'p str,
}

/// The nodes to match, and what may be matched beside them because it would stay as it is.
struct Wanted<'a> {
    document: &'a Value,
    change: &'a Change,
    places: BTreeSet<&'a str>,
}

impl Wanted<'_> {
    /// Whether an action may touch a node.
    fn may(&self, place: &str) -> bool {
        if self.places.contains(place) {
            return true;
        }
        match (self.document.pointer(place), self.change) {
            (None, _) => true,
            (Some(node), Change::Update(update)) => holds(node, update),
            (Some(_), Change::Remove) => false,
        }
    }

    /// Whether a path matches all of `claimed`, and nothing that it may not.
    fn fits(&self, target: &str, claimed: &BTreeSet<&str>) -> bool {
        let Ok(path) = JsonPath::parse(target) else { return false };
        let found: BTreeSet<String> = path
            .query_located(self.document)
            .dedup()
            .iter()
            .map(|node| node.location().to_json_pointer())
            .collect();
        claimed.iter().all(|place| found.contains(*place))
            && found.iter().all(|place| self.may(place))
    }
}

/// Whether merging `update` into a node changes nothing.
fn holds(node: &Value, update: &Value) -> bool {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => {
            update.iter().all(|(key, value)| node.get(key).is_some_and(|node| holds(node, value)))
        }
        (node, update) => node == update,
    }
}

/// The fewest simple paths that match these nodes and nothing that would change otherwise.
pub(crate) fn targets(
    places: &[&Pointer],
    change: &Change,
    document: &Value,
    named: &Named,
) -> Vec<String> {
    if let Some(target) = all_replies(places, document) {
        return vec![target];
    }
    let wanted =
        Wanted { document, change, places: places.iter().map(|place| place.as_str()).collect() };
    let mut left = wanted.places.clone();
    let mut found = Vec::new();
    for section in SECTIONS {
        for lens in [Lens::Whole, Lens::Part] {
            for (tail, spots) in lens.groups(section, document, &left) {
                let plane = Plane { section, lens, tail: &tail, wanted: &wanted, named };
                plane.cover(&spots, &mut left, &mut found);
            }
        }
        by_way(section, &wanted, &mut left, &mut found);
    }
    // In the order of the document, as they were found.
    let single = places.iter().filter(|place| left.contains(place.as_str()));
    found.extend(single.map(|place| json_path(place, document)));
    found
}

/// What stands between an item and the names: nothing in particular, or a method and a part of its operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lens {
    Whole,
    Part,
}

/// Places by what they have in common beside their name and their item.
type Groups<'p> = BTreeMap<(Kind, String, String), Vec<Spot<'p>>>;

impl Lens {
    /// The places of a section by kind, suffix and what this lens keeps of their way.
    fn groups<'p>(
        self,
        section: (&str, usize),
        document: &Value,
        left: &BTreeSet<&'p str>,
    ) -> Vec<(Tail, Vec<Spot<'p>>)> {
        let mut groups: Groups<'p> = BTreeMap::new();
        for place in left.iter().filter(|place| below(place, section.0)) {
            let Some(spot) = spot(place, document) else { continue };
            let part = match self {
                Self::Whole => String::new(),
                Self::Part if spot.kind == Kind::Parameter => continue,
                Self::Part => cut(&place[cut(place, section.1).len()..], 2).to_owned(),
            };
            groups.entry((spot.kind, spot.suffix.to_owned(), part)).or_default().push(spot);
        }
        let tail = |(kind, suffix, part)| Tail { kind, suffix, part };
        groups.into_iter().map(|(key, spots)| (tail(key), spots)).collect()
    }
}

/// What all places of a group have in common.
struct Tail {
    kind: Kind,
    suffix: String,
    part: String,
}

/// Names on one side, items on the other.
struct Plane<'a> {
    section: (&'a str, usize),
    lens: Lens,
    tail: &'a Tail,
    wanted: &'a Wanted<'a>,
    named: &'a Named,
}

/// What is known of a name in an item.
#[derive(Clone, Debug, Default)]
struct Cell<'p> {
    wanted: Vec<&'p str>,
    is_bad: bool,
}

type Cells<'p> = BTreeMap<String, BTreeMap<String, Cell<'p>>>;

impl Plane<'_> {
    fn cover<'p>(&self, spots: &[Spot<'p>], left: &mut BTreeSet<&'p str>, found: &mut Vec<String>) {
        let mut cells = self.cells(spots);
        if self.lens == Lens::Whole {
            // A name that means the same in all of many items needs none of them named.
            let everywhere: Vec<String> = cells
                .iter()
                .filter(|(_, items)| {
                    items.len() >= EVERYWHERE && items.values().all(|cell| !cell.is_bad)
                })
                .map(|(name, _)| name.clone())
                .collect();
            let claimed: BTreeSet<&str> = everywhere
                .iter()
                .flat_map(|name| cells[name].values())
                .flat_map(|cell| cell.wanted.iter().copied())
                .collect();
            if self.claim(&everywhere, None, &claimed, left, found) {
                everywhere.iter().for_each(|name| {
                    cells.remove(name);
                });
            }
        }
        while let Some((names, items)) = rectangle(&cells, left) {
            let claimed: BTreeSet<&str> = names
                .iter()
                .flat_map(|name| items.iter().filter_map(|item| cells[name].get(item)))
                .flat_map(|cell| cell.wanted.iter().copied())
                .filter(|place| left.contains(place))
                .collect();
            if claimed.len() < 2 || !self.claim(&names, Some(&items), &claimed, left, found) {
                return;
            }
        }
    }

    /// Takes a path for these names in these items, if it is worth one and does what it should.
    fn claim<'p>(
        &self,
        names: &[String],
        items: Option<&BTreeSet<String>>,
        claimed: &BTreeSet<&'p str>,
        left: &mut BTreeSet<&'p str>,
        found: &mut Vec<String>,
    ) -> bool {
        if claimed.len() < 2 {
            return false;
        }
        let target = self.target(names, items);
        if !self.wanted.fits(&target, claimed) {
            return false;
        }
        left.retain(|place| !claimed.contains(place));
        found.push(target);
        true
    }

    /// Every item in which one of the names stands, with what is wanted of it there.
    fn cells<'p>(&self, spots: &[Spot<'p>]) -> Cells<'p> {
        let mut cells: Cells<'p> = BTreeMap::new();
        for spot in spots {
            let item = cut(spot.place, self.section.1).to_owned();
            let row = cells.entry(spot.name.clone()).or_default();
            row.entry(item).or_default().wanted.push(spot.place);
        }
        for (name, row) in &mut cells {
            let key = (self.tail.kind, name.clone());
            for base in self.named.0.get(&key).into_iter().flatten() {
                let item = cut(base, self.section.1);
                let behind = &base[item.len()..];
                let is_here = below(base, self.section.0)
                    && (self.tail.part.is_empty() || below(behind, &self.tail.part));
                if is_here && !self.wanted.may(&format!("{base}{}", self.tail.suffix)) {
                    row.entry(item.to_owned()).or_default().is_bad = true;
                }
            }
        }
        cells
    }

    fn target(&self, names: &[String], items: Option<&BTreeSet<String>>) -> String {
        let mut path = "$".to_owned();
        for token in self.section.0.split('/').skip(1) {
            path.push_str(&segment(token, false));
        }
        if let Some(items) = items {
            let last = |item: &String| {
                let token =
                    Pointer::parse(item).and_then(|item| item.last().map(|last| last.into_owned()));
                quoted(&token.unwrap_or_default())
            };
            path.push_str(&format!("[{}]", items.iter().map(last).collect::<Vec<_>>().join(", ")));
        }
        path.push_str(&way(&self.tail.part));
        match self.tail.kind {
            Kind::Property => {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                path.push_str(&format!("..properties[{}]", names.join(", ")));
            }
            Kind::Parameter => {
                let names: Vec<String> =
                    names.iter().map(|name| format!("@.name == {}", quoted(name))).collect();
                path.push_str(&format!("..parameters[?{}]", names.join(" || ")));
            }
        }
        path + &way(&self.tail.suffix)
    }
}

/// Names and items that go together: from the name with the most to do, as many others as go with it everywhere.
fn rectangle(cells: &Cells<'_>, left: &BTreeSet<&str>) -> Option<(Vec<String>, BTreeSet<String>)> {
    let open =
        |cell: &Cell<'_>| !cell.is_bad && cell.wanted.iter().any(|place| left.contains(place));
    let good = |name: &str| -> BTreeSet<&String> {
        cells[name].iter().filter(|(_, cell)| open(cell)).map(|(item, _)| item).collect()
    };
    let first = cells.keys().max_by_key(|name| (good(name).len(), std::cmp::Reverse(*name)))?;
    let mut items: BTreeSet<String> = good(first).into_iter().cloned().collect();
    if items.is_empty() {
        return None;
    }
    let bad = |name: &str, item: &str| cells[name].get(item).is_some_and(|cell| cell.is_bad);
    let mut names = vec![first.clone()];
    for name in cells.keys().filter(|name| *name != first) {
        let own = good(name);
        if own.is_empty() || items.iter().any(|item| bad(name, item)) {
            continue;
        }
        names.push(name.clone());
        let more = own.into_iter().filter(|item| !names.iter().any(|name| bad(name, item)));
        let more: Vec<String> = more.cloned().collect();
        items.extend(more);
    }
    Some((names, items))
}

/// Places that have the same way behind their item.
fn by_way<'p>(
    section: (&str, usize),
    wanted: &Wanted<'_>,
    left: &mut BTreeSet<&'p str>,
    found: &mut Vec<String>,
) {
    let mut ways: BTreeMap<&'p str, Vec<&'p str>> = BTreeMap::new();
    for place in left.iter().copied().filter(|place| below(place, section.0)) {
        let item = cut(place, section.1);
        ways.entry(&place[item.len()..]).or_default().push(place);
    }
    for (behind, places) in ways.into_iter().filter(|(_, places)| places.len() > 1) {
        let Some(first) = places.first().and_then(|place| Pointer::parse(place)) else { continue };
        let item = |place: &&str| {
            let item = Pointer::parse(cut(place, section.1))?;
            item.last().map(|last| quoted(&last))
        };
        let items: Vec<String> = places.iter().filter_map(item).collect();
        let exact = json_path(&first, wanted.document);
        let own = Pointer::parse(cut(first.as_str(), section.1))
            .map(|own| json_path(&own, wanted.document));
        let Some(rest) = own.and_then(|own| exact.strip_prefix(&own).map(str::to_owned)) else {
            continue;
        };
        let mut target = "$".to_owned();
        section.0.split('/').skip(1).for_each(|token| target.push_str(&segment(token, false)));
        target.push_str(&format!("[{}]{rest}", items.join(", ")));
        let claimed: BTreeSet<&str> = places.iter().copied().collect();
        if behind.is_empty() || !wanted.fits(&target, &claimed) {
            continue;
        }
        left.retain(|place| !claimed.contains(place));
        found.push(target);
    }
}

/// The last property on a way, else the parameter, with what stands behind it.
fn spot<'p>(place: &'p str, document: &Value) -> Option<Spot<'p>> {
    let behind = |key: &str| {
        let start = place.rfind(key)? + key.len();
        Some((start, place[start..].find('/').map_or(place.len(), |at| start + at)))
    };
    if let Some((start, end)) = behind("/properties/") {
        let name = Pointer::parse(&format!("/{}", &place[start..end]))?.last()?.into_owned();
        return Some(Spot { place, kind: Kind::Property, name, suffix: &place[end..] });
    }
    let (_, end) = behind("/parameters/")?;
    let name = document.pointer(&place[..end])?.get("name")?.as_str()?.to_owned();
    Some(Spot { place, kind: Kind::Parameter, name, suffix: &place[end..] })
}

/// The replies of every operation.
fn all_replies(places: &[&Pointer], document: &Value) -> Option<String> {
    let target = "$.paths[*][*].responses";
    let replies = |place: &Pointer| {
        place.tokens().count() == 4 && place.last().as_deref() == Some("responses")
    };
    if places.len() < 2 || !places.iter().all(|place| replies(place)) {
        return None;
    }
    let found = JsonPath::parse(target).ok()?.query_located(document).dedup();
    let found: BTreeSet<String> =
        found.iter().map(|node| node.location().to_json_pointer()).collect();
    let wanted: BTreeSet<String> = places.iter().map(|place| place.as_str().to_owned()).collect();
    (found == wanted).then(|| target.to_owned())
}
