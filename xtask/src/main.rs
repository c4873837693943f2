//! `cargo xtask`: see the library for everything but the door.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = xtask::Cli::parse();
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    let coloured = err.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    xtask::run(&cli, &mut out, &mut err, coloured).into()
}
