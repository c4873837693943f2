//! Names of types.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::again::Returning;
use super::place::Abouts;
use super::suggest::{last_resort, suggested};
use super::truth::Truth;
use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Operation, Root, Step, TypeDef, TypeId, TypeRef};
use crate::passes::Context;

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
    let plan = plan(draft, context);
    plan.unused.iter().for_each(|at| context.diagnostics.push(unused(at)));
    plan.numbered.iter().for_each(|(id, name)| {
        context.diagnostics.push(numbered(draft.types.get(*id), name));
    });
    // Only now may references forget what they were read as: until here a class could be taken apart.
    draft.settle();
    let users = users(draft);
    for (id, name) in plan.names {
        let home = home(draft, id, &name, &users, context);
        draft.names.types.insert(id, name);
        draft.names.homes.insert(id, home);
    }
}

/// The names of all types, before anything is done about them.
pub(super) struct Plan {
    /// By type, in the order of the document.
    pub(super) names: IndexMap<TypeId, String>,
    /// The types that have no name of their own but for a number behind it.
    numbered: Vec<(TypeId, String)>,
    /// The types that no name fits which is still free.
    pub(super) nameless: HashSet<TypeId>,
    /// The places in client.yaml where no type stands.
    unused: Vec<String>,
}

/// Finds a name for every type. It is the same whether it is asked for once or often.
pub(super) fn plan(draft: &Draft, context: &Context<'_>) -> Plan {
    let reached = reached(draft);
    let (insisted, unused) = insisted(draft, context, &reached);
    let again = Returning::of(draft, context.lock);
    let mut taken: HashSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let mut named: HashMap<TypeId, String> = HashMap::new();
    let abouts = Abouts::of(draft);
    let truth = Truth::of(draft);
    let (mut numbered, mut nameless) = (HashMap::new(), HashSet::new());
    for id in in_order(draft, &reached, &insisted) {
        let def = draft.types.get(id);
        let held = [insisted.get(&id), def.locked_name.as_ref()];
        let held = held.into_iter().flatten().find(|name| !taken.contains(*name)).cloned();
        // What was ever published stays with what it was given to, even if that is gone.
        let is_free = |name: &str| {
            !taken.contains(name) && (!again.was_published(name) || again.may(name, id))
        };
        let name = held.unwrap_or_else(|| {
            choose(suggested(&abouts, &truth, def), &is_free).unwrap_or_else(|base| {
                nameless.insert(id);
                let base = base.unwrap_or_else(|| last_resort(&abouts, def));
                if is_free(&base) { base } else { with_number(base, &is_free) }
            })
        });
        if let Some(base) = numbered_base(&name)
            && suggested(&abouts, &truth, def).any(|suggested| suggested == base)
            && !suggested(&abouts, &truth, def).any(|suggested| suggested == name)
            && !insisted.contains_key(&id)
        {
            numbered.insert(id, name.clone());
        }
        taken.insert(name.clone());
        named.insert(id, name);
    }
    // The order of the document, not that of the choice.
    let in_order = |id: &TypeId| named.remove(id).map(|name| (*id, name));
    let names = reached.iter().filter_map(in_order).collect();
    let in_order = |id: &TypeId| numbered.remove(id).map(|name| (*id, name));
    Plan { names, numbered: reached.iter().filter_map(in_order).collect(), nameless, unused }
}

/// The best name that is free, else the best of all, if there is any.
fn choose(
    mut names: impl Iterator<Item = String>,
    is_free: &impl Fn(&str) -> bool,
) -> Result<String, Option<String>> {
    let mut first = None;
    let free = names.find(|name| {
        first.get_or_insert_with(|| name.clone());
        is_free(name)
    });
    if let Some(name) = free {
        return Ok(name);
    }
    let reserved = first.as_deref().filter(|base| RESERVED.contains(base));
    match reserved.map(|base| format!("{base}Type")).filter(|typed| is_free(typed)) {
        Some(typed) => Ok(typed),
        None => Err(first),
    }
}

fn with_number(base: String, is_free: &impl Fn(&str) -> bool) -> String {
    let mut numbers = (2..).map(|number: u32| format!("{base}{number}"));
    numbers.find(|name| is_free(name)).unwrap_or(base)
}

/// A name without the number behind it, if it has one.
fn numbered_base(name: &str) -> Option<&str> {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (base.len() < name.len()).then_some(base)
}

fn numbered(def: &TypeDef, name: &str) -> Diagnostic {
    let message = format!("no better name than `{name}` was found for this type");
    Diagnostic::note("numbered-name", message)
        .at(&def.pointer)
        .help("give it a name under `names` in client.yaml")
}

fn unused(at: &str) -> Diagnostic {
    let message = format!("client.yaml names what stands at `{at}`, and no type stands there");
    Diagnostic::error("unused-name", message)
        .help("names.lock lists the places of every type; correct the place, or remove the name")
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
    operation.outcome.ty().into_iter().for_each(&mut *f);
    operation.streamed().into_iter().for_each(|(_, ty, _)| f(ty));
    for reply in operation.replies.iter().filter(|reply| !reply.status.is_success()) {
        reply.types().for_each(&mut *f);
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

/// The names that client.yaml insists on, and the places that it speaks of in vain.
fn insisted(
    draft: &Draft,
    context: &Context<'_>,
    reached: &[TypeId],
) -> (IndexMap<TypeId, String>, Vec<String>) {
    let mut names = IndexMap::new();
    let mut unused = Vec::new();
    let is_type = |at: &str| at.split(' ').count() != 2 || !at.contains(" /");
    for rule in context.config.names.iter().filter(|rule| is_type(&rule.at)) {
        let at = nameless(&rule.at);
        let stands =
            |id: &&TypeId| draft.types.get(**id).places.iter().any(|place| place.to_string() == at);
        match reached.iter().find(stands) {
            Some(id) => {
                names.insert(*id, rule.name.clone());
            }
            None => unused.push(rule.at.clone()),
        }
    }
    (names, unused)
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
