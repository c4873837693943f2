//! The names that would do for a type, best first.
//!
//! Each place of a type suggests names. Of these only such remain as are true at all of its places.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::place::{self, Abouts};
use super::truth::Truth;
use crate::ident;
use crate::model::{Place, Root, Shape, Step, TypeDef};
use crate::passes::role::is_weak;
use crate::words;

/// What is called so has no name at all.
const UNNAMED: &str = "Unnamed";

/// A name that is true everywhere is suggested by nearly every place; so few are asked.
const ASKED: usize = 16;

/// The names for a type; each is thought of only when those before it are taken.
pub(super) fn suggested<'a>(
    abouts: &'a Abouts<'a>,
    truth: &'a Truth<'a>,
    def: &'a TypeDef,
) -> impl Iterator<Item = String> + 'a {
    let given = || truth.given(def).into_iter();
    let mut seen = HashSet::new();
    let contents = || (def.places.len() > 1).then(|| contents(def)).into_iter().flatten();
    let from_places = std::iter::once_with(|| best(abouts, def))
        .flatten()
        .chain(asked(def).flat_map(|place| place::suggestions(abouts, def, place).skip(1)))
        .map(ident::clean)
        .filter(move |words| seen.insert(words.clone()) && truth.holds(words, def));
    // What it holds it holds everywhere.
    let from_places = from_places.chain(std::iter::once_with(contents).flatten());
    // An author's name is true of what the author gave it to.
    given()
        .map(|given| ident::clean(words::split(given)))
        .chain(from_places)
        // Two keys can differ in their letters' case alone.
        .chain(given().map(|given| {
            ident::clean([words::split(given), vec![ident::house_style(given).to_owned()]].concat())
        }))
        .map(|words| words::pascal(&words))
        .filter(|name| !name.is_empty())
}

/// A small type that stands for many things is called by what it holds.
fn contents(def: &TypeDef) -> Option<Vec<String>> {
    let Shape::Struct(shape) = &def.shape else { return None };
    let words: Vec<String> =
        shape.fields.iter().take(3).flat_map(|field| words::split(&field.wire)).collect();
    let letters: usize = words.iter().map(String::len).sum();
    (shape.fields.len() <= 2 && letters <= 24).then(|| ident::clean(words))
}

fn asked(def: &TypeDef) -> impl Iterator<Item = &Place> {
    def.places.iter().take(ASKED)
}

/// The shortest names: that of the envelope, that of a common parent, what most places say, what they all end in.
fn best(abouts: &Abouts<'_>, def: &TypeDef) -> Vec<Vec<String>> {
    if let Some(place) = def.places.first().filter(|place| place.root == Root::Envelope) {
        return place::suggestions(abouts, def, place).collect();
    }
    let mut counts: IndexMap<Vec<String>, usize> = IndexMap::new();
    for place in asked(def) {
        if let Some(best) = place::suggestions(abouts, def, place).next() {
            *counts.entry(best).or_default() += 1;
        }
    }
    if counts.len() <= 1 {
        return counts.into_keys().collect();
    }
    let mut list: Vec<Vec<String>> = common_parent(abouts, def).into_iter().collect();
    let mut ranked: Vec<(Vec<String>, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let ending = common_ending(ranked.iter().map(|(words, _)| words.as_slice()));
    let says_nothing = match ending.as_slice() {
        [] => true,
        [word] => is_weak(word) || words::is_generic(word) || super::truth::is_part(word),
        [_, _, ..] => false,
    };
    list.extend(ranked.into_iter().map(|(words, _)| words));
    list.extend((!says_nothing).then_some(ending));
    list
}

/// What all names end in: `FromUser` and `ToUser` are users.
fn common_ending<'n>(mut names: impl Iterator<Item = &'n [String]>) -> Vec<String> {
    let mut ending = names.next().unwrap_or_default();
    for name in names {
        let same = ending.iter().rev().zip(name.iter().rev());
        let count = same.take_while(|(a, b)| words::is_same(a, b)).count();
        ending = &ending[ending.len() - count..];
    }
    ending.to_vec()
}

/// What to call a type that has no name of its own: what all its places end in, though that may not say much.
pub(super) fn last_resort(abouts: &Abouts<'_>, def: &TypeDef) -> String {
    let firsts: Vec<Vec<String>> =
        asked(def).filter_map(|place| place::suggestions(abouts, def, place).next()).collect();
    let ending = ident::clean(common_ending(firsts.iter().map(Vec::as_slice)));
    if ending.is_empty() { UNNAMED.to_owned() } else { words::pascal(&ending) }
}

/// Several properties of one parent with one shape take the parent's name as one thing.
fn common_parent(abouts: &Abouts<'_>, def: &TypeDef) -> Option<Vec<String>> {
    let first = def.places.first()?;
    let above = parent(first)?;
    let role = Place::role_of;
    let own = role(above);
    let same = def.places.iter().all(|place| parent(place).is_some_and(|steps| role(steps) == own));
    // A parent with a generic name has none to give.
    if !same || own.is_none_or(words::is_generic) || place::roles(above).is_empty() {
        return None;
    }
    let owner = Place { root: first.root.clone(), steps: [above, &[Step::Item]].concat() };
    let mut name = place::suggestions(abouts, def, &owner).next()?;
    // A parent that is one thing itself keeps its name.
    let last = words::split(own?).pop()?;
    if !words::is_plural(&last) {
        name.push("entry".to_owned());
    }
    Some(name)
}

/// The way to what has a place as its property, if that is no root.
fn parent(place: &Place) -> Option<&[Step]> {
    match place.steps.split_last() {
        Some((Step::Field(_), above)) if !above.is_empty() => Some(above),
        Some((Step::Field(_) | Step::Item | Step::Value | Step::Arm(_), _)) | None => None,
    }
}
