//! States of compression that belong to the thread, lent to a socket for one message.
//!
//! An idle socket without context takeover owns none. A compressor has up to 380 KB and an inflater
//! 48 KB, so a thread keeps only a few.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress};

use crate::session::MAX_WINDOW_BITS;

/// The number of free compressors that a thread keeps. Each has a level and a window of its own.
const COMPRESSORS: usize = 3;

/// The number of free inflaters and of output buffers that a thread keeps. One is in use at a time.
const KEPT: usize = 1;

/// The capacity of a free output buffer.
pub(super) const OUTPUT: usize = 64 * 1024;

/// The parameters of a compressor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strength {
    pub(super) level: u8,
    pub(super) window_bits: u8,
}

impl Strength {
    pub(super) fn compressor(self) -> Compress {
        let level = Compression::new(u32::from(self.level));
        Compress::new_with_window_bits(level, false, self.window_bits)
    }
}

/// Creates an inflater, whose window suits every compressor.
pub(super) fn inflater() -> Decompress {
    Decompress::new_with_window_bits(false, MAX_WINDOW_BITS)
}

#[derive(Debug, Default)]
struct StatePool {
    compressors: Vec<(Strength, Compress)>,
    inflaters: Vec<Decompress>,
    outputs: Vec<Vec<u8>>,
}

thread_local! {
    static POOL: RefCell<StatePool> = const {
        RefCell::new(StatePool {
            compressors: Vec::new(),
            inflaters: Vec::new(),
            outputs: Vec::new(),
        })
    };
}

/// Calls `compress` with a compressor of the thread that has no context.
pub(super) fn with_compressor<T>(
    strength: Strength,
    compress: impl FnOnce(&mut Compress) -> T,
) -> T {
    let free = POOL.with(|pool| {
        let free = &mut pool.borrow_mut().compressors;
        let found = free.iter().position(|(own, _)| *own == strength);
        found.map(|at| free.remove(at).1)
    });
    let mut state = free.unwrap_or_else(|| strength.compressor());
    let result = compress(&mut state);
    state.reset();
    POOL.with(|pool| {
        let free = &mut pool.borrow_mut().compressors;
        if free.len() == COMPRESSORS {
            // The one that has waited longest.
            free.remove(0);
        }
        free.push((strength, state));
    });
    result
}

/// Calls `inflate` with an inflater of the thread that has no context.
pub(super) fn with_inflater<T>(inflate: impl FnOnce(&mut Decompress) -> T) -> T {
    let free = POOL.with(|pool| pool.borrow_mut().inflaters.pop());
    let mut state = free.unwrap_or_else(inflater);
    let result = inflate(&mut state);
    state.reset(false);
    POOL.with(|pool| {
        let free = &mut pool.borrow_mut().inflaters;
        if free.len() < KEPT {
            free.push(state);
        }
    });
    result
}

/// Calls `fill` with an empty buffer of the thread, which may grow.
pub(super) fn with_output<T>(fill: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let free = POOL.with(|pool| pool.borrow_mut().outputs.pop());
    let mut output = free.unwrap_or_else(|| Vec::with_capacity(OUTPUT));
    let result = fill(&mut output);
    if (OUTPUT..=2 * OUTPUT).contains(&output.capacity()) {
        output.clear();
        POOL.with(|pool| {
            let free = &mut pool.borrow_mut().outputs;
            if free.len() < KEPT {
                free.push(output);
            }
        });
    }
    result
}

/// Returns the number of free compressors and inflaters of the thread.
#[cfg(test)]
pub(super) fn free() -> (usize, usize) {
    POOL.with(|pool| {
        let pool = pool.borrow();
        (pool.compressors.len(), pool.inflaters.len())
    })
}
