//! The styles in which lists and objects travel as parameters.

use serde_json::Value;

/// How a list or an object travels in a query. Plain values travel the same way in every style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryStyle {
    /// `ids=1,2`, and for an object `point=x,1,y,2`: OpenAPI's `form` with `explode: false`.
    Form,
    /// `ids=1&ids=2`, and for an object `x=1&y=2`: OpenAPI's default.
    FormExploded,
    /// `ids=1,2`, whatever OpenAPI would say: a habit of many services.
    Comma,
    /// `ids=1 2`, the space percent-encoded.
    Space,
    /// `ids=1|2`.
    Pipe,
    /// `filter[name]=x`; a list inside repeats its name.
    DeepObject,
    /// `filter[name]=x`, at any depth; lists are comma lists: the habit of PHP services.
    Brackets,
    /// The value as one JSON text.
    Json,
}

/// The name-value pairs of one parameter. Null, and a list or object without content, give none.
pub(crate) fn query_pairs(name: &str, style: QueryStyle, value: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    match (style, value) {
        (_, Value::Null) => {}
        (QueryStyle::Json, value) => pairs.push((name.to_owned(), value.to_string())),
        (QueryStyle::FormExploded, Value::Array(list)) => {
            pairs.extend(
                list.iter()
                    .filter(|item| !item.is_null())
                    .map(|item| (name.to_owned(), text(item))),
            );
        }
        (QueryStyle::FormExploded, Value::Object(fields)) => {
            for (field, value) in fields {
                match value {
                    Value::Array(_) => pairs.extend(query_pairs(field, style, value)),
                    Value::Null => {}
                    value => pairs.push((field.clone(), text(value))),
                }
            }
        }
        (QueryStyle::DeepObject | QueryStyle::Brackets, Value::Object(fields)) => {
            for (field, value) in fields {
                pairs.extend(query_pairs(&format!("{name}[{field}]"), style, value));
            }
        }
        (QueryStyle::DeepObject, Value::Array(list)) => {
            pairs.extend(
                list.iter()
                    .filter(|item| !item.is_null())
                    .map(|item| (name.to_owned(), text(item))),
            );
        }
        (style, Value::Array(_) | Value::Object(_)) => {
            let separator = match style {
                QueryStyle::Space => " ",
                QueryStyle::Pipe => "|",
                _ => ",",
            };
            let joined = joined(value, separator);
            if !joined.is_empty() {
                pairs.push((name.to_owned(), joined));
            }
        }
        (_, value) => pairs.push((name.to_owned(), text(value))),
    }
    pairs
}

/// A list's items, or an object's names and values in turn.
fn joined(value: &Value, separator: &str) -> String {
    let parts: Vec<String> = match value {
        Value::Array(list) => list.iter().filter(|item| !item.is_null()).map(text).collect(),
        Value::Object(fields) => {
            let present = fields.iter().filter(|(_, value)| !value.is_null());
            present.flat_map(|(name, value)| [name.clone(), text(value)]).collect()
        }
        value => vec![text(value)],
    };
    parts.join(separator)
}

/// One value where lists and objects are comma lists: paths, headers and cookies (OpenAPI's `simple`).
pub(crate) fn simple(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        value => Some(joined(value, ",")),
    }
}

/// A plain value as text; what is nested too deep for its style travels as JSON.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wire(style: QueryStyle, value: Value) -> String {
        let pairs = query_pairs("p", style, &value);
        crate::encode::percent::pairs(
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }

    #[test]
    fn each_style_has_its_own_look() {
        use QueryStyle::{Brackets, Comma, DeepObject, Form, FormExploded, Json, Pipe, Space};
        let list = json!([1, "b c", null, true]);
        let object = json!({"a": 1, "b": {"c": [2, 3]}, "n": null});
        let styles = [Form, FormExploded, Comma, Space, Pipe, DeepObject, Brackets, Json];
        let shown: Vec<String> = styles
            .into_iter()
            .map(|style| {
                format!(
                    "{style:?}: {} · {} · {}",
                    wire(style, json!("x&y")),
                    wire(style, list.clone()),
                    wire(style, object.clone())
                )
            })
            .collect();
        insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!("query_styles", shown.join("\n")) });
        assert_eq!(wire(FormExploded, Value::Null), "");
        assert_eq!(wire(Comma, json!([])), "");
    }
}
