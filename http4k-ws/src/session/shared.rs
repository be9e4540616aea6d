//! What the consumer, the senders and the pump of one socket share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;

use super::SessionConfig;
use super::budget::{Account, Budget};
use super::callbacks::Callbacks;
use super::error::SendError;
use super::handshake::Handshake;
use super::metrics::{Observer, SocketInfo, WsMetrics, next_id};
use super::observers::{Observers, WsEvent};
use super::outbound::{Offered, Outbound};
use super::phase::Role;
use super::queue::{Queue, Room};
use super::round_trip::RoundTrips;
use crate::message::{WsMessage, WsStatus};

/// One socket, seen from both of its sides. The lock is held for a few instructions, never while
/// anybody's code runs.
pub(super) struct Shared {
    /// The number of the socket.
    pub(super) id: u64,
    /// Who is told what happens.
    observer: Option<Box<Observer>>,
    state: Mutex<State>,
    /// Wakes the tasks that wait for room in the outbound queue, for it to be flushed, or for a pong.
    room: Notify,
    /// Tells those who wait for the end.
    over: Notify,
    pub(super) observers: Observers,
    /// The bound on what waits in all sockets of the server.
    budget: OnceLock<Arc<Budget>>,
}

pub(super) struct State {
    pub(super) inbound: Queue,
    pub(super) outbound: Outbound,
    pub(super) callbacks: Callbacks,
    /// The status this side wants to close with, once what is queued is sent.
    pub(super) closing: Option<WsStatus>,
    /// The status the socket was closed with.
    pub(super) closed: Option<WsStatus>,
    /// Whether what was never handed to the transport is still there when the socket is over.
    pub(super) keeps_unsent: bool,
    /// What waits is thrown away, and the socket is to end at once.
    pub(super) shed: bool,
    account: Account,
    /// The bytes that the transport held when the session went to sleep.
    held: usize,
    /// How many hold the `WebSocket`.
    pub(super) handles: usize,
    /// Whether somebody waits for room in the outbound queue.
    room_wanted: bool,
    /// Every message up to this number was flushed by the transport, or left out.
    flushed: u64,
    /// This side's close frame was flushed by the transport.
    close_flushed: bool,
    /// A task waits for a flush.
    flush_wanted: bool,
    pub(super) round_trips: RoundTrips,
    receiver: Option<Waker>,
    sink: Option<Waker>,
    session: Option<Waker>,
    /// The session is being polled: whoever would wake it raises `news` instead.
    polling: bool,
    /// The session sleeps until its peer takes more.
    blocked: bool,
    news: bool,
}

/// A message that was not queued, and why.
pub(super) struct Refused {
    pub(super) message: WsMessage,
    pub(super) error: SendError,
}

impl Shared {
    pub(super) fn new(config: &SessionConfig, role: Role, handshake: &Handshake) -> Self {
        let id = next_id();
        Self {
            id,
            observer: config.metrics.of(id, handshake),
            state: Mutex::new(State {
                inbound: Queue::inbound(config, role),
                outbound: Outbound::new(config),
                callbacks: Callbacks::default(),
                closing: None,
                closed: None,
                keeps_unsent: false,
                shed: false,
                account: Account::default(),
                held: 0,
                handles: 1,
                room_wanted: false,
                flushed: 0,
                close_flushed: false,
                flush_wanted: false,
                round_trips: RoundTrips::default(),
                receiver: None,
                sink: None,
                session: None,
                polling: false,
                blocked: false,
                news: false,
            }),
            room: Notify::new(),
            over: Notify::new(),
            observers: Observers::default(),
            budget: OnceLock::new(),
        }
    }

    /// Counts what waits in this socket, from now on.
    #[cfg(feature = "server")]
    pub(super) fn set_budget(self: &Arc<Self>, budget: &Arc<Budget>) {
        if self.budget.set(Arc::clone(budget)).is_ok() {
            budget.join(self);
        }
    }

    pub(super) fn budget(&self) -> Option<&Budget> {
        self.budget.get().map(Arc::as_ref)
    }

    /// Accounts for what waits. Returns the budget if it is exceeded, to be shed without the lock.
    fn account(&self, state: &mut State) -> Option<&Budget> {
        let budget = self.budget()?;
        let bytes = state.inbound.cost() + state.outbound.cost() + state.held;
        budget.note(&mut state.account, bytes).then_some(budget)
    }

    /// Returns the bytes that were accounted for, and `true` if they are being given back.
    pub(super) fn accounted(&self) -> (usize, bool) {
        let state = self.lock();
        (state.account.bytes(), state.shed)
    }

    /// Throws away what waits, and has the session end with 1013.
    pub(super) fn shed(&self) {
        let mut state = self.lock();
        if state.closed.is_some() {
            return;
        }
        state.closing.get_or_insert(WsStatus::TRY_AGAIN_LATER);
        state.shed = true;
        state.inbound.clear();
        state.outbound.clear();
        self.account(&mut state);
        state.wake_holder();
        state.wake_session();
        drop(state);
        self.room.notify_waiters();
    }

    /// As [`State::session_sleeps`], after which the transport holds `held` bytes.
    pub(super) fn session_sleeps(&self, waker: &Waker, blocked: bool, held: usize) -> bool {
        let mut state = self.lock();
        if !state.session_sleeps(waker, blocked) {
            return false;
        }
        state.held = held;
        let exceeded = self.account(&mut state);
        drop(state);
        if let Some(budget) = exceeded {
            budget.shed();
        }
        true
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn try_send(&self, message: WsMessage) -> Result<(), Refused> {
        let mut state = self.lock();
        if let Some(status) = state.end() {
            let error = SendError::Closed(status.clone());
            return Err(Refused { message, error });
        }
        match state.outbound.offer(message) {
            Offered::Queued { dropped } => {
                // A session that waits for its peer to take more looks at the queue when that is so.
                if !state.blocked {
                    state.wake_session();
                }
                // A session that is being polled accounts for it when it goes to sleep.
                let exceeded = match state.polling {
                    true => None,
                    false => self.account(&mut state),
                };
                drop(state);
                if let Some(budget) = exceeded {
                    budget.shed();
                }
                self.tell_dropped(dropped);
                Ok(())
            }
            Offered::MustWait(message) => {
                state.room_wanted = true;
                let error = SendError::Full;
                Err(Refused { message, error })
            }
            Offered::TooSlow(message) => {
                drop(state);
                self.close(WsStatus::TRY_AGAIN_LATER);
                let error = SendError::Closed(WsStatus::TRY_AGAIN_LATER);
                Err(Refused { message, error })
            }
        }
    }

    fn tell_dropped(&self, messages: u64) {
        if messages > 0 {
            self.tell(|metrics, socket| metrics.dropped(socket, messages));
        }
    }

    /// Tells whoever counts what happens on sockets.
    pub(super) fn tell(&self, event: impl FnOnce(&dyn WsMetrics, &SocketInfo)) {
        if let Some(observer) = &self.observer {
            observer.tell(event);
        }
    }

    pub(super) async fn send(&self, mut message: WsMessage) -> Result<(), SendError> {
        loop {
            // Listening starts before the attempt, so that room made in between is not missed.
            let room = self.room.notified();
            match self.try_send(message) {
                Ok(()) => return Ok(()),
                Err(Refused {
                    message: refused,
                    error: SendError::Full,
                }) => message = refused,
                Err(Refused { error, .. }) => return Err(error),
            }
            room.await;
        }
    }

    pub(super) fn poll_recv(&self, cx: &mut Context<'_>) -> Poll<Option<WsMessage>> {
        let mut state = self.lock();
        if state.closing.is_none() {
            let had_room = state.inbound.room() != Room::None;
            if let Some(message) = state.inbound.pop() {
                if !had_room {
                    state.wake_session();
                }
                return Poll::Ready(Some(message));
            }
        }
        if state.end().is_some() {
            return Poll::Ready(None);
        }
        state.receiver = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(super) fn close(&self, status: WsStatus) {
        let status = if status.is_sendable() {
            status
        } else {
            WsStatus::INTERNAL_ERROR
        };
        let mut state = self.lock();
        if state.end().is_none() {
            state.closing = Some(status);
            state.inbound.clear();
            state.wake_holder();
            state.wake_session();
            drop(state);
            self.room.notify_waiters();
        }
    }

    /// Whether a message fits, for the `Sink` of the one who holds the socket.
    pub(super) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        let mut state = self.lock();
        if let Some(status) = state.end() {
            return Poll::Ready(Err(SendError::Closed(status.clone())));
        }
        if !state.outbound.must_wait() {
            return Poll::Ready(Ok(()));
        }
        state.room_wanted = true;
        state.sink = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Polls a flush of everything queued so far, for the `Sink` of the task that holds the socket.
    pub(super) fn poll_flushed(&self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        let mut state = self.lock();
        let newest = state.outbound.newest();
        let polled = state.poll_flushed(newest);
        if polled.is_pending() {
            state.sink = Some(cx.waker().clone());
        }
        polled
    }

    /// Waits until everything queued so far is flushed.
    pub(super) async fn flush(&self) -> Result<(), SendError> {
        let newest = self.lock().outbound.newest();
        loop {
            // Listening starts before the look, so that a flush in between is not missed.
            let flushed = self.room.notified();
            if let Poll::Ready(done) = self.lock().poll_flushed(newest) {
                return done;
            }
            flushed.await;
        }
    }

    /// Sends a ping, and waits for its pong.
    pub(super) async fn ping(&self) -> Result<Duration, SendError> {
        let number = {
            let mut state = self.lock();
            if let Some(status) = state.end() {
                return Err(SendError::Closed(status.clone()));
            }
            let number = state.round_trips.want();
            state.wake_session();
            number
        };
        loop {
            // Listening starts before the look, so that a pong in between is not missed.
            let pong = self.room.notified();
            {
                let state = self.lock();
                if let Some(time) = state.round_trips.of(number) {
                    return Ok(time);
                }
                if let Some(status) = &state.closed {
                    return Err(SendError::Closed(status.clone()));
                }
            }
            pong.await;
        }
    }

    /// Takes a pong, and wakes the tasks that wait for it.
    pub(super) fn pong(&self, payload: &[u8]) {
        if self.lock().round_trips.pong(payload) {
            self.room.notify_waiters();
        }
    }

    /// Polls the end of the socket, for the `Sink` of the task that holds it. Fails if a message
    /// was lost with the connection.
    pub(super) fn poll_closed(&self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        let mut state = self.lock();
        if state.closed.is_some() {
            let newest = state.outbound.newest();
            return state.poll_flushed(newest);
        }
        state.sink = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(super) async fn closed(&self) -> WsStatus {
        loop {
            let over = self.over.notified();
            if let Some(status) = &self.lock().closed {
                return status.clone();
            }
            over.await;
        }
    }

    /// The socket is over; the first status stays. Gives the callbacks to tell, once.
    pub(super) fn finish(&self, status: WsStatus) -> Option<Callbacks> {
        let mut state = self.lock();
        if state.closed.is_some() {
            return None;
        }
        state.closed = Some(status.clone());
        if !state.keeps_unsent {
            state.outbound.clear();
        }
        state.held = 0;
        self.account(&mut state);
        state.wake_holder();
        // Callbacks may hold senders, and so this very state.
        let callbacks = std::mem::take(&mut state.callbacks);
        drop(state);
        self.room.notify_waiters();
        self.over.notify_waiters();
        self.observers.tell(WsEvent::Closed(&status));
        Some(callbacks)
    }

    /// Takes a message that came.
    pub(super) fn take_received(&self) -> Option<WsMessage> {
        self.lock().inbound.pop()
    }

    /// Wakes the tasks that wait for what the session has just done: it made room, and where
    /// `flushed`, the transport has flushed what the session took. Returns `true` if there was one.
    pub(super) fn wrote(&self, flushed: bool, closing: bool) -> bool {
        let mut state = self.lock();
        if flushed && state.closed.is_none() {
            state.flushed = state.outbound.settled();
            state.close_flushed |= closing;
        }
        let room = state.room_wanted && !state.outbound.must_wait();
        let flush = state.flush_wanted && flushed;
        if !room && !flush {
            return false;
        }
        state.room_wanted &= !room;
        state.flush_wanted &= !flush;
        wake(&mut state.sink);
        drop(state);
        self.room.notify_waiters();
        true
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(budget) = self.budget.take() {
            let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
            budget.leave(self.id, &mut state.account);
        }
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

impl State {
    /// The status of the end, where it has begun: nothing more can be sent.
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

    /// Returns a number that grows with each message that the consumer receives, while it is the consumer
    /// that the socket waits for: its queue is full, and there is room for its answers.
    pub(super) fn awaited(&self) -> Option<u64> {
        let waits = self.inbound.is_full() && !self.outbound.must_wait();
        waits.then(|| self.inbound.popped())
    }

    pub(super) fn wake_receiver(&mut self) {
        wake(&mut self.receiver);
    }

    /// Wakes whoever holds the `WebSocket`, whatever it waits for.
    fn wake_holder(&mut self) {
        wake(&mut self.receiver);
        wake(&mut self.sink);
    }

    pub(super) fn wake_session(&mut self) {
        if self.polling {
            self.news = true;
        } else {
            wake(&mut self.session);
        }
    }

    /// The session begins a poll: until it sleeps, news are only noted.
    pub(super) fn session_polls(&mut self) {
        self.polling = true;
        self.blocked = false;
    }

    /// The session looks at everything now: what was news is so no more.
    pub(super) fn session_looks(&mut self) {
        self.news = false;
    }

    /// The session sleeps until `waker` is woken, which its transport does when it is `blocked` no more;
    /// refused when there is news.
    fn session_sleeps(&mut self, waker: &Waker, blocked: bool) -> bool {
        if self.news {
            return false;
        }
        self.polling = false;
        self.blocked = blocked;
        if !self
            .session
            .as_ref()
            .is_some_and(|known| known.will_wake(waker))
        {
            self.session = Some(waker.clone());
        }
        true
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Socket")
            .field("inbound", &state.inbound)
            .field("outbound", &state.outbound)
            .field("closing", &state.closing)
            .field("closed", &state.closed)
            .finish_non_exhaustive()
    }
}
