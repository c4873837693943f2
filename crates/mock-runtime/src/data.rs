//! What the engine knows about an API: `routes.json` and the fixtures beside it.
//!
//! This is the file format that the generator writes. Schemas stay unparsed text
//! ([`Schema`]) until an operation is first called, so that a document of hundreds of
//! operations starts in milliseconds and costs little more memory than its own text.
//!
//! This module knows nothing of HTTP connections, validation or replies.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::meters::Limits;

/// Routes and fixtures compiled into a program, as the generator writes them.
///
/// ```
/// static DATA: lockstep_mock::Embedded = lockstep_mock::Embedded {
///     routes: r#"{"title": "Empty", "operations": []}"#,
///     fixtures: &[],
/// };
/// assert_eq!(lockstep_mock::Data::embedded(&DATA).unwrap().routes.title, "Empty");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// The text of `routes.json`.
    pub routes: &'static str,
    /// Path below `fixtures/` and content of every fixture.
    pub fixtures: &'static [(&'static str, &'static [u8])],
}

/// Everything the engine serves.
#[derive(Debug)]
pub struct Data {
    /// The content of `routes.json`.
    pub routes: Routes,
    /// Fixtures by their path below `fixtures/`, byte for byte.
    pub fixtures: HashMap<Cow<'static, str>, Bytes>,
}

impl Data {
    /// Reads data that was compiled in. The fixtures are not copied.
    ///
    /// # Errors
    /// When `routes.json` does not have the format described in this module.
    pub fn embedded(embedded: &Embedded) -> Result<Self, DataError> {
        let fixtures = embedded.fixtures.iter();
        Ok(Self {
            routes: Routes::parse(embedded.routes)?,
            fixtures: fixtures
                .map(|(path, bytes)| (Cow::Borrowed(*path), Bytes::from_static(bytes)))
                .collect(),
        })
    }

    /// Takes data made at run time, for instance from a document named on the command line.
    ///
    /// # Errors
    /// When `routes` does not have the format described in this module.
    pub fn new(routes: &Value, fixtures: Vec<(String, Vec<u8>)>) -> Result<Self, DataError> {
        let fixtures = fixtures.into_iter();
        Ok(Self {
            routes: Routes::parse(&routes.to_string())?,
            fixtures: fixtures
                .map(|(path, bytes)| (Cow::Owned(path), Bytes::from(bytes)))
                .collect(),
        })
    }
}

/// `routes.json` could not be read.
#[derive(Debug)]
pub struct DataError(serde_json::Error);

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "routes.json: {}", self.0)
    }
}

impl std::error::Error for DataError {}

/// A JSON Schema (2020-12) that nobody has parsed yet.
///
/// References inside it are `#/schemas/NAME` and point into [`Routes::schemas`].
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Schema(Box<RawValue>);

impl Schema {
    /// Parses the text. It is JSON already, because it was cut out of JSON.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.0.get()).unwrap_or(Value::Bool(true))
    }

    /// The text as it stands in `routes.json`.
    pub fn text(&self) -> &str {
        self.0.get()
    }
}

/// The whole of `routes.json`.
#[derive(Debug, Deserialize)]
pub struct Routes {
    /// Name of the API, for people.
    #[serde(default)]
    pub title: String,
    /// Path of the server's URL, `""` or `"/v1"`. Requests may carry it or leave it out.
    #[serde(default)]
    pub base_path: String,
    /// Paths of the other servers.
    #[serde(default)]
    pub base_paths: Vec<String>,
    /// What a refusal looks like.
    #[serde(default)]
    pub refusals: RefusalForm,
    /// How a `date-time` is written.
    #[serde(default)]
    pub timestamps: Timestamps,
    /// How callers may identify themselves.
    #[serde(default)]
    pub security_schemes: IndexMap<String, SecurityScheme>,
    /// Bodies of failures by status (`"401"`), where the API is known to differ from upstream's habit.
    #[serde(default)]
    pub errors: IndexMap<String, Value>,
    /// Where replies tell about rate limits and credits.
    #[serde(default)]
    pub limits: Limits,
    /// In the order of the document.
    pub operations: Vec<Operation>,
    /// Named schemas.
    #[serde(default)]
    pub schemas: IndexMap<String, Schema>,
}

impl Routes {
    fn parse(text: &str) -> Result<Self, DataError> {
        serde_json::from_str(text).map_err(DataError)
    }
}

/// What a refusal looks like. Data that does not say is from before there was a choice.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RefusalForm {
    /// The failure that the operation declares, or else RFC 9457.
    Problem,
    /// `{"message", "errors"}` as upstream has it, whatever is declared; and JSON, whatever is asked for.
    #[default]
    Laravel,
}

/// How a `date-time` is written. Data that does not say is from before there was a choice.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Timestamps {
    /// As RFC 3339 has it, and nothing else.
    Rfc3339,
    /// With a space between date and time, or without an offset, as well.
    #[default]
    Spaced,
}

/// One way to identify a caller.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum SecurityScheme {
    /// `Authorization: Bearer …` or `Basic …`.
    Http {
        /// `bearer`, `basic`, or another scheme by its registered name.
        scheme: String,
    },
    /// A key under a name.
    ApiKey {
        /// Name of the header, query parameter or cookie.
        name: String,
        /// `header`, `query` or `cookie`.
        #[serde(rename = "in")]
        place: String,
    },
    /// A bearer token from somewhere else.
    Oauth2,
    /// A bearer token from somewhere else.
    OpenIdConnect,
    /// A client certificate; the mock speaks no TLS and lets it pass.
    #[serde(rename = "mutualTLS")]
    MutualTls,
    /// Something that OpenAPI does not know: nothing is accepted for it.
    #[serde(other)]
    Other,
}

impl SecurityScheme {
    /// Whether the credential travels in the header `Authorization`.
    pub(crate) fn is_authorization(&self) -> bool {
        match self {
            Self::Http { .. } | Self::Oauth2 | Self::OpenIdConnect => true,
            Self::ApiKey { name, place } => {
                place == "header" && name.eq_ignore_ascii_case("authorization")
            }
            Self::MutualTls | Self::Other => false,
        }
    }
}

/// One method on one path.
#[derive(Debug, Deserialize)]
pub struct Operation {
    /// `operationId`, unique in the document.
    pub id: String,
    /// Module of the generated client.
    #[serde(default)]
    pub resource: String,
    /// Method of the generated client.
    #[serde(default)]
    pub name: String,
    /// In capitals.
    pub method: String,
    /// Template with `{parameters}`, without [`Routes::base_path`].
    pub path: String,
    /// Paths of the servers that it has to itself; the document's where there are none.
    #[serde(default)]
    pub base_paths: Vec<String>,
    /// One line for people.
    #[serde(default)]
    pub summary: String,
    /// Alternatives of sets of scheme names; empty for none.
    #[serde(default)]
    pub security: Vec<Vec<String>>,
    /// In the order of the document.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// What the operation expects as a body.
    #[serde(default)]
    pub body: Option<RequestBody>,
    /// By `"200"`, `"4XX"` or `"default"`.
    #[serde(default)]
    pub responses: IndexMap<String, Response>,
    /// How its list is walked.
    #[serde(default)]
    pub paging: Option<Paging>,
}

/// One parameter.
#[derive(Debug, Deserialize)]
pub struct Parameter {
    /// As it stands in the request.
    pub name: String,
    /// Where it stands.
    #[serde(rename = "in")]
    pub place: Place,
    /// Whether a request without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Text form of lists and objects.
    #[serde(default)]
    pub style: Style,
    /// Whether a list repeats the name.
    #[serde(default)]
    pub explode: bool,
    /// Whether it may stand there without a value, whatever its schema says.
    #[serde(default)]
    pub allow_empty: bool,
    /// What it may be.
    #[serde(default)]
    pub schema: Option<Schema>,
    /// A value the document gives as an example.
    #[serde(default)]
    pub example: Option<Value>,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names are the four places of OpenAPI and say it all")]
pub enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

/// Text form of a list or an object in a parameter.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Style {
    /// `a=1&a=2`, or `a=1,2` without explode.
    #[default]
    Form,
    /// `1,2` in a path or a header.
    Simple,
    /// `.1.2` in a path.
    Label,
    /// `;a=1;a=2` in a path.
    Matrix,
    /// `a=1%202`
    SpaceDelimited,
    /// `a=1|2`
    PipeDelimited,
    /// `a[x]=1`
    DeepObject,
    /// `a=1,2` whatever `explode` says.
    Comma,
    /// `a[]=1&a[]=2`, nested as deep as it gets.
    Brackets,
    /// JSON text.
    Json,
}

/// What an operation expects as a body.
#[derive(Debug, Deserialize)]
pub struct RequestBody {
    /// Whether a request without a body is refused.
    #[serde(default)]
    pub required: bool,
    /// The media type that the generated client sends.
    #[serde(default)]
    pub chosen: Option<String>,
    /// By media type.
    #[serde(default)]
    pub content: IndexMap<String, BodyContent>,
    /// A body the document gives as an example.
    #[serde(default)]
    pub example: Option<Value>,
}

/// One media type of a request body.
#[derive(Debug, Deserialize)]
pub struct BodyContent {
    /// What it may be.
    #[serde(default)]
    pub schema: Option<Schema>,
}

/// One declared reply.
#[derive(Debug, Default, Deserialize)]
pub struct Response {
    /// For people.
    #[serde(default)]
    pub description: String,
    /// Declared headers by name.
    #[serde(default)]
    pub headers: IndexMap<String, ResponseHeader>,
    /// By media type; empty for a reply without a body.
    #[serde(default)]
    pub content: IndexMap<String, ResponseContent>,
}

/// A declared header of a reply.
#[derive(Debug, Default, Deserialize)]
pub struct ResponseHeader {
    /// Value to send; one is made of the schema where there is none.
    #[serde(default)]
    pub example: Option<Value>,
    /// What it may be.
    #[serde(default)]
    pub schema: Option<Schema>,
}

/// One media type of a reply.
#[derive(Debug, Deserialize)]
pub struct ResponseContent {
    /// Path of the fixture by name of the example; the first is the default.
    #[serde(default)]
    pub fixtures: IndexMap<String, String>,
    /// Whether the fixture was made from the schema because the document has no example.
    #[serde(default)]
    pub synthesised: bool,
    /// Whether the items of an event stream are whole events, with a name and an id beside their data.
    #[serde(default)]
    pub event_objects: bool,
    /// What the reply may be.
    #[serde(default)]
    pub schema: Option<Schema>,
}

/// How the pages of an operation follow each other. Pointers lead into the reply.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "the fields are the same few pointers and parameter names in every form"
)]
pub enum Paging {
    /// `offset` counts items.
    Offset {
        param: String,
        limit_param: Option<String>,
        items: String,
        next: Option<String>,
        more: Option<String>,
    },
    /// `page` counts pages from `first`, or from 1.
    Page {
        param: String,
        items: String,
        first: Option<u64>,
        last: Option<String>,
        next: Option<String>,
        more: Option<String>,
    },
    /// An opaque text leads on.
    Cursor { param: String, items: String, next: Option<String>, more: Option<String> },
    /// The same under upstream's other name.
    Marker { param: String, items: String, next: Option<String>, more: Option<String> },
    /// A field of the last item leads on.
    LastItem { param: String, items: String, field: String, more: Option<String> },
    /// The date of the last item leads on.
    DateBackwards { param: String, items: String, field: String, more: Option<String> },
}

impl Paging {
    /// Pointer to the list of items.
    pub fn items(&self) -> &str {
        match self {
            Self::Offset { items, .. }
            | Self::Page { items, .. }
            | Self::Cursor { items, .. }
            | Self::Marker { items, .. }
            | Self::LastItem { items, .. }
            | Self::DateBackwards { items, .. } => items,
        }
    }

    /// Whether a value of the parameter asks for the first page.
    pub(crate) fn is_first(&self, value: &str) -> bool {
        match self {
            Self::Offset { .. } => value.trim() == "0",
            Self::Page { first, .. } => value.trim() == first.unwrap_or(1).to_string(),
            _ => false,
        }
    }

    /// Pointer to whether more follows.
    pub fn more(&self) -> Option<&str> {
        match self {
            Self::Offset { more, .. }
            | Self::Page { more, .. }
            | Self::Cursor { more, .. }
            | Self::Marker { more, .. }
            | Self::LastItem { more, .. }
            | Self::DateBackwards { more, .. } => more.as_deref(),
        }
    }

    /// The parameter that leads to the next page.
    pub fn param(&self) -> &str {
        match self {
            Self::Offset { param, .. }
            | Self::Page { param, .. }
            | Self::Cursor { param, .. }
            | Self::Marker { param, .. }
            | Self::LastItem { param, .. }
            | Self::DateBackwards { param, .. } => param,
        }
    }
}
