//! Objects that were read and gave nothing: not empty, and without a single field of their type.
//!
//! A type whose fields are all optional is read from any object, so `{"error": "..."}` would be an empty success. The
//! derive sees it while it reads, and must not fail: who decodes such a type by hand is content with an empty value.
//! So it leaves word here, on the thread that decodes, and costs good replies nothing.

use std::cell::Cell;

thread_local! {
    static WAS_SEEN: Cell<bool> = const { Cell::new(false) };
}

/// Leaves word of such an object.
pub(crate) fn note() {
    WAS_SEEN.set(true);
}

/// Whether there was one since the last call.
pub(crate) fn take() -> bool {
    WAS_SEEN.replace(false)
}

/// Does `work` and forgets what it left: an alternative of a union that does not fit is no news.
pub(crate) fn unnoticed<T>(work: impl FnOnce() -> T) -> T {
    let before = take();
    let outcome = work();
    WAS_SEEN.set(before);
    outcome
}
