//! Who may speak to the mock about itself: programs and pages of this machine, and whom the settings name.
//!
//! A page from anywhere can make a browser ask a server on this machine, under a name that leads there. Such a request
//! says so in its `Host` or `Origin`; requests for the API itself are let be, as a real server would.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderValue};

/// Why a request about the mock itself is refused; `None` if it may pass.
pub(crate) fn refusal(headers: &HeaderMap, allowed: &[String]) -> Option<String> {
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
    let host = headers.get(HOST).map(text).unwrap_or_default();
    if !may(&host, allowed) {
        return Some(format!(
            "the mock answers about itself to this machine only, and not to the host `{}`; start it with --allow-host to allow another name",
            shown(&host)
        ));
    }
    let foreign = headers.get_all(ORIGIN).iter().map(text).find(|origin| {
        let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
        !may(authority, allowed)
    });
    if let Some(origin) = foreign {
        return Some(format!(
            "the mock answers about itself to no page of another origin, such as `{}`",
            shown(&origin)
        ));
    }
    let is_cross = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    is_cross.then(|| "the mock answers about itself to no page of another site".to_owned())
}

/// Whether a host, with or without a port, is this machine or one that was allowed.
fn may(authority: &str, allowed: &[String]) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        || allowed.iter().any(|name| !host.is_empty() && name.eq_ignore_ascii_case(host))
}

fn shown(text: &str) -> String {
    text.chars().take(100).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: Option<&'static str>, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.extend(host.map(|host| (HOST, HeaderValue::from_static(host))));
        headers.extend(origin.map(|origin| (ORIGIN, HeaderValue::from_static(origin))));
        refusal(&headers, &["mock".to_owned()]).is_some()
    }

    #[test]
    fn this_machine_and_nobody_else() {
        for host in
            ["localhost", "LOCALHOST:4010", "127.0.0.1:4010", "127.1.2.3", "[::1]:4010", "mock:80"]
        {
            assert!(!refused(Some(host), None), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "",
            "[::2]",
            "evil@localhost",
            "mock.evil",
        ] {
            assert!(refused(Some(host), None), "{host}");
        }
        assert!(refused(None, None));
        for origin in
            ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:1", "http://mock"]
        {
            assert!(!refused(Some("localhost"), Some(origin)), "{origin}");
        }
        for origin in ["null", "http://evil.example", "http://localhost.evil", "file://", ""] {
            assert!(refused(Some("localhost"), Some(origin)), "{origin}");
        }
    }
}
