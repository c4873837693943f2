//! What a client fills in by itself: constants in Rust.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs;
use super::rust::ident;
use super::types::{Written, field_type};
use crate::model::{
    Api, ApiType, Constant, EnumShape, Field, Fill, Shape, StructShape, Travel, TypeRef,
};

/// A constant as a literal, where its type does not follow from anything: Rust takes a whole number for one of 32 bits.
pub(super) fn literal(constant: &Constant) -> TokenStream {
    match constant {
        Constant::Integer(number) if i32::try_from(*number).is_err() => {
            let number = Literal::i64_suffixed(*number);
            quote!(#number)
        }
        constant => plain(constant),
    }
}

/// The same where the type is known.
fn plain(constant: &Constant) -> TokenStream {
    match constant {
        Constant::Text(text) => quote!(#text),
        Constant::Integer(number) => {
            let number = Literal::i64_unsuffixed(*number);
            quote!(#number)
        }
        Constant::Bool(truth) => quote!(#truth),
    }
}

/// A constant as a value of a type, inside the module of types.
pub(super) fn value(api: &Api, ty: &TypeRef, constant: &Constant) -> TokenStream {
    let literal = plain(constant);
    if let TypeRef::Named(id) = ty
        && let Some(def) = api.types.get(id)
    {
        let name = ident(&def.name);
        let at = match (def.shape(), constant) {
            (Shape::Enum(EnumShape::Strings(values)), Constant::Text(text)) => {
                values.iter().position(|value| value == text)
            }
            (Shape::Enum(EnumShape::Integers(values)), Constant::Integer(number)) => {
                values.iter().position(|value| value == number)
            }
            _ => None,
        };
        return match at.and_then(|at| def.variants.get(at)) {
            Some(variant) => {
                let variant = ident(variant);
                quote!(#name::#variant)
            }
            None => quote!(#name::from(#literal)),
        };
    }
    match constant {
        Constant::Text(_) => quote!(#literal.to_owned()),
        Constant::Integer(_) | Constant::Bool(_) => literal,
    }
}

/// The attributes of a struct's constants.
pub(super) fn attributes(shape: &StructShape) -> TokenStream {
    let all = fixed(shape).map(|(field, constant)| {
        let (wire, constant) = (&field.wire, plain(constant));
        quote!(#[constant(#wire = #constant)])
    });
    quote!(#(#all)*)
}

/// What is said of a struct's constants.
pub(super) fn said(shape: &StructShape) -> String {
    let all = fixed(shape).map(|(field, constant)| {
        let shown = docs::code(&constant.value().to_string());
        format!("Its {} is always {shown}.", docs::code(&field.wire))
    });
    all.collect::<Vec<_>>().join(" ")
}

fn fixed(shape: &StructShape) -> impl Iterator<Item = (&Field, &Constant)> {
    shape.fields.iter().filter_map(|field| match &field.fill {
        Some(Fill::Fixed(constant)) => Some((field, constant)),
        Some(Fill::Usual(_)) | None => None,
    })
}

/// What stands in a field unless a program says otherwise.
pub(super) fn usual(
    api: &Api,
    def: &ApiType,
    (index, field): (usize, &Field),
    constant: &Constant,
) -> TokenStream {
    let value = value(api, field.ty.non_null(), constant);
    let value = if def.boxed.contains(&index) { quote!(Box::new(#value)) } else { value };
    match field_type(def, field) {
        Written::Optional(_) | Written::Plain(TypeRef::Nullable(_)) => quote!(Some(#value)),
        Written::OptionalOrNull(_) => quote!(Some(#value.into())),
        Written::Defaulted(_) | Written::Plain(_) => value,
    }
}

/// The default of a struct that is filled in part by the client; nothing where the derive says the same.
pub(super) fn default(api: &Api, def: &ApiType, shape: &StructShape) -> Option<TokenStream> {
    let is_usual = |field: &Field| matches!(field.fill, Some(Fill::Usual(_)));
    let is_asked = def.def.travel != Travel::Reply;
    if !is_asked || !def.defaultable || !shape.fields.iter().any(is_usual) {
        return None;
    }
    let name = ident(&def.name);
    let seen = shape.fields.iter().zip(&def.fields).enumerate();
    let fields = seen.filter(|(_, (field, _))| field.is_seen()).map(|(index, (field, own))| {
        let own = ident(own);
        match &field.fill {
            Some(Fill::Usual(constant)) => {
                let value = usual(api, def, (index, field), constant);
                quote!(#own: #value)
            }
            Some(Fill::Fixed(_)) | None => quote!(#own: Default::default()),
        }
    });
    let rest = shape.rest.is_some().then(|| quote!(rest: rt::Map::new()));
    Some(quote! {
        impl Default for #name {
            fn default() -> Self {
                Self { #(#fields,)* #rest }
            }
        }
    })
}
