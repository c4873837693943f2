//! Uploads and downloads that are never held in memory whole, and the blocking surface.

use std::path::PathBuf;
use std::time::Duration;

use lockstep_runtime::{Binary, Body, Error, FilePart};

use crate::api::Client;
use crate::server::{Act, Server, head, json, reply};

/// A file of one's own in the directory for tests, which cargo makes and keeps out of the way.
fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()))
}

#[tokio::test]
async fn a_file_from_disk_is_sent_again_on_a_retry() {
    let path = scratch("photo.jpg");
    std::fs::write(&path, vec![7; 300_000]).expect("a file");
    let server =
        Server::start(
            |_, count| if count == 0 { vec![reply(429, &[], "")] } else { vec![json("{}")] },
        )
        .await;
    Client::of(&server).upload(path.as_path()).await.expect("a reply");
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    for seen in &seen {
        assert!(seen.body.len() > 300_000 && seen.header("content-length").is_some());
        let text = String::from_utf8_lossy(&seen.body);
        assert!(
            text.contains("photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"),
            "{}",
            &text[..200]
        );
    }
    std::fs::remove_file(path).expect("the file");
}

#[tokio::test]
async fn a_reader_is_sent_once() {
    let server = Server::always(vec![reply(429, &[], "")]).await;
    let client = Client::of(&server);
    let error = client.upload(FilePart::reader("a.bin", &b"streamed"[..])).await.expect_err("429");
    assert!(error.is_rate_limited());
    let seen = server.seen();
    assert_eq!(seen.len(), 1, "what is spent cannot be sent again");
    assert_eq!(seen[0].header("transfer-encoding"), Some("chunked"));
    assert!(String::from_utf8_lossy(&seen[0].body).contains("\r\n\r\nstreamed\r\n--"));

    let known = FilePart::reader("a.bin", &b"streamed"[..]).length(8).media_type("video/x");
    client.upload(known).await.expect_err("429");
    assert!(server.seen()[1].header("content-length").is_some());
}

#[tokio::test]
async fn a_file_that_is_not_there_is_told_before_anything_is_sent() {
    let server = Server::always(vec![json("{}")]).await;
    let error =
        Client::of(&server).upload(FilePart::path("/nowhere/x.png")).await.expect_err("no file");
    assert_eq!(error.to_string(), "a file or stream failed: /nowhere/x.png cannot be read");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_download_from_another_host_is_saved_without_showing_it_the_key() {
    let film = vec![9; 400_000];
    let other = Server::always(vec![reply(200, &[("content-type", "video/mp4")], &film)]).await;
    let to = format!("{}/film", other.url);
    let home = Server::start(move |_, _| vec![reply(302, &[("location", &to)], "")]).await;
    let path = scratch("film.mp4");
    let reply = Client::of(&home).get("/film").reply::<Binary>().await.expect("a reply");
    assert_eq!(reply.length(), Some(400_000));
    assert_eq!(reply.save(&path).await.expect("a file"), 400_000);
    assert_eq!(std::fs::read(&path).expect("the file"), film);
    assert!(home.seen()[0].has_key() && !other.seen()[0].has_key());
    std::fs::remove_file(path).expect("the file");
}

#[tokio::test]
async fn half_a_download_leaves_no_file() {
    let server = Server::always(vec![Act::Send(head(200, &[], 100)), Act::Send(vec![1; 50])]).await;
    let path = scratch("half.bin");
    let error = async { Client::of(&server).get("/x").reply::<Binary>().await?.save(&path).await };
    assert!(matches!(error.await, Err(Error::Transport(_))));
    assert!(!path.exists() && !scratch("half.bin.part").exists());
}

#[tokio::test]
async fn a_slow_stream_may_take_longer_than_the_timeout() {
    let drip = |pieces: usize| {
        vec![
            Act::Send(head(200, &[], pieces)),
            Act::Drip(vec![1; pieces], 1, Duration::from_millis(100)),
        ]
    };
    let server = Server::always(drip(12)).await;
    let client = Client::tuned(&server, |builder| builder.timeout(Duration::from_secs(1)));
    let body = async { client.get("/x").reply::<Binary>().await?.bytes().await };
    assert_eq!(body.await.expect("each piece in time").len(), 12);

    let server =
        Server::always(vec![Act::Send(head(200, &[], 10)), Act::Send(vec![1; 5]), Act::Hang]).await;
    let client = Client::tuned(&server, |builder| builder.timeout(Duration::from_millis(300)));
    let body = async { client.get("/x").reply::<Binary>().await?.bytes().await };
    let expected = "timed out: no further piece of the reply within 300ms";
    let error = body.await.expect_err("silence").to_string();
    assert!(error.ends_with(expected), "{error}");
}

#[tokio::test]
async fn a_download_can_be_an_upload() {
    let source = Server::always(vec![reply(200, &[], "content")]).await;
    let target = Server::always(vec![json("{}")]).await;
    let body: Body =
        Client::of(&source).get("/x").reply::<Binary>().await.expect("a reply").into_inner();
    Client::of(&target).upload(FilePart::body("x.txt", body)).await.expect("a reply");
    assert!(String::from_utf8_lossy(&target.seen()[0].body).contains("\r\n\r\ncontent\r\n--"));
}

#[cfg(feature = "blocking")]
#[test]
fn the_blocking_surface_is_the_same() {
    use crate::api::ByCursor;
    use crate::server::KEY;

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let server = runtime.block_on(Server::start(|seen, _| match seen.query("cursor") {
        None => vec![json(r#"{"data": {"items": [{"id": 1}]}, "next": "a"}"#)],
        Some(_) => vec![json(r#"{"data": {"items": [{"id": 2}]}}"#)],
    }));
    let client = Client::of(&server);
    assert_eq!(client.overview("a").send_blocking().expect("a reply").data.items.len(), 1);
    let ids: Vec<_> =
        ByCursor::new(&client).items().blocking().map(|item| item.expect("an item").id).collect();
    assert_eq!(ids, [Some(1), Some(2)]);
    let value = client.get("/x").send_blocking().expect("a reply");
    assert_eq!(value["data"]["items"][0]["id"], 1);
    // Also where a runtime is running already.
    runtime.block_on(async { client.overview("a").send_blocking().expect("a reply") });
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.header("authorization") == Some(&format!("Bearer {KEY}")))
    );
}

#[cfg(feature = "pacing")]
#[tokio::test]
async fn a_rate_limit_of_ones_own_leaves_no_turn_before_the_deadline() {
    let server = Server::always(vec![json("{}")]).await;
    let client =
        Client::tuned(&server, |builder| builder.rate_limit(1).deadline(Duration::from_secs(5)));
    client.overview("a").await.expect("the first has its turn");
    let error = client.overview("a").await.expect_err("the second does not");
    let expected = "timed out: the rate limit leaves no turn before the deadline";
    assert!(error.to_string().ends_with(expected), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn the_service_s_own_limit_is_kept() {
    let left = [("x-rate-limit-remaining-minute", "0")];
    let server = Server::always(vec![reply(200, &left, "{}")]).await;
    let client = Client::tuned(&server, |builder| {
        builder.auto_pacing(true).deadline(Duration::from_secs(5))
    });
    client.overview("a").await.expect("a reply");
    client.overview("a").await.expect_err("nothing is left of this minute");
    assert_eq!(server.seen().len(), 1);
}
