//! Validation errors in the words and the form of Laravel, which upstream is built on.
//!
//! Turns what `jsonschema` reports into `field → message` pairs. Knows nothing of requests.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// One thing that is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Dotted path, as in `items.0.price`.
    pub field: String,
    /// A sentence for people.
    pub message: String,
}

impl Problem {
    /// A required value that is not there.
    pub(crate) fn required(field: &str) -> Self {
        Self {
            message: format!("The {} field is required.", spoken(field)),
            field: field.to_owned(),
        }
    }
}

/// Most problems that are told for one value.
const MOST: usize = 50;

/// Puts every error in words. `root` names the value itself and is `""` for a body.
pub(crate) fn problems<'e>(
    root: &str,
    errors: impl Iterator<Item = ValidationError<'e>>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for error in errors.take(MOST) {
        add(root, &error, &mut problems);
    }
    problems
}

fn add(root: &str, error: &ValidationError<'_>, problems: &mut Vec<Problem>) {
    let field = field(root, error.instance_path().as_str());
    match error.kind() {
        Kind::Required { property } => {
            let inner = property.as_str().unwrap_or_default();
            problems.push(Problem::required(&if field.is_empty() {
                inner.to_owned()
            } else {
                format!("{field}.{inner}")
            }));
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            match nearest(error, context) {
                Some(branch) => {
                    branch.iter().take(MOST).for_each(|error| add(root, error, problems))
                }
                None => problems
                    .push(told(field, "matches none of the forms that the document allows.")),
            }
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for inner in unexpected.iter().take(MOST) {
                let field =
                    if field.is_empty() { inner.clone() } else { format!("{field}.{inner}") };
                problems.push(told(field, "is prohibited."));
            }
        }
        kind => problems.push(told(field, &predicate(kind, error))),
    }
}

/// The branch that came furthest into the value, if one came further than the value itself.
fn nearest<'c>(
    error: &ValidationError<'_>,
    context: &'c [Vec<ValidationError<'static>>],
) -> Option<&'c Vec<ValidationError<'static>>> {
    let own = error.instance_path().as_str().len();
    let depth = |branch: &&Vec<ValidationError<'static>>| {
        let required = branch.iter().any(|error| matches!(error.kind(), Kind::Required { .. }));
        let deepest =
            branch.iter().map(|error| error.instance_path().as_str().len()).max().unwrap_or(0);
        (deepest, required)
    };
    let best = context.iter().max_by_key(depth)?;
    let (deepest, required) = depth(&best);
    if deepest > own || required { Some(best) } else { None }
}

fn told(field: String, predicate: &str) -> Problem {
    let field = if field.is_empty() { "body".to_owned() } else { field };
    Problem { message: format!("The {} field {predicate}", spoken(&field)), field }
}

fn predicate(kind: &Kind, error: &ValidationError<'_>) -> String {
    let length = |unit: &str| if error.instance().is_array() { "items" } else { unit }.to_owned();
    match kind {
        Kind::Type { kind } => match wanted(kind).as_str() {
            "integer" => "must be an integer.".to_owned(),
            "number" => "must be a number.".to_owned(),
            "boolean" => "must be true or false.".to_owned(),
            "array" => "must be an array.".to_owned(),
            "object" => "must be an object.".to_owned(),
            other => format!("must be a {other}."),
        },
        Kind::Enum { options } => format!("must be one of {}.", listed(options)),
        Kind::Constant { expected_value } => format!("must be {expected_value}."),
        Kind::Minimum { limit } => format!("must be at least {limit}."),
        Kind::Maximum { limit } => format!("must not be greater than {limit}."),
        Kind::ExclusiveMinimum { limit } => format!("must be greater than {limit}."),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}."),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}."),
        Kind::MinLength { limit } => format!("must be at least {limit} {}.", length("characters")),
        Kind::MaxLength { limit } => {
            format!("must not be greater than {limit} {}.", length("characters"))
        }
        Kind::MinItems { limit } => format!("must have at least {limit} items."),
        Kind::MaxItems { limit } => format!("must not have more than {limit} items."),
        Kind::MinProperties { limit } => format!("must have at least {limit} properties."),
        Kind::MaxProperties { limit } => format!("must not have more than {limit} properties."),
        Kind::UniqueItems => "has a duplicate value.".to_owned(),
        Kind::Pattern { pattern } => format!("format is invalid: it must match {pattern}"),
        Kind::Format { format } => format!("must be a valid {format}."),
        Kind::OneOfMultipleValid { .. } => {
            "matches more than one of the forms of which one is allowed.".to_owned()
        }
        Kind::FalseSchema => "is prohibited.".to_owned(),
        _ => format!("is invalid: {}", clipped(&error.to_string())),
    }
}

/// The type that a value should have. Null is left out where there is another: nobody is told to send it.
fn wanted(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => {
            let names: Vec<_> =
                kinds.iter().map(|kind| kind.to_string()).filter(|name| name != "null").collect();
            names.join(" or ")
        }
    }
}

/// The options of an enumeration; a long one is cut.
fn listed(options: &Value) -> String {
    let all = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let shown: Vec<_> = all.iter().take(12).map(Value::to_string).collect();
    let more = if all.len() > shown.len() {
        format!(" and {} more", all.len() - shown.len())
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

fn clipped(text: &str) -> String {
    let mut clipped: String = text.chars().take(200).collect();
    if clipped.len() < text.len() {
        clipped.push('…');
    }
    clipped
}

/// `/items/0/price` below `root` as `root.items.0.price`.
fn field(root: &str, pointer: &str) -> String {
    let tokens =
        pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    let parts: Vec<_> =
        [root.to_owned()].into_iter().filter(|root| !root.is_empty()).chain(tokens).collect();
    clipped(&parts.join("."))
}

/// A name as Laravel speaks it: `startDate` is "start date".
pub(crate) fn spoken(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for character in name.chars() {
        match character {
            '_' => words.push(' '),
            upper if upper.is_uppercase() => {
                if lower {
                    words.push(' ');
                }
                words.extend(upper.to_lowercase());
            }
            other => words.push(other),
        }
        lower = character.is_lowercase() || character.is_ascii_digit();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told_of(schema: Value, value: Value) -> Vec<String> {
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let problems = problems("", validator.iter_errors(&value));
        problems
            .into_iter()
            .map(|problem| format!("{}: {}", problem.field, problem.message))
            .collect()
    }

    #[test]
    fn speaks_like_the_framework() {
        let schema = json!({
            "type": "object", "required": ["text"], "additionalProperties": false,
            "properties": {"price": {"type": "number", "minimum": 3}, "mediaIds": {"type": "array", "items": {"type": "integer"}}, "kind": {"enum": ["a", "b"]}}
        });
        let value = json!({"price": 1, "mediaIds": [1, "x"], "kind": "c", "odd": 1});
        let mut told = told_of(schema.clone(), value);
        told.sort();
        assert_eq!(
            told,
            [
                "kind: The kind field must be one of \"a\", \"b\".",
                "mediaIds.1: The media ids.1 field must be an integer.",
                "odd: The odd field is prohibited.",
                "price: The price field must be at least 3.",
                "text: The text field is required.",
            ]
        );
        assert_eq!(told_of(schema, json!([])), ["body: The body field must be an object."]);
    }

    #[test]
    fn the_nearest_branch_speaks() {
        let schema = json!({"oneOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
            {"type": "string"}
        ]});
        assert_eq!(
            told_of(schema.clone(), json!({"a": "x"})),
            ["a: The a field must be an integer."]
        );
        assert_eq!(told_of(schema.clone(), json!({})), ["a: The a field is required."]);
        assert_eq!(
            told_of(json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}), json!([])),
            ["body: The body field matches none of the forms that the document allows."]
        );
    }
}
