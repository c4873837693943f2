//! A client against a server that misbehaves: what comes out, how often the server was asked, and where the
//! key was seen. Nothing here measures time; timeouts and waits are only made short.

mod api;
mod auth;
mod drift;
mod errors;
mod hollow;
mod misbehaviour;
#[cfg(feature = "tracing")]
mod observe;
mod paging;
mod record;
mod redirects;
mod requests;
mod server;
mod sizes;
mod story;
mod streams;
#[cfg(feature = "tls")]
mod tls;
mod transfer;
mod waits;
