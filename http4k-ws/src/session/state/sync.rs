//! The steps of a session: what it sees, takes and returns under the lock.

use std::task::Waker;

use bytes::Bytes;

use super::{Inner, Moving, SocketState, Written, wake};
use crate::message::{WsMessage, WsStatus};
use crate::session::exchange;
use crate::session::queue::Amount;

/// The state at the begin of a step.
#[derive(Debug, Default)]
pub(in crate::session) struct Seen {
    /// The space in the inbound queue.
    pub(in crate::session) room: Amount,
    /// The messages that the consumer may send without the lock. `None` if it may exchange none.
    pub(in crate::session) exchange: Option<Amount>,
    /// `true` if messages that are read must be queued before the consumer is polled, because
    /// others wait before them, or another task waits for them.
    pub(in crate::session) queues: bool,
}

/// The requests of other tasks, and what is to be written.
#[derive(Debug, Default)]
pub(in crate::session) struct Requests {
    /// `true` if callbacks must run first. Nothing else is set then.
    pub(in crate::session) dispatch: bool,
    /// `true` if the socket must end at once.
    pub(in crate::session) shed: bool,
    /// `true` if all messages to write were taken, and `closing` is known.
    pub(in crate::session) taken: bool,
    pub(in crate::session) closing: bool,
    pub(in crate::session) ping: Option<Bytes>,
    /// `true` if a flush waits for the numbers of messages.
    numbered: bool,
}

impl Requests {
    /// Returns the requests of a step in which all messages to write are taken, and nothing else is
    /// due.
    pub(in crate::session) fn to_write() -> Self {
        Self {
            taken: true,
            ..Self::default()
        }
    }
}

/// The facts about a session that a sync depends on.
#[derive(Debug, Clone, Copy)]
pub(in crate::session) struct Facts {
    /// `true` while messages may be written.
    pub(in crate::session) sends: bool,
    /// `true` while there is a consumer.
    pub(in crate::session) consumes: bool,
    /// `true` if callbacks may run before anything is written.
    pub(in crate::session) dispatches: bool,
}

impl SocketState {
    /// Begins a step of a poll of the session by the task of `waker`. Its consumer may `exchange`
    /// messages.
    pub(in crate::session) fn begin_step(
        &self,
        waker: &Waker,
        exchange: bool,
        moving: &mut Moving,
    ) -> Seen {
        let mut inner = self.lock_outside();
        let waited = inner.record_write(moving);
        if !inner.park.is_at(waker) {
            drop(inner);
            self.move_to(Some(waker));
            inner = self.lock_outside();
        }
        // From here on, changes by other tasks set the dirty flag instead of waking this task.
        inner.park.begin_poll();
        self.catch_up(&mut inner);
        let exchange = exchange && inner.end().is_none() && inner.filtering.is_none();
        inner.unnumbered = exchange;
        inner.synced_len = inner.outbound.waiting();
        if exchange {
            self.published.allow();
        }
        let seen = Seen {
            room: inner.inbound.room(),
            exchange: exchange.then(|| inner.outbound.room_to_exchange()),
            queues: !inner.inbound.is_empty() || inner.receiver.is_some(),
        };
        drop(inner);
        if waited {
            self.changed.notify_waiters();
        }
        seen
    }

    /// Ends the use of the state by its session. The session's own waker may stay somewhere and
    /// keep the state, but neither the task nor what the transport counted in the budget.
    pub(in crate::session) fn leave_session(&self) {
        self.move_to(None);
        let mut inner = self.lock_outside();
        inner.buffered = 0;
        self.account(&mut inner);
    }

    /// Moves the session to the task of `waker`, or to none.
    fn move_to(&self, waker: Option<&Waker>) {
        // A waker may run code when it is dropped, so no lock is held then.
        let own = self.own_waker.move_to(waker.cloned());
        let parked = self.lock_outside().park.move_to(waker.cloned());
        drop((own, parked));
    }

    /// Takes the messages to the peer, at most `limit`, for a session that only writes them in a
    /// poll by the task of `waker`. Those of a group may be passed to `gather`. Returns `false`,
    /// and does nothing, if there are none, or if anything else may be due.
    pub(in crate::session) fn take_messages(
        &self,
        waker: &Waker,
        consumes: bool,
        limit: Amount,
        moving: &mut Moving,
        gather: Option<impl FnMut(&WsMessage)>,
    ) -> bool {
        let mut inner = self.lock_outside();
        if !inner.park.is_at(waker) || !inner.only_sends(consumes, limit) {
            return false;
        }
        if !inner.lend_all(limit, moving, gather) {
            return false;
        }
        inner.park.begin_poll();
        inner.park.clear_dirty();
        inner.syncs = (inner.syncs.0 + 1, inner.newest());
        true
    }

    /// Parks the session as [`Park::try_park`] does, while the transport buffers `buffered` bytes.
    /// A task that waited for the latest write may send more at once, so if the session
    /// `may_go_on`, it does not park then.
    pub(in crate::session) fn try_park(
        &self,
        blocked: bool,
        may_go_on: bool,
        moving: &mut Moving,
        buffered: impl FnOnce() -> usize,
    ) -> bool {
        let mut inner = self.lock_outside();
        let waited = inner.record_write(moving);
        let parks = !(waited && may_go_on) && inner.park.try_park(blocked);
        let exceeded = self.budget().filter(|_| parks).and_then(|_| {
            inner.buffered = buffered();
            self.account(&mut inner)
        });
        drop(inner);
        if waited {
            self.changed.notify_waiters();
        }
        if let Some(budget) = exceeded {
            budget.shed();
        }
        parks
    }

    /// Ends the exchange of this socket if there is one, reads the requests of other tasks, and
    /// takes the messages to write.
    ///
    /// Clears the dirty flag, so that a change from here on has another step.
    pub(in crate::session) fn sync(&self, facts: Facts, moving: &mut Moving) -> Requests {
        let requests = exchange::end(self.id, |exchange| {
            let mut inner = self.lock_outside();
            self.settle(&mut inner, exchange);
            let dispatches = facts.dispatches && inner.dispatches();
            let sent = exchange.sent_amount;
            let takes = facts.sends && !dispatches && inner.outbound.may_lend();
            if sent.messages == 0 {
                // The case of a consumer that only receives.
            } else if !inner.accepts_sent() {
                moving.received.append(&mut exchange.sent);
            } else if takes && inner.outbound.is_empty() && !inner.lags {
                // The messages need not go through the queue.
                inner.outbound.count_lent(sent);
                std::mem::swap(&mut moving.sending, &mut exchange.sent);
            } else {
                let at = inner.synced_len;
                inner.outbound.insert(at, &mut exchange.sent, sent);
            }
            if !exchange.received.is_empty() {
                // Dropped outside of the lock and the exchange.
                moving.received.append(&mut exchange.received);
            }
            self.sync_inner(&mut inner, facts, moving)
        });
        let requests =
            requests.unwrap_or_else(|| self.sync_inner(&mut self.lock_outside(), facts, moving));
        if !moving.received.is_empty() {
            moving.received.clear();
        }
        if requests.numbered {
            self.changed.notify_waiters();
        }
        requests
    }

    /// Reads the requests of other tasks, and takes the messages to write.
    fn sync_inner(&self, inner: &mut Inner, facts: Facts, moving: &mut Moving) -> Requests {
        let mut requests = Requests {
            dispatch: facts.dispatches && inner.dispatches(),
            ..Requests::default()
        };
        if !requests.dispatch {
            inner.park.clear_dirty();
            self.catch_up(inner);
            let unattended =
                !facts.consumes && inner.handles == 0 && !inner.callbacks.are_registered();
            if unattended && inner.end().is_none() {
                inner.closing = Some(WsStatus::NORMAL);
            }
            requests.shed = inner.shed && facts.sends;
            if facts.sends && !requests.shed {
                requests.ping = inner.round_trips.take_requested();
                // Messages that pass the filters after this are written in the same step.
                requests.taken = inner.filtering.is_none() && inner.outbound.may_lend();
                if requests.taken {
                    if inner.outbound.waiting() > 0 {
                        inner.outbound.lend(&mut moving.sending);
                    }
                    requests.closing = inner.closing.is_some();
                }
            }
        }
        inner.unnumbered = false;
        inner.syncs = (inner.syncs.0 + 1, inner.newest());
        requests.numbered = inner.take_number_wanted();
        requests
    }

    /// Returns messages that the transport did not accept to their queue.
    pub(in crate::session) fn return_unsent(&self, moving: &mut Moving) {
        self.lock_outside().outbound.take_back(&mut moving.sending);
    }

    /// Records the latest write, and wakes the tasks that waited for it.
    pub(in crate::session) fn after_write(&self, moving: &mut Moving) {
        let waited = self.lock_outside().record_write(moving);
        if waited {
            self.changed.notify_waiters();
        }
    }
}

impl Inner {
    /// Returns `true` if messages wait for the peer, at most `limit`, and nothing else may be due.
    fn only_sends(&self, consumes: bool, limit: Amount) -> bool {
        let waits = self.outbound.waiting() > 0 || self.lags;
        let sends = waits && self.outbound.may_lend();
        let few = self.outbound.waiting() <= limit.messages && self.outbound.cost() <= limit.bytes;
        let open = self.end().is_none() && !self.shed && !self.park.is_blocked();
        let attended = consumes || self.handles > 0 || self.callbacks.are_registered();
        // Callbacks may wait for the space that a write makes.
        let dispatches = self.callbacks.receive() && !self.inbound.is_empty();
        let requested = self.round_trips.is_requested() || self.number_wanted || dispatches;
        sends && few && open && attended && !requested && self.filtering.is_none()
    }

    /// Returns `true` if a message waits for a callback, which may run now.
    #[inline]
    pub(super) fn dispatches(&self) -> bool {
        let waits = self.callbacks.receive() && !self.inbound.is_empty();
        waits && !self.must_wait() && self.end().is_none()
    }

    /// Records the latest write, if that has not happened. Returns `true` if a task waited for it:
    /// for queue space, or for a flush. The caller then notifies `changed` without the lock.
    #[inline]
    fn record_write(&mut self, moving: &mut Moving) -> bool {
        match moving.written.take() {
            None => false,
            Some(written) => self.record(written, moving),
        }
    }

    fn record(&mut self, written: Written, moving: &mut Moving) -> bool {
        let Written { flushed, closing } = written;
        self.outbound.take_back(&mut moving.sending);
        let mut advanced = false;
        if flushed && self.closed.is_none() {
            let settled = self.outbound.settled();
            advanced = self.flushed < settled || (closing && !self.close_flushed);
            self.flushed = settled;
            self.close_flushed |= closing;
        }
        let space = self.space_wanted && !self.must_wait();
        // A transport may have flushed everything that it took, and take no more. A task that is
        // woken for nothing then would be woken again and again.
        let flush = self.flush_wanted && advanced;
        if !space && !flush {
            return false;
        }
        self.space_wanted &= !space;
        self.flush_wanted &= !flush;
        wake(&mut self.sink);
        true
    }
}
