//! A typed client for the OnlyFans API (app.onlyfansapi.com), kept in lockstep with the published documents.
//!
//! ```no_run
//! # async fn run() -> Result<(), onlyfansapi::Error> {
//! let client = onlyfansapi::Client::from_env()?;
//! let overview = client.mass_messaging().get_overview("acct_XXXXXXXXXXXXXXX").limit(50).await?;
//! for message in &overview.data.items {
//!     println!("{:?} seen {:?} times", message.raw_text, message.viewed_count);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`Client`] holds the key and the connections; it is cheap to clone. Every resource hangs on it.
//! - A request is a value: what is required goes into the method, what is optional has a setter, and awaiting it
//!   sends it. [`RequestOptions`] sets time limits, retries and headers of a single request.
//! - A reply is a [`Response`], which derefs to the typed value and has status, headers and raw body as well.
//! - Where upstream's reply is not as its document says, it is read all the same, and
//!   [`Response::drift`] tells what differed.
//! - Failures are one [`Error`], by kind.
//!
//! Everything that does not vary with the document is in [`runtime`], whose pages explain errors, retries, pages,
//! uploads, drift and testing one by one.
//!
//! # Walking every page
//!
//! ```no_run
//! # async fn run(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
//! use futures_util::TryStreamExt as _;
//!
//! let mut messages = std::pin::pin!(client.mass_messaging().get_overview("acct_XXXXXXXXXXXXXXX").items());
//! while let Some(message) = messages.try_next().await? {
//!     println!("{:?}", message.date);
//! }
//! # Ok(())
//! # }
//! ```

// Upstream does not describe every field; what it says is in the docs, and nothing is made up.
#[allow(missing_docs, reason = "upstream does not describe every field")]
#[rustfmt::skip]
mod generated;

pub use generated::*;
pub use lockstep_runtime as runtime;
pub use lockstep_runtime::{Error, RequestOptions, Response, Result};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
