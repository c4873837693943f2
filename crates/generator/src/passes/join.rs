//! Whether two types can be one, and what that one is.
//!
//! The order is that of looseness: nothing known gives way to anything, an integer to a number, a promise to none.
//! A join never makes a field more general than the looser of the two, and never drops one. All of a join is
//! worked out beside the types first, so that one that fails has changed nothing.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::IndexMap;

use crate::model::{
    EnumShape, Field, FieldDocs, Presence, Scalar, Shape, StructShape, Travel, TypeId, TypeRef,
    Types,
};

/// How alike two types have to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Most fields shared.
    Kin,
    /// Not at all: it is known otherwise that they are one.
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
                self.enums(left, right).map(|shape| (Shape::Enum(shape), Vec::new()))
            }
            (left @ Shape::Union(_), right @ Shape::Union(_)) => {
                (left == right).then(|| (left.clone(), Vec::new()))
            }
            (Shape::Struct(_) | Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_), _) => None,
        };
        self.open.pop();
        let joined = joined?;
        let (kept, gone) = if a <= b { (a, b) } else { (b, a) };
        self.outcome.forward.insert(gone, kept);
        self.outcome.joined.shift_remove(&gone);
        self.outcome.joined.insert(kept, joined);
        self.outcome.merges.push((kept, gone));
        Some(kept)
    }

    /// What names and direction say: two published names stay two, and so do two components.
    fn may_be_one(&self, a: TypeId, b: TypeId) -> bool {
        let (a, b) = (self.store.get(a), self.store.get(b));
        let names = match (&a.locked_name, &b.locked_name) {
            (Some(a), Some(b)) => a == b,
            (Some(_) | None, _) => true,
        };
        let travel = a.travel == b.travel || self.likeness == Likeness::Known;
        names && !a.is_component && !b.is_component && travel
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
            Likeness::Kin => self.store.get(a).travel,
            Likeness::Known => Travel::Reply,
        };
        let shared = left
            .fields
            .iter()
            .filter(|field| right.fields.iter().any(|other| other.wire == field.wire))
            .count();
        if self.likeness == Likeness::Kin && !is_kin(shared, left.fields.len(), right.fields.len())
        {
            return None;
        }
        let (left_docs, right_docs) = (self.docs(a), self.docs(b));
        let mut fields = Vec::with_capacity(left.fields.len());
        let mut docs = Vec::with_capacity(left.fields.len());
        for (index, field) in left.fields.iter().enumerate() {
            let own = left_docs.get(index).cloned().unwrap_or_default();
            match right.fields.iter().position(|other| other.wire == field.wire) {
                Some(other) => {
                    fields.push(self.field(field, &right.fields[other], travel)?);
                    docs.push(both_docs(own, right_docs.get(other)));
                }
                None => {
                    fields.push(alone(field, travel)?);
                    docs.push(own);
                }
            }
        }
        // What only the other has goes behind the field that it follows there.
        for (index, field) in right.fields.iter().enumerate() {
            if left.fields.iter().any(|other| other.wire == field.wire) {
                continue;
            }
            let before = right.fields[..index]
                .iter()
                .rev()
                .find_map(|before| fields.iter().position(|f: &Field| f.wire == before.wire));
            let at = before.map_or(0, |before| before + 1);
            fields.insert(at, alone(field, travel)?);
            docs.insert(at, right_docs.get(index).cloned().unwrap_or_default());
        }
        let rest = match (&left.rest, &right.rest) {
            (Some(a), Some(b)) => Some(self.refs(a, b)?),
            (Some(rest), None) | (None, Some(rest)) => Some(rest.clone()),
            (None, None) => None,
        };
        Some((Shape::Struct(StructShape { fields, rest }), docs))
    }

    fn field(&mut self, a: &Field, b: &Field, travel: Travel) -> Option<Field> {
        if a.only != b.only || (travel != Travel::Reply && a.presence != b.presence) {
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
        })
    }

    fn refs(&mut self, a: &TypeRef, b: &TypeRef) -> Option<TypeRef> {
        match (a, b) {
            (TypeRef::Unknown, other) | (other, TypeRef::Unknown) => Some(other.clone()),
            (TypeRef::Nullable(a), TypeRef::Nullable(b)) => Some(self.refs(a, b)?.nullable()),
            (TypeRef::Nullable(a), b) => Some(self.refs(a, b)?.nullable()),
            (a, TypeRef::Nullable(b)) => Some(self.refs(a, b)?.nullable()),
            (TypeRef::Scalar(a), TypeRef::Scalar(b)) => scalars(*a, *b).map(TypeRef::Scalar),
            (TypeRef::List(a), TypeRef::List(b)) => Some(self.refs(a, b)?.list()),
            (TypeRef::Map(a), TypeRef::Map(b)) => Some(self.refs(a, b)?.map()),
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
                | TypeRef::Param
                | TypeRef::Apply(..)
                | TypeRef::Any,
                _,
            ) => None,
        }
    }

    fn enums(&self, a: &EnumShape, b: &EnumShape) -> Option<EnumShape> {
        match (a, b) {
            (EnumShape::Strings(a), EnumShape::Strings(b)) => {
                self.values(a, b).map(EnumShape::Strings)
            }
            (EnumShape::Integers(a), EnumShape::Integers(b)) => {
                self.values(a, b).map(EnumShape::Integers)
            }
            (EnumShape::Strings(_), EnumShape::Integers(_))
            | (EnumShape::Integers(_), EnumShape::Strings(_)) => None,
        }
    }

    fn values<T: Clone + PartialEq>(&self, a: &[T], b: &[T]) -> Option<Vec<T>> {
        let shared = a.iter().filter(|value| b.contains(value)).count();
        if self.likeness == Likeness::Kin && !is_kin(shared, a.len(), b.len()) {
            return None;
        }
        let mut all = a.to_vec();
        all.extend(b.iter().filter(|value| !a.contains(value)).cloned());
        Some(all)
    }
}

/// Most of the smaller is shared, and the larger is not another thing altogether.
fn is_kin(shared: usize, a: usize, b: usize) -> bool {
    let (small, large) = (a.min(b), a.max(b));
    shared * 3 >= small * 2 && shared * 2 >= large && shared > 0
}

/// A field that the other type lacks. What a request has to carry must not become optional.
fn alone(field: &Field, travel: Travel) -> Option<Field> {
    if travel != Travel::Reply && field.presence == Presence::Required {
        return None;
    }
    Some(Field { presence: Presence::Optional, ..field.clone() })
}

fn scalars(a: Scalar, b: Scalar) -> Option<Scalar> {
    if a == b {
        return Some(a);
    }
    match (a, b) {
        (Scalar::Int32, Scalar::Int64) | (Scalar::Int64, Scalar::Int32) => Some(Scalar::Int64),
        (Scalar::Float, Scalar::Int32 | Scalar::Int64)
        | (Scalar::Int32 | Scalar::Int64, Scalar::Float) => Some(Scalar::Float),
        (
            Scalar::Bool
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::UInt64
            | Scalar::Float
            | Scalar::String
            | Scalar::Date
            | Scalar::DateTime
            | Scalar::Uuid
            | Scalar::Base64
            | Scalar::Decimal
            | Scalar::Binary,
            _,
        ) => None,
    }
}

fn both_docs(mut own: FieldDocs, other: Option<&FieldDocs>) -> FieldDocs {
    let Some(other) = other else { return own };
    if own.description.is_empty() {
        own.description.clone_from(&other.description);
    }
    if own.example.as_ref().is_none_or(serde_json::Value::is_null) {
        own.example.clone_from(&other.example);
    }
    own.deprecated &= other.deprecated;
    own.notes.retain(|note| other.notes.contains(note));
    own
}
