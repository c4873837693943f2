//! Schemas to types.

use serde_json::Value;

use super::Lowering;
use super::enumeration::constant;
use super::view::{Additional, View, endless};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Field, FieldDocs, Fill, Place, Presence, Root, Scalar, Shape, Step, StructShape, Travel,
    TypeDef, TypeId, TypeRef,
};
use crate::pointer::Pointer;
use crate::read::Node;

/// How many schemas may be lowered within each other. Documents by people stay below twenty.
const DEEPEST: usize = 128;

impl<'d> Lowering<'d, '_> {
    /// The type that a schema describes. What a reference leads to is put in the queue, so that chains of
    /// references of any length cost no stack.
    pub(super) fn schema(&mut self, node: &Node<'d>, place: &Place, travel: Travel) -> TypeRef {
        if node.value.get("$ref").is_some() {
            return self.reference(node, travel);
        }
        // `allOf` with a single reference and prose beside it is the reference.
        if let Some(target) = lone_reference(node) {
            return self.lone(node, &target, travel);
        }
        let view = View::of(self.document, node, self.diagnostics);
        if travel == Travel::Reply && view.is_learnt_from_null(node) {
            return TypeRef::Unknown;
        }
        let ty = self.shaped(node, &view, place, travel);
        if view.nullable { ty.nullable() } else { ty }
    }

    /// What a lone reference leads to, with the null that stands beside it.
    fn lone(&mut self, node: &Node<'d>, target: &Node<'d>, travel: Travel) -> TypeRef {
        let ty = self.reference(target, travel);
        let says_null = |node: &Node<'d>| node.bool("nullable") == Some(true);
        let beside =
            node.get("allOf").is_some_and(|members| members.items().any(|m| says_null(&m)));
        if beside || says_null(node) { ty.nullable() } else { ty }
    }

    fn reference(&mut self, node: &Node<'d>, travel: Travel) -> TypeRef {
        match self.document.resolve(node) {
            Ok(target) => self.referred(target, travel),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                TypeRef::Any
            }
        }
    }

    /// The type of what a reference leads to.
    pub(super) fn referred(&mut self, target: Node<'d>, travel: Travel) -> TypeRef {
        let key = target.pointer.to_string();
        if let Some(id) = self.referenced.get(&key) {
            return TypeRef::Named(*id);
        }
        let name = component_name(&key);
        let place = Place::root(Root::Component(name.clone()));
        let id = self.types.add(TypeDef {
            places: vec![place],
            given_name: Some(name),
            is_component: true,
            ..to_be_filled(&target.pointer, travel)
        });
        self.referenced.insert(key, id);
        self.queue.push_back((id, target));
        TypeRef::Named(id)
    }

    /// Lowers what references have led to, until there is nothing left.
    pub(super) fn drain(&mut self) {
        while let Some((id, node)) = self.queue.pop_front() {
            let place = self.types.get(id).places[0].clone();
            let travel = self.types.get(id).travel;
            let lone = lone_reference(&node).filter(|target| !self.is_kind_of(&node, target));
            let ty = if let Some(target) = lone {
                self.lone(&node, &target, travel)
            } else {
                let view = View::of(self.document, &node, self.diagnostics);
                let ty = self.of_kind(&node, &view, &place, travel, Some(id));
                self.types.get_mut(id).description = prose(&view);
                if view.nullable { ty.nullable() } else { ty }
            };
            if ty != TypeRef::Named(id) {
                self.alias(id, ty);
            }
        }
    }

    /// A nullable component keeps its shape, and the null moves to an alias in front of it.
    fn alias(&mut self, id: TypeId, ty: TypeRef) {
        if ty.non_null() == &TypeRef::Named(id) {
            let inner = self.types.get(id).clone();
            let inner = self.types.add(inner);
            let front = self.types.get_mut(id);
            front.places.clear();
            front.given_name = None;
            front.is_component = false;
            front.shape = Shape::Alias(TypeRef::Named(inner).nullable());
            front.fields.clear();
        } else {
            self.types.get_mut(id).shape = Shape::Alias(ty);
        }
    }

    /// The type of a schema that is no component, without its null.
    ///
    /// What `allOf` brings in is lowered where it lands, so a schema may come round to itself without a reference
    /// that could be queued. It is then the type that is being made. And where it lands more than once, it is one type.
    fn shaped(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
    ) -> TypeRef {
        let schema = std::ptr::from_ref(node.value);
        if let Some(at) = self.open.iter().position(|(open, _)| *open == schema) {
            if let Some(id) = self.open[at].1 {
                return TypeRef::Named(id);
            }
            let id = self.types.add(to_be_filled(&node.pointer, travel));
            self.open[at].1 = Some(id);
            return TypeRef::Named(id);
        }
        if let Some(ty) = self.made.get(&(schema, travel)).cloned() {
            self.stands_also_at(&ty, place);
            return ty;
        }
        if self.open.len() >= DEEPEST {
            self.diagnostics.push(endless(node, "any value is accepted"));
            return TypeRef::Any;
        }
        self.open.push((schema, None));
        let ty = self.of_kind(node, view, place, travel, None);
        if let Some((_, Some(id))) = self.open.pop() {
            self.types.get_mut(id).shape = Shape::Alias(ty.clone());
        }
        self.made.insert((schema, travel), ty.clone());
        ty
    }

    /// The same for any schema. `slot` is the type to fill where a component asks for one.
    fn of_kind(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> TypeRef {
        if !view.alternatives.is_empty()
            && let Some(ty) = self.alternatives(node, view, place, travel, slot)
        {
            return ty;
        }
        if view.alternatives.is_empty()
            && let Some(ty) = self.base(node, view, place, travel, slot)
        {
            return ty;
        }
        if let Some(values) = view.values
            && let Some(ty) = self.enumeration(node, view, values, place, travel, slot)
        {
            return ty;
        }
        match view.kind() {
            Some("object") => self.object(node, view, place, travel, slot),
            Some("array") => match &view.items {
                Some(items) => self.schema(items, &place.then(Step::Item), travel).list(),
                None => TypeRef::Unknown.list(),
            },
            Some("string") => TypeRef::Scalar(string_format(view.format)),
            Some("integer") => TypeRef::Scalar(match view.format {
                Some("int32") => Scalar::Int32,
                Some("uint64") => Scalar::UInt64,
                _ => Scalar::Int64,
            }),
            Some("number") => TypeRef::Scalar(match view.format {
                Some("decimal") => Scalar::Decimal,
                _ => Scalar::Float,
            }),
            Some("boolean") => TypeRef::Scalar(Scalar::Bool),
            // What was learnt from null alone may turn out to be anything in particular.
            Some("null") => TypeRef::Unknown,
            None if view.example.is_some_and(Value::is_null) => TypeRef::Unknown,
            None => TypeRef::Any,
            Some(other) => {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "unknown-type",
                        format!("there is no type `{other}`; any value is accepted here"),
                    )
                    .at(node.pointer.clone())
                    .help("types are string, number, integer, boolean, array and object"),
                );
                TypeRef::Any
            }
        }
    }

    pub(super) fn object(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> TypeRef {
        if view.properties.is_empty() {
            return match &view.additional {
                Some(Additional::Schema(values)) => {
                    self.schema(values, &place.then(Step::Value), travel).map()
                }
                Some(Additional::Open | Additional::Closed) | None => TypeRef::Any.map(),
            };
        }
        let mut shape = StructShape::default();
        let mut docs = Vec::with_capacity(view.properties.len());
        for (name, property) in &view.properties {
            let (field, field_docs) = self.property(name, property, view, place, travel);
            shape.fields.push(field);
            docs.push(field_docs);
        }
        shape.rest = match &view.additional {
            Some(Additional::Schema(values)) => {
                Some(self.schema(values, &place.then(Step::Value), travel))
            }
            Some(Additional::Open) => Some(TypeRef::Any),
            Some(Additional::Closed) | None => None,
        };
        self.define(node, view, Shape::Struct(shape), docs, place, travel, slot)
    }

    fn property(
        &mut self,
        name: &str,
        property: &Node<'d>,
        owner: &View<'d>,
        place: &Place,
        travel: Travel,
    ) -> (Field, FieldDocs) {
        let view = View::of(self.document, property, self.diagnostics);
        // Documents of some makes repeat an example at every level; the outermost one says it all.
        let covered = self.covered;
        self.covered |= view.example.is_some();
        let presence =
            if owner.required.contains(name) { Presence::Required } else { Presence::Unstated };
        let only = match (view.read_only, view.write_only) {
            (true, false) => Some(Travel::Reply),
            (false, true) => Some(Travel::Request),
            (false, false) | (true, true) => None,
        };
        let constant = constant(&view)
            .filter(|_| presence == Presence::Required && only.is_none() && !view.nullable);
        let ty = match &constant {
            Some(constant) => TypeRef::Scalar(constant.scalar()),
            None => self.schema(property, &place.field(name), travel),
        };
        self.covered = covered;
        let fill = constant.map(Fill::Fixed);
        let own = property.value.get("$ref").is_none();
        let docs = FieldDocs {
            description: if own { prose(&view) } else { String::new() },
            example: view.example.filter(|example| own && (!covered || is_small(example))).cloned(),
            deprecated: view.deprecated,
            notes: if own { view.notes } else { Vec::new() },
            name: None,
        };
        (Field { wire: name.to_owned(), ty, presence, only, fill }, docs)
    }

    /// Takes in a type, or fills the slot that a component keeps for it.
    #[allow(
        clippy::too_many_arguments,
        reason = "these are the facts of a type; a struct for one call would only rename them"
    )]
    pub(super) fn define(
        &mut self,
        node: &Node<'d>,
        view: &View<'d>,
        shape: Shape,
        fields: Vec<FieldDocs>,
        place: &Place,
        travel: Travel,
        slot: Option<TypeId>,
    ) -> TypeRef {
        if let Some(id) = slot {
            let def = self.types.get_mut(id);
            def.shape = shape;
            def.fields = fields;
            return TypeRef::Named(id);
        }
        let given_name = Some(view.title).filter(|title| is_type_title(title)).map(str::to_owned);
        TypeRef::Named(self.types.add(TypeDef {
            shape,
            description: prose(view),
            fields,
            places: vec![place.clone()],
            given_name,
            is_component: false,
            locked_name: None,
            arguments: Vec::new(),
            travel,
            pointer: node.pointer.clone(),
        }))
    }
}

/// A type that is referred to before it is known.
fn to_be_filled(pointer: &Pointer, travel: Travel) -> TypeDef {
    TypeDef {
        shape: Shape::Alias(TypeRef::Unknown),
        description: String::new(),
        fields: Vec::new(),
        places: Vec::new(),
        given_name: None,
        is_component: false,
        locked_name: None,
        arguments: Vec::new(),
        travel,
        pointer: pointer.clone(),
    }
}

/// The one reference in `allOf` where nothing but prose and null stands beside it, be it next to `allOf` or in it.
pub(crate) fn lone_reference<'d>(node: &Node<'d>) -> Option<Node<'d>> {
    let says_nothing = |schema: &Value, besides: &str| {
        schema.as_object().is_some_and(|schema| {
            schema.iter().all(|(key, value)| key == besides || is_prose(key, value))
        })
    };
    let members = node.get("allOf")?;
    let mut references = members.items().filter(|member| member.value.get("$ref").is_some());
    let only = references.next()?;
    let alone = references.next().is_none()
        && members
            .items()
            .all(|member| member.pointer == only.pointer || says_nothing(member.value, ""));
    (alone && says_nothing(node.value, "allOf")).then_some(only)
}

/// Whether a keyword adds nothing to the type that stands beside it.
fn is_prose(key: &str, value: &Value) -> bool {
    const PROSE: [&str; 10] = [
        "description",
        "title",
        "nullable",
        "example",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "externalDocs",
        "xml",
    ];
    PROSE.contains(&key) || key.starts_with("x-") || (key == "type" && value == "object")
}

fn prose(view: &View<'_>) -> String {
    if view.description.is_empty() && !is_type_title(view.title) {
        view.title.to_owned()
    } else {
        view.description.to_owned()
    }
}

/// A title that can serve as a type's name: one word, or a few capitalised ones.
fn is_type_title(title: &str) -> bool {
    !title.is_empty()
        && title.len() <= 40
        && title.chars().next().is_some_and(|first| first.is_ascii_uppercase())
        && title.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The words of a reference that name what it leads to: a component's key, or for a way into one the parts of it.
pub(crate) fn component_name(pointer: &str) -> String {
    let tokens: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
        .collect();
    match tokens.as_slice() {
        [components, _, name] if components == "components" => name.clone(),
        [definitions, name] if definitions == "definitions" || definitions == "$defs" => {
            name.clone()
        }
        [components, _, name, rest @ ..] if components == "components" => {
            let parts = rest
                .iter()
                .filter(|part| !matches!(part.as_str(), "properties" | "items" | "schema"));
            std::iter::once(name).chain(parts).cloned().collect::<Vec<_>>().join(" ")
        }
        other => other
            .iter()
            .rev()
            .find(|part| part.parse::<usize>().is_err())
            .cloned()
            .unwrap_or_default(),
    }
}

fn string_format(format: Option<&str>) -> Scalar {
    match format {
        Some("date") => Scalar::Date,
        Some("date-time") => Scalar::DateTime,
        Some("uuid") => Scalar::Uuid,
        Some("byte") => Scalar::Base64,
        Some("binary") => Scalar::Binary,
        Some("decimal") => Scalar::Decimal,
        _ => Scalar::String,
    }
}

/// Whether an example can stand in a doc comment.
fn is_small(example: &Value) -> bool {
    match example {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(items) => {
            items.len() <= 4 && items.iter().all(|item| !item.is_array() && !item.is_object())
        }
        Value::Object(_) => false,
    }
}
