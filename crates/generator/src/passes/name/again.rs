//! Published names whose bearer is gone, and the types that may bear them again.
//!
//! A name never goes to another thing. What a document wrote out in place and now keeps among its components is no other
//! thing, nor is what it kept there and now writes out: people tidy their documents.

use std::collections::{HashMap, HashSet};

use crate::lock::Lock;
use crate::lower::reply::stream_status;
use crate::model::{Draft, Place, Root, Shape, Step, TypeId, TypeRef};

/// No way in a document is longer.
const MOST_STEPS: usize = 10_000;

/// Published names that no type bears.
pub(super) struct Returning<'a> {
    draft: &'a Draft,
    /// The places that each name was published for.
    places: HashMap<&'a str, Vec<&'a str>>,
    /// The names of components that are no more.
    components: HashSet<&'a str>,
}

impl<'a> Returning<'a> {
    pub(super) fn of(draft: &'a Draft, lock: &'a Lock) -> Self {
        let mut places: HashMap<&str, Vec<&str>> = HashMap::new();
        for (place, name) in &lock.types {
            places.entry(name).or_default().push(place);
        }
        let kept: HashSet<&str> = draft
            .types
            .ids()
            .flat_map(|id| &draft.types.get(id).places)
            .filter_map(|place| match (&place.root, place.steps.as_slice()) {
                (Root::Component(name), []) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let was_component =
            |place: &&str| place.strip_prefix("schema ").is_some_and(|name| !kept.contains(name));
        let components = places
            .iter()
            .filter(|(_, places)| places.iter().all(&was_component))
            .map(|(name, _)| *name)
            .collect();
        Self { draft, places, components }
    }

    /// Whether a name was ever published.
    pub(super) fn was_published(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// Whether a type is what bore the name.
    pub(super) fn may(&self, name: &str, id: TypeId) -> bool {
        self.components.contains(name)
            || self.places.get(name).is_some_and(|places| {
                self.draft.types.get(id).is_component
                    && places.iter().any(|place| self.standing_at(place) == Some(id))
            })
    }

    /// The type that stands at a place which `names.lock` knows.
    fn standing_at(&self, place: &str) -> Option<TypeId> {
        let (ty, rest) = self.draft.operations.iter().find_map(|operation| {
            let rest = place.strip_prefix(operation.key.as_str())?.strip_prefix(' ')?;
            let body = operation.body.iter().map(|body| ("body".to_owned(), &body.ty));
            let params = operation.params.iter().map(|p| (format!("param {}", p.wire), &p.ty));
            let replies = operation
                .replies
                .iter()
                .filter_map(|reply| Some((format!("reply {}", reply.status), reply.kind.ty()?)));
            // These come first: their places begin as those of replies do.
            let streams = operation.replies.iter().filter_map(|reply| {
                let streamed = reply.streamed.as_ref()?;
                Some((format!("reply {}", stream_status(reply.status)), &streamed.ty))
            });
            body.chain(params).chain(streams).chain(replies).find_map(|(root, ty)| {
                let rest = rest.strip_prefix(root.as_str())?;
                if rest.is_empty() { Some((ty, rest)) } else { Some((ty, rest.strip_prefix(' ')?)) }
            })
        })?;
        self.below(ty, rest)
    }

    /// The type that stands at the end of a way which starts at `ty`.
    fn below(&self, mut ty: &'a TypeRef, mut rest: &str) -> Option<TypeId> {
        let types = &self.draft.types;
        let mut payload = None;
        // Every turn goes down into a type or along the way; both end, but a bound says so without a proof.
        for _ in 0..MOST_STEPS {
            let step = |step: Step| {
                let step = Place { root: Root::Envelope, steps: vec![step] }.to_string();
                let rest = rest.strip_prefix(step.strip_prefix("envelope ")?)?;
                if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
            };
            (ty, rest) = match ty {
                TypeRef::Nullable(inner) | TypeRef::OrEmpty(inner) => (&**inner, rest),
                TypeRef::List(inner) => (&**inner, step(Step::Item)?),
                TypeRef::Map(inner) => (&**inner, step(Step::Value)?),
                TypeRef::Param => (payload.take()?, rest),
                TypeRef::Named(id) if rest.is_empty() => return Some(types.find(*id)),
                TypeRef::Named(id) | TypeRef::Apply(id, _) => {
                    if let TypeRef::Apply(_, inner) = ty {
                        payload = Some(&**inner);
                    }
                    match &types.get(*id).shape {
                        Shape::Struct(shape) => {
                            let field = shape.fields.iter().find_map(|field| {
                                Some((&field.ty, step(Step::Field(field.wire.clone()))?))
                            });
                            let value = || Some((shape.rest.as_ref()?, step(Step::Value)?));
                            field.or_else(value)?
                        }
                        Shape::Union(union) => {
                            let mut arms = union.arms.iter();
                            arms.find_map(|arm| Some((&arm.ty, step(Step::Arm(arm.key.clone()))?)))?
                        }
                        Shape::Alias(ty) => (ty, rest),
                        Shape::Enum(_) => return None,
                    }
                }
                TypeRef::Scalar(_) | TypeRef::Unknown | TypeRef::Any => return None,
            };
        }
        None
    }
}
