//! A mock of the OnlyFans API on a port. `--help` lists what it can simulate.

#[cfg(feature = "spec")]
mod spec;

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "spec")]
    let reader: Option<lockstep_mock::cli::SpecReader> = Some(spec::read);
    #[cfg(not(feature = "spec"))]
    let reader = None;
    lockstep_mock::cli::run(onlyfansapi_mock::data(), reader)
}
