//! Which of the forms a text is in that upstream publishes, and what is missing in those that
//! hold no schema.

use super::pages::{self, Page};

/// What a text is.
#[derive(Debug)]
pub(super) enum Form<'t> {
    /// A docs page with one excerpt.
    Page(Box<Page<'t>>),
    /// An OpenAPI document, or at least something that is best told about as one.
    Document,
    /// Something known that holds no schema, or too many: what it is, and what to give instead.
    Refused { what: String, help: String },
}

/// Tells what a text is by looking at a few of its lines.
pub(super) fn recognise(text: &str) -> Form<'_> {
    let start = text.trim_start();
    if start.starts_with(['{', '[']) {
        return Form::Document;
    }
    if let Some(what) = markup(start) {
        return refused(what, FETCH);
    }
    // A document may quote whole pages in its descriptions, but not at the left margin, where
    // alone a fence is looked for.
    let mut pages = pages::split(text);
    match pages.len() {
        0 if begins_document(text) => Form::Document,
        0 => without_excerpt(text, start),
        1 => Form::Page(Box::new(pages.remove(0))),
        many => refused(
            &format!("a full text with {many} pages, not one page"),
            "split it into its pages and import those that you want",
        ),
    }
}

/// Whether some line at the left margin says that this is an OpenAPI document.
pub(super) fn begins_document(text: &str) -> bool {
    // The key is looked for everywhere, because nothing says that it stands first.
    text.lines().any(|line| {
        let key = line.trim_start_matches('\u{feff}').trim_start_matches(['"', '\'']);
        ["openapi", "swagger"].iter().any(|name| {
            let rest = key.strip_prefix(name).map(|rest| rest.trim_start_matches(['"', '\'']));
            let value = rest.and_then(|rest| rest.trim_start().strip_prefix(':'));
            value.is_some_and(|value| !names_operation(value))
        })
    })
}

/// Front matter says `openapi: GET /pets` where a document says `openapi: 3.0.3`.
fn names_operation(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    value.contains(" /") || value.contains(".json") || value.contains(".yaml")
}

const FETCH: &str = "give the Markdown of the docs page (its address with `.md`) or the OpenAPI \
    document itself";

fn without_excerpt<'t>(text: &str, start: &str) -> Form<'t> {
    if let Some(matter) = front_matter(start) {
        let old = matter.lines().any(|line| line.starts_with("_openapi:"));
        let named = matter.lines().any(|line| line.starts_with("openapi:"));
        if old || named {
            let what = "an older docs page: it names the method and the route, but holds no schema";
            return refused(what, "fetch the page anew, or give the OpenAPI document itself");
        }
        return refused("a guide page: it holds no operation", FETCH);
    }
    let links = text.lines().filter(|line| line.starts_with("- [") && line.contains("](")).count();
    if links >= 3 && start.starts_with(['#', '>']) {
        let help = "fetch the pages that it lists, or give the OpenAPI document itself";
        return refused("an index of pages: it holds no schema", help);
    }
    let guide = text.lines().any(|line| {
        (line.starts_with("import ") && line.contains(" from ")) || line.starts_with("<Card")
    });
    if guide {
        return refused("a guide page: it holds no operation", FETCH);
    }
    if start.starts_with("# ") || start.starts_with("> ") || text.contains("\n## ") {
        let what = "a docs page without a schema: no fence such as \
            ````yaml https://example.com/openapi.yaml get /path is in it";
        return refused(what, FETCH);
    }
    Form::Document
}

/// The front matter of a Markdown page; a document that begins with `---` has none.
fn front_matter(start: &str) -> Option<&str> {
    let rest = start.strip_prefix("---")?.trim_start_matches([' ', '\r']).strip_prefix('\n')?;
    let end = rest.find("\n---")?;
    Some(&rest[..end])
}

fn markup(start: &str) -> Option<&'static str> {
    let head: String = start.chars().take(200).collect::<String>().to_ascii_lowercase();
    if head.contains("<urlset") || head.contains("<sitemapindex") {
        Some("a sitemap: it holds no schema")
    } else if head.starts_with("<!doctype html") || head.starts_with("<html") {
        Some("an HTML page: it holds no schema")
    } else if head.starts_with("<?xml") {
        Some("an XML file: it holds no schema")
    } else {
        None
    }
}

fn refused<'t>(what: &str, help: &str) -> Form<'t> {
    Form::Refused { what: what.to_owned(), help: help.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(text: &str) -> String {
        match recognise(text) {
            Form::Page(page) => format!("page {} {}", page.method, page.path),
            Form::Document => "document".to_owned(),
            Form::Refused { what, .. } => what.split(':').next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn every_form_is_recognised() {
        let page = "> ## Index\n\n# A (/a)\n\n## OpenAPI\n\n````yaml https://x get /a\nopenapi: 3.0.3\n````\n";
        for (text, expected) in [
            (page, "page get /a"),
            ("openapi: 3.0.3\n", "document"),
            ("---\n# comment\n'openapi' : 3.0.3\n---\n", "document"),
            ("# comment\nopenapi: 3.0.3\n", "document"),
            ("\u{feff}swagger: '2.0'\n", "document"),
            ("info: {}\npaths: {}\n", "document"),
            ("{\"a\": 1}", "document"),
            ("", "document"),
            ("---\ntitle: X\n_openapi:\n  method: GET\n---\n\ntext", "an older docs page"),
            ("---\nopenapi: GET /x\n---\n\ntext", "an older docs page"),
            ("---\ntitle: X\n---\nimport { A } from 'b'\n", "a guide page"),
            ("import { A } from 'b'\n\n# Hi\n\n<Cards>\n", "a guide page"),
            ("# Docs\n\n- [a](b)\n- [c](d)\n- [e](f)\n", "an index of pages"),
            ("# A\n\ntext\n\n## OpenAPI\n", "a docs page without a schema"),
            ("<!DOCTYPE html><html>", "an HTML page"),
            ("<?xml version='1.0'?>\n<urlset>", "a sitemap"),
            (&format!("{page}\n{page}"), "a full text with 2 pages, not one page"),
        ] {
            assert_eq!(what(text), expected, "{text:?}");
        }
    }
}
