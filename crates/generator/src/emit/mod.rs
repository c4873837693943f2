//! From a sealed API to files.
//!
//! `EMITTERS` is the table of contents. Emitters know Rust and the model; of the document they see only what the
//! mock serves. They decide nothing: whatever two emitters have to agree on stands in the model.

mod choices;
mod client;
mod constant;
mod discriminator;
mod docs;
pub(crate) mod face;
mod failures;
mod files;
mod fixtures;
mod jobs;
mod json_schema;
mod json_text;
mod manifest;
mod mock;
mod operation;
mod resource;
mod routes;
mod rust;
mod scopes;
mod servers;
mod setter;
mod surface;
mod synthesis;
mod types;

pub use manifest::check_package_name;

use self::jobs::Job;
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::model::Api;
use crate::read::Document;
use crate::{MockData, Output};

/// Where the files go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The folders of this repository.
    Workspace,
    /// A crate of its own, with fixtures beside it.
    Standalone {
        /// The package name.
        name: String,
        /// The way to the runtime crate, from the folder of the crate.
        runtime: String,
    },
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where, relative to the root of the output, with forward slashes.
    pub path: String,
    /// What.
    pub contents: Vec<u8>,
}

impl File {
    fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), contents: text.into().into_bytes() }
    }
}

/// What emitters read.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The API.
    pub api: &'a Api,
    /// The document, for the schemas and examples that the mock serves.
    pub document: &'a Document,
    /// The choices of `client.yaml`.
    pub config: &'a Config,
    /// Where the files go.
    pub layout: &'a Layout,
    /// The text of `names.lock` after this run.
    pub names_lock: &'a str,
}

/// An emitter: the pieces of its work.
type Emitter = for<'a> fn(Context<'a>) -> Vec<Job<'a>>;

/// The emitters in order.
const EMITTERS: &[Emitter] = &[
    client::emit,
    resource::emit,
    scopes::emit,
    types::emit,
    manifest::emit,
    fixtures::emit,
    mock::emit,
];

/// Runs every emitter.
pub(crate) fn emit(context: &Context<'_>, diagnostics: &mut Diagnostics) -> Output {
    let emitters = EMITTERS.iter().map(|emitter| emitter(*context)).collect();
    let mut files = jobs::run(emitters, diagnostics);
    let surface = surface::text(context.api);
    files.extend(surface::emit(context.layout, &surface));
    let operations = context.api.resources.iter().map(|resource| resource.operations.len()).sum();
    Output {
        files,
        owned: context.layout.owned(),
        surface,
        operations,
        types: context.api.types.len(),
        title: context.api.info.title.clone(),
    }
}

/// What the mock server serves, without files.
pub(crate) fn mock_data(
    document: &Document,
    api: &Api,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> MockData {
    let fixtures = fixtures::all(document, api, diagnostics);
    let routes = routes::routes(document, api, config, &fixtures);
    MockData {
        routes: serde_json::to_value(routes).unwrap_or_default(),
        fixtures: fixtures.into_iter().map(|fixture| (fixture.path, fixture.contents)).collect(),
    }
}

impl Layout {
    /// The folder of the client's generated modules.
    fn client(&self) -> &str {
        match self {
            Self::Workspace => "crates/client/src/generated",
            Self::Standalone { .. } => "src/generated",
        }
    }

    /// The folder of the fixtures.
    fn fixtures(&self) -> &str {
        match self {
            Self::Workspace => "crates/mock/fixtures",
            Self::Standalone { .. } => "fixtures",
        }
    }

    fn owned(&self) -> Vec<String> {
        let mut owned = vec![self.client().to_owned(), self.fixtures().to_owned()];
        match self {
            Self::Workspace => owned.push("crates/mock/src/generated".to_owned()),
            Self::Standalone { .. } => {}
        }
        owned
    }
}
