//! The client: where the API is, how one shows who asks, and the way to every resource.

use proc_macro2::TokenStream;
use quote::quote;

use super::files::FileNames;
use super::jobs::Job;
use super::rust::{file, ident};
use super::{Context, File, docs};
use crate::diagnostic::Diagnostics;
use crate::model::{Api, AuthKind, AuthScheme, Resource};
use crate::words;

pub(super) fn emit(context: Context<'_>) -> Vec<Job<'_>> {
    vec![Box::new(move |diagnostics| files(&context, diagnostics))]
}

fn files(context: &Context<'_>, diagnostics: &mut Diagnostics) -> Vec<File> {
    let folder = context.layout.client();
    let mut files = Vec::new();
    files.extend(file(
        context.layout,
        format!("{folder}/mod.rs"),
        "client",
        index(context),
        diagnostics,
    ));
    files.extend(file(
        context.layout,
        format!("{folder}/client.rs"),
        "client",
        client(context),
        diagnostics,
    ));
    files
}

/// The files of the resources.
pub(super) fn resource_files(api: &Api) -> FileNames<'_> {
    FileNames::of(api.resources.iter().map(|resource| resource.module.as_str()))
}

fn index(context: &Context<'_>) -> TokenStream {
    let files = resource_files(context.api);
    let modules = context.api.resources.iter().map(|resource| {
        let text = docs::attributes(&[format!("Requests of [`Client::{}`].", resource.module)]);
        let module = files.module(&resource.module);
        quote!(#text #module)
    });
    let scopes = (!context.api.scopes.is_empty()).then(|| {
        quote! {
            #[doc = " What is said once for many requests."]
            pub mod scopes;
        }
    });
    quote! {
        //! What the generator writes: the client, a module per resource, and the types.
        mod client;
        #(#modules)*
        #scopes
        pub mod types;
        pub use self::client::Client;
    }
}

fn client(context: &Context<'_>) -> TokenStream {
    let api = context.api;
    let title =
        if api.info.title.is_empty() { "the API".to_owned() } else { docs::line(&api.info.title) };
    let about =
        docs::attributes(&[format!("A client for {title}."), docs::prose(&api.info.description)]);
    let accessors = api.resources.iter().map(accessor);
    let scopes = super::scopes::accessors(api);
    let service = service(context);
    quote! {
        use lockstep_runtime as rt;

        #[doc = " Where the API is and how it is spoken to, as its document says."]
        #[allow(clippy::needless_update, reason = "what the document leaves open is the runtime's to say")]
        static SERVICE: rt::Service = #service;

        #about
        #[derive(Clone, Debug)]
        pub struct Client(rt::Client);

        rt::client!(Client, SERVICE);

        impl Client { #(#accessors)* #scopes }
    }
}

fn accessor(resource: &Resource) -> TokenStream {
    let name = ident(&resource.module);
    let handle = ident(&resource.type_name);
    let title = docs::line(&resource.tag);
    let description = docs::prose(&resource.description);
    let text = if description.is_empty() && title.is_empty() {
        resource.module.replace('_', " ")
    } else {
        title
    };
    let docs = docs::attributes(&[format!("{}.", text.trim_end_matches('.')), description]);
    quote! {
        #docs
        pub fn #name(&self) -> super::#name::#handle<'_> { super::#name::#handle(&self.0) }
    }
}

fn service(context: &Context<'_>) -> TokenStream {
    let environment = &context.config.environment;
    let base_url = &context.api.base_url;
    let auth = context.api.auth.iter().map(|scheme| scheme_tokens(context, scheme));
    let security = context.api.security.iter().map(|set| quote!(&[#(#set),*]));
    let own = prefix(context);
    let base_url_var = environment.base_url.clone().unwrap_or_else(|| format!("{own}_BASE_URL"));
    let headers_var =
        environment.headers.clone().unwrap_or_else(|| format!("{own}_CUSTOM_HEADERS"));
    let log_var = environment.log.clone().unwrap_or_else(|| format!("{own}_LOG"));
    let limits = context.config.limits.as_ref().map(|limits| {
        let stands = [
            ("limit", &limits.limit),
            ("remaining", &limits.remaining),
            ("credits_used", &limits.credits_used),
            ("credits_balance", &limits.credits_balance),
        ];
        let fields = stands.into_iter().flat_map(|(name, stand)| {
            let field = |kind: &str, value: &Option<String>| {
                let name = ident(&format!("{name}_{kind}"));
                value.as_ref().map(|value| quote!(#name: #value,))
            };
            [field("header", &stand.header), field("pointer", &stand.pointer)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
        });
        quote!(limits: Some(rt::LimitRules { #(#fields)* ..rt::LimitRules::DEFAULT }),)
    });
    quote! {
        rt::Service {
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
            base_url: #base_url,
            auth: &[#(#auth),*],
            security: &[#(#security),*],
            env_base_url: #base_url_var,
            env_headers: #headers_var,
            env_log: #log_var,
            #limits
            ..rt::Service::DEFAULT
        }
    }
}

/// What environment variables start with where nobody has named them: the crate's name.
fn prefix(context: &Context<'_>) -> String {
    let name = match context.layout {
        super::Layout::Standalone { name, .. } => name.clone(),
        super::Layout::Workspace => {
            context.config.crate_name.clone().unwrap_or_else(|| "CLIENT".to_owned())
        }
    };
    name.to_ascii_uppercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}

fn scheme_tokens(context: &Context<'_>, scheme: &AuthScheme) -> TokenStream {
    let name = &scheme.name;
    let own = prefix(context);
    let first = context.api.auth.first().is_some_and(|first| first.name == scheme.name);
    // The first scheme's key is the key; others say which they are.
    let default = if first {
        format!("{own}_API_KEY")
    } else {
        format!("{own}_{}", words::snake(&words::split(name)).to_ascii_uppercase())
    };
    let var = context.config.environment.keys.get(name).cloned().unwrap_or(default);
    match &scheme.kind {
        AuthKind::Bearer => quote!(rt::AuthScheme::bearer(#name, #var)),
        AuthKind::Basic => {
            let (user, password) = (format!("{own}_USER"), format!("{own}_PASSWORD"));
            quote!(rt::AuthScheme::basic(#name, #user, #password))
        }
        AuthKind::Header(header) => quote!(rt::AuthScheme::header(#name, #header, #var)),
        AuthKind::Query(parameter) => quote!(rt::AuthScheme::query(#name, #parameter, #var)),
        AuthKind::Cookie(cookie) => quote!(rt::AuthScheme::cookie(#name, #cookie, #var)),
    }
}
