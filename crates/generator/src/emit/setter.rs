//! How a value is handed to a request: the parameter of a method, and what is made of it.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust::{ident, type_tokens};
use crate::model::{Api, Scalar, TypeRef};

/// A parameter of a method.
pub(super) struct Argument {
    /// Its type.
    pub(super) ty: TokenStream,
    /// The value as it is handed on.
    pub(super) value: TokenStream,
}

/// The parameter for a value of a type. `null_matters`: null is sent, and is not the same as not setting it.
pub(super) fn argument(
    api: &Api,
    ty: &TypeRef,
    name: &str,
    null_matters: bool,
    types: &TokenStream,
) -> Argument {
    let name = ident(name);
    let inner = type_tokens(api, ty.non_null(), types);
    if matches!(ty, TypeRef::Nullable(_)) && null_matters {
        return Argument { ty: quote!(impl Into<rt::OrNull<#inner>>), value: quote!(#name.into()) };
    }
    match ty.non_null() {
        TypeRef::Scalar(Scalar::String | Scalar::Binary) => {
            Argument { ty: quote!(impl Into<String>), value: quote!(#name.into()) }
        }
        TypeRef::List(item) => {
            let is_text = matches!(**item, TypeRef::Scalar(Scalar::String | Scalar::Binary));
            let item = type_tokens(api, item, types);
            if is_text {
                Argument {
                    ty: quote!(impl IntoIterator<Item = impl Into<String>>),
                    value: quote!(rt::texts(#name)),
                }
            } else {
                Argument {
                    ty: quote!(impl IntoIterator<Item = #item>),
                    value: quote!(rt::list(#name)),
                }
            }
        }
        TypeRef::OrEmpty(inner) => {
            let inner = type_tokens(api, inner, types);
            Argument { ty: quote!(impl Into<rt::OrEmpty<#inner>>), value: quote!(#name.into()) }
        }
        TypeRef::Unknown | TypeRef::Any => {
            Argument { ty: quote!(impl Into<rt::Value>), value: quote!(#name.into()) }
        }
        TypeRef::Scalar(_)
        | TypeRef::Named(_)
        | TypeRef::Map(_)
        | TypeRef::Nullable(_)
        | TypeRef::Param
        | TypeRef::Apply(..) => Argument { ty: inner, value: quote!(#name) },
    }
}

/// The value with its type made plain, where the method it goes to takes any that can be encoded.
pub(super) fn plain(
    api: &Api,
    ty: &TypeRef,
    name: &str,
    null_matters: bool,
    types: &TokenStream,
) -> Argument {
    let argument = argument(api, ty, name, null_matters, types);
    let ident = ident(name);
    let inner = type_tokens(api, ty.non_null(), types);
    let value = if matches!(ty, TypeRef::Nullable(_)) && null_matters {
        quote!(Into::<rt::OrNull<#inner>>::into(#ident))
    } else {
        match ty.non_null() {
            TypeRef::Scalar(Scalar::String | Scalar::Binary) => {
                return Argument { ty: quote!(impl AsRef<str>), value: quote!(#ident.as_ref()) };
            }
            TypeRef::OrEmpty(_) => quote!(Into::<#inner>::into(#ident)),
            TypeRef::Unknown | TypeRef::Any => quote!(Into::<rt::Value>::into(#ident)),
            TypeRef::Scalar(_)
            | TypeRef::List(_)
            | TypeRef::Named(_)
            | TypeRef::Map(_)
            | TypeRef::Nullable(_)
            | TypeRef::Param
            | TypeRef::Apply(..) => argument.value,
        }
    };
    Argument { ty: argument.ty, value }
}
