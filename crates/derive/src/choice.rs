//! The traits of enums: their variants, for the runtime's macros.

use proc_macro2::TokenStream;
use quote::quote;

use crate::input::Choice;

pub(crate) fn open_enum(choice: &Choice) -> TokenStream {
    let name = &choice.name;
    let variants = choice.variants.iter().map(|(variant, wire)| quote!(#variant = #wire));
    if choice.other.to_string() == "i64" {
        quote!(::lockstep_runtime::open_int_enum!(#name { #(#variants),* });)
    } else {
        quote!(::lockstep_runtime::open_enum!(#name { #(#variants),* });)
    }
}
