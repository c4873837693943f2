//! Standing before the real API: requests go on to it, both directions are held against the document, and what comes back
//! is what it said.
//!
//! Credentials go to the one origin that was named and nowhere else: redirects are handed to the caller and not followed,
//! and no error tells an address with its query. Feature `proxy`.

use std::error::Error as _;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, HeaderName, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use reqwest::Url;

use crate::engine::{Answer, Finding, Half, Judged};
use crate::failure::{Blame, Refusal};
use crate::service::Service;

/// Longest time that a connection to the real API may take.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest time that a whole reply of it may take.
const WHOLE: Duration = Duration::from_secs(300);
/// Longest reply, in bytes.
const LONGEST: usize = 128 << 20;

/// The real API behind a mock.
///
/// ```
/// let proxy = lockstep_mock::Proxy::new("https://api.example.com/v1")?;
/// assert_eq!(proxy.origin(), "https://api.example.com");
/// assert!(lockstep_mock::Proxy::new("ftp://example.com").is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct Proxy {
    client: reqwest::Client,
    url: Url,
    is_strict: bool,
}

/// What the real API said.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Proxy {
    /// A proxy to an address. A path in it stands in place of the document's base path; without one, requests keep
    /// theirs as they come.
    ///
    /// # Errors
    /// A sentence, when it is no `http` or `https` address, when it holds a user, a query or a fragment, or when TLS
    /// cannot be set up on this machine.
    pub fn new(url: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("--proxy must be an http or https address: {why}");
        let url = Url::parse(url).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong(&format!("{} is not", url.scheme())));
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(wrong("it has a user, a query or a fragment; requests bring their own"));
        }
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Another thread may have been faster, with the same result.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Replies go on as they came, whatever the client of the same build unpacks.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .build()
            .map_err(|error| format!("cannot speak to another server: {}", chain(error)))?;
        Ok(Self { client, url, is_strict: false })
    }

    /// Whether findings become failures: a request with one is refused and goes nowhere, a reply with one becomes a 502.
    #[must_use]
    pub fn strict(self, is_strict: bool) -> Self {
        Self { is_strict, ..self }
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Scheme, host and port: where requests go, and with them their credentials.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Where a request goes on to.
    fn target(&self, service: &Service, uri: &Uri) -> Url {
        let base = self.url.path().trim_end_matches('/');
        let path = match base {
            "" => uri.path().to_owned(),
            base => format!("{base}{}", service.behind_base(uri.path())),
        };
        let mut url = self.url.clone();
        url.set_path(&path);
        url.set_query(uri.query());
        url
    }

    /// Sends a request on and reads what comes back.
    ///
    /// # Errors
    /// A refusal, when nothing comes, or more than may.
    pub(crate) async fn send(
        &self,
        service: &Service,
        request: &Request<Bytes>,
    ) -> Result<Reply, Refusal> {
        let failed = |why: String| {
            let reason = format!("{} does not answer: {why}", self.origin());
            Refusal::own(502, reason).blaming(Blame::Nobody)
        };
        let url = self.target(service, request.uri());
        let mut sent = self.client.request(request.method().clone(), url);
        sent = sent.headers(forwarded(request.headers()));
        if !request.body().is_empty() || has_body(request.method()) {
            sent = sent.body(request.body().clone());
        }
        let mut reply = sent.send().await.map_err(|error| failed(chain(error)))?;
        let mut headers = end_to_end(reply.headers());
        if request.method() != Method::HEAD {
            headers.remove(CONTENT_LENGTH);
        }
        let status = reply.status();
        let mut body = BytesMut::new();
        while let Some(chunk) = reply.chunk().await.map_err(|error| failed(chain(error)))? {
            if body.len() + chunk.len() > LONGEST {
                return Err(failed(format!("its reply is longer than {LONGEST} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, headers, body: body.freeze() })
    }

    /// The answer that the caller gets: what the real API said, or a refusal where findings are failures.
    pub(crate) fn answer(&self, reply: Reply, found: &[String], judged: &Judged) -> Answer {
        let mut answer = Answer::empty(reply.status.as_u16());
        (answer.headers, answer.body) = (reply.headers, reply.body);
        let refused = judged.refusal.iter().map(|refusal| refusal.reason.as_str());
        let told: Vec<&str> = refused.chain(found.iter().map(String::as_str)).collect();
        if !told.is_empty() {
            answer.tell(&told.join("; "));
        }
        answer
    }
}

/// Findings about a reply.
pub(crate) fn of_reply(found: Vec<String>) -> Vec<Finding> {
    found.into_iter().map(|text| Finding { half: Half::Reply, text }).collect()
}

/// A reply that is not as the document says, where that is a failure.
pub(crate) fn unlike(found: &[String]) -> Refusal {
    let reason = format!("the reply of the real API is not as declared: {}", found.join("; "));
    Refusal::own(502, reason).blaming(Blame::Document)
}

/// The headers that are meant for whoever answers.
fn forwarded(headers: &HeaderMap) -> HeaderMap {
    let mut own = end_to_end(headers);
    own.remove(HOST);
    own.remove(CONTENT_LENGTH);
    // What cannot be unpacked cannot be checked.
    if own.remove(ACCEPT_ENCODING).is_some() {
        own.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    own
}

/// Headers without those of one connection (RFC 9110, 7.6.1).
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut own = headers.clone();
    let named = headers.get_all(CONNECTION).into_iter().filter_map(|line| line.to_str().ok());
    for name in named.flat_map(|line| line.split(',')) {
        if let Ok(name) = name.trim().parse::<HeaderName>() {
            own.remove(name);
        }
    }
    let of_connection = [
        CONNECTION,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
    ];
    for name in of_connection {
        own.remove(name);
    }
    own.remove("keep-alive");
    own.remove("proxy-connection");
    own
}

/// Whether a request of this method says how long its body is even if it is empty.
fn has_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

/// What went wrong, down to the cause, without the address: its query may hold a key.
fn chain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(own) = cause {
        text.push_str(&format!(": {own}"));
        cause = own.source();
    }
    text
}
