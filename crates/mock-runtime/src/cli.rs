//! The command line: options, banner, log and signals.
//!
//! A binary of its own needs three lines: its data, a reader for `--spec` if it has one, and [`run`].

mod watch;

use std::io::Write;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Parser;

use crate::credentials;
use crate::data::{Data, Embedded, Parameter};
use crate::engine::Engine;
#[cfg(feature = "proxy")]
use crate::proxy::Proxy;
use crate::server::{first, serve};
use crate::service::Service;
use crate::settings::{Fault, Settings, Validation};

/// Makes data of an OpenAPI document; also answers warnings, one line each.
pub type SpecReader = fn(&Path) -> Result<(Data, Vec<String>), String>;

/// Serves a mock of an HTTP API, made of the examples in its document.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// Address or name to listen on, as in 0.0.0.0, ::1 or localhost
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Serve this OpenAPI document instead of the built-in one; - reads standard input
    #[arg(value_name = "FILE", conflicts_with = "spec")]
    file: Option<PathBuf>,
    /// The same
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Serve the document anew when its file changes; what cannot be read leaves the last one in place
    #[arg(long)]
    watch: bool,
    /// What becomes of requests that do not fit the document: strict, log or off
    #[arg(long, value_name = "HOW", default_value = "strict")]
    validation: Validation,
    /// Hand requests on to the real API there, answer with what it says, and tell what is not as the document says
    #[cfg(feature = "proxy")]
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// With --proxy: refuse requests that do not fit, and make a 502 of replies that do not
    #[cfg(feature = "proxy")]
    #[arg(long, requires = "proxy")]
    errors: bool,
    /// Let no page of another origin ask for the API
    #[arg(long)]
    no_cors: bool,
    /// Keep what callers create, change and delete, as far as paths and ids of the document go together
    #[arg(long)]
    state: bool,
    /// What made data grows from: the same seed gives the same data
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Make replies from schemas instead of the document's examples
    #[arg(long)]
    dynamic: bool,
    /// Accept this key only, instead of any
    #[arg(long, env = "MOCK_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Ask for no key at all
    #[arg(long, conflicts_with = "key")]
    no_key: bool,
    /// Hold every reply back, as in 50ms or 2s
    #[arg(long, value_name = "TIME", value_parser = milliseconds, default_value = "0ms")]
    latency: u64,
    /// Let replies go wrong: drop, reset, half or drip
    #[arg(long)]
    fault: Option<Fault>,
    /// Share of the replies that go wrong, from 0 to 1
    #[arg(long, default_value_t = 1.0, requires = "fault")]
    fault_rate: f64,
    /// Requests per minute
    #[arg(long, value_name = "N")]
    rate_limit: Option<u64>,
    /// Credits to start with; every success takes one
    #[arg(long, value_name = "N")]
    credits: Option<u64>,
    /// Items that paged operations have in all
    #[arg(long, value_name = "N")]
    items: Option<u64>,
    /// Items of a page where the request does not say
    #[arg(long, value_name = "N", default_value_t = 10)]
    page_size: u64,
    /// Requests that the page at / remembers
    #[arg(long, value_name = "N", default_value_t = 200)]
    record: usize,
    /// Let this host ask for the page at / and for /_mock, beside this machine; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Write no line per request
    #[arg(long, short)]
    quiet: bool,
}

impl Options {
    /// The document to serve instead of the built-in one.
    fn document(&self) -> Option<&Path> {
        self.file.as_deref().or(self.spec.as_deref())
    }

    #[cfg(feature = "proxy")]
    fn proxy(&self) -> Result<Option<Proxy>, String> {
        let proxy = self.proxy.as_deref().map(Proxy::new).transpose()?;
        Ok(proxy.map(|proxy| proxy.strict(self.errors)))
    }

    fn settings(&self) -> Settings {
        Settings {
            check_key: !self.no_key,
            key: self.key.clone(),
            latency_ms: self.latency,
            fault: self.fault,
            fault_rate: self.fault_rate,
            rate_limit: self.rate_limit,
            credits: self.credits,
            items: self.items,
            page_size: self.page_size,
            dynamic: self.dynamic,
            seed: self.seed,
            cors: !self.no_cors,
            validation: self.validation,
            state: self.state,
            allow_hosts: self.allow_host.clone(),
            record: self.record,
            record_bytes: 2 << 20,
            ..Settings::default()
        }
    }
}

fn milliseconds(text: &str) -> Result<u64, String> {
    let (number, unit) =
        text.split_at(text.find(|own: char| own.is_ascii_alphabetic()).unwrap_or(text.len()));
    let factor = match unit {
        "ms" | "" => 1.0,
        "s" => 1000.0,
        _ => return Err("write it as in 50ms or 2s".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| "write it as in 50ms or 2s".to_owned())?;
    if (0.0..=600_000.0).contains(&(number * factor)) {
        Ok((number * factor) as u64)
    } else {
        Err("ten minutes at most".to_owned())
    }
}

/// Reads the options and serves until it is told to stop (Ctrl-C or SIGTERM).
pub fn run(embedded: &Embedded, spec: Option<SpecReader>) -> ExitCode {
    let options = Options::parse();
    match start(&options, embedded, spec) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn start(options: &Options, embedded: &Embedded, spec: Option<SpecReader>) -> Result<(), String> {
    if options.watch && options.document().is_none_or(|path| path == Path::new("-")) {
        return Err("--watch needs a document in a file: name one".to_owned());
    }
    let (data, warnings) = match (options.document(), spec) {
        (None, _) => (Data::embedded(embedded).map_err(|error| error.to_string())?, Vec::new()),
        (Some(path), Some(read)) => read(path)?,
        (Some(_), None) => {
            return Err("this build cannot read documents: it lacks the feature `spec`".to_owned());
        }
    };
    let service = Arc::new(Service::new(data));
    let listener = listen(&options.host, options.port)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let log = Arc::new(Log::default());
    log.write(&banner(&service, &warnings, address));
    #[cfg(feature = "proxy")]
    let proxy = options.proxy()?;
    #[cfg(feature = "proxy")]
    if let Some(proxy) = &proxy {
        log.write(&format!("Real: {}\n", proxy.origin()));
    }
    tell_of_misfits(Arc::clone(&service), Arc::clone(&log));
    let engine = |service, settings| {
        let engine = Engine::new(service, settings);
        #[cfg(feature = "proxy")]
        let engine = engine.proxying(proxy.clone());
        let log = Arc::clone(&log);
        Arc::new(if options.quiet { engine } else { engine.logging_to(move |line| log.add(&line)) })
    };
    let watched = options.document().zip(spec).filter(|_| options.watch);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let served = runtime.block_on(async {
        let flushing = tokio::spawn(Arc::clone(&log).flush_often());
        let mut current = engine(service, options.settings());
        let served = loop {
            let mut changed = None;
            let stop = async {
                let watching = async {
                    match watched {
                        Some((path, read)) => {
                            changed = Some(watch::changed(path, read, &log).await)
                        }
                        None => std::future::pending().await,
                    }
                };
                first(stopped(), watching).await;
            };
            let again = listener.try_clone().map_err(|error| error.to_string());
            let served = match again {
                Ok(listener) => serve(listener, Arc::clone(&current), stop)
                    .await
                    .map_err(|error| error.to_string()),
                Err(error) => break Err(error),
            };
            match (served, changed) {
                (Ok(()), Some(service)) => {
                    // What was set while the server ran stays set.
                    let settings = current.state().settings.clone();
                    current = engine(service, settings);
                }
                (served, _) => break served,
            }
        };
        flushing.abort();
        served
    });
    log.flush();
    served
}

/// How long replies are looked through at the start.
const LOOKING: Duration = Duration::from_secs(3);

/// Says which replies cannot fit their schemas, while the server answers already.
fn tell_of_misfits(service: Arc<Service>, log: Arc<Log>) {
    let looking = move || {
        let until = Instant::now() + LOOKING;
        service.misfits(until, |note| log.add(&format!("note: {note}")));
    };
    // Without a thread to be had they are told when they are asked for.
    let _ = std::thread::Builder::new().name("misfits".to_owned()).spawn(looking);
}

/// Listens on an address, or on the first one that a name stands for and that can be had.
fn listen(host: &str, port: u16) -> Result<TcpListener, String> {
    let failed = |error| format!("cannot listen on {host}, port {port}: {error}");
    // An address of IPv6 stands in brackets where a port may follow.
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let addresses: Vec<SocketAddr> = (bare, port).to_socket_addrs().map_err(failed)?.collect();
    TcpListener::bind(&addresses[..]).map_err(failed)
}

/// Most warnings about a document that the banner lists.
const WARNINGS: usize = 20;

fn banner(service: &Service, warnings: &[String], address: SocketAddr) -> String {
    let routes = &service.data().routes;
    let title = if routes.title.is_empty() { "the API" } else { &routes.title };
    let count = routes.operations.len();
    let operations =
        if count == 1 { "1 operation".to_owned() } else { format!("{count} operations") };
    let mut text = format!("Mock of {title}: {operations} on http://{address}\n");
    if let Some(operation) =
        routes.operations.iter().find(|own| own.method == "GET").or(routes.operations.first())
    {
        let base = format!("http://{address}{}", service.base_of(operation));
        let name = |parameter: &Parameter| {
            parameter.example.as_ref().map_or_else(|| parameter.name.clone(), crate::text::plain)
        };
        let command = credentials::command(operation, routes, &base, &name, None);
        text.push_str(&format!("Try:  {command}\n"));
    }
    text.push_str(&format!("See:  http://{address}/\n"));
    for note in service.notes().iter().chain(warnings.iter().take(WARNINGS)) {
        text.push_str(&format!("note: {note}\n"));
    }
    if warnings.len() > WARNINGS {
        text.push_str(&format!("note: and {} more\n", warnings.len() - WARNINGS));
    }
    text
}

/// Ends on Ctrl-C or SIGTERM.
async fn stopped() {
    #[cfg(unix)]
    {
        use std::future::{Future, poll_fn};
        use std::pin::pin;
        use std::task::Poll;
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return std::future::pending().await;
        };
        let (mut interrupt, mut terminate) = (pin!(interrupt.recv()), pin!(terminate.recv()));
        poll_fn(|cx| {
            let stop =
                interrupt.as_mut().poll(cx).is_ready() || terminate.as_mut().poll(cx).is_ready();
            if stop { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Lines for standard output, written a few times a second, so that a request costs no system call.
#[derive(Debug, Default)]
struct Log {
    lines: Mutex<String>,
}

/// Most bytes that wait to be written; a flood is told in one line.
const WAITING: usize = 1 << 20;

impl Log {
    fn add(&self, line: &str) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() < WAITING {
            lines.push_str(line);
            lines.push('\n');
        } else if !lines.ends_with("left out\n") {
            lines.push_str("… more requests than can be written; some are left out\n");
        }
    }

    fn write(&self, text: &str) {
        self.add(text);
        self.flush();
    }

    fn flush(&self) {
        let lines = std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner));
        if !lines.is_empty() {
            let mut out = std::io::stdout().lock();
            // Nobody may be reading; that is no reason to stop.
            let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
        }
    }

    async fn flush_often(self: Arc<Self>) {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            self.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_listened_on() {
        for host in ["localhost", "127.0.0.1", "0.0.0.0"] {
            assert!(listen(host, 0).is_ok(), "{host}");
        }
        // Not every machine has IPv6; where it is, it stands with or without brackets.
        assert_eq!(listen("::1", 0).is_ok(), listen("[::1]", 0).is_ok());
        let error = listen("no such host", 0).expect_err("no address");
        assert!(error.contains("no such host"), "{error}");
    }

    #[test]
    fn options_are_well_formed() {
        use clap::CommandFactory;
        Options::command().debug_assert();
        let options =
            Options::try_parse_from(["mock", "--latency", "1.5s", "--fault", "half", "--no-key"])
                .expect("good options");
        let settings = options.settings();
        assert_eq!(
            (settings.latency_ms, settings.fault, settings.check_key),
            (1500, Some(Fault::Half), false)
        );
        for bad in [
            ["mock", "--fault", "x"],
            ["mock", "--latency", "x"],
            ["mock", "--latency", "1h"],
            ["mock", "--port", "70000"],
            ["mock", "--validation", "perhaps"],
        ] {
            assert!(Options::try_parse_from(bad).is_err(), "{bad:?}");
        }
    }
}
