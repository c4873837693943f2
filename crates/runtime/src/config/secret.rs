//! Credentials, which can be sent and never be seen.

use std::fmt;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};

use crate::error::{Error, Result};
use crate::scalar::base64;
use crate::service::{AuthScheme, Carrier};

/// A credential ready to travel. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) enum Credential {
    Header(HeaderName, HeaderValue),
    /// Cookies share one header, so they wait as text.
    Cookie(String),
    Query(&'static str, String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("set")
    }
}

impl Credential {
    /// Makes `secret` ready to travel as `scheme` says; for basic authentication it is `user:password`.
    pub(crate) fn new(scheme: &AuthScheme, secret: &str) -> Result<Self> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(Error::configuration(format!(
                "the key for `{}` is empty{}",
                scheme.name,
                hint(scheme)
            )));
        }
        match scheme.carrier {
            Carrier::Bearer => Self::header(scheme, "authorization", &format!("Bearer {secret}")),
            Carrier::Basic(_) => Self::header(
                scheme,
                "authorization",
                &format!("Basic {}", base64::encode(secret.as_bytes())),
            ),
            Carrier::Header(name) => Self::header(scheme, name, secret),
            Carrier::Query(name) => Ok(Self::Query(name, secret.to_owned())),
            Carrier::Cookie(name) => {
                let cookie = format!("{name}={secret}");
                match HeaderValue::from_str(&cookie) {
                    Ok(_) if !secret.contains([';', ',', ' ']) => Ok(Self::Cookie(cookie)),
                    _ => Err(malformed(scheme)),
                }
            }
        }
    }

    fn header(scheme: &AuthScheme, name: &str, value: &str) -> Result<Self> {
        let name = if name == "authorization" {
            AUTHORIZATION
        } else {
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| malformed(scheme))?
        };
        let mut value = HeaderValue::from_str(value).map_err(|_| malformed(scheme))?;
        value.set_sensitive(true);
        Ok(Self::Header(name, value))
    }

    /// Puts the credential where it belongs. A header that the caller set himself stands.
    pub(crate) fn apply(&self, headers: &mut reqwest::header::HeaderMap, url: &mut reqwest::Url) {
        match self {
            Self::Header(name, value) => {
                headers.entry(name.clone()).or_insert_with(|| value.clone());
            }
            Self::Query(name, secret) => {
                // A redirect within the host may have brought it along.
                if !url.query_pairs().any(|(known, _)| known == *name) {
                    url.query_pairs_mut().append_pair(name, secret);
                }
            }
            Self::Cookie(cookie) => {
                let before = headers.get(COOKIE).and_then(|value| value.to_str().ok());
                let all =
                    before.map_or_else(|| cookie.clone(), |before| format!("{before}; {cookie}"));
                if let Ok(mut value) = HeaderValue::from_str(&all) {
                    value.set_sensitive(true);
                    headers.insert(COOKIE, value);
                }
            }
        }
    }
}

/// The parts of a secret that must appear nowhere: itself, and the form in which it travels.
pub(crate) fn to_mask(scheme: &AuthScheme, secret: &str) -> Vec<String> {
    let secret = secret.trim();
    let mut parts = vec![secret.to_owned()];
    match scheme.carrier {
        Carrier::Basic(_) => {
            parts.push(base64::encode(secret.as_bytes()));
            parts.extend(secret.split_once(':').map(|(_, password)| password.to_owned()));
        }
        Carrier::Query(_) => parts.push(crate::encode::percent::query(secret)),
        _ => {}
    }
    parts
}

/// Names the environment variable, so that the message of an error says what to do.
pub(crate) fn hint(scheme: &AuthScheme) -> String {
    match (scheme.env, scheme.carrier) {
        ("", _) => String::new(),
        (user, Carrier::Basic(password)) if !password.is_empty() => {
            format!(" (environment: {user} and {password})")
        }
        (env, _) => format!(" (environment: {env})"),
    }
}

fn malformed(scheme: &AuthScheme) -> Error {
    Error::configuration(format!(
        "the key for `{}` holds characters that cannot travel in a header",
        scheme.name
    ))
}
