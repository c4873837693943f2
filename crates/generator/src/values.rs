//! What a JSON value shows of its type.

use serde_json::Value;

use crate::model::Scalar;

/// Whether an example is a value of a type with quotation marks around it, as people write them by habit. The type
/// stands: nobody who says boolean means text.
pub(crate) fn is_quoted(scalar: Scalar, value: &Value) -> bool {
    let Some(text) = value.as_str().map(str::trim) else { return false };
    match scalar {
        Scalar::Bool => matches!(text, "true" | "false"),
        Scalar::Int32 | Scalar::Int64 | Scalar::UInt64 => text.parse::<i64>().is_ok(),
        Scalar::Float => text.parse::<f64>().is_ok_and(f64::is_finite),
        _ => false,
    }
}

/// The loosest change to `scalar` that lets `value` fit, `None` if nothing short of "any value" does.
pub(crate) fn loosened(scalar: Scalar, value: &Value) -> Option<Scalar> {
    match (scalar, value) {
        (Scalar::Bool, Value::Bool(_)) => Some(scalar),
        (Scalar::Int32, Value::Number(number)) => match number.as_i64() {
            Some(number) if i32::try_from(number).is_ok() => Some(scalar),
            Some(_) => Some(Scalar::Int64),
            None => loosened(Scalar::Int64, value),
        },
        (Scalar::Int64, Value::Number(number)) => Some(if number.is_i64() {
            scalar
        } else if number.is_u64() {
            Scalar::UInt64
        } else {
            Scalar::Float
        }),
        (Scalar::UInt64, Value::Number(number)) => Some(if number.is_u64() {
            scalar
        } else if number.is_i64() {
            Scalar::Int64
        } else {
            Scalar::Float
        }),
        (Scalar::Float, Value::Number(_)) => Some(scalar),
        (Scalar::Decimal, Value::Number(_) | Value::String(_)) => Some(scalar),
        (Scalar::String | Scalar::Binary, Value::String(_)) => Some(scalar),
        (Scalar::Date, Value::String(text)) => {
            Some(if is_date(text) { scalar } else { Scalar::String })
        }
        (Scalar::DateTime, Value::String(text)) => {
            Some(if is_date_time(text) { scalar } else { Scalar::String })
        }
        (Scalar::Uuid, Value::String(text)) => {
            Some(if is_uuid(text) { scalar } else { Scalar::String })
        }
        (Scalar::Base64, Value::String(text)) => {
            Some(if is_base64(text) { scalar } else { Scalar::String })
        }
        (
            Scalar::Bool
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::UInt64
            | Scalar::Float
            | Scalar::Decimal
            | Scalar::String
            | Scalar::Binary
            | Scalar::Date
            | Scalar::DateTime
            | Scalar::Uuid
            | Scalar::Base64,
            _,
        ) => None,
    }
}

/// What kind of value it is, for sentences.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// `2025-01-31`.
pub(crate) fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| {
        text.get(range).and_then(|digits| digits.parse::<u32>().ok())
    };
    bytes.len() == 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes
            .iter()
            .enumerate()
            .all(|(index, byte)| matches!(index, 4 | 7) || byte.is_ascii_digit())
        && number(5..7).is_some_and(|month| (1..=12).contains(&month))
        && match (number(0..4), number(5..7), number(8..10)) {
            (Some(year), Some(month), Some(day)) => (1..=days(year, month)).contains(&day),
            _ => false,
        }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// RFC 3339, or date and time with a space between them: what the runtime's `DateTime` reads.
pub(crate) fn is_date_time(text: &str) -> bool {
    if !text.is_ascii()
        || text.len() < 19
        || !is_date(&text[..10])
        || !matches!(text.as_bytes()[10], b'T' | b't' | b' ')
    {
        return false;
    }
    let has_t = text.as_bytes()[10] != b' ';
    let bytes = text.as_bytes();
    let pair = |at: usize, most: u32| {
        text.get(at..at + 2).and_then(|two| two.parse::<u32>().ok()).is_some_and(|two| two <= most)
    };
    if !(pair(11, 23) && bytes[13] == b':' && pair(14, 59) && bytes[16] == b':' && pair(17, 59)) {
        return false;
    }
    let rest = &text[19..];
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 || digits > 9 {
                return false;
            }
            &fraction[digits..]
        }
        None => rest,
    };
    match rest {
        "" => !has_t,
        "Z" | "z" => true,
        offset => {
            let bytes = offset.as_bytes();
            bytes.len() == 6
                && matches!(bytes[0], b'+' | b'-')
                && bytes[3] == b':'
                && two(offset, 1, 23)
                && two(offset, 4, 59)
        }
    }
}

fn two(text: &str, at: usize, most: u32) -> bool {
    text.get(at..at + 2)
        .filter(|two| two.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|two| two.parse::<u32>().ok())
        .is_some_and(|two| two <= most)
}

/// Hyphenated UUIDs only: others do not come back the way they came.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_what_the_runtime_reads() {
        for good in [
            "2025-01-01T01:01:01+01:01",
            "2024-02-29T23:59:59Z",
            "2025-01-01 00:00:00",
            "1991-01-07T14:12:01.000000Z",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2025-01-01",
            "2025-02-29T00:00:00Z",
            "2025-01-01T00:00:00",
            "yesterday",
            "2025-01-01T24:00:00Z",
            "2025-01-01T00:00:00.Z",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
        assert!(is_date("2025-12-31"));
        assert!(!is_date("2025-13-31"));
        assert!(!is_date("2025-1-31x"));
    }

    #[test]
    fn numbers_grow_only_as_far_as_they_must() {
        assert_eq!(loosened(Scalar::Int64, &serde_json::json!(1)), Some(Scalar::Int64));
        assert_eq!(loosened(Scalar::Int64, &serde_json::json!(1.5)), Some(Scalar::Float));
        assert_eq!(loosened(Scalar::Int64, &serde_json::json!(u64::MAX)), Some(Scalar::UInt64));
        assert_eq!(loosened(Scalar::Int64, &serde_json::json!("1")), None);
    }
}
