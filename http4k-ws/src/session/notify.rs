//! The one path by which the events of a socket leave it.
//!
//! A session reports each event once, to the [`Notifier`]. The notifier counts the traffic, and
//! passes the event to the observers of the socket, to the log, and to the metrics of the
//! configuration:
//!
//! | event | traffic | observers | log or span | metrics |
//! |---|---|---|---|---|
//! | opened | | | yes | yes |
//! | received, sent | yes | yes | | |
//! | peer closes | | yes | | |
//! | failed | | | yes | yes |
//! | dropped | | | | yes |
//! | closed | | yes | yes | yes |

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::metrics::{Metrics, SocketMetrics, Traffic};
use super::trace::Trace;
use super::transport::Handshake;
use crate::message::{KeptRequest, WsMessage, WsStatus};
use crate::panics::guarded;

/// An event of a socket, as its [observers](crate::WebSocket::observe) receive it.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::session::WsEvent;
///
/// static SENT: AtomicU64 = AtomicU64::new(0);
///
/// fn greet(ws: WebSocket) -> WsResult {
///     ws.observe(|event| {
///         if let WsEvent::Closed { traffic, .. } = event {
///             SENT.store(traffic.messages_sent, Ordering::Relaxed);
///         }
///     });
///     Ok(ws.try_send("hello")?)
/// }
///
/// assert_eq!(greet.test_ws("/").closed(), Some(WsStatus::NORMAL));
/// assert_eq!(SENT.load(Ordering::Relaxed), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WsEvent<'a> {
    /// A message arrived from the peer.
    Received(&'a WsMessage),
    /// A message is passed to the connection.
    Sent(&'a WsMessage),
    /// The peer closes first, with this status. Messages may still be sent after this event.
    PeerCloses(&'a WsStatus),
    /// The socket is over. This is the last event.
    #[non_exhaustive]
    Closed {
        /// The status that the socket was closed with.
        status: &'a WsStatus,
        /// The messages and bytes that went through the socket.
        traffic: &'a Traffic,
    },
}

/// The receivers of the events of one socket.
pub(super) struct Notifier {
    observers: Observers,
    metrics: Option<Box<SocketMetrics>>,
    trace: Trace,
}

impl Notifier {
    /// Creates the notifier of the socket `id`.
    pub(super) fn new(metrics: &Metrics, id: u64, handshake: &Handshake) -> Self {
        Self {
            observers: Observers::default(),
            metrics: metrics.of(id, handshake),
            trace: Trace::new(id, handshake),
        }
    }

    /// Reports that the socket is open.
    pub(super) fn opened(&self, request: &KeptRequest) {
        self.trace.opened(request);
        if let Some(metrics) = &self.metrics {
            metrics.notify(|metrics, socket| metrics.opened(socket));
        }
    }

    /// Reports the end of a socket that was never open, which only its observers know of.
    #[cfg(feature = "client")]
    pub(super) fn not_opened(&self, status: &WsStatus) {
        let traffic = &Traffic::default();
        self.observers.notify(WsEvent::Closed { status, traffic });
    }

    /// Returns the log of the socket, to run its consumer and callbacks inside.
    #[inline]
    pub(super) fn trace(&self) -> Trace {
        self.trace.clone()
    }

    /// Adds an observer. It receives the events from now on.
    pub(super) fn observe(&self, observer: impl Fn(WsEvent<'_>) + Send + Sync + 'static) {
        self.observers.add(observer);
    }

    /// Counts and reports a message from the peer.
    #[inline]
    pub(super) fn received(&self, traffic: &mut Traffic, message: &WsMessage) {
        traffic.messages_received += 1;
        traffic.bytes_received += message.as_bytes().len() as u64;
        self.observers.notify(WsEvent::Received(message));
    }

    /// Counts and reports a message to the peer.
    #[inline]
    pub(super) fn sent(&self, traffic: &mut Traffic, message: &WsMessage) {
        traffic.count_sent(message);
        self.observers.notify(WsEvent::Sent(message));
    }

    /// Returns `true` if an observer sees the messages.
    #[inline]
    pub(super) fn is_observed(&self) -> bool {
        self.observers.0.get().is_some()
    }

    /// Reports that the peer closes first.
    pub(super) fn peer_closes(&self, status: &WsStatus) {
        self.observers.notify(WsEvent::PeerCloses(status));
    }

    /// Reports that the peer broke a rule, exceeded a bound or missed a deadline.
    pub(super) fn failed(&self, status: &WsStatus) {
        self.trace.failed(status);
        if let Some(metrics) = &self.metrics {
            metrics.notify(|metrics, socket| metrics.failed(socket, status));
        }
    }

    /// Reports messages that were dropped because the peer is too slow.
    #[inline]
    pub(super) fn dropped(&self, messages: u64) {
        if messages == 0 {
            return;
        }
        if let Some(metrics) = &self.metrics {
            metrics.notify(|metrics, socket| metrics.dropped(socket, messages));
        }
    }

    /// Reports the end of the socket.
    pub(super) fn closed(&self, status: &WsStatus, traffic: &Traffic) {
        self.observers.notify(WsEvent::Closed { status, traffic });
        self.trace.closed(status, traffic);
        if let Some(metrics) = &self.metrics {
            metrics.notify(|metrics, socket| metrics.closed(socket, status, traffic));
        }
    }
}

type Observe = Arc<dyn Fn(WsEvent<'_>) + Send + Sync>;

/// The observers of one socket. A socket without observers pays for one atomic load per event.
#[derive(Default)]
struct Observers(OnceLock<Box<Mutex<Vec<Observe>>>>);

impl Observers {
    fn add(&self, observer: impl Fn(WsEvent<'_>) + Send + Sync + 'static) {
        let list = self.0.get_or_init(Box::default);
        let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(Arc::new(observer));
    }

    #[inline]
    fn notify(&self, event: WsEvent<'_>) {
        if let Some(list) = self.0.get() {
            notify_each(list, event);
        }
    }
}

fn notify_each(list: &Mutex<Vec<Observe>>, event: WsEvent<'_>) {
    // The list is copied, so that an observer runs without the lock and may add another.
    let list = list.lock().unwrap_or_else(PoisonError::into_inner);
    let observers = list.clone();
    drop(list);
    for observer in observers {
        guarded("an observer of a WebSocket", || observer(event));
    }
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notifier")
    }
}
