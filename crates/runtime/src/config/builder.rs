//! The builder of clients.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::secret::{Credential, to_mask};
use super::{Config, ConfigureHttp, Settings};
use crate::client::Client;
use crate::decode::Drift;
use crate::error::{Error, Result};
use crate::middleware::{CallInfo, Middleware, OnDrift};
use crate::observe::LogLevel;
use crate::redact::Redactor;
use crate::service::Service;

/// Sets up a client. `C` is the client that [`build`](Self::build) gives: a generated one, or [`Client`] itself.
///
/// ```
/// use std::time::Duration;
/// use lockstep_runtime::{AuthScheme, Client, ClientBuilder, Service};
///
/// static SERVICE: Service = Service {
///     base_url: "https://api.example.com",
///     auth: &[AuthScheme::bearer("default", "EXAMPLE_API_KEY")],
///     security: &[&["default"]],
///     ..Service::DEFAULT
/// };
///
/// let client: Client = ClientBuilder::new(&SERVICE)
///     .key("sk_example")
///     .timeout(Duration::from_secs(20))
///     .max_retries(4)
///     .build()?;
/// # Ok::<(), lockstep_runtime::Error>(())
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder<C = Client> {
    pub(super) service: &'static Service,
    base_url: Option<String>,
    secrets: IndexMap<String, String>,
    parameters: IndexMap<&'static str, String>,
    pub(super) headers: HeaderMap,
    user_agent: Option<String>,
    settings: Settings,
    middleware: Vec<Arc<dyn Middleware>>,
    http: Option<ConfigureHttp>,
    pub(super) log: LogLevel,
    auto_pacing: bool,
    per_minute: Option<u32>,
    error: Option<Error>,
    client: PhantomData<fn() -> C>,
}

impl<C> ClientBuilder<C> {
    /// A builder with the defaults: 60 s per attempt, 10 s to connect, 2 retries, replies up to 32 MiB.
    pub fn new(service: &'static Service) -> Self {
        Self {
            service,
            base_url: None,
            secrets: IndexMap::new(),
            parameters: IndexMap::new(),
            headers: HeaderMap::new(),
            user_agent: None,
            settings: Settings::default(),
            middleware: Vec::new(),
            http: None,
            log: LogLevel::Off,
            auto_pacing: false,
            per_minute: None,
            error: None,
            client: PhantomData,
        }
    }

    /// Where the API lives: another environment, a proxy, or a local mock.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The key, for a service that has one way to prove who one is, or as the first of several.
    pub fn key(self, key: impl Into<String>) -> Self {
        match self.service.auth.first() {
            Some(scheme) => self.credential(scheme.name, key),
            None => self.fail("this service takes no key"),
        }
    }

    /// The credential for the scheme of this name; for basic authentication it is `user:password`.
    pub fn credential(mut self, scheme: &str, secret: impl Into<String>) -> Self {
        self.secrets.insert(scheme.to_owned(), secret.into());
        self
    }

    /// User and password for the scheme of this name.
    pub fn basic(self, scheme: &str, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.credential(scheme, format!("{}:{}", user.as_ref(), password.as_ref()))
    }

    /// A parameter that every operation takes, such as a version of the API. A single request may say otherwise.
    pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        match self.service.parameters.iter().find(|(known, _)| *known == name) {
            Some((known, _)) => {
                self.parameters.insert(known, value.into());
                self
            }
            None => {
                let known: Vec<_> = self.service.parameters.iter().map(|(name, _)| *name).collect();
                self.fail(format!(
                    "no parameter of all operations is called `{name}`; known: {}",
                    known.join(", ")
                ))
            }
        }
    }

    /// A header for every request. It replaces what this crate sets by itself, and travels to the service only.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.append(name, value);
                self
            }
            _ => self.fail(format!("the header `{name}` has a malformed name or value")),
        }
    }

    /// The name of the program, put before this crate's own in `User-Agent`.
    pub fn user_agent(mut self, program: impl Into<String>) -> Self {
        self.user_agent = Some(program.into());
        self
    }

    /// How long one attempt may take, from its start to the reply's last byte. For a streamed reply: to
    /// its headers, and then from each piece to the next.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How long a connection may take to come about.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// How long a request may take with all its attempts and the waits between them. None by default.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = Some(deadline);
        self
    }

    /// How often a request is repeated after its first attempt. 0 turns retries off.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.settings.max_retries = retries;
        self
    }

    /// The wait before the first retry, at most, and before any. Each wait doubles and is then drawn at
    /// random between its half and itself, so that many clients do not come back at the same moment.
    pub fn backoff(mut self, first: Duration, most: Duration) -> Self {
        self.settings.backoff = first;
        self.settings.max_backoff = most;
        self
    }

    /// The longest `Retry-After` to obey. When a server asks for more, the failure is returned at once.
    pub fn retry_after_cap(mut self, cap: Duration) -> Self {
        self.settings.retry_after_cap = cap;
        self
    }

    /// The most that a reply may weigh after unpacking, in bytes. Streamed replies are not bounded.
    pub fn max_reply_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_reply_bytes = bytes;
        self
    }

    /// Drift becomes an error. For tests that are to notice when an API and its document part.
    pub fn strict(mut self, strict: bool) -> Self {
        self.settings.strict = strict;
        self
    }

    /// Adds a hook that sees every attempt. Hooks run in the order in which they were added.
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.middleware.push(Arc::new(middleware));
        self
    }

    /// Calls a function for each reply that departed from its document.
    pub fn on_drift(self, hook: impl Fn(&CallInfo<'_>, &[Drift]) + Send + Sync + 'static) -> Self {
        self.middleware(OnDrift(hook))
    }

    /// Writes one line per request to the standard error, or with `Debug` one per attempt.
    pub fn log(mut self, level: LogLevel) -> Self {
        self.log = level;
        self
    }

    /// Slows down by what the service says is left of the rate limit, in place of running into a 429.
    pub fn auto_pacing(mut self, on: bool) -> Self {
        self.auto_pacing = on;
        self
    }

    /// Sends at most this many requests per minute, evenly, however many tasks share the client.
    #[cfg(feature = "pacing")]
    pub fn rate_limit(mut self, per_minute: u32) -> Self {
        self.per_minute = Some(per_minute);
        self
    }

    /// Changes how the HTTP client is made: proxies, root certificates, a local address. Redirects,
    /// retries and the connect timeout are set afterwards, because the safety of the key rests on them.
    pub fn http(
        mut self,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.http = Some(Arc::new(configure));
        self
    }

    pub(super) fn has_secrets(&self) -> bool {
        !self.secrets.is_empty()
    }

    fn fail(mut self, message: impl Into<String>) -> Self {
        self.error.get_or_insert_with(|| Error::configuration(message));
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`Error::Configuration`] when something is missing or malformed. The message names it, never a secret.
    pub fn build(self) -> Result<C>
    where
        C: From<Client>,
    {
        let ClientBuilder {
            service,
            base_url,
            secrets,
            parameters,
            headers,
            user_agent,
            settings,
            middleware,
            http,
            log,
            auto_pacing,
            per_minute,
            error,
            ..
        } = self;
        if let Some(error) = error {
            return Err(error);
        }
        let (credentials, redactor) = credentials(service, &secrets)?;
        let config = Config {
            base_url_is_chosen: base_url.is_some(),
            base_url: parse_base_url(service, base_url)?,
            credentials,
            parameters,
            headers,
            user_agent: agent(service, user_agent)?,
            settings,
            middleware,
            http,
            log,
            auto_pacing,
        };
        Client::assemble(service, config, redactor, per_minute).map(C::from)
    }
}

/// The service's name for this client, behind the program's own.
fn agent(service: &Service, program: Option<String>) -> Result<HeaderValue> {
    let agent = program.map_or_else(
        || service.user_agent.to_owned(),
        |program| format!("{program} {}", service.user_agent),
    );
    HeaderValue::from_str(&agent)
        .map_err(|_| Error::configuration("the user agent holds characters that cannot travel"))
}

fn credentials(
    service: &'static Service,
    secrets: &IndexMap<String, String>,
) -> Result<(IndexMap<&'static str, Credential>, Redactor)> {
    let mut credentials = IndexMap::new();
    let mut masks = Vec::new();
    for (name, secret) in secrets {
        let Some(scheme) = service.auth.iter().find(|scheme| scheme.name == name) else {
            let known: Vec<_> = service.auth.iter().map(|scheme| scheme.name).collect();
            return Err(Error::configuration(format!(
                "there is no way to sign in called `{name}`; known: {}",
                known.join(", ")
            )));
        };
        credentials.insert(scheme.name, Credential::new(scheme, secret)?);
        masks.extend(to_mask(scheme, secret));
    }
    Ok((credentials, Redactor::new(masks)))
}

fn parse_base_url(service: &Service, chosen: Option<String>) -> Result<Url> {
    let text = chosen.unwrap_or_else(|| service.base_url.to_owned());
    if text.trim().is_empty() {
        let hint = if service.env_base_url.is_empty() {
            String::new()
        } else {
            format!(" (environment: {})", service.env_base_url)
        };
        return Err(Error::configuration(format!("no base URL is set{hint}")));
    }
    let url = Url::parse(text.trim())
        .map_err(|error| Error::configuration(format!("the base URL is malformed: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Error::configuration(
            "the base URL has to start with https:// or http:// and name a host",
        ));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(Error::configuration(
            "the base URL may hold scheme, host, port and path, and nothing else",
        ));
    }
    if url.scheme() == "https" && !cfg!(feature = "tls") {
        return Err(Error::configuration("https:// needs the feature `tls` of lockstep-runtime"));
    }
    Ok(url)
}

impl<C> std::fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Secrets and header values stay out, and so does what is no scheme, host, port or path of the URL.
        let host = self.base_url.as_deref().map(address);
        out.debug_struct("ClientBuilder")
            .field("base_url", &host)
            .field("credentials", &self.secrets.keys().collect::<Vec<_>>())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// The parts of a URL that hold no secret.
fn address(url: &str) -> String {
    match Url::parse(url.trim()) {
        Ok(mut url) if url.has_host() => {
            url.set_query(None);
            url.set_fragment(None);
            // These fail only for URLs without a host.
            let _ = (url.set_username(""), url.set_password(None));
            url.to_string()
        }
        _ => "(malformed)".to_owned(),
    }
}
