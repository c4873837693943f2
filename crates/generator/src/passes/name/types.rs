//! Names of types.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::place::{self, Abouts};
use crate::diagnostic::Diagnostic;
use crate::ident;
use crate::model::{
    Draft, Operation, Place, ReplyKind, Root, Shape, Step, TypeDef, TypeId, TypeRef,
};
use crate::passes::Context;
use crate::words;

/// Names that Rust's prelude and generated code have already.
const RESERVED: [&str; 24] = [
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "String",
    "Box",
    "Default",
    "Clone",
    "Copy",
    "Debug",
    "PartialEq",
    "Eq",
    "Hash",
    "Send",
    "Sync",
    "Sized",
    "Drop",
    "Fn",
    "Into",
    "From",
];

/// The module of types that no single resource owns.
const SHARED: &str = "shared";

pub(super) fn name(draft: &mut Draft, context: &mut Context<'_>) {
    let reached = reached(draft);
    let mut taken: HashSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let insisted = insisted(draft, context, &reached);
    let mut named: IndexMap<TypeId, String> = IndexMap::new();
    let abouts = Abouts::of(draft);
    for id in in_order(draft, &reached, &insisted) {
        let def = draft.types.get(id);
        let given = insisted.get(&id).into_iter().chain(&def.locked_name).cloned();
        let names = given
            .chain(suggested(&abouts, def).map(|words| words::pascal(&ident::clean(words))))
            .filter(|name| !name.is_empty());
        let name = choose(names, &taken, def, context);
        taken.insert(name.clone());
        named.insert(id, name);
    }
    // The order of the document, not that of the choice.
    let users = users(draft);
    for id in reached {
        if let Some(name) = named.get(&id) {
            draft.names.types.insert(id, name.clone());
            let home = home(draft, id, name, &users, context);
            draft.names.homes.insert(id, home);
        }
    }
}

/// Every type that an operation leads to, in the order of the document.
fn reached(draft: &Draft) -> Vec<TypeId> {
    let mut list: Vec<TypeId> = Vec::new();
    let mut seen = HashSet::new();
    for operation in &draft.operations {
        each_root(operation, &mut |ty| visit(draft, ty, &mut seen, &mut list));
    }
    list
}

/// Calls `f` on every type that the generated code of an operation names.
fn each_root(operation: &Operation, f: &mut impl FnMut(&TypeRef)) {
    operation.params.iter().for_each(|param| f(&param.ty));
    if let Some(body) = &operation.body {
        match &body.parts {
            Some(parts) => parts.iter().for_each(|(field, _)| f(&field.ty)),
            None => f(&body.ty),
        }
    }
    operation.outcome.json().into_iter().for_each(&mut *f);
    for reply in operation.replies.iter().filter(|reply| !reply.status.is_success()) {
        if let ReplyKind::Json(ty) = &reply.kind {
            f(ty);
        }
    }
}

fn visit(draft: &Draft, ty: &TypeRef, seen: &mut HashSet<TypeId>, list: &mut Vec<TypeId>) {
    // A stack of its own: types can hold each other deeper than the program's stack goes.
    let mut open: Vec<TypeId> = Vec::new();
    let push = |ty: &TypeRef, open: &mut Vec<TypeId>| {
        ty.each_named(&mut |id| open.push(draft.types.find(id)));
    };
    push(ty, &mut open);
    open.reverse();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            list.push(id);
            // What stands first comes first off the stack.
            let parts = open.len();
            draft.types.get(id).shape.each_ref(&mut |ty| push(ty, &mut open));
            open[parts..].reverse();
        }
    }
}

/// Who may choose first: names that are insisted on, published names, an author's names, then what stands at most places.
fn in_order(draft: &Draft, reached: &[TypeId], insisted: &IndexMap<TypeId, String>) -> Vec<TypeId> {
    let mut order = reached.to_vec();
    order.sort_by_key(|id| {
        let def = draft.types.get(*id);
        let rank = if insisted.contains_key(id) {
            0
        } else if def.locked_name.is_some() {
            1
        } else if def.is_component {
            2
        } else {
            3
        };
        (rank, std::cmp::Reverse(def.places.len()))
    });
    order
}

fn insisted(
    draft: &Draft,
    context: &mut Context<'_>,
    reached: &[TypeId],
) -> IndexMap<TypeId, String> {
    let mut names = IndexMap::new();
    for rule in context
        .config
        .names
        .iter()
        .filter(|rule| rule.at.split(' ').count() != 2 || !rule.at.contains(" /"))
    {
        let at = nameless(&rule.at);
        match reached.iter().find(|id| draft.types.get(**id).places.iter().any(|place| place.to_string() == at)) {
            Some(id) => {
                names.insert(*id, rule.name.clone());
            }
            None => context.diagnostics.push(
                Diagnostic::error("unused-name", format!("client.yaml names what stands at `{}`, and no type stands there", rule.at))
                    .help("names.lock lists the places of every type; correct the place, or remove the name"),
            ),
        }
    }
    names
}

/// A place as a person writes it: parameters of the path may have their names.
fn nameless(at: &str) -> String {
    let mut parts = at.splitn(3, ' ');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(method), Some(path), Some(rest)) if path.starts_with('/') => {
            let mut out = String::new();
            let mut inside = false;
            for c in path.chars() {
                match c {
                    '{' => {
                        inside = true;
                        out.push(c);
                    }
                    '}' => {
                        inside = false;
                        out.push(c);
                    }
                    c if !inside => out.push(c),
                    _ => {}
                }
            }
            format!("{method} {out} {rest}")
        }
        _ => at.to_owned(),
    }
}

fn choose(
    names: impl Iterator<Item = String>,
    taken: &HashSet<String>,
    def: &TypeDef,
    context: &mut Context<'_>,
) -> String {
    let mut first = None;
    for name in names {
        if !taken.contains(&name) {
            return name;
        }
        first.get_or_insert(name);
    }
    let base = first.unwrap_or_else(|| "Unnamed".to_owned());
    let typed = format!("{base}Type");
    if RESERVED.contains(&base.as_str()) && !taken.contains(&typed) {
        return typed;
    }
    let number = (2..).find(|number| !taken.contains(&format!("{base}{number}"))).unwrap_or(2);
    let name = format!("{base}{number}");
    context.diagnostics.push(
        Diagnostic::note(
            "numbered-name",
            format!("no better name than `{name}` was found for this type"),
        )
        .at(&def.pointer)
        .help("give it a name under `names` in client.yaml"),
    );
    name
}

/// The names that a type's places suggest, best first; each is thought of only when those before it are taken.
fn suggested<'a>(
    abouts: &'a Abouts<'a>,
    def: &'a TypeDef,
) -> impl Iterator<Item = Vec<String>> + 'a {
    let given = || def.given_name.iter();
    let enveloped = def.places.first().filter(|place| place.root == Root::Envelope);
    let longer = |place: &'a Place| place::suggestions(abouts, def, place).skip(1);
    given()
        .map(|given| words::split(given))
        .chain(enveloped.into_iter().flat_map(|place| place::suggestions(abouts, def, place)))
        .chain(std::iter::once_with(|| by_roles(abouts, def)).flatten())
        .chain(def.places.iter().flat_map(longer))
        // Two keys can differ in their letters' case alone.
        .chain(given().map(|given| {
            [words::split(given), vec![ident::house_style(given).to_owned()]].concat()
        }))
}

/// What the roles of all places have in common.
fn by_roles(abouts: &Abouts<'_>, def: &TypeDef) -> Vec<Vec<String>> {
    let mut counts: IndexMap<Vec<String>, (usize, usize)> = IndexMap::new();
    for (index, place) in def.places.iter().enumerate() {
        let Some(best) = place::suggestions(abouts, def, place).next() else {
            continue;
        };
        counts.entry(best).or_insert((0, index)).0 += 1;
    }
    if counts.len() <= 1 {
        return counts.into_keys().collect();
    }
    if let Some(parent) = common_parent(abouts, def) {
        return vec![parent];
    }
    let total: usize = counts.values().map(|(count, _)| count).sum();
    let mut ranked: Vec<(Vec<String>, (usize, usize))> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, (count, first))| (std::cmp::Reverse(*count), *first));
    let majority = ranked.first().is_some_and(|(_, (count, _))| count * 2 > total);
    let mut list: Vec<Vec<String>> = ranked.into_iter().map(|(words, _)| words).collect();
    if !majority && list.len() > 2 {
        list.splice(0..0, field_names(def));
    }
    list
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

/// A small type that stands in for many things is called by what it holds.
fn field_names(def: &TypeDef) -> Vec<Vec<String>> {
    match &def.shape {
        Shape::Struct(shape) if shape.fields.len() <= 3 => {
            let words: Vec<String> =
                shape.fields.iter().flat_map(|field| words::split(&field.wire)).collect();
            if words.iter().map(String::len).sum::<usize>() <= 24 {
                vec![words]
            } else {
                Vec::new()
            }
        }
        Shape::Struct(_) | Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => Vec::new(),
    }
}

/// The module of a type: where it was first filed, else the one resource that uses it, else the shared one.
fn home(
    draft: &Draft,
    id: TypeId,
    name: &str,
    users: &HashMap<TypeId, Vec<usize>>,
    context: &Context<'_>,
) -> String {
    if let Some(home) = context.lock.homes.get(name).filter(|home| !home.is_empty()) {
        return home.clone();
    }
    let def = draft.types.get(id);
    let is_envelope = draft.envelope.as_ref().is_some_and(|envelope| envelope.id == id);
    let around_payload = draft.envelope.as_ref().is_some_and(|envelope| {
        def.places.iter().any(|place| {
            matches!(place.steps.first(), Some(Step::Field(first)) if *first != envelope.payload)
                && matches!(place.root, Root::Reply { .. })
        })
    });
    if is_envelope || around_payload {
        return SHARED.to_owned();
    }
    let homes = users.get(&id).map(Vec::as_slice).unwrap_or_default();
    if let [one] = homes {
        draft.names.operations[*one].resource.clone()
    } else {
        SHARED.to_owned()
    }
}

/// The resources that lead to each type, each by its first operation.
fn users(draft: &Draft) -> HashMap<TypeId, Vec<usize>> {
    let mut first: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for (index, names) in draft.names.operations.iter().enumerate() {
        first.entry(&names.resource).or_default().push(index);
    }
    let mut users: HashMap<TypeId, Vec<usize>> = HashMap::new();
    for operations in first.into_values() {
        let (mut seen, mut list) = (HashSet::new(), Vec::new());
        for index in &operations {
            each_root(&draft.operations[*index], &mut |ty| visit(draft, ty, &mut seen, &mut list));
        }
        for id in list {
            users.entry(id).or_default().push(operations[0]);
        }
    }
    users
}
