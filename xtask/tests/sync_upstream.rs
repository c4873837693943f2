//! Fetching from a server that misbehaves in every way that is known.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use xtask::Outcome;
use xtask::import::{Form, SourceLock};

#[allow(dead_code, reason = "each test program uses a part of it")]
mod common;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "common/server.rs"]
mod server;

use common::{files, page_of, repository};
use server::{Server, reply, sync, sync_with};

fn document(root: &Path) -> String {
    fs::read_to_string(root.join("spec/openapi.yaml")).expect("the document")
}

#[test]
fn a_server_that_misbehaves_changes_nothing() {
    let repository = repository();
    let root = repository.path();
    let good = document(root);
    let server = Server::start(move |path, _, stream| match path {
        "/cut" => {
            let half = &good[..good.len() / 2];
            let _ =
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{half}", good.len());
        }
        "/cut-chunk" => {
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nopena\r\n"
            );
        }
        "/html" => reply(
            stream,
            "200 OK",
            "Content-Type: text/html\r\n",
            "<!doctype html><html><body>Sign in</body></html>",
        ),
        "/500" => reply(stream, "500 Internal Server Error", "", "oops"),
        "/404" => reply(stream, "404 Not Found", "", "none"),
        "/304" => reply(stream, "304 Not Modified", "", ""),
        "/loop" => reply(stream, "302 Found", "Location: /loop\r\n", ""),
        "/endless" => {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nopenapi: 3.0.3\n");
            while stream.write_all(&[b'#'; 8192]).is_ok() {}
        }
        "/slow" => {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nopenapi: 3.0.3\n");
            while stream.write_all(b"#").is_ok() {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        "/bytes" => {
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xfe\xfd\xfc");
        }
        "/unparsable" => reply(stream, "200 OK", "", "openapi: 3.0.3\npaths: {\n"),
        "/other" => reply(
            stream,
            "200 OK",
            "",
            "openapi: 3.0.3\ninfo: {title: Other, version: '1'}\npaths: {}\n",
        ),
        "/empty" => reply(stream, "200 OK", "", ""),
        "/garbage" => {
            let _ = stream.write_all(b"SSH-2.0-OpenSSH_9\r\n");
        }
        _ => {}
    });
    let before = files(root);
    let mut all = String::new();
    let paths = [
        "cut",
        "cut-chunk",
        "html",
        "500",
        "404",
        "304",
        "loop",
        "endless",
        "slow",
        "bytes",
        "unparsable",
        "other",
        "empty",
        "garbage",
        "close",
    ];
    for path in paths {
        let (outcome, text) = sync(root, &format!("{}/{path}", server.address));
        assert_eq!(outcome, Outcome::Failed, "{path}: {text}");
        assert_eq!(files(root), before, "{path} changed something");
        all.push_str(&format!("== {path}\n{}\n", text.replace(&server.address, "http://HOST")));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn only_https_leaves_this_machine() {
    let repository = repository();
    for address in [
        "http://example.com/openapi.yaml",
        "http://127.0.0.1.example.com/",
        "ftp://example.com/",
        "http://localhost@example.com/",
    ] {
        let (outcome, text) = sync(repository.path(), address);
        assert_eq!(outcome, Outcome::Failed);
        assert!(text.contains("https"), "{text}");
    }
}

#[test]
fn a_whole_document_comes_in_once_and_is_asked_for_by_its_tag_after() {
    let repository = repository();
    let root = repository.path();
    let body = document(root).replace("example: 123", "example: 124");
    let sent = body.clone();
    let server = Server::start(move |_, head, stream| {
        if head.contains("if-none-match: \"v1\"") {
            reply(stream, "304 Not Modified", "", "");
        } else {
            reply(
                stream,
                "200 OK",
                "ETag: \"v1\"\r\nLast-Modified: Mon, 23 Nov 2026 00:00:00 GMT\r\n",
                &sent,
            );
        }
    });
    let address = format!("{}/openapi.yaml", server.address);
    let (outcome, text) = sync(root, &address);
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert_eq!(document(root), body);
    let lock = SourceLock::read(&root.join("spec"), "spec").expect("a lock");
    let entry = &lock.files["openapi.yaml"];
    assert_eq!((lock.form, entry.etag.as_deref()), (Form::Document, Some("\"v1\"")));
    assert_eq!(entry.origin, address);

    let before = files(root);
    let (outcome, text) = sync(root, &address);
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert!(text.ends_with("1 unchanged; 1 operation in all\nnothing to write\n"), "{text}");
    assert_eq!(files(root), before);

    // Bytes that were changed here do not count as the answer of before.
    fs::write(root.join("spec/openapi.yaml"), body.replace("example: 124", "example: 9"))
        .expect("a file");
    let (outcome, text) = sync(root, &address);
    assert_eq!(outcome, Outcome::Done, "{text}");
    assert_eq!(files(root), before);
    assert_eq!(server.asked(), 3);
}

#[test]
fn an_index_is_followed_to_its_pages() {
    let repository = repository();
    let root = repository.path();
    let broken = Arc::new(Mutex::new(String::new()));
    let breaks = broken.clone();
    let server = Server::start(move |path, _, stream| {
        if path == *breaks.lock().expect("the path") {
            return reply(stream, "500 Internal Server Error", "", "");
        }
        match path {
            "/llms.txt" => reply(
                stream,
                "200 OK",
                "",
                "# Docs\n\n- [A](/a.md)\n- [B](/b.md): text\n- [Guide](/guide.md)\n- [Else](https://example.com/x.md)\n",
            ),
            "/a.md" => reply(stream, "200 OK", "ETag: \"a\"\r\n", &page_of("chats")),
            "/b.md" => reply(stream, "200 OK", "", &page_of("fans/{fan}")),
            "/guide.md" => reply(stream, "200 OK", "", "# Guide\n\nprose\n"),
            "/guides.txt" => {
                reply(stream, "200 OK", "", "# Docs\n\n- [Guide](/guide.md)\n- [G](/g.md)\n")
            }
            "/g.md" => reply(stream, "200 OK", "", "# Guide\n\nprose\n"),
            "/sites.txt" => {
                reply(stream, "200 OK", "", "# Docs\n\n- [Guide](/guide.md)\n- [S](/s.md)\n")
            }
            "/s.md" => reply(stream, "200 OK", "", "<html>"),
            _ => reply(stream, "404 Not Found", "", ""),
        }
    });
    let index = format!("{}/llms.txt", server.address);
    let before = files(root);
    for path in ["/b.md", "/guide.md"] {
        *broken.lock().expect("the path") = path.to_owned();
        // What an earlier round kept would not be asked for.
        let _ = fs::remove_dir_all(root.join("target"));
        let (outcome, text) = sync(root, &index);
        assert_eq!(outcome, Outcome::Failed);
        assert!(
            text.contains(&format!("{path}: the server says 500 Internal Server Error (2 tries)")),
            "{text}"
        );
        assert_eq!(files(root), before);
    }
    broken.lock().expect("the path").clear();
    for (path, what) in [
        ("guides.txt", "none of the 2 pages that the index lists holds an operation"),
        ("sites.txt", "/s.md is an HTML page"),
    ] {
        let (outcome, text) = sync(root, &format!("{}/{path}", server.address));
        assert_eq!(outcome, Outcome::Failed);
        assert!(text.starts_with("error[upstream-changed]") && text.contains(what), "{text}");
        assert_eq!(files(root), before);
    }

    let (outcome, text) = sync_with(root, &index, |command| command.allow_shrink = true);
    let text = text.replace(&server.address, "http://HOST");
    assert_eq!(outcome, Outcome::Done, "{text}");
    insta::assert_snapshot!(text);
    let pages: Vec<_> = files(&root.join("spec/pages")).into_iter().map(|(path, _)| path).collect();
    let expected = ["get.api.{account}.chats.md", "get.api.{account}.fans.{fan}.md"];
    assert_eq!(pages, expected.map(std::path::PathBuf::from));
}

#[test]
fn many_operations_do_not_vanish_unasked() {
    let repository = repository();
    let root = repository.path();
    let document = |count: usize| {
        let paths: String = (0..count)
            .map(|at| {
                format!(
                    "  /p/{at}: {{ get: {{ responses: {{ '200': {{ description: ok }} }} }} }}\n"
                )
            })
            .collect();
        format!("openapi: 3.0.3\ninfo: {{ title: OnlyFans API, version: '1' }}\npaths:\n{paths}")
    };
    fs::write(root.join("spec/openapi.yaml"), document(20)).expect("a file");
    let server = Server::start(move |_, _, stream| reply(stream, "200 OK", "", &document(10)));
    let before = files(root);
    let (outcome, text) = sync(root, &server.address);
    assert_eq!(outcome, Outcome::Failed);
    assert!(text.contains("10 of 20 operations are missing"), "{text}");
    assert_eq!(files(root), before);
}
