//! From what has to change to overlay actions that a person would have written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::{Finding, Mend};
use crate::pointer::Pointer;

/// What happens to the nodes that an action targets.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// They are merged with this.
    Update(Value),
    /// They go.
    Remove,
}

/// An action of an overlay.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// A JSONPath (RFC 9535).
    pub target: String,
    /// Why.
    pub description: String,
    /// What happens.
    pub change: Change,
}

impl Action {
    /// As it stands in an overlay.
    ///
    /// ```
    /// use lockstep_generator::lint::{Action, Change};
    ///
    /// let action = Action { target: "$.info.title".into(), description: "Wrong.".into(), change: Change::Remove };
    /// assert_eq!(action.to_value()["remove"], true);
    /// ```
    pub fn to_value(&self) -> Value {
        let mut object = Map::new();
        object.insert("target".to_owned(), self.target.clone().into());
        object.insert("description".to_owned(), self.description.clone().into());
        match &self.change {
            Change::Update(update) => object.insert("update".to_owned(), update.clone()),
            Change::Remove => object.insert("remove".to_owned(), true.into()),
        };
        object.into()
    }
}

/// The action as a hint: one line.
pub(super) fn help(action: &Action) -> String {
    let change = match &action.change {
        Change::Update(update) => format!("update: {update}"),
        Change::Remove => "remove: true".to_owned(),
    };
    format!(
        "overlay action: {{ target: \"{}\", {change} }}; `cargo xtask lint --write` appends it",
        action.target
    )
}

/// One mend as an action.
pub(super) fn single(mend: &Mend, finding: &Finding, document: &Value) -> Action {
    Action {
        target: json_path(&mend.at, document),
        description: sentence(&finding.diagnostic.message),
        change: mend.change.clone(),
    }
}

/// The actions for all findings. Mends that would get in each other's way wait for the next look.
pub(super) fn actions(findings: &[Finding], document: &Value) -> Vec<Action> {
    let mut taken = Taken::default();
    // What changes alike for the same reason, in the order in which it was first found.
    let mut groups: Vec<(&Finding, Vec<&Mend>)> = Vec::new();
    for finding in findings {
        if finding.mends.is_empty() || !taken.take(finding) {
            continue;
        }
        for mend in &finding.mends {
            let alike = |(known, mends): &&mut (&Finding, Vec<&Mend>)| {
                let several = finding.mends.len() > 1 || known.mends.len() > 1;
                known.diagnostic.code == finding.diagnostic.code
                    && mends[0].change == mend.change
                    && (!several || std::ptr::eq(*known, finding))
            };
            match groups.iter_mut().find(alike) {
                Some((_, mends)) => mends.push(mend),
                None => groups.push((finding, vec![mend])),
            }
        }
    }
    let named = Named::of(document);
    let mut actions = Vec::new();
    for (finding, mends) in groups {
        for target in targets(&mends, document, &named) {
            let description = sentence(&finding.diagnostic.message);
            actions.push(Action { target, description, change: mends[0].change.clone() });
        }
    }
    actions
}

/// What the actions of one look write, so that no two write the same.
#[derive(Default)]
struct Taken {
    exact: BTreeSet<String>,
    gone: Vec<String>,
}

impl Taken {
    fn take(&mut self, finding: &Finding) -> bool {
        let mut written = Vec::new();
        for mend in &finding.mends {
            match &mend.change {
                Change::Update(update) => leaves(mend.at.as_str(), update, &mut written),
                Change::Remove => written.push(mend.at.as_str().to_owned()),
            }
        }
        let below = |place: &str, whole: &str| {
            place.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let clash = |place: &String| {
            self.exact.contains(place) || self.gone.iter().any(|gone| below(place, gone))
        };
        if written.iter().any(clash) {
            return false;
        }
        let gone = finding
            .mends
            .iter()
            .filter(|mend| mend.change == Change::Remove)
            .map(|mend| mend.at.as_str().to_owned());
        self.gone.extend(gone);
        self.exact.extend(written);
        true
    }
}

/// The places that an update writes, down to what it does not merge with; two levels do.
fn leaves(at: &str, update: &Value, written: &mut Vec<String>) {
    for (key, value) in update.as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) if key == "properties" => {
                written.extend(inner.keys().map(|name| format!("{at}/properties/{name}")));
            }
            _ => written.push(format!("{at}/{key}")),
        }
    }
}

/// Every property of the document by its name, so that a path can be tried without walking the document again.
struct Named(BTreeMap<String, Vec<String>>);

impl Named {
    fn of(document: &Value) -> Self {
        let mut named = Self(BTreeMap::new());
        named.walk(document, &Pointer::root());
        named
    }

    fn walk(&mut self, value: &Value, at: &Pointer) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let at = at.child(key);
                    for name in value
                        .as_object()
                        .filter(|_| key == "properties")
                        .into_iter()
                        .flat_map(Map::keys)
                    {
                        self.0
                            .entry(name.clone())
                            .or_default()
                            .push(at.child(name).as_str().to_owned());
                    }
                    self.walk(value, &at);
                }
            }
            Value::Array(list) => list
                .iter()
                .enumerate()
                .for_each(|(index, value)| self.walk(value, &at.index(index))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// What `<head>..properties['name']` matches.
    fn below<'n>(&'n self, head: &str, name: &str) -> Vec<&'n str> {
        let places = self.0.get(name).map_or(&[][..], Vec::as_slice);
        let below =
            |place: &&String| place.strip_prefix(head).is_some_and(|rest| rest.starts_with('/'));
        places.iter().filter(below).map(String::as_str).collect()
    }
}

/// From how many operations on a name is the same thing everywhere.
const EVERYWHERE: usize = 3;

/// The fewest simple paths that match these nodes and nothing else.
fn targets(mends: &[&Mend], document: &Value, named: &Named) -> Vec<String> {
    let places: Vec<&Pointer> = mends.iter().map(|mend| &mend.at).collect();
    if let Some(target) = all_replies(&places, document) {
        return vec![target];
    }
    let mut left: BTreeSet<&str> = places.iter().map(|place| place.as_str()).collect();
    let mut targets = Vec::new();
    let mut heads: Vec<(String, Vec<&Pointer>)> = Vec::new();
    for &place in &places {
        let operation = ancestor(place, 3);
        match heads.iter_mut().find(|(head, _)| *head == operation) {
            Some((_, group)) => group.push(place),
            None => heads.push((operation, vec![place])),
        }
    }
    if heads.len() >= EVERYWHERE {
        targets.extend(by_name("/paths", &places, EVERYWHERE, document, named, &mut left));
    }
    for (_, group) in &heads {
        let mut parts: Vec<String> = group.iter().map(|place| ancestor(place, 4)).collect();
        parts.dedup();
        for part in parts {
            targets.extend(by_name(&part, group, 1, document, named, &mut left));
        }
        let single = group.iter().filter(|place| left.contains(place.as_str()));
        targets.extend(single.map(|place| json_path(place, document)));
    }
    targets
}

/// One path for all properties below `head` whose name means the same wherever it stands there, in `spread` operations
/// or more. What it matches is no longer `left`.
fn by_name(
    head: &str,
    places: &[&Pointer],
    spread: usize,
    document: &Value,
    named: &Named,
    left: &mut BTreeSet<&str>,
) -> Option<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut matched: BTreeSet<&str> = BTreeSet::new();
    for place in places {
        let parent =
            place.parent().and_then(|parent| parent.last().map(|name| name == "properties"));
        let Some(name) = place.last().filter(|_| parent == Some(true)) else { continue };
        let found = named.below(head, &name);
        let operations: BTreeSet<String> =
            found.iter().map(|place| cut(place, 3).to_owned()).collect();
        if operations.len() < spread {
            continue;
        }
        if !names.contains(name.as_ref())
            && !found.is_empty()
            && found.iter().all(|place| left.contains(place))
        {
            matched.extend(found);
            names.insert(name.into_owned());
        }
    }
    if matched.len() < 2 {
        return None;
    }
    left.retain(|place| !matched.contains(place));
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let head = Pointer::parse(head).map(|head| json_path(&head, document))?;
    Some(format!("{head}..properties[{}]", names.join(", ")))
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

/// The first tokens of a pointer, as one.
fn ancestor(place: &Pointer, depth: usize) -> String {
    cut(place.as_str(), depth).to_owned()
}

fn cut(place: &str, depth: usize) -> &str {
    let end = place.match_indices('/').nth(depth).map_or(place.len(), |(at, _)| at);
    &place[..end]
}

/// The path to a node.
fn json_path(pointer: &Pointer, document: &Value) -> String {
    let mut path = "$".to_owned();
    let mut here = Some(document);
    for token in pointer.tokens() {
        let index = here.is_some_and(Value::is_array);
        path.push_str(&segment(&token, index));
        here = here.and_then(|value| match value {
            Value::Array(list) => token.parse::<usize>().ok().and_then(|index| list.get(index)),
            value => value.get(token.as_ref()),
        });
    }
    path
}

fn segment(token: &str, index: bool) -> String {
    let plain = token.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && token.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    match (index, plain) {
        (true, _) => format!("[{token}]"),
        (false, true) => format!(".{token}"),
        (false, false) => format!("[{}]", quoted(token)),
    }
}

fn quoted(name: &str) -> String {
    let mut text = "'".to_owned();
    for letter in name.chars() {
        match letter {
            '\'' | '\\' => {
                text.push('\\');
                text.push(letter);
            }
            control if control.is_control() => text.push_str(&format!("\\u{:04x}", control as u32)),
            letter => text.push(letter),
        }
    }
    text.push('\'');
    text
}

/// A message as a sentence.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let text: String =
        letters.map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    format!("{first}{text}.")
}
