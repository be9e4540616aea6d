//! Who looks on while messages travel.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::message::{WsMessage, WsStatus};
use crate::panics::guarded;

/// What happens on a socket, as those who [observe](crate::WebSocket::observe) it are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WsEvent<'a> {
    /// A message came from the peer.
    Received(&'a WsMessage),
    /// A message leaves for the peer.
    Sent(&'a WsMessage),
    /// The peer is the first to close, with this; what it is still owed may leave yet.
    PeerCloses(&'a WsStatus),
    /// The socket is over. Nothing comes after this.
    Closed(&'a WsStatus),
}

type Observer = Arc<dyn Fn(WsEvent<'_>) + Send + Sync>;

/// The observers of one socket: most have none, and pay nothing.
#[derive(Default)]
pub(super) struct Observers {
    any: AtomicBool,
    list: Mutex<Vec<Observer>>,
}

impl Observers {
    pub(super) fn add(&self, observer: impl Fn(WsEvent<'_>) + Send + Sync + 'static) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(Arc::new(observer));
        self.any.store(true, Ordering::Release);
    }

    pub(super) fn tell(&self, event: WsEvent<'_>) {
        if !self.any.load(Ordering::Acquire) {
            return;
        }
        // No lock is held while anybody's code runs.
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let observers = list.clone();
        drop(list);
        for observer in observers {
            guarded("an observer of a WebSocket", || observer(event));
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observers")
    }
}
