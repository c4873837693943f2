//! Bodies: JSON, urlencoded and multipart forms, text and bytes, as one JSON value to validate.
//!
//! Files become a stand-in text, because no schema says anything about their content.

use http::HeaderMap;
use serde_json::{Map, Value};

use crate::decode::nest;
use crate::schema::{View, coerce};
use crate::text::pairs;

/// Most fields of a form.
const FIELDS: usize = 10_000;
/// Most parts of a multipart body.
const PARTS: usize = 1_000;
/// Longest header block of one part, in bytes.
const PART_HEAD: usize = 8 * 1024;

/// The kinds of body that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Form,
    Multipart,
    /// Anything else: text or bytes.
    Opaque,
}

impl Kind {
    /// Of a media type without its parameters, in lower case.
    pub(crate) fn of(media_type: &str) -> Self {
        match media_type {
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" => Self::Multipart,
            json if json == "application/json" || json.ends_with("+json") => Self::Json,
            _ => Self::Opaque,
        }
    }
}

/// The `Content-Type` as it came.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(http::header::CONTENT_TYPE)?.to_str().ok()
}

/// The `Content-Type` without parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let essence = content_type(headers)?.split(';').next().unwrap_or_default().trim();
    if essence.is_empty() { None } else { Some(essence.to_ascii_lowercase()) }
}

/// Reads a body. The error says in one sentence what is broken.
pub(crate) fn read(
    kind: Kind,
    headers: &HeaderMap,
    body: &[u8],
    view: Option<View<'_>>,
) -> Result<Value, String> {
    match kind {
        Kind::Json => {
            serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))
        }
        Kind::Form => urlencoded(body, view),
        Kind::Multipart => multipart(headers, body, view),
        Kind::Opaque => Ok(Value::String(String::from_utf8_lossy(body).into_owned())),
    }
}

fn urlencoded(body: &[u8], view: Option<View<'_>>) -> Result<Value, String> {
    let text = std::str::from_utf8(body).ok().and_then(|text| pairs(text.trim(), FIELDS));
    let text = text.ok_or_else(|| "the form is not urlencoded UTF-8".to_owned())?;
    let mut map = Map::new();
    for pair in text {
        put(&mut map, &pair.name, Value::String(pair.value.into_owned()), view);
    }
    Ok(coerce(Value::Object(map), view))
}

/// Lets go of what a form cannot say: null. A property that is required and may be null is left out where it is null.
pub(crate) fn forgive_null(schema: &mut Value) {
    let whole = schema.clone();
    let view = View::root(&whole);
    let is_null = |name: &Value| {
        let property = name.as_str().and_then(|name| view.property(name));
        property.is_some_and(|property| property.types().null)
    };
    let mut nodes = vec![(String::new(), 12)];
    while let Some((at, depth)) = nodes.pop() {
        let Some(Value::Object(node)) = schema.pointer_mut(&at) else { continue };
        if let Some(Value::Array(required)) = node.get_mut("required") {
            required.retain(|name| !is_null(name));
        }
        if depth == 0 {
            continue;
        }
        // Named schemas stand beside the root.
        let target = node.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        nodes.extend(target.map(|target| (target.to_owned(), depth - 1)));
        let parts = node.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
        nodes.extend((0..parts).map(|part| (format!("{at}/allOf/{part}"), depth - 1)));
    }
}

fn put(map: &mut Map<String, Value>, name: &str, value: Value, view: Option<View<'_>>) {
    let types = view.and_then(|view| view.property(name)).map(View::types).unwrap_or_default();
    // A list of one object is one part; a list of texts is made of its text later.
    let is_item = types.array && !types.object && value.is_object() && !map.contains_key(name);
    let value = if is_item { Value::Array(vec![value]) } else { value };
    nest(map, name, value, types.array);
}

fn multipart(headers: &HeaderMap, body: &[u8], view: Option<View<'_>>) -> Result<Value, String> {
    let mut map = Map::new();
    for part in parts(headers, body)? {
        let own = view.and_then(|view| view.property(&part.name));
        let value = part_value(&part, own)?;
        put(&mut map, &part.name, value, view);
    }
    Ok(coerce(Value::Object(map), view))
}

/// The value of a part: JSON where it says so or its schema wants what only JSON can say, else its text, else a stand-in.
fn part_value(part: &Part<'_>, view: Option<View<'_>>) -> Result<Value, String> {
    // Repeated parts are the items of a list.
    let items = view.filter(|view| view.types().array).and_then(View::items);
    let takes_text = |view: View<'_>| view.types().string;
    let wants_text = view.is_some_and(takes_text) || items.is_some_and(takes_text);
    // Whoever uploads a file that the document calls base64 sends it as it is: a part has no need of it.
    let is_byte = [view, items].into_iter().flatten().any(|view| {
        view.referred().unwrap_or(view).node.get("format").is_some_and(|format| format == "byte")
    });
    let stand_in = || {
        Value::String(match is_byte {
            true => "ZmlsZQ==".to_owned(),
            false => format!("(file of {} bytes)", part.body.len()),
        })
    };
    let Some(text) = part.text else {
        // A file's content is nobody's business, unless the schema describes it.
        let described = [view, items].into_iter().flatten().any(|view| !view.types().unknown());
        return match (part.is_file && part.json && described && !wants_text, part.body) {
            (true, body) => serde_json::from_slice(body)
                .map_err(|error| format!("the part `{}` is not JSON: {error}", part.name)),
            (false, _) => Ok(stand_in()),
        };
    };
    let parsed = || serde_json::from_str::<Value>(text);
    if part.json {
        return match parsed() {
            Ok(value)
                if !wants_text || value.is_string() || (value.is_array() && items.is_some()) =>
            {
                Ok(value)
            }
            Ok(_) | Err(_) if wants_text => Ok(Value::String(text.to_owned())),
            Ok(value) => Ok(value),
            Err(error) => Err(format!("the part `{}` is not JSON: {error}", part.name)),
        };
    }
    let wants_more = view.is_some_and(|view| view.types().object || view.types().array);
    let is_composed = wants_more && !wants_text && text.trim_start().starts_with(['[', '{']);
    let composed = if is_composed { parsed().ok() } else { None };
    Ok(composed.unwrap_or_else(|| Value::String(text.to_owned())))
}

/// One part of a multipart body.
#[derive(Debug)]
pub(crate) struct Part<'b> {
    pub(crate) name: String,
    pub(crate) body: &'b [u8],
    /// The body, where it is text and not a file.
    text: Option<&'b str>,
    is_file: bool,
    json: bool,
}

/// Cuts a multipart body at its boundary.
pub(crate) fn parts<'b>(headers: &HeaderMap, body: &'b [u8]) -> Result<Vec<Part<'b>>, String> {
    let boundary =
        boundary(headers).ok_or("the multipart body has no boundary in its Content-Type")?;
    let line = format!("\n--{boundary}").into_bytes();
    let first = &line[1..];
    let mut parts = Vec::new();
    let mut at =
        find(body, first).ok_or("the multipart body does not hold its boundary")? + first.len();
    loop {
        let rest = &body[at..];
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"));
        let rest = rest.ok_or("a boundary of the multipart body is not followed by a new line")?;
        let end =
            find(rest, &line).ok_or("the multipart body ends without its closing boundary")?;
        parts.push(part(&rest[..end])?);
        if parts.len() > PARTS {
            return Err(format!("the multipart body has more than {PARTS} parts"));
        }
        at = body.len() - rest.len() + end + line.len();
    }
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(http::header::CONTENT_TYPE)?.to_str().ok()?;
    let value = attribute(text, "boundary")?;
    if value.is_empty() || value.len() > 70 { None } else { Some(value) }
}

fn part(bytes: &[u8]) -> Result<Part<'_>, String> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let (head, body) = match (find(bytes, b"\r\n\r\n"), find(bytes, b"\n\n")) {
        (Some(end), _) => (&bytes[..end], &bytes[end + 4..]),
        (None, Some(end)) => (&bytes[..end], &bytes[end + 2..]),
        (None, None) => return Err("a part of the multipart body has no headers".to_owned()),
    };
    let head = std::str::from_utf8(head).ok().filter(|head| head.len() <= PART_HEAD);
    let head =
        head.ok_or("a part of the multipart body has headers that are too long or not text")?;
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(own, _)| own.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition")
        .ok_or("a part of the multipart body has no Content-Disposition")?;
    let name = attribute(disposition, "name").ok_or("a part of the multipart body has no name")?;
    let is_file = attribute(disposition, "filename").is_some();
    let text = if is_file { None } else { std::str::from_utf8(body).ok() };
    let content_type = header("content-type").unwrap_or_default().to_ascii_lowercase();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    Ok(Part { name, body, text, is_file, json: Kind::of(essence) == Kind::Json })
}

/// The value of `name=…` or `name="…"` among the attributes of a header.
fn attribute(header: &str, name: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (key, tail) = rest.split_once('=')?;
        let tail = tail.trim_start();
        let (value, after) = match tail.strip_prefix('"') {
            Some(quoted) => quoted_text(quoted)?,
            None => {
                let end = tail.find(';').unwrap_or(tail.len());
                (tail[..end].trim().to_owned(), &tail[end..])
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after.trim_start().strip_prefix(';')?;
    }
}

fn quoted_text(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    // Skips to the first byte of the needle, so that a large file costs one pass.
    while let Some(step) = haystack.get(at..)?.iter().position(|byte| *byte == first) {
        at += step;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn headers(content_type: &str) -> HeaderMap {
        let value = content_type.parse().expect("a header");
        HeaderMap::from_iter([(http::header::CONTENT_TYPE, value)])
    }

    #[test]
    fn urlencoded_forms() {
        let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}, "ids": {"type": "array", "items": {"type": "integer"}}}});
        let body = b"n=1&n=2&ids=3&ids=4&o%5Bx%5D=a+b";
        let value = read(Kind::Form, &HeaderMap::new(), body, Some(View::root(&schema)));
        assert_eq!(value, Ok(json!({"n": 2, "ids": [3, 4], "o": {"x": "a b"}})));
        assert!(read(Kind::Form, &HeaderMap::new(), b"a=%zz", None).is_err());
        assert!(read(Kind::Form, &HeaderMap::new(), b"a=\xff", None).is_err());
    }

    #[test]
    fn multipart_forms() {
        let body = b"preamble\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;\\\"b.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\r\n--x\r\n--b\r\ncontent-disposition: form-data; name=n\r\n\r\n5\r\n--b\r\nContent-Disposition: form-data; name=\"j\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--b--\r\n";
        let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}});
        let headers = headers("multipart/form-data; boundary=b");
        let value = read(Kind::Multipart, &headers, body, Some(View::root(&schema)));
        assert_eq!(value, Ok(json!({"file": "(file of 7 bytes)", "n": 5, "j": {"a": 1}})));
        let files = parts(&headers, body).expect("well formed");
        assert_eq!(files[0].name, "file");
        assert_eq!(files[0].body, b"\xff\xd8\r\n--x");
    }

    #[test]
    fn broken_multipart_is_refused() {
        let good = headers("multipart/form-data; boundary=\"b\"");
        for body in [
            "",
            "--b",
            "--b\r\n",
            "--b\r\n--b--",
            "--b\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
            "--bx--b--",
        ] {
            assert!(parts(&good, body.as_bytes()).is_err(), "{body:?}");
        }
        assert!(parts(&headers("multipart/form-data"), b"--b--").is_err());
        assert!(parts(&headers("multipart/form-data; boundary"), b"--b--").is_err());
        assert!(parts(&good, b"--b--").is_ok_and(|parts| parts.is_empty()));
    }
}
