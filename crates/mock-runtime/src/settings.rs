//! How the mock behaves: for the whole server ([`Settings`]) and for one request ([`Prefer`]).
//!
//! `Prefer:` follows Prism where Prism has a word for it (`code`, `example`, `dynamic`), and so do the
//! query parameters `__code`, `__example` and `__dynamic`.

use std::time::Duration;

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::failure::Refusal;
use crate::text::Pair;

/// What goes wrong on the way of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// The connection ends without a reply.
    Drop,
    /// The connection is reset.
    Reset,
    /// The head and half of the body arrive, then the connection ends.
    Half,
    /// The body arrives in small pieces, a tenth of a second apart.
    Drip,
}

impl std::str::FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "drop" => Ok(Self::Drop),
            "reset" => Ok(Self::Reset),
            "half" => Ok(Self::Half),
            "drip" => Ok(Self::Drip),
            other => Err(format!("{other} is no fault: it must be drop, reset, half or drip")),
        }
    }
}

/// What becomes of requests whose parameters or body are not what the document describes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Validation {
    /// They are refused.
    #[default]
    Strict,
    /// They are answered as if all were well; the log and the header `mock-reason` say what is wrong.
    Log,
    /// They are not looked at.
    Off,
}

impl std::str::FromStr for Validation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "strict" => Ok(Self::Strict),
            "log" => Ok(Self::Log),
            "off" => Ok(Self::Off),
            other => Err(format!("{other} is no way to validate: it must be strict, log or off")),
        }
    }
}

/// Behaviour of the whole server.
///
/// ```
/// let settings = lockstep_mock::Settings { rate_limit: Some(10), ..Default::default() };
/// assert!(settings.check_key);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether requests need a credential, as the document says. Any credential will do, unless `key` names one.
    pub check_key: bool,
    /// The one key that is accepted.
    pub key: Option<String>,
    /// Milliseconds that every reply is held back.
    pub latency_ms: u64,
    /// What goes wrong with replies.
    pub fault: Option<Fault>,
    /// Share of the replies that `fault` meets, from 0 to 1.
    pub fault_rate: f64,
    /// Requests per minute.
    pub rate_limit: Option<u64>,
    /// Credits there are; every successful request takes one, and there is a 402 when none is left.
    pub credits: Option<u64>,
    /// Items that a paged operation has in all. `None`: every page is the fixture.
    pub items: Option<u64>,
    /// Items of a page, where the request does not say.
    pub page_size: u64,
    /// Whether replies are made from schemas instead of fixtures.
    pub dynamic: bool,
    /// What made data grow from.
    pub seed: u64,
    /// Longest JSON, form or text body, in bytes.
    pub max_body: usize,
    /// Longest upload, in bytes: multipart and binary bodies.
    pub max_upload: usize,
    /// Whether pages of other origins may ask for the API (CORS). They never may ask the mock about itself.
    pub cors: bool,
    /// What becomes of requests that are not what the document describes.
    pub validation: Validation,
    /// Whether what callers create can be fetched, listed, changed and deleted.
    pub state: bool,
    /// Hosts that may ask the mock about itself, beside this machine.
    pub allow_hosts: Vec<String>,
    /// Requests that are kept.
    pub record: usize,
    /// Bytes of bodies and heads that the kept requests may have together.
    pub record_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            check_key: true,
            key: None,
            latency_ms: 0,
            fault: None,
            fault_rate: 1.0,
            rate_limit: None,
            credits: None,
            items: None,
            page_size: 10,
            dynamic: false,
            seed: 0,
            max_body: 8 << 20,
            max_upload: 101 << 20,
            cors: true,
            validation: Validation::Strict,
            state: false,
            allow_hosts: Vec::new(),
            record: 1_000,
            record_bytes: 8 << 20,
        }
    }
}

/// Longest wait that a request may ask for.
const WAIT: f64 = 300.0;
/// Most items that a request may ask for.
const ITEMS: u64 = 1_000_000;

/// What one request asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Prefer {
    pub(crate) code: Option<u16>,
    pub(crate) example: Option<String>,
    pub(crate) dynamic: Option<bool>,
    pub(crate) seed: Option<u64>,
    pub(crate) wait: Option<Duration>,
    pub(crate) fault: Option<Fault>,
    pub(crate) items: Option<u64>,
    pub(crate) validation: Option<Validation>,
}

impl Prefer {
    /// Reads every `Prefer` header, and Prism's query parameters. Preferences of others are let be.
    pub(crate) fn read(headers: &HeaderMap, query: &[Pair<'_>]) -> Result<Self, Refusal> {
        let mut prefer = Self::default();
        for value in headers.get_all("prefer") {
            let text =
                value.to_str().map_err(|_| Refusal::own(400, "Prefer: the header is not text"))?;
            for preference in text.split([',', ';']) {
                let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
                prefer.set(name.trim(), value.trim().trim_matches('"'))?;
            }
        }
        for pair in query {
            if let Some(name) = pair.name.strip_prefix("__") {
                prefer.set(name, &pair.value)?;
            }
        }
        Ok(prefer)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let wrong = |wanted: &str| Refusal::own(400, format!("Prefer: {name} must be {wanted}"));
        match name {
            "code" => {
                let code = value.parse().ok().filter(|code| (200..600).contains(code));
                self.code = Some(code.ok_or_else(|| wrong("a status from 200 to 599"))?);
            }
            "example" => self.example = Some(value.to_owned()),
            "dynamic" => self.dynamic = Some(!matches!(value, "false" | "0")),
            "seed" => self.seed = Some(value.parse().map_err(|_| wrong("a number"))?),
            "wait" => {
                let seconds = value.parse().ok().filter(|seconds| (0.0..=WAIT).contains(seconds));
                self.wait = Some(Duration::from_secs_f64(
                    seconds.ok_or_else(|| wrong("seconds, 300 at most"))?,
                ));
            }
            "fault" => {
                self.fault = Some(value.parse().map_err(|_| wrong("drop, reset, half or drip"))?)
            }
            "validation" => {
                let validation = value.parse().map_err(|_| wrong("strict, log or off"))?;
                self.validation = Some(validation);
            }
            "items" => {
                let items = value.parse().ok().filter(|items| *items <= ITEMS);
                self.items = Some(items.ok_or_else(|| wrong("a number, 1000000 at most"))?);
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str], query: &str) -> Result<Prefer, u16> {
        let headers = values
            .iter()
            .map(|value| {
                (http::HeaderName::from_static("prefer"), http::HeaderValue::from_static(value))
            })
            .collect();
        let pairs = crate::text::pairs(query, 9).expect("well formed");
        Prefer::read(&headers, &pairs).map_err(|refusal| refusal.status)
    }

    #[test]
    fn reads_what_prism_reads_and_more() {
        let prefer =
            read(&["code=429, wait=0.5", "example=\"second\"; fault=reset, respond-async"], "")
                .expect("well formed");
        assert_eq!(prefer.code, Some(429));
        assert_eq!(prefer.wait, Some(Duration::from_millis(500)));
        assert_eq!((prefer.example.as_deref(), prefer.fault), (Some("second"), Some(Fault::Reset)));
        assert_eq!(
            read(&["dynamic=true"], "__code=404").map(|prefer| (prefer.dynamic, prefer.code)),
            Ok((Some(true), Some(404)))
        );
        for bad in [
            "code=99",
            "code=600",
            "code=x",
            "wait=-1",
            "wait=NaN",
            "wait=1e9",
            "fault=x",
            "items=1000001",
        ] {
            assert_eq!(read(&[bad], ""), Err(400), "{bad}");
        }
    }
}
