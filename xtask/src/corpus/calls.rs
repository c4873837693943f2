//! The calls of a generated client, as Rust: one function for each operation, read from the client's own methods.
//!
//! A function fills the arguments of a method, and those of its setters, with values that are known only when it runs;
//! which parameter of the document an argument is shows in the method's body, where it goes on beside its name on the
//! wire. Knows the shape of generated code and nothing of documents.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use lockstep_generator::File;
use syn::{Expr, FnArg, ImplItem, Item, Lit, ReturnType, Stmt, Type};

use super::requests::{Request, requests};
use super::values::Values;

/// The calls of a client as the text of a module.
pub(super) struct Calls {
    /// The functions, and a constant `OPERATIONS` that lists them by operation.
    pub(super) text: String,
    /// The operations that no method was found for.
    pub(super) missing: Vec<String>,
}

/// Reads a client's methods and writes a call of each operation.
pub(super) fn calls(files: &[File]) -> Calls {
    let mut client = Client::default();
    for file in files {
        let Some(path) = file.path.strip_prefix("src/generated/") else { continue };
        let Ok(parsed) = syn::parse_file(&String::from_utf8_lossy(&file.contents)) else {
            continue;
        };
        let module = path.trim_end_matches(".rs");
        for item in parsed.items {
            match item {
                Item::Impl(block) if block.trait_.is_none() => client.methods(module, block),
                Item::Struct(item) => client.values.add(item),
                _ => {}
            }
        }
    }
    let (mut text, mut table, mut missing) = (String::new(), String::new(), Vec::new());
    for (index, request) in requests(files).iter().enumerate() {
        match client.call(request) {
            Some(call) => {
                let _ = writeln!(
                    text,
                    "fn op_{index}(client: &Client, from: &Arguments) -> Result<Sending, String> {{\n{call}}}\n"
                );
                let _ = writeln!(table, "    ({:?}, op_{index}),", request.id);
            }
            None => missing.push(request.id.clone()),
        }
    }
    let makers = client.values.makers();
    let shared: BTreeSet<String> =
        client.makers.values().flat_map(|(_, method)| shared(method)).collect();
    let shared: Vec<String> = shared.into_iter().collect();
    let text = format!(
        "pub(crate) const SHARED: &[&str] = &{shared:?};\n\n{text}{makers}pub(crate) const OPERATIONS: &[Operation] = &[\n{table}];\n"
    );
    Calls { text, missing }
}

#[derive(Default)]
struct Client {
    /// Methods of the client by the type of the resource that they return.
    resources: HashMap<String, String>,
    /// Methods of resources by the request that they return, with the resource: module and name of the type.
    makers: HashMap<String, (String, syn::ImplItemFn)>,
    setters: HashMap<String, Vec<syn::ImplItemFn>>,
    values: Values,
}

impl Client {
    fn methods(&mut self, module: &str, block: syn::ItemImpl) {
        let own = last_name(&block.self_ty);
        for item in block.items {
            let ImplItem::Fn(method) = item else { continue };
            let ReturnType::Type(_, returned) = &method.sig.output else { continue };
            let made = last_name(returned);
            let name = method.sig.ident.to_string();
            if module.starts_with("types") {
                self.values.method(&own, method);
            } else if module == "client" {
                self.resources.insert(made, name);
            } else if made == "Self" {
                self.setters.entry(format!("{module}::{own}")).or_default().push(method);
            } else if module != "scopes" {
                self.makers.insert(format!("{module}::{made}"), (own.clone(), method));
            }
        }
    }

    /// The body of a function that sends an operation.
    fn call(&self, request: &Request) -> Option<String> {
        let (module, name) = request.path.rsplit_once("::")?;
        let file = |key: &&String| key.rsplit("::").next() == Some(name);
        let plain = module.replace("r#", "");
        // A module may be called otherwise than its file; the names of requests mostly tell alone.
        let key = format!("{plain}::{name}");
        let key = match self.makers.contains_key(&key) {
            true => key,
            false => self.makers.keys().find(file)?.clone(),
        };
        let (resource, maker) = self.makers.get(&key)?;
        let resource = self.resources.get(resource)?;
        let mut text = String::new();
        let mut values = Vec::new();
        for (index, (name, ty)) in arguments(maker).enumerate() {
            let (kind, wire) = travels(maker, &name)?;
            let value = self.values.argument(&ty, "value");
            let _ = writeln!(
                text,
                "    let value = &from.must({kind:?}, {wire:?})?;\n    let a{index} = {value};"
            );
            values.push(format!("a{index}"));
        }
        let made = format!("client.{resource}().{}({})", maker.sig.ident, values.join(", "));
        let setters: Vec<String> =
            self.setters.get(&key).into_iter().flatten().filter_map(|own| self.set(own)).collect();
        let mutable = if setters.is_empty() { "" } else { "mut " };
        let _ = writeln!(text, "    let {mutable}request = {made};");
        text.extend(setters);
        let send = if request.reply == "Binary" { "download" } else { "send" };
        let _ = writeln!(text, "    Ok({send}(request.send()))");
        Some(text)
    }

    /// Sets an optional part, where there is a value for it.
    fn set(&self, setter: &syn::ImplItemFn) -> Option<String> {
        let mut all = arguments(setter);
        let ((name, ty), None) = (all.next()?, all.next()) else { return None };
        let (kind, wire) = travels(setter, &name)?;
        let value = self.values.argument(&ty, "value");
        let method = &setter.sig.ident;
        Some(format!(
            "    if let Some(value) = &from.may({kind:?}, {wire:?}) {{\n        request = request.{method}({value});\n    }}\n"
        ))
    }
}

/// The parameters of a method, without `self`.
pub(super) fn arguments(method: &syn::ImplItemFn) -> impl Iterator<Item = (String, Type)> {
    use quote::ToTokens as _;
    method.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(typed) => Some((typed.pat.to_token_stream().to_string(), (*typed.ty).clone())),
        FnArg::Receiver(_) => None,
    })
}

/// The parameters of a request that are settings of the client.
fn shared(method: &syn::ImplItemFn) -> Vec<String> {
    let mut names = Vec::new();
    let Some(Stmt::Expr(mut link, _)) = method.block.stmts.first().cloned() else { return names };
    while let Expr::MethodCall(call) = link {
        let first = call.args.first().and_then(literal);
        names.extend(first.filter(|_| call.method.to_string().starts_with("shared_")));
        link = *call.receiver;
    }
    names
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// How an argument goes on: the method of the runtime that takes it, and its name on the wire.
fn travels(method: &syn::ImplItemFn, name: &str) -> Option<(String, String)> {
    let mut link = match method.block.stmts.first()? {
        // A setter wraps the chain: `Self(self.0.query("limit", value))`.
        Stmt::Expr(Expr::Call(made), _) => made.args.first()?,
        Stmt::Expr(chain, _) => chain,
        _ => return None,
    };
    while let Expr::MethodCall(call) = link {
        if call.args.iter().any(|argument| mentions(argument, name)) {
            let wire = call.args.iter().find_map(literal);
            let kind = call.method.to_string();
            let wire = if kind.contains("body") { String::new() } else { wire? };
            return Some((kind.trim_end_matches("_as").to_owned(), wire));
        }
        link = &call.receiver;
    }
    None
}

fn mentions(argument: &Expr, name: &str) -> bool {
    use quote::ToTokens as _;
    let mut words = BTreeSet::new();
    let mut left = vec![argument.to_token_stream()];
    while let Some(stream) = left.pop() {
        for token in stream {
            match token {
                proc_macro2::TokenTree::Group(group) => left.push(group.stream()),
                token => {
                    words.insert(token.to_string());
                }
            }
        }
    }
    words.contains(name)
}

/// The last name of a path, without what stands in angle brackets.
pub(super) fn last_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => {
            path.path.segments.last().map(|own| own.ident.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    }
}
