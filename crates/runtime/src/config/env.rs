//! Settings from environment variables, under the names that the service gave them.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::builder::ClientBuilder;
use super::secret::hint;
use crate::error::{Error, Result};
use crate::observe::LogLevel;
use crate::service::Carrier;

impl<C> ClientBuilder<C> {
    /// Takes over what the service's environment variables say: keys, base URL, extra headers, log level.
    ///
    /// What was set on the builder before is kept only where the environment says nothing.
    ///
    /// # Errors
    /// [`Error::Configuration`] when a variable is malformed. A missing key is no error here, because it
    /// may be set afterwards; see [`demand_key`](Self::demand_key).
    pub fn env(self) -> Result<Self> {
        self.env_from(|name| std::env::var(name).ok())
    }

    /// Refuses to go on without any credential where every operation needs one. `from_env` calls this.
    ///
    /// # Errors
    /// [`Error::Configuration`], with the variables that would have held one.
    pub fn demand_key(self) -> Result<Self> {
        let service = self.service;
        let is_optional = service.has_public_operations
            || service.security.is_empty()
            || service.security.iter().any(|set| set.is_empty());
        if is_optional || self.has_secrets() {
            return Ok(self);
        }
        let named = |name: &&str| service.auth.iter().find(|scheme| scheme.name == *name);
        let ways: Vec<String> = service
            .security
            .iter()
            .map(|set| {
                let schemes = set.iter().filter_map(named);
                let names: Vec<_> =
                    schemes.map(|scheme| format!("`{}`{}", scheme.name, hint(scheme))).collect();
                names.join(" and ")
            })
            .collect();
        Err(Error::configuration(format!(
            "every operation needs a key, and none is set for {}",
            ways.join(", or ")
        )))
    }

    /// Like [`env`](Self::env), from somewhere else: a configuration file, or a test.
    ///
    /// # Errors
    /// As for [`env`](Self::env).
    pub fn env_from(mut self, read: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let read = |name: &str| {
            let set = if name.is_empty() { None } else { read(name) };
            set.filter(|value| !value.trim().is_empty())
        };
        let service = self.service;
        for scheme in service.auth {
            match (read(scheme.env), scheme.carrier) {
                (Some(user), Carrier::Basic(password)) => {
                    let password = read(password).unwrap_or_default();
                    self = self.credential(scheme.name, format!("{user}:{password}"));
                }
                (Some(key), _) => self = self.credential(scheme.name, key),
                (None, _) => {}
            }
        }
        if let Some(url) = read(service.env_base_url) {
            self = self.base_url(url);
        }
        if let Some(lines) = read(service.env_headers) {
            for (name, value) in &parse_headers(service.env_headers, &lines)? {
                self.headers.append(name.clone(), value.clone());
            }
        }
        if let Some(level) = read(service.env_log) {
            self.log = level.trim().parse::<LogLevel>()?;
        }
        Ok(self)
    }
}

/// Reads `Name: value` lines. Values may be secrets, so no message repeats one.
fn parse_headers(variable: &str, lines: &str) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (index, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let parsed = line.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
            let mut value = HeaderValue::from_str(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        });
        let Some((name, value)) = parsed else {
            return Err(Error::configuration(format!(
                "line {} of {variable} is not `Name: value`",
                index + 1
            )));
        };
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_lines_and_errors_show_no_value() {
        let headers = parse_headers("X", "A: 1\n\n b-c :two: three \n").expect("valid");
        assert_eq!(headers["a"], "1");
        assert_eq!(headers["b-c"], "two: three");
        let error =
            parse_headers("MY_HEADERS", "A: 1\nsecret-without-colon").expect_err("no colon");
        assert_eq!(
            error.to_string(),
            "the client is not set up: line 2 of MY_HEADERS is not `Name: value`"
        );
    }
}
