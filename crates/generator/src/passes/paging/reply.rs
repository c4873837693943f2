//! What a reply says of pages: where its items stand, and where it tells what follows.

use crate::model::{Draft, Operation, Scalar, Shape, TypeRef};
use crate::pointer::Pointer;
use crate::words;

/// The pointer to the list of a reply: itself, its payload's, or the only one of a page.
pub(super) fn items(draft: &Draft, reply: &TypeRef) -> Option<String> {
    if is_list_of_objects(draft, reply) {
        return Some(String::new());
    }
    let (root, payload) = fields(draft, reply)?;
    let lists = |fields: &[(String, TypeRef)]| -> Vec<String> {
        fields
            .iter()
            .filter(|(_, ty)| is_list_of_objects(draft, ty))
            .map(|(wire, _)| wire.clone())
            .collect()
    };
    let own = lists(&root);
    let pick = |names: &[String]| match names {
        [one] => Some(one.clone()),
        several => several.iter().find(|name| words::is_generic(name)).cloned(),
    };
    if let Some(name) = pick(&own) {
        return Some(Pointer::root().child(&name).to_string());
    }
    let inside = payload
        .and_then(|name| root.iter().find(|(wire, _)| *wire == name))
        .or_else(|| root.iter().find(|(wire, _)| AROUND_ITEMS.contains(&wire.as_str())))?;
    let (inner, _) = fields(draft, &inside.1)?;
    pick(&lists(&inner)).map(|name| Pointer::root().child(&inside.0).child(&name).to_string())
}

/// Objects that hold the items of a page, where no list stands beside them; `_embedded` is HAL's.
const AROUND_ITEMS: [&str; 6] = ["data", "_embedded", "result", "results", "response", "payload"];

/// A property's name on the wire, and its type.
type Property = (String, TypeRef);

/// The properties of an object with their types, a payload's parameter filled in, and which one is the payload.
fn fields(draft: &Draft, ty: &TypeRef) -> Option<(Vec<Property>, Option<String>)> {
    let (id, argument) = match ty.non_null() {
        TypeRef::Named(id) => (*id, None),
        TypeRef::Apply(id, argument) => (*id, Some(argument.as_ref())),
        TypeRef::Scalar(_)
        | TypeRef::List(_)
        | TypeRef::Map(_)
        | TypeRef::Nullable(_)
        | TypeRef::OrEmpty(_)
        | TypeRef::Param
        | TypeRef::Unknown
        | TypeRef::Any => return None,
    };
    let Shape::Struct(shape) = &draft.types.get(id).shape else { return None };
    let payload = shape
        .fields
        .iter()
        .find(|field| field.ty == TypeRef::Param)
        .map(|field| field.wire.clone());
    let list = shape
        .fields
        .iter()
        .map(|field| {
            let ty = if field.ty == TypeRef::Param {
                argument.cloned().unwrap_or(TypeRef::Any)
            } else {
                field.ty.clone()
            };
            (field.wire.clone(), ty)
        })
        .collect();
    Some((list, payload))
}

fn is_list_of_objects(draft: &Draft, ty: &TypeRef) -> bool {
    let TypeRef::List(inner) = ty.non_null() else { return false };
    let TypeRef::Named(id) = inner.non_null() else { return false };
    matches!(draft.types.get(*id).shape, Shape::Struct(_) | Shape::Union(_))
}

/// Objects that speak of pages. What others hold under the same names is about something else.
const OF_PAGES: [&str; 10] = [
    "meta",
    "metadata",
    "pagination",
    "paging",
    "paginator",
    "page",
    "page_info",
    "links",
    "cursors",
    "next_page",
];

/// The property with the first of the names that there is, the nearest of those: in the reply, on the way to its items,
/// or in an object that speaks of pages, at most three levels down. Lists are not looked into.
pub(super) fn pointer_to(
    draft: &Draft,
    reply: &TypeRef,
    items: &str,
    names: &[&str],
    kind: Kind,
) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    let mut level = vec![(Pointer::root(), reply.clone())];
    for _ in 0..3 {
        let mut below = Vec::new();
        for (pointer, ty) in level {
            for (wire, ty) in fields(draft, &ty).map(|(fields, _)| fields).unwrap_or_default() {
                let at = pointer.child(&wire);
                let name = words::split(&wire).join("_");
                let rank = names.iter().position(|own| *own == name);
                let better = rank.filter(|rank| best.as_ref().is_none_or(|(own, _)| rank < own));
                let found = better.and_then(|rank| Some((rank, kind.of(draft, &at, &ty)?)));
                best = found.or(best);
                let leads_to_items =
                    items.strip_prefix(at.as_str()).is_some_and(|rest| rest.starts_with('/'));
                if leads_to_items || OF_PAGES.contains(&name.as_str()) {
                    below.push((at, ty));
                }
            }
        }
        level = below;
    }
    best.map(|(_, at)| at)
}

/// The type of the items at a pointer, with the way there.
pub(super) fn items_at(draft: &Draft, operation: &Operation, pointer: &str) -> Option<TypeRef> {
    let mut ty = operation.outcome.json()?.clone();
    for token in Pointer::parse(pointer)?.tokens() {
        let (fields, _) = fields(draft, &ty)?;
        ty = fields.into_iter().find(|(wire, _)| *wire == token)?.1;
    }
    let TypeRef::List(inner) = ty.non_null() else { return None };
    Some((**inner).clone())
}

/// What stands at a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A value that leads on: text or a number.
    Lead,
    /// Text alone: a URL.
    Text,
    /// Yes or no.
    Flag,
}

impl Kind {
    /// Where the value stands: at a pointer itself, or in the link object there, as HAL and JSON:API have them.
    fn of(self, draft: &Draft, at: &Pointer, ty: &TypeRef) -> Option<String> {
        if self.holds(ty.non_null()) {
            return Some(at.to_string());
        }
        let (fields, _) = fields(draft, ty)?;
        let is_link = |(wire, ty): &Property| wire == "href" && Self::Text.holds(ty.non_null());
        let leads = matches!(self, Self::Lead | Self::Text);
        (leads && fields.iter().any(is_link)).then(|| at.child("href").to_string())
    }

    fn holds(self, ty: &TypeRef) -> bool {
        match (self, ty) {
            (Self::Lead, TypeRef::Scalar(scalar)) => *scalar != Scalar::Bool,
            (Self::Text, TypeRef::Scalar(scalar)) => *scalar == Scalar::String,
            (Self::Lead | Self::Text, TypeRef::Unknown | TypeRef::Any) => true,
            (Self::Flag, TypeRef::Scalar(scalar)) => *scalar == Scalar::Bool,
            _ => false,
        }
    }
}

/// Whether every item of a list has a field that can be sent back.
pub(super) fn items_have(draft: &Draft, operation: &Operation, items: &str, field: &str) -> bool {
    let Some(item) = items_at(draft, operation, items) else { return false };
    let Some((fields, _)) = fields(draft, &item) else { return false };
    fields
        .iter()
        .any(|(wire, ty)| wire == field && Kind::Lead.holds(ty) && matches!(ty, TypeRef::Scalar(_)))
}
