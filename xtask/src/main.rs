//! `cargo xtask`: see the library for everything but the door.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = xtask::Cli::parse();
    xtask::run(&cli, &mut std::io::stdout().lock(), &mut std::io::stderr().lock()).into()
}
