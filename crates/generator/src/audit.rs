//! A second look at what was understood, by other means than the passes: what the document says and the model lost.
//!
//! It reads the document's schemas and the sealed API side by side, and must not ask a pass how it decided. The command
//! `corpus --audit` runs it on other people's documents.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::Inputs;
use crate::diagnostic::Diagnostics;
use crate::lower::view::View;
use crate::model::{
    Api, ApiType, ArmKey, Constant, EnumShape, Field, Fill, Place, Presence, Root, Scalar, Shape,
    Step, TypeRef,
};
use crate::read::{Document, Node};
use crate::words;

/// What was found, one sentence each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Constants of the document that are any value in the model.
    pub constants: Vec<String>,
    /// Choices between objects that a property tells apart, and that go without a tag.
    pub untagged: Vec<String>,
    /// Enums that have a value more than any enum of the document.
    pub enums: Vec<String>,
    /// Names that are false at one of their places.
    pub names: Vec<String>,
}

/// Audits what a run makes of its inputs; nothing if the document cannot be read.
pub fn audit(inputs: &Inputs<'_>) -> Option<Audit> {
    let mut told = Diagnostics::new();
    let (document, api, _) = crate::understand(inputs, &mut told)?;
    let lists = Lists::of(&document);
    let mut audit = Audit::default();
    for def in api.types.values() {
        match def.shape() {
            Shape::Struct(shape) => {
                if let Some(node) = document.node(&def.def.pointer) {
                    lost_constants(&document, &api, &node, &shape.fields, &mut audit.constants);
                }
            }
            Shape::Union(_) => audit.untagged.extend(untagged(&api, def)),
            Shape::Enum(shape) => audit.enums.extend(larger(def, shape, &lists)),
            Shape::Alias(_) => {}
        }
        audit.names.extend(false_names(&api, def));
    }
    bodies(&document, &api, &mut audit.constants);
    Some(audit)
}

/// Constants among the properties of a schema whose field takes any value.
fn lost_constants(
    document: &Document,
    api: &Api,
    node: &Node<'_>,
    fields: &[Field],
    lost: &mut Vec<String>,
) {
    let mut told = Diagnostics::new();
    let view = View::of(document, node, &mut told);
    for (name, property) in &view.properties {
        let property = View::of(document, property, &mut told);
        let Some([value]) = property.values.map(Vec::as_slice) else { continue };
        let (Some(constant), true) = (Constant::of(value), property.alternatives.is_empty()) else {
            continue;
        };
        let Some(field) = fields.iter().find(|field| field.wire == *name) else { continue };
        let is_kept = match (&field.fill, field.ty.non_null()) {
            (Some(fill), _) => *fill.constant() == constant || matches!(fill, Fill::Usual(_)),
            (None, TypeRef::Named(id)) => {
                api.types.get(id).is_some_and(|def| matches!(def.shape(), Shape::Enum(_)))
            }
            // One of two truth values, where it may be absent, is told by the type well enough.
            (None, TypeRef::Scalar(Scalar::Bool)) => field.presence != Presence::Required,
            (None, _) => false,
        };
        if !is_kept {
            lost.push(format!("{}: `{name}` is always `{constant}`", node.pointer));
        }
    }
}

/// The same for bodies that are given part by part.
fn bodies(document: &Document, api: &Api, lost: &mut Vec<String>) {
    for operation in api.resources.iter().flat_map(|resource| &resource.operations) {
        let operation = &operation.operation;
        let Some(parts) = operation.body.as_ref().and_then(|body| body.parts.as_ref()) else {
            continue;
        };
        let fields: Vec<Field> = parts.iter().map(|(field, _)| field.clone()).collect();
        let body = document.node(&operation.pointer).and_then(|node| node.get("requestBody"));
        let body = body.and_then(|body| document.resolve(&body).ok());
        let schema = body.and_then(|body| {
            let (_, media) = body.get("content")?.entries().next()?;
            media.get("schema")
        });
        if let Some(schema) = schema {
            lost_constants(document, api, &schema, &fields, lost);
        }
    }
}

/// A choice without a tag whose arms all have a property that is always the same, and never the same in two.
fn untagged(api: &Api, def: &ApiType) -> Option<String> {
    let Shape::Union(union) = def.shape() else { return None };
    if union.tag.is_some() || union.arms.len() < 2 {
        return None;
    }
    let fields = |ty: &TypeRef| match ty.non_null() {
        TypeRef::Named(id) => match api.types.get(id).map(ApiType::shape) {
            Some(Shape::Struct(shape)) => Some(&shape.fields),
            _ => None,
        },
        _ => None,
    };
    let arms: Option<Vec<_>> = union.arms.iter().map(|arm| fields(&arm.ty)).collect();
    let arms = arms?;
    let constant = |fields: &[Field], wire: &str| {
        let field = fields.iter().find(|field| field.wire == wire)?;
        match &field.fill {
            Some(Fill::Fixed(constant)) => Some(constant.clone()),
            _ => None,
        }
    };
    let telling = arms[0].iter().find(|field| {
        let values: Option<Vec<_>> = arms.iter().map(|arm| constant(arm, &field.wire)).collect();
        values.is_some_and(|values| values.iter().collect::<HashSet<_>>().len() == values.len())
    })?;
    Some(format!("{}: `{}` tells the arms of `{}` apart", def.def.pointer, telling.wire, def.name))
}

/// Every list of values that a document has.
struct Lists(HashMap<String, Vec<BTreeSet<String>>>);

impl Lists {
    fn of(document: &Document) -> Self {
        let mut lists = Self(HashMap::new());
        lists.walk(document, &document.root());
        lists
    }

    fn walk(&mut self, document: &Document, node: &Node<'_>) {
        match node.value {
            Value::Object(object) => {
                let own = listed(node);
                if !own.is_empty() {
                    self.add(own);
                }
                for key in ["oneOf", "anyOf"].iter().filter(|key| object.contains_key(**key)) {
                    let members = node.get(key);
                    let members = members.iter().flat_map(Node::items);
                    let all = members.filter_map(|member| document.resolve(&member).ok());
                    self.add(all.flat_map(|member| listed(&member)).collect());
                }
                for (_, child) in node.entries() {
                    self.walk(document, &child);
                }
            }
            Value::Array(_) => node.items().for_each(|item| self.walk(document, &item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn add(&mut self, list: BTreeSet<String>) {
        for value in &list {
            self.0.entry(value.clone()).or_default().push(list.clone());
        }
    }

    fn has(&self, values: &BTreeSet<String>) -> bool {
        let lists = values.first().and_then(|first| self.0.get(first));
        values.is_empty() || lists.is_some_and(|lists| lists.iter().any(|l| values.is_subset(l)))
    }
}

fn listed(node: &Node<'_>) -> BTreeSet<String> {
    let values = node.member("enum").and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Constant::of).map(|value| value.to_string()).collect()
}

fn larger(def: &ApiType, shape: &EnumShape, lists: &Lists) -> Option<String> {
    let values: BTreeSet<String> = match shape {
        EnumShape::Strings(values) => values.iter().cloned().collect(),
        EnumShape::Integers(values) => values.iter().map(ToString::to_string).collect(),
    };
    (!lists.has(&values)).then(|| format!("{}: `{}` is no list of it", def.def.pointer, def.name))
}

/// The places at which a word of a type's name is said by nothing around.
fn false_names(api: &Api, def: &ApiType) -> Option<String> {
    const PARTS: [&str; 13] = [
        "input", "reply", "page", "item", "variant", "entry", "value", "list", "map", "envelope",
        "type", "by", "with",
    ];
    let places = &def.def.places;
    if places.len() < 2 || def.def.is_component || def.def.given_name.is_some() {
        return None;
    }
    let name = def.name.trim_end_matches(|c: char| c.is_ascii_digit());
    let name = words::split(name);
    // What is called by what it holds is that wherever it stands.
    let held: Vec<String> = match def.shape() {
        Shape::Struct(shape) => {
            shape.fields.iter().flat_map(|field| words::split(&field.wire)).collect()
        }
        Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => Vec::new(),
    };
    let place = places.iter().find(|place| {
        let said = said(api, place);
        let is_said = |word: &String| {
            PARTS.contains(&word.as_str())
                || word.bytes().all(|byte| byte.is_ascii_digit())
                || said.iter().chain(&held).any(|said| words::is_same(said, word))
        };
        !name.iter().all(is_said)
    })?;
    Some(format!("`{}` stands at `{place}`", def.name))
}

/// Every word that is said at a place or of the operation that it belongs to.
fn said(api: &Api, place: &Place) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    match &place.root {
        Root::Component(name) | Root::Param { name, .. } => said.extend(words::split(name)),
        Root::Reply { .. } | Root::Body { .. } | Root::Envelope => {}
    }
    for step in &place.steps {
        match step {
            Step::Field(name) | Step::Arm(ArmKey::Said(name) | ArmKey::Holds(name)) => {
                said.extend(words::split(name));
            }
            Step::Item | Step::Value | Step::Arm(ArmKey::Made(_) | ArmKey::At(_)) => {}
        }
    }
    let operations = api.resources.iter().flat_map(|resource| &resource.operations);
    let mut operations = operations.filter(|own| Some(&*own.operation.key) == place.operation());
    if let Some(own) = operations.next() {
        for text in [&own.operation.id, &own.operation.path, &own.operation.tag, &own.names.method]
        {
            said.extend(words::split(text));
        }
        said.extend(words::split(&own.operation.key));
        said.extend(words::split(&own.names.resource));
        said.extend(own.operation.words.iter().cloned());
    }
    said
}
