//! Whether two types can be one, and what that one is.
//!
//! The order is that of looseness: nothing known gives way to anything, an integer to a number, a promise to none.
//! *Anything* is known, and gives way to nothing. A join never makes a field more general than the looser of the two,
//! and never drops one; an enum never gets a value. All of a join is worked out beside the types first, so that one
//! that fails has changed nothing.
//!
//! What a class of types looks like in the end depends on its members alone and not on who came first: see [`cover`].

mod rules;

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::IndexMap;

use crate::model::{
    Arm, Field, FieldDocs, Shape, StructShape, Travel, TypeId, TypeRef, Types, UnionShape,
};
use rules::{alone, both_docs, is_kin, positions, same_values, scalars};

/// How alike two types have to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// In everything, down to the last part.
    Equal,
    /// Most fields shared.
    Kin,
    /// As far as one type can hold both: it is known otherwise that they are one.
    Known,
}

/// Makes one type of two, with all that follows for the types inside. `false` if that cannot be, and then nothing
/// has changed.
pub(super) fn join(types: &mut Types, a: TypeId, b: TypeId, likeness: Likeness) -> bool {
    let mut trial = Trial::new(types, likeness);
    if trial.types(a, b).is_none() {
        return false;
    }
    trial.finish().commit(types);
    true
}

/// The type that covers both references; the types inside are made one where that takes it.
pub(super) fn join_refs(
    types: &mut Types,
    a: &TypeRef,
    b: &TypeRef,
    likeness: Likeness,
) -> Option<TypeRef> {
    let mut trial = Trial::new(types, likeness);
    let joined = trial.refs(a, b)?;
    trial.finish().commit(types);
    Some(joined)
}

struct Trial<'t> {
    store: &'t Types,
    likeness: Likeness,
    outcome: Finished,
    /// Pairs that are being joined further out: a type that holds itself comes back to them.
    open: Vec<(TypeId, TypeId)>,
}

#[derive(Default)]
struct Finished {
    forward: HashMap<TypeId, TypeId>,
    joined: IndexMap<TypeId, (Shape, Vec<FieldDocs>)>,
    merges: Vec<(TypeId, TypeId)>,
    locked: HashMap<TypeId, String>,
}

impl Finished {
    fn commit(self, types: &mut Types) {
        for (kept, gone) in self.merges {
            types.merge(kept, gone);
        }
        for (id, (shape, fields)) in self.joined {
            let def = types.get_mut(id);
            def.shape = shape;
            def.fields = fields;
        }
    }
}

impl<'t> Trial<'t> {
    fn new(store: &'t Types, likeness: Likeness) -> Self {
        Self { store, likeness, outcome: Finished::default(), open: Vec::new() }
    }

    fn finish(self) -> Finished {
        self.outcome
    }

    fn find(&self, id: TypeId) -> TypeId {
        let mut id = self.store.find(id);
        while let Some(next) = self.outcome.forward.get(&id) {
            id = *next;
        }
        id
    }

    /// What a type is by now. It is copied where it was joined before, and rarely it was.
    fn shape(&self, id: TypeId) -> Cow<'t, Shape> {
        match self.outcome.joined.get(&id) {
            Some((shape, _)) => Cow::Owned(shape.clone()),
            None => Cow::Borrowed(&self.store.get(id).shape),
        }
    }

    fn docs(&self, id: TypeId) -> Cow<'t, [FieldDocs]> {
        match self.outcome.joined.get(&id) {
            Some((_, docs)) => Cow::Owned(docs.clone()),
            None => Cow::Borrowed(&self.store.get(id).fields),
        }
    }

    fn types(&mut self, a: TypeId, b: TypeId) -> Option<TypeId> {
        let (a, b) = (self.find(a), self.find(b));
        if a == b || self.open.contains(&(a, b)) || self.open.contains(&(b, a)) {
            return Some(a);
        }
        // A type that is being joined with one type cannot at the same time be joined with another.
        if self.open.iter().any(|(x, y)| [x, y].contains(&&a) || [x, y].contains(&&b)) {
            return None;
        }
        if !self.may_be_one(a, b) {
            return None;
        }
        self.open.push((a, b));
        let joined = match (self.shape(a).as_ref(), self.shape(b).as_ref()) {
            (Shape::Struct(left), Shape::Struct(right)) => self.structs(a, b, left, right),
            (Shape::Enum(left), Shape::Enum(right)) => {
                same_values(left, right).then(|| (Shape::Enum(left.clone()), Vec::new()))
            }
            (Shape::Union(left), Shape::Union(right)) => {
                self.unions(left, right).map(|shape| (Shape::Union(shape), Vec::new()))
            }
            (Shape::Struct(_) | Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_), _) => None,
        };
        self.open.pop();
        let joined = joined?;
        let (kept, gone) = if a <= b { (a, b) } else { (b, a) };
        if let Some(name) = self.locked(kept).or(self.locked(gone)).cloned() {
            self.outcome.locked.insert(kept, name);
        }
        self.outcome.forward.insert(gone, kept);
        self.outcome.joined.shift_remove(&gone);
        self.outcome.joined.insert(kept, joined);
        self.outcome.merges.push((kept, gone));
        Some(kept)
    }

    /// What names and direction say: two published names stay two, and so do two names that authors gave. What was
    /// published as one needs no more to be one than that it can.
    fn may_be_one(&self, a: TypeId, b: TypeId) -> bool {
        let locked = (self.locked(a), self.locked(b));
        let (a, b) = (self.store.get(a), self.store.get(b));
        let alike = match (locked.0, locked.1, self.likeness) {
            (Some(a), Some(b), _) => a == b,
            (Some(_) | None, _, Likeness::Known) => true,
            (Some(_) | None, _, Likeness::Equal | Likeness::Kin) => {
                a.travel == b.travel && a.given_name == b.given_name
            }
        };
        alike && !a.is_component && !b.is_component
    }

    /// The name under which a type, or one that it was joined with, was published.
    fn locked(&self, id: TypeId) -> Option<&String> {
        self.outcome.locked.get(&id).or(self.store.get(id).locked_name.as_ref())
    }

    fn structs(
        &mut self,
        a: TypeId,
        b: TypeId,
        left: &StructShape,
        right: &StructShape,
    ) -> Option<(Shape, Vec<FieldDocs>)> {
        // What is known to be one stays one, even if a request may then leave out what it had to carry.
        let travel = match self.likeness {
            Likeness::Equal | Likeness::Kin => self.store.get(a).travel,
            Likeness::Known => Travel::Reply,
        };
        let wires: HashMap<&str, usize> = positions(&right.fields);
        let shared =
            left.fields.iter().filter(|field| wires.contains_key(field.wire.as_str())).count();
        let (small, large) = (left.fields.len(), right.fields.len());
        let alike = match self.likeness {
            Likeness::Equal => shared == small && shared == large,
            Likeness::Kin => is_kin(shared, small, large),
            Likeness::Known => true,
        };
        if !alike {
            return None;
        }
        let (left_docs, right_docs) = (self.docs(a), self.docs(b));
        let (fields, docs) = self.all_fields((left, &left_docs), (right, &right_docs), travel)?;
        let rest = match (&left.rest, &right.rest) {
            (Some(a), Some(b)) => Some(self.refs(a, b)?),
            (Some(_), None) | (None, Some(_)) if self.likeness == Likeness::Equal => return None,
            (Some(rest), None) | (None, Some(rest)) => Some(rest.clone()),
            (None, None) => None,
        };
        Some((Shape::Struct(StructShape { fields, rest }), docs))
    }

    /// The fields of both, those that only the right one has behind the field that they follow there.
    fn all_fields(
        &mut self,
        (left, left_docs): (&StructShape, &[FieldDocs]),
        (right, right_docs): (&StructShape, &[FieldDocs]),
        travel: Travel,
    ) -> Option<(Vec<Field>, Vec<FieldDocs>)> {
        let there = positions(&right.fields);
        let mut list: Vec<(Field, FieldDocs)> = Vec::with_capacity(left.fields.len());
        for (index, field) in left.fields.iter().enumerate() {
            let own = left_docs.get(index).cloned().unwrap_or_default();
            list.push(match there.get(field.wire.as_str()) {
                Some(&other) => (
                    self.field(field, &right.fields[other], travel)?,
                    both_docs(own, right_docs.get(other)),
                ),
                None => (alone(field, travel)?, own),
            });
        }
        let here = positions(&left.fields);
        let mut behind: Vec<Vec<(Field, FieldDocs)>> = vec![Vec::new(); list.len() + 1];
        let mut at = 0;
        for (index, field) in right.fields.iter().enumerate() {
            match here.get(field.wire.as_str()) {
                Some(&known) => at = known + 1,
                None => {
                    let docs = right_docs.get(index).cloned().unwrap_or_default();
                    behind[at].push((alone(field, travel)?, docs));
                }
            }
        }
        let mut behind = behind.into_iter();
        let first = behind.next().unwrap_or_default();
        let rest = list.into_iter().zip(behind);
        let all = rest.flat_map(|(field, behind)| std::iter::once(field).chain(behind));
        Some(first.into_iter().chain(all).unzip())
    }

    fn unions(&mut self, a: &UnionShape, b: &UnionShape) -> Option<UnionShape> {
        let same = a.arms.len() == b.arms.len()
            && a.tag == b.tag
            && a.arms.iter().zip(&b.arms).all(|(a, b)| a.tags == b.tags);
        if !same {
            return None;
        }
        // What tells the arms of a choice apart is all of them: here only what is equal will do.
        let likeness = std::mem::replace(&mut self.likeness, Likeness::Equal);
        let arms = a
            .arms
            .iter()
            .zip(&b.arms)
            .map(|(a, b)| self.refs(&a.ty, &b.ty).map(|ty| Arm { ty, ..a.clone() }));
        let arms: Option<Vec<Arm>> = arms.collect();
        self.likeness = likeness;
        Some(UnionShape { arms: arms?, ..a.clone() })
    }

    fn field(&mut self, a: &Field, b: &Field, travel: Travel) -> Option<Field> {
        let strict = self.likeness == Likeness::Equal || travel != Travel::Reply;
        if a.only != b.only || a.fill != b.fill || (strict && a.presence != b.presence) {
            return None;
        }
        let joined = self.refs(&a.ty, &b.ty)?;
        // Nothing was known of it since it was null, or its list empty.
        let was_null = matches!(a.ty, TypeRef::Unknown) != matches!(b.ty, TypeRef::Unknown);
        Some(Field {
            wire: a.wire.clone(),
            ty: if was_null { joined.nullable() } else { joined },
            presence: a.presence.max(b.presence),
            only: a.only,
            fill: a.fill.clone(),
        })
    }

    fn refs(&mut self, a: &TypeRef, b: &TypeRef) -> Option<TypeRef> {
        if self.likeness == Likeness::Equal {
            return self.equal_refs(a, b);
        }
        match (a, b) {
            (TypeRef::Unknown, other) | (other, TypeRef::Unknown) => Some(other.clone()),
            (TypeRef::Nullable(a), TypeRef::Nullable(b)) => Some(self.refs(a, b)?.nullable()),
            (TypeRef::Nullable(a), b) => Some(self.refs(a, b)?.nullable()),
            (a, TypeRef::Nullable(b)) => Some(self.refs(a, b)?.nullable()),
            (TypeRef::Scalar(a), TypeRef::Scalar(b)) => scalars(*a, *b).map(TypeRef::Scalar),
            (TypeRef::List(a), TypeRef::List(b)) => Some(self.refs(a, b)?.list()),
            (TypeRef::Map(a), TypeRef::Map(b)) => Some(self.refs(a, b)?.map()),
            (TypeRef::OrEmpty(a), TypeRef::OrEmpty(b)) => Some(self.refs(a, b)?.or_empty()),
            (TypeRef::Named(a), TypeRef::Named(b)) => self.types(*a, *b).map(TypeRef::Named),
            (TypeRef::Any, TypeRef::Any) => Some(TypeRef::Any),
            (TypeRef::Param, TypeRef::Param) => Some(TypeRef::Param),
            (TypeRef::Apply(a, x), TypeRef::Apply(b, y)) if a == b => {
                Some(TypeRef::Apply(*a, Box::new(self.refs(x, y)?)))
            }
            (
                TypeRef::Named(_)
                | TypeRef::Scalar(_)
                | TypeRef::List(_)
                | TypeRef::Map(_)
                | TypeRef::OrEmpty(_)
                | TypeRef::Param
                | TypeRef::Apply(..)
                | TypeRef::Any,
                _,
            ) => None,
        }
    }

    fn equal_refs(&mut self, a: &TypeRef, b: &TypeRef) -> Option<TypeRef> {
        match (a, b) {
            (TypeRef::Nullable(a), TypeRef::Nullable(b)) => Some(self.refs(a, b)?.nullable()),
            (TypeRef::List(a), TypeRef::List(b)) => Some(self.refs(a, b)?.list()),
            (TypeRef::Map(a), TypeRef::Map(b)) => Some(self.refs(a, b)?.map()),
            (TypeRef::OrEmpty(a), TypeRef::OrEmpty(b)) => Some(self.refs(a, b)?.or_empty()),
            (TypeRef::Named(a), TypeRef::Named(b)) => self.types(*a, *b).map(TypeRef::Named),
            (TypeRef::Apply(a, x), TypeRef::Apply(b, y)) if a == b => {
                Some(TypeRef::Apply(*a, Box::new(self.refs(x, y)?)))
            }
            (
                TypeRef::Named(_)
                | TypeRef::Scalar(_)
                | TypeRef::List(_)
                | TypeRef::Map(_)
                | TypeRef::Nullable(_)
                | TypeRef::OrEmpty(_)
                | TypeRef::Param
                | TypeRef::Apply(..)
                | TypeRef::Unknown
                | TypeRef::Any,
                _,
            ) => (a == b).then(|| a.clone()),
        }
    }
}

/// Writes down for every class what its members come to: folded in the order of the document, whatever the order was
/// in which they came to be one. So a run that knows its classes from the lock ends with the same types.
pub(super) fn cover(types: &mut Types) {
    for id in types.ids().collect::<Vec<_>>() {
        if types.size(id) > 1 {
            let (shape, fields) = covering(types, id);
            let def = types.get_mut(id);
            def.shape = shape;
            def.fields = fields;
        }
    }
}

fn covering(types: &Types, id: TypeId) -> (Shape, Vec<FieldDocs>) {
    let def = types.get(id);
    let unchanged = || (def.shape.clone(), def.fields.clone());
    if !matches!(def.shape, Shape::Struct(_)) {
        return unchanged();
    }
    let mut trial = Trial::new(types, Likeness::Known);
    let mut covering: Option<(StructShape, Vec<FieldDocs>)> = None;
    for member in types.members(id) {
        let own = types.own(member);
        // A choice that came down to this type has no fields to add.
        let Shape::Struct(shape) = &own.shape else { continue };
        covering = match covering {
            None => Some((shape.clone(), own.fields.clone())),
            Some((known, docs)) => {
                let sides = ((&known, docs.as_slice()), (shape, own.fields.as_slice()));
                let Some((fields, docs)) = trial.all_fields(sides.0, sides.1, Travel::Reply) else {
                    return unchanged();
                };
                let rest = match (&known.rest, &shape.rest) {
                    (Some(a), Some(b)) => trial.refs(a, b),
                    (rest, None) | (None, rest) => rest.clone(),
                };
                Some((StructShape { fields, rest }, docs))
            }
        };
    }
    covering.map_or_else(unchanged, |(shape, docs)| (Shape::Struct(shape), docs))
}
