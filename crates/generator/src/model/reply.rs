//! Replies: what comes back of an operation, whole or item by item.

use serde_json::Value;

use super::operation::{Location, Param};
use super::types::{Field, TypeRef};

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
