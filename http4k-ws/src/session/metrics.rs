//! What happens on sockets, told to whoever counts it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;

use super::handshake::Handshake;
use crate::message::{Request, WsStatus};
use crate::panics::guarded;

/// Is told what happens on sockets, for metrics; each method does nothing unless it is written.
///
/// The methods are called by the tasks that move the messages: they should be quick, as counting is. A
/// panic in one is logged, and changes nothing.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::session_config;
/// use http4k_ws::session::{SessionConfig, SocketInfo, Traffic, WsMetrics};
///
/// #[derive(Default)]
/// struct Count {
///     open: AtomicU64,
///     received: AtomicU64,
/// }
///
/// impl WsMetrics for Count {
///     fn opened(&self, _socket: &SocketInfo) {
///         self.open.fetch_add(1, Ordering::Relaxed);
///     }
///
///     fn closed(&self, _socket: &SocketInfo, _status: &WsStatus, traffic: &Traffic) {
///         self.open.fetch_sub(1, Ordering::Relaxed);
///         self.received.fetch_add(traffic.messages_received, Ordering::Relaxed);
///     }
/// }
///
/// let count = Arc::new(Count::default());
/// let config = SessionConfig::default().with_metrics(Arc::clone(&count));
///
/// let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
/// let mut client = http4k_ws::handler::IntoPolyHandler::into_poly_handler(app).test_ws_with("/", config);
/// client.send("hello").unwrap();
/// assert_eq!(count.open.load(Ordering::Relaxed), 1);
/// client.close(WsStatus::NORMAL);
/// assert_eq!(count.open.load(Ordering::Relaxed), 0);
/// assert_eq!(count.received.load(Ordering::Relaxed), 1);
/// ```
pub trait WsMetrics: Send + Sync + 'static {
    /// A socket is open.
    fn opened(&self, socket: &SocketInfo) {
        let _ = socket;
    }

    /// The peer broke a rule or a bound, was silent or took nothing for too long: the socket is closed with
    /// `status`, whose reason names the rule.
    fn failed(&self, socket: &SocketInfo, status: &WsStatus) {
        let _ = (socket, status);
    }

    /// So many messages were left out, because the peer was too slow
    /// ([`SlowConsumer`](crate::session::SlowConsumer)).
    fn dropped(&self, socket: &SocketInfo, messages: u64) {
        let _ = (socket, messages);
    }

    /// A socket is over; told once for each that was opened.
    fn closed(&self, socket: &SocketInfo, status: &WsStatus, traffic: &Traffic) {
        let _ = (socket, status, traffic);
    }

    /// An opening handshake was answered with `status` instead of a socket.
    fn refused(&self, request: &Request, status: StatusCode) {
        let _ = (request, status);
    }
}

impl<E: WsMetrics + ?Sized> WsMetrics for Arc<E> {
    fn opened(&self, socket: &SocketInfo) {
        (**self).opened(socket);
    }

    fn failed(&self, socket: &SocketInfo, status: &WsStatus) {
        (**self).failed(socket, status);
    }

    fn dropped(&self, socket: &SocketInfo, messages: u64) {
        (**self).dropped(socket, messages);
    }

    fn closed(&self, socket: &SocketInfo, status: &WsStatus, traffic: &Traffic) {
        (**self).closed(socket, status, traffic);
    }

    fn refused(&self, request: &Request, status: StatusCode) {
        (**self).refused(request, status);
    }
}

/// Which socket something happened on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketInfo {
    /// The number of the socket, as [`WebSocket::id`](crate::WebSocket::id) gives it.
    pub id: u64,
    /// The path of the upgrade request.
    pub path: String,
    /// The template of the route that took it, such as `/rooms/<room>`; `None` where no route did.
    pub route: Option<String>,
}

/// How much went through a socket: whole messages, and the bytes of their payloads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Messages from the peer.
    pub messages_received: u64,
    /// Bytes of them.
    pub bytes_received: u64,
    /// Messages on their way to the peer.
    pub messages_sent: u64,
    /// Bytes of them.
    pub bytes_sent: u64,
}

/// Who is told, as a configuration holds it.
#[derive(Clone, Default)]
pub(crate) struct Metrics(Option<Arc<dyn WsMetrics>>);

impl Metrics {
    pub(super) fn new(metrics: impl WsMetrics) -> Self {
        Self(Some(Arc::new(metrics)))
    }

    /// Tells of a refusal.
    pub(crate) fn refused(&self, request: &Request, status: StatusCode) {
        if let Some(metrics) = &self.0 {
            tell(|| metrics.refused(request, status));
        }
    }

    /// Who is told of a socket, and of which.
    pub(super) fn of(&self, id: u64, handshake: &Handshake) -> Option<Box<Observer>> {
        let metrics = Arc::clone(self.0.as_ref()?);
        let socket = SocketInfo {
            id,
            path: handshake.request.uri().path().to_owned(),
            route: handshake.route.as_deref().map(str::to_owned),
        };
        Some(Box::new(Observer { metrics, socket }))
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "WsMetrics"
        } else {
            "none"
        })
    }
}

/// Two are equal when they tell the very same value, or nobody.
impl PartialEq for Metrics {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        }
    }
}

impl Eq for Metrics {}

/// Who is told of one socket.
pub(super) struct Observer {
    metrics: Arc<dyn WsMetrics>,
    socket: SocketInfo,
}

impl Observer {
    pub(super) fn tell(&self, event: impl FnOnce(&dyn WsMetrics, &SocketInfo)) {
        tell(|| event(&*self.metrics, &self.socket));
    }
}

fn tell(event: impl FnOnce()) {
    guarded("`WsMetrics`", event);
}

/// A number for the next socket.
pub(super) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
