//! What is committed is what the generator writes: the same check as `cargo xtask regenerate --check`.

use lockstep_tests::repository;
use xtask::cli::{MessageFormat, Options};
use xtask::report::Report;

#[test]
fn everything_generated_is_fresh() {
    let (mut shown, mut told) = (Vec::new(), Vec::new());
    let mut report = Report::new(MessageFormat::Human, &mut shown, &mut told);
    let options = Options { check: true, ..Options::default() };
    let outcome = xtask::commands::regenerate_in(repository(), &options, &mut report);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(outcome, Ok(xtask::Outcome::Done), "\n{}\n{}", text(&shown), text(&told));
}
