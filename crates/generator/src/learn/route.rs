//! Which operation of a document an exchange belongs to.

use crate::read::{Document, Node};

/// Where a path template has text and where it has a value.
#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Value(String),
}

/// A path of the document.
#[derive(Clone, Debug)]
struct Route {
    path: String,
    segments: Vec<Vec<Piece>>,
    methods: Vec<String>,
}

/// A server, or a recording proxy in front of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Base {
    authority: String,
    path: String,
}

/// Every path of a document and every address under which it may have been recorded.
#[derive(Debug)]
pub(super) struct Routes {
    bases: Vec<Base>,
    routes: Vec<Route>,
    words: std::collections::BTreeSet<String>,
}

/// What a URL led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// An operation, and the values in its path by their names.
    Operation { path: String, values: Vec<(String, String)> },
    /// A path of the API that the document does not have, or not with this method; what may be an id is taken out.
    Undocumented(String),
    /// Not this API.
    Foreign,
}

/// A route that fits: its rank, and the values in the path.
type Candidate<'r> = (Vec<usize>, &'r Route, Vec<(String, String)>);

/// The parts of a URL that say where it leads.
struct Url<'u> {
    authority: String,
    path: &'u str,
}

fn url(text: &str) -> Option<Url<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest[..end].rsplit('@').next()?.to_ascii_lowercase();
    let usual = match scheme.to_ascii_lowercase().as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let authority = authority.strip_suffix(usual).unwrap_or(&authority).to_owned();
    let path = &rest[end..];
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    (!authority.is_empty()).then_some(Url { authority, path })
}

impl Routes {
    /// Those of a document. `servers` are where else it was recorded.
    pub(super) fn of(document: &Document, servers: &[String]) -> Result<Self, String> {
        let mut routes = Self { bases: Vec::new(), routes: Vec::new(), words: Default::default() };
        let root = document.root();
        for server in root.get("servers").iter().flat_map(Node::items) {
            routes.bases.extend(
                server.str("url").map(|text| filled(text, &server)).and_then(|text| base(&text)),
            );
        }
        for server in servers {
            let base = base(server).ok_or_else(|| {
                format!(
                    "`{}` is no address such as https://127.0.0.1:4010",
                    crate::visible::line(server)
                )
            })?;
            routes.bases.push(base);
        }
        routes.bases.dedup();
        for (path, item) in root
            .get("paths")
            .iter()
            .flat_map(Node::entries)
            .filter(|(path, _)| path.starts_with('/'))
        {
            let Ok(item) = document.resolve(&item) else { continue };
            let methods = item.entries().map(|(key, _)| key.to_owned()).collect();
            let segments: Vec<Vec<Piece>> = path.split('/').skip(1).map(pieces).collect();
            for piece in segments.iter().flatten() {
                if let Piece::Text(text) = piece {
                    routes.words.extend(words(text));
                }
            }
            routes.routes.push(Route { path: path.to_owned(), segments, methods });
        }
        for tag in root.get("tags").iter().flat_map(Node::items) {
            routes.words.extend(tag.str("name").map(words).unwrap_or_default());
        }
        Ok(routes)
    }

    /// Whether anything can be recognised at all.
    pub(super) fn has_address(&self) -> bool {
        !self.bases.is_empty()
    }

    pub(super) fn find(&self, method: &str, address: &str) -> Found {
        let Some(url) = url(address) else { return Found::Foreign };
        let rests: Vec<&str> = self
            .bases
            .iter()
            .filter(|base| base.authority == url.authority)
            .filter_map(|base| url.path.strip_prefix(base.path.as_str()))
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
            .collect();
        if rests.is_empty() {
            return Found::Foreign;
        }
        let found = rests.iter().find_map(|rest| self.route(method, rest));
        found.unwrap_or_else(|| Found::Undocumented(self.masked(rests[0])))
    }

    /// The best route: text wins over values, from the left.
    fn route(&self, method: &str, rest: &str) -> Option<Found> {
        let segments: Vec<String> =
            rest.trim_end_matches('/').split('/').skip(1).map(decoded).collect();
        let mut best: Option<Candidate<'_>> = None;
        for route in self
            .routes
            .iter()
            .filter(|route| route.methods.iter().any(|known| known.eq_ignore_ascii_case(method)))
        {
            // A last slash says nothing, and a path that is nothing else has no segments.
            let own = route.segments.len() - usize::from(route.path.ends_with('/'));
            if own != segments.len() {
                continue;
            }
            let mut values = Vec::new();
            let fits = route
                .segments
                .iter()
                .zip(&segments)
                .all(|(pieces, text)| fit(pieces, text, &mut values));
            // Less is better: no value in a segment, then a value with text around it, then a value alone.
            let rank: Vec<usize> = route
                .segments
                .iter()
                .map(|pieces| match pieces.as_slice() {
                    [Piece::Value(_)] => 2,
                    pieces => {
                        usize::from(pieces.iter().any(|piece| matches!(piece, Piece::Value(_))))
                    }
                })
                .collect();
            if fits && best.as_ref().is_none_or(|(known, ..)| rank < *known) {
                best = Some((rank, route, values));
            }
        }
        best.map(|(_, route, values)| Found::Operation { path: route.path.clone(), values })
    }

    /// A path with a mark for everything in it that is not the document's.
    pub(super) fn scrubbed(
        &self,
        method: &str,
        address: &str,
        path: &str,
        mark: &dyn Fn(&str) -> String,
    ) -> String {
        let Found::Operation { path: template, values } = self.find(method, address) else {
            let known = |segment: &str| segment.is_empty() || self.is_known(segment);
            let one = |segment| if known(segment) { segment.to_owned() } else { mark(segment) };
            return path.split('/').map(one).collect::<Vec<_>>().join("/");
        };
        let template = template.trim_end_matches('/');
        let path: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        // What stands before the template is the path of the server.
        let base = path.len().saturating_sub(template.split('/').skip(1).count());
        let mut scrubbed = path[..base].join("/");
        let mut values = values.iter();
        for segment in template.split('/').skip(1) {
            scrubbed.push('/');
            for piece in pieces(segment) {
                match piece {
                    Piece::Text(text) => scrubbed.push_str(&text),
                    Piece::Value(_) => scrubbed.extend(values.next().map(|(_, value)| mark(value))),
                }
            }
        }
        scrubbed
    }

    /// Whether a segment of a path consists of words that the document uses.
    fn is_known(&self, segment: &str) -> bool {
        let own = words(segment);
        let letters = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_');
        !own.is_empty()
            && segment.bytes().all(letters)
            && own.iter().all(|word| self.words.contains(word))
    }

    /// A path of which only words remain that the document itself uses.
    fn masked(&self, rest: &str) -> String {
        let mut masked = String::new();
        for segment in rest.trim_end_matches('/').split('/').skip(1).take(24) {
            let known = self.is_known(segment);
            masked.push('/');
            masked.push_str(if known { segment } else { "{…}" });
        }
        if masked.is_empty() { "/".to_owned() } else { masked }
    }
}

/// The variables of a server's address, with their defaults.
fn filled(text: &str, server: &Node<'_>) -> String {
    let mut text = text.to_owned();
    for (name, variable) in server.get("variables").iter().flat_map(Node::entries) {
        text = text.replace(&format!("{{{name}}}"), variable.str("default").unwrap_or_default());
    }
    text
}

fn base(text: &str) -> Option<Base> {
    let url = url(text)?;
    Some(Base { authority: url.authority, path: url.path.trim_end_matches('/').to_owned() })
}

fn pieces(segment: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some((text, (name, more))) =
        rest.split_once('{').and_then(|(text, inner)| Some((text, inner.split_once('}')?)))
    {
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
        pieces.push(Piece::Value(name.to_owned()));
        rest = more;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// Whether a segment of a path is as a template says.
fn fit(pieces: &[Piece], text: &str, values: &mut Vec<(String, String)>) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Text(own), rest @ ..] => {
            text.strip_prefix(own.as_str()).is_some_and(|text| fit(rest, text, values))
        }
        [Piece::Value(name), rest @ ..] => {
            let end = match rest {
                [] => Some(text.len()),
                [Piece::Text(next), ..] => text
                    .char_indices()
                    .skip(1)
                    .map(|(at, _)| at)
                    .find(|&at| text[at..].starts_with(next.as_str())),
                [Piece::Value(_), ..] => text.char_indices().nth(1).map(|(at, _)| at),
            };
            let Some(end) = end.filter(|&end| end > 0) else { return false };
            values.push((name.clone(), text[..end].to_owned()));
            fit(rest, &text[end..], values)
        }
    }
}

/// Undoes percent encoding where it gives text.
fn decoded(segment: &str) -> String {
    crate::pointer::Pointer::from_fragment(&format!("#/{segment}"))
        .map(|pointer| pointer.as_str()[1..].to_owned())
        .unwrap_or_else(|| segment.to_owned())
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}
