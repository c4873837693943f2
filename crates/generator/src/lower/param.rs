//! Parameters.

use indexmap::IndexMap;
use openapiv3::{HeaderStyle, Parameter, PathStyle, QueryStyle};
use serde_json::{Value, json};

use super::Lowering;
use super::body::essence;
use super::enumeration::constant;
use super::reply::is_json;
use super::view::View;
use crate::config::{ListHabit, ObjectHabit};
use crate::model::{Fill, Location, Param, Place, Root, Style, Travel, TypeRef};
use crate::read::Node;

impl<'d> Lowering<'d, '_> {
    /// The parameters of an operation: those of its path, then its own, which replace the path's.
    pub(super) fn params(
        &mut self,
        path: &str,
        item: &Node<'d>,
        operation: &Node<'d>,
        key: &str,
    ) -> Vec<Param> {
        let mut params: IndexMap<(Location, String), Param> = IndexMap::new();
        for owner in [item, operation] {
            for node in owner.get("parameters").iter().flat_map(Node::items) {
                let node = match self.document.resolve(&node) {
                    Ok(node) => node,
                    Err(diagnostic) => {
                        self.diagnostics.push(diagnostic);
                        continue;
                    }
                };
                if let Some(param) = self.param(&node, key) {
                    params.insert((param.location, param.wire.clone()), param);
                }
            }
        }
        // Path parameters come in the order of the path, whatever the order of their declarations.
        let mut params: Vec<Param> = params.into_values().collect();
        let position = |param: &Param| match param.location {
            Location::Path => path.find(&format!("{{{}}}", param.wire)).unwrap_or(usize::MAX - 1),
            Location::Query | Location::Header | Location::Cookie => usize::MAX,
        };
        params.sort_by_key(position);
        params
    }

    fn param(&mut self, node: &Node<'d>, key: &str) -> Option<Param> {
        let stand_in = [
            ("schema", json!({})),
            ("content", Value::Null),
            ("examples", Value::Null),
            ("example", Value::Null),
        ];
        let typed: Parameter = self.typed(node, "parameter", &stand_in)?;
        let (data, location, style) = match typed {
            Parameter::Query { parameter_data, style, .. } => {
                let style = match style {
                    QueryStyle::Form => Style::Plain,
                    QueryStyle::SpaceDelimited => Style::Space,
                    QueryStyle::PipeDelimited => Style::Pipe,
                    QueryStyle::DeepObject => Style::DeepObject,
                };
                (parameter_data, Location::Query, style)
            }
            Parameter::Header { parameter_data, style: HeaderStyle::Simple } => {
                let style = simple(parameter_data.explode);
                (parameter_data, Location::Header, style)
            }
            Parameter::Path { parameter_data, style } => {
                let exploded = parameter_data.explode == Some(true);
                let style = match style {
                    PathStyle::Simple => simple(parameter_data.explode),
                    PathStyle::Label if exploded => Style::LabelExploded,
                    PathStyle::Label => Style::Label,
                    PathStyle::Matrix if exploded => Style::MatrixExploded,
                    PathStyle::Matrix => Style::Matrix,
                };
                (parameter_data, Location::Path, style)
            }
            Parameter::Cookie { parameter_data, .. } => {
                (parameter_data, Location::Cookie, Style::Plain)
            }
        };
        let place = Place::root(Root::Param { operation: key.to_owned(), name: data.name.clone() });
        let (schema, media_type) = schema_of(node);
        let view = schema
            .as_ref()
            .map(|schema| View::of(self.document, schema, self.diagnostics))
            .unwrap_or_default();
        let required = data.required || location == Location::Path;
        let fixed = constant(&view).filter(|_| required);
        let ty = match (&fixed, &schema) {
            (Some(fixed), _) => TypeRef::Scalar(fixed.scalar()),
            (None, Some(schema)) => self.schema(schema, &place, Travel::Request),
            (None, None) => TypeRef::Scalar(crate::model::Scalar::String),
        };
        let style = match media_type {
            Some(media_type) if is_json(&essence(media_type)) => Style::Json,
            // Text stands as it is; of a list each item.
            Some(_) => Style::Plain,
            None => self.habit(location, style, data.explode, &ty),
        };
        let example =
            node.value.get("example").or_else(|| first_example(node)).or(view.example).cloned();
        let description = data.description.as_deref().map(str::trim).unwrap_or_default();
        Some(Param {
            required,
            deprecated: data.deprecated.unwrap_or(false) || view.deprecated,
            description: if description.is_empty() {
                view.description.to_owned()
            } else {
                description.to_owned()
            },
            wire: data.name,
            location,
            ty,
            style,
            example,
            fill: fixed.map(Fill::Fixed),
            shared: false,
            default: view.default.cloned(),
            minimum: schema.as_ref().and_then(|schema| schema.value.get("minimum")?.as_i64()),
        })
    }

    /// How a list or an object is written: as the document says, else by the vendor's habit.
    fn habit(
        &self,
        location: Location,
        style: Style,
        explode: Option<bool>,
        ty: &TypeRef,
    ) -> Style {
        if location != Location::Query || style != Style::Plain {
            return style;
        }
        match (ty.bare(), explode) {
            (TypeRef::List(_), Some(false)) => Style::Comma,
            (TypeRef::List(_), Some(true)) => Style::Plain,
            (TypeRef::List(_), None) => match self.config.query.lists {
                Some(ListHabit::Comma) => Style::Comma,
                Some(ListHabit::Brackets) => Style::Brackets,
                None => Style::Plain,
            },
            (TypeRef::Map(_) | TypeRef::Named(_), None) => match self.config.query.objects {
                Some(ObjectHabit::Brackets) => Style::Brackets,
                None => Style::Plain,
            },
            (TypeRef::Map(_) | TypeRef::Named(_), Some(false)) => Style::Comma,
            (
                TypeRef::Map(_)
                | TypeRef::Named(_)
                | TypeRef::Scalar(_)
                | TypeRef::Nullable(_)
                | TypeRef::OrEmpty(_)
                | TypeRef::Param
                | TypeRef::Apply(..)
                | TypeRef::Unknown
                | TypeRef::Any,
                _,
            ) => Style::Plain,
        }
    }
}

/// The schema of a parameter, and the media type of a `content` parameter, which travels as a text of that.
pub(crate) fn schema_of<'d>(node: &Node<'d>) -> (Option<Node<'d>>, Option<&'d str>) {
    if let Some(schema) = node.get("schema") {
        return (Some(schema), None);
    }
    let content = node.get("content").and_then(|content| {
        let (media_type, media) = content.entries().next()?;
        Some((media.get("schema")?, media_type))
    });
    content.map_or((None, None), |(schema, media_type)| (Some(schema), Some(media_type)))
}

/// Lists and plain values look the same either way; objects don't.
fn simple(explode: Option<bool>) -> Style {
    if explode == Some(true) { Style::Exploded } else { Style::Plain }
}

fn first_example<'d>(node: &Node<'d>) -> Option<&'d Value> {
    let examples = node.value.get("examples")?.as_object()?;
    examples.values().next()?.get("value")
}
