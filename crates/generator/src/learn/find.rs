//! From tallies to what only loosens the document: whatever the wire sends and the document does not allow or know.

use serde_json::{Map, Value, json};

use super::claims::{self, About};
use super::correct::{self, Draft, Step};
use super::exchange::Book;
use super::forms::{Form, More};
use super::shape::{FORMED, Nulls, Shape};
use super::tally::{Aspect, Tally, is_frozen_map};
use super::witness::Witness;
use super::{Base, Evidence, Fate, Finding, propose};
use crate::pointer::Pointer;

/// Everything that is said of what a value may be.
const KINDS: &[&str] = &[
    "type",
    "nullable",
    "format",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
];

const NOTHING: About = About { keys: &[], whole: false };

pub(super) fn findings(base: &Base, book: &Book) -> Vec<Finding> {
    let mut drafts = Vec::new();
    let seen = || {
        let both = book.forms.list.iter().zip(&book.tallies.list);
        let mut seen: Vec<(&Form, &Tally)> =
            both.filter(|(_, tally)| tally.shape.seen > 0).collect();
        // The order of recordings is not the order of the document.
        seen.sort_by(|a, b| a.0.at.cmp(&b.0.at));
        seen
    };
    let nulls = nulls(base);
    for (form, tally) in seen() {
        let place = Place { form, tally, nulls };
        if place.kind(base, &mut drafts) {
            continue;
        }
        place.null(&mut drafts);
        place.fraction(&mut drafts);
        place.format(&mut drafts);
        place.required(&mut drafts);
        place.fields(&mut drafts);
        place.items(&mut drafts);
        propose::place(form, tally, &mut drafts);
    }
    prune(base, &mut drafts);
    propose::replies(base, book, nulls, &mut drafts);
    let mut findings = correct::findings(base, drafts);
    findings.extend(claims::choices(&book.probes));
    findings.extend(claims::withdrawn(base));
    findings.extend(propose::operations(book));
    findings
}

/// Takes out what is found in a schema that becomes any value: there is nothing left to correct.
fn prune(base: &Base, drafts: &mut Vec<Draft>) {
    let is_gone = |draft: &&Draft| {
        draft.code == "kind"
            && draft.fate == Fate::Written
            && claims::claim(base, &draft.at, draft.about).is_none()
    };
    let gone: Vec<Pointer> = drafts.iter().filter(is_gone).map(|draft| draft.at.clone()).collect();
    drafts.retain(|draft| {
        gone.iter().all(|gone| draft.at == *gone || draft.at.below(gone).is_none())
    });
}

/// How the document says null: in 3.1 it is a type among others.
fn nulls(base: &Base) -> Nulls {
    match base.raw.root().str("openapi") {
        Some(version) if !version.starts_with("3.0") => Nulls::Type,
        _ => Nulls::Keyword,
    }
}

pub(super) fn evidence(witness: &Witness, seen: u64, misfits: u64) -> Evidence {
    Evidence {
        replies: witness.replies,
        distinct: witness.distinct,
        seen,
        misfits,
        accounts: witness.accounts(),
        first: witness.first.clone(),
        last: witness.last.clone(),
    }
}

/// `1 reply`, `3 replies`.
pub(super) fn times(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A schema and what was counted there.
struct Place<'a> {
    form: &'a Form,
    tally: &'a Tally,
    nulls: Nulls,
}

impl Place<'_> {
    fn count(&self, aspect: Aspect) -> u64 {
        self.tally.misfits.get(&aspect).copied().unwrap_or_default()
    }

    fn kind_name(&self) -> &str {
        self.form.kind.as_deref().unwrap_or("schema")
    }

    fn draft(&self, code: &'static str, what: String, misfits: u64, steps: Vec<Step>) -> Draft {
        let shape = &self.tally.shape;
        Draft {
            code,
            fate: Fate::Written,
            at: self.form.at.clone(),
            steps,
            evidence: evidence(&shape.witness, shape.seen, misfits),
            what,
            of: "values",
            tail: String::new(),
            about: NOTHING,
        }
    }

    fn null(&self, drafts: &mut Vec<Draft>) {
        let misfits = self.count(Aspect::Null);
        if misfits == 0 {
            return;
        }
        let mut update = Map::new();
        match (self.nulls, &self.form.kind) {
            (Nulls::Type, Some(kind)) => update.insert("type".to_owned(), json!([kind, "null"])),
            _ => update.insert("nullable".to_owned(), json!(true)),
        };
        if self.form.values.is_some() {
            update.insert("enum".to_owned(), json!([null]));
        }
        let steps = vec![Step::Update(update.into())];
        drafts.push(Draft {
            tail: format!(", which this {} does not allow", self.kind_name()),
            about: About { keys: &["nullable", "type"], whole: true },
            ..self.draft("null", "null".to_owned(), misfits, steps)
        });
    }

    fn fraction(&self, drafts: &mut Vec<Draft>) {
        let misfits = self.count(Aspect::Fraction);
        // Where other kinds come as well, the type goes as a whole.
        if misfits == 0 || self.count(Aspect::Kind) > 0 {
            return;
        }
        let number = match self.nulls {
            Nulls::Type if self.form.nullable => json!(["number", "null"]),
            _ => json!("number"),
        };
        let steps = vec![Step::Remove(vec!["format"]), Step::Update(json!({ "type": number }))];
        let huge = self.tally.shape.huge;
        let what = match huge {
            0 => "a fraction",
            huge if huge == misfits => "a number beyond 64 bits",
            _ => "a fraction or a number beyond 64 bits",
        };
        drafts.push(Draft {
            tail: ", and the document says integer".to_owned(),
            about: About { keys: &["type", "format"], whole: true },
            ..self.draft("fraction", what.to_owned(), misfits, steps)
        });
    }

    /// Whether nothing else needs to be said, since the schema becomes any value.
    fn kind(&self, base: &Base, drafts: &mut Vec<Draft>) -> bool {
        let misfits = self.count(Aspect::Kind);
        if misfits == 0 {
            return false;
        }
        let shape = &self.tally.shape;
        let others: Vec<&str> = shape
            .kinds
            .each()
            .into_iter()
            .map(|(kind, _)| kind)
            .filter(|kind| !self.allows(kind))
            .collect();
        let convertible = self.converts(shape);
        let draft = Draft {
            tail: format!(", and the document says {} ({})", self.kind_name(), shape.words()),
            about: About {
                keys: &["type", "example", "nullable", "properties", "items"],
                whole: true,
            },
            ..self.draft("kind", others.join(" or "), misfits, vec![Step::Remove(KINDS.to_vec())])
        };
        // A shared schema of any value would be any value to those who send it, too.
        let parts = ["allOf", "oneOf", "anyOf"];
        let node = base.document.value.pointer(self.form.at.as_str());
        let composed = node.is_some_and(|node| parts.iter().any(|part| node.get(*part).is_some()));
        drafts.push(match (convertible, composed) {
            (true, _) => Draft { code: "convertible", fate: Fate::Proposed, ..draft },
            (false, true) => Draft { fate: Fate::Proposed, steps: Vec::new(), ..draft },
            (false, false) => draft,
        });
        !convertible && !composed
    }

    fn allows(&self, kind: &str) -> bool {
        match self.form.kind.as_deref() {
            Some("number") => matches!(kind, "number" | "integer"),
            own => own == Some(kind),
        }
    }

    /// Whether the client reads what came for what the document says: PHP's `[]` for an empty object, `"12"` for 12.
    /// Any value would be worse to have than what is converted.
    fn converts(&self, shape: &Shape) -> bool {
        let kinds = &shape.kinds;
        match self.form.kind.as_deref() {
            Some("object") => {
                let empty = shape.items.as_ref().is_none_or(|items| items.seen == 0);
                empty
                    && kinds.boolean + kinds.integer + kinds.number + kinds.string == 0
                    && kinds.object > 0
            }
            Some("integer" | "number") => {
                kinds.boolean + kinds.array + kinds.object == 0
                    && kinds.string == shape.forms.digits
                    && kinds.integer + kinds.number > 0
            }
            _ => false,
        }
    }

    fn format(&self, drafts: &mut Vec<Draft>) {
        let misfits = self.count(Aspect::Format);
        if misfits == 0 {
            return;
        }
        let format = self.form.format.as_deref().unwrap_or_default();
        drafts.push(Draft {
            about: About { keys: &["format"], whole: true },
            ..self.draft(
                "format",
                format!("no {format}"),
                misfits,
                vec![Step::Remove(vec!["format"])],
            )
        });
    }

    fn required(&self, drafts: &mut Vec<Draft>) {
        let objects = self.tally.shape.kinds.object;
        for name in &self.form.required {
            if !self.form.properties.contains_key(name) {
                continue;
            }
            let had = self.tally.had.get(name).copied().unwrap_or_default();
            if had >= objects {
                continue;
            }
            let steps = vec![Step::NotRequired(name.clone())];
            let mut draft =
                self.draft("required-missing", format!("no `{name}`"), objects - had, steps);
            draft.evidence.seen = objects;
            drafts.push(Draft {
                of: "objects",
                tail: ", and the document requires it".to_owned(),
                ..draft
            });
        }
    }

    /// Properties that the document does not know.
    fn fields(&self, drafts: &mut Vec<Draft>) {
        let shape = &self.tally.shape;
        let is_object = self.form.kind.as_deref().is_none_or(|kind| kind == "object");
        if !is_object || (shape.fields.is_empty() && shape.entries.is_none()) {
            return;
        }
        if is_frozen_map(self.form) {
            self.thaw(drafts);
            return;
        }
        // Whatever an object without properties holds is allowed; and beside alternatives, nothing is added unasked.
        let is_any =
            !self.form.has_properties && self.form.more == More::Unsaid && self.form.all.is_empty();
        let is_free = is_any || !self.form.any.is_empty();
        let fate = if is_free { Fate::Proposed } else { Fate::Written };
        let objects = shape.kinds.object;
        let map = shape.map();
        if let Some(entries) = map.as_ref().or(shape.entries.as_deref()) {
            let steps = vec![Step::Update(
                json!({ "additionalProperties": entries.schema(self.nulls, FORMED) }),
            )];
            let mut draft =
                self.draft("more-keys", "keys that are data".to_owned(), objects, steps);
            draft.what = format!(
                "{} that are data ({})",
                times(entries.seen, "key", "keys"),
                classes(shape)
            );
            drafts.push(Draft { fate, of: "objects", ..draft });
        }
        if map.is_some() {
            return;
        }
        for (name, field) in &shape.fields {
            let schema = field.schema(self.nulls, FORMED);
            let steps = vec![Step::Update(json!({ "properties": { name: schema } }))];
            let mut draft = self.draft("unknown-field", format!("`{name}`"), field.seen, steps);
            draft.evidence = evidence(&field.witness, objects, field.seen);
            let tail = format!(", and not in the document ({})", field.words());
            let about = About { keys: &["additionalProperties"], whole: false };
            drafts.push(Draft { fate, of: "objects", tail, about, ..draft });
        }
    }

    /// An object whose properties are data becomes the map that it is.
    fn thaw(&self, drafts: &mut Vec<Draft>) {
        let shape = &self.tally.shape;
        let Some(entries) = &shape.entries else { return };
        let update =
            json!({ "type": "object", "additionalProperties": entries.schema(self.nulls, FORMED) });
        let update = if self.form.kind.is_some() {
            json!({ "additionalProperties": update["additionalProperties"] })
        } else {
            update
        };
        let steps = vec![Step::Remove(vec!["properties", "required"]), Step::Update(update)];
        let mut draft = self.draft("map", String::new(), shape.kinds.object, steps);
        draft.what =
            format!("{} that are data ({})", times(entries.seen, "key", "keys"), classes(shape));
        drafts.push(Draft {
            of: "objects",
            tail: "; the document has the keys of an example".to_owned(),
            ..draft
        });
    }

    /// Lists that do not say of what.
    fn items(&self, drafts: &mut Vec<Draft>) {
        let shape = &self.tally.shape;
        let Some(items) = shape.items.as_ref().filter(|items| items.seen > 0) else { return };
        let is_list = self.form.kind.as_deref() == Some("array") && self.form.is_open_list;
        let schema = items.schema(self.nulls, FORMED);
        if !is_list || schema == Value::Object(Map::new()) {
            return;
        }
        let steps = vec![Step::Update(json!({ "items": schema }))];
        let mut draft =
            self.draft("unknown-items", "items".to_owned(), items.witness.replies, steps);
        draft.evidence = evidence(
            &items.witness,
            shape.kinds.array,
            items.witness.replies.min(shape.kinds.array),
        );
        drafts.push(Draft {
            of: "lists",
            tail: format!(" that do not say of what ({})", items.words()),
            ..draft
        });
    }
}

/// The classes of keys, with how often each was met.
fn classes(shape: &Shape) -> String {
    let each: Vec<String> =
        shape.keys.iter().map(|(class, count)| format!("{class} {count}")).collect();
    if each.is_empty() { "names that come and go".to_owned() } else { each.join(", ") }
}

/// The place as people read it: `GET /pets reply 200 items.[].id`.
pub(super) fn place_name(at: &Pointer) -> String {
    let tokens: Vec<_> = at.tokens().map(|token| token.into_owned()).collect();
    let (mut name, rest) = match tokens.as_slice() {
        [paths, path, method, responses, status, rest @ ..]
            if paths == "paths" && responses == "responses" =>
        {
            (format!("{} {path} reply {status}", method.to_ascii_uppercase()), rest)
        }
        [paths, path, method, rest @ ..] if paths == "paths" => {
            (format!("{} {path}", method.to_ascii_uppercase()), rest)
        }
        [components, _, schema, rest @ ..] if components == "components" => (schema.clone(), rest),
        rest => (String::new(), rest),
    };
    let mut parts: Vec<String> = Vec::new();
    let mut rest = rest.iter();
    while let Some(token) = rest.next() {
        match token.as_str() {
            "properties" => parts.extend(rest.next().cloned()),
            "items" => parts.push("[]".to_owned()),
            "additionalProperties" => parts.push("{}".to_owned()),
            "content" => drop(rest.next()),
            "allOf" | "oneOf" | "anyOf" => {
                parts.extend(rest.next().map(|index| format!("({index})")))
            }
            _ => {}
        }
    }
    if !parts.is_empty() {
        name.push(' ');
        name.push_str(&parts.join("."));
    }
    name
}
