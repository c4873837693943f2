//! Everything that is settled before the first attempt: URL, headers, credentials, and what may be repeated.

use std::borrow::Cow;

use reqwest::Url;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};

use super::{Call, Want};
use crate::client::{Client, Inner};
use crate::config::Settings;
use crate::config::secret::hint;
use crate::encode::content::Content;
use crate::encode::percent;
use crate::error::{Error, Result};
use crate::operation::{BodyKind, OperationInfo};
use crate::random;
use crate::request::Request;

/// A request ready for any number of attempts.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) client: Client,
    pub(crate) call: Call,
    /// Boxed, because most requests are content with those of their client.
    settings: Option<Box<Settings>>,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    /// The names of the credentials to send.
    pub(crate) credentials: &'static [&'static str],
    pub(crate) content: Content,
    pub(crate) kind: BodyKind,
    pub(crate) is_stream: bool,
    /// True when the stream is read item by item.
    pub(crate) is_items: bool,
    /// True when an idempotency key travels, so that a repetition is recognised as one.
    pub(crate) is_keyed: bool,
}

impl Plan {
    pub(crate) fn new(mut request: Request, want: Want) -> Result<Self> {
        let client = request
            .client
            .take()
            .ok_or_else(|| Error::request("it was received, not made by a client"))?;
        let options = request.options.as_deref();
        if let Some(error) = request.error.as_ref().or_else(|| options?.error.as_ref()) {
            return Err(Error::request(error));
        }
        let inner = client.inner();
        let path = request.expanded_path().map_err(|told| {
            let mut names = inner.service.parameters.iter().map(|(name, _)| *name);
            Error::request(match names.find(|name| told.contains(&format!("`{name}` is missing"))) {
                Some(name) => format!("{told}; give it once, with `parameter({name:?}, …)` of the client's builder"),
                None => told,
            })
        })?;
        let url = url(inner, &request, &path)?;
        let mut headers = headers(inner, &request, want)?;
        let is_keyed = set_idempotency_key(&mut headers, &request)?;
        let settings = options.map(|options| Box::new(options.over(&inner.config.settings)));
        let content = request.take_content().map_err(Error::request)?;
        let security = request.info.security.unwrap_or(inner.service.security);
        Ok(Self {
            call: Call { operation: request.info.id, method: request.method().clone(), path },
            settings,
            credentials: credentials(inner, request.info, security)?,
            kind: request.info.body,
            client,
            url,
            headers,
            content,
            is_stream: want.stream,
            is_items: want.items,
            is_keyed,
        })
    }

    pub(crate) fn settings(&self) -> &Settings {
        self.settings.as_deref().unwrap_or(&self.client.inner().config.settings)
    }

    /// True when sending the request twice does the same as sending it once.
    pub(crate) fn is_repeatable(&self) -> bool {
        let method = &self.call.method;
        self.is_keyed || method.is_idempotent() || method.as_str() == "QUERY"
    }
}

fn url(inner: &Inner, request: &Request, path: &str) -> Result<Url> {
    let config = &inner.config;
    let server = request.info.server;
    let base = if server.is_empty() || config.base_url_is_chosen {
        Cow::Borrowed(&config.base_url)
    } else {
        Cow::Owned(config.base_url.join(server).map_err(|error| {
            Error::request(format!("the operation's server is malformed: {error}"))
        })?)
    };
    let mut url = if path.starts_with('/') && !path.contains(['?', '#']) {
        // What begins with a slash and ends before a query cannot touch the host, which need not be read again.
        let mut url = Url::clone(&base);
        match base.path().trim_end_matches('/') {
            "" => url.set_path(path),
            prefix => url.set_path(&format!("{prefix}{path}")),
        }
        url
    } else {
        let url = Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/')))
            .map_err(|error| Error::request(format!("the path {path} makes no URL: {error}")))?;
        if !is_same_origin(&url, &base) {
            return Err(Error::request(format!("the path {path} leads to another host")));
        }
        url
    };
    let query = percent::pairs(request.pairs());
    url.set_query((!query.is_empty()).then_some(query.as_str()));
    Ok(url)
}

/// Whether two addresses of the web have one origin. As `Url::origin`, without a copy of every host.
pub(super) fn is_same_origin(a: &Url, b: &Url) -> bool {
    (a.scheme(), a.host(), a.port_or_known_default())
        == (b.scheme(), b.host(), b.port_or_known_default())
}

/// All headers but the key: the crate's own, then the request's, then the client's, then the options'.
fn headers(inner: &Inner, request: &Request, want: Want) -> Result<HeaderMap> {
    let config = &inner.config;
    let mut headers = HeaderMap::with_capacity(6);
    let accept = if request.info.accept.is_empty() { want.accept } else { request.info.accept };
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers.insert(USER_AGENT, config.user_agent.clone());
    add(&mut headers, &request.headers);
    if !request.cookies.is_empty() {
        let cookies: Vec<_> =
            request.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let value = HeaderValue::from_str(&cookies.join("; "));
        headers.insert(
            COOKIE,
            value.map_err(|_| Error::request("a cookie holds characters that cannot travel"))?,
        );
    }
    add(&mut headers, &config.headers);
    if let Some(options) = &request.options {
        add(&mut headers, &options.headers);
    }
    if matches!(request.content, Content::Parts(_)) {
        // Only this crate knows the boundary.
        headers.remove(CONTENT_TYPE);
    }
    Ok(headers)
}

fn add(headers: &mut HeaderMap, more: &HeaderMap) {
    if !more.is_empty() {
        headers.extend(more.clone());
    }
}

/// Sees to the idempotency key, once for all attempts. True when one travels.
fn set_idempotency_key(headers: &mut HeaderMap, request: &Request) -> Result<bool> {
    let named = request.info.idempotent_by;
    let chosen = request.options.as_ref().and_then(|options| options.idempotency_key.clone());
    let name = match (named, &chosen) {
        ("", None) => return Ok(false),
        ("", Some(_)) => "idempotency-key",
        (name, _) => name,
    };
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::request("the idempotency header has a malformed name"))?;
    if chosen.is_none() && headers.contains_key(&name) {
        return Ok(true);
    }
    let key = chosen.unwrap_or_else(|| random::uuid().to_string());
    let visible = key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    match HeaderValue::from_str(&key) {
        Ok(value) if visible && (1..=255).contains(&key.len()) => {
            headers.insert(name, value);
            Ok(true)
        }
        _ => Err(Error::request("an idempotency key is 1 to 255 printable ASCII characters")),
    }
}

/// The names of the first alternative for which all credentials are at hand.
fn credentials(
    inner: &Inner,
    info: &OperationInfo,
    alternatives: &[&'static [&'static str]],
) -> Result<&'static [&'static str]> {
    let at_hand = &inner.config.credentials;
    let complete =
        |set: &&&'static [&'static str]| set.iter().all(|name| at_hand.contains_key(name));
    // An empty alternative says that the key is optional; one that is at hand is sent all the same.
    let best = alternatives
        .iter()
        .filter(|set| !set.is_empty())
        .find(complete)
        .or_else(|| alternatives.iter().find(complete));
    match best {
        Some(set) => Ok(set),
        None if alternatives.is_empty() => Ok(&[]),
        None => {
            let hints: Vec<String> = alternatives
                .iter()
                .map(|set| {
                    let names = set.iter().map(|name| {
                        let scheme = inner.service.auth.iter().find(|scheme| scheme.name == *name);
                        format!("`{name}`{}", scheme.map(hint).unwrap_or_default())
                    });
                    names.collect::<Vec<_>>().join(" and ")
                })
                .collect();
            Err(Error::configuration(format!(
                "{} needs a key for {}",
                info.id,
                hints.join(", or ")
            )))
        }
    }
}
