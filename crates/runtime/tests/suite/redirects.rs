//! Redirects: what is followed, and that the key stays at home.

use lockstep_runtime::RequestOptions;

use crate::api::Client;
use crate::server::{KEY, Seen, Server, json, reply};
use crate::story::{GOOD, Story, case, ids};

#[tokio::test]
async fn redirects() {
    let mut story = Story::default();
    let to = |url: String, status: u16| {
        move |_: &Seen, _: usize| vec![reply(status, &[("location", &url)], "")]
    };
    for (request, status) in
        [("GET", 302), ("GET", 307), ("POST", 303), ("POST", 302), ("POST", 307)]
    {
        let other = Server::always(vec![json(GOOD)]).await;
        let home = Server::start(to(format!("{}/elsewhere", other.url), status)).await;
        let client = Client::of(&home);
        let outcome = match request {
            "GET" => client
                .overview("acct")
                .with(RequestOptions::new().header("x-secret", KEY))
                .await
                .map(ids),
            _ => client.send("acct", "hello").await.map(ids),
        };
        story.tell(
            &format!("{request}: {status} to another host"),
            outcome,
            &[("home", &home), ("other", &other)],
        );
    }
    for (request, status) in [("GET", 301), ("POST", 307), ("POST", 303)] {
        let hop = move |_: &Seen, count: usize| match count {
            0 => vec![reply(status, &[("location", "/api/moved")], "")],
            _ => vec![json(GOOD)],
        };
        case(&mut story, &format!("{status} to the same host"), request, Server::start(hop).await)
            .await;
    }
    case(&mut story, "a circle", "GET", Server::start(to("/again".to_owned(), 302)).await).await;
    case(
        &mut story,
        "302 to a file",
        "GET",
        Server::start(to("file:///etc/passwd".to_owned(), 302)).await,
    )
    .await;
    case(&mut story, "302 to nowhere", "GET", Server::always(vec![reply(302, &[], "")]).await)
        .await;

    let back = Server::start(|seen, _| match seen.target.as_str() {
        "/home" => vec![json(GOOD)],
        _ => vec![json("{}")],
    });
    let home = back.await;
    let other = Server::start(to(format!("{}/home", home.url), 302)).await;
    let start = Server::start(to(format!("{}/x", other.url), 302)).await;
    let outcome = Client::of(&start).overview("acct").await.map(ids);
    story.tell(
        "GET: over another host to a third",
        outcome,
        &[("home", &start), ("other", &other), ("third", &home)],
    );
    story.end("redirects");
}

/// A key in the address of another host is a key that was given away, however its letters are written.
#[tokio::test]
async fn no_key_in_an_address() {
    let escaped: String = KEY.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let twice = escaped.replace('%', "%25");
    let split = format!("{}%{:02X}{}", &KEY[..3], KEY.as_bytes()[3], &KEY[4..]);
    for key in [KEY.to_owned(), escaped, twice, split] {
        let other = Server::always(vec![json(GOOD)]).await;
        let url = format!("{}/elsewhere?x={key}", other.url);
        let home =
            Server::start(move |_: &Seen, _| vec![reply(302, &[("location", &url)], "")]).await;
        Client::of(&home).overview("acct").await.expect_err("refused");
        assert!(other.seen().is_empty(), "{key}");
    }
}
