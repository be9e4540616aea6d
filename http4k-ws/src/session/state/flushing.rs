//! Flushes and pings, which wait for what the session reports.

use std::task::{Context, Poll};
use std::time::Duration;

use super::{Inner, SocketState, wake};
use crate::session::error::SendError;
use crate::session::queue::Amount;

impl SocketState {
    /// Polls a flush of all messages queued so far, for the `Sink` of the task that holds the
    /// socket.
    pub(in crate::session) fn poll_flushed(
        &self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError>> {
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
    pub(in crate::session) async fn flush(&self) -> Result<(), SendError> {
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

    /// Returns `true` if every message that reached the transport was flushed.
    #[cfg(feature = "client")]
    pub(in crate::session) fn is_flushed(&self) -> bool {
        let inner = self.lock();
        inner.flushed >= inner.outbound.settled()
    }

    /// Sends a ping, waits for its pong, and returns the round-trip time.
    pub(in crate::session) async fn ping(&self) -> Result<Duration, SendError> {
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
    pub(in crate::session) fn pong(&self, payload: &[u8]) {
        if self.lock().round_trips.pong(payload) {
            self.changed.notify_waiters();
        }
    }
}

impl Inner {
    /// Polls a flush of the messages up to number `newest`, and of the close frame if there is one.
    pub(super) fn poll_flushed(&mut self, newest: u64) -> Poll<Result<(), SendError>> {
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

    /// Returns the number of the newest message, once it is certain (5): of those that were sent
    /// before the first call with `since`. The consumer has sent `beside` that are not queued yet.
    pub(super) fn number_of_newest(
        &mut self,
        since: &mut Option<u64>,
        beside: Amount,
    ) -> Option<u64> {
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
    pub(super) fn take_number_wanted(&mut self) -> bool {
        let wanted = std::mem::take(&mut self.number_wanted);
        if wanted {
            wake(&mut self.sink);
        }
        wanted
    }
}
