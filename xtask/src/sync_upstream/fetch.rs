//! One address: its bytes, or a sentence about why not.

use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::http::{HeaderName, Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};
use url::Url;

use super::refusal::{Again, Refusal, is_challenge, slow, too_large};
use super::wait::Calm;
use crate::commands::Failure;

/// What is wanted: text. A server that has the same page as HTML too needs to know.
const ACCEPT: &str =
    "text/markdown, application/yaml, application/json, text/plain;q=0.9, */*;q=0.1";
/// So much of a refusal is looked at.
const LOOK: u64 = 32_768;

/// What a server may do to us.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the connection may take.
    pub connect: Duration,
    /// How long one answer may take in all, redirects and body included.
    pub whole: Duration,
    /// How large one answer may be, in bytes, unpacked.
    pub largest: u64,
    /// How many redirects are followed.
    pub redirects: u32,
    /// How often an address is tried before giving up.
    pub tries: u32,
    /// How long to wait before the second try; doubled for each after it.
    pub pause: Duration,
    /// How long a server may ask us to wait before the next try; whoever asks for more gets no further try.
    pub longest_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(60),
            largest: lockstep_generator::read::LARGEST as u64,
            redirects: 5,
            tries: 3,
            pause: Duration::from_millis(500),
            longest_wait: Duration::from_secs(90),
        }
    }
}

/// What is known of an earlier answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// A text that arrived.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: String,
    /// Where it lay: redirects lead elsewhere.
    pub(super) found: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(super) enum Answer {
    /// The earlier answer still holds.
    Same,
    /// A new one.
    New(Text),
}

/// Fetches, within limits.
#[derive(Debug)]
pub(super) struct Fetcher {
    agent: Agent,
    limits: Limits,
    calm: Calm,
}

impl Fetcher {
    pub(super) fn new(limits: Limits) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .timeout_connect(Some(limits.connect))
            // Redirects are followed here, where each step is looked at.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("lockstep-xtask/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Self { agent, limits, calm: Calm::default() }
    }

    /// Asks for an address.
    pub(super) fn get(&self, address: &str, before: &Before) -> Result<Answer, Failure> {
        let tries = self.limits.tries.max(1);
        let start = Url::parse(address)
            .map_err(|error| Failure(format!("{address}: this is no address: {error}")))?;
        may_ask(&start).map_err(|why| Failure(format!("{address}: {why}")))?;
        let mut pause = self.limits.pause;
        let mut tried = 1;
        loop {
            self.calm.keep();
            let refusal = match self.try_once(&start, before) {
                Ok(answer) => return Ok(answer),
                Err(refusal) => refusal,
            };
            match refusal.again {
                Again::Never => return Err(Failure(format!("{address}: {}", refusal.why))),
                _ if tried >= tries => {
                    return Err(Failure(format!("{address}: {} ({tries} tries)", refusal.why)));
                }
                Again::Soon => std::thread::sleep(pause),
                Again::After(wait) => self.calm.until(Instant::now() + wait.max(pause)),
            }
            pause *= 2;
            tried += 1;
        }
    }

    /// One try, through every redirect, within the time for all of it.
    fn try_once(&self, start: &Url, before: &Before) -> Result<Answer, Refusal> {
        let ends = Instant::now() + self.limits.whole;
        let mut way = vec![start.clone()];
        loop {
            let at = way.last().unwrap_or(start).clone();
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(slow(&self.limits));
            }
            let mut request = self
                .agent
                .get(at.as_str())
                .config()
                .timeout_global(Some(left))
                .build()
                .header(header::ACCEPT, ACCEPT);
            if let Some(etag) = &before.etag {
                request = request.header(header::IF_NONE_MATCH, etag);
            }
            if let Some(date) = &before.last_modified {
                request = request.header(header::IF_MODIFIED_SINCE, date);
            }
            let response =
                request.call().map_err(|error| Refusal::of_error(&error, &at, &self.limits))?;
            match response.status() {
                StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                    return self.body(response, &at).map(Answer::New);
                }
                StatusCode::NOT_MODIFIED => {
                    return if before.etag.is_some() || before.last_modified.is_some() {
                        Ok(Answer::Same)
                    } else {
                        Err(Refusal::never(
                            "the server says 304 to a question that knew of no earlier answer",
                        ))
                    };
                }
                status if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) => {
                    let next = self.next(&at, &response, &way)?;
                    way.push(next);
                }
                status => return Err(self.refused(status, response)),
            }
        }
    }

    /// Where a redirect leads, if it may.
    fn next(&self, at: &Url, response: &Response<Body>, way: &[Url]) -> Result<Url, Refusal> {
        let target = response.headers().get(header::LOCATION);
        let target = target.ok_or_else(|| {
            Refusal::never(format!("the server says {} and not where to", response.status()))
        })?;
        let target = String::from_utf8_lossy(target.as_bytes()).into_owned();
        let next = at.join(&target).map_err(|_| {
            Refusal::never(format!("it redirects to {target:?}, which is no address"))
        })?;
        if at.scheme() == "https" && next.scheme() != "https" {
            return Err(Refusal::never(format!("it redirects to {next}, which is not https")));
        }
        may_ask(&next).map_err(|why| Refusal::never(format!("it redirects to {next}: {why}")))?;
        if way.contains(&next) {
            return Err(Refusal::never(format!("it redirects in a circle, by way of {next}")));
        }
        if way.len() as u64 > u64::from(self.limits.redirects) {
            let most = self.limits.redirects;
            return Err(Refusal::never(format!(
                "it redirects more than {most} times, last to {next}"
            )));
        }
        Ok(next)
    }

    fn refused(&self, status: StatusCode, mut response: Response<Body>) -> Refusal {
        let mut bytes = Vec::new();
        // What a refusal says is worth a look, and that it cannot be read is no other failure.
        let _ = response.body_mut().as_reader().take(LOOK).read_to_end(&mut bytes);
        let body = String::from_utf8_lossy(&bytes);
        Refusal::of_status(status, response.headers(), &body, &self.limits)
    }

    fn body(&self, mut response: Response<Body>, at: &Url) -> Result<Text, Refusal> {
        let said = |response: &Response<Body>, name: HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let kept = |name| said(&response, name).filter(|value| value.len() <= 200);
        let (etag, last_modified) = (kept(header::ETAG), kept(header::LAST_MODIFIED));
        let packing =
            said(&response, header::CONTENT_ENCODING).filter(|packing| packing != "identity");
        if let Some(packing) = packing.as_deref().filter(|packing| !is_gzip(packing)) {
            let why = format!("the answer is packed as `{packing}`, which was not asked for");
            return Err(Refusal::never(why));
        }
        let kind = said(&response, header::CONTENT_TYPE).unwrap_or_default();
        if let Some(kind) = no_text(&kind) {
            return Err(Refusal::never(format!(
                "the answer is no text: the server says it is {kind}"
            )));
        }
        let promised = response.body().content_length().filter(|_| packing.is_none());
        if promised.is_some_and(|length| length > self.limits.largest) {
            return Err(too_large(&self.limits));
        }
        let bytes = self.bytes(&mut response, promised)?;
        let charset = kind.to_ascii_lowercase().split_once("charset=").map(|(_, name)| {
            name.split(';').next().unwrap_or_default().trim_matches(['"', ' ']).to_owned()
        });
        let text = String::from_utf8(bytes).map_err(|_| {
            let told = charset.map(|name| format!(": the server says it is {name}"));
            Refusal::never(format!("the answer is not UTF-8 text{}", told.unwrap_or_default()))
        })?;
        if is_challenge(response.headers(), &text) {
            return Err(Refusal::of_status(
                StatusCode::OK,
                response.headers(),
                &text,
                &self.limits,
            ));
        }
        Ok(Text { text, found: at.to_string(), etag, last_modified })
    }

    fn bytes(
        &self,
        response: &mut Response<Body>,
        promised: Option<u64>,
    ) -> Result<Vec<u8>, Refusal> {
        let largest = self.limits.largest;
        let mut bytes = Vec::new();
        // One byte more than is allowed, to tell "just fits" from "does not end".
        let reader = response.body_mut().with_config().limit(u64::MAX).reader();
        if let Err(error) = reader.take(largest + 1).read_to_end(&mut bytes) {
            if error.to_string().contains("timeout") {
                return Err(slow(&self.limits));
            }
            let why = format!("the answer broke off after {} bytes: {error}", bytes.len());
            return Err(Refusal::soon(why));
        }
        if bytes.len() as u64 > largest {
            return Err(too_large(&self.limits));
        }
        match promised {
            Some(length) if length != bytes.len() as u64 => {
                let why = format!("the answer broke off after {} of {length} bytes", bytes.len());
                Err(Refusal::soon(why))
            }
            _ => Ok(bytes),
        }
    }
}

fn is_gzip(packing: &str) -> bool {
    matches!(packing.trim().to_ascii_lowercase().as_str(), "gzip" | "x-gzip")
}

/// The media type, if it is one that holds no text.
fn no_text(kind: &str) -> Option<&str> {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let (family, member) = kind.split_once('/')?;
    let binary = matches!(family, "image" | "audio" | "video" | "font")
        || matches!(member, "pdf" | "zip" | "gzip" | "x-tar" | "wasm");
    binary.then_some(kind)
}

/// Whether an address may be asked: plain http goes to this machine only.
fn may_ask(address: &Url) -> Result<(), &'static str> {
    if !address.username().is_empty() || address.password().is_some() {
        return Err(
            "an address with credentials in it would show them in logs; use a plain https one",
        );
    }
    match (address.scheme(), address.host_str()) {
        ("https", Some(_)) => Ok(()),
        ("http", Some("127.0.0.1" | "localhost" | "[::1]")) => Ok(()),
        ("http", _) => Err("plain http is not safe to import from; use https"),
        _ => Err("this is no https address"),
    }
}
