//! Requests per second at 64 concurrent: this crate, and reqwest with serde_json and types written by hand.
//!
//! `cargo bench -p onlyfansapi --bench requests`. The server has a thread of its own and sends the same bytes whatever
//! it is asked; the clients share one thread, which is what limits them. See `README.md` beside this file.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod common;

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use common::{ByHand, EXAMPLE, in_turn};
use onlyfansapi::Client;
use onlyfansapi::runtime::reqwest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

const CONCURRENT: usize = 64;
const REQUESTS: usize = 3_200;

fn main() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let url = format!("http://{}", serve());
    let client = Client::builder().base_url(&url).key("key").build().expect("a client");
    let bare = reqwest::Client::new();
    let careful = reqwest::Client::builder().timeout(Duration::from_secs(60)).build();
    let careful = careful.expect("a client");
    let ours = move || {
        let client = client.clone();
        async move {
            let overview =
                client.mass_messaging().get_overview("acct_1").limit(50).query("a b").await;
            assert_eq!(overview.expect("a reply").data.items.len(), 1);
        }
    };
    let careful = by_hand(careful, &url);
    let bare = by_hand(bare, &url);
    let turns = std::env::args().find_map(|own| own.parse().ok()).unwrap_or(41);
    let rivals = ["generated client", "reqwest, with a timeout", "reqwest, without"];
    let measured = in_turn(
        turns,
        [
            &mut || runtime.block_on(rate(ours.clone())),
            &mut || runtime.block_on(rate(careful.clone())),
            &mut || runtime.block_on(rate(bare.clone())),
        ],
    );
    println!("{CONCURRENT} at once, median of {turns} turns of {REQUESTS} requests");
    let [own_rate, own_cpu] = measured[0];
    for (name, [rate, cpu]) in rivals.into_iter().zip(measured) {
        println!(
            "{name}: {rate:.0} requests per second (ours {:.3} of it), {cpu:.2} µs of CPU for each (ours {:.3} of it)",
            own_rate / rate,
            own_cpu / cpu
        );
    }
}

/// The same request as a person writes it with reqwest and serde_json.
fn by_hand(
    http: reqwest::Client,
    url: &str,
) -> impl Fn() -> Pin<Box<dyn Future<Output = ()>>> + Clone + use<> {
    let url = url.to_owned();
    move || {
        let (http, url) = (http.clone(), url.clone());
        Box::pin(async move {
            let mut url: reqwest::Url =
                format!("{url}/api/{}/mass-messaging/overview", "acct_1").parse().expect("a URL");
            url.query_pairs_mut().append_pair("limit", "50").append_pair("query", "a b");
            let reply = http.get(url).bearer_auth("key").send().await.expect("a reply");
            let body = reply.error_for_status().expect("a success").bytes().await.expect("a body");
            let overview: ByHand = serde_json::from_slice(&body).expect("it decodes");
            assert_eq!(overview.data.items.len(), 1);
        })
    }
}

/// Requests per second and µs of CPU for each: so many workers, each of which sends its share one by one.
async fn rate<F: Future<Output = ()> + 'static>(
    request: impl Fn() -> F + Clone + 'static,
) -> [f64; 2] {
    let (start, before) = (Instant::now(), cpu());
    let workers = tokio::task::LocalSet::new();
    for _ in 0..CONCURRENT {
        let request = request.clone();
        workers.spawn_local(async move {
            for _ in 0..REQUESTS / CONCURRENT {
                request().await;
            }
        });
    }
    workers.await;
    let sent = (REQUESTS / CONCURRENT * CONCURRENT) as f64;
    [sent / start.elapsed().as_secs_f64(), (cpu() - before) / sent]
}

/// µs of CPU that this thread has had, where the system tells: a busy machine changes it less than the time it takes.
fn cpu() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let spent = told.split(' ').next().and_then(|text| text.parse::<f64>().ok());
    spent.unwrap_or_default() / 1e3
}

/// A server that answers every request on a connection with the example.
fn serve() -> SocketAddr {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
            tell.send(listener.local_addr().expect("an address")).expect("somebody waits");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
    });
    told.recv().expect("a server")
}

async fn answer(mut stream: TcpStream) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-rate-limit-remaining-minute: 998\r\n";
    let reply = format!("{head}content-length: {}\r\n\r\n{EXAMPLE}", EXAMPLE.len());
    let mut request = Vec::new();
    // A GET ends with its head, and no client sends the next before it has the reply.
    while stream.read_buf(&mut request).await.is_ok_and(|length| length > 0) {
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            if stream.write_all(reply.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}
