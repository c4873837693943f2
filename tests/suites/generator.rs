//! What the generator makes of a document, from the surface of the output down to its bytes.

#[path = "generator/cases.rs"]
mod cases;
#[path = "generator/compile.rs"]
mod compile;
#[path = "generator/depth.rs"]
mod depth;
#[path = "generator/diagnostics.rs"]
mod diagnostics;
#[path = "generator/freshness.rs"]
mod freshness;
#[path = "generator/hostile.rs"]
mod hostile;
#[path = "generator/normalize.rs"]
mod normalize;
#[path = "generator/rustdoc.rs"]
mod rustdoc;
