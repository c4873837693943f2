//! The traits of types: a list of fields each, for the functions of the runtime's module `record`.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::input::{Constant, Field, Kind, Misuse, Struct};

pub(crate) fn encode(item: &Struct) -> Result<TokenStream, Misuse> {
    let name = &item.name;
    let constants = item.constants.iter().map(
        |Constant { wire, value, .. }| quote!(out.field(#wire, &rt::record::Constant::#value)?;),
    );
    let fields = item.fields.iter().map(|Field { name, wire, kind }| match kind {
        Kind::Optional => quote!(out.optional(#wire, &self.#name)?;),
        Kind::Default | Kind::Required => quote!(out.field(#wire, &self.#name)?;),
        Kind::Rest => quote!(out.rest(&self.#name)?;),
    });
    let (bound, generics) = match &item.parameter {
        Some(parameter) => (quote!(<#parameter: rt::serde::Serialize>), quote!(<#parameter>)),
        None => (quote!(), quote!()),
    };
    Ok(anonymous(quote! {
        #[automatically_derived]
        impl #bound rt::record::Encode for #name #generics {
            fn fields<O: rt::record::Out>(&self, out: &mut O) -> ::core::result::Result<(), O::Error> {
                #(#constants)*
                #(#fields)*
                ::core::result::Result::Ok(())
            }
        }

        #[automatically_derived]
        impl #bound rt::serde::Serialize for #name #generics {
            fn serialize<S: rt::serde::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                rt::record::encode(self, to)
            }
        }
    }))
}

pub(crate) fn decode(item: &Struct) -> Result<TokenStream, Misuse> {
    let name = &item.name;
    let text = name.to_string();
    let (rest, known): (Vec<&Field>, Vec<&Field>) =
        item.fields.iter().partition(|field| field.kind == Kind::Rest);
    if let [_, second, ..] = rest[..] {
        return Err(Misuse::new(second.name.span(), "one field can take the rest"));
    }
    // Constants come last: what servers write in the order of the document is found at once either way.
    let fixed = &item.constants;
    let wires = known.iter().map(|field| &field.wire).chain(fixed.iter().map(|it| &it.wire));
    let slots: Vec<_> = (0..known.len()).map(|index| format_ident!("f{index}")).collect();
    let checks: Vec<_> = (0..fixed.len()).map(|index| format_ident!("c{index}")).collect();
    let arms = known.iter().zip(&slots).enumerate().map(|(index, (field, slot))| {
        let index = Literal::usize_unsuffixed(index);
        let read = if field.kind == Kind::Required { quote!(value) } else { quote!(optional) };
        quote!(#index => #slot = from.#read()?,)
    });
    let checked = fixed.iter().zip(&checks).enumerate().map(|(index, (constant, slot))| {
        let index = Literal::usize_unsuffixed(known.len() + index);
        let Constant { value, mark, .. } = constant;
        quote!(#index => #slot = from.constant(#mark, rt::record::Constant::#value)?,)
    });
    let found = fixed.iter().zip(&checks).map(|(Constant { wire, .. }, slot)| {
        quote!(rt::record::required::<(), A::Error>(#slot, #wire)?;)
    });
    let other = match rest[..] {
        [] => quote!(from.ignore()?),
        _ => quote!(from.keep(&mut rest)?),
    };
    let given = known.iter().zip(&slots).map(|(Field { name, wire, kind }, slot)| match kind {
        Kind::Default => quote!(#name: #slot.unwrap_or_default(),),
        Kind::Required => quote!(#name: rt::record::required(#slot, #wire)?,),
        Kind::Optional | Kind::Rest => quote!(#name: #slot,),
    });
    let keeps_rest = !rest.is_empty();
    let kept = rest.iter().map(|Field { name, .. }| quote!(#name: rest,));
    let rest = keeps_rest.then(|| quote!(let mut rest = rt::Map::new();));
    let (bound, generics) = match &item.parameter {
        Some(parameter) => (
            quote!(<'de, #parameter: rt::serde::Deserialize<'de> + ::core::default::Default>),
            quote!(<#parameter>),
        ),
        None => (quote!(<'de>), quote!()),
    };
    Ok(anonymous(quote! {
        #[automatically_derived]
        impl #bound rt::record::Decode<'de> for #name #generics {
            const NAME: &'static str = #text;
            const FIELDS: &'static [&'static str] = &[#(#wires),*];
            const KEEPS_REST: bool = #keeps_rest;

            fn decode<A: rt::serde::de::MapAccess<'de>>(
                mut from: rt::record::Fields<'de, A>,
            ) -> ::core::result::Result<Self, A::Error> {
                #(let mut #slots = ::core::option::Option::None;)*
                #(let mut #checks = ::core::option::Option::None;)*
                #rest
                while let ::core::option::Option::Some(index) = from.next()? {
                    match index {
                        #(#arms)*
                        #(#checked)*
                        _ => #other,
                    }
                }
                #(#found)*
                ::core::result::Result::Ok(Self { #(#given)* #(#kept)* })
            }
        }

        #[automatically_derived]
        impl #bound rt::serde::Deserialize<'de> for #name #generics {
            fn deserialize<D: rt::serde::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                rt::record::decode(from)
            }
        }
    }))
}

/// Items that see the runtime as `rt`, whatever stands around them.
fn anonymous(items: TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            use ::lockstep_runtime as rt;
            #items
        };
    }
}
