//! The bounds of one socket.

use std::time::Duration;

#[cfg(feature = "deflate")]
use super::deflate::Deflate;
use super::metrics::{Metrics, WsMetrics};
use super::slow_consumer::SlowConsumer;
use crate::setters::{optional_setters, setters};

/// The bounds of one socket, in bytes, messages and time.
///
/// A server reads them from its `ServerConfig`, and a client from its `OpeningHandshake`. The
/// filter [`session_config`](crate::filter::session_config) changes them for the sockets of a
/// route. `None` lifts a bound that is an `Option`. A time of [`Duration::MAX`] never passes.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::session::SessionConfig;
///
/// let config = SessionConfig::default()
///     .with_queue_messages(16)
///     .with_ping_interval(Duration::from_secs(5))
///     .with_message_deadline(None);
/// assert_eq!(config.queue_messages, 16);
/// assert_eq!(config.ping_interval, Some(Duration::from_secs(5)));
/// assert_eq!(config.max_message, 1024 * 1024);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionConfig {
    /// The maximum length of a message from the peer, in bytes, with its fragments joined. The
    /// frame header that exceeds it closes the socket with 1009. Default 1 MiB.
    pub max_message: usize,
    /// The maximum payload of one frame from the peer, in bytes. The frame header that exceeds it
    /// closes the socket with 1009. Only on the network, because there are no frames in memory.
    /// Default `None`, which allows frames as long as a message.
    pub max_frame: Option<usize>,
    /// The maximum number of fragments of a message from the peer, beyond one for each 16 bytes of
    /// it. More close the socket with 1008. Only on the network. Default 1,024, `None` for any
    /// number.
    pub max_fragments: Option<u32>,
    /// The maximum number of consecutive fragments without a payload. More close the socket with
    /// 1008. Only on the network. Default 128, `None` for any number.
    pub max_empty_fragments: Option<u32>,
    /// The maximum number of pings and pongs from the peer per second, on average over 5 s. More
    /// close the socket with 1008. Only on the network. Default 1,000, `None` for any number.
    pub max_control_rate: Option<u32>,
    /// The period over which the rate of a message from the peer is measured, from its first frame
    /// on. In each period an unfinished message must bring [`message_rate`](Self::message_rate)
    /// bytes per second, or the socket is closed with 1008. A large message may therefore take as
    /// long as its line needs. Time in which this side does not read does not count. Only on the
    /// network. Default 30 s, `None` for any rate.
    pub message_deadline: Option<Duration>,
    /// The minimum rate of a message from the peer, in bytes per second, on average over each
    /// [`message_deadline`](Self::message_deadline). Control frames and headers do not count. Only
    /// on the network. Default 1,024. With 0, a message that has started may take any time.
    pub message_rate: u32,
    /// The silence of the peer after which a ping is sent (RFC 6455 §5.5.2). It keeps the
    /// connection open in proxies, and a peer that is alive responds to it. Default 20 s, `None`
    /// for no pings.
    ///
    /// A peer is not silent while bytes move: bytes that arrive from it, and bytes that it reads. A
    /// large message on a slow line therefore needs no ping, in either direction.
    pub ping_interval: Option<Duration>,
    /// The silence after which the peer counts as dead. The socket is closed with 1001, which
    /// `on_close` and `closed` report, and the connection is dropped. The peer has at least the
    /// difference to [`ping_interval`](Self::ping_interval) to respond to a ping, even if this
    /// process was suspended. If this is not longer than the interval, no ping is sent. Default 40
    /// s, `None` for never.
    pub dead_after: Option<Duration>,
    /// The maximum number of messages that wait in each direction. Default 256, at least 1.
    ///
    /// If as many wait for the consumer, the rest stays in the network. Beyond the bound, up to 16
    /// KiB are read, to notice that the peer closes the socket, is lost, or is silent.
    pub queue_messages: usize,
    /// The bytes that wait in each direction before the next message must wait, too. Below that, a
    /// message of any size is queued. On a server, at most 32 KiB wait for the consumer. While the
    /// peer reads nothing of what waits for it, a server reads no more than 16 KiB from it. Default
    /// 1 MiB.
    pub queue_bytes: usize,
    /// The policy for messages that are sent while the queue to the peer is full. Default
    /// [`SlowConsumer::Wait`].
    pub slow_consumer: SlowConsumer,
    /// The time for which the peer may read nothing of what waits for it, before the socket is
    /// closed with 1013 and the connection is dropped. A peer that reads slowly and steadily is not
    /// stalled. Default 9 s, so that the connection ends within 10 s even on a busy machine.
    ///
    /// On the network, progress shows in steps. The peer's system accepts what fits in its receive
    /// buffer. It announces space for more only after the peer has read a large part of that. Each
    /// step must take less than this time, which bounds the slowest peer. This side adds steps of 8
    /// KiB on Linux, and of a part of a send buffer of 128 KiB on other systems. In a measurement,
    /// a peer with a receive buffer of 8 KiB survived at 2 kB/s. A peer with a larger buffer must
    /// read faster, or needs a longer time here. While the kernel holds more of a long message, as
    /// `ServerConfig::max_unsent` describes, the steps stay the same.
    pub write_stall: Duration,
    /// The time for which the consumer may receive nothing while its queue is full, before the
    /// socket is closed with 1013 and a warning is logged. Time in which it waits for the peer to
    /// read responses does not count. A consumer that only sends should also receive, or close the
    /// socket. Only on a server. Default 60 s.
    pub consumer_stall: Duration,
    /// The time in which the peer must respond to a close frame, before the connection is dropped.
    /// It starts again whenever the peer reads earlier messages. Default 5 s.
    pub close_timeout: Duration,
    /// The time for which a consumer may run after its socket is over, before it is dropped.
    /// Default 30 s.
    pub consumer_grace: Duration,
    /// The compression of messages (RFC 7692), if the peer supports it too. Only on the network.
    /// Default `None`, for no compression.
    #[cfg(feature = "deflate")]
    pub deflate: Option<Deflate>,
    pub(crate) metrics: Metrics,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            max_message: 1024 * 1024,
            max_frame: None,
            max_fragments: Some(1024),
            max_empty_fragments: Some(128),
            max_control_rate: Some(1000),
            message_deadline: Some(Duration::from_secs(30)),
            message_rate: 1024,
            ping_interval: Some(Duration::from_secs(20)),
            dead_after: Some(Duration::from_secs(40)),
            queue_messages: 256,
            queue_bytes: 1024 * 1024,
            slow_consumer: SlowConsumer::Wait,
            write_stall: Duration::from_secs(9),
            consumer_stall: Duration::from_secs(60),
            close_timeout: Duration::from_secs(5),
            consumer_grace: Duration::from_secs(30),
            #[cfg(feature = "deflate")]
            deflate: None,
            metrics: Metrics::default(),
        }
    }
}

impl SessionConfig {
    setters! {
        SessionConfig: "http4k_ws::session::{SessionConfig, SlowConsumer}";
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::session::SessionConfig;
        /// let echo = |ws: WebSocket| {
        ///     let sender = ws.sender();
        ///     ws.on_message(move |message: WsMessage| sender.try_send(message));
        /// };
        /// let config = SessionConfig::default().with_max_message(5);
        /// let mut client = echo.test_with(config).ws("/");
        /// client.send("hello").unwrap();
        /// assert_eq!(client.next(), NextMessage::Message("hello".into()));
        /// client.send("hello!").unwrap();
        /// assert_eq!(client.closed().unwrap().code(), 1009);
        /// # use http4k_ws::testing::NextMessage;
        /// ```
        with_max_message, max_message: usize = 1024 * 1024 => 64 * 1024;
        with_message_rate, message_rate: u32 = 1024 => 0;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::session::{SendError, SessionConfig};
        /// let app = |ws: WebSocket| {
        ///     assert_eq!(ws.try_send("first"), Ok(()));
        ///     assert_eq!(ws.try_send("second"), Ok(()));
        ///     // The session runs after this function, so the queue is full.
        ///     assert_eq!(ws.try_send("third"), Err(SendError::Full));
        /// };
        /// let config = SessionConfig::default().with_queue_messages(2);
        /// assert_eq!(app.test_with(config).ws("/").received().count(), 2);
        /// ```
        with_queue_messages, queue_messages: usize;
        with_queue_bytes, queue_bytes: usize = 1024 * 1024 => 64 * 1024;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::session::{SessionConfig, SlowConsumer};
        /// let app = |ws: WebSocket| {
        ///     for price in ["101", "102", "103"] {
        ///         ws.try_send(price).unwrap();
        ///     }
        ///     assert_eq!(ws.dropped(), 1);
        /// };
        /// let latest = SessionConfig::default()
        ///     .with_queue_messages(2)
        ///     .with_slow_consumer(SlowConsumer::DropOldest);
        /// let mut client = app.test_with(latest).ws("/");
        /// let prices: Vec<_> = client.received().map(Result::unwrap).collect();
        /// assert_eq!(prices, ["102", "103"]);
        /// ```
        with_slow_consumer, slow_consumer: SlowConsumer;
        with_write_stall, write_stall: Duration = Duration::from_secs(9) => Duration::from_secs(30);
        with_consumer_stall, consumer_stall: Duration =
            Duration::from_secs(60) => Duration::from_secs(10);
        with_close_timeout, close_timeout: Duration =
            Duration::from_secs(5) => Duration::from_secs(1);
        with_consumer_grace, consumer_grace: Duration =
            Duration::from_secs(30) => Duration::from_secs(5);
    }

    optional_setters! {
        SessionConfig: "http4k_ws::session::{SessionConfig, SlowConsumer}";
        with_max_frame, max_frame: usize = None => 16 * 1024;
        with_max_fragments, max_fragments: u32 = Some(1024) => 64;
        with_max_empty_fragments, max_empty_fragments: u32 = Some(128) => 16;
        with_max_control_rate, max_control_rate: u32 = Some(1000) => 10;
        with_message_deadline, message_deadline: Duration =
            Some(Duration::from_secs(30)) => Duration::from_secs(10);
        with_ping_interval, ping_interval: Duration =
            Some(Duration::from_secs(20)) => Duration::from_secs(50);
        with_dead_after, dead_after: Duration =
            Some(Duration::from_secs(40)) => Duration::from_secs(100);
    }

    /// Sets [`deflate`](Self::deflate) to the settings of the compression, or to `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::session::{Deflate, SessionConfig};
    /// let config = SessionConfig::default();
    /// assert_eq!(config.deflate, None);
    /// let config = config.with_deflate(Deflate::default());
    /// assert_eq!(config.deflate, Some(Deflate::default()));
    /// ```
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn with_deflate(mut self, deflate: impl Into<Option<Deflate>>) -> Self {
        self.deflate = deflate.into().map(Deflate::in_use);
        self
    }

    /// Needs the feature `deflate`, and does not compile without it.
    #[cfg(not(feature = "deflate"))]
    #[must_use]
    pub fn with_deflate(self, _deflate: impl crate::switched_off::DeflateFeature) -> Self {
        self
    }

    /// Sets the receiver of the events of all sockets with this configuration. Replaces the one
    /// before. Default none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::Arc;
    /// # use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    /// # use http4k_ws::session::{SessionConfig, SocketInfo, WsMetrics};
    /// #[derive(Default)]
    /// struct Opened(AtomicU64);
    ///
    /// impl WsMetrics for Opened {
    ///     fn opened(&self, _socket: &SocketInfo) {
    ///         self.0.fetch_add(1, Relaxed);
    ///     }
    /// }
    ///
    /// let opened = Arc::new(Opened::default());
    /// let config = SessionConfig::default().with_metrics(Arc::clone(&opened));
    /// (|_ws: WebSocket| ()).test_with(config).ws("/");
    /// assert_eq!(opened.0.load(Relaxed), 1);
    /// ```
    #[must_use]
    pub fn with_metrics(mut self, metrics: impl WsMetrics) -> Self {
        self.metrics = Metrics::new(metrics);
        self
    }
}
