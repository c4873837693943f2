//! The pairs and what they hold.

use std::fs;
use std::path::PathBuf;

use lockstep_generator::diagnostic::{Diagnostics, Style, render};
use lockstep_generator::diff::{Changes, compare};
use lockstep_generator::{Inputs, Layout, Output, Source, generate};

/// Two documents, before and after somebody edited one.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) before: Side,
    pub(crate) after: Side,
    /// `wire: …` and `Rust: …`, one line each.
    pub(crate) verdict: String,
    /// The program.
    pub(crate) caller: String,
}

/// One of the two documents.
pub(crate) struct Side {
    path: &'static str,
    text: String,
    config: Option<String>,
}

/// Every pair, sorted by name.
pub(crate) fn pairs() -> Vec<Pair> {
    let folder = lockstep_tests::folder().join("changes");
    let entries = fs::read_dir(folder).expect("the folder of pairs");
    let folders = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    let mut pairs: Vec<Pair> = folders.map(Pair::read).collect();
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    pairs
}

impl Pair {
    fn read(folder: PathBuf) -> Self {
        let read = |file: &str| {
            let path = folder.join(file);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let side = |path: &'static str, config: &str| Side {
            path,
            text: read(path),
            config: folder.join(config).exists().then(|| read(config)),
        };
        Self {
            name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
            before: side("before.yaml", "before.client.yaml"),
            after: side("after.yaml", "after.client.yaml"),
            verdict: read("verdict.txt"),
            caller: read("caller.rs"),
            folder,
        }
    }

    /// The name as a Rust module.
    pub(crate) fn module(&self) -> String {
        self.name.replace('-', "_")
    }

    /// What changed.
    pub(crate) fn changes(&self) -> Changes {
        let mut told = Diagnostics::new();
        let changes = compare(&self.before.inputs(None), &self.after.inputs(None), &mut told);
        changes.unwrap_or_else(|| panic!("{}: {}", self.name, shown(&told)))
    }

    /// The clients, the second one with the names of the first.
    pub(crate) fn clients(&self) -> (Output, Output) {
        let before = self.before.generate(None);
        let lock = before.files.iter().find(|file| file.path == "names.lock").expect("a lock");
        let after = self.after.generate(Some(lockstep_tests::text(&lock.contents)));
        (before, after)
    }
}

impl Side {
    /// What the generator reads.
    pub(crate) fn inputs<'a>(&'a self, lock: Option<&'a str>) -> Inputs<'a> {
        let layout = Layout::Standalone { name: "example".into(), runtime: "../runtime".into() };
        let document = Source { path: self.path, text: &self.text };
        let config = self.config.as_deref().map(|text| Source { path: "client.yaml", text });
        let names_lock = lock.map(|text| Source { path: "names.lock", text });
        Inputs { config, names_lock, ..Inputs::new(document, layout) }
    }

    fn generate(&self, lock: Option<&str>) -> Output {
        let mut told = Diagnostics::new();
        let output = generate(&self.inputs(lock), &mut told);
        output.unwrap_or_else(|| panic!("{}", shown(&told)))
    }
}

fn shown(told: &Diagnostics) -> String {
    told.iter().map(|diagnostic| render(diagnostic, &[], Style::Plain)).collect()
}
