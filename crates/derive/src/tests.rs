//! What the derives write, and what they refuse. What it does is tested where it runs, in the runtime.

use proc_macro2::TokenStream;
use quote::quote;

use crate::input::{Choice, Misuse, Struct};
use crate::{choice, operation, record};

fn shown(written: Result<TokenStream, Misuse>) -> String {
    let tokens = written.unwrap_or_else(Misuse::into_tokens);
    prettyplease::unparse(&syn::parse2(tokens).expect("Rust"))
}

fn record_of(tokens: TokenStream) -> String {
    let item = Struct::read(tokens);
    shown(item.and_then(|item| {
        let (encode, decode) = (record::encode(&item)?, record::decode(&item)?);
        Ok(quote!(#encode #decode))
    }))
}

#[test]
fn a_struct_with_every_kind_of_field() {
    insta::assert_snapshot!(record_of(quote! {
        /// A pet.
        #[derive(Clone)]
        #[wire(camel)]
        #[non_exhaustive]
        pub struct Pet {
            pub r#type: String,
            /// Said by its owner.
            pub birth_date: Option<rt::Date>,
            #[wire("_tags")]
            pub(crate) tags: Vec<Pair<String, i64>>,
            #[wire(required)]
            old_names: Vec<String>,
            #[wire("owner \"x\"", required)]
            owner: Option<Box<Owner>>,
            #[wire(rest)]
            pub rest: rt::Map<rt::Value>,
        }
    }));
}

#[test]
fn a_struct_with_constants() {
    insta::assert_snapshot!(record_of(quote!(
        #[constant("type" = "cat \"x\"")]
        #[constant("version" = -2)]
        #[constant("ok" = true)]
        pub struct Cat {
            pub lives: Option<i64>,
        }
    )));
}

#[test]
fn a_constant_that_is_none() {
    insta::assert_snapshot!(record_of(quote!(
        #[constant("version" = 1.5)]
        pub struct Cat {}
    )));
}

#[test]
fn a_struct_with_a_parameter() {
    insta::assert_snapshot!(record_of(quote!(
        pub struct Envelope<T> {
            #[wire(default)]
            pub data: T,
        }
    )));
}

#[test]
fn an_operation_that_is_paged() {
    insta::assert_snapshot!(shown(operation::operation(quote! {
        #[must_use = "a request does nothing until it is awaited or sent"]
        #[operation("listPets", post = "/pets", multipart, accept = "text/csv", security = &[&["a"], &[]])]
        #[reply(rt::Json<Page<Pet>>)]
        #[paged(page("page", "/items").last("/last"))]
        #[items(Pair<Pet, Owner>, reply.items.unwrap_or_default())]
        pub struct ListPets(rt::Request);
    })));
}

#[test]
fn enums() {
    let open_enum = |tokens| shown(Choice::read(tokens).map(|choice| choice::open_enum(&choice)));
    let texts = open_enum(quote! {
        pub enum Status { Active, OnHold, #[wire("gone-away")] GoneAway, Other(String) }
    });
    let numbers = open_enum(quote! {
        pub enum Level { #[wire(-1)] Low, #[wire(1)] High, Other(i64) }
    });
    let refused = open_enum(quote!(
        enum Status {
            Active,
        }
    ));
    insta::assert_snapshot!(format!("{texts}{numbers}{refused}"));
}

#[test]
fn what_is_refused() {
    let refused = [
        record_of(quote!(
            enum Pet {
                Cat,
            }
        )),
        record_of(quote!(
            struct Pet;
        )),
        record_of(quote!(
            struct Pet(String);
        )),
        record_of(quote!(
            struct Pet<'a> {
                name: &'a str,
            }
        )),
        record_of(quote!(
            struct Pet<T: Clone> {
                name: T,
            }
        )),
        record_of(quote!(
            #[wire(snake)]
            struct Pet {
                name: String,
            }
        )),
        record_of(quote!(
            struct Pet {
                #[wire(skip)]
                name: String,
            }
        )),
        record_of(quote!(
            struct Pet {
                #[wire(name = "x")]
                name: String,
            }
        )),
        record_of(quote!(
            struct Pet {
                #[wire(rest)]
                a: Map<i64>,
                #[wire(rest)]
                b: Map<i64>,
            }
        )),
        shown(operation::operation(quote!(
            struct Get(Request);
        ))),
        shown(operation::operation(quote!(
            #[operation("get")]
            #[reply(Empty)]
            struct Get(Request);
        ))),
        shown(operation::operation(quote!(
            #[operation("get", "/pets")]
            #[reply(Empty)]
            struct Get(Request);
        ))),
        shown(operation::operation(quote!(
            #[operation("get", get = "/pets")]
            struct Get(Request);
        ))),
        shown(operation::operation(quote!(
            #[operation("get", get = "/pets", 7)]
            #[reply(Empty)]
            struct Get(Request);
        ))),
        shown(operation::operation(quote!(
            #[operation("get", get = "/pets")]
            #[reply(Empty)]
            #[paged(cursor("a", "b", "c"))]
            struct Get(Request);
        ))),
        shown(operation::operation(quote!(
            #[operation("get", get = "/pets")]
            #[reply(Empty)]
            #[paged(cursor("a", "b", "c"))]
            #[items(Pet)]
            struct Get(Request);
        ))),
    ];
    insta::assert_snapshot!(refused.join(""));
}
