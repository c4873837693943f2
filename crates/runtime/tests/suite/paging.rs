//! Walks: three pages and 250 entries through each form, and every way in which a walk can go wrong.

use lockstep_runtime::Error;

use crate::api::{
    ByCount, ByCursor, ByCursorWithFlag, ByDate, ByDateToTheLast, ByLastItem, ByMarker, ByNextPage,
    ByOffset, ByPage, Client, FromZero,
};
use crate::server::{Act, Seen, Server, json};

const ALL: usize = 250;

/// Entries `from..to`, the first the newest, as a JSON list.
fn entries(from: usize, to: usize) -> String {
    let entries: Vec<String> = (from..to.min(ALL))
        .map(|id| {
            format!(
                r#"{{"id": {id}, "date": "2025-01-01 {:02}:{:02}:00"}}"#,
                23 - id / 60,
                59 - id % 60
            )
        })
        .collect();
    format!("[{}]", entries.join(","))
}

fn page(items: &str, rest: &str) -> Vec<Act> {
    vec![json(format!(
        r#"{{"data": {{"items": {items}, "marker": null}}, {rest}, "_meta": {{}}}}"#
    ))]
}

fn number(seen: &Seen, name: &str) -> usize {
    seen.query(name).and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// Walks with every form; each must give all entries in order, and ask three times or once more to see the end.
macro_rules! walk {
    ($list:ident, $server:expr, $requests:expr) => {{
        let server = $server.await;
        let client = Client::of(&server);
        let items = $list::new(&client).items().collect_all().await.expect("a walk");
        let ids: Vec<usize> =
            items.iter().filter_map(|item| usize::try_from(item.id?).ok()).collect();
        assert_eq!(ids, (0..ALL).collect::<Vec<_>>());
        assert_eq!(server.seen().len(), $requests);
        assert!(
            server.seen().iter().all(|seen| seen.has_key() && seen.query("limit") == Some("100"))
        );
        server
    }};
}

#[tokio::test]
async fn by_offset_with_a_next_page() {
    walk!(
        ByOffset,
        Server::start(|seen, _| {
            let from = number(seen, "offset");
            let host = seen.header("host").unwrap_or_default();
            let next = if from + 100 < ALL {
                format!(r#""http://{host}/api/list?offset={}&limit=100&x=1""#, from + 100)
            } else {
                "null".to_owned()
            };
            page(&entries(from, from + 100), &format!(r#""_pagination": {{"next_page": {next}}}"#))
        }),
        3
    );
}

#[tokio::test]
async fn by_counting_entries() {
    walk!(
        ByCount,
        Server::start(|seen, _| page(
            &entries(number(seen, "offset"), number(seen, "offset") + 100),
            r#""x": 1"#
        )),
        4
    );
}

#[tokio::test]
async fn by_page_number() {
    walk!(
        ByPage,
        Server::start(|seen, _| {
            let from = number(seen, "page").saturating_sub(1) * 100;
            page(&entries(from, from + 100), r#""last_page": "3""#)
        }),
        3
    );
    walk!(
        ByNextPage,
        Server::start(|seen, _| {
            let now = number(seen, "page").max(1);
            let next = if now < 3 {
                format!(r#""/api/list?page={}""#, now + 1)
            } else {
                "null".to_owned()
            };
            page(&entries((now - 1) * 100, now * 100), &format!(r#""next": {next}"#))
        }),
        3
    );
}

#[tokio::test]
async fn by_cursor_and_by_marker() {
    walk!(
        ByCursor,
        Server::start(|seen, _| {
            let from = seen
                .query("cursor")
                .and_then(|cursor| cursor.strip_prefix("after-"))
                .and_then(|from| from.parse().ok())
                .unwrap_or(0);
            let next = if from + 100 < ALL {
                format!(r#""after-{}""#, from + 100)
            } else {
                r#""""#.to_owned()
            };
            page(&entries(from, from + 100), &format!(r#""next": {next}"#))
        }),
        3
    );
    walk!(
        ByMarker,
        Server::start(|seen, _| {
            let from = number(seen, "marker");
            let marker =
                if from + 100 < ALL { (from + 100).to_string() } else { "null".to_owned() };
            vec![json(format!(
                r#"{{"data": {{"items": {}, "marker": {marker}}}}}"#,
                entries(from, from + 100)
            ))]
        }),
        3
    );
}

/// Where a page begins whose end is inclusive: the oldest entry of a page is the newest of the next.
fn from_end_date(seen: &Seen) -> usize {
    seen.query("endDate").map_or(0, |end| {
        let (_, time) = end.split_once("%20").expect("a date and a time");
        let parts: Vec<usize> = time.split(':').filter_map(|part| part.parse().ok()).collect();
        (23 - parts[0]) * 60 + 59 - parts[1]
    })
}

#[tokio::test]
async fn by_date_backwards() {
    let reply = |seen: &Seen, _: usize| {
        let from = from_end_date(seen);
        page(&entries(from, from + 100), r#""x": 1"#)
    };
    let server = walk!(ByDate, Server::start(reply), 4);
    assert_eq!(server.seen()[1].query("endDate"), Some("2025-01-01%2022:20:00"));

    let reply = |seen: &Seen, _: usize| {
        let from = from_end_date(seen);
        let (items, more) = (entries(from, from + 100), from + 100 < ALL);
        vec![json(format!(r#"{{"data": {{"items": {items}, "hasMore": {more}}}}}"#))]
    };
    walk!(ByDateToTheLast, Server::start(reply), 3);
}

#[tokio::test]
async fn a_walk_by_date_that_cannot_get_on_says_so() {
    // All entries of one page share a moment, so asking for what is older brings the same ones again.
    let full = |from: usize| {
        let entry = |id| format!(r#"{{"id": {id}, "date": "2025-01-01 00:00:00"}}"#);
        format!("[{}]", (from..from + 3).map(entry).collect::<Vec<_>>().join(","))
    };
    let server = Server::start(move |_, count| page(&full(count * 3), r#""x": 1"#)).await;
    let error = ByDate::new(&Client::of(&server)).items().collect_all().await.expect_err("stuck");
    assert!(matches!(error, Error::Paging(_)), "{error}");
    assert_eq!(server.seen().len(), 2);

    let more = r#"{"data": {"items": [], "hasMore": true}}"#;
    let server = Server::always(vec![json(more)]).await;
    let walk = ByDateToTheLast::new(&Client::of(&server)).items().collect_all();
    let expected = "the walk over pages stopped: /data/hasMore of the reply says that more follows, and the page holds nothing older; `max_pages` ends the walk sooner, and a rule under `paging` in client.yaml without `more: /data/hasMore` does not trust it";
    assert_eq!(walk.await.expect_err("stuck").to_string(), expected);
}

#[tokio::test]
async fn empty_and_short_pages_do_not_end_a_walk() {
    let server = Server::start(|_, count| match count {
        0 => page("[]", r#""next": "a""#),
        1 => page(&entries(0, 1), r#""next": "b""#),
        2 => page("null", r#""next": "c""#),
        _ => page(&entries(1, 3), r#""next": null"#),
    })
    .await;
    let items = ByCursor::new(&Client::of(&server)).items().collect_all().await.expect("a walk");
    assert_eq!((items.len(), server.seen().len()), (3, 4));
}

#[tokio::test]
async fn a_cursor_that_comes_twice_ends_in_an_error() {
    let server = Server::start(|_, count| {
        page(
            &entries(count, count + 1),
            if count % 2 == 0 { r#""next": "a""# } else { r#""next": "b""# },
        )
    })
    .await;
    let mut walk = ByCursor::new(&Client::of(&server)).items();
    let mut ids = Vec::new();
    let error = loop {
        match walk.next().await.expect("no silent end") {
            Ok(item) => ids.push(item.id),
            Err(error) => break error,
        }
    };
    assert_eq!(
        error.to_string(),
        "the walk over pages stopped: `cursor` is a for the second time, so the walk would go in circles"
    );
    assert!(walk.next().await.is_none(), "after an error a walk is over");
    assert_eq!(ids, [Some(0), Some(1), Some(2)], "what came is given first");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_next_page_on_another_host_is_refused() {
    let other = Server::always(vec![json("{}")]).await;
    let next = format!(r#""_pagination": {{"next_page": "{}/api/list?offset=100"}}"#, other.url);
    let server = Server::start(move |_, _| page(&entries(0, 100), &next)).await;
    let mut pages = ByOffset::new(&Client::of(&server)).pages();
    assert_eq!(pages.next().await.expect("a page").expect("itself is good").data.items.len(), 100);
    let error = pages.next().await.expect("an end").expect_err("another host");
    assert!(matches!(error, Error::Paging(_)), "{error}");
    assert_eq!((server.seen().len(), other.seen().len()), (1, 0));

    // The documented host is no stranger: a mock repeats it in its examples. The request still goes home.
    let server = Server::start(|_, count| {
        let next =
            if count == 0 { r#""https://api.example.com/api/list?offset=100""# } else { "null" };
        page(
            &entries(count * 100, count * 100 + 100),
            &format!(r#""_pagination": {{"next_page": {next}}}"#),
        )
    })
    .await;
    let items = ByOffset::new(&Client::of(&server)).items().collect_all().await.expect("a walk");
    assert_eq!((items.len(), server.seen().len()), (200, 2));
}

#[tokio::test]
async fn a_walk_ends_where_the_caller_says() {
    let server =
        Server::start(|_, count| page(&entries(0, 100), &format!(r#""next": "c{count}""#))).await;
    let client = Client::of(&server);
    let mut pages = ByCursor::new(&client).pages().max_pages(2);
    let mut count = 0;
    while let Some(page) = pages.next().await {
        count += page.expect("a page").data.items.len();
    }
    assert_eq!((count, server.seen().len()), (200, 2));
    let some = ByCursor::new(&client).items().max_items(150).collect_all().await.expect("a walk");
    assert_eq!((some.len(), server.seen().len()), (150, 4));
}

#[tokio::test]
async fn a_failure_ends_the_walk_and_comes_out() {
    let server = Server::start(|_, count| match count {
        0 => page(&entries(0, 1), r#""next": "a""#),
        _ => vec![crate::server::reply(404, &[], "")],
    })
    .await;
    let error = ByCursor::new(&Client::of(&server)).items().collect_all().await.expect_err("404");
    assert!(error.is_not_found());
}

#[tokio::test]
async fn drift_does_not_end_a_walk() {
    let server = Server::start(|_, count| match count {
        0 => page(r#"[{"id": "zero"}, 7]"#, r#""next": "a""#),
        _ => page(&entries(1, 2), r#""next": null"#),
    })
    .await;
    let items = ByCursor::new(&Client::of(&server)).items().collect_all().await.expect("a walk");
    assert_eq!(items.iter().map(|item| item.id).collect::<Vec<_>>(), [None, Some(1)]);
}

#[tokio::test]
async fn by_pages_that_count_from_zero() {
    let server = walk!(
        FromZero,
        Server::start(|seen, _| {
            let from = number(seen, "page") * 100;
            page(&entries(from, from + 100), &format!(r#""more": {}"#, from + 100 < ALL))
        }),
        3
    );
    let asked: Vec<Option<String>> =
        server.seen().iter().map(|seen| seen.query("page").map(str::to_owned)).collect();
    assert_eq!(asked, [None, Some("1".to_owned()), Some("2".to_owned())]);
}

#[tokio::test]
async fn by_the_last_item() {
    let server = walk!(
        ByLastItem,
        Server::start(|seen, _| {
            let from = seen.query("after").map_or(0, |_| number(seen, "after") + 1);
            page(&entries(from, from + 100), &format!(r#""more": {}"#, from + 100 < ALL))
        }),
        3
    );
    assert_eq!(server.seen()[1].query("after"), Some("99"));
}

/// Without the flag a walk by the last item goes on until nothing comes.
#[tokio::test]
async fn by_the_last_item_without_a_flag() {
    walk!(
        ByLastItem,
        Server::start(|seen, _| {
            let from = seen.query("after").map_or(0, |_| number(seen, "after") + 1);
            page(&entries(from, from + 100), r#""x": 1"#)
        }),
        4
    );
}

/// A walk that cannot go on, and has not arrived, is an error and never an end.
#[tokio::test]
async fn more_follows_and_nothing_leads_on() {
    let stuck = |rest: &'static str| Server::start(move |_, _| page(&entries(0, 3), rest));
    let server = stuck(r#""more": true, "next": null"#).await;
    let client = Client::of(&server);
    let error = ByCursorWithFlag::new(&client).items().collect_all().await.expect_err("stuck");
    assert_eq!(
        error.to_string(),
        "the walk over pages stopped: /more of the reply says that more follows, and the reply not where; a rule under `paging` in client.yaml without `more: /more` does not trust it"
    );
    let server = Server::start(|_, _| page("[]", r#""more": true"#)).await;
    let client = Client::of(&server);
    ByLastItem::new(&client).items().collect_all().await.expect_err("stuck");
    let server = Server::start(|_, _| page(r#"[{"date": "x"}]"#, r#""more": true"#)).await;
    let client = Client::of(&server);
    let error = ByLastItem::new(&client).items().collect_all().await.expect_err("no id");
    assert_eq!(
        error.to_string(),
        "the walk over pages stopped: the last entry of the page has no `id`"
    );
    // The same entries for ever are a circle.
    let server = stuck(r#""more": true"#).await;
    let client = Client::of(&server);
    let error = ByLastItem::new(&client).items().collect_all().await.expect_err("a circle");
    assert!(error.to_string().contains("in circles"), "{error}");
}
