//! The way of a request through the recorder: handed on, handed back, and noted without its values.

use std::collections::hash_map::RandomState;
use std::convert::Infallible;
use std::hash::BuildHasher as _;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName};
use http_body::Body as _;
use http_body_util::{Either, Full};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::learn::Scrubber;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Record;
use super::archive::Archive;
use crate::commands::{Failure, Outcome};
use crate::report::Report;
use crate::workspace::{self, Input};

/// How long a connection to the API may take.
const CONNECT: Duration = Duration::from_secs(20);

/// Headers that are about one connection and not about the message.
const HOPS: &[HeaderName] = &[
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// A recorder that listens.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    runtime: tokio::runtime::Runtime,
    shared: Arc<Shared>,
    listener: Option<TcpListener>,
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    target: url::Url,
    client: reqwest::Client,
    scrubber: Scrubber,
    archive: Mutex<Archive>,
    largest: usize,
}

/// Records until it is stopped.
///
/// # Errors
/// When the target is no address, the recording is there already, or the port is taken.
pub fn record(command: &Record, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    let root = workspace::root()?;
    let document = Input::read(&root.join(&command.spec), &workspace::shown(&command.spec))?;
    let mut diagnostics = Diagnostics::new();
    let Some(mut proxy) = Proxy::start(command, &document, &mut diagnostics)? else {
        return Ok(report.refused(&diagnostics, &[document]));
    };
    let har = workspace::shown(&command.har);
    let text = format!(
        "http://{} hands requests on to {}; {har} gets the shape of the replies, without values, keys and cookies\nto end it, press Ctrl-C; then run\n\n    cargo xtask learn {har}\n",
        proxy.address, command.target
    );
    report.told(
        &text,
        &json!({ "type": "recording", "address": proxy.address.to_string(), "har": har }),
    );
    proxy.run();
    Ok(Outcome::Done)
}

impl Proxy {
    /// Listens. `None` if the document cannot be read; the reasons are then among the diagnostics.
    ///
    /// # Errors
    /// When the target is no address, the recording is there already, or the port is taken.
    pub fn start(
        command: &Record,
        document: &Input,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Self>, Failure> {
        let target = target(&command.target)?;
        let base = target.path().trim_end_matches('/').to_owned();
        let salt = RandomState::new().hash_one(SystemTime::now());
        let Some(scrubber) = Scrubber::new(&document.source(), &base, salt, diagnostics) else {
            return Ok(None);
        };
        let har = workspace::shown(&command.har);
        let runtime = tokio::runtime::Runtime::new()
            .map_err(|error| Failure(format!("cannot start: {error}")))?;
        let listener = runtime
            .block_on(TcpListener::bind(("127.0.0.1", command.port)))
            .map_err(|error| Failure(format!("cannot listen on port {}: {error}", command.port)))?;
        let address =
            listener.local_addr().map_err(|error| Failure(format!("cannot listen: {error}")))?;
        let client = client()?;
        let archive = Archive::create(&command.har, command.largest_file)
            .map_err(|error| Failure(format!("cannot write {har}: {error}")))?;
        let largest = usize::try_from(command.largest_body).unwrap_or(usize::MAX);
        let shared =
            Arc::new(Shared { target, client, scrubber, archive: Mutex::new(archive), largest });
        Ok(Some(Self { address, runtime, shared, listener: Some(listener) }))
    }

    /// Where clients find it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the process ends.
    pub fn run(&mut self) {
        if let Some(listener) = self.listener.take() {
            self.runtime.block_on(serve(listener, Arc::clone(&self.shared)));
        }
    }

    /// Serves beside the caller, until this is dropped.
    pub fn spawn(&mut self) {
        if let Some(listener) = self.listener.take() {
            self.runtime.spawn(serve(listener, Arc::clone(&self.shared)));
        }
    }
}

fn target(text: &str) -> Result<url::Url, Failure> {
    let target = url::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let target = target.filter(|url| url.username().is_empty() && url.password().is_none());
    target.ok_or_else(|| {
        Failure(
            "--target is no address such as https://api.example.com (a key does not belong in it)"
                .to_owned(),
        )
    })
}

fn client() -> Result<reqwest::Client, Failure> {
    // Whoever installed a provider before has chosen it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .build()
        .map_err(|error| Failure(format!("cannot speak to the network: {error}")))
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        // A connection that could not be taken is the client's to make again.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service =
                hyper::service::service_fn(move |request| answer(Arc::clone(&shared), request));
            let connection = hyper::server::conn::http1::Builder::new();
            let _ = connection.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Reply = http::Response<Either<Tee, Full<Bytes>>>;

async fn answer(
    shared: Arc<Shared>,
    request: http::Request<Incoming>,
) -> Result<Reply, Infallible> {
    let started = (SystemTime::now(), Instant::now());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let sent = shared.client.execute(match shared.onward(request) {
        Ok(request) => request,
        Err(why) => return Ok(refusal(400, why)),
    });
    let Ok(reply) = sent.await else {
        return Ok(refusal(502, "the recorder cannot reach the API"));
    };
    let reply: http::Response<reqwest::Body> = reply.into();
    let (mut parts, body) = reply.into_parts();
    let note =
        Note::new(&shared, (&method, &path), started, (parts.status.as_u16(), &parts.headers));
    hops(&mut parts.headers);
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let left = length.and_then(|length| length.parse().ok());
    let tee = Tee { body, left, kept: Vec::new(), note: Some(note), shared };
    Ok(http::Response::from_parts(parts, Either::Left(tee)))
}

fn refusal(status: u16, why: &'static str) -> Reply {
    let mut reply =
        http::Response::new(Either::Right(Full::new(Bytes::from_static(why.as_bytes()))));
    *reply.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::BAD_GATEWAY);
    reply
}

fn hops(headers: &mut HeaderMap) {
    HOPS.iter().for_each(|name| {
        headers.remove(name);
    });
    headers.remove("keep-alive");
}

impl Shared {
    /// The request as the API gets it: to another host, and otherwise as it came.
    fn onward(&self, request: http::Request<Incoming>) -> Result<reqwest::Request, &'static str> {
        let (parts, body) = request.into_parts();
        let mut url = self.target.clone();
        let path = parts.uri.path();
        if !path.starts_with('/') {
            return Err("the recorder is no forward proxy: send it paths");
        }
        url.set_path(&format!("{}{path}", self.target.path().trim_end_matches('/')));
        url.set_query(parts.uri.query());
        let mut onward = reqwest::Request::new(parts.method, url);
        let mut headers = parts.headers;
        hops(&mut headers);
        headers.remove(header::HOST);
        // What is packed cannot be looked into.
        headers.remove(header::ACCEPT_ENCODING);
        *onward.headers_mut() = headers;
        *onward.body_mut() = Some(reqwest::Body::wrap(body));
        Ok(onward)
    }
}

/// What is noted of an exchange before its body has come.
#[derive(Debug)]
struct Note {
    method: String,
    url: String,
    at: SystemTime,
    began: Instant,
    status: u16,
    media: String,
    mock: bool,
    /// Why the body is not kept.
    omitted: Option<&'static str>,
}

impl Note {
    fn new(
        shared: &Shared,
        (method, path): (&http::Method, &str),
        (at, began): (SystemTime, Instant),
        (status, headers): (u16, &HeaderMap),
    ) -> Self {
        let text = |name: &HeaderName| {
            headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        let media = text(&header::CONTENT_TYPE)
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let path = format!("{}{path}", shared.target.path().trim_end_matches('/'));
        let mut url = shared.target.clone();
        url.set_path(&shared.scrubber.path(method.as_str(), &path));
        let omitted = match media.as_str() {
            media
                if !(media.is_empty() || media.ends_with("/json") || media.ends_with("+json")) =>
            {
                Some("it is no JSON")
            }
            _ if headers.contains_key(header::CONTENT_ENCODING) => Some("it is packed"),
            _ => None,
        };
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte);
        let media = if media.len() < 80 && media.bytes().all(good) { media } else { String::new() };
        let mock = headers.contains_key("mock-reason")
            || text(&header::SERVER).starts_with("lockstep-mock");
        Self {
            method: method.to_string(),
            url: url.to_string(),
            at,
            began,
            status,
            media,
            mock,
            omitted,
        }
    }

    /// As it stands in the recording.
    fn entry(self, scrubber: &Scrubber, body: &[u8]) -> Value {
        let parsed =
            if self.omitted.is_none() { serde_json::from_slice::<Value>(body).ok() } else { None };
        let mut content = json!({ "size": body.len(), "mimeType": self.media });
        match parsed {
            Some(value) => content["text"] = scrubber.value(&value).to_string().into(),
            None if body.is_empty() && self.omitted.is_none() => content["text"] = "".into(),
            None => {
                let why = self.omitted.unwrap_or("it is no JSON, or ends too early");
                content["comment"] = why.into();
                content["_omitted"] = why.into();
            }
        }
        let date: chrono::DateTime<chrono::Utc> = self.at.into();
        let elapsed = self.began.elapsed().as_secs_f64() * 1000.0;
        let headers =
            if self.mock { json!([{ "name": "mock-reason", "value": "" }]) } else { json!([]) };
        json!({
            "startedDateTime": date.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            "time": elapsed,
            "request": {
                "method": self.method, "url": self.url, "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
                "queryString": [], "headersSize": -1, "bodySize": -1,
            },
            "response": {
                "status": self.status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": headers,
                "content": content, "redirectURL": "", "headersSize": -1, "bodySize": -1,
            },
            "cache": {},
            "timings": { "send": 0, "wait": elapsed, "receive": 0 },
        })
    }
}

/// A body on its way to the client, of which the beginning is kept.
#[derive(Debug)]
struct Tee {
    body: reqwest::Body,
    /// How many bytes are still to come, where the reply says how long it is.
    left: Option<u64>,
    kept: Vec<u8>,
    note: Option<Note>,
    shared: Arc<Shared>,
}

impl Tee {
    fn keep(&mut self, piece: &[u8]) {
        let Some(note) = self.note.as_mut().filter(|note| note.omitted.is_none()) else { return };
        if self.kept.len() + piece.len() > self.shared.largest {
            note.omitted = Some("it is too large");
            self.kept = Vec::new();
        } else {
            self.kept.extend_from_slice(piece);
        }
    }

    fn finish(&mut self, broken: Option<&'static str>) {
        let Some(mut note) = self.note.take() else { return };
        note.omitted = note.omitted.or(broken);
        let entry = note.entry(&self.shared.scrubber, &std::mem::take(&mut self.kept));
        let mut archive = self.shared.archive.lock().unwrap_or_else(PoisonError::into_inner);
        let was_full = archive.is_full();
        match archive.add(&entry) {
            Ok(false) if !was_full => eprintln!(
                "the recording is full; what comes now is handed on, and not written down"
            ),
            Err(error) => eprintln!("cannot write to the recording: {error}"),
            Ok(_) => {}
        }
    }
}

impl http_body::Body for Tee {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(piece) = frame.data_ref() {
                    let piece = piece.clone();
                    this.left = this.left.map(|left| left.saturating_sub(piece.len() as u64));
                    this.keep(&piece);
                }
            }
            Some(Err(_)) => this.finish(Some("it broke off")),
            None => this.finish(None),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        // The end has to be seen here, so that what was kept is written.
        self.note.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Tee {
    /// A client that goes away, or that knows the length and asks for no more, ends it too.
    fn drop(&mut self) {
        // Whether a body knows that it is at its end hangs on how reqwest was built; its length does not.
        let is_whole = self.left == Some(0) || self.body.is_end_stream();
        self.finish((!is_whole).then_some("the client went away"));
    }
}
