//! The open calls of a client, which its handles, its streams and its driver share.
//!
//! 1. A call is registered before it is sent, so that its reply finds it.
//! 2. The driver alone removes a call that ends. A call that is dropped removes itself, and leaves
//!    a cancellation for the driver if it was sent.
//! 3. The end of a connection removes all calls. None is ever sent again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, broadcast, mpsc, oneshot};

use super::error::CallError;
use crate::calls::envelope::CallId;
use crate::lens::Format;
use crate::message::{WsMessage, WsStatus};
use crate::session::WsSender;

/// The number of items that a stream accepts ahead.
pub(super) const WINDOW: u32 = 64;

/// The number of notices that are kept for a reader.
const NOTICES: usize = 64;

/// A message with a reply, an item or a notice, and its format.
#[derive(Debug, Clone)]
pub(super) struct Encoded {
    pub(super) message: WsMessage,
    pub(super) format: Format,
}

/// The place where the reply to a call goes.
#[derive(Debug)]
pub(super) enum Slot {
    Once(oneshot::Sender<Result<Encoded, CallError>>),
    /// It has room for all items of the window, and for the end.
    Stream(mpsc::Sender<Result<Encoded, CallError>>),
}

/// A message of the client about an open call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    Cancel,
    More(u32),
}

/// The connection that carries the calls.
#[derive(Debug)]
enum Link {
    Connecting,
    Open(Connection),
    /// The end was requested. No connection will follow.
    Closing(WsStatus),
    Over(WsStatus),
}

#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) sender: WsSender,
    pub(super) format: Format,
}

#[derive(Debug)]
pub(super) struct Shared {
    inner: Mutex<Inner>,
    /// Reports new controls to the driver.
    pub(super) controls: Notify,
    /// Reports changes of the link.
    changed: Notify,
}

#[derive(Debug)]
struct Inner {
    link: Link,
    next_id: u64,
    open: HashMap<CallId, Slot>,
    controls: VecDeque<(CallId, Control)>,
    /// `None` when the client is over, so that the readers of notices end.
    notices: Option<broadcast::Sender<Encoded>>,
    /// The reader of the first notices, until it is taken.
    first_notices: Option<broadcast::Receiver<Encoded>>,
}

impl Shared {
    pub(super) fn new() -> Self {
        let (notices, first) = broadcast::channel(NOTICES);
        Self {
            inner: Mutex::new(Inner {
                link: Link::Connecting,
                next_id: 1,
                open: HashMap::new(),
                controls: VecDeque::new(),
                notices: Some(notices),
                first_notices: Some(first),
            }),
            controls: Notify::new(),
            changed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a connection.
    pub(super) async fn connection(&self) -> Result<Connection, CallError> {
        loop {
            let changed = self.changed.notified();
            match &self.lock().link {
                Link::Open(connection) => return Ok(connection.clone()),
                Link::Closing(status) | Link::Over(status) => {
                    return Err(CallError::Disconnected(status.clone()));
                }
                Link::Connecting => {}
            }
            changed.await;
        }
    }

    /// Waits until no connection will follow.
    pub(super) async fn over(&self) -> WsStatus {
        loop {
            let changed = self.changed.notified();
            if let Link::Over(status) = &self.lock().link {
                return status.clone();
            }
            changed.await;
        }
    }

    /// Waits until the end is requested.
    #[cfg(feature = "client")]
    pub(super) async fn closing(&self) -> WsStatus {
        loop {
            let changed = self.changed.notified();
            if let Link::Closing(status) | Link::Over(status) = &self.lock().link {
                return status.clone();
            }
            changed.await;
        }
    }

    pub(super) fn connected(&self, connection: Connection) {
        let mut inner = self.lock();
        match inner.link {
            // Closed while it connected.
            Link::Closing(ref status) | Link::Over(ref status) => {
                connection.sender.close(status.clone());
            }
            _ => inner.link = Link::Open(connection),
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Fails all calls of a connection that ended with `status`.
    pub(super) fn disconnected(&self, status: &WsStatus) {
        let mut inner = self.lock();
        if matches!(inner.link, Link::Open(_)) {
            inner.link = Link::Connecting;
        }
        inner.controls.clear();
        let failed = std::mem::take(&mut inner.open);
        drop(inner);
        for slot in failed.into_values() {
            slot.end(Err(CallError::Disconnected(status.clone())));
        }
    }

    /// Fails all calls, and those made from now on.
    pub(super) fn finish(&self, status: &WsStatus) {
        self.disconnected(status);
        let mut inner = self.lock();
        if !matches!(inner.link, Link::Over(_)) {
            inner.link = Link::Over(status.clone());
        }
        inner.notices = None;
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Closes the connection, or stops connecting.
    pub(super) fn close(&self, status: WsStatus) {
        let mut inner = self.lock();
        match &inner.link {
            Link::Open(connection) => connection.sender.close(status.clone()),
            Link::Connecting => {}
            Link::Closing(_) | Link::Over(_) => return,
        }
        inner.link = Link::Closing(status);
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Registers a call on `connection`.
    pub(super) fn register(
        &self,
        connection: &Connection,
        slot: Slot,
    ) -> Result<CallId, CallError> {
        let mut inner = self.lock();
        match &inner.link {
            Link::Open(current) if current.sender == connection.sender => {}
            Link::Closing(status) | Link::Over(status) => {
                return Err(CallError::Disconnected(status.clone()));
            }
            _ => return Err(CallError::Disconnected(WsStatus::ABNORMAL)),
        }
        let id = CallId(inner.next_id);
        // A client that makes a million calls each second reaches the limit after 285 years.
        inner.next_id = (inner.next_id + 1).min(CallId::MAX);
        inner.open.insert(id, slot);
        Ok(id)
    }

    /// Removes a call. `is_sent` states if the server knows it.
    pub(super) fn cancel(&self, id: CallId, is_sent: bool) {
        let mut inner = self.lock();
        if inner.open.remove(&id).is_some() && is_sent {
            inner.controls.push_back((id, Control::Cancel));
            drop(inner);
            self.controls.notify_one();
        }
    }

    /// Accepts more items of a stream.
    pub(super) fn accept_more(&self, id: CallId, more: u32) {
        let mut inner = self.lock();
        if inner.open.contains_key(&id) {
            inner.controls.push_back((id, Control::More(more)));
            drop(inner);
            self.controls.notify_one();
        }
    }

    pub(super) fn next_control(&self) -> Option<(CallId, Control)> {
        self.lock().controls.pop_front()
    }

    /// Returns the channel of an open stream. `None` for any other call.
    pub(super) fn stream(&self, id: CallId) -> Option<mpsc::Sender<Result<Encoded, CallError>>> {
        match self.lock().open.get(&id) {
            Some(Slot::Stream(items)) => Some(items.clone()),
            _ => None,
        }
    }

    /// Returns `true` if the call is open and is no stream.
    pub(super) fn is_once(&self, id: CallId) -> bool {
        matches!(self.lock().open.get(&id), Some(Slot::Once(_)))
    }

    /// Removes a call that ends.
    pub(super) fn take(&self, id: CallId) -> Option<Slot> {
        self.lock().open.remove(&id)
    }

    /// Passes a notice to its readers. Without a reader, it is dropped.
    pub(super) fn notify(&self, notice: Encoded) {
        if let Some(notices) = &self.lock().notices {
            let _unread = notices.send(notice);
        }
    }

    pub(super) fn take_notices(&self) -> broadcast::Receiver<Encoded> {
        let mut inner = self.lock();
        if let Some(first) = inner.first_notices.take() {
            return first;
        }
        match &inner.notices {
            Some(notices) => notices.subscribe(),
            // Its sender is dropped, so it ends at once.
            None => broadcast::channel(1).1,
        }
    }

    /// Returns the number of open calls.
    pub(super) fn count(&self) -> usize {
        self.lock().open.len()
    }
}

impl Slot {
    /// Passes the last value on. A caller that has left needs none.
    pub(super) fn end(self, outcome: Result<Encoded, CallError>) {
        match self {
            Self::Once(reply) => {
                let _left = reply.send(outcome);
            }
            Self::Stream(items) => {
                let _left = items.try_send(outcome);
            }
        }
    }
}
