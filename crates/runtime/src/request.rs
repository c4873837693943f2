//! A request as a value: what generated requests are made of, and what tests compare.

mod compare;
pub(crate) mod options;
mod query;
mod received;
mod untyped;

use std::sync::Arc;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

pub use self::options::RequestOptions;
use self::query::Query;
pub use self::untyped::Undocumented;
use crate::body::{Body, FilePart};
use crate::client::Client;
use crate::encode::content::Content;
use crate::encode::multipart::Part;
use crate::encode::params::{QueryStyle, exploded, query_pairs, simple};
use crate::encode::path::{PathStyle, PathValue};
use crate::encode::percent;
use crate::operation::{BodyKind, OperationInfo};

/// A request that has not been sent: path values, query, headers, body, and options.
///
/// Generated requests wrap one. A value that cannot be encoded is remembered and comes out as an error when
/// the request is sent, so that setters can be chained. Two requests are equal when the same would go over
/// the wire; which client sends them does not matter, nor does the order of differently named parameters.
#[derive(Clone)]
pub struct Request {
    pub(crate) client: Option<Client>,
    pub(crate) info: &'static OperationInfo,
    /// Method and path of a request that no document describes.
    pub(crate) target: Option<Arc<(Method, String)>>,
    pub(crate) path: Vec<PathValue>,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) content: Content,
    /// Boxed, because most requests have none, and every setter moves the whole request.
    pub(crate) options: Option<Box<RequestOptions>>,
    pub(crate) error: Option<String>,
    /// True when it came over the wire, with headers that no caller set.
    pub(crate) is_received: bool,
}

impl Request {
    pub(crate) fn new(client: Option<Client>, info: &'static OperationInfo) -> Self {
        Self {
            client,
            info,
            target: None,
            path: Vec::new(),
            query: Query::default(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            content: Content::None,
            options: None,
            error: None,
            is_received: false,
        }
    }

    /// Sets a path parameter.
    #[must_use]
    pub fn path(self, name: &str, value: impl Serialize) -> Self {
        self.set_path(name, PathStyle::Simple, to_value(value))
    }

    /// Sets a path parameter in a style of its own.
    #[must_use]
    pub fn path_as(self, name: &str, style: PathStyle, value: impl Serialize) -> Self {
        self.set_path(name, style, to_value(value))
    }

    /// Sets a path parameter to what its client was given for all operations, or else to its default.
    #[must_use]
    pub fn shared_path(self, name: &str) -> Self {
        match self.shared(name) {
            Some(value) => self.path(name, value),
            None => self,
        }
    }

    /// The same for a query parameter.
    #[must_use]
    pub fn shared_query(self, name: &str) -> Self {
        match self.shared(name) {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// The same for a header.
    #[must_use]
    pub fn shared_header(self, name: &str) -> Self {
        match self.shared(name) {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    fn shared(&self, name: &str) -> Option<String> {
        let inner = self.client.as_ref()?.inner();
        let default = || inner.service.parameters.iter().find(|(known, _)| *known == name);
        let chosen = inner.config.parameters.get(name).map(String::as_str);
        chosen
            .or_else(|| default().map(|(_, value)| *value))
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
    }

    /// Sets a query parameter in OpenAPI's default style; null takes it away.
    #[must_use]
    pub fn query(self, name: &str, value: impl Serialize) -> Self {
        self.set_query(name, QueryStyle::FormExploded, to_value(value))
    }

    /// Sets a query parameter in a style of its own; null takes it away.
    #[must_use]
    pub fn query_as(self, name: &str, style: QueryStyle, value: impl Serialize) -> Self {
        self.set_query(name, style, to_value(value))
    }

    /// Sets a header parameter; null takes it away.
    #[must_use]
    pub fn header(self, name: &str, value: impl Serialize) -> Self {
        self.set_header(name, to_value(value).map(|value| simple(&value)))
    }

    /// Sets a header parameter whose names and values are joined by `=`, where it is an object; null takes it away.
    #[must_use]
    pub fn header_exploded(self, name: &str, value: impl Serialize) -> Self {
        self.set_header(name, to_value(value).map(|value| exploded(&value)))
    }

    /// Sets a cookie parameter; null takes it away.
    #[must_use]
    pub fn cookie(self, name: &str, value: impl Serialize) -> Self {
        self.set_cookie(name, to_value(value))
    }

    /// Sets one property of an object body. In JSON null is a value like any other.
    #[must_use]
    pub fn field(self, name: &str, value: impl Serialize) -> Self {
        self.set_field(name, None, to_value(value))
    }

    /// Sets one part of a multipart body, with its media type.
    #[must_use]
    pub fn field_as(self, name: &str, media_type: &str, value: impl Serialize) -> Self {
        self.set_field(name, Some(media_type), to_value(value))
    }

    /// Sets the whole body, as JSON or a form as the operation says.
    #[must_use]
    pub fn body(self, value: impl Serialize) -> Self {
        self.set_body(to_value(value))
    }

    /// Begins a body with nothing in it, which is sent as it is where nothing is set after it.
    #[must_use]
    pub fn empty_body(mut self) -> Self {
        self.content = if self.info.body == BodyKind::Multipart {
            Content::Parts(Vec::new())
        } else {
            Content::Value(Value::Object(serde_json::Map::new()))
        };
        self
    }

    /// Sets the whole body as text.
    #[must_use]
    pub fn text_body(mut self, text: impl Into<String>) -> Self {
        self.content = Content::Text(text.into());
        self
    }

    /// Sets the whole body as bytes, a file, or a stream.
    #[must_use]
    pub fn bytes_body(mut self, body: impl Into<Body>) -> Self {
        self.content = Content::Bytes(body.into());
        self
    }

    /// Sets one file of a multipart body.
    #[must_use]
    pub fn file(self, name: &str, file: impl Into<FilePart>) -> Self {
        self.files(name, vec![file.into()])
    }

    /// Sets several files under one name.
    #[must_use]
    pub fn files(mut self, name: &str, files: Vec<FilePart>) -> Self {
        let parts = files.into_iter().map(|file| Part::of_file(name, file)).collect();
        if let Err(error) = self.content.set_parts(name, parts) {
            self.fail(name, error);
        }
        self
    }

    /// Adds options of this request: timeouts, retries, extra headers.
    #[must_use]
    pub fn with(mut self, options: RequestOptions) -> Self {
        self.options = Some(Box::new(match self.options {
            Some(earlier) => earlier.then(options),
            None => options,
        }));
        self
    }

    fn set_path(mut self, name: &str, style: PathStyle, value: Encoded) -> Self {
        match value {
            Ok(value) => {
                self.path.retain(|known| known.name != name);
                self.path.push(PathValue::new(name, style, value));
            }
            Err(error) => self.fail(name, &error),
        }
        self
    }

    fn set_query(mut self, name: &str, style: QueryStyle, value: Encoded) -> Self {
        match value {
            Ok(Value::Null) => {
                self.query.remove(name);
            }
            // Text travels as it is, and is what most parameters are.
            Ok(Value::String(text)) if style == QueryStyle::FormExploded => {
                self.query.set(name, text);
            }
            Ok(value @ (Value::Bool(_) | Value::Number(_))) => {
                self.query.set(name, value.to_string());
            }
            Ok(value) => self.query.set_pairs(name, query_pairs(name, style, &value)),
            Err(error) => self.fail(name, &error),
        }
        self
    }

    fn set_header(mut self, name: &str, value: Result<Option<String>, String>) -> Self {
        let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
            self.fail(name, "this is no name of a header");
            return self;
        };
        match value {
            Ok(None) => {
                self.headers.remove(header);
            }
            Ok(Some(text)) => match HeaderValue::from_str(&text) {
                Ok(text) => {
                    self.headers.insert(header, text);
                }
                Err(_) => self.fail(name, "the value cannot travel in a header"),
            },
            Err(error) => self.fail(name, &error),
        }
        self
    }

    fn set_cookie(mut self, name: &str, value: Encoded) -> Self {
        match value.as_ref().map(simple) {
            Ok(None) => self.cookies.retain(|(known, _)| known != name),
            Ok(Some(text)) => {
                self.cookies.retain(|(known, _)| known != name);
                self.cookies.push((name.to_owned(), percent::segment(&text)));
            }
            Err(error) => self.fail(name, error),
        }
        self
    }

    fn set_field(mut self, name: &str, media_type: Option<&str>, value: Encoded) -> Self {
        let outcome = value.and_then(|value| {
            let set = if self.info.body == BodyKind::Multipart {
                self.content.set_parts(name, Part::of_value(name, media_type, &value))
            } else {
                self.content.set_field(name, value)
            };
            set.map_err(str::to_owned)
        });
        if let Err(error) = outcome {
            self.fail(name, &error);
        }
        self
    }

    fn set_body(mut self, value: Encoded) -> Self {
        match value {
            Ok(Value::Object(fields)) if self.info.body == BodyKind::Multipart => {
                self.content = Content::Parts(Vec::new());
                return fields.into_iter().fold(self, |request, (name, value)| {
                    request.set_field(&name, None, Ok(value))
                });
            }
            Ok(value) => self.content = Content::Value(value),
            Err(error) => self.fail("the body", &error),
        }
        self
    }

    /// Keeps the first thing that went wrong.
    fn fail(&mut self, name: &str, error: &str) {
        self.error.get_or_insert_with(|| format!("{name}: {error}"));
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.target.as_ref().map_or_else(|| self.info.method(), |target| &target.0)
    }

    /// What the document says about the operation.
    #[must_use]
    pub fn info(&self) -> &'static OperationInfo {
        self.info
    }

    /// The value of a path parameter, as it was before encoding.
    #[must_use]
    pub fn path_value(&self, name: &str) -> Option<&str> {
        self.path.iter().find(|known| known.name == name).map(|known| known.text.as_str())
    }

    /// The name-value pairs of the query, in order and before encoding.
    #[must_use]
    pub fn query_pairs(&self) -> Vec<(&str, &str)> {
        self.pairs().map(|(name, value, _)| (name, value)).collect()
    }

    /// The same with how a value is written, where that is not plainly encoded.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str, Option<&str>)> + Clone {
        let extra = self.options.iter().flat_map(|options| &options.query);
        self.query.pairs().chain(extra.map(|(name, value)| (name.as_str(), value.as_str(), None)))
    }

    /// The headers that were set on this request, without what the client adds.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as JSON, where it is JSON, or the fields of a form that was set here.
    #[must_use]
    pub fn json_body(&self) -> Option<&Value> {
        match &self.content {
            Content::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The path with its values in place, encoded; without the base URL and the query.
    ///
    /// # Errors
    /// Names the parameter that is missing, empty, or would climb to another path (`.` and `..`).
    pub(crate) fn expanded_path(&self) -> Result<String, String> {
        if let Some(target) = &self.target {
            check_raw(&target.1)?;
            return Ok(target.1.clone());
        }
        let values: usize = self.path.iter().map(|known| known.text.len()).sum();
        let mut expanded = String::with_capacity(self.info.path.len() + values);
        let mut rest = self.info.path;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| format!("the path {} is malformed", self.info.path))?;
            let value = (self.path.iter().find(|known| known.name == name))
                .ok_or_else(|| format!("the path parameter `{name}` is missing"))?;
            if value.text.is_empty() {
                return Err(format!("the path parameter `{name}` is empty"));
            }
            expanded.push_str(before);
            match &value.written {
                Some(written) => expanded.push_str(written),
                None => percent::segment_onto(&mut expanded, &value.text),
            }
            rest = after;
        }
        expanded.push_str(rest);
        if expanded.contains('.')
            && expanded.split('/').any(|segment| matches!(segment, "." | ".."))
        {
            return Err(format!("{expanded} would lead to another path"));
        }
        Ok(expanded)
    }

    /// The content with the extra fields of the options.
    pub(crate) fn full_content(&self) -> Result<Content, String> {
        self.with_extra_fields(self.content.clone())
    }

    /// As [`full_content`](Self::full_content), without a copy. The request has no content afterwards.
    pub(crate) fn take_content(&mut self) -> Result<Content, String> {
        let content = std::mem::take(&mut self.content);
        self.with_extra_fields(content)
    }

    fn with_extra_fields(&self, mut content: Content) -> Result<Content, String> {
        for (name, value) in self.options.iter().flat_map(|options| &options.fields) {
            let set = match &content {
                Content::Parts(_) => content.set_parts(name, Part::of_value(name, None, value)),
                _ => content.set_field(name, value.clone()),
            };
            set.map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(content)
    }
}

/// A path that somebody wrote himself. Addresses are read with `%2e` for a dot, and without tabs and line ends.
fn check_raw(path: &str) -> Result<(), String> {
    if path.contains(|c: char| c.is_control()) {
        return Err(format!("the path {path} holds control characters"));
    }
    let climbs = |segment: &str| matches!(percent::decode(segment, false).as_str(), "." | "..");
    if path.contains(['.', '%']) && path.split(['/', '\\']).any(climbs) {
        return Err(format!("{path} would lead to another path"));
    }
    Ok(())
}

/// A value on its way into a request, or why it has none.
type Encoded = Result<Value, String>;

fn to_value(value: impl Serialize) -> Encoded {
    serde_json::to_value(value).map_err(|error| error.to_string())
}
