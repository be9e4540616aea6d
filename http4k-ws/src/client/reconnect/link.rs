//! What the driver, the socket and its senders share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::event::{ReconnectEvent, Teller};
use super::mailbox::{Letter, Lost, Mailbox, Put};
use super::{Outbox, WhenFull};
use crate::client::error::ConnectError;
use crate::lens::Format;
use crate::message::{WsMessage, WsStatus};
use crate::session::SendError;

/// So much waits to be received before the connection is read no further.
const INBOX_MESSAGES: usize = 64;
const INBOX_BYTES: usize = 1024 * 1024;

/// A socket that goes on over many connections, seen from all of its sides.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) outbox: Mailbox,
    pub(super) inbox: Mailbox,
    when_full: WhenFull,
    teller: Mutex<Option<Teller>>,
    state: Mutex<State>,
    /// Tells the driver that something is asked of it.
    asked: Notify,
    /// Tells those who wait for the end.
    over: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The status to end with, once what waits is sent.
    closing: Option<WsStatus>,
    /// The status to end this connection with, for another.
    renewing: Option<WsStatus>,
    closed: Option<WsStatus>,
    last_error: Option<Arc<ConnectError>>,
    connected: bool,
    subprotocol: Option<String>,
}

impl Link {
    pub(super) fn new(outbox: &Outbox, teller: Teller) -> Self {
        Self {
            outbox: Mailbox::new(outbox.messages, outbox.bytes),
            inbox: Mailbox::new(INBOX_MESSAGES, INBOX_BYTES),
            when_full: outbox.when_full,
            teller: Mutex::new(Some(teller)),
            state: Mutex::default(),
            asked: Notify::new(),
            over: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tell(&self, event: ReconnectEvent) {
        log::debug!("{event:?}");
        let teller = self.teller.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(teller) = &*teller {
            // It fails only where nobody listens.
            let _ = teller.send(event);
        }
    }

    pub(super) fn tell_lost(&self, messages: u64) {
        if messages > 0 {
            log::warn!("{messages} WebSocket messages were dropped that waited to be sent");
            self.tell(ReconnectEvent::Lost { messages });
        }
    }

    /// The format of the connection that stands, or stood last.
    pub(super) fn spoken(&self) -> Option<Format> {
        Format::of_subprotocol(self.lock().subprotocol.as_deref()?)
    }

    pub(super) fn subprotocol(&self) -> Option<String> {
        self.lock().subprotocol.clone()
    }

    pub(super) fn connected(&self, subprotocol: Option<&str>) {
        let mut state = self.lock();
        state.connected = true;
        state.subprotocol = subprotocol.map(str::to_owned);
        state.renewing = None;
    }

    /// Says whether another connection was asked for.
    pub(super) fn disconnected(&self) -> bool {
        let mut state = self.lock();
        state.connected = false;
        state.renewing.take().is_some()
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

    pub(super) fn try_send(&self, message: WsMessage) -> Result<(), (WsMessage, SendError)> {
        let letter = Letter::new(message, None);
        match self.when_full {
            WhenFull::Wait => match self.outbox.put(letter) {
                Put::Done => Ok(()),
                Put::Full(letter) => Err((letter.message, SendError::Full)),
                Put::Shut(letter) => Err((letter.message, self.refusal())),
            },
            WhenFull::DropOldest => match self.outbox.put_newest(letter) {
                Ok(dropped) => {
                    self.tell_lost(dropped);
                    Ok(())
                }
                Err(letter) => Err((letter.message, self.refusal())),
            },
        }
    }

    pub(super) async fn send(&self, mut message: WsMessage) -> Result<(), SendError> {
        loop {
            match self.try_send(message) {
                Ok(()) => return Ok(()),
                Err((refused, SendError::Full)) => message = refused,
                Err((_, error)) => return Err(error),
            }
            self.outbox.room().await;
        }
    }

    /// Waits until everything sent so far is flushed by a connection.
    pub(super) async fn flush(&self) -> Result<(), SendError> {
        self.outbox.flush().await.map_err(|Lost| self.refusal())
    }

    fn refusal(&self) -> SendError {
        let state = self.lock();
        let status = state.closed.as_ref().or(state.closing.as_ref());
        SendError::Closed(status.cloned().unwrap_or(WsStatus::ABNORMAL))
    }

    /// Asks for the end; the first status stays.
    pub(super) fn close(&self, status: WsStatus) {
        // As a socket does with a status that can't travel.
        let status = if status.is_sendable() {
            status
        } else {
            WsStatus::INTERNAL_ERROR
        };
        {
            let mut state = self.lock();
            if state.closed.is_some() || state.closing.is_some() {
                return;
            }
            state.closing = Some(status);
        }
        self.outbox.shut();
        self.asked.notify_waiters();
    }

    /// Asks for another connection; the first status stays.
    pub(super) fn renew(&self, status: WsStatus) {
        let mut state = self.lock();
        if state.connected && state.closing.is_none() {
            state.renewing.get_or_insert(status);
            drop(state);
            self.asked.notify_waiters();
        }
    }

    pub(super) fn closing(&self) -> Option<WsStatus> {
        self.lock().closing.clone()
    }

    pub(super) async fn close_asked(&self) -> WsStatus {
        self.until(|state| state.closing.clone()).await
    }

    pub(super) async fn renewal_asked(&self) -> WsStatus {
        self.until(|state| state.renewing.clone()).await
    }

    async fn until(&self, asked: impl Fn(&State) -> Option<WsStatus>) -> WsStatus {
        loop {
            // Listening starts before the look, so that what is asked in between is not missed.
            let news = self.asked.notified();
            if let Some(status) = asked(&self.lock()) {
                return status;
            }
            news.await;
        }
    }

    /// The end; the first status stays.
    pub(super) fn finish(&self, status: WsStatus) {
        {
            let mut state = self.lock();
            if state.closed.is_some() {
                return;
            }
            state.closed = Some(status);
            state.connected = false;
        }
        self.outbox.shut();
        let lost = self.outbox.clear();
        self.tell_lost(lost);
        self.inbox.shut();
        self.teller
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.over.notify_waiters();
    }

    pub(super) fn status(&self) -> Option<WsStatus> {
        self.lock().closed.clone()
    }

    pub(super) async fn closed(&self) -> WsStatus {
        loop {
            let over = self.over.notified();
            if let Some(status) = self.status() {
                return status;
            }
            over.await;
        }
    }
}
