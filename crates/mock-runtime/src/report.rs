//! What a test is told when its expectations were not met.

use std::fmt::Write;

use bytes::Bytes;
use http::Request;

use crate::checks::{self, Input};
use crate::engine::{Engine, State};
use crate::record::Received;
use crate::router::Found;
use crate::service::Service;
use crate::stub::{Seen, Stub};
use crate::text;

/// Most requests that a report lists.
const LISTED: usize = 10;

/// Everything that was expected and did not come, and everything that came and was not expected.
/// `None` when all is as expected.
pub(crate) fn of(engine: &Engine) -> Option<String> {
    let state = engine.state();
    let mut report = String::new();
    for stub in state.stubs.iter().filter(|stub| stub.hits < stub.times.least) {
        unmet(&engine.service, &state, stub, &mut report);
    }
    let unmatched: Vec<_> = state.log.entries().filter(|received| received.unmatched).collect();
    for received in unmatched.iter().take(LISTED) {
        let _ = writeln!(report, "unexpected request #{}: {}", received.number, received.line());
    }
    if unmatched.len() > LISTED {
        let _ = writeln!(report, "and {} more unexpected requests", unmatched.len() - LISTED);
    }
    if report.is_empty() { None } else { Some(report) }
}

fn unmet(service: &Service, state: &State, stub: &Stub, report: &mut String) {
    let operation = &service.operations()[stub.operation];
    let _ =
        writeln!(report, "expected {} {}, got {}", stub.describe(operation), stub.times, stub.hits);
    let compared =
        state.log.entries().map(|received| (differences(service, stub, received), received));
    // Requests that the stub did answer are not the ones that are missing.
    let nearest = compared
        .filter(|(differences, _)| !differences.is_empty())
        .min_by_key(|(differences, _)| weight(differences));
    match nearest {
        None => {
            let _ = writeln!(report, "  no other request came in");
        }
        Some((differences, received)) => {
            let _ = writeln!(report, "  nearest request: #{} {}", received.number, received.line());
            for difference in differences {
                let _ = writeln!(report, "    {difference}");
            }
        }
    }
}

/// A wrong path weighs more than a wrong method, and that more than any number of wrong values.
fn weight(differences: &[String]) -> usize {
    let first = differences.first().map(String::as_str).unwrap_or_default();
    let wrong_place = if first.starts_with("path:") {
        2_000
    } else if first.starts_with("method:") {
        1_000
    } else {
        0
    };
    wrong_place + differences.len()
}

/// Where a received request differs from what a stub expects.
fn differences(service: &Service, stub: &Stub, received: &Received) -> Vec<String> {
    let operation = &service.operations()[stub.operation];
    let method = operation.method.parse().unwrap_or_default();
    let Found::Operation { operation: found, values } = service.find(&method, received.uri.path())
    else {
        return vec![format!("path: expected {}, got {}", operation.path, received.uri.path())];
    };
    if found != stub.operation {
        return vec![format!("path: expected {}, got {}", operation.path, received.uri.path())];
    }
    if received.method != method {
        return vec![format!("method: expected {method}, got {}", received.method)];
    }
    let query = text::pairs(received.uri.query().unwrap_or_default(), 1_000).unwrap_or_default();
    let input = input(service, stub.operation, received, &values, &query);
    let seen = Seen {
        operation,
        uri: &received.uri,
        headers: &received.headers,
        bytes: &received.body,
        path: &values,
        query: &query,
        input: &input,
    };
    let mut told = stub.differences(&seen);
    if received.blame.is_some() && !received.unmatched {
        told.insert(0, format!("it was refused: {}", received.note.as_deref().unwrap_or_default()));
    }
    told
}

/// What the request said; of a refused one, its body at least.
fn input(
    service: &Service,
    operation: usize,
    received: &Received,
    path: &[(String, String)],
    query: &[text::Pair<'_>],
) -> Input {
    let mut request = Request::new(Bytes::clone(&received.body));
    *request.method_mut() = received.method.clone();
    *request.uri_mut() = received.uri.clone();
    request.headers_mut().clone_from(&received.headers);
    let read = checks::input(
        &service.operations()[operation],
        service.compiled(operation),
        &request,
        path,
        query,
    );
    read.unwrap_or_else(|_| Input {
        body: serde_json::from_slice(&received.body).ok(),
        ..Input::default()
    })
}
