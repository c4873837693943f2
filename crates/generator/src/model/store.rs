//! The store of an API's types: what was read at each place, and which of it stands for one type.
//!
//! What was read is kept as it is. Making two types one only draws a class around them, with a definition of its own
//! beside; so a class can be taken apart again, and what it is made of does not depend on the order in which its
//! members came to it.

use serde_json::Value;

use super::types::{Shape, TypeDef, TypeId, TypeRef};

/// Every type of an API. Types that were made one leave a forwarding address behind.
#[derive(Clone, Debug, Default)]
pub struct Types {
    defs: Vec<TypeDef>,
    forward: Vec<TypeId>,
    /// By the type that stands for the others; empty for those that stand for themselves alone.
    classes: Vec<Option<Box<Class>>>,
    /// Whether nothing leads to the type any more.
    dropped: Vec<bool>,
}

/// Several types that are one.
#[derive(Clone, Debug)]
struct Class {
    members: Vec<TypeId>,
    def: TypeDef,
}

impl Types {
    /// Takes in a type.
    pub fn add(&mut self, def: TypeDef) -> TypeId {
        let id = TypeId(u32::try_from(self.defs.len()).unwrap_or(u32::MAX));
        self.defs.push(def);
        self.forward.push(id);
        self.classes.push(None);
        self.dropped.push(false);
        id
    }

    /// The type that stands for `id` now.
    pub fn find(&self, mut id: TypeId) -> TypeId {
        while self.forward[id.0 as usize] != id {
            id = self.forward[id.0 as usize];
        }
        id
    }

    /// The definition of what stands for `id` now.
    pub fn get(&self, id: TypeId) -> &TypeDef {
        let at = self.find(id).0 as usize;
        match &self.classes[at] {
            Some(class) => &class.def,
            None => &self.defs[at],
        }
    }

    /// The same, to change.
    pub fn get_mut(&mut self, id: TypeId) -> &mut TypeDef {
        let at = self.find(id).0 as usize;
        match &mut self.classes[at] {
            Some(class) => &mut class.def,
            None => &mut self.defs[at],
        }
    }

    /// A type as it was before it became one with others.
    pub fn own(&self, id: TypeId) -> &TypeDef {
        &self.defs[id.0 as usize]
    }

    /// The types that are one with `id`, first seen first.
    pub fn members(&self, id: TypeId) -> Vec<TypeId> {
        let id = self.find(id);
        match &self.classes[id.0 as usize] {
            Some(class) => class.members.clone(),
            None => vec![id],
        }
    }

    /// How many types are one with `id`.
    pub fn size(&self, id: TypeId) -> usize {
        self.classes[self.find(id).0 as usize].as_ref().map_or(1, |class| class.members.len())
    }

    /// Lets `kept` stand for `gone` from now on; `kept` takes over the places.
    pub fn merge(&mut self, kept: TypeId, gone: TypeId) {
        let (kept, gone) = (self.find(kept), self.find(gone));
        if kept == gone {
            return;
        }
        let from = self.class(gone);
        let mut into = self.class(kept);
        self.forward[gone.0 as usize] = kept;
        into.members.extend(from.members);
        into.members.sort();
        take_over(&mut into.def, from.def);
        self.classes[kept.0 as usize] = Some(into);
    }

    /// Takes a class apart into several.
    pub fn split(&mut self, id: TypeId, groups: &[Vec<TypeId>]) {
        let id = self.find(id);
        self.classes[id.0 as usize] = None;
        for member in groups.iter().flatten() {
            self.forward[member.0 as usize] = *member;
        }
        for group in groups {
            for member in group.iter().skip(1) {
                self.merge(group[0], *member);
            }
        }
    }

    /// Leaves a type out from now on: what it was stands elsewhere.
    pub fn drop(&mut self, id: TypeId) {
        self.dropped[id.0 as usize] = true;
    }

    /// Whether a type was left out.
    pub fn is_dropped(&self, id: TypeId) -> bool {
        self.dropped[id.0 as usize]
    }

    fn class(&mut self, id: TypeId) -> Box<Class> {
        self.classes[id.0 as usize].take().unwrap_or_else(|| {
            Box::new(Class { members: vec![id], def: self.defs[id.0 as usize].clone() })
        })
    }

    /// The types that still stand for themselves, first seen first.
    pub fn ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        let stands =
            |index: &usize| self.forward[*index].0 as usize == *index && !self.dropped[*index];
        let ids: Vec<usize> = (0..self.forward.len()).filter(stands).collect();
        ids.into_iter().map(|index| TypeId(index as u32))
    }

    /// The definitions of the types that still stand for themselves.
    pub fn into_defs(self) -> impl Iterator<Item = (TypeId, TypeDef)> {
        let stands: Vec<TypeId> = self.ids().collect();
        let numbered = self.defs.into_iter().zip(self.classes).enumerate();
        numbered.filter_map(move |(index, (def, class))| {
            let id = TypeId(index as u32);
            stands.binary_search(&id).is_ok().then(|| (id, class.map_or(def, |class| class.def)))
        })
    }

    /// How many types were ever added.
    pub fn len(&self) -> usize {
        self.defs.len()
    }

    /// Whether there is no type at all.
    pub fn is_empty(&self) -> bool {
        self.defs.is_empty()
    }

    /// Calls `f` on every reference inside the store, to change it.
    pub fn each_ref_mut(&mut self, f: &mut impl FnMut(&mut TypeRef)) {
        self.shapes_mut().for_each(|shape| shape.each_ref_mut(f));
    }

    /// Points every reference inside the store at the type that stands for it now.
    pub fn settle(&mut self) {
        let forward: Vec<TypeId> =
            (0..self.defs.len()).map(|index| self.find(TypeId(index as u32))).collect();
        for shape in self.shapes_mut() {
            shape.each_ref_mut(&mut |ty| ty.rename(&|id| forward[id.0 as usize]));
        }
    }

    fn shapes_mut(&mut self) -> impl Iterator<Item = &mut Shape> {
        let classes = self.classes.iter_mut().flatten().map(|class| &mut class.def.shape);
        self.defs.iter_mut().map(|def| &mut def.shape).chain(classes)
    }
}

/// What `to` knows once it stands for `from` as well.
fn take_over(to: &mut TypeDef, from: TypeDef) {
    to.places.extend(from.places);
    to.travel = to.travel.with(from.travel);
    if to.given_name.is_none() || (from.is_component && !to.is_component) {
        to.given_name = from.given_name.or(to.given_name.take());
    }
    to.is_component |= from.is_component;
    to.locked_name = to.locked_name.take().or(from.locked_name);
    if to.description.is_empty() {
        to.description = from.description;
    }
    for (to, from) in to.fields.iter_mut().zip(from.fields) {
        if to.description.is_empty() {
            to.description = from.description;
        }
        if to.example.as_ref().is_none_or(Value::is_null) {
            to.example = from.example;
        }
    }
}
