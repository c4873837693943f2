//! What a place says of the type that stands there: from the shortest name to the longest.

use std::collections::HashMap;
use std::rc::Rc;

use crate::ident;
use crate::model::{ArmKey, Draft, Method, Operation, Place, Root, Shape, Step, TypeDef, TypeRef};
use crate::passes::role::is_weak;
use crate::words;

/// What an operation says of every place in it, found out once.
struct About<'d> {
    operation: &'d Operation,
    resource: Vec<String>,
    method: Vec<String>,
    noun: Vec<String>,
}

/// What all operations say, by their keys.
pub(super) struct Abouts<'d>(HashMap<&'d str, About<'d>>);

impl<'d> Abouts<'d> {
    pub(super) fn of(draft: &'d Draft) -> Self {
        let about = |operation: &'d Operation| {
            let resource = operation.group.clone();
            let method = super::operations::method_words(operation, &resource);
            let noun = noun(operation, &resource, &method);
            (operation.key.as_str(), About { operation, resource, method, noun })
        };
        // Of two with one key the first counts.
        Self(draft.operations.iter().rev().map(about).collect())
    }
}

/// Names as words, best first. They are put together as they are asked for: of most places only the best is.
pub(super) type Suggestions<'a> = Box<dyn Iterator<Item = Vec<String>> + 'a>;

/// The names that a place suggests.
pub(super) fn suggestions<'a>(
    abouts: &'a Abouts<'a>,
    def: &'a TypeDef,
    place: &'a Place,
) -> Suggestions<'a> {
    if let Root::Component(name) = &place.root {
        return component(name, place);
    }
    let about = place.operation().and_then(|key| abouts.0.get(key));
    let mut roles = roles(&place.steps);
    if let Root::Param { name, .. } = &place.root {
        roles.insert(0, role_words(name));
    }
    let Some(about) = about else {
        return Box::new(widening(roles.into(), Vec::new()));
    };
    if roles.is_empty() {
        let list = at_root(about, def, place).into_iter();
        return Box::new(list.chain(std::iter::once_with(|| in_full(about, place, &[]))));
    }
    let roles: Rc<[Vec<String>]> = roles.into();
    let owner = within(words::singular_last(about.noun.clone()), place);
    let list = widening(Rc::clone(&roles), owner);
    // A weak name alone would be taken for another's.
    let is_weak = roles.last().is_some_and(|own| own.len() == 1 && is_weak(&own[0]));
    let skipped = usize::from(is_weak && list.len() > 1);
    let is_input = matches!(place.root, Root::Body { .. }) && matches!(def.shape, Shape::Struct(_));
    let list = list.skip(skipped).map(move |mut words| {
        add_variant(&mut words, place);
        if is_input {
            words.push("input".to_owned());
        }
        words
    });
    Box::new(list.chain(std::iter::once_with(move || in_full(about, place, &roles))))
}

/// What stands for one of several is not the choice itself.
fn add_variant(words: &mut Vec<String>, place: &Place) {
    if let Some(Step::Arm(key)) = place.steps.last() {
        words.extend(arm_words(key));
    }
}

/// What an arm is, beside the choice that it belongs to.
fn arm_words(key: &ArmKey) -> Vec<String> {
    let variant = || vec!["variant".to_owned()];
    match key {
        ArmKey::Said(name) => {
            let own = words::split(name);
            let is_name =
                own.first().is_some_and(|word| word.starts_with(|c: char| c.is_alphabetic()))
                    && !ident::is_long(&own);
            if is_name { own } else { variant() }
        }
        ArmKey::Holds(property) => {
            let own = words::split(property);
            if own.is_empty() || ident::is_long(&own) {
                return variant();
            }
            std::iter::once("with".to_owned()).chain(own).collect()
        }
        ArmKey::Made(_) | ArmKey::At(_) => variant(),
    }
}

/// Resource, method and role one after the other: long, but no other place's.
fn in_full(about: &About<'_>, place: &Place, roles: &[Vec<String>]) -> Vec<String> {
    let resource = words::singular_last(about.resource.clone());
    let last = match (&place.root, place.steps.last()) {
        (Root::Body { .. }, _) => vec!["input".to_owned()],
        (_, Some(Step::Item | Step::Value)) => vec!["item".to_owned()],
        (Root::Reply { .. }, _) if roles.is_empty() => vec!["reply".to_owned()],
        (Root::Reply { .. } | Root::Param { .. } | Root::Component(_) | Root::Envelope, _) => {
            Vec::new()
        }
    };
    joined([&resource, &about.method].into_iter().chain(roles).chain([&last]))
}

fn component<'a>(name: &str, place: &'a Place) -> Suggestions<'a> {
    let own = words::split(name);
    let roles = roles(&place.steps);
    if roles.is_empty() {
        let with = |word: String| [own.as_slice(), &[word]].concat();
        let list = match place.steps.last() {
            None => vec![own],
            Some(Step::Arm(key)) => {
                let arm = arm_words(key);
                vec![joined([&own, &arm].into_iter()), [own.as_slice(), &arm].concat()]
            }
            Some(Step::Item) => vec![with("item".to_owned()), own],
            Some(Step::Field(_) | Step::Value) => vec![with("value".to_owned()), own],
        };
        return Box::new(list.into_iter());
    }
    let list = widening(roles.into(), within(own, place));
    // Beside an author's names, a part of a component goes by its owner.
    let skipped = usize::from(list.len() > 1);
    Box::new(list.skip(skipped).map(|mut words| {
        add_variant(&mut words, place);
        words
    }))
}

/// An owner and the arms of it that a place lies in: the parts of one arm are not those of another.
fn within(owner: Vec<String>, place: &Place) -> Vec<String> {
    let inner = place.steps.len().saturating_sub(1);
    let arms = place.steps[..inner].iter().filter_map(|step| match step {
        Step::Arm(key @ ArmKey::Said(_)) => Some(arm_words(key)),
        Step::Arm(_) | Step::Field(_) | Step::Item | Step::Value => None,
    });
    arms.fold(owner, |owner, arm| joined([&owner, &arm].into_iter()))
}

/// From the last role alone to all of them with the owner in front.
fn widening(
    roles: Rc<[Vec<String>]>,
    owner: Vec<String>,
) -> impl ExactSizeIterator<Item = Vec<String>> {
    // How many roles a name is made of, and whether the owner stands in front.
    let mut list: Vec<(usize, bool)> = (1..=roles.len()).map(|count| (count, false)).collect();
    if !owner.is_empty() {
        if !roles.is_empty() {
            list.insert(2.min(list.len()), (1, true));
        }
        list.push((roles.len(), true));
    }
    list.into_iter().map(move |(count, owned)| {
        joined(owned.then_some(&owner).into_iter().chain(&roles[roles.len() - count..]))
    })
}

/// The roles one after the other, without saying a word twice.
fn joined<'r>(roles: impl Iterator<Item = &'r Vec<String>>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for role in roles {
        let overlap = (1..=role.len().min(all.len())).rev().find(|&length| {
            let end = &all[all.len() - length..];
            end.iter().zip(role).all(|(a, b)| words::is_same(a, b))
        });
        all.extend_from_slice(&role[overlap.unwrap_or(0)..]);
    }
    all
}

/// The property names on the way that say something, each as one thing where it stands for many.
pub(super) fn roles(steps: &[Step]) -> Vec<Vec<String>> {
    let mut list = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        if let Step::Field(name) = step {
            let many = match steps.get(index + 1) {
                Some(Step::Item | Step::Value) => true,
                Some(Step::Field(key)) => key.starts_with(|c: char| c.is_numeric()),
                Some(Step::Arm(_)) | None => false,
            };
            let own = words::split(name);
            let own = if many { words::singular_last(own) } else { own };
            // Keys that are ids or dates name one of many, not what they all are.
            let is_key = own.first().is_some_and(|word| word.starts_with(|c: char| c.is_numeric()));
            let says_nothing = own.is_empty()
                || words::is_generic(name)
                || (own.len() == 1 && words::is_generic(&own[0]));
            if !is_key && !says_nothing {
                list.push(own);
            }
        }
    }
    list
}

fn role_words(name: &str) -> Vec<String> {
    words::singular_last(words::split(name))
}

/// What stands at the root of a reply or body, past generic properties.
fn at_root(about: &About<'_>, def: &TypeDef, place: &Place) -> Vec<Vec<String>> {
    let About { operation, resource, method, noun } = about;
    let with = |word: &str| [words::singular_last(noun.clone()), vec![word.to_owned()]].concat();
    let verb = verb(operation);
    if let Root::Body { .. } = place.root {
        return vec![with("input"), [verb, noun.clone(), vec!["input".to_owned()]].concat()];
    }
    if let Some(Step::Arm(key)) = place.steps.last() {
        let arm = [words::singular_last(noun.clone()), arm_words(key)].concat();
        return vec![with("reply"), arm, with("variant")];
    }
    if let Shape::Union(_) = def.shape {
        return vec![with("reply")];
    }
    let is_item = place.steps.iter().any(|step| match step {
        Step::Item | Step::Value => true,
        Step::Field(key) => key.starts_with(|c: char| c.is_numeric()),
        Step::Arm(_) => false,
    });
    let about_many = noun.last().is_some_and(|word| words::is_plural(word));
    let single = words::singular_last(noun.clone());
    if is_item {
        let plain = if about_many || noun == resource || place.steps.len() < 3 {
            single.clone()
        } else {
            with("item")
        };
        return vec![plain, with("item"), [noun.clone(), verb].concat()];
    }
    if operation.method != Method::Get && is_small(def) {
        let parts =
            [words::singular_last(resource.clone()), method.clone(), vec!["reply".to_owned()]];
        let whole = joined(parts.iter());
        return vec![whole, [verb, noun.clone(), vec!["reply".to_owned()]].concat()];
    }
    if holds_items(def) && (about_many || noun == resource) {
        return vec![with("page"), [single, verb, vec!["page".to_owned()]].concat()];
    }
    // One object that is called many things, such as settings, is not one of them.
    let ends_fixed = operation
        .path
        .rsplit('/')
        .find(|segment| !segment.is_empty())
        .is_some_and(|segment| !segment.contains('{'));
    let single = if about_many && ends_fixed && operation.method == Method::Get {
        noun.clone()
    } else {
        single
    };
    vec![single.clone(), with("reply"), [single, verb, vec!["reply".to_owned()]].concat()]
}

fn is_small(def: &TypeDef) -> bool {
    matches!(&def.shape, Shape::Struct(shape) if shape.fields.len() <= 4)
}

/// Whether it is a page around a list.
fn holds_items(def: &TypeDef) -> bool {
    match &def.shape {
        Shape::Struct(shape) => shape.fields.iter().any(|field| {
            matches!(field.ty.non_null(), TypeRef::List(inner) if matches!(inner.non_null(), TypeRef::Named(_)))
                && words::split(&field.wire).last().is_some_and(|word| words::is_generic(word))
        }),
        Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => false,
    }
}

/// What an operation is about: its id's words without verbs, or its resource. `fansListExpired` is about expired fans.
fn noun(operation: &Operation, resource: &[String], method: &[String]) -> Vec<String> {
    let mut all = operation.words.clone();
    // What is done comes first in what is left without the resource, whatever the verb.
    if operation.method != Method::Get
        && method.len() > 1
        && let Some(at) = all.iter().position(|word| *word == method[0])
    {
        all.remove(at);
    }
    let mut nouns: Vec<String> = Vec::new();
    // What comes behind a preposition says of which: `listFieldsOfList` is about fields.
    if let Some(cut) = all.iter().position(|word| words::is_preposition(word))
        && all[..cut].iter().any(|word| !words::is_plain_verb(word) && !words::is_filler(word))
    {
        all.truncate(cut);
    }
    for word in
        all.into_iter().filter(|word| !words::is_plain_verb(word) && !words::is_filler(word))
    {
        nouns.retain(|known| !words::is_same(known, &word));
        nouns.push(word);
    }
    if nouns.is_empty() || nouns.len() > 4 {
        nouns = resource.to_vec();
    }
    while nouns.len() > 1 && nouns.last().is_some_and(|word| words::is_adjective(word)) {
        if let Some(adjective) = nouns.pop() {
            nouns.insert(0, adjective);
        }
        if nouns.iter().all(|word| words::is_adjective(word)) {
            break;
        }
    }
    let last = nouns.len().saturating_sub(1);
    for word in &mut nouns[..last] {
        *word = words::singular(word).into_owned();
    }
    nouns
}

/// What an operation does: its id's words that are plain verbs, or its method.
fn verb(operation: &Operation) -> Vec<String> {
    let verbs: Vec<String> =
        operation.words.iter().filter(|word| words::is_plain_verb(word)).take(1).cloned().collect();
    if verbs.is_empty() && operation.method == Method::Delete {
        vec!["delete".to_owned()]
    } else {
        verbs
    }
}
