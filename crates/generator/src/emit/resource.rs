//! A module per resource: its handle, and a request type for each operation.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::quote;

use super::jobs::Job;
use super::operation::{Part, PartKind, choose_stream, parts, reply, stream};
use super::rust::{file, ident, type_tokens};
use super::{Context, docs};
use crate::lower::body::essence;
use crate::model::{
    Api, ApiOperation, Body, BodyKind, Operation, Outcome, Paging, PagingForm, Presence, ReplyKind,
    Resource, Shape, Status, TypeRef,
};
use crate::pointer::Pointer;

pub(super) fn emit(context: Context<'_>) -> Vec<Job<'_>> {
    let files = super::client::resource_files(context.api);
    let modules = context.api.resources.iter().map(|resource| -> Job<'_> {
        let name = files.get(&resource.module);
        Box::new(move |diagnostics| {
            let tokens = module(context.api, resource);
            let path = format!("{}/{name}.rs", context.layout.client());
            file(context.layout, path, "resource", tokens, diagnostics).into_iter().collect()
        })
    });
    modules.collect()
}

fn module(api: &Api, resource: &Resource) -> TokenStream {
    let handle = ident(&resource.type_name);
    let title = heading(resource);
    let title = docs::attributes(&[title, docs::prose(&resource.description)]);
    let (methods, requests): (Vec<_>, Vec<_>) = resource
        .operations
        .iter()
        .map(|operation| {
            let all = parts(operation);
            (method(api, operation, &all), request(api, resource, operation, &all))
        })
        .unzip();
    let body = quote! {
        #title
        #[derive(Clone, Copy, Debug)]
        pub struct #handle<'c>(pub(super) &'c rt::Client);

        impl #handle<'_> { #(#methods)* }

        #(#requests)*
    };
    let types = names_types(&body).then(|| {
        quote!(
            use super::types;
        )
    });
    quote! { use lockstep_runtime as rt; #types #body }
}

/// Whether something in here stands in the module of types.
pub(super) fn names_types(tokens: &TokenStream) -> bool {
    names(tokens, "types")
}

/// Whether something in here stands in a module of that name.
pub(super) fn names(tokens: &TokenStream, module: &str) -> bool {
    let mut before = false;
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Group(group) => {
            before = false;
            names(&group.stream(), module)
        }
        // One colon alone stands behind a parameter of that name.
        TokenTree::Punct(punct) => {
            std::mem::take(&mut before)
                && punct.as_char() == ':'
                && punct.spacing() == Spacing::Joint
        }
        TokenTree::Ident(ident) => {
            before = ident == module;
            false
        }
        TokenTree::Literal(_) => {
            before = false;
            false
        }
    })
}

/// The resource's title for docs: the tag, else its module's words.
pub(super) fn heading(resource: &Resource) -> String {
    let tag = docs::line(&resource.tag);
    let title = if tag.is_empty() { resource.module.replace('_', " ") } else { tag };
    let mut letters = title.trim_end_matches('.').chars();
    letters
        .next()
        .map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
        .unwrap_or_default()
}

fn types() -> TokenStream {
    quote!(types::)
}

fn method(api: &Api, operation: &ApiOperation, all: &[Part<'_>]) -> TokenStream {
    let name = ident(&operation.names.method);
    let request = ident(&operation.names.request);
    let required: Vec<&Part<'_>> = all.iter().filter(|part| part.required).collect();
    let (mut params, mut calls) = (Vec::new(), Vec::new());
    for part in &required {
        let (ty, call) = part.call(api, &part.name, &types());
        let name = ident(&part.name);
        params.push(quote!(#name: #ty));
        calls.push(call);
    }
    calls.extend(starts_empty(&operation.operation, all).then(|| quote!(.empty_body())));
    calls.extend(all.iter().filter_map(Part::filling));
    let denied = operation.operation.stream_choice.as_ref().filter(|choice| choice.is_said);
    calls.extend(denied.map(|choice| choose_stream(choice, false)));
    let docs = docs::attributes(&about(api, &operation.operation));
    let deprecated =
        operation.operation.deprecated.then(|| quote!(#[deprecated = "deprecated upstream"]));
    let many = (params.len() > 6).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #docs
        #deprecated
        #many
        pub fn #name(&self, #(#params),*) -> #request {
            rt::request::<#request>(self.0) #(#calls)* .into()
        }
    }
}

/// Whether a body has to be sent though nothing has to be in it: it is there before anything is set.
fn starts_empty(operation: &Operation, all: &[Part<'_>]) -> bool {
    let is_asked =
        operation.body.as_ref().is_some_and(|body| body.required && body.parts.is_some());
    let is_begun = |part: &Part<'_>| {
        matches!(part.kind, PartKind::Property(..)) && (part.required || part.fill.is_some())
    };
    is_asked && !all.iter().any(is_begun)
}

/// What is said of an operation: upstream's words, method and path, and the failures that have a type.
pub(super) fn about(api: &Api, operation: &Operation) -> Vec<String> {
    let summary = docs::prose(&operation.docs.summary);
    let description = docs::prose(&operation.docs.description);
    let same = description.trim_end_matches('.') == summary.trim_end_matches('.');
    // A summary that spells out the id says nothing that the method's name does not.
    let is_spelt = crate::ident::words_of(&summary) == crate::ident::words_of(&operation.id);
    let mut paragraphs = Vec::new();
    let is_news = description.is_empty()
        || (!same
            && !summary.is_empty()
            && !description.starts_with(summary.trim_end_matches('.')));
    if is_news && !is_spelt {
        paragraphs.push(summary);
    }
    paragraphs.push(description);
    paragraphs.push(docs::code(&format!("{} {}", operation.method.as_str(), operation.path)));
    let failures: Vec<String> = operation
        .replies
        .iter()
        .filter(|reply| !reply.status.is_success() && reply.status != Status::Default)
        .map(|reply| failure(api, reply.status, &reply.kind, &reply.description))
        .collect();
    if !failures.is_empty() {
        paragraphs.push("# Errors".to_owned());
        paragraphs.push(failures.join("\n"));
    }
    paragraphs
}

fn failure(api: &Api, status: Status, kind: &ReplyKind, description: &str) -> String {
    let description = docs::line(description);
    let description =
        if description.is_empty() { "described upstream".to_owned() } else { description };
    match kind {
        ReplyKind::Json(TypeRef::Named(id)) if api.types.contains_key(id) => {
            format!("- {status}: {description} ([`types::{}`])", api.types[id].name)
        }
        ReplyKind::Json(_)
        | ReplyKind::Text
        | ReplyKind::Binary
        | ReplyKind::Stream(..)
        | ReplyKind::Empty => {
            format!("- {status}: {description}")
        }
    }
}

fn request(
    api: &Api,
    resource: &Resource,
    operation: &ApiOperation,
    all: &[Part<'_>],
) -> TokenStream {
    let name = ident(&operation.names.request);
    let docs = docs::attributes(&[format!(
        "Request of [`{}::{}`].",
        resource.type_name,
        docs::linked(&operation.names.method)
    )]);
    let info = info(&operation.operation);
    let reply = reply(api, &operation.operation.outcome, &types());
    let setters: Vec<TokenStream> = all
        .iter()
        .filter(|part| part.is_seen() && !part.required)
        .map(|part| setter(api, part))
        .collect();
    let setters = (!setters.is_empty()).then(|| quote!(impl #name { #(#setters)* }));
    let paging =
        operation.operation.paging.as_ref().and_then(|paging| walk(api, operation, paging));
    let streamed = streamed(api, &operation.operation);
    let failures = super::failures::emit(api, resource, operation, &types());
    quote! {
        #docs
        #[must_use = "a request does nothing until it is awaited or sent"]
        #[derive(Clone, Debug, PartialEq, rt::Operation)]
        #[operation(#info)]
        #[reply(#reply)]
        #paging
        #streamed
        pub struct #name(rt::Request);

        #setters

        #failures
    }
}

/// The attribute of an operation whose reply can come item by item as well.
fn streamed(api: &Api, operation: &Operation) -> Option<TokenStream> {
    let (framing, ty, media_type) = operation.streamed()?;
    let kind = stream(api, framing, ty, &types());
    let accept = is_plain_media_type(media_type).then(|| quote!(.header("Accept", #media_type)));
    let choice = operation.stream_choice.as_ref().map(|choice| choose_stream(choice, true));
    Some(quote!(#[streamed(#kind, request #accept #choice)]))
}

fn info(operation: &Operation) -> TokenStream {
    let (id, path) = (&operation.id, &operation.path);
    let method = ident(&operation.method.as_str().to_lowercase());
    let body = operation.body.as_ref().map(body_kind);
    let security = operation.security.as_ref().map(|alternatives| {
        let sets = alternatives.iter().map(|set| quote!(&[#(#set),*]));
        quote!(, security = &[#(#sets),*])
    });
    let idempotent =
        operation.idempotency_header.as_ref().map(|header| quote!(, idempotent_by = #header));
    let server = operation.server.as_ref().map(|server| quote!(, server = #server));
    let accept = accept(operation).map(|media_type| quote!(, accept = #media_type));
    quote!(#id, #method = #path #body #security #idempotent #server #accept)
}

/// The media type that is asked for, where it isn't plain JSON: that of the first success which is read.
fn accept(operation: &Operation) -> Option<&str> {
    let is_read = |kind: &ReplyKind| match operation.outcome {
        Outcome::Json(_) | Outcome::OptionalJson(_) => matches!(kind, ReplyKind::Json(_)),
        Outcome::Text | Outcome::Binary => matches!(kind, ReplyKind::Text | ReplyKind::Binary),
        Outcome::Stream(..) => matches!(kind, ReplyKind::Stream(..)),
        Outcome::Empty => false,
    };
    let mut successes = (operation.replies.iter())
        .filter(|reply| reply.status.is_success() && is_read(&reply.kind));
    let media_type = &*successes.next()?.media_type;
    let essence = essence(media_type);
    let is_usual = essence == "application/json" || essence.contains('*');
    (!is_usual && is_plain_media_type(media_type)).then_some(media_type)
}

/// Whether a media type can stand in a header as it is.
fn is_plain_media_type(media_type: &str) -> bool {
    media_type.contains('/')
        && media_type.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

fn body_kind(body: &Body) -> TokenStream {
    match &body.kind {
        BodyKind::Json(None) => quote!(),
        BodyKind::Json(Some(media_type)) => quote!(, json_as = #media_type),
        BodyKind::Form => {
            let styles: Vec<TokenStream> = (body.styles.iter())
                .map(|(name, own)| {
                    let own = super::operation::style(*own).unwrap_or(quote!(FormExploded));
                    quote!((#name, rt::QueryStyle::#own))
                })
                .collect();
            if styles.is_empty() { quote!(, form) } else { quote!(, form_as = &[#(#styles),*]) }
        }
        BodyKind::Multipart => quote!(, multipart),
        BodyKind::Text(media_type) => quote!(, text = #media_type),
        BodyKind::Bytes(media_type) => quote!(, bytes = #media_type),
    }
}

fn setter(api: &Api, part: &Part<'_>) -> TokenStream {
    let name = ident(&part.name);
    // The setter's name says what the value is.
    let value = if part.is_list() { "values" } else { "value" };
    let (ty, call) = part.call(api, value, &types());
    let value = ident(value);
    // Where the document is silent, the name has to do.
    let docs = docs::attributes(&part.docs);
    let deprecated = part.deprecated.then(|| quote!(#[deprecated = "deprecated upstream"]));
    quote! {
        #docs
        #deprecated
        pub fn #name(self, #value: #ty) -> Self {
            Self(self.0 #call)
        }
    }
}

/// The attributes of an operation whose items can be walked to in Rust.
fn walk(api: &Api, operation: &ApiOperation, paging: &Paging) -> Option<TokenStream> {
    let (steps, item) = way(api, &operation.operation.outcome, &paging.items)?;
    let item = type_tokens(api, &item, &types());
    let rule = rule(paging);
    Some(quote! {
        #[paged(#rule)]
        #[items(#item, reply #steps)]
    })
}

fn rule(paging: &Paging) -> TokenStream {
    let option = |name: &str, value: &Option<String>| {
        let name = ident(name);
        value.as_ref().map(|value| quote!(.#name(#value)))
    };
    let Paging { param, items, more, form } = paging;
    let more = option("more", more);
    match form {
        PagingForm::Offset { limit_param, next } => {
            let (limit, next) =
                (limit_param.as_deref().unwrap_or_default(), next.as_deref().unwrap_or_default());
            quote!(offset(#param, #limit, #next, #items) #more)
        }
        PagingForm::Page { first, last, next } => {
            let (last, next) = (option("last", last), option("next", next));
            let number = proc_macro2::Literal::u64_unsuffixed(*first);
            let first = (*first != 1).then(|| quote!(.first(#number)));
            quote!(page(#param, #items) #first #last #next #more)
        }
        PagingForm::Cursor { next } => quote!(cursor(#param, #next, #items) #more),
        PagingForm::LastItem { field } => quote!(last_item(#param, #items, #field) #more),
        PagingForm::DateBackwards { field } => quote!(date_backwards(#param, #items, #field) #more),
    }
}

/// The fields to go through to the items, and the items' type.
pub(super) fn way(api: &Api, reply: &Outcome, pointer: &str) -> Option<(TokenStream, TypeRef)> {
    let mut ty = reply.json()?.clone();
    let mut steps = TokenStream::new();
    let mut optional = matches!(reply, Outcome::OptionalJson(_));
    for token in Pointer::parse(pointer)?.tokens() {
        let (id, argument) = match &ty {
            TypeRef::Named(id) => (*id, None),
            TypeRef::Apply(id, argument) => (*id, Some(argument.as_ref().clone())),
            TypeRef::Scalar(_)
            | TypeRef::List(_)
            | TypeRef::Map(_)
            | TypeRef::Nullable(_)
            | TypeRef::OrEmpty(_)
            | TypeRef::Param
            | TypeRef::Unknown
            | TypeRef::Any => {
                return None;
            }
        };
        let def = api.types.get(&id)?;
        let Shape::Struct(shape) = def.shape() else { return None };
        let index = shape.fields.iter().position(|field| field.wire == token)?;
        let field = &shape.fields[index];
        let name = ident(&def.fields[index]);
        let written = super::types::field_type(def, field);
        let is_optional = matches!(
            written,
            super::types::Written::Optional(_) | super::types::Written::OptionalOrNull(_)
        ) || (field.presence == Presence::Required
            && matches!(field.ty, TypeRef::Nullable(_)));
        let boxed = def.boxed.contains(&index).then(|| quote!(.map(|inner| *inner)));
        steps = match (optional, is_optional) {
            (false, _) => quote!(#steps.#name #boxed),
            (true, false) => quote!(#steps.map(|inner| inner.#name)),
            (true, true) => quote!(#steps.and_then(|inner| inner.#name #boxed)),
        };
        optional |= is_optional;
        ty = match (&field.ty, argument) {
            (TypeRef::Param, Some(argument)) => {
                // A payload that may be nothing is an option of its own.
                if let (TypeRef::Nullable(inner), false) = (&argument, optional) {
                    optional = true;
                    (**inner).clone()
                } else {
                    argument
                }
            }
            (ty, _) => ty.non_null().clone(),
        };
    }
    let TypeRef::List(item) = ty.non_null() else { return None };
    let steps = if optional || matches!(ty, TypeRef::Nullable(_)) {
        quote!(#steps.unwrap_or_default())
    } else {
        steps
    };
    Some((steps, (**item).clone()))
}
