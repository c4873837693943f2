//! One exchange after another, taken in: recognised, read, held against the document, and forgotten.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use base64::Engine as _;
use serde_json::Value;

use super::Base;
use super::counts::Counts;
use super::forms::{Forms, Id};
use super::har::{self, Entry};
use super::route::Found;
use super::shape::Shape;
use super::tally::Tallies;
use super::witness::{Sight, hash};
use crate::pointer::Pointer;
use crate::read::Node;
use crate::values;

/// More operations that nobody documented are counted, and not listed.
const MOST_UNDOCUMENTED: usize = 500;

/// Path and method of an operation.
pub(super) type Key = (String, String);

/// Everything that was counted.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) counts: Counts,
    pub(super) forms: Forms,
    pub(super) tallies: Tallies,
    pub(super) operations: BTreeMap<Key, Operation>,
    /// Replies of a status or media type that the document does not have, by operation, status and media type.
    pub(super) others: BTreeMap<(Key, u16, String), Other>,
    /// Operations that the document does not have.
    pub(super) undocumented: BTreeMap<String, u64>,
    pub(super) probes: Vec<Probe>,
    exchanges: HashSet<u64>,
}

/// What is known of an operation.
#[derive(Debug, Default)]
pub(super) struct Operation {
    bodies: HashSet<u64>,
    targets: BTreeMap<u16, Target>,
    /// How many replies of each status there were.
    pub(super) statuses: BTreeMap<u16, u64>,
}

impl Operation {
    /// The schemas that replies were held against, by status.
    pub(super) fn schemas(&self) -> impl Iterator<Item = (u16, Id)> + '_ {
        self.targets.iter().filter_map(|(status, target)| match target {
            Target::Schema(id) => Some((*status, *id)),
            Target::Bare(_) | Target::Other(_) | Target::None => None,
        })
    }
}

/// A form of reply that the document does not have.
#[derive(Debug, Default)]
pub(super) struct Other {
    pub(super) shape: Shape,
    /// The reply that the document has for this status, if it has one.
    pub(super) reply: Option<Pointer>,
    /// Whether that one says what its body is, and it is something else.
    pub(super) has_content: bool,
}

/// What the document has for a reply.
#[derive(Clone, Debug)]
enum Target {
    /// A schema of its JSON.
    Schema(Id),
    /// A reply without a body.
    Bare(Pointer),
    /// A reply whose body is no JSON, or has no schema.
    Other(Pointer),
    /// Nothing.
    None,
}

/// A choice of `client.yaml` that replies can contradict.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) what: String,
    pub(super) operation: Option<String>,
    pub(super) pointer: String,
    pub(super) wants: Wants,
    pub(super) asked: u64,
    pub(super) kept: u64,
    pub(super) witness: super::witness::Witness,
}

/// What should be where a choice points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    List,
    Boolean,
    Number,
}

impl Book {
    pub(super) fn new(base: &Base) -> Self {
        Self { probes: probes(base), ..Self::default() }
    }

    pub(super) fn take(&mut self, base: &Base, entry: &Entry) {
        self.counts.exchanges += 1;
        let method = entry.request.method.to_ascii_lowercase();
        let found = base.routes.find(&method, &entry.request.url);
        if found == Found::Foreign {
            self.counts.foreign += 1;
            return;
        }
        let content = &entry.response.content;
        let body = content.text.as_deref().unwrap_or_default();
        let when = entry.started_date_time.as_deref();
        let status = entry.response.status;
        if !self.exchanges.insert(hash((when, &method, &entry.request.url, status, body))) {
            self.counts.repeated += 1;
            return;
        }
        if is_mock(entry) {
            self.counts.mock += 1;
            return;
        }
        let (path, values) = match found {
            Found::Operation { path, values } => (path, values),
            Found::Undocumented(path) => {
                self.undocumented(&method, path);
                return;
            }
            Found::Foreign => return,
        };
        let Some(status) =
            u16::try_from(status).ok().filter(|status| matches!(status, 200..=299 | 400..=599))
        else {
            self.counts.no_reply += 1;
            return;
        };
        let key = (path, method);
        let sight = self.sight(base, &key, &values, (when, body));
        *self.operations.entry(key.clone()).or_default().statuses.entry(status).or_default() += 1;
        self.reply(base, &key, status, entry, &sight);
    }

    fn undocumented(&mut self, method: &str, path: String) {
        self.counts.undocumented += 1;
        let known =
            ["get", "put", "post", "delete", "options", "head", "patch", "trace"].contains(&method);
        let name =
            format!("{} {path}", if known { method.to_ascii_uppercase() } else { "?".to_owned() });
        if self.undocumented.len() < MOST_UNDOCUMENTED || self.undocumented.contains_key(&name) {
            *self.undocumented.entry(name).or_default() += 1;
        }
    }

    fn sight(
        &mut self,
        base: &Base,
        key: &Key,
        values: &[(String, String)],
        (when, body): (Option<&str>, &str),
    ) -> Sight {
        self.counts.replies += 1;
        let scope = base.config.scopes.as_ref().and_then(|scopes| scopes.first());
        let account = match scope {
            Some(scope) => values.iter().find(|(name, _)| name == scope),
            None => values.first(),
        };
        let repeated = !self.operations.entry(key.clone()).or_default().bodies.insert(hash(body));
        let day = when.and_then(|when| when.get(..10)).filter(|day| values::is_date(day));
        Sight {
            reply: self.counts.replies,
            repeated,
            account: account.map(|(_, value)| hash(value)),
            day: day.map(str::to_owned),
        }
    }

    fn reply(&mut self, base: &Base, key: &Key, status: u16, entry: &Entry, sight: &Sight) {
        let content = &entry.response.content;
        let target = self.target(base, key, status);
        let Some(text) = &content.text else {
            let empty = status == 204 || content.size == Some(0.0);
            *(if empty { &mut self.counts.empty } else { &mut self.counts.unrecorded }) += 1;
            if empty && matches!(target, Target::None) {
                self.other(key, status, "", &target).shape.witness.see(sight);
            }
            return;
        };
        if content.omitted.is_some() {
            self.counts.unrecorded += 1;
            return;
        }
        // Escapes take up to six bytes for one of the text.
        if text.len() > har::LONGEST || (entry.is_cut && text.len() > har::LONGEST / 8) {
            self.counts.too_large += 1;
            return;
        }
        let Some(body) = self.body(text, content) else { return };
        if body.trim_ascii().is_empty() {
            self.counts.empty += 1;
            if matches!(target, Target::None) {
                self.other(key, status, "", &target).shape.witness.see(sight);
            }
            return;
        }
        let media = essence(content.mime_type.as_deref().unwrap_or_default());
        match serde_json::from_slice::<Value>(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body)) {
            Ok(value) => self.hold(key, status, (&target, &media), &value, sight),
            Err(error) => self.no_json(&error, key, status, (&target, &media), sight),
        }
    }

    fn no_json(
        &mut self,
        error: &serde_json::Error,
        key: &Key,
        status: u16,
        (target, media): (&Target, &str),
        sight: &Sight,
    ) {
        let is_json = media.is_empty() || media.ends_with("json");
        match error.classify() {
            serde_json::error::Category::Eof if is_json => self.counts.cut_off += 1,
            _ if error.to_string().starts_with("recursion limit") => self.counts.too_complex += 1,
            _ => {
                self.counts.no_json += 1;
                if !is_json && matches!(target, Target::None) {
                    self.other(key, status, media, target).shape.witness.see(sight);
                }
            }
        }
    }

    /// The bytes of a body; `None` if there are none that can be read, which is then counted.
    fn body<'e>(&mut self, text: &'e str, content: &har::Content) -> Option<Cow<'e, [u8]>> {
        if !content
            .encoding
            .as_deref()
            .is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"))
        {
            return Some(Cow::Borrowed(text.as_bytes()));
        }
        let decoded = base64::engine::general_purpose::STANDARD.decode(text.trim());
        if decoded.is_err() {
            self.counts.no_base64 += 1;
        }
        decoded.ok().map(Cow::Owned)
    }

    fn hold(
        &mut self,
        key: &Key,
        status: u16,
        (target, media): (&Target, &str),
        value: &Value,
        sight: &Sight,
    ) {
        self.counts.large_numbers += large(value);
        if status < 300 {
            self.probe(key, value, sight);
        }
        if let Target::Schema(id) = target {
            if !self.tallies.take(&self.forms, *id, value, sight) {
                self.counts.too_complex += 1;
            }
            return;
        }
        let media = if media.ends_with("json") { media } else { "application/json" };
        self.other(key, status, media, target).shape.take(value, sight);
    }

    fn probe(&mut self, key: &Key, value: &Value, sight: &Sight) {
        let name = format!("{} {}", key.1.to_ascii_uppercase(), key.0);
        for probe in &mut self.probes {
            if probe.operation.as_ref().is_some_and(|operation| *operation != name) {
                continue;
            }
            // Where what should hold it is missing, nothing is said of it: that comes and goes.
            let parent =
                probe.pointer.rsplit_once('/').and_then(|(parent, _)| value.pointer(parent));
            if !parent.is_some_and(Value::is_object) {
                continue;
            }
            probe.asked += 1;
            probe.witness.see(sight);
            let found = value.pointer(&probe.pointer);
            let keeps = found.is_some_and(|found| match probe.wants {
                Wants::List => found.is_array(),
                Wants::Boolean => found.is_boolean(),
                Wants::Number => found.is_number() || found.is_null(),
            });
            probe.kept += u64::from(keeps);
        }
    }

    fn other(&mut self, key: &Key, status: u16, media: &str, target: &Target) -> &mut Other {
        let other = self.others.entry((key.clone(), status, media.to_owned())).or_default();
        match target {
            Target::Bare(reply) => other.reply = Some(reply.clone()),
            Target::Other(reply) => {
                other.reply = Some(reply.clone());
                other.has_content = true;
            }
            Target::Schema(_) | Target::None => {}
        }
        other
    }

    /// What the document has for a status of an operation.
    fn target(&mut self, base: &Base, key: &Key, status: u16) -> Target {
        let operation = self.operations.entry(key.clone()).or_default();
        if let Some(target) = operation.targets.get(&status) {
            return target.clone();
        }
        let target = find(base, key, status, &mut self.forms);
        operation.targets.insert(status, target.clone());
        target
    }
}

fn find(base: &Base, (path, method): &Key, status: u16, forms: &mut Forms) -> Target {
    let replies = || {
        let item = base.document.root().get("paths")?.get(path)?;
        base.document.resolve(&item).ok()?.get(method)?.get("responses")
    };
    let Some(replies) = replies() else { return Target::None };
    let range = format!("{}XX", status / 100);
    let keys =
        [status.to_string(), range.clone(), range.to_ascii_lowercase(), "default".to_owned()];
    let Some(reply) = keys.iter().find_map(|key| replies.get(key)) else { return Target::None };
    let Ok(reply) = base.document.resolve(&reply) else { return Target::None };
    let is_default = replies.get(&keys[0]).is_none();
    let media: Vec<(String, Node<'_>)> = reply
        .get("content")
        .iter()
        .flat_map(Node::entries)
        .map(|(name, media)| (essence(name), media))
        .collect();
    let json = media.iter().find(|(name, _)| name == "application/json");
    let json = json.or_else(|| media.iter().find(|(name, _)| name.ends_with("json")));
    let json = json.or_else(|| media.iter().find(|(name, _)| name.contains('*')));
    let schema = json
        .and_then(|(_, media)| media.get("schema"))
        .and_then(|schema| forms.of(&base.document, &schema));
    match schema {
        Some(id) => Target::Schema(id),
        None if is_default => Target::None,
        None if media.is_empty() => Target::Bare(reply.pointer),
        None => Target::Other(reply.pointer),
    }
}

/// Whether the mock made this reply: what it knows, it knows from the document.
fn is_mock(entry: &Entry) -> bool {
    entry.response.headers.iter().any(|header| {
        let name = header.name.to_ascii_lowercase();
        name == "mock-reason" || (name == "server" && header.value.starts_with("lockstep-mock"))
    })
}

/// A media type without its parameters, if it is one.
fn essence(text: &str) -> String {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let good = |letter: u8| letter.is_ascii_alphanumeric() || b"/+-.*_".contains(&letter);
    if essence.len() < 80 && essence.bytes().all(good) { essence } else { String::new() }
}

/// How many numbers a double would round.
fn large(value: &Value) -> u64 {
    match value {
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            u64::from(size.map_or_else(
                || number.as_f64().is_some_and(|number| number.abs() > 9e15),
                |size| size > 1 << 53,
            ))
        }
        Value::Array(list) => list.iter().map(large).sum(),
        Value::Object(object) => object.values().map(large).sum(),
        Value::Null | Value::Bool(_) | Value::String(_) => 0,
    }
}

/// The choices that replies can contradict.
fn probes(base: &Base) -> Vec<Probe> {
    let mut probes = Vec::new();
    let mut add =
        |what: String, operation: Option<&String>, pointer: Option<&String>, wants: Wants| {
            let Some(pointer) =
                pointer.filter(|pointer| pointer.is_empty() || pointer.starts_with('/'))
            else {
                return;
            };
            let (operation, pointer) = (operation.cloned(), pointer.clone());
            probes.push(Probe {
                what,
                operation,
                pointer,
                wants,
                asked: 0,
                kept: 0,
                witness: Default::default(),
            });
        };
    for rule in &base.config.paging {
        let name = |part: &str| format!("paging of {}: {part}", rule.operation);
        add(name("items"), Some(&rule.operation), Some(&rule.items), Wants::List);
        add(name("more"), Some(&rule.operation), rule.more.as_ref(), Wants::Boolean);
        add(name("last"), Some(&rule.operation), rule.last.as_ref(), Wants::Number);
    }
    if let Some(limits) = &base.config.limits {
        let stands = [
            ("limit", &limits.limit),
            ("remaining", &limits.remaining),
            ("credits_used", &limits.credits_used),
            ("credits_balance", &limits.credits_balance),
        ];
        for (name, stand) in stands {
            add(format!("limits: {name}"), None, stand.pointer.as_ref(), Wants::Number);
        }
    }
    probes
}
