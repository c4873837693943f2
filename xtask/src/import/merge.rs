//! What came in, together with what is there.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_generator::diagnostic::{Diagnostics, Place};
use lockstep_generator::read::{self, pages};
use lockstep_generator::{File, Source};

use super::sections::{self, Kind, Section, at};
use super::tell::{Event, What};
use super::{Entry, Form, Incoming, SourceLock, Target, error, name, whole};
use crate::commands::Failure;
use crate::workspace::Input;

/// What happens to operations that are here and did not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// They stay: only some of upstream was given.
    Never,
    /// They go: all of upstream was given. Many at once are refused unless that is allowed, since a text that was
    /// cut off looks the same.
    #[cfg_attr(
        not(feature = "net"),
        allow(dead_code, reason = "only fetching gives all of upstream")
    )]
    Missing {
        /// Whether many may go.
        many: bool,
    },
}

/// An import, all but the inputs.
#[derive(Debug)]
pub(crate) struct Merge<'a> {
    pub(crate) target: &'a Target,
    /// The document whose pages are wanted.
    pub(crate) document: Option<&'a str>,
    pub(crate) removal: Removal,
}

/// Everything as it should be.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub(crate) files: Vec<File>,
    /// Folders in which nothing else may lie.
    pub(crate) owned: Vec<String>,
    pub(crate) events: Vec<Event>,
    pub(crate) guides: usize,
    pub(crate) operations: usize,
}

/// A page as it should be.
struct Page<'t> {
    text: &'t str,
    operation: String,
    /// The section, if it came in just now.
    section: Option<&'t Section<'t>>,
}

impl Merge<'_> {
    /// Merges. `None` if anything is wrong; all of it is then among the diagnostics, and `sources` has the texts that
    /// they speak of.
    pub(crate) fn run(
        &self,
        incoming: &[Incoming],
        sources: &mut Vec<Input>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Merged>, Failure> {
        sources.extend(incoming.iter().map(Incoming::input));
        let lock = self.target.lock()?;
        let (mut all, mut documents, mut guides) = (Vec::new(), Vec::new(), 0);
        for text in incoming {
            match sections::look(text, diagnostics) {
                Kind::Pages { sections, guides: more } => {
                    all.extend(sections);
                    guides += more;
                }
                Kind::Document => documents.push(text),
                Kind::Refused => {}
            }
        }
        if diagnostics.has_errors() {
            return Ok(None);
        }
        match (documents.as_slice(), all.is_empty()) {
            ([], false) => self.pages(&all, guides, lock, sources, diagnostics),
            ([document], true) => whole::merge(self, document, lock, sources, diagnostics),
            _ => {
                let message =
                    "a whole document came together with pages, or with another one".to_owned();
                let place = documents
                    .first()
                    .map_or(Place::Nowhere, |text| Place::File(text.shown.clone()));
                let help = "give one whole document, or any number of pages";
                diagnostics.push(error("mixed-forms", message, place, help));
                Ok(None)
            }
        }
    }

    fn pages(
        &self,
        all: &[Section<'_>],
        guides: usize,
        mut lock: SourceLock,
        sources: &mut Vec<Input>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Merged>, Failure> {
        if lock.form == Form::Document && self.removal == Removal::Never {
            let file = self.target.path("openapi.yaml");
            let message = format!("{file} was imported whole, so a page cannot be merged into it");
            let help = "import the whole document anew; or set `form: pages` in source.lock to go back to pages";
            diagnostics.push(error("imported-whole", message, all[0].place(), help));
            return Ok(None);
        }
        let there =
            Input::read_folder(&self.target.disk("pages"), &self.target.path("pages"), "md")?;
        sources.extend(there.iter().cloned());
        let Some(document) = self.main_document(all, &there, &lock, diagnostics) else {
            return Ok(None);
        };
        let mut merged = Merged { guides, ..Merged::default() };
        let wanted = self.wanted(all, &document, &mut merged.events, diagnostics);
        let Some(pages) = self.place(&wanted, &there, &mut merged.events, diagnostics) else {
            return Ok(None);
        };
        if !document.is_empty() {
            lock.document = Some(document);
        }
        self.note(&mut lock, &pages);
        let Some(text) = self.assemble(&pages, &lock, diagnostics) else { return Ok(None) };
        merged.operations = pages.len();
        merged.files = pages.iter().map(|(path, page)| file(path, page.text)).collect();
        merged.files.push(file(&self.target.path("openapi.yaml"), &text));
        merged.files.push(file(&self.target.path("source.lock"), &lock.to_text()?));
        if self.removal != Removal::Never {
            merged.owned.push(self.target.path("pages"));
        }
        Ok(Some(merged))
    }

    /// The document whose pages are kept; empty if no page names one.
    fn main_document(
        &self,
        all: &[Section<'_>],
        there: &[Input],
        lock: &SourceLock,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        let known = there.iter().find_map(|page| {
            pages::split(&page.text)
                .into_iter()
                .map(|page| page.document_url.to_owned())
                .find(|url| !url.is_empty())
        });
        if let Some(url) =
            self.document.map(str::to_owned).or_else(|| lock.document.clone()).or(known)
        {
            return Some(url);
        }
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        for section in all.iter().filter(|section| !section.document.is_empty()) {
            *named.entry(section.document).or_default() += 1;
        }
        if named.len() < 2 {
            return Some(named.keys().next().copied().unwrap_or_default().to_owned());
        }
        let list: Vec<String> =
            named.iter().map(|(url, count)| format!("{url} ({count})")).collect();
        let message = format!("the pages are excerpts of several documents: {}", list.join(", "));
        let help = "say which one is wanted with --document URL";
        diagnostics.push(error("several-sources", message, all[0].place(), help));
        None
    }

    /// The sections of the wanted document, each operation once.
    fn wanted<'t>(
        &self,
        all: &'t [Section<'t>],
        document: &str,
        events: &mut Vec<Event>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<&'t Section<'t>> {
        let mut first: BTreeMap<String, &Section<'_>> = BTreeMap::new();
        let mut wanted = Vec::new();
        for section in all {
            let operation = section.operation();
            if !section.document.is_empty() && section.document != document {
                let reason = sibling(section.document);
                events.push(Event {
                    what: What::Refused,
                    operation,
                    file: None,
                    reason: Some(reason),
                });
                continue;
            }
            match first.get(&operation) {
                None => {
                    first.insert(operation, section);
                    wanted.push(section);
                }
                Some(known) if same(known.bytes, section.bytes) => {}
                Some(known) => {
                    let message = format!(
                        "{operation} stands here and, with other contents, at {}",
                        known.place()
                    );
                    let help = "import only the newer of the two";
                    diagnostics.push(error("operation-twice", message, section.place(), help));
                }
            }
        }
        wanted
    }

    /// Every page by its path, those that are there and those that came in.
    fn place<'t>(
        &self,
        wanted: &[&'t Section<'t>],
        there: &'t [Input],
        events: &mut Vec<Event>,
        diagnostics: &mut Diagnostics,
    ) -> Option<BTreeMap<String, Page<'t>>> {
        let mut pages: BTreeMap<String, Page<'t>> = BTreeMap::new();
        let mut known: BTreeMap<String, (&'t Input, &'t str)> = BTreeMap::new();
        for input in there {
            let (operation, section) = held(input);
            known.insert(operation.clone(), (input, section));
            pages.insert(input.path.clone(), Page { text: &input.text, operation, section: None });
        }
        for &section in wanted {
            let operation = section.operation();
            let (path, what) = match known.remove(&operation) {
                Some((input, held))
                    if same(held, section.bytes) || same(&input.text, section.bytes) =>
                {
                    (input.path.clone(), What::Unchanged)
                }
                Some((input, _)) => (input.path.clone(), What::Changed),
                None => (
                    self.target.path(&format!(
                        "pages/{}",
                        name::file_name(&section.method, &section.path)
                    )),
                    What::Added,
                ),
            };
            let text = match pages.get(&path) {
                Some(page) if what == What::Unchanged => page.text,
                _ => section.bytes,
            };
            events.push(Event {
                what,
                operation: operation.clone(),
                file: Some(path.clone()),
                reason: None,
            });
            pages.insert(path, Page { text, operation, section: Some(section) });
        }
        if let Removal::Missing { many } = self.removal {
            let gone: Vec<String> = known.values().map(|(input, _)| input.path.clone()).collect();
            if !many && !few(gone.len(), there.len(), diagnostics) {
                return None;
            }
            for path in gone {
                let operation = pages.remove(&path).map(|page| page.operation).unwrap_or_default();
                events.push(Event {
                    what: What::Removed,
                    operation,
                    file: Some(path),
                    reason: None,
                });
            }
        }
        (!diagnostics.has_errors()).then_some(pages)
    }

    fn note(&self, lock: &mut SourceLock, pages: &BTreeMap<String, Page<'_>>) {
        lock.form = Form::Pages;
        let kept: BTreeSet<&str> = pages.keys().map(|path| self.relative(path)).collect();
        lock.files.retain(|path, _| kept.contains(path.as_str()));
        for (path, page) in pages {
            let Some(section) = page.section else { continue };
            let entry = Entry {
                operation: Some(page.operation.clone()),
                origin: section.incoming.shown.clone(),
                date: super::today(),
                etag: section.incoming.etag.clone(),
                last_modified: section.incoming.last_modified.clone(),
                ..Entry::default()
            };
            lock.note(self.relative(path), page.text.as_bytes(), entry);
        }
    }

    /// The path of a file as the lock has it.
    fn relative<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&format!("{}/", self.target.folder)).unwrap_or(path)
    }

    /// One document of all pages; errors speak of the places that people know.
    fn assemble(
        &self,
        pages: &BTreeMap<String, Page<'_>>,
        lock: &SourceLock,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        let sources: Vec<(Source<'_>, &str)> = pages
            .iter()
            .map(|(path, page)| (Source { path, text: page.text }, lock.day(self.relative(path))))
            .collect();
        let mut own = Diagnostics::new();
        let text = read::assemble_dated(&sources, &mut own);
        for diagnostic in own.iter_mut() {
            // A page that came in does not lie where it will, so its places are those of the text it came in.
            let message = diagnostic.message.clone();
            if let Some((kept, origin)) = message.rsplit_once(" at ")
                && let Some(place) = origin_of(pages, origin)
            {
                diagnostic.message = format!("{kept} at {place}");
            }
            if let Some(place) = origin_of(pages, &diagnostic.place.to_string()) {
                diagnostic.place = place;
            }
        }
        diagnostics.extend(own);
        text
    }
}

/// Whether two pages say the same: what stands behind the last line depends on what they were cut out of.
fn same(one: &str, other: &str) -> bool {
    one.trim_end() == other.trim_end()
}

/// Whether few enough operations go that it can be meant.
pub(super) fn few(gone: usize, there: usize, diagnostics: &mut Diagnostics) -> bool {
    if gone * 4 <= there {
        return true;
    }
    let message = format!(
        "{gone} of {there} operations are missing in what upstream sent; it may have been cut off"
    );
    let help = "look at upstream; if they are gone indeed, run it again with --allow-shrink";
    diagnostics.push(error("too-many-gone", message, Place::Nowhere, help));
    false
}

fn sibling(document: &str) -> String {
    let name = document
        .rsplit('/')
        .find_map(|part| part.split('.').next().filter(|name| !name.is_empty()));
    let folder = name.unwrap_or("sibling");
    format!(
        "a page of another document; keep it apart with --document {document} --into spec/{folder}"
    )
}

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), contents: text.as_bytes().to_vec() }
}

/// The operation of a page that is there, and its section.
fn held(input: &Input) -> (String, &str) {
    let page = pages::split(&input.text).into_iter().next();
    page.map_or_else(
        || (input.path.clone(), input.text.as_str()),
        |page| {
            (
                format!("{} {}", page.method.to_ascii_uppercase(), page.path),
                &input.text[page.section],
            )
        },
    )
}

/// `spec/pages/a.md:5:1` as a place in the text that the page came in.
fn origin_of(pages: &BTreeMap<String, Page<'_>>, place: &str) -> Option<Place> {
    let mut parts = place.rsplitn(3, ':');
    let (column, line, path) =
        (parts.next()?.parse().ok()?, parts.next()?.parse::<usize>().ok()?, parts.next()?);
    let page = pages.get(path)?;
    let section = page.section.filter(|section| std::ptr::eq(section.bytes, page.text))?;
    let Place::At { file, line, .. } = at(&section.incoming.shown, line + section.offset) else {
        return None;
    };
    Some(Place::At { file, line, column })
}
