//! Finds how pages are walked by what parameters are, and by what an operation's own reply says.
//!
//! A walk that could not tell whether more follows is not offered: it would end early, as if all had come.

use serde_json::Value;

use super::reply::{Kind, items, items_have, pointer_to};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Draft, Location, Method, Operation, Paging, PagingForm, Param, Scalar, TypeRef,
};
use crate::words;

/// Parameters that are a place in a list and nothing else.
const CURSOR: [&str; 12] = [
    "cursor",
    "page_cursor",
    "marker",
    "page_token",
    "next_token",
    "next_cursor",
    "next_page_token",
    "pagination_token",
    "continuation_token",
    "starting_after",
    "start_cursor",
    "bookmark",
];
/// Parameters that may be a place in a list, if the reply says so as well.
const AFTER: [&str; 5] = ["after", "page_after", "after_id", "after_cursor", "start_after"];
const OFFSET: [&str; 3] = ["offset", "skip", "page_offset"];
const LIMIT: [&str; 9] =
    ["limit", "per_page", "page_size", "take", "count", "size", "page_limit", "max_results", "top"];
const PAGE: [&str; 3] = ["page", "page_number", "page_no"];

const NEXT_CURSOR: [&str; 13] = [
    "next_cursor",
    "next_marker",
    "cursor",
    "marker",
    "next_page_token",
    "next_token",
    "continuation_token",
    "end_cursor",
    "next_page_cursor",
    "after",
    "next",
    "next_page",
    "next_bookmark",
];
const NEXT_URL: [&str; 5] = ["next_page", "next_page_url", "next_url", "next", "next_link"];
const LAST: [&str; 4] = ["last_page", "total_pages", "page_count", "pages"];
const MORE: [&str; 6] =
    ["has_more", "has_next", "has_next_page", "has_more_items", "more", "more_available"];

pub(super) fn found(
    draft: &Draft,
    operation: &Operation,
) -> Result<Option<Paging>, Box<Diagnostic>> {
    if operation.method != Method::Get {
        return Ok(None);
    }
    let Some(reply) = operation.outcome.json() else { return Ok(None) };
    let Some(items) = items(draft, reply) else { return Ok(None) };
    let query = |names: &[&str]| {
        operation.params.iter().find(|param| {
            param.location == Location::Query
                && names.contains(&words::split(&param.wire).join("_").as_str())
        })
    };
    let lead = |names: &[&str]| pointer_to(draft, reply, names, Kind::Lead);
    let more = pointer_to(draft, reply, &MORE, Kind::Flag);
    let paging = |param: &Param, form: PagingForm| {
        Some(Paging { param: param.wire.clone(), items: items.clone(), more: more.clone(), form })
    };
    let by_token = |param: &Param| -> Option<Paging> {
        let own = words::split(&param.wire).join("_");
        let names = [format!("next_{own}"), own];
        let named: Vec<&str> =
            NEXT_CURSOR.iter().copied().chain(names.iter().map(String::as_str)).collect();
        // The URL of the next page holds the token as well.
        if let Some(next) = lead(&named).or_else(|| lead(&NEXT_URL)) {
            return paging(param, PagingForm::Cursor { next });
        }
        // The last one that came leads on where the reply says that more follows.
        let is_id = |name: &str| words::split(&param.wire).iter().any(|word| word == name);
        (more.is_some() && is_id("after") && items_have(draft, operation, &items, "id"))
            .then(|| paging(param, PagingForm::LastItem { field: "id".to_owned() }))
            .flatten()
    };
    if let Some(param) = query(&CURSOR) {
        return by_token(param).map(Some).ok_or_else(|| unclear(operation, param));
    }
    if let Some(found) = query(&AFTER).and_then(by_token) {
        return Ok(Some(found));
    }
    if let Some(param) = query(&OFFSET) {
        if !counts(param) {
            return by_token(param).map(Some).ok_or_else(|| unclear(operation, param));
        }
        let limit_param = query(&LIMIT).map(|param| param.wire.clone());
        return Ok(paging(param, PagingForm::Offset { limit_param, next: lead(&NEXT_URL) }));
    }
    if let Some(param) = query(&PAGE) {
        if !counts(param) {
            return by_token(param).map(Some).ok_or_else(|| unclear(operation, param));
        }
        let first = first(param);
        // Whether the last of pages that begin at 0 is their count or one less is not said.
        let last = lead(&LAST).filter(|_| first == 1);
        return Ok(paging(param, PagingForm::Page { first, last, next: lead(&NEXT_URL) }));
    }
    Ok(None)
}

/// Whether a parameter is a number, which a walk may count on. Text is opaque unless what the document shows of it is a
/// number.
fn counts(param: &Param) -> bool {
    match param.ty.non_null() {
        TypeRef::Scalar(Scalar::String) => [&param.default, &param.example]
            .into_iter()
            .flatten()
            .any(|shown| number(shown).is_some()),
        TypeRef::Scalar(_) | TypeRef::Unknown | TypeRef::Any => true,
        _ => false,
    }
}

/// The same for a parameter by its name.
pub(super) fn first_of(operation: &Operation, param: &str) -> u64 {
    operation.params.iter().find(|own| own.wire == param).map_or(1, first)
}

/// The number of the first page: what the server takes by itself, else what the document shows.
fn first(param: &Param) -> u64 {
    let told = param.default.as_ref().and_then(number);
    let shown = || param.example.as_ref().and_then(number).filter(|shown| *shown == 0);
    let least = || param.minimum.filter(|least| *least == 0).map(|_| 0);
    told.or_else(shown).or_else(least).filter(|first| *first <= 1).unwrap_or(1)
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn unclear(operation: &Operation, param: &Param) -> Box<Diagnostic> {
    let message = format!(
        "`{}` is for walking pages, and nothing in the reply says where the next one starts; no walk is offered",
        param.wire
    );
    Box::new(
        Diagnostic::note("paging-unclear", message)
            .at(&operation.pointer)
            .help("say how the pages are walked under `paging` in client.yaml"),
    )
}
