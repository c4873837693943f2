//! Rust expressions that make the values of a generated client's arguments out of JSON.
//!
//! Most types read JSON themselves. Those that travel in requests only do not: a function is written for each of them,
//! which fills it as a person would, by its constructor and its fields.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use quote::ToTokens as _;
use syn::{GenericArgument, PathArguments, Type};

use super::calls::{arguments, last_name};

/// The types that travel in requests only, and which of them were asked for.
#[derive(Default)]
pub(super) struct Values {
    inputs: BTreeMap<String, syn::ItemStruct>,
    constructors: HashMap<String, syn::ImplItemFn>,
    asked: RefCell<BTreeSet<String>>,
}

impl Values {
    /// Takes a struct in, if it cannot be read from JSON.
    pub(super) fn add(&mut self, item: syn::ItemStruct) {
        let derives = attributes(&item.attrs, "derive");
        if derives.contains("Encode") && !derives.contains("Decode") {
            self.inputs.insert(item.ident.to_string(), item);
        }
    }

    /// Takes a method of a type in.
    pub(super) fn method(&mut self, own: &str, method: syn::ImplItemFn) {
        if method.sig.ident == "new" {
            self.constructors.insert(own.to_owned(), method);
        }
    }

    /// An expression for an argument of a type, made of the JSON value that `source` refers to. It may end with `?`.
    pub(super) fn argument(&self, ty: &Type, source: &str) -> String {
        let Type::ImplTrait(bound) = ty else { return self.value(ty, source) };
        let bound = bound.bounds.to_token_stream().to_string().replace(' ', "");
        let bound = bound.replace(",>", ">");
        if bound == "AsRef<str>" || bound == "Into<String>" {
            format!("text({source})")
        } else if bound == "Into<rt::FilePart>" {
            format!("file({source})")
        } else if bound == "Into<rt::Body>" {
            format!("text({source}).into_bytes()")
        } else if let Some(item) = inside(&bound, "IntoIterator<Item=") {
            let item = match item.as_str() {
                "implInto<String>" | "implAsRef<str>" => "String".to_owned(),
                _ => item,
            };
            self.parsed(&format!("Vec<{item}>"), source)
        } else if let Some(own) = inside(&bound, "Into<") {
            self.parsed(&own, source)
        } else {
            self.value(ty, source)
        }
    }

    /// An expression for a type that is written out, so that nothing is left to be inferred.
    fn parsed(&self, ty: &str, source: &str) -> String {
        let Ok(ty) = syn::parse_str::<Type>(ty) else {
            return format!("compile_error!({ty:?})");
        };
        let value = self.value(&ty, source);
        format!("{{ let made: {} = {value}; made }}", qualified(&ty).to_token_stream())
    }

    /// A value of a type: read from JSON where the type can be, built where not.
    fn value(&self, ty: &Type, source: &str) -> String {
        if !self.holds_input(ty) {
            return match last_name(ty).as_str() {
                "FilePart" => format!("file({source})"),
                "Vec" if ty.to_token_stream().to_string().contains("FilePart") => {
                    format!("list({source})?.iter().map(file).collect()")
                }
                "Vec" if argument_of(ty).is_some_and(|item| last_name(&item) == "String") => {
                    format!("list({source})?.iter().map(text).collect()")
                }
                _ => format!("read({source})?"),
            };
        }
        let inner = || argument_of(ty).map(|ty| self.value(&ty, "value")).unwrap_or_default();
        match last_name(ty).as_str() {
            "Option" => {
                format!("match {source} {{ Value::Null => None, value => Some({}) }}", inner())
            }
            "OrNull" => format!(
                "match {source} {{ Value::Null => rt::OrNull::Null, value => rt::OrNull::Value({}) }}",
                inner()
            ),
            "Box" => argument_of(ty)
                .map(|ty| format!("Box::new({})", self.value(&ty, source)))
                .unwrap_or_default(),
            "Vec" => format!(
                "list({source})?.iter().map(|value| Ok({})).collect::<Result<Vec<_>, String>>()?",
                inner()
            ),
            "Map" => format!(
                "object({source})?.iter().map(|(name, value)| Ok((name.clone(), {}))).collect::<Result<rt::Map<_>, String>>()?",
                inner()
            ),
            name => {
                self.asked.borrow_mut().insert(name.to_owned());
                format!("make_{name}({source})?")
            }
        }
    }

    fn holds_input(&self, ty: &Type) -> bool {
        self.inputs.contains_key(&last_name(ty))
            || argument_of(ty).is_some_and(|inner| self.holds_input(&inner))
    }

    /// The functions that build what was asked for, and what that holds.
    pub(super) fn makers(&self) -> String {
        let mut text = String::new();
        let mut done = BTreeSet::new();
        loop {
            let next = self.asked.borrow().iter().find(|name| !done.contains(*name)).cloned();
            let Some(name) = next else { return text };
            if let Some(item) = self.inputs.get(&name) {
                text.push_str(&self.maker(item));
            }
            done.insert(name);
        }
    }

    fn maker(&self, item: &syn::ItemStruct) -> String {
        let name = item.ident.to_string();
        let is_camel = attributes(&item.attrs, "wire").contains("camel");
        let constructor = self.constructors.get(&name);
        let given: Vec<_> = constructor.into_iter().flat_map(arguments).collect();
        let mut text = format!(
            "#[allow(non_snake_case, unused_mut, unused_variables)]\nfn make_{name}(from: &Value) -> Result<types::{name}, String> {{\n    let from = object(from)?;\n    let mut known: Vec<&str> = Vec::new();\n"
        );
        let (mut sets, mut rest) = (String::new(), String::new());
        for field in &item.fields {
            let Some(ident) = &field.ident else { continue };
            let words = attributes(&field.attrs, "wire");
            if words.contains("rest") && !words.contains('"') {
                let value = argument_of(&field.ty).map(|ty| self.value(&ty, "value"));
                let value = value.unwrap_or_default();
                let _ = writeln!(
                    rest,
                    "    for (name, value) in from.iter().filter(|(name, _)| !known.contains(&name.as_str())) {{\n        made.{ident}.insert(name.clone(), {value});\n    }}"
                );
                continue;
            }
            let wire = wire(&ident.to_string(), &words, is_camel);
            let _ = writeln!(text, "    known.push({wire:?});");
            if given.iter().any(|(name, _)| ident == name.as_str()) {
                continue;
            }
            let value = match (last_name(&field.ty).as_str(), argument_of(&field.ty)) {
                ("Option", Some(inner)) => format!("Some({})", self.value(&inner, "value")),
                _ => self.value(&field.ty, "value"),
            };
            let _ = writeln!(
                sets,
                "    if let Some(value) = from.get({wire:?}) {{\n        made.{ident} = {value};\n    }}"
            );
        }
        let made = match constructor {
            None => format!("types::{name}::default()"),
            Some(_) => {
                let values: Vec<String> = given
                    .iter()
                    .map(|(own, ty)| {
                        let words = item.fields.iter().find(|field| {
                            field.ident.as_ref().is_some_and(|ident| ident == own.as_str())
                        });
                        let words = words.map(|field| attributes(&field.attrs, "wire"));
                        let wire = wire(own, &words.unwrap_or_default(), is_camel);
                        let source = format!("field(from, {wire:?})?");
                        self.argument(ty, &source)
                    })
                    .collect();
                format!("types::{name}::new({})", values.join(", "))
            }
        };
        format!("{text}    let mut made = {made};\n{sets}{rest}    Ok(made)\n}}\n\n")
    }
}

fn inside(text: &str, start: &str) -> Option<String> {
    Some(text.strip_prefix(start)?.strip_suffix('>')?.to_owned())
}

/// What stands in the angle brackets of a type; the value of a map.
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

/// The type as another crate writes it: what the module of the types calls by its bare name is said to be from there.
fn qualified(ty: &Type) -> Type {
    const KNOWN: [&str; 12] = [
        "rt", "types", "Option", "Vec", "Box", "String", "bool", "i32", "i64", "f32", "f64", "u64",
    ];
    let mut ty = ty.clone();
    let Type::Path(path) = &mut ty else { return ty };
    for segment in &mut path.path.segments {
        if let PathArguments::AngleBracketed(inner) = &mut segment.arguments {
            for argument in &mut inner.args {
                if let GenericArgument::Type(own) = argument {
                    *own = qualified(own);
                }
            }
        }
    }
    let is_known = path
        .path
        .segments
        .first()
        .is_none_or(|first| KNOWN.contains(&first.ident.to_string().as_str()));
    if is_known {
        return ty;
    }
    syn::parse_str(&format!("types::{}", ty.to_token_stream())).unwrap_or(ty)
}

fn attributes(attributes: &[syn::Attribute], name: &str) -> String {
    let own = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
    own.map(|attribute| attribute.to_token_stream().to_string()).collect()
}

/// A property's name on the wire.
fn wire(field: &str, words: &str, is_camel: bool) -> String {
    let literal = words.split_once('"').and_then(|(_, rest)| {
        let end = rest.rfind('"')?;
        syn::parse_str::<syn::LitStr>(&format!("\"{}\"", &rest[..end])).ok()
    });
    if let Some(literal) = literal {
        return literal.value();
    }
    let name = field.trim_start_matches("r#");
    if !is_camel {
        return name.to_owned();
    }
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let (start, rest) = word.split_at(word.len().min(1));
        text + &start.to_uppercase() + rest
    })
}
