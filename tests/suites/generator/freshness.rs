//! What is committed is what the generator writes: the same check as `cargo xtask regenerate --check`.

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout};
use lockstep_tests::repository;
use xtask::cli::{MessageFormat, Options};
use xtask::report::Report;
use xtask::workspace::Input;

#[test]
fn everything_generated_is_fresh() {
    let (mut shown, mut told) = (Vec::new(), Vec::new());
    let mut report = Report::new(MessageFormat::Human, &mut shown, &mut told);
    let options = Options { check: true, ..Options::default() };
    let outcome = xtask::commands::regenerate_in(repository(), &options, &mut report);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(outcome, Ok(xtask::Outcome::Done), "\n{}\n{}", text(&shown), text(&told));
}

/// The page that a reviewer reads: the public face of the client, one line per operation and type.
#[test]
fn the_surface_is_the_one_that_was_accepted() {
    let spec = repository().join("spec");
    let read = |name: &str| {
        Input::read_if_there(&spec.join(name), &format!("spec/{name}")).expect("it is readable")
    };
    let document = read("openapi.yaml").expect("the document");
    let (overlay, config, names) = (read("overlay.yaml"), read("client.yaml"), read("names.lock"));
    let inputs = Inputs {
        overlay: overlay.as_ref().map(Input::source),
        config: config.as_ref().map(Input::source),
        names_lock: names.as_ref().map(Input::source),
        ..Inputs::new(document.source(), Layout::Workspace)
    };
    let output = lockstep_generator::generate(&inputs, &mut Diagnostics::new()).expect("an output");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(lockstep_tests::folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("surface", output.surface));
}
