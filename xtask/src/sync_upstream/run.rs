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

use super::Sync;
use super::fetch::{Answer, Before, Fetcher, Limits};
use super::index::{self, Index};
use super::kept::Kept;
use super::progress::Progress;
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
    let run = Run {
        fetcher: Fetcher::new(limits),
        known: &known,
        kept: Some(Kept::of(root, &address)),
        shrink: command.allow_shrink,
    };
    let mut diagnostics = Diagnostics::new();
    let mut sources = Vec::new();
    let first = run
        .get(&address)
        .map_err(|failure| Failure(format!("{}{}", failure.0, upstream.other(&address))))?;
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
pub(super) fn fetch_one(address: &str) -> Result<(Incoming, String), Failure> {
    let known = Known::default();
    let fetcher = Fetcher::new(Limits::default());
    let run = Run { fetcher, known: &known, kept: None, shrink: false };
    run.get(address).map(|first| (first.incoming, first.found))
}

/// Where upstream publishes.
#[derive(Debug, Default)]
struct Upstream {
    document: Option<String>,
    index: Option<String>,
}

impl Upstream {
    /// The other address that upstream publishes at, for when this one fails.
    fn other(&self, address: &str) -> String {
        let all = [("document", &self.document), ("index", &self.index)];
        let other = all
            .into_iter()
            .filter_map(|(key, other)| Some((key, other.as_deref()?)))
            .find(|(_, other)| *other != address);
        other.map_or_else(String::new, |(key, other)| {
            format!("; client.yaml names another source, `{key}`: try `cargo xtask sync --source {other}`")
        })
    }
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
struct Known {
    texts: BTreeMap<String, (Before, String)>,
    /// The operation that the page of an address held last.
    operations: BTreeMap<String, String>,
}

impl Known {
    fn read(target: &Target) -> Result<Self, Failure> {
        let mut known = Self::default();
        for (path, entry) in target.lock()?.files {
            let Some(input) = Input::read_if_there(&target.disk(&path), &target.path(&path))?
            else {
                continue;
            };
            if let Some(operation) = entry.operation {
                known.operations.insert(entry.origin.clone(), operation);
            }
            // A file that was changed here is fetched anew, whatever the server says.
            if import::sha256(input.text.as_bytes()) == entry.sha256 {
                let before = Before { etag: entry.etag, last_modified: entry.last_modified };
                known.texts.insert(entry.origin, (before, input.text));
            }
        }
        Ok(known)
    }
}

struct Run<'k> {
    fetcher: Fetcher,
    known: &'k Known,
    /// What an earlier run could not use.
    kept: Option<Kept>,
    /// Whether operations may go.
    shrink: bool,
}

/// What lay at an address.
struct First {
    incoming: Incoming,
    found: String,
}

impl Run<'_> {
    fn get(&self, address: &str) -> Result<First, Failure> {
        let nothing = (Before::default(), String::new());
        let (before, held) = self.known.texts.get(address).unwrap_or(&nothing);
        let shown = address.to_owned();
        Ok(match self.fetcher.get(address, before)? {
            Answer::Same => First {
                found: shown.clone(),
                incoming: Incoming {
                    shown,
                    text: held.clone(),
                    etag: before.etag.clone(),
                    last_modified: before.last_modified.clone(),
                },
            },
            Answer::New(new) => First {
                found: new.found,
                incoming: Incoming {
                    shown,
                    text: new.text,
                    etag: new.etag,
                    last_modified: new.last_modified,
                },
            },
        })
    }

    /// The text itself, or the pages that it lists. `Err` with the texts that the diagnostics speak of.
    fn all(
        &self,
        address: &str,
        first: First,
        jobs: usize,
        shown: bool,
        diagnostics: &mut Diagnostics,
    ) -> Result<Vec<Incoming>, Vec<Input>> {
        let First { incoming: first, found } = first;
        let markup = first.text.trim_start().starts_with('<');
        let listed =
            if markup { Index::default() } else { index::read(address, &found, &first.text) };
        if listed.pages.is_empty() || !pages::split(&first.text).is_empty() || is_document(&first) {
            return Ok(vec![first]);
        }
        let place = || Place::File(address.to_owned());
        let links = listed.pages;
        if links.len() > index::MOST {
            let message =
                format!("the index lists {} pages, more than {}", links.len(), index::MOST);
            let help = "name the whole document in client.yaml instead";
            diagnostics.push(Diagnostic::error("too-large", message).at(place()).help(help));
            return Err(vec![first.input()]);
        }
        if let Some(some) = listed.passed_over.first() {
            let more = match listed.passed_over.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let message =
                format!("not every page that the index links to is followed: {some}{more}");
            diagnostics.push(Diagnostic::note("links-passed-over", message).at(place()));
        }
        let pages = match self.fetch(&links, jobs, shown) {
            Ok(pages) => pages,
            Err(unfinished) => {
                let help = match self.kept.as_ref().map_or(0, |kept| kept.put(&unfinished.arrived))
                {
                    0 => "nothing was changed; try again later".to_owned(),
                    count => format!(
                        "nothing was changed; {count} of {} pages arrived and are kept for an hour: run it again for the rest",
                        links.len()
                    ),
                };
                let message = unfinished.failure.0;
                diagnostics.push(Diagnostic::error("not-fetched", message).at(place()).help(help));
                return Err(vec![first.input()]);
            }
        };
        if let Some(kept) = &self.kept {
            kept.forget();
        }
        match self.with_operations(pages) {
            Ok(pages) => Ok(pages),
            Err((message, help)) => {
                let told = Diagnostic::error("upstream-changed", message).at(place()).help(help);
                diagnostics.push(told);
                Err(vec![first.input()])
            }
        }
    }

    /// The pages that hold an operation, or why this does not look like all of them.
    fn with_operations(
        &self,
        pages: Vec<Incoming>,
    ) -> Result<Vec<Incoming>, (String, &'static str)> {
        if let Some(page) = pages.iter().find(|page| page.text.trim_start().starts_with('<')) {
            let message = format!("{} is an HTML page, not the text of a docs page", page.shown);
            return Err((message, HELP));
        }
        if let Some(page) = pages.iter().find(|page| page.text.trim().is_empty()) {
            return Err((format!("{} is an empty page", page.shown), HELP));
        }
        let count = pages.len();
        let (with, without): (Vec<Incoming>, Vec<Incoming>) =
            pages.into_iter().partition(|page| !pages::split(&page.text).is_empty());
        if with.is_empty() {
            let message =
                format!("none of the {count} pages that the index lists holds an operation");
            return Err((message, HELP));
        }
        let held =
            without.iter().find_map(|page| Some((page, self.known.operations.get(&page.shown)?)));
        match held {
            Some((page, operation)) if !self.shrink => Err((
                format!("{} held {operation} and holds no operation now", page.shown),
                "look at the page; if the operation is gone indeed, run it again with --allow-shrink",
            )),
            _ => Ok(with),
        }
    }

    /// Fetches many, in order; the first that fails ends it. What an earlier run kept is not asked for again.
    fn fetch(
        &self,
        links: &[String],
        jobs: usize,
        shown: bool,
    ) -> Result<Vec<Incoming>, Unfinished> {
        let progress = Progress::new(links.len(), shown);
        let next = AtomicUsize::new(0);
        let done: Mutex<BTreeMap<usize, Incoming>> = Mutex::default();
        let failed: Mutex<Option<Failure>> = Mutex::default();
        let fail = |failure| {
            next.store(links.len(), Ordering::Relaxed);
            locked(&failed).get_or_insert(failure);
        };
        std::thread::scope(|scope| {
            for _ in 0..jobs.clamp(1, links.len().max(1)) {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(link) = links.get(index) else { return };
                        let kept = self.kept.as_ref().and_then(|kept| kept.get(link));
                        match kept.map_or_else(|| self.get(link).map(|page| page.incoming), Ok) {
                            Ok(page) => {
                                progress.step(page.text.len());
                                locked(&done).insert(index, page);
                            }
                            Err(failure) => fail(failure),
                        }
                        if progress.bytes() > LARGEST_SITE {
                            fail(Failure(format!(
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
        let arrived = done.into_values().collect();
        match failed {
            None => Ok(arrived),
            Some(failure) => Err(Unfinished { failure, arrived }),
        }
    }
}

/// A run that broke off, and what it has so far.
struct Unfinished {
    failure: Failure,
    arrived: Vec<Incoming>,
}

fn locked<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

const HELP: &str =
    "upstream publishes in another form now; look at it, and at `source` in client.yaml";

fn is_document(incoming: &Incoming) -> bool {
    let source = Source { path: &incoming.shown, text: &incoming.text };
    read::read(&source, &mut Diagnostics::new()).is_some()
}
