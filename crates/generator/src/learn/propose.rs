//! What would tighten the document or add meaning: shown with its evidence, and for a person to decide. And forms of
//! replies that the document does not have, of which successes only add.

use serde_json::{Map, Value, json};

use super::claims::About;
use super::correct::{Draft, Step};
use super::exchange::{Book, Other};
use super::find::{evidence, times};
use super::forms::Form;
use super::shape::{FORMED, MOST_WORDS, Nulls};
use super::tally::{Aspect, Tally};
use super::{Base, Fate, Finding};
use crate::pointer::Pointer;

/// With fewer objects, that a property was always there says little.
const FEWEST_OBJECTS: u64 = 20;
/// With fewer texts, that they repeat says little.
const FEWEST_TEXTS: u64 = 50;
/// With fewer texts, that they have one form says little.
const FEWEST_OF_FORM: u64 = 5;

const NOTHING: About = About { keys: &[], whole: false };

/// What one schema could say more exactly, or says wrong in a way that only a person can put right.
pub(super) fn place(form: &Form, tally: &Tally, drafts: &mut Vec<Draft>) {
    let shape = &tally.shape;
    let mut add = |code: &'static str,
                   what: String,
                   misfits: u64,
                   (of, tail): (&'static str, &str),
                   steps: Vec<Step>| {
        let seen = if of == "objects" { shape.kinds.object } else { shape.seen };
        let evidence = evidence(&shape.witness, seen, misfits);
        let (at, tail) = (form.at.clone(), tail.to_owned());
        drafts.push(Draft {
            code,
            fate: Fate::Proposed,
            at,
            steps,
            evidence,
            what,
            of,
            tail,
            about: NOTHING,
        });
    };
    let misfits = |aspect: Aspect| tally.misfits.get(&aspect).copied().unwrap_or_default();
    let (others, arms) = (misfits(Aspect::Enum), misfits(Aspect::Arms));
    if others > 0 {
        let steps = vec![Step::Remove(vec!["enum"])];
        add(
            "enum-value",
            "a value that `enum` does not list".to_owned(),
            others,
            ("values", ""),
            steps,
        );
    }
    if arms > 0 {
        add(
            "no-alternative",
            "none of the alternatives".to_owned(),
            arms,
            ("values", ""),
            Vec::new(),
        );
    }
    if shape.beyond > 0
        && form.kind.as_deref() == Some("integer")
        && form.format.as_deref() != Some("uint64")
    {
        let steps = vec![Step::Update(json!({ "format": "uint64" }))];
        add(
            "large-integer",
            "an integer beyond 63 bits".to_owned(),
            shape.beyond,
            ("values", ""),
            steps,
        );
    }
    let always: Vec<&String> = form
        .properties
        .keys()
        .filter(|name| {
            tally.had.get(*name) == Some(&shape.kinds.object) && !form.required.contains(name)
        })
        .collect();
    if shape.kinds.object >= FEWEST_OBJECTS && !always.is_empty() && form.any.is_empty() {
        let what = format!(
            "{} that {} not required",
            times(always.len() as u64, "property", "properties"),
            if always.len() == 1 { "is" } else { "are" }
        );
        let steps = vec![Step::Update(json!({ "required": always }))];
        add("required", what, shape.kinds.object, ("objects", ""), steps);
    }
    texts(form, tally, &mut add);
}

type Add<'a> = dyn FnMut(&'static str, String, u64, (&'static str, &str), Vec<Step>) + 'a;

fn texts(form: &Form, tally: &Tally, add: &mut Add<'_>) {
    let shape = &tally.shape;
    let texts = shape.kinds.string;
    if form.kind.as_deref() != Some("string") || form.format.is_some() || form.values.is_some() {
        return;
    }
    if let Some(format) = shape.format(1).filter(|_| texts >= FEWEST_OF_FORM) {
        let steps = vec![Step::Update(json!({ "format": format }))];
        add(
            "format-seen",
            format!("a {format}"),
            texts,
            ("values", ", and the document says string"),
            steps,
        );
        return;
    }
    let words = shape.words.len() as u64;
    let formed = shape.forms.date + shape.forms.date_time + shape.forms.uuid + shape.forms.digits;
    if texts >= FEWEST_TEXTS
        && (2..=MOST_WORDS as u64 / 2).contains(&words)
        && texts >= 8 * words
        && formed == 0
    {
        let what = format!("one of {words} texts");
        add(
            "enum-seen",
            what,
            texts,
            ("values", ", so that it may be an enumeration; look at the values"),
            Vec::new(),
        );
    }
}

/// Forms of replies that the document does not have.
pub(super) fn replies(base: &Base, book: &Book, nulls: Nulls, drafts: &mut Vec<Draft>) {
    for ((key, status, media), other) in &book.others {
        let (path, method) = key;
        let own = Pointer::root().child("paths").child(path).child(method).child("responses");
        let total =
            book.operations.get(key).and_then(|operation| operation.statuses.get(status)).copied();
        let count = other.shape.witness.replies;
        let content = content(other, media, nulls);
        let (at, update) = match &other.reply {
            Some(reply) => (reply.clone(), content),
            None => {
                let description = format!(
                    "Not in upstream's document; seen in {}.",
                    times(count, "reply", "replies")
                );
                let mut reply = Map::new();
                reply.insert("description".to_owned(), description.into());
                reply.extend(content.as_object().cloned().unwrap_or_default());
                (resolved(base, &own), json!({ status.to_string(): reply }))
            }
        };
        if update.as_object().is_some_and(Map::is_empty) {
            continue;
        }
        let (code, fate) = match (*status < 300, other.has_content) {
            (true, false) => ("undocumented-success", Fate::Written),
            (true, true) => ("other-body", Fate::Proposed),
            (false, _) => ("failure-reply", Fate::Proposed),
        };
        let body =
            if media.is_empty() { "without a body".to_owned() } else { format!("as {media}") };
        drafts.push(Draft {
            code,
            fate,
            at,
            steps: vec![Step::Update(update)],
            evidence: evidence(&other.shape.witness, total.unwrap_or(count), count),
            what: format!("status {status} {body}"),
            of: "replies of this status",
            tail: ", and the document does not have it".to_owned(),
            about: NOTHING,
        });
    }
}

/// What the body of a reply is, as a reply object has it.
fn content(other: &Other, media: &str, nulls: Nulls) -> Value {
    if media.is_empty() {
        return json!({});
    }
    let schema = match media {
        media if media.ends_with("json") => other.shape.schema(nulls, FORMED),
        media if media.starts_with("text/") => json!({ "type": "string" }),
        _ => json!({ "type": "string", "format": "binary" }),
    };
    json!({ "content": { media: { "schema": schema } } })
}

/// The place of an operation's replies; a path may be written elsewhere.
fn resolved(base: &Base, at: &Pointer) -> Pointer {
    let node = at.tokens().try_fold(base.document.root(), |node, token| {
        let node = base.document.resolve(&node).ok()?;
        node.get(token.as_ref())
    });
    node.map_or_else(|| at.clone(), |node| node.pointer)
}

/// Operations that the document does not have.
pub(super) fn operations(book: &Book) -> impl Iterator<Item = Finding> + '_ {
    book.undocumented.iter().map(|(name, count)| Finding {
        code: "undocumented-operation",
        fate: Fate::Proposed,
        message: format!(
            "{name} was called {}, and is not in the document",
            times(*count, "time", "times")
        ),
        at: Vec::new(),
        evidence: super::Evidence {
            replies: *count,
            seen: *count,
            misfits: *count,
            ..Default::default()
        },
        corrections: Vec::new(),
        effect: None,
        place: Default::default(),
    })
}
