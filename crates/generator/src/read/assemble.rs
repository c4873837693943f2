//! Several docs pages, each a document with one operation, into one document.

use std::collections::BTreeMap;

use super::facts::{self, label};
use super::tree::METHODS;
use super::{Document, Source, read, to_yaml};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer::Pointer;
use serde_json::{Map, Value};

/// Makes one document of docs pages (or documents), and writes it as YAML.
///
/// As [`assemble_dated`], for pages of which nobody knows the day: the last one counts as the newest.
///
/// ```
/// use lockstep_generator::diagnostic::Diagnostics;
/// use lockstep_generator::read::{self, Source};
///
/// let a = "openapi: 3.0.3\ntags: [{name: A}, {name: B}]\npaths: {/b: {get: {tags: [B]}}}\n";
/// let b = "openapi: 3.0.3\ntags: [{name: A}, {name: B}]\npaths: {/a: {get: {tags: [A]}}}\n";
/// let pages = [Source { path: "a.yaml", text: a }, Source { path: "b.yaml", text: b }];
/// let text = read::assemble(&pages, &mut Diagnostics::new()).unwrap();
/// assert!(text.find("/a:") < text.find("/b:"));
/// ```
pub fn assemble(pages: &[Source<'_>], diagnostics: &mut Diagnostics) -> Option<String> {
    let pages: Vec<(Source<'_>, &str)> = pages.iter().map(|page| (*page, "")).collect();
    assemble_dated(&pages, diagnostics)
}

/// Makes one document of docs pages, each with the day on which it came in (`YYYY-MM-DD`), and writes it as YAML.
///
/// Paths come in the order of the list of tags, then in the order given; a page added later leaves
/// the text of the others alone. Facts that the pages have in common have to be the same in all of them; what is said
/// of them in prose (descriptions, the version) follows the newest page, which the note `pages-differ` tells.
/// `None` if there are errors: those of [`read`], `pages-disagree`, `no-pages` and
/// `not-writable`.
pub fn assemble_dated(
    pages: &[(Source<'_>, &str)],
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let documents: Option<Vec<Document>> =
        pages.iter().map(|(page, _)| read(page, diagnostics)).collect();
    let documents = documents?;
    let Some(first) = documents.first() else {
        diagnostics.push(Diagnostic::error("no-pages", "there is no page to assemble"));
        return None;
    };
    let mut whole = Whole {
        value: first.value.clone(),
        documents: &documents,
        days: pages.iter().map(|(_, day)| *day).collect(),
        held_by: BTreeMap::new(),
        problems: Vec::new(),
    };
    for page in 1..documents.len() {
        whole.add(page);
    }
    let failed = !whole.problems.is_empty();
    let note = whole.note();
    diagnostics.extend(whole.problems);
    if failed {
        return None;
    }
    diagnostics.extend(note);
    let mut value = whole.value;
    sort_paths(&mut value);
    let text = to_yaml(&value);
    if text.is_none() {
        let message = "the assembled document cannot be written as YAML without change";
        diagnostics.push(Diagnostic::error("not-writable", message));
    }
    text
}

/// The document so far.
struct Whole<'d> {
    value: Value,
    documents: &'d [Document],
    /// The day of each page.
    days: Vec<&'d str>,
    /// What is said differently on different pages, and the page whose words are kept.
    held_by: BTreeMap<String, usize>,
    problems: Vec<Diagnostic>,
}

impl Whole<'_> {
    /// Adds what page number `page` holds.
    fn add(&mut self, page: usize) {
        let root = std::mem::take(&mut self.value);
        let Value::Object(mut root) = root else { return };
        let Value::Object(more) = &self.documents[page].value else { return };
        for (key, value) in more {
            let place = Pointer::root().child(key);
            match (key.as_str(), root.get_mut(key), value) {
                ("paths", Some(Value::Object(paths)), Value::Object(more)) => {
                    self.merge(paths, more, &place, page, Self::path_item);
                }
                ("components", Some(Value::Object(sections)), Value::Object(more)) => {
                    self.merge(sections, more, &place, page, Self::section);
                }
                ("tags", Some(Value::Array(list)), Value::Array(more)) => {
                    self.union(list, more, &place, page, &["name"]);
                }
                (_, Some(there), value) => {
                    self.same(there, value, &place, &label(&place, None), page)
                }
                (_, None, value) => {
                    root.insert(key.clone(), value.clone());
                }
            }
        }
        self.value = Value::Object(root);
    }

    /// Adds the members of one object to another; what is in both goes to `both`.
    fn merge(
        &mut self,
        there: &mut Map<String, Value>,
        more: &Map<String, Value>,
        place: &Pointer,
        page: usize,
        both: fn(&mut Self, &mut Value, &Value, &Pointer, usize),
    ) {
        for (key, value) in more {
            match there.get_mut(key) {
                Some(known) => both(self, known, value, &place.child(key), page),
                None => {
                    there.insert(key.clone(), value.clone());
                }
            }
        }
    }

    /// One path on two pages: two operations, and whatever they share.
    fn path_item(&mut self, there: &mut Value, more: &Value, place: &Pointer, page: usize) {
        let (Value::Object(there), Value::Object(more)) = (there, more) else { return };
        self.merge(there, more, place, page, |whole, there, more, place, page| {
            match (there, more) {
                (Value::Array(list), Value::Array(more))
                    if place.last().as_deref() == Some("parameters") =>
                {
                    whole.union(list, more, place, page, &["in", "name", "$ref"]);
                }
                (there, more) => {
                    whole.same(there, more, place, &label(place, None), page);
                }
            }
        });
    }

    /// One section of the components, such as the schemas.
    fn section(&mut self, there: &mut Value, more: &Value, place: &Pointer, page: usize) {
        match (there, more) {
            (Value::Object(there), Value::Object(more)) => {
                self.merge(there, more, place, page, |whole, there, more, place, page| {
                    whole.same(there, more, place, &label(place, None), page);
                });
            }
            (there, more) => self.same(there, more, place, &label(place, None), page),
        }
    }

    /// Adds to a list what is new; `keys` say which elements are one and the same thing.
    fn union(
        &mut self,
        list: &mut Vec<Value>,
        more: &[Value],
        place: &Pointer,
        page: usize,
        keys: &[&str],
    ) {
        for (index, value) in more.iter().enumerate() {
            let known = list
                .iter_mut()
                .find(|known| keys.iter().all(|key| known.get(key) == value.get(key)));
            match known {
                Some(known) => {
                    let name = label(place, value.get("name").and_then(Value::as_str));
                    self.same(known, value, &place.index(index), &name, page);
                }
                None => list.push(value.clone()),
            }
        }
    }

    /// Something that two pages have: the facts have to be the same, and the words are those of the newer page.
    fn same(&mut self, there: &mut Value, value: &Value, place: &Pointer, name: &str, page: usize) {
        if there == value {
            return;
        }
        let holder = self.held_by.get(name).copied().unwrap_or_else(|| self.holder(place, there));
        if facts::same(place, there, value) {
            let newer = (self.days[page], page) > (self.days[holder], holder);
            if newer {
                *there = value.clone();
            }
            self.held_by.insert(name.to_owned(), if newer { page } else { holder });
            return;
        }
        let here = self.documents[page].locate(place);
        let other = self.documents[holder].locate(place);
        let message = format!("the pages disagree about `{name}`: it is something else at {other}");
        self.problems.push(Diagnostic::error("pages-disagree", message).at(here).help(
            "fetch the pages anew so that they are of the same day; correct one of them otherwise",
        ));
    }

    /// The page that had the value first.
    fn holder(&self, place: &Pointer, there: &Value) -> usize {
        let list = place.parent().filter(|parent| {
            self.documents
                .iter()
                .any(|page| page.value.pointer(parent.as_str()).is_some_and(Value::is_array))
        });
        let has = |document: &Document| match &list {
            Some(list) => document
                .value
                .pointer(list.as_str())
                .and_then(Value::as_array)
                .is_some_and(|list| list.contains(there)),
            None => document.value.pointer(place.as_str()).is_some_and(|value| value == there),
        };
        self.documents.iter().position(has).unwrap_or_default()
    }

    /// That pages say the same in other words, and whose words are kept.
    fn note(&self) -> Option<Diagnostic> {
        const SHOWN: usize = 5;
        let newest = *self.held_by.values().max_by_key(|page| (self.days[**page], **page))?;
        let mut names: Vec<String> =
            self.held_by.keys().take(SHOWN).map(|name| format!("`{name}`")).collect();
        if self.held_by.len() > SHOWN {
            names.push(format!("and {} more", self.held_by.len() - SHOWN));
        }
        let message = format!(
            "the pages say the same in other words of {}; the words of the newest are kept",
            names.join(", ")
        );
        let place = self.documents[newest].locate(&Pointer::root());
        Some(Diagnostic::note("pages-differ", message).at(place))
    }
}

/// Sorts paths by the first tag of their first operation, in the order of the list of tags; what
/// has no tag, or one that is not listed, goes last.
fn sort_paths(value: &mut Value) {
    let tags: Vec<Value> = value["tags"].as_array().map_or_else(Vec::new, |tags| {
        tags.iter().filter_map(|tag| tag.get("name")).cloned().collect()
    });
    let Some(Value::Object(paths)) = value.get_mut("paths") else { return };
    let mut entries: Vec<(String, Value)> = std::mem::take(paths).into_iter().collect();
    entries.sort_by_key(|(_, item)| {
        let operations = item.as_object().into_iter().flatten();
        let mut operations = operations.filter(|(key, _)| METHODS.contains(&key.as_str()));
        let tag = operations.next().and_then(|(_, operation)| operation.get("tags")?.get(0));
        tags.iter().position(|known| Some(known) == tag).unwrap_or(usize::MAX)
    });
    paths.extend(entries);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, method: &str, rest: &str) -> String {
        format!(
            "# P\n\n````yaml https://x {method} {path}\nopenapi: 3.0.3\ninfo: {{title: T}}\n\
             tags: [{{name: B}}, {{name: A}}]\npaths:\n  {path}:\n    {rest}\n````\n"
        )
    }

    fn run(pages: &[String]) -> (Option<String>, Vec<String>) {
        let names: Vec<String> = (0..pages.len()).map(|at| format!("p{at}.md")).collect();
        let sources: Vec<Source<'_>> =
            names.iter().zip(pages).map(|(path, text)| Source { path, text }).collect();
        let mut diagnostics = Diagnostics::new();
        let text = assemble(&sources, &mut diagnostics);
        (text, diagnostics.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn pages_become_one_document_in_order() {
        let parameters = "parameters: [{in: path, name: a}]\n    ";
        let pages = [
            page("/a/{a}", "get", &format!("{parameters}get: {{tags: [A]}}")),
            page("/b", "get", "get: {tags: [B], x: 2025-01-01 00:00:00}"),
            page("/a/{a}", "post", &format!("{parameters}post: {{tags: [B]}}")),
            page("/b", "get", "get: {tags: [B], x: 2025-01-01 00:00:00}"),
        ];
        let (text, told) = run(&pages);
        assert!(told.is_empty(), "{told:?}");
        let expected = "openapi: 3.0.3\ninfo:\n  title: T\ntags:\n- name: B\n- name: A\npaths:\n  \
            /b:\n    get:\n      tags:\n      - B\n      x: 2025-01-01 00:00:00\n  /a/{a}:\n    \
            parameters:\n    - in: path\n      name: a\n    get:\n      tags:\n      - A\n    \
            post:\n      tags:\n      - B\n";
        assert_eq!(text.as_deref(), Some(expected));
    }

    #[test]
    fn pages_that_disagree_are_refused_with_both_places() {
        let one = page("/a", "get", "get: {summary: one}");
        let two = page("/a", "get", "get: {summary: two}").replace("title: T", "title: U");
        let (text, told) = run(&[one, two]);
        assert_eq!(text, None);
        assert_eq!(
            told.iter().map(|text| text.split(';').next().unwrap_or_default()).collect::<Vec<_>>(),
            [
                "error[pages-disagree]: the pages disagree about `info`: it is something else at \
                 p0.md:5:1 (p1.md:5:1)",
                "error[pages-disagree]: the pages disagree about `paths[\"/a\"].get`: it is something else at \
                 p0.md:9:5 (p1.md:9:5)",
            ]
        );
        assert_eq!(run(&[]).1.len(), 1);
    }
}
