//! A server that misbehaves on demand. It knows TCP and as much of HTTP as it takes to read a request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The key of every client here. It is looked for in everything that was received.
pub(crate) const KEY: &str = "sk_live_0123456789";

/// What the server does with a connection, one after the other.
#[derive(Clone)]
pub(crate) enum Act {
    Send(Vec<u8>),
    /// Sends a few bytes at a time, with a pause after each.
    Drip(Vec<u8>, usize, Duration),
    Hang,
    Reset,
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        let mut pairs = lines.filter_map(|line| line.split_once(':'));
        pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub(crate) fn has_key(&self) -> bool {
        self.head.contains(KEY) || String::from_utf8_lossy(&self.body).contains(KEY)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

type Handler = dyn Fn(&Seen, usize) -> Vec<Act> + Send + Sync;

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// A server that asks `handler` what to do with the n-th request, counted from 0.
    pub(crate) async fn start(
        handler: impl Fn(&Seen, usize) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let handler: Arc<Handler> = Arc::new(handler);
        let log = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&handler), Arc::clone(&log)));
            }
        });
        Self { url, seen, task }
    }

    /// The same for every request.
    pub(crate) async fn always(acts: Vec<Act>) -> Self {
        Self::start(move |_, _| acts.clone()).await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, handler: Arc<Handler>, log: Arc<Mutex<Vec<Seen>>>) {
    let Some(seen) = receive(&mut stream).await else { return };
    let count = {
        let mut log = log.lock().expect("no panic");
        log.push(seen.clone());
        log.len() - 1
    };
    for act in handler(&seen, count) {
        match act {
            Act::Send(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Act::Drip(bytes, size, pause) => {
                for piece in bytes.chunks(size) {
                    if stream.write_all(piece).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                }
            }
            Act::Hang => std::future::pending().await,
            Act::Reset => {
                let _ = stream.set_zero_linger();
                return;
            }
        }
    }
    let _ = stream.shutdown().await;
}

/// Reads one request with its body, by length or in chunks.
async fn receive(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let body = &bytes[end + 4..];
            let first: Vec<&str> = head.lines().next()?.split(' ').collect();
            let mut seen = Seen {
                method: first[0].to_owned(),
                target: first[1].to_owned(),
                head: head.clone(),
                body: body.to_vec(),
            };
            let length = seen.header("content-length").and_then(|length| length.parse().ok());
            let is_whole = match length {
                Some(length) => body.len() >= length,
                None => seen.header("transfer-encoding").is_none() || body.ends_with(b"0\r\n\r\n"),
            };
            if is_whole {
                if length.is_none() {
                    seen.body = unchunk(body);
                }
                return Some(seen);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size =
            usize::from_str_radix(&String::from_utf8_lossy(&body[..end]), 16).unwrap_or_default();
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 4 + size..];
    }
    whole
}

/// A whole reply.
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Act {
    let body = body.as_ref();
    let mut bytes = head(status, headers, body.len());
    bytes.extend_from_slice(body);
    Act::Send(bytes)
}

/// The head of a reply that promises a body of this length.
pub(crate) fn head(status: u16, headers: &[(&str, &str)], length: usize) -> Vec<u8> {
    let mut head =
        format!("HTTP/1.1 {status} Whatever\r\nconnection: close\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");

pub(crate) fn json(body: impl AsRef<[u8]>) -> Act {
    reply(200, &[JSON], body)
}
