//! Enums to types.

use indexmap::IndexMap;
use serde_json::Value;

use super::Lowering;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::model::{EnumShape, Place, Scalar, Shape, Travel, TypeId, TypeRef};
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
}

fn unique<T: Eq + std::hash::Hash + Clone>(values: Vec<T>) -> Vec<T> {
    let map: IndexMap<T, ()> = values.into_iter().map(|value| (value, ())).collect();
    map.into_keys().collect()
}
