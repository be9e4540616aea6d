//! The messages that wait to be received, from all connections.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::lens::Format;
use crate::message::WsMessage;
use crate::session::{CoalesceKey, Queue, Queued};

/// The bounds beyond which the connection is not read any further.
const MAX_MESSAGES: usize = 64;
const MAX_BYTES: usize = 1024 * 1024;

/// A message, and the format that the subprotocol of its connection names.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) message: WsMessage,
    pub(super) format: Option<Format>,
}

impl Queued for Received {
    type Keyed = WsMessage;

    fn size(&self) -> usize {
        self.message.size()
    }

    fn key(&self, of: &CoalesceKey) -> Option<u64> {
        self.message.key(of)
    }
}

/// A queue from the task that holds the connection to the holder of the socket.
pub(super) struct Inbox {
    state: Mutex<State>,
    /// Wakes the task that receives.
    ready: Notify,
    /// Wakes the task that waits for room.
    room: Notify,
}

#[derive(Debug)]
struct State {
    queue: Queue<Received>,
    closed: bool,
}

impl Inbox {
    pub(super) fn new() -> Self {
        let state = State {
            queue: Queue::bounded(MAX_MESSAGES, MAX_BYTES),
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            ready: Notify::new(),
            room: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room, which stays until the next `put`, or the inbox is closed.
    pub(super) async fn room(&self) {
        loop {
            // Waiting starts before the check, so that room made in between is not missed.
            let room = self.room.notified();
            {
                let state = self.lock();
                if state.closed || !state.queue.is_full() {
                    return;
                }
            }
            room.await;
        }
    }

    /// Adds a message, for which there is [`room`](Self::room). A closed inbox drops it.
    pub(super) fn put(&self, received: Received) {
        let mut state = self.lock();
        if !state.closed {
            state.queue.push(received);
            drop(state);
            self.ready.notify_one();
        }
    }

    /// Adds the rest of a connection, full or not, unless such a rest fills the inbox already.
    /// Returns the number of messages that were dropped.
    pub(super) fn put_rest(&self, rest: Vec<Received>) -> u64 {
        let mut state = self.lock();
        if state.queue.len() > MAX_MESSAGES || state.closed {
            return rest.len() as u64;
        }
        rest.into_iter()
            .for_each(|received| state.queue.push(received));
        drop(state);
        self.ready.notify_one();
        0
    }

    /// Waits for the next message. Returns `None` once the inbox is closed and empty.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, it has taken no message.
    pub(super) async fn take(&self) -> Option<Received> {
        loop {
            {
                let mut state = self.lock();
                if let Some(received) = state.queue.pop() {
                    drop(state);
                    self.room.notify_waiters();
                    return Some(received);
                }
                if state.closed {
                    return None;
                }
            }
            self.ready.notified().await;
        }
    }

    /// Closes the inbox. The messages in it can still be taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_one();
        self.room.notify_waiters();
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Inbox")
            .field("messages", &state.queue.len())
            .field("closed", &state.closed)
            .finish()
    }
}
