//! A read buffer per thread. Connections read into it and then keep only what they need.

use std::cell::Cell;

/// The most bytes that are read at once.
pub(super) const LENGTH: usize = 32 * 1024;

thread_local! {
    static SCRATCH: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

/// Lends the buffer to `read`. It holds bytes of earlier reads, because clearing it each time would
/// cost more than reading a request.
///
/// A nested call uses a buffer of its own.
#[inline]
pub(super) fn with_scratch<T>(read: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut scratch = SCRATCH
        .take()
        .unwrap_or_else(|| vec![0; LENGTH].into_boxed_slice());
    let outcome = read(&mut scratch);
    SCRATCH.set(Some(scratch));
    outcome
}
