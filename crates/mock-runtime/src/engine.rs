//! From a request to a reply, without a socket.
//!
//! [`Engine::answer`] is the whole mock: it takes the parts of a request, its body and the time,
//! and says what to send, when, and what should go wrong with it. Sockets, timers and threads
//! are the business of [`crate::server`].

mod answer;
mod call;
#[cfg(feature = "proxy")]
mod judge;
mod keeping;
mod refused;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::Request;

pub use self::answer::Answer;
use self::call::Call;
#[cfg(feature = "proxy")]
pub(crate) use self::judge::Judged;
#[cfg(feature = "proxy")]
pub use self::judge::{Finding, Half};
pub(crate) use self::keeping::Shape;
use crate::cors::Cors;
use crate::dynamic::Random;
use crate::encoding;
use crate::failure::Refusal;
use crate::forms::{self, Kind};
use crate::kept::Store;
use crate::media::Accept;
use crate::meters::Meters;
use crate::record::{Log, Received};
use crate::router::Found;
use crate::service::Service;
use crate::settings::Settings;
use crate::stub::Stub;

/// Bodies up to this many bytes are checked in no time.
pub(crate) const LIGHT: usize = 64 << 10;

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
    #[cfg(feature = "proxy")]
    proxy: Option<crate::proxy::Proxy>,
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
    pub(crate) kept: Store,
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
            kept: Store::default(),
            next_stub: 0,
            meters: Meters::default(),
            random,
        };
        Self {
            service,
            state: Mutex::new(state),
            lines: None,
            #[cfg(feature = "proxy")]
            proxy: None,
        }
    }

    /// Hands requests on to the real API, and holds both directions against the document.
    #[cfg(feature = "proxy")]
    pub fn proxying(self, proxy: Option<crate::proxy::Proxy>) -> Self {
        Self { proxy, ..self }
    }

    #[cfg(feature = "proxy")]
    pub(crate) fn proxy(&self) -> Option<&crate::proxy::Proxy> {
        self.proxy.as_ref()
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
        let settings = self.state().settings.clone();
        let cors = settings.cors.then(|| Cors::of(&request)).flatten();
        if let Some(answer) = cors.as_ref().and_then(|cors| cors.preflight(self, &request)) {
            return answer;
        }
        let most = limit(&request, &settings);
        let request = match encoding::decoded(&request, most) {
            Ok(None) => request,
            Ok(Some(body)) => encoding::with(request, body),
            Err(refusal) => return self.refused(request, refusal, now, cors.as_ref()),
        };
        let mut call = Call::new(&self.service, settings, &request);
        let outcome = call.outcome(self, now);
        let (mut answer, refusal) = call.finish(outcome, self);
        if let Some(cors) = cors {
            cors.allow(&mut answer.headers);
        }
        let Call { operation, note, unmatched, .. } = call;
        let told = Told { operation, note, unmatched, refusal, ..Told::default() };
        self.record(request, answer, told, now)
    }

    /// The answer to a browser that asks whether a page may ask.
    #[cfg(feature = "proxy")]
    pub(crate) fn preflight(&self, request: &Request<Bytes>) -> Option<Answer> {
        self.cors(request)?.preflight(self, request)
    }

    /// The page that asks, where pages may.
    pub(crate) fn cors<B>(&self, request: &Request<B>) -> Option<Cors> {
        self.state().settings.cors.then(|| Cors::of(request)).flatten()
    }

    /// Whether a request may take longer than those who serve others have: a reply has to be made, or a body of some
    /// size to be checked.
    pub(crate) fn is_work(&self, request: &Request<Bytes>) -> bool {
        let path = request.uri().path();
        let asks = |text: &str| text.contains("dynamic");
        request.body().len() > LIGHT
            || request.headers().contains_key(http::header::CONTENT_ENCODING)
            || matches!(path, "/" | "/_mock")
            || request.uri().query().is_some_and(asks)
            || request
                .headers()
                .get_all("prefer")
                .iter()
                .any(|value| value.to_str().map_or(true, asks))
            || self.state().settings.dynamic
            || match self.service.find(request.method(), path) {
                Found::Operation { operation, .. } => self.service.has_to_make(operation),
                Found::Malformed | Found::Methods(_) | Found::Nothing => false,
            }
    }

    /// Answers a request that could not even be read whole.
    pub(crate) fn refuse(
        &self,
        request: Request<Bytes>,
        status: u16,
        reason: &str,
        now: Duration,
    ) -> Answer {
        let cors = self.cors(&request);
        self.refused(request, Refusal::new(status, reason), now, cors.as_ref())
    }

    pub(crate) fn refused(
        &self,
        request: Request<Bytes>,
        refusal: Refusal,
        now: Duration,
        cors: Option<&Cors>,
    ) -> Answer {
        let path = request.uri().path();
        let operation = match self.service.find(request.method(), path) {
            Found::Operation { operation, .. } => Some(operation),
            Found::Methods(_) | Found::Nothing | Found::Malformed => None,
        };
        let accept = Accept::of(request.headers());
        let mut answer = refused::refused(&refusal, path, &self.service, operation, &accept);
        if let Some(cors) = cors {
            cors.allow(&mut answer.headers);
        }
        let told = Told { refusal: Some(refusal), ..Told::default() };
        self.record(request, answer, told, now)
    }

    fn record(&self, request: Request<Bytes>, answer: Answer, told: Told, now: Duration) -> Answer {
        let mut received = Received::of(request, now);
        received.operation =
            told.operation.map(|index| self.service.operations()[index].id.clone());
        received.status = answer.status.as_u16();
        received.unmatched = told.unmatched;
        received.blame = told.refusal.as_ref().map(|refusal| refusal.blame).or(told.blame);
        #[cfg(feature = "proxy")]
        {
            received.findings = told.findings;
        }
        received.note = told.refusal.map(|refusal| refusal.reason).or(told.note);
        if let Some(lines) = &self.lines {
            lines(received.line_with(self.service.mask()));
        }
        let mut state = self.state();
        let (most, bytes) = (state.settings.record, state.settings.record_bytes);
        state.log.push(received, most, bytes);
        answer
    }
}

/// Longest body of a request, by what it holds.
pub(crate) fn limit<B>(head: &Request<B>, settings: &Settings) -> usize {
    let kind = forms::media_type(head.headers()).map_or(Kind::Opaque, |media| Kind::of(&media));
    match kind {
        Kind::Json | Kind::Form => settings.max_body,
        Kind::Multipart | Kind::Opaque => settings.max_upload,
    }
}

/// What the log says beside the request itself.
#[derive(Default)]
struct Told {
    operation: Option<usize>,
    note: Option<String>,
    unmatched: bool,
    refusal: Option<Refusal>,
    /// Who is at fault where nothing was refused.
    blame: Option<crate::failure::Blame>,
    #[cfg(feature = "proxy")]
    findings: Vec<Finding>,
}
