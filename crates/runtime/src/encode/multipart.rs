//! `multipart/form-data` (RFC 7578): written for requests, and read back so that tests can compare them.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::Value;

use super::params::text;
use super::{essence, is_json};
use crate::body::wire::Segment;
use crate::body::{Body, FilePart};
use crate::error::Result;
use crate::random;

/// One part.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) body: Body,
}

impl Part {
    /// The parts of one field: a list repeats its name, an object travels as JSON, null does not travel.
    pub(crate) fn of_value(name: &str, media_type: Option<&str>, value: &Value) -> Vec<Self> {
        let one = |media_type: Option<&str>, text: String| {
            let body = Body::from(text);
            Self {
                name: name.to_owned(),
                file_name: None,
                media_type: media_type.map(str::to_owned),
                body,
            }
        };
        match (value, media_type) {
            (Value::Null, _) => Vec::new(),
            (Value::String(text), Some(own)) if !is_json(&essence(own)) => {
                vec![one(media_type, text.clone())]
            }
            (value, Some(_)) => vec![one(media_type, value.to_string())],
            (Value::Array(list), None) => {
                list.iter().flat_map(|item| Self::of_value(name, None, item)).collect()
            }
            (value @ Value::Object(_), None) => {
                vec![one(Some("application/json"), value.to_string())]
            }
            (value, None) => vec![one(None, text(value))],
        }
    }

    pub(crate) fn of_file(name: &str, file: FilePart) -> Self {
        let FilePart { file_name, media_type, body } = file;
        Self {
            name: name.to_owned(),
            file_name: Some(file_name),
            media_type: Some(media_type),
            body,
        }
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        let bytes = match (self.body.in_memory(), other.body.in_memory()) {
            (Some(mine), Some(others)) => mine == others,
            _ => true,
        };
        bytes
            && self.name == other.name
            && self.file_name == other.file_name
            && self.media_type == other.media_type
    }

    fn head(&self, boundary: &str) -> String {
        let mut head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            quoted(&self.name)
        );
        if let Some(file_name) = &self.file_name {
            head.push_str(&format!("; filename=\"{}\"", quoted(file_name)));
        }
        if let Some(media_type) = &self.media_type {
            // A line break here could add a header, so none gets through.
            let clean: String = media_type.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("\r\nContent-Type: {clean}"));
        }
        head.push_str("\r\n\r\n");
        head
    }
}

/// What HTML prescribes for names: quotes and line breaks are percent-encoded, the rest is UTF-8.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// The media type with its boundary, and what follows one another on the wire.
pub(crate) async fn segments(parts: &[Part]) -> Result<(String, VecDeque<Segment>)> {
    let boundary = format!("lockstep-{:032x}", random::bits());
    let mut segments = VecDeque::new();
    for part in parts {
        segments.push_back(Segment::Bytes(part.head(&boundary).into()));
        segments.push_back(Segment::open(&part.body).await?);
        segments.push_back(Segment::Bytes(Bytes::from_static(b"\r\n")));
    }
    segments.push_back(Segment::Bytes(format!("--{boundary}--\r\n").into()));
    Ok((format!("multipart/form-data; boundary={boundary}"), segments))
}

/// The parts of a body; `None` when it is no multipart body.
pub(crate) fn parse(media_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    let boundary = media_type
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("boundary="))?
        .trim_matches('"');
    if boundary.is_empty() {
        return None;
    }
    let delimiter = format!("--{boundary}");
    let mut at = find(body, delimiter.as_bytes(), 0)? + delimiter.len();
    let mut parts = Vec::new();
    loop {
        if body.get(at..at + 2)? == b"--" {
            return Some(parts);
        }
        let head_end = find(body, b"\r\n\r\n", at)?;
        let end = find(body, format!("\r\n{delimiter}").as_bytes(), head_end + 2)?;
        let head = String::from_utf8_lossy(body.get(at..head_end)?).into_owned();
        parts.push(parse_part(&head, body.slice((head_end + 4).min(end)..end))?);
        at = end + 2 + delimiter.len();
    }
}

fn parse_part(head: &str, body: Bytes) -> Option<Part> {
    let mut part =
        Part { name: String::new(), file_name: None, media_type: None, body: Body::from(body) };
    for line in head.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-type") {
            part.media_type = Some(value.trim().to_owned());
        } else if name.eq_ignore_ascii_case("content-disposition") {
            part.name = parameter(value, "; name=\"")?;
            part.file_name = parameter(value, "; filename=\"");
        }
    }
    Some(part)
}

fn parameter(disposition: &str, start: &str) -> Option<String> {
    let from = disposition.find(start)? + start.len();
    let length = disposition[from..].find('"')?;
    let raw = &disposition[from..from + length];
    Some(raw.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

fn find(body: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    body.get(from..)?.windows(needle.len()).position(|window| window == needle).map(|at| from + at)
}
