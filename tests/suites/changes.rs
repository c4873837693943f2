//! What changed between two documents: every folder of `tests/changes` holds a pair of them, the verdicts that somebody
//! gave by hand, a small program, and the report.
//!
//! The program proves the verdict for Rust: it is compiled against the client of either document.

#[path = "changes/command.rs"]
mod command;
#[path = "changes/compile.rs"]
mod compile;
#[path = "growth/random.rs"]
mod dice;
#[path = "changes/gates.rs"]
mod gates;
#[path = "changes/pairs.rs"]
mod pairs;
#[path = "changes/random.rs"]
mod random;
#[path = "changes/reports.rs"]
mod reports;
#[path = "changes/size.rs"]
mod size;
