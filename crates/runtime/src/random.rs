//! Numbers nobody can guess well, from the standard library alone.
//!
//! They make idempotency keys, boundaries and jitter; no secret depends on them.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// 128 bits. `RandomState` is keyed by the operating system, and the counter makes each call differ.
pub(crate) fn bits() -> u128 {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let state = RandomState::new();
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let half = |salt: u64| u128::from(state.hash_one((salt, count)));
    half(1) << 64 | half(2)
}

/// A number from 0 up to, and without, 1.
pub(crate) fn unit() -> f64 {
    // 53 bits fill the mantissa of an f64 exactly.
    let mantissa = u64::try_from(bits() >> 75).unwrap_or_default();
    mantissa as f64 / (1_u64 << 53) as f64
}

/// A random (version 4) UUID.
pub(crate) fn uuid() -> uuid::Uuid {
    uuid::Builder::from_random_bytes(bits().to_be_bytes()).into_uuid()
}
