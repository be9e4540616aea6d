//! Buffers of the thread, lent to a socket while its bytes are on their way.
//!
//! A socket that is idle owns none, and a poll finds one that the processor's caches still know.

use std::cell::RefCell;
use std::thread::LocalKey;

/// So much is read at once.
const CHUNK: usize = 64 * 1024;

/// So much is gathered before it is written, and what a last short message adds to it.
pub(super) const GATHERED: usize = 64 * 1024;
const WRITE_BUFFER: usize = GATHERED + 20 * 1024;

/// The number of free buffers of each kind that a thread keeps. One is used at a time, for bytes that have
/// to wait are mostly moved out of it.
const KEPT: usize = 2;

type Free<T> = RefCell<Vec<T>>;

thread_local! {
    static TO_READ: Free<Box<[u8]>> = const { RefCell::new(Vec::new()) };
    static TO_WRITE: Free<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn take<T>(free: &'static LocalKey<Free<T>>) -> Option<T> {
    free.with(|free| free.borrow_mut().pop())
}

fn give_back<T>(free: &'static LocalKey<Free<T>>, buffer: T) {
    free.with(|free| {
        let mut free = free.borrow_mut();
        if free.len() < KEPT {
            free.push(buffer);
        }
    });
}

/// A buffer to read into.
pub(super) fn to_read() -> Box<[u8]> {
    take(&TO_READ).unwrap_or_else(|| vec![0; CHUNK].into())
}

pub(super) fn read(buffer: Box<[u8]>) {
    give_back(&TO_READ, buffer);
}

/// An empty buffer to gather in what is to be written.
pub(super) fn to_write() -> Vec<u8> {
    take(&TO_WRITE).unwrap_or_else(|| Vec::with_capacity(WRITE_BUFFER))
}

/// Gives back a buffer whose bytes are written; one that is too small or has grown is dropped.
pub(super) fn written(mut buffer: Vec<u8>) {
    if (WRITE_BUFFER..=2 * WRITE_BUFFER).contains(&buffer.capacity()) {
        buffer.clear();
        give_back(&TO_WRITE, buffer);
    }
}

/// Whether `buffer` is of the thread's, and too good to be kept waiting.
pub(super) fn is_lent(buffer: &Vec<u8>) -> bool {
    buffer.capacity() >= WRITE_BUFFER
}
