//! The command itself: a document that changes, and one that comes by standard input.
#![cfg(feature = "spec")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

struct Mock {
    child: Child,
    address: String,
    lines: Receiver<String>,
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(options: &[&str], input: Option<&str>) -> Mock {
    let mut child = Command::new(env!("CARGO_BIN_EXE_onlyfansapi-mock"))
        .args(["--port", "0", "--host", "localhost"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command");
    let mut stdin = child.stdin.take().expect("standard input");
    stdin.write_all(input.unwrap_or_default().as_bytes()).expect("a reader");
    drop(stdin);
    let (send, lines) = channel();
    let out = BufReader::new(child.stdout.take().expect("standard output"));
    std::thread::spawn(move || {
        out.lines().map_while(Result::ok).try_for_each(|line| send.send(line))
    });
    let mut mock = Mock { child, address: String::new(), lines };
    let banner = mock.line("on http://");
    mock.address = banner.split_once("http://").expect("an address").1.trim().to_owned();
    mock
}

impl Mock {
    /// Waits for a line that holds a text.
    fn line(&self, text: &str) -> String {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line =
                self.lines.recv_timeout(left).unwrap_or_else(|error| panic!("{text}: {error}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    fn status(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a server");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("a reply");
        reply.split(' ').nth(1).unwrap_or_default().to_owned()
    }
}

fn document(path: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  {path}:\n    get: {{operationId: a, responses: {{'200': {{description: ok}}}}}}\n"
    )
}

#[test]
fn a_document_is_served_anew_when_it_changes() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("watched.yaml");
    std::fs::write(&file, document("/one")).expect("a file");
    let mock = start(&[file.to_str().expect("text"), "--watch"], None);
    assert_eq!((mock.status("/one"), mock.status("/second")), ("200".to_owned(), "404".to_owned()));

    std::fs::write(&file, document("/second")).expect("a file");
    mock.line("again");
    let until = Instant::now() + Duration::from_secs(10);
    while mock.status("/second") != "200" {
        assert!(Instant::now() < until, "the new document is not served");
    }
    assert_eq!(mock.status("/one"), "404");

    // A save that went wrong leaves the last document, and says why.
    std::fs::write(&file, "openapi: 3.0.3\npaths: [").expect("a file");
    mock.line("the last document stays");
    assert_eq!(mock.status("/second"), "200");
    std::fs::write(&file, document("/third-one")).expect("a file");
    mock.line("again");
    let until = Instant::now() + Duration::from_secs(10);
    while mock.status("/third-one") != "200" {
        assert!(Instant::now() < until, "the mended document is not served");
    }
}

#[test]
fn a_document_comes_by_standard_input() {
    let mock = start(&["-"], Some(&document("/piped")));
    assert_eq!(mock.status("/piped"), "200");
}
