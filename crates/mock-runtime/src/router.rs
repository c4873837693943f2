//! From a method and a path to an operation.
//!
//! A tree of segments. At every level a literal is tried before a segment that is partly
//! literal (`{name}.json`), and that before a bare parameter, whichever stands first in the
//! document; where a choice leads nowhere the next one is tried.
//!
//! Knows nothing of what operations are: they are numbers here.

use std::collections::HashMap;

use http::Method;

use crate::text::percent_decode;

/// The tree. Build it once, ask it for every request.
#[derive(Debug)]
pub(crate) struct Router {
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<String, usize>,
    mixed: Vec<(Vec<Part>, usize)>,
    parameter: Option<usize>,
    leaves: Vec<Leaf>,
}

#[derive(Debug)]
struct Leaf {
    method: Method,
    operation: usize,
    /// Names of the parameters in the order of the path.
    names: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Literal(String),
    Parameter,
}

/// What the tree says about a request.
#[derive(Debug, PartialEq)]
pub(crate) enum Found {
    /// An operation, and its path parameters, decoded.
    Operation { operation: usize, values: Vec<(String, String)> },
    /// The path exists; these methods do.
    Methods(Vec<Method>),
    /// Nothing has this path.
    Nothing,
    /// The path is not text: broken percent-encoding or not UTF-8.
    Malformed,
}

impl Router {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::default()] }
    }

    /// Adds an operation. Answers the operation that already has this place, if there is one.
    pub(crate) fn add(
        &mut self,
        method: Method,
        template: &str,
        operation: usize,
    ) -> Result<(), usize> {
        // Some documents tell operations on one path apart by a fragment or a query that a server never sees.
        let path = template.split(['#', '?']).next().unwrap_or_default();
        let mut names = Vec::new();
        let mut at = 0;
        for segment in path.trim_start_matches('/').split('/') {
            at = self.child(at, &parts(segment, &mut names));
        }
        let leaves = &mut self.nodes[at].leaves;
        if let Some(taken) = leaves.iter().find(|leaf| leaf.method == method) {
            return Err(taken.operation);
        }
        leaves.push(Leaf { method, operation, names });
        Ok(())
    }

    fn child(&mut self, at: usize, parts: &[Part]) -> usize {
        let new = self.nodes.len();
        let node = &mut self.nodes[at];
        let child = match parts {
            [] => *node.literals.entry(String::new()).or_insert(new),
            [Part::Literal(text)] => *node.literals.entry(text.clone()).or_insert(new),
            [Part::Parameter] => *node.parameter.get_or_insert(new),
            mixed => match node.mixed.iter().find(|(known, _)| known == mixed) {
                Some((_, child)) => *child,
                None => {
                    node.mixed.push((mixed.to_vec(), new));
                    new
                }
            },
        };
        if child == new {
            self.nodes.push(Node::default());
        }
        child
    }

    /// Finds the operation of a request; `path` is as it stands in the request line.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found {
        let mut segments = Vec::new();
        for raw in path.trim_start_matches('/').split('/') {
            match percent_decode(raw, false) {
                Some(text) => segments.push(Segment { raw, text }),
                None => return Found::Malformed,
            }
        }
        let mut search = Search { nodes: &self.nodes, method, methods: Vec::new() };
        match search.walk(0, &segments, &mut Vec::new()) {
            Some(found) => found,
            None if search.methods.is_empty() => Found::Nothing,
            None => Found::Methods(search.methods),
        }
    }
}

/// A piece of a path, as it came and decoded.
struct Segment<'p> {
    raw: &'p str,
    text: std::borrow::Cow<'p, str>,
}

struct Search<'r> {
    nodes: &'r [Node],
    method: &'r Method,
    methods: Vec<Method>,
}

impl Search<'_> {
    fn walk(&mut self, at: usize, rest: &[Segment<'_>], values: &mut Vec<String>) -> Option<Found> {
        let nodes = self.nodes;
        let node = &nodes[at];
        let Some((segment, rest)) = rest.split_first() else { return self.leaf(node, values) };
        if let Some(&child) = node.literals.get(&*segment.text)
            && let Some(found) = self.walk(child, rest, values)
        {
            return Some(found);
        }
        if segment.text.is_empty() {
            return None;
        }
        let depth = values.len();
        for (parts, child) in &node.mixed {
            if self.fill(parts, segment, values)
                && let Some(found) = self.walk(*child, rest, values)
            {
                return Some(found);
            }
            values.truncate(depth);
        }
        let child = node.parameter?;
        values.push(segment.text.to_string());
        let found = self.walk(child, rest, values);
        values.truncate(depth);
        found
    }

    fn fill(&self, parts: &[Part], segment: &Segment<'_>, values: &mut Vec<String>) -> bool {
        let mut cuts = CUTS;
        letters(segment).is_some_and(|letters| fill(parts, &letters, values, &mut cuts))
    }

    fn leaf(&mut self, node: &Node, values: &[String]) -> Option<Found> {
        let exact = node.leaves.iter().find(|leaf| leaf.method == self.method);
        let head = || {
            node.leaves
                .iter()
                .find(|leaf| self.method == Method::HEAD && leaf.method == Method::GET)
        };
        match exact.or_else(head) {
            Some(leaf) => {
                let values = leaf.names.iter().cloned().zip(values.iter().cloned()).collect();
                Some(Found::Operation { operation: leaf.operation, values })
            }
            None => {
                for leaf in &node.leaves {
                    if !self.methods.contains(&leaf.method) {
                        self.methods.push(leaf.method.clone());
                    }
                }
                None
            }
        }
    }
}

/// Cuts a segment of a template into literals and parameters.
fn parts(segment: &str, names: &mut Vec<String>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = segment;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        if open > 0 {
            parts.push(Part::Literal(rest[..open].to_owned()));
        }
        parts.push(Part::Parameter);
        names.push(rest[open + 1..open + length].to_owned());
        rest = &rest[open + length + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest.to_owned()));
    }
    parts
}

/// Most ways to cut one segment that are tried.
const CUTS: usize = 20_000;

/// Matches a mixed segment: every parameter takes as much as it can, and something. What is percent-encoded belongs to a
/// value and never to what stands between values.
fn fill(parts: &[Part], segment: &[Letter], values: &mut Vec<String>, cuts: &mut usize) -> bool {
    let Some((part, rest)) = parts.split_first() else { return segment.is_empty() };
    let Some(left) = cuts.checked_sub(1) else { return false };
    *cuts = left;
    match part {
        Part::Literal(text) => {
            let mut length = 0;
            let is_here = text.chars().all(|wanted| {
                let found = segment.get(length).is_some_and(|own| own.means(wanted));
                length += 1;
                found
            });
            is_here && fill(rest, &segment[length..], values, cuts)
        }
        Part::Parameter => {
            let depth = values.len();
            for end in (1..=segment.len()).rev() {
                values.push(segment[..end].iter().map(|own| own.character).collect());
                if fill(rest, &segment[end..], values, cuts) {
                    return true;
                }
                values.truncate(depth);
            }
            false
        }
    }
}

/// A character of a segment.
#[derive(Clone, Copy)]
struct Letter {
    character: char,
    is_encoded: bool,
}

impl Letter {
    /// Whether this is a character of a template. Some can stand in an address in no other way than encoded.
    fn means(self, wanted: char) -> bool {
        let is_plain = wanted.is_ascii_graphic() && !"\"<>\\^`{|}".contains(wanted);
        self.character == wanted && !(self.is_encoded && is_plain)
    }
}

/// The characters of a segment; `None` for one so long that it is nobody's.
fn letters(segment: &Segment<'_>) -> Option<Vec<Letter>> {
    let mut letters = Vec::new();
    let mut raw = segment.raw.chars();
    for character in segment.text.chars() {
        let own = raw.next()?;
        let is_encoded = own == '%';
        // Every byte of an encoded character takes two digits, and another percent sign.
        let more = if is_encoded { 3 * character.len_utf8() - 1 } else { 0 };
        for _ in 0..more {
            raw.next();
        }
        letters.push(Letter { character, is_encoded });
        if letters.len() > 2048 {
            return None;
        }
    }
    Some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(routes: &[(&str, &str)]) -> Router {
        let mut router = Router::new();
        for (index, (method, path)) in routes.iter().enumerate() {
            router.add(method.parse().expect("a method"), path, index).expect("a free place");
        }
        router
    }

    fn found(router: &Router, method: &str, path: &str) -> String {
        match router.find(&method.parse().expect("a method"), path) {
            Found::Operation { operation, values } => {
                let values: Vec<_> =
                    values.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{operation} {}", values.join(" ")).trim().to_owned()
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_literal_wins_whichever_comes_first() {
        let router = router(&[
            ("GET", "/a/{id}"),
            ("GET", "/a/overview"),
            ("PUT", "/a/{id}"),
            ("GET", "/a/{id}/x"),
        ]);
        assert_eq!(found(&router, "GET", "/a/overview"), "1");
        assert_eq!(found(&router, "GET", "/a/7"), "0 id=7");
        assert_eq!(found(&router, "PUT", "/a/overview"), "2 id=overview");
        assert_eq!(found(&router, "GET", "/a/overview/x"), "3 id=overview");
        assert_eq!(found(&router, "HEAD", "/a/7"), "0 id=7");
        assert_eq!(found(&router, "DELETE", "/a/overview"), "Methods([GET, PUT])");
        assert_eq!(found(&router, "GET", "/a"), "Nothing");
        assert_eq!(found(&router, "GET", "/a/"), "Nothing");
    }

    #[test]
    fn parts_of_a_segment_and_encoded_slashes() {
        let router = router(&[
            ("GET", "/f/{name}.{kind}"),
            ("GET", "/f/{name}"),
            ("GET", "/v:{verb}/{id}:stop"),
        ]);
        assert_eq!(found(&router, "GET", "/f/a.b"), "0 name=a kind=b");
        assert_eq!(found(&router, "GET", "/f/a%2Fb"), "1 name=a/b");
        assert_eq!(found(&router, "GET", "/f/%zz"), "Malformed");
        assert_eq!(found(&router, "GET", "/f/%ff"), "Malformed");
        assert_eq!(found(&router, "GET", "/v:go/7:stop"), "2 verb=go id=7");
        assert_eq!(found(&router, "GET", "/f/é.ü"), "0 name=é kind=ü");
        assert_eq!(found(&router, "GET", "/f/a.tar.gz"), "0 name=a.tar kind=gz");
        assert_eq!(found(&router, "GET", "/f/a.tar%2Egz"), "0 name=a kind=tar.gz");
        assert_eq!(found(&router, "GET", "/f/%C3%A9.%C3%BC"), "0 name=é kind=ü");
        assert_eq!(
            found(&router, "GET", &format!("/f/{}", ".".repeat(1500))),
            format!("0 name={} kind=.", ".".repeat(1498))
        );
    }

    #[test]
    fn one_place_holds_one_operation() {
        let mut router = router(&[("GET", "/a/{id}")]);
        assert_eq!(router.add(Method::GET, "/a/{other}#again", 1), Err(0));
        assert_eq!(router.add(Method::PUT, "/a/{other}", 2), Ok(()));
        assert_eq!(found(&router, "PUT", "/a/7"), "2 other=7");
    }
}
