//! Replies that are large, and replies that are packed.

use lockstep_runtime::Binary;

use crate::api::Client;
use crate::server::{Act, JSON, Server, reply};
use crate::story::{Story, ids};

#[tokio::test]
async fn large_replies() {
    let mut story = Story::default();
    let big = vec![b' '; 50 << 20];
    let server = Server::always(vec![reply(200, &[JSON], &big)]).await;
    let client = Client::of(&server);
    story.tell(
        "GET: 50 MB, announced",
        client.overview("acct").await.map(ids),
        &[("home", &server)],
    );
    let unannounced = Act::Send(
        [b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec(), big].concat(),
    );
    let server = Server::always(vec![unannounced]).await;
    let client = Client::of(&server);
    story.tell(
        "GET: 50 MB, not announced",
        client.overview("acct").await.map(ids),
        &[("home", &server)],
    );
    let streamed =
        async { client.get("/film").reply::<Binary>().await?.write_to(tokio::io::sink()).await };
    story.tell("GET: 50 MB, streamed", streamed.await, &[("home", &server)]);
    let held = async { client.get("/film").reply::<Binary>().await?.bytes().await };
    story.tell("GET: 50 MB, streamed into memory", held.await, &[("home", &server)]);
    story.end("sizes");
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn packed_replies() {
    use std::io::Write;

    use crate::story::{GOOD, case};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    let mut story = Story::default();
    let big = vec![b' '; 50 << 20];
    let packed = ("content-encoding", "gzip");
    case(
        &mut story,
        "gzip",
        "GET",
        Server::always(vec![reply(200, &[JSON, packed], gzip(GOOD.as_bytes()))]).await,
    )
    .await;
    case(
        &mut story,
        "gzip cut short",
        "GET",
        Server::always(vec![reply(200, &[JSON, packed], &gzip(GOOD.as_bytes())[..20])]).await,
    )
    .await;
    let server = Server::always(vec![reply(200, &[JSON, packed], gzip(&big))]).await;
    let client = Client::of(&server);
    story.tell(
        "GET: 50 MB in a small gzip",
        client.overview("acct").await.map(ids),
        &[("home", &server)],
    );
    story.end("packed");
}
