//! In what two requests and two replies differ, and what of that is by design.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_mock::Received;
use lockstep_runtime::DateTime;
use serde_json::{Map, Value};

use super::text;

/// What may differ, and why. Everything else is a fault of one of the two clients.
const BY_DESIGN: [(&str, &str); 11] = [
    (
        "header accept",
        "we ask for what the operation's reply is, progenitor for JSON or for anything",
    ),
    (
        "header api-version",
        "progenitor tells every server the version of the document, which no document asks for",
    ),
    (
        "header authorization",
        "progenitor leaves credentials to its caller, who sends them everywhere; we send none where the operation wants none",
    ),
    ("header user-agent", "progenitor leaves it to its caller"),
    (
        "left out",
        "progenitor has no cookies and no nested objects in a query; its engine says so by name",
    ),
    ("null in the body", "progenitor has one way to say null and nothing, and sends nothing"),
    ("nulls and empty lists of the reply", "a type that is written again leaves some of them out"),
    (
        "order of the query",
        "progenitor sorts parameters by name, we keep the order of the document",
    ),
    (
        "spelling of the query",
        "both read the same: we escape what must be, progenitor what a form escapes",
    ),
    ("text as bytes", "progenitor hands text over as a stream of bytes"),
    ("times", "the same moment: progenitor turns it to UTC, we keep the offset that was sent"),
];

/// Written by the layers below both clients.
const NOT_COMPARED: [&str; 2] = ["host", "content-length"];

/// Differences by what differs, what each client has there, and the operations where it was seen.
#[derive(Default)]
pub(crate) struct Differences(BTreeMap<(String, String, String), BTreeSet<String>>);

impl Differences {
    /// Compares what was sent and what came back, ours first. `left_out`: whether progenitor's engine said that it
    /// has no such parameter for this operation.
    pub(crate) fn compare(
        &mut self,
        operation: &str,
        sent: &[Received],
        answer: &Value,
        left_out: impl Fn(&str) -> bool,
    ) {
        let [ours, theirs] = sent else { panic!("two requests") };
        let mut note = |what: &str, ours: &str, theirs: &str| {
            if ours != theirs {
                let key = (what.to_owned(), ours.to_owned(), theirs.to_owned());
                self.0.entry(key).or_default().insert(operation.to_owned());
            }
        };
        note("method", ours.method.as_str(), theirs.method.as_str());
        note("path", ours.uri.path(), theirs.uri.path());
        query(ours, theirs, &left_out, &mut note);
        let headers = ours.headers.keys().chain(theirs.headers.keys()).map(|name| name.as_str());
        for name in headers.filter(|name| !NOT_COMPARED.contains(name)).collect::<BTreeSet<_>>() {
            let (ours, theirs) = (header(ours, name), header(theirs, name));
            let cookie = ours.split_once('=').map_or("", |(cookie, _)| cookie);
            let is_left_out = name == "cookie" && theirs == "none" && left_out(cookie);
            let what = if is_left_out { "left out".to_owned() } else { format!("header {name}") };
            note(&what, &ours, &theirs);
        }
        let (our_body, their_body) = (body(ours), body(theirs));
        let is_same = without_nothing(&our_body) == without_nothing(&their_body);
        let what = if is_same { "null in the body" } else { "body" };
        note(what, &our_body.to_string(), &their_body.to_string());
        let (ours, theirs) = (&answer["ours"], &answer["theirs"]);
        note("status", &ours["status"].to_string(), &theirs["status"].to_string());
        reply("", &ours["body"], &theirs["body"], &mut note);
    }

    /// What is not by design.
    pub(crate) fn unexpected(&self) -> Vec<String> {
        let of = self.0.iter().filter(|((what, ..), _)| reason(what).is_none());
        of.map(|((what, ours, theirs), operations)| {
            format!("{what}: ours {ours}, theirs {theirs} ({operations:?})")
        })
        .collect()
    }

    /// What is said to be by design and was not seen.
    pub(crate) fn stale(&self) -> Vec<&'static str> {
        let is_seen = |own: &str| self.0.keys().any(|(what, ..)| what == own);
        BY_DESIGN.iter().map(|(own, _)| *own).filter(|own| !is_seen(own)).collect()
    }

    /// For people to read.
    pub(crate) fn shown(&self) -> String {
        let mut out = String::new();
        for (what, reason) in BY_DESIGN {
            out.push_str(&format!("{what}: {reason}\n"));
            for ((_, ours, theirs), operations) in
                self.0.iter().filter(|((own, ..), _)| own == what)
            {
                let operations =
                    operations.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                out.push_str(&format!("  ours {ours}\n  theirs {theirs}\n  in {operations}\n"));
            }
            out.push('\n');
        }
        out
    }
}

type Note<'n> = dyn FnMut(&str, &str, &str) + 'n;

fn query(ours: &Received, theirs: &Received, left_out: &dyn Fn(&str) -> bool, note: &mut Note<'_>) {
    let (ours, theirs) = (pairs(ours.uri.query()), pairs(theirs.uri.query()));
    let names = |pairs: &[(String, String, String)], others: &[(String, String, String)]| {
        let shared = pairs.iter().filter(|(name, ..)| others.iter().any(|(own, ..)| own == name));
        let mut names: Vec<_> = shared.map(|(name, ..)| name.clone()).collect();
        names.dedup();
        names
    };
    let (our_names, their_names) = (names(&ours, &theirs), names(&theirs, &ours));
    note("order of the query", &our_names.join(", "), &their_names.join(", "));
    for name in ours.iter().chain(&theirs).map(|(name, ..)| name).collect::<BTreeSet<_>>() {
        let ((our_value, our_spelling), (their_value, their_spelling)) =
            (values(&ours, name), values(&theirs, name));
        let parameter = name.split('[').next().unwrap_or_default();
        if our_value == their_value {
            note("spelling of the query", &our_spelling, &their_spelling);
        } else if their_spelling.is_empty() && left_out(parameter) {
            note("left out", &our_spelling, "none");
        } else {
            note(&format!("query {name}"), &our_value, &their_value);
        }
    }
}

/// Compares what the callers get, place by place.
fn reply(place: &str, ours: &Value, theirs: &Value, note: &mut Note<'_>) {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
                let (a, b) = (a.get(key), b.get(key));
                let place = format!("{place}/{key}");
                reply(&place, a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null), note);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(index, (a, b))| {
                reply(&format!("{place}/{index}"), a, b, note);
            });
        }
        (Value::String(a), Value::Array(b)) if a.bytes().map(Value::from).eq(b.iter().cloned()) => {
            note("text as bytes", "text", "bytes");
        }
        (Value::String(a), Value::String(b)) if is_same_moment(a, b) => note("times", a, b),
        (a, b) if is_nothing(a) && is_nothing(b) => {
            note("nulls and empty lists of the reply", &a.to_string(), &b.to_string());
        }
        (a, b) => note(&format!("reply {place}"), &a.to_string(), &b.to_string()),
    }
}

fn is_same_moment(a: &str, b: &str) -> bool {
    let moment = |text: &str| text.parse::<DateTime>().ok();
    moment(a).zip(moment(b)).is_some_and(|(a, b)| a == b)
}

fn reason(what: &str) -> Option<&'static str> {
    BY_DESIGN.iter().find(|(own, _)| *own == what).map(|(_, reason)| *reason)
}

/// Name, value, and the pair as it was spelt.
fn pairs(query: Option<&str>) -> Vec<(String, String, String)> {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")), pair.to_owned())
        })
        .collect()
}

/// The values under a name, in order, and how they were spelt.
fn values(pairs: &[(String, String, String)], name: &str) -> (String, String) {
    let own = || pairs.iter().filter(|(own, ..)| own == name);
    let values: Vec<&str> = own().map(|(_, value, _)| value.as_str()).collect();
    let spelt: Vec<&str> = own().map(|(.., spelt)| spelt.as_str()).collect();
    (values.join(" and "), spelt.join("&"))
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn header(request: &Received, name: &str) -> String {
    let values = request.headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let values: Vec<_> = values.collect();
    if values.is_empty() { "none".to_owned() } else { values.join(" and ") }
}

/// The body, sorted where its order says nothing.
fn body(request: &Received) -> Value {
    let kind = header(request, "content-type");
    if kind.contains("json") {
        return sorted(serde_json::from_slice(&request.body).expect("JSON"));
    }
    if kind.contains("urlencoded") {
        let pairs = pairs(Some(text(&request.body)));
        let pairs: BTreeMap<_, _> =
            pairs.into_iter().map(|(name, value, _)| (name, value)).collect();
        return pairs.into_iter().map(|(name, value)| (name, Value::from(value))).collect();
    }
    Value::from(text(&request.body))
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.into_iter().collect();
            Value::Object(fields.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        value => value,
    }
}

/// A body without nulls, and without lists and objects of nothing.
fn without_nothing(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (key.clone(), without_nothing(value)));
            let kept: Map<_, _> = fields.filter(|(_, value)| !is_nothing(value)).collect();
            sorted(Value::Object(kept))
        }
        Value::Array(items) => items.iter().map(without_nothing).collect(),
        value => value.clone(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
