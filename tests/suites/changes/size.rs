//! Large documents: 4 MB each in a release build, a part of that otherwise.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::diff::{Class, compare};
use lockstep_generator::{Inputs, Layout, Source};

const COPIES: usize = if cfg!(debug_assertions) { 10 } else { 215 };

/// The document of the first day with its operation many times over.
fn large() -> String {
    let text = std::fs::read_to_string(lockstep_tests::frozen().join("openapi.yaml"));
    let text = text.expect("the document");
    let start = text.find("\npaths:\n").expect("paths") + "\npaths:\n".len();
    let rest = &text[start..];
    let end = rest.find("\ncomponents:").map_or(rest.len(), |at| at + 1);
    let mut large = text[..start].to_owned();
    for copy in 0..COPIES {
        let path = rest[..end].replace("/overview:", &format!("/overview{copy}:"));
        let path = path.replace("getMassMessageOverview", &format!("getMassMessageOverview{copy}"));
        large.write_str(&path).expect("a string takes everything");
    }
    large + &rest[end..]
}

#[test]
fn large_documents_take_little_time_and_memory() {
    let before = large();
    let after = before.replace("example: 123\n", "example: 124\n");
    let inputs = |text| Inputs::new(Source { path: "large.yaml", text }, Layout::Workspace);
    let start = Instant::now();
    let changes = compare(&inputs(&before), &inputs(&after), &mut Diagnostics::new());
    let taken = start.elapsed();
    let changes = changes.expect("changes");
    assert_eq!((changes.wire(), changes.rust()), (Class::Docs, Class::Docs));
    assert_eq!(changes.list.len(), 1, "examples are one line");
    if !cfg!(debug_assertions) {
        assert!(before.len() > 4_000_000, "{} bytes are not large", before.len());
        assert!(taken < Duration::from_secs(1), "it took {taken:?}");
        assert!(peak().is_none_or(|kilobytes| kilobytes < 200_000), "{:?} kB", peak());
    }
}

/// The most memory that this process ever had, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
