//! The checks that a real server makes before it does anything: key, content type,
//! parameters and body.
//!
//! Schemas are compiled when an operation is first called. One that does not compile is never
//! held against the caller: the value passes, and the log says so.

use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderMap, Request};
use indexmap::IndexMap;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use crate::data::{Operation, Parameter, Place, Routes, Schema, SecurityScheme, Timestamps};
use crate::decode;
use crate::direction::Way;
use crate::failure::{Blame, Refusal};
use crate::forms::{self, Kind};
use crate::laravel::{self, Problem};
use crate::media;
use crate::schema::{View, standalone};
use crate::text::Pair;

/// Most faults of one value that are looked at.
const FAULTS: usize = 50;

/// What a schema is read with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'r> {
    named: &'r IndexMap<String, Schema>,
    timestamps: Timestamps,
    way: Way,
}

impl<'r> Terms<'r> {
    pub(crate) fn of(routes: &'r Routes, way: Way) -> Self {
        Self { named: &routes.schemas, timestamps: routes.timestamps, way }
    }
}

/// A schema ready to judge values.
#[derive(Debug)]
pub(crate) struct Checked {
    schema: Option<Value>,
    validator: Option<Validator>,
    way: Way,
    timestamps: Timestamps,
    /// Whether the document's own example would be refused; found out when it matters.
    contradicts: OnceLock<bool>,
}

impl Checked {
    /// Compiles a schema for what travels one way.
    pub(crate) fn new(schema: Option<&Schema>, terms: Terms<'_>) -> Self {
        let schema = schema.map(|schema| {
            let mut schema = standalone(schema, terms.named);
            terms.way.apply(&mut schema);
            schema
        });
        Self::compiled(schema, terms.way, terms.timestamps)
    }

    /// The same for a body of some kind.
    fn body(schema: Option<&Schema>, terms: Terms<'_>, kind: Kind) -> Self {
        let schema = schema.map(|schema| {
            let mut schema = standalone(schema, terms.named);
            terms.way.apply(&mut schema);
            if matches!(kind, Kind::Form | Kind::Multipart) {
                forms::forgive_null(&mut schema);
            }
            schema
        });
        Self::compiled(schema, terms.way, terms.timestamps)
    }

    /// The same for a schema that has been made ready already.
    pub(crate) fn compiled(schema: Option<Value>, way: Way, timestamps: Timestamps) -> Self {
        let validator = schema.as_ref().and_then(|schema| {
            let mut options = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .with_format("byte", base64)
                .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(100_000));
            if timestamps == Timestamps::Spaced {
                options = options.with_format("date-time", date_time);
            }
            options.build(schema).ok()
        });
        Self { schema, validator, way, timestamps, contradicts: OnceLock::new() }
    }

    /// The same with another schema.
    pub(crate) fn with(&self, schema: Value) -> Self {
        Self::compiled(Some(schema), self.way, self.timestamps)
    }

    /// Which way the values travel.
    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// What is wrong with a value: where in the value, and by which keyword of the schema.
    pub(crate) fn faults(&self, value: &Value) -> Vec<(String, String)> {
        let errors = self.validator.iter().flat_map(|validator| validator.iter_errors(value));
        let places = errors.take(FAULTS).map(|error| {
            (error.instance_path().as_str().to_owned(), error.schema_path().as_str().to_owned())
        });
        places.collect()
    }

    /// What is wrong with a value and where, without the value itself.
    #[cfg(feature = "proxy")]
    pub(crate) fn complaints(&self, value: &Value, most: usize) -> Vec<String> {
        let errors = self.validator.iter().flat_map(|validator| validator.iter_errors(value));
        let told = errors.take(most).map(|error| {
            let at = error.instance_path().as_str().to_owned();
            let at = if at.is_empty() { "the whole".to_owned() } else { at };
            format!("{at}: {}", error.masked())
        });
        told.collect()
    }

    pub(crate) fn view(&self) -> Option<View<'_>> {
        self.schema.as_ref().map(View::root)
    }

    pub(crate) fn is_valid(&self, value: &Value) -> bool {
        self.validator.as_ref().is_none_or(|validator| validator.is_valid(value))
    }

    /// Whether the document has a schema here that cannot be compiled.
    pub(crate) fn broken(&self) -> bool {
        self.schema.is_some() && self.validator.is_none()
    }

    fn problems(&self, root: &str, value: &Value) -> Vec<Problem> {
        match &self.validator {
            Some(validator) if !validator.is_valid(value) => {
                laravel::problems(root, validator.iter_errors(value))
            }
            _ => Vec::new(),
        }
    }

    fn contradicts(&self, example: Option<&Value>) -> bool {
        *self.contradicts.get_or_init(|| example.is_some_and(|example| !self.is_valid(example)))
    }
}

/// Base64 as RFC 4648 has it, with its padding.
fn base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    text.len().is_multiple_of(4)
        && padding <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// RFC 3339, or the date and time with a space that upstream uses everywhere.
fn date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = |template: &[u8]| {
        bytes.len() >= template.len()
            && template.iter().zip(bytes).all(|(wanted, byte)| match wanted {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't' | b' '),
                other => byte == other,
            })
    };
    let number =
        |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse::<u8>().ok()).unwrap_or(99);
    shape(b"0000-00-00T00:00:00")
        && (1..=12).contains(&number(5))
        && (1..=31).contains(&number(8))
        && number(11) < 24
        && number(14) < 60
        && number(17) < 61
}

/// The schemas of one operation's parameters and bodies.
#[derive(Debug)]
pub(crate) struct Compiled {
    parameters: Vec<Checked>,
    bodies: Vec<Checked>,
}

impl Compiled {
    pub(crate) fn new(operation: &Operation, routes: &Routes) -> Self {
        let terms = Terms::of(routes, Way::Request);
        let content = operation.body.iter().flat_map(|body| &body.content);
        Self {
            parameters: operation
                .parameters
                .iter()
                .map(|own| Checked::new(own.schema.as_ref(), terms))
                .collect(),
            bodies: content
                .map(|(media, content)| {
                    let essence = media.split(';').next().unwrap_or_default().trim();
                    let kind = Kind::of(&essence.to_ascii_lowercase());
                    Checked::body(content.schema.as_ref(), terms, kind)
                })
                .collect(),
        }
    }

    /// By index into [`Operation::parameters`].
    pub(crate) fn parameters(&self) -> &[Checked] {
        &self.parameters
    }

    /// By index into the media types of the body.
    pub(crate) fn bodies(&self) -> &[Checked] {
        &self.bodies
    }

    /// What in the document cannot be compiled, in one line; `None` when all is well.
    pub(crate) fn complaint(&self, operation: &Operation) -> Option<String> {
        let parameters = operation.parameters.iter().zip(&self.parameters);
        let mut broken: Vec<_> = parameters
            .filter(|(_, own)| own.broken())
            .map(|(parameter, _)| format!("parameter {}", parameter.name))
            .collect();
        if self.bodies.iter().any(Checked::broken) {
            broken.push("the body".to_owned());
        }
        if broken.is_empty() {
            None
        } else {
            Some(format!("{}: no usable schema for {}", operation.id, broken.join(", ")))
        }
    }
}

/// What a request says, typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    /// By index into [`Operation::parameters`].
    pub(crate) parameters: Vec<(usize, Value)>,
    pub(crate) body: Option<Value>,
}

/// Checks the caller's key. `key` demands one in particular.
pub(crate) fn security(
    operation: &Operation,
    routes: &Routes,
    headers: &HeaderMap,
    query: &[Pair<'_>],
    key: Option<&str>,
) -> Result<(), Refusal> {
    let fits = |name: &String| match routes.security_schemes.get(name) {
        Some(scheme) => {
            credential(scheme, headers, query).is_some_and(|sent| key.is_none_or(|key| key == sent))
        }
        // A scheme that the document does not define cannot be asked for.
        None => true,
    };
    // Two schemes of one set that write the same header cannot both travel: one of them is all that can be asked for.
    let rivals = |name: &String, set: &[String]| {
        let is_authorization = |name: &String| {
            routes.security_schemes.get(name).is_some_and(SecurityScheme::is_authorization)
        };
        is_authorization(name) && set.iter().any(|own| is_authorization(own) && fits(own))
    };
    let is_met = |set: &Vec<String>| set.iter().all(|name| fits(name) || rivals(name, set));
    if operation.security.is_empty() || operation.security.iter().any(is_met) {
        return Ok(());
    }
    let wanted: Vec<_> = operation.security.iter().map(|set| set.join(" and ")).collect();
    Err(Refusal::new(401, format!("no valid credential for {}", wanted.join(", or for "))))
}

fn credential(scheme: &SecurityScheme, headers: &HeaderMap, query: &[Pair<'_>]) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let sent = match scheme {
        SecurityScheme::Http { scheme } => {
            let (own, token) = text("authorization")?.split_once(' ')?;
            if own.eq_ignore_ascii_case(scheme) { token.trim().to_owned() } else { return None }
        }
        SecurityScheme::Oauth2 | SecurityScheme::OpenIdConnect => {
            let (own, token) = text("authorization")?.split_once(' ')?;
            if own.eq_ignore_ascii_case("bearer") { token.trim().to_owned() } else { return None }
        }
        SecurityScheme::ApiKey { name, place } => match place.as_str() {
            "query" => query.iter().find(|pair| pair.name == name.as_str())?.value.to_string(),
            "cookie" => cookie(headers, name)?,
            _ => text(name)?.to_owned(),
        },
        SecurityScheme::MutualTls => "-".to_owned(),
        SecurityScheme::Other => return None,
    };
    if sent.is_empty() { None } else { Some(sent) }
}

pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all =
        headers.get_all(http::header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value.to_owned())
}

/// Reads and checks parameters and body.
pub(crate) fn input(
    operation: &Operation,
    compiled: &Compiled,
    request: &Request<Bytes>,
    path: &[(String, String)],
    query: &[Pair<'_>],
) -> Result<Input, Refusal> {
    let mut input = Input::default();
    let (media, body) = body(operation, compiled, request)?;
    let mut problems = Vec::new();
    let mut blame = Blame::Caller;
    for (index, (parameter, checked)) in
        operation.parameters.iter().zip(&compiled.parameters).enumerate()
    {
        let is_empty =
            |pair: &Pair<'_>| pair.name == parameter.name.as_str() && pair.value.is_empty();
        if parameter.allow_empty && parameter.place == Place::Query && query.iter().any(is_empty) {
            input.parameters.push((index, Value::String(String::new())));
            continue;
        }
        let found = match parameter_value(parameter, checked, request.headers(), path, query) {
            Some(value) => {
                let found = checked.problems(&parameter.name, &value);
                input.parameters.push((index, value));
                found
            }
            None => missing(parameter, checked, query, path),
        };
        if !found.is_empty() && checked.contradicts(parameter.example.as_ref()) {
            blame = Blame::Document;
        }
        problems.extend(found);
    }
    if let (Some(value), Some(index)) = (&body, media) {
        let checked = &compiled.bodies[index];
        let found = checked.problems("", value);
        let example = operation.body.as_ref().and_then(|body| body.example.as_ref());
        if !found.is_empty() && checked.contradicts(example) {
            blame = Blame::Document;
        }
        problems.extend(found);
    }
    input.body = body;
    if problems.is_empty() { Ok(input) } else { Err(Refusal::invalid(problems, blame)) }
}

fn parameter_value(
    parameter: &Parameter,
    checked: &Checked,
    headers: &HeaderMap,
    path: &[(String, String)],
    query: &[Pair<'_>],
) -> Option<Value> {
    let (name, view) = (parameter.name.as_str(), checked.view());
    let simple = |text: &str| decode::simple(name, parameter.style, parameter.explode, view, text);
    match parameter.place {
        Place::Query => decode::query(name, parameter.style, parameter.explode, view, query),
        Place::Path => path.iter().find(|(own, _)| own == name).map(|(_, text)| simple(text)),
        Place::Cookie => cookie(headers, name).map(|text| simple(&text)),
        Place::Header => {
            let values = headers.get_all(name).into_iter();
            // A header that is not text stands as what it is and fails its schema, if that says anything.
            let texts: Vec<_> = values
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect();
            if texts.is_empty() { None } else { Some(simple(&texts.join(","))) }
        }
    }
}

/// Problems of an absent parameter.
fn missing(
    parameter: &Parameter,
    checked: &Checked,
    query: &[Pair<'_>],
    path: &[(String, String)],
) -> Vec<Problem> {
    let name = parameter.name.as_str();
    // `filter.name=x` is how some clients write `filter[name]=x`; upstream answers 422.
    let object =
        parameter.place == Place::Query && checked.view().is_some_and(|view| view.types().object);
    let dotted =
        |pair: &Pair<'_>| pair.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    if object && query.iter().any(dotted) {
        let message = format!(
            "The {} field must be an array: write {name}[…], not {name}.…",
            laravel::spoken(name)
        );
        return vec![Problem { field: name.to_owned(), message }];
    }
    // A path parameter that the template lacks cannot be sent by anybody; OpenAPI leaves these three headers to others.
    let elsewhere = match parameter.place {
        Place::Path => !path.iter().any(|(own, _)| own == name),
        Place::Header => ["accept", "content-type", "authorization"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own)),
        _ => false,
    };
    if parameter.required && !elsewhere { vec![Problem::required(name)] } else { Vec::new() }
}

/// Reads the body by its content type. Answers the index of the media type it was read as.
fn body(
    operation: &Operation,
    compiled: &Compiled,
    request: &Request<Bytes>,
) -> Result<(Option<usize>, Option<Value>), Refusal> {
    let bytes = request.body();
    let media = forms::media_type(request.headers());
    let Some(declared) = &operation.body else {
        // Nobody asked for a body, but broken JSON is broken all the same.
        if !bytes.is_empty() && media.as_deref().map(Kind::of) == Some(Kind::Json) {
            read(Kind::Json, request, None)?;
        }
        return Ok((None, None));
    };
    if bytes.is_empty() {
        return if declared.required { Err(absent(compiled)) } else { Ok((None, None)) };
    }
    let wanted = || declared.content.keys().cloned().collect::<Vec<_>>().join(" or ");
    let Some(media) = media else {
        return Err(Refusal::new(
            415,
            format!("the body has no Content-Type; it must be {}", wanted()),
        ));
    };
    let sent = forms::content_type(request.headers()).unwrap_or_default();
    let position = media::position(declared.content.keys(), sent);
    match position {
        Some(index) => {
            let value = read(Kind::of(&media), request, compiled.bodies[index].view())?;
            Ok((Some(index), Some(value)))
        }
        None if declared.content.is_empty() => Ok((None, None)),
        None => {
            Err(Refusal::new(415, format!("the Content-Type is {media}; it must be {}", wanted())))
        }
    }
}

fn read(kind: Kind, request: &Request<Bytes>, view: Option<View<'_>>) -> Result<Value, Refusal> {
    forms::read(kind, request.headers(), request.body(), view)
        .map_err(|reason| Refusal::new(400, reason))
}

/// A required body that is not there: every required field is missing, as the framework sees it.
fn absent(compiled: &Compiled) -> Refusal {
    let nothing = Value::Object(serde_json::Map::new());
    let mut problems =
        compiled.bodies.first().map(|body| body.problems("", &nothing)).unwrap_or_default();
    if problems.is_empty() {
        problems.push(Problem::required("body"));
    }
    Refusal::invalid(problems, Blame::Caller)
}
