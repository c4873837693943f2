//! Several docs pages, each a document with one operation, into one document.

use super::tree::METHODS;
use super::{Document, Source, read, to_yaml};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::pointer::Pointer;
use serde_json::{Map, Value};

/// Makes one document of docs pages (or documents), and writes it as YAML.
///
/// Paths come in the order of the list of tags, then in the order given; a page added later leaves
/// the text of the others alone. What the pages have in common has to be the same in all of them.
/// `None` if there are errors: those of [`read`], `pages-disagree`, `no-pages` and
/// `not-writable`.
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
    let documents: Option<Vec<Document>> =
        pages.iter().map(|page| read(page, diagnostics)).collect();
    let documents = documents?;
    let Some(first) = documents.first() else {
        diagnostics.push(Diagnostic::error("no-pages", "there is no page to assemble"));
        return None;
    };
    let mut whole =
        Whole { value: first.value.clone(), documents: &documents, problems: Vec::new() };
    for page in 1..documents.len() {
        whole.add(page);
    }
    let failed = !whole.problems.is_empty();
    diagnostics.extend(whole.problems);
    if failed {
        return None;
    }
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
                (_, Some(there), value) => self.same(there, value, &place, page),
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
                (there, more) => whole.same(there, more, place, page),
            }
        });
    }

    /// One section of the components, such as the schemas.
    fn section(&mut self, there: &mut Value, more: &Value, place: &Pointer, page: usize) {
        match (there, more) {
            (Value::Object(there), Value::Object(more)) => {
                self.merge(there, more, place, page, |whole, there, more, place, page| {
                    whole.same(there, more, place, page);
                });
            }
            (there, more) => self.same(there, more, place, page),
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
            let known =
                list.iter().find(|known| keys.iter().all(|key| known.get(key) == value.get(key)));
            match known {
                Some(known) => self.same(known, value, &place.index(index), page),
                None => list.push(value.clone()),
            }
        }
    }

    fn same(&mut self, there: &Value, value: &Value, place: &Pointer, page: usize) {
        if there == value {
            return;
        }
        let here = self.documents[page].locate(place);
        let other = self.first_place(place, there);
        let name = place.last().unwrap_or_default();
        let message = format!("the pages disagree about `{name}`: it is something else at {other}");
        self.problems.push(Diagnostic::error("pages-disagree", message).at(here).help(
            "fetch the pages anew so that they are of the same day; correct one of them otherwise",
        ));
    }

    /// Where the value stands in the page that had it first.
    fn first_place(&self, place: &Pointer, there: &Value) -> Place {
        let had = self.documents.iter().find(|document| {
            document.value.pointer(place.as_str()).is_some_and(|value| value == there)
        });
        had.or(self.documents.first()).map_or(Place::Nowhere, |document| document.locate(place))
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
                "error[pages-disagree]: the pages disagree about `get`: it is something else at \
                 p0.md:9:5 (p1.md:9:5)",
            ]
        );
        assert_eq!(run(&[]).1.len(), 1);
    }
}
