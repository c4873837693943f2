//! The mock's data as the mock crate holds it: every fixture, embedded by its place.

use proc_macro2::TokenStream;
use quote::quote;

use super::jobs::Job;
use super::rust::file;
use super::{Context, File, Layout, fixtures};
use crate::diagnostic::Diagnostics;

pub(super) fn emit(context: Context<'_>) -> Vec<Job<'_>> {
    vec![Box::new(move |diagnostics| files(&context, diagnostics))]
}

fn files(context: &Context<'_>, diagnostics: &mut Diagnostics) -> Vec<File> {
    match context.layout {
        Layout::Standalone { .. } => Vec::new(),
        Layout::Workspace => {
            let entries = fixtures::all(context.document, context.api, diagnostics)
                .into_iter()
                .map(|fixture| {
                    let name = fixture.path;
                    let path = format!("../../fixtures/{name}");
                    quote!((#name, include_bytes!(#path)))
                });
            let tokens: TokenStream = quote! {
                #[doc = " Every operation and fixture, as the engine reads them."]
                pub(crate) static DATA: lockstep_mock::Embedded = lockstep_mock::Embedded {
                    routes: include_str!("../../fixtures/routes.json"),
                    fixtures: &[#(#entries),*],
                };
            };
            file(
                context.layout,
                "crates/mock/src/generated/mod.rs".to_owned(),
                "mock",
                tokens,
                diagnostics,
            )
            .into_iter()
            .collect()
        }
    }
}
