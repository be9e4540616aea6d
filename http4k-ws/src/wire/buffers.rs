//! Buffers of the thread, lent to a socket while it reads or writes.
//!
//! An idle socket owns none, and a poll finds one that is still in the caches of the processor.

use std::cell::Cell;
use std::thread::LocalKey;

/// The bytes that are read at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// The bytes that are gathered before they are written, and the room for a last short message.
pub(super) const GATHERED: usize = 64 * 1024;
const WRITE_BUFFER: usize = GATHERED + 20 * 1024;

/// Two free buffers of a kind, of which each may be missing. One is in use at a time, because bytes
/// that wait are mostly moved out of it.
struct Free<T>(Cell<Option<T>>, Cell<Option<T>>);

thread_local! {
    static TO_READ: Free<Box<[u8]>> = const { Free(Cell::new(None), Cell::new(None)) };
    static TO_WRITE: Free<Vec<u8>> = const { Free(Cell::new(None), Cell::new(None)) };
}

#[inline]
fn take<T>(free: &'static LocalKey<Free<T>>) -> Option<T> {
    free.with(|free| free.0.take().or_else(|| free.1.take()))
}

#[inline]
fn put_back<T>(free: &'static LocalKey<Free<T>>, buffer: T) {
    free.with(|free| {
        if let Some(other) = free.0.replace(Some(buffer)) {
            free.1.set(Some(other));
        }
    });
}

/// Borrows a buffer to read into.
#[inline]
pub(super) fn for_reading() -> Box<[u8]> {
    take(&TO_READ).unwrap_or_else(|| vec![0; CHUNK].into())
}

/// Returns a buffer whose bytes are decoded. One that is not the thread's is dropped.
#[inline]
pub(super) fn return_read(buffer: Box<[u8]>) {
    if buffer.len() == CHUNK {
        put_back(&TO_READ, buffer);
    }
}

/// Borrows an empty buffer to gather frames in.
pub(super) fn for_writing() -> Vec<u8> {
    take(&TO_WRITE).unwrap_or_else(|| Vec::with_capacity(WRITE_BUFFER))
}

/// Returns a buffer whose bytes are written. One that is too small or has grown is dropped.
pub(super) fn return_written(mut buffer: Vec<u8>) {
    if (WRITE_BUFFER..=2 * WRITE_BUFFER).contains(&buffer.capacity()) {
        buffer.clear();
        put_back(&TO_WRITE, buffer);
    }
}

/// Returns `true` if `buffer` belongs to the thread, and should not hold bytes that wait.
pub(super) fn is_lent(buffer: &Vec<u8>) -> bool {
    buffer.capacity() >= WRITE_BUFFER
}
