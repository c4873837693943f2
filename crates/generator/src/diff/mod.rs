//! What changed between two documents: on the wire, and for programs that use the generated client.
//!
//! The two verdicts differ: a `format` put on a string is nothing to the wire and another type in Rust, a body that
//! travels as a form instead of JSON is the same method with another meaning. So both are found apart, each where
//! it can be known, and joined by where they stand:
//!
//! 1. `wire` walks the two documents by operation, parameter, body, reply and property, through every `$ref`, so
//!    that what is only written differently is no change.
//! 2. `rust` compares the two clients: what a program can name, and how it is written. The names of the second
//!    client are those that the first one's lock leads to.
//! 3. `join` puts the two together, one line for each thing that somebody did to the document.
//!
//! Nothing here knows how a report looks; that is for `render` and [`notes`].
//!
//! ```
//! use lockstep_generator::diff::{Class, compare};
//! use lockstep_generator::{Inputs, Layout, Source, diagnostic::Diagnostics};
//!
//! let before = "
//! openapi: 3.0.3
//! info: { title: Pets, version: '1' }
//! paths:
//!   /pets:
//!     get:
//!       tags: [Pets]
//!       operationId: listPets
//!       parameters: [{ name: limit, in: query, schema: { type: integer } }]
//!       responses: { '200': { description: All pets, content: { text/plain: {} } } }
//! ";
//! let after = before.replace("type: integer", "type: string");
//! let inputs = |text| Inputs::new(Source { path: "pets.yaml", text }, Layout::Workspace);
//! let changes = compare(&inputs(before), &inputs(&after), &mut Diagnostics::new()).unwrap();
//! assert_eq!(changes.list.len(), 1);
//! // Numbers in a query are text already; a Rust program that passes one no longer compiles.
//! assert_eq!(changes.list[0].wire.class, Class::Addition);
//! assert_eq!(changes.list[0].rust.class, Class::Breaking);
//! ```

mod fingerprint;
mod join;
mod machines;
pub mod notes;
mod overview;
mod page;
mod render;
pub mod rules;
mod rust;
mod settings;
mod settle;
mod unseen;
mod version;
mod wire;

use serde::Deserialize;

use crate::diagnostic::{Diagnostics, Place};
use crate::{Inputs, Source, config, emit, understand, understand_document};

pub use render::Format;
pub use settings::{Acknowledgement, Day, Reason, RuleId, Settings, Severity, Sides};
pub use version::Version;

/// What a change means to somebody, from nothing to the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Nothing at all.
    #[default]
    None,
    /// Prose and examples only.
    Docs,
    /// Something is said more exactly, or mended; whatever worked goes on working.
    Fix,
    /// Something is possible that was not; whatever worked goes on working.
    Addition,
    /// Something that worked may not work any more.
    Breaking,
}

impl Class {
    /// The word for it, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Docs => "docs",
            Self::Fix => "fix",
            Self::Addition => "addition",
            Self::Breaking => "breaking",
        }
    }
}

/// What a change means to one side, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The worst of it.
    pub class: Class,
    /// Why, one sentence each; in Markdown as far as backticks go.
    pub reasons: Vec<String>,
}

impl Verdict {
    pub(crate) fn new(class: Class, reason: impl Into<String>) -> Self {
        Self { class, reasons: vec![reason.into()] }
    }
}

/// Where something stands in both documents. [`Place::Nowhere`] in the one that does not have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Where it is in the API, as `names.lock` writes it: `GET /pets reply 200 items.[].id`.
    pub at: String,
    /// In the document before.
    pub before: Place,
    /// In the document after.
    pub after: Place,
}

/// One thing that was done to the document, wherever it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is, in kebab-case; stable, so that scripts may count and filter by it.
    pub code: &'static str,
    /// What it is, in one line.
    pub title: String,
    /// The resource of the client that it is about; empty for what is about no operation in particular.
    pub resource: String,
    /// Everywhere it shows; never empty.
    pub spots: Vec<Spot>,
    /// What it means to those who speak to the API in any language, and to releases of the client that are out.
    pub wire: Verdict,
    /// What it means to Rust programs once the client is generated anew.
    pub rust: Verdict,
    /// What can be done about it, where something can.
    pub help: Option<String>,
    /// Who has accepted it, once [`Changes::acknowledge`] has looked.
    pub acknowledged: Option<Acknowledgement>,
}

impl Change {
    /// The worse of the two verdicts.
    pub fn class(&self) -> Class {
        self.wire.class.max(self.rust.class)
    }
}

/// Everything that changed, the worst first, and then in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The changes.
    pub list: Vec<Change>,
    /// What there is to say of the settings for changes.
    pub notes: Vec<String>,
}

impl Changes {
    /// The worst verdict on the wire.
    pub fn wire(&self) -> Class {
        self.list.iter().map(|change| change.wire.class).max().unwrap_or_default()
    }

    /// The worst verdict for Rust programs.
    pub fn rust(&self) -> Class {
        self.list.iter().map(|change| change.rust.class).max().unwrap_or_default()
    }

    /// What the next release of the client is: as Rust programs see it, and a fix where only the wire changed, since
    /// the client has to follow. Docs alone make no release.
    pub fn release(&self) -> Class {
        let wire = self.wire().min(Class::Fix);
        match self.rust().max(wire) {
            Class::None | Class::Docs => Class::None,
            class @ (Class::Fix | Class::Addition | Class::Breaking) => class,
        }
    }

    /// How many changes there are of a class, by the worse of the two verdicts.
    pub fn count(&self, class: Class) -> usize {
        self.list.iter().filter(|change| change.class() == class).count()
    }

    /// The report.
    pub fn render(&self, format: Format, version: Option<Version>) -> String {
        render::render(self, format, version)
    }

    /// The report as one page for a browser, which needs nothing else: `before` and `after` are the texts that were
    /// compared, for the lines that it shows side by side.
    pub fn page(
        &self,
        version: Option<Version>,
        before: &[Source<'_>],
        after: &[Source<'_>],
    ) -> String {
        page::page(self, version, before, after)
    }
}

/// Compares two documents, each with its overlay and its choices. The names of the second client follow from those
/// of the first: the lock of `after` is not read.
///
/// `None` if one of them has errors, which are then among the diagnostics. What else there is to say about the
/// documents is not repeated here: that is for generating to say.
pub fn compare(
    before: &Inputs<'_>,
    after: &Inputs<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Changes> {
    let mut told = Diagnostics::new();
    // Reading is most of the work: the second document is read while the first is understood.
    let (first, second) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| read(after));
        let first = understand(before, &mut told);
        (first, reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (old, old_api, lock) = or_tell(first, told, diagnostics)?;
    let (document, told) = second;
    let document = or_tell(document, told, diagnostics)?;
    let mut told = Diagnostics::new();
    let understood = understand_document(document, after, &lock, &mut told);
    let (new, new_api, new_lock) = or_tell(understood, told, diagnostics)?;
    let config = |inputs: &Inputs<'_>| config(inputs, &mut Diagnostics::new());
    let (old_config, new_config) = (config(before)?, config(after)?);
    let moves = wire::Moves::find(&old, &new, &new_config.moved);
    let facts = wire::compare(&old, &new, &moves);
    let (old_face, new_face) = (emit::face::face(&old_api), emit::face::face(&new_api));
    let effects = rust::compare(&old_face, &new_face, &moves);
    let mut drafts = join::join(facts, effects, &moves);
    if old.value != new.value {
        let before = unseen::Side {
            document: &old,
            api: &old_api,
            config: &old_config,
            lock: &lock,
            layout: &before.layout,
        };
        let after = unseen::Side {
            document: &new,
            api: &new_api,
            config: &new_config,
            lock: &new_lock,
            layout: &after.layout,
        };
        unseen::look(&mut drafts, &before, &after, &moves);
    }
    let resources = settle::Resources::of(&new_face, &old_face);
    Some(settle::settle(drafts, &old, &new, &resources, &new_config.changes))
}

fn read(inputs: &Inputs<'_>) -> (Option<crate::read::Document>, Diagnostics) {
    let mut told = Diagnostics::new();
    (crate::read::prepare(inputs.sources(), inputs.overlay.as_ref(), &mut told), told)
}

/// What was made; where nothing could be, what there is to say about it.
fn or_tell<T>(made: Option<T>, told: Diagnostics, diagnostics: &mut Diagnostics) -> Option<T> {
    if made.is_none() {
        diagnostics.extend(told);
    }
    made
}
