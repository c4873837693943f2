//! Requests side by side, and as a person sees them.

use std::fmt;

use reqwest::header::{HeaderMap, HeaderName};

use super::Request;
use crate::encode::content::Content;

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |request: &Self| {
            let mut pairs: Vec<_> = request
                .query_pairs()
                .into_iter()
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            pairs
        };
        let same_content = match (self.full_content(), other.full_content()) {
            (Ok(mine), Ok(others)) => {
                mine.comparable(self.info.body) == others.comparable(other.info.body)
            }
            (mine, others) => mine.is_err() == others.is_err(),
        };
        self.method() == other.method()
            && self.expanded_path() == other.expanded_path()
            && sorted(self) == sorted(other)
            && self.same_cookies(other)
            && self.same_headers(other)
            && same_content
            && self.error == other.error
    }
}

impl Request {
    /// Their order says nothing, and no name is there twice.
    fn same_cookies(&self, other: &Self) -> bool {
        self.cookies.len() == other.cookies.len()
            && self.cookies.iter().all(|cookie| other.cookies.contains(cookie))
    }

    /// What came over the wire carries headers of the client and of HTTP itself; only those that the other
    /// side sets are compared then.
    fn same_headers(&self, other: &Self) -> bool {
        let all = |request: &Self| {
            let mut headers = request.headers.clone();
            if let Some(options) = &request.options {
                headers.extend(options.headers.clone());
            }
            headers
        };
        let (mine, others) = (all(self), all(other));
        let holds = |whole: &HeaderMap, part: &HeaderMap| {
            part.iter().all(|(name, value)| whole.get_all(name).iter().any(|known| known == value))
        };
        match (self.is_received, other.is_received) {
            (true, false) => holds(&mine, &others),
            (false, true) => holds(&others, &mine),
            _ => mine == others,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.expanded_path().unwrap_or_else(|_| self.info.path.to_owned());
        let query: Vec<String> =
            self.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut shown = out.debug_struct("Request");
        shown.field("operation", &self.info.id).field("method", self.method()).field("path", &path);
        if !query.is_empty() {
            shown.field("query", &query);
        }
        // Values of headers and cookies may be secrets; their names are not.
        if !self.headers.is_empty() {
            shown
                .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>());
        }
        if !self.cookies.is_empty() {
            shown.field("cookies", &self.cookies.iter().map(|(name, _)| name).collect::<Vec<_>>());
        }
        match &self.content {
            Content::None => {}
            content => {
                shown.field("body", content);
            }
        }
        if let Some(error) = &self.error {
            shown.field("error", error);
        }
        shown.finish_non_exhaustive()
    }
}
