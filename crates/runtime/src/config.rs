//! How a client is set up: what [`ClientBuilder`](crate::ClientBuilder) collects, and the client reads.

pub(crate) mod builder;
mod env;
pub(crate) mod secret;

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue};

use self::secret::Credential;
use crate::middleware::Middleware;
use crate::observe::LogLevel;

/// How the reqwest client is made, beyond what this crate sets itself.
pub(crate) type ConfigureHttp =
    Arc<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;

/// The settings of a client, checked and complete.
pub(crate) struct Config {
    pub(crate) base_url: Url,
    /// True when someone chose the base URL, so that servers named by the document do not count.
    pub(crate) base_url_is_chosen: bool,
    pub(crate) credentials: IndexMap<&'static str, Credential>,
    /// Parameters that every operation takes, as they were chosen.
    pub(crate) parameters: IndexMap<&'static str, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) user_agent: HeaderValue,
    pub(crate) settings: Settings,
    pub(crate) middleware: Vec<Arc<dyn Middleware>>,
    pub(crate) http: Option<ConfigureHttp>,
    pub(crate) log: LogLevel,
    pub(crate) auto_pacing: bool,
}

/// What a client decides for all its requests, and a single request may decide otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) deadline: Option<Duration>,
    pub(crate) max_retries: u32,
    pub(crate) backoff: Duration,
    pub(crate) max_backoff: Duration,
    pub(crate) retry_after_cap: Duration,
    pub(crate) max_reply_bytes: usize,
    pub(crate) strict: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            deadline: None,
            max_retries: 2,
            backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
            retry_after_cap: Duration::from_secs(60),
            max_reply_bytes: 32 << 20,
            strict: false,
        }
    }
}
