//! What is sent to a server: compiled beside the programs.

/// The head of the request that `call` makes of the server at the address that it is given; empty if it makes none.
pub fn asked(call: impl FnOnce(String)) -> String {
    use std::io::{Read as _, Write as _};
    let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = server.local_addr().expect("an address");
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().expect("a connection");
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
            head.push(byte[0]);
        }
        let _gone = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        String::from_utf8_lossy(&head).into_owned()
    });
    call(format!("http://{address}"));
    // Where nothing came, this is what the server waits for.
    let _late = std::net::TcpStream::connect(address);
    serving.join().expect("a head")
}
