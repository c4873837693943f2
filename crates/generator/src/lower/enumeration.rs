//! Enums to types.

use indexmap::IndexMap;
use serde_json::Value;

use super::Lowering;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::model::{Constant, EnumShape, FieldDocs, Place, Scalar, Shape, Travel, TypeId, TypeRef};
use crate::read::Node;

impl<'d> Lowering<'d, '_> {
    /// The type of a schema that lists its values; nothing if the list says nothing.
    pub(super) fn enumeration(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        values: &'d [Value],
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> Option<TypeRef> {
        let has_null = values.iter().any(Value::is_null);
        let wrap = |ty: TypeRef| if has_null { ty.nullable() } else { ty };
        let given: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        if given.is_empty() {
            return None;
        }
        let numeric = matches!(view.kind(), Some("integer" | "number"));
        let strings: Option<Vec<&str>> = given.iter().map(|value| value.as_str()).collect();
        let integers: Option<Vec<i64>> = given
            .iter()
            .map(|value| {
                value.as_i64().or_else(|| value.as_str().filter(|_| numeric)?.trim().parse().ok())
            })
            .collect();
        let shape = if let Some(integers) = integers {
            EnumShape::Integers(unique(integers))
        } else if let Some(strings) = strings {
            EnumShape::Strings(unique(strings.into_iter().map(str::to_owned).collect()))
        } else if given.iter().all(|value| value.is_number()) {
            return Some(wrap(TypeRef::Scalar(Scalar::Float)));
        } else if given.iter().all(|value| value.is_boolean()) {
            return Some(wrap(TypeRef::Scalar(Scalar::Bool)));
        } else {
            self.diagnostics.push(
                Diagnostic::note(
                    "mixed-enum",
                    "the values of this enum are of several kinds; any value is accepted here",
                )
                .at(node.pointer.clone())
                .help("an overlay can give the enum values of one kind, or split it with `oneOf`"),
            );
            return Some(TypeRef::Any);
        };
        let docs = described(node, values, &shape);
        let shape = Shape::Enum(shape);
        Some(wrap(self.define(node, view, shape, docs, place, travel, slot)))
    }

    /// The enum whose values are told one by one, each with its own words: a choice between schemas that list values and
    /// nothing else, or any text besides, which every enum takes. Nothing where one of them says more than that.
    pub(super) fn documented_enum(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> Option<TypeRef> {
        let mut has_null = view.nullable;
        let mut takes_any = false;
        let (mut strings, mut integers) = (IndexMap::new(), IndexMap::new());
        for member in &view.alternatives {
            if member.str("type") == Some("null") {
                has_null = true;
                continue;
            }
            let own = View::of(self.document, member, self.diagnostics);
            let Some(values) = own.values else {
                let is_text = own.kind() == Some("string") && own.format.is_none();
                takes_any |= is_text.then_some(true)?;
                has_null |= own.nullable;
                continue;
            };
            if !own.alternatives.is_empty() || !own.properties.is_empty() {
                return None;
            }
            has_null |= own.nullable;
            // Words for one value are that value's; words for many are nobody's in particular.
            let words = [own.description, own.title].into_iter().find(|words| !words.is_empty());
            let words = words.filter(|_| values.len() == 1).unwrap_or_default();
            let title = Some(own.title).filter(|title| !title.is_empty() && values.len() == 1);
            for value in values {
                match value {
                    Value::Null => has_null = true,
                    Value::String(text) => {
                        strings.entry(text.clone()).or_insert_with(|| docs(value, words));
                    }
                    other => {
                        // A number is no name.
                        let name = title.map(str::to_owned);
                        let docs = || FieldDocs { name, ..docs(value, words) };
                        integers.entry(other.as_i64()?).or_insert_with(docs);
                    }
                }
            }
        }
        let is_empty = |text: &String| text.is_empty();
        let (shape, fields): (EnumShape, Vec<FieldDocs>) = match (strings.len(), integers.len()) {
            // Any text, or none: that is text.
            (1, 0) if takes_any && strings.keys().all(is_empty) => {
                let ty = TypeRef::Scalar(Scalar::String);
                return Some(if has_null { ty.nullable() } else { ty });
            }
            (1.., 0) => {
                let (values, docs) = strings.into_iter().unzip();
                (EnumShape::Strings(values), docs)
            }
            (0, 1..) if !takes_any => {
                let (values, docs) = integers.into_iter().unzip();
                (EnumShape::Integers(values), docs)
            }
            _ => return None,
        };
        let ty = self.define(node, view, Shape::Enum(shape), fields, place, travel, slot);
        Some(if has_null { ty.nullable() } else { ty })
    }
}

/// What extensions that many tools know say of the values: their names and their descriptions, in the order of the values
/// or by value. Nothing where they say nothing.
fn described(node: &Node<'_>, values: &[Value], shape: &EnumShape) -> Vec<FieldDocs> {
    let told = |keys: [&str; 2], value: &Value| {
        let all = keys.iter().find_map(|key| node.member(key))?;
        let own = match all {
            Value::Array(list) if list.len() == values.len() => {
                list.get(values.iter().position(|known| known == value)?)
            }
            Value::Object(map) => map.get(&Constant::of(value)?.to_string()),
            _ => None,
        };
        let own = own?.as_str()?.trim();
        (!own.is_empty()).then(|| own.to_owned())
    };
    let given: Vec<Value> = match shape {
        EnumShape::Strings(values) => values.iter().map(|text| Value::from(&**text)).collect(),
        EnumShape::Integers(values) => values.iter().map(|number| Value::from(*number)).collect(),
    };
    let docs: Vec<FieldDocs> = (given.into_iter())
        .map(|value| FieldDocs {
            description: told(["x-enum-descriptions", "x-enumDescriptions"], &value)
                .unwrap_or_default(),
            name: told(["x-enum-varnames", "x-enumNames"], &value),
            example: Some(value),
            ..FieldDocs::default()
        })
        .collect();
    let says = |docs: &FieldDocs| docs.name.is_some() || !docs.description.is_empty();
    if docs.iter().any(says) { docs } else { Vec::new() }
}

/// What the document says of one value.
fn docs(value: &Value, words: &str) -> FieldDocs {
    FieldDocs {
        description: words.to_owned(),
        example: Some(value.clone()),
        ..FieldDocs::default()
    }
}

/// The only value that a schema allows.
pub(super) fn constant(view: &View<'_>) -> Option<Constant> {
    let [value] = view.values?.as_slice() else { return None };
    if !view.alternatives.is_empty() || !view.properties.is_empty() {
        return None;
    }
    match (value, view.kind()) {
        (Value::String(text), Some("integer" | "number")) => {
            text.trim().parse().ok().map(Constant::Integer)
        }
        _ => Constant::of(value),
    }
}

fn unique<T: Eq + std::hash::Hash + Clone>(values: Vec<T>) -> Vec<T> {
    let map: IndexMap<T, ()> = values.into_iter().map(|value| (value, ())).collect();
    map.into_keys().collect()
}
