//! Why an address gave nothing, in sentences for people.

use std::net::ToSocketAddrs as _;
use std::time::{Duration, SystemTime};

use ureq::http::{HeaderMap, StatusCode};
use url::Url;

use super::fetch::Limits;
use super::wait;

/// Why a try failed, and whether another one may help.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) why: String,
    pub(super) again: Again,
}

/// Whether another try may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    Soon,
    /// The server says when.
    After(Duration),
}

impl Refusal {
    pub(super) fn never(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: Again::Never }
    }

    pub(super) fn soon(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: Again::Soon }
    }

    /// What a status other than 200 means.
    pub(super) fn of_status(
        status: StatusCode,
        headers: &HeaderMap,
        body: &str,
        limits: &Limits,
    ) -> Self {
        if is_challenge(headers, body) {
            return Self::never(format!(
                "the server says {status} and wants to see a browser (a challenge page), which a program cannot be; ask whoever runs the site to let this one through, or give a file to `cargo xtask import`"
            ));
        }
        let said = format!("the server says {status}");
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Self::never(format!("{said}: it wants credentials, and none are sent from here"))
            }
            StatusCode::FORBIDDEN => Self::never(format!(
                "{said}: it does not let this program in; look whether the address opens in a browser"
            )),
            StatusCode::GONE => Self::never(format!("{said}: it is not published there any more")),
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => {
                Self::never(format!("{said}: there is nothing in it"))
            }
            StatusCode::PARTIAL_CONTENT => {
                Self::soon(format!("{said}: a part of what was asked for as a whole"))
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                match wait::retry_after(headers, SystemTime::now()) {
                    Some(after) if after > limits.longest_wait => Self::never(format!(
                        "{said} and not to come back for {}; run it again then",
                        wait::words(after)
                    )),
                    Some(after) => Self { why: said, again: Again::After(after) },
                    None => Self::soon(said),
                }
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Self::soon(said)
            }
            _ => Self::never(said),
        }
    }

    /// What an error on the way means.
    pub(super) fn of_error(error: &ureq::Error, address: &Url, limits: &Limits) -> Self {
        let host = address.host_str().unwrap_or_default();
        match error {
            ureq::Error::Timeout(_) => slow(limits),
            ureq::Error::HostNotFound => Self::soon(no_such_name(host)),
            ureq::Error::Io(_) if !resolves(address) => Self::soon(no_such_name(host)),
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                let port = address.port_or_known_default().unwrap_or_default();
                Self::soon(format!("nothing answers at {host}, port {port}"))
            }
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
                Self::never(format!("there is no safe connection to {host}: {error}"))
            }
            ureq::Error::Protocol(error) => {
                Self::soon(format!("what {host} answers is not HTTP: {error}"))
            }
            other => Self::soon(other.to_string()),
        }
    }
}

pub(super) fn slow(limits: &Limits) -> Refusal {
    Refusal::never(format!("the answer took more than {} s", limits.whole.as_secs_f32()))
}

pub(super) fn too_large(limits: &Limits) -> Refusal {
    Refusal::never(format!("the answer is larger than {} bytes", limits.largest))
}

fn no_such_name(host: &str) -> String {
    format!(
        "the name {host} does not resolve; look for a typing error in it, and whether there is a network"
    )
}

fn resolves(address: &Url) -> bool {
    let Some(host) = address.host_str() else { return false };
    let port = address.port_or_known_default().unwrap_or(443);
    (host.trim_matches(['[', ']']), port)
        .to_socket_addrs()
        .is_ok_and(|mut found| found.next().is_some())
}

/// Whether this is a page that asks for a browser instead of what was asked for.
pub(super) fn is_challenge(headers: &HeaderMap, body: &str) -> bool {
    let says = |name: &str, what: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().contains(what))
    };
    let body = body.to_ascii_lowercase();
    let html = body.trim_start().starts_with('<');
    says("cf-mitigated", "challenge")
        || says("x-amzn-waf-action", "challenge")
        || says("x-amzn-waf-action", "captcha")
        || html
            && ["just a moment", "captcha", "challenge-platform", "enable javascript and cookies"]
                .iter()
                .any(|words| body.contains(words))
}
