//! The reader: text of any kind to a document or to diagnostics that a person can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockstep_generator::Source;
use lockstep_generator::diagnostic::{Diagnostics, Printer, Style};
use lockstep_generator::read::{decode, prepare};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = decode("fuzz", data) else { return };
    let mut diagnostics = Diagnostics::new();
    let _ = prepare(&Source { path: "fuzz", text: &text }, None, &mut diagnostics);
    let sources = [("fuzz", &*text)];
    let printer = Printer::new(&sources, Style::Plain);
    for diagnostic in diagnostics.iter().take(50) {
        let shown = printer.render(diagnostic);
        assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{shown:?}");
    }
});
