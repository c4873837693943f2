//! Redirects, followed by hand: the key stays with the host for which it is meant.

use std::borrow::Cow;
use std::future::Future;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, USER_AGENT};
use reqwest::{Method, StatusCode, Url};

use super::plan::{Plan, is_same_origin};
use super::transport::classify;
use crate::encode::content::{Content, Prepared};
use crate::error::Result;

/// As many as browsers and other clients follow, or fewer.
const MOST_HOPS: usize = 10;

/// A reply that is no redirect, or a redirect that is not followed and why.
pub(crate) struct Arrived {
    pub(crate) response: reqwest::Response,
    pub(crate) refused: Option<&'static str>,
}

/// Where the request stands between two hops.
struct Hop<'p> {
    url: Cow<'p, Url>,
    method: Method,
    headers: Cow<'p, HeaderMap>,
    /// False once another host was visited, also if the way leads back.
    is_home: bool,
    has_content: bool,
}

impl Plan {
    /// Sends the request, and follows redirects as far as that is safe.
    pub(crate) async fn follow(&self, headers: &HeaderMap) -> Result<Arrived> {
        let has_content = !matches!(self.content, Content::None);
        let mut hop = Hop {
            url: Cow::Borrowed(&self.url),
            method: self.call.method.clone(),
            headers: Cow::Borrowed(headers),
            is_home: true,
            has_content,
        };
        let mut hops = 0;
        loop {
            // Boxed, because most requests carry nothing, and should not set room aside for it.
            let content = if hop.has_content {
                Some(Box::pin(self.content.prepare(self.kind)).await?)
            } else {
                None
            };
            let sent = self.send_hop(&hop, content)?;
            let response =
                sent.await.map_err(|error| classify(error, self.settings().connect_timeout))?;
            let Some(next) = next_url(&hop.url, &response) else {
                return Ok(Arrived { response, refused: None });
            };
            let step = if hops == MOST_HOPS {
                Err("the redirects lead in a circle, or nearly so")
            } else {
                self.step(&mut hop, next, response.status())
            };
            if let Err(reason) = step {
                return Ok(Arrived { response, refused: Some(reason) });
            }
            hops += 1;
        }
    }

    /// What is sent is settled here, and not in the future, which keeps none of it while it waits.
    fn send_hop(
        &self,
        hop: &Hop<'_>,
        content: Option<Prepared>,
    ) -> Result<impl Future<Output = reqwest::Result<reqwest::Response>> + use<>> {
        let inner = self.client.inner();
        let mut url = Url::clone(&hop.url);
        let mut headers = with_room(&hop.headers);
        if hop.is_home {
            let at_hand = |name| inner.config.credentials.get(name);
            for credential in self.credentials.iter().filter_map(at_hand) {
                credential.apply(&mut headers, &mut url);
            }
        }
        let mut request = reqwest::Request::new(hop.method.clone(), url);
        if let Some(Prepared { media_type, body }) = content {
            if let Some(media_type) = media_type.and_then(|text| text.parse().ok()) {
                headers.entry(CONTENT_TYPE).or_insert(media_type);
            }
            *request.body_mut() = body.map(crate::body::wire::WireBody::into_reqwest);
        }
        *request.headers_mut() = headers;
        Ok(inner.transport.client(self.settings().connect_timeout)?.execute(request))
    }

    /// Prepares the next hop, or says why it must not be made.
    fn step(&self, hop: &mut Hop<'_>, next: Url, status: StatusCode) -> Result<(), &'static str> {
        let becomes_get = match status {
            StatusCode::SEE_OTHER => hop.method != Method::HEAD,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => hop.method == Method::POST,
            _ => false,
        };
        if becomes_get {
            hop.method = Method::GET;
            hop.has_content = false;
            hop.headers.to_mut().remove(CONTENT_TYPE);
        }
        if !matches!(next.scheme(), "http" | "https") {
            return Err("the redirect leads away from the web");
        }
        if hop.url.scheme() == "https" && next.scheme() == "http" {
            return Err("a redirect from https to http is not followed");
        }
        if hop.has_content && !self.content.can_be_sent_again() {
            return Err("the redirect is not followed, because the body was a stream and is spent");
        }
        if !is_same_origin(&next, &self.url) {
            if hop.has_content || !hop.method.is_safe() {
                return Err(
                    "a redirect to another host is followed only for requests that change nothing",
                );
            }
            if self.client.inner().redactor.is_in(next.as_str()) {
                return Err("the redirect to another host would carry the key in its address");
            }
            hop.is_home = false;
            // Any other header may hold a secret.
            let kept: HeaderMap = [ACCEPT, USER_AGENT]
                .into_iter()
                .filter_map(|name| hop.headers.get(&name).cloned().map(|value| (name, value)))
                .collect();
            hop.headers = Cow::Owned(kept);
        }
        hop.url = Cow::Owned(next);
        Ok(())
    }
}

/// A copy that the key and a content type fit into; a plain one would have to grow for them.
fn with_room(headers: &HeaderMap) -> HeaderMap {
    let mut copy = HeaderMap::with_capacity(headers.len() + 2);
    copy.extend(headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    copy
}

/// Where a redirect leads, if the reply is one.
fn next_url(from: &Url, response: &reqwest::Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    from.join(std::str::from_utf8(location.as_bytes()).ok()?).ok()
}
