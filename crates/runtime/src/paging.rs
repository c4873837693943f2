//! Walks over pages.
//!
//! A document says *how* to get from one page to the next ([`Paging`]); [`Pages`] and [`Items`] are the walk.
//! A walk ends where its rule says so; an empty or short page alone does not end it, because services filter
//! after they cut. It never goes round in circles: a cursor that comes twice is an error.
//!
//! ```no_run
//! # use lockstep_runtime::{Json, Method, Operation, OperationInfo, Paged, Paging, Request, Value};
//! # struct ListPets(Request);
//! # lockstep_runtime::operation!(ListPets);
//! # lockstep_runtime::paged!(ListPets);
//! # impl Operation for ListPets {
//! #     const INFO: &'static OperationInfo = &OperationInfo::new("listPets", Method::GET, "/pets");
//! #     type Reply = Json<Value>;
//! # }
//! impl Paged for ListPets {
//!     type Item = Value;
//!     const PAGING: Paging = Paging::cursor("cursor", "/next_cursor", "/data");
//!     fn items(reply: Value) -> Vec<Value> { reply["data"].as_array().cloned().unwrap_or_default() }
//! }
//!
//! # async fn f(request: ListPets) -> lockstep_runtime::Result<()> {
//! let mut pets = request.items().max_pages(20);
//! while let Some(pet) = pets.next().await {
//!     println!("{}", pet?["name"]);
//! }
//! # Ok(()) }
//! ```

mod rule;
mod stream;
mod walk;

pub use self::rule::Paging;
#[cfg(feature = "blocking")]
pub use self::stream::Blocking;
pub use self::stream::{Items, Pages};
