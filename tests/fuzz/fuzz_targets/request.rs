//! A request to the mock: whatever comes in, an answer goes out.
#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use lockstep_mock::{Data, Engine, Service, Settings};

static SERVICE: LazyLock<Arc<Service>> = LazyLock::new(|| {
    let routes = include_str!("../routes.json");
    let routes = serde_json::from_str(routes).expect("routes");
    let fixtures = vec![("a.json".to_owned(), br#"{"data":[{"id":1}],"next":"/x?page=2"}"#.to_vec())];
    Arc::new(Service::new(Data::new(&routes, fixtures).expect("data")))
});

fuzz_target!(|data: &[u8]| {
    let (head, body) = match data.windows(2).position(|two| two == b"\n\n") {
        Some(at) => (&data[..at], &data[at + 2..]),
        None => (data, &b""[..]),
    };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().splitn(2, ' ');
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or("/"));
    let mut request = http::Request::builder().method(method).uri(target);
    for line in lines.take(64) {
        if let Some((name, value)) = line.split_once(':') {
            request = request.header(name.trim(), value.trim());
        }
    }
    let Ok(request) = request.body(Bytes::copy_from_slice(body)) else { return };
    let engine = Engine::new(Arc::clone(&SERVICE), Settings::default());
    let answer = engine.answer(request, Duration::ZERO);
    assert!(answer.status.as_u16() >= 200);
});
