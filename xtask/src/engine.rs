//! `cargo xtask generate --engine progenitor`: the normalised document, turned into a client by progenitor.
//!
//! For teams that have standardised on progenitor: they get our reading, names and repairs, and its client. What it
//! cannot express is left out by name and with the reason; it reports such things as errors or as panics, and
//! neither reaches the caller of this module.
//!
//! - `fit`: what progenitor takes literally, ignores or refuses, said in a way that it takes;
//! - `trial`: running it, and finding out which operations it cannot express;
//! - `package`: the crate around its code.

#[cfg(feature = "progenitor")]
mod fit;
#[cfg(feature = "progenitor")]
mod package;
#[cfg(feature = "progenitor")]
mod trial;

use clap::ValueEnum;

use crate::cli::Generate;
use crate::commands::{Failure, Outcome};
use crate::report::Report;

/// What turns the document into Rust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// This repository's own emitters.
    #[default]
    Lockstep,
    /// progenitor, fed with the normalised document.
    Progenitor,
    /// progenitor, fed with the document as published: to compare.
    ProgenitorAsPublished,
}

/// What progenitor makes of a normalised document.
#[cfg(feature = "progenitor")]
#[derive(Clone, Debug)]
pub struct Client {
    /// The text of the crate's root.
    pub code: String,
    /// How many operations the client has.
    pub operations: usize,
    /// What it cannot express, each with the reason.
    pub left_out: Vec<String>,
}

/// Has progenitor write a client of a normalised document.
///
/// # Errors
/// When it makes nothing of the document.
#[cfg(feature = "progenitor")]
pub fn client(document: &openapiv3::OpenAPI) -> Result<Client, Failure> {
    let mut left_out = Vec::new();
    let document = fit::fit(document, &mut left_out)?;
    let code = trial::most(document, &mut left_out)?;
    Ok(Client { code: code.text, operations: code.operations, left_out })
}

/// Writes a client crate with another engine than our own.
///
/// # Errors
/// When an input cannot be read, the engine makes nothing of the document, or the disk refuses.
#[cfg(feature = "progenitor")]
pub fn generate(command: &Generate, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    use lockstep_generator::diagnostic::{Diagnostic, Diagnostics};

    use crate::disk::{Guard, Plan};

    let texts = crate::normalize::Texts::read(
        &command.spec,
        command.overlay.as_deref(),
        command.config.as_deref(),
        &command.access,
    )?;
    let made = match command.engine {
        Engine::ProgenitorAsPublished => {
            let code = trial::as_published(texts.document())?;
            Client { code: code.text, operations: code.operations, left_out: Vec::new() }
        }
        Engine::Progenitor | Engine::Lockstep => {
            let Some(document) = texts.normalised(report) else { return Ok(Outcome::Failed) };
            client(&document)?
        }
    };
    let mut diagnostics = Diagnostics::new();
    for note in &made.left_out {
        diagnostics.push(
            Diagnostic::warning("progenitor", note.clone())
                .help("the engine `lockstep` expresses this"),
        );
    }
    report.diagnostics(&diagnostics, &[]);
    let files = package::files(&command.name, &made.code);
    let guard = Guard::for_mode(command.options.mode(), &command.out)?;
    let plan = Plan::compute(&command.out, &files, &["src".to_owned()])?;
    plan.refuse_hand_written(&["src".to_owned()], "Cargo.toml")?;
    let again = format!("{} --engine progenitor", crate::commands::again(command));
    crate::normalize::finish(
        &plan,
        guard.as_ref(),
        (files.len(), made.operations),
        command.options.mode(),
        &again,
        report,
    )
}

/// Runs this very command in a build that has progenitor.
///
/// # Errors
/// When cargo cannot be started.
#[cfg(not(feature = "progenitor"))]
pub fn generate(_: &Generate, _: &mut Report<'_>) -> Result<Outcome, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = std::process::Command::new(cargo)
        .args([
            "run",
            "--quiet",
            "--package",
            "xtask",
            "--features",
            "progenitor",
            "--manifest-path",
        ])
        .arg(crate::workspace::root()?.join("Cargo.toml"))
        .arg("--")
        .args(std::env::args_os().skip(1))
        .status()
        .map_err(|error| {
            Failure(format!("cannot start cargo for a build with progenitor: {error}"))
        })?;
    Ok(match status.code() {
        Some(0) => Outcome::Done,
        Some(4) => Outcome::Stale,
        _ => Outcome::Failed,
    })
}
