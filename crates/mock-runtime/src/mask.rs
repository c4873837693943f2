//! Keeps secrets out of what people see of a request: the log's line, the page, `/_mock/requests`.
//!
//! What is secret the document's security schemes say, and the words that people name secrets by. What a test gets to
//! see of its own requests is not masked.

use std::collections::HashSet;

use http::{HeaderName, Uri};
use serde_json::Value;

use crate::data::{Routes, SecurityScheme};
use crate::text;

/// Stands for a secret.
const MASK: &str = "…";

/// Words that name a secret wherever they stand in a name.
const WITHIN: [&str; 14] = [
    "token",
    "secret",
    "passw",
    "passphrase",
    "signature",
    "credential",
    "authoriz",
    "authentic",
    "apikey",
    "accesskey",
    "privatekey",
    "cookie",
    "session",
    "bearer",
];
/// Words that name a secret as words of their own.
const WORDS: [&str; 8] = ["key", "keys", "auth", "pwd", "sig", "jwt", "otp", "pin"];

/// What is secret in one API.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    /// Names of headers, parameters and cookies that carry credentials, in lower case.
    names: HashSet<String>,
}

impl Mask {
    pub(crate) fn of(routes: &Routes) -> Self {
        let names = routes.security_schemes.values().filter_map(|scheme| match scheme {
            SecurityScheme::ApiKey { name, .. } => Some(name.to_lowercase()),
            _ => None,
        });
        Self { names: names.collect() }
    }

    /// Whether what stands under a name is secret.
    pub(crate) fn hides(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let plain: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
        self.names.contains(&lower)
            || WITHIN.iter().any(|word| plain.contains(word))
            || words(name).iter().any(|word| WORDS.contains(&word.as_str()))
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &HeaderName, value: &[u8]) -> String {
        if self.hides(name.as_str()) {
            return MASK.to_owned();
        }
        let text = String::from_utf8_lossy(value).into_owned();
        // A referer is an address, and may have a query.
        match text.split_once('?') {
            Some((path, query)) if text.contains("://") => {
                format!("{path}?{}", self.query(query))
            }
            _ => text,
        }
    }

    /// Path and query of a request.
    pub(crate) fn target(&self, uri: &Uri) -> String {
        match uri.query() {
            Some(query) => format!("{}?{}", uri.path(), self.query(query)),
            None => uri.path().to_owned(),
        }
    }

    fn query(&self, query: &str) -> String {
        let part = |part: &str| match part.split_once('=') {
            Some((name, _)) if self.hides_encoded(name) => format!("{name}={MASK}"),
            _ => part.to_owned(),
        };
        query.split('&').map(part).collect::<Vec<_>>().join("&")
    }

    fn hides_encoded(&self, name: &str) -> bool {
        let pairs = text::pairs(name, 2).unwrap_or_default();
        self.hides(name) || pairs.iter().any(|pair| self.hides(&pair.name))
    }

    /// A body of any kind, as text. What cannot be taken apart is shown only if it names no secret.
    pub(crate) fn body(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        if let Ok(mut value) = serde_json::from_str::<Value>(&text)
            && (value.is_object() || value.is_array())
        {
            return if self.value(&mut value) { value.to_string() } else { text.into_owned() };
        }
        let is_form = !text.contains(['\n', '{', '<', ' ']) && text.contains('=');
        if is_form {
            return self.query(&text);
        }
        let names: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let names = names.to_lowercase();
        if WITHIN.iter().any(|word| names.contains(word)) || text.contains("-----BEGIN") {
            return format!("({} bytes that name a secret; not shown)", body.len());
        }
        text.into_owned()
    }

    /// Masks what is secret; tells whether anything was. The depth is that of the JSON reader.
    fn value(&self, value: &mut Value) -> bool {
        match value {
            Value::Object(map) => {
                let mut masked = false;
                for (name, value) in map.iter_mut() {
                    if self.hides(name) && !value.is_null() && !value.is_boolean() {
                        *value = MASK.into();
                        masked = true;
                    } else {
                        masked |= self.value(value);
                    }
                }
                masked
            }
            Value::Array(list) => {
                list.iter_mut().fold(false, |masked, value| self.value(value) | masked)
            }
            _ => false,
        }
    }
}

/// The words of a name, in lower case: `X-Api-Key`, `apiKey` and `api_key` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_by_many_names() {
        let mask = Mask { names: HashSet::from(["x-tenant".to_owned()]) };
        for name in [
            "Authorization",
            "X-Api-Key",
            "apiKey",
            "api_key",
            "X-Auth",
            "X-Secret",
            "x-password",
            "X-Session",
            "X-Tenant",
            "accessToken",
            "refresh_token",
            "sig",
            "X-Amz-Signature",
            "Cookie",
        ] {
            assert!(mask.hides(name), "{name}");
        }
        for name in
            ["author", "monkey", "keyboard", "limit", "accept", "signal", "pinned", "design"]
        {
            assert!(!mask.hides(name), "{name}");
        }
    }

    #[test]
    fn bodies_and_addresses() {
        let mask = Mask::default();
        assert_eq!(mask.query("a=1&api_key=s3&token=s3&b"), "a=1&api_key=…&token=…&b");
        assert_eq!(mask.query("api%5Fkey=s3"), "api%5Fkey=…");
        assert_eq!(
            mask.body(br#"{"user":"a","login":{"password":"s3"}}"#),
            r#"{"user":"a","login":{"password":"…"}}"#
        );
        assert_eq!(mask.body(b"user=a&password=s3"), "user=a&password=…");
        assert_eq!(mask.body(br#"{ "plain": 1 }"#), r#"{ "plain": 1 }"#);
        assert!(!mask.body(br#"{"password":"s3""#).contains("s3"));
    }
}
