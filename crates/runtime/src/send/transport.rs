//! Connections.
//!
//! TLS is rustls with `ring`. Measured cold (`cargo check`, 2 jobs, CPU seconds user + system, crates):
//! reqwest 0.13 with ring 41 s, 125; reqwest 0.12 with ring and bundled roots 46 s, 130; reqwest 0.13 with
//! its own default, aws-lc, 81 s, 131, and a C compiler. So 0.13 with ring, and the operating system's roots.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::ConfigureHttp;
use crate::error::{Error, Result, Trouble};

/// More connect timeouts than this in one program are an accident; the oldest client is dropped then.
const MOST_CLIENTS: usize = 8;

/// Makes HTTP clients, one for each connect timeout in use: it is a property of the whole client there.
pub(crate) struct Transport {
    configure: Option<ConfigureHttp>,
    clients: Mutex<Vec<(Duration, reqwest::Client)>>,
}

impl Transport {
    /// The client for the usual timeout is made at once, so that a malformed setting is found early.
    pub(crate) fn new(configure: Option<ConfigureHttp>, connect_timeout: Duration) -> Result<Self> {
        let transport = Self { configure, clients: Mutex::new(Vec::new()) };
        transport.client(connect_timeout)?;
        Ok(transport)
    }

    pub(crate) fn client(&self, connect_timeout: Duration) -> Result<reqwest::Client> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = clients.iter().find(|(timeout, _)| *timeout == connect_timeout) {
            return Ok(client.clone());
        }
        let client = self.make(connect_timeout)?;
        if clients.len() == MOST_CLIENTS {
            clients.remove(1);
        }
        clients.push((connect_timeout, client.clone()));
        Ok(client)
    }

    fn make(&self, connect_timeout: Duration) -> Result<reqwest::Client> {
        provide_cryptography();
        // Many servers close what was idle for a minute. A POST that meets such a connection fails and is not
        // repeated, so it is better not to keep one that long.
        let mut builder = reqwest::Client::builder().pool_idle_timeout(Duration::from_secs(30));
        if let Some(configure) = &self.configure {
            builder = configure(builder);
        }
        builder
            .connect_timeout(connect_timeout)
            // Followed by hand in `redirect.rs`, because the key must not follow.
            .redirect(reqwest::redirect::Policy::none())
            // Counted by hand in `retry.rs`.
            .retry(reqwest::retry::never())
            .referer(false)
            .build()
            .map_err(|error| {
                Error::Configuration(Trouble::because(
                    "the HTTP client cannot be made",
                    error.without_url(),
                ))
            })
    }
}

/// Chooses `ring` for the process if the program has chosen nothing: the HTTP client asks there.
#[cfg(feature = "tls")]
fn provide_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // It fails only when another thread was faster, and then there is a provider too.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

#[cfg(not(feature = "tls"))]
fn provide_cryptography() {}

/// A failure of the HTTP client as one of ours.
pub(crate) fn classify(error: reqwest::Error, connect_timeout: Duration) -> Error {
    // The URL may hold a key.
    let error = error.without_url();
    if let Some(own) = own_error(&error) {
        return own;
    }
    if error.is_connect() && error.is_timeout() {
        Error::timeout(format!("no connection within {connect_timeout:?}"), false)
    } else if error.is_connect() {
        Error::Connect(Trouble::because(why(&error, "it could not be made"), error))
    } else if error.is_builder() {
        Error::Request(Trouble::because("the HTTP client takes it for malformed", error))
    } else if error.is_timeout() {
        Error::timeout("the connection was silent for too long", true)
    } else {
        Error::Transport(Trouble::because(why(&error, "it is of no use any more"), error))
    }
}

/// The failure of a body of ours that the HTTP client has passed on: a file that cannot be read.
fn own_error(error: &reqwest::Error) -> Option<Error> {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(Error::Io(trouble)) = inner.downcast_ref::<Error>() {
            return Some(Error::Io(Trouble::new(trouble.message())));
        }
        source = inner.source();
    }
    None
}

/// Why a connection failed, in words of our own: those of the system stand in the sources of the error, once.
fn why(error: &reqwest::Error, otherwise: &'static str) -> &'static str {
    use std::io::ErrorKind;
    let mut why = None;
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
        if let Some(error) = inner.downcast_ref::<std::io::Error>() {
            why = match error.kind() {
                ErrorKind::ConnectionRefused => Some("it was refused"),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => Some("it was reset"),
                ErrorKind::ConnectionAborted => Some("it was given up"),
                ErrorKind::UnexpectedEof => Some("it ended too early"),
                ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                    Some("the host cannot be reached")
                }
                _ => why,
            };
        }
        why = why_of_tls(inner).or(why);
    }
    why.unwrap_or_else(|| by_words(error).unwrap_or(otherwise))
}

/// What has a type of its own only in crates that this one does not name is told by the words of the innermost cause.
fn by_words(error: &reqwest::Error) -> Option<&'static str> {
    let mut inner: &dyn std::error::Error = error;
    let mut why = None;
    while let Some(source) = inner.source() {
        inner = source;
        let words = inner.to_string();
        why = if words.starts_with("dns error") {
            Some("no address is known for the host")
        } else if words.contains("end of file") || words.contains("connection closed") {
            Some("it ended too early")
        } else if words.contains("HTTP version") || words.contains("HTTP header") {
            Some("what came is no HTTP")
        } else {
            why
        };
    }
    why
}

/// What the client holds against the server's certificate, or the server against the client's.
#[cfg(feature = "tls")]
fn why_of_tls(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    use rustls::{CertificateError, Error};
    // Errors of input and output hold others, and are held by others of their kind.
    let mut error = error;
    while let Some(own) = error.downcast_ref::<std::io::Error>() {
        error = own.get_ref()?;
    }
    let error = error.downcast_ref::<Error>()?;
    Some(match error {
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => "the server's certificate has expired",
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "the server's certificate is for another host",
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "nobody who is trusted vouches for the server's certificate"
        }
        Error::InvalidCertificate(_) => "the server's certificate is not accepted",
        Error::AlertReceived(_) => "the server refused the TLS handshake",
        _ => "the TLS handshake failed",
    })
}

#[cfg(not(feature = "tls"))]
fn why_of_tls(_error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    None
}
