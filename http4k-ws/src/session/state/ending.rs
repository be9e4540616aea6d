//! The end of a socket, by either side, with the connection, or for the budget of the server.

use std::task::{Context, Poll};

use super::{Inner, SocketState};
use crate::message::WsStatus;
use crate::session::budget::Accounted;
use crate::session::callbacks::Callbacks;
use crate::session::error::SendError;

impl SocketState {
    /// Closes the socket with `status` once the outbound queue is sent. The first status counts.
    pub(in crate::session) fn close(&self, status: WsStatus) {
        let status = if status.is_sendable() {
            status
        } else {
            WsStatus::INTERNAL_ERROR
        };
        let mut inner = self.lock();
        if inner.end().is_none() {
            self.begin_close(&mut inner, status);
            drop(inner);
            self.changed.notify_waiters();
        }
    }

    /// Begins the end of an open socket. The caller notifies `changed`.
    pub(super) fn begin_close(&self, inner: &mut Inner, status: WsStatus) {
        inner.closing = Some(status);
        self.published.interrupt();
        inner.inbound.clear();
        inner.wake_handle();
        inner.wake_session();
    }

    /// Closes the socket as [`close`](Self::close) does, and drops the messages that the filters
    /// have not seen.
    pub(in crate::session) fn close_unfiltered(&self, status: WsStatus) {
        self.lock().clear_unfiltered();
        self.close(status);
    }

    /// Polls the end of the socket, for the `Sink` of the task that holds it. Fails if a message
    /// was lost with the connection.
    pub(in crate::session) fn poll_closed(
        &self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError>> {
        let mut inner = self.lock();
        if inner.closed.is_some() {
            let newest = inner.newest();
            return inner.poll_flushed(newest);
        }
        inner.sink = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Waits for the end of the socket, and returns its status.
    pub(in crate::session) async fn closed(&self) -> WsStatus {
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
    pub(in crate::session) fn finish(&self, status: &WsStatus) -> Option<Callbacks> {
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
        // A log holds its members, which must not hold it in turn.
        let followed = inner.follows.take();
        drop(inner);
        drop(followed);
        self.changed.notify_waiters();
        self.over.notify_waiters();
        Some(callbacks)
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

impl Inner {
    /// Returns the status of the end if the end has begun. No message is accepted after that.
    pub(in crate::session) fn end(&self) -> Option<&WsStatus> {
        self.closed.as_ref().or(self.closing.as_ref())
    }
}
