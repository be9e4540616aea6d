//! A seeded source of random numbers, for jitter and for the seeded scheduler of the tests.
//!
//! A failed test prints its seed, so a seed must mean the same in every version of the library. The
//! generators of `rand` do not promise that. None of these numbers is a secret: the masks and keys
//! of the handshake come from `rand` itself.

#[cfg(any(feature = "server", feature = "client"))]
use std::hash::{BuildHasher, RandomState};

/// SplitMix64: fast, evenly distributed and predictable.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Returns a generator with a seed of its own.
    #[cfg(any(feature = "server", feature = "client"))]
    pub(crate) fn new() -> Self {
        // The keys of the standard library's hash maps are random.
        Self(RandomState::new().hash_one(()))
    }

    /// Returns a generator whose numbers depend on `seed` alone.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns an index below `limit`, which must not be 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Returns a fraction from 0 to below 1.
    #[cfg(any(feature = "server", feature = "client"))]
    pub(crate) fn fraction(&mut self) -> f64 {
        // An `f64` holds 53 bits exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_numbers() {
        let numbers = |seed| {
            let mut random = Random::seeded(seed);
            (0..20).map(|_| random.next()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
        // The reference value of SplitMix64.
        assert_eq!(numbers(0)[0], 0xE220_A839_7B1D_CDAF);
    }

    #[cfg(any(feature = "server", feature = "client"))]
    #[test]
    fn without_a_seed_the_numbers_differ() {
        assert_ne!(Random::new().next(), Random::new().next());
    }

    #[test]
    fn numbers_are_in_bounds() {
        let mut random = Random::seeded(3);
        for limit in 1..100 {
            assert!(random.below(limit) < limit);
        }
        let four: Vec<_> = (0..20).map(|_| random.below(4)).collect();
        assert!((0..4).all(|number| four.contains(&number)));
        #[cfg(any(feature = "server", feature = "client"))]
        for _ in 0..100 {
            assert!((0.0..1.0).contains(&random.fraction()));
        }
    }
}
