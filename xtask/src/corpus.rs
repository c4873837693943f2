//! `cargo xtask corpus`: whether the generator holds on documents that nobody prepared for it.
//!
//! - [`measure`] generates one document, in a process of its own;
//! - [`compile`] builds what came out and decodes its examples;
//! - [`serve`] sends every operation of the client to the mock of the same document;
//! - [`requests`] what there is to check in a generated crate.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use serde_json::{Value, json};

mod calls;
pub mod compile;
pub mod measure;
pub mod requests;
pub mod serve;
mod values;

use crate::commands::{Failure, Outcome};
use crate::documents::{Access, Whole};
use crate::report::Report;
use crate::workspace::{self, Input};
use compile::Compiled;
use measure::Measured;
use serve::Served;

/// `cargo xtask corpus`
#[derive(Clone, Debug, Args)]
pub struct Corpus {
    /// A folder with documents (.yaml, .yml, .json, .md), searched whole
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Also compile every client and decode its examples
    #[arg(long)]
    pub compile: bool,
    /// Also send every operation of the client to the mock of the same document
    #[arg(long)]
    pub serve: bool,
    /// Also look for what the model lost, or says that the document does not: constants, tags, enum values, false names
    #[arg(long)]
    pub audit: bool,
    /// One JSON object per document instead of a table
    #[arg(long)]
    pub json: bool,
    /// Where the crates go; target/corpus if it is not given
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only documents whose path holds this text
    #[arg(long, value_name = "TEXT")]
    pub only: Option<String>,
    /// What else may be read
    #[command(flatten)]
    pub access: Access,
    /// Measure one document in this process, under this name
    #[arg(long, hide = true)]
    pub one: Option<String>,
}

/// A document and all that was found.
struct Row {
    path: String,
    measured: Measured,
    compiled: Option<Compiled>,
    served: Option<Served>,
}

/// Generates every document of a folder, compiles what comes out if asked to, and says how it went.
///
/// # Errors
/// When the folder or a document cannot be read, or the disk refuses.
pub fn corpus(command: &Corpus, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    let out = match &command.out {
        Some(out) => std::path::absolute(out).map_err(|error| Failure(error.to_string()))?,
        None => workspace::root()?.join("target/corpus"),
    };
    if let Some(name) = &command.one {
        let measured = measure::measure(&command.folder, name, &out, command)?;
        let value = json!(measured);
        report.told(&value.to_string(), &value);
        return Ok(Outcome::Done);
    }
    let mut documents = documents(&command.folder, &command.access)?;
    documents.retain(|(path, _)| command.only.as_ref().is_none_or(|only| path.contains(only)));
    if documents.is_empty() {
        return Err(Failure(format!("{}: there is no document", command.folder.display())));
    }
    if !command.json {
        report.told(&heading(), &Value::Null);
    }
    let mut rows = Vec::new();
    for (index, (path, name)) in documents.iter().enumerate() {
        progress(&format!("{}/{} {path}", index + 1, documents.len()));
        let row = row(command, path, name, &out)?;
        progress("");
        let text = if command.json { row.to_json().to_string() } else { row.line() };
        report.told(&text, &row.to_json());
        rows.push(row);
    }
    let summary = summary(&rows);
    let text = if command.json { summary.to_string() } else { closing(&rows) };
    report.told(&text, &summary);
    Ok(if rows.iter().all(Row::is_good) { Outcome::Done } else { Outcome::Failed })
}

fn row(command: &Corpus, path: &str, name: &str, out: &Path) -> Result<Row, Failure> {
    let measured = measured(command, &command.folder.join(path), name, out)?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| out.join("target"), PathBuf::from);
    let is_generated = measured.errors.is_empty();
    let compiled = (command.compile && is_generated)
        .then(|| compile::compile(name, out, &target))
        .transpose()?;
    let served =
        (command.serve && is_generated).then(|| serve::serve(name, out, &target)).transpose()?;
    Ok(Row { path: path.to_owned(), measured, compiled, served })
}

/// Starts this program again for one document, so that time and memory are its own.
fn measured(
    command: &Corpus,
    document: &Path,
    name: &str,
    out: &Path,
) -> Result<Measured, Failure> {
    let cannot =
        |error: std::io::Error| Failure(format!("cannot start this program again: {error}"));
    let this = std::env::current_exe().map_err(cannot)?;
    let child = Command::new(this)
        .arg("corpus")
        .arg(document)
        .args(["--one", name, "--out"])
        .arg(out)
        .args(command.audit.then_some("--audit"))
        .args(command.serve.then_some("--serve"))
        .args(command.access.arguments())
        .output()
        .map_err(cannot)?;
    let told = String::from_utf8_lossy(&child.stdout);
    // A child that died is a result of its own: a panic or a stack that overflowed.
    Ok(serde_json::from_str(told.trim()).unwrap_or_else(|_| {
        let end = format!("{}: {}", child.status, String::from_utf8_lossy(&child.stderr).trim());
        Measured { errors: vec![end], ..Measured::default() }
    }))
}

/// The documents below a folder by path, each with a package name of its own.
fn documents(folder: &Path, access: &Access) -> Result<Vec<(String, String)>, Failure> {
    let cannot = |at: &Path, error: std::io::Error| {
        Failure(format!("cannot list {}: {error}", at.display()))
    };
    let (mut folders, mut paths) = (vec![folder.to_owned()], Vec::new());
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).map_err(|error| cannot(&at, error))? {
            let path = entry.map_err(|error| cannot(&at, error))?.path();
            let known = path.extension().is_some_and(|found| {
                ["yaml", "yml", "json", "md"].iter().any(|known| found == *known)
            });
            if path.is_dir() {
                folders.push(path);
            } else if known {
                paths.push(workspace::shown(path.strip_prefix(folder).unwrap_or(&path)));
            }
        }
    }
    paths.sort();
    leave_parts_out(folder, &mut paths, access);
    let mut named: Vec<(String, String)> = Vec::new();
    for path in paths {
        // Rust warns of a crate whose name has two underscores in a row.
        let path_words = path.to_lowercase();
        let words = path_words.split(|c: char| !c.is_ascii_alphanumeric());
        let plain = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
        let mut name = format!("corpus-{plain}");
        while named.iter().any(|(_, known)| *known == name) {
            name.push('x');
        }
        named.push((path, name));
    }
    Ok(named)
}

/// What another document refers to and is none itself is measured with that one.
fn leave_parts_out(folder: &Path, paths: &mut Vec<String>, access: &Access) {
    let is_document = |path: &str| {
        let input = Input::read(&folder.join(path), path).ok();
        let known = |text: &str| {
            text.lines().any(|line| {
                let key = line.trim_start_matches(['{', ' ', '\t', '"', '\'']);
                key.starts_with("openapi") || key.starts_with("swagger")
            })
        };
        input.filter(|input| known(&input.text))
    };
    let mut parts = BTreeSet::new();
    let mut documents = BTreeSet::new();
    for path in paths.iter() {
        let Some(document) = is_document(path) else { continue };
        documents.insert(path.clone());
        let whole = Whole::beside(document, &folder.join(path), access);
        parts.extend(whole.into_iter().flat_map(|whole| whole.parts).map(|part| part.path));
    }
    paths.retain(|path| documents.contains(path) || !parts.contains(path));
}

/// Says on a terminal what is being done; a log gets the rows only.
fn progress(text: &str) {
    use std::io::IsTerminal as _;
    let mut err = std::io::stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[K{text}");
        let _ = err.flush();
    }
}

fn heading() -> String {
    format!(
        "{:<44} {:>9} {:>5} {:>6} {:>6} {:>7}  {:<5}  {:<9} {:>7} {:>9}  diagnostics",
        "document", "ops", "types", "lines", "ms", "MiB", "twice", "compiles", "decoded", "served"
    )
}

impl Row {
    fn is_good(&self) -> bool {
        let measured = &self.measured;
        measured.errors.is_empty()
            && measured.described == measured.emitted
            && measured.unstable.is_empty()
            && measured.audit.as_ref().is_none_or(|audit| audit.counts() == [0; 4])
            && self.served.as_ref().is_none_or(Served::is_good)
            && self
                .compiled
                .as_ref()
                .is_none_or(|compiled| compiled.is_good() && compiled.decoded >= measured.examples)
    }

    fn line(&self) -> String {
        let measured = &self.measured;
        let mib = measured
            .peak_kib
            .map_or_else(|| "-".to_owned(), |kib| format!("{:.0}", kib as f64 / 1024.0));
        let (compiles, decoded) = match &self.compiled {
            _ if !measured.errors.is_empty() => ("REFUSED".to_owned(), "-".to_owned()),
            None => ("-".to_owned(), format!("-/{}", measured.examples)),
            Some(compiled) => {
                let how = match (&compiled.error, compiled.warnings.len()) {
                    (Some(_), _) => "NO".to_owned(),
                    (None, 0) => "yes".to_owned(),
                    (None, count) => format!("{count} WARN"),
                };
                (
                    how,
                    format!(
                        "{}/{}",
                        compiled.decoded.saturating_sub(compiled.lost.len()),
                        compiled.decoded.max(measured.examples)
                    ),
                )
            }
        };
        let twice = match (measured.errors.is_empty(), measured.unstable.is_empty()) {
            (false, _) => "-",
            (true, true) => "same",
            (true, false) => "NO",
        };
        let codes: Vec<String> =
            measured.diagnostics.iter().map(|(code, count)| format!("{code} {count}")).collect();
        let audit = measured.audit.as_ref().map(|audit| {
            let [constants, untagged, enums, names] = audit.counts();
            format!("audit {constants}/{untagged}/{enums}/{names}")
        });
        let codes: Vec<String> = audit.into_iter().chain(codes).collect();
        let mark = if self.is_good() { " " } else { "!" };
        format!(
            "{:<43}{mark} {:>9} {:>5} {:>6} {:>6} {:>7}  {:<5}  {:<9} {:>7} {:>9}  {}",
            self.path,
            format!("{}/{}", measured.emitted, measured.described),
            measured.types,
            measured.lines,
            measured.milliseconds,
            mib,
            twice,
            compiles,
            decoded,
            self.served_text(),
            codes.join(", ")
        )
    }

    /// Accepted requests of those that were sent.
    fn served_text(&self) -> String {
        match &self.served {
            None => "-".to_owned(),
            Some(Served { error: Some(_), .. }) => "NO".to_owned(),
            Some(served) => format!("{}/{}", served.accepted, served.asked),
        }
    }

    fn to_json(&self) -> Value {
        json!({ "type": "document", "path": self.path, "good": self.is_good(), "generated": self.measured, "compiled": self.compiled, "served": self.served })
    }

    /// What went wrong, for people.
    fn complaints(&self) -> Vec<String> {
        let measured = &self.measured;
        let mut list = measured.errors.clone();
        list.extend(measured.unstable.clone());
        list.extend(measured.audit.iter().flat_map(measure::Audited::all));
        if measured.described != measured.emitted {
            list.push(format!(
                "{} operations are described, {} are emitted",
                measured.described, measured.emitted
            ));
        }
        if let Some(compiled) = &self.compiled {
            list.extend(compiled.error.clone());
            list.extend(compiled.warnings.clone());
            list.extend(compiled.lost.clone());
            if compiled.error.is_none() && compiled.decoded < measured.examples {
                list.push(format!(
                    "{} examples are documented, {} were decoded",
                    measured.examples, compiled.decoded
                ));
            }
        }
        if let Some(served) = &self.served {
            list.extend(served.error.clone());
            list.extend(served.findings.clone());
        }
        list
    }
}

fn summary(rows: &[Row]) -> Value {
    let sum = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    let compiled = |row: &Row| row.compiled.clone().unwrap_or_default();
    json!({
        "type": "summary",
        "documents": rows.len(),
        "good": sum(&|row| usize::from(row.is_good())),
        "generated": sum(&|row| usize::from(row.measured.errors.is_empty())),
        "compiled": sum(&|row| usize::from(row.compiled.as_ref().is_some_and(|compiled| compiled.error.is_none()))),
        "without_warnings": sum(&|row| usize::from(row.compiled.as_ref().is_some_and(|compiled| compiled.error.is_none() && compiled.warnings.is_empty()))),
        "described": sum(&|row| row.measured.described),
        "emitted": sum(&|row| row.measured.emitted),
        "examples": sum(&|row| row.measured.examples.max(compiled(row).decoded)),
        "without_loss": sum(&|row| compiled(row).decoded.saturating_sub(compiled(row).lost.len())),
        "asked": sum(&|row| row.served.as_ref().map_or(0, |served| served.asked)),
        "accepted": sum(&|row| row.served.as_ref().map_or(0, |served| served.accepted)),
        "unsaid": sum(&|row| row.served.as_ref().map_or(0, |served| served.unsaid)),
        "milliseconds": rows.iter().map(|row| row.measured.milliseconds).sum::<u64>(),
    })
}

fn closing(rows: &[Row]) -> String {
    let summary = summary(rows);
    let mut text = format!(
        "\n{} documents: {} generate, {} compile, {} of them without warnings; {} of {} operations; {} of {} examples without loss; {} ms",
        summary["documents"],
        summary["generated"],
        summary["compiled"],
        summary["without_warnings"],
        summary["emitted"],
        summary["described"],
        summary["without_loss"],
        summary["examples"],
        summary["milliseconds"],
    );
    if rows.iter().any(|row| row.served.is_some()) {
        text.push_str(&format!(
            "\n{} of {} requests to the mock accepted without drift; {} cannot be made, since nothing fits the document",
            summary["accepted"], summary["asked"], summary["unsaid"],
        ));
    }
    let mut codes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (code, count) in rows.iter().flat_map(|row| &row.measured.diagnostics) {
        let known = codes.entry(code).or_default();
        *known = (known.0 + count, known.1 + 1);
    }
    text.push_str("\n\ndiagnostics (times, documents):\n");
    for (code, (times, documents)) in codes {
        text.push_str(&format!("  {code:<28} {times:>6} {documents:>4}\n"));
    }
    for row in rows.iter().filter(|row| !row.is_good()) {
        text.push_str(&format!("\n{}\n", row.path));
        let complaints = row.complaints();
        for complaint in complaints.iter().take(20) {
            text.push_str(&format!("  {}\n", complaint.replace('\n', "\n  ")));
        }
        if complaints.len() > 20 {
            text.push_str(&format!("  … and {} more\n", complaints.len() - 20));
        }
    }
    text
}
