//! Bytes that travel as text (RFC 4648).

use std::fmt;

use bytes::Bytes;
use serde::{Serialize, Serializer};

use super::{Scalar, ScalarInfo, scalar_impls};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes that travel as base64. Both alphabets are read, with padding or without; the standard one is written.
///
/// ```
/// use lockstep_runtime::Base64;
///
/// let greeting: Base64 = "aGVsbG8=".parse()?;
/// assert_eq!(&greeting.0[..], b"hello");
/// assert_eq!(Base64::from("hello").to_string(), "aGVsbG8=");
/// # Ok::<(), lockstep_runtime::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Base64(pub Bytes);

pub(super) static BASE64: ScalarInfo = ScalarInfo {
    name: "lockstep::Base64",
    label: "bytes in base64",
    accepts: |value| value.as_str().is_some_and(|text| decode(text).is_some()),
    stand_in: "",
};

impl Scalar for Base64 {
    const INFO: &'static ScalarInfo = &BASE64;

    fn of_text(text: &str) -> Option<Self> {
        decode(text).map(|bytes| Self(bytes.into()))
    }
}

scalar_impls!(Base64);

impl<T: Into<Bytes>> From<T> for Base64 {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Display for Base64 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&encode(&self.0))
    }
}

impl fmt::Debug for Base64 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Base64({} bytes)", self.0.len())
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0))
    }
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let packed = group.iter().fold(0_u32, |packed, byte| packed << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for position in 0..4 {
            let index = (packed >> (18 - 6 * position)) & 63;
            text.push(if position <= group.len() {
                char::from(ALPHABET[index as usize])
            } else {
                '='
            });
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim().trim_end_matches('=').as_bytes();
    if digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut packed = 0_u32;
        for digit in group {
            packed = packed << 6 | value_of(*digit)?;
        }
        packed <<= 6 * (4 - group.len());
        bytes.extend_from_slice(&packed.to_be_bytes()[1..group.len()]);
    }
    Some(bytes)
}

fn value_of(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode("-_8"), decode("+/8="));
        assert_eq!(decode("A"), None);
        assert_eq!(decode("a b"), None);
    }
}
