//! What a type is at its place: the part that it plays for what stands around it.
//!
//! Equal shapes are one type only where they play one role, and kin are looked for nowhere else. A role is a fact of
//! a place alone: it never depends on how many other places there are, or on which came first.

use std::collections::HashMap;
use std::rc::Rc;

use crate::model::{Draft, Field, Place, Root, Shape, Step, TypeDef, TypeId, TypeRef, Types};
use crate::words;

/// A role as text: two places with one text play one role.
pub(super) type Role = Rc<str>;

/// An object that holds this many objects and nothing else holds the same thing under several names.
const MANY: usize = 3;

/// More places than this of one schema are not asked for their roles.
const ASKED: usize = 32;

/// The roles of every type.
pub(super) struct Roles {
    /// By the number of the type as it was read.
    own: Vec<Vec<Role>>,
    /// What has the type as one part of many: the sizes in `files`, the sources in a total.
    collection: Vec<Option<TypeId>>,
    /// The roles of a class, with how many members it had then.
    known: HashMap<TypeId, (usize, Rc<[Role]>)>,
}

impl Roles {
    pub(super) fn of(draft: &Draft) -> Self {
        let types = &draft.types;
        let all = (0..types.len()).map(|index| TypeId(index as u32));
        let own = all.clone().map(|id| of_type(types.own(id)));
        let mut collection = vec![None; types.len()];
        for id in all.clone() {
            let def = types.own(id);
            let Shape::Struct(shape) = &def.shape else { continue };
            let is_one_of_many = |field: &Field| matches!(field.ty.non_null(), TypeRef::Named(_));
            let holds_many = shape.fields.len() >= MANY && shape.fields.iter().all(is_one_of_many);
            if !holds_many && !def.places.first().is_some_and(is_named_as_many) {
                continue;
            }
            for field in &shape.fields {
                field.ty.each_named(&mut |part| collection[part.0 as usize] = Some(id));
            }
        }
        Self { own: own.collect(), collection, known: HashMap::new() }
    }

    /// The roles that a type plays at each of its places.
    pub(super) fn shared(&mut self, types: &Types, id: TypeId) -> Rc<[Role]> {
        let id = types.find(id);
        let size = types.size(id);
        if let Some((known, roles)) = self.known.get(&id)
            && *known == size
        {
            return Rc::clone(roles);
        }
        let members = types.members(id);
        let mut shared = self.all(types, members[0]);
        for member in &members[1..] {
            let own = self.all(types, *member);
            shared.retain(|role| own.contains(role));
        }
        let shared: Rc<[Role]> = shared.into();
        self.known.insert(id, (size, Rc::clone(&shared)));
        shared
    }

    fn all(&self, types: &Types, member: TypeId) -> Vec<Role> {
        let mut roles = self.own[member.0 as usize].clone();
        if let Some(collection) = self.collection[member.0 as usize] {
            roles.push(format!("one of {}", types.find(collection).0).into());
        }
        roles
    }
}

/// Whether kin may be looked for in a role. Names that merely end alike are reason enough only for what is equal.
pub(super) fn is_close(role: &Role) -> bool {
    !role.starts_with("some ")
}

fn of_type(def: &TypeDef) -> Vec<Role> {
    let Some(place) = def.places.first() else { return Vec::new() };
    let mut roles = of_place(place);
    // A schema that several operations share plays the part that it plays for all of them.
    for other in def.places.iter().take(ASKED).skip(1) {
        let also = of_place(other);
        roles.retain(|role| also.contains(role));
    }
    if is_acknowledgement(def, place) {
        roles.push("some acknowledgement".into());
    }
    roles
}

/// The roles that a place tells by itself.
fn of_place(place: &Place) -> Vec<Role> {
    if matches!(place.root, Root::Component(_)) && place.steps.is_empty() {
        return Vec::new();
    }
    let mut roles: Vec<Role> = Vec::new();
    let told = role(&place.root, &place.steps);
    if let Some(kind) = &told.kind {
        roles.push(format!("some {kind}").into());
    }
    roles.push(told.text.into());
    roles
}

/// Whether it is what comes back after something was done, past what stands around every reply: no thing, but the word
/// that all is well.
fn is_acknowledgement(def: &TypeDef, place: &Place) -> bool {
    let says_nothing = |step: &Step| match step {
        Step::Field(name) => telling(name).is_none(),
        Step::Item | Step::Value | Step::Arm(_) => false,
    };
    let is_small = match &def.shape {
        Shape::Struct(shape) => {
            let is_plain = |field: &Field| matches!(field.ty.non_null(), TypeRef::Scalar(_));
            shape.fields.len() <= 2 && shape.fields.iter().all(is_plain)
        }
        Shape::Union(_) | Shape::Enum(_) | Shape::Alias(_) => false,
    };
    matches!(&place.root, Root::Reply { operation, .. } if !operation.starts_with("GET "))
        && is_small
        && place.steps.iter().all(says_nothing)
}

struct Told {
    text: String,
    /// The last word of a name that says what it is: `fromUser` is a user.
    kind: Option<String>,
}

/// What the last property on the way that says something says, else what the way starts at.
fn role(root: &Root, steps: &[Step]) -> Told {
    let telling = steps.iter().enumerate().rev().find_map(|(index, step)| match step {
        Step::Field(name) => telling(name).map(|words| (index, words)),
        Step::Item | Step::Value | Step::Arm(_) => None,
    });
    let (from, words, above) = match telling {
        Some((index, words)) => (index + 1, words, &steps[..index]),
        None => (0, Vec::new(), steps),
    };
    let rest = tail(&steps[from..]);
    if words.is_empty() {
        return Told { text: format!("{}{rest}", start(root)), kind: None };
    }
    let own = words.join(" ");
    // A name that every other thing has as well says something only with what has it.
    if words.len() == 1 && is_weak(&own) {
        let text = format!("{own} of {}{rest}", role(root, above).text);
        return Told { text, kind: None };
    }
    let kind = words.last().filter(|word| rest.is_empty() && !is_weak(word)).cloned();
    Told { text: format!("{own}{rest}"), kind }
}

/// The words of a name that says what stands there.
fn telling(name: &str) -> Option<Vec<String>> {
    let words = words::singular_last(words::split(name));
    let is_key = words.first().is_some_and(|word| word.starts_with(|c: char| c.is_numeric()));
    let says_nothing = words.is_empty()
        || words::is_generic(name)
        || (words.len() == 1 && words::is_generic(&words[0]));
    (!is_key && !says_nothing).then_some(words)
}

/// How a type hangs below what says something: the items of a list are the thing itself, the page around them is not.
fn tail(steps: &[Step]) -> String {
    let mut names = Vec::new();
    for step in steps {
        match step {
            // A key that is an id or a date tells one of many.
            Step::Field(name) if name.starts_with(|c: char| c.is_numeric()) => names.clear(),
            Step::Field(name) => names.push(name.clone()),
            Step::Arm(_) => names.push("|".to_owned()),
            Step::Item | Step::Value => names.clear(),
        }
    }
    match names.as_slice() {
        [] => String::new(),
        // What every reply has around it says nothing of what is in it.
        [one] if words::is_generic(one) => String::new(),
        _ => format!(" / {}", names.join(".")),
    }
}

/// What a way starts at: `GET /api/{}/chats/{}` and `GET /api/{}/chats/pinned` are about chats.
fn start(root: &Root) -> String {
    match root {
        Root::Reply { operation, .. } | Root::Body { operation } => {
            format!("at {}", about(operation).join(" "))
        }
        Root::Param { operation, name } => {
            let words = words::singular_last(words::split(name));
            let own = words.join(" ");
            if words.len() == 1 && is_weak(&own) {
                let of = start(&Root::Body { operation: operation.clone() });
                return format!("{own} of {of}");
            }
            own
        }
        Root::Component(name) => format!("in {name}"),
        Root::Envelope => "envelope".to_owned(),
    }
}

/// What an operation is about by its path: the last segment that is named as many things, else the last at all.
fn about(operation: &str) -> Vec<String> {
    let path = operation.split_once(' ').map_or("", |(_, path)| path);
    let fixed =
        path.split('/').rev().filter(|segment| !segment.is_empty() && !segment.contains('{'));
    let mut named = fixed.map(words::split).filter(|words| !words.is_empty());
    let last = named.next().unwrap_or_default();
    let is_many = |words: &Vec<String>| {
        words.last().is_some_and(|word| {
            words::is_plural(word) && !is_weak(word) && !words::is_generic(word)
        })
    };
    let many = std::iter::once(last.clone()).chain(named).find(is_many);
    words::singular_last(many.unwrap_or(last))
}

/// Whether what stands at a place is named as many things, each of which is then one of them.
fn is_named_as_many(place: &Place) -> bool {
    let plural = |name: &str| {
        telling(name).is_some()
            && words::split(name).last().is_some_and(|word| words::is_plural(word))
    };
    match (place.steps.last(), &place.root) {
        (Some(Step::Field(name)), _) => plural(name),
        (None, Root::Component(name)) => plural(name),
        (Some(Step::Item | Step::Value | Step::Arm(_)), _)
        | (None, Root::Reply { .. } | Root::Body { .. } | Root::Param { .. } | Root::Envelope) => {
            false
        }
    }
}

/// Property names that say what kind of thing it is, but not whose: they take their owner's name with them.
pub(crate) fn is_weak(word: &str) -> bool {
    matches!(
        word,
        "status"
            | "type"
            | "state"
            | "kind"
            | "info"
            | "detail"
            | "details"
            | "file"
            | "files"
            | "option"
            | "options"
            | "setting"
            | "settings"
            | "config"
            | "stat"
            | "stats"
            | "statistics"
            | "metadata"
            | "link"
            | "links"
            | "count"
            | "counts"
            | "total"
            | "totals"
            | "summary"
            | "source"
            | "sources"
            | "preview"
            | "permissions"
            | "params"
            | "filters"
            | "filter"
            | "mode"
            | "level"
            | "sort"
            | "order"
            | "direction"
            | "method"
            | "format"
            | "period"
            | "interval"
            | "role"
            | "code"
            | "action"
            | "by"
            | "name"
            | "date"
            | "size"
            | "group"
            | "field"
            | "fields"
            | "error"
            | "errors"
            | "other"
            | "main"
            | "default"
            | "extra"
    )
}
