//! Scopes: the same requests where what most of them ask for first is said once.

use indexmap::IndexMap;
use proc_macro2::TokenStream;
use quote::quote;

use super::jobs::Job;
use super::operation::parts;
use super::resource::{about, heading, names_types};
use super::rust::{file, ident, type_tokens};
use super::setter::argument;
use super::{Context, docs};
use crate::model::{Api, ApiOperation, Resource, Scalar, Scope, TypeRef};

pub(super) fn emit(context: Context<'_>) -> Vec<Job<'_>> {
    if context.api.scopes.is_empty() {
        return Vec::new();
    }
    let write: Job<'_> = Box::new(move |diagnostics| {
        let scopes = context.api.scopes.iter().map(|scope| module(context.api, scope));
        let body = quote!(#(#scopes)*);
        let types = names_types(&body).then(|| {
            quote!(
                use super::types;
            )
        });
        let runtime = super::resource::names(&body, "rt").then(|| {
            quote!(
                use lockstep_runtime as rt;
            )
        });
        let tokens = quote! {
            //! Requests that concern one thing, which is said once.
            #runtime
            use super::Client;
            #types
            #body
        };
        let path = format!("{}/scopes.rs", context.layout.client());
        file(context.layout, path, "scopes", tokens, diagnostics).into_iter().collect()
    });
    vec![write]
}

/// The accessors of the client.
pub(super) fn accessors(api: &Api) -> TokenStream {
    let all = api.scopes.iter().map(|scope| {
        let (name, handle) = (ident(&scope.name), ident(&scope.type_name));
        let taken = taken(api, scope);
        let (ty, value) = (taken.ty, taken.value);
        let param = ident(&param_name(scope));
        let docs = docs::attributes(&[format!(
            "Everything below {} for one {}, which is given once.",
            docs::code(&crate::passes::scopes::written(&scope.prefix, &scope.param)),
            docs::code(&scope.param)
        )]);
        quote! {
            #docs
            pub fn #name(&self, #param: #ty) -> super::scopes::#handle<'_> {
                super::scopes::#handle::new(self, #value)
            }
        }
    });
    quote!(#(#all)*)
}

fn param_name(scope: &Scope) -> String {
    crate::words::snake(&crate::ident::words_of(&scope.param))
}

/// How the value is handed to the accessor.
fn taken(api: &Api, scope: &Scope) -> super::setter::Argument {
    argument(api, &scope.ty, &param_name(scope), false, &quote!(super::types::))
}

/// The resources of a scope, each with its operations below it.
pub(super) fn members<'a>(
    api: &'a Api,
    scope: &'a Scope,
) -> impl Iterator<Item = (&'a Resource, Vec<&'a ApiOperation>)> {
    let keys: std::collections::HashSet<&str> = scope.keys.iter().map(String::as_str).collect();
    api.resources.iter().filter_map(move |resource| {
        let own = resource.operations.iter();
        let own: Vec<&ApiOperation> =
            own.filter(|operation| keys.contains(operation.operation.key.as_str())).collect();
        (!own.is_empty()).then_some((resource, own))
    })
}

fn module(api: &Api, scope: &Scope) -> TokenStream {
    let handle = ident(&scope.type_name);
    let held = type_tokens(api, &scope.ty, &quote!(types::));
    let text = docs::attributes(&[format!(
        "What [`Client::{}`] gives: every resource below {}.",
        docs::linked(&scope.name),
        docs::code(&crate::passes::scopes::written(&scope.prefix, &scope.param))
    )]);
    let mut names: IndexMap<&str, TokenStream> = IndexMap::new();
    let mut handles = Vec::new();
    for (resource, operations) in members(api, scope) {
        let name = ident(&resource.module);
        let own = ident(&format!("{}{}", scope.type_name, resource.type_name));
        let title = docs::attributes(&[heading(resource)]);
        names.insert(
            &resource.module,
            quote! {
                #title
                pub fn #name(&self) -> #own<'_> { #own(self) }
            },
        );
        let methods = operations.iter().map(|operation| method(api, scope, resource, operation));
        handles.push(quote! {
            #title
            #[derive(Clone, Copy, Debug)]
            pub struct #own<'s>(&'s #handle<'s>);

            impl #own<'_> { #(#methods)* }
        });
    }
    let accessors = names.values();
    quote! {
        #text
        #[derive(Clone, Debug)]
        pub struct #handle<'c> { client: &'c Client, scope: #held }

        impl<'c> #handle<'c> {
            pub(super) fn new(client: &'c Client, scope: #held) -> Self { Self { client, scope } }

            #(#accessors)*
        }

        #(#handles)*
    }
}

fn method(api: &Api, scope: &Scope, resource: &Resource, operation: &ApiOperation) -> TokenStream {
    let name = ident(&operation.names.method);
    let (module, request) = (ident(&resource.module), ident(&operation.names.request));
    let (mut params, mut given) = (Vec::new(), Vec::new());
    for part in parts(operation).iter().filter(|part| part.required) {
        if part.is_path(&scope.param) {
            given.push(match scope.ty {
                TypeRef::Scalar(Scalar::Int32 | Scalar::Int64 | Scalar::Uuid) => {
                    quote!(self.0.scope)
                }
                _ => quote!(&self.0.scope),
            });
            continue;
        }
        let (ty, _) = part.call(api, &part.name, &quote!(types::));
        let own = ident(&part.name);
        params.push(quote!(#own: #ty));
        given.push(quote!(#own));
    }
    let docs = docs::attributes(&about(api, &operation.operation));
    let deprecated = operation
        .operation
        .deprecated
        .then(|| quote!(#[deprecated = "deprecated upstream"] #[allow(deprecated)]));
    let many = (params.len() > 6).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #docs
        #deprecated
        #many
        pub fn #name(&self, #(#params),*) -> super::#module::#request {
            self.0.client.#module().#name(#(#given),*)
        }
    }
}
