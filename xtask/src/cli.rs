//! What can be typed after `cargo xtask`, and where each command goes.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::{self, Outcome};
use crate::documents::Access;
use crate::report::Report;
use crate::{corpus, diff, disk, import, learn, lint, normalize, record, sync_upstream};

/// The commands of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One command each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the client and the mock's data of this repository anew from spec/; its surface snapshot is yours to accept
    Regenerate(Regenerate),
    /// Write a client crate and fixtures for any OpenAPI 3.0 document
    Generate(Generate),
    /// Write the document as the generator understands it: valid OpenAPI 3.0.3, for other tools to read
    Normalize(normalize::Normalize),
    /// Bring docs pages or a whole document into spec/
    Import(import::Import),
    /// Fetch upstream as client.yaml names it, and bring it into spec/
    Sync(sync_upstream::Sync),
    /// Tell what is suspicious in the document, and how to mend it
    Lint(lint::Lint),
    /// Stand in front of an API and write down what comes back, without values, for `learn`
    Record(record::Record),
    /// Tell what recorded traffic says of the document, and append what only loosens it to the overlay
    Learn(learn::Learn),
    /// Tell what changed between two documents, on the wire and for Rust programs
    Diff(diff::Diff),
    /// Try the generator on every document of a folder, and say how it went
    Corpus(corpus::Corpus),
}

impl Command {
    fn access(&self) -> Option<&Access> {
        Some(match self {
            Self::Regenerate(command) => &command.access,
            Self::Generate(command) => &command.access,
            Self::Normalize(command) => &command.access,
            Self::Lint(command) => &command.access,
            Self::Diff(command) => &command.access,
            Self::Corpus(command) => &command.access,
            Self::Import(_) | Self::Sync(_) | Self::Record(_) | Self::Learn(_) => return None,
        })
    }
}

/// Options that every command which writes files has.
#[derive(Clone, Debug, Default, Args)]
pub struct Options {
    /// Write nothing; list what is stale and exit with 4 if anything is
    #[arg(long, conflicts_with = "dry_run")]
    pub check: bool,
    /// Write nothing; list what would be written and removed
    #[arg(long)]
    pub dry_run: bool,
    /// Text for people, or one JSON object per line for scripts
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub message_format: MessageFormat,
    /// List every file that is written, however many there are
    #[arg(long, short)]
    pub verbose: bool,
}

impl Options {
    pub(crate) fn mode(&self) -> Mode {
        match (self.check, self.dry_run) {
            (true, _) => Mode::Check,
            (_, true) => Mode::DryRun,
            _ => Mode::Write,
        }
    }
}

/// What happens to the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The disk is made equal to the output.
    Write,
    /// Differences are an answer of their own, [`Outcome::Stale`].
    Check,
    /// Differences are shown.
    DryRun,
}

/// Whom the output is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// People.
    #[default]
    Human,
    /// Scripts: one JSON object per line on standard output.
    Json,
}

/// `cargo xtask regenerate`
#[derive(Clone, Debug, Default, Args)]
pub struct Regenerate {
    /// Note what changed since the last commit in the changelog of the client crate, and propose a version
    #[arg(long, conflicts_with_all = ["check", "dry_run"])]
    pub release_notes: bool,
    /// What else may be read.
    #[command(flatten)]
    pub access: Access,
    /// How to run.
    #[command(flatten)]
    pub options: Options,
}

/// `cargo xtask generate`
#[derive(Clone, Debug, Args)]
pub struct Generate {
    /// The OpenAPI document, YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub spec: PathBuf,
    /// The package name of the client crate
    #[arg(long, value_parser = package_name)]
    pub name: String,
    /// The folder of the client crate; created if need be
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Corrections to the document (OpenAPI Overlay 1.0)
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Choices that no document can hold (like spec/client.yaml)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Refuse what would otherwise be repaired by guessing, such as an operationId that stands twice
    #[arg(long)]
    pub strict: bool,
    /// What turns the document into Rust; all but `lockstep` build progenitor first
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: crate::engine::Engine,
    /// What else may be read.
    #[command(flatten)]
    pub access: Access,
    /// How to run.
    #[command(flatten)]
    pub options: Options,
}

/// Runs one command. `out` gets what was asked for, `err` what went wrong, with the colours of a
/// terminal if it is one.
pub fn run(cli: &Cli, out: &mut dyn Write, err: &mut dyn Write, coloured: bool) -> Outcome {
    let mut usual = Options::default();
    if let Command::Learn(command) = &cli.command
        && command.message_format == learn::LearnFormat::Json
    {
        usual.message_format = MessageFormat::Json;
    }
    let options = match &cli.command {
        Command::Regenerate(command) => &command.options,
        Command::Generate(command) => &command.options,
        Command::Normalize(command) => &command.options,
        Command::Import(command) => &command.options,
        Command::Sync(command) => &command.options,
        Command::Lint(command) => &command.options,
        Command::Diff(_) | Command::Corpus(_) | Command::Learn(_) | Command::Record(_) => &usual,
    };
    let mut report =
        Report::new(options.message_format, out, err).coloured(coloured).verbose(options.verbose);
    if cli.command.access().is_some_and(Access::lacks_net) {
        return sync_upstream::again_with_net().unwrap_or_else(|failure| {
            report.failure(&failure);
            Outcome::Failed
        });
    }
    let done = match &cli.command {
        Command::Regenerate(command) => commands::regenerate(command, &mut report),
        Command::Generate(command) => commands::generate(command, &mut report),
        Command::Normalize(command) => normalize::normalize(command, &mut report),
        Command::Import(command) => import::import(command, &mut report),
        Command::Sync(command) => sync_upstream::sync(command, &mut report),
        Command::Lint(command) => lint::lint(command, &mut report),
        Command::Record(command) => record::record(command, &mut report),
        Command::Learn(command) => learn::learn(command, &mut report),
        Command::Diff(command) => diff::diff(command, &mut report),
        Command::Corpus(command) => corpus::corpus(command, &mut report),
    };
    done.unwrap_or_else(|failure| {
        report.failure(&failure);
        Outcome::Failed
    })
}

impl From<disk::DiskError> for commands::Failure {
    fn from(error: disk::DiskError) -> Self {
        Self(error.to_string())
    }
}

/// A name that makes a package which builds.
fn package_name(name: &str) -> Result<String, String> {
    lockstep_generator::check_package_name(name).map(|()| name.to_owned())
}
