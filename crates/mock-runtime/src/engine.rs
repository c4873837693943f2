//! From a request to a reply, without a socket.
//!
//! [`Engine::answer`] is the whole mock: it takes the parts of a request, its body and the time,
//! and says what to send, when, and what should go wrong with it. Sockets, timers and threads
//! are the business of [`crate::server`].

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use serde_json::Value;

use crate::checks::{self, Input};
use crate::data::Paging;
use crate::dynamic::{Random, seed_for};
use crate::failure::{self, Blame, Refusal};
use crate::meters::{Meters, Reading};
use crate::pages::Walk;
use crate::record::{Log, Received};
use crate::router::Found;
use crate::service::{Chosen, Service};
use crate::settings::{Fault, Prefer, Settings};
use crate::stub::{Seen, Stub, StubReply};
use crate::text::{self, Pair};

/// Most parameters in a query, as in PHP.
const QUERY: usize = 1_000;

/// What to send.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers, without those of the connection.
    pub headers: HeaderMap,
    /// The whole body. A `HEAD` request gets its head only.
    pub body: Bytes,
    /// How long to hold it back.
    pub wait: Duration,
    /// What should go wrong on its way.
    pub fault: Option<Fault>,
}

/// The mock of one API, with what it has counted and recorded.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use lockstep_mock::{Data, Engine, Service, Settings};
///
/// let routes = serde_json::json!({"operations": [{"id": "ping", "method": "GET", "path": "/ping"}]});
/// let engine = Engine::new(Arc::new(Service::new(Data::new(&routes, Vec::new())?)), Settings::default());
/// let request = http::Request::get("/pong").body(bytes::Bytes::new()).unwrap();
/// assert_eq!(engine.answer(request, Duration::ZERO).status, 404);
/// # Ok::<(), lockstep_mock::DataError>(())
/// ```
pub struct Engine {
    pub(crate) service: Arc<Service>,
    state: Mutex<State>,
    lines: Option<Lines>,
}

/// Takes one line per request.
type Lines = Box<dyn Fn(String) + Send + Sync>;

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("title", &self.service.data().routes.title)
            .finish_non_exhaustive()
    }
}

/// What changes while the server runs.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) stubs: Vec<Stub>,
    pub(crate) log: Log,
    next_stub: u64,
    meters: Meters,
    random: Random,
}

impl State {
    /// Adds a stub and answers its id.
    pub(crate) fn add_stub(&mut self, stub: Stub) -> u64 {
        self.next_stub += 1;
        self.stubs.push(Stub { id: self.next_stub, ..stub });
        self.next_stub
    }

    /// Starts counting anew.
    pub(crate) fn reset_meters(&mut self) {
        self.meters = Meters::default();
    }
}

impl Engine {
    /// An engine with nothing counted and nothing recorded.
    pub fn new(service: Arc<Service>, settings: Settings) -> Self {
        let random = Random::new(settings.seed);
        let state = State {
            settings,
            stubs: Vec::new(),
            log: Log::default(),
            next_stub: 0,
            meters: Meters::default(),
            random,
        };
        Self { service, state: Mutex::new(state), lines: None }
    }

    /// Tells every request to a log, in one line.
    pub fn logging_to(self, lines: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self { lines: Some(Box::new(lines)), ..self }
    }

    /// The API.
    pub fn service(&self) -> &Service {
        &self.service
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request that came in `now` after the start.
    pub fn answer(&self, request: Request<Bytes>, now: Duration) -> Answer {
        let mut state = self.state();
        let mut call = Call {
            service: &self.service,
            request: &request,
            operation: None,
            prefer: Prefer::default(),
            reading: Reading::default(),
            note: None,
            unmatched: false,
        };
        let outcome = call.outcome(&mut state, now);
        let (answer, refusal) = call.finish(outcome, &mut state);
        let Call { operation, note, unmatched, .. } = call;
        self.record(&mut state, request, answer, Told { operation, note, unmatched, refusal }, now)
    }

    /// Answers a request that could not even be read whole.
    pub(crate) fn refuse(
        &self,
        request: Request<Bytes>,
        status: u16,
        reason: &str,
        now: Duration,
    ) -> Answer {
        let refusal = Refusal::new(status, reason);
        let mut state = self.state();
        let answer = refused(&refusal, request.uri().path(), &self.service);
        self.record(
            &mut state,
            request,
            answer,
            Told { operation: None, note: None, unmatched: false, refusal: Some(refusal) },
            now,
        )
    }

    fn record(
        &self,
        state: &mut State,
        request: Request<Bytes>,
        answer: Answer,
        told: Told,
        now: Duration,
    ) -> Answer {
        let mut received = Received::of(request, now);
        received.operation =
            told.operation.map(|index| self.service.operations()[index].id.clone());
        received.status = answer.status.as_u16();
        received.unmatched = told.unmatched;
        received.blame = told.refusal.as_ref().map(|refusal| refusal.blame);
        received.note = told.refusal.map(|refusal| refusal.reason).or(told.note);
        if let Some(lines) = &self.lines {
            lines(received.line());
        }
        let (most, bytes) = (state.settings.record, state.settings.record_bytes);
        state.log.push(received, most, bytes);
        answer
    }
}

/// What the log says beside the request itself.
struct Told {
    operation: Option<usize>,
    note: Option<String>,
    unmatched: bool,
    refusal: Option<Refusal>,
}

/// One request on its way through the engine.
struct Call<'r> {
    service: &'r Service,
    request: &'r Request<Bytes>,
    operation: Option<usize>,
    prefer: Prefer,
    reading: Reading,
    note: Option<String>,
    unmatched: bool,
}

impl<'r> Call<'r> {
    /// The checks in the order of a real server, then the reply.
    fn outcome(&mut self, state: &mut State, now: Duration) -> Result<Answer, Refusal> {
        let uri = self.request.uri();
        let query = text::pairs(uri.query().unwrap_or_default(), QUERY).ok_or_else(|| {
            Refusal::new(
                400,
                format!(
                    "the query is not percent-encoded UTF-8, or has more than {QUERY} parameters"
                ),
            )
        })?;
        let (index, path) = self.route()?;
        self.operation = Some(index);
        self.prefer = Prefer::read(self.request.headers(), &query)?;
        let operation = &self.service.operations()[index];
        if state.settings.check_key {
            checks::security(
                operation,
                &self.service.data().routes,
                self.request.headers(),
                &query,
                state.settings.key.as_deref(),
            )?;
        }
        self.reading = state.meters.request(state.settings.rate_limit, now);
        if self.reading.retry_after.is_some() {
            return Err(Refusal::new(429, "the rate limit is reached").blaming(Blame::Nobody));
        }
        let compiled = self.service.compiled(index);
        self.note = compiled.complaint(operation);
        let input = checks::input(operation, compiled, self.request, &path, &query)?;
        let seen = Seen {
            operation,
            uri,
            headers: self.request.headers(),
            bytes: self.request.body(),
            path: &path,
            query: &query,
            input: &input,
        };
        let scripted = self.stub(state, index, &seen)?;
        if !state.meters.spend(state.settings.credits, &mut self.reading) {
            return Err(Refusal::new(402, "no credits are left").blaming(Blame::Nobody));
        }
        self.reply(state, index, &query, scripted, &input)
    }

    fn route(&mut self) -> Result<(usize, Vec<(String, String)>), Refusal> {
        let path = self.request.uri().path();
        match self.service.find(self.request.method(), path) {
            Found::Operation { operation, values } => Ok((operation, values)),
            Found::Malformed => Err(Refusal::new(400, "the path is not percent-encoded UTF-8")),
            Found::Methods(allow) => {
                self.unmatched = true;
                let names: Vec<_> = allow.iter().map(Method::as_str).collect();
                let refusal =
                    Refusal::new(405, format!("the path takes {} only", names.join(", ")));
                Err(Refusal { allow, ..refusal })
            }
            Found::Nothing => {
                self.unmatched = true;
                let nearest = self.service.nearest(path);
                let nearest =
                    nearest.map(|own| format!("; the nearest is {} {}", own.method, own.path));
                Err(Refusal::new(
                    404,
                    format!("no operation has this path{}", nearest.unwrap_or_default()),
                ))
            }
        }
    }

    /// The reply of the stub that means this request. An error when there are stubs and none does.
    fn stub(
        &mut self,
        state: &mut State,
        operation: usize,
        seen: &Seen<'_>,
    ) -> Result<Option<StubReply>, Refusal> {
        let mut reasons = Vec::new();
        let mut own = state.stubs.iter_mut().filter(|stub| stub.operation == operation).peekable();
        if own.peek().is_none() {
            return Ok(None);
        }
        for stub in own {
            let differences = stub.differences(seen);
            if differences.is_empty() && !stub.is_used_up() {
                return Ok(Some(stub.hit()));
            }
            reasons.push(if differences.is_empty() {
                vec![format!("the stub was expected {} and is used up", stub.times)]
            } else {
                differences
            });
        }
        self.unmatched = true;
        let nearest = reasons.into_iter().min_by_key(Vec::len).unwrap_or_default();
        Err(Refusal::new(
            501,
            format!("no stub means this request; nearest: {}", nearest.join("; ")),
        ))
    }

    fn reply(
        &mut self,
        state: &State,
        index: usize,
        query: &[Pair<'_>],
        scripted: Option<StubReply>,
        input: &Input,
    ) -> Result<Answer, Refusal> {
        let accept = self
            .request
            .headers()
            .get(http::header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let StubReply { status, headers, body, example, wait_ms, fault, items } =
            scripted.unwrap_or_default();
        let example = self.prefer.example.clone().or(example);
        let mut code = self.prefer.code.or(status);
        if let (Some(name), None) = (&example, code) {
            code = self.service.with_example(index, name);
            if code.is_none() {
                let known = self.service.examples(index).join(", ");
                return Err(Refusal::new(
                    404,
                    format!("there is no example {name}; there are: {known}"),
                ));
            }
        }
        let chosen = self.service.choose(index, code, accept);
        let mut answer = match body.filter(|_| self.prefer.code.is_none()) {
            Some((body, media)) => answer(chosen.status, Some(media), body),
            None => self.declared(state, &chosen, example.as_deref(), input),
        };
        declared_headers(&chosen, &mut answer.headers);
        if chosen.status == 429 {
            answer
                .headers
                .entry(http::header::RETRY_AFTER)
                .or_insert(HeaderValue::from_static("1"));
        }
        answer.headers.extend(headers);
        answer.wait = Duration::from_millis(wait_ms);
        answer.fault = fault;
        let items = self.prefer.items.or(items).or(state.settings.items);
        if let (Some(total), Some(paging)) = (items, &self.service.operations()[index].paging)
            && answer.status.is_success()
        {
            self.page(paging, total, state.settings.page_size, query, &mut answer);
        }
        Ok(answer)
    }

    /// The reply that the document has: fixture, made data, or upstream's own words for a failure.
    fn declared(
        &self,
        state: &State,
        chosen: &Chosen<'_>,
        example: Option<&str>,
        input: &Input,
    ) -> Answer {
        let known = &self.service.data().routes.errors;
        let Some((_, media, content)) = chosen.content else {
            if chosen.status >= 400 && chosen.response.is_none() {
                return json(chosen.status, &failure::body(chosen.status, known));
            }
            return answer(chosen.status, None, Bytes::new());
        };
        let fixture = || {
            self.service.fixture(content, example).or_else(|| self.service.fixture(content, None))
        };
        let made = || {
            let seed = self.prefer.seed.unwrap_or(state.settings.seed);
            let operation = self
                .operation
                .map(|index| self.service.operations()[index].id.as_str())
                .unwrap_or_default();
            let values: Vec<_> =
                input.parameters.iter().map(|(_, value)| value.to_string()).collect();
            let texts: Vec<_> =
                [operation].into_iter().chain(values.iter().map(String::as_str)).collect();
            let value = self.service.made(chosen, seed_for(seed, &texts))?;
            Some(match (&value, crate::forms::Kind::of(media)) {
                (Value::String(text), kind) if kind != crate::forms::Kind::Json => {
                    Bytes::from(text.clone())
                }
                _ => Bytes::from(value.to_string()),
            })
        };
        let dynamic = self.prefer.dynamic.unwrap_or(state.settings.dynamic);
        let body = if dynamic { made().or_else(fixture) } else { fixture().or_else(made) };
        answer(chosen.status, Some(media), body.unwrap_or_default())
    }

    fn page(
        &mut self,
        paging: &Paging,
        total: u64,
        size: u64,
        query: &[Pair<'_>],
        answer: &mut Answer,
    ) {
        let Ok(mut body) = serde_json::from_slice(&answer.body) else { return };
        let host = self
            .request
            .headers()
            .get(http::header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("localhost");
        let url = format!("http://{host}{}", self.request.uri().path());
        let pairs: Vec<_> = query.iter().map(|pair| (&*pair.name, &*pair.value)).collect();
        if (Walk { total, size, query: &pairs, url }).apply(paging, &mut body) {
            answer.body = Bytes::from(body.to_string());
        } else {
            self.note = Some(format!("the reply has no list at {}", paging.items()));
        }
    }

    /// Adds what every reply carries, whatever became of the request.
    fn finish(
        &mut self,
        outcome: Result<Answer, Refusal>,
        state: &mut State,
    ) -> (Answer, Option<Refusal>) {
        let (mut answer, refusal) = match outcome {
            Ok(answer) => (answer, None),
            Err(refusal) => {
                (refused(&refusal, self.request.uri().path(), self.service), Some(refusal))
            }
        };
        if !self.reading.is_silent() {
            let limits = &self.service.data().routes.limits;
            self.reading.write_headers(limits, &mut answer.headers);
            if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body)
                && self.reading.write_body(limits, &mut body)
            {
                answer.body = Bytes::from(body.to_string());
            }
        }
        let latency = Duration::from_millis(state.settings.latency_ms);
        answer.wait = self.prefer.wait.unwrap_or(answer.wait + latency);
        let share = (state.settings.fault_rate.clamp(0.0, 1.0) * 1e6) as u64;
        let common = state.settings.fault.filter(|_| state.random.below(1_000_000) < share);
        answer.fault = self.prefer.fault.or(answer.fault).or(common);
        if let Some(fault) = answer.fault {
            self.note = Some(format!("fault: {fault:?}").to_lowercase());
        }
        (answer, refusal)
    }
}

/// A reply of a status with a body.
fn answer(status: u16, media: Option<&str>, body: Bytes) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    // These two never have a body, whatever the document says.
    let bodiless = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    let body = if bodiless { Bytes::new() } else { body };
    if let Some(media) =
        media.filter(|_| !bodiless).and_then(|media| HeaderValue::from_str(media).ok())
    {
        headers.insert(CONTENT_TYPE, media);
    }
    Answer { status, headers, body, wait: Duration::ZERO, fault: None }
}

fn json(status: u16, body: &Value) -> Answer {
    answer(status, Some("application/json"), Bytes::from(body.to_string()))
}

fn refused(refusal: &Refusal, path: &str, service: &Service) -> Answer {
    let mut answer = json(refusal.status, &refusal.body(path, &service.data().routes.errors));
    if refusal.status == 405 {
        let mut allow: Vec<_> = refusal.allow.iter().map(Method::as_str).collect();
        if allow.contains(&"GET") && !allow.contains(&"HEAD") {
            allow.push("HEAD");
        }
        if let Ok(value) = HeaderValue::from_str(&allow.join(", ")) {
            answer.headers.insert(ALLOW, value);
        }
    }
    if refusal.status == 401 {
        answer.headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let reason: String = refusal
        .reason
        .chars()
        .take(500)
        .map(|own| if (' '..='~').contains(&own) { own } else { '?' })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("{reason} ({} at fault)", refusal.blame)) {
        answer.headers.insert(HeaderName::from_static("mock-reason"), value);
    }
    answer
}

/// Declared headers that have an example; a redirect always says where.
fn declared_headers(chosen: &Chosen<'_>, headers: &mut HeaderMap) {
    for (name, header) in chosen.response.iter().flat_map(|response| &response.headers) {
        let text = match &header.example {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => continue,
        };
        let framing = ["content-length", "transfer-encoding", "connection", "content-type"];
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&text))
            && !framing.contains(&name.as_str())
        {
            headers.insert(name, value);
        }
    }
    if matches!(chosen.status, 301..=303 | 307 | 308) && !headers.contains_key(LOCATION) {
        headers.insert(LOCATION, HeaderValue::from_static("https://example.com/elsewhere"));
    }
}
