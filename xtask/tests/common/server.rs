//! A server of our own that misbehaves as a test wants it, and fetching from it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use xtask::Outcome;
use xtask::sync_upstream::{Limits, Sync, sync_in};

use crate::common::told;

/// What the server answers to a path: the bytes of the whole answer, given the head of the request.
type Answer = Arc<dyn Fn(&str, &str, &mut TcpStream) + Send + std::marker::Sync>;

/// A server of our own on this machine. It ends with the test program.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(
        answer: impl Fn(&str, &str, &mut TcpStream) + Send + std::marker::Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (log, answer): (_, Answer) = (asked.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(mut stream), answer, log) = (stream, answer.clone(), log.clone()) else {
                    return;
                };
                std::thread::spawn(move || {
                    let mut head = String::new();
                    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                    while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    log.lock().expect("the log").push(path.clone());
                    answer(&path, &head.to_ascii_lowercase(), &mut stream);
                });
            }
        });
        Self { address, asked }
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.lock().expect("the log").len()
    }
}

pub(crate) fn reply(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
}

pub(crate) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(2),
        whole: Duration::from_millis(1500),
        largest: 200_000,
        redirects: 3,
        tries: 2,
        pause: Duration::from_millis(1),
        longest_wait: Duration::from_secs(2),
    }
}

pub(crate) fn sync(root: &Path, address: &str) -> (Outcome, String) {
    sync_with(root, address, |_| {})
}

pub(crate) fn sync_with(
    root: &Path,
    address: &str,
    change: impl FnOnce(&mut Sync),
) -> (Outcome, String) {
    let mut command = Sync {
        source: Some(address.to_owned()),
        jobs: 3,
        timeout: 60,
        allow_shrink: false,
        into: "spec".into(),
        options: xtask::cli::Options::default(),
    };
    change(&mut command);
    told(|report| sync_in(root, &command, limits(), report))
}
