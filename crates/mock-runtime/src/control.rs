//! What the server answers about itself: the page at `/` (and at `/_mock`, should the API have a
//! root of its own), and `/_mock/…` for programs.
//!
//! | request | does |
//! |---|---|
//! | `GET /_mock/requests?after=N` | lists what came in after request N |
//! | `DELETE /_mock/requests` | forgets it |
//! | `GET /_mock/settings` | the settings |
//! | `PATCH /_mock/settings` | changes those that the JSON body names |
//! | `PUT /_mock/script/{operationId}` | the replies of an operation, one after the other |
//! | `DELETE /_mock/script/{operationId}` | back to the usual reply |
//! | `GET /_mock/state` | how many items each collection has (`--state`) |
//! | `DELETE /_mock/state` | forgets what was created, changed and deleted |
//! | `DELETE /_mock` | forgets requests, scripts, counters and state |
//!
//! There is no CORS here, and a request that names another host or origin than this machine is refused with a 403: a
//! web page from elsewhere cannot change or read anything. `--allow-host` names others.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::engine::{Answer, Engine};
use crate::guard;
use crate::kept::Store;
use crate::mask::Mask;
use crate::page;
use crate::record::Received;
use crate::router::Found;
use crate::settings::{Fault, Settings};
use crate::stub::{Stub, StubReply, Times};
use crate::text;

/// Most requests that one answer lists.
const LISTED: usize = 200;
/// Most bytes of a body that are looked through for secrets.
const MASKED: usize = 256 << 10;
/// Most characters of a body that are listed.
const SHOWN: usize = 4_096;

/// The page loads nothing and talks to nobody but this server.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers a request about the server itself; `None` when it is meant for the API.
pub(crate) fn answer(engine: &Engine, request: &Request<Bytes>) -> Option<Answer> {
    let (is_page, own) = meant(engine, request.uri().path());
    if is_page || own.is_some() {
        let allowed = engine.state().settings.allow_hosts.clone();
        if let Some(reason) = guard::refusal(request.headers(), &allowed) {
            let body = json!({"message": reason}).to_string();
            return Some(reply(403, "application/json", body.into_bytes()));
        }
    }
    if is_page && matches!(*request.method(), Method::GET | Method::HEAD) {
        let host = request
            .headers()
            .get(http::header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("localhost");
        let mut page = reply(200, "text/html; charset=utf-8", page::html(engine, host));
        page.headers
            .insert(http::header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        return Some(page);
    }
    let rest = own?;
    let outcome = match (request.method().as_str(), rest.trim_end_matches('/')) {
        ("GET", "/requests") => Ok(requests(engine, request.uri().query().unwrap_or_default())),
        ("DELETE", "/requests") => {
            engine.state().log.clear();
            Ok(Value::Null)
        }
        ("GET", "/settings") => Ok(json!(engine.state().settings)),
        ("PATCH", "/settings") => change(engine, request.body()),
        ("DELETE", "") => {
            let mut state = engine.state();
            state.log.clear();
            state.stubs.clear();
            state.kept = Store::default();
            state.reset_meters();
            Ok(Value::Null)
        }
        ("GET", "/state") => Ok(json!(engine.state().kept.counts())),
        ("DELETE", "/state") => {
            engine.state().kept = Store::default();
            Ok(Value::Null)
        }
        ("PUT" | "DELETE", rest) => {
            script(engine, request, rest.strip_prefix("/script/").unwrap_or_default())
        }
        _ => Err((
            404,
            "the mock itself has /_mock/requests, /_mock/settings, /_mock/state and /_mock/script/{operationId}"
                .to_owned(),
        )),
    };
    Some(match outcome {
        Ok(Value::Null) => reply(204, "", Vec::new()),
        Ok(value) => reply(200, "application/json", value.to_string().into_bytes()),
        Err((status, message)) => {
            reply(status, "application/json", json!({"message": message}).to_string().into_bytes())
        }
    })
}

/// Whether a request is about the server itself.
#[cfg(feature = "proxy")]
pub(crate) fn is_meant(engine: &Engine, path: &str) -> bool {
    let (is_page, own) = meant(engine, path);
    is_page || own.is_some()
}

/// Whether a path is that of the page, and what follows `/_mock`.
fn meant<'p>(engine: &Engine, path: &'p str) -> (bool, Option<&'p str>) {
    // A document may have a root of its own; the page is at `/_mock` as well.
    let is_page = path == "/_mock"
        || (path == "/" && engine.service.find(&Method::GET, path) == Found::Nothing);
    let own = path.strip_prefix("/_mock").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    (is_page, own)
}

fn reply(status: u16, media: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !media.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Answer { status, headers, body: body.into(), wait: Duration::ZERO, fault: None }
}

fn requests(engine: &Engine, query: &str) -> Value {
    let pairs = text::pairs(query, 10).unwrap_or_default();
    let after = pairs
        .iter()
        .find(|pair| pair.name == "after")
        .and_then(|pair| pair.value.parse().ok())
        .unwrap_or(0);
    let state = engine.state();
    let mut listed: Vec<_> = state
        .log
        .entries()
        .rev()
        .take_while(|own| own.number > after)
        .take(LISTED)
        .map(|received| told(received, engine.service.mask()))
        .collect();
    listed.reverse();
    json!({"total": state.log.total(), "requests": listed})
}

/// A request for people: credentials hidden, long bodies cut.
pub(crate) fn told(received: &Received, mask: &Mask) -> Value {
    #[cfg(feature = "proxy")]
    let findings = &received.findings;
    #[cfg(not(feature = "proxy"))]
    let findings: [(); 0] = [];
    let headers = received
        .headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), mask.header(name, value.as_bytes())]));
    let body: String =
        mask.body(&received.body[..received.body.len().min(MASKED)]).chars().take(SHOWN).collect();
    json!({
        "number": received.number,
        "ms": u64::try_from(received.at.as_millis()).unwrap_or(u64::MAX),
        "method": received.method.as_str(),
        "target": mask.target(&received.uri).chars().take(2_000).collect::<String>(),
        "operation": received.operation,
        "status": received.status,
        "note": received.note,
        "blame": received.blame.map(|blame| blame.to_string()),
        "findings": findings,
        "headers": headers.collect::<Vec<_>>(),
        "body": body,
        "bytes": received.body.len(),
    })
}

type Outcome = Result<Value, (u16, String)>;

fn change(engine: &Engine, body: &[u8]) -> Outcome {
    let unreadable = |error: serde_json::Error| (400, format!("settings: {error}"));
    let changes: serde_json::Map<String, Value> =
        serde_json::from_slice(body).map_err(unreadable)?;
    let mut state = engine.state();
    let mut all = json!(state.settings);
    if let Value::Object(all) = &mut all {
        all.extend(changes);
    }
    let settings: Settings = serde_json::from_value(all).map_err(unreadable)?;
    if settings.rate_limit != state.settings.rate_limit
        || settings.credits != state.settings.credits
    {
        state.reset_meters();
    }
    state.settings = settings;
    Ok(json!(state.settings))
}

/// One reply of a script, as it travels.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Scripted {
    status: Option<u16>,
    headers: indexmap::IndexMap<String, String>,
    body: Option<Value>,
    example: Option<String>,
    wait_ms: u64,
    fault: Option<Fault>,
    items: Option<u64>,
    /// How many requests in a row get this reply.
    times: u64,
}

impl Default for Scripted {
    fn default() -> Self {
        Self {
            status: None,
            headers: indexmap::IndexMap::new(),
            body: None,
            example: None,
            wait_ms: 0,
            fault: None,
            items: None,
            times: 1,
        }
    }
}

/// Most replies of a script.
const SCRIPT: usize = 10_000;

fn script(engine: &Engine, request: &Request<Bytes>, id: &str) -> Outcome {
    let operation = engine
        .service
        .operation_by_id(id)
        .ok_or_else(|| (404, format!("there is no operation {id}")))?;
    let mut replies = Vec::new();
    if request.method() == Method::PUT {
        let scripted: Vec<Scripted> = serde_json::from_slice(request.body())
            .map_err(|error| (400, format!("script: {error}")))?;
        for own in scripted {
            let times = usize::try_from(own.times).unwrap_or(SCRIPT).min(SCRIPT);
            let reply = own.reply()?;
            replies.extend(std::iter::repeat_n(reply, times));
            if replies.len() > SCRIPT {
                return Err((400, format!("script: more than {SCRIPT} replies")));
            }
        }
    }
    let mut state = engine.state();
    state.stubs.retain(|stub| stub.operation != operation || !stub.place.is_empty());
    if !replies.is_empty() {
        // After its last reply a script is over, and the operation answers as usual.
        replies.push(StubReply::default());
        let times = Times { least: 0, most: None };
        state.add_stub(Stub {
            id: 0,
            operation,
            matchers: Vec::new(),
            times,
            replies,
            hits: 0,
            place: String::new(),
        });
    }
    Ok(Value::Null)
}

impl Scripted {
    fn reply(self) -> Result<StubReply, (u16, String)> {
        if self.status.is_some_and(|status| !(200..600).contains(&status)) {
            return Err((400, "script: a status is from 200 to 599".to_owned()));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let pair = (name.parse::<HeaderName>(), HeaderValue::from_str(value));
            let (Ok(name), Ok(value)) = pair else {
                return Err((400, format!("script: {name} is no header")));
            };
            headers.append(name, value);
        }
        let body = self.body.map(|body| (Bytes::from(body.to_string()), "application/json"));
        Ok(StubReply {
            status: self.status,
            headers,
            body,
            example: self.example,
            wait_ms: self.wait_ms.min(300_000),
            fault: self.fault,
            items: self.items,
        })
    }
}
