//! The derives of the types and requests that lockstep-generator writes.
//!
//! serde's own derives are made for every type that anyone may think of, and a client with a thousand types spends
//! most of its compile time in what they write. These write what generated types need and no more: each is a list
//! of fields, handed to functions of `lockstep-runtime` that are compiled once. The types implement serde's traits
//! all the same. Use the derives through the runtime, which exports them: `lockstep_runtime::{Decode, Encode, Operation}`.
//!
//! This crate knows nothing of OpenAPI, and nothing of HTTP but the shape of `#[operation(...)]`.

mod choice;
mod input;
mod operation;
mod record;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Implements `serde::Serialize` for a struct with named fields.
///
/// A field of type `Option` is left out when it is `None`. Attributes of a field:
///
/// - `#[wire("name")]`: what it is called in JSON, where that is not its name in Rust.
/// - `#[wire(required)]`: `None` is written as null.
/// - `#[wire(rest)]`: the entries of this map stand beside the other fields.
///
/// Attributes of the struct:
///
/// - `#[wire(camel)]`: names in JSON are those in Rust in camelCase.
/// - `#[constant("type" = "cat")]`: a property that is always the same. It is written without a field, and
///   [`Decode`](macro@Decode) takes no other value. Text, whole numbers and booleans can be constant.
///
/// ```
/// #[derive(lockstep_runtime::Encode)]
/// #[wire(camel)]
/// #[constant("kind" = "order")]
/// struct Order { pet_id: i64, #[wire("comment_text")] comment: Option<String> }
///
/// let order = Order { pet_id: 1, comment: None };
/// assert_eq!(serde_json::to_string(&order)?, r#"{"kind":"order","petId":1}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[proc_macro_derive(Encode, attributes(wire, constant))]
pub fn encode(item: TokenStream) -> TokenStream {
    finish(input::Struct::read(item.into()).and_then(|item| record::encode(&item)))
}

/// Implements `serde::Deserialize` for a struct with named fields.
///
/// A field of type `Option` may be absent, one of type `Vec` is empty where the list is absent or null, and all
/// others must be there. Of a property that comes twice, the last counts. Attributes are those of `Encode`, and
///
/// - `#[wire(required)]`: a `Vec` must be there.
/// - `#[wire(default)]`: the type's default stands for absent and null.
///
/// ```
/// #[derive(Debug, PartialEq, lockstep_runtime::Decode)]
/// struct Pet { name: Option<String>, tags: Vec<String> }
///
/// assert_eq!(serde_json::from_str::<Pet>("{}")?, Pet { name: None, tags: vec![] });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[proc_macro_derive(Decode, attributes(wire, constant))]
pub fn decode(item: TokenStream) -> TokenStream {
    finish(input::Struct::read(item.into()).and_then(|item| record::decode(&item)))
}

/// Gives an enum the conversions and serde's traits.
///
/// Its last variant, `Other(String)` or `Other(i64)`, keeps every value that the document does not know. A variant
/// travels as its name in snake_case, or as `#[wire("text")]` says, or `#[wire(1)]`.
///
/// ```
/// #[derive(Clone, Debug, PartialEq, lockstep_runtime::OpenEnum)]
/// enum Status { Active, #[wire("on-hold")] OnHold, Other(String) }
///
/// assert_eq!(Status::from("on-hold"), Status::OnHold);
/// ```
#[proc_macro_derive(OpenEnum, attributes(wire))]
pub fn open_enum(item: TokenStream) -> TokenStream {
    finish(input::Choice::read(item.into()).map(|choice| choice::open_enum(&choice)))
}

/// Makes a newtype around the runtime's `Request` an operation.
///
/// - `#[operation("id", get = "/path")]`: what the document says. Options follow, as `OperationInfo` names them:
///   `form`, `multipart`, `json_as = "application/merge-patch+json"`, `security = &[&["key"]]`, …
/// - `#[reply(Json<Pet>)]`: what comes back.
/// - `#[paged(offset("offset", "limit", "", "/pets"))]` and `#[items(Pet, reply.pets)]`: for a list that comes in
///   pages, how to get from one to the next, as `Paging` names it, and what its entries are.
/// - `#[streamed(Events<Pet>, request.field("stream", true))]`: for a reply that can come item by item as well, the kind
///   of the stream, and the request that asks for it.
///
/// ```
/// use lockstep_runtime::{Json, Operation as _, Request, Value};
///
/// #[derive(Clone, Debug, PartialEq, lockstep_runtime::Operation)]
/// #[operation("getPet", get = "/pets/{id}")]
/// #[reply(Json<Value>)]
/// pub struct GetPet(Request);
///
/// assert_eq!(GetPet::INFO.path(), "/pets/{id}");
/// ```
#[proc_macro_derive(Operation, attributes(operation, reply, paged, items, streamed))]
pub fn operation(item: TokenStream) -> TokenStream {
    finish(operation::operation(item.into()))
}

/// What was written, or the reason why nothing was, where rustc shows it.
fn finish(written: Result<proc_macro2::TokenStream, input::Misuse>) -> TokenStream {
    written.unwrap_or_else(|misuse| misuse.into_tokens()).into()
}
