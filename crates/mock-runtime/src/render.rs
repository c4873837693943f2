//! A made value in the form of a media type.

use bytes::Bytes;
use serde_json::Value;

use crate::forms::Kind;
use crate::images::image;
use crate::streams::Framing;
use crate::text::plain;

/// The body of a reply of a media type, made of a value.
pub(crate) fn body(media: &str, value: &Value) -> Bytes {
    if let Some(framing) = Framing::of(media, false) {
        return framing.body(value);
    }
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if let Some(image) = image(&essence) {
        return Bytes::from_static(image);
    }
    let text = match (Kind::of(&essence), essence.as_str(), value) {
        (Kind::Json, ..) => value.to_string(),
        (Kind::Form, ..) => form(value),
        (_, _, Value::String(text)) if !is_xml(&essence) || text.trim_start().starts_with('<') => {
            text.clone()
        }
        (_, xml, value) if is_xml(xml) => {
            let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
            element("response", value, &mut text);
            text
        }
        (_, "text/csv", value) => table(value),
        (_, _, value) => plain(value),
    };
    Bytes::from(text)
}

fn is_xml(essence: &str) -> bool {
    matches!(essence, "application/xml" | "text/xml") || essence.ends_with("+xml")
}

fn form(value: &Value) -> String {
    let pairs = value.as_object().into_iter().flatten().map(|(name, value)| {
        let encoded = crate::text::percent_encode;
        format!("{}={}", encoded(name), encoded(&plain(value)))
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn element(name: &str, value: &Value, out: &mut String) {
    let is_start = |c: char| c.is_alphabetic() || c == '_';
    let name: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .collect();
    let name = if name.starts_with(is_start) { name } else { format!("_{name}") };
    match value {
        Value::Array(items) => {
            out.push_str(&format!("<{name}>"));
            items.iter().for_each(|item| element("item", item, out));
        }
        Value::Object(map) => {
            out.push_str(&format!("<{name}>"));
            map.iter().for_each(|(name, value)| element(name, value, out));
        }
        Value::Null => return out.push_str(&format!("<{name}/>")),
        scalar => out.push_str(&format!("<{name}>{}", escaped(&plain(scalar)))),
    }
    out.push_str(&format!("</{name}>"));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Rows with a line of names where they are objects.
fn table(value: &Value) -> String {
    let rows = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    let line = |cells: Vec<String>| format!("{}\r\n", cells.join(","));
    let mut text = String::new();
    let names: Vec<&String> =
        rows.first().and_then(Value::as_object).into_iter().flat_map(|row| row.keys()).collect();
    if !names.is_empty() {
        text.push_str(&line(names.iter().map(|name| cell(name)).collect()));
    }
    for row in rows {
        let cells = match row {
            Value::Object(row) => {
                let values = names.iter().map(|name| row.get(*name).unwrap_or(&Value::Null));
                values.map(|value| cell(&plain(value))).collect()
            }
            Value::Array(cells) => cells.iter().map(|value| cell(&plain(value))).collect(),
            scalar => vec![cell(&plain(scalar))],
        };
        text.push_str(&line(cells));
    }
    text
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_media_type_in_its_form() {
        let value = json!([{"a": 1, "b": "x,y"}, {"a": 2, "b": "<z>"}]);
        let text =
            |media: &str, value: &Value| String::from_utf8_lossy(&body(media, value)).into_owned();
        assert_eq!(text("text/csv; charset=utf-8", &value), "a,b\r\n1,\"x,y\"\r\n2,<z>\r\n");
        assert_eq!(
            text("application/xml", &value[1]),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response><a>2</a><b>&lt;z&gt;</b></response>"
        );
        assert_eq!(text("application/vnd.api+json", &json!("x")), "\"x\"");
        assert_eq!(text("text/plain", &json!("x")), "x");
        assert_eq!(text("application/x-www-form-urlencoded", &value[0]), "a=1&b=x%2Cy");
        assert_eq!(text("application/x-ndjson", &value).lines().count(), 2);
        assert!(body("image/png", &json!("x")).starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(body("IMAGE/JPEG", &json!("x")).starts_with(b"\xff\xd8\xff"));
    }
}
