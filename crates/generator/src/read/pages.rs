//! Docs pages: the sections of a Markdown text that hold an excerpt of an OpenAPI document.
//!
//! A section is a heading, some prose, and a fence whose info string names the notation, the
//! document, the method and the path. One page holds one of them, the full text of a docs site
//! holds hundreds.

use std::ops::Range;

/// One section of a docs text, with the excerpt that it holds.
///
/// ```
/// use lockstep_generator::read::pages;
///
/// let text = "# List pets (/pets/list)\n\nAll of them.\n\n## OpenAPI\n\n\
/// ````yaml https://example.com/openapi.yaml get /pets\nopenapi: 3.0.3\n````\n";
/// let pages = pages::split(text);
/// assert_eq!(pages[0].title, "List pets");
/// assert_eq!(pages[0].slug, "/pets/list");
/// assert_eq!(pages[0].description, "All of them.");
/// assert_eq!((pages[0].method, pages[0].path), ("get", "/pets"));
/// assert_eq!(pages[0].excerpt, "openapi: 3.0.3\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<'t> {
    /// The heading, without the address in parentheses.
    pub title: &'t str,
    /// The address of the page on its site, as the heading has it; may be empty, and changes over
    /// time, so nothing may be named after it.
    pub slug: &'t str,
    /// The prose between the heading and the fence; may hold several paragraphs and HTML.
    pub description: &'t str,
    /// The document that the excerpt was taken from; empty if the fence does not say.
    pub document_url: &'t str,
    /// The method, as written; empty if the fence does not say.
    pub method: &'t str,
    /// The path; empty if the fence does not say.
    pub path: &'t str,
    /// The excerpt: a whole document with one operation.
    pub excerpt: &'t str,
    /// The line of the fence in the text, counted from 1; the excerpt begins on the next.
    pub line: usize,
    /// Whether the fence is closed; a page that was cut off has an open one.
    pub closed: bool,
    /// The whole section, heading to fence, in bytes of the text.
    pub section: Range<usize>,
}

/// Finds the sections of a docs text that hold an excerpt, in order.
///
/// Headings and fences that hold none are passed over; the answer is empty for any other text.
pub fn split(text: &str) -> Vec<Page<'_>> {
    let mut pages = Vec::new();
    let mut heading: Option<Heading<'_>> = None;
    let mut lines = Lines { text, at: 0, number: 0 };
    while let Some((begins, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("# ") {
            heading = Some(Heading::new(title, begins, lines.at));
        }
        let Some(fence) = Fence::open(line) else { continue };
        let (number, from) = (lines.number, lines.at);
        let end = lines.skip_to_end_of(&fence);
        let excerpt = &text[from..end.unwrap_or(text.len())];
        let Some((document_url, method, path)) = fence.names_excerpt(excerpt) else { continue };
        // Each heading belongs to one section: an excerpt right behind another has none.
        let heading = heading.take().unwrap_or_else(|| Heading::new("", begins, begins));
        pages.push(Page {
            title: heading.title,
            slug: heading.slug,
            description: description(&text[heading.ends..begins]),
            document_url,
            method,
            path,
            excerpt,
            line: number,
            closed: end.is_some(),
            section: heading.begins..lines.at,
        });
    }
    pages
}

struct Heading<'t> {
    title: &'t str,
    slug: &'t str,
    begins: usize,
    ends: usize,
}

impl<'t> Heading<'t> {
    fn new(text: &'t str, begins: usize, ends: usize) -> Self {
        let text = text.trim();
        let address = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
        match address.filter(|(_, slug)| slug.starts_with('/')) {
            Some((title, slug)) => Self { title: title.trim_end(), slug, begins, ends },
            None => Self { title: text, slug: "", begins, ends },
        }
    }
}

/// The prose of a section, without the heading that announces the fence.
fn description(prose: &str) -> &str {
    let prose = prose.trim();
    prose.strip_suffix("## OpenAPI").unwrap_or(prose).trim_end()
}

/// The line that opens a fence: three or more backticks at the left margin and an info string.
struct Fence<'t> {
    ticks: usize,
    info: &'t str,
}

impl<'t> Fence<'t> {
    fn open(line: &'t str) -> Option<Self> {
        let line = line.trim_end();
        let info = line.trim_start_matches('`');
        let ticks = line.len() - info.len();
        (ticks >= 3 && !info.contains('`')).then(|| Self { ticks, info: info.trim() })
    }

    fn closed_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.ticks && line.bytes().all(|byte| byte == b'`')
    }

    /// Document, method and path, if the fence holds an excerpt of a document at all.
    fn names_excerpt(&self, excerpt: &str) -> Option<(&'t str, &'t str, &'t str)> {
        let words: Vec<&str> = self.info.split_whitespace().collect();
        if !matches!(words.first()?.to_ascii_lowercase().as_str(), "yaml" | "yml" | "json") {
            return None;
        }
        match words[1..] {
            [document, method, path] if path.starts_with('/') => Some((document, method, path)),
            [method, path] if path.starts_with('/') => Some(("", method, path)),
            _ => super::form::begins_document(excerpt).then_some(("", "", "")),
        }
    }
}

/// The lines of a text, with their place.
struct Lines<'t> {
    text: &'t str,
    /// The byte after the line given last.
    at: usize,
    /// The number of the line given last, counted from 1.
    number: usize,
}

impl<'t> Lines<'t> {
    fn next(&mut self) -> Option<(usize, &'t str)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let line = rest.split_inclusive('\n').next()?;
        let begins = self.at;
        self.at += line.len();
        self.number += 1;
        Some((begins, line))
    }

    /// Goes behind the line that closes a fence and gives the byte where that line begins.
    fn skip_to_end_of(&mut self, fence: &Fence<'_>) -> Option<usize> {
        while let Some((begins, line)) = self.next() {
            if fence.closed_by(line) {
                return Some(begins);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_text_gives_its_sections() {
        let text = "> note\n\n# A (/a)\n\ntext\n\n```json\n# no heading\n```\n\n## OpenAPI\n\n\
            ````yaml https://x/o.yaml post /a/{b}\nopenapi: 3.0.0\n```\n````\n\n---\n\n# Guide\n\n\
            prose\n\n# B (old)\r\n\r\n```yaml\r\nopenapi: 3.0.0\r\n```\r\n````yaml get /c\ncut";
        let pages = split(text);
        let seen: Vec<_> = pages
            .iter()
            .map(|page| (page.title, page.slug, page.method, page.path, page.line, page.closed))
            .collect();
        assert_eq!(
            seen,
            [
                ("A", "/a", "post", "/a/{b}", 13, true),
                ("B (old)", "", "", "", 26, true),
                ("", "", "get", "/c", 29, false),
            ]
        );
        assert_eq!(pages[0].excerpt, "openapi: 3.0.0\n```\n");
        assert_eq!(pages[0].description, "text\n\n```json\n# no heading\n```");
        assert!(text[pages[0].section.clone()].starts_with("# A (/a)"));
    }
}
