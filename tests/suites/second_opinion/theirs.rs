//! The calls of progenitor's client, as Rust: read from its methods, and filled with the examples of the document.

use std::collections::HashMap;

use quote::ToTokens as _;
use serde_json::Value;
use syn::{FnArg, ImplItem, Item, ReturnType};

use super::values::{Operation, literal, plain};

/// Progenitor's client, as far as calling it goes: the methods by what they say they send.
pub(crate) struct Client(HashMap<String, syn::ImplItemFn>);

impl Client {
    /// Reads the methods of a client.
    pub(crate) fn read(code: &str) -> Self {
        let parsed = syn::parse_file(code).expect("Rust");
        let mut methods = HashMap::new();
        for item in parsed.items {
            let Item::Impl(block) = item else { continue };
            for item in block.items {
                let ImplItem::Fn(method) = item else { continue };
                if let (true, Some(sent)) = (method.sig.asyncness.is_some(), sent(&method)) {
                    methods.insert(sent, method);
                }
            }
        }
        Self(methods)
    }

    /// The call of an operation with every value that the document has an example of; `None` if it was left out.
    pub(crate) fn call(&self, operation: &Operation<'_>) -> Option<String> {
        let sent = format!("{} {}", operation.text("method"), operation.text("path"));
        let method = self.0.get(&sent)?;
        let arguments = method.sig.inputs.iter().filter_map(|argument| match argument {
            FnArg::Typed(typed) => {
                let name = typed.pat.to_token_stream().to_string();
                let ty = typed.ty.to_token_stream().to_string().replace(' ', "");
                Some(argument_of(&name, &ty.replace("'a", ""), operation))
            }
            FnArg::Receiver(_) => None,
        });
        let arguments: Vec<_> = arguments.collect();
        let ReturnType::Type(_, returned) = &method.sig.output else { return None };
        let returned = returned.to_token_stream().to_string().replace(' ', "");
        let (reply, failure) = returned.split_once(",Error<").unwrap_or((&returned, ""));
        let show = |ty: &str| if ty.contains("ByteStream") { "|body| body" } else { "Typed" };
        Some(format!(
            "theirs(their_client.{}({}).await, {}, {})",
            method.sig.ident,
            arguments.join(", "),
            show(reply),
            show(failure)
        ))
    }
}

/// Method and path, which the docs of every method name.
fn sent(method: &syn::ImplItemFn) -> Option<String> {
    let docs: String = method.attrs.iter().map(|own| own.to_token_stream().to_string()).collect();
    let (_, rest) = docs.split_once("Sends a `")?;
    let mut parts = rest.split('`');
    let (verb, path) = (parts.next()?, parts.nth(1)?);
    Some(format!("{verb} {path}"))
}

fn argument_of(name: &str, ty: &str, operation: &Operation<'_>) -> String {
    let wire = name.trim_start_matches("r#").trim_end_matches('_');
    let (value, separator) = operation
        .parameter_like(wire)
        .or_else(|| Some((operation.body().filter(|_| wire == "body")?, ",")))
        .unwrap_or_else(|| panic!("{}: nothing is like {name}", operation.text("id")));
    match ty.strip_prefix("Option<").and_then(|inner| inner.strip_suffix('>')) {
        Some(_) if value.is_null() => "None".to_owned(),
        Some(inner) => format!("Some({})", value_of(inner, &value, separator)),
        None => value_of(ty, &value, separator),
    }
}

fn value_of(ty: &str, value: &Value, separator: &str) -> String {
    match ty {
        "&str" => literal(&joined(value, separator)),
        "String" | "B" => format!("{}.to_owned()", literal(&plain(value))),
        ty if ty.starts_with('&') => format!("&value({})", literal(&value.to_string())),
        _ => format!("value({})", literal(&value.to_string())),
    }
}

/// A list where progenitor takes text only is for its caller to join.
fn joined(value: &Value, separator: &str) -> String {
    match value {
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(separator),
        value => plain(value),
    }
}
