//! Operations: what can be asked of an API, and what comes back.

use serde_json::Value;

use super::place::{Place, Root};
use super::reply::{Framing, Outcome, Reply, ReplyKind, Status, StreamChoice};
use super::types::{Field, FieldDocs, Fill, TypeRef};
use crate::pointer::Pointer;

/// An HTTP method that OpenAPI knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are HTTP's own")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
    /// OpenAPI 3.2: a safe request with a body.
    Query,
}

impl Method {
    /// Every method with the key that documents use, in the order of the specification.
    pub const ALL: [(&'static str, Self); 9] = [
        ("get", Self::Get),
        ("put", Self::Put),
        ("post", Self::Post),
        ("delete", Self::Delete),
        ("options", Self::Options),
        ("head", Self::Head),
        ("patch", Self::Patch),
        ("trace", Self::Trace),
        ("query", Self::Query),
    ];

    /// The method of an operation under a key of its path. `x-query` is how documents before 3.2, and so what
    /// `normalize` writes, have to say it.
    pub fn of_key(key: &str) -> Option<Self> {
        let key = if key == Self::QUERY_BEFORE { "query" } else { key };
        Self::ALL.iter().find(|(known, _)| *known == key).map(|(_, method)| *method)
    }

    /// The key of the method in a document of 3.0.
    pub fn key(self) -> String {
        match self {
            Self::Query => Self::QUERY_BEFORE.to_owned(),
            other => other.as_str().to_ascii_lowercase(),
        }
    }

    const QUERY_BEFORE: &str = "x-query";

    /// The method as it travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
            Self::Query => "QUERY",
        }
    }
}

/// Prose of an operation.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    /// One line.
    pub summary: String,
    /// The rest.
    pub description: String,
}

/// Something that can be asked of an API.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The document's operationId, or the one that was made up for it.
    pub id: String,
    /// Method and path with nameless parameters: what `names.lock` knows it by.
    pub key: String,
    /// The words that its names are made of; settled when operations are identified.
    pub words: Vec<String>,
    /// The words of what it is filed under; settled then as well.
    pub group: Vec<String>,
    /// How to ask.
    pub method: Method,
    /// Where to ask, with `{name}` for parameters.
    pub path: String,
    /// The server to ask, where it is not the document's.
    pub server: Option<String>,
    /// The tag that it is filed under.
    pub tag: String,
    /// Path, query, header and cookie parameters in document order.
    pub params: Vec<Param>,
    /// What a request carries.
    pub body: Option<Body>,
    /// What is asked for, in the order of the method's arguments; settled by the pass of that name.
    pub arguments: Vec<String>,
    /// Every reply that the document describes.
    pub replies: Vec<Reply>,
    /// What a caller gets on success; settled by the pass that unifies replies.
    pub outcome: Outcome,
    /// What asks for a stream in place of the whole, where a parameter or property does.
    pub stream_choice: Option<StreamChoice>,
    /// Who may ask, where it is not as the document says for all.
    pub security: Option<Security>,
    /// How to walk its pages.
    pub paging: Option<Paging>,
    /// The header that makes a repeated request harmless, if it takes one.
    pub idempotency_header: Option<String>,
    /// What the document says of it.
    pub docs: Docs,
    /// Whether its use is discouraged.
    pub deprecated: bool,
    /// Where the document says so.
    pub pointer: Pointer,
}

impl Operation {
    /// The replies that a caller gets on success. Where none is described as one, `default` is.
    pub fn successes(&self) -> impl Iterator<Item = &Reply> {
        let described = self.replies.iter().any(|reply| reply.status.is_success());
        self.replies.iter().filter(move |reply| {
            reply.status.is_success() || (!described && reply.status == Status::Default)
        })
    }

    /// What comes item by item in place of the whole, where the caller has the choice: framing, type and media type.
    pub fn streamed(&self) -> Option<(Framing, &TypeRef, &str)> {
        if matches!(self.outcome, Outcome::Stream(..)) {
            return None;
        }
        let beside = self.successes().find_map(|reply| reply.streamed.as_ref());
        let beside = beside.map(|own| (own.framing, &own.ty, own.media_type.as_str()));
        beside.or_else(|| {
            self.successes().find_map(|reply| match &reply.kind {
                ReplyKind::Stream(framing, ty) => Some((*framing, ty, reply.media_type.as_str())),
                ReplyKind::Json(_) | ReplyKind::Text | ReplyKind::Binary | ReplyKind::Empty => None,
            })
        })
    }
}

/// Alternatives of sets of scheme names. An empty set is "no credentials".
pub type Security = Vec<Vec<String>>;

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are OpenAPI's own")]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl Location {
    /// The location as documents write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How a parameter that is a list or an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// As the location has it when nothing else is said.
    Plain,
    /// `a=1,2`.
    Comma,
    /// `a=1 2`.
    Space,
    /// `a=1|2`.
    Pipe,
    /// `a[b]=1`.
    DeepObject,
    /// `a[]=1` for lists and `a[b]=1` for objects.
    Brackets,
    /// JSON text.
    Json,
    /// `a=1,b=2` in a path or a header, for objects.
    Exploded,
    /// `.1,2` in a path.
    Label,
    /// `.1.2` in a path.
    LabelExploded,
    /// `;a=1,2` in a path.
    Matrix,
    /// `;a=1;a=2` in a path.
    MatrixExploded,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name on the wire.
    pub wire: String,
    /// Where it travels.
    pub location: Location,
    /// Whether a request needs it.
    pub required: bool,
    /// Its type.
    pub ty: TypeRef,
    /// How it is written.
    pub style: Style,
    /// What the document says of it.
    pub description: String,
    /// The document's example.
    pub example: Option<Value>,
    /// What the server takes where it is left out, if the document says.
    pub default: Option<Value>,
    /// What a client fills in by itself.
    pub fill: Option<Fill>,
    /// Whether it is a setting of the client; settled by the pass of that name.
    pub shared: bool,
    /// The least that it may be, if the document says.
    pub minimum: Option<i64>,
    /// Whether its use is discouraged.
    pub deprecated: bool,
}

impl Param {
    /// How it is known among the arguments of its operation.
    pub fn argument(&self) -> String {
        format!("{} {}", self.location.as_str(), self.wire)
    }

    /// Where it stands in the operation with this key.
    pub fn place(&self, operation: &str) -> Place {
        Place::root(Root::Param { operation: operation.to_owned(), name: self.wire.clone() })
    }
}

/// What a request carries.
#[derive(Clone, Debug)]
pub struct Body {
    /// Whether a request needs it.
    pub required: bool,
    /// How it is written.
    pub kind: BodyKind,
    /// Its type.
    pub ty: TypeRef,
    /// Whether its type has no name of its own, so that its properties may be set one by one.
    pub flat: bool,
    /// Its properties, where a pass has decided that they are set one by one.
    pub parts: Option<Vec<(Field, FieldDocs)>>,
    /// Media types of parts, where the document names them.
    pub part_types: Vec<(String, String)>,
    /// How the fields of a form are written that are written otherwise than forms mostly are.
    pub styles: Vec<(String, Style)>,
    /// The document's example.
    pub example: Option<Value>,
    /// What the document says of it.
    pub description: String,
}

/// How a body is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// JSON; the media type where it is not plain `application/json`.
    Json(Option<String>),
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// Text of a media type.
    Text(String),
    /// Bytes of a media type.
    Bytes(String),
}

/// How an operation's pages are walked. Pointers are JSON pointers into the reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The parameter that says where a page starts, by its name on the wire.
    pub param: String,
    /// The pointer to the items of a page; empty where the reply is the list itself.
    pub items: String,
    /// The pointer to whether more follows.
    pub more: Option<String>,
    /// How the next page is found.
    pub form: PagingForm,
}

/// How the next page is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PagingForm {
    /// By counting items, or as the reply says at `next`.
    #[allow(missing_docs, reason = "a parameter's name on the wire, and a pointer")]
    Offset { limit_param: Option<String>, next: Option<String> },
    /// By counting pages from `first`, up to the number at `last`, or as the reply says at `next`.
    #[allow(missing_docs, reason = "pointers")]
    Page { first: u64, last: Option<String>, next: Option<String> },
    /// By what the reply gives for it: a cursor, a marker, a token.
    #[allow(missing_docs, reason = "a pointer")]
    Cursor { next: String },
    /// By the last item's field.
    #[allow(missing_docs, reason = "a field of an item")]
    LastItem { field: String },
    /// Backwards in time: the last item's date is the next page's end.
    #[allow(missing_docs, reason = "a field of an item")]
    DateBackwards { field: String },
}
