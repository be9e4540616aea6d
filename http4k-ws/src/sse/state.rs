//! The state that the consumer, the senders and the body of one stream share.
//!
//! 1. The body polls the consumer and then drains the queue. Senders in other tasks fill it
//!    meanwhile.
//! 2. The body leaves its waker only if it found the queue empty and the stream open, under the
//!    same lock. Each change after that takes the waker, so none is missed, and further ones cost
//!    nothing.
//! 3. While the body is polled, and while the connection has no space for a frame, there is no
//!    waker. The connection polls the body again by itself.
//! 4. A task that waits for `changed` or `over` registers before it checks the condition, so that a
//!    change in between also wakes it.
//! 5. The stream is over once an end has begun. The first end counts. Events that were queued
//!    before are still sent, unless the client is gone or the budget of the server is exceeded.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
#[cfg(feature = "server")]
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::Notify;

use super::config::{OnStop, SseConfig};
use super::encoding::write_comment;
use super::ending::Ending;
use super::error::SseSendError;
use super::piece::{Piece, queue};
use crate::session::{Account, Accounted, Budget, Offered, Outbound, next_id};

/// The bytes after which no further event is added to a frame. The rest stays in the queue, where
/// its bound holds.
const FRAME: usize = 64 * 1024;

/// The state of one stream.
pub(super) struct StreamState {
    /// The number of the stream.
    id: u64,
    inner: Mutex<Inner>,
    /// Wakes the tasks that wait for space in the queue.
    changed: Notify,
    /// Wakes the tasks that wait for the end.
    over: Notify,
    /// The bound on the bytes in all sockets and streams of the server.
    budget: OnceLock<Arc<Budget>>,
}

#[derive(Debug)]
struct Inner {
    queue: Outbound<Piece>,
    account: Account,
    end: Option<Ending>,
    on_stop: OnStop,
    /// `true` while the `Sse` exists.
    handle: bool,
    /// `true` once the consumer has returned.
    returned: bool,
    /// `true` if a task waits for space.
    space_wanted: bool,
    body: Option<Waker>,
}

/// The result of draining the queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Drained {
    /// Events or comments were written.
    Frame {
        /// The number of events.
        events: u64,
    },
    /// There are none, and the stream is over.
    Over(Ending),
    /// There are none. A waker is stored.
    Idle,
}

impl StreamState {
    /// Creates the state of a stream that has not started.
    pub(super) fn new() -> Arc<Self> {
        let config = SseConfig::default();
        Arc::new(Self {
            id: next_id(),
            inner: Mutex::new(Inner {
                queue: queue(&config),
                account: Account::default(),
                end: None,
                on_stop: config.on_stop,
                handle: true,
                returned: false,
                space_wanted: false,
                body: None,
            }),
            changed: Notify::new(),
            over: Notify::new(),
            budget: OnceLock::new(),
        })
    }

    /// Returns the number of the stream.
    #[cfg(feature = "json")]
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the bounds, before the consumer is first polled.
    pub(super) fn configure(&self, config: &SseConfig) {
        let mut inner = self.lock();
        inner.queue = queue(config);
        inner.on_stop = config.on_stop;
    }

    /// Counts the bytes of this stream in `budget` from now on.
    #[cfg(feature = "server")]
    pub(super) fn set_budget(self: &Arc<Self>, budget: Arc<Budget>) {
        let budget = self.budget.get_or_init(|| budget);
        budget.join(self.id, Arc::downgrade(self) as _);
    }

    /// Updates the account. Returns the budget if it is exceeded, to be shed without the lock.
    fn account(&self, inner: &mut Inner) -> Option<&Budget> {
        let budget = self.budget.get()?;
        let exceeded = budget.note(&mut inner.account, inner.queue.cost());
        exceeded.then_some(budget)
    }

    /// Queues `piece`, or returns it if the queue is full.
    fn offer(&self, piece: Piece) -> Result<(), (SseSendError, Option<Piece>)> {
        let mut inner = self.lock();
        if inner.end.is_some() {
            return Err((SseSendError::Closed, None));
        }
        match inner.queue.offer(piece) {
            Offered::Queued { .. } => {
                let exceeded = self.account(&mut inner);
                let body = inner.body.take();
                drop(inner);
                body.into_iter().for_each(Waker::wake);
                if let Some(budget) = exceeded {
                    budget.shed();
                }
                Ok(())
            }
            Offered::MustWait(piece) => {
                inner.space_wanted = true;
                Err((SseSendError::Full, Some(piece)))
            }
            Offered::TooSlow(_) => {
                drop(inner);
                log::debug!("a stream of events ends: its queue is full");
                self.end(Ending::TooSlow);
                Err((SseSendError::Closed, None))
            }
        }
    }

    /// Queues `piece` without waiting.
    pub(super) fn try_send(&self, piece: Piece) -> Result<(), SseSendError> {
        self.offer(piece).map_err(|(error, _)| error)
    }

    /// Queues `piece`, waiting for space if necessary.
    pub(super) async fn send(&self, mut piece: Piece) -> Result<(), SseSendError> {
        loop {
            // Registers before the attempt (4).
            let changed = self.changed.notified();
            match self.offer(piece) {
                Ok(()) => return Ok(()),
                Err((SseSendError::Full, Some(refused))) => piece = refused,
                Err((error, _)) => return Err(error),
            }
            changed.await;
        }
    }

    /// Ends the stream. The first end counts, but a stream whose queue is cleared is incomplete.
    pub(super) fn end(&self, end: Ending) {
        let mut inner = self.lock();
        if matches!(end, Ending::Shed | Ending::Gone) {
            inner.queue.clear();
            self.account(&mut inner);
            inner.end = Some(end);
        } else {
            inner.end.get_or_insert(end);
        }
        let body = inner.body.take();
        drop(inner);
        body.into_iter().for_each(Waker::wake);
        self.changed.notify_waiters();
        self.over.notify_waiters();
    }

    /// Ends the stream because the server stops, unless it should finish.
    #[cfg(feature = "server")]
    pub(super) fn stop(&self, retry: Duration) {
        if self.lock().on_stop == OnStop::End {
            self.end(Ending::Stopped(retry));
        }
    }

    /// Records that the consumer has returned without an error.
    pub(super) fn consumer_returned(&self) {
        let mut inner = self.lock();
        inner.returned = true;
        self.end_if_released(inner);
    }

    /// Records that the `Sse` is dropped.
    pub(super) fn handle_dropped(&self) {
        let mut inner = self.lock();
        inner.handle = false;
        self.end_if_released(inner);
    }

    fn end_if_released(&self, inner: MutexGuard<'_, Inner>) {
        let released = inner.returned && !inner.handle;
        drop(inner);
        if released {
            self.end(Ending::Complete);
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.lock().end.is_some()
    }

    /// Waits for the end of the stream.
    pub(super) async fn over(&self) {
        loop {
            // Registers before the check (4).
            let over = self.over.notified();
            if self.is_over() {
                return;
            }
            over.await;
        }
    }

    /// Returns the number of events that were dropped because the queue was full.
    pub(super) fn dropped(&self) -> u64 {
        self.lock().queue.dropped()
    }

    /// Clears the waker: until the body is idle, its own sends must not wake it (3).
    pub(super) fn begin_poll(&self) {
        self.lock().body = None;
    }

    /// Writes queued events to `frame`, up to about [`FRAME`] bytes. Without any, and while the
    /// stream is open, stores `waker`.
    pub(super) fn drain(&self, frame: &mut BytesMut, waker: &Waker) -> Drained {
        let mut inner = self.lock();
        let mut events = 0;
        while frame.len() < FRAME {
            match inner.queue.pop() {
                Some(Piece::Event(event)) => {
                    event.write_to(frame);
                    events += 1;
                }
                #[cfg(feature = "json")]
                Some(Piece::Shared(event)) => {
                    frame.extend_from_slice(event.encoded());
                    events += 1;
                }
                Some(Piece::Comment(text)) => write_comment(frame, &text),
                None => break,
            }
        }
        let drained = match inner.end {
            _ if !frame.is_empty() => Drained::Frame { events },
            Some(end) => Drained::Over(end),
            None => {
                inner.body = Some(waker.clone());
                Drained::Idle
            }
        };
        // It only decreases here.
        self.account(&mut inner);
        let space = inner.space_wanted && !inner.queue.must_wait();
        inner.space_wanted &= !space;
        drop(inner);
        if space {
            self.changed.notify_waiters();
        }
        drained
    }
}

impl Accounted for StreamState {
    fn accounted(&self) -> (usize, bool) {
        let inner = self.lock();
        let released = matches!(inner.end, Some(Ending::Shed | Ending::Gone));
        (inner.account.bytes(), released)
    }

    /// Clears the queue, and breaks the stream off.
    fn shed(&self) {
        if self.lock().end != Some(Ending::Gone) {
            self.end(Ending::Shed);
        }
    }
}

impl Drop for StreamState {
    fn drop(&mut self) {
        if let Some(budget) = self.budget.take() {
            let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
            budget.leave(self.id, &mut inner.account);
        }
    }
}

impl fmt::Debug for StreamState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("Stream")
            .field("queue", &inner.queue)
            .field("end", &inner.end)
            .finish_non_exhaustive()
    }
}
