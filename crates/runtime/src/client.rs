//! The client: settings, connections and limits that its requests share.

use std::fmt;
use std::sync::Arc;

use reqwest::{Method, Url};

use crate::config::Config;
use crate::config::builder::ClientBuilder;
use crate::error::Result;
use crate::operation::Operation;
use crate::pacing::Pacer;
use crate::redact::Redactor;
use crate::request::{Request, Undocumented};
use crate::send::transport::Transport;
use crate::service::Service;

/// A client of one service. Cloning it is cheap and shares its connections; one per program is enough.
///
/// Generated clients wrap one and deref to it. Its `Debug` shows where it talks to, and no key.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) service: &'static Service,
    pub(crate) config: Config,
    pub(crate) redactor: Redactor,
    pub(crate) transport: Transport,
    pub(crate) pacer: Pacer,
}

impl Client {
    pub(crate) fn assemble(
        service: &'static Service,
        config: Config,
        redactor: Redactor,
        per_minute: Option<u32>,
    ) -> Result<Self> {
        let transport = Transport::new(config.http.clone(), config.settings.connect_timeout)?;
        let pacer = Pacer::new(service.limits, config.auto_pacing, per_minute)?;
        Ok(Self { inner: Arc::new(Inner { service, config, redactor, transport, pacer }) })
    }

    /// A builder of clients of `service`.
    pub fn builder(service: &'static Service) -> ClientBuilder<Self> {
        ClientBuilder::new(service)
    }

    /// A request of the operation `O` without any values. Generated code calls this.
    #[must_use]
    pub fn operation<O: Operation>(&self) -> Request {
        Request::new(Some(self.clone()), O::INFO)
    }

    /// A request to an endpoint that the document does not know. The path may hold a query.
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> Undocumented {
        Undocumented::new(self.clone(), method, path.as_ref())
    }

    /// A GET request to an endpoint that the document does not know.
    pub fn get(&self, path: impl AsRef<str>) -> Undocumented {
        self.request(Method::GET, path)
    }

    /// Where the client talks to.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.inner.config.base_url
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.inner.config;
        out.debug_struct("Client")
            .field("base_url", &config.base_url.as_str())
            .field("credentials", &config.credentials.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
