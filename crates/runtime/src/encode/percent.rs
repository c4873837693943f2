//! Percent-encoding, strict enough for every place where it is used here.

/// A path segment: everything but the unreserved characters is encoded, so that no value can add a
/// segment, a query or a fragment.
pub(crate) fn segment(text: &str) -> String {
    encode(text, stays_in_segment)
}

/// As [`segment`], behind what `encoded` holds.
pub(crate) fn segment_onto(encoded: &mut String, text: &str) {
    encode_onto(encoded, text, stays_in_segment);
}

fn stays_in_segment(byte: u8) -> bool {
    matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@' | b':' | b'!' | b'$' | b'*' | b',')
}

/// An item of a comma list in a path segment: its own commas are none of the list's.
pub(crate) fn segment_item(text: &str) -> String {
    encode(text, |byte| byte != b',' && stays_in_segment(byte))
}

/// The same in a query or a form.
pub(crate) fn query_item(text: &str) -> String {
    encode(text, |byte| byte != b',' && stays_in_query(byte))
}

/// A name or value in a query or a form. Commas and brackets stay legible: lists and nested names use them.
pub(crate) fn query(text: &str) -> String {
    encode(text, stays_in_query)
}

fn stays_in_query(byte: u8) -> bool {
    matches!(byte, b'-' | b'.' | b'_' | b'~' | b',' | b'[' | b']' | b':' | b'@' | b'/')
}

fn encode(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    encode_onto(&mut encoded, text, keep);
    encoded
}

fn encode_onto(encoded: &mut String, text: &str, keep: impl Fn(u8) -> bool) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    // What stays is copied in stretches: most values stay as they are.
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || keep(byte) {
            continue;
        }
        let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 0xf)]);
        encoded.push_str(text.get(start..at).unwrap_or_default());
        encoded.extend(['%', digit(byte >> 4), digit(byte)]);
        start = at + 1;
    }
    encoded.push_str(text.get(start..).unwrap_or_default());
}

/// `name=value&name=value`. A value comes with how it is written, where that is not plainly encoded.
pub(crate) fn pairs<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>)> + Clone,
) -> String {
    let length = pairs.clone().map(|(name, value, _)| name.len() + value.len() + 2).sum();
    let mut encoded = String::with_capacity(length);
    for (name, value, written) in pairs {
        if !encoded.is_empty() {
            encoded.push('&');
        }
        encode_onto(&mut encoded, name, stays_in_query);
        encoded.push('=');
        match written {
            Some(written) => encoded.push_str(written),
            None => encode_onto(&mut encoded, value, stays_in_query),
        }
    }
    encoded
}

/// The reverse, for what came over the wire. What is no valid encoding stays as it is.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) if plus_is_space => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The pairs of a query or a form.
pub(crate) fn parse_pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name, true), decode(value, true))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_comes_back() {
        for text in ["a b", "ä/ö?#&=+%", "filter[x]", "1,2", "", "%zz"] {
            assert_eq!(decode(&segment(text), false), text);
            assert_eq!(
                parse_pairs(&pairs([("n", text, None)].into_iter())),
                [("n".to_owned(), text.to_owned())]
            );
        }
        assert_eq!(segment("../a?b"), "..%2Fa%3Fb");
        assert_eq!(decode("%", true), "%");
        assert_eq!(decode("%4", true), "%4");
    }
}
