//! How far a run has come, for people who wait.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A bar on the last line of the terminal; nothing if there is none.
#[derive(Debug)]
pub(super) struct Progress {
    shown: bool,
    all: usize,
    done: AtomicUsize,
    bytes: AtomicUsize,
}

impl Progress {
    pub(super) fn new(all: usize, shown: bool) -> Self {
        let shown = shown && std::io::stderr().is_terminal();
        Self { shown, all, done: AtomicUsize::new(0), bytes: AtomicUsize::new(0) }
    }

    /// One more is done.
    pub(super) fn step(&self, bytes: usize) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if self.shown {
            let _ = write!(std::io::stderr(), "\r{}", bar(done, self.all, bytes));
            if done == self.all {
                let _ = writeln!(std::io::stderr());
            }
        }
    }

    /// How many bytes came in so far.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

fn bar(done: usize, all: usize, bytes: usize) -> String {
    const WIDTH: usize = 30;
    let full = (done * WIDTH).checked_div(all).unwrap_or(WIDTH).min(WIDTH);
    let megabytes = bytes as f64 / 1e6;
    format!("[{}{}] {done}/{all}, {megabytes:.1} MB", "#".repeat(full), "-".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_bar_fills() {
        assert_eq!(
            super::bar(1, 2, 1_500_000),
            format!("[{}{}] 1/2, 1.5 MB", "#".repeat(15), "-".repeat(15))
        );
        assert_eq!(super::bar(0, 0, 0).matches('#').count(), 30);
    }
}
