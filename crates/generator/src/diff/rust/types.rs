//! Structs, enums and unions.

use std::collections::{HashMap, HashSet};

use super::{Comparison, Effect, missing};
use crate::diff::Class;
use crate::emit::face::{Face, FieldFace, KindFace, TypeFace};

/// Which type of the new client is which of the old one: by name, else by a place of both, else, where it can be no
/// other, by what it is made of.
pub(super) fn pair<'f>(old: &'f Face, new: &'f Face) -> Vec<(&'f TypeFace, &'f TypeFace)> {
    let by_name: HashMap<&str, &TypeFace> =
        new.types.iter().map(|ty| (ty.name.as_str(), ty)).collect();
    let known: HashSet<&str> = old.types.iter().map(|ty| ty.name.as_str()).collect();
    let left: Vec<&TypeFace> =
        new.types.iter().filter(|ty| !known.contains(ty.name.as_str())).collect();
    let mut by_place: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut by_parts: HashMap<_, Vec<usize>> = HashMap::new();
    for (index, ty) in left.iter().enumerate() {
        for place in &ty.places {
            by_place.entry(place).or_default().push(index);
        }
        by_parts.entry(parts(ty)).or_default().push(index);
    }
    let mut taken = vec![false; left.len()];
    let mut pairs = Vec::new();
    for ty in &old.types {
        if let Some(other) = by_name.get(ty.name.as_str()) {
            pairs.push((ty, *other));
            continue;
        }
        let at_place = (ty.places.iter())
            .filter_map(|place| by_place.get(place.as_str()))
            .flatten()
            .copied()
            .filter(|index| !taken[*index] && alike(ty, left[*index]))
            .min();
        let only = || {
            let (kind, parts) = parts(ty);
            let many = parts.len() > 1;
            let twins = by_parts.get(&(kind, parts)).filter(|_| many)?;
            let mut free = twins.iter().copied().filter(|index| !taken[*index]);
            free.next().filter(|_| free.next().is_none())
        };
        if let Some(index) = at_place.or_else(only) {
            taken[index] = true;
            pairs.push((ty, left[index]));
        }
    }
    pairs
}

fn alike(one: &TypeFace, two: &TypeFace) -> bool {
    std::mem::discriminant(&one.kind) == std::mem::discriminant(&two.kind)
}

/// What a type is made of, by kind and name.
fn parts(ty: &TypeFace) -> (std::mem::Discriminant<KindFace>, Vec<&str>) {
    let names = match &ty.kind {
        KindFace::Struct { fields, .. } => fields.iter().map(|field| field.wire.as_str()).collect(),
        KindFace::Enum { variants, .. } => variants.iter().map(|(_, wire)| wire.as_str()).collect(),
        KindFace::Union { arms, .. } => arms.iter().map(|(name, _)| name.as_str()).collect(),
        KindFace::Alias(ty) => vec![ty.as_str()],
    };
    (std::mem::discriminant(&ty.kind), names)
}

impl Comparison<'_> {
    pub(super) fn types(&mut self, pairs: &[(&TypeFace, &TypeFace)]) {
        let old: HashSet<&str> = pairs.iter().map(|(old, _)| old.name.as_str()).collect();
        let new: HashSet<&str> = pairs.iter().map(|(_, new)| new.name.as_str()).collect();
        for (old, new) in pairs {
            self.pair_of_types(old, new);
        }
        for ty in self.old.types.iter().filter(|ty| !old.contains(ty.name.as_str())) {
            let users = keys(&ty.users, self.old);
            let text = format!("the type `{}` is gone", ty.name);
            self.effects.push(Effect {
                class: Class::Breaking,
                text,
                anchors: ty.places.clone(),
                users,
                before: Some(ty.pointer.clone()),
                after: None,
            });
        }
        for ty in self.new.types.iter().filter(|ty| !new.contains(ty.name.as_str())) {
            let users = keys(&ty.users, self.new);
            let text = format!("the type `{}` is new", ty.name);
            self.effects.push(Effect {
                class: Class::Addition,
                text,
                anchors: ty.places.clone(),
                users,
                before: None,
                after: Some(ty.pointer.clone()),
            });
        }
    }

    fn pair_of_types(&mut self, old: &TypeFace, new: &TypeFace) {
        if old.name != new.name {
            self.of(
                Class::Breaking,
                format!("the type `{}` is called `{}` now", old.name, new.name),
                (old, new),
                None,
            );
        }
        if old.generic != new.generic {
            let how = if new.generic {
                "takes a type parameter now"
            } else {
                "takes no type parameter any more"
            };
            self.of(Class::Breaking, format!("`{}` {how}", new.name), (old, new), None);
        }
        match (&old.kind, &new.kind) {
            (
                KindFace::Struct { fields: a, traits: one, new: make },
                KindFace::Struct { fields: b, traits: two, new: other },
            ) => {
                self.fields(a, b, (old, new));
                self.traits(one, two, (old, new));
                self.constructor(make.as_deref(), other.as_deref(), (old, new));
            }
            (
                KindFace::Enum { variants: a, integers: one },
                KindFace::Enum { variants: b, integers: two },
            ) => {
                if one != two {
                    self.of(
                        Class::Breaking,
                        format!(
                            "`{}` holds {} now",
                            new.name,
                            if *two { "numbers" } else { "text" }
                        ),
                        (old, new),
                        None,
                    );
                }
                self.variants(a, b, (old, new));
            }
            (KindFace::Union { arms: a, tags: one }, KindFace::Union { arms: b, tags: two }) => {
                self.variants(a, b, (old, new));
                self.conversions(one, two, (old, new));
                self.tags((a, one), (b, two), (old, new));
                let held: HashMap<&str, &str> =
                    a.iter().map(|(name, ty)| (name.as_str(), ty.as_str())).collect();
                for (name, ty) in b {
                    if let Some(before) =
                        held.get(name.as_str()).filter(|before| !self.names.same(before, ty))
                    {
                        self.of(
                            Class::Breaking,
                            format!("`{}::{name}` holds `{ty}` now, and held `{before}`", new.name),
                            (old, new),
                            None,
                        );
                    }
                }
            }
            (KindFace::Alias(a), KindFace::Alias(b)) => {
                if !self.names.same(a, b) {
                    self.of(
                        Class::Breaking,
                        format!("`{}` is `{b}` now, and was `{a}`", new.name),
                        (old, new),
                        None,
                    );
                }
            }
            (a, b) => self.of(
                Class::Breaking,
                format!("`{}` is {} now, and was {}", new.name, what(b), what(a)),
                (old, new),
                None,
            ),
        }
    }

    fn fields(&mut self, a: &[FieldFace], b: &[FieldFace], pair: (&TypeFace, &TypeFace)) {
        let name = &pair.1.name;
        for field in missing(a, b, |field| field.name.as_str()) {
            self.of(
                Class::Breaking,
                format!("`{name}` has no field `{}` any more", field.name),
                pair,
                Some(&field.wire),
            );
        }
        for field in missing(b, a, |field| field.name.as_str()) {
            self.of(
                Class::Addition,
                format!("`{name}` has a field `{}: {}`", field.name, field.ty),
                pair,
                Some(&field.wire),
            );
        }
        let by_name: HashMap<&str, &FieldFace> =
            a.iter().map(|field| (field.name.as_str(), field)).collect();
        for field in b {
            if let Some(before) = by_name
                .get(field.name.as_str())
                .filter(|before| !self.names.same(&before.ty, &field.ty))
            {
                let text = format!(
                    "the field `{}` of `{name}` is `{}` now, and was `{}`",
                    field.name, field.ty, before.ty
                );
                self.of(Class::Breaking, text, pair, Some(&field.wire));
            }
        }
    }

    fn traits(&mut self, a: &[&str], b: &[&str], pair: (&TypeFace, &TypeFace)) {
        for name in missing(a, b, |name| *name) {
            self.of(
                Class::Breaking,
                format!("`{}` is no longer `{name}`", pair.1.name),
                pair,
                None,
            );
        }
        for name in missing(b, a, |name| *name) {
            self.of(Class::Addition, format!("`{}` is `{name}`", pair.1.name), pair, None);
        }
    }

    fn constructor(
        &mut self,
        a: Option<&[String]>,
        b: Option<&[String]>,
        pair: (&TypeFace, &TypeFace),
    ) {
        let ty = |argument: &str| {
            argument.split_once(": ").map_or_else(String::new, |(_, ty)| ty.to_owned())
        };
        let name = &pair.1.name;
        match (a, b) {
            (None, None) => {}
            (Some(a), Some(b)) => {
                if a.len() != b.len()
                    || !a.iter().zip(b).all(|(a, b)| self.names.same(&ty(a), &ty(b)))
                {
                    let text = format!(
                        "`{name}::new({})` is `{name}::new({})` now",
                        a.join(", "),
                        b.join(", ")
                    );
                    self.of(Class::Breaking, text, pair, None);
                }
            }
            (Some(_), None) => {
                self.of(Class::Breaking, format!("`{name}` has no `new` any more"), pair, None)
            }
            (None, Some(b)) => self.of(
                Class::Addition,
                format!("`{name}` has `new({})`", b.join(", ")),
                pair,
                None,
            ),
        }
    }

    fn variants(
        &mut self,
        a: &[(String, String)],
        b: &[(String, String)],
        pair: (&TypeFace, &TypeFace),
    ) {
        for (variant, _) in missing(a, b, |(name, _)| name.as_str()) {
            self.of(Class::Breaking, format!("`{}::{variant}` is gone", pair.1.name), pair, None);
        }
        for (variant, _) in missing(b, a, |(name, _)| name.as_str()) {
            self.of(Class::Addition, format!("`{}::{variant}` is new", pair.1.name), pair, None);
        }
    }

    /// A union can be made from what it holds unless it goes by a tag: then several arms may hold one type.
    fn conversions(&mut self, a: &[Vec<String>], b: &[Vec<String>], pair: (&TypeFace, &TypeFace)) {
        let is_tagged = |tags: &[Vec<String>]| tags.iter().any(|tags| !tags.is_empty());
        let name = &pair.1.name;
        match (is_tagged(a), is_tagged(b)) {
            (false, true) => {
                let text = format!("`{name}` can no longer be made by `From` of what it holds");
                self.of(Class::Breaking, text, pair, None);
            }
            (true, false) => {
                let text = format!("`{name}` can be made by `From` of what it holds");
                self.of(Class::Addition, text, pair, None);
            }
            (false, false) | (true, true) => {}
        }
    }

    /// The values that an arm goes by are no part of a program; the client reads and writes the new ones.
    fn tags(
        &mut self,
        (a, one): (&[(String, String)], &[Vec<String>]),
        (b, two): (&[(String, String)], &[Vec<String>]),
        pair: (&TypeFace, &TypeFace),
    ) {
        let known: HashMap<&str, &Vec<String>> =
            a.iter().map(|(name, _)| name.as_str()).zip(one).collect();
        for ((name, _), tags) in b.iter().zip(two) {
            let Some(before) = known.get(name.as_str()).filter(|before| **before != tags) else {
                continue;
            };
            let shown = |tags: &[String]| {
                let tags: Vec<String> = tags.iter().map(|tag| format!("`{tag}`")).collect();
                if tags.is_empty() { "what it holds".to_owned() } else { tags.join(", ") }
            };
            let text = format!(
                "`{}::{name}` goes by {} now, and went by {}",
                pair.1.name,
                shown(tags),
                shown(before)
            );
            self.of(Class::Fix, text, pair, None);
        }
    }

    /// An effect on a type, or on one of its fields.
    fn of(
        &mut self,
        class: Class,
        text: String,
        (old, new): (&TypeFace, &TypeFace),
        wire: Option<&str>,
    ) {
        let mut anchors: Vec<String> = Vec::new();
        for place in new.places.iter().chain(&old.places) {
            anchors.push(match wire.filter(|wire| !wire.is_empty()) {
                Some(wire) => below(place, wire),
                None => place.clone(),
            });
        }
        anchors.dedup();
        let below = |pointer: &crate::pointer::Pointer| match wire.filter(|wire| !wire.is_empty()) {
            Some(wire) => pointer.child("properties").child(wire),
            None => pointer.clone(),
        };
        let mut users = keys(&new.users, self.new);
        users.extend(keys(&old.users, self.old));
        self.effects.push(Effect {
            class,
            text,
            anchors,
            users,
            before: Some(below(&old.pointer)),
            after: Some(below(&new.pointer)),
        });
    }
}

/// A property's place from its owner's. A place has steps if more than its root's words are there.
fn below(place: &str, wire: &str) -> String {
    let words = place.split(' ').collect::<Vec<_>>();
    let root = match words.as_slice() {
        ["schema", ..] | ["envelope", ..] => 2,
        [_, _, "body", ..] => 3,
        _ => 4,
    };
    format!("{place}{}{wire}", if words.len() > root { '.' } else { ' ' })
}

fn keys(users: &[usize], face: &Face) -> Vec<String> {
    users.iter().filter_map(|index| Some(face.methods.get(*index)?.key.clone())).collect()
}

fn what(kind: &KindFace) -> &'static str {
    match kind {
        KindFace::Struct { .. } => "a struct",
        KindFace::Enum { .. } => "an enum",
        KindFace::Union { .. } => "a union",
        KindFace::Alias(_) => "another name for a type",
    }
}
