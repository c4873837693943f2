//! A mock server engine driven by data: any OpenAPI 3.0 document.
#![allow(dead_code)]
mod checks;
#[cfg(feature = "cli")]
pub mod cli;
mod control;
mod data;
mod decode;
mod dynamic;
mod engine;
mod failure;
mod forms;
mod laravel;
mod meters;
mod mock_server;
mod page;
mod pages;
mod record;
mod report;
mod router;
mod schema;
mod server;
mod service;
mod settings;
mod socket;
mod stub;
mod text;
#[cfg(feature = "typed")]
mod typed;
mod words;
pub use data::*;
pub use engine::*;
pub use failure::*;
pub use laravel::Problem;
pub use meters::Limits;
pub use mock_server::MockServer;
pub use record::Received;
pub use server::serve;
pub use service::Service;
pub use settings::*;
pub use stub::Times;
#[cfg(feature = "typed")]
pub use typed::On;
