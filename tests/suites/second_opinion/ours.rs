//! The calls of our client, as Rust: read from its methods, and filled with the examples of the document.

use std::collections::HashMap;

use lockstep_generator::Output;
use lockstep_tests::text;
use quote::ToTokens as _;
use serde_json::Value;
use syn::{Expr, FnArg, GenericArgument, ImplItem, Item, PathArguments, ReturnType, Stmt, Type};
use xtask::corpus::requests::{Request, requests};

use super::values::{Operation, literal, plain};

/// Our client, as far as calling it goes.
pub(crate) struct Client {
    requests: Vec<Request>,
    /// Methods of resources and of requests by the type that they return: module and name of the type.
    makers: HashMap<String, syn::ImplItemFn>,
    setters: HashMap<String, Vec<syn::ImplItemFn>>,
    /// Structs that cannot be read from JSON, since they travel in requests only.
    inputs: HashMap<String, syn::ItemStruct>,
}

impl Client {
    /// Reads the methods and types of a client.
    pub(crate) fn read(output: &Output) -> Self {
        let mut client = Self {
            requests: requests(&output.files),
            makers: HashMap::new(),
            setters: HashMap::new(),
            inputs: HashMap::new(),
        };
        for file in &output.files {
            let Some(path) = file.path.strip_prefix("src/generated/") else { continue };
            let parsed = syn::parse_file(text(&file.contents)).expect("Rust");
            let module = path.trim_end_matches(".rs");
            for item in parsed.items {
                match item {
                    Item::Impl(block) if block.trait_.is_none() => client.methods(module, block),
                    Item::Struct(item) if is_input(&item) => {
                        client.inputs.insert(item.ident.to_string(), item);
                    }
                    _ => {}
                }
            }
        }
        client
    }

    fn methods(&mut self, module: &str, block: syn::ItemImpl) {
        let own = last_name(&block.self_ty);
        for item in block.items {
            let ImplItem::Fn(method) = item else { continue };
            let ReturnType::Type(_, returned) = &method.sig.output else { continue };
            match last_name(returned).as_str() {
                "Self" => {
                    self.setters.entry(format!("{module}::{own}")).or_default().push(method);
                }
                made => {
                    self.makers.insert(format!("{module}::{made}"), method);
                }
            }
        }
    }

    /// The call of an operation with every value that the document has an example of.
    pub(crate) fn call(&self, operation: &Operation<'_>) -> String {
        let id = operation.text("id");
        let request = self.requests.iter().find(|request| request.id == id);
        let request = request.unwrap_or_else(|| panic!("our client has no {id}"));
        let key = request.path.replace("r#", "");
        let maker = self.makers.get(&key).unwrap_or_else(|| panic!("nothing makes {key}"));
        let values = arguments(maker)
            .map(|(name, ty)| {
                let value = value_of(maker, &name, operation);
                self.argument(
                    &ty,
                    &value.unwrap_or_else(|| panic!("{id} needs a value for {name}")),
                )
            })
            .collect::<Vec<_>>();
        let resource = operation.text("resource");
        let mut call =
            format!("our_client.{resource}().{}({})", maker.sig.ident, values.join(", "));
        for setter in self.setters.get(&key).into_iter().flatten() {
            for (name, ty) in arguments(setter) {
                if let Some(value) = value_of(setter, &name, operation) {
                    let value = self.argument(&ty, &value);
                    call.push_str(&format!(".{}({value})", setter.sig.ident));
                }
            }
        }
        let show = if request.reply == "Binary" { "|body| body" } else { "Typed" };
        format!("ours({call}.await, {show})")
    }

    /// A value for a parameter of a method.
    fn argument(&self, ty: &Type, value: &Value) -> String {
        let Type::ImplTrait(bound) = ty else { return self.value(ty, value) };
        let bound = bound.bounds.to_token_stream().to_string().replace(' ', "");
        let items = || value.as_array().expect("a list").iter();
        if bound == "IntoIterator<Item=implInto<String>>" {
            let items: Vec<_> = items().map(|item| literal(&plain(item))).collect();
            format!("vec![{}]", items.join(", "))
        } else if let Some(item) = inside(&bound, "IntoIterator<Item=") {
            let ty = syn::parse_str(item).expect("a type");
            let items: Vec<_> = items().map(|item| self.value(&ty, item)).collect();
            format!("vec![{}]", items.join(", "))
        } else if let Some(own) = inside(&bound, "Into<").filter(|own| own.starts_with("rt::Or")) {
            // The generated code has its own short names for these two.
            let own = own.replace("rt::", "lockstep_runtime::");
            let own = own.replace("types::", "generated::types::");
            format!("value::<{own}>({})", literal(&value.to_string()))
        } else {
            format!("{}.to_owned()", literal(&plain(value)))
        }
    }

    /// A value of a type: read from JSON where the type can be, built where not.
    fn value(&self, ty: &Type, value: &Value) -> String {
        let read = || format!("value({})", literal(&value.to_string()));
        match (last_name(ty).as_str(), argument_of(ty)) {
            ("Option", Some(inner)) => format!("Some({})", self.value(&inner, value)),
            ("Vec", Some(inner)) => {
                let items = value.as_array().expect("a list").iter();
                let items: Vec<_> = items.map(|item| self.value(&inner, item)).collect();
                format!("vec![{}]", items.join(", "))
            }
            (name, _) => self.inputs.get(name).map_or_else(read, |item| self.build(item, value)),
        }
    }

    fn build(&self, item: &syn::ItemStruct, value: &Value) -> String {
        let mut fields = String::new();
        for field in &item.fields {
            let name = field.ident.as_ref().expect("a name");
            if let Some(value) = value.get(wire(item, field)) {
                fields.push_str(&format!(" made.{name} = {};", self.value(&field.ty, value)));
            }
        }
        format!("{{ let mut made = generated::types::{}::default();{fields} made }}", item.ident)
    }
}

fn inside<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    text.strip_prefix(start)?.strip_suffix('>')
}

/// The parameters of a method, without `self`.
fn arguments(method: &syn::ImplItemFn) -> impl Iterator<Item = (String, Type)> {
    method.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(typed) => Some((typed.pat.to_token_stream().to_string(), (*typed.ty).clone())),
        FnArg::Receiver(_) => None,
    })
}

/// The example for a parameter: the method hands it on beside its name on the wire.
fn value_of(method: &syn::ImplItemFn, name: &str, operation: &Operation<'_>) -> Option<Value> {
    let mut link = match method.block.stmts.first()? {
        // A setter wraps the chain: `Self(self.0.query("limit", value))`.
        Stmt::Expr(Expr::Call(made), _) => made.args.first()?,
        Stmt::Expr(chain, _) => chain,
        _ => return None,
    };
    while let Expr::MethodCall(call) = link {
        let mentions = |argument: &Expr| {
            argument.to_token_stream().into_iter().any(|token| mentions(&token, name))
        };
        if call.args.iter().any(mentions) {
            let wire = call.args.iter().find_map(|argument| match argument {
                Expr::Lit(literal) => match &literal.lit {
                    syn::Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            });
            return match (call.method.to_string().as_str(), wire) {
                ("field" | "file", Some(wire)) => operation.body()?.get(&wire).cloned(),
                (place @ ("path" | "query" | "query_as" | "header" | "cookie"), Some(wire)) => {
                    operation.parameter(place.trim_end_matches("_as"), &wire)
                }
                _ => operation.body(),
            };
        }
        link = &call.receiver;
    }
    None
}

fn mentions(token: &proc_macro2::TokenTree, name: &str) -> bool {
    match token {
        proc_macro2::TokenTree::Group(group) => {
            group.stream().into_iter().any(|token| mentions(&token, name))
        }
        token => token.to_string() == name,
    }
}

fn last_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().expect("a name").ident.to_string(),
        _ => String::new(),
    }
}

fn argument_of(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(inner) = &path.path.segments.last()?.arguments else {
        return None;
    };
    inner.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}

fn attributes(attributes: &[syn::Attribute], name: &str) -> String {
    let own = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
    own.map(|attribute| attribute.to_token_stream().to_string()).collect()
}

fn is_input(item: &syn::ItemStruct) -> bool {
    let derives = attributes(&item.attrs, "derive");
    derives.contains("Encode") && !derives.contains("Decode")
}

/// A property's name on the wire.
fn wire(item: &syn::ItemStruct, field: &syn::Field) -> String {
    let renamed = attributes(&field.attrs, "wire");
    if let Some((_, rest)) = renamed.split_once('"') {
        return rest.split('"').next().unwrap_or_default().to_owned();
    }
    let name = field.ident.as_ref().expect("a name").to_string().replace("r#", "");
    if !attributes(&item.attrs, "wire").contains("camel") {
        return name;
    }
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let (start, rest) = word.split_at(word.len().min(1));
        text + &start.to_uppercase() + rest
    })
}
