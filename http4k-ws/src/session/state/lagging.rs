//! The messages of a group that wait for a socket in the log of the group (`group_log.rs`).
//!
//! 1. While the socket lags, the messages in the log that `follows` names come after those in the
//!    queue. Each look at the queue therefore takes them first, but for that of a session that
//!    writes all of them at once.
//! 2. A socket lags behind one log at a time. So the messages of several groups keep their order.
//! 3. Only an open socket whose session is about to look lags. For one that is blocked, or that
//!    filters or drops messages, they are queued at once.

use std::sync::{Arc, MutexGuard};

use super::{Inner, Moving, SocketState};
use crate::message::{WsMessage, WsStatus};
use crate::session::group_log::{Log, Place};
use crate::session::outbound::Offered;
use crate::session::queue::Amount;
use crate::session::transport::GATHERS;

/// The log that the socket took messages from last, and its place in it.
#[derive(Debug)]
pub(super) struct Follows {
    log: Arc<Log>,
    place: Place,
}

impl Follows {
    fn is(&self, log: &Log, place: Place) -> bool {
        std::ptr::eq(&*self.log, log) && self.place == place
    }
}

impl SocketState {
    /// Notes that messages in `log` wait for this socket, which is a member at `place`. Returns how
    /// many others were dropped for them, which the caller reports. `None` if it accepts none
    /// anymore.
    pub(in crate::session) fn lag_behind(&self, log: &Arc<Log>, place: Place) -> Option<u64> {
        let mut inner = self.lock_outside();
        // Those of another group came before (2).
        self.catch_up(&mut inner);
        if inner.end().is_some() {
            return None;
        }
        inner.follow(log, place);
        inner.lags = true;
        let dropped = match inner.may_lag() {
            true => 0,
            false => self.catch_up(&mut inner),
        };
        self.announce(inner);
        Some(dropped)
    }

    /// Takes the messages that wait in a log, for a group that forgets them. None is dropped for
    /// them, because a socket that drops messages does not lag (3).
    pub(in crate::session) fn catch_up_at_once(&self) {
        let mut inner = self.lock_outside();
        if inner.lags {
            self.catch_up(&mut inner);
            self.announce(inner);
        }
    }

    /// Takes what waits in a log, for a member that leaves `log`. It follows that one no more.
    pub(in crate::session) fn leave(&self, log: &Log, place: Place) {
        let followed = {
            let mut inner = self.lock();
            inner.follows.take_if(|follows| follows.is(log, place))
        };
        drop(followed);
    }

    /// Queues the messages that wait in a log, as each sender does. Returns how many others were
    /// dropped for them. If they have no space, the socket closes with 1013.
    #[inline]
    pub(super) fn catch_up(&self, inner: &mut Inner) -> u64 {
        match inner.lags {
            false => 0,
            true => self.queue_logged(inner),
        }
    }

    #[cold]
    fn queue_logged(&self, inner: &mut Inner) -> u64 {
        inner.lags = false;
        let follows = inner.follows.as_ref();
        let messages = follows.map(|follows| follows.log.take(follows.place));
        let mut dropped = 0;
        for message in messages.unwrap_or_default() {
            if inner.end().is_some() {
                break;
            }
            match inner.offer(message, None, self.published.sent()) {
                Offered::Queued { dropped: more } => dropped += more,
                Offered::MustWait(_) | Offered::TooSlow(_) => {
                    self.begin_close(inner, WsStatus::TRY_AGAIN_LATER);
                    self.changed.notify_waiters();
                }
            }
        }
        dropped
    }

    /// Tells the session of a message that is queued or logged.
    pub(super) fn announce(&self, mut inner: MutexGuard<'_, Inner>) {
        if inner.park.is_polling() {
            // What the consumer sends from now on comes after it.
            self.published.interrupt();
        }
        // A blocked session reads the queue when its transport wakes it. Filters run before, so
        // that a message they drop takes no space.
        if !inner.park.is_blocked() || inner.filtering.is_some() {
            inner.wake_session();
        }
        // A session that is polled updates the account when it parks.
        let exceeded = match inner.park.is_polling() {
            true => None,
            false => self.account(&mut inner),
        };
        drop(inner);
        if let Some(budget) = exceeded {
            budget.shed();
        }
    }
}

impl Inner {
    /// Returns `true` if messages may wait in a log (3).
    fn may_lag(&self) -> bool {
        !self.park.is_blocked() && self.filtering.is_none() && self.outbound.may_lend()
    }

    /// Lends the messages that wait for the peer, at most `limit`, to `moving`, or passes those of
    /// a log to `gather`, if that is allowed and they are few. Returns `false`, and does nothing,
    /// if there are more.
    pub(super) fn lend_all(
        &mut self,
        limit: Amount,
        moving: &mut Moving,
        gather: Option<impl FnMut(&WsMessage)>,
    ) -> bool {
        let follows = self.follows.as_ref().filter(|_| self.lags);
        let Some(Follows { log, place }) = follows else {
            self.outbound.lend(&mut moving.sending);
            return true;
        };
        if !self.outbound.is_empty() {
            // Those in the queue come first (1).
            return false;
        }
        let most = self.outbound.room().least(limit);
        let gathered = gather.and_then(|gather| {
            let few = Amount {
                messages: most.messages,
                bytes: most.bytes.min(GATHERS),
            };
            log.take_within(*place, few, gather)
        });
        let taken = gathered.or_else(|| {
            let sending = &mut moving.sending;
            log.take_within(*place, most, |message| sending.push_back(message.clone()))
        });
        let Some(taken) = taken else { return false };
        self.lags = false;
        self.outbound.count_lent(taken);
        true
    }

    /// Lets the socket take messages from `log` from now on.
    fn follow(&mut self, log: &Arc<Log>, place: Place) {
        let known = self.follows.as_ref();
        if !known.is_some_and(|follows| follows.is(log, place)) {
            let log = Arc::clone(log);
            self.follows = Some(Follows { log, place });
        }
    }
}
