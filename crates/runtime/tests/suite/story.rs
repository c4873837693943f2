//! Cases told in a few lines each: the outcome, the requests that the servers counted, and where the key was seen.

use std::fmt::Debug;
use std::time::Duration;

use lockstep_runtime::{Error, Response};

use crate::api::{Client, Envelope};
use crate::server::{KEY, Server};

pub(crate) const GOOD: &str = r#"{"data": {"items": [{"id": 1}]}}"#;
pub(crate) const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

/// The story of one case, in a few lines.
#[derive(Default)]
pub(crate) struct Story(Vec<String>);

impl Story {
    pub(crate) fn tell<T: Debug>(
        &mut self,
        title: &str,
        outcome: Result<T, Error>,
        servers: &[(&str, &Server)],
    ) {
        let (shown, debug) = match &outcome {
            Ok(value) => (format!("Ok {value:?}"), format!("{value:?}")),
            Err(error) => (format!("{}: {error}", kind(error)), format!("{error:?} {error}")),
        };
        assert!(!debug.contains(KEY) && !shown.contains(KEY), "the key is shown: {debug}");
        let mut lines = vec![format!("{title}\n  {shown}")];
        for (name, server) in servers {
            let seen = server.seen();
            let shown: Vec<String> = seen
                .iter()
                .map(|seen| {
                    format!(
                        "{} {}",
                        seen.method,
                        if seen.has_key() { "with key" } else { "no key" }
                    )
                })
                .collect();
            lines.push(format!("  {name}: {} requests [{}]", seen.len(), shown.join(", ")));
        }
        let mut text = lines.join("\n");
        for (name, server) in servers {
            text = text
                .replace(&server.url, &format!("<{name}>"))
                .replace(server.url.trim_start_matches("http://"), &format!("<{name}>"));
        }
        self.0.push(text);
    }

    pub(crate) fn end(self, name: &str) {
        insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!(name, self.0.join("\n\n")) });
    }
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Connect(_) => "Connect",
        Error::Timeout(_) => "Timeout",
        Error::Transport(_) => "Transport",
        Error::Status(_) => "Status",
        Error::Failure(_) => "Failure",
        Error::Decode(_) => "Decode",
        Error::TooLarge(_) => "TooLarge",
        _ => "Other",
    }
}

pub(crate) fn ids(reply: Response<Envelope>) -> Vec<i64> {
    reply.data.items.iter().filter_map(|item| item.id).collect()
}

/// One case: a GET, a POST, or a POST with an idempotency key, against a server that always does the same.
pub(crate) async fn case(story: &mut Story, title: &str, request: &str, server: Server) {
    // Only those who wait in vain may not wait for long.
    let is_silent = title.starts_with("hangs") || title.starts_with("drips");
    let timeout = if is_silent { Duration::from_millis(250) } else { Duration::from_secs(20) };
    let client = Client::tuned(&server, |builder| builder.timeout(timeout));
    let outcome = match request {
        "GET" => client.overview("acct").await.map(ids),
        "POST" => client.send("acct", "hello").await.map(ids),
        _ => client.send_keyed().await.map(ids),
    };
    story.tell(&format!("{request}: {title}"), outcome, &[("home", &server)]);
}
