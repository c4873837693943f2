//! Finds out how the pages of an operation are walked: as `client.yaml` says, else by what parameters and replies
//! are called.

use super::Context;
use crate::config::{PagingForm, PagingRule};
use crate::diagnostic::Diagnostic;
use crate::lower::same_operation;
use crate::model::{Draft, Location, Method, Operation, Paging, Shape, TypeRef};
use crate::pointer::Pointer;
use crate::words;

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    for index in 0..draft.operations.len() {
        let operation = &draft.operations[index];
        let rule = context
            .config
            .paging
            .iter()
            .find(|rule| same_operation(&rule.operation, &operation.key));
        let paging = match rule {
            Some(rule) => told(draft, operation, rule, context.diagnostics),
            None => found(draft, operation),
        };
        draft.operations[index].paging = paging;
    }
}

fn told(
    draft: &Draft,
    operation: &Operation,
    rule: &PagingRule,
    diagnostics: &mut crate::diagnostic::Diagnostics,
) -> Option<Paging> {
    let mut complain = |what: String, help: &str| {
        diagnostics.push(
            Diagnostic::error(
                "invalid-paging",
                format!("the paging of `{}` in client.yaml: {what}", rule.operation),
            )
            .help(help),
        );
        None
    };
    if !operation.params.iter().any(|param| param.wire == rule.param) {
        return complain(
            format!("there is no parameter `{}`", rule.param),
            "name a parameter of the operation",
        );
    }
    if items_at(draft, operation, &rule.items).is_none() {
        return complain(
            format!("`{}` leads to no list of objects in the reply", rule.items),
            "give the JSON pointer of the list in the reply",
        );
    }
    let (param, items) = (rule.param.clone(), rule.items.clone());
    match rule.form {
        PagingForm::Offset => Some(Paging::Offset {
            param,
            items,
            limit_param: rule.limit_param.clone(),
            next: rule.next.clone(),
        }),
        PagingForm::Page => {
            Some(Paging::Page { param, items, last: rule.last.clone(), next: rule.next.clone() })
        }
        PagingForm::Cursor | PagingForm::Marker => match &rule.next {
            Some(next) => Some(Paging::Cursor { param, items, next: next.clone() }),
            None => complain(
                "a cursor needs `next`".to_owned(),
                "give the JSON pointer of the next cursor in the reply",
            ),
        },
        PagingForm::DateBackwards => match &rule.field {
            Some(field) => Some(Paging::DateBackwards {
                param,
                items,
                field: field.clone(),
                more: rule.more.clone(),
            }),
            None => complain(
                "a walk by date needs `field`".to_owned(),
                "name the field of an item that holds its date",
            ),
        },
    }
}

fn found(draft: &Draft, operation: &Operation) -> Option<Paging> {
    if operation.method != Method::Get {
        return None;
    }
    let reply = operation.outcome.json()?;
    let items = items(draft, reply)?;
    let query = |names: &[&str]| {
        operation.params.iter().find(|param| {
            param.location == Location::Query
                && names.contains(&words::split(&param.wire).join("_").as_str())
        })
    };
    let next = |names: &[&str]| pointer_to(draft, reply, names);
    const NEXT_URL: [&str; 5] = ["next_page", "next_page_url", "next_url", "next", "next_link"];
    if let Some(param) = query(&[
        "cursor",
        "marker",
        "page_token",
        "next_token",
        "next_cursor",
        "starting_after",
        "after",
    ]) {
        let names = [
            "next_cursor",
            "next_marker",
            "cursor",
            "marker",
            "next_page_token",
            "next_token",
            "end_cursor",
            "after",
            "next",
            "next_page",
        ];
        let next = next(&names)?;
        return Some(Paging::Cursor { param: param.wire.clone(), next, items });
    }
    if let Some(param) = query(&["offset", "skip"]) {
        let limit = query(&["limit", "per_page", "page_size", "take", "count", "size"]);
        return Some(Paging::Offset {
            param: param.wire.clone(),
            limit_param: limit.map(|param| param.wire.clone()),
            next: next(&NEXT_URL),
            items,
        });
    }
    if let Some(param) = query(&["page", "page_number", "page_no"]) {
        return Some(Paging::Page {
            param: param.wire.clone(),
            last: next(&["last_page", "total_pages", "page_count", "pages"]),
            next: next(&NEXT_URL),
            items,
        });
    }
    None
}

/// The pointer to the list of a reply: itself, its payload's, or the only one of a page.
fn items(draft: &Draft, reply: &TypeRef) -> Option<String> {
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
        .or_else(|| root.iter().find(|(wire, _)| wire == "data"))?;
    let (inner, _) = fields(draft, &inside.1)?;
    pick(&lists(&inner)).map(|name| Pointer::root().child(&inside.0).child(&name).to_string())
}

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
    match ty.non_null() {
        TypeRef::List(inner) => match inner.non_null() {
            TypeRef::Named(id) => {
                matches!(draft.types.get(*id).shape, Shape::Struct(_) | Shape::Union(_))
            }
            TypeRef::Scalar(_)
            | TypeRef::List(_)
            | TypeRef::Map(_)
            | TypeRef::Nullable(_)
            | TypeRef::Param
            | TypeRef::Apply(..)
            | TypeRef::Unknown
            | TypeRef::Any => false,
        },
        TypeRef::Named(_)
        | TypeRef::Scalar(_)
        | TypeRef::Map(_)
        | TypeRef::Nullable(_)
        | TypeRef::Param
        | TypeRef::Apply(..)
        | TypeRef::Unknown
        | TypeRef::Any => false,
    }
}

/// The nearest property with one of the names, at most three levels down. Lists are not looked into.
fn pointer_to(draft: &Draft, reply: &TypeRef, names: &[&str]) -> Option<String> {
    let mut level = vec![(Pointer::root(), reply.clone())];
    for _ in 0..3 {
        let mut below = Vec::new();
        for (pointer, ty) in level {
            for (wire, ty) in fields(draft, &ty).map(|(fields, _)| fields).unwrap_or_default() {
                let at = pointer.child(&wire);
                let is_plain =
                    matches!(ty.non_null(), TypeRef::Scalar(_) | TypeRef::Unknown | TypeRef::Any);
                if is_plain && names.contains(&words::split(&wire).join("_").as_str()) {
                    return Some(at.to_string());
                }
                below.push((at, ty));
            }
        }
        level = below;
    }
    None
}

/// The type of the items at a pointer, with the way there.
pub(crate) fn items_at(draft: &Draft, operation: &Operation, pointer: &str) -> Option<TypeRef> {
    let mut ty = operation.outcome.json()?.clone();
    for token in Pointer::parse(pointer)?.tokens() {
        let (fields, _) = fields(draft, &ty)?;
        ty = fields.into_iter().find(|(wire, _)| *wire == token)?.1;
    }
    match ty.non_null() {
        TypeRef::List(inner) => Some((**inner).clone()),
        TypeRef::Named(_)
        | TypeRef::Scalar(_)
        | TypeRef::Map(_)
        | TypeRef::Nullable(_)
        | TypeRef::Param
        | TypeRef::Apply(..)
        | TypeRef::Unknown
        | TypeRef::Any => None,
    }
}
