//! The styles in which values stand in a path.

use serde_json::Value;

use super::params::{own_commas, parts, simple, text};
use super::percent::{decode, segment, segment_item};

/// How a list or an object stands in a path: OpenAPI's styles, each with and without `explode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathStyle {
    /// `1,2`, and for an object `x,1,y,2`.
    Simple,
    /// The same, and for an object `x=1,y=2`.
    SimpleExploded,
    /// `.1,2`, and for an object `.x,1,y,2`.
    Label,
    /// `.1.2`, and for an object `.x=1.y=2`.
    LabelExploded,
    /// `;name=1,2`, and for an object `;name=x,1,y,2`.
    Matrix,
    /// `;name=1;name=2`, and for an object `;x=1;y=2`.
    MatrixExploded,
}

/// A value in a path.
#[derive(Clone, Debug)]
pub(crate) struct PathValue {
    pub(crate) name: String,
    /// As a person reads it.
    pub(crate) text: String,
    /// How it is written, where that is not plainly encoded.
    pub(crate) written: Option<String>,
}

impl PathValue {
    pub(crate) fn new(name: &str, style: PathStyle, value: Value) -> Self {
        let name = name.to_owned();
        // Plain text is what most are.
        let value = match (style, value) {
            (PathStyle::Simple, Value::String(text)) => return Self { name, text, written: None },
            (_, value) => value,
        };
        let is_list = value.is_array() || value.is_object();
        if style == PathStyle::Simple {
            let text = simple(&value).unwrap_or_default();
            let written = is_list.then(|| own_commas(&parts(&value), segment_item)).flatten();
            return Self { name, text, written };
        }
        let plain = styled(&name, style, &value, |text| text.to_owned());
        let written =
            styled(
                &name,
                style,
                &value,
                |text| {
                    if is_list { segment_item(text) } else { segment(text) }
                },
            );
        Self { name, text: plain, written: Some(written) }
    }

    /// A value as it came over the wire, whoever encoded it.
    pub(crate) fn read(name: &str, encoded: &str) -> Self {
        let text = decode(encoded, false);
        let mut written = String::with_capacity(encoded.len());
        for part in encoded.split_inclusive(BETWEEN) {
            let own = part.trim_end_matches(BETWEEN);
            written.push_str(&segment_item(&decode(own, false)));
            written.push_str(&part[own.len()..]);
        }
        let written = Some(written).filter(|written| *written != segment(&text));
        Self { name: name.to_owned(), text, written }
    }
}

/// What parts of a value are told apart by; within them it is encoded.
const BETWEEN: [char; 3] = [',', ';', '='];

/// A value in its style, each part of it by way of `item`. Nothing for what holds nothing.
fn styled(name: &str, style: PathStyle, value: &Value, item: impl Fn(&str) -> String) -> String {
    let named = |fields: &serde_json::Map<String, Value>| -> Vec<String> {
        let present = fields.iter().filter(|(_, value)| !value.is_null());
        present.map(|(name, value)| format!("{}={}", item(name), item(&text(value)))).collect()
    };
    let own = || parts(value).iter().map(|part| item(part)).collect::<Vec<_>>();
    let (start, parts, separator) = match (style, value) {
        (_, Value::Null) => return String::new(),
        (PathStyle::Simple, _) => (String::new(), own(), ","),
        (PathStyle::SimpleExploded, Value::Object(fields)) => (String::new(), named(fields), ","),
        (PathStyle::SimpleExploded, _) => (String::new(), own(), ","),
        (PathStyle::Label, _) => (".".to_owned(), own(), ","),
        (PathStyle::LabelExploded, Value::Object(fields)) => (".".to_owned(), named(fields), "."),
        (PathStyle::LabelExploded, _) => (".".to_owned(), own(), "."),
        (PathStyle::MatrixExploded, Value::Object(fields)) => (";".to_owned(), named(fields), ";"),
        (PathStyle::MatrixExploded, Value::Array(_)) => {
            let each = own().into_iter().map(|part| format!("{}={part}", item(name))).collect();
            (";".to_owned(), each, ";")
        }
        (PathStyle::Matrix | PathStyle::MatrixExploded, _) => {
            (format!(";{}=", item(name)), own(), ",")
        }
    };
    if parts.is_empty() { String::new() } else { format!("{start}{}", parts.join(separator)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_style_is_that_of_the_specification() {
        use PathStyle::{Label, LabelExploded, Matrix, MatrixExploded, Simple, SimpleExploded};
        let values =
            [json!("blue"), json!(["blue", "b,k"]), json!({"R": 100, "G": null, "B": "a/b"})];
        let shown =
            [Simple, SimpleExploded, Label, LabelExploded, Matrix, MatrixExploded].map(|style| {
                values.clone().map(|value| {
                    let value = PathValue::new("color", style, value);
                    value.written.unwrap_or_else(|| segment(&value.text))
                })
            });
        assert_eq!(
            shown,
            [
                ["blue", "blue,b%2Ck", "R,100,B,a%2Fb"],
                ["blue", "blue,b%2Ck", "R=100,B=a%2Fb"],
                [".blue", ".blue,b%2Ck", ".R,100,B,a%2Fb"],
                [".blue", ".blue.b%2Ck", ".R=100.B=a%2Fb"],
                [";color=blue", ";color=blue,b%2Ck", ";color=R,100,B,a%2Fb"],
                [";color=blue", ";color=blue;color=b%2Ck", ";R=100;B=a%2Fb"],
            ]
        );
        // What was written is read back as the same.
        for written in shown.concat() {
            let read = PathValue::read("color", &written);
            assert_eq!(read.written.unwrap_or_else(|| segment(&read.text)), written);
        }
        assert_eq!(PathValue::new("color", Matrix, json!([])).text, "");
    }
}
