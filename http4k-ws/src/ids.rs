//! Tables by the number that the library gives to a connection, a socket or a stream.
//!
//! No peer chooses such a number, so its hash need not resist an attack: it is one multiplication,
//! a tenth of what the default hash of the standard library costs.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table by number.
pub(crate) type IdMap<V> = HashMap<u64, V, BuildHasherDefault<IdHasher>>;

/// The hash of a number that the library has counted.
#[derive(Debug, Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    #[inline]
    fn write_u64(&mut self, id: u64) {
        // Knuth's multiplicative hash: a table uses the lowest and the highest bits.
        self.0 = (self.0 ^ id).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    use super::*;

    /// A table takes its places from the lowest bits, and compares the highest seven first.
    #[test]
    fn numbers_in_a_row_differ_in_their_lowest_and_in_their_highest_bits() {
        let hasher = BuildHasherDefault::<IdHasher>::default();
        for first in [0, 25_000, u64::MAX / 2] {
            let hashes = (first..first + 1024).map(|id| hasher.hash_one(id));
            let (low, high): (HashSet<_>, HashSet<_>) =
                hashes.map(|hash| (hash % 1024, hash >> 57)).unzip();
            assert_eq!((low.len(), high.len()), (1024, 128), "{first}");
        }
    }
}
