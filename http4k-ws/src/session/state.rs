//! The state that the consumer, the senders and the session of one socket share.
//!
//! One task polls the session. Other tasks send, close and ping meanwhile. What the consumer
//! receives and sends while its session polls it needs no lock (`exchange.rs`).
//!
//! 1. A change by another task reaches the session through the [`Park`] protocol, and a change by
//!    the session reaches the other tasks through `changed` and `over`.
//! 2. A task that waits for `changed` or `over` registers before it checks the condition, so that a
//!    change in between also wakes it.
//! 3. The lock is held for a few instructions, and never while a consumer, a callback or an
//!    observer runs, or bytes are written. Only the key function of `SlowConsumer::coalesce_by` is
//!    called under it.
//! 4. The session takes the messages to the peer out of their queue all at once, unless a policy
//!    may still drop them. They count as queued until they are passed to the transport.
//! 5. While the session is polled, what its consumer sends is queued in front of what others have
//!    sent since the last [`sync`](SocketState::sync). So a flush cannot know the numbers of those
//!    messages before the next one.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;

use super::budget::{Account, Accounted, Budget};
use super::callbacks::Callbacks;
use super::config::SessionConfig;
use super::error::SendError;
use super::exchange::{self, Exchange, Published, Received};
use super::message_filter::{Filtering, MessageFilter, MessageFilters};
use super::metrics::next_id;
use super::notify::Notifier;
use super::outbound::{Offered, Outbound};
use super::park::Park;
use super::queue::{Amount, Queue, Space};
use super::round_trip::RoundTrips;
use super::transport::{Handshake, Role};
use crate::message::{WsMessage, WsStatus};

/// The state of one socket, shared by its handles, its senders and its session.
pub(super) struct SocketState {
    /// The number of the socket.
    pub(super) id: u64,
    pub(super) notifier: Notifier,
    /// The part of an exchange that other tasks see.
    published: Published,
    inner: Mutex<Inner>,
    /// Wakes the tasks that wait for queue space, for a flush, or for a pong.
    changed: Notify,
    /// Wakes the tasks that wait for the end of the socket.
    over: Notify,
    /// The bound on the bytes in all sockets of the server.
    budget: OnceLock<Arc<Budget>>,
}

/// The part of the state behind the lock.
pub(super) struct Inner {
    pub(super) inbound: Queue,
    pub(super) outbound: Outbound,
    /// The message filters in front of `outbound`. `None` for a socket without any.
    pub(super) filtering: Option<Box<Filtering>>,
    pub(super) callbacks: Callbacks,
    /// The status that this side closes with, once the outbound queue is sent.
    pub(super) closing: Option<WsStatus>,
    /// The status that the socket was closed with.
    pub(super) closed: Option<WsStatus>,
    /// `true` if messages that never reached the transport outlive the socket.
    pub(super) keeps_unsent: bool,
    /// `true` if the queues were cleared for the budget, and the socket must end at once.
    pub(super) shed: bool,
    /// `true` if the connection fails once the consumer has had its turn.
    failing: bool,
    account: Account,
    /// The bytes that the transport buffered when the session parked.
    buffered: usize,
    /// The number of `WebSocket` values of this socket.
    pub(super) handles: usize,
    /// `true` if a task waits for space in the outbound queue.
    space_wanted: bool,
    /// The number up to which every message was flushed by the transport, or dropped.
    flushed: u64,
    /// `true` if the transport flushed this side's close frame.
    close_flushed: bool,
    /// `true` if a task waits for a flush.
    flush_wanted: bool,
    /// `true` if the consumer may have sent messages that are not numbered yet (5).
    unnumbered: bool,
    /// `true` if a flush waits for the next sync.
    number_wanted: bool,
    /// The sync that the flush of the `Sink` waits for.
    sink_waits_for: Option<u64>,
    /// The number of the messages that waited before what the consumer sends in an exchange.
    synced_len: usize,
    /// The number of syncs, and the number of the newest message at the last one.
    syncs: (u64, u64),
    pub(super) round_trips: RoundTrips,
    receiver: Option<Waker>,
    sink: Option<Waker>,
    park: Park,
}

/// The state at the last look of the session under the lock.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The space in the inbound queue.
    pub(super) room: Amount,
    /// The messages that the consumer may send without the lock. `None` if it may exchange none.
    pub(super) exchange: Option<Amount>,
    /// `true` if messages that are read must be queued before the consumer is polled, because
    /// others wait before them, or another task waits for them.
    pub(super) queues: bool,
}

/// The requests of other tasks, and what is to be written.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// `true` if callbacks must run first. Nothing else is set then.
    pub(super) dispatch: bool,
    /// `true` if the socket must end at once.
    pub(super) shed: bool,
    /// `true` if all messages to write were taken, and `closing` is known.
    pub(super) taken: bool,
    pub(super) closing: bool,
    pub(super) ping: Option<Bytes>,
    /// `true` if a flush waits for the numbers of messages.
    numbered: bool,
}

/// The facts about a session that a sync depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// `true` while messages may be written.
    pub(super) sends: bool,
    /// `true` while there is a consumer.
    pub(super) consumes: bool,
    /// `true` if the consumer may exchange messages in the next step.
    pub(super) exchanges: bool,
    /// `true` if callbacks may run before anything is written.
    pub(super) dispatches: bool,
}

/// The messages that a poll of the session moves.
#[derive(Debug)]
pub(super) struct Moving {
    /// The messages from the peer that are not queued yet.
    pub(super) received: VecDeque<WsMessage>,
    /// The bytes of these messages.
    pub(super) received_amount: Amount,
    /// The messages to the peer that were taken from the queue.
    pub(super) sending: VecDeque<WsMessage>,
    /// The bytes of those that were passed to the transport.
    pub(super) sent_bytes: usize,
}

/// A message that was not queued, with the reason.
pub(super) struct Refused {
    pub(super) message: WsMessage,
    pub(super) error: SendError,
}

impl SocketState {
    /// Creates the state of a socket.
    pub(super) fn new(config: &SessionConfig, role: Role, handshake: &Handshake) -> Self {
        let id = next_id();
        Self {
            id,
            notifier: Notifier::new(&config.metrics, id, handshake),
            published: Published::default(),
            inner: Mutex::new(Inner {
                inbound: Queue::inbound(config, role),
                outbound: Outbound::new(config),
                filtering: None,
                callbacks: Callbacks::default(),
                closing: None,
                closed: None,
                keeps_unsent: false,
                shed: false,
                failing: false,
                account: Account::default(),
                buffered: 0,
                handles: 1,
                space_wanted: false,
                flushed: 0,
                close_flushed: false,
                flush_wanted: false,
                unnumbered: false,
                number_wanted: false,
                sink_waits_for: None,
                synced_len: 0,
                syncs: (0, 0),
                round_trips: RoundTrips::default(),
                receiver: None,
                sink: None,
                park: Park::default(),
            }),
            changed: Notify::new(),
            over: Notify::new(),
            budget: OnceLock::new(),
        }
    }

    /// Locks the state for a task that holds or sends. In the consumer, ends the exchange first.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.end_exchange();
        self.lock_outside()
    }

    /// Locks the state outside of an exchange of this socket, as its session does.
    #[inline]
    pub(super) fn lock_outside(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the bytes of this socket in `budget` from now on.
    #[cfg(feature = "server")]
    pub(super) fn set_budget(self: &Arc<Self>, budget: &Arc<Budget>) {
        if self.budget.set(Arc::clone(budget)).is_ok() {
            budget.join(self.id, Arc::downgrade(self) as _);
        }
    }

    pub(super) fn budget(&self) -> Option<&Budget> {
        self.budget.get().map(Arc::as_ref)
    }

    /// Updates the account. Returns the budget if it is exceeded, to be shed without the lock.
    fn account(&self, inner: &mut Inner) -> Option<&Budget> {
        let budget = self.budget()?;
        let bytes = inner.inbound.cost() + inner.cost_to_peer() + inner.buffered;
        budget.note(&mut inner.account, bytes).then_some(budget)
    }

    /// Begins a poll of the session, whose consumer may `exchange` messages.
    pub(super) fn begin_poll(&self, exchange: bool) -> Seen {
        let mut inner = self.lock_outside();
        // From here on, changes by other tasks set the dirty flag instead of waking this task.
        inner.park.begin_poll();
        self.look(&mut inner, exchange)
    }

    fn look(&self, inner: &mut Inner, exchange: bool) -> Seen {
        let exchange = exchange && inner.end().is_none() && inner.filtering.is_none();
        inner.unnumbered = exchange;
        inner.synced_len = inner.outbound.waiting();
        if exchange {
            self.published.allow();
        }
        Seen {
            room: inner.inbound.room(),
            exchange: exchange.then(|| inner.outbound.room_to_exchange()),
            queues: !inner.inbound.is_empty() || inner.receiver.is_some(),
        }
    }

    /// Parks the session as [`Park::try_park`] does, while the transport buffers `buffered` bytes.
    pub(super) fn try_park(
        &self,
        waker: &Waker,
        blocked: bool,
        buffered: impl FnOnce() -> usize,
    ) -> bool {
        let mut inner = self.lock_outside();
        if !inner.park.try_park(waker, blocked) {
            return false;
        }
        inner.unnumbered = false;
        let numbered = inner.take_number_wanted();
        let exceeded = self.budget().and_then(|_| {
            inner.buffered = buffered();
            self.account(&mut inner)
        });
        drop(inner);
        if numbered {
            self.changed.notify_waiters();
        }
        if let Some(budget) = exceeded {
            budget.shed();
        }
        true
    }

    /// Adds messages from the peer to the inbound queue.
    pub(super) fn receive(&self, messages: &mut VecDeque<WsMessage>) {
        let mut inner = self.lock_outside();
        if inner.end().is_none() {
            inner.inbound.append(messages);
            wake(&mut inner.receiver);
        }
        drop(inner);
        messages.clear();
    }

    /// Returns `true` if the consumer may exchange messages, because no other task has used the
    /// socket since the last look.
    pub(super) fn may_exchange(&self) -> bool {
        !self.published.is_interrupted()
    }

    /// Adds `messages` to the inbound queue, then lends all that is there to the consumer. Another
    /// task that waits for one, or another waker inside of the consumer, is woken.
    pub(super) fn lend(&self, messages: &mut VecDeque<WsMessage>) {
        let mut inner = self.lock_outside();
        if inner.end().is_some() {
            drop(inner);
            return messages.clear();
        }
        inner.inbound.append(messages);
        if !inner.inbound.is_empty() {
            wake(&mut inner.receiver);
            inner.inbound.lend(messages);
        }
    }

    /// Ends the exchange of this socket, if there is one on this thread.
    #[inline]
    pub(super) fn end_exchange(&self) {
        let ended = exchange::end(self.id, |exchange| {
            let mut inner = self.lock_outside();
            self.settle(&mut inner, exchange);
            let accepts = inner.accepts_sent();
            let (at, sent) = (inner.synced_len, exchange.sent_amount);
            if accepts {
                inner.outbound.insert(at, &mut exchange.sent, sent);
            }
            inner.unnumbered = false;
            drop(inner);
            // What is left is dropped by the caller, outside of the exchange.
            (
                std::mem::take(&mut exchange.received),
                std::mem::take(&mut exchange.sent),
            )
        });
        drop(ended);
    }

    /// Returns what the consumer has not received to the inbound queue.
    fn settle(&self, inner: &mut Inner, exchange: &mut Exchange) {
        inner.inbound.count_lent(exchange.unqueued);
        if inner.closing.is_some() {
            // Nothing more is received.
            inner.inbound.forget_lent();
        } else {
            let bytes = exchange.removed_bytes;
            inner.inbound.take_back(&mut exchange.received, bytes);
            if !inner.inbound.is_empty() {
                wake(&mut inner.receiver);
            }
        }
        self.published.queued();
    }

    /// Ends the exchange of this socket if there is one, reads the requests of other tasks, and
    /// takes the messages to write.
    ///
    /// Clears the dirty flag, so that a change from here on has another step.
    pub(super) fn sync(&self, facts: Facts, moving: &mut Moving) -> (Requests, Seen) {
        let synced = exchange::end(self.id, |exchange| {
            let mut inner = self.lock_outside();
            self.settle(&mut inner, exchange);
            let dispatches = facts.dispatches && inner.dispatches();
            let sent = exchange.sent_amount;
            let takes = facts.sends && !dispatches && inner.outbound.may_lend();
            if sent.messages == 0 {
                // The case of a consumer that only receives.
            } else if !inner.accepts_sent() {
                moving.received.append(&mut exchange.sent);
            } else if takes && inner.outbound.is_empty() {
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
        let synced = match synced {
            Some(synced) => synced,
            None => self.sync_inner(&mut self.lock_outside(), facts, moving),
        };
        moving.received.clear();
        if synced.0.numbered {
            self.changed.notify_waiters();
        }
        synced
    }

    fn sync_inner(&self, inner: &mut Inner, facts: Facts, moving: &mut Moving) -> (Requests, Seen) {
        let mut requests = Requests {
            dispatch: facts.dispatches && inner.dispatches(),
            ..Requests::default()
        };
        if !requests.dispatch {
            inner.park.clear_dirty();
            let unattended = !facts.consumes && inner.handles == 0 && !inner.callbacks.registered;
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
        inner.syncs = (inner.syncs.0 + 1, inner.newest());
        requests.numbered = inner.take_number_wanted();
        let seen = self.look(inner, facts.exchanges);
        (requests, seen)
    }

    /// Queues `message`, or returns it if the queue is full or the socket is closing.
    pub(super) fn try_send(&self, message: WsMessage) -> Result<(), Refused> {
        let message = match exchange::send(self.id, &self.published, message) {
            Ok(()) => return Ok(()),
            Err(message) => message,
        };
        let mut inner = self.lock();
        if let Some(status) = inner.end() {
            let error = SendError::Closed(status.clone());
            return Err(Refused { message, error });
        }
        match inner.offer(message, self.published.sent()) {
            Offered::Queued { dropped } => {
                if inner.park.is_polling() {
                    // What the consumer sends from now on comes after it.
                    self.published.interrupt();
                }
                // A blocked session reads the queue when its transport wakes it. Filters run
                // before, so that a message they drop takes no space.
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
                self.notifier.dropped(dropped);
                Ok(())
            }
            Offered::MustWait(message) => {
                inner.space_wanted = true;
                let error = SendError::Full;
                Err(Refused { message, error })
            }
            Offered::TooSlow(message) => {
                drop(inner);
                self.close(WsStatus::TRY_AGAIN_LATER);
                let error = SendError::Closed(WsStatus::TRY_AGAIN_LATER);
                Err(Refused { message, error })
            }
        }
    }

    /// Queues `message`, waiting for queue space if necessary.
    pub(super) async fn send(&self, mut message: WsMessage) -> Result<(), SendError> {
        loop {
            // Registers before the attempt (2).
            let changed = self.changed.notified();
            match self.try_send(message) {
                Ok(()) => return Ok(()),
                Err(Refused {
                    message: refused,
                    error: SendError::Full,
                }) => message = refused,
                Err(Refused { error, .. }) => return Err(error),
            }
            changed.await;
        }
    }

    /// Polls the next message. Ready with `None` if the socket is over or closing.
    pub(super) fn poll_recv(&self, cx: &mut Context<'_>) -> Poll<Option<WsMessage>> {
        let mut inner = match exchange::receive(self.id, &self.published, cx.waker()) {
            Received::Message(message) => return Poll::Ready(Some(message)),
            Received::Waits => return Poll::Pending,
            // Nothing arrives before the end of the exchange, which goes on.
            Received::Empty => self.lock_outside(),
            Received::Elsewhere => self.lock(),
        };
        if inner.closing.is_none() {
            let had_space = inner.inbound.space() != Space::None;
            if let Some(message) = inner.inbound.pop() {
                // Only a session that stopped reading needs to know.
                if !had_space {
                    inner.wake_session();
                }
                return Poll::Ready(Some(message));
            }
        }
        if inner.end().is_some() {
            return Poll::Ready(None);
        }
        inner.receiver = Some(cx.waker().clone());
        if inner.failing {
            // The consumer has responded to all messages.
            inner.wake_session();
        }
        Poll::Pending
    }

    /// Lets a consumer in another task respond to the messages before a violation, before the
    /// connection fails.
    pub(super) fn begin_failing(&self) {
        let mut inner = self.lock_outside();
        let received = inner.inbound.popped() > 0 || !inner.inbound.is_empty();
        inner.failing = received && inner.may_respond();
    }

    /// Returns `true` while that consumer may respond, or its latest response is not taken yet.
    pub(super) fn awaits_responses(&self) -> bool {
        let mut inner = self.lock_outside();
        let failing = inner.failing;
        inner.failing = failing && inner.may_respond();
        failing && (inner.failing || !inner.all_sent())
    }

    /// Ends the time for responses. Returns `false` if that was over.
    pub(super) fn end_failing(&self) -> bool {
        std::mem::take(&mut self.lock_outside().failing)
    }

    /// Closes the socket with `status` once the outbound queue is sent. The first status counts.
    pub(super) fn close(&self, status: WsStatus) {
        let status = if status.is_sendable() {
            status
        } else {
            WsStatus::INTERNAL_ERROR
        };
        let mut inner = self.lock();
        if inner.end().is_none() {
            inner.closing = Some(status);
            self.published.interrupt();
            inner.inbound.clear();
            inner.wake_handle();
            inner.wake_session();
            drop(inner);
            self.changed.notify_waiters();
        }
    }

    /// Closes the socket as [`close`](Self::close) does, and drops the messages that the filters
    /// have not seen.
    pub(super) fn close_unfiltered(&self, status: WsStatus) {
        self.lock().clear_unfiltered();
        self.close(status);
    }

    /// Adds a filter of messages inside of the others. The session takes it when it starts.
    pub(super) fn add_filter(&self, filter: Box<dyn MessageFilter>) {
        let inner = &mut *self.lock();
        let filtering = inner.filtering.get_or_insert_with(|| {
            Box::new(Filtering {
                filters: MessageFilters::default(),
                unfiltered: inner.outbound.of_same_bounds(),
            })
        });
        filtering.filters.add(filter);
    }

    /// Polls queue space for one message, for the `Sink` of the task that holds the socket.
    pub(super) fn poll_space(&self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        let mut inner = self.lock();
        if let Some(status) = inner.end() {
            return Poll::Ready(Err(SendError::Closed(status.clone())));
        }
        if !inner.must_wait_beside(self.published.sent()) {
            return Poll::Ready(Ok(()));
        }
        inner.space_wanted = true;
        inner.sink = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Polls a flush of all messages queued so far, for the `Sink` of the task that holds the
    /// socket.
    pub(super) fn poll_flushed(&self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        let mut inner = self.lock();
        let mut since = inner.sink_waits_for.take();
        let polled = match inner.number_of_newest(&mut since, self.published.sent()) {
            Some(newest) => inner.poll_flushed(newest),
            None => Poll::Pending,
        };
        if polled.is_pending() {
            inner.sink_waits_for = since;
            inner.sink = Some(cx.waker().clone());
        }
        polled
    }

    /// Waits until all messages queued so far are flushed.
    pub(super) async fn flush(&self) -> Result<(), SendError> {
        let (mut since, mut newest) = (None, None);
        loop {
            // Registers before the check (2).
            let changed = self.changed.notified();
            {
                let mut inner = self.lock();
                if newest.is_none() {
                    newest = inner.number_of_newest(&mut since, self.published.sent());
                }
                let flushed = newest.map(|newest| inner.poll_flushed(newest));
                if let Some(Poll::Ready(done)) = flushed {
                    return done;
                }
            }
            changed.await;
        }
    }

    /// Sends a ping, waits for its pong, and returns the round-trip time.
    pub(super) async fn ping(&self) -> Result<Duration, SendError> {
        let number = {
            let mut inner = self.lock();
            if let Some(status) = inner.end() {
                return Err(SendError::Closed(status.clone()));
            }
            let number = inner.round_trips.request();
            inner.wake_session();
            number
        };
        loop {
            // Registers before the check (2).
            let changed = self.changed.notified();
            {
                let inner = self.lock();
                if let Some(time) = inner.round_trips.of(number) {
                    return Ok(time);
                }
                if let Some(status) = &inner.closed {
                    return Err(SendError::Closed(status.clone()));
                }
            }
            changed.await;
        }
    }

    /// Records a pong, and wakes the tasks that wait for it.
    pub(super) fn pong(&self, payload: &[u8]) {
        if self.lock().round_trips.pong(payload) {
            self.changed.notify_waiters();
        }
    }

    /// Polls the end of the socket, for the `Sink` of the task that holds it. Fails if a message
    /// was lost with the connection.
    pub(super) fn poll_closed(&self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        let mut inner = self.lock();
        if inner.closed.is_some() {
            let newest = inner.newest();
            return inner.poll_flushed(newest);
        }
        inner.sink = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Waits for the end of the socket, and returns its status.
    pub(super) async fn closed(&self) -> WsStatus {
        loop {
            let over = self.over.notified();
            if let Some(status) = &self.lock().closed {
                return status.clone();
            }
            over.await;
        }
    }

    /// Ends the socket with `status`. The first status counts. Returns the callbacks on the first
    /// call, so that the caller reports the end and calls them, and `None` afterwards.
    pub(super) fn finish(&self, status: &WsStatus) -> Option<Callbacks> {
        let mut inner = self.lock();
        if inner.closed.is_some() {
            return None;
        }
        inner.closed = Some(status.clone());
        // There may be no other sync, and a flush must not wait for one.
        inner.unnumbered = false;
        self.published.interrupt();
        // The consumer, which may wait without a waker, sees the end in another step.
        inner.park.note_change();
        if !inner.keeps_unsent {
            inner.clear_outbound();
        }
        inner.buffered = 0;
        self.account(&mut inner);
        inner.wake_handle();
        // The callbacks may hold senders, and so this very state. They must not stay inside it.
        let callbacks = std::mem::take(&mut inner.callbacks);
        drop(inner);
        self.changed.notify_waiters();
        self.over.notify_waiters();
        Some(callbacks)
    }

    /// Removes the oldest received message, for callbacks of a socket that is over.
    pub(super) fn pop_received(&self) -> Option<WsMessage> {
        self.lock().inbound.pop()
    }

    /// Returns messages that the transport did not accept to their queue.
    pub(super) fn return_unsent(&self, moving: &mut Moving) {
        self.lock_outside().take_back_sending(moving);
    }

    /// Wakes the tasks that waited for the latest write. Without a flush, those are the tasks that
    /// wait for queue space. `flushed` is `true` after a flush, and `closing` if a close frame was
    /// part of it. Returns `true` if a task waited.
    pub(super) fn after_write(&self, flushed: bool, closing: bool, moving: &mut Moving) -> bool {
        let mut inner = self.lock_outside();
        inner.take_back_sending(moving);
        let mut advanced = false;
        if flushed && inner.closed.is_none() {
            let settled = inner.outbound.settled();
            advanced = inner.flushed < settled || (closing && !inner.close_flushed);
            inner.flushed = settled;
            inner.close_flushed |= closing;
        }
        let space = inner.space_wanted && !inner.must_wait();
        // A transport may have flushed everything that it took, and take no more. A task that is
        // woken for nothing then would be woken again and again.
        let flush = inner.flush_wanted && advanced;
        if !space && !flush {
            return false;
        }
        inner.space_wanted &= !space;
        inner.flush_wanted &= !flush;
        wake(&mut inner.sink);
        drop(inner);
        self.changed.notify_waiters();
        true
    }
}

impl Accounted for SocketState {
    fn accounted(&self) -> (usize, bool) {
        let inner = self.lock();
        (inner.account.bytes(), inner.shed)
    }

    /// Clears both queues, and makes the session end with 1013.
    fn shed(&self) {
        let mut inner = self.lock();
        if inner.closed.is_some() {
            return;
        }
        inner.closing.get_or_insert(WsStatus::TRY_AGAIN_LATER);
        inner.shed = true;
        self.published.interrupt();
        inner.inbound.clear();
        inner.clear_outbound();
        self.account(&mut inner);
        inner.wake_handle();
        inner.wake_session();
        drop(inner);
        self.changed.notify_waiters();
    }
}

impl Drop for SocketState {
    fn drop(&mut self) {
        if let Some(budget) = self.budget.take() {
            let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
            budget.leave(self.id, &mut inner.account);
        }
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

impl Inner {
    /// Returns the status of the end if the end has begun. No message is accepted after that.
    pub(super) fn end(&self) -> Option<&WsStatus> {
        self.closed.as_ref().or(self.closing.as_ref())
    }

    /// Polls a flush of the messages up to number `newest`, and of the close frame if there is one.
    fn poll_flushed(&mut self, newest: u64) -> Poll<Result<(), SendError>> {
        let over = self.closing.is_none() || self.close_flushed || self.closed.is_some();
        if self.flushed >= newest && over {
            return Poll::Ready(Ok(()));
        }
        if let Some(status) = &self.closed {
            return Poll::Ready(Err(SendError::Closed(status.clone())));
        }
        self.flush_wanted = true;
        Poll::Pending
    }

    /// Returns how many messages the consumer has received, if the socket waits for the consumer
    /// alone: its queue is full, and its responses have space.
    pub(super) fn consumer_progress(&self) -> Option<u64> {
        let waits = self.inbound.is_full() && !self.must_wait();
        waits.then(|| self.inbound.popped())
    }

    /// Adds a message to the peer, in front of the filters if there are any. The consumer has sent
    /// `beside` that are not queued yet.
    #[inline]
    fn offer(&mut self, message: WsMessage, beside: Amount) -> Offered {
        if beside.messages > 0 && self.must_wait_beside(beside) {
            return Offered::MustWait(message);
        }
        match &mut self.filtering {
            None => self.outbound.offer(message),
            Some(_) if self.outbound.must_wait() => Offered::MustWait(message),
            Some(filtering) => filtering.unfiltered.offer(message),
        }
    }

    /// Returns `true` if the next message to the peer must wait for space.
    pub(super) fn must_wait(&self) -> bool {
        match &self.filtering {
            None => self.outbound.must_wait(),
            Some(filtering) => self.outbound.must_wait() || filtering.unfiltered.must_wait(),
        }
    }

    /// Returns the same while `beside` more messages are about to be queued.
    fn must_wait_beside(&self, beside: Amount) -> bool {
        self.must_wait() || self.outbound.must_wait_beside(beside)
    }

    /// Returns the number of the newest message, once it is certain (5): of those that were sent
    /// before the first call with `since`. The consumer has sent `beside` that are not queued yet.
    fn number_of_newest(&mut self, since: &mut Option<u64>, beside: Amount) -> Option<u64> {
        let newest = self.newest();
        if !self.unnumbered || (beside.messages == 0 && self.flushed >= newest) {
            return Some(newest);
        }
        let (syncs, synced) = self.syncs;
        if *since.get_or_insert(syncs) < syncs {
            return Some(synced);
        }
        self.number_wanted = true;
        None
    }

    /// Returns `true` if a flush waits for a number. Wakes the `Sink`, which may be that flush.
    fn take_number_wanted(&mut self) -> bool {
        let wanted = std::mem::take(&mut self.number_wanted);
        if wanted {
            wake(&mut self.sink);
        }
        wanted
    }

    /// Returns `true` if a message waits for a callback, which may run now.
    fn dispatches(&self) -> bool {
        let waits = !self.callbacks.on_message.is_empty() && !self.inbound.is_empty();
        waits && !self.must_wait() && self.end().is_none()
    }

    /// Returns `true` if a consumer in another task has messages to receive or to respond to. One
    /// that has received all of them and waits for another has responded.
    fn may_respond(&self) -> bool {
        let waits = self.inbound.is_empty() && self.receiver.is_some();
        self.handles > 0 && !self.callbacks.registered && self.end().is_none() && !waits
    }

    /// Returns `true` if the messages that the consumer has sent are to be queued.
    fn accepts_sent(&self) -> bool {
        self.closed.is_none() && !self.shed
    }

    /// Returns the messages that were taken and not passed to the transport to the queue.
    fn take_back_sending(&mut self, moving: &mut Moving) {
        let bytes = std::mem::take(&mut moving.sent_bytes);
        self.synced_len += moving.sending.len();
        self.outbound.take_back(&mut moving.sending, bytes);
    }

    /// Returns the number of the newest message to the peer.
    fn newest(&self) -> u64 {
        match &self.filtering {
            None => self.outbound.newest(),
            Some(filtering) => filtering.unfiltered.newest(),
        }
    }

    /// Returns the memory of the messages to the peer, in bytes.
    pub(super) fn cost_to_peer(&self) -> usize {
        let unfiltered = self.filtering.as_ref();
        self.outbound.cost() + unfiltered.map_or(0, |filtering| filtering.unfiltered.cost())
    }

    /// Returns the number of messages that were dropped because the peer is too slow.
    pub(super) fn dropped(&self) -> u64 {
        let unfiltered = self.filtering.as_ref();
        self.outbound.dropped() + unfiltered.map_or(0, |filtering| filtering.unfiltered.dropped())
    }

    /// Returns `true` if no message to the peer waits.
    pub(super) fn all_sent(&self) -> bool {
        self.outbound.waiting() == 0 && !self.has_unfiltered()
    }

    /// Returns `true` if a message waits for the filters.
    pub(super) fn has_unfiltered(&self) -> bool {
        let unfiltered = self.filtering.as_ref();
        unfiltered.is_some_and(|filtering| !filtering.unfiltered.is_empty())
    }

    /// Removes the next message for the filters, with its number.
    pub(super) fn next_unfiltered(&mut self) -> Option<(u64, WsMessage)> {
        self.filtering.as_mut()?.unfiltered.pop_numbered()
    }

    fn clear_unfiltered(&mut self) {
        if let Some(filtering) = &mut self.filtering {
            filtering.unfiltered.clear();
        }
    }

    fn clear_outbound(&mut self) {
        self.outbound.clear();
        self.clear_unfiltered();
    }

    /// Wakes the task that holds the `WebSocket`, for reading and for writing.
    fn wake_handle(&mut self) {
        wake(&mut self.receiver);
        wake(&mut self.sink);
    }

    /// Shows a change to the session.
    pub(super) fn wake_session(&mut self) {
        self.park.wake();
    }
}

impl fmt::Debug for SocketState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("Socket")
            .field("inbound", &inner.inbound)
            .field("outbound", &inner.outbound)
            .field("closing", &inner.closing)
            .field("closed", &inner.closed)
            .finish_non_exhaustive()
    }
}
