//! Buffers of the thread, lent to a socket while it reads or writes.
//!
//! An idle socket owns none, and a poll finds one that is still in the caches of the processor.

use std::cell::RefCell;
use std::thread::LocalKey;

/// The bytes that are read at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// The bytes that are gathered before they are written, and the room for a last short message.
pub(super) const GATHERED: usize = 64 * 1024;
const WRITE_BUFFER: usize = GATHERED + 20 * 1024;

/// The number of free buffers of each kind that a thread keeps. One is in use at a time, because
/// bytes that wait are mostly moved out of it.
const KEPT: usize = 2;

type Free<T> = RefCell<Vec<T>>;

thread_local! {
    static TO_READ: Free<Box<[u8]>> = const { RefCell::new(Vec::new()) };
    static TO_WRITE: Free<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn take<T>(free: &'static LocalKey<Free<T>>) -> Option<T> {
    free.with(|free| free.borrow_mut().pop())
}

fn put_back<T>(free: &'static LocalKey<Free<T>>, buffer: T) {
    free.with(|free| {
        let mut free = free.borrow_mut();
        if free.len() < KEPT {
            free.push(buffer);
        }
    });
}

/// Borrows a buffer to read into.
pub(super) fn for_reading() -> Box<[u8]> {
    take(&TO_READ).unwrap_or_else(|| vec![0; CHUNK].into())
}

/// Returns a buffer whose bytes are decoded. One that is not the thread's is dropped.
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
