//! Random delays, which a seed makes the same each time.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// A source of random delays: SplitMix64, which is fast and fair, and no secret.
#[derive(Debug)]
pub(super) struct Jitter(u64);

impl Jitter {
    pub(super) fn new(seed: Option<u64>) -> Self {
        // The keys of the standard library's hash maps are random.
        Self(seed.unwrap_or_else(|| RandomState::new().hash_one(())))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A time from none to `longest`, each as likely as the other.
    pub(super) fn up_to(&mut self, longest: Duration) -> Duration {
        // 53 bits are a fraction that `f64` holds exactly.
        let fraction = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        longest.mul_f64(fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_delays() {
        let delays = |seed| {
            let mut jitter = Jitter::new(seed);
            (0..10)
                .map(move |_| jitter.up_to(Duration::from_secs(1)))
                .collect::<Vec<_>>()
        };
        assert_eq!(delays(Some(7)), delays(Some(7)));
        assert_ne!(delays(Some(7)), delays(Some(8)));
        assert_ne!(delays(None), delays(None));
    }

    #[test]
    fn delays_of_nothing_and_of_everything_are_in_bounds() {
        let mut jitter = Jitter::new(Some(3));
        for _ in 0..100 {
            assert_eq!(jitter.up_to(Duration::ZERO), Duration::ZERO);
            assert!(jitter.up_to(Duration::from_nanos(3)) <= Duration::from_nanos(3));
        }
    }
}
