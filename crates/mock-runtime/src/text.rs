//! Small text forms of HTTP: percent-encoding and pairs.
//!
//! Knows nothing of operations or schemas.

use std::borrow::Cow;

use serde_json::Value;

/// Decodes percent-encoding. `None` when a `%` has no two hex digits or the result is not UTF-8.
///
/// `plus` is for queries and forms, where a `+` is a space.
pub(crate) fn percent_decode(text: &str, plus: bool) -> Option<Cow<'_, str>> {
    let plain = |byte: &u8| *byte != b'%' && !(plus && *byte == b'+');
    if text.as_bytes().iter().all(plain) {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let high = char::from(*rest.next()?).to_digit(16)?;
                let low = char::from(*rest.next()?).to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            b'+' if plus => bytes.push(b' '),
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// Encodes everything that is not unreserved, for a query.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// One pair of a query or a form: the name decoded, the value both ways.
///
/// Lists are split on the text as it came, so that an encoded separator stays part of an item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair<'t> {
    pub(crate) name: Cow<'t, str>,
    pub(crate) value: Cow<'t, str>,
    pub(crate) raw: &'t str,
    /// Whether name and value are percent-encoded UTF-8. If they are not, they stand as they came.
    pub(crate) is_sound: bool,
}

/// Reads a query or an urlencoded form. `None` when it is malformed or longer than `most` pairs.
pub(crate) fn pairs(text: &str, most: usize) -> Option<Vec<Pair<'_>>> {
    lenient_pairs(text, most).filter(|pairs| pairs.iter().all(|pair| pair.is_sound))
}

/// The same for a query in which nobody may care for what is malformed. `None` when it is longer than `most` pairs.
pub(crate) fn lenient_pairs(text: &str, most: usize) -> Option<Vec<Pair<'_>>> {
    let mut pairs = Vec::new();
    for piece in text.split('&').filter(|piece| !piece.is_empty()) {
        let (name, raw) = piece.split_once('=').unwrap_or((piece, ""));
        let decoded = (percent_decode(name, true), percent_decode(raw, true));
        let is_sound = decoded.0.is_some() && decoded.1.is_some();
        pairs.push(Pair {
            name: decoded.0.unwrap_or(Cow::Borrowed(name)),
            value: decoded.1.unwrap_or(Cow::Borrowed(raw)),
            raw,
            is_sound,
        });
        if pairs.len() > most {
            return None;
        }
    }
    Some(pairs)
}

/// A value as it stands in a query or a field of a form: text without its quotation marks.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_and_refuses() {
        assert_eq!(percent_decode("a%20b+c", true).as_deref(), Some("a b c"));
        assert_eq!(percent_decode("a+b", false).as_deref(), Some("a+b"));
        for bad in ["%", "%4", "%zz", "%+1", "%ff", "%C3"] {
            assert_eq!(percent_decode(bad, true), None, "{bad}");
        }
    }

    #[test]
    fn pairs_keep_what_came() {
        let read = pairs("a=1%2C2&&b&c=%26=", 9).expect("well formed");
        let read: Vec<_> = read.iter().map(|pair| (&*pair.name, &*pair.value, pair.raw)).collect();
        assert_eq!(read, [("a", "1,2", "1%2C2"), ("b", "", ""), ("c", "&=", "%26=")]);
        assert_eq!(pairs("a&b&c", 2), None);
    }
}
