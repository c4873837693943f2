//! Text in, document out.
//!
//! This is the only part that knows how upstream publishes: docs pages, whole documents, YAML,
//! JSON, and the many things that hold no schema at all. It knows values and places; it must not
//! know what the generator makes of them.
//!
//! The way of a text: [`read`] recognises its form and makes ordered values of it; then come the
//! corrections of the overlay, the translation of Swagger 2.0 and of OpenAPI 3.1 into 3.0, and the repairs of what
//! real documents get wrong. Every step tells what it did, with a place.

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use form::Form;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use syntax::{Parsed, Problem};
use value::Oddity;

mod assemble;
mod broken;
mod bundle;
mod document;
mod edits;
mod facts;
mod form;
mod json;
pub mod overlay;
pub mod pages;
mod reference;
mod repair;
mod spans;
mod swagger;
mod syntax;
mod tree;
mod twice;
mod upgrade;
mod value;
mod version;
mod write;
mod yaml;

pub use assemble::{assemble, assemble_dated};
pub use bundle::{Part, Search};
pub use document::{Document, Node, is_data_key};
pub(crate) use repair::UNDECLARED;
pub use repair::request_path;
pub use write::to_yaml;

/// A text and the name it goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// The file, as shown to people: forward slashes, relative to where they work.
    pub path: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// A document and the other files that it consists of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The file that is the document.
    pub root: Source<'a>,
    /// The files that it refers to, as [`Search`] asks for them.
    pub parts: &'a [Part],
}

impl<'a> From<&Source<'a>> for Sources<'a> {
    fn from(root: &Source<'a>) -> Self {
        Self { root: *root, parts: &[] }
    }
}

/// What to do about a text that is nothing like a document.
const GIVE: &str = "give an OpenAPI document, or a docs page that holds one";

/// The largest text that is read, in bytes.
pub const LARGEST: usize = 64 * 1024 * 1024;

/// Reads a docs page or a whole document. `None` means that there is nothing to go on with; the
/// reason is then among the diagnostics, as an error with its place.
///
/// Codes of errors: `too-large`, `empty`, `invalid-utf8`, `invalid-yaml`, `yaml-tab`, `yaml-colon`,
/// `yaml-indent`, `conflict-marker`, `invalid-json`,
/// `several-documents`, `alias-bomb`, `too-deep`, `duplicate-key`, `no-schema`, `truncated-page`,
/// `not-openapi`, `unsupported-version`, `no-paths`; and of references into other files `ref-external`, `ref-unresolved`,
/// `ref-cycle`.
///
/// ```
/// use lockstep_generator::diagnostic::Diagnostics;
/// use lockstep_generator::read::{self, Source};
///
/// let mut diagnostics = Diagnostics::new();
/// let source = Source { path: "page.html", text: "<!DOCTYPE html>" };
/// assert!(read::read(&source, &mut diagnostics).is_none());
/// assert_eq!(diagnostics.into_vec()[0].code, "no-schema");
/// ```
pub fn read<'a>(
    sources: impl Into<Sources<'a>>,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    let Sources { root: source, parts } = sources.into();
    let file = || Place::File(source.path.to_owned());
    if source.text.len() > LARGEST {
        let message = format!("it is larger than {} MiB", LARGEST >> 20);
        diagnostics.push(Diagnostic::error("too-large", message).at(file()).help(GIVE));
        return None;
    }
    match form::recognise(source.text) {
        Form::Refused { what, help } => {
            let message = format!("this is {what}");
            diagnostics.push(Diagnostic::error("no-schema", message).at(file()).help(help));
            None
        }
        Form::Document => {
            let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
            let document = parse(source.path, text, 0, diagnostics)?;
            if !version::check(&document, diagnostics) {
                return None;
            }
            bundle::run(document, parts, diagnostics)
        }
        Form::Page(page) => {
            if !page.closed {
                let message = "the page is cut off: the fence that holds its schema is not closed";
                let place = document::place(source.path, 0, (page.line, 1));
                let help = "fetch the page anew";
                diagnostics.push(Diagnostic::error("truncated-page", message).at(place).help(help));
                return None;
            }
            let document = parse(source.path, page.excerpt, page.line, diagnostics)?;
            if !version::check(&document, diagnostics) {
                return None;
            }
            check_heading(&page, &document, diagnostics);
            bundle::run(document, parts, diagnostics)
        }
    }
}

/// [`read`], then [`refine`]. `None` if there is an error, of which all are among the diagnostics.
///
/// With an error, everything told has its place; without one, [`Document::settle`] gives it, which
/// walks the text and is best done once, with what else there will be to tell.
///
/// ```
/// use lockstep_generator::diagnostic::Diagnostics;
/// use lockstep_generator::read::{self, Source};
///
/// let source = Source { path: "a.yaml", text: "openapi: 3.0.3\ninfo: {}\npaths: {}\n" };
/// let mut diagnostics = Diagnostics::new();
/// assert!(read::prepare(&source, None, &mut diagnostics).is_some());
/// ```
pub fn prepare<'s, 'a>(
    sources: impl Into<Sources<'a>>,
    overlays: impl IntoIterator<Item = &'s Source<'s>>,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    let mut own = Diagnostics::new();
    let document = read(sources, &mut own).map(|mut document| {
        refine(&mut document, overlays, &mut own);
        document
    });
    let failed = own.has_errors();
    if let Some(document) = document.as_ref().filter(|_| failed) {
        document.settle(&mut own);
    }
    diagnostics.extend(own);
    document.filter(|_| !failed)
}

/// Puts a document right: applies the overlays in order, translates what is older or newer than OpenAPI
/// 3.0, and repairs what real documents get wrong. Everything done is told; [`Document::settle`] gives
/// each its place.
///
/// ```
/// use lockstep_generator::diagnostic::Diagnostics;
/// use lockstep_generator::read::{self, Source};
///
/// let text = "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {A: {type: [numeric, 'null']}}}\n";
/// let mut diagnostics = Diagnostics::new();
/// let mut document = read::read(&Source { path: "a.yaml", text }, &mut diagnostics).unwrap();
/// read::refine(&mut document, None, &mut diagnostics);
/// let schema = serde_json::json!({ "type": "number", "nullable": true });
/// assert_eq!(document.value["components"]["schemas"]["A"], schema);
/// assert!(diagnostics.iter().any(|diagnostic| diagnostic.code == "unknown-type"));
/// ```
pub fn refine<'s>(
    document: &mut Document,
    overlays: impl IntoIterator<Item = &'s Source<'s>>,
    diagnostics: &mut Diagnostics,
) {
    for overlay in overlays {
        overlay::apply(document, overlay, diagnostics);
    }
    swagger::run(document, diagnostics);
    upgrade::run(document, diagnostics);
    repair::run(document, diagnostics);
}

/// Says in the words of OpenAPI 3.0 what a document of Swagger 2.0 says, and nothing more; [`refine`] does that and the
/// rest.
pub fn translate(document: &mut Document, diagnostics: &mut Diagnostics) {
    swagger::run(document, diagnostics);
}

/// Reads bytes as text: UTF-8, with or without a byte order mark, or UTF-16 with one.
///
/// # Errors
/// `invalid-utf8` or `invalid-utf16`, placed at the first byte that is none.
///
/// ```
/// let error = lockstep_generator::read::decode("a.yaml", b"a: 1\nb: \xff").unwrap_err();
/// assert_eq!(error.place.to_string(), "a.yaml:2:4");
/// ```
pub fn decode<'t>(path: &str, bytes: &'t [u8]) -> Result<Cow<'t, str>, Box<Diagnostic>> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf16(path, rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => return utf16(path, rest, u16::from_be_bytes).map(Cow::Owned),
        _ => {}
    }
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        broken("invalid-utf8", "the text is not UTF-8 from here on", path, &good)
    })
}

/// Reads UTF-16 that stands behind its byte order mark.
fn utf16(path: &str, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Box<Diagnostic>> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for letter in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match letter {
            Ok(letter) => text.push(letter),
            Err(_) => {
                let message = "the text begins as UTF-16, and is not from here on";
                return Err(broken("invalid-utf16", message, path, &text));
            }
        }
    }
    if !odd.is_empty() {
        let message = "the text is UTF-16, and half a letter stands at its end";
        return Err(broken("invalid-utf16", message, path, &text));
    }
    Ok(text)
}

/// What there is to say of a text of which only the beginning can be read.
fn broken(code: &'static str, message: &str, path: &str, good: &str) -> Box<Diagnostic> {
    let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = document::place(path, 0, (good.matches('\n').count() + 1, column));
    Box::new(Diagnostic::error(code, message).at(place).help("save it as UTF-8"))
}

/// Makes values of a text that stands behind `offset` lines of its file, whatever they mean.
fn parse(path: &str, text: &str, offset: usize, diagnostics: &mut Diagnostics) -> Option<Document> {
    if text.trim().is_empty() {
        let place = Place::File(path.to_owned());
        diagnostics.push(Diagnostic::error("empty", "there is nothing in it").at(place).help(GIVE));
        return None;
    }
    let (syntax, result) = syntax::parse(path, text);
    let Parsed { value, met } = match result {
        Ok(parsed) => parsed,
        Err(problem) => {
            diagnostics.push(told(problem, path, offset));
            return None;
        }
    };
    let main = document::Text { path: path.to_owned(), text: text.to_owned(), syntax, offset };
    let mut document = Document {
        value,
        main,
        parts: Vec::new(),
        lost: HashMap::new(),
        edits: edits::Edits::default(),
    };
    let mut oddities = Diagnostics::new();
    let mut twice = Vec::new();
    for (pointer, oddity) in met {
        match odd(oddity) {
            Ok(diagnostic) => oddities.push(diagnostic.at(pointer)),
            Err(before) => twice.push((pointer, before)),
        }
    }
    if !twice.is_empty() {
        oddities.extend(twice::settle(&mut document, twice));
    }
    oddities.extend(binary_scalars(&document));
    document.settle(&mut oddities);
    let failed = oddities.has_errors();
    diagnostics.extend(oddities);
    (!failed).then_some(document)
}

fn told(problem: Problem, path: &str, offset: usize) -> Diagnostic {
    let place = match problem.place {
        Some(at) => document::place(path, offset, at),
        None => Place::File(path.to_owned()),
    };
    let begins = problem.begins.map(|line| format!(" (it begins on line {})", line + offset));
    let message = problem.message + begins.as_deref().unwrap_or_default();
    let mut diagnostic = Diagnostic::error(problem.code, message).at(place);
    diagnostic.help = problem.help;
    diagnostic
}

/// What there is to tell of an oddity by itself; of a key that stands twice, the value that it had before.
fn odd(oddity: Oddity) -> Result<Diagnostic, Value> {
    Ok(match oddity {
        Oddity::Duplicate(before) => return Err(before),
        Oddity::Tag(tag) => Diagnostic::note(
            "yaml-tag",
            format!("the tag `!{tag}` means nothing here; the value is taken without it"),
        ),
        Oddity::Number(number) => Diagnostic::warning(
            "inexact-number",
            format!("`{number}` is no number that JSON can carry exactly"),
        )
        .help("put it in quotation marks if it has to stay exact"),
        Oddity::Merge => Diagnostic::warning(
            "yaml-merge",
            "`<<` merges nothing here; it is taken as a plain key",
        ),
    })
}

/// `!!binary` is YAML's way to hold bytes; the parser hands their base64 on as text, unasked.
fn binary_scalars(document: &Document) -> Vec<Diagnostic> {
    if document.main.syntax == syntax::Syntax::Json || !document.main.text.contains("!!binary") {
        return Vec::new();
    }
    let lines = document.main.text.lines().enumerate();
    let found = lines.filter_map(|(line, text)| {
        let at = text.find("!!binary").filter(|&at| text[..at].trim_end().ends_with([':', '-']))?;
        Some((line + 1, text[..at].chars().count() + 1))
    });
    let message = "binary data is taken as its base64 text";
    found.map(|at| Diagnostic::note("yaml-binary", message).at(document.main.at(at))).collect()
}

/// The fence of a page says which operation it holds; told when the excerpt holds another.
fn check_heading(page: &pages::Page<'_>, document: &Document, diagnostics: &mut Diagnostics) {
    let method = page.method.to_ascii_lowercase();
    let paths = &document.value["paths"];
    if page.path.is_empty() || paths.get(page.path).is_some_and(|item| item.get(&method).is_some())
    {
        return;
    }
    let message = format!("the page announces `{method} {}`, but does not hold it", page.path);
    let place = document::place(&document.main.path, 0, (page.line, 1));
    diagnostics.push(Diagnostic::warning("page-mismatch", message).at(place));
}

/// What kind of value it is, for sentences.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
