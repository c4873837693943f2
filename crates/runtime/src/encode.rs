//! From values to what stands on the wire: paths, queries, forms and multipart bodies.
//!
//! Everything works on `serde_json::Value`, so that it is compiled once and not per operation.

pub(crate) mod content;
pub(crate) mod json_text;
pub(crate) mod multipart;
pub(crate) mod params;
pub(crate) mod path;
pub(crate) mod percent;
