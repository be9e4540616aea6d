//! The state of a reconnecting socket, shared by the socket, its senders and its task.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Bounds;
use super::event::{EventSender, ReconnectEvent};
use super::inbox::Inbox;
use super::outbox::{Lost, Outbox, Put};
use crate::client::error::ConnectError;
use crate::lens::Format;
use crate::message::{WsMessage, WsStatus};
use crate::session::SendError;

#[derive(Debug)]
pub(super) struct ReconnectState {
    pub(super) outbox: Outbox,
    pub(super) inbox: Inbox,
    /// `None` once the socket has ended.
    events: Mutex<Option<EventSender>>,
    progress: Mutex<Progress>,
    /// Wakes the task of the socket if another connection, or the end, is requested.
    requested: Notify,
    /// Wakes the tasks that wait for the end.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Progress {
    /// The status to close with for good, once the queued messages are sent.
    closing: Option<WsStatus>,
    /// The status to close this connection with, before another is opened.
    renewing: Option<WsStatus>,
    /// The status of the end.
    closed: Option<WsStatus>,
    last_error: Option<Arc<ConnectError>>,
    connected: bool,
    subprotocol: Option<String>,
}

impl ReconnectState {
    pub(super) fn new(outbox: Bounds, events: EventSender) -> Self {
        Self {
            outbox: Outbox::new(outbox.messages, outbox.bytes, outbox.when_full),
            inbox: Inbox::new(),
            events: Mutex::new(Some(events)),
            progress: Mutex::default(),
            requested: Notify::new(),
            ended: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn report(&self, event: ReconnectEvent) {
        log::debug!("{event:?}");
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(events) = &*events {
            // It fails only if the receiver was dropped.
            let _ = events.send(event);
        }
    }

    fn report_lost(&self, messages: u64) {
        if messages > 0 {
            log::warn!("reconnecting WebSocket dropped {messages} queued messages");
            self.report(ReconnectEvent::Lost { messages });
        }
    }

    /// Returns the format of the current connection, or of the last.
    pub(super) fn format(&self) -> Option<Format> {
        Format::of_subprotocol(self.lock().subprotocol.as_deref()?)
    }

    pub(super) fn subprotocol(&self) -> Option<String> {
        self.lock().subprotocol.clone()
    }

    pub(super) fn connected(&self, subprotocol: Option<&str>) {
        let mut progress = self.lock();
        progress.connected = true;
        progress.subprotocol = subprotocol.map(str::to_owned);
        progress.renewing = None;
    }

    /// Notes the end of a connection. Returns `true` if another one was requested.
    pub(super) fn disconnected(&self) -> bool {
        let mut progress = self.lock();
        progress.connected = false;
        progress.renewing.take().is_some()
    }

    pub(super) fn is_connected(&self) -> bool {
        self.lock().connected
    }

    pub(super) fn failed(&self, error: Arc<ConnectError>) {
        self.lock().last_error = Some(error);
    }

    pub(super) fn last_error(&self) -> Option<Arc<ConnectError>> {
        self.lock().last_error.clone()
    }

    /// Queues `message`. Returns it with [`SendError::Full`] if it must wait for room.
    fn offer(&self, message: WsMessage) -> Result<(), (SendError, Option<WsMessage>)> {
        match self.outbox.put(message) {
            Put::Queued { dropped } => {
                self.report_lost(dropped);
                Ok(())
            }
            Put::Full(message) => Err((SendError::Full, Some(message))),
            Put::TooSlow => {
                self.close(WsStatus::TRY_AGAIN_LATER);
                Err((self.closed_error(), None))
            }
            Put::Closed => Err((self.closed_error(), None)),
        }
    }

    pub(super) fn try_send(&self, message: WsMessage) -> Result<(), SendError> {
        self.offer(message).map_err(|(error, _)| error)
    }

    pub(super) async fn send(&self, mut message: WsMessage) -> Result<(), SendError> {
        loop {
            match self.offer(message) {
                Ok(()) => return Ok(()),
                Err((_, Some(refused))) => message = refused,
                Err((error, None)) => return Err(error),
            }
            self.outbox.room().await;
        }
    }

    /// Waits until everything sent so far is flushed by a connection.
    pub(super) async fn flush(&self) -> Result<(), SendError> {
        let flushed = self.outbox.flush().await;
        flushed.map_err(|Lost| self.closed_error())
    }

    fn closed_error(&self) -> SendError {
        let progress = self.lock();
        let status = progress.closed.as_ref().or(progress.closing.as_ref());
        SendError::Closed(status.cloned().unwrap_or(WsStatus::ABNORMAL))
    }

    /// Requests the end. The first status wins.
    pub(super) fn close(&self, status: WsStatus) {
        // The same rule as for a socket whose status cannot be sent in a frame.
        let status = if status.is_sendable() {
            status
        } else {
            WsStatus::INTERNAL_ERROR
        };
        {
            let mut progress = self.lock();
            if progress.closed.is_some() || progress.closing.is_some() {
                return;
            }
            progress.closing = Some(status);
        }
        self.outbox.close();
        self.requested.notify_waiters();
    }

    /// Requests another connection. The first status wins.
    pub(super) fn renew(&self, status: WsStatus) {
        let mut progress = self.lock();
        if progress.connected && progress.closing.is_none() {
            progress.renewing.get_or_insert(status);
            drop(progress);
            self.requested.notify_waiters();
        }
    }

    pub(super) fn closing(&self) -> Option<WsStatus> {
        self.lock().closing.clone()
    }

    /// Waits until the end is requested.
    pub(super) async fn close_requested(&self) -> WsStatus {
        self.until(|progress| progress.closing.clone()).await
    }

    /// Waits until another connection is requested.
    pub(super) async fn renewal_requested(&self) -> WsStatus {
        self.until(|progress| progress.renewing.clone()).await
    }

    async fn until(&self, requested: impl Fn(&Progress) -> Option<WsStatus>) -> WsStatus {
        loop {
            // Waiting starts before the check, so that a request in between is not missed.
            let request = self.requested.notified();
            if let Some(status) = requested(&self.lock()) {
                return status;
            }
            request.await;
        }
    }

    /// Ends the socket. The first status wins.
    pub(super) fn finish(&self, status: WsStatus) {
        {
            let mut progress = self.lock();
            if progress.closed.is_some() {
                return;
            }
            progress.closed = Some(status);
            progress.connected = false;
        }
        let lost = self.outbox.discard();
        self.report_lost(lost);
        self.inbox.close();
        // The last event was sent, so the receivers end.
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        *events = None;
        drop(events);
        self.ended.notify_waiters();
    }

    pub(super) fn status(&self) -> Option<WsStatus> {
        self.lock().closed.clone()
    }

    pub(super) async fn closed(&self) -> WsStatus {
        loop {
            // Waiting starts before the check, so that an end in between is not missed.
            let ended = self.ended.notified();
            if let Some(status) = self.status() {
                return status;
            }
            ended.await;
        }
    }
}
