//! What an API is to this generator: operations, types and the words for them.
//!
//! The model knows neither OpenAPI nor Rust syntax. `lower` fills a [`Draft`] from a document, the passes
//! refine it, `seal` turns it into an [`Api`], and the emitters read that. Adding support for something
//! starts with a variant here; the compiler then leads to every place that has to decide about it.

mod api;
mod operation;
mod place;
mod reply;
mod store;
mod types;

pub use api::{
    Api, ApiOperation, ApiType, AuthKind, AuthScheme, Draft, Envelope, FieldName, Info, Names,
    OperationNames, Resource, Scope, SharedParam, Variant,
};
pub use operation::{
    Body, BodyKind, Docs, Location, Method, Operation, Paging, PagingForm, Param, Security, Style,
};
pub use place::{ArmKey, Place, Root, Step};
pub use reply::{Framing, Outcome, Reply, ReplyKind, Status, StreamChoice, Streamed};
pub use store::Types;
pub use types::{
    Arm, Constant, EnumShape, Field, FieldDocs, Fill, Presence, Scalar, Shape, StructShape, Tag,
    Travel, TypeDef, TypeId, TypeRef, UnionShape,
};
