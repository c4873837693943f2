//! Request bodies.

use openapiv3::RequestBody;
use serde_json::{Value, json};

use super::Lowering;
use super::reply::{examples_of, is_json};
use super::view::{Additional, View};
use crate::diagnostic::Diagnostic;
use crate::model::{Body, BodyKind, Method, Place, Root, Scalar, Style, Travel, TypeRef};
use crate::read::Node;

impl<'d> Lowering<'d, '_> {
    /// What the requests of an operation carry.
    pub(super) fn body(&mut self, operation: &Node<'d>, method: Method, key: &str) -> Option<Body> {
        let node = operation.get("requestBody")?;
        let node = match self.document.resolve(&node) {
            Ok(node) => node,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let typed: RequestBody = self.typed(&node, "request body", &[("content", json!({}))])?;
        let content = node.get("content")?;
        let media: Vec<(&str, Node<'d>)> = content.entries().collect();
        let (kind, media_type) = self.preferred(&media)?;
        let others = media.len() - 1;
        if others > 0 {
            self.diagnostics.push(
                Diagnostic::note(
                    "several-body-types",
                    format!("of {} media types for this body, `{media_type}` is used", media.len()),
                )
                .at(&content.pointer)
                .help("to use another, remove this one with an overlay action"),
            );
        }
        let node = media.into_iter().find(|(name, _)| *name == media_type).map(|(_, node)| node)?;
        let place = Place::root(Root::Body { operation: key.to_owned() });
        let schema = node.get("schema");
        if let (Method::Get | Method::Head | Method::Delete, Some(schema)) = (method, &schema)
            && self.holds_nothing(&kind, schema)
        {
            return None;
        }
        let ty = match (&kind, &schema) {
            (BodyKind::Text(_), _) => TypeRef::Scalar(Scalar::String),
            (BodyKind::Bytes(_), _) => TypeRef::Scalar(Scalar::Binary),
            (BodyKind::Json(_) | BodyKind::Form | BodyKind::Multipart, Some(schema)) => {
                self.schema(schema, &place, Travel::Request)
            }
            (BodyKind::Json(_) | BodyKind::Form | BodyKind::Multipart, None) => TypeRef::Any,
        };
        let kind_is_form = kind == BodyKind::Form;
        let is_form = matches!(kind, BodyKind::Form | BodyKind::Multipart);
        let flat =
            schema.as_ref().is_some_and(|schema| is_form || schema.value.get("$ref").is_none())
                && matches!(ty, TypeRef::Named(_));
        Some(Body {
            required: typed.required,
            kind,
            ty,
            flat,
            parts: None,
            part_types: part_types(&node),
            styles: if kind_is_form { styles(&node) } else { Vec::new() },
            example: examples_of(self.document, &node, schema.as_ref())
                .into_iter()
                .next()
                .map(|(_, value)| value),
            description: typed.description.unwrap_or_default().trim().to_owned(),
        })
    }

    /// The media type to write: JSON, unless a file has to go along.
    fn preferred(&mut self, media: &[(&'d str, Node<'d>)]) -> Option<(BodyKind, &'d str)> {
        let find =
            |test: &dyn Fn(&str) -> bool| media.iter().find(|(name, _)| test(&essence(name)));
        let multipart = find(&|name| name == "multipart/form-data");
        let json = find(&is_json);
        if let Some((name, node)) = multipart
            && (json.is_none() || self.holds_file(node))
        {
            return Some((BodyKind::Multipart, name));
        }
        if let Some((name, _)) = json {
            let own = Some((*name).to_owned()).filter(|_| essence(name) != "application/json");
            return Some((BodyKind::Json(own), name));
        }
        if let Some((name, _)) = find(&|name| name == "application/x-www-form-urlencoded") {
            return Some((BodyKind::Form, name));
        }
        let (name, _) = media.first()?;
        let kind = if *name == "*/*" {
            BodyKind::Json(None)
        } else if essence(name).starts_with("text/") || essence(name).ends_with("xml") {
            BodyKind::Text((*name).to_owned())
        } else {
            BodyKind::Bytes((*name).to_owned())
        };
        Some((kind, name))
    }

    /// Whether a body lists nothing that it could hold: tools write such where no body is meant.
    fn holds_nothing(&mut self, kind: &BodyKind, schema: &Node<'d>) -> bool {
        let is_object = matches!(kind, BodyKind::Json(_) | BodyKind::Form | BodyKind::Multipart);
        let view = View::of(self.document, schema, self.diagnostics);
        is_object
            && view.kind() == Some("object")
            && view.properties.is_empty()
            && view.alternatives.is_empty()
            && !matches!(view.additional, Some(Additional::Schema(_)))
    }

    fn holds_file(&mut self, media: &Node<'d>) -> bool {
        let Some(schema) = media.get("schema") else { return false };
        let view = View::of(self.document, &schema, self.diagnostics);
        view.properties.values().any(|property| {
            let own = property.str("format");
            let items = property.get("items");
            own == Some("binary")
                || items.is_some_and(|items| items.str("format") == Some("binary"))
        })
    }
}

/// A media type without its parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// How the document says that the fields of a form are written. What names neither a style nor JSON is written as forms
/// mostly are.
fn styles(media: &Node<'_>) -> Vec<(String, Style)> {
    let Some(encoding) = media.get("encoding") else { return Vec::new() };
    let style = |part: &Node<'_>| {
        // The second is how `normalize` has to write it.
        let exploded = part.bool("explode").or_else(|| part.bool("x-explode"));
        match (part.str("style"), exploded, part.str("contentType")) {
            (Some("deepObject"), ..) => Some(Style::DeepObject),
            (Some("spaceDelimited"), explode, _) if explode != Some(true) => Some(Style::Space),
            (Some("pipeDelimited"), explode, _) if explode != Some(true) => Some(Style::Pipe),
            (_, Some(false), _) => Some(Style::Comma),
            (Some(_), ..) | (_, Some(true), _) => Some(Style::Plain),
            (None, None, Some(own)) if is_json(&essence(own)) => Some(Style::Json),
            (None, None, _) => None,
        }
    };
    let own = encoding.entries().filter_map(|(name, part)| Some((name.to_owned(), style(&part)?)));
    own.collect()
}

fn part_types(media: &Node<'_>) -> Vec<(String, String)> {
    let Some(encoding) = media.get("encoding") else { return Vec::new() };
    encoding
        .entries()
        .filter_map(|(name, part)| {
            let content_type = part.value.get("contentType").and_then(Value::as_str)?;
            let first = content_type.split(',').next()?.trim();
            (!first.is_empty() && !first.contains('*')).then(|| (name.to_owned(), first.to_owned()))
        })
        .collect()
}
