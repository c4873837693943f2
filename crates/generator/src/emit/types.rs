//! The module of types: structs, enums and unions, filed by the resource that first used them.

use std::collections::HashMap;

use indexmap::IndexMap;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::files::FileNames;
use super::jobs::Job;
use super::rust::{file, ident, type_tokens};
use super::{Context, File, choices, constant, docs};
use crate::diagnostic::Diagnostics;
use crate::model::{
    Api, ApiType, Field, FieldDocs, Fill, Presence, Root, Shape, Step, StructShape, Travel, TypeRef,
};

pub(super) fn emit(context: Context<'_>) -> Vec<Job<'_>> {
    let mut homes: IndexMap<&str, Vec<&ApiType>> = IndexMap::new();
    for def in context.api.types.values() {
        homes.entry(&def.home).or_default().push(def);
    }
    homes.sort_keys();
    let names: Vec<&str> = homes.keys().copied().collect();
    let files = FileNames::of(names.iter().copied());
    let own: HashMap<&str, String> = names.iter().map(|home| (*home, files.get(home))).collect();
    let index: Job<'_> = Box::new(move |diagnostics| {
        // They are private, so they can be called what their files are; a type may well be called what its home is.
        let modules: Vec<_> = names.iter().map(|home| ident(&files.get(home))).collect();
        let tokens = quote! {
            //! What requests and replies are made of.
            #(mod #modules;)*
            #(pub use self::#modules::*;)*
        };
        written(&context, "mod", tokens, diagnostics)
    });
    let modules = homes.into_iter().map(|(home, defs)| -> Job<'_> {
        let name = own[home].clone();
        Box::new(move |diagnostics| {
            let items = defs.iter().map(|def| item(context.api, def));
            let uses_types = defs.iter().any(|def| mentions_others(def, home, context.api));
            let imports = imports(context.api, &defs, uses_types);
            written(&context, &name, quote! { #imports #(#items)* }, diagnostics)
        })
    });
    std::iter::once(index).chain(modules).collect()
}

fn written(
    context: &Context<'_>,
    module: &str,
    tokens: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Vec<File> {
    let path = format!("{}/types/{module}.rs", context.layout.client());
    file(context.layout, path, "types", tokens, diagnostics).into_iter().collect()
}

/// Whether a type names one that stands in another file.
fn mentions_others(def: &ApiType, home: &str, api: &Api) -> bool {
    let mut found = false;
    def.shape().each_ref(&mut |ty| {
        ty.each_named(&mut |id| found |= api.types.get(&id).is_some_and(|other| other.home != home))
    });
    found
}

/// Only what a file uses is imported. All but aliases use the runtime: their derives and macros are its.
fn imports(api: &Api, defs: &[&ApiType], uses_types: bool) -> TokenStream {
    let names_runtime = |def: &&ApiType| match def.shape() {
        Shape::Struct(_) | Shape::Enum(_) | Shape::Union(_) => true,
        Shape::Alias(ty) => type_tokens(api, ty, &TokenStream::new()).to_string().contains("rt ::"),
    };
    let runtime = defs.iter().any(names_runtime).then(|| {
        quote!(
            use lockstep_runtime as rt;
        )
    });
    // `super::*` is the least surprising way to reach the types of other files, whatever they are.
    let types = uses_types.then(|| {
        quote!(
            use super::*;
        )
    });
    quote! { #runtime #types }
}

fn item(api: &Api, def: &ApiType) -> TokenStream {
    match def.shape() {
        Shape::Struct(shape) => structure(api, def, shape),
        Shape::Enum(shape) => choices::enumeration(api, def, shape),
        Shape::Union(shape) => choices::union(api, def, shape),
        Shape::Alias(ty) => {
            let name = ident(&def.name);
            let ty = type_tokens(api, ty, &TokenStream::new());
            let docs = heading(api, def);
            quote! { #docs pub type #name = #ty; }
        }
    }
}

pub(super) fn heading(api: &Api, def: &ApiType) -> TokenStream {
    let description = docs::prose(&def.def.description);
    let description = if description.is_empty() { whereabouts(api, def) } else { description };
    let fixed = match def.shape() {
        Shape::Struct(shape) => constant::said(shape),
        Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => String::new(),
    };
    let paragraphs = [description, fixed].into_iter().filter(|text| !text.is_empty());
    docs::attributes(&paragraphs.collect::<Vec<_>>())
}

/// Where a type stands, for one that upstream says nothing of.
fn whereabouts(api: &Api, def: &ApiType) -> String {
    let Some(place) = def.def.places.first() else { return String::new() };
    let way: String = place.steps.iter().map(step).collect();
    let way = way.trim_start_matches('.');
    let operation = place.operation().and_then(|key| {
        let operations = api.resources.iter().flat_map(|resource| {
            resource.operations.iter().map(move |operation| (resource, operation))
        });
        operations.into_iter().find(|(_, operation)| operation.operation.key == key)
    });
    let of = match (&place.root, operation) {
        (Root::Component(name), _) => format!("schema {}", docs::code(name)),
        (_, Some((resource, operation))) => {
            format!(
                "[`{}::{}`](super::super::{}::{}::{})",
                resource.type_name,
                operation.names.method,
                docs::linked(&resource.module),
                resource.type_name,
                docs::linked(&operation.names.method)
            )
        }
        (Root::Reply { .. } | Root::Body { .. } | Root::Param { .. } | Root::Envelope, None) => {
            "the API".to_owned()
        }
    };
    let what = match &place.root {
        Root::Reply { .. } => "the reply of ".to_owned(),
        Root::Body { .. } => "the body of ".to_owned(),
        Root::Param { name, .. } => format!("{} of ", docs::code(name)),
        Root::Component(_) | Root::Envelope => String::new(),
    };
    let others = match def.def.places.len() {
        0 | 1 => String::new(),
        2 => ", and at one other place".to_owned(),
        count => format!(", and at {} other places", count - 1),
    };
    let whole = format!("{what}{of}{others}.");
    let place_of = match (way.is_empty(), matches!(place.steps.last(), Some(Step::Arm(_)))) {
        (true, false) => whole,
        (true, true) => format!("one kind of {whole}"),
        (false, false) => return format!("{} in {whole}", docs::code(way)),
        (false, true) => format!("one kind of {} in {whole}", docs::code(way)),
    };
    let mut letters = place_of.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

fn step(step: &Step) -> String {
    match step {
        Step::Field(name) => format!(".{name}"),
        Step::Item => "[]".to_owned(),
        Step::Value => ".*".to_owned(),
        Step::Arm(_) => String::new(),
    }
}

fn structure(api: &Api, def: &ApiType, shape: &StructShape) -> TokenStream {
    let name = ident(&def.name);
    let docs = heading(api, def);
    let in_camel = is_in_camel(shape, &def.fields);
    let fields: Vec<TokenStream> = shape
        .fields
        .iter()
        .zip(&def.fields)
        .enumerate()
        .filter(|(_, (field, _))| field.is_seen())
        .map(|(index, (field, rust_name))| {
            let field_docs = def.def.fields.get(index);
            let boxed = def.boxed.contains(&index);
            field_tokens(api, def, field, rust_name, field_docs, boxed, in_camel)
        })
        .collect();
    let rest = shape.rest.as_ref().map(|ty| {
        let ty = type_tokens(api, ty, &TokenStream::new());
        quote! {
            #[doc = " Every other property."]
            #[wire(rest)]
            pub rest: rt::Map<#ty>,
        }
    });
    let usual = constant::default(api, def, shape);
    let default = (def.defaultable && usual.is_none()).then(|| quote!(Default,));
    let constants = constant::attributes(shape);
    let decode = def.reads.then(|| quote!(rt::Decode,));
    let camel = in_camel.then(|| quote!(#[wire(camel)]));
    let generics = def.generic.then(|| quote!(<T>));
    let new = constructor(api, def, shape);
    quote! {
        #docs
        #[derive(Clone, Debug, #default PartialEq, #decode rt::Encode)]
        #camel
        #constants
        #[non_exhaustive]
        pub struct #name #generics { #(#fields)* #rest }
        #new
        #usual
    }
}

/// Whether most fields are called what they are in camelCase.
fn is_in_camel(shape: &StructShape, names: &[String]) -> bool {
    let seen = || shape.fields.iter().zip(names).filter(|(field, _)| field.is_seen());
    let differing = seen().filter(|(field, name)| field.wire != **name).count();
    let in_camel =
        seen().filter(|(field, name)| field.wire == camel(name) && field.wire != **name).count();
    let broken =
        seen().filter(|(field, name)| field.wire == **name && field.wire != camel(name)).count();
    in_camel > broken && in_camel * 2 >= differing && in_camel > 0
}

/// What the derives make of a field name in camelCase, which is what serde makes of it.
fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if upper {
            out.push(c.to_ascii_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    // The first letter of the Pascal form is lowered, so a leading underscore changes the case of what follows.
    let mut chars = out.chars();
    chars
        .next()
        .map(|first| first.to_ascii_lowercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

fn field_tokens(
    api: &Api,
    def: &ApiType,
    field: &Field,
    rust_name: &str,
    field_docs: Option<&FieldDocs>,
    boxed: bool,
    in_camel: bool,
) -> TokenStream {
    let name = ident(rust_name);
    let written = field_type(def, field);
    let inner = type_tokens(api, written.ty(), &TokenStream::new());
    let inner = if boxed { quote!(Box<#inner>) } else { inner };
    let plain = name.to_string();
    let plain = plain.trim_start_matches("r#");
    let follows = if in_camel { camel(plain) } else { plain.to_owned() };
    let wire = &field.wire;
    let renamed = (follows != *wire).then(|| quote!(#wire));
    let (ty, absence) = match written {
        Written::Optional(_) => (quote!(Option<#inner>), None),
        Written::OptionalOrNull(_) => (quote!(Option<rt::OrNull<#inner>>), None),
        // Of a list the derives assume it.
        Written::Defaulted(TypeRef::List(_)) => (inner, None),
        Written::Defaulted(_) => (inner, Some(quote!(default))),
        Written::Plain(TypeRef::List(_) | TypeRef::Nullable(_)) => (inner, Some(quote!(required))),
        Written::Plain(_) => (inner, None),
    };
    let docs = field_docs.map(|docs| prose_of(field, docs)).unwrap_or_default();
    let deprecated = field_docs
        .is_some_and(|docs| docs.deprecated)
        .then(|| docs::attributes(&["Deprecated upstream.".to_owned()]));
    let docs = docs::attributes(&docs);
    let words: Vec<TokenStream> = renamed.into_iter().chain(absence).collect();
    let wire = (!words.is_empty()).then(|| quote!(#[wire(#(#words),*)]));
    quote! { #docs #deprecated #wire pub #name: #ty, }
}

/// What is said of a field: its description, then example and bounds in one line.
pub(super) fn prose_of(field: &Field, docs: &FieldDocs) -> Vec<String> {
    let example = docs.example.as_ref().filter(|example| is_telling(example, &field.wire));
    let facts: Vec<String> = std::iter::once(docs::example(example))
        .chain(docs.notes.iter().map(|note| docs::prose(note)))
        .filter(|fact| !fact.is_empty())
        .collect();
    [docs::prose(&docs.description), facts.join(" ")]
        .into_iter()
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

/// Whether an example says anything: of a truth value there are two, and upstream fills gaps with the property's own
/// name.
pub(super) fn is_telling(example: &Value, wire: &str) -> bool {
    match example {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => text != wire,
        Value::Array(items) => items.iter().any(|item| is_telling(item, wire)),
        Value::Number(_) | Value::Object(_) => true,
    }
}

/// How a field is written.
pub(super) enum Written<'t> {
    /// `Option<T>`.
    Optional(&'t TypeRef),
    /// `Option<OrNull<T>>`: absent and null are told apart.
    OptionalOrNull(&'t TypeRef),
    /// `T`, whose default stands for absent and null.
    Defaulted(&'t TypeRef),
    /// `T`.
    Plain(&'t TypeRef),
}

impl<'t> Written<'t> {
    fn ty(&self) -> &'t TypeRef {
        match self {
            Self::Optional(ty)
            | Self::OptionalOrNull(ty)
            | Self::Defaulted(ty)
            | Self::Plain(ty) => ty,
        }
    }
}

pub(super) fn field_type<'t>(def: &ApiType, field: &'t Field) -> Written<'t> {
    let ty = field.ty.non_null();
    let nullable = matches!(field.ty, TypeRef::Nullable(_));
    if field.ty == TypeRef::Param {
        return Written::Defaulted(ty);
    }
    let travel = def.def.travel;
    if travel == Travel::Reply {
        return match ty {
            // A list that is absent or null is empty, unless it is known to be absent at times.
            TypeRef::List(_) if field.presence != Presence::Optional => Written::Defaulted(ty),
            _ if field.presence == Presence::Required && !nullable => Written::Plain(ty),
            _ => Written::Optional(ty),
        };
    }
    // What only replies carry cannot be asked of a request.
    let required = field.presence == Presence::Required && field.only.is_none();
    match (required, nullable) {
        (true, false) => Written::Plain(ty),
        (true, true) => Written::Plain(&field.ty),
        (false, true) if travel == Travel::Request => Written::OptionalOrNull(ty),
        (false, _) => Written::Optional(ty),
    }
}

/// Whether `new` takes a field.
pub(super) fn is_asked(def: &ApiType, field: &Field) -> bool {
    field.fill.is_none() && matches!(field_type(def, field), Written::Plain(_))
}

/// Where among the arguments of `new` a field stands.
pub(super) fn argument_order(def: &ApiType, field: &Field) -> usize {
    let mut arguments = def.def.arguments.iter();
    arguments.position(|own| *own == field.wire).unwrap_or(usize::MAX)
}

/// A struct that requests carry can be made outside of this crate: `new` takes what is required.
fn constructor(api: &Api, def: &ApiType, shape: &StructShape) -> Option<TokenStream> {
    if def.def.travel == Travel::Reply {
        return None;
    }
    let required: Vec<(usize, &Field)> =
        shape.fields.iter().enumerate().filter(|(_, field)| is_asked(def, field)).collect();
    if required.is_empty() {
        return None;
    }
    let name = ident(&def.name);
    let mut params = Vec::new();
    let mut inits = Vec::new();
    for (index, field) in shape.fields.iter().enumerate().filter(|(_, field)| field.is_seen()) {
        let field_name = ident(&def.fields[index]);
        if let Some(Fill::Usual(constant)) = &field.fill {
            let value = constant::usual(api, def, (index, field), constant);
            inits.push(quote!(#field_name: #value));
        } else if required.iter().any(|(required, _)| *required == index) {
            let (ty, value) = match &field.ty {
                TypeRef::Nullable(inner) => {
                    let inner = type_tokens(api, inner, &TokenStream::new());
                    (quote!(Option<#inner>), quote!(#field_name))
                }
                ty => {
                    let argument = super::setter::argument(
                        api,
                        ty,
                        &def.fields[index],
                        false,
                        &TokenStream::new(),
                    );
                    (argument.ty, argument.value)
                }
            };
            params.push((argument_order(def, field), quote!(#field_name: #ty)));
            inits.push(if def.boxed.contains(&index) {
                quote!(#field_name: Box::new(#value))
            } else {
                quote!(#field_name: #value)
            });
        } else {
            inits.push(quote!(#field_name: None));
        }
    }
    let rest = shape.rest.is_some().then(|| quote!(rest: rt::Map::new()));
    params.sort_by_key(|(order, _)| *order);
    let params = params.iter().map(|(_, param)| param);
    let many = (params.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    Some(quote! {
        impl #name {
            #[doc = " With all that is required, and nothing else."]
            #many
            pub fn new(#(#params),*) -> Self {
                Self { #(#inits,)* #rest }
            }
        }
    })
}
