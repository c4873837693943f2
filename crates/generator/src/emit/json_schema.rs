//! OpenAPI 3.0 schemas as JSON Schema 2020-12: what the mock checks requests with and makes data from.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::read::{Document, Node};

/// The schemas that references lead to, by the names that they go by.
#[derive(Debug, Default)]
pub(super) struct Shared {
    names: IndexMap<String, String>,
    taken: HashSet<String>,
    schemas: IndexMap<String, Value>,
}

impl Shared {
    /// A schema with its references pointing at `#/schemas/NAME`.
    pub(super) fn translate(&mut self, document: &Document, node: &Node<'_>) -> Value {
        let mut queue = Vec::new();
        let schema = self.schema(document, node, &mut queue);
        // What references lead to waits in a queue, so that chains of any length cost no stack.
        while let Some((name, pointer)) = queue.pop() {
            if let Some(target) = document.node(&pointer) {
                let schema = self.schema(document, &target, &mut queue);
                self.schemas.insert(name, schema);
            }
        }
        schema
    }

    /// Everything that was referred to, by name in the order of the letters.
    pub(super) fn into_value(mut self) -> Value {
        self.schemas.sort_keys();
        Value::Object(self.schemas.into_iter().collect())
    }

    fn schema(
        &mut self,
        document: &Document,
        node: &Node<'_>,
        queue: &mut Vec<(String, crate::pointer::Pointer)>,
    ) -> Value {
        let Some(object) = node.value.as_object() else { return Value::Bool(true) };
        if object.contains_key("$ref") {
            return match document.resolve(node) {
                Ok(target) => json!({ "$ref": format!("#/schemas/{}", self.name(&target, queue)) }),
                Err(_) => Value::Bool(true),
            };
        }
        let mut out = Map::new();
        for (key, value) in object {
            let child = Node { value, pointer: node.pointer.child(key) };
            match key.as_str() {
                "properties" | "patternProperties" => {
                    let properties = child
                        .entries()
                        .map(|(name, node)| (name.to_owned(), self.schema(document, &node, queue)))
                        .collect();
                    out.insert(key.clone(), Value::Object(properties));
                }
                "items" | "not" | "additionalProperties" => {
                    let schema = if value.is_boolean() {
                        value.clone()
                    } else {
                        self.schema(document, &child, queue)
                    };
                    out.insert(key.clone(), schema);
                }
                "allOf" | "oneOf" | "anyOf" => {
                    let members: Vec<Value> =
                        child.items().map(|member| self.schema(document, &member, queue)).collect();
                    // Alternatives may overlap in real documents; a caller is not at fault for that.
                    let key = if key == "oneOf" { "anyOf" } else { key };
                    if !members.is_empty() {
                        out.insert(key.to_owned(), Value::Array(members));
                    }
                }
                "type" | "format" | "enum" | "required" | "minimum" | "maximum"
                | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "minLength"
                | "maxLength" | "pattern" | "minItems" | "maxItems" | "uniqueItems"
                | "minProperties" | "maxProperties" | "default" => {
                    out.insert(key.clone(), value.clone());
                }
                _ => {}
            }
        }
        bounds(&mut out);
        if object.get("nullable").and_then(Value::as_bool) == Some(true) {
            nullable(out)
        } else {
            Value::Object(out)
        }
    }

    fn name(
        &mut self,
        target: &Node<'_>,
        queue: &mut Vec<(String, crate::pointer::Pointer)>,
    ) -> String {
        let key = target.pointer.to_string();
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        // A name becomes part of a pointer, and of nothing else: letters and digits will do.
        let plain = |text: &str| -> String {
            text.chars()
                .map(|c| if c.is_alphanumeric() || c == '-' || c == '.' { c } else { '_' })
                .collect()
        };
        let own = plain(&target.pointer.last().unwrap_or_default());
        let name = if self.taken.contains(&own) || own.is_empty() { plain(&key) } else { own };
        self.names.insert(key, name.clone());
        self.taken.insert(name.clone());
        queue.push((name.clone(), target.pointer.clone()));
        name
    }
}

/// In OpenAPI 3.0 `exclusiveMinimum` is a flag on `minimum`; since then it is a bound of its own.
fn bounds(schema: &mut Map<String, Value>) {
    for (bound, flag) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        match schema.get(flag) {
            Some(Value::Bool(true)) => match schema.shift_remove(bound) {
                Some(value) => {
                    schema.insert(flag.to_owned(), value);
                }
                None => {
                    schema.shift_remove(flag);
                }
            },
            Some(Value::Bool(false)) => {
                schema.shift_remove(flag);
            }
            Some(_) | None => {}
        }
    }
}

fn nullable(mut schema: Map<String, Value>) -> Value {
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    match schema.get("type").cloned() {
        Some(Value::String(kind)) => {
            schema.insert("type".to_owned(), json!([kind, "null"]));
            Value::Object(schema)
        }
        Some(_) => Value::Object(schema),
        None if schema.is_empty() => Value::Bool(true),
        None => json!({ "anyOf": [Value::Object(schema), { "type": "null" }] }),
    }
}
