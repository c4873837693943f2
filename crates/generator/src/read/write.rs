//! Values back into YAML text, so that what is read from it is the same again.

use serde_json::Value;

/// Writes a value as YAML: block style, the author's order, one way for every value. Keys and texts
/// that would be read as something else, such as `"200"`, get quotation marks; timestamps do not.
///
/// `None` if the text would not give the same value again; no such value is known.
///
/// ```
/// use lockstep_generator::read::to_yaml;
///
/// let value = serde_json::json!({ "responses": { "200": { "at": "2025-01-01 00:00:00" } } });
/// let text = "responses:\n  '200':\n    at: 2025-01-01 00:00:00\n";
/// assert_eq!(to_yaml(&value).as_deref(), Some(text));
/// ```
pub fn to_yaml(value: &Value) -> Option<String> {
    let text = serde_yaml::to_string(value).ok()?;
    let again = super::yaml::parse(&text).ok()?;
    (again.value == *value).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_text_comes_back() {
        let texts = [
            "",
            " ",
            "~",
            "null",
            "true",
            "yes",
            "200",
            "0200",
            "1_000",
            "1e3",
            ".inf",
            ".nan",
            "-",
            "?",
            "- a",
            "a: b",
            "a #b",
            "#",
            "'",
            "\"",
            "a\nb",
            "a\n",
            "\na",
            "a\n\n",
            " a\n b\n",
            "a\r\nb",
            "\t",
            "a\tb",
            "\u{7f}",
            "\u{0}",
            "\u{1b}[0m",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "\u{fffe}",
            "é😀",
            "2025-01-01",
            "2025-01-01 00:00:00",
            "12:30:45",
            "<<",
            "!tag",
            "&a",
            "*a",
            "%",
            "@",
            "`",
            "---",
            "...",
            "0x1F",
            "0o17",
            "+1",
            "=",
            "|",
            ">",
            "{a}",
            "[a]",
            ", a",
            "a,",
            "\\",
            "a\n---\nb",
            "  lead\nless",
            "trail  ",
            "a:",
            "::",
            "no",
            "0b1",
            "1__0",
            "\n",
            "\n\n",
        ];
        for text in texts {
            for value in [json!(text), json!({ text: 1 }), json!([{ "k": text }]), json!([[text]])]
            {
                assert!(to_yaml(&value).is_some(), "{value}");
            }
        }
    }

    #[test]
    fn every_number_comes_back() {
        let values =
            [json!(1.0), json!(-0.0), json!(1e300), json!(1e-7), json!(u64::MAX), json!(i64::MIN)];
        for value in values.iter().chain(&[json!({}), json!([]), json!(null), json!([[], {}])]) {
            assert!(to_yaml(value).is_some(), "{value}");
        }
    }
}
