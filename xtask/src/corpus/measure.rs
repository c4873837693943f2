//! One document, generated in a process of its own, so that its memory is its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use lockstep_generator::diagnostic::{Diagnostics, Severity, Style, render};
use lockstep_generator::read::{self, Document, Node};
use lockstep_generator::{File, Inputs, Layout, Output, Source};
use serde::{Deserialize, Serialize};

use super::{Corpus, compile, serve};
use crate::commands::Failure;
use crate::disk::{Guard, Plan};
use crate::documents::Whole;
use crate::workspace::{self, Input};

/// What there is to say of one document before anything is compiled.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Measured {
    /// How many operations the document describes.
    pub described: usize,
    /// How many operations the client has.
    pub emitted: usize,
    /// How many types the client has.
    pub types: usize,
    /// How many lines of Rust the client has.
    pub lines: usize,
    /// How many examples of JSON successes the document holds.
    pub examples: usize,
    /// How often each diagnostic was told.
    pub diagnostics: BTreeMap<String, usize>,
    /// Errors as people see them; the client was not written if there are any.
    pub errors: Vec<String>,
    /// What a second run, with the names that the first one locked, makes otherwise; and what the document is said to
    /// differ in from itself.
    pub unstable: Vec<String>,
    /// What an audit found that the model lost, or says that the document does not; nothing where none was asked for.
    pub audit: Option<Audited>,
    /// How long it took from the text to the files in memory.
    pub milliseconds: u64,
    /// The most memory that the process had, in KiB, where the system tells.
    pub peak_kib: Option<u64>,
}

/// What an audit found, one sentence each.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Audited {
    /// Constants that are any value in the model.
    pub constants: Vec<String>,
    /// Choices that a property tells apart and that have no tag.
    pub untagged: Vec<String>,
    /// Enums with a value more than any list of the document.
    pub enums: Vec<String>,
    /// Names that are false at one of their places.
    pub names: Vec<String>,
}

impl Audited {
    /// How many of each, in the order of the fields.
    pub fn counts(&self) -> [usize; 4] {
        [self.constants.len(), self.untagged.len(), self.enums.len(), self.names.len()]
    }

    /// Everything, for people.
    pub fn all(&self) -> impl Iterator<Item = String> {
        let kinds = [
            ("a constant is lost", &self.constants),
            ("a choice has no tag", &self.untagged),
            ("an enum is larger than any list of the document", &self.enums),
            ("a name is false", &self.names),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, list)| list.iter().map(move |it| format!("{kind}: {it}")))
    }
}

/// Generates the client of a document into `folder`, with a crate beside it that checks its examples.
///
/// # Errors
/// When the document cannot be read, or the disk refuses. What is wrong inside the document is told in the result.
pub(super) fn measure(
    document: &Path,
    name: &str,
    out: &Path,
    command: &Corpus,
) -> Result<Measured, Failure> {
    let root = workspace::root()?;
    let whole = Whole::read(document, &workspace::shown(document), &command.access)?;
    let folder = out.join(name);
    let runtime = root.join("crates/runtime");
    let layout = Layout::Standalone { name: name.to_owned(), runtime: workspace::shown(&runtime) };
    let mut diagnostics = Diagnostics::new();
    let start = Instant::now();
    let inputs = Inputs { parts: &whole.parts, ..Inputs::new(whole.document.source(), layout) };
    let output = lockstep_generator::generate(&inputs, &mut diagnostics);
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut measured = Measured { milliseconds, peak_kib: peak_kib(), ..Measured::default() };
    count(&whole, &mut measured);
    let texts: Vec<Input> = whole.inputs().collect();
    let texts: Vec<(&str, &str)> =
        texts.iter().map(|input| (input.path.as_str(), input.text.as_str())).collect();
    for diagnostic in diagnostics.iter() {
        *measured.diagnostics.entry(diagnostic.code.to_owned()).or_default() += 1;
        if diagnostic.severity == Severity::Error {
            let text = render(diagnostic, &texts, Style::Plain);
            measured.errors.push(text);
        }
    }
    if let Some(output) = output {
        measured.emitted = output.operations;
        measured.types = output.types;
        measured.lines = lines(&output.files);
        measured.unstable = unstable(&inputs, &output, &diagnostics);
        measured.audit = command.audit.then(|| audited(&inputs)).flatten();
        write(&output, &folder)?;
        compile::write_check(&output, name, out, &root)?;
        if command.serve {
            serve::write(&output, name, out, &root)?;
        }
    }
    Ok(measured)
}

fn audited(inputs: &Inputs<'_>) -> Option<Audited> {
    let found = lockstep_generator::audit::audit(inputs)?;
    let lockstep_generator::audit::Audit { constants, untagged, enums, names } = found;
    Some(Audited { constants, untagged, enums, names })
}

/// What is not the same twice.
fn unstable(inputs: &Inputs<'_>, first: &Output, told: &Diagnostics) -> Vec<String> {
    let locked = first.files.iter().find(|file| file.path.ends_with("names.lock"));
    let Some(lock) = locked.and_then(|file| std::str::from_utf8(&file.contents).ok()) else {
        return vec!["no names were locked".to_owned()];
    };
    let again =
        Inputs { names_lock: Some(Source { path: "names.lock", text: lock }), ..inputs.clone() };
    let mut told_again = Diagnostics::new();
    let Some(second) = lockstep_generator::generate(&again, &mut told_again) else {
        return vec!["the second run fails".to_owned()];
    };
    let mut list: Vec<String> = Vec::new();
    let contents = |output: &Output| -> BTreeMap<String, Vec<u8>> {
        let files = output.files.iter();
        files.map(|file| (file.path.clone(), file.contents.clone())).collect()
    };
    let (one, two) = (contents(first), contents(&second));
    let paths = one.keys().chain(two.keys().filter(|path| !one.contains_key(*path)));
    list.extend(
        paths
            .filter(|path| one.get(*path) != two.get(*path))
            .map(|path| format!("{path} is not the same in the second run")),
    );
    if first.surface != second.surface {
        list.push("the surface is not the same in the second run".to_owned());
    }
    if !told.iter().eq(told_again.iter()) {
        list.push("other diagnostics are told in the second run".to_owned());
    }
    let own = lockstep_generator::diff::compare(&again, &again, &mut Diagnostics::new());
    match own {
        Some(changes) if changes.list.is_empty() => {}
        Some(changes) => list.push(format!(
            "compared with itself it differs in {} places: {}",
            changes.list.len(),
            changes.list.first().map(|change| change.title.as_str()).unwrap_or_default()
        )),
        None => list.push("it cannot be compared with itself".to_owned()),
    }
    list
}

fn write(output: &Output, folder: &Path) -> Result<(), Failure> {
    Ok(Plan::compute(folder, &output.files, &output.owned)?.apply(&Guard::take(folder)?)?)
}

fn lines(files: &[File]) -> usize {
    let rust = files.iter().filter(|file| file.path.ends_with(".rs"));
    rust.map(|file| file.contents.iter().filter(|byte| **byte == b'\n').count()).sum()
}

/// The most memory that this process has had.
fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Counts in the document as it was written, before anybody repairs or corrects it.
fn count(whole: &Whole, measured: &mut Measured) {
    let Some(mut document) = read::read(whole.sources(), &mut Diagnostics::new()) else {
        measured.described = whole.inputs().map(|input| in_text(&input.text)).sum();
        return;
    };
    read::translate(&mut document, &mut Diagnostics::new());
    let Some(paths) = document.root().get("paths") else { return };
    for (path, item) in paths.entries() {
        if path.starts_with("x-") {
            continue;
        }
        let Ok(item) = document.resolve(&item) else { continue };
        for operation in METHODS.iter().filter_map(|method| item.get(method)) {
            if operation.value.is_object() {
                measured.described += 1;
                measured.examples += examples(&document, &operation);
            }
        }
    }
}

/// How many operations a text that cannot be read seems to describe: lines that begin with a method, as a key of its
/// own, and methods as keys of JSON.
fn in_text(text: &str) -> usize {
    let is_method = |key: &str| METHODS.contains(&key.trim_matches(['"', '\'']));
    let of_line = |line: &str| {
        let mut rest = line.trim_start();
        let mut found = 0;
        // A line of JSON, or of flow style, may hold many; what follows a method is its object.
        while let Some((key, after)) = rest.split_once(':') {
            let word =
                key.rsplit([' ', ',', '{', '\t']).find(|word| !word.is_empty()).unwrap_or_default();
            let after = after.trim_start();
            let opens = after.starts_with('{') || after.is_empty() || after.starts_with('#');
            found += usize::from(is_method(word) && opens);
            rest = after;
        }
        found
    };
    text.lines().map(of_line).sum()
}

/// How many JSON examples an operation's successes have.
fn examples(document: &Document, operation: &Node<'_>) -> usize {
    let Some(responses) = operation.get("responses") else { return 0 };
    let successes =
        responses.entries().filter(|(status, _)| status.starts_with('2') && *status != "204");
    let of = |response: Node<'_>| {
        let content = document.resolve(&response).ok()?.get("content")?;
        let (_, media) = content.entries().find(|(media, _)| media.contains("json"))?;
        let several = media.get("examples").map_or(0, |several| {
            several.entries().filter(|(_, one)| one.get("value").is_some()).count()
        });
        let of_schema = || document.resolve(&media.get("schema")?).ok()?.get("example");
        let one = media.get("example").or_else(of_schema);
        Some(if several > 0 { several } else { usize::from(one.is_some()) })
    };
    successes.filter_map(|(_, response)| of(response)).sum()
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn operations_are_counted_in_what_cannot_be_read() {
        let yaml = "openapi: 3.0.3\npaths:\n  /a:\n    get:\n      summary: get: it\n    'post': {x: 1}\n  /b: {put: {}, delete: {}}\n";
        assert_eq!(in_text(yaml), 4);
        let json = "{\"paths\":{\"/a\":{\"get\":{\"a\":\"get: x\"},\n \"patch\" : {\"b\":1}}}";
        assert_eq!(in_text(json), 2);
    }
}
