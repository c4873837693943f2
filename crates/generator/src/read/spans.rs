//! Where the nodes of a document stand in its text.
//!
//! Nothing is kept while a document is read; only when something is to be told is the text walked
//! once more, for all places together. A node that is not in the text (it came through an alias or
//! a merge key) is placed at its nearest ancestor that is.

use super::syntax::Syntax;
use crate::pointer::Pointer;
use indexmap::IndexMap;
use saphyr_parser::{Event, Parser};

mod json;

/// A line and a column, both counted from 1.
pub(super) type LineColumn = (usize, usize);

/// The places of all `wanted` nodes, in their order.
pub(super) fn locate(text: &str, syntax: Syntax, wanted: &[&Pointer]) -> Vec<LineColumn> {
    locate_twice(text, syntax, wanted).into_iter().map(|(_, last)| last).collect()
}

/// Where each of the nodes stands first, and where last: they differ where a key stands twice.
pub(super) fn locate_twice(
    text: &str,
    syntax: Syntax,
    wanted: &[&Pointer],
) -> Vec<(LineColumn, LineColumn)> {
    let mut walk = Walk::new(wanted);
    match syntax {
        Syntax::Yaml => yaml(text, &mut walk),
        Syntax::Json => json::walk(text, &mut walk),
    }
    wanted.iter().map(|pointer| walk.place(pointer)).collect()
}

/// Refuses a text that is nested too deep, or is no YAML before it gets too deep, with the place.
pub(super) fn check_depth(text: &str) -> Result<(), LineColumn> {
    let mut depth = 0_usize;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::SequenceStart(..) | Event::MappingStart(..), span)) => {
                depth += 1;
                if depth > 200 {
                    return Err((span.start.line(), span.start.col() + 1));
                }
            }
            Ok((Event::SequenceEnd | Event::MappingEnd, _)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            // The scanner itself gives up at 255 open brackets. Any other error is told better by
            // the parser that reads the values, unless it would never come back.
            Err(error) if error.info().contains("recursion") || depth > 128 => {
                return Err((error.marker().line(), error.marker().col() + 1));
            }
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

fn yaml(text: &str, walk: &mut Walk) {
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { return };
        let place = || (span.start.line(), span.start.col() + 1);
        match event {
            Event::MappingStart(..) => walk.open(true, place),
            Event::SequenceStart(..) => walk.open(false, place),
            Event::MappingEnd | Event::SequenceEnd => walk.close(),
            Event::Scalar(text, ..) => walk.scalar(&text, place),
            Event::Alias(_) => walk.scalar("", place),
            _ => {}
        }
    }
}

/// Follows the text with one finger in the tree of the wanted places; what is below none of them
/// costs a counter.
struct Walk {
    tree: Vec<Wanted>,
    stack: Vec<Frame>,
}

#[derive(Default)]
struct Wanted {
    children: IndexMap<String, usize>,
    /// Where it stands first, and where last.
    place: Option<(LineColumn, LineColumn)>,
}

impl Wanted {
    fn stands(&mut self, at: LineColumn) {
        let first = self.place.map_or(at, |(first, _)| first);
        self.place = Some((first, at));
    }
}

/// An object or a list that stands open.
struct Frame {
    object: bool,
    /// Its node in the tree, if it or something below it is wanted.
    node: Option<usize>,
    /// The list's next index.
    index: usize,
    /// The node of the value that follows the key just read.
    value: Option<Option<usize>>,
}

impl Walk {
    fn new(wanted: &[&Pointer]) -> Self {
        let mut tree = vec![Wanted { place: Some(((1, 1), (1, 1))), ..Wanted::default() }];
        for pointer in wanted {
            let mut node = 0;
            for token in pointer.tokens() {
                let next = tree.len();
                node = *tree[node].children.entry(token.into_owned()).or_insert(next);
                if node == next {
                    tree.push(Wanted::default());
                }
            }
        }
        Self { tree, stack: Vec::new() }
    }

    fn place(&self, pointer: &Pointer) -> (LineColumn, LineColumn) {
        let (mut node, mut place) = (0, ((1, 1), (1, 1)));
        for token in pointer.tokens() {
            match self.tree[node].children.get(token.as_ref()) {
                Some(&child) => node = child,
                None => break,
            }
            place = self.tree[node].place.unwrap_or(place);
        }
        place
    }

    /// Whether the next scalar is a key.
    fn awaits_key(&self) -> bool {
        self.stack.last().is_some_and(|frame| frame.object && frame.value.is_none())
    }

    fn scalar(&mut self, text: &str, place: impl FnOnce() -> LineColumn) {
        if self.awaits_key() {
            let node = self.stack.last().and_then(|frame| frame.node);
            let child = node.and_then(|node| self.tree[node].children.get(text).copied());
            if let Some(child) = child {
                self.tree[child].stands(place());
            }
            if let Some(frame) = self.stack.last_mut() {
                frame.value = Some(child);
            }
        } else {
            self.value(place);
        }
    }

    fn open(&mut self, object: bool, place: impl FnOnce() -> LineColumn) {
        // A key that is itself an object or a list is nobody's wish.
        let node = if self.awaits_key() { None } else { self.value(place) };
        self.stack.push(Frame { object, node, index: 0, value: None });
    }

    fn close(&mut self) {
        self.stack.pop();
    }

    /// A value begins: gives its node in the tree.
    fn value(&mut self, place: impl FnOnce() -> LineColumn) -> Option<usize> {
        let Some(frame) = self.stack.last_mut() else {
            let at = place();
            self.tree[0].place = Some((at, at));
            return Some(0);
        };
        if frame.object {
            return frame.value.take().flatten();
        }
        let index = frame.index;
        frame.index += 1;
        let children = &self.tree[frame.node?].children;
        let child = *children.get(index.to_string().as_str())?;
        self.tree[child].stands(place());
        Some(child)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str, syntax: Syntax, pointers: &[&str]) -> Vec<LineColumn> {
        let pointers: Vec<_> =
            pointers.iter().map(|text| Pointer::parse(text).expect("a pointer")).collect();
        locate(text, syntax, &pointers.iter().collect::<Vec<_>>())
    }

    #[test]
    fn yaml_places_are_those_of_keys_and_items() {
        let text = "a: 1\nb:\n  - x: é\n    'y z': {é: 1, k: 2}\n  - [3, 4]\nc: *no\n";
        let wanted = ["", "/a", "/b/0", "/b/0/y z/k", "/b/1/1", "/b/9/x", "/none"];
        let expected = [(1, 1), (1, 1), (3, 5), (4, 19), (5, 9), (2, 1), (1, 1)];
        assert_eq!(places(text, Syntax::Yaml, &wanted), expected);
    }

    #[test]
    fn json_places_are_those_of_keys_and_items() {
        let text = "{\"a\": 1,\n \"b\": [{\"x\\u00e9\": \"é}\", \"k\": []},\n  [3, 4]]}";
        let wanted = ["", "/a", "/b/0", "/b/0/xé", "/b/0/k", "/b/1/1", "/b/9/x"];
        let expected = [(1, 1), (1, 2), (2, 8), (2, 9), (2, 26), (3, 7), (2, 2)];
        assert_eq!(places(text, Syntax::Json, &wanted), expected);
    }

    #[test]
    fn broken_text_places_what_it_can() {
        let text = "{\"a\": {\"b\": [1, {\"c\": \"\\u00";
        for end in 0..text.len() {
            places(&text[..end], Syntax::Json, &["/a/b/1/c"]);
            places(&text[..end], Syntax::Yaml, &["/a/b/1/c"]);
        }
        assert_eq!(places(text, Syntax::Json, &["/a/b/1/c"]), [(1, 18)]);
        assert!(check_depth(&"[".repeat(100_000)).is_err());
        assert!(check_depth(&"- ".repeat(100_000)).is_err());
        assert!(check_depth("a: ':[[[['\n").is_ok());
    }
}
