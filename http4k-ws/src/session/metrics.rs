//! The metrics of sockets: a trait to implement, and the values that it receives.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;

use super::transport::Handshake;
use crate::message::{Request, WsMessage, WsStatus};
use crate::panics::guarded;

/// A receiver of the events of all sockets, for metrics. By default each method does nothing.
///
/// The methods run in the tasks that move the messages, so they should be as quick as counting is.
/// A panic in one of them is logged and has no other effect.
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
/// let mut client = app.test_with(config).ws("/");
/// client.send("hello").unwrap();
/// assert_eq!(count.open.load(Ordering::Relaxed), 1);
/// client.close(WsStatus::NORMAL);
/// assert_eq!(count.open.load(Ordering::Relaxed), 0);
/// assert_eq!(count.received.load(Ordering::Relaxed), 1);
/// ```
pub trait WsMetrics: Send + Sync + 'static {
    /// Called when a socket opens.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::Mutex;
    /// # use http4k_ws::session::{SessionConfig, SocketInfo, WsMetrics};
    /// static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());
    ///
    /// struct Log;
    ///
    /// impl WsMetrics for Log {
    ///     fn opened(&self, socket: &SocketInfo) {
    ///         LOG.lock().unwrap().push(format!("{} opened", socket.path));
    ///     }
    /// }
    ///
    /// let app = (|_ws: WebSocket| ()).test_with(SessionConfig::default().with_metrics(Log));
    /// app.ws("/rooms/7");
    /// assert_eq!(*LOG.lock().unwrap(), ["/rooms/7 opened"]);
    /// ```
    fn opened(&self, socket: &SocketInfo) {
        let _ = socket;
    }

    /// Called when the peer broke a rule, exceeded a bound, or missed a deadline. The socket is
    /// closed with `status`, whose reason names the rule.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::Mutex;
    /// # use http4k_ws::session::{SessionConfig, SocketInfo, WsMetrics};
    /// static FAILED: Mutex<Vec<u16>> = Mutex::new(Vec::new());
    ///
    /// struct Alarm;
    ///
    /// impl WsMetrics for Alarm {
    ///     fn failed(&self, _socket: &SocketInfo, status: &WsStatus) {
    ///         FAILED.lock().unwrap().push(status.code());
    ///     }
    /// }
    ///
    /// let config = SessionConfig::default().with_max_message(5).with_metrics(Alarm);
    /// let app = (|ws: WebSocket| ws.on_message(|_message: WsMessage| ())).test_with(config);
    /// app.ws("/").send("too long").unwrap();
    /// assert_eq!(*FAILED.lock().unwrap(), [1009]);
    /// ```
    fn failed(&self, socket: &SocketInfo, status: &WsStatus) {
        let _ = (socket, status);
    }

    /// Called when messages were dropped because the peer is too slow
    /// ([`SlowConsumer`](crate::session::SlowConsumer)).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    /// # use http4k_ws::session::{SessionConfig, SlowConsumer, SocketInfo, WsMetrics};
    /// static LOST: AtomicU64 = AtomicU64::new(0);
    ///
    /// struct Losses;
    ///
    /// impl WsMetrics for Losses {
    ///     fn dropped(&self, _socket: &SocketInfo, messages: u64) {
    ///         LOST.fetch_add(messages, Relaxed);
    ///     }
    /// }
    ///
    /// let latest = SessionConfig::default()
    ///     .with_queue_messages(1)
    ///     .with_slow_consumer(SlowConsumer::DropOldest)
    ///     .with_metrics(Losses);
    /// let app = |ws: WebSocket| (1..=5).for_each(|tick| ws.try_send(tick.to_string()).unwrap());
    /// assert_eq!(app.test_with(latest).ws("/").received().count(), 1);
    /// assert_eq!(LOST.load(Relaxed), 4);
    /// ```
    fn dropped(&self, socket: &SocketInfo, messages: u64) {
        let _ = (socket, messages);
    }

    /// Called when a socket is over, once for each that was opened.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::Mutex;
    /// # use http4k_ws::session::{SessionConfig, SocketInfo, Traffic, WsMetrics};
    /// static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());
    ///
    /// struct Log;
    ///
    /// impl WsMetrics for Log {
    ///     fn closed(&self, socket: &SocketInfo, status: &WsStatus, traffic: &Traffic) {
    ///         let line = format!("{} {} {}", socket.path, status.code(), traffic.messages_sent);
    ///         LOG.lock().unwrap().push(line);
    ///     }
    /// }
    ///
    /// let greet = |ws: WebSocket| ws.try_send("hello");
    /// let app = greet.test_with(SessionConfig::default().with_metrics(Log));
    /// app.ws("/rooms/7").closed();
    /// assert_eq!(*LOG.lock().unwrap(), ["/rooms/7 1000 1"]);
    /// ```
    fn closed(&self, socket: &SocketInfo, status: &WsStatus, traffic: &Traffic) {
        let _ = (socket, status, traffic);
    }

    /// Called when an opening handshake was refused with `status`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::Mutex;
    /// # use http4k_ws::session::{SessionConfig, WsMetrics};
    /// static REFUSED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    ///
    /// struct Refusals;
    ///
    /// impl WsMetrics for Refusals {
    ///     fn refused(&self, request: &Request, status: StatusCode) {
    ///         REFUSED.lock().unwrap().push(format!("{} {status}", request.uri()));
    ///     }
    /// }
    ///
    /// let config = SessionConfig::default().with_metrics(Refusals);
    /// let app = routes! { "/chat" => ws(|ws: WebSocket| drop(ws)) }.test_with(config);
    /// assert!(app.try_ws("/chatt").is_err());
    /// assert_eq!(*REFUSED.lock().unwrap(), ["/chatt 404 Not Found"]);
    /// ```
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

/// The identity of a socket, for its metrics.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::{Sender, channel};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::session::{SessionConfig, SocketInfo, WsMetrics};
///
/// struct Opened(Sender<SocketInfo>);
///
/// impl WsMetrics for Opened {
///     fn opened(&self, socket: &SocketInfo) {
///         self.0.send(socket.clone()).unwrap();
///     }
/// }
///
/// async fn greet(ws: WebSocket, name: String) -> WsResult {
///     Ok(ws.send(name).await?)
/// }
///
/// let (report, reported) = channel();
/// let config = SessionConfig::default().with_metrics(Opened(report));
/// let app = routes! { "/ws/<name>" => ws(greet(ws, name)) };
/// assert_eq!(app.test_with(config).ws("/ws/bob").closed(), Some(WsStatus::NORMAL));
/// let socket = reported.try_recv().unwrap();
/// assert_eq!(socket.path, "/ws/bob");
/// assert_eq!(socket.route.as_deref(), Some("/ws/<name>"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketInfo {
    /// The number of the socket, as [`WebSocket::id`](crate::WebSocket::id) returns it.
    pub id: u64,
    /// The path of the upgrade request.
    pub path: String,
    /// The template of the route that matched, such as `/rooms/<room>`. `None` without a route.
    pub route: Option<String>,
}

/// The traffic of a socket: whole messages, and the bytes of their payloads.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::{Sender, channel};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::session::{SessionConfig, SocketInfo, Traffic, WsMetrics};
///
/// struct Closed(Sender<Traffic>);
///
/// impl WsMetrics for Closed {
///     fn closed(&self, _socket: &SocketInfo, _status: &WsStatus, traffic: &Traffic) {
///         self.0.send(*traffic).unwrap();
///     }
/// }
///
/// let (report, reported) = channel();
/// let config = SessionConfig::default().with_metrics(Closed(report));
/// let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
/// let mut client = app.test_with(config).ws("/");
/// client.send("hello").unwrap();
/// client.close(WsStatus::NORMAL);
/// let traffic = reported.try_recv().unwrap();
/// assert_eq!((traffic.messages_received, traffic.bytes_received), (1, 5));
/// assert_eq!(traffic.messages_sent, 0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Messages from the peer.
    pub messages_received: u64,
    /// Bytes of messages from the peer.
    pub bytes_received: u64,
    /// Messages that were passed to the connection.
    pub messages_sent: u64,
    /// Bytes of messages that were passed to the connection.
    pub bytes_sent: u64,
}

impl Traffic {
    #[inline]
    pub(super) fn count_sent(&mut self, message: &WsMessage) {
        self.messages_sent += 1;
        self.bytes_sent += message.as_bytes().len() as u64;
    }
}

/// The metrics of a configuration, if it has any.
#[derive(Clone, Default)]
pub(crate) struct Metrics(Option<Arc<dyn WsMetrics>>);

impl Metrics {
    pub(super) fn new(metrics: impl WsMetrics) -> Self {
        Self(Some(Arc::new(metrics)))
    }

    /// Reports a refused handshake.
    pub(crate) fn refused(&self, request: &Request, status: StatusCode) {
        if let Some(metrics) = &self.0 {
            guarded(WHAT, || metrics.refused(request, status));
        }
    }

    /// Returns the metrics of the socket `id`. `None` if the configuration has none.
    pub(super) fn of(&self, id: u64, handshake: &Handshake) -> Option<Box<SocketMetrics>> {
        let metrics = Arc::clone(self.0.as_ref()?);
        let socket = SocketInfo {
            id,
            path: handshake.request.path().to_owned(),
            route: handshake.route.as_deref().map(str::to_owned),
        };
        Some(Box::new(SocketMetrics { metrics, socket }))
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

/// Two are equal if they share one receiver, or if both have none.
impl PartialEq for Metrics {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        }
    }
}

impl Eq for Metrics {}

/// The metrics of one socket.
pub(super) struct SocketMetrics {
    metrics: Arc<dyn WsMetrics>,
    socket: SocketInfo,
}

impl SocketMetrics {
    /// Calls one method of the metrics.
    pub(super) fn notify(&self, call: impl FnOnce(&dyn WsMetrics, &SocketInfo)) {
        guarded(WHAT, || call(&*self.metrics, &self.socket));
    }
}

/// The name of the metrics in the log.
const WHAT: &str = "`WsMetrics`";

/// Returns the number of the next socket or stream.
pub(crate) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
