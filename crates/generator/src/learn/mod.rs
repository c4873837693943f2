//! What recorded traffic says of a document: bytes in, findings out.
//!
//! Documents are learnt from examples, and the wire differs. A [`Learner`] reads recordings (HTTP archives, HAR 1.2) as a
//! stream, holds every reply against the schema that the document has for it, and keeps a *tally* of each place: how
//! often something was seen, was null, was absent, was of which kind and form. It never keeps a value. What comes out is
//! [`Learnt`]: findings, each with its evidence, and overlay actions for those that only loosen the document.
//!
//! The way of an exchange is the order of the modules:
//!
//! - `har`: from bytes to one exchange at a time;
//! - `route`: to the operation that it belongs to, or to none;
//! - `forms` and `tally`: held against the schemas, and counted there; `shape` counts what no schema describes, and
//!   `witness` how many replies, accounts and days there were;
//! - `find`: from tallies to findings; `claims` knows what a person has decided, which is never overruled;
//! - `correct`: from findings to overlay actions as a person would have written them; `effect` says what they would do
//!   to Rust programs;
//! - `scrub`: what may be written down of an exchange in the first place;
//! - `page`: all of it as a page for a browser.
//!
//! Nothing here knows files, clocks or how a report looks on a terminal. The order of recordings and exchanges changes
//! nothing, and an exchange that was recorded twice counts once.
//!
//! ```
//! use lockstep_generator::learn::{Fate, Learner};
//! use lockstep_generator::{Source, diagnostic::Diagnostics};
//!
//! let text = "
//! openapi: 3.0.3
//! info: { title: Pets, version: '1' }
//! servers: [{ url: 'https://pets.example' }]
//! paths:
//!   /pets/{id}:
//!     get:
//!       responses:
//!         '200':
//!           description: ok
//!           content: { application/json: { schema: { type: object, properties: { age: { type: integer } } } } }
//! ";
//! let recording = r#"{"log": {"entries": [{
//!     "request": {"method": "GET", "url": "https://pets.example/pets/7"},
//!     "response": {"status": 200, "content": {"mimeType": "application/json", "text": "{\"age\": null}"}}
//! }]}}"#;
//! let source = Source { path: "pets.yaml", text };
//! let mut learner = Learner::new(&source, None, None, &[], &mut Diagnostics::new()).unwrap();
//! learner.take("pets.har", recording.as_bytes());
//! let learnt = learner.finish();
//! assert_eq!(learnt.findings[0].code, "null");
//! assert_eq!(learnt.findings[0].fate, Fate::Written);
//! assert!(learnt.overlay(None).unwrap().contains("nullable: true"));
//! ```

mod claims;
mod correct;
mod counts;
mod effect;
mod exchange;
mod find;
mod forms;
mod har;
mod page;
mod propose;
mod route;
mod scrub;
pub(crate) mod shape;
mod tally;
pub(crate) mod witness;

#[cfg(test)]
mod tests;

use std::io::Read;

use serde_json::Value;

use crate::Source;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::diff::Class;
use crate::pointer::Pointer;
use crate::read::{self, Document};

pub use correct::Correction;
pub use counts::Counts;
pub use scrub::Scrubber;

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It only loosens the document: its action is appended to the overlay.
    Written,
    /// A person's decision that traffic contradicts: named, and never overruled.
    Refuted,
    /// An action that was learnt once and has nothing to do any more.
    Withdrawn,
    /// It tightens the document or adds meaning: for a person to decide.
    Proposed,
}

impl Fate {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Refuted => "refuted",
            Self::Withdrawn => "withdrawn",
            Self::Proposed => "proposed",
        }
    }
}

/// How much was seen: counts and days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// In how many replies the place was.
    pub replies: u64,
    /// How many of them had a body that no other one had.
    pub distinct: u64,
    /// How many values were there; a list has many in one reply.
    pub seen: u64,
    /// How many of those the document does not allow, or does not know.
    pub misfits: u64,
    /// From how many accounts the replies were, as far as paths tell.
    pub accounts: usize,
    /// The first day.
    pub first: Option<String>,
    /// The last day.
    pub last: Option<String>,
}

impl Evidence {
    /// As it stands in an overlay, under `x-evidence`.
    pub fn to_value(&self) -> Value {
        let mut value = serde_json::json!({
            "replies": self.replies, "seen": self.seen, "misfits": self.misfits, "accounts": self.accounts,
        });
        if let Some(object) = value.as_object_mut() {
            let days = [("first", &self.first), ("last", &self.last)];
            object.extend(
                days.into_iter()
                    .filter_map(|(key, day)| Some((key.to_owned(), day.clone()?.into()))),
            );
        }
        value
    }
}

/// What a finding would do to Rust programs once it is written and the client generated anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The worst of it.
    pub class: Class,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
}

/// Something that traffic says and the document does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What kind of thing it is, in kebab-case.
    pub code: &'static str,
    /// What becomes of it.
    pub fate: Fate,
    /// What it is, in a sentence made of the tally.
    pub message: String,
    /// The places in the document, as the overlay leaves it; none for what stands nowhere yet.
    pub at: Vec<Pointer>,
    /// How much was seen.
    pub evidence: Evidence,
    /// The overlay actions that would put it right; none where only a person knows how.
    pub corrections: Vec<Correction>,
    /// What they would do to Rust programs, where that was found out.
    pub effect: Option<Effect>,
    /// The first of the places as file, line and column.
    pub place: Place,
}

impl Finding {
    /// Whether the document says something that the wire does not keep.
    pub fn contradicts(&self) -> bool {
        let wrong =
            matches!(self.code, "enum-value" | "no-alternative" | "convertible" | "failure-reply");
        matches!(self.fate, Fate::Written | Fate::Refuted) || (self.fate == Fate::Proposed && wrong)
    }
}

/// Everything that was learnt.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// What was found: by fate, then by what it does to Rust programs, the worst first, then by place.
    pub findings: Vec<Finding>,
    /// What was read, and what of it was left out and why.
    pub counts: Counts,
    /// Recordings that could not be read to their end: each with where and why, and nothing of what is in them.
    pub broken: Vec<Diagnostic>,
    rows: Vec<page::Section>,
}

impl Learnt {
    /// The text of the overlay with the actions of all that is [`Fate::Written`] appended; what is there stays byte for
    /// byte.
    ///
    /// # Errors
    /// A sentence about why the text cannot be added to.
    pub fn overlay(&self, there: Option<&str>) -> Result<String, String> {
        let actions = self.written().map(Correction::to_value).collect();
        crate::lint::append_values(there, actions)
    }

    /// The actions of all that is [`Fate::Written`].
    pub fn written(&self) -> impl Iterator<Item = &Correction> {
        self.findings
            .iter()
            .filter(|finding| finding.fate == Fate::Written)
            .flat_map(|finding| &finding.corrections)
    }

    /// Whether traffic contradicts the document, or a person's corrections and choices.
    pub fn contradicts(&self) -> bool {
        self.findings.iter().any(Finding::contradicts)
    }

    /// What the counts of a finding's first place is called: `GET /pets reply 200 items.[].id`.
    pub fn place_name(finding: &Finding) -> String {
        finding.at.first().map(find::place_name).unwrap_or_default()
    }

    /// All of it as one page for a browser, which needs nothing else.
    pub fn page(&self) -> String {
        page::page(self)
    }
}

/// Reads recordings and counts.
#[derive(Debug)]
pub struct Learner {
    base: Base,
    book: exchange::Book,
    broken: Vec<Diagnostic>,
}

/// What does not change while recordings are read.
#[derive(Debug)]
struct Base {
    /// The document as the overlay leaves it: what actions have to fit.
    raw: Document,
    /// The same, translated and repaired: what replies are held against.
    document: Document,
    config: Config,
    routes: route::Routes,
    traced: Vec<read::overlay::Traced>,
}

impl Learner {
    /// A learner for a document with its corrections and choices. `servers` are addresses of proxies under which the API
    /// was recorded. `None` if something cannot be read, or nothing says where the API lives; the reasons are then among
    /// the diagnostics.
    pub fn new(
        source: &Source<'_>,
        overlay: Option<&Source<'_>>,
        config: Option<&Source<'_>>,
        servers: &[String],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let mut own = Diagnostics::new();
        let base = Base::of(source, overlay, config, servers, &mut own);
        let failed = own.has_errors();
        diagnostics
            .extend(own.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error));
        let base = base.filter(|_| !failed)?;
        let book = exchange::Book::new(&base);
        Some(Self { base, book, broken: Vec::new() })
    }

    /// Reads a recording, to its end or as far as it can be read. `name` is what people call it.
    pub fn take(&mut self, name: &str, recording: impl Read) {
        self.book.counts.files += 1;
        let read = har::read(recording, &mut |entry| self.book.take(&self.base, &entry));
        if let Err(broken) = read {
            let clamp = |number: usize| u32::try_from(number.max(1)).unwrap_or(u32::MAX);
            let (line, column) = (clamp(broken.line), clamp(broken.column));
            let place = Place::At { file: name.to_owned(), line, column };
            let help = "record it anew, or take out what was not written to its end";
            self.broken
                .push(Diagnostic::error("broken-recording", broken.what).at(place).help(help));
        }
    }

    /// What was learnt.
    pub fn finish(self) -> Learnt {
        let Self { base, book, mut broken } = self;
        broken.sort_by_key(|diagnostic| diagnostic.place.to_string());
        let mut findings = find::findings(&base, &book);
        effect::add(&base, &mut findings);
        let class = |finding: &Finding| finding.effect.as_ref().map(|effect| effect.class);
        findings.sort_by(|a, b| a.fate.cmp(&b.fate).then_with(|| class(b).cmp(&class(a))));
        settle(&base, &mut findings);
        let rows = page::sections(&base, &book);
        Learnt { findings, counts: book.counts, broken, rows }
    }
}

/// Gives every finding its file, line and column.
fn settle(base: &Base, findings: &mut [Finding]) {
    let mut diagnostics = Diagnostics::new();
    for finding in findings.iter() {
        let diagnostic = Diagnostic::note(finding.code, "");
        diagnostics.push(match finding.at.first() {
            Some(at) => diagnostic.at(at),
            None => diagnostic,
        });
    }
    base.document.settle(&mut diagnostics);
    for (finding, diagnostic) in findings.iter_mut().zip(diagnostics) {
        finding.place = diagnostic.place;
    }
}

impl Base {
    fn of(
        source: &Source<'_>,
        overlay: Option<&Source<'_>>,
        config: Option<&Source<'_>>,
        servers: &[String],
        own: &mut Diagnostics,
    ) -> Option<Self> {
        let config =
            config.map_or_else(|| Some(Config::default()), |source| Config::read(source, own))?;
        let mut raw = read::read(source, own)?;
        let traced =
            overlay.map(|overlay| read::overlay::trace(&mut raw, overlay, own)).unwrap_or_default();
        let mut document = raw.clone();
        read::refine(&mut document, None, &mut Diagnostics::new());
        let file = || Place::File(source.path.to_owned());
        let routes = match route::Routes::of(&document, servers) {
            Ok(routes) => routes,
            Err(why) => {
                own.push(Diagnostic::error("bad-server", why));
                return None;
            }
        };
        if !routes.has_address() {
            let message = "the document does not say where the API lives, so that no recording can be told from others";
            own.push(
                Diagnostic::error("no-server", message)
                    .at(file())
                    .help("give its address with --server"),
            );
            return None;
        }
        Some(Self { raw, document, config, routes, traced })
    }
}
