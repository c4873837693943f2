//! So many items, walked through each paging form.
//!
//! Cuts one page out of N items made from the first item of the fixture, and writes the way to
//! the next page where the document says it stands.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::data::Paging;
use crate::text::{pairs, percent_encode};

/// Most items of one page, whatever the request says.
const PAGE: u64 = 1_000;

/// Most items that are looked through for the one that a walk left off at.
const SEARCHED: u64 = 100_000;

/// What a page is cut for.
pub(crate) struct Walk<'r> {
    pub(crate) total: u64,
    /// Items of a page where the request does not say.
    pub(crate) size: u64,
    /// Query parameters, decoded.
    pub(crate) query: &'r [(&'r str, &'r str)],
    /// URL of the request without its query.
    pub(crate) url: String,
}

impl Walk<'_> {
    fn ask(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .rev()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| *value)
            .filter(|value| !value.is_empty())
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.ask(name)?.parse().ok()
    }

    fn size(&self, paging: &Paging) -> u64 {
        let named = match paging {
            Paging::Offset { limit_param: Some(name), .. } => self.number(name),
            _ => None,
        };
        let usual = || {
            ["limit", "per_page", "perPage", "page_size", "pageSize"]
                .iter()
                .find_map(|name| self.number(name))
        };
        named.or_else(usual).unwrap_or(self.size).clamp(1, PAGE)
    }

    /// The URL of this request with one query parameter changed.
    fn with(&self, name: &str, value: &str) -> String {
        let others = self.query.iter().filter(|(own, _)| *own != name);
        let pairs = others.map(|(own, value)| (*own, *value)).chain([(name, value)]);
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
            .collect();
        format!("{}?{}", self.url, pairs.join("&"))
    }

    /// Rewrites a reply into the page that was asked for. `false` when it has no list of items.
    pub(crate) fn apply(&self, paging: &Paging, body: &mut Value) -> bool {
        let Some(Value::Array(items)) = body.pointer_mut(paging.items()) else { return false };
        let template = items.first().cloned().unwrap_or_else(|| json!({"id": 1}));
        let size = self.size(paging);
        let start = self.start(paging, size, &template);
        let end = start.saturating_add(size).min(self.total);
        let made = (start..end).map(|index| item(&template, index, paging));
        *items = made.collect();
        let more = end < self.total;
        self.lead_on(paging, body, end, size, more);
        flag_more(body, paging.items(), more);
        if let Some(pointer) = paging.more()
            && let Some(slot) = body.pointer_mut(pointer)
        {
            *slot = json!(more);
        }
        true
    }

    fn start(&self, paging: &Paging, size: u64, template: &Value) -> u64 {
        let asked = self.ask(paging.param());
        match paging {
            Paging::Offset { param, .. } => self.number(param).unwrap_or(0),
            Paging::Page { param, first, .. } => {
                let first = first.unwrap_or(1);
                self.number(param).unwrap_or(first).saturating_sub(first).saturating_mul(size)
            }
            Paging::Cursor { .. } | Paging::Marker { .. } => asked
                .map_or(0, |token| token.trim_start_matches("c-").parse().unwrap_or(self.total)),
            Paging::LastItem { .. } => asked.map_or(0, |last| self.after(last, template, paging)),
            Paging::DateBackwards { .. } => asked.and_then(moment).map_or(0, first_until),
        }
    }

    fn lead_on(&self, paging: &Paging, body: &mut Value, end: u64, size: u64, more: bool) {
        let put =
            |body: &mut Value, pointer: &Option<String>, plain: Value, param: &str, text: &str| {
                let Some(slot) = pointer.as_deref().and_then(|pointer| body.pointer_mut(pointer))
                else {
                    return;
                };
                let is_url = slot
                    .as_str()
                    .is_some_and(|old| old.starts_with("http") || old.starts_with('/'));
                *slot = match slot {
                    _ if !more && !slot.is_boolean() => Value::Null,
                    Value::Bool(_) => json!(more),
                    _ if is_url => self.with(param, text).into(),
                    Value::String(_) => text.into(),
                    _ => plain,
                };
            };
        match paging {
            Paging::Offset { param, next, .. } => {
                let url = self.with(param, &end.to_string());
                put(body, next, url.into(), param, &end.to_string());
            }
            Paging::Cursor { param, next, .. } | Paging::Marker { param, next, .. } => {
                put(body, next, json!(end), param, &format!("c-{end}"));
            }
            Paging::Page { param, next, last, first, .. } => {
                let page = end.div_ceil(size).saturating_add(first.unwrap_or(1));
                put(body, next, json!(page), param, &page.to_string());
                let pages = self.total.div_ceil(size).max(1);
                if let Some(slot) = last.as_deref().and_then(|pointer| body.pointer_mut(pointer)) {
                    *slot = match slot {
                        Value::Bool(_) => json!(!more),
                        Value::String(_) => self.with(param, &pages.to_string()).into(),
                        _ => json!(pages),
                    };
                }
            }
            Paging::LastItem { .. } | Paging::DateBackwards { .. } => {}
        }
    }

    /// The place of the item behind the one that was the last; behind all where there is no such item.
    fn after(&self, last: &str, template: &Value, paging: &Paging) -> u64 {
        let Paging::LastItem { field, .. } = paging else { return 0 };
        let Some(first) = template.get(field) else { return self.total };
        let is_last = |index: &u64| match numbered(first, *index) {
            Value::String(text) => text == last,
            other => other.as_u64().is_some_and(|number| last.parse() == Ok(number)),
        };
        (0..self.total.min(SEARCHED)).find(is_last).map_or(self.total, |index| index + 1)
    }
}

/// Whether a walk that has met a page asks for `value` next.
pub(crate) fn leads_to(paging: &Paging, page: &Value, value: &str) -> bool {
    let is = |own: &Value| match own {
        Value::String(own) => own == value,
        Value::Number(own) => own.to_string() == value,
        _ => false,
    };
    let items = || page.pointer(paging.items()).and_then(Value::as_array).into_iter().flatten();
    match paging {
        Paging::Offset { .. } | Paging::Page { .. } => false,
        Paging::Cursor { param, next, .. } | Paging::Marker { param, next, .. } => {
            let Some(next) = next.as_deref().and_then(|next| page.pointer(next)) else {
                return false;
            };
            let query = next.as_str().and_then(|url| url.split_once('?')).map(|(_, query)| query);
            let pairs = query.and_then(|query| pairs(query, 1_000)).unwrap_or_default();
            is(next) || pairs.iter().any(|pair| pair.name == *param && pair.value == value)
        }
        Paging::LastItem { field, .. } => {
            items().last().and_then(|item| item.get(field)).is_some_and(is)
        }
        Paging::DateBackwards { field, .. } => items().any(|item| item.get(field).is_some_and(is)),
    }
}

/// `hasMore` and the like beside the list.
fn flag_more(body: &mut Value, items: &str, more: bool) {
    let parent = items.rsplit_once('/').map_or("", |(parent, _)| parent);
    let Some(Value::Object(siblings)) = body.pointer_mut(parent) else { return };
    for (name, value) in siblings {
        if value.is_boolean()
            && matches!(
                name.to_ascii_lowercase().replace('_', "").as_str(),
                "hasmore" | "hasnext" | "more"
            )
        {
            *value = json!(more);
        }
    }
}

/// The item at an index: the template with an id, and where it matters a date, of its own.
fn item(template: &Value, index: u64, paging: &Paging) -> Value {
    let mut item = template.clone();
    if item.is_number() {
        item = json!(index + 1);
    }
    let leading = match paging {
        Paging::LastItem { field, .. } if field != "id" => Some(field.as_str()),
        _ => None,
    };
    for name in ["id"].into_iter().chain(leading) {
        if let Some(slot) = item.get_mut(name) {
            *slot = numbered(slot, index);
        }
    }
    if let Paging::DateBackwards { field, .. } = paging {
        let slot =
            if field.starts_with('/') { item.pointer_mut(field) } else { item.get_mut(field) };
        if let Some(slot) = slot {
            let spaced = slot.as_str().is_some_and(|text| !text.contains('T'));
            *slot = dated(index, spaced).into();
        }
    }
    item
}

/// What tells an item from the first one.
fn numbered(first: &Value, index: u64) -> Value {
    match first {
        Value::String(text) => format!("{text}-{}", index + 1).into(),
        other => json!(other.as_u64().unwrap_or(0).saturating_add(index)),
    }
}

/// The newest item; each one after it is an hour older.
fn newest() -> DateTime<Utc> {
    DateTime::from_timestamp(1_743_465_599, 0).unwrap_or_default()
}

fn dated(index: u64, spaced: bool) -> String {
    let hours = i64::try_from(index).ok().and_then(Duration::try_hours).unwrap_or_default();
    let date = newest().checked_sub_signed(hours).unwrap_or_default();
    if spaced {
        date.format("%Y-%m-%d %H:%M:%S").to_string()
    } else {
        date.to_rfc3339_opts(SecondsFormat::Secs, false)
    }
}

/// The first item that is not newer than a moment. The moment itself counts, as upstream words it.
fn first_until(moment: DateTime<Utc>) -> u64 {
    let seconds = (newest() - moment).num_seconds();
    u64::try_from(seconds).map_or(0, |seconds| seconds.div_ceil(3600))
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    let spaced = || {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
            .ok()
            .map(|moment| moment.and_utc())
    };
    let bare = || {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
            .ok()
            .map(|moment| moment.and_utc())
    };
    let day = || {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(23, 59, 59)
            .map(|moment| moment.and_utc())
    };
    let full = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc());
    full.or_else(spaced).or_else(bare).or_else(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(paging: &Paging, body: &Value, query: &[(&str, &str)]) -> Value {
        let mut body = body.clone();
        let walk = Walk { total: 5, size: 2, query, url: "http://h/x".to_owned() };
        assert!(walk.apply(paging, &mut body));
        body
    }

    fn ids(body: &Value) -> Vec<u64> {
        let items = body.pointer("/data").and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.get("id")?.as_u64()).collect()
    }

    fn paging(text: &str) -> Paging {
        serde_json::from_str(text).expect("a paging")
    }

    #[test]
    fn offsets_lead_on_by_url() {
        let paging = paging(
            r#"{"form": "offset", "param": "offset", "limit_param": "limit", "items": "/data", "next": "/next"}"#,
        );
        let body = json!({"data": [{"id": 1}], "next": "https://example.com/x?offset=1", "hasMore": false});
        let first = page(&paging, &body, &[("limit", "2"), ("q", "a b")]);
        assert_eq!(
            (ids(&first), &first["next"], &first["hasMore"]),
            (vec![1, 2], &json!("http://h/x?limit=2&q=a%20b&offset=2"), &json!(true))
        );
        let last = page(&paging, &body, &[("offset", "4")]);
        assert_eq!(
            (ids(&last), &last["next"], &last["hasMore"]),
            (vec![5], &Value::Null, &json!(false))
        );
        assert_eq!(
            ids(&page(&paging, &body, &[("offset", "18446744073709551615")])),
            Vec::<u64>::new()
        );
    }

    #[test]
    fn pages_and_cursors() {
        let pages =
            paging(r#"{"form": "page", "param": "page", "items": "/data", "last": "/last"}"#);
        let body = json!({"data": [{"id": 1}], "last": 9});
        assert_eq!(page(&pages, &body, &[("page", "3")]), json!({"data": [{"id": 5}], "last": 3}));
        let cursor =
            paging(r#"{"form": "cursor", "param": "cursor", "items": "/data", "next": "/next"}"#);
        let body = json!({"data": [{"id": 1}], "next": "abc"});
        let first = page(&cursor, &body, &[]);
        assert_eq!((ids(&first), &first["next"]), (vec![1, 2], &json!("c-2")));
        assert_eq!(
            page(&cursor, &body, &[("cursor", "c-4")]),
            json!({"data": [{"id": 5}], "next": null})
        );
        assert_eq!(ids(&page(&cursor, &body, &[("cursor", "abc")])), Vec::<u64>::new());
        let marker =
            paging(r#"{"form": "marker", "param": "marker", "items": "/data", "next": "/next"}"#);
        assert_eq!(
            page(&marker, &json!({"data": [{"id": 1}], "next": 17}), &[("marker", "2")])["next"],
            json!(4)
        );
    }

    #[test]
    fn dates_walk_backwards_to_the_end() {
        let paging = paging(
            r#"{"form": "date_backwards", "param": "endDate", "items": "/data", "field": "date"}"#,
        );
        let body = json!({"data": [{"id": 1, "date": "2025-01-01T01:01:01+01:01"}]});
        let first = page(&paging, &body, &[("endDate", "2025-12-31 00:00:00")]);
        assert_eq!(first["data"][1]["date"], json!("2025-03-31T22:59:59+00:00"));
        assert_eq!(ids(&page(&paging, &body, &[("endDate", "2025-03-31T22:59:59+00:00")])), [2, 3]);
        assert_eq!(ids(&page(&paging, &body, &[("endDate", "2025-03-31 22:59:58")])), [3, 4]);
        assert_eq!(ids(&page(&paging, &body, &[("endDate", "1990-01-01")])), Vec::<u64>::new());
    }
}
