//! The state that the consumer, the senders and the session of one socket share.
//!
//! One task polls the session. Other tasks send, close and ping meanwhile.
//!
//! 1. A change by another task reaches the session through the [`Park`] protocol, and a change by
//!    the session reaches the other tasks through `changed` and `over`.
//! 2. A task that waits for `changed` or `over` registers before it checks the condition, so that a
//!    change in between also wakes it.
//! 3. The lock is held for a few instructions, and never while a consumer, a callback or an
//!    observer runs. Only the key function of `SlowConsumer::coalesce_by` is called under it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;

use super::budget::{Account, Accounted, Budget};
use super::callbacks::Callbacks;
use super::config::SessionConfig;
use super::error::SendError;
use super::message_filter::{Filtering, MessageFilter, MessageFilters};
use super::metrics::next_id;
use super::notify::Notifier;
use super::park::Park;
use super::queue::{Offered, Outbound, Queue, Space};
use super::round_trip::RoundTrips;
use super::transport::{Handshake, Role};
use crate::message::{WsMessage, WsStatus};

/// The state of one socket, shared by its handles, its senders and its session.
pub(super) struct SocketState {
    /// The number of the socket.
    pub(super) id: u64,
    pub(super) notifier: Notifier,
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
    pub(super) round_trips: RoundTrips,
    receiver: Option<Waker>,
    sink: Option<Waker>,
    park: Park,
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
            inner: Mutex::new(Inner {
                inbound: Queue::inbound(config, role),
                outbound: Outbound::new(config),
                filtering: None,
                callbacks: Callbacks::default(),
                closing: None,
                closed: None,
                keeps_unsent: false,
                shed: false,
                account: Account::default(),
                buffered: 0,
                handles: 1,
                space_wanted: false,
                flushed: 0,
                close_flushed: false,
                flush_wanted: false,
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

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
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

    /// Parks the session as [`Park::try_park`] does, while the transport buffers `buffered` bytes.
    pub(super) fn try_park(&self, waker: &Waker, blocked: bool, buffered: usize) -> bool {
        let mut inner = self.lock();
        if !inner.park.try_park(waker, blocked) {
            return false;
        }
        inner.buffered = buffered;
        let exceeded = self.account(&mut inner);
        drop(inner);
        if let Some(budget) = exceeded {
            budget.shed();
        }
        true
    }

    /// Queues `message`, or returns it if the queue is full or the socket is closing.
    pub(super) fn try_send(&self, message: WsMessage) -> Result<(), Refused> {
        let mut inner = self.lock();
        if let Some(status) = inner.end() {
            let error = SendError::Closed(status.clone());
            return Err(Refused { message, error });
        }
        match inner.offer(message) {
            Offered::Queued { dropped } => {
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
        let mut inner = self.lock();
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
        Poll::Pending
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
        if !inner.must_wait() {
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
        let newest = inner.newest();
        let polled = inner.poll_flushed(newest);
        if polled.is_pending() {
            inner.sink = Some(cx.waker().clone());
        }
        polled
    }

    /// Waits until all messages queued so far are flushed.
    pub(super) async fn flush(&self) -> Result<(), SendError> {
        let newest = self.lock().newest();
        loop {
            // Registers before the check (2).
            let changed = self.changed.notified();
            if let Poll::Ready(done) = self.lock().poll_flushed(newest) {
                return done;
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

    /// Wakes the tasks that waited for the latest write. Without a flush, those are the tasks that
    /// wait for queue space. `flushed` is `true` after a flush, and `closing` if a close frame was
    /// part of it. Returns `true` if a task waited.
    pub(super) fn after_write(&self, flushed: bool, closing: bool) -> bool {
        let mut inner = self.lock();
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

    /// Adds a message to the peer, in front of the filters if there are any.
    #[inline]
    fn offer(&mut self, message: WsMessage) -> Offered {
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

    /// Returns `true` if no message to the peer is left.
    pub(super) fn all_sent(&self) -> bool {
        self.outbound.is_empty() && !self.has_unfiltered()
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

    pub(super) fn wake_receiver(&mut self) {
        wake(&mut self.receiver);
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

    /// Begins a poll of the session.
    pub(super) fn begin_poll(&mut self) {
        self.park.begin_poll();
    }

    /// Clears the dirty flag. The session must read everything that others change after this.
    pub(super) fn clear_dirty(&mut self) {
        self.park.clear_dirty();
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
