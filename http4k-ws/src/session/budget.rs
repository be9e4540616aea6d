//! The bound on the bytes that wait in all sockets and streams of events of a server.
//!
//! 1. A socket accounts for the bytes in both queues and in its transport. It does so when its
//!    session parks, and when another task sends to a parked session, in grains of 4 KiB. Messages
//!    that pass through in one poll cost nothing, and sockets below a grain are not counted.
//! 2. A stream accounts for its queue, whenever an event enters it or a frame leaves it.
//! 3. The task that brings the sum over the limit closes the largest sockets and streams, until
//!    an eighth of the limit is free. Those that are closing count as closed, and one task closes
//!    at a time.
//! 4. While the sum is over the limit, no session reads. Each leaves its waker, and is woken when
//!    the sum is within the limit again.
//! 5. The lock of the budget may be taken under that of a socket or stream, but not the other way
//!    round.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;

use super::refusal_log::{RefusalKind, RefusalLog};
use crate::ids::IdMap;

/// A socket or a stream whose waiting bytes count.
pub(crate) trait Accounted: Send + Sync {
    /// Returns the bytes in the account, and `true` if they are about to be released.
    fn accounted(&self) -> (usize, bool);

    /// Releases what waits, and closes the socket or stream.
    fn shed(&self);
}

/// The step in which a socket accounts for what waits in it.
pub(super) const GRAIN: usize = 4 * 1024;

/// The bound on the bytes that wait in all sockets and streams of a server.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    queued: AtomicUsize,
    over: AtomicBool,
    state: Mutex<Members>,
    /// Held by the task that closes sockets, under no other lock (3).
    shedding: Mutex<()>,
    refusals: Arc<RefusalLog>,
}

#[derive(Default)]
struct Members {
    members: IdMap<Weak<dyn Accounted>>,
    paused: Vec<Waker>,
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Members")
            .field("number", &self.members.len())
            .finish_non_exhaustive()
    }
}

impl Budget {
    /// Creates a budget of `limit` bytes that logs its breaches in `refusals`.
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    pub(crate) fn new(limit: usize, refusals: Arc<RefusalLog>) -> Arc<Self> {
        Arc::new(Self {
            limit,
            queued: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            state: Mutex::default(),
            shedding: Mutex::default(),
            refusals,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Members> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    pub(crate) fn join(&self, id: u64, member: Weak<dyn Accounted>) {
        self.lock().members.insert(id, member);
    }

    pub(crate) fn leave(&self, id: u64, account: &mut Account) {
        self.lock().members.remove(&id);
        self.add(account, 0);
    }

    /// Sets `account` to `bytes`, if they differ by a grain. Returns `true` if the sum is now over
    /// the limit. The caller must then call [`shed`](Self::shed) without any lock.
    #[inline]
    pub(crate) fn note(&self, account: &mut Account, bytes: usize) -> bool {
        let bytes = if bytes < GRAIN { 0 } else { bytes };
        if bytes != account.0 && (bytes == 0 || bytes.abs_diff(account.0) >= GRAIN) {
            return self.add(account, bytes);
        }
        false
    }

    fn add(&self, account: &mut Account, bytes: usize) -> bool {
        let before = std::mem::replace(&mut account.0, bytes);
        if bytes >= before {
            let more = bytes - before;
            return self.queued.fetch_add(more, Ordering::Relaxed) + more > self.limit;
        }
        let less = before - bytes;
        let left = self.queued.fetch_sub(less, Ordering::Relaxed) - less;
        if left <= self.limit && self.over.load(Ordering::Relaxed) {
            self.resume();
        }
        false
    }

    /// Returns `true` if no session may read now. `waker` is woken when one may (4).
    #[inline]
    pub(super) fn must_pause(&self, waker: &Waker) -> bool {
        self.over.load(Ordering::Relaxed) && self.pause(waker)
    }

    fn pause(&self, waker: &Waker) -> bool {
        let mut state = self.lock();
        // Read again under the lock, because `resume` clears it there and takes the wakers.
        let over = self.over.load(Ordering::Relaxed);
        if over && !state.paused.iter().any(|known| known.will_wake(waker)) {
            state.paused.push(waker.clone());
        }
        over
    }

    fn resume(&self) {
        let paused = {
            let mut state = self.lock();
            self.over.store(false, Ordering::Relaxed);
            std::mem::take(&mut state.paused)
        };
        paused.into_iter().for_each(Waker::wake);
    }

    /// Closes the largest sockets and streams until an eighth of the budget is free.
    pub(crate) fn shed(&self) {
        let _alone = self.shedding.lock().unwrap_or_else(PoisonError::into_inner);
        self.over.store(true, Ordering::Relaxed);
        let closed = self.close_largest();
        if closed > 0 {
            let limit = self.limit;
            self.refusals.warn(
                RefusalKind::Queued,
                format_args!(
                    "{closed} sockets and streams were closed: over {limit} bytes waited in all \
                     (`ServerConfig::max_queued`)"
                ),
            );
        }
        // The bytes in a transport are released later, when its session ends.
        if self.queued.load(Ordering::Relaxed) <= self.limit {
            self.resume();
        }
    }

    /// Closes sockets, the largest first. Returns their number, which is 0 if those that are
    /// closing already suffice.
    fn close_largest(&self) -> usize {
        let members: Vec<_> = {
            let state = self.lock();
            state.members.values().filter_map(Weak::upgrade).collect()
        };
        let mut left = self.queued.load(Ordering::Relaxed);
        let mut largest = Vec::with_capacity(members.len());
        for member in &members {
            let (bytes, is_shed) = member.accounted();
            if is_shed {
                // It releases them soon.
                left = left.saturating_sub(bytes);
            } else if bytes > 0 {
                largest.push((bytes, member));
            }
        }
        if left <= self.limit {
            return 0;
        }
        largest.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        let target = self.limit - self.limit / 8;
        let mut closed = 0;
        for (bytes, member) in largest {
            if left <= target {
                break;
            }
            left = left.saturating_sub(bytes);
            closed += 1;
            member.shed();
        }
        closed
    }
}

/// The bytes that a socket or stream has accounted for.
#[derive(Debug, Default)]
pub(crate) struct Account(usize);

impl Account {
    pub(crate) fn bytes(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_at_the_limit_is_allowed() {
        let budget = Budget::new(2 * GRAIN, Arc::default());
        let (mut first, mut second) = (Account::default(), Account::default());
        assert!(!budget.note(&mut first, GRAIN));
        assert!(!budget.note(&mut second, GRAIN));
        // Less than a grain is not counted, and one byte over the limit is.
        assert!(!budget.note(&mut second, 2 * GRAIN - 1));
        assert!(budget.note(&mut second, 2 * GRAIN));
        budget.leave(0, &mut second);
        assert!(!budget.note(&mut first, 2 * GRAIN));
    }
}
