//! One address: its bytes, or a sentence about why not.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::{Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use crate::commands::Failure;

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
        }
    }
}

/// What is known of an earlier answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(super) enum Answer {
    /// The earlier answer still holds.
    Same,
    /// A new one.
    New { text: String, etag: Option<String>, last_modified: Option<String> },
}

/// Fetches, within limits.
#[derive(Clone, Debug)]
pub(super) struct Fetcher {
    agent: Agent,
    limits: Limits,
}

/// Why a try failed, and whether another one may help.
struct Refusal {
    why: String,
    again: bool,
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
            .timeout_global(Some(limits.whole))
            .max_redirects(limits.redirects)
            .http_status_as_error(false)
            .user_agent(concat!("lockstep-xtask/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Self { agent, limits }
    }

    /// Asks for an address.
    pub(super) fn get(&self, address: &str, before: &Before) -> Result<Answer, Failure> {
        let secure = is_secure(address).map_err(|why| Failure(format!("{address}: {why}")))?;
        let mut pause = self.limits.pause;
        for left in (0..self.limits.tries.max(1)).rev() {
            match self.try_once(address, before, secure) {
                Ok(answer) => return Ok(answer),
                Err(refusal) if refusal.again && left > 0 => {
                    std::thread::sleep(pause);
                    pause *= 2;
                }
                Err(Refusal { why, again: true }) => {
                    return Err(Failure(format!(
                        "{address}: {why} ({} tries)",
                        self.limits.tries.max(1)
                    )));
                }
                Err(Refusal { why, .. }) => return Err(Failure(format!("{address}: {why}"))),
            }
        }
        Err(Failure(format!("{address}: not tried")))
    }

    fn try_once(&self, address: &str, before: &Before, secure: bool) -> Result<Answer, Refusal> {
        let mut request = self.agent.get(address).config().https_only(secure).build();
        if let Some(etag) = &before.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(date) = &before.last_modified {
            request = request.header(header::IF_MODIFIED_SINCE, date);
        }
        let response = request.call().map_err(|error| self.refusal(&error))?;
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED {
            return if before.etag.is_some() || before.last_modified.is_some() {
                Ok(Answer::Same)
            } else {
                Err(Refusal {
                    why: "the server says 304 to a question that knew of no earlier answer".into(),
                    again: false,
                })
            };
        }
        if !status.is_success() {
            let again = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
            return Err(Refusal { why: format!("the server says {status}"), again });
        }
        self.body(response)
    }

    fn body(&self, mut response: Response<Body>) -> Result<Answer, Refusal> {
        let kept = |response: &Response<Body>, name| {
            let value = response.headers().get(name)?.to_str().ok()?;
            (value.len() <= 200).then(|| value.to_owned())
        };
        let (etag, last_modified) =
            (kept(&response, header::ETAG), kept(&response, header::LAST_MODIFIED));
        let packed = response.headers().contains_key(header::CONTENT_ENCODING);
        let promised = response.body().content_length().filter(|_| !packed);
        let largest = self.limits.largest;
        if promised.is_some_and(|length| length > largest) {
            return Err(too_large(largest));
        }
        let mut bytes = Vec::new();
        // One byte more than is allowed, to tell "just fits" from "does not end".
        let reader = response.body_mut().with_config().limit(u64::MAX).reader();
        if let Err(error) = reader.take(largest + 1).read_to_end(&mut bytes) {
            let timeout = error.to_string().contains("timeout");
            let why = if timeout {
                self.slow()
            } else {
                format!("the answer broke off after {} bytes: {error}", bytes.len())
            };
            return Err(Refusal { why, again: !timeout });
        }
        if bytes.len() as u64 > largest {
            return Err(too_large(largest));
        }
        if promised.is_some_and(|length| length != bytes.len() as u64) {
            let why = format!(
                "the answer broke off after {} of {} bytes",
                bytes.len(),
                promised.unwrap_or_default()
            );
            return Err(Refusal { why, again: true });
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| Refusal { why: "the answer is not UTF-8 text".into(), again: false })?;
        Ok(Answer::New { text, etag, last_modified })
    }

    fn slow(&self) -> String {
        format!("the answer took more than {} s", self.limits.whole.as_secs_f32())
    }

    fn refusal(&self, error: &ureq::Error) -> Refusal {
        let (why, again) = match error {
            ureq::Error::Timeout(_) => (self.slow(), false),
            ureq::Error::TooManyRedirects | ureq::Error::RedirectFailed => {
                (format!("it redirects more than {} times", self.limits.redirects), false)
            }
            ureq::Error::RequireHttpsOnly(target) => {
                (format!("it redirects to {target}, which is not https"), false)
            }
            ureq::Error::HostNotFound => ("there is no such host, or no network".to_owned(), true),
            other => (other.to_string(), true),
        };
        Refusal { why, again }
    }
}

fn too_large(largest: u64) -> Refusal {
    Refusal { why: format!("the answer is larger than {largest} bytes"), again: false }
}

/// Whether an address is https. Plain http goes to this machine only.
fn is_secure(address: &str) -> Result<bool, &'static str> {
    if address.starts_with("https://") {
        return Ok(true);
    }
    let host = address.strip_prefix("http://").ok_or("this is no https address")?;
    let authority = host.split(['/', '?', '#']).next().unwrap_or_default();
    let name = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
    if matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        Ok(false)
    } else {
        Err("plain http is not safe to import from; use https")
    }
}
