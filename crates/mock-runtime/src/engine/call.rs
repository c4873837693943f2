//! One request on its way: judged, answered, and given what every reply carries.
//!
//! The checks themselves are in [`crate::checks`]; their order, which is that of a real server, is here.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request};
use serde_json::Value;

use super::answer::{Answer, answer, declared_headers, json};
use super::refused::{mock_reason, refused};
use super::{Engine, State};
use crate::checks::{self, Compiled, Input};
use crate::data::{Operation, Paging, Place, ResponseContent};
use crate::dynamic::{Spent, seed_for};
use crate::failure::{self, Blame, Refusal};
use crate::images;
use crate::media::Accept;
use crate::meters::Reading;
use crate::pages::{self, Walk};
use crate::render;
use crate::router::Found;
use crate::service::{Chosen, Service};
use crate::settings::{Prefer, Settings, Validation};
use crate::streams::Framing;
use crate::stub::{Seen, StubReply};
use crate::text::{self, Pair};

/// Most parameters in a query, as in PHP.
const QUERY: usize = 1_000;

/// Why no reply could be made.
const TOO_MUCH: &str = "the schema of this reply demands more values than a reply may hold; give it an example in the document, or script the reply";

/// One request on its way through the engine.
pub(super) struct Call<'r> {
    pub(super) service: &'r Service,
    pub(super) request: &'r Request<Bytes>,
    pub(super) operation: Option<usize>,
    prefer: Prefer,
    reading: Reading,
    pub(super) settings: Settings,
    pub(super) note: Option<String>,
    pub(super) unmatched: bool,
    accept: Accept,
    /// Why the request would have been refused, had it been judged strictly.
    passed: Option<String>,
}

impl<'r> Call<'r> {
    pub(super) fn new(
        service: &'r Service,
        settings: Settings,
        request: &'r Request<Bytes>,
    ) -> Self {
        Self {
            service,
            settings,
            request,
            operation: None,
            prefer: Prefer::default(),
            reading: Reading::default(),
            note: None,
            unmatched: false,
            accept: Accept::of(request.headers()),
            passed: None,
        }
    }

    /// The checks in the order of a real server, then the reply. What takes long is done while nobody else has to wait:
    /// what all requests share is asked for a moment at a time.
    pub(super) fn outcome(&mut self, engine: &Engine, now: Duration) -> Result<Answer, Refusal> {
        let uri = self.request.uri();
        let query = text::lenient_pairs(uri.query().unwrap_or_default(), QUERY);
        let too_many = || Refusal::new(400, format!("the query has more than {QUERY} parameters"));
        let query = query.ok_or_else(too_many)?;
        if self.service.is_laravel() {
            sound(&query, None)?;
        }
        let (index, path) = self.route()?;
        self.operation = Some(index);
        sound(&query, Some(&self.service.operations()[index]))?;
        self.prefer = Prefer::read(self.request.headers(), &query)?;
        let operation = &self.service.operations()[index];
        if self.settings.check_key {
            checks::security(
                operation,
                &self.service.data().routes,
                self.request.headers(),
                &query,
                self.settings.key.as_deref(),
            )?;
        }
        self.reading = engine.state().meters.request(self.settings.rate_limit, now);
        if self.reading.retry_after.is_some() {
            return Err(Refusal::new(429, "the rate limit is reached").blaming(Blame::Nobody));
        }
        let compiled = self.service.compiled(index);
        self.note = compiled.complaint(operation);
        let input = self.input(operation, compiled, &path, &query)?;
        let seen = Seen {
            operation,
            uri,
            headers: self.request.headers(),
            bytes: self.request.body(),
            path: &path,
            query: &query,
            input: &input,
        };
        let mut state = engine.state();
        let scripted = self.stub(&mut state, index, &seen)?;
        let is_paid = state.meters.spend(self.settings.credits, &mut self.reading);
        drop(state);
        if !is_paid {
            return Err(Refusal::new(402, "no credits are left").blaming(Blame::Nobody));
        }
        let asks = self.prefer.code.is_some() || self.prefer.example.is_some();
        if self.settings.state && scripted.is_none() && !asks {
            return self.kept(engine, index, &path, &query, &input);
        }
        self.reply(index, &query, scripted, &input)
    }

    /// The checks alone, for a request that somebody else answers.
    #[cfg(feature = "proxy")]
    pub(super) fn judged(&mut self) -> Result<(), Refusal> {
        let query = text::lenient_pairs(self.request.uri().query().unwrap_or_default(), QUERY);
        let too_many = || Refusal::new(400, format!("the query has more than {QUERY} parameters"));
        let query = query.ok_or_else(too_many)?;
        let (index, path) = self.route()?;
        self.operation = Some(index);
        let operation = &self.service.operations()[index];
        sound(&query, Some(operation))?;
        if self.settings.check_key {
            let headers = self.request.headers();
            let key = self.settings.key.as_deref();
            checks::security(operation, &self.service.data().routes, headers, &query, key)?;
        }
        let compiled = self.service.compiled(index);
        checks::input(operation, compiled, self.request, &path, &query).map(drop)
    }

    /// What the request says, judged as strictly as it is to be.
    fn input(
        &mut self,
        operation: &Operation,
        compiled: &Compiled,
        path: &[(String, String)],
        query: &[Pair<'_>],
    ) -> Result<Input, Refusal> {
        let validation = self.prefer.validation.unwrap_or(self.settings.validation);
        if validation == Validation::Off {
            return Ok(Input::default());
        }
        match checks::input(operation, compiled, self.request, path, query) {
            Err(refusal) if validation == Validation::Log => {
                self.note = Some(format!("let pass: {}", refusal.reason));
                self.passed = Some(refusal.reason);
                Ok(Input::default())
            }
            judged => judged,
        }
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
                let nearest = nearest.map(|own| {
                    let base = self.service.base_of(own);
                    format!("; the nearest is {} {base}{}", own.method, own.path)
                });
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
        Err(Refusal::own(
            501,
            format!("no stub means this request; nearest: {}", nearest.join("; ")),
        ))
    }

    pub(super) fn reply(
        &mut self,
        index: usize,
        query: &[Pair<'_>],
        scripted: Option<StubReply>,
        input: &Input,
    ) -> Result<Answer, Refusal> {
        let StubReply { status, headers, body, example, wait_ms, fault, items } =
            scripted.unwrap_or_default();
        let example = self.prefer.example.clone().or(example);
        let mut code = self.prefer.code.or(status);
        if let (Some(name), None) = (&example, code) {
            code = self.service.with_example(index, name);
            if code.is_none() {
                return Err(no_example(name, &self.service.examples(index)));
            }
        }
        let chosen = self.service.choose(index, code, example.as_deref(), &self.accept);
        if let (Some(name), Some(response), None) = (&example, chosen.response, &body) {
            let examples = response.content.values().flat_map(|content| content.fixtures.keys());
            let examples: Vec<_> = examples.map(String::as_str).collect();
            if !examples.contains(&name.as_str()) {
                return Err(no_example(name, &examples));
            }
        }
        if !chosen.is_accepted
            && chosen.status < 400
            && body.is_none()
            && !self.service.is_laravel()
        {
            return Err(not_acceptable(&chosen, self.request.headers()));
        }
        let mut answer = match body.filter(|_| self.prefer.code.is_none()) {
            Some((body, media)) => answer(chosen.status, Some(media), body),
            None => self.declared(&chosen, example.as_deref(), input)?,
        };
        declared_headers(self.service, &chosen, &mut answer.headers);
        if chosen.status == 429 {
            answer
                .headers
                .entry(http::header::RETRY_AFTER)
                .or_insert(HeaderValue::from_static("1"));
        }
        answer.headers.extend(headers);
        answer.wait = Duration::from_millis(wait_ms);
        answer.fault = fault;
        let items = self.prefer.items.or(items).or(self.settings.items);
        let operation = &self.service.operations()[index];
        let items = items.or_else(|| self.items_of_the_example(operation, query, &answer));
        if let (Some(total), Some(paging)) = (items, &operation.paging)
            && answer.status.is_success()
        {
            self.page(paging, total, self.settings.page_size, query, &mut answer);
        }
        Ok(answer)
    }

    /// A walk that nobody said the length of has as many items as the example, and ends behind them. `None` where the
    /// request asks for the first page, or is the document's own example.
    fn items_of_the_example(
        &self,
        operation: &Operation,
        query: &[Pair<'_>],
        answer: &Answer,
    ) -> Option<u64> {
        let paging = operation.paging.as_ref()?;
        let sent =
            |name: &str| query.iter().find(|pair| pair.name == name).map(|pair| &*pair.value);
        let asked = sent(paging.param())?;
        if asked.is_empty() || paging.is_first(asked) {
            return None;
        }
        let body: Value = serde_json::from_slice(&answer.body).ok()?;
        let mut examples = operation
            .parameters
            .iter()
            .filter(|own| own.place == Place::Query)
            .filter_map(|own| Some((own.name.as_str(), text::plain(own.example.as_ref()?))));
        let is_own = examples.clone().any(|(name, own)| name == paging.param() && own == asked);
        // A walk that sends back what the example gives meets the document's own request only by chance.
        if is_own
            && (!pages::leads_to(paging, &body, asked)
                || examples.all(|(name, own)| sent(name) == Some(own.as_str())))
        {
            return None;
        }
        Some(body.pointer(paging.items())?.as_array()?.len() as u64)
    }

    /// The reply that the document has: fixture, made data, or upstream's own words for a failure.
    fn declared(
        &mut self,
        chosen: &Chosen<'_>,
        example: Option<&str>,
        input: &Input,
    ) -> Result<Answer, Refusal> {
        let Some((_, media, content)) = &chosen.content else {
            if chosen.status >= 400 && chosen.response.is_none() {
                return Ok(self.undeclared(chosen.status));
            }
            return Ok(answer(chosen.status, None, Bytes::new()));
        };
        let dynamic = self.prefer.dynamic.unwrap_or(self.settings.dynamic);
        let is_given = !content.synthesised && !content.fixtures.is_empty();
        let body = match (dynamic, is_given) {
            (true, _) => self.made(chosen, media, content, input)?,
            (false, true) => self.service.example(media, content, example),
            (false, false) => self.settled(chosen, media, content)?,
        };
        Ok(answer(chosen.status, Some(media), body.unwrap_or_default()))
    }

    /// A failure that was asked for and that the document does not declare.
    fn undeclared(&self, status: u16) -> Answer {
        if self.service.is_laravel() {
            return json(status, &failure::body(status, &self.service.data().routes.errors));
        }
        let refusal = Refusal::new(status, "this status was asked for");
        let mut answer = refused(&refusal, "", self.service, self.operation, &self.accept);
        answer.headers.remove("mock-reason");
        answer
    }

    /// Data that is made for this request, or the fixture where none can be.
    fn made(
        &mut self,
        chosen: &Chosen<'_>,
        media: &str,
        content: &ResponseContent,
        input: &Input,
    ) -> Result<Option<Bytes>, Refusal> {
        let seed = self.prefer.seed.unwrap_or(self.settings.seed);
        let operation = self.operation.map(|index| self.service.operations()[index].id.as_str());
        let values: Vec<_> = input.parameters.iter().map(|(_, value)| value.to_string()).collect();
        let texts: Vec<_> =
            operation.into_iter().chain(values.iter().map(String::as_str)).collect();
        let fixture = self.service.example(media, content, None);
        match (self.service.made(chosen, seed_for(seed, &texts)), fixture) {
            (Ok(Some(value)), _) => Ok(Some(written(media, content, &value))),
            (Ok(None), Some(fixture)) if !content.synthesised => Ok(Some(fixture)),
            (Ok(None), _) => self.settled(chosen, media, content),
            (Err(Spent), Some(fixture)) => {
                self.note = Some(TOO_MUCH.to_owned());
                Ok(Some(fixture))
            }
            (Err(Spent), None) => Err(Refusal::own(500, TOO_MUCH).blaming(Blame::Document)),
        }
    }

    /// The reply of an operation that the document has no example of, the same on every request.
    fn settled(
        &mut self,
        chosen: &Chosen<'_>,
        media: &str,
        content: &ResponseContent,
    ) -> Result<Option<Bytes>, Refusal> {
        let Some(settled) = self.service.settled(chosen) else { return Ok(None) };
        if let Some(note) = &settled.note {
            self.note = Some(note.clone());
        }
        let fixture = self.service.fixture(content, None);
        match (&settled.value, fixture) {
            (_, Some(fixture))
                if settled.is_as_made
                    && images::image(media).is_none()
                    && Framing::of(media, false).is_none() =>
            {
                Ok(Some(fixture))
            }
            (Some(value), _) => Ok(Some(written(media, content, value))),
            (None, None) if settled.note.is_some() => {
                Err(Refusal::own(500, TOO_MUCH).blaming(Blame::Document))
            }
            (None, fixture) => Ok(fixture),
        }
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
    pub(super) fn finish(
        &mut self,
        outcome: Result<Answer, Refusal>,
        engine: &Engine,
    ) -> (Answer, Option<Refusal>) {
        let (mut answer, refusal) = match outcome {
            Ok(answer) => (answer, None),
            Err(refusal) => {
                let path = self.request.uri().path();
                let answer = refused(&refusal, path, self.service, self.operation, &self.accept);
                (answer, Some(refusal))
            }
        };
        if let Some(passed) = &self.passed {
            answer.headers.extend(mock_reason(&format!("{passed} (let pass)")));
        }
        if !self.reading.is_silent() {
            let limits = &self.service.data().routes.limits;
            self.reading.write_headers(limits, &mut answer.headers);
            if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body)
                && self.reading.write_body(limits, &mut body)
            {
                answer.body = Bytes::from(body.to_string());
            }
        }
        let latency = Duration::from_millis(self.settings.latency_ms);
        answer.wait = self.prefer.wait.unwrap_or(answer.wait + latency);
        let share = (self.settings.fault_rate.clamp(0.0, 1.0) * 1e6) as u64;
        let common = self.settings.fault.filter(|_| engine.state().random.below(1_000_000) < share);
        answer.fault = self.prefer.fault.or(answer.fault).or(common);
        if let Some(fault) = answer.fault {
            self.note = Some(format!("fault: {fault:?}").to_lowercase());
        }
        (answer, refusal)
    }
}

/// A made value as the body of a reply.
fn written(media: &str, content: &ResponseContent, value: &Value) -> Bytes {
    match Framing::of(media, content.event_objects) {
        Some(framing) => framing.body(value),
        None => render::body(media, value),
    }
}

/// An error where something is not percent-encoded UTF-8 that an operation reads; where none is known, anything at all.
fn sound(query: &[Pair<'_>], operation: Option<&Operation>) -> Result<(), Refusal> {
    let reads = |pair: &Pair<'_>| {
        operation.is_none_or(|own| {
            let own = own.parameters.iter().filter(|own| own.place == Place::Query);
            let stem = pair.name.split(['[', '.']).next().unwrap_or_default();
            own.into_iter().any(|own| own.name == pair.name || own.name == stem)
        })
    };
    match query.iter().find(|pair| !pair.is_sound && reads(pair)) {
        Some(pair) => Err(Refusal::new(
            400,
            format!("the query is not percent-encoded UTF-8 at {}", pair.name),
        )),
        None => Ok(()),
    }
}

fn no_example(name: &str, known: &[&str]) -> Refusal {
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Refusal::own(404, format!("there is no example {name}; there are: {known}"))
}

/// Says what there is to have.
fn not_acceptable(chosen: &Chosen<'_>, headers: &HeaderMap) -> Refusal {
    let types = chosen.response.into_iter().flat_map(|response| response.content.keys());
    let types: Vec<_> = types.map(String::as_str).collect();
    let asked = headers.get_all(http::header::ACCEPT).into_iter();
    let asked: Vec<_> = asked.filter_map(|line| line.to_str().ok()).collect();
    let asked: String = asked.join(", ").chars().take(200).collect();
    Refusal::new(
        406,
        format!("Accept is {asked}, and the reply comes as {} only", types.join(" or ")),
    )
}
