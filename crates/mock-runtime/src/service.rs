//! What does not change while a server runs: the data, the tree of routes, compiled schemas.
//!
//! One service can stand behind any number of servers, as in a test run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::checks::{Checked, Compiled};
use crate::data::{Data, Operation, Response, ResponseContent};
use crate::dynamic::Spent;
use crate::mask::Mask;
use crate::router::{Found, Router};

/// An API that can be served.
///
/// ```
/// let data = lockstep_mock::Data::new(&serde_json::json!({"operations": []}), Vec::new())?;
/// assert!(lockstep_mock::Service::new(data).notes().is_empty());
/// # Ok::<(), lockstep_mock::DataError>(())
/// ```
#[derive(Debug)]
pub struct Service {
    data: Data,
    router: Router,
    by_id: HashMap<String, usize>,
    compiled: Vec<OnceLock<Compiled>>,
    replies: Mutex<HashMap<ReplyKey, Arc<Checked>>>,
    notes: Vec<String>,
    page: OnceLock<String>,
    mask: Mask,
}

/// Operation, response and media type by their place in the document.
type ReplyKey = (usize, usize, usize);

/// A declared reply, chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen<'s> {
    pub(crate) status: u16,
    pub(crate) response: Option<&'s Response>,
    /// Media type and its content, by place.
    pub(crate) content: Option<(usize, &'s str, &'s ResponseContent)>,
    key: (usize, usize),
}

impl Service {
    /// Builds the tree of routes.
    pub fn new(data: Data) -> Self {
        let mut service = Self {
            router: Router::new(),
            by_id: HashMap::new(),
            compiled: data.routes.operations.iter().map(|_| OnceLock::new()).collect(),
            replies: Mutex::default(),
            notes: Vec::new(),
            page: OnceLock::new(),
            mask: Mask::of(&data.routes),
            data,
        };
        for (index, operation) in service.data.routes.operations.iter().enumerate() {
            let Ok(method) = operation.method.parse::<Method>() else {
                service.notes.push(format!("{}: {} is no method", operation.id, operation.method));
                continue;
            };
            if let Err(taken) = service.router.add(method, &operation.path, index) {
                let taken = &service.data.routes.operations[taken].id;
                service.notes.push(format!(
                    "{}: cannot be reached, because {taken} has the same method and path",
                    operation.id
                ));
            }
            service.by_id.insert(operation.id.clone(), index);
        }
        service
    }

    /// What could not be served, one line each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The data that is served.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// What must not be shown of requests.
    pub(crate) fn mask(&self) -> &Mask {
        &self.mask
    }

    /// The operations as the page at `/` shows them.
    pub(crate) fn page(&self) -> &str {
        self.page.get_or_init(|| crate::page::operations(self))
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.data.routes.operations
    }

    pub(crate) fn operation_by_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn compiled(&self, operation: usize) -> &Compiled {
        self.compiled[operation]
            .get_or_init(|| Compiled::new(&self.operations()[operation], &self.data.routes))
    }

    /// Finds the operation of a request, with or without the base path, with or without a last slash.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found {
        let base = self.data.routes.base_path.trim_end_matches('/');
        let inner =
            path.strip_prefix(base).filter(|inner| !base.is_empty() && inner.starts_with('/'));
        let slashless = path.strip_suffix('/').filter(|path| !path.is_empty());
        let mut found = Found::Nothing;
        for path in [Some(path), inner, slashless].into_iter().flatten() {
            found = self.router.find(method, path);
            if found != Found::Nothing {
                break;
            }
        }
        found
    }

    /// The operation whose path is nearest, for a request that has none.
    pub(crate) fn nearest(&self, path: &str) -> Option<&Operation> {
        let asked: Vec<_> = path.trim_matches('/').split('/').take(64).collect();
        let score = |operation: &&Operation| {
            let own: Vec<_> = operation.path.trim_matches('/').split('/').collect();
            let same = own.iter().zip(&asked).map(|(own, asked)| match own == asked {
                true => 3,
                false if own.contains('{') => 2,
                false => 0,
            });
            same.sum::<usize>() * 4 / (1 + own.len().abs_diff(asked.len()))
        };
        self.operations().iter().max_by_key(score).filter(|operation| score(operation) > 4)
    }

    /// The reply to give: the declared success, or the declared reply nearest to a status.
    pub(crate) fn choose(&self, operation: usize, code: Option<u16>, accept: &str) -> Chosen<'_> {
        let responses = &self.operations()[operation].responses;
        let is = |key: &str, code: u16| {
            key.parse() == Ok(code)
                || (key.len() == 3
                    && key.ends_with("XX")
                    && key.starts_with(&(code / 100).to_string()))
        };
        let exact = |code: u16| {
            responses
                .keys()
                .position(|key| key.parse() == Ok(code))
                .or_else(|| responses.keys().position(|key| is(key, code)))
        };
        let default = || responses.keys().position(|key| key == "default");
        let kind = |first: char| responses.keys().position(|key| key.starts_with(first));
        let success = || kind('2').or_else(default).or_else(|| kind('3'));
        let (position, status) = match code {
            None => {
                let position = success();
                let status = position
                    .and_then(|at| responses.get_index(at))
                    .and_then(|(key, _)| key.parse().ok());
                let range = position
                    .and_then(|at| responses.get_index(at))
                    .is_some_and(|(key, _)| key.eq_ignore_ascii_case("3XX"));
                (position, status.unwrap_or(if range { 302 } else { 200 }))
            }
            Some(code) if code < 300 => (exact(code).or_else(success), code),
            Some(code) => (exact(code).or_else(default), code),
        };
        let response =
            position.and_then(|at| responses.get_index(at)).map(|(_, response)| response);
        let content = response.and_then(|response| negotiate(response, accept));
        Chosen { status, response, content, key: (operation, position.unwrap_or_default()) }
    }

    /// The fixture of an example, byte for byte.
    pub(crate) fn fixture(
        &self,
        content: &ResponseContent,
        example: Option<&str>,
    ) -> Option<Bytes> {
        let path = match example {
            Some(name) => content.fixtures.get(name)?,
            None => content.fixtures.first()?.1,
        };
        self.data.fixtures.get(path.as_str()).cloned()
    }

    /// A value made from the schema of a reply; an error where that demands more than a reply may hold.
    pub(crate) fn made(&self, chosen: &Chosen<'_>, seed: u64) -> Result<Option<Value>, Spent> {
        let Some((media, _, content)) = chosen.content else { return Ok(None) };
        let key = (chosen.key.0, chosen.key.1, media);
        let known = self.replies.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let checked = match known {
            Some(checked) => checked,
            None => {
                let checked =
                    Arc::new(Checked::new(content.schema.as_ref(), &self.data.routes.schemas));
                self.replies
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(key, Arc::clone(&checked));
                checked
            }
        };
        crate::dynamic::value(&checked, seed)
    }

    /// Whether a reply of an operation has no example, so that it has to be made.
    pub(crate) fn has_to_make(&self, operation: usize) -> bool {
        let mut responses = self.operations()[operation].responses.values();
        responses
            .any(|response| response.content.values().any(|content| content.fixtures.is_empty()))
    }

    /// Names of the examples that an operation has, for an error message.
    pub(crate) fn examples(&self, operation: usize) -> Vec<&str> {
        let contents = self.operations()[operation]
            .responses
            .values()
            .flat_map(|response| response.content.values());
        contents.flat_map(|content| content.fixtures.keys()).map(String::as_str).collect()
    }

    /// The declared reply that has an example of a name.
    pub(crate) fn with_example(&self, operation: usize, name: &str) -> Option<u16> {
        let mut responses = self.operations()[operation].responses.iter();
        let has = |response: &Response| {
            response.content.values().any(|content| content.fixtures.contains_key(name))
        };
        responses.find(|(_, response)| has(response)).map(|(key, _)| key.parse().unwrap_or(200))
    }
}

/// The first media type that the caller accepts, or the first of all: upstream answers JSON whatever is asked.
fn negotiate<'r>(
    response: &'r Response,
    accept: &str,
) -> Option<(usize, &'r str, &'r ResponseContent)> {
    let fits = |media: &str| {
        let mut ranges =
            accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
        ranges.any(|range| {
            range == media
                || range == "*/*"
                || range
                    .strip_suffix("/*")
                    .is_some_and(|kind| media.split('/').next() == Some(kind))
        })
    };
    let position = response
        .content
        .keys()
        .position(|media| fits(media.split(';').next().unwrap_or(media)))
        .unwrap_or(0);
    response.content.get_index(position).map(|(media, content)| (position, media.as_str(), content))
}
