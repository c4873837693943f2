//! Reads OpenAPI documents and writes typed Rust clients and mock fixtures: bytes in, files out.
//!
//! No disk, no clock, no environment, no network: what goes in is [`Inputs`], what comes out is [`Output`], and
//! the same input gives the same bytes on every machine. The way of the data is the order of the modules:
//!
//! 1. [`read`]: text to a [`Document`](read::Document), ordered values that know their place, with the overlay's
//!    corrections and the repairs applied.
//! 2. [`lower`]: a document to a [`Draft`](model::Draft) of the [`model`], which knows neither OpenAPI nor Rust.
//! 3. [`passes`]: the draft, one step at a time, closer to what a careful author would have written;
//!    [`passes::PASSES`] is the table of contents.
//! 4. [`seal`](seal::seal): the draft to an [`Api`](model::Api), read only, with every name claimed.
//! 5. [`emit`]: the API to files; its constant `EMITTERS` is the table of contents.
//!
//! Nothing that a document holds makes this crate panic: every step returns what it could make and says in
//! [`diagnostic`]s what it could not.
//!
//! ```
//! use lockstep_generator::{Inputs, Layout, Source, diagnostic::Diagnostics, generate};
//!
//! let text = "
//! openapi: 3.0.3
//! info: { title: Pets, version: '1' }
//! paths:
//!   /pets:
//!     get:
//!       operationId: listPets
//!       tags: [Pets]
//!       responses: { '200': { description: All pets, content: { text/plain: {} } } }
//! ";
//! let inputs = Inputs::new(Source { path: "pets.yaml", text }, Layout::Standalone { name: "pets".into(), runtime: "../runtime".into() });
//! let mut diagnostics = Diagnostics::new();
//! let output = generate(&inputs, &mut diagnostics).unwrap();
//! assert!(output.surface.contains("pets().list()"));
//! ```

pub mod audit;
pub mod config;
pub mod diagnostic;
pub mod diff;
pub mod emit;
mod ident;
pub mod learn;
pub mod lint;
pub mod lock;
pub mod lower;
mod markdown;
pub mod model;
pub mod normalize;
pub mod passes;
pub mod pointer;
pub mod read;
pub mod seal;
mod values;
pub mod visible;
mod words;

pub use emit::{File, Layout, check_package_name};
pub use read::Source;

use config::Config;
use diagnostic::Diagnostics;
use lock::Lock;

/// What a run reads.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    /// The document: an OpenAPI document, or a docs page that holds one.
    pub document: Source<'a>,
    /// The other files that the document refers to, as [`read::Search`] asks for them.
    pub parts: &'a [read::Part],
    /// Corrections of the document.
    pub overlay: Option<Source<'a>>,
    /// Choices that no document can hold.
    pub config: Option<Source<'a>>,
    /// The names that were given before.
    pub names_lock: Option<Source<'a>>,
    /// Where the files go.
    pub layout: Layout,
    /// Whether what could be repaired by guessing is an error: right for a document that has an overlay to repair it.
    pub strict: bool,
}

impl<'a> Inputs<'a> {
    /// A document and nothing else.
    pub fn new(document: Source<'a>, layout: Layout) -> Self {
        Self {
            document,
            parts: &[],
            overlay: None,
            config: None,
            names_lock: None,
            layout,
            strict: false,
        }
    }

    /// The document with all its files.
    pub fn sources(&self) -> read::Sources<'a> {
        read::Sources { root: self.document, parts: self.parts }
    }
}

/// What a run writes.
#[derive(Clone, Debug)]
pub struct Output {
    /// The files, in the order of the emitters.
    pub files: Vec<File>,
    /// Folders that belong to the generator whole: a file there that is not among `files` is an orphan.
    pub owned: Vec<String>,
    /// The public face of the client, one line per operation and type.
    pub surface: String,
    /// How many operations the client has.
    pub operations: usize,
    /// How many types the client has.
    pub types: usize,
    /// What the API is called.
    pub title: String,
}

/// What the mock server serves.
#[derive(Clone, Debug)]
pub struct MockData {
    /// The operations.
    pub routes: serde_json::Value,
    /// The bodies by path.
    pub fixtures: Vec<(String, Vec<u8>)>,
}

/// Runs the whole pipeline. `None` if there are errors, which are then among the diagnostics.
pub fn generate(inputs: &Inputs<'_>, diagnostics: &mut Diagnostics) -> Option<Output> {
    let (document, api, lock) = understand(inputs, diagnostics)?;
    let config = config(inputs, &mut Diagnostics::new())?;
    let context = emit::Context {
        api: &api,
        document: &document,
        config: &config,
        layout: &inputs.layout,
        names_lock: &lock.to_text(),
    };
    let output = emit::emit(&context, diagnostics);
    finish(&document, diagnostics).then_some(output)
}

/// What the mock server needs to serve a document.
pub fn mock_data(inputs: &Inputs<'_>, diagnostics: &mut Diagnostics) -> Option<MockData> {
    let (document, api, _) = understand(inputs, diagnostics)?;
    let config = config(inputs, &mut Diagnostics::new())?;
    let data = emit::mock_data(&document, &api, &config, diagnostics);
    finish(&document, diagnostics).then_some(data)
}

/// Everything up to the sealed API.
fn understand(
    inputs: &Inputs<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(read::Document, model::Api, Lock)> {
    let lock = match &inputs.names_lock {
        Some(source) => Lock::read(source, diagnostics)?,
        None => Lock::default(),
    };
    understand_after(inputs, &lock, diagnostics)
}

/// The same where the names given before are known already.
fn understand_after(
    inputs: &Inputs<'_>,
    lock: &Lock,
    diagnostics: &mut Diagnostics,
) -> Option<(read::Document, model::Api, Lock)> {
    config(inputs, diagnostics)?;
    let document = read::prepare(inputs.sources(), inputs.overlay.as_ref(), diagnostics)?;
    understand_document(document, inputs, lock, diagnostics)
}

/// The same where the document has been read already.
fn understand_document(
    document: read::Document,
    inputs: &Inputs<'_>,
    lock: &Lock,
    diagnostics: &mut Diagnostics,
) -> Option<(read::Document, model::Api, Lock)> {
    let config = config(inputs, diagnostics)?;
    let lock = lock.moved(&config.moved);
    let mut draft = lower::lower(&document, &config, diagnostics);
    let lock = lock.moved(&lock.looks_moved(&draft));
    let lock = lock.grown(&draft, &config, diagnostics);
    passes::refine(
        &mut draft,
        &mut passes::Context { config: &config, lock: &lock, strict: inputs.strict, diagnostics },
    );
    let lock = Lock::after(&draft, &lock);
    // Places cost a walk over the text: where the run goes on, whoever goes on looks them up once.
    if diagnostics.has_errors() {
        document.settle(diagnostics);
        return None;
    }
    Some((document, seal::seal(draft), lock))
}

fn config(inputs: &Inputs<'_>, diagnostics: &mut Diagnostics) -> Option<Config> {
    match &inputs.config {
        Some(source) => Config::read(source, diagnostics),
        None => Some(Config::default()),
    }
}

/// Gives every diagnostic its file, line and column; whether the run may go on.
fn finish(document: &read::Document, diagnostics: &mut Diagnostics) -> bool {
    document.settle(diagnostics);
    !diagnostics.has_errors()
}
