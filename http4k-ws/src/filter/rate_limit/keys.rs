//! The keys of a rate limit, and the use that each of them made of its quota.
//!
//! 1. A key is stored as a hash of 64 bits, with the random seed of its limit. The table holds no
//!    key, so its entries are small, whatever an attacker sends, and secrets in keys are not kept.
//! 2. An entry is expired once its key has the whole quota again. It is then the same as none. The
//!    entries form a ring. Each call looks at the next two of them, and removes those that are
//!    expired, so that the work of a call does not grow with the table. At an even rate of new
//!    keys, at most half of the entries are expired.
//! 3. The table has a most number of entries. If it is full, keys without an entry share one. An
//!    entry that still counts is never removed, so that invented keys do not clear the use of
//!    another key.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hasher};

use super::quota::Quota;

/// The entries that one call looks at (2).
const LOOKED_AT: usize = 2;

/// The uses of a quota by key.
#[derive(Debug)]
pub(super) struct Keys {
    /// The time at which a key has its whole quota again, in nanoseconds.
    full_at: HashMap<u64, u64, Hashed>,
    /// The keys of `full_at`, each of them once.
    ring: VecDeque<u64>,
    /// The entry that new keys share while the table is full (3).
    shared: u64,
    most: usize,
}

/// The outcome of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Allowed,
    /// Refused. One more call is allowed after so many nanoseconds.
    Refused(u64),
    /// Refused, because the table is full, and the key shares an entry with others.
    RefusedShared(u64),
}

impl Keys {
    /// Creates a table of at most `most` keys.
    pub(super) fn new(most: usize) -> Self {
        Self {
            full_at: HashMap::default(),
            ring: VecDeque::new(),
            shared: 0,
            most,
        }
    }

    pub(super) fn set_most(&mut self, most: usize) {
        self.most = most;
    }

    /// Decides about a call of the key with the hash `key` at `now`, in nanoseconds.
    pub(super) fn call(&mut self, key: u64, quota: &Quota, now: u64) -> Outcome {
        self.remove_expired(now);
        let is_full = self.full_at.len() >= self.most;
        match self.full_at.entry(key) {
            Entry::Occupied(mut entry) => match quota.decide(*entry.get(), now) {
                Ok(next) => {
                    entry.insert(next);
                    Outcome::Allowed
                }
                Err(wait) => Outcome::Refused(wait),
            },
            Entry::Vacant(_) if is_full => match quota.decide(self.shared, now) {
                Ok(next) => {
                    self.shared = next;
                    Outcome::Allowed
                }
                Err(wait) => Outcome::RefusedShared(wait),
            },
            Entry::Vacant(entry) => match quota.decide(0, now) {
                Ok(next) => {
                    entry.insert(next);
                    self.ring.push_back(key);
                    Outcome::Allowed
                }
                Err(wait) => Outcome::Refused(wait),
            },
        }
    }

    /// Removes those of the next entries that are expired (2).
    fn remove_expired(&mut self, now: u64) {
        for _ in 0..LOOKED_AT {
            let Some(key) = self.ring.pop_front() else {
                return;
            };
            match self.full_at.get(&key) {
                Some(full_at) if *full_at > now => self.ring.push_back(key),
                _ => {
                    self.full_at.remove(&key);
                }
            }
        }
    }
}

/// A hasher of keys that are hashes already.
#[derive(Debug, Clone, Copy, Default)]
struct Hashed(u64);

impl BuildHasher for Hashed {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::filter::rate_limit::random::Random;

    const SECOND: u64 = 1_000_000_000;

    /// A table without bounds that forgets nothing.
    #[derive(Default)]
    struct Model(HashMap<u64, u64>);

    impl Model {
        fn call(&mut self, key: u64, quota: &Quota, now: u64) -> Outcome {
            let full_at = self.0.entry(key).or_default();
            match quota.decide(*full_at, now) {
                Ok(next) => {
                    *full_at = next;
                    Outcome::Allowed
                }
                Err(wait) => Outcome::Refused(wait),
            }
        }
    }

    /// Below the bound, the table decides as one that forgets nothing.
    #[test]
    fn forgetting_expired_keys_changes_no_decision() {
        for seed in 0..200 {
            let mut random = Random(seed);
            let quota = Quota::per_second(random.below(3) as u32 + 1);
            let quota = quota.with_burst(random.below(3) as u32 + 1);
            let (mut keys, mut model) = (Keys::new(1000), Model::default());
            let mut now = 0;
            for _ in 0..300 {
                now += random.below(SECOND);
                let key = random.below(12);
                let expected = model.call(key, &quota, now);
                assert_eq!(keys.call(key, &quota, now), expected, "seed {seed}");
                assert_eq!(keys.ring.len(), keys.full_at.len());
            }
        }
    }

    /// Above it, a key that has an entry keeps its own, whatever others do.
    #[test]
    fn invented_keys_do_not_clear_the_use_of_another() {
        let quota = Quota::per_hour(1);
        let mut keys = Keys::new(10);
        assert_eq!(keys.call(0, &quota, 0), Outcome::Allowed);
        let mut random = Random(7);
        for now in 0..10_000 {
            keys.call(random.next() | 1, &quota, now);
            assert!(keys.full_at.len() <= 10);
            assert_eq!(keys.ring.len(), keys.full_at.len());
        }
        assert!(matches!(keys.call(0, &quota, 10_000), Outcome::Refused(_)));
    }

    #[test]
    fn invented_keys_take_no_more_memory_than_those_that_count() {
        // One call in 10 ms, so at 1000 keys in a second about ten of them count.
        let quota = Quota::one_per(Duration::from_millis(10));
        let mut keys = Keys::new(100_000);
        for key in 0..100_000 {
            assert_eq!(
                keys.call(key, &quota, key * SECOND / 1000),
                Outcome::Allowed
            );
            assert!(keys.full_at.len() <= 20, "{}", keys.full_at.len());
        }
    }

    #[test]
    fn a_full_table_empties_while_it_is_used() {
        let quota = Quota::per_second(1);
        let mut keys = Keys::new(1000);
        for key in 0..1000 {
            assert_eq!(keys.call(key, &quota, 0), Outcome::Allowed);
        }
        assert_eq!(keys.call(2000, &quota, 0), Outcome::Allowed);
        let shared = Outcome::RefusedShared(SECOND);
        assert_eq!(keys.call(2001, &quota, 0), shared);
        // Each call removes two.
        for key in 3000..3500 {
            assert_eq!(keys.call(key, &quota, 2 * SECOND), Outcome::Allowed);
        }
        assert_eq!(keys.full_at.len(), 500);
        assert_eq!(keys.call(2001, &quota, 2 * SECOND), Outcome::Allowed);
    }

    #[test]
    fn a_table_of_no_key_shares_one_entry() {
        let quota = Quota::per_second(1);
        let mut keys = Keys::new(0);
        assert_eq!(keys.call(1, &quota, 0), Outcome::Allowed);
        assert_eq!(keys.call(2, &quota, 0), Outcome::RefusedShared(SECOND));
        assert_eq!(keys.call(2, &quota, SECOND), Outcome::Allowed);
    }
}
