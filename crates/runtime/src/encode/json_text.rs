//! A value that travels as JSON where text is expected.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

/// A value as one JSON text, for a header, a cookie, a path or a part of a form. Only characters of ASCII are used, as
/// headers want it.
///
/// ```
/// use lockstep_runtime::JsonText;
///
/// let text = serde_json::to_value(JsonText(["é", "b"]))?;
/// assert_eq!(text, r#"["\u00e9","b"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonText<T>(pub T);

impl<T: Serialize> Serialize for JsonText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = serde_json::to_value(&self.0).map_err(S::Error::custom)?;
        // Null takes a parameter away.
        if value.is_null() {
            return serializer.serialize_unit();
        }
        serializer.serialize_str(&ascii(&value.to_string()))
    }
}

fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for letter in json.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            let units = letter.encode_utf16(&mut units);
            out.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}
