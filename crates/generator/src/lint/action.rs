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
    format!("overlay action: {{ target: \"{}\", {change} }}; `cargo xtask lint --write` appends it", action.target)
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
    let mut actions = Vec::new();
    let mut groups: Vec<(&Finding, Vec<&Mend>)> = Vec::new();
    for finding in findings {
        if finding.mends.is_empty() || !taken.take(finding) {
            continue;
        }
        if let [mend] = finding.mends.as_slice() {
            let alike = |(known, mends): &&mut (&Finding, Vec<&Mend>)| {
                known.diagnostic.code == finding.diagnostic.code
                    && known.mends.len() == 1
                    && mends[0].change == mend.change
                    && prefix(&mends[0].at) == prefix(&mend.at)
            };
            if let Some((_, mends)) = groups.iter_mut().find(alike) {
                mends.push(mend);
                continue;
            }
        }
        groups.push((finding, finding.mends.iter().collect()));
    }
    for (finding, mends) in groups {
        let mut by_change: Vec<(&Change, Vec<&Mend>)> = Vec::new();
        for mend in mends {
            match by_change.iter_mut().find(|(change, _)| **change == mend.change) {
                Some((_, group)) => group.push(mend),
                None => by_change.push((&mend.change, vec![mend])),
            }
        }
        for (change, group) in by_change {
            match together(&group, document) {
                Some(target) => actions.push(Action {
                    target,
                    description: sentence(&finding.diagnostic.message),
                    change: change.clone(),
                }),
                None => actions.extend(group.iter().map(|mend| single(mend, finding, document))),
            }
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
        let gone = finding.mends.iter().filter(|mend| mend.change == Change::Remove).map(|mend| mend.at.as_str().to_owned());
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

/// The operation's replies, its body or its parameters: the most that one path should reach over.
fn prefix(pointer: &Pointer) -> Vec<String> {
    pointer.tokens().take(4).map(|token| token.to_string()).collect()
}

/// One path for several nodes, if there is a simple one that matches these and nothing else.
fn together(mends: &[&Mend], document: &Value) -> Option<String> {
    if mends.len() < 2 {
        return None;
    }
    let wanted: BTreeSet<&str> = mends.iter().map(|mend| mend.at.as_str()).collect();
    let tokens: Vec<Vec<String>> =
        mends.iter().map(|mend| mend.at.tokens().map(|token| token.to_string()).collect()).collect();
    candidates(&tokens).into_iter().find(|candidate| {
        JsonPath::parse(candidate).is_ok_and(|path| {
            let found = path.query_located(document).dedup();
            let found: BTreeSet<String> = found.iter().map(|node| node.location().to_json_pointer()).collect();
            found.len() == wanted.len() && found.iter().all(|pointer| wanted.contains(pointer.as_str()))
        })
    })
}

fn candidates(tokens: &[Vec<String>]) -> Vec<String> {
    let mut candidates = Vec::new();
    if tokens.iter().all(|tokens| tokens.len() == 4 && tokens[0] == "paths" && tokens[3] == "responses") {
        candidates.push("$.paths[*][*].responses".to_owned());
    }
    // A list of properties by name: everywhere, or below what all have in common.
    let named: BTreeMap<&str, ()> = tokens
        .iter()
        .filter_map(|tokens| match tokens.as_slice() {
            [.., parent, name] if parent == "properties" => Some((name.as_str(), ())),
            _ => None,
        })
        .collect();
    let all = tokens.iter().all(|tokens| tokens.len() > 2 && tokens[tokens.len() - 2] == "properties");
    if all && named.len() <= 8 {
        let names: Vec<String> = named.keys().map(|name| quoted(name)).collect();
        let tail = format!("..properties[{}]", names.join(", "));
        let shared = (0..tokens[0].len()).take_while(|&at| tokens.iter().all(|other| other.get(at) == tokens[0].get(at))).count();
        for length in [1, 4, shared] {
            if length <= shared && length < tokens[0].len() - 2 {
                // Below a list there may be indices, which are told from names by the document only.
                let head: String = tokens[0][..length].iter().map(|token| segment(token, false)).collect();
                candidates.push(format!("${head}{tail}"));
            }
        }
    }
    candidates
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
    let text: String = letters.map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    format!("{first}{text}.")
}
