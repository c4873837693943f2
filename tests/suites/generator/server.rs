//! A server that gives the same answer to every request, and shows the last one.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

pub(crate) struct Server {
    address: SocketAddr,
    last: Arc<Mutex<String>>,
}

impl Server {
    /// Answers with JSON, or with 204 where there is none.
    pub(crate) fn answering(json: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let last = Arc::new(Mutex::new(String::new()));
        let seen = Arc::clone(&last);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&mut stream);
                *seen.lock().unwrap() = request;
                let status = if json.is_empty() { "204 No Content" } else { "200 OK" };
                let length = json.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{json}"
                );
                stream.write_all(head.as_bytes()).unwrap();
            }
        });
        Self { address, last }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The last request as it came.
    pub(crate) fn request(&self) -> String {
        self.last.lock().unwrap().clone()
    }

    /// The body of the last request.
    pub(crate) fn body(&self) -> String {
        self.request().split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }
}

fn read(stream: &mut std::net::TcpStream) -> String {
    let (mut all, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0_usize) {
                return text;
            }
        }
        match stream.read(&mut chunk).unwrap() {
            0 => return text,
            count => all.extend_from_slice(&chunk[..count]),
        }
    }
}
