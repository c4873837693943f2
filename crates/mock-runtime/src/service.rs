//! What does not change while a server runs: the data, the tree of routes, compiled schemas.
//!
//! One service can stand behind any number of servers, as in a test run.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
#[cfg(feature = "cli")]
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::checks::{Checked, Compiled, Terms};
use crate::data::{Data, Operation, RefusalForm, Response, ResponseContent, Routes};
use crate::direction::Way;
use crate::dynamic::{Spent, seed_for};
use crate::kept::Collections;
use crate::mask::Mask;
use crate::media::{self, Accept};
use crate::reply_headers;
use crate::router::{Found, Router};
use crate::settled::Settled;
use crate::streams::Framing;

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
    /// Every base path there is, the longest first.
    bases: Vec<String>,
    compiled: Vec<OnceLock<Compiled>>,
    replies: Mutex<HashMap<ReplyKey, Arc<Checked>>>,
    settled: Mutex<HashMap<ReplyKey, Arc<Settled>>>,
    headers: Mutex<HashMap<(usize, usize), Arc<HeaderMap>>>,
    notes: Vec<String>,
    page: OnceLock<String>,
    collections: OnceLock<Collections>,
    mask: Mask,
}

/// Operation, response and media type by their place in the document.
type ReplyKey = (usize, usize, usize);

/// A declared reply, chosen.
#[derive(Clone, Debug)]
pub(crate) struct Chosen<'s> {
    pub(crate) status: u16,
    pub(crate) response: Option<&'s Response>,
    /// Media type and its content, by place.
    pub(crate) content: Option<(usize, Cow<'s, str>, &'s ResponseContent)>,
    /// Whether the caller takes that media type.
    pub(crate) is_accepted: bool,
    key: (usize, usize),
}

impl Service {
    /// Builds the tree of routes.
    pub fn new(data: Data) -> Self {
        let mut service = Self {
            router: Router::new(),
            by_id: HashMap::new(),
            bases: bases(&data.routes),
            compiled: data.routes.operations.iter().map(|_| OnceLock::new()).collect(),
            replies: Mutex::default(),
            settled: Mutex::default(),
            headers: Mutex::default(),
            notes: Vec::new(),
            page: OnceLock::new(),
            collections: OnceLock::new(),
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

    /// What can be created, changed and deleted.
    pub(crate) fn collections(&self) -> &Collections {
        self.collections.get_or_init(|| Collections::of(self.operations()))
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
        let found = self.find_under(method, path, |operation, base| self.serves(operation, base));
        match found {
            Found::Operation { .. } => found,
            // A client that was told one address sends everything there, also what has a server of its own.
            other => match self.find_under(method, path, |_, base| self.is_main(base)) {
                found @ Found::Operation { .. } => found,
                _ => other,
            },
        }
    }

    fn find_under(
        &self,
        method: &Method,
        path: &str,
        serves: impl Fn(usize, Option<&str>) -> bool,
    ) -> Found {
        let mut other = Found::Nothing;
        for path in self.inner(path).into_iter().chain([(None, path)]) {
            let (base, path) = path;
            let slashless = path.strip_suffix('/').filter(|path| !path.is_empty());
            let slashed = || Some(format!("{path}/")).filter(|_| slashless.is_none());
            let mut found = self.router.find(method, path);
            if found == Found::Nothing {
                let second = slashless.map(str::to_owned).or_else(slashed);
                found = second.map_or(Found::Nothing, |path| self.router.find(method, &path));
            }
            match found {
                Found::Operation { operation, .. } if !serves(operation, base) => {}
                Found::Operation { .. } => return found,
                Found::Nothing => {}
                found if other == Found::Nothing => other = found,
                Found::Methods(_) | Found::Malformed => {}
            }
        }
        other
    }

    /// A path behind each of the base paths that it begins with, the longest first.
    fn inner<'p>(&self, path: &'p str) -> Vec<(Option<&str>, &'p str)> {
        let behind = self.bases.iter().filter_map(|base| {
            let inner = path.strip_prefix(base.as_str())?;
            let inner = if inner.is_empty() { "/" } else { inner };
            inner.starts_with('/').then_some((Some(base.as_str()), inner))
        });
        behind.collect()
    }

    /// Whether a base path is that of the document's first server.
    fn is_main(&self, base: Option<&str>) -> bool {
        base.is_some_and(|base| self.data.routes.base_path.trim_end_matches('/') == base)
    }

    /// Whether an operation is to be had under a base path. `None` is none at all, which callers may leave out.
    fn serves(&self, operation: usize, base: Option<&str>) -> bool {
        let Some(base) = base else { return true };
        let own = &self.operations()[operation].base_paths;
        let is = |path: &String| path.trim_end_matches('/') == base;
        match own.is_empty() {
            false => own.iter().any(is),
            true => {
                let routes = &self.data.routes;
                is(&routes.base_path) || routes.base_paths.iter().any(is)
            }
        }
    }

    /// The base path that an operation is to be had under, for people to copy.
    pub(crate) fn base_of<'s>(&'s self, operation: &'s Operation) -> &'s str {
        let base = operation.base_paths.first().unwrap_or(&self.data.routes.base_path);
        base.trim_end_matches('/')
    }

    /// The operation whose path is nearest, for a request that has none.
    pub(crate) fn nearest(&self, path: &str) -> Option<&Operation> {
        let path = self.inner(path).first().map_or(path, |(_, inner)| inner);
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
    pub(crate) fn choose(
        &self,
        operation: usize,
        code: Option<u16>,
        example: Option<&str>,
        accept: &Accept,
    ) -> Chosen<'_> {
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
        self.chosen(operation, position, status, example, accept)
    }

    fn chosen(
        &self,
        operation: usize,
        position: Option<usize>,
        status: u16,
        example: Option<&str>,
        accept: &Accept,
    ) -> Chosen<'_> {
        let responses = &self.operations()[operation].responses;
        let response =
            position.and_then(|at| responses.get_index(at)).map(|(_, response)| response);
        let (content, is_accepted) = match response.and_then(|own| negotiate(own, example, accept))
        {
            Some((content, is_accepted)) => (Some(content), is_accepted),
            None => (None, true),
        };
        let key = (operation, position.unwrap_or_default());
        Chosen { status, response, content, is_accepted, key }
    }

    /// The place of the reply that an operation declares for a status, exactly, by its hundred, or by default.
    #[cfg(feature = "proxy")]
    pub(crate) fn declared(&self, operation: usize, status: u16) -> Option<usize> {
        let responses = &self.operations()[operation].responses;
        let hundred = format!("{}XX", status / 100);
        let place = |is: &dyn Fn(&str) -> bool| responses.keys().position(|key| is(key));
        place(&|key| key.parse() == Ok(status))
            .or_else(|| place(&|key| key.eq_ignore_ascii_case(&hundred)))
            .or_else(|| place(&|key| key == "default"))
    }

    /// The schema of one media type of a reply.
    #[cfg(feature = "proxy")]
    pub(crate) fn schema_of(
        &self,
        operation: usize,
        position: usize,
        media: usize,
    ) -> Option<Arc<Checked>> {
        let (_, response) = self.operations()[operation].responses.get_index(position)?;
        let (name, content) = response.content.get_index(media)?;
        let content = Some((media, Cow::Borrowed(name.as_str()), content));
        let key = (operation, position);
        let chosen =
            Chosen { status: 0, response: Some(response), content, is_accepted: true, key };
        self.reply_schema(&chosen)
    }

    /// A path behind the longest base path that it begins with, or as it is.
    #[cfg(feature = "proxy")]
    pub(crate) fn behind_base<'p>(&self, path: &'p str) -> &'p str {
        self.inner(path).first().map_or(path, |(_, inner)| inner)
    }

    /// The failure that an operation declares for the first of these statuses, for their hundred, or for all the rest.
    pub(crate) fn failure(
        &self,
        operation: usize,
        statuses: &[u16],
        accept: &Accept,
    ) -> Option<Chosen<'_>> {
        let responses = &self.operations()[operation].responses;
        let asked = *statuses.first()?;
        let exact = statuses.iter().find_map(|status| {
            let at = responses.keys().position(|key| key.parse() == Ok(*status))?;
            Some((at, *status))
        });
        let hundred = format!("{}XX", asked / 100);
        let range = || responses.keys().position(|key| key.eq_ignore_ascii_case(&hundred));
        // Where no success is declared, `default` is what comes back of one.
        let has_success = responses.keys().any(|key| key.starts_with('2'));
        let rest = || responses.keys().position(|key| key == "default").filter(|_| has_success);
        let found = exact.or_else(|| Some((range().or_else(rest)?, asked)));
        found.map(|(at, status)| self.chosen(operation, Some(at), status, None, accept))
    }

    /// Whether refusals and replies are upstream's, whatever the document declares.
    pub(crate) fn is_laravel(&self) -> bool {
        self.data.routes.refusals == RefusalForm::Laravel
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

    /// The fixture of an example as a reply of a media type: the items of a stream one after the other.
    pub(crate) fn example(
        &self,
        media: &str,
        content: &ResponseContent,
        example: Option<&str>,
    ) -> Option<Bytes> {
        let fixture = self.fixture(content, example)?;
        let Some(framing) = Framing::of(media, content.event_objects) else { return Some(fixture) };
        let path = match example {
            Some(name) => content.fixtures.get(name),
            None => content.fixtures.first().map(|(_, path)| path),
        };
        let is_json = path.is_some_and(|path| path.ends_with(".json"));
        match serde_json::from_slice(&fixture) {
            Ok(value) if is_json => Some(framing.body(&value)),
            _ => Some(framing.example(fixture)),
        }
    }

    /// The schema of a chosen reply, compiled once; `None` where it has no body.
    pub(crate) fn reply_schema(&self, chosen: &Chosen<'_>) -> Option<Arc<Checked>> {
        let (media, _, content) = chosen.content.as_ref()?;
        let key = (chosen.key.0, chosen.key.1, *media);
        let known = self.replies.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        Some(known.unwrap_or_else(|| {
            let terms = Terms::of(&self.data.routes, Way::Reply);
            let checked = Arc::new(Checked::new(content.schema.as_ref(), terms));
            let mut replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
            replies.insert(key, Arc::clone(&checked));
            checked
        }))
    }

    /// A value made from the schema of a reply; an error where that demands more than a reply may hold.
    pub(crate) fn made(&self, chosen: &Chosen<'_>, seed: u64) -> Result<Option<Value>, Spent> {
        self.reply_schema(chosen).map_or(Ok(None), |checked| crate::dynamic::value(&checked, seed))
    }

    /// The reply of an operation that the document has no example of: the one that the generator made if it fits the
    /// schema, or what becomes of it until it does. Settled once, so that it is the same on every request.
    pub(crate) fn settled(&self, chosen: &Chosen<'_>) -> Option<Arc<Settled>> {
        let (media, _, content) = chosen.content.as_ref()?;
        let key = (chosen.key.0, chosen.key.1, *media);
        let known = self.settled.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if known.is_some() {
            return known;
        }
        let settled = Arc::new(self.settle(chosen, content, &*self.reply_schema(chosen)?));
        let mut all = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key, Arc::clone(&settled));
        Some(settled)
    }

    fn settle(&self, chosen: &Chosen<'_>, content: &ResponseContent, schema: &Checked) -> Settled {
        let operation = &self.operations()[chosen.key.0].id;
        let made = self.fixture(content, None);
        let made = made.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut settled = Settled::of(made, schema, seed_for(0, &[operation]));
        settled.note =
            settled.note.map(|note| format!("{operation}, reply {}: {note}", chosen.status));
        settled
    }

    /// The replies that cannot fit their schemas, one line each, as far as they are found until a moment. What comes
    /// after it is told when it is asked for. Nothing of this is kept: most replies are never asked for.
    #[cfg(feature = "cli")]
    pub(crate) fn misfits(&self, until: Instant, mut tell: impl FnMut(&str)) {
        let terms = Terms::of(&self.data.routes, Way::Reply);
        for (index, operation) in self.operations().iter().enumerate() {
            for (at, (status, response)) in operation.responses.iter().enumerate() {
                let status = status.parse().unwrap_or_default();
                let chosen = self.chosen(index, Some(at), status, None, &Accept::default());
                for content in response.content.values().filter(|own| own.synthesised) {
                    if Instant::now() > until {
                        return;
                    }
                    let schema = Checked::new(content.schema.as_ref(), terms);
                    if let Some(note) = self.settle(&chosen, content, &schema).note {
                        tell(&note);
                    }
                }
            }
        }
    }

    /// Whether a reply of an operation has no example and was not asked for before, so that it has to be made.
    pub(crate) fn has_to_make(&self, operation: usize) -> bool {
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let responses = self.operations()[operation].responses.values().enumerate();
        let mut contents = responses.flat_map(|(at, response)| {
            response.content.values().enumerate().map(move |(media, content)| (at, media, content))
        });
        contents.any(|(at, media, content)| {
            let is_made = content.synthesised || content.fixtures.is_empty();
            is_made && !settled.contains_key(&(operation, at, media))
        })
    }

    /// The headers that a chosen reply declares, made once.
    pub(crate) fn headers(&self, chosen: &Chosen<'_>) -> Option<Arc<HeaderMap>> {
        let response = chosen.response.filter(|response| !response.headers.is_empty())?;
        let known = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&chosen.key) {
            return Some(Arc::clone(known));
        }
        drop(known);
        let made = Arc::new(reply_headers::of(response, &self.data.routes));
        let mut all = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(chosen.key, Arc::clone(&made));
        Some(made)
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

fn bases(routes: &Routes) -> Vec<String> {
    let own = routes.operations.iter().flat_map(|operation| &operation.base_paths);
    let all = [&routes.base_path].into_iter().chain(&routes.base_paths).chain(own);
    let mut bases: Vec<String> = all
        .map(|base| base.trim_end_matches('/').to_owned())
        .filter(|base| !base.is_empty())
        .collect();
    bases.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    bases.dedup();
    bases
}

type Content<'r> = (usize, Cow<'r, str>, &'r ResponseContent);

/// The media type that the caller wants most and whether they take it at all, among those that have the example that is
/// asked for. A caller who takes none gets the first.
fn negotiate<'r>(
    response: &'r Response,
    example: Option<&str>,
    accept: &Accept,
) -> Option<(Content<'r>, bool)> {
    let has =
        |content: &&ResponseContent| example.is_none_or(|name| content.fixtures.contains_key(name));
    let has_example = response.content.values().any(|content| has(&content));
    let able: Vec<_> = response
        .content
        .iter()
        .enumerate()
        .filter(|(_, (_, content))| !has_example || has(content))
        .collect();
    let found = accept.choose(able.iter().map(|(_, (media, _))| media.as_str()));
    let is_accepted = found.is_some();
    let (at, media) = match found {
        Some((at, media)) => (at, Some(media)),
        None => (0, None),
    };
    let (place, (declared, content)) = able.into_iter().nth(at)?;
    let media = media.unwrap_or_else(|| media::concrete(declared));
    Some(((place, media, content), is_accepted))
}
