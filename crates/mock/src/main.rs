//! A mock of the OnlyFans API on a port. `--help` lists what it can simulate.

use std::process::ExitCode;

fn main() -> ExitCode {
    lockstep_mock::cli::run(onlyfansapi_mock::data(), None)
}
