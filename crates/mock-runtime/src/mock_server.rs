//! A mock server inside a test.
//!
//! Every server has a thread and a free port of its own, so that tests run in parallel without
//! seeing each other, and blocking clients work as well as async ones.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::engine::Engine;
use crate::kept::Store;
use crate::record::Received;
use crate::report;
use crate::server::serve;
use crate::service::Service;
use crate::settings::Settings;

/// A running server. It stops when it is dropped.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use std::sync::Arc;
/// use lockstep_mock::{Data, MockServer, Service};
///
/// let routes = serde_json::json!({"operations": [{"id": "ping", "method": "GET", "path": "/ping"}]});
/// let service = Arc::new(Service::new(Data::new(&routes, Vec::new())?));
/// let server = MockServer::start(service).await?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// assert!(server.requests().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct MockServer {
    engine: Arc<Engine>,
    address: SocketAddr,
    /// Dropped with the server; that is the sign to stop.
    _stop: oneshot::Sender<()>,
}

impl MockServer {
    /// Starts a server on a free port of this machine. It is ready when this returns.
    ///
    /// # Errors
    /// When there is no free port, or no thread to be had.
    pub async fn start(service: Arc<Service>) -> std::io::Result<Self> {
        Self::start_blocking(service)
    }

    /// The same for tests that are not async.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_blocking(service: Arc<Service>) -> std::io::Result<Self> {
        Self::with_engine(Engine::new(service, Settings::default()))
    }

    /// Starts a server of an engine that was set up before: with other settings, a log, or the real API behind it.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn with_engine(engine: Engine) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let engine = Arc::new(engine);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&engine);
        std::thread::Builder::new().name(format!("mock {address}")).spawn(move || {
            let stopped = async move {
                let _ = stopped.await;
            };
            // The listener was made above; should Tokio refuse it, requests fail and say so.
            let _ = runtime.block_on(serve(listener, served, stopped));
        })?;
        Ok(Self { engine, address, _stop: stop })
    }

    /// Base URL for clients: scheme, host, port, and the base path of the document.
    pub fn url(&self) -> String {
        format!(
            "http://{}{}",
            self.address,
            self.engine.service.data().routes.base_path.trim_end_matches('/')
        )
    }

    /// Address of the socket.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The engine behind it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Changes how the whole server behaves, from the next request on.
    ///
    /// ```no_run
    /// # fn example(server: &lockstep_mock::MockServer) {
    /// server.configure(|settings| settings.rate_limit = Some(3));
    /// # }
    /// ```
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        let mut state = self.engine.state();
        change(&mut state.settings);
    }

    /// What came in, oldest first: the last thousand requests, eight megabytes at most
    /// ([`Settings::record`], [`Settings::record_bytes`]).
    pub fn requests(&self) -> Vec<Received> {
        self.engine.state().log.entries().cloned().collect()
    }

    /// Forgets stubs, requests, counters, and what is kept ([`Settings::state`]).
    pub fn reset(&self) {
        let mut state = self.engine.state();
        state.kept = Store::default();
        state.stubs.clear();
        state.log.clear();
        state.reset_meters();
    }

    /// Checks every expectation: that each stub was met as often as it should be, and that no
    /// request came for which nothing was there.
    ///
    /// # Errors
    /// What was expected and did not come, beside the nearest request and what differs in it
    /// (path, parameter, pointer into the body); and what came unexpectedly.
    pub fn check(&self) -> Result<(), String> {
        report::of(&self.engine).map_or(Ok(()), Err)
    }

    /// As [`check`](Self::check), for the end of a test.
    ///
    /// # Panics
    /// When an expectation was not met. That is what it is for.
    #[track_caller]
    pub fn verify(&self) {
        if let Err(report) = self.check() {
            panic!("the mock server was not used as expected\n{report}");
        }
    }
}
