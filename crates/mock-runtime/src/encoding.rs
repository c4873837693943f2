//! Bodies that come compressed (RFC 9110, 8.4): read within the limit that holds for bodies as they are meant.

use std::io::Read;

use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http::Request;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use crate::failure::Refusal;

/// The encodings that are read.
pub(crate) const KNOWN: &str = "gzip, deflate";
/// Most encodings around one body.
const LAYERS: usize = 3;

/// The body as it is meant; `None` where it came like that.
pub(crate) fn decoded(request: &Request<Bytes>, most: usize) -> Result<Option<Bytes>, Refusal> {
    let lines = request.headers().get_all(CONTENT_ENCODING);
    let names: Vec<String> = lines
        .into_iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    if names.is_empty() || request.body().is_empty() {
        return Ok(None);
    }
    if names.len() > LAYERS {
        let reason =
            format!("the body has {} encodings around it, more than {LAYERS}", names.len());
        return Err(Refusal::new(415, reason));
    }
    // What was put around the body last is taken off first.
    let whole = names.iter().rev().try_fold(request.body().clone(), |body, name| {
        let inner = match name.as_str() {
            "gzip" | "x-gzip" => read(MultiGzDecoder::new(&body[..]), name, most),
            "deflate" => read(ZlibDecoder::new(&body[..]), name, most),
            other => Err(Refusal::new(
                415,
                format!("the Content-Encoding is {}; it must be gzip or deflate", clipped(other)),
            )),
        };
        inner.map(Bytes::from)
    });
    whole.map(Some)
}

/// The request as if it had come with this body.
pub(crate) fn with(request: Request<Bytes>, body: Bytes) -> Request<Bytes> {
    let mut plain = request.map(|_| body);
    plain.headers_mut().remove(CONTENT_ENCODING);
    plain.headers_mut().remove(CONTENT_LENGTH);
    plain
}

/// A few kilobytes can hold gigabytes, so no more is read than a body may have.
fn read(reader: impl Read, name: &str, most: usize) -> Result<Vec<u8>, Refusal> {
    let mut whole = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    reader
        .take(limit)
        .read_to_end(&mut whole)
        .map_err(|error| Refusal::new(400, format!("the body is not {name}: {error}")))?;
    if whole.len() > most {
        return Err(Refusal::new(
            413,
            format!("the body is longer than {most} bytes when unpacked"),
        ));
    }
    Ok(whole)
}

fn clipped(text: &str) -> String {
    text.chars().take(40).collect()
}
