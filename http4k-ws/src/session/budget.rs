//! The bytes that wait in all sockets of a server, and their bound.
//!
//! 1. A socket accounts for what waits in it: in both queues, and in its transport. It does so when its
//!    session goes to sleep, and when another task sends to it meanwhile, in grains of 4 KiB. Messages that
//!    pass through in one poll cost nothing, and sockets with less than a grain are not counted.
//! 2. Whoever brings the sum over the limit closes the largest sockets, until an eighth of it is free.
//!    Sockets that are being closed count as gone, and one task closes at a time.
//! 3. While the sum is over the limit, no session reads. Each leaves its waker, and is woken after that.
//! 4. The lock of the budget may be taken under that of a socket, never the other way round.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;

use super::shared::Shared;
use crate::session::{RefusalKind, RefusalLog};

/// The step in which a socket accounts for what waits in it.
const GRAIN: usize = 4 * 1024;

/// The bound on what waits in all sockets of a server.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    queued: AtomicUsize,
    over: AtomicBool,
    state: Mutex<State>,
    /// Held by the one that closes sockets, under no other lock.
    shedding: Mutex<()>,
    refusals: Arc<RefusalLog>,
}

#[derive(Debug, Default)]
struct State {
    sockets: HashMap<u64, Weak<Shared>>,
    paused: Vec<Waker>,
}

impl Budget {
    /// Creates a budget of `limit` bytes, whose breaches `refusals` logs.
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    pub(super) fn join(&self, socket: &Arc<Shared>) {
        let known = Arc::downgrade(socket);
        self.lock().sockets.insert(socket.id, known);
    }

    pub(super) fn leave(&self, id: u64, account: &mut Account) {
        self.lock().sockets.remove(&id);
        self.add(account, 0);
    }

    /// Brings `account` up to `bytes`, if they differ by a grain. Returns `true` if the sum is over the
    /// limit: then [`shed`](Self::shed) is to be called, without any lock.
    pub(super) fn note(&self, account: &mut Account, bytes: usize) -> bool {
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

    /// Returns `true` if nothing may be read now. `waker` is woken when something may.
    pub(super) fn pauses(&self, waker: &Waker) -> bool {
        if !self.over.load(Ordering::Relaxed) {
            return false;
        }
        let mut state = self.lock();
        // Under the lock, so that the end of the pause is not missed.
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

    /// Closes the largest sockets until an eighth of the budget is free.
    pub(super) fn shed(&self) {
        let _alone = self.shedding.lock().unwrap_or_else(PoisonError::into_inner);
        self.over.store(true, Ordering::Relaxed);
        let closed = self.close_largest();
        if closed > 0 {
            let limit = self.limit;
            self.refusals.warn(
                RefusalKind::Queued,
                format_args!(
                    "{closed} sockets were closed: over {limit} bytes waited in all \
                     (`ServerConfig::max_queued`)"
                ),
            );
        }
        // What a transport still holds is given back when its session has seen to it.
        if self.queued.load(Ordering::Relaxed) <= self.limit {
            self.resume();
        }
    }

    /// Returns the number of sockets that were closed: none if those that are being closed suffice.
    fn close_largest(&self) -> usize {
        let sockets: Vec<_> = {
            let state = self.lock();
            state.sockets.values().filter_map(Weak::upgrade).collect()
        };
        let mut left = self.queued.load(Ordering::Relaxed);
        let mut largest = Vec::with_capacity(sockets.len());
        for socket in &sockets {
            let (bytes, is_shed) = socket.accounted();
            if is_shed {
                // It gives them back soon.
                left = left.saturating_sub(bytes);
            } else if bytes > 0 {
                largest.push((bytes, socket));
            }
        }
        if left <= self.limit {
            return 0;
        }
        largest.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        let target = self.limit - self.limit / 8;
        let mut closed = 0;
        for (bytes, socket) in largest {
            if left <= target {
                break;
            }
            left = left.saturating_sub(bytes);
            closed += 1;
            socket.shed();
        }
        closed
    }
}

/// The bytes that a socket has accounted for.
#[derive(Debug, Default)]
pub(super) struct Account(usize);

impl Account {
    pub(super) fn bytes(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_may_wait() {
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
