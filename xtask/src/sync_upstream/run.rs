//! From the address to the files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lockstep_generator::config::Config;
use lockstep_generator::diagnostic::{Diagnostic, Diagnostics, Place};
use lockstep_generator::read::pages;
use lockstep_generator::{Source, read};
use serde_json::Value;

use super::fetch::{Answer, Before, Fetcher, Limits};
use super::progress::Progress;
use super::{Sync, index};
use crate::cli::MessageFormat;
use crate::commands::{Failure, Outcome};
use crate::disk::Guard;
use crate::import::{self, Incoming, Merge, Removal, Target};
use crate::report::Report;
use crate::workspace::{self, Input};

/// All pages of an index together may not be larger, in bytes.
const LARGEST_SITE: usize = 256 << 20;

/// Fetches upstream into `spec/`.
///
/// # Errors
/// When something does not arrive, or the disk refuses. What is wrong *inside* of what arrived goes
/// to the report as diagnostics, with [`Outcome::Failed`]. Nothing was written in either case.
pub fn sync(command: &Sync, report: &mut Report<'_>) -> Result<Outcome, Failure> {
    let limits = Limits { whole: Duration::from_secs(command.timeout), ..Limits::default() };
    sync_in(&workspace::root()?, command, limits, report)
}

/// The same for a repository at a known place, within given limits.
///
/// # Errors
/// As [`sync`].
pub fn sync_in(
    root: &Path,
    command: &Sync,
    limits: Limits,
    report: &mut Report<'_>,
) -> Result<Outcome, Failure> {
    let guard = Guard::for_mode(command.options.mode(), root)?;
    let target = Target { root: root.to_owned(), folder: import::folder(root, &command.into)? };
    let upstream = upstream(&target)?;
    let address = match (&command.source, &upstream) {
        (Some(address), _) => address.clone(),
        (
            None,
            Upstream { document: Some(address), .. } | Upstream { index: Some(address), .. },
        ) => address.clone(),
        (None, _) => {
            let file = target.path("client.yaml");
            return Err(Failure(format!(
                "{file} names no `source`; add `source: {{ document: URL }}` or `{{ index: URL }}`, or say --source URL"
            )));
        }
    };
    let known = Known::read(&target)?;
    let run = Run { fetcher: Fetcher::new(limits), known: &known };
    let mut diagnostics = Diagnostics::new();
    let mut sources = Vec::new();
    let first = run.get(&address)?;
    let quiet = command.options.message_format == MessageFormat::Json;
    let incoming =
        match run.all(&address, first, usize::from(command.jobs), !quiet, &mut diagnostics) {
            Ok(incoming) => incoming,
            Err(input) => {
                sources.extend(input);
                let done = report.refused(&diagnostics, &sources);
                return Ok(done);
            }
        };
    let removal = Removal::Missing { many: command.allow_shrink };
    let merge = Merge { target: &target, document: upstream.document.as_deref(), removal };
    let Some(merged) = merge.run(&incoming, &mut sources, &mut diagnostics)? else {
        return Ok(report.refused(&diagnostics, &sources));
    };
    report.diagnostics(&diagnostics, &sources);
    import::carry_out(root, guard.as_ref(), &merged, command.options.mode(), report)
}

/// Fetches one address, for `import`.
pub(super) fn fetch_one(address: &str) -> Result<Incoming, Failure> {
    let known = Known::default();
    Run { fetcher: Fetcher::new(Limits::default()), known: &known }.get(address)
}

/// Where upstream publishes.
#[derive(Debug, Default)]
struct Upstream {
    document: Option<String>,
    index: Option<String>,
}

fn upstream(target: &Target) -> Result<Upstream, Failure> {
    let shown = target.path("client.yaml");
    let Some(input) = Input::read_if_there(&target.disk("client.yaml"), &shown)? else {
        return Ok(Upstream::default());
    };
    let mut diagnostics = Diagnostics::new();
    let source = Source { path: &shown, text: &input.text };
    let Some(config) = Config::read(&source, &mut diagnostics) else {
        let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        return Err(Failure(told.join("\n")));
    };
    let mut upstream = Upstream::default();
    for (key, value) in config.source.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let address = value.as_str().map(str::to_owned);
        match (key.as_str(), address) {
            ("document", Some(address)) => upstream.document = Some(address),
            ("index", Some(address)) => upstream.index = Some(address),
            _ => {
                return Err(Failure(format!(
                    "{shown}: `source` takes `document` and `index`, each an address; not `{key}: {value}`"
                )));
            }
        }
    }
    Ok(upstream)
}

/// What is here already, by address.
#[derive(Debug, Default)]
struct Known(BTreeMap<String, (Before, String)>);

impl Known {
    fn read(target: &Target) -> Result<Self, Failure> {
        let mut known = BTreeMap::new();
        for (path, entry) in target.lock()?.files {
            let Some(input) = Input::read_if_there(&target.disk(&path), &target.path(&path))?
            else {
                continue;
            };
            // A file that was changed here is fetched anew, whatever the server says.
            if import::sha256(input.text.as_bytes()) == entry.sha256 {
                let before = Before { etag: entry.etag, last_modified: entry.last_modified };
                known.insert(entry.origin, (before, input.text));
            }
        }
        Ok(Self(known))
    }
}

struct Run<'k> {
    fetcher: Fetcher,
    known: &'k Known,
}

impl Run<'_> {
    fn get(&self, address: &str) -> Result<Incoming, Failure> {
        let nothing = (Before::default(), String::new());
        let (before, held) = self.known.0.get(address).unwrap_or(&nothing);
        Ok(match self.fetcher.get(address, before)? {
            Answer::Same => Incoming {
                shown: address.to_owned(),
                text: held.clone(),
                etag: before.etag.clone(),
                last_modified: before.last_modified.clone(),
            },
            Answer::New { text, etag, last_modified } => {
                Incoming { shown: address.to_owned(), text, etag, last_modified }
            }
        })
    }

    /// The text itself, or the pages that it lists. `Err` with the texts that the diagnostics speak of.
    fn all(
        &self,
        address: &str,
        first: Incoming,
        jobs: usize,
        shown: bool,
        diagnostics: &mut Diagnostics,
    ) -> Result<Vec<Incoming>, Vec<Input>> {
        let markup = first.text.trim_start().starts_with('<');
        let links = if markup { Vec::new() } else { index::links(address, &first.text) };
        if links.is_empty() || !pages::split(&first.text).is_empty() || is_document(&first) {
            return Ok(vec![first]);
        }
        let mut refuse = |code, message: String, help: &str| {
            let place = Place::File(address.to_owned());
            diagnostics.push(Diagnostic::error(code, message).at(place).help(help));
            Err(vec![first.input()])
        };
        if links.len() > index::MOST {
            let message =
                format!("the index lists {} pages, more than {}", links.len(), index::MOST);
            return refuse("too-large", message, "name the whole document in client.yaml instead");
        }
        let pages = match self.fetch(&links, jobs, shown) {
            Ok(pages) => pages,
            Err(failure) => {
                return refuse("not-fetched", failure.0, "nothing was changed; try again later");
            }
        };
        if let Some(page) = pages.iter().find(|page| page.text.trim_start().starts_with('<')) {
            let message = format!("{} is an HTML page, not the text of a docs page", page.shown);
            return refuse("upstream-changed", message, HELP);
        }
        let count = pages.len();
        let with: Vec<Incoming> =
            pages.into_iter().filter(|page| !pages::split(&page.text).is_empty()).collect();
        if with.is_empty() {
            let message =
                format!("none of the {count} pages that the index lists holds an operation");
            return refuse("upstream-changed", message, HELP);
        }
        Ok(with)
    }

    /// Fetches many, in order; the first that fails ends it.
    fn fetch(&self, links: &[String], jobs: usize, shown: bool) -> Result<Vec<Incoming>, Failure> {
        let progress = Progress::new(links.len(), shown);
        let next = AtomicUsize::new(0);
        let done: Mutex<BTreeMap<usize, Incoming>> = Mutex::default();
        let failed: Mutex<Option<Failure>> = Mutex::default();
        let lock = |failure| {
            next.store(links.len(), Ordering::Relaxed);
            failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(failure);
        };
        std::thread::scope(|scope| {
            for _ in 0..jobs.clamp(1, links.len().max(1)) {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(link) = links.get(index) else { return };
                        match self.get(link) {
                            Ok(page) => {
                                progress.step(page.text.len());
                                done.lock()
                                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                                    .insert(index, page);
                            }
                            Err(failure) => lock(failure),
                        }
                        if progress.bytes() > LARGEST_SITE {
                            lock(Failure(format!(
                                "the pages are larger than {} MiB together",
                                LARGEST_SITE >> 20
                            )));
                        }
                    }
                });
            }
        });
        let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        failed.map_or_else(|| Ok(done.into_values().collect()), Err)
    }
}

const HELP: &str =
    "upstream publishes in another form now; look at it, and at `source` in client.yaml";

fn is_document(incoming: &Incoming) -> bool {
    let source = Source { path: &incoming.shown, text: &incoming.text };
    read::read(&source, &mut Diagnostics::new()).is_some()
}
