//! What a document says about one operation, and the traits that generated requests implement.

use std::sync::LazyLock;

use reqwest::Method;

use crate::client::Client;
use crate::encode::params::QueryStyle;
use crate::paging::Paging;
use crate::reply::Reply;
use crate::request::Request;

/// One operation of an API: what does not change from request to request.
#[derive(Debug)]
pub struct OperationInfo {
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) body: BodyKind,
    pub(crate) security: Option<&'static [&'static [&'static str]]>,
    pub(crate) idempotent_by: &'static str,
    pub(crate) accept: &'static str,
    pub(crate) server: &'static str,
    pub(crate) is_query: bool,
}

/// The method of a safe request with a body, which is younger than the list that other methods stand in.
static QUERY: LazyLock<Method> =
    LazyLock::new(|| Method::from_bytes(b"QUERY").unwrap_or(Method::POST));

/// How the body of a request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyKind {
    /// As JSON.
    Json,
    /// As JSON of another media type.
    JsonAs(&'static str),
    /// As `application/x-www-form-urlencoded`.
    Form,
    /// The same, with fields that are written in a style of their own.
    FormAs(&'static [(&'static str, QueryStyle)]),
    /// As `multipart/form-data`.
    Multipart,
    /// As text of this media type.
    Text(&'static str),
    /// As bytes of this media type.
    Bytes(&'static str),
}

impl BodyKind {
    /// The styles of a form's fields, where the body is a form.
    pub(crate) fn form(self) -> Option<&'static [(&'static str, QueryStyle)]> {
        match self {
            Self::Form => Some(&[]),
            Self::FormAs(styles) => Some(styles),
            Self::Json | Self::JsonAs(_) | Self::Multipart | Self::Text(_) | Self::Bytes(_) => None,
        }
    }
}

impl OperationInfo {
    /// An operation with the id, method and path template of its document. A body, where it has one, is JSON.
    #[must_use]
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            body: BodyKind::Json,
            security: None,
            idempotent_by: "",
            accept: "",
            server: "",
            is_query: false,
        }
    }

    /// The same with the method `QUERY` of OpenAPI 3.2.
    #[must_use]
    pub const fn query(id: &'static str, path: &'static str) -> Self {
        let mut info = Self::new(id, Method::GET, path);
        info.is_query = true;
        info
    }

    /// The body travels as JSON of another media type, such as `application/merge-patch+json`.
    #[must_use]
    pub const fn json_as(mut self, media_type: &'static str) -> Self {
        self.body = BodyKind::JsonAs(media_type);
        self
    }

    /// The body travels as JSON. This is the default.
    #[must_use]
    pub const fn json(mut self) -> Self {
        self.body = BodyKind::Json;
        self
    }

    /// The body travels as a form.
    #[must_use]
    pub const fn form(mut self) -> Self {
        self.body = BodyKind::Form;
        self
    }

    /// The body travels as a form with fields in a style of their own; the others are written as in [`form`](Self::form).
    #[must_use]
    pub const fn form_as(mut self, styles: &'static [(&'static str, QueryStyle)]) -> Self {
        self.body = BodyKind::FormAs(styles);
        self
    }

    /// The body travels as `multipart/form-data`.
    #[must_use]
    pub const fn multipart(mut self) -> Self {
        self.body = BodyKind::Multipart;
        self
    }

    /// The body is text of this media type.
    #[must_use]
    pub const fn text(mut self, media_type: &'static str) -> Self {
        self.body = BodyKind::Text(media_type);
        self
    }

    /// The body is bytes of this media type.
    #[must_use]
    pub const fn bytes(mut self, media_type: &'static str) -> Self {
        self.body = BodyKind::Bytes(media_type);
        self
    }

    /// Alternatives of sets of scheme names, in place of the service's. Empty: no key is sent.
    #[must_use]
    pub const fn security(mut self, alternatives: &'static [&'static [&'static str]]) -> Self {
        self.security = Some(alternatives);
        self
    }

    /// The header that makes a repetition harmless. A key is made for each request that does not set one.
    #[must_use]
    pub const fn idempotent_by(mut self, header: &'static str) -> Self {
        self.idempotent_by = header;
        self
    }

    /// The media type to ask for, where the kind of reply does not tell.
    #[must_use]
    pub const fn accept(mut self, media_type: &'static str) -> Self {
        self.accept = media_type;
        self
    }

    /// A server of its own: a URL, or a path below the service's origin. It counts only while the client
    /// talks to the service's own base URL, so that tests never reach the real one by accident.
    #[must_use]
    pub const fn server(mut self, url: &'static str) -> Self {
        self.server = url;
        self
    }

    /// The id in the document.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        if self.is_query { &QUERY } else { &self.method }
    }

    /// The path template, with `{placeholders}`.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// How the body travels.
    #[must_use]
    pub const fn body_kind(&self) -> BodyKind {
        self.body
    }
}

/// A request of one operation: a thin type around [`Request`] that knows its reply.
///
/// The derive of the same name implements it, and the conversions.
pub trait Operation: From<Request> + Into<Request> + AsRef<Request> {
    /// What the document says about the operation.
    const INFO: &'static OperationInfo;
    /// What comes back.
    type Reply: Reply;
}

/// A request of the operation `O` without any values. Generated methods start with it.
#[must_use]
pub fn request<O: Operation>(client: &Client) -> Request {
    client.operation::<O>()
}

/// The values as a list.
pub fn list<T>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().collect()
}

/// The values as a list of texts.
pub fn texts(values: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    values.into_iter().map(Into::into).collect()
}

/// An operation whose reply can come item by item as well.
pub trait Streamed: Operation {
    /// What comes back then.
    type Stream: Reply;
    /// The request that asks for it.
    fn streaming(request: Request) -> Request;
}

/// An operation whose reply is one page of a list.
pub trait Paged: Operation {
    /// One entry of the list.
    type Item: Send + 'static;
    /// How to get from one page to the next.
    const PAGING: Paging;
    /// The entries of one page, in order.
    fn items(reply: <Self::Reply as Reply>::Value) -> Vec<Self::Item>;
}
