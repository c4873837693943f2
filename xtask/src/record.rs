//! `cargo xtask record`: a proxy in front of an API that writes down what comes back, for `cargo xtask learn`.
//!
//! Clients in any language speak to a port of this machine; every request is handed on as it is, and every reply comes
//! back as it is. What is written down is the *shape* of replies: values are taken out before anything reaches the disk,
//! and of headers nothing is kept but the media type. The network is behind the feature `net`.

use std::path::PathBuf;

use clap::Args;

#[cfg(feature = "net")]
mod archive;
#[cfg(feature = "net")]
mod proxy;

#[cfg(feature = "net")]
pub use proxy::{Proxy, record};

/// `cargo xtask record`
#[derive(Clone, Debug, Args)]
pub struct Record {
    /// The address of the API
    #[arg(long, value_name = "URL")]
    pub target: String,
    /// The recording, an HTTP archive (HAR 1.2); it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub har: PathBuf,
    /// The port of this machine to listen on; any free one if it is not given
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// The document, which says what of a path is a value
    #[arg(long, value_name = "FILE", default_value = "spec/openapi.yaml")]
    pub spec: PathBuf,
    /// How large a body may be to be written down, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 20, value_parser = clap::value_parser!(u64).range(1..=(4 << 20)))]
    pub largest_body: u64,
    /// How large the recording may become, in bytes; what comes then is handed on, and not written down
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub largest_file: u64,
}

/// Records.
///
/// # Errors
/// When cargo cannot be started again with the network.
#[cfg(not(feature = "net"))]
pub fn record(
    _: &Record,
    _: &mut crate::report::Report<'_>,
) -> Result<crate::commands::Outcome, crate::commands::Failure> {
    crate::sync_upstream::again_with_net()
}
