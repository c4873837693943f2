//! Requests that no decent client sends, many of them: each bad one gets a refusal, and the
//! server goes on serving.
//!
//! The quick run is part of every test run; the long one is
//! `cargo test --release -p lockstep-mock --test hostile -- --ignored --nocapture`.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use common::{get, start};
use lockstep_mock::MockServer;

/// Numbers without a dependency; the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }
}

/// What a request deserves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Due {
    Success,
    Refusal,
    /// No HTTP, or cut short: a refusal or an end, never a success.
    Anything,
}

/// A request, and what it deserves.
fn request(dice: &mut Dice) -> (Vec<u8>, Due) {
    let with = |line: &str, head: &str, body: &[u8]| {
        let mut bytes =
            format!("{line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n{head}\r\n")
                .into_bytes();
        bytes.extend_from_slice(body);
        bytes
    };
    let json = |body: &[u8]| {
        with(
            "POST /v1/pets",
            &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()),
            body,
        )
    };
    match dice.below(20) {
        0 => (with("GET /v1/pets?limit=3", "", b""), Due::Success),
        1 => (json(br#"{"name": "Rex", "tags": [{"id": 1}]}"#), Due::Success),
        2 => (with("GET /v1/pets/12?unknown=%F0%9F%A6%8A", "", b""), Due::Success),
        3 => (with("GET /v1/pets?limit=many", "", b""), Due::Refusal),
        4 => (with("GET /v1/pets?limit=99999999999999999999999999999x", "", b""), Due::Refusal),
        5 => (with("GET /v1/pets/%C3%28", "", b""), Due::Refusal),
        6 => (with("GET /v1/pets?ids=%", "", b""), Due::Refusal),
        7 => (with(&format!("GET /v1/pets?{}", "a=1&".repeat(1_500)), "", b""), Due::Refusal),
        8 => (with(&format!("GET /v1/pets/{}", "x".repeat(60_000)), "", b""), Due::Refusal),
        9 => (
            with("GET /v1/pets/7", &format!("X-Long: {}\r\n", "y".repeat(200_000)), b""),
            Due::Refusal,
        ),
        10 => (with("GET /v1/pets/7", &"X-Many: 1\r\n".repeat(500), b""), Due::Refusal),
        11 => (json(&[b"{\"name\": ".as_slice(), &dice.bytes(64)].concat()), Due::Refusal),
        12 => (json(&[b"[".repeat(100_000), b"]".repeat(100_000)].concat()), Due::Refusal),
        13 => (json(br##"{"name": {"$ref": "#/schemas/Pet"}, "tags": [1e999]}"##), Due::Refusal),
        14 => {
            // Most of these only claim to be long; the real thing takes its time.
            let body =
                if dice.below(10) == 0 { vec![b' '; 20_000_000] } else { vec![b' '; 20_000] };
            (
                with(
                    "POST /v1/pets",
                    "Content-Type: application/json\r\nContent-Length: 20000000\r\n",
                    &body,
                ),
                Due::Refusal,
            )
        }
        15 => (
            with(
                "POST /v1/pets",
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                b"zz\r\n{}\r\n0\r\n\r\n",
            ),
            Due::Refusal,
        ),
        16 => {
            let body = [
                b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n".as_slice(),
                &dice.bytes(500),
            ]
            .concat();
            let head = format!(
                "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n",
                body.len()
            );
            (with("POST /v1/pets/1/photo", &head, &body), Due::Refusal)
        }
        17 => (with("BREW /v1/pets", "", b""), Due::Refusal),
        18 => (with("GET /v1/pets", "Prefer: code=99999, wait=-1\r\n", b""), Due::Refusal),
        _ => {
            let length = 1 + dice.below(300) as usize;
            (dice.bytes(length), Due::Anything)
        }
    }
}

/// The status of the reply, if one came.
fn status(server: &MockServer, bytes: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    let line = String::from_utf8_lossy(&reply[..reply.len().min(64)]).into_owned();
    line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok())
}

fn storm(server: &MockServer, seed: u64, count: usize) {
    let mut dice = Dice(seed);
    for index in 0..count {
        let (bytes, due) = request(&mut dice);
        let status = status(server, &bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(160)]).into_owned();
        let fits = match due {
            Due::Success => status.is_some_and(|status| (200..300).contains(&status)),
            Due::Refusal => status.is_some_and(|status| (400..500).contains(&status)),
            Due::Anything => status.is_none_or(|status| (400..500).contains(&status)),
        };
        assert!(fits, "request {index} of seed {seed} got {status:?}: {shown:?}");
    }
}

/// Runs storms side by side, with idle connections that never say anything beside them.
fn storms(threads: u64, count: usize) {
    let server = start();
    let idle: Vec<_> = (0..100)
        .map(|_| TcpStream::connect(server.address()).expect("room for idle connections"))
        .collect();
    std::thread::scope(|scope| {
        for seed in 1..=threads {
            let server = &server;
            scope.spawn(move || storm(server, seed * 0x9E37_79B9, count));
        }
    });
    assert_eq!(get(&server, "/v1/pets/7", "").status, 200, "still serving");
    assert!(server.requests().len() <= 1_000);
    drop(idle);
}

#[test]
fn a_short_storm() {
    storms(4, 150);
}

#[test]
#[ignore = "takes minutes; see the top of this file"]
fn a_hundred_thousand_requests() {
    storms(8, 12_500);
    if let Ok(text) = std::fs::read_to_string("/proc/self/status") {
        let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        let _ = writeln!(std::io::stdout(), "client and server together: {line}");
    }
}
