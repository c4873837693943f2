//! What the generator makes of a document, from the surface of the output down to its bytes.

#[path = "generator/cases.rs"]
mod cases;
#[path = "generator/compile.rs"]
mod compile;
#[path = "generator/depth.rs"]
mod depth;
#[path = "generator/diagnostics.rs"]
mod diagnostics;
#[allow(dead_code, reason = "the growth of documents has tests of its own")]
#[path = "growth/document.rs"]
mod document;
#[path = "generator/freshness.rs"]
mod freshness;
#[path = "generator/hostile.rs"]
mod hostile;
#[path = "generator/instances.rs"]
mod instances;
#[path = "generator/normalize.rs"]
mod normalize;
#[allow(dead_code, reason = "the growth of documents has tests of its own")]
#[path = "growth/random.rs"]
mod random;
#[path = "generator/rustdoc.rs"]
mod rustdoc;
