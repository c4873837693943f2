//! What generated code writes in one line in place of fifty.

mod client;
mod enums;
mod unions;

#[doc(hidden)]
pub use self::unions::union_support;
