//! The state of a walk: from one reply to the next request. It knows no types of entries and sends nothing.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use reqwest::Url;
use serde_json::Value;

use super::rule::{Form, Paging};
use crate::encode::params::text;
use crate::encode::percent;
use crate::error::{Error, Result};
use crate::request::Request;
use crate::scalar::{DateTime, Scalar};

/// A walk of more pages than this is a walk in circles that nothing else has caught.
const MOST_PAGES: usize = 10_000;

pub(super) struct Walk {
    rule: Paging,
    /// The request of the page that was asked for last.
    current: Request,
    next: Option<Request>,
    pages: usize,
    pub(super) max_pages: Option<usize>,
    cursors: HashSet<String>,
    /// Entries of the last page, by hash: at the seam of two pages in time the same ones come again.
    seam: HashSet<u64>,
    largest: usize,
}

/// What one reply means for the walk.
pub(super) struct Step {
    /// For each entry whether it was given before. Empty when none was.
    pub(super) repeated: Vec<bool>,
}

impl Walk {
    pub(super) fn new(rule: Paging, first: Request) -> Self {
        let mut cursors = HashSet::new();
        cursors.extend(param_of(&first, rule.param));
        Self {
            rule,
            next: Some(first.clone()),
            current: first,
            pages: 0,
            max_pages: None,
            cursors,
            seam: HashSet::new(),
            largest: 0,
        }
    }

    /// The request for the next page; `None` at the end.
    pub(super) fn next_request(&mut self) -> Result<Option<Request>> {
        if self.max_pages.is_some_and(|most| self.pages >= most) {
            self.next = None;
        }
        let Some(request) = self.next.take() else { return Ok(None) };
        if self.pages == MOST_PAGES {
            return Err(Error::paging(format!(
                "more than {MOST_PAGES} pages; `max_pages` sets a limit of your own"
            )));
        }
        self.pages += 1;
        self.current = request.clone();
        Ok(Some(request))
    }

    /// Takes in a page, and settles whether and where the walk goes on.
    pub(super) fn advance(&mut self, reply: &Value) -> Result<Step> {
        let entries = reply
            .pointer(self.rule.items)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut step = Step { repeated: Vec::new() };
        let more = reply
            .pointer(self.rule.more)
            .filter(|_| !self.rule.more.is_empty())
            .and_then(Value::as_bool);
        if matches!(self.rule.form, Form::DateBackwards { .. }) {
            step.repeated = self.repeated(entries);
        }
        let change = if more == Some(false) {
            None
        } else {
            let change = match self.rule.form {
                Form::Offset { limit_param, next } => {
                    self.by_offset(reply, entries.len(), limit_param, next)?
                }
                Form::Page { first, last, next } => {
                    self.by_page(reply, entries.len(), first, last, next)?
                }
                Form::Cursor { next } => self.told(reply, next)?,
                Form::LastItem { field } => self.by_last_item(entries, field)?,
                Form::DateBackwards { field } => {
                    self.by_date(entries, field, more, &step.repeated)?
                }
            };
            if more == Some(true) && change.is_none() {
                return Err(Error::paging(format!(
                    "{} of the reply says that more follows, and the reply not where; a rule under `paging` in client.yaml without `more: {0}` does not trust it",
                    self.rule.more
                )));
            }
            change
        };
        self.largest = self.largest.max(entries.len());
        self.next = match change {
            Some(pairs) => Some(self.changed(pairs)?),
            None => None,
        };
        Ok(step)
    }

    /// The request of the last page with other parameters. The parameter of the walk must be new.
    fn changed(&mut self, pairs: Vec<(String, String)>) -> Result<Request> {
        let mut request = self.current.clone();
        for (name, value) in pairs {
            if name == self.rule.param && !self.cursors.insert(value.clone()) {
                return Err(Error::paging(format!(
                    "`{name}` is {value} for the second time, so the walk would go in circles"
                )));
            }
            request.query.set(&name, value);
        }
        Ok(request)
    }

    fn by_offset(
        &self,
        reply: &Value,
        count: usize,
        limit_param: &str,
        next: &str,
    ) -> Result<Option<Vec<(String, String)>>> {
        if !next.is_empty() {
            let told = self.told(reply, next)?;
            // Only where the walk stands and how far a page reaches is taken from the URL.
            return Ok(told.map(|pairs| {
                pairs
                    .into_iter()
                    .filter(|(name, _)| name == self.rule.param || name == limit_param)
                    .collect()
            }));
        }
        if count == 0 {
            return Ok(None);
        }
        let now: u64 = param_of(&self.current, self.rule.param)
            .and_then(|value| value.parse().ok())
            .unwrap_or_default();
        Ok(Some(self.pair(now.saturating_add(count as u64).to_string())))
    }

    fn by_page(
        &self,
        reply: &Value,
        count: usize,
        first: u64,
        last: &str,
        next: &str,
    ) -> Result<Option<Vec<(String, String)>>> {
        if !next.is_empty() {
            let told = self.told(reply, next)?;
            return Ok(told.map(|pairs| {
                pairs.into_iter().filter(|(name, _)| name == self.rule.param).collect()
            }));
        }
        let now: u64 = param_of(&self.current, self.rule.param)
            .and_then(|value| value.parse().ok())
            .unwrap_or(first);
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let is_last = match reply.pointer(last).filter(|_| !last.is_empty()).and_then(number) {
            Some(last) => now >= last,
            None => count == 0,
        };
        Ok((!is_last).then(|| self.pair(now.saturating_add(1).to_string())))
    }

    fn by_last_item(
        &self,
        entries: &[Value],
        field: &str,
    ) -> Result<Option<Vec<(String, String)>>> {
        let Some(last) = entries.last() else { return Ok(None) };
        match last.get(field) {
            Some(value @ (Value::String(_) | Value::Number(_))) => Ok(Some(self.pair(text(value)))),
            _ => Err(Error::paging(format!("the last entry of the page has no `{field}`"))),
        }
    }

    /// What the reply itself says about the next page: a value for the parameter, or a URL that holds it.
    fn told(&self, reply: &Value, pointer: &str) -> Result<Option<Vec<(String, String)>>> {
        let value = match reply.pointer(pointer) {
            None | Some(Value::Null | Value::Bool(false)) => return Ok(None),
            Some(value) => text(value),
        };
        if value.is_empty() {
            return Ok(None);
        }
        let is_url = value.starts_with("http://") || value.starts_with("https://");
        let query = if is_url {
            let url = Url::parse(&value).map_err(|error| {
                Error::paging(format!("the next page's URL is malformed: {error}"))
            })?;
            self.check_origin(&url)?;
            url.query().map(str::to_owned).unwrap_or_default()
        } else if value.starts_with(['/', '?']) && value.contains('?') {
            value.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
        } else {
            return Ok(Some(self.pair(value)));
        };
        let pairs = percent::parse_pairs(&query);
        if pairs.iter().any(|(name, _)| name == self.rule.param) {
            let own = |name: &str| name == self.rule.param || !is_nested(name);
            return Ok(Some(pairs.into_iter().filter(|(name, _)| own(name)).collect()));
        }
        Err(Error::paging(format!("the next page's URL does not hold `{}`", self.rule.param)))
    }

    /// A next page on another host is refused. The request itself always goes to the client's own base URL,
    /// so the key would not travel; but a service that points elsewhere is not to be trusted with the walk.
    fn check_origin(&self, url: &Url) -> Result<()> {
        let Some(client) = &self.current.client else { return Ok(()) };
        let documented = Url::parse(client.inner().service.base_url).ok();
        let is_known = client.base_url().origin() == url.origin()
            || documented.is_some_and(|known| known.origin() == url.origin());
        if is_known {
            return Ok(());
        }
        Err(Error::paging(format!(
            "the next page lies on another host, {}",
            url.origin().ascii_serialization()
        )))
    }

    /// Which entries were on the page before. Replaces what is known about the seam.
    fn repeated(&mut self, entries: &[Value]) -> Vec<bool> {
        let hashes: Vec<u64> = entries.iter().map(hash).collect();
        let repeated = hashes.iter().map(|hash| self.seam.contains(hash)).collect();
        self.seam = hashes.into_iter().collect();
        repeated
    }

    /// `more` is what the reply itself says about whether anything older follows.
    fn by_date(
        &self,
        entries: &[Value],
        field: &str,
        more: Option<bool>,
        repeated: &[bool],
    ) -> Result<Option<Vec<(String, String)>>> {
        if repeated.iter().all(|repeated| *repeated) {
            return match more {
                Some(true) => Err(Error::paging(format!(
                    "{} of the reply says that more follows, and the page holds nothing older; `max_pages` ends the walk sooner, and a rule under `paging` in client.yaml without `more: {0}` does not trust it",
                    self.rule.more
                ))),
                _ => Ok(None),
            };
        }
        let dates = entries.iter().filter_map(|entry| entry.get(field)?.as_str());
        let Some(oldest) = dates.min_by(|a, b| by_time(a, b)) else {
            return Err(Error::paging(format!("no entry of the page has a `{field}`")));
        };
        if more.is_none() && self.cursors.contains(oldest) && entries.len() < self.largest {
            // Nothing is older, and the page was not full: the walk has arrived.
            return Ok(None);
        }
        Ok(Some(self.pair(oldest.to_owned())))
    }

    fn pair(&self, value: String) -> Vec<(String, String)> {
        vec![(self.rule.param.to_owned(), value)]
    }
}

/// Lists and objects of the query were set by the caller, and stay as they are.
fn is_nested(name: &str) -> bool {
    name.contains('[')
}

fn param_of(request: &Request, name: &str) -> Option<String> {
    request.query.value(name).map(str::to_owned)
}

fn by_time(a: &str, b: &str) -> std::cmp::Ordering {
    match (DateTime::of_text(a), DateTime::of_text(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

fn hash(entry: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    entry.to_string().hash(&mut hasher);
    hasher.finish()
}
