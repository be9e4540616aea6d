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
//! 5. While the session polls its consumer, what the consumer sends is queued in front of what
//!    others have sent since the step began. So a flush cannot know the numbers of those messages
//!    before the next [`sync`](SocketState::sync).

mod ending;
mod exchanging;
mod flushing;
mod lagging;
mod moving;
mod receiving;
mod sending;
mod sync;
mod waiting;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;

use tokio::sync::Notify;

use super::budget::{Account, Budget};
use super::callbacks::Callbacks;
use super::config::SessionConfig;
use super::exchange::Published;
use super::message_filter::Filtering;
use super::metrics::next_id;
use super::notify::Notifier;
use super::outbound::Outbound;
use super::own_waker::OwnWaker;
use super::park::Park;
use super::queue::Queue;
use super::round_trip::RoundTrips;
use super::transport::{Handshake, Role};
use crate::message::WsStatus;
use lagging::Follows;
pub(super) use moving::{Moving, Written};
pub(super) use sync::{Facts, Requests, Seen};

/// The state of one socket, shared by its handles, its senders and its session.
///
/// `repr(C)` keeps the order of the fields here and in what they hold. What every message needs
/// comes first, in few cache lines, because a broadcast finds none of them in a near cache.
#[repr(C)]
pub(super) struct SocketState {
    /// The number of the socket.
    pub(super) id: u64,
    /// The part of an exchange that other tasks see.
    published: Published,
    /// The bound on the bytes in all sockets of the server.
    budget: OnceLock<Arc<Budget>>,
    pub(super) notifier: Notifier,
    pub(super) own_waker: OwnWaker,
    inner: Mutex<Inner>,
    /// Wakes the tasks that wait for queue space, for a flush, or for a pong.
    changed: Notify,
    /// Wakes the tasks that wait for the end of the socket.
    over: Notify,
}

/// The part of the state behind the lock.
#[repr(C)]
pub(super) struct Inner {
    park: Park,
    /// `true` if messages wait for the peer in the log that `follows` names, after those in
    /// `outbound`.
    lags: bool,
    /// The log of a group that may have messages for the peer.
    follows: Option<Follows>,
    /// The status that this side closes with, once the outbound queue is sent.
    pub(super) closing: Option<WsStatus>,
    /// The status that the socket was closed with.
    pub(super) closed: Option<WsStatus>,
    /// The message filters in front of `outbound`. `None` for a socket without any.
    pub(super) filtering: Option<Box<Filtering>>,
    pub(super) callbacks: Callbacks,
    pub(super) outbound: Outbound,
    pub(super) inbound: Queue,
    account: Account,
    /// The bytes that the transport buffered when the session parked.
    buffered: usize,
    /// The number of `WebSocket` values of this socket.
    pub(super) handles: usize,
    /// The number up to which every message was flushed by the transport, or dropped.
    flushed: u64,
    /// The number of syncs, and the number of the newest message at the last one.
    syncs: (u64, u64),
    /// `true` if messages that never reached the transport outlive the socket.
    pub(super) keeps_unsent: bool,
    /// `true` if the queues were cleared for the budget, and the socket must end at once.
    pub(super) shed: bool,
    /// `true` if the connection fails once the consumer has had its turn.
    failing: bool,
    /// `true` if a task waits for space in the outbound queue.
    space_wanted: bool,
    /// `true` if the transport flushed this side's close frame.
    close_flushed: bool,
    /// `true` if a task waits for a flush.
    flush_wanted: bool,
    /// `true` if the consumer may have sent messages that are not numbered yet (5).
    unnumbered: bool,
    /// `true` if a flush waits for the next sync.
    number_wanted: bool,
    /// The number of the messages that waited before what the consumer sends in an exchange.
    synced_len: usize,
    pub(super) round_trips: RoundTrips,
    receiver: Option<Waker>,
    sink: Option<Waker>,
    /// The sync that the flush of the `Sink` waits for.
    sink_waits_for: Option<u64>,
}

impl SocketState {
    /// Creates the state of a socket.
    pub(super) fn new(config: &SessionConfig, role: Role, handshake: &Handshake) -> Self {
        let id = next_id();
        Self {
            id,
            notifier: Notifier::new(&config.metrics, id, handshake),
            own_waker: OwnWaker::default(),
            published: Published::default(),
            inner: Mutex::new(Inner {
                inbound: Queue::inbound(config, role),
                outbound: Outbound::new(config),
                filtering: None,
                callbacks: Callbacks::default(),
                follows: None,
                lags: false,
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
        let mut inner = self.lock_outside();
        self.catch_up(&mut inner);
        inner
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
    #[inline]
    fn account(&self, inner: &mut Inner) -> Option<&Budget> {
        let budget = self.budget()?;
        // The case after nearly every message.
        let little = inner.account.bytes() == 0 && inner.holds_little();
        let exceeded = !little && inner.note_in(budget);
        exceeded.then_some(budget)
    }
}

impl Inner {
    /// Notes in `budget` the bytes that wait. Returns `true` if it is exceeded.
    fn note_in(&mut self, budget: &Budget) -> bool {
        let bytes = self.inbound.cost() + self.cost_to_peer() + self.buffered;
        budget.note(&mut self.account, bytes)
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
