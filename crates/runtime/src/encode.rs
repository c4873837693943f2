//! From values to what stands on the wire: paths, queries, forms and multipart bodies.
//!
//! Everything works on `serde_json::Value`, so that it is compiled once and not per operation.

pub(crate) mod content;
pub(crate) mod json_text;
pub(crate) mod multipart;
pub(crate) mod params;
pub(crate) mod path;
pub(crate) mod percent;

/// A media type without its parameters, in lower case.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether what has this media type is JSON.
fn is_json(essence: &str) -> bool {
    essence == "application/json" || essence.ends_with("+json")
}
