//! `--spec FILE`: any OpenAPI document, read by the generator.

use std::io::Read;
use std::path::{Path, PathBuf};

use lockstep_generator::diagnostic::{Diagnostics, Severity};
use lockstep_generator::read::{Part, Search, decode};
use lockstep_generator::{Inputs, Layout, Source, mock_data};
use lockstep_mock::{Data, Limits};

/// Longest document that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// Most files that a document may consist of.
const MOST: usize = 10_000;

/// Makes routes and fixtures of a document; `-` is standard input. Files that it refers to are read if they lie in its
/// folder or below. What cannot be served becomes one line each.
pub(crate) fn read(path: &Path) -> Result<(Data, Vec<String>), String> {
    let shown = path.display().to_string();
    let text = text(path, &shown)?;
    let source = Source { path: &shown, text: &text };
    let parts = if path == Path::new("-") { Vec::new() } else { parts(path, &source) };
    let inputs = Inputs { parts: &parts, ..Inputs::new(source, Layout::Workspace) };
    let mut diagnostics = Diagnostics::new();
    let made = mock_data(&inputs, &mut diagnostics);
    let told = |warnings: bool| -> Vec<String> {
        let own = diagnostics.iter();
        let own = own.filter(|own| {
            own.severity == Severity::Error || (warnings && own.severity == Severity::Warning)
        });
        own.map(ToString::to_string).collect()
    };
    let Some(made) = made else {
        return Err(told(false).join("\n"));
    };
    let mut data = Data::new(&made.routes, made.fixtures).map_err(|error| error.to_string())?;
    // No document says where limits and credits stand. What this API does is the best guess: the
    // document is most often another one of it. Bodies are written only where they have the place.
    if let Ok(own) = Data::embedded(onlyfansapi_mock::data()) {
        if data.routes.limits == Limits::default() {
            data.routes.limits = own.routes.limits;
        }
        // Another document of the same API is answered as that API answers.
        if data.routes.title == own.routes.title {
            data.routes.refusals = own.routes.refusals;
            data.routes.timestamps = own.routes.timestamps;
        }
    }
    Ok((data, told(true)))
}

/// The files that a document refers to, as far as they lie in its folder or below; links are judged by where they lead.
fn parts(path: &Path, source: &Source<'_>) -> Vec<Part> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut search = Search::of(source);
    let mut parts = Vec::new();
    let mut left = 4 * LONGEST;
    while let Some(name) = search.next_name() {
        let found = inside(folder, &name)
            .and_then(|file| text(&file, &name).map(|text| (file, text)))
            .and_then(|(file, text)| {
                left = left.checked_sub(text.len() as u64).ok_or("the files are too many bytes")?;
                Ok((file, text))
            });
        let part = match found {
            Ok((file, text)) => Part { name, path: file.display().to_string(), text: Ok(text) },
            Err(why) => Part { path: name.clone(), name, text: Err(why) },
        };
        search.found(&part);
        parts.push(part);
        if parts.len() >= MOST {
            break;
        }
    }
    parts
}

/// A file by its name relative to a folder, if it lies there or below.
fn inside(folder: &Path, name: &str) -> Result<PathBuf, String> {
    if name.contains("://") {
        return Err(format!("{name} is not fetched; `cargo xtask normalize` makes one document"));
    }
    let cannot = |error: std::io::Error| format!("{name}: {error}");
    let file = folder.join(name).canonicalize().map_err(cannot)?;
    if !file.starts_with(folder.canonicalize().map_err(cannot)?) {
        return Err(format!(
            "{name} lies outside of the document's folder; `cargo xtask normalize --allow-dir` makes one document"
        ));
    }
    if file.is_file() { Ok(file) } else { Err(format!("{name} is no file")) }
}

/// The text of a document, which is no longer than one may be.
fn text(path: &Path, shown: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{shown}: {error}");
    let mut bytes = Vec::new();
    let length = if path == Path::new("-") {
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(LONGEST + 1).read_to_end(&mut bytes)
    };
    if length.map_err(failed)? as u64 > LONGEST {
        return Err(format!(
            "{shown}: a document is {LONGEST} bytes at most, and this one has more"
        ));
    }
    decode(shown, &bytes).map(Into::into).map_err(|error| error.to_string())
}
