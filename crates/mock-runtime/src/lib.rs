//! A mock server engine driven by data: any OpenAPI 3.0 document.
#![allow(dead_code)]
mod checks;
mod data;
mod decode;
mod dynamic;
mod failure;
mod forms;
mod laravel;
mod meters;
mod router;
mod schema;
mod settings;
mod text;
mod words;
pub use data::*;
pub use failure::*;
pub use laravel::Problem;
pub use meters::Limits;
pub use settings::*;
