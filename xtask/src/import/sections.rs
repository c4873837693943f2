//! The sections of the texts that came in: which operation each holds, and of which document.

use lockstep_generator::diagnostic::{Diagnostics, Place};
use lockstep_generator::read::pages::{self, Page};
use lockstep_generator::{Source, read};

use super::{Incoming, error};

/// A page with one operation, in a text that came in.
#[derive(Clone, Debug)]
pub(super) struct Section<'t> {
    /// The text that it stands in.
    pub(super) incoming: &'t Incoming,
    /// The line of that text on which the section begins, counted from 0.
    pub(super) offset: usize,
    /// The line of the fence, counted from 1.
    pub(super) line: usize,
    /// The document that it is an excerpt of; may be empty.
    pub(super) document: &'t str,
    pub(super) method: String,
    pub(super) path: String,
    /// The bytes to keep.
    pub(super) bytes: &'t str,
}

impl Section<'_> {
    /// As people write it: `GET /pets`.
    pub(super) fn operation(&self) -> String {
        format!("{} {}", self.method.to_ascii_uppercase(), self.path)
    }

    pub(super) fn place(&self) -> Place {
        at(&self.incoming.shown, self.line)
    }
}

pub(super) fn at(file: &str, line: usize) -> Place {
    Place::At { file: file.to_owned(), line: u32::try_from(line).unwrap_or(u32::MAX), column: 1 }
}

/// What a text is, as far as importing it goes.
pub(super) enum Kind<'t> {
    /// Pages, and how many guides without an operation stand between them.
    Pages { sections: Vec<Section<'t>>, guides: usize },
    /// A whole document.
    Document,
    /// Neither; the reasons are among the diagnostics.
    Refused,
}

/// Tells what a text is.
pub(super) fn look<'t>(incoming: &'t Incoming, diagnostics: &mut Diagnostics) -> Kind<'t> {
    let start = incoming.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let found =
        if start.starts_with(['{', '[', '<']) { Vec::new() } else { pages::split(&incoming.text) };
    if found.is_empty() {
        let source = Source { path: &incoming.shown, text: &incoming.text };
        return match read::read(&source, diagnostics) {
            Some(_) => Kind::Document,
            None => Kind::Refused,
        };
    }
    let guides = guides(&incoming.text, &found);
    let alone = found.len() == 1 && guides == 0;
    let mut sections = Vec::new();
    let mut lines = Lines::default();
    for page in found {
        let begins = if alone { 0 } else { page.section.start };
        let bytes =
            if alone { incoming.text.as_str() } else { &incoming.text[page.section.clone()] };
        let offset = lines.before(&incoming.text, begins);
        let Some((method, path)) = operation(&page, incoming, diagnostics) else { continue };
        sections.push(Section {
            incoming,
            offset,
            line: page.line,
            document: page.document_url,
            method,
            path,
            bytes,
        });
    }
    Kind::Pages { sections, guides }
}

/// Counts lines of a text, forwards only.
#[derive(Default)]
struct Lines {
    byte: usize,
    lines: usize,
}

impl Lines {
    fn before(&mut self, text: &str, byte: usize) -> usize {
        self.lines +=
            text.as_bytes()[self.byte..byte].iter().filter(|byte| **byte == b'\n').count();
        self.byte = byte;
        self.lines
    }
}

/// Method and path: what the fence says, else the one operation of the excerpt.
fn operation(
    page: &Page<'_>,
    incoming: &Incoming,
    diagnostics: &mut Diagnostics,
) -> Option<(String, String)> {
    if !page.path.is_empty() {
        return Some((page.method.to_ascii_lowercase(), page.path.to_owned()));
    }
    let source = Source { path: &incoming.shown, text: page.excerpt };
    let document = read::read(&source, &mut Diagnostics::new());
    let mut all = Vec::new();
    for (path, item) in
        document.iter().flat_map(|document| document.value["paths"].as_object()).flatten()
    {
        let methods = item.as_object().into_iter().flat_map(|item| item.keys());
        all.extend(
            methods.filter(|key| is_method(key)).map(|method| (method.clone(), path.clone())),
        );
    }
    if all.len() == 1 {
        return all.pop();
    }
    let message = format!("the fence names no operation, and its excerpt holds {}", all.len());
    let help = "import the whole document instead, or name method and path in the fence";
    diagnostics.push(error(
        "page-without-operation",
        message,
        at(&incoming.shown, page.line),
        help,
    ));
    None
}

pub(super) fn is_method(key: &str) -> bool {
    matches!(key, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace")
}

/// How many headings of the first level stand outside the pages, fences not counted.
fn guides(text: &str, pages: &[Page<'_>]) -> usize {
    let mut count = 0;
    let mut from = 0;
    let ends = pages
        .iter()
        .map(|page| page.section.clone())
        .chain(std::iter::once(text.len()..text.len()));
    for section in ends {
        let gap = text.get(from..section.start).unwrap_or_default();
        let mut fenced = false;
        for line in gap.lines() {
            if line.starts_with("```") {
                fenced = !fenced;
            } else if !fenced && line.starts_with("# ") {
                count += 1;
            }
        }
        from = section.end;
    }
    count
}
