//! A mock server engine driven by data: any OpenAPI 3.0 document.
//!
//! The data is what `lockstep-generator` writes of a document: `routes.json` and fixtures. The
//! engine makes the checks that a real server makes, in upstream's words, and answers with the
//! document's own examples, byte for byte.
//!
//! # Two doors
//! - [`MockServer`] lives inside a Rust test: typed stubs (`MockServer::on`), typed recordings
//!   (`MockServer::received`), and failures that show the nearest request ([`MockServer::verify`]).
//! - [`cli::run`] is a whole binary, for programs in any language.
//!
//! # What it can be asked to do
//! For one request by `Prefer:` (several, separated by commas), for the whole server by
//! [`Settings`] (a flag of the binary, [`MockServer::configure`], or `PATCH /_mock/settings`):
//!
//! | `Prefer:` | setting | does |
//! |---|---|---|
//! | `code=429` | | this status, declared or not, with the body that upstream sends for it |
//! | `example=NAME` | | this example of the document |
//! | `dynamic=true` | `dynamic` | data made from the schema |
//! | `seed=7` | `seed` | what made data grows from; the same seed gives the same data |
//! | `wait=2` | `latency_ms` | a delay, in seconds or milliseconds |
//! | `fault=drop` | `fault`, `fault_rate` | `drop`, `reset`, `half` a body, or a body that comes by `drip` |
//! | `validation=log` | `validation` | requests that do not fit are refused (`strict`), let pass and told (`log`), or not looked at (`off`) |
//! | `items=95` | `items`, `page_size` | so many items, walked through the paging of the operation |
//! | | `rate_limit` | so many requests per minute, told in headers and in the body |
//! | | `credits` | credits that count down to a 402 |
//! | | `state` | what is created can be fetched, listed, changed and deleted |
//!
//! A sequence of replies is scripted by `PUT /_mock/script/{operationId}` with a JSON list such as
//! `[{"status": 500, "times": 2}, {"fault": "reset"}, {"body": {}}]`.
//!
//! # What comes back
//! Of several media types the one that `Accept` wants most (RFC 9110), or a 406 that names them. A reply without an example
//! is made of its schema and fits it; where nothing can, only the demand that cannot be met is let go, and the log says so.
//! Headers that the document declares are sent. A refusal is the failure that the operation declares (for a value that does
//! not fit: 422 or 400, `4XX`, `default`), else problem details (RFC 9457); upstream's own form is
//! [`RefusalForm::Laravel`], for which `client.yaml` asks. Pages of other origins may ask for the API ([`Settings::cors`]).
//!
//! With [`Settings::state`] callers meet what they created: a path that takes a `POST` and the path of its items belong
//! together, and replies hold what is kept in place of the document's example. With the feature `proxy` (`Proxy`) the real API
//! answers, and both directions are held against the document.
//!
//! # What it tells
//! Each refusal says why in the header `mock-reason`, and who is likelier at fault: the caller, or a
//! document whose own example would be refused as well. Programs read and steer the server by
//! `GET /_mock/requests?after=N`, `DELETE /_mock/requests`, `GET` and `PATCH /_mock/settings`, `GET` and `DELETE /_mock/state`,
//! `PUT` and `DELETE /_mock/script/{operationId}`, and `DELETE /_mock`; people have a page at `/`.
//!
//! # Bounds
//! Everything a client can make grow is bounded: heads (64 KiB), bodies ([`Settings::max_body`],
//! [`Settings::max_upload`]), connections (1,024), what is recorded ([`Settings::record`],
//! [`Settings::record_bytes`]), and the time that any of them takes.
//!
//! # Rooms
//! [`Engine::answer`] is the whole mock without a socket: request and time in, reply out. `router`,
//! `encoding`, `decode`, `forms`, `media`, `direction`, `checks`, `laravel` and `failure` find and judge; `dynamic`,
//! `settled`, `words`, `render`, `images`, `pages`, `meters` and `kept` make; `arguments` makes requests; `proxy` asks elsewhere; `server`, `socket`, `cors` and `control` are the way
//! in and out.

mod arguments;
mod checks;
#[cfg(feature = "cli")]
pub mod cli;
mod connections;
mod control;
mod cors;
mod credentials;
mod data;
mod decode;
mod direction;
mod dynamic;
mod encoding;
mod engine;
mod failure;
mod forms;
mod guard;
mod images;
mod kept;
mod laravel;
mod mask;
mod media;
mod meters;
mod mock_server;
mod page;
mod pages;
#[cfg(feature = "proxy")]
mod proxy;
mod record;
mod render;
mod reply_headers;
mod report;
mod router;
mod schema;
mod server;
mod service;
mod settings;
mod settled;
mod socket;
mod streams;
mod stub;
mod text;
#[cfg(feature = "typed")]
mod typed;
mod words;

pub use arguments::Arguments;
pub use data::{
    BodyContent, Data, DataError, Embedded, Operation, Paging, Parameter, Place, RefusalForm,
    RequestBody, Response, ResponseContent, ResponseHeader, Routes, Schema, SecurityScheme, Style,
    Timestamps,
};
pub use engine::{Answer, Engine};
#[cfg(feature = "proxy")]
pub use engine::{Finding, Half};
pub use failure::{Blame, Refusal};
pub use laravel::Problem;
pub use meters::Limits;
pub use mock_server::MockServer;
#[cfg(feature = "proxy")]
pub use proxy::Proxy;
pub use record::Received;
pub use server::serve;
pub use service::Service;
pub use settings::{Fault, Settings, Validation};
pub use stub::Times;
#[cfg(feature = "typed")]
pub use typed::On;
