//! The styles in which lists and objects travel as parameters.

use serde_json::Value;

use super::percent;

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

/// A name and its value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
    /// How the value is written, where that is not plainly encoded: a list whose items hold commas of their own.
    pub(crate) written: Option<String>,
}

impl Pair {
    pub(crate) fn new(name: &str, value: String) -> Self {
        Self { name: name.to_owned(), value, written: None }
    }

    /// What the encoding takes.
    pub(crate) fn parts(&self) -> (&str, &str, Option<&str>) {
        (&self.name, &self.value, self.written.as_deref())
    }
}

/// The name-value pairs of one parameter. Null, and a list or object without content, give none.
pub(crate) fn query_pairs(name: &str, style: QueryStyle, value: &Value) -> Vec<Pair> {
    let mut pairs = Vec::new();
    match (style, value) {
        (_, Value::Null) => {}
        (QueryStyle::Json, value) => pairs.push(Pair::new(name, value.to_string())),
        (QueryStyle::FormExploded, Value::Array(list)) => {
            let items = list.iter().filter(|item| !item.is_null());
            pairs.extend(items.map(|item| Pair::new(name, text(item))));
        }
        (QueryStyle::FormExploded, Value::Object(fields)) => {
            for (field, value) in fields {
                match value {
                    Value::Array(_) => pairs.extend(query_pairs(field, style, value)),
                    Value::Null => {}
                    value => pairs.push(Pair::new(field, text(value))),
                }
            }
        }
        (QueryStyle::DeepObject | QueryStyle::Brackets, Value::Object(fields)) => {
            for (field, value) in fields {
                pairs.extend(query_pairs(&format!("{name}[{field}]"), style, value));
            }
        }
        (QueryStyle::DeepObject, Value::Array(list)) => {
            for (at, item) in list.iter().enumerate() {
                // Only a number tells which fields belong to which object.
                let own = if item.is_object() { format!("{name}[{at}]") } else { name.to_owned() };
                pairs.extend(query_pairs(&own, style, item));
            }
        }
        (style, Value::Array(_) | Value::Object(_)) => {
            let parts = parts(value);
            let (separator, written) = match style {
                QueryStyle::Space => (" ", None),
                QueryStyle::Pipe => ("|", None),
                _ => (",", own_commas(&parts, percent::query_item)),
            };
            let value = parts.join(separator);
            if !value.is_empty() {
                pairs.push(Pair { name: name.to_owned(), value, written });
            }
        }
        (_, value) => pairs.push(Pair::new(name, text(value))),
    }
    pairs
}

/// A list's items, or an object's names and values in turn.
pub(super) fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter(|item| !item.is_null()).map(text).collect(),
        Value::Object(fields) => {
            let present = fields.iter().filter(|(_, value)| !value.is_null());
            present.flat_map(|(name, value)| [name.clone(), text(value)]).collect()
        }
        value => vec![text(value)],
    }
}

/// How parts are written with commas between them, where one of them holds a comma of its own.
pub(super) fn own_commas(parts: &[String], item: fn(&str) -> String) -> Option<String> {
    let holds = parts.iter().any(|part| part.contains(','));
    holds.then(|| parts.iter().map(|part| item(part)).collect::<Vec<_>>().join(","))
}

/// One value where lists and objects are comma lists: headers and cookies (OpenAPI's `simple`).
pub(crate) fn simple(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        value => Some(parts(value).join(",")),
    }
}

/// The same for an object whose names and values are joined by `=`, which is `explode: true`.
pub(crate) fn exploded(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let present = fields.iter().filter(|(_, value)| !value.is_null());
            let named = present.map(|(name, value)| format!("{name}={}", text(value)));
            Some(named.collect::<Vec<_>>().join(","))
        }
        value => simple(value),
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
        percent::pairs(pairs.iter().map(Pair::parts))
    }

    #[test]
    fn each_style_has_its_own_look() {
        use QueryStyle::{Brackets, Comma, DeepObject, Form, FormExploded, Json, Pipe, Space};
        let list = json!([1, "b c,d", null, true]);
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
        // Nothing but a number would tell whose fields they are.
        let objects = json!([{"a": 1, "b": 2}, {"a": 3}]);
        assert_eq!(wire(DeepObject, objects), "p[0][a]=1&p[0][b]=2&p[1][a]=3");
    }
}
