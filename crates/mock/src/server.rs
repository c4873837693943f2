//! The in-process server with a client of its own.

use std::ops::Deref;

use onlyfansapi::Client;

/// A mock of the API inside a test; it derefs to [`lockstep_mock::MockServer`], which has the stubs and the checks.
///
/// Every server has a free port and a thread of its own, and stops when it is dropped.
#[derive(Debug)]
pub struct MockServer(lockstep_mock::MockServer);

impl MockServer {
    /// Starts a server. It is ready when this returns.
    ///
    /// # Panics
    /// When this machine has no free port or no thread left: there is nothing a test could do about it.
    pub async fn start() -> Self {
        Self::start_blocking()
    }

    /// The same for tests that are not async.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn start_blocking() -> Self {
        let service = crate::service().expect("the routes that were compiled in are well formed");
        let server = lockstep_mock::MockServer::start_blocking(service);
        Self(server.expect("a free port and a thread for the mock server"))
    }

    /// A client of this server, with a key that it accepts and no retries, so that a test sees every failure at once.
    ///
    /// For anything else, build one with [`url`](lockstep_mock::MockServer::url) as its base URL.
    ///
    /// # Panics
    /// When TLS cannot be set up on this machine, which the client does even for a plain address.
    pub fn client(&self) -> Client {
        let builder = Client::builder().base_url(self.url()).key("test").max_retries(0);
        builder.build().expect("a client with a local address and a key")
    }
}

impl Deref for MockServer {
    type Target = lockstep_mock::MockServer;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
