//! The public face of the client as data: what a program that uses it can name, and how it is written.
//!
//! The surface is the same for people; this is for comparing two clients. Types are written as
//! [`surface`](super::surface) writes them.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::operation::{Part, PartKind, parts, reply};
use super::resource::way;
use super::rust::type_tokens;
use super::setter;
use super::surface::tidy;
use super::types::{Written, argument_order, field_type, is_asked};
use crate::model::{
    Api, ApiOperation, ApiType, AuthKind, Constant, EnumShape, Resource, Shape, StructShape,
    Travel, TypeId, TypeRef,
};
use crate::pointer::Pointer;

/// The public face of a client.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) credentials: Vec<CredentialFace>,
    pub(crate) methods: Vec<MethodFace>,
    pub(crate) scopes: Vec<ScopeFace>,
    pub(crate) types: Vec<TypeFace>,
}

/// A scheme that programs can give a credential for, by its name. The first one is also the key's.
#[derive(Debug)]
pub(crate) struct CredentialFace {
    pub(crate) name: String,
    /// How it travels.
    pub(crate) kind: AuthKind,
}

/// What is said once for many methods.
#[derive(Debug)]
pub(crate) struct ScopeFace {
    pub(crate) name: String,
    /// The methods that it has, each with its resource.
    pub(crate) methods: Vec<(String, String)>,
}

/// A method on a resource, and the request that it makes.
#[derive(Debug)]
pub(crate) struct MethodFace {
    /// The operation's key.
    pub(crate) key: String,
    pub(crate) resource: String,
    pub(crate) method: String,
    pub(crate) request: String,
    /// What the method takes.
    pub(crate) required: Vec<PartFace>,
    /// What the request has setters for.
    pub(crate) optional: Vec<PartFace>,
    pub(crate) reply: String,
    /// The stream that is to be had in its place.
    pub(crate) streams: Option<String>,
    /// The enum of declared failures, and its variants, each with what it holds.
    pub(crate) failures: Option<(String, Vec<(String, String)>)>,
    /// The type of the items that `items()` walks, if there is one.
    pub(crate) item: Option<String>,
    pub(crate) deprecated: bool,
    /// The places of the replies that the reply's type is made of.
    pub(crate) replies: Vec<String>,
    pub(crate) pointer: Pointer,
}

/// A part of a request.
#[derive(Debug)]
pub(crate) struct PartFace {
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) deprecated: bool,
    pub(crate) place: String,
}

/// A type.
#[derive(Debug)]
pub(crate) struct TypeFace {
    pub(crate) name: String,
    pub(crate) generic: bool,
    pub(crate) kind: KindFace,
    /// Every place that it stands at.
    pub(crate) places: Vec<String>,
    /// The operations that reach it, as indices into [`Face::methods`].
    pub(crate) users: Vec<usize>,
    pub(crate) pointer: Pointer,
}

/// What a type is made of.
#[derive(Debug)]
pub(crate) enum KindFace {
    Struct {
        fields: Vec<FieldFace>,
        /// The traits that not every struct has.
        traits: Vec<&'static str>,
        /// What `new` takes, where there is one.
        new: Option<Vec<String>>,
    },
    Enum {
        variants: Vec<(String, String)>,
        integers: bool,
    },
    Union {
        arms: Vec<(String, String)>,
        /// The values of the tag that mean each arm.
        tags: Vec<Vec<String>>,
    },
    Alias(String),
}

/// A field of a struct.
#[derive(Debug)]
pub(crate) struct FieldFace {
    pub(crate) name: String,
    /// Empty for the field that keeps all others.
    pub(crate) wire: String,
    pub(crate) ty: String,
}

/// The face of an API's client.
pub(crate) fn face(api: &Api) -> Face {
    let mut methods = Vec::new();
    let mut users: HashMap<TypeId, Vec<usize>> = HashMap::new();
    for resource in &api.resources {
        for operation in &resource.operations {
            reach(api, operation, methods.len(), &mut users);
            methods.push(method(api, resource, operation));
        }
    }
    let types = api.types.iter().map(|(id, def)| {
        let users = users.remove(id).unwrap_or_default();
        of_type(api, def, users)
    });
    let types = types.collect();
    let credentials = api
        .auth
        .iter()
        .map(|scheme| CredentialFace { name: scheme.name.clone(), kind: scheme.kind.clone() });
    let scopes = api.scopes.iter().map(|scope| ScopeFace {
        name: scope.name.clone(),
        methods: super::scopes::members(api, scope)
            .flat_map(|(resource, own)| {
                own.into_iter().map(|own| (resource.module.clone(), own.names.method.clone()))
            })
            .collect(),
    });
    Face { credentials: credentials.collect(), methods, scopes: scopes.collect(), types }
}

/// Notes which types an operation leads to.
fn reach(
    api: &Api,
    operation: &ApiOperation,
    index: usize,
    users: &mut HashMap<TypeId, Vec<usize>>,
) {
    let mut open: Vec<TypeId> = Vec::new();
    let mut walk = |ty: &TypeRef| ty.each_named(&mut |id| open.push(id));
    let operation = &operation.operation;
    operation.params.iter().for_each(|param| walk(&param.ty));
    if let Some(body) = &operation.body {
        walk(&body.ty);
        body.parts.iter().flatten().for_each(|(field, _)| walk(&field.ty));
    }
    operation.outcome.ty().into_iter().for_each(&mut walk);
    for reply in &operation.replies {
        reply.types().for_each(&mut walk);
    }
    while let Some(id) = open.pop() {
        let Some(def) = api.types.get(&id) else { continue };
        let list = users.entry(id).or_default();
        if list.last() == Some(&index) {
            continue;
        }
        list.push(index);
        def.shape().each_ref(&mut |ty| ty.each_named(&mut |id| open.push(id)));
    }
}

fn written(tokens: &TokenStream) -> String {
    tidy(&tokens.to_string())
}

fn method(api: &Api, resource: &Resource, operation: &ApiOperation) -> MethodFace {
    let what = &operation.operation;
    let all = parts(operation);
    let list = |required: bool| -> Vec<PartFace> {
        all.iter()
            .filter(|part| part.is_seen() && part.required == required)
            .map(|part| PartFace {
                name: part.name.clone(),
                ty: written(&part.call(api, &part.name, &quote!()).0),
                deprecated: part.deprecated,
                place: place(&what.key, part),
            })
            .collect()
    };
    let item = what.paging.as_ref().and_then(|paging| {
        let (_, item) = way(api, &what.outcome, &paging.items)?;
        Some(written(&type_tokens(api, &item, &quote!())))
    });
    MethodFace {
        key: what.key.clone(),
        resource: resource.module.clone(),
        method: operation.names.method.clone(),
        request: operation.names.request.clone(),
        required: list(true),
        optional: list(false),
        reply: written(&reply(api, &what.outcome, &quote!())),
        streams: super::operation::stream_text(api, what),
        failures: failures(api, resource, operation),
        item,
        deprecated: what.deprecated,
        replies: what
            .replies
            .iter()
            .map(|reply| format!("{} reply {}", what.key, reply.status))
            .collect(),
        pointer: what.pointer.clone(),
    }
}

fn failures(
    api: &Api,
    resource: &Resource,
    operation: &ApiOperation,
) -> Option<(String, Vec<(String, String)>)> {
    let variants = super::failures::failures(&operation.operation);
    let variants: Vec<(String, String)> = variants
        .into_iter()
        .map(|own| {
            let ty = own.ty().map(|ty| written(&type_tokens(api, ty, &quote!())));
            (own.variant, ty.unwrap_or_else(|| "nothing".to_owned()))
        })
        .collect();
    (!variants.is_empty()).then(|| (super::failures::name(resource, operation), variants))
}

/// Where a part stands, as [`Place`](crate::model::Place) writes it.
fn place(key: &str, part: &Part<'_>) -> String {
    match &part.kind {
        PartKind::Param(param) => format!("{key} param {}", param.wire),
        PartKind::Property(field, _) => format!("{key} body {}", field.wire),
        PartKind::Body(_) => format!("{key} body"),
    }
}

fn of_type(api: &Api, def: &ApiType, users: Vec<usize>) -> TypeFace {
    let ty = |ty: &TypeRef| written(&type_tokens(api, ty, &quote!()));
    let boxed = |index: usize, text: String| {
        if def.boxed.contains(&index) { format!("Box<{text}>") } else { text }
    };
    let kind = match def.shape() {
        Shape::Struct(shape) => structure(api, def, shape),
        Shape::Enum(shape) => {
            let (wires, integers): (Vec<String>, bool) = match shape {
                EnumShape::Strings(values) => (values.clone(), false),
                EnumShape::Integers(values) => {
                    (values.iter().map(ToString::to_string).collect(), true)
                }
            };
            KindFace::Enum { variants: def.variants.iter().cloned().zip(wires).collect(), integers }
        }
        Shape::Union(shape) => KindFace::Union {
            arms: (shape.arms.iter().zip(&def.variants).enumerate())
                .map(|(index, (arm, variant))| (variant.clone(), boxed(index, ty(&arm.ty))))
                .collect(),
            tags: shape
                .arms
                .iter()
                .map(|arm| arm.tags.iter().map(Constant::to_string).collect())
                .collect(),
        },
        Shape::Alias(target) => KindFace::Alias(ty(target)),
    };
    TypeFace {
        name: def.name.clone(),
        generic: def.generic,
        kind,
        places: def.def.places.iter().map(ToString::to_string).collect(),
        users,
        pointer: def.def.pointer.clone(),
    }
}

fn structure(api: &Api, def: &ApiType, shape: &StructShape) -> KindFace {
    let mut fields = Vec::with_capacity(shape.fields.len() + 1);
    let mut new = Vec::new();
    let seen = shape.fields.iter().zip(&def.fields).enumerate();
    for (index, (field, name)) in seen.filter(|(_, (field, _))| field.is_seen()) {
        let how = field_type(def, field);
        let (around, inner) = match &how {
            Written::Optional(ty) => (Some("Option<"), *ty),
            Written::OptionalOrNull(ty) => (Some("Option<OrNull<"), *ty),
            Written::Defaulted(ty) | Written::Plain(ty) => (None, *ty),
        };
        let inner = written(&type_tokens(api, inner, &quote!()));
        let inner = if def.boxed.contains(&index) { format!("Box<{inner}>") } else { inner };
        let ty = match around {
            Some(around) => format!("{around}{inner}{}", ">".repeat(around.matches('<').count())),
            None => inner,
        };
        fields.push(FieldFace { name: name.clone(), wire: field.wire.clone(), ty });
        if is_asked(def, field) {
            let argument = setter::argument(api, &field.ty, name, false, &quote!());
            new.push((argument_order(def, field), format!("{name}: {}", written(&argument.ty))));
        }
    }
    if let Some(rest) = &shape.rest {
        let ty = format!("Map<{}>", written(&type_tokens(api, rest, &quote!())));
        fields.push(FieldFace { name: "rest".to_owned(), wire: String::new(), ty });
    }
    let mut traits = Vec::new();
    if def.defaultable {
        traits.push("Default");
    }
    if def.reads {
        traits.push("Deserialize");
    }
    new.sort_by_key(|(order, _)| *order);
    let new: Vec<String> = new.into_iter().map(|(_, argument)| argument).collect();
    let new = (def.def.travel != Travel::Reply && !new.is_empty()).then_some(new);
    KindFace::Struct { fields, traits, new }
}
