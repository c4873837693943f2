//! A mock of the OnlyFans API, made of the examples in its published documents.
//!
//! Two doors: the binary `onlyfansapi-mock` for programs in any language, and [`MockServer`] for
//! tests in Rust. It refuses what upstream would refuse, in upstream's words, and answers with
//! upstream's examples, byte for byte.
//!
//! ```
//! # #[cfg(feature = "client")] {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use onlyfansapi::mass_messaging::GetOverview;
//! use onlyfansapi_mock::MockServer;
//!
//! let server = MockServer::start().await;
//! let client = server.client();
//!
//! // Without a stub, the document's own example comes back.
//! let overview = client.mass_messaging().get_overview("acct_1").limit(5).await?;
//! assert_eq!(overview.data.items[0].id, Some(123));
//!
//! // With one, what the test says.
//! server.on::<GetOverview>().query("limit", 1).times(1).reply_status(500);
//! let request = client.mass_messaging().get_overview("acct_1").limit(1);
//! assert!(request.clone().await.is_err());
//! assert_eq!(server.received::<GetOverview>().last(), Some(&request));
//! server.verify();
//! # Ok::<(), onlyfansapi::Error>(()) }).unwrap(); }
//! ```
//!
//! What the server can simulate, and how a test asks for it, stands in [`lockstep_mock`].

use std::sync::{Arc, OnceLock};

use lockstep_mock::{Data, DataError, Embedded, Service};

#[rustfmt::skip]
mod generated;

#[cfg(feature = "client")]
mod server;

pub use lockstep_mock as engine;
pub use lockstep_mock::{Fault, Received, Settings, Times};

#[cfg(feature = "client")]
pub use self::server::MockServer;

/// Routes and fixtures of the API, as they were compiled in.
pub fn data() -> &'static Embedded {
    &generated::DATA
}

/// The API, ready to be served; read once and shared by all servers of a program.
///
/// # Errors
/// When the routes that were compiled in cannot be read. A test of this crate sees to it that they can.
pub fn service() -> Result<Arc<Service>, DataError> {
    static SERVICE: OnceLock<Arc<Service>> = OnceLock::new();
    if let Some(service) = SERVICE.get() {
        return Ok(Arc::clone(service));
    }
    let service = Arc::new(Service::new(Data::embedded(data())?));
    Ok(Arc::clone(SERVICE.get_or_init(|| service)))
}
