//! A refusal as an answer: what the operation declares for it, or the form that the data asks for.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, ALLOW, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::answer::{Answer, answer, declared_headers, json};
use crate::data::{Operation, SecurityScheme};
use crate::encoding;
use crate::failure::Refusal;
use crate::forms::Kind;
use crate::media::Accept;
use crate::render;
use crate::service::{Chosen, Service};

/// The answer to a refused request, with the reason beside it.
pub(super) fn refused(
    refusal: &Refusal,
    path: &str,
    service: &Service,
    operation: Option<usize>,
    accept: &Accept,
) -> Answer {
    let mut answer = if service.is_laravel() {
        json(refusal.status, &refusal.body(path, &service.data().routes.errors))
    } else {
        let declared = operation.filter(|_| !refusal.is_own);
        let declared = declared.and_then(|own| declared_failure(refusal, service, own, accept));
        declared.unwrap_or_else(|| problem(refusal))
    };
    if refusal.status == 405 {
        let mut allow: Vec<_> = refusal.allow.iter().map(Method::as_str).collect();
        if allow.contains(&"GET") && !allow.contains(&"HEAD") {
            allow.push("HEAD");
        }
        if let Ok(value) = HeaderValue::from_str(&allow.join(", ")) {
            answer.headers.insert(ALLOW, value);
        }
    }
    if refusal.status == 401 {
        challenge(service, operation, &mut answer.headers);
    }
    if refusal.status == 415 {
        answer.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(encoding::KNOWN));
    }
    answer.headers.extend(mock_reason(&format!(
        "{} ({} at fault)",
        clipped(&refusal.reason),
        refusal.blame
    )));
    answer
}

fn clipped(text: &str) -> String {
    text.chars().take(500).collect()
}

/// The header that says why.
pub(super) fn mock_reason(reason: &str) -> Option<(HeaderName, HeaderValue)> {
    let plain: String =
        reason.chars().map(|own| if (' '..='~').contains(&own) { own } else { '?' }).collect();
    let value = HeaderValue::from_str(&plain).ok()?;
    Some((HeaderName::from_static("mock-reason"), value))
}

/// The failure that the operation declares: for a value that does not fit 422 or 400, whichever there is.
fn declared_failure(
    refusal: &Refusal,
    service: &Service,
    operation: usize,
    accept: &Accept,
) -> Option<Answer> {
    let statuses: &[u16] = match refusal.status {
        422 => &[422, 400],
        400 => &[400, 422],
        ref status => std::slice::from_ref(status),
    };
    let chosen = service.failure(operation, statuses, accept)?;
    let mut answer = match &chosen.content {
        None => answer(chosen.status, None, Bytes::new()),
        Some((_, media, content)) => {
            let given = service.fixture(content, None).filter(|_| !content.synthesised);
            let body = given.or_else(|| made(refusal, service, &chosen, media))?;
            answer(chosen.status, Some(media), body)
        }
    };
    declared_headers(service, &chosen, &mut answer.headers);
    Some(answer)
}

/// A body of the declared schema, which says what is wrong where it has a place for that.
fn made(refusal: &Refusal, service: &Service, chosen: &Chosen<'_>, media: &str) -> Option<Bytes> {
    let settled = service.settled(chosen)?;
    let mut value = settled.value.clone()?;
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if let (Kind::Json, Some(schema)) = (Kind::of(&essence), service.reply_schema(chosen)) {
        let own = problem_of(refusal, chosen.status);
        let known = schema.view().map(|view| view.property_names()).unwrap_or_default();
        let words = [("message", &own["detail"]), ("error", &own["title"])];
        let members = own.as_object().into_iter().flatten().map(|(name, own)| (name.as_str(), own));
        for (name, word) in members.chain(words) {
            if !known.contains(&name) {
                continue;
            }
            let Some(earlier) =
                value.as_object_mut().map(|map| map.insert(name.to_owned(), word.clone()))
            else {
                break;
            };
            if !schema.is_valid(&value)
                && let Some(map) = value.as_object_mut()
            {
                match earlier {
                    Some(earlier) => map.insert(name.to_owned(), earlier),
                    None => map.shift_remove(name),
                };
            }
        }
    }
    Some(render::body(media, &value))
}

/// Problem details (RFC 9457), where nothing is declared.
fn problem(refusal: &Refusal) -> Answer {
    let body = Bytes::from(problem_of(refusal, refusal.status).to_string());
    answer(refusal.status, Some("application/problem+json"), body)
}

fn problem_of(refusal: &Refusal, status: u16) -> Value {
    let known = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut body = Map::new();
    body.insert("type".to_owned(), json!("about:blank"));
    body.insert("title".to_owned(), json!(known.unwrap_or("The request failed")));
    body.insert("status".to_owned(), json!(status));
    body.insert("detail".to_owned(), json!(refusal.reason));
    if !refusal.problems.is_empty() {
        let errors = refusal.problems.iter();
        let errors = errors.map(|own| json!({"field": own.field, "detail": own.message}));
        body.insert("errors".to_owned(), errors.collect());
    }
    Value::Object(body)
}

/// Says which schemes the operation takes.
fn challenge(service: &Service, operation: Option<usize>, headers: &mut HeaderMap) {
    let routes = &service.data().routes;
    if service.is_laravel() {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return;
    }
    let realm: String = routes
        .title
        .chars()
        .filter(|own| (' '..='~').contains(own) && !"\"\\".contains(*own))
        .take(100)
        .collect();
    let security = operation.map(|own: usize| -> &Operation { &service.operations()[own] });
    let names = security.into_iter().flat_map(|own| own.security.iter().flatten());
    let mut told: Vec<String> = Vec::new();
    for scheme in names.filter_map(|name| routes.security_schemes.get(name)) {
        let challenge = match scheme {
            SecurityScheme::Http { scheme } => format!("{} realm=\"{realm}\"", capital(scheme)),
            SecurityScheme::Oauth2 | SecurityScheme::OpenIdConnect => {
                format!("Bearer realm=\"{realm}\"")
            }
            // No scheme is registered for keys; this is what most servers write.
            SecurityScheme::ApiKey { name, place } => {
                format!("ApiKey realm=\"{realm}\", in=\"{place}\", name=\"{name}\"")
            }
            SecurityScheme::MutualTls | SecurityScheme::Other => continue,
        };
        if !told.contains(&challenge) {
            told.push(challenge);
        }
    }
    for challenge in told {
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            headers.append(WWW_AUTHENTICATE, value);
        }
    }
}

/// `bearer` as it is mostly written. Case means nothing here.
fn capital(scheme: &str) -> String {
    let mut characters = scheme.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
