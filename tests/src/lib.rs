//! Finding the cases of this folder and running the generator on them.
//!
//! A case is a folder: what goes in (`spec.yaml` or `input.*`, and perhaps `overlay.yaml`,
//! `client.yaml` and `names.lock`), and beside it the snapshot of what comes out. Adding one means
//! adding a folder; the suites find it.

use std::fs;
use std::path::{Path, PathBuf};

use lockstep_generator::diagnostic::{Diagnostic, Diagnostics, Style, render};
use lockstep_generator::{Inputs, Layout, Output, Source};

/// The folder of this package.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The top folder of the repository.
///
/// # Panics
/// Never: this package lies in it.
pub fn repository() -> &'static Path {
    folder().parent().expect("the repository")
}

/// The inputs of this repository as they were on its first day: what pins a figure reads these, and not what upstream
/// publishes today.
pub fn frozen() -> PathBuf {
    folder().join("frozen/spec")
}

/// The input of one run of the generator.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name of the folder.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// File names and texts: the document first, then what lies beside it.
    pub inputs: Vec<(String, String)>,
    /// Whether what could be repaired is an error.
    pub strict: bool,
}

/// What came out of one run of the generator.
#[derive(Debug)]
pub struct Outcome {
    /// The files; `None` when there were errors.
    pub output: Option<Output>,
    /// What the generator had to say, in its order.
    pub diagnostics: Vec<Diagnostic>,
    /// The same as a person sees it.
    pub told: String,
}

/// The cases in `tests/<kind>`, sorted by name.
///
/// # Panics
/// When a folder holds no document or cannot be read: the case itself is broken.
pub fn cases(kind: &str) -> Vec<Case> {
    let root = folder().join(kind);
    let mut cases: Vec<_> = fs::read_dir(&root)
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .map(|path| Case::read(&path))
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

impl Case {
    fn read(folder: &Path) -> Self {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let mut inputs = Vec::new();
        for file in DOCUMENTS.into_iter().chain(["overlay.yaml", "client.yaml", "names.lock"]) {
            if let Ok(text) = fs::read_to_string(folder.join(file)) {
                inputs.push((file.to_owned(), text));
            }
        }
        let found = inputs.first().is_some_and(|(file, _)| DOCUMENTS.contains(&file.as_str()));
        assert!(found, "{name}: there is none of {DOCUMENTS:?}");
        Self { name, folder: folder.to_owned(), inputs, strict: false }
    }

    /// A case that has no folder: a document made up by a test.
    pub fn made_up(name: &str, document: impl Into<String>) -> Self {
        let inputs = vec![("spec.yaml".to_owned(), document.into())];
        Self { name: name.to_owned(), folder: PathBuf::new(), inputs, strict: false }
    }

    /// The name as a Rust module.
    pub fn module(&self) -> String {
        self.name.replace('-', "_")
    }

    fn source(&self, file: &str) -> Option<Source<'_>> {
        let (path, text) = self.inputs.iter().find(|(path, _)| path == file)?;
        Some(Source { path, text })
    }

    /// Runs the generator.
    ///
    /// # Panics
    /// When the case holds no document, which [`cases`] has ruled out.
    pub fn run(&self) -> Outcome {
        let (path, text) = self.inputs.first().expect("a document");
        let inputs = Inputs {
            document: Source { path, text },
            parts: &[],
            overlay: self.source("overlay.yaml"),
            config: self.source("client.yaml"),
            names_lock: self.source("names.lock"),
            layout: Layout::Standalone {
                name: "example".to_owned(),
                runtime: "../runtime".to_owned(),
            },
            strict: self.strict,
        };
        let mut diagnostics = Diagnostics::new();
        let output = lockstep_generator::generate(&inputs, &mut diagnostics);
        let texts: Vec<_> = self.inputs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let told = diagnostics
            .iter()
            .map(|diagnostic| format!("{}\n\n", render(diagnostic, &texts, Style::Plain)))
            .collect();
        Outcome { output, diagnostics: diagnostics.into_vec(), told }
    }

    /// Runs the generator on a document that has to be good.
    ///
    /// # Panics
    /// When it is not.
    pub fn output(&self) -> Output {
        let outcome = self.run();
        outcome.output.unwrap_or_else(|| panic!("{} was refused:\n{}", self.name, outcome.told))
    }
}

const DOCUMENTS: [&str; 5] = ["spec.yaml", "input.yaml", "input.json", "input.md", "input.html"];

/// The text of a file.
///
/// # Panics
/// When it is not UTF-8; every file that the generator writes for a case is.
pub fn text(contents: &[u8]) -> &str {
    std::str::from_utf8(contents).expect("text")
}

/// The README's examples.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The examples of the client's own README. They are tested here: doctests of the client are off, since its docs hold
/// what upstream writes.
#[cfg(doctest)]
#[doc = include_str!("../../crates/client/README.md")]
struct ClientReadme;
