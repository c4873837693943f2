//! Keywords with values of the wrong kind: `nullable: "true"`, `minLength: "3"`, `tags: Pets`.

use super::super::kind;
use super::super::tree::{Here, Log};
use serde_json::{Map, Number, Value, json};

/// What a keyword has to be.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Boolean,
    Number,
}

pub(super) fn of_schema(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    const KEYS: [(&str, Form); 20] = [
        ("title", Form::Text),
        ("description", Form::Text),
        ("format", Form::Text),
        ("pattern", Form::Text),
        ("nullable", Form::Boolean),
        ("readOnly", Form::Boolean),
        ("writeOnly", Form::Boolean),
        ("deprecated", Form::Boolean),
        ("uniqueItems", Form::Boolean),
        ("exclusiveMinimum", Form::Boolean),
        ("exclusiveMaximum", Form::Boolean),
        ("minimum", Form::Number),
        ("maximum", Form::Number),
        ("multipleOf", Form::Number),
        ("minLength", Form::Number),
        ("maxLength", Form::Number),
        ("minItems", Form::Number),
        ("maxItems", Form::Number),
        ("minProperties", Form::Number),
        ("maxProperties", Form::Number),
    ];
    check(schema, &KEYS, here, log);
    if let Some(Value::Array(_) | Value::Null) = schema.get("additionalProperties") {
        let place = here.key("additionalProperties");
        log.note(
            "mistyped-keyword",
            "`additionalProperties` is no schema; taken as `true`",
            &place,
        );
        schema.insert("additionalProperties".to_owned(), true.into());
    }
}

pub(super) fn of_operation(operation: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    const KEYS: [(&str, Form); 4] = [
        ("operationId", Form::Text),
        ("summary", Form::Text),
        ("description", Form::Text),
        ("deprecated", Form::Boolean),
    ];
    check(operation, &KEYS, here, log);
    let Some(tags) = operation.get_mut("tags") else { return };
    let good = tags.as_array().is_some_and(|tags| tags.iter().all(Value::is_string));
    if good {
        return;
    }
    let names: Vec<String> = match &*tags {
        Value::Array(list) => list.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    };
    let message = format!(
        "`tags` should be a list of names, and is {}; taken as {}",
        kind(tags),
        json!(names)
    );
    *tags = json!(names);
    log.warn("mistyped-keyword", message, &here.key("tags"));
}

pub(super) fn of_parameter(parameter: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    const KEYS: [(&str, Form); 7] = [
        ("description", Form::Text),
        ("style", Form::Text),
        ("required", Form::Boolean),
        ("deprecated", Form::Boolean),
        ("explode", Form::Boolean),
        ("allowReserved", Form::Boolean),
        ("allowEmptyValue", Form::Boolean),
    ];
    check(parameter, &KEYS, here, log);
}

pub(super) fn of_body(body: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    check(body, &[("description", Form::Text), ("required", Form::Boolean)], here, log);
}

/// `discriminator-form`: its name alone, as in version 2.
pub(super) fn discriminator(schema: &mut Map<String, Value>, here: &Here<'_>, log: &mut Log) {
    let Some(value) = schema.get_mut("discriminator") else { return };
    let place = here.key("discriminator");
    match value {
        Value::Object(object) if object.get("propertyName").is_some_and(Value::is_string) => {}
        Value::String(name) => {
            *value = json!({ "propertyName": name });
            log.note(
                "discriminator-form",
                "`discriminator` should be an object; taken as the name in it",
                &place,
            );
        }
        _ => {
            log.warn(
                "discriminator-form",
                "`discriminator` names no property; it is left out",
                &place,
            );
            schema.shift_remove("discriminator");
        }
    }
}

/// `mistyped-keyword`: takes what can be taken, leaves out the rest. Null says nothing, and is not
/// worth a word.
fn check(node: &mut Map<String, Value>, keys: &[(&str, Form)], here: &Here<'_>, log: &mut Log) {
    for (key, form) in keys {
        let Some(value) = node.get_mut(*key) else { continue };
        if fits(value, *form) {
            continue;
        }
        if value.is_null() {
            node.shift_remove(*key);
            continue;
        }
        let place = here.key(key);
        if let Some(meant) = meant(value, *form) {
            let message = format!("`{key}` is {}; taken as {meant}", kind(value));
            *value = meant;
            log.note("mistyped-keyword", message, &place);
        } else {
            let message = format!("`{key}` is {}, which it cannot be; it is left out", kind(value));
            log.warn("mistyped-keyword", message, &place);
            node.shift_remove(*key);
        }
    }
}

fn fits(value: &Value, form: Form) -> bool {
    match form {
        Form::Text => value.is_string(),
        Form::Boolean => value.is_boolean(),
        Form::Number => value.is_number(),
    }
}

fn meant(value: &Value, form: Form) -> Option<Value> {
    match (form, value) {
        (Form::Text, value) => text(value).map(Value::String),
        (Form::Boolean, Value::String(word)) => match word.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true.into()),
            "false" | "no" | "0" | "" => Some(false.into()),
            _ => None,
        },
        (Form::Boolean, Value::Number(number)) => Some((number.as_f64() != Some(0.0)).into()),
        (Form::Number, Value::String(digits)) => {
            let digits = digits.trim();
            let whole = digits.parse::<i64>().ok().map(Number::from);
            whole.or_else(|| Number::from_f64(digits.parse().ok()?)).map(Value::Number)
        }
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
