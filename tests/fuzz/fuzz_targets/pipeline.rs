//! The whole pipeline, twice: the second run, with the lock of the first, writes the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout, Source, generate};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let layout = || Layout::Standalone { name: "fuzz".into(), runtime: "../runtime".into() };
    let inputs = Inputs::new(Source { path: "fuzz", text }, layout());
    let Some(first) = generate(&inputs, &mut Diagnostics::new()) else { return };
    let lock = first.files.iter().find(|file| file.path.ends_with("names.lock"));
    let Some(lock) = lock.and_then(|file| std::str::from_utf8(&file.contents).ok()) else { return };
    let again = Inputs {
        names_lock: Some(Source { path: "names.lock", text: lock }),
        ..Inputs::new(Source { path: "fuzz", text }, layout())
    };
    let second = generate(&again, &mut Diagnostics::new()).expect("it worked before");
    assert_eq!(first.surface, second.surface);
    for (one, two) in first.files.iter().zip(&second.files) {
        assert!(one.path == two.path && one.contents == two.contents, "{}", one.path);
    }
});
