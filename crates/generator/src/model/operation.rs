//! Operations: what can be asked of an API, and what comes back.

use serde_json::Value;

use super::place::{Place, Root};
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
}

impl Method {
    /// Every method with the key that documents use, in the order of the specification.
    pub const ALL: [(&'static str, Self); 8] = [
        ("get", Self::Get),
        ("put", Self::Put),
        ("post", Self::Post),
        ("delete", Self::Delete),
        ("options", Self::Options),
        ("head", Self::Head),
        ("patch", Self::Patch),
        ("trace", Self::Trace),
    ];

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

/// A reply that the document describes.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its status.
    pub status: Status,
    /// What it carries.
    pub kind: ReplyKind,
    /// Its media type as the document writes it; empty where it carries nothing.
    pub media_type: String,
    /// What the document says of it.
    pub description: String,
    /// The document's examples of its body, each with its name.
    pub examples: Vec<(String, Value)>,
    /// The same as a stream of items, where the document has that beside something else.
    pub streamed: Option<Streamed>,
}

/// A reply that comes item by item.
#[derive(Clone, Debug)]
pub struct Streamed {
    /// How items follow each other.
    pub framing: Framing,
    /// The type of an item.
    pub ty: TypeRef,
    /// Its media type as the document writes it.
    pub media_type: String,
    /// The document's examples of it.
    pub examples: Vec<(String, Value)>,
}

/// How the items of a stream follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// Server-sent events; an item is the data of one.
    Events,
    /// Server-sent events; an item is an object of an event's name, data and id.
    EventObjects,
    /// A line for each.
    JsonLines,
    /// RFC 7464.
    JsonSeq,
}

/// The boolean by which a request asks for a stream in place of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamChoice {
    /// Its name on the wire.
    pub wire: String,
    /// Where it travels; `None` for a property of the body.
    pub location: Option<Location>,
    /// Whether the whole has to be asked for: the stream is what comes otherwise, or something has to be said.
    pub is_said: bool,
}

impl StreamChoice {
    /// Whether it is this parameter.
    pub fn is_param(&self, param: &Param) -> bool {
        self.location == Some(param.location) && self.wire == param.wire
    }

    /// Whether it is this property of the body.
    pub fn is_property(&self, field: &Field) -> bool {
        self.location.is_none() && self.wire == field.wire
    }
}

impl Reply {
    /// How its items follow each other where it comes as a media type, if there are items.
    pub fn framing_of(&self, media_type: &str) -> Option<Framing> {
        let own = match &self.kind {
            ReplyKind::Stream(framing, _) => Some((*framing, &self.media_type)),
            ReplyKind::Json(_) | ReplyKind::Text | ReplyKind::Binary | ReplyKind::Empty => None,
        };
        let beside = self.streamed.as_ref().map(|own| (own.framing, &own.media_type));
        let mut all = own.into_iter().chain(beside);
        all.find(|(_, known)| *known == media_type).map(|(framing, _)| framing)
    }

    /// The types of what it carries.
    pub fn types(&self) -> impl Iterator<Item = &TypeRef> {
        self.kind.ty().into_iter().chain(self.streamed.as_ref().map(|streamed| &streamed.ty))
    }

    /// The types of what it carries, to change.
    pub fn types_mut(&mut self) -> impl Iterator<Item = &mut TypeRef> {
        let streamed = self.streamed.as_mut().map(|streamed| &mut streamed.ty);
        self.kind.ty_mut().into_iter().chain(streamed)
    }
}

/// A status, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// One status.
    Code(u16),
    /// `4XX`: the hundred.
    Range(u16),
    /// All that is not said otherwise.
    Default,
}

impl Status {
    /// Whether this means success.
    pub fn is_success(self) -> bool {
        match self {
            Self::Code(code) => (200..300).contains(&code),
            Self::Range(hundred) => hundred == 2,
            Self::Default => false,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Range(hundred) => write!(f, "{hundred}XX"),
            Self::Default => write!(f, "default"),
        }
    }
}

/// What a reply carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// A JSON value.
    Json(TypeRef),
    /// Text.
    Text,
    /// Bytes.
    Binary,
    /// Items one after the other, each of a type.
    Stream(Framing, TypeRef),
    /// Nothing.
    Empty,
}

impl ReplyKind {
    /// The type of the JSON value, or of an item.
    pub fn ty(&self) -> Option<&TypeRef> {
        match self {
            Self::Json(ty) | Self::Stream(_, ty) => Some(ty),
            Self::Text | Self::Binary | Self::Empty => None,
        }
    }

    /// The type of the JSON value, or of an item, to change.
    pub fn ty_mut(&mut self) -> Option<&mut TypeRef> {
        match self {
            Self::Json(ty) | Self::Stream(_, ty) => Some(ty),
            Self::Text | Self::Binary | Self::Empty => None,
        }
    }
}

/// What a caller gets on success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A JSON value.
    Json(TypeRef),
    /// A JSON value or nothing.
    OptionalJson(TypeRef),
    /// Text.
    Text,
    /// Bytes, streamed.
    Binary,
    /// Items one after the other, each of a type.
    Stream(Framing, TypeRef),
    /// Nothing.
    Empty,
}

impl Outcome {
    /// The type of the JSON value, if there is one.
    pub fn json(&self) -> Option<&TypeRef> {
        match self {
            Self::Json(ty) | Self::OptionalJson(ty) => Some(ty),
            Self::Text | Self::Binary | Self::Stream(..) | Self::Empty => None,
        }
    }

    /// The type of the JSON value, to change.
    pub fn json_mut(&mut self) -> Option<&mut TypeRef> {
        match self {
            Self::Json(ty) | Self::OptionalJson(ty) => Some(ty),
            Self::Text | Self::Binary | Self::Stream(..) | Self::Empty => None,
        }
    }

    /// The type of the JSON value, or of an item.
    pub fn ty(&self) -> Option<&TypeRef> {
        match self {
            Self::Json(ty) | Self::OptionalJson(ty) | Self::Stream(_, ty) => Some(ty),
            Self::Text | Self::Binary | Self::Empty => None,
        }
    }

    /// The type of the JSON value, or of an item, to change.
    pub fn ty_mut(&mut self) -> Option<&mut TypeRef> {
        match self {
            Self::Json(ty) | Self::OptionalJson(ty) | Self::Stream(_, ty) => Some(ty),
            Self::Text | Self::Binary | Self::Empty => None,
        }
    }
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
