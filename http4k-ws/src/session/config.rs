//! The bounds of one socket.

use std::time::Duration;

use super::metrics::{Metrics, WsMetrics};
use super::slow_consumer::SlowConsumer;
use crate::setters::{optional_setters, setters};

/// The bounds of one socket: how much may wait, and for how long.
///
/// A server takes them from its `ServerConfig`, a client from its opening handshake; the filter
/// [`session_config`](crate::filter::session_config) changes them for the sockets of a route. Where a bound is an `Option`,
/// `None` lifts it; a time of [`Duration::MAX`] never passes.
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
    /// How long a message from the peer may be, in bytes, its fragments joined; a longer one closes the
    /// socket with 1009, from the header on that makes it too long. Default 1 MiB.
    pub max_message: usize,
    /// How long the payload of one frame from the peer may be, in bytes; 1009 too, and from the frame's
    /// header on. Only on the network, for in memory there are no frames. Default `None`: as long as a
    /// message.
    pub max_frame: Option<usize>,
    /// How many fragments a message from the peer may have beyond one for each 16 bytes of it; more
    /// close the socket with 1008. Only on the network. Default 1,024, `None` for any number.
    pub max_fragments: Option<u32>,
    /// How many fragments without a payload may follow each other; more close the socket with 1008.
    /// Only on the network. Default 128, `None` for any number.
    pub max_empty_fragments: Option<u32>,
    /// How many pings and pongs the peer may send in a second, on average over 5 s; more close the
    /// socket with 1008. Only on the network. Default 1,000, `None` for any number.
    pub max_control_rate: Option<u32>,
    /// The time over which the rate of a message from the peer is measured, from its first frame on.
    /// In each such period a message that has not ended must bring
    /// [`message_rate`](Self::message_rate) bytes a second, or the socket is closed with 1008. A large
    /// message may therefore take as long as its line needs. Time in which this side does not read
    /// does not count. Only on the network. Default 30 s, `None` for any rate.
    pub message_deadline: Option<Duration>,
    /// Bytes a second that a message from the peer must bring on average, measured over
    /// [`message_deadline`](Self::message_deadline). Control frames and headers do not count. Only on
    /// the network. Default 1,024; with 0, each message that has begun may take any time.
    pub message_rate: u32,
    /// The silence of the peer after which it is sent a ping (RFC 6455 §5.5.2), which keeps the
    /// connection open in proxies and makes a living peer heard. Default 20 s, `None` for no pings.
    ///
    /// A peer is not silent while anything moves: bytes that come from it, and bytes that it takes of
    /// those that wait for it. A large message on a slow line therefore needs no ping, in either
    /// direction.
    pub ping_interval: Option<Duration>,
    /// The silence after which the peer counts as dead: the socket is closed with 1001, which
    /// `on_close` and `closed` report, and the connection is dropped. A ping is waited for at least as
    /// long as is left of this after [`ping_interval`](Self::ping_interval), also if this process itself
    /// was suspended. If this is not longer than the interval, no ping is sent. Default 40 s, `None` for
    /// never.
    pub dead_after: Option<Duration>,
    /// The number of messages that may wait in each direction. Default 256, at least 1.
    ///
    /// While as many wait for the consumer, the rest stays in the network. Beyond the bound up to 16 KiB
    /// are read, to notice that the peer closes the socket, is gone, or is silent.
    pub queue_messages: usize,
    /// The bytes that may wait in each direction before the next message must. A message of any size
    /// fits as long as fewer wait. On a server at most 32 KiB wait for the consumer, and while the peer
    /// takes nothing of what waits for it, no more than 16 KiB are read from it. Default 1 MiB.
    pub queue_bytes: usize,
    /// What happens to a message that is sent while the queue to the peer is full. Default
    /// [`SlowConsumer::Wait`].
    pub slow_consumer: SlowConsumer,
    /// The time for which the peer may take nothing of what waits for it, before the socket is closed
    /// with 1013 and the connection dropped. A peer that reads slowly and steadily is not stalled.
    /// Default 9 s, so that it is gone within 10 s also on a busy machine.
    ///
    /// On the network, progress shows in steps. The peer's system takes for it what fits in its receive
    /// buffer, and it announces room for more only when the peer has read a large part of that. These
    /// steps bound the slowest peer: each must take less than this time. This side adds steps of 8 KiB
    /// on Linux, and of a part of a send buffer of 128 KiB on other systems. At 2 kB/s, a peer with a
    /// receive buffer of 8 KiB was measured to live; one with a larger buffer needs to read faster, or
    /// a longer time here.
    pub write_stall: Duration,
    /// The time for which the consumer may receive nothing while its queue is full, before the socket is
    /// closed with 1013 and a warning is logged. Time in which it waits for the peer to take answers
    /// does not count. A consumer that only sends should receive, too, or close the socket. Only on a
    /// server. Default 60 s.
    pub consumer_stall: Duration,
    /// The time in which the peer must respond to a close frame, before the connection is cut. It begins
    /// anew while the peer takes what was sent before. Default 5 s.
    pub close_timeout: Duration,
    /// How long a consumer may go on after its socket is over, before it is dropped. Default 30 s.
    pub consumer_grace: Duration,
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
            metrics: Metrics::default(),
        }
    }
}

impl SessionConfig {
    setters! {
        with_max_message, max_message: usize;
        with_message_rate, message_rate: u32;
        with_queue_messages, queue_messages: usize;
        with_queue_bytes, queue_bytes: usize;
        with_slow_consumer, slow_consumer: SlowConsumer;
        with_write_stall, write_stall: Duration;
        with_consumer_stall, consumer_stall: Duration;
        with_close_timeout, close_timeout: Duration;
        with_consumer_grace, consumer_grace: Duration;
    }

    optional_setters! {
        with_max_frame, max_frame: usize;
        with_max_fragments, max_fragments: u32;
        with_max_empty_fragments, max_empty_fragments: u32;
        with_max_control_rate, max_control_rate: u32;
        with_message_deadline, message_deadline: Duration;
        with_ping_interval, ping_interval: Duration;
        with_dead_after, dead_after: Duration;
    }

    /// The same bounds, with `metrics` told what happens on the socket.
    #[must_use]
    pub fn with_metrics(mut self, metrics: impl WsMetrics) -> Self {
        self.metrics = Metrics::new(metrics);
        self
    }
}
