//! A document in several files, as one document.
//!
//! What other files hold becomes a component of the root document, or stands where it was referred to if OpenAPI has
//! no reference there; references with an `$id` or an `$anchor` become pointers. Every node still knows the file and the
//! place that it comes from. Nothing here reads a file: [`Search`] says which are wanted, and whoever has them gives
//! them as [`Part`]s.
//!
//! - `uri`: references as texts;
//! - `search`: which files are wanted;
//! - `files`: what a reference leads to;
//! - `expand`: following all of them;
//! - `place`: names, and the one document.

mod expand;
mod files;
mod place;
mod search;
#[cfg(test)]
mod tests;
mod uri;

use super::document::Document;
use crate::diagnostic::{Diagnostics, Place};

pub use search::Search;

/// A file that a document refers to, as it was found under the name that [`Search`] asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name that was asked for.
    pub name: String,
    /// The file, as shown to people. Parts with one path are one file.
    pub path: String,
    /// What is in it, or why that is not known: the end of a sentence, such as `there is no such file`.
    pub text: Result<String, String>,
}

/// Brings everything that a document refers to into it. What cannot be brought in is told as an error: the
/// codes are those of reading, `too-large`, and `ref-external`, `ref-unresolved` or `ref-cycle` where nobody would look
/// for a reference later.
pub(super) fn run(
    document: Document,
    parts: &[Part],
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    if !search::refers_out(&document.main.text) {
        return Some(document);
    }
    let swagger = document.value.get("swagger").is_some();
    let root = files::Files::root(document.main, document.value);
    let mut files = files::Files::new(root, parts);
    let mut problems = Diagnostics::new();
    let mut expanded = expand::expand(&mut files, swagger, &mut problems);
    let told = std::mem::take(&mut expanded.told);
    let lost = std::mem::take(&mut expanded.lost);
    let (value, edits) = place::assemble(expanded, &files, swagger);
    let mut texts = files.all.into_iter().map(|file| file.text);
    let main = texts.next()?;
    let document = Document { value, main, parts: texts.collect(), lost, edits };
    for (spot, diagnostic) in told {
        problems.push(diagnostic.at(Place::Written(spot.file, spot.pointer)));
    }
    document.settle(&mut problems);
    let failed = problems.has_errors();
    diagnostics.extend(problems);
    (!failed).then_some(document)
}
