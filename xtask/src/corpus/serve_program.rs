//! Sends every operation of a generated client to the mock of the same document, in one process.
//!
//! This file is not a module of `xtask`: it is copied into the program that is written for each document, beside the
//! calls of its client. The program gets the folder of the fixtures as its argument and writes one JSON object per line:
//! what went wrong, operation by operation, and at the end what was asked.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use lockstep_mock::{Arguments as Made, Data, MockServer, Place, SecurityScheme, Service};
use lockstep_runtime::{ClientBuilder, FilePart, Pending, Reply, Response, Result as Sent};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A request under way: an error is what is wrong with it or its reply.
pub(crate) type Sending = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// The id of an operation, and the function that sends it.
pub(crate) type Operation<C> = (&'static str, fn(&C, &Arguments) -> Result<Sending, String>);

/// The values of one request.
pub(crate) struct Arguments {
    made: Made,
    /// Whether optional parts are sent.
    is_full: bool,
}

impl Arguments {
    /// A value that a request cannot do without.
    pub(crate) fn must(&self, kind: &str, name: &str) -> Result<Value, String> {
        self.find(kind, name).ok_or_else(|| format!("there is no value for {kind} {name:?}"))
    }

    /// A value for what a setter sets, if it is to be sent: a constructor with many arguments leaves some of them to setters.
    pub(crate) fn may(&self, kind: &str, name: &str) -> Option<Value> {
        let is_required = || self.made.required.iter().any(|own| own == name);
        self.find(kind, name).filter(|_| self.is_full || is_required())
    }

    fn find(&self, kind: &str, name: &str) -> Option<Value> {
        let place = match kind {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            "field" | "file" | "files" => return self.made.body.as_ref()?.get(name).cloned(),
            _ => return self.made.body.clone(),
        };
        self.made.parameter(place, name).cloned()
    }
}

/// Sends a request and looks at what comes back.
pub(crate) fn send<R: Reply>(pending: Pending<R>) -> Sending {
    Box::pin(async move { judged(pending.await).map(drop) })
}

/// The same for a reply that comes in pieces.
pub(crate) fn download(pending: Pending<lockstep_runtime::Binary>) -> Sending {
    Box::pin(async move {
        let body = judged(pending.await)?.into_inner();
        body.bytes().await.map(drop).map_err(|error| error.to_string())
    })
}

fn judged<T>(reply: Sent<Response<T>>) -> Result<Response<T>, String> {
    let reply = reply.map_err(|error| {
        let reason = error.as_status().and_then(|own| own.headers().get("mock-reason"));
        let reason = reason.and_then(|reason| reason.to_str().ok()).unwrap_or_default();
        format!("{error} {reason}")
    })?;
    let drift: Vec<String> = reply.drift().iter().map(|drift| drift.to_string()).collect();
    if drift.is_empty() { Ok(reply) } else { Err(format!("drift: {}", drift.join("; "))) }
}

/// A value of whatever type is asked for.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| {
        let shown: String = value.to_string().chars().take(200).collect();
        format!("the type of the argument cannot say {shown}: {error}")
    })
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn file(value: &Value) -> FilePart {
    FilePart::bytes("file.bin", text(value))
}

pub(crate) fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| format!("{value} is no list"))
}

pub(crate) fn object(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{value} is no object"))
}

pub(crate) fn field<'v>(from: &'v Map<String, Value>, name: &str) -> Result<&'v Value, String> {
    from.get(name).ok_or_else(|| format!("there is no value for {name:?}"))
}

/// What is asked of every operation: with the document's examples, with made values twice, and with nothing optional.
const ROUNDS: [(&str, Option<u64>, bool); 4] = [
    ("with the document's examples", None, true),
    ("with made values, 1", Some(1), true),
    ("with made values, 2", Some(2), true),
    ("with what is required only", Some(3), false),
];

/// Asks for everything.
pub(crate) fn run<C>(
    operations: &[Operation<C>],
    shared: &[&str],
    client: impl FnOnce(&dyn Fn(ClientBuilder<C>) -> ClientBuilder<C>) -> C,
) {
    let folder = std::env::args().nth(1).expect("the folder of the fixtures");
    let service = Arc::new(Service::new(data(Path::new(&folder))));
    let server = MockServer::start_blocking(Arc::clone(&service)).expect("a free port");
    let url = server.url();
    let first = first_values(&service, shared);
    let client = client(&|mut builder| {
        builder = builder.base_url(url.clone()).max_retries(0);
        for (name, scheme) in &service.data().routes.security_schemes {
            builder = match scheme {
                SecurityScheme::Http { scheme } if scheme.eq_ignore_ascii_case("basic") => {
                    builder.basic(name, "user", "word")
                }
                SecurityScheme::MutualTls | SecurityScheme::Other => builder,
                _ => builder.credential(name, "secret"),
            };
        }
        first.iter().fold(builder, |builder, (name, value)| builder.parameter(name, value.clone()))
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (mut asked, mut accepted, mut unsaid) = (0, 0, 0);
    for (id, call) in operations {
        // Operations that differ by a fragment only, which no request says, are one to whoever answers.
        let unreachable = service.notes().iter().find(|note| note.starts_with(&format!("{id}: ")));
        if let Some(note) = unreachable {
            unsaid += ROUNDS.len();
            println!("{}", json!({ "operation": id, "round": "never", "misfits": note }));
            continue;
        }
        for (round, seed, is_full) in ROUNDS {
            let made = service.arguments(id, seed).expect("an operation of the same document");
            if !made.misfits.is_empty() {
                unsaid += 1;
                let misfits = made.misfits.join(", ");
                println!("{}", json!({ "operation": id, "round": round, "misfits": misfits }));
                continue;
            }
            asked += 1;
            let arguments = Arguments { made, is_full };
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                call(&client, &arguments).and_then(|sending| runtime.block_on(sending))
            }));
            match outcome.unwrap_or_else(|_| Err("the client panicked".to_owned())) {
                Ok(()) => accepted += 1,
                Err(finding) => {
                    let sent = server.requests().pop().map(|own| own.line()).unwrap_or_default();
                    let line = json!({ "operation": id, "round": round, "finding": finding, "sent": sent });
                    println!("{line}");
                }
            }
        }
    }
    println!("{}", json!({ "asked": asked, "accepted": accepted, "unsaid": unsaid }));
}

/// Values for what is said once for every request.
fn first_values(service: &Service, shared: &[&str]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for operation in &service.data().routes.operations {
        let Some(made) = service.arguments(&operation.id, None) else { continue };
        for (_, name, value) in made.parameters {
            let is_new = found.iter().all(|(own, _)| *own != name);
            if is_new && shared.contains(&name.as_str()) {
                found.push((name, text(&value)));
            }
        }
    }
    found
}

fn data(folder: &Path) -> Data {
    let read = |path: &Path| std::fs::read(path).expect("a fixture");
    let routes: Value =
        serde_json::from_slice(&read(&folder.join("routes.json"))).expect("the routes");
    let (mut fixtures, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("a path below");
                fixtures.push((below.to_string_lossy().replace('\\', "/"), read(&path)));
            }
        }
    }
    Data::new(&routes, fixtures).expect("sound routes")
}
