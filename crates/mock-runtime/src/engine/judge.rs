//! What is not as the document says in an exchange that somebody else answers.
//!
//! For a mock that stands before the real API. A request is judged as the mock judges its own, a reply by what the
//! operation declares. A finding says what is wrong and where, never what was sent there.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Method, Request};
use serde::Serialize;
use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::{Engine, Told, limit};
use crate::checks::{Checked, Terms};
use crate::data::Style;
use crate::decode;
use crate::direction::Way;
use crate::encoding;
use crate::failure::Refusal;
use crate::forms::Kind;
use crate::media;

/// Most findings of one reply.
const FINDINGS: usize = 10;

/// Which half of an exchange a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// What the caller sent.
    Request,
    /// What came back.
    Reply,
}

/// One thing that is not as the document says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    pub half: Half,
    /// One sentence, without what was sent.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = match self.half {
            Half::Request => "request",
            Half::Reply => "reply",
        };
        write!(f, "{half}: {}", self.text)
    }
}

/// What became of judging a request.
#[derive(Debug)]
pub(crate) struct Judged {
    /// The operation that it means.
    pub(crate) operation: Option<usize>,
    /// Why it would have been refused.
    pub(crate) refusal: Option<Refusal>,
}

impl Engine {
    /// Judges a request that is to be answered elsewhere.
    pub(crate) fn judged_request(&self, request: &Request<Bytes>) -> Judged {
        let settings = self.state().settings.clone();
        let most = limit(request, &settings);
        let plain = match encoding::decoded(request, most) {
            Ok(None) => None,
            Ok(Some(body)) => Some(encoding::with(request.clone(), body)),
            Err(refusal) => return Judged { operation: None, refusal: Some(refusal) },
        };
        let mut call = Call::new(&self.service, settings, plain.as_ref().unwrap_or(request));
        let refusal = call.judged().err();
        Judged { operation: call.operation, refusal }
    }

    /// What is not as declared in the reply of an operation.
    pub(crate) fn judged_reply(
        &self,
        operation: usize,
        method: &Method,
        status: u16,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Vec<String> {
        let own = &self.service.operations()[operation];
        let Some(position) = self.service.declared(operation, status) else {
            let known: Vec<_> = own.responses.keys().map(String::as_str).collect();
            return vec![format!("the status {status} is not declared; {} are", known.join(", "))];
        };
        let mut found = self.judged_headers(operation, position, headers);
        let bodiless = method == Method::HEAD || matches!(status, 204 | 304);
        if !bodiless {
            found.extend(self.judged_body(operation, position, headers, body));
        }
        found.truncate(FINDINGS);
        found
    }

    fn judged_headers(&self, operation: usize, position: usize, sent: &HeaderMap) -> Vec<String> {
        let Some((_, response)) =
            self.service.operations()[operation].responses.get_index(position)
        else {
            return Vec::new();
        };
        let terms = Terms::of(&self.service.data().routes, Way::Reply);
        let mut found = Vec::new();
        for (name, declared) in &response.headers {
            let Some(text) = sent.get(name.as_str()).and_then(|value| value.to_str().ok()) else {
                continue;
            };
            let checked = Checked::new(declared.schema.as_ref(), terms);
            let value = decode::simple(name, Style::Simple, false, checked.view(), text);
            let complaints = checked.complaints(&value, 1);
            found.extend(complaints.iter().map(|text| format!("the header {name}: {text}")));
        }
        found
    }

    fn judged_body(
        &self,
        operation: usize,
        position: usize,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Vec<String> {
        let Some((_, response)) =
            self.service.operations()[operation].responses.get_index(position)
        else {
            return Vec::new();
        };
        let types = || response.content.keys().map(String::as_str).collect::<Vec<_>>().join(" or ");
        match (response.content.is_empty(), body.is_empty()) {
            (true, true) => return Vec::new(),
            (true, false) => return vec!["there is a body, and none is declared".to_owned()],
            (false, true) => return vec![format!("there is no body; {} is declared", types())],
            (false, false) => {}
        }
        let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let sent = sent.unwrap_or_default();
        let Some(chosen) = media::position(response.content.keys(), sent) else {
            let sent: String = sent.chars().take(100).collect();
            let sent = if sent.is_empty() { "missing" } else { &sent };
            return vec![format!("the Content-Type is {sent}; {} is declared", types())];
        };
        let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if Kind::of(&essence) != Kind::Json {
            return Vec::new();
        }
        let plain = match self.unpacked(headers, body) {
            Ok(plain) => plain,
            Err(reason) => return vec![format!("it cannot be checked: {reason}")],
        };
        match serde_json::from_slice::<Value>(&plain) {
            Err(error) => vec![format!("the body is no JSON: {error}")],
            Ok(value) => {
                let schema = self.service.schema_of(operation, position, chosen);
                schema.map(|schema| schema.complaints(&value, FINDINGS)).unwrap_or_default()
            }
        }
    }

    /// The body as it is meant.
    fn unpacked(&self, headers: &HeaderMap, body: &Bytes) -> Result<Bytes, String> {
        let mut packed = Request::new(body.clone());
        for line in headers.get_all(CONTENT_ENCODING) {
            packed.headers_mut().append(CONTENT_ENCODING, line.clone());
        }
        let most = self.state().settings.max_upload;
        let plain = encoding::decoded(&packed, most).map_err(|refusal| refusal.reason)?;
        Ok(plain.unwrap_or_else(|| body.clone()))
    }

    /// Records an exchange that was answered elsewhere.
    pub(crate) fn passed_on(
        &self,
        request: Request<Bytes>,
        answer: Answer,
        judged: Judged,
        mut findings: Vec<Finding>,
        now: Duration,
    ) -> Answer {
        let Judged { operation, refusal } = judged;
        let blame = refusal.as_ref().map(|refusal| refusal.blame);
        if let Some(refusal) = refusal {
            findings.insert(0, Finding { half: Half::Request, text: refusal.reason });
        }
        let told: Vec<_> = findings.iter().map(ToString::to_string).collect();
        let note = (!told.is_empty()).then(|| told.join("; "));
        let told = Told { operation, note, unmatched: false, refusal: None, blame, findings };
        self.record(request, answer, told, now)
    }
}
