//! The bits of Rust that every emitter writes: identifiers, types, and a finished file.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::emit::{File, Layout};
use crate::ident::KEYWORDS;
use crate::model::{Api, Scalar, TypeRef};

/// An identifier, escaped where Rust has the word for itself.
pub(super) fn ident(name: &str) -> Ident {
    // These four cannot be raw.
    if matches!(name, "self" | "Self" | "super" | "crate" | "_") {
        return Ident::new(&format!("{}_", name.trim_end_matches('_')), Span::call_site());
    }
    if is_no_keyword(name) {
        return Ident::new(name, Span::call_site());
    }
    // syn knows the keywords of its own day; those of the edition that is written are ours to know.
    if (KEYWORDS.contains(&name) || syn::parse_str::<Ident>(name).is_err())
        && syn::parse_str::<Ident>(&format!("r#{name}")).is_ok()
    {
        return Ident::new_raw(name, Span::call_site());
    }
    if let Ok(ident) = syn::parse_str::<Ident>(name) {
        return ident;
    }
    // Names come from `ident::clean`, so this is a second lock on the door.
    let safe: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    Ident::new(&format!("p_{safe}"), Span::call_site())
}

/// Whether a name is an identifier and surely no keyword, at a glance: to parse it takes a hundred times longer, and
/// there are as many as there are tokens. Keywords are short and of small letters alone, but for `Self`.
fn is_no_keyword(name: &str) -> bool {
    let bytes = name.as_bytes();
    let is_ident = bytes.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    is_ident
        && name != "Self"
        && name != "_"
        && (name.len() > "continue".len() || !bytes.iter().all(u8::is_ascii_lowercase))
}

/// How a type is written. `types` is the path to the module of types, empty inside of it.
pub(super) fn type_tokens(api: &Api, ty: &TypeRef, types: &TokenStream) -> TokenStream {
    match ty {
        TypeRef::Named(id) => named(api, *id, types),
        TypeRef::Scalar(scalar) => scalar_tokens(*scalar),
        TypeRef::List(inner) => {
            let inner = type_tokens(api, inner, types);
            quote!(Vec<#inner>)
        }
        TypeRef::Map(inner) => {
            let inner = type_tokens(api, inner, types);
            quote!(rt::Map<#inner>)
        }
        TypeRef::Nullable(inner) => {
            let inner = type_tokens(api, inner, types);
            quote!(Option<#inner>)
        }
        TypeRef::OrEmpty(inner) => {
            let inner = type_tokens(api, inner, types);
            quote!(rt::OrEmpty<#inner>)
        }
        TypeRef::Param => quote!(T),
        TypeRef::Apply(id, argument) => {
            let name = named(api, *id, types);
            let argument = type_tokens(api, argument, types);
            quote!(#name<#argument>)
        }
        TypeRef::Unknown | TypeRef::Any => quote!(rt::Value),
    }
}

fn named(api: &Api, id: crate::model::TypeId, types: &TokenStream) -> TokenStream {
    match api.types.get(&id) {
        Some(def) => {
            let name = ident(&def.name);
            quote!(#types #name)
        }
        None => quote!(rt::Value),
    }
}

pub(super) fn scalar_tokens(scalar: Scalar) -> TokenStream {
    match scalar {
        Scalar::Bool => quote!(bool),
        Scalar::Int32 => quote!(i32),
        Scalar::Int64 => quote!(i64),
        Scalar::UInt64 => quote!(u64),
        Scalar::Float => quote!(f64),
        Scalar::String | Scalar::Binary => quote!(String),
        Scalar::Date => quote!(rt::Date),
        Scalar::DateTime => quote!(rt::DateTime),
        Scalar::Uuid => quote!(rt::Uuid),
        Scalar::Base64 => quote!(rt::Base64),
        Scalar::Decimal => quote!(rt::Decimal),
    }
}

/// A Rust file: formatted, with the mark that says who writes it.
pub(super) fn file(
    layout: &Layout,
    path: String,
    emitter: &str,
    tokens: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<File> {
    match syn::parse2::<syn::File>(tokens) {
        Ok(parsed) => {
            let body = prettyplease::unparse(&parsed);
            let mark = mark(layout, emitter);
            Some(File::text(path, format!("{mark}\n{}", spaced(&body))))
        }
        Err(error) => {
            diagnostics.push(
                Diagnostic::error("invalid-output", format!("{path} would not be Rust: {error}"))
                    .help("this is a fault of the generator; please report it with the document"),
            );
            None
        }
    }
}

/// The first lines of every generated file.
pub(super) fn mark(layout: &Layout, emitter: &str) -> String {
    let by = match layout {
        Layout::Workspace => "`cargo xtask regenerate` from spec/",
        Layout::Standalone { .. } => "`cargo xtask generate`",
    };
    format!(
        "// @generated by {by}. Do not edit.\n// Emitter: crates/generator/src/emit/{emitter}.rs\n"
    )
}

/// An empty line between items: the printer puts none, and a page without any is hard to read.
fn spaced(body: &str) -> String {
    let mut out = String::with_capacity(body.len() + body.len() / 16);
    let mut before = "";
    for line in body.lines() {
        if !before.is_empty() && is_break(before, line) {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        before = line;
    }
    out
}

fn is_break(before: &str, line: &str) -> bool {
    let indent = before.len() - before.trim_start().len();
    let (before, line) = (before.trim_start(), line.trim_start());
    if indent > 4 || line.starts_with(['}', ')', '.']) {
        return false;
    }
    let is_line = |line: &str| {
        line.starts_with("use ")
            || line.starts_with("mod ")
            || line.starts_with("pub use ")
            || line.starts_with("//!")
    };
    if matches!(before, "}" | "});" | "};")
        || before.starts_with("//!") != line.starts_with("//!") && before.starts_with("//!")
    {
        return true;
    }
    indent == 0
        && ((is_line(before) && !is_line(line) && !line.starts_with("///")
            || before.starts_with("use ") && !is_line(line))
            || (before.starts_with("pub struct") && before.ends_with(';'))
            || (before.starts_with("rt::") && before.ends_with(");"))
            || before == ");")
}
