//! Enums to types.

use indexmap::IndexMap;
use serde_json::Value;

use super::Lowering;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::model::{EnumShape, FieldDocs, Place, Scalar, Shape, Travel, TypeId, TypeRef};
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
        // A single value is a constant: a type for it would say nothing that the value does not.
        match shape {
            EnumShape::Strings(values) if values.len() < 2 => {
                Some(wrap(TypeRef::Scalar(Scalar::String)))
            }
            EnumShape::Integers(values) if values.len() < 2 => {
                Some(wrap(TypeRef::Scalar(Scalar::Int64)))
            }
            shape @ (EnumShape::Strings(_) | EnumShape::Integers(_)) => Some(wrap(self.define(
                node,
                view,
                Shape::Enum(shape),
                Vec::new(),
                place,
                travel,
                slot,
            ))),
        }
    }

    /// The enum whose values are told one by one, each with its own words: a choice between schemas that list values and
    /// nothing else. Nothing where one of them says more than that.
    pub(super) fn documented_enum(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> Option<TypeRef> {
        let mut has_null = view.nullable;
        let (mut strings, mut integers) = (IndexMap::new(), IndexMap::new());
        for member in &view.alternatives {
            if member.str("type") == Some("null") {
                has_null = true;
                continue;
            }
            let own = View::of(self.document, member, self.diagnostics);
            let values = own.values?;
            if !own.alternatives.is_empty() || !own.properties.is_empty() {
                return None;
            }
            has_null |= own.nullable;
            // Words for one value are that value's; words for many are nobody's in particular.
            let words = [own.description, own.title].into_iter().find(|words| !words.is_empty());
            let words = words.filter(|_| values.len() == 1).unwrap_or_default();
            for value in values {
                match value {
                    Value::Null => has_null = true,
                    Value::String(text) => {
                        strings.entry(text.clone()).or_insert_with(|| docs(value, words));
                    }
                    other => {
                        integers.entry(other.as_i64()?).or_insert_with(|| docs(value, words));
                    }
                }
            }
        }
        let (shape, fields): (EnumShape, Vec<FieldDocs>) = match (strings.len(), integers.len()) {
            (2.., 0) => {
                let (values, docs) = strings.into_iter().unzip();
                (EnumShape::Strings(values), docs)
            }
            (0, 2..) => {
                let (values, docs) = integers.into_iter().unzip();
                (EnumShape::Integers(values), docs)
            }
            _ => return None,
        };
        let ty = self.define(node, view, Shape::Enum(shape), fields, place, travel, slot);
        Some(if has_null { ty.nullable() } else { ty })
    }
}

/// What the document says of one value.
fn docs(value: &Value, words: &str) -> FieldDocs {
    FieldDocs {
        description: words.to_owned(),
        example: Some(value.clone()),
        ..FieldDocs::default()
    }
}

fn unique<T: Eq + std::hash::Hash + Clone>(values: Vec<T>) -> Vec<T> {
    let map: IndexMap<T, ()> = values.into_iter().map(|value| (value, ())).collect();
    map.into_keys().collect()
}
