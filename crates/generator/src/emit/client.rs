//! The client: where the API is, how one shows who asks, and the way to every resource.

use proc_macro2::TokenStream;
use quote::quote;

use super::files::FileNames;
use super::jobs::Job;
use super::rust::{file, ident};
use super::{Context, File, docs};
use crate::config::{FailureRule, RetryRule};
use crate::diagnostic::Diagnostics;
use crate::model::{Api, ApiOperation, AuthKind, AuthScheme, Resource, Security};
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
    let about = docs::attributes(&[
        format!("A client for {title}."),
        docs::prose(&api.info.description),
        variables(context),
    ]);
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
    let base_url = &context.api.base_url;
    let auth = context.api.auth.iter().map(|scheme| scheme_tokens(context, scheme));
    let security = context.api.security.iter().map(|set| quote!(&[#(#set),*]));
    let shared = &context.api.shared;
    let parameters = (!shared.is_empty()).then(|| {
        let all = shared.iter().map(|own| {
            let (name, default) = (&own.wire, &own.default);
            quote!((#name, #default))
        });
        quote!(parameters: &[#(#all),*],)
    });
    let [base_url_var, headers_var, log_var] = settings_vars(context);
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
    let failures = context
        .config
        .failures
        .as_ref()
        .map(|FailureRule { pointer }| quote!(failure_pointer: #pointer,));
    let retries =
        context.config.retries.as_ref().map(|RetryRule { header }| quote!(retry_header: #header,));
    let public = has_public_operations(context.api).then(|| quote!(has_public_operations: true,));
    quote! {
        rt::Service {
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
            base_url: #base_url,
            auth: &[#(#auth),*],
            security: &[#(#security),*],
            #parameters
            env_base_url: #base_url_var,
            env_headers: #headers_var,
            env_log: #log_var,
            #limits
            #failures
            #retries
            #public
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

/// The variables of the base URL, of headers for every request, and of the log.
fn settings_vars(context: &Context<'_>) -> [String; 3] {
    let environment = &context.config.environment;
    let own = prefix(context);
    let or = |chosen: &Option<String>, name: &str| {
        chosen.clone().unwrap_or_else(|| format!("{own}_{name}"))
    };
    [
        or(&environment.base_url, "BASE_URL"),
        or(&environment.headers, "CUSTOM_HEADERS"),
        or(&environment.log, "LOG"),
    ]
}

/// Whether some operation needs no key although the document asks for one: what the client cannot tell by itself.
fn has_public_operations(api: &Api) -> bool {
    let is_public = |security: &Security| security.is_empty() || security.iter().any(Vec::is_empty);
    let own =
        |operation: &ApiOperation| operation.operation.security.as_ref().is_some_and(is_public);
    !is_public(&api.security)
        && api.resources.iter().flat_map(|resource| &resource.operations).any(own)
}

/// The variables that `from_env` reads, for the client's page.
fn variables(context: &Context<'_>) -> String {
    let keys = context.api.auth.iter().flat_map(|scheme| {
        let of = docs::code(&scheme.name);
        match &scheme.kind {
            AuthKind::Basic => {
                let [user, password] = basic_vars(context);
                vec![
                    format!("- `{user}`: the user, for {of}"),
                    format!("- `{password}`: the password, for {of}"),
                ]
            }
            _ => vec![format!("- `{}`: the key, for {of}", key_var(context, scheme))],
        }
    });
    let [base_url, headers, log] = settings_vars(context);
    let rest = [
        format!("- `{base_url}`: where the API is, in place of its own address"),
        format!("- `{headers}`: headers for every request, one `Name: value` a line"),
        format!("- `{log}`: `info` or `debug` writes a line for each request"),
    ];
    let first = "`Client::from_env()` reads these variables:".to_owned();
    let lines: Vec<String> = [first, String::new()].into_iter().chain(keys).chain(rest).collect();
    lines.join("\n")
}

fn basic_vars(context: &Context<'_>) -> [String; 2] {
    let own = prefix(context);
    [format!("{own}_USER"), format!("{own}_PASSWORD")]
}

fn key_var(context: &Context<'_>, scheme: &AuthScheme) -> String {
    let name = &scheme.name;
    let own = prefix(context);
    let first = context.api.auth.first().is_some_and(|first| first.name == scheme.name);
    // The first scheme's key is the key; others say which they are.
    let default = if first {
        format!("{own}_API_KEY")
    } else {
        format!("{own}_{}", words::snake(&words::split(name)).to_ascii_uppercase())
    };
    context.config.environment.keys.get(name).cloned().unwrap_or(default)
}

fn scheme_tokens(context: &Context<'_>, scheme: &AuthScheme) -> TokenStream {
    let name = &scheme.name;
    let var = key_var(context, scheme);
    match &scheme.kind {
        AuthKind::Bearer => quote!(rt::AuthScheme::bearer(#name, #var)),
        AuthKind::Basic => {
            let [user, password] = basic_vars(context);
            quote!(rt::AuthScheme::basic(#name, #user, #password))
        }
        AuthKind::Header(header) => quote!(rt::AuthScheme::header(#name, #header, #var)),
        AuthKind::Query(parameter) => quote!(rt::AuthScheme::query(#name, #parameter, #var)),
        AuthKind::Cookie(cookie) => quote!(rt::AuthScheme::cookie(#name, #cookie, #var)),
    }
}
