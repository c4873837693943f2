//! Finds how pages are walked by what parameters are, and by what an operation's own reply says.
//!
//! A walk that could not tell whether more follows is not offered: it would end early, as if all had come.

use serde_json::Value;

use super::reply::{Kind, items, items_have, pointer_to};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Draft, Location, Method, Operation, Paging, PagingForm, Param, Scalar, TypeRef,
};
use crate::pointer::Pointer;
use crate::words;

/// Parameters that are a place in a list and nothing else.
const CURSOR: [&str; 14] = [
    "cursor",
    "page_cursor",
    "page_after",
    "after_cursor",
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
const AFTER: [&str; 3] = ["after", "after_id", "start_after"];
/// The same, where the list is walked back in time. What stands first on a page is not known, so only the reply leads on.
const BEFORE: [&str; 4] = ["before", "page_before", "before_id", "before_cursor"];
const OFFSET: [&str; 3] = ["offset", "skip", "page_offset"];
const LIMIT: [&str; 9] =
    ["limit", "per_page", "page_size", "take", "count", "size", "page_limit", "max_results", "top"];
const PAGE: [&str; 3] = ["page", "page_number", "page_no"];

/// Where a reply gives the next token, the plainest name first: what may be an echo of the request comes last.
const NEXT_CURSOR: [&str; 13] = [
    "next_cursor",
    "next_marker",
    "next_page_token",
    "next_token",
    "continuation_token",
    "next_page_cursor",
    "next_bookmark",
    "next",
    "next_page",
    "end_cursor",
    "cursor",
    "marker",
    "after",
];
/// The same for a parameter that may be a filter as well: nothing that could lead on another parameter.
const NEXT_AFTER: [&str; 5] = ["next_cursor", "next_after", "next_id", "end_cursor", "after"];
/// Here `before` itself would be an echo of the request, or lead to the page before this one.
const NEXT_BEFORE: [&str; 3] = ["next_cursor", "next_before", "next_id"];
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
    let more = pointer_to(draft, reply, &items, &MORE, Kind::Flag);
    let finder = Finder { draft, operation, reply, items, more };
    let query = |names: &[&str]| {
        operation.params.iter().find(|param| {
            param.location == Location::Query
                && names.contains(&words::split(&param.wire).join("_").as_str())
        })
    };
    let (offset, page) = (query(&OFFSET), query(&PAGE));
    let tokens =
        [query(&CURSOR), offset.filter(|own| !counts(own)), page.filter(|own| !counts(own))];
    if let Some(found) = tokens.iter().flatten().find_map(|param| finder.by_token(param)) {
        return Ok(Some(found));
    }
    if let Some(param) = offset.filter(|own| counts(own)) {
        return Ok(Some(finder.by_offset(param, query(&LIMIT))));
    }
    if let Some(param) = page.filter(|own| counts(own)) {
        return Ok(Some(finder.by_page(param)));
    }
    if let Some(found) = query(&AFTER).and_then(|param| finder.by_after(param)) {
        return Ok(Some(found));
    }
    if let Some(found) = query(&BEFORE).and_then(|param| finder.by_before(param)) {
        return Ok(Some(found));
    }
    match tokens.into_iter().flatten().next() {
        Some(param) => Err(unclear(operation, param)),
        None => Ok(None),
    }
}

/// An operation's reply, and what it says of pages.
struct Finder<'a> {
    draft: &'a Draft,
    operation: &'a Operation,
    reply: &'a TypeRef,
    items: String,
    more: Option<String>,
}

impl Finder<'_> {
    fn lead(&self, names: &[&str], kind: Kind) -> Option<String> {
        pointer_to(self.draft, self.reply, &self.items, names, kind)
    }

    fn paging(&self, param: &Param, form: PagingForm) -> Paging {
        let (items, more) = (self.items.clone(), self.more.clone());
        Paging { param: param.wire.clone(), items, more, form }
    }

    /// A parameter that is a place in the list: what the reply gives for it, or the URL that holds it.
    fn by_token(&self, param: &Param) -> Option<Paging> {
        let own = words::split(&param.wire).join("_");
        let next_own = format!("next_{own}");
        let names: Vec<&str> =
            [next_own.as_str()].into_iter().chain(NEXT_CURSOR).chain([own.as_str()]).collect();
        let next = self.lead(&names, Kind::Lead).or_else(|| self.lead(&NEXT_URL, Kind::Text));
        self.cursor(param, next).or_else(|| self.by_last_item(param))
    }

    fn by_after(&self, param: &Param) -> Option<Paging> {
        self.cursor(param, self.lead(&NEXT_AFTER, Kind::Lead)).or_else(|| self.by_last_item(param))
    }

    fn by_before(&self, param: &Param) -> Option<Paging> {
        self.cursor(param, self.lead(&NEXT_BEFORE, Kind::Lead))
    }

    /// A cursor at the end of a page is there on the last page as well, so it leads on only where a flag says so.
    fn cursor(&self, param: &Param, next: Option<String>) -> Option<Paging> {
        let next = next?;
        let token = Pointer::parse(&next)
            .and_then(|next| next.last().map(|last| words::split(&last).join("_")));
        let is_end = token.as_deref() == Some("end_cursor");
        (!is_end || self.more.is_some()).then(|| self.paging(param, PagingForm::Cursor { next }))
    }

    /// The last one that came leads on where the reply says that more follows.
    fn by_last_item(&self, param: &Param) -> Option<Paging> {
        let is_after = words::split(&param.wire).iter().any(|word| word == "after");
        let has_id = items_have(self.draft, self.operation, &self.items, "id");
        (self.more.is_some() && is_after && has_id)
            .then(|| self.paging(param, PagingForm::LastItem { field: "id".to_owned() }))
    }

    /// A number beside an offset is another offset or a page's number, which is none; only a name tells.
    fn by_offset(&self, param: &Param, limit: Option<&Param>) -> Paging {
        let limit_param = limit.map(|param| param.wire.clone());
        let next =
            self.lead(&["next_offset"], Kind::Lead).or_else(|| self.lead(&NEXT_URL, Kind::Text));
        self.paging(param, PagingForm::Offset { limit_param, next })
    }

    fn by_page(&self, param: &Param) -> Paging {
        let first = first(param);
        // Whether the last of pages that begin at 0 is their count or one less is not said.
        let last = self.lead(&LAST, Kind::Lead).filter(|_| first == 1);
        let next = self.lead(&NEXT_URL, Kind::Lead);
        self.paging(param, PagingForm::Page { first, last, next })
    }
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
