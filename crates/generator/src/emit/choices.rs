//! Enums and unions: the types that are one of several.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::docs;
use super::rust::{ident, type_tokens};
use super::types::heading;
use crate::model::{Api, ApiType, EnumShape, UnionShape};

pub(super) fn enumeration(api: &Api, def: &ApiType, shape: &EnumShape) -> TokenStream {
    let name = ident(&def.name);
    let docs = heading(api, def);
    let variants: Vec<_> = def.variants.iter().map(|variant| ident(variant)).collect();
    match shape {
        EnumShape::Strings(values) => {
            let variants = values.iter().zip(&variants).map(|(value, variant)| {
                // A variant that is its value in Rust's way of writing needs no words but the document's.
                let own = words(def, &Value::from(value.as_str()));
                if *value == snake(&variant.to_string()) {
                    let docs = own.map(|own| docs::attributes(&[own.to_owned()]));
                    return quote!(#docs #variant,);
                }
                let docs = docs::attributes(&[own.map_or_else(|| shown(value), str::to_owned)]);
                quote!(#docs #[wire(#value)] #variant,)
            });
            quote! {
                #docs
                #[derive(Clone, Debug, PartialEq, Eq, Hash, rt::OpenEnum)]
                #[non_exhaustive]
                pub enum #name {
                    #(#variants)*
                    #[doc = " A value that the document does not know."]
                    Other(String),
                }
            }
        }
        EnumShape::Integers(values) => {
            let variants = values.iter().zip(&variants).map(|(value, variant)| {
                let own = words(def, &Value::from(*value));
                let docs =
                    docs::attributes(&[own.map_or_else(|| format!("`{value}`."), str::to_owned)]);
                let value = proc_macro2::Literal::i64_unsuffixed(*value);
                quote!(#docs #[wire(#value)] #variant,)
            });
            quote! {
                #docs
                #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, rt::OpenEnum)]
                #[non_exhaustive]
                pub enum #name {
                    #(#variants)*
                    #[doc = " A value that the document does not know."]
                    Other(i64),
                }
            }
        }
    }
}

/// What the document says of a value, if it says something.
fn words<'d>(def: &'d ApiType, value: &Value) -> Option<&'d str> {
    let own = def.def.fields.iter().find(|own| own.example.as_ref() == Some(value))?;
    Some(own.description.as_str()).filter(|words| !words.is_empty())
}

/// What the derive makes of a variant's name.
fn snake(variant: &str) -> String {
    let mut snake = String::with_capacity(variant.len());
    for letter in variant.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A value of an enum for its docs, signs that cannot be seen as they would be written.
fn shown(value: &str) -> String {
    if value.is_empty() { "The empty text.".to_owned() } else { format!("{}.", docs::code(value)) }
}

pub(super) fn union(api: &Api, def: &ApiType, shape: &UnionShape) -> TokenStream {
    let name = ident(&def.name);
    let docs = heading(api, def);
    let variants: Vec<_> = def.variants.iter().map(|variant| ident(variant)).collect();
    let types: Vec<TokenStream> =
        shape.arms.iter().map(|arm| type_tokens(api, &arm.ty, &TokenStream::new())).collect();
    let held: Vec<TokenStream> = types
        .iter()
        .enumerate()
        .map(|(index, ty)| if def.boxed.contains(&index) { quote!(Box<#ty>) } else { ty.clone() })
        .collect();
    let macro_call = match &shape.tag {
        Some(tag) => {
            let property = &tag.property;
            // Where the tag may be missing, what else there is decides.
            let optional = (!tag.always).then(|| quote!(?));
            let arms = shape.arms.iter().zip(&variants).zip(&types).map(|((arm, variant), ty)| {
                let tags = arm.tags.iter().map(super::constant::literal);
                quote!(#(#tags)|* => #variant(#ty))
            });
            quote!(rt::tagged_union!(#name, #property #optional { #(#arms),* });)
        }
        None => quote!(rt::untagged_union!(#name { #(#variants(#types)),* });),
    };
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants(#held),)*
            #[doc = " Anything else, as it came."]
            Unknown(rt::Value),
        }
        #macro_call
    }
}
