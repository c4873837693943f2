//! `cargo xtask sync`: upstream as it is today, into `spec/`.
//!
//! Fetches what `client.yaml` names: the whole document, or the index of the docs and every page that
//! it lists. All or nothing: the working tree changes only when everything arrived, parsed and fits
//! together. What is made of it then is the business of [`import`](crate::import).
//!
//! The network is behind the feature `net`. A build without it starts cargo again with it, so that
//! `cargo xtask sync` works either way and the other commands stay quick to build.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Options;
use crate::commands::{Failure, Outcome};

#[cfg(feature = "net")]
mod fetch;
#[cfg(feature = "net")]
mod index;
#[cfg(feature = "net")]
mod kept;
#[cfg(feature = "net")]
mod progress;
#[cfg(feature = "net")]
mod refusal;
#[cfg(feature = "net")]
mod run;
#[cfg(feature = "net")]
mod wait;

#[cfg(feature = "net")]
pub use fetch::Limits;
#[cfg(feature = "net")]
pub use run::{sync, sync_in};

/// `cargo xtask sync`
#[derive(Clone, Debug, Args)]
pub struct Sync {
    /// The address of the document, of a full text, or of the index, instead of what client.yaml names
    #[arg(long, value_name = "URL")]
    pub source: Option<String>,
    /// How many pages are fetched at a time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub jobs: u8,
    /// How many seconds one answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub timeout: u64,
    /// Believe it when many operations are gone at once
    #[arg(long)]
    pub allow_shrink: bool,
    /// The folder that it goes into
    #[arg(long, value_name = "DIR", default_value = "spec")]
    pub into: PathBuf,
    /// How to run
    #[command(flatten)]
    pub options: Options,
}

#[cfg(feature = "net")]
pub(crate) fn fetch_one(address: &str) -> Result<crate::import::Incoming, Failure> {
    run::fetch_one(address).map(|(incoming, _)| incoming)
}

/// The same, and the address that it was found at behind all redirects.
#[cfg(feature = "net")]
pub(crate) fn fetch_found(address: &str) -> Result<(crate::import::Incoming, String), Failure> {
    run::fetch_one(address)
}

#[cfg(not(feature = "net"))]
pub(crate) fn fetch_found(address: &str) -> Result<(crate::import::Incoming, String), Failure> {
    fetch_one(address).map(|incoming| (incoming, address.to_owned()))
}

#[cfg(not(feature = "net"))]
pub(crate) fn fetch_one(address: &str) -> Result<crate::import::Incoming, Failure> {
    Err(Failure(format!("this build cannot fetch {address}: it lacks the feature `net`")))
}

/// Fetches upstream.
///
/// # Errors
/// When cargo cannot be started again with the network.
#[cfg(not(feature = "net"))]
pub fn sync(_: &Sync, _: &mut crate::report::Report<'_>) -> Result<Outcome, Failure> {
    again_with_net()
}

/// Runs this very command in a build that has the network.
#[cfg(not(feature = "net"))]
pub(crate) fn again_with_net() -> Result<Outcome, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = crate::workspace::root()?;
    let status = std::process::Command::new(cargo)
        .args(["run", "--quiet", "--package", "xtask", "--features", "net", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .arg("--")
        .args(std::env::args_os().skip(1))
        .status()
        .map_err(|error| {
            Failure(format!("cannot start cargo for a build with the network: {error}"))
        })?;
    Ok(match status.code() {
        Some(0) => Outcome::Done,
        Some(4) => Outcome::Stale,
        _ => Outcome::Failed,
    })
}

#[cfg(feature = "net")]
pub(crate) fn again_with_net() -> Result<Outcome, Failure> {
    Err(Failure("this build has the network already".to_owned()))
}
