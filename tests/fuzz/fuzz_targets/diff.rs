//! Two documents side by side: every report can be written, and a document differs in nothing from itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::diff::{Format, compare};
use lockstep_generator::{Inputs, Layout, Source};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // The two halves of a seed stand behind each other.
    let (one, two) = text.split_once("\n=====\n").unwrap_or((text, text));
    let inputs = |text| Inputs::new(Source { path: "fuzz", text }, Layout::Workspace);
    if let Some(changes) = compare(&inputs(one), &inputs(two), &mut Diagnostics::new()) {
        for format in [Format::Text, Format::Markdown, Format::Json] {
            let report = changes.render(format, None);
            assert!(!report.contains(['\u{1b}', '\u{202e}']), "{report:?}");
        }
    }
    if let Some(changes) = compare(&inputs(two), &inputs(two), &mut Diagnostics::new()) {
        assert!(changes.list.is_empty(), "{}", changes.render(Format::Text, None));
    }
});
