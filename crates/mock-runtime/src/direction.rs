//! Schemas as they hold for one direction: a request, or a reply.
//!
//! OpenAPI 3.0.3: a property that is `readOnly` and required is required of replies only, one that is `writeOnly` of
//! requests only. JSON Schema knows nothing of that, nor of the formats by which OpenAPI bounds numbers, so both are
//! written into the schema before it is compiled.

use serde_json::{Map, Value, json};

use crate::schema::View;

/// How many references are followed to find out which way a property travels.
const DEPTH: usize = 12;

/// Which way a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Request,
    Reply,
}

impl Way {
    /// The keyword of what only travels the other way.
    fn barred(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Reply => "writeOnly",
        }
    }

    /// Whether a property only travels the other way.
    pub(crate) fn bars(self, property: View<'_>) -> bool {
        is_flagged(property, self.barred(), DEPTH)
    }

    /// Rewrites a schema that stands alone.
    pub(crate) fn apply(self, schema: &mut Value) {
        let whole = schema.clone();
        Rewrite { way: self, whole: &whole }.schema(schema, &[], DEPTH);
    }
}

fn is_flagged(view: View<'_>, keyword: &str, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let is_null = |view: &View<'_>| view.node.get("type") == Some(&json!("null"));
    let mut choices = view.branches("anyOf").filter(|view| !is_null(view)).peekable();
    view.node.get(keyword) == Some(&Value::Bool(true))
        || view.referred().is_some_and(|view| is_flagged(view, keyword, depth))
        || view.branches("allOf").any(|view| is_flagged(view, keyword, depth))
        || (choices.peek().is_some() && choices.all(|view| is_flagged(view, keyword, depth)))
}

struct Rewrite<'w> {
    way: Way,
    /// The schema as it was, for what references lead to.
    whole: &'w Value,
}

impl<'w> Rewrite<'w> {
    /// `barred` are the properties that whatever this schema is a part of does not want this way.
    fn schema(&self, node: &mut Value, barred: &[String], depth: usize) {
        let mut own = barred.to_vec();
        self.collect(View::root(self.whole).at(node), &mut own, DEPTH);
        let Value::Object(map) = node else { return };
        if let Some(Value::Array(required)) = map.get_mut("required") {
            required.retain(|name| !own.iter().any(|own| name == own.as_str()));
        }
        bound_integers(map);
        if self.way == Way::Request && map.get("format") == Some(&json!("binary")) {
            // A stand-in is checked instead of the file, and says nothing about its length.
            for keyword in ["minLength", "maxLength", "pattern"] {
                map.shift_remove(keyword);
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for branch in map.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten() {
                let depth = self.inline(branch, &own, depth);
                self.schema(branch, &own, depth);
            }
        }
        for keyword in ["properties", "patternProperties", "schemas"] {
            let inner = map.get_mut(keyword).and_then(Value::as_object_mut);
            inner
                .into_iter()
                .flat_map(Map::values_mut)
                .for_each(|node| self.schema(node, &[], DEPTH));
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(inner) = map.get_mut(keyword) {
                self.schema(inner, &[], DEPTH);
            }
        }
        for item in map.get_mut("prefixItems").and_then(Value::as_array_mut).into_iter().flatten() {
            self.schema(item, &[], DEPTH);
        }
    }

    /// The names of the properties that a schema, or what it builds on, does not want this way.
    fn collect(&self, view: View<'_>, names: &mut Vec<String>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let properties = view.node.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if !names.contains(name) && self.way.bars(view.at(property)) {
                names.push(name.clone());
            }
        }
        for view in view.referred().into_iter().chain(view.branches("allOf")) {
            self.collect(view, names, depth);
        }
    }

    /// A shared schema that demands what its neighbour bars is copied to where it is demanded, since others who refer
    /// to it bar nothing. Answers how often that may go on.
    fn inline(&self, branch: &mut Value, barred: &[String], depth: usize) -> usize {
        let Some(rest) = depth.checked_sub(1).filter(|_| !barred.is_empty()) else { return depth };
        let target = View::root(self.whole).at(branch).referred().map(|view| view.node.clone());
        match target {
            Some(target) if self.demands(View::root(self.whole).at(&target), barred, DEPTH) => {
                *branch = target;
                rest
            }
            _ => depth,
        }
    }

    fn demands(&self, view: View<'_>, names: &[String], depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let required = view.node.get("required").and_then(Value::as_array);
        required.into_iter().flatten().any(|own| names.iter().any(|name| own == name.as_str()))
            || view.inner().any(|view| self.demands(view, names, depth))
    }
}

/// `int32` and `int64` say how large an integer is, which JSON Schema leaves to its reader.
fn bound_integers(map: &mut Map<String, Value>) {
    let (least, most) = match map.get("format").and_then(Value::as_str) {
        Some("int32") => (json!(i32::MIN), json!(i32::MAX)),
        Some("int64") => (json!(i64::MIN), json!(i64::MAX)),
        _ => return,
    };
    let is_integer = match map.get("type") {
        Some(Value::String(name)) => name == "integer",
        Some(Value::Array(names)) => names.contains(&json!("integer")),
        _ => false,
    };
    if is_integer {
        let bounds =
            [("minimum", "exclusiveMinimum", least), ("maximum", "exclusiveMaximum", most)];
        for (bound, exclusive, value) in bounds {
            if !map.contains_key(bound) && !map.contains_key(exclusive) {
                map.insert(bound.to_owned(), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(way: Way, mut schema: Value, at: &str) -> Value {
        way.apply(&mut schema);
        schema.pointer(at).cloned().unwrap_or_default()
    }

    #[test]
    fn what_travels_one_way_is_required_that_way_only() {
        let user = json!({"required": ["id", "name", "password"], "properties": {
            "id": {"readOnly": true}, "name": {}, "password": {"$ref": "#/schemas/Secret"}}, "schemas": {"Secret": {"writeOnly": true}}});
        assert_eq!(required(Way::Request, user.clone(), "/required"), json!(["name", "password"]));
        assert_eq!(required(Way::Reply, user, "/required"), json!(["id", "name"]));
    }

    #[test]
    fn parts_of_a_whole_know_of_each_other() {
        let apart = json!({"allOf": [{"$ref": "#/schemas/Base"}, {"required": ["id"]}],
            "schemas": {"Base": {"properties": {"id": {"readOnly": true}}}}});
        assert_eq!(required(Way::Request, apart.clone(), "/allOf/1/required"), json!([]));
        assert_eq!(required(Way::Reply, apart, "/allOf/1/required"), json!(["id"]));
        let shared = json!({"allOf": [{"$ref": "#/schemas/Base"}, {"properties": {"id": {"readOnly": true}}}],
            "schemas": {"Base": {"required": ["id"]}}});
        assert_eq!(required(Way::Request, shared.clone(), "/allOf/0/required"), json!([]));
        assert_eq!(required(Way::Request, shared, "/schemas/Base/required"), json!(["id"]));
        let negated =
            json!({"not": {"required": ["id"], "properties": {"id": {"readOnly": true}}}});
        assert_eq!(required(Way::Request, negated, "/not/required"), json!(["id"]));
    }

    #[test]
    fn what_holds_itself_ends() {
        let mut endless = json!({"allOf": [{"$ref": "#/schemas/A"}, {"properties": {"id": {"readOnly": true}}}],
            "schemas": {"A": {"required": ["id"], "allOf": [{"$ref": "#/schemas/A"}]}}});
        Way::Request.apply(&mut endless);
        assert_eq!(endless.pointer("/allOf/0/required"), Some(&json!([])));
    }
}
